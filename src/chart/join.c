/* Parts of one result, brought together and read by the fact's table: score, gene copies and verdict of one specimen; or the
 * components of one variant. Parts that disagree are told and give an answer each: none is dropped. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/amount.h"
#include "chart/facts.h"

enum { ANSWERS_MAX = 8, SLOTS_FIRST = 64 };

typedef struct sample {
    str  key;
    date when;
    const entry *e;            /* the first */
    const fact_reading *r;
    VEC(part_read) parts;
} sample;

/* With an index by key: slots hold a place + 1, or 0. */
typedef struct sample_list {
    sample   *at;
    size_t    count, room, slot_room;
    uint32_t *slots;
} sample_list;

/* ---- which specimen ---- */

static date earlier(date a, date b)
{
    return a.precision == DATE_NONE ? b : b.precision == DATE_NONE ? a : date_cmp(b, a) < 0 ? b : a;
}

static date collected_on(const resource *specimen)
{
    const json *collection = specimen ? json_get(specimen->root, "collection") : NULL;
    str text = json_get_text(collection, "collectedDateTime");
    date d = { 0 };
    if (str_empty(text)) {
        text = json_get_text(json_get(collection, "collectedPeriod"), "start");
    }
    return date_read(text, &d) ? d : (date){ 0 };
}

static str site_text(facts_job *j, const entry *e)
{
    const json *site = json_is(e->site, JSON_ARRAY) ? e->site->first : e->site;
    const json *coding = json_at(json_get(site, "coding"), 0);
    str code = json_get_text(coding, "code");
    return str_empty(code) ? json_get_text(site, "text") : arena_printf(j->a, "%.*s %.*s", STR_ARG(json_get_text(coding, "system")), STR_ARG(code));
}

/* Results are joined by specimen; without one by day and site; undated ones only within one report. */
static str joining_key(facts_job *j, const fact_def *d, const entry *e)
{
    if (!d->per_specimen) {
        return arena_printf(j->a, "%.*s %u", STR_ARG(name_of(j, e)), e->parent ? e->node->index : 0);
    }
    if (!str_empty(e->specimen)) {
        return arena_printf(j->a, "specimen %.*s", STR_ARG(e->specimen));
    }
    str site = site_text(j, e);
    if (e->type == READ_OBSERVATION && e->when.precision == DATE_DAY) {
        char day[11];
        return arena_printf(j->a, "day %.*s at %.*s", STR_ARG(date_write(e->when, day)), STR_ARG(site));
    }
    const resource *one = e->report && e->when.precision == DATE_NONE ? e->report : e->from;
    return arena_printf(j->a, "%.*s at %.*s", STR_ARG(derive_reference(j->c, one)), STR_ARG(site));
}

/* One made up per day and site, shared by the facts, so that results can be told apart by sample. */
static str specimen_for(facts_job *j, const sample *s)
{
    if (!str_empty(s->e->specimen)) {
        return s->e->specimen;
    }
    char day[11];
    str site = site_text(j, s->e);
    str key = arena_printf(j->a, "%.*s at %.*s", STR_ARG(date_write(s->when, day)), STR_ARG(site));
    for (size_t i = 0; i < j->specimens.count; i++) {
        arena_step(j->a);
        if (str_eq(j->specimens.at[i].key, key)) {
            return j->specimens.at[i].reference;
        }
    }
    str id = arena_printf(j->a, "nl-specimen-%zu", j->specimens.count + 1);
    const json **sources = ARENA_ARRAY(j->a, 1, const json *);
    sources[0] = source_of(s->e);
    json *specimen = derive_resource(j->c, "Specimen", id, sources, 1);
    json_put(specimen, "subject", derive_subject(j->c));
    json *collection = json_new(j->a, JSON_OBJECT);
    if (s->when.precision != DATE_NONE) {
        json_put(collection, "collectedDateTime", json_string(j->a, arena_str(j->a, date_write(s->when, day))));
    }
    const json *body = json_is(s->e->site, JSON_ARRAY) ? s->e->site->first : s->e->site;
    if (body) {
        json_put_key(collection, STR("bodySite"), json_copy(j->a, body));
    }
    if (collection->count > 0) {
        json_put(specimen, "collection", collection);
    }
    (void)record_append(j->c->record, specimen, s->when, sources, 1);
    str reference = arena_printf(j->a, "Specimen/%.*s", STR_ARG(id));
    *VEC_PUSH(j->a, &j->specimens) = (made_specimen){ key, reference };
    return reference;
}

/* ---- gathering ---- */

/* Where the key stands or would stand. What is passed over counts as steps, so that keys made to collide end at the limit. */
static uint32_t *slot_of(facts_job *j, const sample_list *all, uint32_t *slots, size_t room, str key)
{
    size_t i = (size_t)str_hash(key) & (room - 1);
    while (slots[i] != 0 && !str_eq(all->at[slots[i] - 1].key, key)) {
        arena_step(j->a);
        i = (i + 1) & (room - 1);
    }
    return &slots[i];
}

static sample *sample_of(facts_job *j, sample_list *all, const entry *e, const fact_reading *r, str key)
{
    if (all->count * 2 >= all->slot_room) {
        all->slot_room = all->slot_room == 0 ? SLOTS_FIRST : all->slot_room * 2;
        all->slots = ARENA_ARRAY(j->a, all->slot_room, uint32_t);
        for (size_t i = 0; i < all->count; i++) {
            *slot_of(j, all, all->slots, all->slot_room, all->at[i].key) = (uint32_t)i + 1;
        }
    }
    uint32_t *slot = slot_of(j, all, all->slots, all->slot_room, key);
    if (*slot != 0) {
        sample *found = &all->at[*slot - 1];
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a slot is filled only when a row stands in the array */
        found->when = earlier(found->when, e->when);
        return found;
    }
    sample *s = VEC_PUSH(j->a, all);
    *s = (sample){ .key = key, .when = e->when, .e = e, .r = r };
    *slot = (uint32_t)all->count;
    return s;
}

static void add_part(facts_job *j, sample *s, const part_read *p)
{
    for (size_t i = 0; i < s->parts.count; i++) {
        const part_read *k = &s->parts.at[i];
        arena_step(j->a);
        if (k->at == p->at && str_eq(k->part, p->part) && str_eq(k->word, p->word)) {
            return;
        }
    }
    *VEC_PUSH(j->a, &s->parts) = *p;
}

/* The words of a value that hold the sign. */
static str words_with(const json *value, str sign)
{
    if (!json_is(value, JSON_OBJECT)) {
        return json_is(value, JSON_STRING) ? json_text(value) : STR("");
    }
    str text = json_get_text(value, "text");
    const json *codings = json_get(value, "coding");
    for (const json *k = codings ? codings->first : NULL; k && str_find(text, sign) < 0; k = k->next) {
        text = json_get_text(k, "display");
    }
    return text;
}

/* A number among the words of an answer: "Positive, 5 %". */
static bool amount_beside(facts_job *j, const fact_def *d, const fact_reading *r, const part_def *def, const entry *e, part_read *out)
{
    const cut_set *cuts = terms_cuts(j->c->terms, def->cuts);
    if (!e->value || e->absent || !str_empty(label_contradicts(j, r, e))) {
        return false;
    }
    amount n = { 0 };
    str text = words_with(e->value, cuts->unit);
    amount_found found = amount_in_words(j->c->terms, text, cuts->unit, r->answer.words, &n);
    if (json_get(e->value, "value") || json_get(e->value, "low") || json_get(e->value, "high")) {
        found = amount_read(j->c->terms, e->value, &n) && !str_empty(n.unit) ? WORDS_ONE : WORDS_NONE;
        text = n.number;
    }
    if (found == WORDS_NONE) {
        return false;
    }
    *out = (part_read){ .e = e, .part = def->part, .at = source_of(e), .text = text };
    out->word = found == WORDS_ONE ? cut_word(j->c->terms, cuts, &n) : STR("");
    if (str_empty(out->word)) {
        note(j, "value-not-understood", e, e->value, "%.*s: the number in \"%.*s\" of %.*s falls into no single band and was not used.",
             STR_ARG(d->label), STR_ARG(str_head(text, 200)), STR_ARG(name_of(j, e)));
    }
    return !str_empty(out->word);
}

/* What a component, or the value itself, says besides. The table knows what to make of a component that nobody understands. */
static bool further_part(facts_job *j, const fact_def *d, const fact_reading *r, const part_def *def, const entry *e, part_read *out)
{
    bool own = str_empty(def->component);
    if (own && !str_empty(def->cuts)) {
        return amount_beside(j, d, r, def, e, out);
    }
    const entry *k = own ? e : entry_component(j->c, &j->entries, e, def->component);
    if (!k || !k->value) {
        return false;
    }
    if (!str_empty(def->cuts)) {
        fact_reading of_component = { .type = READ_OBSERVATION };
        return answer_read(j, d, &of_component, def, k, out);
    }
    word_read w = word_of_value(j->c, k->value, def->words);
    if (str_empty(w.word) && w.given && !own) {
        w.word = STR("unread");
    }
    *out = (part_read){ .e = k, .part = def->part, .at = source_of(k), .word = w.word, .text = w.text };
    return !str_empty(w.word) && !str_is(w.word, "unknown");
}

static void gather(facts_job *j, const fact_def *d, const fact_reading *r, const entry *e, sample_list *all)
{
    if (!reading_matches(j, d, r, e)) {
        return;
    }
    VEC(part_read) parts = { 0 };
    part_read p;
    if (answer_read(j, d, r, &r->answer, e, &p)) {
        *VEC_PUSH(j->a, &parts) = p;
    }
    for (uint32_t i = 0; i < r->with_count; i++) {
        if (further_part(j, d, r, &r->with[i], e, &p)) {
            *VEC_PUSH(j->a, &parts) = p;
        }
    }
    sample *s = parts.count > 0 ? sample_of(j, all, e, r, joining_key(j, d, e)) : NULL;
    for (size_t i = 0; i < parts.count; i++) {
        add_part(j, s, &parts.at[i]);
    }
}

/* ---- asking the table ---- */

typedef struct cells { part_read of[TERMS_PARTS_MAX]; } cells;

static bool fits(str cell, str word)
{
    if (str_empty(cell)) {
        return true;
    }
    str one;
    while (str_cut(&cell, '|', &one)) {
        if (str_empty(word) ? str_is(one, "-") : str_is(one, "*") || str_eq(one, word)) {
            return true;
        }
    }
    return false;
}

static uint32_t column(const part_table *t, str name)
{
    for (uint32_t i = 0; i < t->column_count; i++) {
        if (str_eq(t->columns[i], name)) {
            return i;
        }
    }
    return UINT32_MAX;
}

/* {ihc} becomes what the record said of it. */
static str filled(facts_job *j, const part_table *t, const cells *now, str text)
{
    buf b = buf_make(j->a, 4096);
    while (!str_empty(text)) {
        ptrdiff_t open = str_find_char(text, '{'), close = str_find_char(text, '}');
        uint32_t c = open >= 0 && close > open ? column(t, (str){ text.p + open + 1, (size_t)(close - open - 1) }) : UINT32_MAX;
        if (c == UINT32_MAX) {
            break;
        }
        buf_add(&b, str_head(text, (size_t)open));
        buf_add(&b, str_head(str_empty(now->of[c].text) ? now->of[c].word : now->of[c].text, 80));
        text = str_from(text, (size_t)close + 1);
    }
    buf_add(&b, str_head(text, 512));
    return buf_str(&b);
}

static str ask(facts_job *j, const fact_def *d, const part_table *t, cells *now, const sample *s)
{
    str answer = STR("");
    for (uint32_t i = 0; i < t->row_count && str_empty(answer); i++) {
        const table_row *row = &t->rows[i];
        uint32_t gives = column(t, row->gives);
        bool fit = gives == UINT32_MAX || str_empty(now->of[gives].word);
        for (uint32_t k = 0; k < t->column_count && fit; k++) {
            fit = fits(row->cells[k], now->of[k].word);
        }
        if (!fit) {
            continue;
        }
        if (!str_empty(row->finding)) {
            str text = filled(j, t, now, row->finding);
            note(j, "see-results", s->e, s->e->node, "%.*s (%.*s): %.*s", STR_ARG(d->label), STR_ARG(name_of(j, s->e)), STR_ARG(text));
        }
        if (gives == UINT32_MAX) {
            answer = row->word;
        } else {
            now->of[gives] = (part_read){ .part = row->gives, .word = row->word };
        }
    }
    return answer;
}

/* The record's words; where it has a code alone, ours. */
static str said(const part_read *x)
{
    const json *codings = json_get(x->e->value, "coding");
    bool words = codings == NULL || json_get(x->e->value, "text");
    for (const json *k = codings ? codings->first : NULL; k; k = k->next) {
        words = words || json_get(k, "display");
    }
    return words ? x->text : x->word;
}

static str raw_text(facts_job *j, const part_table *t, const cells *now)
{
    buf b = buf_make(j->a, 8192);
    for (uint32_t i = 0; i < t->column_count; i++) {
        const part_read *p = &now->of[i];
        if (p->at && !str_empty(p->text)) {
            bool plain = str_is(p->part, "value");
            buf_printf(&b, "%s%.*s%s%.*s", b.n ? ", " : "", plain ? 0 : (int)p->part.n, p->part.p, plain ? "" : " ", STR_ARG(str_head(said(p), 500)));
        }
    }
    return buf_str(&b);
}

static void answer_of(facts_job *j, const fact_def *d, const part_table *t, const sample *s, cells now)
{
    cells recorded = now;
    str word = ask(j, d, t, &now, s);
    if (str_empty(word) || str_is(word, "unknown")) {
        return;
    }
    fact_result f = { .fact = d, .word = word, .text = raw_text(j, t, &recorded), .method = method_of(j, d, s->r, s->e) };
    date taken = collected_on(s->e->specimen_of);
    f.when = taken.precision != DATE_NONE ? taken : s->when;
    f.specimen = d->per_specimen ? specimen_for(j, s) : s->e->specimen;
    fact_part *parts = ARENA_ARRAY(j->a, t->column_count, fact_part);
    f.sources = ARENA_ARRAY(j->a, t->column_count, const json *);
    for (uint32_t i = 0; i < t->column_count; i++) {
        if (!str_empty(now.of[i].word)) {
            parts[f.part_count++] = (fact_part){ t->columns[i], now.of[i].word, now.of[i].e ? said(&now.of[i]) : now.of[i].text, STR("") };
        }
        if (recorded.of[i].at) {
            f.sources[f.source_count++] = recorded.of[i].at;
        }
    }
    f.parts = parts;
    collect(j, &f, s->e, sample_key(j, s->e));
}

static void tell_difference(facts_job *j, const fact_def *d, const part_read *x, const part_read *y)
{
    note(j, "contradiction", y->e, y->at, "%.*s (%.*s): %.*s says \"%.*s\" and %.*s says \"%.*s\" of one specimen; both are kept.",
         STR_ARG(d->label), STR_ARG(x->part), STR_ARG(name_of(j, x->e)), STR_ARG(said(x)), STR_ARG(name_of(j, y->e)), STR_ARG(said(y)));
}

/* Every combination of the different words of the parts: one, unless the record contradicts itself. */
static void answers_of(facts_job *j, const fact_def *d, const part_table *t, const sample *s)
{
    cells list[ANSWERS_MAX] = { 0 };
    size_t count = 1;
    for (size_t i = 0; i < s->parts.count; i++) {
        const part_read *p = &s->parts.at[i];
        uint32_t c = column(t, p->part);
        CHECK(c < t->column_count && t->column_count <= TERMS_PARTS_MAX);
        bool known = false;
        const part_read *other = NULL;
        for (size_t k = 0; k < i; k++) {
            arena_step(j->a);
            if (str_eq(s->parts.at[k].part, p->part)) {
                known = known || str_eq(s->parts.at[k].word, p->word);
                other = &s->parts.at[k];
            }
        }
        if (known) {
            continue;
        }
        if (other) {
            tell_difference(j, d, other, p);
        }
        size_t before = count;
        for (size_t k = 0; k < before; k++) {
            if (!other) {
                list[k].of[c] = *p;
            } else if (str_eq(list[k].of[c].word, other->word) && count < ANSWERS_MAX) {
                list[count] = list[k];
                list[count++].of[c] = *p;
            }
        }
    }
    for (size_t k = 0; k < count; k++) {
        answer_of(j, d, t, s, list[k]);
    }
}

void joined_collect(facts_job *j, const fact_def *d)
{
    sample_list all = { 0 };
    const part_table *t = terms_table(j->c->terms, d->table);
    CHECK(t != NULL);
    for (size_t k = 0; k < j->entries.count; k++) {
        for (uint32_t i = 0; i < d->from_count; i++) {
            if (d->from[i].type != READ_FACT) {
                gather(j, d, &d->from[i], &j->entries.at[k], &all);
            }
        }
        for (size_t i = 0; i < all.count && !d->per_specimen; i++) {   /* nothing of another entry joins it */
            answers_of(j, d, t, &all.at[i]);
        }
        if (!d->per_specimen && all.count > 0) {
            all.count = 0;
            memset(all.slots, 0, all.slot_room * sizeof *all.slots);
        }
    }
    for (size_t i = 0; i < all.count; i++) {
        answers_of(j, d, t, &all.at[i]);
    }
}
