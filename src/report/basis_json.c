/* SPDX-License-Identifier: Apache-2.0 */
#include "report/basis_json.h"

#include "report/person.h"

builder builder_make(arena *a, const plan *p)
{
    return (builder){ .a = a, .plan = p, .cited = ARENA_ARRAY(a, p->pack->guideline.source_count + 1u, bool) };
}

/* A str that was never filled has no address; the writer wants one. */
json *text_json(builder *b, str s) { return json_string(b->a, s.p ? s : STR("")); }
json *text_or_null(builder *b, str s) { return str_empty(s) ? json_new(b->a, JSON_NULL) : json_string(b->a, s); }

void put_texts(builder *b, json *object, const text_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const text_member *m = &members[i];
        json_put(object, m->key, m->empty == EMPTY_NULL ? text_or_null(b, m->text) : text_json(b, m->text));
    }
}

json *texts_json(builder *b, const str *at, uint32_t count)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < count; i++) {
        json_push(list, text_json(b, at[i]));
    }
    return list;
}

json *date_or_null(builder *b, date d)
{
    char text[11];
    return d.precision == DATE_NONE ? json_new(b->a, JSON_NULL) : json_string(b->a, arena_str(b->a, date_write(d, text)));
}

json *truth_json(builder *b, truth t)
{
    return t == TRUTH_UNKNOWN ? json_new(b->a, JSON_NULL) : json_boolean(b->a, t == TRUTH_TRUE);
}

const char *role_name(role r)
{
    static const char *const names[] = { "disease", "requires", "rules-out", "caution", "standing", "trigger", "profile", "approval", "amount", "local" };
    CHECK((size_t)r < sizeof names / sizeof *names);
    return names[r];
}

/* ---- places in the input ---- */

json *source_json(builder *b, const fact_source *s)
{
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "resource", text_json(b, s->resource));
    json_put(o, "input", text_json(b, s->input));
    json_put(o, "line", s->line ? json_integer(b->a, s->line) : json_new(b->a, JSON_NULL));
    json_put(o, "pointer", text_json(b, s->pointer));
    json_put(o, "quote", s->quote ? json_copy(b->a, s->quote) : json_new(b->a, JSON_NULL));
    return o;
}

static str resource_name(builder *b, const resource *r)
{
    return str_empty(r->id) ? r->type : arena_printf(b->a, "%.*s/%.*s", STR_ARG(r->type), STR_ARG(r->id));
}

json *element_json(builder *b, const json *element)
{
    const record *r = b->plan->chart->record;
    const resource *of = record_of(r, element);
    if (!of || of->derived) {
        return NULL;
    }
    fact_source s = { .resource = resource_name(b, of), .input = record_input_name(r, of->place.input), .line = of->place.line,
                      .pointer = record_pointer(r, element), .quote = element };
    return source_json(b, &s);
}

json *elements_json(builder *b, const json *const *at, uint32_t count)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < count; i++) {
        json *one = element_json(b, at[i]);
        if (one) {
            json_push(list, one);
        }
    }
    return list;
}

/* ---- a basis ---- */

static json *fact_json(builder *b, const fact *f)
{
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "code", text_json(b, f->code));
    json_put(o, "label", text_json(b, f->label));
    json_put(o, "value", text_json(b, f->value));
    json_put(o, "date", date_or_null(b, f->when));
    json_put(o, "undated", json_boolean(b->a, f->when.precision == DATE_NONE));
    json_put(o, "set", json_boolean(b->a, f->set));
    json_put(o, "derived", text_or_null(b, f->derived_id));
    json *sources = json_put(o, "sources", json_new(b->a, JSON_ARRAY));
    for (uint32_t i = 0; i < f->source_count; i++) {
        json_push(sources, source_json(b, &f->sources[i]));
    }
    return o;
}

/* The leaves that decided: down through the clauses that gave their parent its value. */
static void deciding_leaves(builder *b, const cql_clause *c, json *list)
{
    arena_enter(b->a);
    bool deeper = false;
    for (uint32_t i = 0; i < c->child_count; i++) {
        if (c->children[i].decided) {
            deciding_leaves(b, &c->children[i], list);
            deeper = true;
        }
    }
    if (!deeper) {
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "library", text_json(b, c->library));
        json_put(o, "file", text_json(b, c->file));
        json_put(o, "line", json_integer(b->a, c->line));
        json_put(o, "text", text_json(b, c->text));
        json_put(o, "value", truth_json(b, c->value));
    }
    arena_exit(b->a);
}

json *criterion_json(builder *b, const criterion *c)
{
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "role", text_json(b, str_of(role_name(c->role))));
    json_put(o, "name", text_json(b, c->name));
    json_put(o, "library", text_json(b, c->library));
    json_put(o, "value", truth_json(b, c->value));
    json_put(o, "wanted", truth_json(b, c->wanted));
    json_put(o, "presumed", json_boolean(b->a, c->presumed));
    json_put(o, "say", text_json(b, c->say));
    json_put(o, "file", text_json(b, c->file));
    json_put(o, "line", json_integer(b->a, c->line));
    json *clauses = json_put(o, "clauses", json_new(b->a, JSON_ARRAY));
    if (c->why) {
        deciding_leaves(b, c->why, clauses);
    }
    json *facts = json_put(o, "facts", json_new(b->a, JSON_ARRAY));
    for (uint32_t i = 0; i < c->fact_count; i++) {
        json_push(facts, fact_json(b, c->facts[i]));
    }
    json_put(o, "absent", texts_json(b, c->absent, c->absent_count));
    return o;
}

json *presumptions_json(builder *b, const basis *x)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < x->presumption_count; i++) {
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "text", text_json(b, x->presumptions[i]));
        json_put(o, "question", text_json(b, x->questions ? x->questions[i] : STR("")));
    }
    return list;
}

json *cite(builder *b, const str *ids, uint32_t count)
{
    const guideline *g = &b->plan->pack->guideline;
    for (uint32_t i = 0; i < count; i++) {
        const source *s = guideline_source(g, ids[i]);
        if (s) {
            b->cited[s - g->sources] = true;
        }
    }
    return texts_json(b, ids, count);
}

json *basis_json(builder *b, const basis *x)
{
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "rule", text_json(b, x->rule));
    json_put(o, "file", text_json(b, x->file));
    json_put(o, "line", json_integer(b->a, x->line));
    json *criteria = json_put(o, "criteria", json_new(b->a, JSON_ARRAY));
    for (uint32_t i = 0; i < x->criterion_count; i++) {
        json_push(criteria, criterion_json(b, &x->criteria[i]));
    }
    json_put(o, "presumptions", presumptions_json(b, x));
    json_put(o, "sources", cite(b, x->sources, x->source_count));
    return o;
}

json *statement_json(builder *b, const statement *s)
{
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "text", text_json(b, s->text));
    json_put(o, "basis", basis_json(b, &s->basis));
    return o;
}

json *publication_json(builder *b, const source *s)
{
    json *o = json_new(b->a, JSON_OBJECT);
    const struct { const char *key; str text; } always[] = {
        { "id", s->id }, { "kind", s->kind }, { "title", s->title }, { "population", s->population },
        { "comparator", s->comparator }, { "n", s->n }, { "pfs", s->pfs }, { "pfs_hr", s->pfs_hr },
        { "os", s->os }, { "os_hr", s->os_hr }, { "orr", s->orr }, { "note", s->note },
    };
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        json_put(o, always[i].key, text_json(b, always[i].text));
    }
    json_put(o, "nct", text_or_null(b, s->nct));
    json_put(o, "pmid", text_or_null(b, s->pmid));
    json_put(o, "doi", text_or_null(b, s->doi));
    json_put(o, "url", text_or_null(b, s->url));
    json_put(o, "checked", json_boolean(b->a, s->checked));
    json_put(o, "checked_where", text_or_null(b, s->checked_where));
    return o;
}

/* ---- the chart's parts ---- */

/* Where a finding is: its element, else its resource, else only the input. */
static json *finding_source(builder *b, const finding *f)
{
    const record *r = b->plan->chart->record;
    if (f->about && !f->about->derived) {
        return element_json(b, f->at && record_of(r, f->at) == f->about ? f->at : f->about->root);
    }
    return NULL;
}

json *findings_json(builder *b)
{
    const record *r = b->plan->chart->record;
    json *list = json_new(b->a, JSON_ARRAY);
    for (size_t i = 0; i < record_finding_count(r); i++) {
        const finding *f = record_finding_at(r, i);
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "code", text_json(b, f->code));
        json_put(o, "text", text_json(b, f->text));
        json *found = finding_source(b, f);
        json_put(o, "source", found ? found : json_new(b->a, JSON_NULL));
    }
    return list;
}

json *later_json(builder *b)
{
    const chart *c = b->plan->chart;
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < c->later_count; i++) {
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "type", text_json(b, c->later[i]->type));
        json_put(o, "id", text_json(b, c->later[i]->id));
        json_put(o, "date", date_or_null(b, c->later[i]->when));
    }
    return list;
}

json *newest_json(builder *b)
{
    const chart *c = b->plan->chart;
    if (c->newest.precision == DATE_NONE) {
        return json_new(b->a, JSON_NULL);
    }
    int32_t age = date_days(b->plan->as_of) - date_days_last(c->newest);   /* the least it can be */
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "date", date_or_null(b, c->newest));
    json_put(o, "age_days", json_integer(b->a, age < 0 ? 0 : age));
    json_put(o, "resource", text_json(b, c->newest_what));
    return o;
}

void put_program(builder *b, json *object)
{
    const plan *p = b->plan;
    json *program = json_put(object, "program", json_new(b->a, JSON_OBJECT));
    json_put(program, "name", text_json(b, STR("nextline")));
    json_put(program, "version", text_json(b, STR(NL_VERSION)));
    json *knowledge = json_put(object, "guideline", json_new(b->a, JSON_OBJECT));
    json_put(knowledge, "name", text_json(b, p->pack->guideline.name));
    json_put(knowledge, "version", text_json(b, p->pack->guideline.version));
    json_put(knowledge, "digest", text_json(b, str_of(p->pack->digest)));
    const overlay *v = p->pack->overlay;
    if (v) {
        json *local = json_put(knowledge, "local", json_new(b->a, JSON_OBJECT));
        json_put(local, "name", text_json(b, v->name));
        json_put(local, "version", text_json(b, v->version));
        json_put(local, "dated", date_or_null(b, v->dated));
        json_put(local, "digest", text_json(b, str_of(v->digest)));
    }
    json_put(object, "patient", text_json(b, p->patient_id));
    person who = person_of(p);
    json *of = json_put(object, "person", json_new(b->a, JSON_OBJECT));
    json_put(of, "sex", text_or_null(b, who.sex));
    json_put(of, "birth_date", date_or_null(b, who.born));
    bool one_age = who.age_known && who.age_least == who.age_most;
    json_put(of, "age", one_age ? json_integer(b->a, who.age_least) : json_new(b->a, JSON_NULL));
}

void put_profile(builder *b, json *object)
{
    const plan *p = b->plan;
    json *values = json_put(object, "profile", json_new(b->a, JSON_OBJECT));
    json *bases = json_put(object, "profile_basis", json_new(b->a, JSON_OBJECT));
    for (uint32_t i = 0; i < p->profile_count; i++) {
        const profile_entry *e = &p->profile[i];
        json_put_key(values, e->key, e->value ? json_copy(b->a, e->value) : json_new(b->a, JSON_NULL));
        json_put_key(bases, e->key, basis_json(b, &e->basis));
    }
}

json *amounts_json(builder *b, const char *of)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < b->plan->amount_count; i++) {
        const plan_amount *x = &b->plan->amounts[i];
        if (of && !str_is(x->key->of, of)) {
            continue;
        }
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "key", text_json(b, x->key->key));
        json_put(o, "of", text_json(b, str_empty(x->key->of) ? STR("organs") : x->key->of));
        json_put(o, "label", text_json(b, x->key->label));
        json_put(o, "value", text_or_null(b, x->value));
        json_put(o, "unit", text_json(b, x->unit));
        json_put(o, "absent", texts_json(b, x->absent, x->absent_count));
        json_put(o, "unfit", texts_json(b, x->unfit, x->unfit_count));
        json_put(o, "basis", basis_json(b, &x->basis));
    }
    return list;
}
