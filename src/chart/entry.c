/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/entry.h"

#include "chart/derive.h"

#include <stdlib.h>

typedef struct text_answer { str set; text_word word; } text_answer;
struct text_memory { VEC(text_answer) list; };

typedef struct listed { const resource *what, *by; } listed;
typedef VEC(listed) listed_list;

typedef struct maker {
    chart *c;
    VEC(entry) list;
    listed_list results, staged; /* what each DiagnosticReport, and each stage of a Condition, lists */
} maker;

static bool among(str word, const char *const *words)
{
    for (; *words; words++) {
        if (str_eq_nocase(word, str_of(*words))) {
            return true;
        }
    }
    return false;
}

/* A code of one of FHIR's own status lists, as one of those words: a code, any coding of a CodeableConcept, or the bare string
 * of older releases. Empty when none is. */
static str status_among(const json *n, const char *const *words)
{
    if (json_is(n, JSON_STRING)) {
        return among(n->text, words) ? n->text : STR("");
    }
    for (const json *k = json_get(n, "coding") ? json_get(n, "coding")->first : NULL; k; k = k->next) {
        if (among(json_get_text(k, "code"), words)) {
            return json_get_text(k, "code");
        }
    }
    return STR("");
}

/* Not a fact: taken back, announced, planned or proposed, or a procedure begun and not carried through. */
static const char *const barring[] = { "entered-in-error", "cancelled", "not-done", "refuted", "preparation", "registered", "revoked",
                                       "rejected", "draft", "proposed", "proposal", "intended", "on-hold", NULL };
static const char *const broken_off[] = { "stopped", NULL };   /* of a Procedure */
static const char *const unsure[] = { "unconfirmed", "provisional", "differential", NULL };
static const char *const over[] = { "inactive", "resolved", "remission", NULL };

static void read_status(entry *e)
{
    str status = status_among(json_get(e->from->root, "status"), barring);
    if (str_empty(status) && e->type == READ_PROCEDURE) {
        status = status_among(json_get(e->from->root, "status"), broken_off);
    }
    e->barred = str_empty(status) ? status_among(json_get(e->from->root, "verificationStatus"), barring) : status;
    e->suspected = !str_empty(status_among(json_get(e->from->root, "verificationStatus"), unsure));
    bool abated = false;
    for (const json *m = e->from->root->first; m && !abated; m = m->next) {
        abated = str_starts(m->key, STR("abatement")) && !json_is(m, JSON_FALSE);
    }
    e->ended = abated || !str_empty(status_among(json_get(e->from->root, "clinicalStatus"), over));
}

/* What stands past what is looked at might say more: told, not passed over. */
static void tell_long(const maker *m, const entry *e, const json *text)
{
    if (json_is(text, JSON_STRING) && text->text.n > TERMS_TEXT_MAX) {
        record_finding(m->c->record, "long-text", e->from, text,
                       arena_printf(record_arena(m->c->record), "A text of %zu bytes was read to its first %d only.", text->text.n, TERMS_TEXT_MAX));
    }
}

static void tell_long_texts(const maker *m, const entry *e)
{
    const json *places[] = { e->code, e->value };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const json *codings = json_get(places[i], "coding");
        tell_long(m, e, places[i]);
        tell_long(m, e, json_get(places[i], "text"));
        for (const json *k = codings ? codings->first : NULL; k; k = k->next) {
            tell_long(m, e, json_get(k, "display"));
        }
    }
}

static void read_codes(const maker *m, entry *e)
{
    const terms *t = m->c->terms;
    bool known_system = false;
    for (const json *k = json_get(e->code, "coding") ? json_get(e->code, "coding")->first : NULL; k; k = k->next) {
        str name = terms_system(t, json_get_text(k, "system")), code = json_get_text(k, "code");
        const term_row *const *rows;
        if (str_empty(name) || str_empty(code)) {
            continue;
        }
        known_system = true;
        size_t n = terms_meanings(t, name, code, &rows);
        if (n > 0 && e->coding_count < sizeof e->meanings / sizeof *e->meanings) {
            e->meanings[e->coding_count] = rows;
            e->meaning_counts[e->coding_count++] = n;
        } else if (n == 0) {
            str other = terms_other_system(t, name, code);
            if (!str_empty(other)) {
                record_finding(m->c->record, "wrong-code-system", e->from, k,
                               arena_printf(record_arena(m->c->record),
                                            "The code %.*s is written as a code of %.*s but belongs to %.*s; it was not read.", STR_ARG(code),
                                            STR_ARG(name), STR_ARG(other)));
            }
        }
    }
    tell_long_texts(m, e);
    e->by_text = !known_system;
    e->memory = ARENA_NEW(record_arena(m->c->record), struct text_memory);
}

static const json *value_of(const json *n)
{
    for (const json *m = n->first; m; m = m->next) {
        if (str_starts(m->key, STR("value")) && m->key.n > 5 && m->key.p[5] >= 'A' && m->key.p[5] <= 'Z' && !json_is(m, JSON_NULL)) {
            return m;
        }
    }
    return NULL;
}

static int listed_order(const void *x, const void *y)
{
    const listed *a = x, *b = y;
    int c = (a->what->row > b->what->row) - (a->what->row < b->what->row);
    return c ? c : (a->by->row > b->by->row) - (a->by->row < b->by->row);
}

static void list_references(maker *m, listed_list *list, const resource *by, const json *references)
{
    for (const json *k = references ? references->first : NULL; k; k = k->next) {
        const resource *what = record_resolve(m->c->record, json_get_text(k, "reference"));
        if (what) {
            *VEC_PUSH(record_arena(m->c->record), list) = (listed){ what, by };
        }
    }
}

static void sort_listed(listed_list *list)
{
    if (list->count > 0) {
        qsort(list->at, list->count, sizeof *list->at, listed_order);
    }
}

static void read_lists(maker *m)
{
    const resource *const *found;
    size_t count = record_find(m->c->record, STR("DiagnosticReport"), STR(""), STR(""), &found);
    for (size_t i = 0; i < count; i++) {
        list_references(m, &m->results, found[i], json_get(found[i]->root, "result"));
    }
    count = record_find(m->c->record, STR("Condition"), STR(""), STR(""), &found);
    for (size_t i = 0; i < count; i++) {
        const json *stages = json_get(found[i]->root, "stage");
        for (const json *s = stages ? stages->first : NULL; s; s = s->next) {
            list_references(m, &m->staged, found[i], json_get(s, "assessment"));
        }
    }
    sort_listed(&m->results);
    sort_listed(&m->staged);
}

/* The first that lists the resource. */
static const resource *lister_of(const listed_list *list, const resource *r)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->at[middle].what->row < r->row) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < list->count && list->at[low].what == r ? list->at[low].by : NULL;
}

static void read_specimen(const maker *m, entry *e)
{
    e->report = lister_of(&m->results, e->from);
    const json *own = json_get(e->from->root, "specimen");
    const json *reports = e->report ? json_get(e->report->root, "specimen") : NULL;
    str reference = json_get_text(own, "reference");
    if (str_empty(reference) && json_is(reports, JSON_ARRAY) && reports->count == 1) {
        reference = json_get_text(reports->first, "reference");
    }
    if (str_empty(reference)) {
        return;
    }
    e->specimen_of = record_resolve(m->c->record, reference);
    if (!e->specimen_of && str_starts(reference, STR("#"))) {
        reference = arena_printf(record_arena(m->c->record), "%.*s%.*s", STR_ARG(derive_reference(m->c, e->from)), STR_ARG(reference));
    }
    e->specimen = e->specimen_of ? derive_reference(m->c, e->specimen_of) : reference;
}

static void add_observation(maker *m, const resource *r)
{
    entry e = { .type = READ_OBSERVATION, .from = r, .node = r->root, .code = json_get(r->root, "code"), .value = value_of(r->root),
                .site = json_get(r->root, "bodySite"), .when = r->when, .absent = json_get(r->root, "dataAbsentReason") != NULL };
    read_status(&e);
    read_codes(m, &e);
    read_specimen(m, &e);
    e.staged = lister_of(&m->staged, r);
    if (e.when.precision == DATE_NONE && e.report) {
        e.when = e.report->when;
    }
    arena *a = record_arena(m->c->record);
    *VEC_PUSH(a, &m->list) = e;
    entry *parent = ARENA_NEW(a, entry);
    *parent = e;
    const json *components = json_get(r->root, "component");
    for (const json *k = components ? components->first : NULL; k; k = k->next) {
        entry part = e;
        part.node = k;
        part.code = json_get(k, "code");
        part.value = value_of(k);
        part.absent = json_get(k, "dataAbsentReason") != NULL;
        part.parent = parent;
        part.coding_count = 0;
        read_codes(m, &part);
        *VEC_PUSH(a, &m->list) = part;
    }
}

static void add_items(maker *m, const resource *r, const json *items)
{
    arena *a = record_arena(m->c->record);
    arena_enter(a);
    for (const json *k = items ? items->first : NULL; k; k = k->next) {
        const json *answers = json_get(k, "answer");
        for (const json *n = answers ? answers->first : NULL; n; n = n->next) {
            entry e = { .type = READ_OBSERVATION, .from = r, .node = k, .code = k, .value = value_of(n), .when = r->when, .by_text = true };
            read_status(&e);
            e.memory = ARENA_NEW(a, struct text_memory);
            /* A linkId is often the code of the question: "/CODE" in LHC-Forms. */
            str link = json_get_text(k, "linkId");
            for (ptrdiff_t slash; (slash = str_find_char(link, '/')) >= 0;) {
                link = str_from(link, (size_t)slash + 1);
            }
            for (uint32_t i = 0; i < m->c->terms->system_count && e.coding_count == 0 && !str_empty(link); i++) {
                str name = m->c->terms->systems[i].name;
                if (!str_empty(terms_word(m->c->terms, STR("about"), name, link))) {
                    e.meaning_counts[0] = terms_meanings(m->c->terms, name, link, &e.meanings[0]);
                    e.coding_count = 1;
                    e.by_text = false;
                }
            }
            *VEC_PUSH(a, &m->list) = e;
            add_items(m, r, json_get(n, "item"));
        }
        add_items(m, r, json_get(k, "item"));
    }
    arena_exit(a);
}

static void add_coded(maker *m, const resource *r, reading_type type)
{
    entry e = { .type = type, .from = r, .node = r->root, .code = json_get(r->root, "code"), .site = json_get(r->root, "bodySite"),
                .when = r->when };
    read_status(&e);
    read_codes(m, &e);
    *VEC_PUSH(record_arena(m->c->record), &m->list) = e;
}

/* What might have happened and did not is no event. */
static void add_adverse(maker *m, const resource *r)
{
    const json *event = json_get(r->root, "event");
    entry e = { .type = READ_ADVERSE, .from = r, .node = r->root, .code = event ? event : json_get(r->root, "code"), .when = r->when };
    read_status(&e);
    if (str_is(json_get_text(r->root, "actuality"), "potential")) {
        e.barred = STR("potential");
    }
    read_codes(m, &e);
    *VEC_PUSH(record_arena(m->c->record), &m->list) = e;
}

static void add_family(maker *m, const resource *r)
{
    const json *conditions = json_get(r->root, "condition");
    for (const json *k = conditions ? conditions->first : NULL; k; k = k->next) {
        entry e = { .type = READ_FAMILY, .from = r, .node = k, .code = json_get(k, "code"), .when = r->when };
        read_status(&e);
        read_codes(m, &e);
        *VEC_PUSH(record_arena(m->c->record), &m->list) = e;
    }
}

/* What an extension within the review says. */
static const json *said_in(const json *review, str name)
{
    const json *parts = json_get(review, "extension");
    for (const json *k = parts ? parts->first : NULL; k; k = k->next) {
        if (str_eq(json_get_text(k, "url"), name)) {
            return value_of(k);
        }
    }
    return NULL;
}

/* Reviews tell what was decided on a day, whether the plan that holds them is a draft or in force. */
static void add_reviews(maker *m, const resource *r)
{
    const review_form *form = &m->c->terms->review;
    const json *list = json_get(r->root, "extension");
    bool valid = !str_empty(form->extension) && !str_is(json_get_text(r->root, "status"), "entered-in-error");
    for (const json *k = list && valid ? list->first : NULL; k; k = k->next) {
        if (!str_ends(json_get_text(k, "url"), form->extension)) {
            continue;
        }
        const json *changed = said_in(k, form->changed), *reason = said_in(k, form->reason), *day = said_in(k, form->day);
        entry e = { .type = READ_REVIEW, .from = r, .node = k, .value = json_is(changed, JSON_TRUE) && reason ? reason : changed };
        if (!json_is(changed, JSON_TRUE) && !json_is(changed, JSON_FALSE)) {
            record_finding(m->c->record, "review-incomplete", r, k, STR("A review of the care plan does not say whether the plan was changed; it was not read."));
        } else if (!date_read(json_text(day), &e.when) || !date_after(e.when, m->c->as_of)) {
            e.memory = ARENA_NEW(record_arena(m->c->record), struct text_memory);
            *VEC_PUSH(record_arena(m->c->record), &m->list) = e;
        }
    }
}

entry_list entries_make(chart *c)
{
    maker m = { .c = c };
    read_lists(&m);
    for (size_t i = 0; i < record_count(c->record); i++) {
        const resource *r = record_at(c->record, i);
        if (r->hidden || r->derived) {
            continue;
        }
        if (str_is(r->type, "Observation")) {
            add_observation(&m, r);
        } else if (str_is(r->type, "QuestionnaireResponse")) {
            add_items(&m, r, json_get(r->root, "item"));
        } else if (str_is(r->type, "Condition")) {
            add_coded(&m, r, READ_CONDITION);
        } else if (str_is(r->type, "Procedure")) {
            add_coded(&m, r, READ_PROCEDURE);
        } else if (str_is(r->type, "AllergyIntolerance")) {
            add_coded(&m, r, READ_ALLERGY);
        } else if (str_is(r->type, "FamilyMemberHistory")) {
            add_family(&m, r);
        } else if (str_is(r->type, "AdverseEvent")) {
            add_adverse(&m, r);
        } else if (str_is(r->type, "CarePlan")) {
            add_reviews(&m, r);
        }
    }
    return (entry_list){ m.list.at, m.list.count };
}

/* ---- what an entry is about ---- */

str entry_label(const entry *e)
{
    str text = json_get_text(e->code, "text");
    for (const json *k = json_get(e->code, "coding") ? json_get(e->code, "coding")->first : NULL; k && str_empty(text); k = k->next) {
        text = json_get_text(k, "display");
    }
    return text;
}

/* Looking through a text costs, and every fact asks: each set is asked once. */
static text_word label_word(const chart *c, const entry *e, str set)
{
    for (size_t i = 0; i < e->memory->list.count; i++) {
        if (str_eq(e->memory->list.at[i].set, set)) {
            return e->memory->list.at[i].word;
        }
    }
    text_word w = terms_word_of_text(c->terms, set, entry_label(e));
    *VEC_PUSH(record_arena(c->record), &e->memory->list) = (text_answer){ set, w };
    return w;
}

str entry_word(const chart *c, const entry *e, str set)
{
    for (uint32_t i = 0; i < e->coding_count; i++) {
        for (size_t k = 0; k < e->meaning_counts[i]; k++) {
            if (str_eq(e->meanings[i][k]->set, set)) {
                return e->meanings[i][k]->word;
            }
        }
    }
    return e->by_text && e->coding_count == 0 ? label_word(c, e, set).word : STR("");
}

bool entry_is(const chart *c, const entry *e, str set, str word)
{
    for (uint32_t i = 0; i < e->coding_count; i++) {
        for (size_t k = 0; k < e->meaning_counts[i]; k++) {
            if (str_eq(e->meanings[i][k]->set, set) && str_eq(e->meanings[i][k]->word, word)) {
                return true;
            }
        }
    }
    return e->by_text && e->coding_count == 0 && str_eq(label_word(c, e, set).word, word);
}

str entry_negated(const chart *c, const entry *e, str set, str *negation)
{
    if (!e->by_text || e->coding_count > 0) {
        return STR("");
    }
    text_word w = label_word(c, e, set);
    *negation = w.negation;
    return str_empty(w.word) ? w.negated : STR("");
}

static bool condition_in(const chart *c, const resource *r, str set)
{
    return r && str_is(r->type, "Condition") && !r->hidden && !str_empty(word_of_value(c, json_get(r->root, "code"), set).word);
}

bool entry_belongs(const chart *c, const entry *e, str set)
{
    bool found = !str_empty(entry_word(c, e, set)) || condition_in(c, e->staged, set);
    const json *extensions = json_get(e->from->root, "extension"), *focus = json_get(e->from->root, "focus");
    for (const json *k = extensions ? extensions->first : NULL; k && !found; k = k->next) {
        found = condition_in(c, record_resolve(c->record, json_text(json_path(k, "valueReference.reference"))), set);
    }
    for (const json *k = focus ? focus->first : NULL; k && !found; k = k->next) {
        found = condition_in(c, record_resolve(c->record, json_get_text(k, "reference")), set);
    }
    return found;
}

static bool holds(const chart *c, const json *concept, str topic)
{
    if (!str_empty(json_get_text(concept, "text"))
        && str_eq(terms_word_of_text(c->terms, STR("beside"), json_get_text(concept, "text")).word, topic)) {
        return true;
    }
    for (const json *k = json_get(concept, "coding") ? json_get(concept, "coding")->first : NULL; k; k = k->next) {
        if (str_eq(terms_word_of_text(c->terms, STR("beside"), json_get_text(k, "display")).word, topic)) {
            return true;
        }
    }
    return false;
}

bool entry_label_is(const chart *c, const entry *e, str topic)
{
    return holds(c, e->code, topic) || holds(c, json_get(e->from->root, "method"), topic);
}

void entries_beside(const entry_list *all, const entry *e, const entry **first, const entry **last)
{
    *first = *last = e;
    while (*first > all->at && (*first - 1)->from == e->from) {
        (*first)--;
    }
    while (*last < all->at + all->count && (*last)->from == e->from) {
        (*last)++;
    }
}

static const json *extension_named(const json *n, str name)
{
    const json *list = json_get(n, "extension");
    for (const json *k = list ? list->first : NULL; k; k = k->next) {
        str url = json_get_text(k, "url");
        if (str_ends(url, name) && url.n > name.n && url.p[url.n - name.n - 1] == '/') {
            return value_of(k);
        }
    }
    return NULL;
}

const json *entry_at(const entry *e, const str *names, uint32_t count, bool *own)
{
    for (uint32_t i = 0; i < count; i++) {
        const json *member = json_find(e->from->root, names[i]), *extension = extension_named(e->from->root, names[i]);
        if (member || extension) {
            *own = member != NULL;
            return member ? member : extension;
        }
    }
    return NULL;
}

const entry *entry_component(const chart *c, const entry_list *all, const entry *e, str topic)
{
    const entry *first, *last;
    entries_beside(all, e, &first, &last);
    for (const entry *k = first; k < last; k++) {
        if (k->parent && entry_is(c, k, STR("about"), topic)) {
            return k;
        }
    }
    return NULL;
}

/* ---- values ---- */

static void take_word(word_read *w, str word)
{
    if (str_empty(word)) {
        return;
    }
    if (!str_empty(w->word) && !str_eq(w->word, word)) {
        w->conflict = true;
    }
    w->word = str_empty(w->word) ? word : w->word;
}

static void read_coding(const chart *c, const json *coding, str text, str set, word_read *w)
{
    str name = terms_system(c->terms, json_get_text(coding, "system")), code = json_get_text(coding, "code");
    str display = json_get_text(coding, "display");
    if (!str_empty(code)) {
        w->given = true;
        w->text = str_empty(w->text) ? (str_empty(display) ? code : display) : w->text;
    }
    if (!str_empty(name)) {
        str word = STR(""), one, sets = set;
        while (str_empty(word) && str_cut(&sets, ' ', &one)) {
            word = terms_word(c->terms, one, name, code);
        }
        take_word(w, str_empty(word) ? terms_word(c->terms, STR("no-value"), name, code) : word);
        if (!str_empty(word)) {   /* what stands beside a code must not say something else of the same set */
            take_word(w, terms_word_of_text(c->terms, one, display).word);
            take_word(w, terms_word_of_text(c->terms, one, text).word);
        }
    }
}

static str word_of_words(const chart *c, str text, str sets)
{
    str word = STR(""), one;
    while (str_empty(word) && str_cut(&sets, ' ', &one)) {
        word = terms_word_of_text(c->terms, one, text).word;
    }
    return str_empty(word) ? terms_word_of_text(c->terms, STR("no-value"), text).word : word;
}

/* A number without a unit, or with one that is no unit, may be a score: "3", "3 +". */
static str score_text(const chart *c, const json *quantity)
{
    str number = json_get_text(quantity, "value"), unit = json_get_text(quantity, "unit");
    if (!str_empty(json_get_text(quantity, "comparator"))) {
        return STR("");
    }
    return str_is(unit, "+") ? arena_printf(record_arena(c->record), "%.*s+", STR_ARG(number)) : number;
}

word_read word_of_value(const chart *c, const json *value, str set)
{
    word_read w = { 0 };
    str text = STR("");
    if (json_is(value, JSON_OBJECT)) {
        const json *codings = json_get(value, "coding");
        text = json_get_text(value, "text");
        w.text = text;
        for (const json *k = codings ? codings->first : NULL; k; k = k->next) {
            read_coding(c, k, text, set, &w);
        }
        if (!codings && json_get(value, "code") && !json_get(value, "value")) {
            read_coding(c, value, STR(""), set, &w);
        }
        if (json_get(value, "value")) {
            text = score_text(c, value);
            w.text = json_get_text(value, "value");
            w.given = true;
        }
        if (str_empty(text)) {
            const json *first = codings ? json_at(codings, 0) : value;
            text = json_get_text(first, "display");
            text = str_empty(text) ? json_get_text(first, "code") : text;
        }
    } else if (json_is(value, JSON_TRUE) || json_is(value, JSON_FALSE)) {
        text = json_is(value, JSON_TRUE) ? STR("true") : STR("false");
        w.text = text;
    } else {
        text = json_text(value);
        w.text = text;
    }
    w.given = w.given || !str_empty(text);
    if (str_empty(w.word) && !str_empty(text)) {
        w.word = word_of_words(c, text, set);
    }
    if (w.conflict) {
        w.word = STR("");
    }
    return w;
}

word_read word_of_entry(const chart *c, const entry *e, str set)
{
    if (e->value) {
        return word_of_value(c, e->value, set);
    }
    const json *interpretation = json_get(e->node, "interpretation");
    const json *first = json_is(interpretation, JSON_ARRAY) ? json_at(interpretation, 0) : interpretation;
    return first ? word_of_value(c, first, set) : (word_read){ 0 };
}
