/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/facts.h"

#include "chart/amount.h"

#include <stdarg.h>
#include <stdlib.h>

enum { NEAR = 64 };   /* how far back a repetition can be: readings of one entry follow each other */

void note(facts_job *j, const char *code, const entry *e, const json *at, const char *text, ...)
{
    char sentence[600];
    va_list args;
    va_start(args, text);
    int wanted = vsnprintf(sentence, sizeof sentence, text, args);
    va_end(args);
    if (wanted >= (int)sizeof sentence) {   /* a long quotation: cut between characters */
        size_t n = sizeof sentence - 4;
        while (n > 0 && ((unsigned char)sentence[n] & 0xC0) == 0x80) {
            n--;
        }
        memcpy(sentence + n, "...", 4);
    }
    size_t count = record_finding_count(j->c->record);
    for (size_t i = count; i-- > 0 && count - i <= NEAR;) {
        const finding *f = record_finding_at(j->c->record, i);
        if (f->at == at && f->about == e->from && str_is(f->code, code) && str_is(f->text, sentence)) {
            return;   /* several facts may ask the same entry */
        }
    }
    record_finding(j->c->record, code, e->from, at, arena_str(j->a, str_of(sentence)));
}

str name_of(facts_job *j, const entry *e)
{
    str name = derive_reference(j->c, e->from);
    return str_empty(name) ? e->from->type : name;
}

const json *source_of(const entry *e) { return e->value ? e->value : e->code ? e->code : e->node; }

void collect(facts_job *j, const fact_result *f, const entry *e, str key)
{
    for (size_t i = j->results.count; i-- > 0 && j->results.count - i <= NEAR;) {
        const collected *k = &j->results.at[i];
        if (k->f.fact == f->fact && k->e->from == e->from && str_eq(k->f.word, f->word) && str_eq(k->f.method, f->method)
            && str_eq(k->f.absent, f->absent) && k->e->node == e->node) {
            return;   /* two readings met in one element */
        }
    }
    *VEC_PUSH(j->a, &j->results) = (collected){ *f, e, key };
}

/* ---- matching ---- */

static bool about(facts_job *j, const fact_reading *r, const entry *e)
{
    if (r->at_count > 0) {   /* an element that everything may have: only what it says can make it ours */
        bool own = false;
        const json *value = entry_at(e, r->at, r->at_count, &own);
        if (!value || (own && str_empty(word_of_value(j->c, value, r->answer.words).word))) {
            return false;
        }
    }
    if (r->any) {
        return true;
    }
    if (r->topic_count == 0) {
        return !str_empty(entry_word(j->c, e, r->set));
    }
    for (uint32_t i = 0; i < r->topic_count; i++) {
        if (entry_is(j->c, e, r->set, r->topics[i])) {
            return true;
        }
    }
    return false;
}

static void tell_negated(facts_job *j, const fact_def *d, const fact_reading *r, const entry *e)
{
    str negation = STR(""), word = entry_negated(j->c, e, r->set, &negation);
    bool wanted = !str_empty(word) && r->topic_count == 0;
    for (uint32_t i = 0; i < r->topic_count && !wanted; i++) {
        wanted = !str_empty(word) && str_eq(word, r->topics[i]);
    }
    if (wanted) {
        note(j, "negated-text", e, e->code, "\"%.*s\" stands under \"%.*s\" and was not read as %.*s.", STR_ARG(entry_label(e)),
             STR_ARG(negation), STR_ARG(d->label));
    }
}

static bool where_holds(facts_job *j, const fact_reading *r, const entry *e)
{
    if (str_empty(r->where_component)) {
        return true;
    }
    const entry *first, *last;
    entries_beside(&j->entries, e, &first, &last);
    for (const entry *k = first; k < last; k++) {
        if (k->parent && k->value && entry_is(j->c, k, STR("about"), r->where_component)
            && str_eq(word_of_value(j->c, k->value, r->where_set).word, r->where_word)) {
            return true;
        }
    }
    return false;
}

/* A code of a narrower topic beside ours. */
static bool narrower(facts_job *j, const fact_reading *r, const entry *e)
{
    bool found = false;
    for (uint32_t i = 0; i < r->unless_count && !found; i++) {
        found = entry_is(j->c, e, STR("about"), r->unless[i]);
    }
    return found;
}

bool reading_matches(facts_job *j, const fact_def *d, const fact_reading *r, const entry *e)
{
    if (e->type != r->type) {
        return false;
    }
    if (!about(j, r, e)) {
        if (e->by_text && !r->any) {
            tell_negated(j, d, r, e);
        }
        return false;
    }
    if (narrower(j, r, e) || !where_holds(j, r, e) || (!str_empty(r->label) && !entry_label_is(j->c, e, r->label))
        || (!str_empty(r->not_label) && entry_label_is(j->c, e, r->not_label))
        || (r->when == WHEN_ACTIVE && e->ended) || (r->when == WHEN_ENDED && !e->ended)) {
        return false;
    }
    if (!str_empty(e->barred)) {
        note(j, "not-valid", e, e->node, "%.*s (%.*s) is marked %.*s and was not read.", STR_ARG(name_of(j, e)), STR_ARG(d->label),
             STR_ARG(e->barred));
        return false;
    }
    if (e->suspected && !r->suspected) {
        note(j, "unconfirmed", e, e->node, "%.*s (%.*s) is not confirmed and was not counted.", STR_ARG(name_of(j, e)), STR_ARG(d->label));
        return false;
    }
    if (!str_empty(r->related) && !entry_belongs(j->c, e, r->related)) {
        return false;
    }
    if (!str_empty(r->not_related) && entry_belongs(j->c, e, r->not_related)) {
        note(j, "belongs-to-another", e, e->node, "%.*s (%.*s) belongs to another disease by what it refers to and was not read.",
             STR_ARG(name_of(j, e)), STR_ARG(d->label));
        return false;
    }
    return true;
}

str label_contradicts(facts_job *j, const fact_reading *r, const entry *e)
{
    str found = STR("");
    for (uint32_t i = 0; i < r->topic_count && str_empty(found); i++) {
        if (!entry_is(j->c, e, r->set, r->topics[i])) {
            continue;
        }
        found = terms_contradiction(j->c->terms, r->set, r->topics[i], json_get_text(e->code, "text"));
        const json *codings = json_get(e->code, "coding");
        for (const json *k = codings ? codings->first : NULL; k && str_empty(found); k = k->next) {
            found = terms_contradiction(j->c->terms, r->set, r->topics[i], json_get_text(k, "display"));
        }
    }
    return found;
}

/* ---- answers ---- */

static void not_understood(facts_job *j, const fact_def *d, const entry *e, str text)
{
    note(j, "value-not-understood", e, e->value, "%.*s: the value \"%.*s\" of %.*s is not understood and was not used.", STR_ARG(d->label),
         STR_ARG(text), STR_ARG(name_of(j, e)));
}

static bool take(facts_job *j, const fact_def *d, const entry *e, word_read w, part_read *out)
{
    if (w.conflict) {
        note(j, "contradiction", e, e->value, "%.*s: %.*s carries codes that mean different things; it was not used.", STR_ARG(d->label),
             STR_ARG(name_of(j, e)));
    } else if (str_empty(w.word) && w.given) {
        not_understood(j, d, e, w.text);
    }
    out->word = w.word;
    out->text = w.text;
    return !str_empty(w.word) && !str_is(w.word, "unknown");
}

/* Whether an Observation named after a finding says that it is there. */
static bool says_so(facts_job *j, const fact_def *d, const part_def *p, const entry *e, part_read *out)
{
    word_read w = word_of_entry(j->c, e, STR("presence"));
    if (!take(j, d, e, w, out)) {
        return false;
    }
    if (str_is(w.word, "positive")) {
        out->word = p->is;
    } else {
        out->word = str_is(w.word, "negative") ? p->is_not : STR("");
    }
    return !str_empty(out->word);
}

static bool site_word(facts_job *j, const part_def *p, const entry *e, part_read *out)
{
    const json *site = json_is(e->site, JSON_ARRAY) ? e->site->first : e->site;
    for (; site; site = json_is(e->site, JSON_ARRAY) ? site->next : NULL) {
        word_read w = word_of_value(j->c, site, p->words);
        out->text = w.text;
        out->at = site;
        if (!str_empty(w.word)) {
            out->word = w.word;
            return !str_is(w.word, "unknown");   /* a site that settles nothing: a node, which may be regional */
        }
    }
    out->word = p->is;
    out->text = entry_label(e);
    return !str_empty(p->is);
}

static bool coded_answer(facts_job *j, const fact_def *d, const fact_reading *r, const part_def *p, const entry *e, part_read *out)
{
    out->text = entry_label(e);
    out->at = e->code ? e->code : e->node;
    if (!str_empty(p->words)) {
        return site_word(j, p, e, out);
    }
    out->word = r->topic_count == 0 && !r->any ? entry_word(j->c, e, r->set) : p->is;
    if (str_is(out->word, "unknown")) {
        return false;
    }
    return !str_empty(out->word) || d->kind == FACT_DATE;
}

static bool band_answer(facts_job *j, const fact_def *d, const part_def *p, const entry *e, part_read *out)
{
    amount n;
    word_read unknown = word_of_value(j->c, e->value, STR("no-value"));
    if (str_is(unknown.word, "unknown")) {
        return false;
    }
    if (!amount_read(j->c->terms, e->value, &n)) {
        not_understood(j, d, e, unknown.text);
        return false;
    }
    out->word = cut_word(j->c->terms, terms_cuts(j->c->terms, p->cuts), &n);
    out->text = json_is(e->value, JSON_OBJECT)
                    ? amount_words(j->a, n.comparator, n.number, n.unit)
                    : json_text(e->value);
    if (str_empty(out->word)) {
        note(j, "value-not-understood", e, e->value, "%.*s: \"%.*s\" of %.*s falls into no single band and was not used.", STR_ARG(d->label),
             STR_ARG(out->text), STR_ARG(name_of(j, e)));
    }
    return !str_empty(out->word);
}

bool answer_read(facts_job *j, const fact_def *d, const fact_reading *r, const part_def *p, const entry *e, part_read *out)
{
    *out = (part_read){ .e = e, .r = r, .part = p->part, .at = source_of(e) };
    if (r->at_count > 0) {
        bool own = false;
        out->at = entry_at(e, r->at, r->at_count, &own);
        return take(j, d, e, word_of_value(j->c, out->at, p->words), out);
    }
    if (e->type != READ_OBSERVATION && e->type != READ_REVIEW) {
        return coded_answer(j, d, r, p, e, out);
    }
    if (e->absent && !e->value) {
        return false;
    }
    str phrase = label_contradicts(j, r, e);
    if (!str_empty(phrase)) {
        note(j, "label-contradicts-code", e, e->code, "%.*s: the code of %.*s is labelled \"%.*s\", which contradicts it; it was not used.",
             STR_ARG(d->label), STR_ARG(name_of(j, e)), STR_ARG(phrase));
        return false;
    }
    if (!str_empty(p->words)) {
        word_read w = word_of_entry(j->c, e, p->words);
        bool other = p == &r->answer && !str_empty(r->otherwise.part) && w.given && !w.conflict && str_empty(w.word);
        return other ? answer_read(j, d, r, &r->otherwise, e, out) : take(j, d, e, w, out);
    }
    if (!str_empty(p->cuts)) {
        return e->value && band_answer(j, d, p, e, out);
    }
    part_def fixed = *p;
    if (r->topic_count == 0) {
        fixed.is = entry_word(j->c, e, r->set);
    }
    if (d->kind == FACT_DATE && str_empty(fixed.is)) {
        fixed.is = STR("positive");
    }
    return says_so(j, d, &fixed, e, out);
}

/* ---- method ---- */

static str method_word(facts_job *j, const json *value, str set)
{
    str word = value ? word_of_value(j->c, value, set).word : STR("");
    return str_is(word, "unknown") ? STR("") : word;
}

str method_of(facts_job *j, const fact_def *d, const fact_reading *r, const entry *e)
{
    str word = r->method_is;
    if (str_empty(d->method) || !str_empty(word)) {
        return word;
    }
    const entry *first, *last;
    entries_beside(&j->entries, e, &first, &last);
    for (const entry *k = first; k < last && str_empty(word); k++) {
        if (k->parent) {
            word = method_word(j, k->value, d->method);
        }
    }
    const json *specimen = e->specimen_of ? e->specimen_of->root : NULL;
    const json *report = e->report ? e->report->root : NULL;
    const json *places[] = { json_get(e->from->root, "method"), json_get(specimen, "type"), e->code, json_get(report, "code") };
    for (size_t i = 0; i < sizeof places / sizeof *places && str_empty(word); i++) {
        word = method_word(j, places[i], d->method);
    }
    const json *own = json_get(e->from->root, "specimen");
    return str_empty(word) && own ? method_word(j, json_get(own, "display"), d->method) : word;
}

static str specimen_key(facts_job *j, const entry *e) { return arena_printf(j->a, "specimen %.*s", STR_ARG(e->specimen)); }

str sample_key(facts_job *j, const entry *e)
{
    if (!str_empty(e->specimen)) {
        return specimen_key(j, e);
    }
    const resource *one = e->report ? e->report : e->from;
    if (!e->report && e->when.precision == DATE_DAY) {
        char day[11];
        return arena_printf(j->a, "day %.*s", STR_ARG(date_write(e->when, day)));
    }
    str reference = derive_reference(j->c, one);
    return arena_printf(j->a, "report %.*s", STR_ARG(reference));
}

/* ---- collecting ---- */

static const json **one_source(facts_job *j, const json *at)
{
    const json **sources = ARENA_ARRAY(j->a, 1, const json *);
    sources[0] = at;
    return sources;
}

static void collect_simple(facts_job *j, const fact_def *d, const fact_reading *r, const entry *e)
{
    part_read p;
    if (!reading_matches(j, d, r, e)) {
        return;
    }
    if (r->stage) {
        stages_collect(j, d, r, e);
        return;
    }
    if (d->kind == FACT_QUANTITY) {
        str phrase = label_contradicts(j, r, e);
        if (!str_empty(phrase)) {
            note(j, "label-contradicts-code", e, e->code, "%.*s: the code of %.*s is labelled \"%.*s\", which contradicts it; it was not used.",
                 STR_ARG(d->label), STR_ARG(name_of(j, e)), STR_ARG(phrase));
        }
        quantity_collect(j, d, e, !str_empty(phrase));
        return;
    }
    if (!answer_read(j, d, r, &r->answer, e, &p)) {
        return;
    }
    fact_result f = { .fact = d, .word = p.word, .text = p.text, .when = e->when, .method = method_of(j, d, r, e),
                      .specimen = e->specimen, .sources = one_source(j, p.at), .source_count = 1 };
    collect(j, &f, e, sample_key(j, e));
}

static void collect_from_fact(facts_job *j, const fact_def *d, const fact_reading *r)
{
    size_t count = j->results.count;
    for (size_t i = 0; i < count; i++) {
        collected k = j->results.at[i];
        if (!str_eq(k.f.fact->code, r->topics[0]) || !str_empty(k.f.absent) || (!str_empty(r->fact_word) && !str_eq(k.f.word, r->fact_word))
            || (!str_empty(r->related) && !entry_belongs(j->c, k.e, r->related))) {
            continue;
        }
        k.f.fact = d;
        k.f.word = d->kind == FACT_DATE ? STR("") : str_empty(r->answer.is) ? k.f.word : r->answer.is;
        k.f.parts = NULL;
        k.f.part_count = 0;
        collect(j, &k.f, k.e, k.key);
    }
}

/* Only the earliest dated result stays; an undated one stays beside it, since it may be earlier still. */
static void keep_earliest(facts_job *j, const fact_def *d)
{
    const collected *dated = NULL, *undated = NULL;
    for (size_t i = 0; i < j->results.count; i++) {
        const collected *k = &j->results.at[i];
        if (k->f.fact != d) {
            continue;
        }
        if (k->f.when.precision == DATE_NONE) {
            undated = undated ? undated : k;
        } else if (!dated || date_cmp(k->f.when, dated->f.when) < 0) {
            dated = k;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < j->results.count; i++) {
        const collected *k = &j->results.at[i];
        if (k->f.fact != d || k == dated || k == undated) {
            collected copy = *k;
            j->results.at[kept++] = copy;   /* never past k: what is still to come stays where it is */
        }
    }
    j->results.count = kept;
}

static uint32_t rank_of(const fact_def *d, str word)
{
    uint32_t i = 0;
    while (i < d->prevail_count && !str_eq(d->prevails[i], word)) {
        i++;
    }
    return i;
}

/* One sample and method give one word: the strongest, resting on all of them. */
static void keep_prevailing(facts_job *j, const fact_def *d)
{
    size_t kept = 0;
    for (size_t i = 0; i < j->results.count; i++) {
        collected k = j->results.at[i];
        collected *same = NULL;
        for (size_t n = kept; n-- > 0 && !same && k.f.fact == d && j->results.at[n].f.fact == d;) {   /* a fact's results stand together */
            arena_step(j->a);
            collected *x = &j->results.at[n];
            same = x->f.fact == d && str_eq(x->key, k.key) && str_eq(x->f.method, k.f.method) && date_cmp(x->f.when, k.f.when) == 0 ? x : NULL;
        }
        if (!same) {
            j->results.at[kept++] = k;
            continue;
        }
        const json **sources = ARENA_ARRAY(j->a, (size_t)same->f.source_count + k.f.source_count, const json *);
        memcpy(sources, same->f.sources, same->f.source_count * sizeof *sources);
        memcpy(sources + same->f.source_count, k.f.sources, k.f.source_count * sizeof *sources);
        uint32_t count = same->f.source_count + k.f.source_count;
        if (rank_of(d, k.f.word) < rank_of(d, same->f.word)) {
            *same = k;
        }
        same->f.sources = sources;
        same->f.source_count = count;
    }
    j->results.count = kept;
}

static void collect_fact(facts_job *j, const fact_def *d)
{
    for (uint32_t i = 0; i < d->from_count; i++) {
        if (d->from[i].type == READ_FACT) {
            collect_from_fact(j, d, &d->from[i]);
        }
    }
    if (!str_empty(d->table)) {
        joined_collect(j, d);
    } else {
        for (size_t k = 0; k < j->entries.count; k++) {
            for (uint32_t i = 0; i < d->from_count; i++) {
                if (d->from[i].type != READ_FACT) {
                    collect_simple(j, d, &d->from[i], &j->entries.at[k]);
                }
            }
        }
    }
    if (d->earliest) {
        keep_earliest(j, d);
    }
    if (d->prevail_count > 0) {
        keep_prevailing(j, d);
    }
}

/* ---- silence and contradictions ---- */

static bool has_signal(facts_job *j, const silence_rule *s, str key)
{
    for (size_t i = 0; i < j->results.count; i++) {
        const collected *k = &j->results.at[i];
        arena_step(j->a);
        if (str_eq(k->f.fact->code, s->signal) && str_eq(k->f.word, s->signal_word) && str_eq(k->key, key)
            && (str_empty(k->f.fact->method) || str_eq(k->f.method, s->method))) {
            return true;
        }
    }
    return false;
}

static void apply_silence(facts_job *j, const silence_rule *s)
{
    for (size_t i = 0; i < j->results.count; i++) {
        collected *k = &j->results.at[i];
        if (str_eq(k->f.fact->system, s->facts) && str_eq(k->f.method, s->method) && str_eq(k->f.word, s->word)
            && has_signal(j, s, k->key) == s->present) {
            k->f.word = s->becomes;
            note(j, "silent-sample", k->e, k->e->node, "%.*s (%.*s): %.*s", STR_ARG(k->f.fact->label), STR_ARG(name_of(j, k->e)), STR_ARG(s->say));
        }
    }
}

/* Open words that differ for one sample and method on one day. */
static void tell_contradictions(facts_job *j)
{
    for (size_t i = 0; i < j->results.count; i++) {
        const collected *x = &j->results.at[i];
        if (!x->f.fact->open || x->f.fact->kind != FACT_WORD || x->f.fact->per_specimen || x->f.when.precision != DATE_DAY) {
            continue;
        }
        for (size_t k = i; k-- > 0 && j->results.at[k].f.fact == x->f.fact;) {   /* results of a fact stand together */
            const collected *y = &j->results.at[k];
            arena_step(j->a);
            if (date_cmp(x->f.when, y->f.when) == 0 && str_eq(x->f.method, y->f.method)
                && str_eq(x->key, y->key) && !str_eq(x->f.word, y->f.word) && str_empty(x->f.absent) && str_empty(y->f.absent)) {
                note(j, "contradiction", x->e, x->e->node, "%.*s: on one day %.*s says %.*s and %.*s says %.*s; both are kept.",
                     STR_ARG(x->f.fact->label), STR_ARG(name_of(j, y->e)), STR_ARG(y->f.word), STR_ARG(name_of(j, x->e)), STR_ARG(x->f.word));
            }
        }
    }
}

/* By fact in the order of facts.yaml, then by date, then as read. */
static int result_order(const void *x, const void *y)
{
    const collected *a = *(const collected *const *)x, *b = *(const collected *const *)y;
    if (a->f.fact != b->f.fact) {
        return a->f.fact < b->f.fact ? -1 : 1;
    }
    int c = date_cmp(a->f.when, b->f.when);
    return c ? c : (a > b) - (a < b);
}

static void append_all(facts_job *j)
{
    const collected **sorted = ARENA_ARRAY(j->a, j->results.count, const collected *);
    for (size_t i = 0; i < j->results.count; i++) {
        sorted[i] = &j->results.at[i];
    }
    if (j->results.count > 0) {
        qsort(sorted, j->results.count, sizeof(const collected *), result_order);
    }
    for (size_t i = 0; i < j->results.count; i++) {
        (void)derive_fact(j->c, &sorted[i]->f);
    }
}

entry_list facts_make(chart *c)
{
    facts_job j = { .c = c, .a = record_arena(c->record), .entries = entries_make(c) };
    const fact_def *defs;
    size_t count = terms_facts(c->terms, &defs);
    for (size_t i = 0; i < count; i++) {
        collect_fact(&j, &defs[i]);
    }
    for (uint32_t i = 0; i < c->terms->silence_count; i++) {
        apply_silence(&j, &c->terms->silences[i]);
    }
    tell_contradictions(&j);
    append_all(&j);
    return j.entries;
}
