/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the nodes. Every define has a cell and is evaluated at most once; a define that needs itself is an error; the
 * first error of a define ends it, and everything that needs it fails with the same error. */
#include "cql/run.h"

#include <stdarg.h>
#include <stdio.h>

/* A body nests deeper than data does; this bounds the C stack, whatever the program says. */
enum { NODES_PER_DEPTH = 12 };

cql_value run_fail(run *r, const node *n, const char *what, ...)
{
    if (!r->error) {
        nl_error *e = ARENA_NEW(r->a, nl_error);
        char text[sizeof e->what], where[sizeof e->where];
        va_list args;
        va_start(args, what);
        vsnprintf(text, sizeof text, what, args);
        va_end(args);
        const library *l = &r->p->libraries[r->p->bodies[r->p->body_of[n - r->p->nodes]].library];
        snprintf(where, sizeof where, "%.*s:%u:%u", STR_ARG(l->file), n->line, n->column);
        (void)fail_at(e, NL_E_LOGIC, where, n->line, n->column, "%s: %s", op_table[n->op].name, text);
        r->error = e;
    }
    return cql_null();
}

static cql_value eval_operator(run *r, const node *n, const op_info *o)
{
    cql_value v[OPERANDS_MAX];
    for (uint32_t i = 0; i < n->count; i++) {
        uint32_t arg = r->p->args[n->args + i];
        v[i] = eval(r, arg);
        if (cql_is_null(v[i]) && arg != CQL_NONE && (o->nulls == NULLS_ANY || (o->nulls == NULLS_FIRST && i == 0))) {
            return cql_null();
        }
        if (!cql_is_null(v[i]) && !r->error && (op_kinds(o, i) >> v[i].kind & 1u) == 0) { /* the types in a file may lie */
            return run_fail(r, n, "an operand is a %s, which it does not take", cql_kind_name((cql_kind)v[i].kind));
        }
    }
    return r->error ? cql_null() : o->op(r, n, v);
}

/* Remembered until its loop goes on. An error ends the define, so it is not. */
static cql_value eval_node(run *r, const node *n)
{
    const op_info *o = &op_table[n->op];
    memo *kept = n->memo != 0 && r->memos ? &r->memos[n->memo - 1] : NULL;
    if (!kept) {
        return o->form ? o->form(r, n) : eval_operator(r, n, o);
    }
    if (kept->stamp != r->stamps[n->memo_level]) {
        cql_value v = o->form ? o->form(r, n) : eval_operator(r, n, o);
        if (r->error) {
            return v;
        }
        *kept = (memo){ v, r->stamps[n->memo_level] };
    }
    return kept->value;
}

cql_value eval(run *r, uint32_t index)
{
    if (index == CQL_NONE || r->error) {
        return cql_null();
    }
    arena_step(r->a);
    if (++r->depth > arena_limits(r->a)->depth_max * NODES_PER_DEPTH) {
        guard_leave(r->a, "expressions are nested too deeply");
    }
    cql_value v = eval_node(r, &r->p->nodes[index]);
    r->depth--;
    return v;
}

frame_outer frame_enter(run *r, const body *b)
{
    frame_outer outer = { r->frame, r->memos, r->stamps };
    r->frame = ARENA_ARRAY(r->a, b->slots, cql_value);
    r->memos = NULL;
    r->stamps = NULL;
    if (b->memos > 0) {
        r->memos = ARENA_ARRAY(r->a, b->memos, memo);
        r->stamps = ARENA_ARRAY(r->a, LOOPS_MAX, uint64_t);
        r->stamps[0] = ++r->clock;
    }
    return outer;
}

void frame_leave(run *r, frame_outer outer)
{
    r->frame = outer.frame;
    r->memos = outer.memos;
    r->stamps = outer.stamps;
}

cql_value eval_body(run *r, uint32_t index, const cql_value *operands, uint32_t count)
{
    const body *b = &r->p->bodies[index];
    CHECK(count == b->operands);
    arena_enter(r->a);
    frame_outer outer = frame_enter(r, b);
    for (uint32_t i = 0; i < count; i++) {
        r->frame[i] = operands[i];
    }
    cql_value v = eval(r, b->root);
    frame_leave(r, outer);
    arena_exit(r->a);
    return v;
}

static void fill_cell(run *r, uint32_t index)
{
    cell *c = &r->cells[index];
    nl_error *outer = r->error;
    r->error = NULL;
    c->state = CELL_RUNNING;
    cql_value v = eval_body(r, index, NULL, 0);
    c->error = r->error;
    c->state = r->error ? CELL_FAILED : CELL_DONE;
    c->value = r->error ? cql_null() : v;
    r->error = outer;
}

cql_value cell_value(run *r, uint32_t index)
{
    cell *c = &r->cells[index];
    if (c->state == CELL_EMPTY) {
        fill_cell(r, index);
    }
    if (c->state == CELL_FAILED && !r->error) {
        r->error = c->error;
    }
    return c->value;
}

/* ---- references and literals ---- */

FORM_FN(form_cell)
{
    if (r->cells[n->a].state == CELL_RUNNING) {
        str name = r->p->bodies[n->a].name;
        return run_fail(r, n, "'%.*s' needs its own value", STR_ARG(name));
    }
    return cell_value(r, n->a);
}

/* ---- calls ---- */

/* Whether the operands can be given to it; *exact: each is of the very type, none derived from it. A null fits everywhere. */
static bool fits(run *r, const body *b, const cql_value *v, bool *exact)
{
    bool all = true;
    *exact = true;
    for (uint32_t i = 0; i < b->operands && all; i++) {
        uint32_t t = r->p->lists[b->operand_types + i];
        all = cql_is_null(v[i]) || value_is(r, v[i], t);
        *exact = *exact && (v[i].kind != CQL_ITEM || r->p->types[t].form != TYPE_MODEL || r->model_types[t] == v[i].n);
    }
    return all;
}

static cql_value call_body(run *r, const node *n, uint32_t index, const cql_value *v)
{
    const body *b = &r->p->bodies[index];
    return b->external ? call_external(r, n, b, v) : eval_body(r, index, v, n->count);
}

/* Several fit, since an operand is null or an empty list: it does not matter which is meant where all answer the same. */
static bool all_answer_alike(run *r, const node *n, const cql_value *v, bool exactly)
{
    cql_value first = cql_null();
    bool begun = false, exact;
    for (uint32_t i = 0; i <= n->b && !r->error; i++) {
        if (fits(r, &r->p->bodies[n->a + i], v, &exact) && (exact || !exactly)) {
            cql_value answer = call_body(r, n, n->a + i, v);
            if (begun && !value_same(r, first, answer)) {
                return false;
            }
            first = begun ? first : answer;
            begun = true;
        }
    }
    return !r->error;
}

uint32_t called_body(run *r, const node *n, const cql_value *v)
{
    uint32_t best[2] = { CQL_NONE, CQL_NONE }, found[2] = { 0, 0 };   /* all that fit, and those that fit exactly */
    bool exact;
    if (n->b == 0) {
        return n->a;
    }
    for (uint32_t i = 0; i <= n->b; i++) {
        if (fits(r, &r->p->bodies[n->a + i], v, &exact)) {
            for (int k = 0; k <= exact; k++) {
                best[k] = found[k]++ == 0 ? n->a + i : best[k];
            }
        }
    }
    int k = found[1] > 0;
    str name = r->p->bodies[n->a].name;
    if (found[0] == 0) {
        (void)run_fail(r, n, "no function '%.*s' takes these operands", STR_ARG(name));
    } else if (found[k] > 1 && !all_answer_alike(r, n, v, k)) {
        (void)run_fail(r, n, "which of the functions '%.*s' is meant is not known without a signature", STR_ARG(name));
    }
    return r->error ? CQL_NONE : best[k];
}

FORM_FN(form_call)
{
    cql_value *v = ARENA_ARRAY(r->a, n->count, cql_value);
    for (uint32_t i = 0; i < n->count; i++) {
        v[i] = eval_arg(r, n, i);
    }
    if (r->error) {
        return cql_null();
    }
    uint32_t called = called_body(r, n, v);
    return called == CQL_NONE ? cql_null() : call_body(r, n, called, v);
}

FORM_FN(form_null)
{
    return cql_null();
}
FORM_FN(form_part)
{
    return cql_null();
}
FORM_FN(form_literal)
{
    return r->p->values[n->a];
}
FORM_FN(form_slot)
{
    return r->frame[n->a];
}
FORM_FN(form_code)
{
    return (cql_value){ .kind = CQL_CODE, .as.code = &r->p->codes[n->a] };
}

FORM_FN(form_concept)
{
    cql_concept *c = ARENA_NEW(r->a, cql_concept);
    cql_code *codes = ARENA_ARRAY(r->a, n->b, cql_code);
    for (uint32_t i = 0; i < n->b; i++) {
        codes[i] = r->p->codes[r->p->lists[n->a + 1 + i]];
    }
    str display = r->p->texts[r->p->lists[n->a]];
    *c = (cql_concept){ codes, n->b, display.n ? display : (str){ 0 } };
    return (cql_value){ .kind = CQL_CONCEPT, .as.concept = c };
}

FORM_FN(form_ratio)
{
    cql_value x = eval_arg(r, n, 0), y = eval_arg(r, n, 1);
    if (x.kind != CQL_QUANTITY || y.kind != CQL_QUANTITY) {
        return cql_null();
    }
    cql_ratio *ratio = ARENA_NEW(r->a, cql_ratio);
    *ratio = (cql_ratio){ *x.as.quantity, *y.as.quantity };
    return (cql_value){ .kind = CQL_RATIO, .as.ratio = ratio };
}

/* ---- structures ---- */

static cql_value *eval_args(run *r, const node *n)
{
    cql_value *v = ARENA_ARRAY(r->a, n->count, cql_value);
    for (uint32_t i = 0; i < n->count; i++) {
        v[i] = eval_arg(r, n, i);
    }
    return v;
}

FORM_FN(form_list)
{
    return cql_list(eval_args(r, n), n->count);
}
FORM_FN(form_tuple)
{
    return value_tuple(r->a, n->count ? &r->p->texts[n->a] : NULL, eval_args(r, n), n->count);
}

static cql_value element(const str *names, const cql_value *v, uint32_t count, const char *name, cql_kind kind)
{
    for (uint32_t i = 0; i < count; i++) {
        if (str_is(names[i], name) && v[i].kind == kind) {
            return v[i];
        }
    }
    return cql_null();
}

static str text_element(const str *names, const cql_value *v, uint32_t count, const char *name)
{
    cql_value x = element(names, v, count, name, CQL_STRING);
    return cql_is_null(x) ? (str){ 0 } : value_str(x);
}

static cql_value make_concept(run *r, cql_value list, str display)
{
    cql_code *codes = ARENA_ARRAY(r->a, list.n, cql_code);
    uint32_t count = 0;
    for (uint32_t i = 0; i < list.n; i++) {
        if (list.as.list[i].kind == CQL_CODE) {
            codes[count++] = *list.as.list[i].as.code;
        }
    }
    cql_concept *c = ARENA_NEW(r->a, cql_concept);
    *c = (cql_concept){ codes, count, display };
    return (cql_value){ .kind = CQL_CONCEPT, .as.concept = c };
}

static cql_value make_item(run *r, const node *n, const cql_value *v)
{
    uint32_t of_type = r->model_types[n->b];
    bool able = r->m && r->m->make && of_type != 0;
    cql_value made = able && !r->error ? r->m->make(r->m, r->a, of_type, &r->p->texts[n->a], v, n->count) : cql_null();
    return cql_is_null(made) && !r->error
               ? run_fail(r, n, "the data model cannot make this %.*s", STR_ARG(r->p->types[n->b].name))
               : made;
}

FORM_FN(form_instance)
{
    const str *names = n->count ? &r->p->texts[n->a] : NULL;
    const cql_value *v = eval_args(r, n);
    switch (r->p->types[n->b].kind) {
    case CQL_QUANTITY: {
        cql_value d = element(names, v, n->count, "value", CQL_DECIMAL);
        str unit = text_element(names, v, n->count, "unit");
        return cql_is_null(d) ? cql_null() : value_quantity(r->a, value_units(d), unit.n ? unit : STR("1"));
    }
    case CQL_CODE:
        return value_code(r->a, (cql_code){ text_element(names, v, n->count, "code"),
                                            text_element(names, v, n->count, "system"),
                                            text_element(names, v, n->count, "version"),
                                            text_element(names, v, n->count, "display") });
    case CQL_CONCEPT:
        return make_concept(r, element(names, v, n->count, "codes", CQL_LIST),
                            text_element(names, v, n->count, "display"));
    case CQL_VALUE_SET:
    case CQL_CODE_SYSTEM:
        return value_vocabulary(r->a, (cql_kind)r->p->types[n->b].kind,
                                (cql_vocabulary){ text_element(names, v, n->count, "id"),
                                                  text_element(names, v, n->count, "version"),
                                                  text_element(names, v, n->count, "name") });
    case CQL_RATIO: {
        cql_value x = element(names, v, n->count, "numerator", CQL_QUANTITY),
                  y = element(names, v, n->count, "denominator", CQL_QUANTITY);
        if (cql_is_null(x) || cql_is_null(y)) {
            return cql_null();
        }
        cql_ratio *ratio = ARENA_NEW(r->a, cql_ratio);
        *ratio = (cql_ratio){ *x.as.quantity, *y.as.quantity };
        return (cql_value){ .kind = CQL_RATIO, .as.ratio = ratio };
    }
    default:
        return make_item(r, n, v);
    }
}

/* ---- properties ---- */

static cql_value text_or_null(str s)
{
    return s.p ? cql_string(s) : cql_null();
}

static cql_value code_property(const cql_code *c, str name)
{
    return str_is(name, "code")      ? text_or_null(c->code)
           : str_is(name, "system")  ? text_or_null(c->system)
           : str_is(name, "version") ? text_or_null(c->version)
           : str_is(name, "display") ? text_or_null(c->display)
                                     : cql_null();
}

static cql_value concept_property(run *r, const cql_concept *c, str name)
{
    if (str_is(name, "display")) {
        return text_or_null(c->display);
    }
    if (!str_is(name, "codes")) {
        return cql_null();
    }
    cql_value *list = ARENA_ARRAY(r->a, c->count, cql_value);
    for (uint32_t i = 0; i < c->count; i++) {
        list[i] = (cql_value){ .kind = CQL_CODE, .as.code = &c->codes[i] };
    }
    return cql_list(list, c->count);
}

static cql_value vocabulary_property(const cql_vocabulary *s, str name)
{
    return str_is(name, "id")        ? text_or_null(s->id)
           : str_is(name, "version") ? text_or_null(s->version)
           : str_is(name, "name")    ? text_or_null(s->name)
                                     : cql_null();
}

static cql_value interval_property(const cql_interval *i, str name)
{
    return str_is(name, "low")          ? i->low
           : str_is(name, "high")       ? i->high
           : str_is(name, "lowClosed")  ? cql_boolean(i->low_closed)
           : str_is(name, "highClosed") ? cql_boolean(i->high_closed)
                                        : cql_null();
}

static cql_value ratio_property(run *r, const cql_ratio *ratio, str name)
{
    const cql_quantity *q = str_is(name, "numerator")     ? &ratio->numerator
                            : str_is(name, "denominator") ? &ratio->denominator
                                                          : NULL;
    return q ? value_quantity(r->a, q->value, q->unit) : cql_null();
}

static cql_value tuple_property(const cql_tuple *t, str name)
{
    for (uint32_t i = 0; i < t->count; i++) {
        if (str_eq(t->names[i], name)) {
            return t->values[i];
        }
    }
    return cql_null();
}

static cql_value item_property(run *r, const node *n, cql_value item)
{
    const type *t = &r->p->types[n->type];
    cql_expected want = { .declared = n->type + 1, .is_list = t->form == TYPE_LIST };
    uint32_t of = want.is_list ? t->parts[0] : n->type;
    want.type = r->p->types[of].form == TYPE_MODEL ? r->model_types[of] : 0;
    want.kind = r->p->types[of].form == TYPE_SYSTEM ? (cql_kind)r->p->types[of].kind : CQL_NULL;
    cql_value v = r->m->property(r->m, r->a, item, r->p->texts[n->a], want);
    return want.type == 0 ? value_placed(r, v) : v;
}

FORM_FN(form_property)
{
    cql_value v = eval_arg(r, n, 0);
    str name = r->p->texts[n->a];
    switch ((cql_kind)v.kind) {
    case CQL_ITEM:
        return item_property(r, n, v);
    case CQL_TUPLE:
        return tuple_property(v.as.tuple, name);
    case CQL_CODE:
        return code_property(v.as.code, name);
    case CQL_CONCEPT:
        return concept_property(r, v.as.concept, name);
    case CQL_INTERVAL:
        return interval_property(v.as.interval, name);
    case CQL_VALUE_SET:
    case CQL_CODE_SYSTEM:
        return vocabulary_property(v.as.vocabulary, name);
    case CQL_RATIO:
        return ratio_property(r, v.as.ratio, name);
    case CQL_QUANTITY:
        return str_is(name, "value")  ? value_decimal(r->a, v.as.quantity->value)
               : str_is(name, "unit") ? cql_string(v.as.quantity->unit)
                                      : cql_null();
    default:
        return cql_null();
    }
}

/* ---- types ---- */

FORM_FN(form_as)
{
    cql_value v = eval_arg(r, n, 0);
    if (cql_is_null(v) || value_is(r, v, n->a)) {
        return v;
    }
    return n->flags & FLAG_STRICT ? run_fail(r, n, "the value is no %.*s", STR_ARG(r->p->types[n->a].name))
                                  : cql_null();
}

FORM_FN(form_is)
{
    return cql_boolean(value_is(r, eval_arg(r, n, 0), n->a));
}

/* ---- the run ---- */

cql_run *cql_run_make(arena *a, const cql_program *p, const cql_model *m, date as_of)
{
    cql_run *r = ARENA_NEW(a, cql_run);
    CHECK(as_of.precision == DATE_DAY);
    *r = (cql_run){ .a = a, .p = p, .m = m };
    r->now = moment_of_date(as_of);
    r->cells = ARENA_ARRAY(a, (size_t)p->define_count + p->parameter_count, cell);
    r->model_types = ARENA_ARRAY(a, p->type_count, uint32_t);
    for (uint32_t i = 0; i < p->type_count; i++) {
        if (m && p->types[i].form == TYPE_MODEL) {
            r->model_types[i] = m->type(m, p->types[i].name);
        }
    }
    return r;
}

static cql_value define_value(cql_run *r, uint32_t define)
{
    CHECK(define < r->p->define_count);
    r->error = NULL;
    cql_value v = cell_value(r, define);
    r->error = NULL;
    return v;
}

truth cql_truth(cql_run *r, uint32_t define)
{
    return truth_of(define_value(r, define));
}

bool cql_text(cql_run *r, uint32_t define, str *out)
{
    cql_value v = define_value(r, define);
    if (v.kind != CQL_STRING) {
        return false;
    }
    *out = value_str(v);
    return true;
}

bool cql_amount(cql_run *r, uint32_t define, int digits, str *value, str *unit)
{
    cql_value v = define_value(r, define);
    if (v.kind != CQL_DECIMAL && v.kind != CQL_QUANTITY) {
        return false;
    }
    char text[DECIMAL_TEXT];
    decimal d = v.kind == CQL_DECIMAL ? value_units(v) : v.as.quantity->value;
    *value = arena_str(r->a, decimal_write(decimal_round(d, digits), digits, text));
    *unit = v.kind == CQL_QUANTITY ? v.as.quantity->unit : STR("");
    return true;
}

void cql_write(cql_run *r, uint32_t define, buf *out)
{
    value_write(out, define_value(r, define), r->m);
}

const nl_error *cql_failed(const cql_run *r, uint32_t define)
{
    CHECK(define < r->p->define_count);
    return r->cells[define].error;
}

void cql_forget(cql_run *r, str system, str code)
{
    r->vocabularies.count = 0;
    for (uint32_t i = 0; i < r->p->define_count + r->p->parameter_count; i++) {
        const body *b = &r->p->bodies[i];
        bool reads = system.n == 0 && code.n == 0 && b->read_count > 0;
        for (uint32_t k = 0; k < b->read_count && !reads; k++) {
            const cql_retrieve *q = b->reads[k];
            reads = q->code.n == 0 || (str_eq(q->system, system) && str_eq(q->code, code));
        }
        if (reads) {
            r->cells[i] = (cell){ 0 };
        }
    }
}

void cql_forget_type(cql_run *r, str of_type, bool (*may_match)(const void *with, str code), const void *with)
{
    r->vocabularies.count = 0;
    for (uint32_t i = 0; i < r->p->define_count; i++) {
        const body *b = &r->p->bodies[i];
        bool reads = false;
        for (uint32_t k = 0; k < b->read_count && !reads; k++) {
            const cql_retrieve *q = b->reads[k];
            reads = str_eq(q->type, of_type) && (q->code.n == 0 || may_match(with, q->code));
        }
        if (reads) {
            r->cells[i] = (cell){ 0 };
        }
    }
}

/* ---- what a request says ---- */

static void forget_defines(cql_run *r)
{
    memset(r->cells, 0, r->p->define_count * sizeof *r->cells);
}

bool cql_set_now(cql_run *r, str text)
{
    moment now;
    if (!moment_read(CQL_DATETIME, text, &now) && !moment_read(CQL_DATE, text, &now)) {
        return false;
    }
    if (now.precision < P_DAY) {
        return false;
    }
    now = moment_low(now);
    now.kind = CQL_DATETIME;
    now.precision = P_MILLISECOND;
    now.floating = false;
    r->now = now;
    forget_defines(r);
    return true;
}

uint32_t cql_find_parameter(const cql_program *p, str library_name, str name)
{
    for (uint32_t i = p->define_count; i < p->define_count + p->parameter_count; i++) {
        const body *b = &p->bodies[i];
        if (str_eq(b->name, name) && str_eq(p->libraries[b->library].name, library_name)) {
            return i;
        }
    }
    return CQL_NONE;
}

bool cql_set_parameter(cql_run *r, uint32_t parameter, const json *value)
{
    cql_value v;
    CHECK(parameter >= r->p->define_count && parameter - r->p->define_count < r->p->parameter_count);
    if (!value_read(r->a, r->p, r->p->bodies[parameter].type, value, &v)) {
        return false;
    }
    r->cells[parameter] = (cell){ .value = value_placed(r, v), .state = CELL_DONE };
    forget_defines(r);
    return true;
}
