/* SPDX-License-Identifier: Apache-2.0 */
/* Three-valued logic, choices, nulls, comparison and messages. */
#include "cql/run.h"

/* The second operand is not looked at when the first settles it. */
static cql_value settle(run *r, const node *n, truth settling)
{
    truth x = truth_of(eval_arg(r, n, 0));
    if (x == settling) {
        return value_truth(x);
    }
    truth y = truth_of(eval_arg(r, n, 1));
    return y == settling ? value_truth(y) : x == TRUTH_UNKNOWN ? cql_null() : value_truth(y);
}

FORM_FN(form_and)
{
    return settle(r, n, TRUTH_FALSE);
}
FORM_FN(form_or)
{
    return settle(r, n, TRUTH_TRUE);
}
FORM_FN(form_not)
{
    return value_truth(truth_not(truth_of(eval_arg(r, n, 0))));
}

FORM_FN(form_xor)
{
    truth x = truth_of(eval_arg(r, n, 0)), y = truth_of(eval_arg(r, n, 1));
    return x == TRUTH_UNKNOWN || y == TRUTH_UNKNOWN ? cql_null() : cql_boolean(x != y);
}

FORM_FN(form_implies)
{
    truth x = truth_of(eval_arg(r, n, 0));
    if (x == TRUTH_FALSE) {
        return cql_boolean(true);
    }
    truth y = truth_of(eval_arg(r, n, 1));
    return y == TRUTH_TRUE || x == TRUTH_TRUE ? value_truth(y) : cql_null();
}

FORM_FN(form_if)
{
    return eval_arg(r, n, truth_of(eval_arg(r, n, 0)) == TRUTH_TRUE ? 1 : 2);
}

FORM_FN(form_case)
{
    bool compares = node_arg(r, n, 0) != CQL_NONE;
    cql_value comparand = eval_arg(r, n, 0);
    for (uint32_t i = 1; i + 2 < n->count && !r->error; i += 2) {
        cql_value when = eval_arg(r, n, i);
        if ((compares ? value_equal(r, comparand, when) : truth_of(when)) == TRUTH_TRUE) {
            return eval_arg(r, n, i + 1);
        }
    }
    return eval_arg(r, n, n->count - 1);
}

FORM_FN(form_coalesce)
{
    if (n->count == 1) {
        cql_value list = eval_arg(r, n, 0);
        for (uint32_t i = 0; list.kind == CQL_LIST && i < list.n; i++) {
            if (!cql_is_null(list.as.list[i])) {
                return list.as.list[i];
            }
        }
        return list.kind == CQL_LIST ? cql_null() : list;
    }
    for (uint32_t i = 0; i < n->count && !r->error; i++) {
        cql_value v = eval_arg(r, n, i);
        if (!cql_is_null(v)) {
            return v;
        }
    }
    return cql_null();
}

OP_FN(op_is_null)
{
    return cql_boolean(cql_is_null(v[0]));
}
OP_FN(op_is_true)
{
    return cql_boolean(truth_of(v[0]) == TRUTH_TRUE);
}
OP_FN(op_is_false)
{
    return cql_boolean(truth_of(v[0]) == TRUTH_FALSE);
}

/* Only an error changes what happens; the text of the message is the library's own and may be shown. */
OP_FN(op_message)
{
    bool error = v[3].kind == CQL_STRING && str_eq_nocase(value_str(v[3]), STR("error"));
    if (error && truth_of(v[1]) == TRUTH_TRUE) {
        str code = v[2].kind == CQL_STRING ? value_str(v[2]) : STR("");
        return run_fail(r, n, "%.*s", STR_ARG(code));
    }
    return v[0];
}

/* ---- comparison ---- */

OP_FN(op_equal)
{
    return value_truth(value_equal(r, v[0], v[1]));
}
OP_FN(op_not_equal)
{
    return value_truth(truth_not(value_equal(r, v[0], v[1])));
}
OP_FN(op_equivalent)
{
    return cql_boolean(value_equivalent(r, v[0], v[1]));
}

/* A range of integers may answer <= where it cannot say < or =. */
static cql_value range_or_equal(cql_value x, cql_value y, bool less)
{
    int64_t xl = value_is_range(x) ? x.as.range.low : x.as.i, xh = value_is_range(x) ? x.as.range.high : x.as.i;
    int64_t yl = value_is_range(y) ? y.as.range.low : y.as.i, yh = value_is_range(y) ? y.as.range.high : y.as.i;
    bool always = less ? xh <= yl : xl >= yh, never = less ? xl > yh : xh < yl;
    return always || never ? cql_boolean(always) : cql_null();
}

static cql_value compare(run *r, cql_value x, cql_value y, order wanted, bool or_equal)
{
    if (or_equal && (value_is_range(x) || value_is_range(y)) && x.kind == CQL_INTEGER && y.kind == CQL_INTEGER) {
        return range_or_equal(x, y, wanted == ORDER_BEFORE);
    }
    order o = value_order(r, x, y, P_NONE);
    return o == ORDER_UNKNOWN ? cql_null() : cql_boolean(o == wanted || (or_equal && o == ORDER_SAME));
}

OP_FN(op_less)
{
    return compare(r, v[0], v[1], ORDER_BEFORE, false);
}
OP_FN(op_less_or_equal)
{
    return compare(r, v[0], v[1], ORDER_BEFORE, true);
}
OP_FN(op_greater)
{
    return compare(r, v[0], v[1], ORDER_AFTER, false);
}
OP_FN(op_greater_or_equal)
{
    return compare(r, v[0], v[1], ORDER_AFTER, true);
}
