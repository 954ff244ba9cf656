/* From facts of the chart to entries of the course: results that belong together are one entry, what repeats what was said is
 * folded into it, what differs from the sample before is said, and all of it stands by date. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/course.h"

#include <stdlib.h>

#include "report/wording.h"

enum { PHRASE_MAX = 64 * 1024, CODE_LEAST = 6 };

typedef struct builder {
    arena              *a;
    const plan         *p;
    const course_rules *rules;
    const chart_fact   *facts;
    uint32_t            fact_count;
    course_entries      all;
} builder;

/* ---- which facts ---- */

static bool has(const str *at, uint32_t count, str word)
{
    for (uint32_t i = 0; i < count; i++) {
        if (str_eq(at[i], word)) {
            return true;
        }
    }
    return false;
}

static bool kind_takes(const course_kind *k, const chart_fact *f)
{
    return k->from == COURSE_FACTS && (has(k->facts, k->fact_count, f->code) || has(k->systems, k->system_count, f->system));
}

/* Results that are one entry share this. */
static str join_key(builder *b, const course_kind *k, const chart_fact *f)
{
    char day[11];
    str when = date_write(f->of->when, day);
    const resource *from = f->of->source_count > 0 ? record_of(b->p->chart->record, f->of->sources[0]) : NULL;
    switch ((course_join)k->join) {
    case COURSE_BY_DAY: break;
    case COURSE_BY_RESOURCE: return arena_printf(b->a, "row %u", from ? from->row : UINT32_MAX);
    case COURSE_BY_SAMPLE:
        if (!str_empty(f->specimen)) {
            return f->specimen;
        }
        return arena_printf(b->a, "%.*s %.*s", STR_ARG(when), STR_ARG(f->method));
    }
    return arena_str(b->a, when);
}

/* ---- values ---- */

/* The record gave a code of some terminology and no words. */
static bool is_bare_code(str text)
{
    size_t digits = 0;
    while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9') {
        digits++;
    }
    return digits == text.n && digits >= CODE_LEAST;
}

static str part_text(const chart_fact *f, str part, str *word)
{
    const json *components = json_get(f->of->root, "component");
    for (const json *c = components ? components->first : NULL; c; c = c->next) {
        if (str_eq(json_text(json_path(c, "code.coding.0.code")), part)) {
            const json *value = json_get(c, "valueCodeableConcept");
            *word = json_text(json_path(value, "coding.0.code"));
            str text = json_get_text(value, "text");
            return str_empty(text) || is_bare_code(text) ? *word : text;
        }
    }
    return STR("");
}

static void add_detail(buf *b, str text)
{
    if (!str_empty(text)) {
        buf_printf(b, "%s%.*s", b->n > 0 ? ", " : "", STR_ARG(text));
    }
}

static bool is_about(builder *b, const json *concept, str topic)
{
    const terms *t = b->p->chart->terms;
    const json *codings = json_get(concept, "coding");
    for (const json *k = codings ? codings->first : NULL; k; k = k->next) {
        str system = terms_system(t, json_get_text(k, "system"));
        if (!str_empty(system) && str_eq(terms_word(t, STR("about"), system, json_get_text(k, "code")), topic)) {
            return true;
        }
    }
    return false;
}

/* The value of a component of the source that is about the topic. */
static void add_quoted(builder *b, buf *out, const chart_fact *f, str topic)
{
    for (uint32_t i = 0; i < f->of->source_count; i++) {
        const resource *from = record_of(b->p->chart->record, f->of->sources[i]);
        const json *components = from ? json_get(from->root, "component") : NULL;
        for (const json *c = components ? components->first : NULL; c; c = c->next) {
            str value = is_about(b, json_get(c, "code"), topic) ? course_concept(b->rules, json_get(c, "valueCodeableConcept")) : STR("");
            value = str_empty(value) && is_about(b, json_get(c, "code"), topic) ? json_get_text(c, "valueString") : value;
            if (!str_empty(value) && str_find(buf_str(out), value) < 0) {
                add_detail(out, value);
            }
        }
    }
}

static str detail_of(builder *b, const chart_fact *f, const course_fact *rule)
{
    buf out = buf_make(b->a, PHRASE_MAX);
    for (uint32_t i = 0; rule && i < rule->parts.count; i++) {
        str word = STR(""), text = part_text(f, rule->parts.at[i].word, &word);
        if (!str_empty(text)) {
            add_detail(&out, words_fill(b->a, rule->parts.at[i].say, course_untagged(b->rules, text)));
        }
    }
    for (uint32_t i = 0; rule && i < rule->quote_count; i++) {
        add_quoted(b, &out, f, rule->quote[i]);
    }
    return buf_str(&out);
}

static course_item item_of(builder *b, const course_kind *k, const chart_fact *f)
{
    const course_fact *rule = course_rules_fact(b->rules, f->code);
    rule = rule ? rule : course_rules_fact(b->rules, f->system);
    const fact_def *def = terms_fact(b->p->chart->terms, f->code);
    bool alone = k->fact_count == 1 && k->system_count == 0;
    course_item x = { .code = f->code, .word = f->value, .recorded = f->text, .many = !def || !def->open };
    x.name = rule && !str_empty(rule->name) ? rule->name : alone || (rule && rule->unnamed) || k->join == COURSE_BY_RESOURCE ? STR("") : f->label;
    str say = course_say(rule ? &rule->words : NULL, &b->rules->words, f->value);
    x.say = words_fill(b->a, say, str_empty(f->text) ? f->value : f->text);
    x.detail = detail_of(b, f, rule);
    if (rule && rule->recorded && str_empty(x.detail) && !str_empty(f->text)) {
        str words = course_untagged(b->rules, f->text);
        x.detail = str_eq_nocase(words, x.say) || str_ends(x.say, words) ? STR("") : words;
    }
    return x;
}

/* ---- entries ---- */

typedef struct draft {
    course_entry e;
    str          key;
    VEC(course_item) items;
    VEC(const json *) from;   /* its sources as met */
    bool         folded;
} draft;
typedef VEC(draft) drafts;

static date earlier(date x, date y)
{
    return x.precision == DATE_NONE ? y : y.precision == DATE_NONE ? x : date_cmp(y, x) < 0 ? y : x;
}

static void add_item(builder *b, draft *d, course_item x)
{
    for (size_t i = 0; i < d->items.count; i++) {
        course_item *y = &d->items.at[i];
        if (str_eq(x.code, y->code) && str_eq(x.word, y->word)) {
            y->detail = str_empty(y->detail) ? x.detail : y->detail;
            return;
        }
        d->e.conflict = d->e.conflict || (str_eq(x.code, y->code) && !x.many);
    }
    *VEC_PUSH(b->a, &d->items) = x;
}

/* The end of the period in which the resource happened, when it is over by the as-of day. */
static date period_end(const plan *p, const resource *r)
{
    date d = { 0 };
    for (const json *m = r->root->first; m; m = m->next) {
        if (str_ends(m->key, STR("Period")) && date_read(json_get_text(m, "end"), &d) && !date_after(d, p->as_of)) {
            return d;
        }
    }
    return (date){ 0 };
}

static void name_entry(builder *b, draft *d, const chart_fact *f)
{
    const resource *from = f->of->source_count > 0 ? record_of(b->p->chart->record, f->of->sources[0]) : NULL;
    if (d->e.kind->join == COURSE_BY_SAMPLE) {
        d->e.name = course_sample_name(b->a, b->p, f->specimen);
        d->e.name = str_empty(d->e.name) ? course_say(NULL, &b->rules->words, f->method) : d->e.name;
    } else if (d->e.kind->named && from) {
        d->e.name = course_name(b->a, b->p, from);
    }
    if (d->e.kind->join == COURSE_BY_RESOURCE && from) {
        d->e.until = period_end(b->p, from);
    }
}

static void draft_facts(builder *b, const course_kind *k, drafts *out)
{
    for (uint32_t i = 0; i < b->fact_count; i++) {
        const chart_fact *f = &b->facts[i];
        if (!kind_takes(k, f) || str_empty(f->value)) {
            continue;
        }
        str key = join_key(b, k, f);
        draft *d = NULL;
        for (size_t n = out->count; n-- > 0 && !d;) {
            arena_step(b->a);
            d = str_eq(out->at[n].key, key) ? &out->at[n] : NULL;
        }
        if (!d) {
            d = VEC_PUSH(b->a, out);
            *d = (draft){ .key = key, .e = { .kind = k, .title = k->title, .times = 1 } };
            name_entry(b, d, f);
        }
        d->e.when = earlier(d->e.when, f->of->when);
        add_item(b, d, item_of(b, k, f));
        for (uint32_t n = 0; n < f->of->source_count; n++) {
            *VEC_PUSH(b->a, &d->from) = f->of->sources[n];
        }
    }
}

/* ---- what was said already ---- */

static uint32_t fact_place(builder *b, const course_kind *k, str code)
{
    for (uint32_t i = 0; i < k->fact_count; i++) {
        if (str_eq(k->facts[i], code)) {
            return i;
        }
    }
    const fact_def *def = terms_fact(b->p->chart->terms, code);
    const fact_def *first;
    (void)terms_facts(b->p->chart->terms, &first);
    return def ? k->fact_count + (uint32_t)(def - first) : UINT32_MAX;
}

static void order_items(builder *b, draft *d)
{
    for (size_t i = 1; i < d->items.count; i++) {   /* few: in the order of the entry's facts, then by word */
        course_item x = d->items.at[i];
        size_t k = i;
        for (; k > 0; k--) {
            const course_item *y = &d->items.at[k - 1];
            uint32_t px = fact_place(b, d->e.kind, x.code), py = fact_place(b, d->e.kind, y->code);
            if (py < px || (py == px && str_cmp(y->word, x.word) <= 0)) {
                break;
            }
            d->items.at[k] = *y;
        }
        d->items.at[k] = x;
    }
}

static int draft_order(const void *x, const void *y)
{
    const draft *a = x, *b = y;
    bool undated_a = a->e.when.precision == DATE_NONE, undated_b = b->e.when.precision == DATE_NONE;
    if (undated_a != undated_b) {
        return undated_a ? 1 : -1;   /* last: what dated entries say already is known by then */
    }
    int c = date_cmp(a->e.when, b->e.when);
    c = c ? c : str_cmp(a->e.name, b->e.name);
    for (size_t i = 0; !c && i < a->items.count && i < b->items.count; i++) {
        c = str_cmp(a->items.at[i].code, b->items.at[i].code);
        c = c ? c : str_cmp(a->items.at[i].word, b->items.at[i].word);
    }
    c = c ? c : (a->items.count > b->items.count) - (a->items.count < b->items.count);
    return c ? c : str_cmp(a->key, b->key);
}

/* Where the record's own words are shown, they count: "IIIB" and "IIIC" are both stage III. */
static bool same_value(builder *b, const course_item *x, const course_item *y)
{
    if (!str_eq(x->code, y->code) || !str_eq(x->word, y->word)) {
        return false;
    }
    const course_fact *rule = course_rules_fact(b->rules, x->code);
    return !rule || !rule->recorded || str_empty(x->detail) || str_empty(y->detail) || str_eq(x->detail, y->detail);
}

/* The entry before that says this already: of a value that stands alone the newest before, of one of many any; an undated one
 * is compared with every dated one where only one value can be. */
static draft *said_before(builder *b, drafts *all, size_t until, const course_item *x)
{
    bool undated = all->at[until].e.when.precision == DATE_NONE;
    for (size_t i = until; i-- > 0;) {
        draft *d = &all->at[i];
        bool spoke = false;
        for (size_t k = 0; k < d->items.count; k++) {
            arena_step(b->a);
            const course_item *y = &d->items.at[k];
            if (same_value(b, y, x) && (!undated || !x->many)) {
                return d;
            }
            spoke = spoke || str_eq(y->code, x->code);
        }
        if (spoke && !x->many && !undated) {
            return NULL;
        }
    }
    return NULL;
}

static void keep_changes(builder *b, drafts *all)
{
    for (size_t i = 0; i < all->count; i++) {
        draft *d = &all->at[i], *home = NULL;
        size_t kept = 0, told = 0;
        bool *again = ARENA_ARRAY(b->a, d->items.count + 1, bool);
        for (size_t k = 0; k < d->items.count; k++) {
            draft *before = d->e.conflict ? NULL : said_before(b, all, i, &d->items.at[k]);
            again[k] = before != NULL;
            told += before ? 1 : 0;
            home = before ? before : home;
        }
        if (told == d->items.count && home) {   /* nothing new: it bears out what stands there */
            course_sources_add(b->a, b->p, &home->e.sources, d->e.sources.at, d->e.sources.count);
            home->e.times++;
            d->folded = true;
            continue;
        }
        for (size_t k = 0; k < d->items.count; k++) {
            if (!again[k] || !d->items.at[k].many) {
                course_item x = d->items.at[k];
                d->items.at[kept++] = x;
            }
        }
        d->items.count = kept;
    }
}

/* ---- from sample to sample ---- */

static const course_item *item_for(const draft *d, str code)
{
    const course_item *found = NULL;
    for (size_t i = 0; i < d->items.count; i++) {
        if (str_eq(d->items.at[i].code, code)) {
            if (found) {
                return NULL;   /* two values: no one change to tell */
            }
            found = &d->items.at[i];
        }
    }
    return found;
}

static void compare(builder *b, drafts *all)
{
    for (size_t i = 0; i < all->count; i++) {
        draft *d = &all->at[i];
        VEC(str) changed = { 0 };
        for (size_t k = 0; k < d->items.count && d->e.when.precision != DATE_NONE; k++) {
            const course_item *x = &d->items.at[k], *was = NULL;
            const course_fact *rule = course_rules_fact(b->rules, x->code);
            if (!rule || !rule->compared || item_for(d, x->code) != x) {
                continue;
            }
            size_t before = i;
            while (before-- > 0 && !was) {
                arena_step(b->a);
                bool earlier_sample = date_after(d->e.when, all->at[before].e.when);
                was = earlier_sample ? item_for(&all->at[before], x->code) : NULL;
                if (was && !str_eq(was->word, x->word)) {
                    d->e.changed_since = all->at[before].e.when;
                }
            }
            if (was && !str_eq(was->word, x->word)) {
                *VEC_PUSH(b->a, &changed) = arena_printf(b->a, "%.*s %.*s -> %.*s", STR_ARG(x->name), STR_ARG(was->say), STR_ARG(x->say));
            }
        }
        d->e.changed = changed.at;
        d->e.changed_count = (uint32_t)changed.count;
    }
}

/* ---- one paragraph ---- */

static void add_said(buf *b, const course_item *x, bool repeated_name)
{
    bool named = !str_empty(x->name) && !repeated_name;
    buf_printf(b, "%.*s%s%.*s", STR_ARG(named ? x->name : STR("")), named && !str_empty(x->say) ? " " : "", STR_ARG(x->say));
    if (!str_empty(x->detail)) {
        buf_printf(b, " (%.*s)", STR_ARG(x->detail));
    }
}

/* Facts whose word is gathered: "not detected: a, b". */
static void add_gathered(buf *out, const draft *d, str word, bool *some)
{
    bool headed = false;
    for (size_t i = 0; i < d->items.count; i++) {
        const course_item *x = &d->items.at[i];
        if (!str_eq(x->word, word)) {
            continue;
        }
        buf_printf(out, "%s%.*s%s%.*s", headed ? ", " : *some ? "; " : "", STR_ARG(headed ? STR("") : x->say), headed ? "" : ": ", STR_ARG(x->name));
        headed = *some = true;
    }
}

static void write_text(builder *b, draft *d)
{
    const course_kind *k = d->e.kind;
    buf out = buf_make(b->a, PHRASE_MAX);
    bool some = false;
    for (size_t i = 0; i < d->items.count; i++) {
        const course_item *x = &d->items.at[i];
        if (has(k->gather, k->gather_count, x->word) || (str_empty(x->say) && str_empty(x->name))) {
            continue;
        }
        bool again = i > 0 && str_eq(d->items.at[i - 1].code, x->code);
        buf_add(&out, !some ? STR("") : again && !x->many ? STR(" / ") : STR(", "));
        add_said(&out, x, again);
        some = true;
    }
    for (uint32_t i = 0; i < k->gather_count; i++) {
        add_gathered(&out, d, k->gather[i], &some);
    }
    if (d->e.conflict) {
        buf_add(&out, STR("; SOURCES DIFFER, both are shown"));
    }
    for (uint32_t i = 0; i < d->e.changed_count; i++) {
        str since = words_date(b->a, d->e.changed_since);
        if (i == 0) {
            buf_printf(&out, "; CHANGED since %.*s: ", STR_ARG(since));
        }
        buf_printf(&out, "%s%.*s", i ? ", " : "", STR_ARG(d->e.changed[i]));
    }
    const char *between = str_empty(d->e.name) || out.n == 0 ? "" : k->join == COURSE_BY_SAMPLE ? ": " : ", ";
    d->e.text = arena_printf(b->a, "%.*s%s%.*s", STR_ARG(d->e.name), between, STR_ARG(buf_str(&out)));
    if (str_empty(d->e.text) && d->items.count > 0) {   /* the record has a code and no words */
        const fact_def *def = terms_fact(b->p->chart->terms, d->items.at[0].code);
        d->e.text = def ? def->label : d->items.at[0].code;
    }
    if (d->e.until.precision != DATE_NONE && date_cmp(d->e.until, d->e.when) != 0) {
        str until = words_date(b->a, d->e.until);
        d->e.text = arena_printf(b->a, "%.*s; to %.*s", STR_ARG(d->e.text), STR_ARG(until));
    }
}

static void add_facts(builder *b, const course_kind *k)
{
    drafts all = { 0 };
    draft_facts(b, k, &all);
    for (size_t i = 0; i < all.count; i++) {
        course_sources_add(b->a, b->p, &all.at[i].e.sources, all.at[i].from.at, all.at[i].from.count);
        order_items(b, &all.at[i]);
    }
    if (all.count > 1) {
        qsort(all.at, all.count, sizeof *all.at, draft_order);
    }
    if (k->repeat == COURSE_CHANGES) {
        keep_changes(b, &all);
    }
    compare(b, &all);
    for (size_t i = 0; i < all.count; i++) {
        draft *d = &all.at[i];
        if (d->folded) {
            continue;
        }
        write_text(b, d);
        d->e.items = d->items.at;
        d->e.item_count = (uint32_t)d->items.count;
        *VEC_PUSH(b->a, &b->all) = d->e;
    }
}

/* ---- all of it ---- */

static int entry_order(const void *x, const void *y)
{
    const course_entry *a = x, *b = y;
    int c = date_cmp(a->when, b->when);
    c = c ? c : (a->kind > b->kind) - (a->kind < b->kind);   /* places in one array */
    if (!c && a->line && b->line) {
        return (a->line > b->line) - (a->line < b->line);
    }
    if (!c && a->assessment && b->assessment) {
        return (a->assessment > b->assessment) - (a->assessment < b->assessment);
    }
    return c ? c : str_cmp(a->text, b->text);
}

/* Equal results that follow each other, with nothing between: one entry from the first day to the last. */
static size_t fold_runs(builder *b, course_entry *at, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        course_entry *before = kept > 0 ? &at[kept - 1] : NULL;
        course_entry e = at[i];
        if (before && before->kind == e.kind && e.kind->repeat == COURSE_RUNS && str_eq(before->text, e.text) && !e.conflict
            && e.when.precision != DATE_NONE) {
            before->until = e.when;
            before->times += e.times;
            course_sources_add(b->a, b->p, &before->sources, e.sources.at, e.sources.count);
            continue;
        }
        at[kept++] = e;
    }
    return kept;
}

date course_last_day(const course_entry *e) { return e->until.precision != DATE_NONE ? e->until : e->when; }

static void split_by_date(builder *b, course *c)
{
    size_t undated = 0;
    while (undated < b->all.count && b->all.at[undated].when.precision == DATE_NONE) {
        undated++;   /* these sort first */
    }
    c->undated = b->all.at;
    c->undated_count = (uint32_t)undated;
    course_entry *dated = undated < b->all.count ? b->all.at + undated : NULL;
    size_t count = dated ? fold_runs(b, dated, b->all.count - undated) : 0;
    c->dated = dated;
    c->dated_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        course_entry *e = &dated[i];
        if (e->times > 1 && e->kind->repeat == COURSE_RUNS) {
            str until = words_date(b->a, e->until);
            e->text = arena_printf(b->a, "%.*s; the same to %.*s (%u results)", STR_ARG(e->text), STR_ARG(until), e->times);
        }
        bool newer = !c->newest_response || date_cmp(course_last_day(e), course_last_day(c->newest_response)) >= 0;
        c->newest_response = e->kind->response && newer ? e : c->newest_response;
    }
}

static course_head_line head_of(builder *b, const course_head *h, const profile_entry *e)
{
    course_head_line x = { .of = e, .since = !str_empty(h->since) };
    const chart_fact *newest = NULL;
    for (uint32_t i = 0; i < b->fact_count && x.since; i++) {
        x.when = str_eq(b->facts[i].code, h->since) ? earlier(x.when, b->facts[i].of->when) : x.when;
    }
    for (uint32_t i = 0; i < e->basis.criterion_count && h->dated; i++) {
        const criterion *c = &e->basis.criteria[i];
        for (uint32_t k = 0; k < c->fact_count; k++) {
            if (date_cmp(c->facts[k]->when, x.when) > 0) {
                x.when = c->facts[k]->when;
                newest = NULL;
                for (uint32_t n = 0; n < b->fact_count && !newest; n++) {
                    newest = str_eq(b->facts[n].of->id, c->facts[k]->derived_id) ? &b->facts[n] : NULL;
                }
            }
        }
    }
    x.where = newest ? course_sample_name(b->a, b->p, newest->specimen) : STR("");
    return x;
}

static void make_head(builder *b, course *c)
{
    course_head_line *heads = ARENA_ARRAY(b->a, b->rules->head_count + 1u, course_head_line);
    for (uint32_t i = 0; i < b->rules->head_count; i++) {
        for (uint32_t k = 0; k < b->p->profile_count; k++) {
            if (str_eq(b->p->profile[k].key, b->rules->heads[i].key)) {
                heads[c->head_count++] = head_of(b, &b->rules->heads[i], &b->p->profile[k]);
            }
        }
    }
    c->heads = heads;
}

static void make_end(builder *b, course *c)
{
    const chart *x = b->p->chart;
    VEC(const line_of_therapy *) running = { 0 };
    for (uint32_t i = 0; i < x->line_count; i++) {
        const line_of_therapy *l = &x->lines[i];
        if (l->in_progress) {
            *VEC_PUSH(b->a, &running) = l;
        }
        c->last = !c->last || date_cmp(l->start, c->last->start) >= 0 ? l : c->last;
    }
    c->running = running.at;
    c->running_count = (uint32_t)running.count;
    c->questions = course_questions(b->a, b->p, &c->question_count);
    VEC(const finding *) conflicts = { 0 };
    for (size_t i = 0; i < record_finding_count(x->record); i++) {
        const finding *f = record_finding_at(x->record, i);
        if (has(b->rules->conflicts, b->rules->conflict_count, f->code)) {
            *VEC_PUSH(b->a, &conflicts) = f;
        }
    }
    c->conflicts = conflicts.at;
    c->conflict_count = (uint32_t)conflicts.count;
}

course *course_make(arena *a, const plan *p)
{
    builder build = { .a = a, .p = p, .rules = &p->pack->course }, *b = &build;
    course *c = ARENA_NEW(a, course);
    c->plan = p;
    b->fact_count = chart_facts(a, p, &b->facts);
    for (uint32_t i = 0; i < b->rules->kind_count; i++) {
        const course_kind *k = &b->rules->kinds[i];
        switch ((course_from)k->from) {
        case COURSE_FACTS: add_facts(b, k); break;
        case COURSE_LINES: course_add_lines(a, p, k, &b->all); break;
        case COURSE_ASSESSMENTS: course_add_assessments(a, p, k, &b->all); break;
        }
    }
    if (b->all.count > 1) {
        qsort(b->all.at, b->all.count, sizeof *b->all.at, entry_order);
    }
    split_by_date(b, c);
    make_head(b, c);
    make_end(b, c);
    return c;
}
