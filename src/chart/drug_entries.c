/* A resource becomes one entry per ingredient: which drug, from when to when, why it ended, what it was given for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/medications.h"

#include <stdlib.h>

typedef VEC(drug_entry) drug_entry_list;

typedef struct reader {
    const chart      *c;
    record           *r;
    arena            *a;
    const drugs      *drugs;
    const line_rules *rules;
    int32_t           today;
    bool             *cancer_rows;
    drug_entry_list   entries;
} reader;

/* ---- what a status means, per resource type ---- */

typedef enum status_kind { STATUS_ACTIVE, STATUS_OVER, STATUS_SAID, STATUS_HELD, STATUS_NOT_GIVEN, STATUS_VOID } status_kind;

static status_kind status_of(str type, str status)
{
    static const struct { const char *type, *status; status_kind kind; } rows[] = {   /* first row that fits; NULL fits any type */
        { NULL, "entered-in-error", STATUS_VOID },
        { NULL, "draft", STATUS_NOT_GIVEN }, { NULL, "cancelled", STATUS_NOT_GIVEN }, { NULL, "intended", STATUS_NOT_GIVEN },
        { NULL, "not-taken", STATUS_NOT_GIVEN }, { NULL, "not-done", STATUS_NOT_GIVEN }, { NULL, "declined", STATUS_NOT_GIVEN },
        { NULL, "preparation", STATUS_NOT_GIVEN }, { NULL, "on-hold", STATUS_HELD }, { NULL, "stopped", STATUS_OVER },
        { "MedicationDispense", "in-progress", STATUS_NOT_GIVEN },
        { "MedicationDispense", "completed", STATUS_SAID }, { "MedicationAdministration", "completed", STATUS_SAID },
        { "Procedure", "completed", STATUS_SAID }, { "Procedure", "preparation", STATUS_NOT_GIVEN },
        { NULL, "completed", STATUS_OVER }, { NULL, "active", STATUS_ACTIVE }, { NULL, "in-progress", STATUS_ACTIVE },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (str_is(status, rows[i].status) && (!rows[i].type || str_is(type, rows[i].type))) {
            return rows[i].kind;
        }
    }
    return STATUS_SAID;
}

/* ---- words ---- */

static str word_of_concept(const reader *x, str set, const json *concept)
{
    const terms *t = x->c->terms;
    for (const json *k = json_get(concept, "coding") ? json_get(concept, "coding")->first : NULL; k; k = k->next) {
        str w = terms_word(t, set, terms_system(t, json_get_text(k, "system")), json_get_text(k, "code"));
        if (!str_empty(w)) {
            return w;
        }
    }
    str w = terms_word_of_text(t, set, json_get_text(concept, "text")).word;
    for (const json *k = json_get(concept, "coding") ? json_get(concept, "coding")->first : NULL; k && str_empty(w); k = k->next) {
        w = terms_word_of_text(t, set, json_get_text(k, "display")).word;
    }
    return w;
}

static str words_of(const json *concept)
{
    str text = json_get_text(concept, "text");
    for (const json *k = json_get(concept, "coding") ? json_get(concept, "coding")->first : NULL; k && str_empty(text); k = k->next) {
        text = json_get_text(k, "display");
    }
    return text;
}

/* An element that may be one thing or a list of them: the first, and its neighbour after it. */
static const json *first_of(const json *n) { return json_is(n, JSON_ARRAY) ? n->first : n; }
static const json *next_of(const json *n) { return n->parent && json_is(n->parent, JSON_ARRAY) ? n->next : NULL; }

static void read_reason(const reader *x, const json *root, drug_entry *e)
{
    const json *n = json_get(root, "statusReason");
    n = n ? n : json_get(root, "statusReasonCodeableConcept");
    for (n = first_of(n); n; n = next_of(n)) {
        str w = word_of_concept(x, x->rules->reason_set, n);
        if (str_empty(w) && str_empty(e->reason_text)) {
            e->reason_text = words_of(n);
            e->reason_at = n;
        }
        if (!str_empty(w) && !str_is(w, "unknown")) {
            e->reason = w;
            e->reason_text = words_of(n);
            e->reason_at = n;
            return;
        }
    }
}

static void read_intent(const reader *x, const json *root, drug_entry *e)
{
    const json *list = json_get(root, "extension");
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        str url = json_get_text(n, "url");
        for (uint32_t i = 0; i < x->rules->intent_extensions.count; i++) {
            if (str_ends(url, x->rules->intent_extensions.at[i])) {
                e->intent_at = json_get(n, "valueCodeableConcept");
                e->intent = word_of_concept(x, x->rules->intent_set, e->intent_at);
            }
        }
    }
}

/* Where a record says in words what a drug was for: the first word of the set. */
static str word_beside(const reader *x, const json *root, str set, const json **at)
{
    static const char *const places[] = { "category", "reasonCode", "courseOfTherapyType", "note", "dosageInstruction", "dosage" };
    str word = STR("");
    for (size_t i = 0; i < sizeof places / sizeof *places && str_empty(word); i++) {
        for (const json *n = first_of(json_get(root, places[i])); n && str_empty(word); n = next_of(n)) {
            word = word_of_concept(x, set, n);
            *at = n;
        }
    }
    return word;
}

static void read_setting(const reader *x, const json *root, drug_entry *e)
{
    const json *number_at = NULL;
    e->setting = word_beside(x, root, x->rules->setting_set, &e->setting_at);
    int64_t number = 0;
    e->stated = str_to_i64(word_beside(x, root, x->rules->number_set, &number_at), &number) && number > 0 ? (uint32_t)number : 0;
}

/* ---- what for ---- */

/* The resources from which the cancer is known, marked by their row. */
static bool *cancer_rows(const reader *x)
{
    bool *rows = ARENA_ARRAY(x->a, record_count(x->r) + 1, bool);
    for (uint32_t i = 0; i < x->rules->disease_facts.count; i++) {
        const resource *const *facts;
        const fact_def *f = terms_fact(x->c->terms, x->rules->disease_facts.at[i]);
        size_t n = f ? record_find(x->r, STR("Observation"), fact_system(x->c, f), f->code, &facts) : 0;
        for (size_t k = 0; k < n; k++) {
            for (uint32_t s = 0; facts[k]->derived && s < facts[k]->source_count; s++) {
                const resource *from = record_of(x->r, facts[k]->sources[s]);
                if (from && from->row < record_count(x->r)) {
                    rows[from->row] = true;
                }
            }
        }
    }
    return rows;
}

static bool is_the_cancer(const reader *x, const resource *target)
{
    return target && target->row < record_count(x->r) && x->cancer_rows[target->row];
}

/* Whether its reasons, an intent to cure or the words in which it was stopped say that a drug was given for the cancer. */
static bool said_for_cancer(const reader *x, const json *root, const drug_entry *e)
{
    for (const json *n = first_of(json_get(root, "reasonReference")); n; n = next_of(n)) {
        if (is_the_cancer(x, record_resolve(x->r, json_get_text(n, "reference")))) {
            return true;
        }
    }
    for (const json *n = first_of(json_get(root, "reasonCode")); n; n = next_of(n)) {
        if (!str_empty(word_of_concept(x, x->rules->anticancer_set, n))) {
            return true;
        }
    }
    return str_is(e->intent, "curative") || !str_empty(terms_word_of_text(x->c->terms, x->rules->anticancer_set, e->reason_text).word);
}

static bool given_for_cancer(const reader *x, const json *root, const drug_entry *e, str text)
{
    if (said_for_cancer(x, root, e) || !str_empty(terms_word_of_text(x->c->terms, x->rules->anticancer_set, text).word)) {
        return true;
    }
    arena_mark mark = arena_get_mark(x->a);
    str rest = drug_text_form(x->a, text), word;
    bool found = false;
    while (!found && str_cut(&rest, ' ', &word)) {
        for (uint32_t i = 0; i < x->rules->endings.count; i++) {
            str ending = x->rules->endings.at[i];
            found = found || (word.n > ending.n && str_ends(word, ending));
        }
    }
    arena_rewind(x->a, mark);
    return found;
}

static bool is_another(const reader *x, const json *concept) { return str_is(word_of_concept(x, x->rules->purpose_set, concept), "other"); }

/* Whether reasons are recorded, and each is a disease that is not the cancer: a drug given for the joints. */
static bool given_for_another(const reader *x, const json *root)
{
    size_t reasons = 0, others = 0;
    for (const json *n = first_of(json_get(root, "reasonCode")); n; n = next_of(n), reasons++) {
        others += is_another(x, n);
    }
    for (const json *n = first_of(json_get(root, "reasonReference")); n; n = next_of(n), reasons++) {
        const resource *target = record_resolve(x->r, json_get_text(n, "reference"));
        others += target && !is_the_cancer(x, target) && is_another(x, json_get(target->root, "code"));
    }
    return reasons > 0 && others == reasons;
}

/* ---- when ---- */

static date read_date(const json *object, const char *path)
{
    date d = { 0 };
    str text = json_text(json_path(object, path));
    return !str_empty(text) && date_read(text, &d) ? d : (date){ 0 };
}

static date first_date(const json *root, const char *const *paths, const json **at)
{
    date d = { 0 };
    for (; *paths && d.precision == DATE_NONE; paths++) {
        d = read_date(root, *paths);
        *at = d.precision == DATE_NONE ? NULL : json_path(root, *paths);
    }
    return d;
}

static date later(date a, date b) { return date_cmp(a, b) >= 0 ? a : b; }

/* An administration is one dose. Some producers write a whole course as one: then its period is longer than a dose can be, or has no
 * end, and the day it began says nothing of when it ended. */
static bool is_dose(const reader *x, const json *root, const drug_entry *e)
{
    bool open = e->to_at == NULL && json_path(root, "effectivePeriod.start") != NULL;
    bool longer = e->from.precision != DATE_NONE && e->to.precision != DATE_NONE && date_days(e->to) - date_days(e->from) > (int32_t)x->rules->window_days;
    return !open && !longer;
}

/* When, and why it ended. */
static void read_dates(const reader *x, const json *root, drug_entry *e)
{
    static const char *const starts[] = { "dosageInstruction.0.timing.repeat.boundsPeriod.start", "effectivePeriod.start", "effectiveDateTime",
                                          "performedPeriod.start", "performedDateTime", "whenHandedOver", "whenPrepared", "authoredOn",
                                          "dateAsserted", NULL };
    static const char *const ends[] = { "dosageInstruction.0.timing.repeat.boundsPeriod.end", "effectivePeriod.end", "performedPeriod.end", NULL };
    e->from = first_date(root, starts, &e->from_at);
    e->to = first_date(root, ends, &e->to_at);
    if (date_after(e->from, e->to)) {
        record_finding(x->r, "period-reversed", record_of(x->r, root), e->to_at,
                       STR("the recorded end of a drug lies before its start; the end was not used"));
        e->to = (date){ 0 };
        e->to_at = NULL;
    }
    e->dose = e->dose && is_dose(x, root, e);
    e->last = later(e->from, e->to);
    bool goes_on = e->to.precision != DATE_NONE && date_days(e->to) > x->today;
    if (goes_on) {   /* neither its end nor why it ended is known yet on that day */
        e->to = (date){ 0 };
        e->last = e->from;
        e->state = ENTRY_ACTIVE;
        e->stopped = false;
    }
    int64_t supply = 0;
    const json *days = json_path(root, "daysSupply.value");
    days = days ? days : json_path(root, "dispenseRequest.expectedSupplyDuration.value");
    if (e->to.precision == DATE_NONE && e->from.precision != DATE_NONE && str_to_i64(json_text(days), &supply) && supply > 0 && supply <= 366) {
        int32_t until = date_days(e->from) + (int32_t)supply;
        e->last = date_of_days(until < x->today ? until : x->today);
    }
    if (e->to.precision != DATE_NONE && !e->dose) {   /* a recorded end says more than a status nobody brought up to date */
        e->state = ENTRY_OVER;
        e->stopped = true;
    }
    if (!goes_on) {
        read_reason(x, root, e);
    }
}

/* ---- which drug ---- */

static const json *contained(const json *root, str reference)
{
    const json *list = json_get(root, "contained");
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        if (str_starts(reference, STR("#")) && str_eq(json_get_text(n, "id"), str_from(reference, 1))) {
            return n;
        }
    }
    return NULL;
}

enum { INGREDIENTS_MAX = 8 };
typedef struct named { uint32_t drugs[INGREDIENTS_MAX]; size_t count; str text; const json *at; bool nameless, coded, misspelt; } named;

static void name_by_code(const reader *x, const json *concept, named *out)
{
    const json *list = json_get(concept, "coding");
    for (const json *k = list ? list->first : NULL; k && out->count == 0; k = k->next) {
        const uint32_t *which;
        str system = terms_system(x->c->terms, json_get_text(k, "system"));
        size_t n = drugs_of_code(x->drugs, system, json_get_text(k, "code"), &which);
        for (size_t i = 0; i < n && i < INGREDIENTS_MAX; i++) {
            out->drugs[out->count++] = which[i];
        }
        out->coded = out->coded || n > 0;
    }
}

static bool same_drugs(const named *a, const uint32_t *which, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool met = false;
        for (size_t k = 0; k < a->count; k++) {
            met = met || a->drugs[k] == which[i];
        }
        if (!met) {
            return false;
        }
    }
    return a->count == count;
}

/* What a text names. Where no code speaks and nothing else has named a drug, also by what a misspelt name comes near. */
static size_t name_by_words(const reader *x, str text, bool unknown, uint32_t *found, bool *misspelt)
{
    *misspelt = false;
    size_t n = unknown ? drugs_near_text(x->drugs, x->a, text, found, INGREDIENTS_MAX, misspelt) : drugs_of_text(x->drugs, x->a, text, found, INGREDIENTS_MAX);
    return n ? n : drugs_of_regimen(x->drugs, x->a, text, found, INGREDIENTS_MAX);
}

static void tell_misspelt(const reader *x, const resource *about, const named *n, str text)
{
    buf names = buf_make(x->a, 4096);
    for (size_t i = 0; i < n->count; i++) {
        buf_printf(&names, "%s%.*s", i ? " and " : "", STR_ARG(x->drugs->at[n->drugs[i]].name));
    }
    str said = buf_str(&names);
    record_finding(x->r, "drug-name-misspelt", about, n->at,
                   arena_printf(x->a, "\"%.*s\" holds a name that is misspelt or cut off; it was read as %.*s: check the entry", STR_ARG(text), STR_ARG(said)));
}

/* Code first, then the words beside it. Where they name different drugs the code holds and a reader is told. */
static void name_by_concept(const reader *x, const resource *about, const json *concept, str more_text, named *out)
{
    out->at = concept;
    name_by_code(x, concept, out);
    const json *list = json_get(concept, "coding");
    str texts[3] = { json_get_text(concept, "text"), list && list->first ? json_get_text(list->first, "display") : STR(""), more_text }, near = STR("");
    for (int i = 0; i < 3; i++) {
        out->text = str_empty(out->text) ? texts[i] : out->text;
        uint32_t found[INGREDIENTS_MAX];
        bool misspelt;
        size_t n = name_by_words(x, texts[i], !out->coded && out->count == 0, found, &misspelt);
        if (n && (out->count == 0 || (out->misspelt && !misspelt))) {   /* what is written as it should be says more */
            memcpy(out->drugs, found, n * sizeof *found);
            out->count = n;
            out->misspelt = misspelt;
            near = texts[i];
        } else if (n && !same_drugs(out, found, n)) {
            record_finding(x->r, "drug-code-and-words-differ", about, concept,
                           arena_printf(x->a, "the words \"%.*s\" name another drug than the code beside them, which stands for %.*s; the code was taken",
                                        STR_ARG(texts[i]), STR_ARG(x->drugs->at[out->drugs[0]].name)));
            break;
        }
    }
    if (out->misspelt) {
        tell_misspelt(x, about, out, near);
    }
}

static void name_drug(const reader *x, const resource *about, named *out)
{
    const json *root = about->root, *concept = json_get(root, "medicationCodeableConcept");
    if (concept) {
        name_by_concept(x, about, concept, STR(""), out);
        return;
    }
    const json *link = json_get(root, "medicationReference");
    str reference = json_get_text(link, "reference");
    const resource *target = link && !str_starts(reference, STR("#")) ? record_resolve(x->r, reference) : NULL;
    const json *medication = target ? target->root : contained(root, reference);
    if (medication) {
        name_by_concept(x, about, json_get(medication, "code"), json_get_text(link, "display"), out);
        const json *list = json_get(medication, "ingredient");
        for (const json *n = list ? list->first : NULL; n && out->count < INGREDIENTS_MAX; n = n->next) {
            named part = { .coded = out->coded };
            name_by_concept(x, about, json_get(n, "itemCodeableConcept"), STR(""), &part);
            for (size_t i = 0; i < part.count && out->count < INGREDIENTS_MAX; i++) {
                if (!same_drugs(out, part.drugs, part.count)) {
                    out->drugs[out->count++] = part.drugs[i];
                }
            }
            out->misspelt = out->misspelt || part.misspelt;
            out->text = str_empty(out->text) ? part.text : out->text;
        }
    } else if (link) {
        name_by_concept(x, about, NULL, json_get_text(link, "display"), out);
    }
    out->at = link;
}

/* ---- entries ---- */

static void add_entries(reader *x, const resource *about, const named *n, drug_entry e)
{
    e.from_resource = about;
    e.what = n->at ? n->at : about->root;
    e.text = n->text;
    e.misspelt = n->misspelt;
    for (size_t i = 0; i < n->count; i++) {
        e.drug = &x->drugs->at[n->drugs[i]];
        e.name = e.drug->name;
        *VEC_PUSH(x->a, &x->entries) = e;
    }
    if (n->count == 0) {
        e.name = n->text;
        e.for_cancer = n->nameless || given_for_cancer(x, about->root, &e, n->text);
        *VEC_PUSH(x->a, &x->entries) = e;
    }
}

/* A code nobody knows and no name beside it: it may be anything, so it may be a drug against the cancer. */
static void name_by_bare_code(const reader *x, const json *root, named *n)
{
    str code = json_text(json_path(root, "medicationCodeableConcept.coding.0.code"));
    if (n->count == 0 && str_empty(n->text) && !str_empty(code)) {
        n->text = arena_printf(x->a, "code %.*s", STR_ARG(code));
        n->nameless = true;
    }
}

static bool only_thought_of(const json *root)
{
    str intent = json_get_text(root, "intent");
    return str_is(intent, "proposal") || str_is(intent, "plan") || str_is(intent, "option") || json_bool(json_get(root, "doNotPerform"), false);
}

static void read_resource(reader *x, const resource *about)
{
    const json *root = about->root;
    status_kind kind = status_of(about->type, json_get_text(root, "status"));
    named n = { 0 };
    if (kind == STATUS_VOID) {
        return;
    }
    name_drug(x, about, &n);
    name_by_bare_code(x, root, &n);
    if (kind == STATUS_NOT_GIVEN || (str_is(about->type, "MedicationRequest") && only_thought_of(root))) {
        bool matters = n.count && x->drugs->at[n.drugs[0]].role == DRUG_ANTICANCER;
        if (matters) {
            record_finding(x->r, "drug-not-given", about, json_get(root, "status"),
                           arena_printf(x->a, "%.*s is recorded as planned, cancelled or not taken, and is not counted as a treatment", STR_ARG(n.text)));
        }
        return;
    }
    if (n.count == 0 && str_empty(n.text)) {
        record_finding(x->r, "drug-without-name", about, n.at, STR("a drug is recorded without a code we know and without a name"));
        return;
    }
    drug_entry e = { .dose = str_is(about->type, "MedicationAdministration") };
    e.stopped = str_is(json_get_text(root, "status"), "stopped");
    e.state = kind == STATUS_ACTIVE ? ENTRY_ACTIVE : kind == STATUS_OVER ? ENTRY_OVER : kind == STATUS_HELD ? ENTRY_HELD : ENTRY_SAID;
    read_dates(x, root, &e);
    if (e.from.precision != DATE_NONE && date_days(e.from) > x->today) {
        return;
    }
    read_intent(x, root, &e);
    read_setting(x, root, &e);
    e.for_another = given_for_another(x, root);
    if (e.for_another && n.count && x->drugs->at[n.drugs[0]].role == DRUG_ANTICANCER) {
        record_finding(x->r, "drug-for-another-disease", about, n.at,
                       arena_printf(x->a, "%.*s is recorded as given for another disease, and is not counted as a treatment of the cancer", STR_ARG(n.text)));
    }
    add_entries(x, about, &n, e);
}

/* A Procedure counts only when it is coded as a drug, or says by code which drug it used. */
static void read_procedure(reader *x, const resource *about)
{
    named n = { 0 };
    if (about->derived) {
        return;
    }
    name_by_code(x, json_get(about->root, "code"), &n);
    n.at = json_get(about->root, "code");
    for (const json *u = first_of(json_get(about->root, "usedCode")); u && n.count == 0; u = next_of(u)) {
        name_by_code(x, u, &n);
        n.at = u;
    }
    status_kind kind = status_of(about->type, json_get_text(about->root, "status"));
    if (n.count == 0 || kind == STATUS_VOID || kind == STATUS_NOT_GIVEN) {
        return;
    }
    n.text = words_of(n.at);
    drug_entry e = { .dose = true, .state = kind == STATUS_ACTIVE ? ENTRY_ACTIVE : kind == STATUS_OVER ? ENTRY_OVER : ENTRY_SAID };
    read_dates(x, about->root, &e);
    if (e.from.precision == DATE_NONE || date_days(e.from) <= x->today) {
        read_intent(x, about->root, &e);
        add_entries(x, about, &n, e);
    }
}

static int entry_order(const void *pa, const void *pb)
{
    const drug_entry *a = *(const drug_entry *const *)pa, *b = *(const drug_entry *const *)pb;
    int c = (a->drug == NULL) - (b->drug == NULL);
    c = c ? c : str_cmp(a->name, b->name);
    c = c ? c : (int)a->for_another - (int)b->for_another;
    c = c ? c : date_cmp(a->from, b->from);
    c = c ? c : date_cmp(a->last, b->last);
    c = c ? c : str_cmp(a->from_resource->type, b->from_resource->type);
    c = c ? c : str_cmp(a->from_resource->id, b->from_resource->id);
    c = c ? c : str_cmp(a->text, b->text);
    c = c ? c : (int)a->state - (int)b->state;
    return c ? c : (a > b) - (a < b);
}

size_t drug_entries_make(const chart *c, const drug_entry ***out)
{
    record *r = c->record;
    arena *a = record_arena(r);
    reader x = { .c = c, .r = r, .a = a, .drugs = c->terms->drugs, .rules = c->terms->line_rules, .today = date_days_last(c->as_of) };
    static const char *const types[] = { "MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense" };
    const resource *const *found;
    x.cancer_rows = cancer_rows(&x);
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        size_t n = record_find(r, str_of(types[t]), STR(""), STR(""), &found);
        for (size_t i = 0; i < n; i++) {
            read_resource(&x, found[i]);
        }
    }
    size_t n = record_find(r, STR("Procedure"), STR(""), STR(""), &found);
    for (size_t i = 0; i < n; i++) {
        read_procedure(&x, found[i]);
    }
    const drug_entry **sorted = ARENA_ARRAY(a, x.entries.count + 1, const drug_entry *);
    for (size_t i = 0; i < x.entries.count; i++) {
        sorted[i] = &x.entries.at[i];
    }
    if (x.entries.count) {
        qsort(sorted, x.entries.count, sizeof *sorted, entry_order);
    }
    *out = sorted;
    return x.entries.count;
}
