/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the data model by code, date and id. Codes are the model's to find; dates and ids are looked at here, through the
 * elements the retrieve names. A row whose date is unknown is not among those of a range, as with `where`. */
#include "cql/run.h"

typedef VEC(cql_code) code_vec;

/* Codes, concepts, vocabularies, and lists of these. */
static void add_codes(run *r, const node *n, cql_value v, code_vec *out)
{
    const cql_codes *all = NULL;
    const cql_code *codes = NULL;
    uint32_t count = 0;
    switch ((cql_kind)v.kind) {
    case CQL_NULL:
        return;
    case CQL_LIST:
        arena_enter(r->a);
        for (uint32_t i = 0; i < v.n; i++) {
            add_codes(r, n, v.as.list[i], out);
        }
        arena_exit(r->a);
        return;
    case CQL_CODE:
        codes = v.as.code;
        count = 1;
        break;
    case CQL_CONCEPT:
        codes = v.as.concept->codes;
        count = v.as.concept->count;
        break;
    case CQL_VALUE_SET:
    case CQL_CODE_SYSTEM:
        all = vocabulary_codes(r, n, v);
        codes = all ? all->at : NULL;
        count = all ? all->count : 0;
        break;
    default:
        (void)run_fail(r, n, "rows cannot be found by a %s", cql_kind_name((cql_kind)v.kind));
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        *VEC_PUSH(r->a, out) = codes[i];
    }
}

/* A value set that is wanted whole is not made a list of first. */
static const cql_codes *wanted_codes(run *r, const node *n)
{
    uint32_t arg = node_arg(r, n, 0);
    const node *codes = arg != CQL_NONE ? &r->p->nodes[arg] : NULL;
    cql_value v = codes && codes->op == OP_ExpandValueSet ? eval_arg(r, codes, 0) : eval(r, arg);
    if (v.kind == CQL_VALUE_SET || v.kind == CQL_CODE_SYSTEM) {
        return vocabulary_codes(r, n, v);
    }
    code_vec all = { 0 };
    add_codes(r, n, v, &all);
    return cql_codes_make(r->a, all.at, (uint32_t)all.count);
}

/* The System value at a path of the row. */
static cql_value row_value(run *r, cql_value row, str path)
{
    str name;
    while (str_cut(&path, '.', &name) && row.kind == CQL_ITEM) {
        row = r->m->property(r->m, r->a, row, name, (cql_expected){ 0 });
    }
    if (row.kind == CQL_ITEM) {
        row = r->m->plain ? r->m->plain(r->m, r->a, row) : cql_null();
    }
    return value_placed(r, row);
}

static cql_value row_dates(run *r, cql_value row, const str *texts)
{
    if (texts[RETRIEVE_DATE].n > 0) {
        return date_time_of(r, row_value(r, row, texts[RETRIEVE_DATE]));
    }
    cql_value low = date_time_of(r, row_value(r, row, texts[RETRIEVE_DATE_LOW])),
              high = date_time_of(r, row_value(r, row, texts[RETRIEVE_DATE_HIGH]));
    if (cql_is_null(low) && cql_is_null(high)) {
        return cql_null();
    }
    return value_interval(r->a, (cql_interval){ low, high, true, true, CQL_DATETIME });
}

static cql_value range_of_times(run *r, const node *n, cql_value range)
{
    if (range.kind != CQL_INTERVAL) {
        return cql_is_null(range) ? range : run_fail(r, n, "the dateRange is a %s", cql_kind_name((cql_kind)range.kind));
    }
    cql_interval i = *range.as.interval;
    i.low = date_time_of(r, i.low);
    i.high = date_time_of(r, i.high);
    i.point = CQL_DATETIME;
    return value_interval(r->a, i);
}

static bool in_range(run *r, const node *n, cql_value dates, cql_value range)
{
    if (!cql_is_null(dates) && dates.kind != CQL_DATETIME && dates.kind != CQL_INTERVAL) {
        (void)run_fail(r, n, "the date of a row is a %s", cql_kind_name((cql_kind)dates.kind));
        return false;
    }
    cql_value v[2] = { dates, range };
    bool knowable = !cql_is_null(range) && (dates.kind == CQL_DATETIME || dates.kind == CQL_INTERVAL);
    return knowable && truth_of(dates.kind == CQL_INTERVAL ? op_included_in(r, n, v) : op_in(r, n, v)) == TRUTH_TRUE;
}

/* id: one, or a list of them. */
static bool has_id(run *r, cql_value row, str path, cql_value id)
{
    cql_value own = row_value(r, row, path);
    const cql_value *at = id.kind == CQL_LIST ? id.as.list : &id;
    bool found = false;
    for (uint32_t i = 0; i < (id.kind == CQL_LIST ? id.n : 1) && !found; i++) {
        cql_value one = at[i].kind == CQL_ITEM && r->m->plain ? r->m->plain(r->m, r->a, at[i]) : at[i];
        found = value_equal(r, own, one) == TRUTH_TRUE;
    }
    return found;
}

static cql_value select_rows(run *r, const node *n, const cql_value *rows, uint32_t count, cql_value range, cql_value id)
{
    const str *texts = &r->p->texts[n->a];
    bool by_date = node_arg(r, n, 1) != CQL_NONE, by_id = node_arg(r, n, 2) != CQL_NONE;
    if (!by_date && !by_id) {
        return cql_list(rows, count);
    }
    value_vec kept = { 0 };
    for (uint32_t i = 0; i < count && !r->error; i++) {
        arena_step(r->a);
        if ((!by_date || in_range(r, n, row_dates(r, rows[i], texts), range)) &&
            (!by_id || has_id(r, rows[i], texts[RETRIEVE_ID], id))) {
            *VEC_PUSH(r->a, &kept) = rows[i];
        }
    }
    return value_of_vec(&kept);
}

FORM_FN(form_retrieve)
{
    const type *t = &r->p->types[n->b];
    const str *texts = &r->p->texts[n->a];
    const cql_codes *wanted = wanted_codes(r, n);
    cql_value range = range_of_times(r, n, eval_arg(r, n, 1)), id = eval_arg(r, n, 2);
    cql_retrieval q = { .type = str_from(t->name, (size_t)(str_find_char(t->name, '}') + 1)),
                        .type_number = r->model_types[n->b],
                        .code_property = texts[RETRIEVE_CODE],
                        .codes = wanted,
                        .filtered = node_arg(r, n, 0) != CQL_NONE,
                        .exact = str_is(texts[RETRIEVE_COMPARATOR], "=") };
    if (r->error || !r->m || q.type_number == 0) {
        return r->error ? cql_null() : cql_list(NULL, 0);
    }
    const cql_value *rows = NULL;
    uint32_t found = r->m->retrieve(r->m, r->a, &q, &rows);
    return select_rows(r, n, rows, found, range, id);
}
