/* SPDX-License-Identifier: Apache-2.0 */
#include "record/odd.h"

#include "record/systems.h"

static bool is_one_of(str s, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(s, words[i])) {
            return true;
        }
    }
    return false;
}
#define ONE_OF(s, words) is_one_of((s), (words), sizeof(words) / sizeof(words)[0])

/* ---- whose it is ---- */

static const char *const patient_members[] = { "subject", "patient", "beneficiary", "individual" };

/* Do the two lists of identifiers have one in common? Either may be a single object. */
static bool share_identifier(const record *r, const json *a, const json *b)
{
    for (const json *x = json_is(a, JSON_ARRAY) ? a->first : a; x; x = json_is(a, JSON_ARRAY) ? x->next : NULL) {
        for (const json *y = json_is(b, JSON_ARRAY) ? b->first : b; y; y = json_is(b, JSON_ARRAY) ? y->next : NULL) {
            arena_step(r->a);
            str v = json_get_text(x, "value");
            if (!str_empty(v) && str_eq(v, json_get_text(y, "value")) &&
                str_eq(json_get_text(x, "system"), json_get_text(y, "system"))) {
                return true;
            }
        }
    }
    return false;
}

/* "Group" of "Group/12": a subject that is not a patient at all. */
static bool names_another_type(str reference)
{
    size_t end = reference.n;
    while (end > 0 && reference.p[end - 1] != '/') {
        end--;
    }
    size_t begin = end > 0 ? end - 1 : 0;
    while (begin > 0 && reference.p[begin - 1] != '/') {
        begin--;
    }
    str type = end > 0 ? (str){ reference.p + begin, end - 1 - begin } : STR("");
    return type.n > 0 && type.p[0] >= 'A' && type.p[0] <= 'Z' && !str_is(type, "Patient");
}

static whose whose_reference(const record *r, const json *reference)
{
    str text = json_get_text(reference, "reference");
    const json *identifier = json_get(reference, "identifier");
    if (str_empty(text)) {
        if (share_identifier(r, identifier, json_get(r->patient->root, "identifier"))) {
            return WHOSE_CHOSEN;
        }
        return json_is(reference, JSON_OBJECT) && reference->count > 0 ? WHOSE_UNRESOLVED : WHOSE_NOBODY;
    }
    const json *target = record_target(r, reference);
    if (!target) {
        return names_another_type(text) ? WHOSE_NOBODY : WHOSE_UNRESOLVED;
    }
    if (!str_is(json_get_text(target, "resourceType"), "Patient")) {
        return WHOSE_NOBODY;
    }
    if (target == r->patient->root ||
        (text.p[0] == '#' &&
         share_identifier(r, json_get(target, "identifier"), json_get(r->patient->root, "identifier")))) {
        return WHOSE_CHOSEN;
    }
    return text.p[0] == '#' ? WHOSE_UNRESOLVED : WHOSE_OTHER;
}

whose whose_resource(const record *r, const resource *x, const json **at)
{
    whose best = WHOSE_NOBODY;
    for (const json *m = x->root->first; m; m = m->next) {
        if (!ONE_OF(m->key, patient_members)) {
            continue;
        }
        bool many = json_is(m, JSON_ARRAY);
        for (const json *one = many ? m->first : m; one; one = many ? one->next : NULL) {
            whose w = json_is(one, JSON_OBJECT) ? whose_reference(r, one) : WHOSE_UNRESOLVED;
            if (w == WHOSE_CHOSEN) {
                return w;
            }
            if (w == WHOSE_UNRESOLVED && best != WHOSE_OTHER && at) {
                *at = one;
            }
            best = best == WHOSE_OTHER || w == WHOSE_NOBODY ? best : w;
        }
    }
    return best;
}

/* ---- what was taken back ---- */

/* The word of a status that is among these: a plain text, or a code of any of its codings. Empty when none is. */
static str status_among(const json *status, const char *const *words, size_t count)
{
    if (json_is(status, JSON_STRING)) {
        return is_one_of(status->text, words, count) ? status->text : STR("");
    }
    const json *codings = json_get(status, "coding");
    bool many = json_is(codings, JSON_ARRAY);
    for (const json *c = many ? codings->first : codings; c; c = many ? c->next : NULL) {
        str code = json_get_text(c, "code");
        if (is_one_of(code, words, count)) {
            return code;
        }
    }
    return STR("");
}

bool find_withdrawn(record *r, const resource *x)
{
    /* Taken back, or never a fact: a result announced but not there yet, an order turned down. What is only planned is
     * the chart's to judge. */
    static const char *const withdrawn[] = { "entered-in-error", "cancelled", "not-done", "not-taken",
                                             "registered", "revoked", "rejected" };
    static const char *const unverified[] = { "entered-in-error", "refuted" };
    static const char *const negations[] = { "doNotPerform", "wasNotTaken", "wasNotGiven",
                                             "notPerformed", "notDone",     "notGiven" };
    for (const json *m = x->root->first; m; m = m->next) {
        str word = str_is(m->key, "status") ? status_among(m, withdrawn, sizeof withdrawn / sizeof withdrawn[0])
                   : str_is(m->key, "verificationStatus")
                       ? status_among(m, unverified, sizeof unverified / sizeof unverified[0])
                       : STR("");
        if (!str_empty(word)) {
            finding_about(r, "withdrawn", x, m, "%.*s is marked %.*s; it was not used.", STR_ARG(x->type),
                          STR_ARG(word));
            return true;
        }
        if (json_is(m, JSON_TRUE) && ONE_OF(m->key, negations)) {
            finding_about(r, "withdrawn", x, m,
                          "%.*s says that it was not, or must not be, done (%.*s); it was not used.", STR_ARG(x->type),
                          STR_ARG(m->key));
            return true;
        }
    }
    return false;
}

/* ---- oddities that come in numbers: one finding each, with the first as the example ---- */

typedef struct group {
    str kind, name, detail;
    size_t count;
    const resource *first;
    const json *at;
} group;

enum { GROUPS_MAX = 200 };
typedef struct groups {
    record *r;
    VEC(group) of;
    size_t more;
} groups;

static void count_one(groups *g, const char *kind, str name, str detail, const resource *x, const json *at)
{
    for (size_t i = 0; i < g->of.count; i++) {
        group *one = &g->of.at[i];
        if (str_is(one->kind, kind) && str_eq(one->name, name) && str_eq(one->detail, detail)) {
            one->count++;
            return;
        }
    }
    if (g->of.count == GROUPS_MAX) {
        g->more++;
        return;
    }
    *VEC_PUSH(g->r->a, &g->of) = (group){ str_of(kind), name, detail, 1, x, at };
}

static str element_of(const json *n)
{
    while (n && json_is(n->parent, JSON_ARRAY)) {
        n = n->parent;
    }
    return n ? n->key : STR("");
}

static void look_at_text(groups *g, const resource *x, const json *n)
{
    if (str_is(n->key, "reference") && json_is(n, JSON_STRING)) {
        str element = element_of(n->parent);
        bool of_patient = n->parent && n->parent->parent && ONE_OF(element, patient_members) &&
                          (n->parent->parent == x->root || n->parent->parent->parent == x->root);
        if (!of_patient && !record_target(g->r, n->parent)) {
            count_one(g, "unresolved-reference", element, x->type, x, n);
        }
    } else if (str_is(n->key, "system") && json_is(n, JSON_STRING) && json_get(n->parent, "code")) {
        str canonical = system_canonical(n->text);
        if (!str_eq(canonical, n->text)) {
            count_one(g, "system-spelling", n->text, canonical, x, n);
        }
    }
}

static void look_through(groups *g, const resource *x)
{
    for (const json *n = x->root; n;) {
        if (n->type == JSON_STRING) {
            look_at_text(g, x, n);
        }
        if (n->first) {
            n = n->first;
            continue;
        }
        while (n != x->root && !n->next) {
            n = n->parent;
        }
        n = n == x->root ? NULL : n->next;
    }
}

static void look_at_members(groups *g, const resource *x)
{
    static const char *const statuses[] = { "clinicalStatus", "verificationStatus" };
    for (const json *m = x->root->first; m; m = m->next) {
        if (ONE_OF(m->key, statuses) && json_is(m, JSON_STRING)) {
            count_one(g, "old-status", m->key, x->type, x, m);
        }
    }
    if (str_empty(x->id)) {
        count_one(g, "no-id", x->type, STR(""), x, NULL);
    }
}

static void tell(groups *g, const group *one)
{
    const char *times = one->count == 1 ? "" : "s";
    if (str_is(one->kind, "unresolved-reference")) {
        finding_about(g->r, "unresolved-reference", one->first, one->at,
                      "%zu reference%s in %.*s.%.*s lead%s to nothing in this record.", one->count, times,
                      STR_ARG(one->detail), STR_ARG(one->name), one->count == 1 ? "s" : "");
    } else if (str_is(one->kind, "system-spelling")) {
        finding_about(g->r, "system-spelling", one->first, one->at,
                      "A code system is written \"%.*s\" in %zu place%s; it was read as %.*s.",
                      STR_ARG(text_head(one->name, 120)), one->count, times, STR_ARG(one->detail));
    } else if (str_is(one->kind, "old-status")) {
        finding_about(g->r, "old-status", one->first, one->at,
                      "%.*s.%.*s is a plain text, as in FHIR before R4, in %zu resource%s; it was read.",
                      STR_ARG(one->detail), STR_ARG(one->name), one->count, times);
    } else if (str_is(one->kind, "no-id")) {
        finding_about(g->r, "no-id", one->first, NULL, "%zu resource%s of type %.*s ha%s no id.", one->count, times,
                      STR_ARG(one->name), one->count == 1 ? "s" : "ve");
    } else {
        CHECK(str_is(one->kind, "foreign-subject"));
        finding_about(
            g->r, "foreign-subject", one->first, one->at,
            "%zu resource%s name%s the patient as \"%.*s\", who is not in this record; kept, as only one patient is.",
            one->count, times, one->count == 1 ? "s" : "", STR_ARG(text_head(one->name, 120)));
    }
}

void find_oddities(record *r, bool one_patient)
{
    groups g = { .r = r };
    for (size_t i = 0; i < r->rows.count; i++) {
        const resource *x = r->rows.at[i];
        const json *at = NULL;
        if (one_patient && x != r->patient && whose_resource(r, x, &at) == WHOSE_UNRESOLVED) {
            str name = json_get_text(at, "reference");
            count_one(&g, "foreign-subject", str_empty(name) ? json_get_text(at, "display") : name, STR(""), x, at);
        }
        check_forms(r, x);
        look_at_members(&g, x);
        look_through(&g, x);
    }
    for (size_t i = 0; i < g.of.count; i++) {
        tell(&g, &g.of.at[i]);
    }
    if (g.more > 0) {
        finding_about(r, "more-oddities", NULL, NULL, "%zu more oddities of these kinds are in the record.", g.more);
    }
}
