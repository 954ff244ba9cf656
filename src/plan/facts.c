/* Facts for people: what a derived resource (or the Patient) says, and which elements of the input it was made from.
 * Reads the shapes that the chart writes; knows no code of its own but "line-of-therapy". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/work.h"

#include "chart/amount.h"

str code_system_url(const work *w, str name)
{
    return arena_printf(w->a, "%.*s/CodeSystem/%.*s", STR_ARG(terms_base(w->pack->terms)), STR_ARG(name));
}

/* The resources of a fact's code that can be seen. */
static size_t find_fact(const work *w, str code, const resource *const **out)
{
    const fact_def *f = terms_fact(w->pack->terms, code);
    *out = NULL;
    return f ? record_find(w->record, STR("Observation"), code_system_url(w, f->system), code, out) : 0;
}

static const json *value_element(const json *observation)
{
    for (const json *m = observation->first; m; m = m->next) {
        if (str_starts(m->key, STR("value"))) {
            return m;
        }
    }
    return NULL;
}

bool fact_recorded(const work *w, str code)
{
    const fact_def *def = terms_fact(w->pack->terms, code);
    const resource *const *found;
    size_t count = find_fact(w, code, &found);
    for (size_t i = 0; i < count; i++) {
        if (value_element(found[i]->root) || (def->kind == FACT_DATE && !json_get(found[i]->root, "dataAbsentReason"))) {
            return true;
        }
    }
    return false;
}

fact_source fact_source_of(work *w, const json *element)
{
    fact_source s = { .quote = element };
    const resource *r = record_of(w->record, element);
    if (!r) {
        return s;
    }
    s.resource = str_empty(r->id) ? r->type : arena_printf(w->a, "%.*s/%.*s", STR_ARG(r->type), STR_ARG(r->id));
    if (r->place.input != UINT32_MAX) {
        s.input = record_input_name(w->record, r->place.input);
        s.line = r->place.line;
        s.pointer = record_pointer(w->record, element);
    }
    return s;
}

/* ---- words ---- */

static str concept_word(const json *concept)
{
    str word = json_text(json_path(concept, "coding.0.code"));
    return str_empty(word) ? json_get_text(concept, "text") : word;
}

static str quantity_words(work *w, const json *q)
{
    str comparator = json_get_text(q, "comparator"), unit = json_get_text(q, "unit");
    unit = str_empty(unit) ? json_get_text(q, "code") : unit;
    return amount_words(w->a, comparator, json_get_text(q, "value"), unit);
}

static str value_words(work *w, const json *observation)
{
    const json *v = value_element(observation);
    const json *absent = json_get(observation, "dataAbsentReason");
    if (!v) {
        str why = absent ? concept_word(absent) : STR("");
        return !absent ? STR("recorded") : str_empty(why) ? STR("not known") : arena_printf(w->a, "not known (%.*s)", STR_ARG(why));
    }
    str words = json_is(v, JSON_TRUE) ? STR("yes") : json_is(v, JSON_FALSE) ? STR("no") : json_text(v);
    if (str_is(v->key, "valueCodeableConcept")) {
        words = concept_word(v);
    } else if (str_is(v->key, "valueQuantity")) {
        words = quantity_words(w, v);
    }
    const json *method = json_get(observation, "method");
    str how = json_get_text(method, "text");
    how = str_empty(how) ? json_text(json_path(method, "coding.0.display")) : how;
    how = str_empty(how) ? json_text(json_path(method, "coding.0.code")) : how;
    return str_empty(how) ? words : arena_printf(w->a, "%.*s (%.*s)", STR_ARG(words), STR_ARG(how));
}

static const json *extension(const json *n, const char *name)
{
    const json *all = json_get(n, "extension");
    for (const json *x = all ? all->first : NULL; x; x = x->next) {
        str url = json_get_text(x, "url");
        if (str_ends(url, str_of(name)) && url.n > strlen(name) && url.p[url.n - strlen(name) - 1] == '/') {
            return x;
        }
    }
    return NULL;
}

static str drug_words(const json *used)
{
    const json *codings = json_get(used, "coding");
    for (const json *c = codings ? codings->first : NULL; c; c = c->next) {
        if (str_ends(json_get_text(c, "system"), STR("/CodeSystem/drug"))) {
            return json_get_text(c, "code");
        }
    }
    return json_get_text(used, "text");
}

/* The drugs of a line that is over whose own end nobody recorded: they may have gone on for longer than the end of the line says. */
static str open_ends(work *w, const json *procedure)
{
    str_vec names = { 0 };
    const json *used = json_get(procedure, "usedCode");
    bool running = str_is(json_get_text(procedure, "status"), "in-progress");
    for (const json *u = used ? used->first : NULL; u && !running; u = u->next) {
        const json *period = extension(u, "used-period");
        if (str_empty(json_text(json_path(period, "valuePeriod.end"))) && !extension(u, "still-used")) {
            *VEC_PUSH(w->a, &names) = drug_words(u);
        }
    }
    return texts_join(w->a, names.at, names.count, ", ");
}

str line_words(work *w, const json *procedure)
{
    buf b = buf_make(w->a, BUF_MAX_DEFAULT);
    str number = json_get_text(extension(procedure, "line-number"), "valueInteger");
    str setting = json_text(json_path(procedure, "category.coding.0.code"));
    buf_printf(&b, "line %.*s%s%.*s: ", STR_ARG(number), str_empty(setting) ? "" : ", ", STR_ARG(setting));
    const json *used = json_get(procedure, "usedCode");
    for (const json *u = used ? used->first : NULL; u; u = u->next) {
        str name = drug_words(u);
        buf_printf(&b, "%s%.*s", u == used->first ? "" : " + ", STR_ARG(name));
    }
    str start = json_text(json_path(procedure, "performedPeriod.start")), end = json_text(json_path(procedure, "performedPeriod.end"));
    bool running = str_is(json_get_text(procedure, "status"), "in-progress");
    buf_printf(&b, ", %.*s to %.*s", STR_ARG(str_empty(start) ? STR("(start not recorded)") : start),
               STR_ARG(!str_empty(end) ? end : running ? STR("still going on") : STR("(end not recorded)")));
    str open = open_ends(w, procedure);
    if (!str_empty(end) && !str_empty(open)) {
        buf_printf(&b, " (end not recorded of %.*s)", STR_ARG(open));
    }
    str reason = concept_word(json_get(procedure, "statusReason"));
    if (!str_empty(reason)) {
        buf_printf(&b, ", stopped for %.*s", STR_ARG(reason));
    }
    return buf_str(&b);
}

static str patient_words(work *w, const json *patient)
{
    str sex = json_get_text(patient, "gender"), born = json_get_text(patient, "birthDate");
    return arena_printf(w->a, "%.*s%s%.*s", STR_ARG(sex), str_empty(sex) || str_empty(born) ? "" : ", born ", STR_ARG(born));
}

/* ---- facts ---- */

static void patient_sources(work *w, const json *patient, fact *f)
{
    static const char *const members[] = { "gender", "birthDate" };
    fact_source *s = ARENA_ARRAY(w->a, 2, fact_source);
    for (size_t i = 0; i < 2; i++) {
        const json *m = json_get(patient, members[i]);
        if (m) {
            s[f->source_count++] = fact_source_of(w, m);
        }
    }
    f->sources = s;
}

static fact *make_fact(work *w, const resource *r)
{
    fact *f = ARENA_NEW(w->a, fact);
    f->when = r->when;
    if (str_is(r->type, "Patient")) {
        *f = (fact){ .code = STR("patient"), .label = STR("Patient"), .value = patient_words(w, r->root) };
        patient_sources(w, r->root, f);
        return f;
    }
    f->code = json_text(json_path(r->root, "code.coding.0.code"));
    f->derived_id = r->derived ? r->id : STR("");
    if (str_is(r->type, "Procedure") && str_is(f->code, "line-of-therapy")) {
        f->label = STR("Line of therapy");
        f->value = line_words(w, r->root);
        f->open_ends = open_ends(w, r->root);
    } else {
        const fact_def *def = terms_fact(w->pack->terms, f->code);
        f->label = def ? def->label : f->code;
        f->value = value_words(w, r->root);
    }
    fact_source *s = ARENA_ARRAY(w->a, r->derived ? r->source_count : 1, fact_source);
    for (uint32_t i = 0; r->derived && i < r->source_count; i++) {
        s[f->source_count++] = fact_source_of(w, r->sources[i]);
    }
    if (!r->derived) {
        s[f->source_count++] = fact_source_of(w, r->root);
    }
    f->sources = s;
    f->set = r->derived && r->source_count == 0;   /* only a what-if has no source in the input */
    return f;
}

const fact *fact_of(work *w, const json *root)
{
    for (size_t i = 0; i < w->facts.count; i++) {
        if (w->facts.at[i].root == root) {
            return w->facts.at[i].fact;
        }
    }
    const resource *r = record_of(w->record, root);
    if (!r) {
        return NULL;
    }
    const fact *f = make_fact(w, r);
    *VEC_PUSH(w->a, &w->facts) = (known_fact){ root, f };
    return f;
}
