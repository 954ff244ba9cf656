/* SPDX-License-Identifier: Apache-2.0 */
/* Each piece a host gives is taken in under a guard of its own. */
#include <utf8proc.h>

#include "cql/external.h"
#include "cql/run.h"

cql_answer answer_make(arena *a, const cql_program *p, uint32_t of_type)
{
    return (cql_answer){ .a = a, .p = p, .type = of_type };
}

typedef struct taking {
    cql_answer *to;
    str bytes;
    cql_value item;
} taking;

static bool is_list(const cql_answer *to)
{
    return to->type != CQL_NONE && to->p->types[to->type].form == TYPE_LIST;
}

/* Of one value given. */
static uint32_t one_type(const cql_answer *to)
{
    return is_list(to) ? to->p->types[to->type].parts[0] : to->type;
}

static nl_status take_json(arena *a, void *arg, nl_error *err)
{
    taking *t = arg;
    cql_answer *to = t->to;
    uint32_t of = one_type(to);
    cql_value v;
    json *root;
    nl_status s = json_read(a, t->bytes.p, t->bytes.n, "", &root, err);
    bool whole = s == NL_OK && is_list(to) && value_read(a, to->p, to->type, root, &v);
    if (s != NL_OK || (!whole && !(of == CQL_NONE ? value_read_any(a, root, &v) : value_read(a, to->p, of, root, &v)))) {
        to->wrong = true;
        return s == NL_E_LIMIT ? s : NL_OK;
    }
    to->whole = to->whole || whole;
    *VEC_PUSH(a, &to->given) = v;
    return NL_OK;
}

static bool is_utf8(str s)
{
    utf8proc_int32_t c;
    for (size_t i = 0; i < s.n;) {
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)s.p + i, (utf8proc_ssize_t)(s.n - i), &c);
        if (used <= 0) {
            return false;
        }
        i += (size_t)used;
    }
    return true;
}

static nl_status take_text(arena *a, void *arg, nl_error *err)
{
    taking *t = arg;
    cql_answer *to = t->to;
    uint32_t of = one_type(to);
    bool known = of != CQL_NONE && to->p->types[of].form == TYPE_SYSTEM && to->p->types[of].kind != CQL_NULL;
    cql_value v = cql_read(a, known ? (cql_kind)to->p->types[of].kind : CQL_STRING, arena_str(a, t->bytes));
    to->wrong = to->wrong || cql_is_null(v) || !is_utf8(t->bytes);
    *VEC_PUSH(a, &to->given) = v;
    return NL_OK;
}

static nl_status take_item(arena *a, void *arg, nl_error *err)
{
    taking *t = arg;
    t->to->wrong = t->to->wrong || !t->to->items;
    *VEC_PUSH(a, &t->to->given) = t->item;
    return NL_OK;
}

static bool take(guarded *fn, taking *t)
{
    if (!t->to->left && guard_run(t->to->a, fn, t, NULL) == NL_E_LIMIT) {
        t->to->left = true;
    }
    return !t->to->left && !t->to->wrong;
}

bool answer_json(cql_answer *to, str text)
{
    return take(take_json, &(taking){ .to = to, .bytes = text });
}

bool answer_text(cql_answer *to, str text)
{
    return take(take_text, &(taking){ .to = to, .bytes = text });
}

bool answer_item(cql_answer *to, const void *element, uint32_t of_type)
{
    return take(take_item, &(taking){ .to = to, .item = cql_item(element, of_type) });
}

cql_value answer_value(const cql_answer *to)
{
    if (to->left) {
        guard_leave(to->a, "an answer of the host is beyond a limit");
    }
    bool alone = to->whole || !is_list(to);
    if (to->wrong || to->given.count == 0 || (alone && to->given.count > 1)) {
        return cql_null();
    }
    return alone ? to->given.at[0] : cql_list(to->given.at, (uint32_t)to->given.count);
}
