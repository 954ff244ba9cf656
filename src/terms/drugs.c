/* SPDX-License-Identifier: Apache-2.0 */
#include "terms/drugs.h"

#include <stdlib.h>

/* ---- looking ---- */

bool str_list_has(const str_list *l, str s)
{
    for (uint32_t i = 0; i < l->count; i++) {
        if (str_eq(l->at[i], s)) {
            return true;
        }
    }
    return false;
}

bool drug_has_class(const drug *d, str drug_class) { return str_list_has(&d->classes, drug_class); }

const drug *drugs_named(const drugs *d, str name)
{
    for (uint32_t i = 0; i < d->count; i++) {
        if (str_eq(d->at[i].name, name)) {
            return &d->at[i];
        }
    }
    return NULL;
}

int drug_key_cmp(const void *pa, const void *pb)
{
    const drug_key *a = pa, *b = pb;
    int c = str_cmp(a->system, b->system);
    return c ? c : str_cmp(a->key, b->key);
}

size_t drugs_of_code(const drugs *d, str system, str code, const uint32_t **out)
{
    drug_key wanted = { .system = system, .key = code };
    const drug_key *k = d->code_count ? bsearch(&wanted, d->codes, d->code_count, sizeof *d->codes, drug_key_cmp) : NULL;
    *out = k ? k->drugs : NULL;
    return k ? k->drug_count : 0;
}

/* ---- texts ---- */

static bool word_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

str drug_text_form(arena *a, str text)
{
    char *p = arena_alloc(a, size_add(a, text.n, 1));
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c >= 'A' && c <= 'Z') {
            c = (char)(c - 'A' + 'a');
        }
        if (word_char(c)) {
            p[n++] = c;
        } else if (n && p[n - 1] != ' ') {
            p[n++] = ' ';
        }
    }
    while (n && p[n - 1] == ' ') {
        n--;
    }
    return (str){ p, n };
}

/* The longest name that stands at the head of text as whole words. Names that begin alike stand together: the walk goes back
 * from the place where the whole text would stand. */
static const drug_key *longest_name(const drugs *d, str text)
{
    size_t low = 0, high = d->text_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (str_cmp(d->texts[mid].key, text) <= 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    for (size_t i = low; i-- > 0;) {
        str key = d->texts[i].key;
        if (str_starts(text, key) && (text.n == key.n || text.p[key.n] == ' ')) {
            return &d->texts[i];
        }
        if (key.n == 0 || text.n == 0 || key.p[0] != text.p[0]) {
            return NULL;
        }
    }
    return NULL;
}

static bool words_within(str words, str of)
{
    for (size_t at = 0; at + words.n <= of.n; at++) {
        bool begins = at == 0 || of.p[at - 1] == ' ';
        bool ends = at + words.n == of.n || of.p[at + words.n] == ' ';
        if (begins && ends && memcmp(of.p + at, words.p, words.n) == 0) {
            return true;
        }
    }
    return false;
}

/* A name whose words are all in another's is that one said shortly: "Drug Injection [Brand]" is the brand alone. */
static size_t drop_absorbed(const drugs *d, arena *a, uint32_t *out, size_t count)
{
    size_t kept = 0;
    bool *absorbed = ARENA_ARRAY(a, count + 1, bool);
    for (size_t i = 0; i < count; i++) {
        str mine = drug_text_form(a, d->at[out[i]].name);
        for (size_t j = 0; j < count; j++) {
            if (i != j && words_within(mine, drug_text_form(a, d->at[out[j]].name))) {
                absorbed[i] = true;
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!absorbed[i]) {
            out[kept++] = out[i];
        }
    }
    return kept;
}

static size_t add_once(uint32_t *out, size_t count, size_t room, uint32_t which)
{
    for (size_t i = 0; i < count; i++) {
        if (out[i] == which) {
            return count;
        }
    }
    if (count < room) {
        out[count++] = which;
    }
    return count;
}

/* ---- names misspelt or cut off ---- */

enum { NEAR_TEXT_MOST = 200 };   /* longer texts are no names */

static bool within(str a, str b, uint32_t edits)
{
    while (a.n && b.n && a.p[0] == b.p[0]) {
        a = str_from(a, 1);
        b = str_from(b, 1);
    }
    size_t apart = a.n > b.n ? a.n - b.n : b.n - a.n;
    if (apart > edits || (a.n == 0 && b.n == 0) || edits == 0) {
        return a.n == 0 && b.n == 0;
    }
    bool exchanged = a.n > 1 && b.n > 1 && a.p[0] == b.p[1] && a.p[1] == b.p[0];
    return within(str_from(a, 1), b, edits - 1) || within(a, str_from(b, 1), edits - 1) || within(str_from(a, 1), str_from(b, 1), edits - 1)
           || (exchanged && within(str_from(a, 2), str_from(b, 2), edits - 1));
}

static bool same_drugs(const drug_key *a, const drug_key *b)
{
    return a->drug_count == b->drug_count && memcmp(a->drugs, b->drugs, a->drug_count * sizeof *a->drugs) == 0;
}

/* A name, and how much of the text stands for it. doubt: more than one may be meant. */
typedef struct near_name { const drug_key *key; size_t length; bool doubt; } near_name;

static near_name add_near(near_name n, const drug_key *key, size_t length)
{
    n.doubt = n.doubt || (n.key && !same_drugs(n.key, key));
    n.key = key;
    n.length = length;
    return n;
}

/* The text, to its end, is how a name begins, within a word: a whole word says something else. known: the name at its head; what follows may be the rest of a longer one. */
static near_name name_cut_off(const drugs *d, str text, const drug_key *known)
{
    near_name n = { 0 };
    if (text.n < (known ? known->key.n + 1 + d->near.cut_word : d->near.cut)) {
        return n;
    }
    for (uint32_t i = 0; i < d->text_count; i++) {
        str key = d->texts[i].key;
        if (key.n > text.n && str_starts(key, text)) {
            n = add_near(n, &d->texts[i], text.n);
            n.doubt = n.doubt || key.p[text.n] == ' ';
        }
    }
    for (uint32_t i = 0; n.key && i < d->look_alikes.count; i++) {
        n.doubt = n.doubt || str_starts(d->look_alikes.at[i], text);
    }
    return n;
}

/* A longer name of another drug begins with this one, and what follows it in the text, with the same letter. */
static bool may_go_on(const drugs *d, const drug_key *name, str after)
{
    for (uint32_t i = 0; i < d->text_count; i++) {
        str key = d->texts[i].key;
        bool longer = key.n > name->key.n + 1 && str_starts(key, name->key) && key.p[name->key.n] == ' ';
        if (longer && !same_drugs(&d->texts[i], name) && after.n > 1 && after.p[1] == key.p[name->key.n + 1]) {
            return true;
        }
    }
    return false;
}

/* Whether what stands in the text is as good as near to another drug's name too. */
static bool near_another(const drugs *d, str words, const drug_key *name)
{
    for (uint32_t i = 0; i < d->text_count; i++) {
        if (!same_drugs(&d->texts[i], name) && within(words, d->texts[i].key, d->near.apart)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < d->look_alikes.count; i++) {
        if (within(words, d->look_alikes.at[i], d->near.apart)) {
            return true;
        }
    }
    return false;
}

/* The longest name that the head of the text, to the end of a word, comes near; longer than the one known. */
static near_name name_misspelt(const drugs *d, str text, const drug_key *known)
{
    near_name n = { 0 };
    for (uint32_t i = 0; i < d->text_count; i++) {
        const drug_key *k = &d->texts[i];
        bool longest = k->key.n >= d->near.letters && k->key.n > (known ? known->key.n : 0) && (!n.key || k->key.n >= n.key->key.n);
        for (size_t end = k->key.n - d->near.edits; longest && end <= k->key.n + d->near.edits && end <= text.n; end++) {
            if ((end == text.n || text.p[end] == ' ') && within(str_head(text, end), k->key, d->near.edits)) {
                n = add_near(n.key && n.key->key.n < k->key.n ? (near_name){ 0 } : n, k, end);
            }
        }
    }
    n.doubt = n.doubt || (n.key && (near_another(d, str_head(text, n.length), n.key) || may_go_on(d, n.key, str_from(text, n.length))));
    return n;
}

/* What is meant at the head of the text, beyond the name known there; without a key: nothing, or nobody can tell. */
static near_name nearest_name(const drugs *d, str text, const drug_key *known)
{
    near_name n = name_cut_off(d, text, known);
    n = n.key ? n : name_misspelt(d, text, known);
    return n.key && !n.doubt && !(known && same_drugs(known, n.key)) ? n : (near_name){ 0 };
}

/* As many words from the head of text as `of` has. */
static str words_as_many(str text, str of)
{
    size_t end = 0;
    for (;;) {
        while (end < text.n && text.p[end] != ' ') {
            end++;
        }
        ptrdiff_t space = str_find_char(of, ' ');
        if (space < 0 || end == text.n) {
            return str_head(text, end);
        }
        of = str_from(of, (size_t)space + 1);
        end++;
    }
}

typedef enum likeness { LIKE_NOTHING, LIKE_SOME, LIKE_THIS } likeness;

/* How much words that follow a known name are like the rest of a longer one. The known name speaks for it, so that more may be
 * amiss than in a name that stands alone: one letter more to be read as it, two more to leave it open. */
static likeness like_the_rest(const drugs *d, str words, str rest)
{
    if (words.n >= d->near.cut_word && str_starts(rest, words)) {
        return LIKE_THIS;
    }
    if (rest.n < d->near.letters) {
        return LIKE_NOTHING;
    }
    uint32_t third = (uint32_t)(rest.n / 3), read = d->near.edits + 1 < third ? d->near.edits + 1 : third - 1;
    read = read < NEAR_EDITS_MOST ? read : NEAR_EDITS_MOST - 1;
    return within(words, rest, read) ? LIKE_THIS : within(words, rest, read + 1) ? LIKE_SOME : LIKE_NOTHING;
}

/* Whether the key is the known name with more words after it; those words, and what stands for them in the text. */
static bool goes_on(str key, str known, str text, str *rest, str *words)
{
    if (key.n <= known.n + 1 || text.n <= known.n + 1 || !str_starts(key, known) || key.p[known.n] != ' ') {
        return false;
    }
    *rest = str_from(key, known.n + 1);
    *words = words_as_many(str_from(text, known.n + 1), *rest);
    return true;
}

/* The longer name that is meant where a known one stands at the head of the text and what follows it is like the rest of that: a
 * conjugate whose second word is misspelt is not its antibody. doubt: nobody can tell which, or it is none that is listed here. */
static near_name name_gone_on(const drugs *d, str text, const drug_key *known)
{
    near_name n = { 0 };
    str rest, words;
    bool unsure = false;
    for (uint32_t i = 0; i < d->text_count; i++) {
        const drug_key *k = &d->texts[i];
        likeness like = !same_drugs(k, known) && goes_on(k->key, known->key, text, &rest, &words) ? like_the_rest(d, words, rest) : LIKE_NOTHING;
        if (like != LIKE_NOTHING) {
            n = add_near(n, k, known->key.n + 1 + words.n);
            unsure = unsure || like == LIKE_SOME;
        }
    }
    for (uint32_t i = 0; i < d->look_alikes.count; i++) {
        if (goes_on(d->look_alikes.at[i], known->key, text, &rest, &words) && like_the_rest(d, words, rest) != LIKE_NOTHING) {
            n.length = known->key.n + 1 + words.n;
            unsure = true;
        }
    }
    n.doubt = n.doubt || unsure;
    return n;
}

/* near: NULL when only what is written as it should be is looked for. */
static size_t read_names(const drugs *d, arena *a, str text, uint32_t *out, size_t room, bool *near)
{
    arena_mark mark = arena_get_mark(a);
    str rest = drug_text_form(a, text);
    size_t count = 0;
    bool names = d->near.letters > d->near.edits && rest.n <= NEAR_TEXT_MOST, tried = near && names;
    while (rest.n) {
        const drug_key *k = longest_name(d, rest);
        near_name n = tried ? nearest_name(d, rest, k) : (near_name){ 0 };
        near_name on = k && !n.key && names ? name_gone_on(d, rest, k) : (near_name){ 0 };
        n = on.key && !on.doubt && tried ? on : n;
        bool open = on.length > 0 && !n.key;   /* neither the known name nor a longer one for certain */
        size_t skip = n.key ? n.length : open ? on.length : k ? k->key.n : 0;
        k = n.key ? n.key : open ? NULL : k;
        for (uint32_t i = 0; k && i < k->drug_count; i++) {
            count = add_once(out, count, room, k->drugs[i]);
        }
        if (n.key) {
            *near = true;
        }
        while (skip < rest.n && rest.p[skip] != ' ') {
            skip++;
        }
        rest = str_from(rest, skip < rest.n ? skip + 1 : skip);
    }
    count = drop_absorbed(d, a, out, count);
    arena_rewind(a, mark);
    return count;
}

size_t drugs_of_text(const drugs *d, arena *a, str text, uint32_t *out, size_t room) { return read_names(d, a, text, out, room, NULL); }

size_t drugs_near_text(const drugs *d, arena *a, str text, uint32_t *out, size_t room, bool *near)
{
    *near = false;
    return read_names(d, a, text, out, room, near);
}

/* ---- regimens ---- */

static bool is_number(str word)
{
    size_t i = word.n > 1 && word.p[0] == 'x' ? 1 : 0;   /* "x6" */
    for (; i < word.n; i++) {
        if (word.p[i] < '0' || word.p[i] > '9') {
            return false;
        }
    }
    return word.n > 0;
}

/* Two or three letters may mean anything within a sentence: a regimen is read only from a text that says nothing else. */
size_t drugs_of_regimen(const drugs *d, arena *a, str text, uint32_t *out, size_t room)
{
    arena_mark mark = arena_get_mark(a);
    str rest = drug_text_form(a, text), word;
    char *kept = arena_alloc(a, rest.n + 1);
    size_t n = 0, count = 0;
    while (str_cut(&rest, ' ', &word)) {
        if (!str_list_has(&d->regimen_words, word) && !is_number(word)) {
            if (n) {
                kept[n++] = ' ';
            }
            memcpy(kept + n, word.p, word.n);
            n += word.n;
        }
    }
    for (uint32_t i = 0; i < d->regimen_count && n > 0; i++) {
        if (str_eq(d->regimens[i].key, (str){ kept, n })) {
            for (uint32_t k = 0; k < d->regimens[i].drug_count; k++) {
                count = add_once(out, count, room, d->regimens[i].drugs[k]);
            }
        }
    }
    arena_rewind(a, mark);
    return count;
}
