/* SPDX-License-Identifier: Apache-2.0 */
/* Value sets and code systems. Their codes come from the model; one that is not there is an error, since whether a code
 * is in it is then not known. Each is looked up once for a reference that is asked for many rows. */
#include "cql/run.h"

FORM_FN(form_vocabulary)
{
    const str *t = &r->p->texts[n->a];
    bool versioned = t[1].n > 0;
    return value_vocabulary(r->a, n->op == OP_ValueSetRef ? CQL_VALUE_SET : CQL_CODE_SYSTEM,
                            (cql_vocabulary){ t[0], versioned ? t[1] : (str){ 0 }, t[2] });
}

const cql_codes *vocabulary_codes(run *r, const node *n, cql_value v)
{
    const cql_vocabulary *s = v.as.vocabulary;
    for (size_t i = 0; i < r->vocabularies.count; i++) {
        const known_vocabulary *k = &r->vocabularies.at[i];
        if (k->kind == v.kind && str_eq(k->id, s->id) && str_eq(k->version, s->version)) {
            return k->codes;
        }
    }
    str why = STR("");
    const cql_codes *codes = r->m && r->m->codes ? r->m->codes(r->m, r->a, (cql_kind)v.kind, s->id, s->version, &why) : NULL;
    if (!codes) {
        (void)run_fail(r, n, "the codes of the %s '%.*s' are not in the data%s%.*s", cql_kind_name((cql_kind)v.kind), STR_ARG(s->id),
                       str_empty(why) ? "" : ": ", STR_ARG(why));
        return NULL;
    }
    *VEC_PUSH(r->a, &r->vocabularies) = (known_vocabulary){ v.kind, s->id, s->version, codes };
    return codes;
}

FORM_FN(form_expand_value_set)
{
    cql_value v = eval_arg(r, n, 0);
    const cql_codes *codes = v.kind == CQL_VALUE_SET ? vocabulary_codes(r, n, v) : NULL;
    if (!codes) {
        return cql_null();
    }
    cql_value *list = ARENA_ARRAY(r->a, codes->count, cql_value);
    for (uint32_t i = 0; i < codes->count; i++) {
        list[i] = (cql_value){ .kind = CQL_CODE, .as.code = &codes->at[i] };
    }
    return cql_list(list, codes->count);
}

/* A text is compared with the codes alone. */
static bool any_member(run *r, cql_value v, const cql_codes *codes)
{
    bool found = false;
    uint32_t from = 0;
    arena_step(r->a);
    switch ((cql_kind)v.kind) {
    case CQL_STRING:
        return cql_codes_next(codes, value_str(v), &from) != NULL;
    case CQL_CODE:
        return cql_codes_hold(codes, v.as.code->code, v.as.code->system);
    case CQL_CONCEPT:
        for (uint32_t i = 0; i < v.as.concept->count && !found; i++) {
            found = cql_codes_hold(codes, v.as.concept->codes[i].code, v.as.concept->codes[i].system);
        }
        return found;
    case CQL_LIST:
        for (uint32_t i = 0; i < v.n && !found; i++) {
            found = v.as.list[i].kind != CQL_LIST && any_member(r, v.as.list[i], codes);
        }
        return found;
    default:
        return false;
    }
}

/* No code is in no value set: CQL says false, not null. */
FORM_FN(form_membership)
{
    cql_value asked = eval_arg(r, n, 0), of = cql_null();
    if (r->error || cql_is_null(asked)) {
        return r->error ? cql_null() : cql_boolean(false);
    }
    of = eval_arg(r, n, 1);
    if (of.kind != CQL_VALUE_SET && of.kind != CQL_CODE_SYSTEM) {
        return r->error || cql_is_null(of) ? cql_null()
                                           : run_fail(r, n, "the vocabulary is a %s", cql_kind_name((cql_kind)of.kind));
    }
    const cql_codes *codes = vocabulary_codes(r, n, of);
    return codes ? cql_boolean(any_member(r, asked, codes)) : cql_null();
}

/* ---- subsumption ---- */

/* The same code subsumes itself; codes of two systems have nothing to do with each other. */
static truth code_subsumes(run *r, const node *n, const cql_code *x, const cql_code *y)
{
    arena_step(r->a);
    if (!str_eq(x->system, y->system) || str_eq(x->code, y->code)) {
        return str_eq(x->system, y->system) && x->code.p ? TRUTH_TRUE : TRUTH_FALSE;
    }
    truth t = r->m && r->m->subsumes ? r->m->subsumes(r->m, r->a, x->system, x->version, x->code, y->code) : TRUTH_UNKNOWN;
    if (t == TRUTH_UNKNOWN) {
        (void)run_fail(r, n, "which codes are below others in '%.*s' is not in the data", STR_ARG(x->system));
    }
    return t;
}

static uint32_t codes_of(const cql_value *v, const cql_code **codes)
{
    *codes = v->kind == CQL_CODE ? v->as.code : v->as.concept->codes;
    return v->kind == CQL_CODE ? 1 : v->as.concept->count;
}

FORM_FN(form_subsumes)
{
    cql_value v[2] = { eval_arg(r, n, 0), eval_arg(r, n, 1) };
    for (int i = 0; i < 2; i++) {
        if (v[i].kind != CQL_CODE && v[i].kind != CQL_CONCEPT) {
            return r->error || cql_is_null(v[i])
                       ? cql_null()
                       : run_fail(r, n, "an operand is a %s, which it does not take", cql_kind_name((cql_kind)v[i].kind));
        }
    }
    const cql_code *above, *below;
    uint32_t above_count = codes_of(&v[n->op == OP_SubsumedBy], &above), below_count = codes_of(&v[n->op == OP_Subsumes], &below);
    bool found = false;
    nl_error *first = NULL;
    for (uint32_t i = 0; i < above_count && !found; i++) {
        for (uint32_t k = 0; k < below_count && !found; k++) {
            found = code_subsumes(r, n, &above[i], &below[k]) == TRUTH_TRUE;
            first = first ? first : r->error; /* one pair that does is enough, whatever is not known of another */
            r->error = NULL;
        }
    }
    r->error = found ? NULL : first;
    return r->error ? cql_null() : cql_boolean(found);
}
