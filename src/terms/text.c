/* Words in free text: whole phrases, ASCII case, white space and punctuation between words ignored, and taken back under a negation. A phrase that is
 * taken back is reported as such, so that the reader of the record is told instead of the text being passed over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "terms/terms.h"

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }
static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || (unsigned char)c >= 0x80;
}

/* What may stand between two words of a phrase: "back pain, worse at night", "cord-compression". */
static bool is_between(char c)
{
    return is_space(c) || c == ',' || c == ':' || c == '-' || c == '(' || c == ')';
}

/* The bytes of text at `at` that the phrase takes, 0 when it does not stand there. */
static size_t phrase_here(str text, size_t at, str phrase)
{
    size_t i = at;
    for (size_t p = 0; p < phrase.n; p++) {
        if (phrase.p[p] == ' ') {
            if (i >= text.n || !is_between(text.p[i])) {
                return 0;
            }
            while (i < text.n && is_between(text.p[i])) {
                i++;
            }
            while (p + 1 < phrase.n && is_between(phrase.p[p + 1])) {   /* the phrase's own: "3+ (2+ outside)" */
                p++;
            }
        } else if (i >= text.n || lower(text.p[i]) != lower(phrase.p[p])) {
            return 0;
        } else {
            i++;
        }
    }
    return i - at;
}

/* Whole words only: "no" is not in "node", "1+" not in "11+"; "er+" is not followed by a further plus. */
static bool bounded(str text, size_t at, size_t n)
{
    bool before = at == 0 || !is_word(text.p[at - 1]) || !is_word(text.p[at]);
    bool after = at + n >= text.n || !is_word(text.p[at + n]) || !is_word(text.p[at + n - 1]);
    return before && after && (at + n >= text.n || text.p[at + n] != '+' || text.p[at + n - 1] != '+');
}

static bool phrase_from(str text, size_t from, size_t to, str phrase, size_t *at, size_t *n)
{
    for (size_t i = from; i < to; i++) {
        size_t took = phrase_here(text, i, phrase);
        if (took > 0 && i + took <= to && bounded(text, i, took)) {
            *at = i;
            *n = took;
            return true;
        }
    }
    return false;
}

static bool ends_sentence(str text, size_t i)
{
    char c = text.p[i];
    return c == ';' || c == '\n' || ((c == '.' || c == '!' || c == '?') && (i + 1 >= text.n || is_space(text.p[i + 1])));
}

/* What takes back everything in the text: "family history". */
static str negation_of_all(const terms *t, str text)
{
    size_t found, took;
    for (uint32_t i = 0; i < t->negation_count; i++) {
        if (str_is(t->negations[i].where, "text") && phrase_from(text, 0, text.n, t->negations[i].phrase, &found, &took)) {
            return t->negations[i].phrase;
        }
    }
    return STR("");
}

/* What takes back the phrase at `at`: in its sentence, of which no more than SENTENCE_MAX bytes on either side are looked at. */
static str negation_of(const terms *t, str text, size_t at, size_t n)
{
    enum { SENTENCE_MAX = 2000 };
    size_t from = at, to = at + n, found, took;
    while (from > 0 && at - from < SENTENCE_MAX && !ends_sentence(text, from - 1)) {
        from--;
    }
    while (to < text.n && to - at < n + SENTENCE_MAX && !ends_sentence(text, to)) {
        to++;
    }
    for (uint32_t i = 0; i < t->negation_count; i++) {
        const negation_row *g = &t->negations[i];
        bool back = (str_is(g->where, "before") && phrase_from(text, from, at, g->phrase, &found, &took))
                    || (str_is(g->where, "after") && phrase_from(text, at + n, to, g->phrase, &found, &took));
        if (back) {
            return g->phrase;
        }
    }
    return STR("");
}

static str without_end_marks(str text)
{
    text = str_trim(text);
    while (text.n > 0 && (text.p[text.n - 1] == '.' || text.p[text.n - 1] == ',' || text.p[text.n - 1] == ';')) {
        text.n--;
    }
    return str_trim(text);
}

/* The text rows of a set: they stand together. */
static void rows_of(const terms *t, str set, uint32_t *first, uint32_t *last)
{
    uint32_t low = 0, high = t->text_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (str_cmp(t->texts[middle]->set, set) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *first = *last = low;
    while (*last < t->text_count && str_eq(t->texts[*last]->set, set)) {
        (*last)++;
    }
}

typedef struct hit { str word; size_t at, n; } hit;

/* Keeps the longer of two that overlap; two that stand apart and differ make the text ambiguous. */
static void keep_hit(hit *best, bool *ambiguous, str word, size_t at, size_t n)
{
    if (str_empty(best->word)) {
        *best = (hit){ word, at, n };
        return;
    }
    bool apart = at + n <= best->at || best->at + best->n <= at;
    if (!str_eq(best->word, word) && (apart || n == best->n)) {
        *ambiguous = true;
    }
    if (n > best->n) {
        *best = (hit){ word, at, n };
    }
}

text_word terms_word_of_text(const terms *t, str set, str text)
{
    text_word w = { 0 };
    text = str_head(text, TERMS_TEXT_MAX);
    str whole = without_end_marks(text);
    if (str_empty(whole)) {
        return w;
    }
    uint32_t first, last;
    rows_of(t, set, &first, &last);
    for (uint32_t i = first; i < last; i++) {
        const term_row *r = t->texts[i];
        if (str_is(r->system, "TEXT") && phrase_here(whole, 0, r->code) == whole.n) {
            return (text_word){ .word = r->word, .whole = true };
        }
    }
    hit best = { 0 };
    bool ambiguous = false, asked = false, met = false;   /* met: by this row, and whatever else it meets changes nothing */
    str of_all = STR("");
    for (int pass = 0; pass < 2; pass++) {   /* longest first would need a sort: the second pass sees the longest of the first */
        ambiguous = false;
        w = (text_word){ 0 };
        for (uint32_t i = first; i < last; i++) {
            const term_row *r = t->texts[i];
            size_t at = 0, n = 0;
            if (!str_is(r->system, "PHRASE")) {
                continue;
            }
            met = false;
            for (size_t from = 0; !met && phrase_from(text, from, text.n, r->code, &at, &n); from = at + n) {
                bool inside = !str_empty(best.word) && at >= best.at && at + n <= best.at + best.n && n < best.n;
                of_all = asked ? of_all : negation_of_all(t, text);
                asked = true;
                str negation = inside ? STR("") : str_empty(of_all) ? negation_of(t, text, at, n) : of_all;
                if (!str_empty(negation)) {
                    w.negated = r->word;
                    w.negation = negation;
                } else if (!inside) {
                    keep_hit(&best, &ambiguous, r->word, at, n);
                    met = ambiguous || str_eq(best.word, r->word);
                }
            }
        }
    }
    w.word = ambiguous ? STR("") : best.word;
    return w;
}

str terms_contradiction(const terms *t, str set, str word, str text)
{
    uint32_t first, last;
    text = str_head(text, TERMS_TEXT_MAX);
    rows_of(t, set, &first, &last);
    for (uint32_t i = first; i < last; i++) {
        const term_row *r = t->texts[i];
        size_t at, n;
        if (str_is(r->system, "LABEL") && str_eq(r->word, word)
            && phrase_from(text, 0, text.n, r->code, &at, &n)) {
            return r->code;
        }
    }
    return STR("");
}
