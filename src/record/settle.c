/* From what was read to one patient's rows: duplicates merged, the patient chosen, others' resources dropped, the
 * withdrawn hidden, everything dated, put into an order that does not depend on the input's, and indexed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "cql/datetime.h"
#include "record/odd.h"
#include "record/parts.h"

enum { PATIENTS_SHOWN = 5 };

typedef struct alias {
    str full_url;
    size_t place;
    resource *kept;
} alias; /* kept: once all are merged */

typedef struct settling {
    record *r;
    VEC(resource *) rows;
    VEC(resource *) patients;
    VEC(alias) aliases; /* full URLs of merged-away duplicates, so that references to them still lead somewhere */
} settling;

/* ---- duplicates ---- */

/* Instants are compared as such, since two servers may write them in two time zones; what is finer than a millisecond by
 * its text. */
static bool is_later(const resource *x, const resource *than)
{
    str a = json_get_text(json_get(x->root, "meta"), "lastUpdated"),
        b = json_get_text(json_get(than->root, "meta"), "lastUpdated");
    moment at_a, at_b;
    if (!moment_read(CQL_DATETIME, a, &at_a) || !moment_read(CQL_DATETIME, b, &at_b)) {
        return true;
    }
    int sign = moment_sort(at_a, at_b);
    return sign != 0 ? sign > 0 : str_cmp(a, b) >= 0;
}

static void merge(settling *s, size_t place, resource *x)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): place is one of the rows */
    resource *old = s->rows.at[place], *winner = is_later(x, old) ? x : old, *loser = winner == x ? old : x;
    if (!json_equal(s->r->a, old->root, x->root)) {
        finding_about(s->r, "duplicate-differs", winner, NULL,
                      "%.*s/%.*s is there twice with different content; the %s was used.",
                      STR_ARG(text_head(x->type, 60)), STR_ARG(text_head(x->id, 80)),
                      winner == x ? "later one" : "one updated last");
    }
    if (str_empty(winner->full_url)) {
        winner->full_url = loser->full_url;
    } else if (!str_empty(loser->full_url) && !str_eq(winner->full_url, loser->full_url)) {
        *VEC_PUSH(s->r->a, &s->aliases) = (alias){ .full_url = loser->full_url, .place = place };
    }
    s->rows.at[place] = winner;
}

static void merge_duplicates(settling *s)
{
    record *r = s->r;
    table places = { 0 }; /* type, id or full URL -> place in rows, plus one */
    for (size_t i = 0; i < r->read.count; i++) {
        resource *x = r->read.at[i];
        table_key key = { .a = x->type, .b = x->id, .c = str_empty(x->id) ? x->full_url : STR("") };
        bool named = !str_empty(x->id) || !str_empty(x->full_url);
        void **at = named ? table_put(r->a, &places, key) : NULL;
        if (at && *at) {
            merge(s, (uintptr_t)*at - 1, x);
            continue;
        }
        *VEC_PUSH(r->a, &s->rows) = x;
        if (at) {
            *at = (void *)(uintptr_t)s->rows.count;
        }
    }
    for (size_t i = 0; i < s->aliases.count; i++) {
        s->aliases.at[i].kept = s->rows.at[s->aliases.at[i].place];
    }
}

static void refer_all(settling *s)
{
    s->r->references = s->r->roots = (table){ 0 };
    for (size_t i = 0; i < s->rows.count; i++) {
        index_references(s->r, s->rows.at[i]);
    }
    for (size_t i = 0; i < s->aliases.count; i++) {
        const alias *a = &s->aliases.at[i];
        void **at = table_put(s->r->a, &s->r->references, (table_key){ .a = STR(""), .b = a->full_url });
        if (!*at && table_get(&s->r->roots, (table_key){ .address = a->kept->root })) {
            *at = a->kept;
        }
    }
}

/* ---- the patient ---- */

static bool is_named(const resource *p, str id)
{
    if (str_starts(id, STR("Patient/"))) {
        id = str_from(id, 8);
    }
    return (!str_empty(p->id) && str_eq(p->id, id)) ||
           (!str_empty(p->full_url) && (str_eq(p->full_url, id) || (str_starts(p->full_url, STR("urn:uuid:")) &&
                                                                    str_eq(str_from(p->full_url, 9), id))));
}

static str patient_list(const settling *s)
{
    buf out = buf_make(s->r->a, 4096);
    for (size_t i = 0; i < s->patients.count && i < PATIENTS_SHOWN; i++) {
        const resource *p = s->patients.at[i];
        str name = str_empty(p->id) ? p->full_url : p->id;   /* NOLINT(clang-analyzer-core.NullDereference): a row of the record */
        buf_add(&out, i > 0 ? STR(", ") : STR(""));
        buf_add(&out, str_empty(name) ? STR("(one without id)") : text_head(name, 48));
    }
    if (s->patients.count > PATIENTS_SHOWN) {
        buf_printf(&out, " and %zu more", s->patients.count - PATIENTS_SHOWN);
    }
    return buf_str(&out);
}

static nl_status no_patient(const settling *s, const char *where, nl_error *err)
{
    if (s->rows.count == 0) {
        return fail(err, NL_E_MODEL, where, "no FHIR resource is in it");
    }
    str type = text_head(s->rows.at[0]->type, 60);
    if (s->rows.count == 1) {
        return fail(err, NL_E_MODEL, where, "no Patient: the only resource is of type %.*s", STR_ARG(type));
    }
    return fail(err, NL_E_MODEL, where, "no Patient among its %zu resources (the first is of type %.*s)", s->rows.count,
                STR_ARG(type));
}

static int by_id(const void *x, const void *y)
{
    const resource *a = *(resource *const *)x, *b = *(resource *const *)y;
    int sign = str_cmp(a->id, b->id);
    return sign != 0 ? sign : str_cmp(a->full_url, b->full_url);
}

static nl_status choose_patient(settling *s, str id, nl_error *err)
{
    record *r = s->r;
    char where[160] = "";
    if (r->inputs.count == 1) {
        snprintf(where, sizeof where, "%.*s", STR_ARG(r->inputs.at[0]));
    }
    for (size_t i = 0; i < s->rows.count; i++) {
        if (str_is(s->rows.at[i]->type, "Patient")) {
            *VEC_PUSH(r->a, &s->patients) = s->rows.at[i];
        }
    }
    if (s->patients.count == 0) {
        return no_patient(s, where, err);
    }
    qsort(s->patients.at, s->patients.count, sizeof s->patients.at[0], by_id);
    if (str_empty(id) && s->patients.count > 1) {
        str ids = patient_list(s);
        const char *advice = r->as_written ? "the data of one is wanted" : "choose one with --patient ID";
        return fail(err, NL_E_MODEL, where, "%zu patients are in it: %s (%.*s)", s->patients.count, advice, STR_ARG(ids));
    }
    for (size_t i = 0; i < s->patients.count && !r->patient; i++) {
        if (str_empty(id) || is_named(s->patients.at[i], id)) {
            r->patient = s->patients.at[i];
        }
    }
    if (!r->patient) {
        str ids = patient_list(s);
        return fail(err, NL_E_MODEL, where, "no Patient with the id \"%.*s\" is in it (there is: %.*s)",
                    STR_ARG(text_head(id, 64)), STR_ARG(ids));
    }
    return NL_OK;
}

static void drop_others(settling *s)
{
    record *r = s->r;
    size_t kept = 0, homeless = 0;
    resource *first = NULL;
    for (size_t i = 0; i < s->rows.count; i++) {
        resource *x = s->rows.at[i];
        whose w = whose_resource(r, x, NULL);
        bool patient = str_is(x->type, "Patient");
        bool lost = !patient && w == WHOSE_UNRESOLVED && s->patients.count > 1;
        if (lost && homeless++ == 0) {
            first = x;
        }
        if (patient ? x == r->patient : w != WHOSE_OTHER && !lost) {
            s->rows.at[kept++] = x;
        }
    }
    s->rows.count = kept;
    if (first) {
        finding_at_place(
            r, "unknown-patient", first->place,
            "%zu resource%s name%s a patient who is not in the input and were left out, as several patients are.",
            homeless, homeless == 1 ? "" : "s", homeless == 1 ? "s" : "");
    }
}

/* ---- the order ---- */

static uint64_t content_hash(const json *n)
{
    uint64_t h = hash_join(str_hash(n->key), hash_join(n->type, str_hash(n->text)));
    for (const json *c = n->first; c; c = c->next) {
        h = hash_join(h, content_hash(c));
    }
    return h;
}

/* Type, date, id; what these leave open is settled by content, so that the order of the input never matters. */
static int by_order(const void *x, const void *y)
{
    const resource *a = *(resource *const *)x, *b = *(resource *const *)y;
    int sign = str_cmp(a->type, b->type);
    sign = sign != 0 ? sign : date_cmp(a->when, b->when);
    sign = sign != 0 ? sign : by_id(x, y);
    if (sign != 0 || a == b) {
        return sign;
    }
    uint64_t h = content_hash(a->root), k = content_hash(b->root);
    return (h > k) - (h < k);
}

nl_status settle(record *r, str patient_id, nl_error *err)
{
    settling s = { .r = r };
    merge_duplicates(&s);
    TRY(choose_patient(&s, patient_id, err));
    refer_all(&s);
    drop_others(&s);
    resource **as_written = ARENA_ARRAY(r->a, s.rows.count, resource *);
    memcpy(as_written, s.rows.at, s.rows.count * sizeof *as_written);
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): there is a patient, so there are rows */
    qsort(s.rows.at, s.rows.count, sizeof s.rows.at[0],
          by_order); /* undated as yet: findings about dates come in this order */
    for (size_t i = 0; i < s.rows.count; i++) {
        s.rows.at[i]->when = clinical_date(r, s.rows.at[i]);
    }
    qsort(s.rows.at, s.rows.count, sizeof s.rows.at[0], by_order);
    refer_all(&s);
    for (size_t i = 0; i < s.rows.count; i++) {
        resource *x = r->as_written ? as_written[i] : s.rows.at[i];
        x->withdrawn = x->hidden = x != r->patient && find_withdrawn(r, x) && !r->as_written;
        x->row = (uint32_t)i;
        *VEC_PUSH(r->a, &r->rows) = x;
        index_add(r, x);
    }
    r->original_count = r->rows.count;
    find_oddities(r, s.patients.count == 1);
    return NL_OK;
}
