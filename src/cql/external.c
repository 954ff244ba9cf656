/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that the CQL declares and the host gives. Operands go out as canonical JSON, items with all that is in them; the
 * answer comes back as a value of the type declared. */
#include "cql/external.h"
#include "cql/load.h"
#include "cql/run.h"

static str signature_of(compiler *c, const function_key *k)
{
    str s = STR("");
    for (uint32_t i = 0; i < k->count; i++) {
        s = arena_printf(c->a, "%.*s%s%.*s", STR_ARG(s), i ? "," : "", STR_ARG(c->types.at[k->operands[i]].name));
    }
    return s;
}

static const function_key *key_of(const compiler *c, uint32_t body_index)
{
    for (size_t i = 0; i < c->functions.count; i++) {
        if (c->functions.at[i].body == body_index) {
            return &c->functions.at[i];
        }
    }
    return NULL;
}

/* A type whose values canonical JSON can say. */
static bool can_be_given(const compiler *c, uint32_t index)
{
    const type *t = &c->types.at[index];
    bool can = t->form != TYPE_MODEL;
    for (uint32_t i = 0; i < t->count && can; i++) {
        can = can_be_given(c, t->parts[i]);
    }
    return can;
}

/* One that is declared and never called need not be there: the public FHIRHelpers declares two dozen. */
void load_external(compiler *c, uint32_t body_index)
{
    body *b = &c->bodies.at[body_index];
    const function_key *k = key_of(c, body_index);
    CHECK(k);
    str signature = signature_of(c, k), name = c->p->libraries[b->library].name;
    for (size_t i = 0; i < c->external_count && !b->external; i++) {
        const cql_external *e = &c->externals[i];
        if (str_eq(e->library, name) && str_eq(e->name, b->name) && (!e->signature.p || str_eq(e->signature, signature))) {
            cql_external *kept = ARENA_NEW(c->a, cql_external);
            *kept = (cql_external){ name, b->name, signature, e->call, e->self };
            b->external = kept;
        }
    }
    if (b->external && !can_be_given(c, b->type)) {
        load_fail(c, "the external function %.*s returns a %.*s, which a host cannot make", STR_ARG(b->name),
                  STR_ARG(c->types.at[b->type].name));
    }
}

bool load_callable(compiler *c, uint32_t body_index)
{
    const json *d = c->body_defs.at[body_index];
    if (json_get(d, "expression") || !json_bool(json_get(d, "external"), false)) {
        return true;
    }
    load_external(c, body_index);
    const body *b = &c->bodies.at[body_index];
    if (!b->external && !c->failed) {
        str signature = signature_of(c, key_of(c, body_index));
        load_fail(c, "the external function %.*s(%.*s) is not given by the host", STR_ARG(b->name), STR_ARG(signature));
    }
    return b->external && !c->failed;
}

cql_value call_external(run *r, const node *n, const body *b, const cql_value *operands)
{
    const cql_external *e = b->external;
    cql_model whole = { 0 };
    if (r->m) { /* an item goes out with its content, not by its name */
        whole = *r->m;
        whole.write = whole.content ? whole.content : whole.write;
    }
    buf text = buf_make(r->a, BUF_MAX_DEFAULT);
    buf_char(&text, '[');
    for (uint32_t i = 0; i < b->operands; i++) {
        buf_add(&text, i ? STR(",") : STR(""));
        value_write(&text, operands[i], r->m ? &whole : NULL);
    }
    buf_char(&text, ']');
    cql_answer to = answer_make(r->a, r->p, b->type);
    nl_error err = { 0 };
    nl_status s = e->call(e->self, buf_str(&text), &to, &err);
    cql_value v = value_placed(r, answer_value(&to));
    if (s != NL_OK) {
        err.what[sizeof err.what - 1] = '\0';
        return run_fail(r, n, "%.*s: %s", STR_ARG(b->name), err.what[0] ? err.what : nl_status_name(s));
    }
    if (to.wrong || (cql_is_null(v) && to.given.count > 1)) {
        return run_fail(r, n, "%.*s: what the host answers is no %.*s", STR_ARG(b->name), STR_ARG(r->p->types[b->type].name));
    }
    return v;
}
