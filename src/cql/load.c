/* SPDX-License-Identifier: Apache-2.0 */
/* ELM becomes nodes in two passes over all libraries: first everything that has a name gets its number, then bodies are
 * compiled against these numbers, so the order of libraries and definitions does not matter. */
#include "cql/load.h"

#include <stdarg.h>
#include <stdio.h>

static load_fn *const loaders[OP_COUNT_ALL] = {
#define OP(name, fields, least, most, nulls, kinds, fn) load_operator,
#define FORM(name, load, least, most, fn) load,
#include "cql/ops.def"
};

uint32_t load_fail(compiler *c, const char *what, ...)
{
    if (!c->failed) {
        char text[sizeof c->err->what];
        va_list args;
        va_start(args, what);
        vsnprintf(text, sizeof text, what, args);
        va_end(args);
        const library *l = &c->p->libraries[c->library];
        char where[sizeof c->err->where];
        snprintf(where, sizeof where, "%.*s:%u:%u", STR_ARG(l->file), c->line, c->column);
        (void)fail_at(c->err, NL_E_LOGIC, where, c->line, c->column, "library %.*s: %s", STR_ARG(l->name), text);
        c->failed = true;
    }
    return CQL_NONE;
}

/* ---- places ---- */

static bool two_numbers(str s, uint32_t *x, uint32_t *y)
{
    str first;
    int64_t i, j;
    if (!str_cut(&s, ':', &first) || !str_to_i64(first, &i) || !str_to_i64(s, &j) || i < 0 || j < 0 || i > 1000000 ||
        j > 1000000) {
        return false;
    }
    *x = (uint32_t)i;
    *y = (uint32_t)j;
    return true;
}

static void take_place(compiler *c, const json *e)
{
    str from, to = json_get_text(e, "locator");
    if (!str_cut(&to, '-', &from)) {
        return;
    }
    uint32_t line, column;
    if (two_numbers(from, &line, &column)) {
        c->line = c->line_end = line;
        c->column = c->column_end = column;
        two_numbers(to.p ? to : from, &c->line_end, &c->column_end);
    }
}

uint32_t load_with_place(compiler *c, const json *e, load_fn *fn, cql_op op)
{
    if (c->failed) {
        return CQL_NONE;
    }
    uint32_t line = c->line, column = c->column, line_end = c->line_end, column_end = c->column_end;
    take_place(c, e);
    arena_enter(c->a);
    uint32_t n = fn(c, e, op);
    arena_exit(c->a);
    if (!c->failed) {
        c->line = line;
        c->column = column;
        c->line_end = line_end;
        c->column_end = column_end;
    }
    return n;
}

/* ---- nodes ---- */

uint32_t load_text(compiler *c, str s)
{
    *VEC_PUSH(c->a, &c->texts) = arena_str(c->a, s);
    return (uint32_t)c->texts.count - 1;
}

uint32_t load_finish(compiler *c, const json *e, cql_op op, const uint32_t *args, uint32_t count)
{
    if (c->failed) {
        return CQL_NONE;
    }
    node n = { .op = (uint16_t)op,
               .args = (uint32_t)c->args.count,
               .count = count,
               .line = c->line,
               .column = c->column,
               .line_end = c->line_end,
               .column_end = c->column_end };
    n.type = type_of(c, e);
    const json *p = json_get(e, "precision");
    if (json_is(p, JSON_STRING)) {
        n.precision = (uint8_t)precision_of_word(p->text);
        if (n.precision == P_NONE) {
            return load_fail(c, "%s has the unknown precision '%.*s'", op_table[op].name, STR_ARG(p->text));
        }
    }
    if (c->failed) {
        return CQL_NONE;
    }
    for (uint32_t i = 0; i < count; i++) {
        *VEC_PUSH(c->a, &c->args) = args[i];
    }
    *VEC_PUSH(c->a, &c->nodes) = n;
    return (uint32_t)c->nodes.count - 1;
}

static uint32_t load_any(compiler *c, const json *e, cql_op ignored)
{
    str name = json_get_text(e, "type");
    const json *operand = json_get(e, "operand");
    if (str_is(name, "Negate") && str_is(json_get_text(operand, "type"), "Literal") &&
        !str_starts(json_get_text(operand, "value"), STR("-"))) {
        return load_negated_literal(c, e, OP_Literal);
    }
    for (uint32_t op = 0; op < OP_COUNT_ALL; op++) {
        if (str_is(name, op_table[op].name)) {
            return loaders[op](c, e, (cql_op)op);
        }
    }
    return load_fail(c, "the node %.*s is not supported", STR_ARG(name.n ? name : STR("without a type")));
}

uint32_t load(compiler *c, const json *e)
{
    return !e || json_is(e, JSON_NULL) ? CQL_NONE : load_needed(c, e, "what stands here");
}

uint32_t load_needed(compiler *c, const json *e, const char *what)
{
    return json_is(e, JSON_OBJECT) ? load_with_place(c, e, load_any, OP_Null)
                                   : load_fail(c, "%s is %s", what, e ? "no expression" : "missing");
}

static bool check_signature(compiler *c, const json *e, cql_op op)
{
    const json *signature = json_get(e, "signature");
    uint32_t operand = 0;
    for (const json *s = signature ? signature->first : NULL; s; s = s->next, operand++) {
        uint32_t t = type_specified(c, s);
        if (t == CQL_NONE) {
            return false;
        }
        if ((type_kinds(c, t) & op_kinds(&op_table[op], operand)) == 0) {
            load_fail(c, "%s has no overload for %.*s", op_table[op].name, STR_ARG(c->types.at[t].name));
            return false;
        }
    }
    return true;
}

/* Those that no operator takes are counted, so that they are refused. */
static uint32_t put_operand(uint32_t operand, uint32_t *args, uint32_t count)
{
    if (count < OPERANDS_MAX) {
        args[count] = operand;
    }
    return count + 1;
}

static uint32_t load_list_of(compiler *c, const json *list, uint32_t *args, uint32_t count)
{
    for (const json *x = list->first; x; x = x->next) {
        count = count < OPERANDS_MAX ? put_operand(load_needed(c, x, "an operand"), args, count) : count + 1;
    }
    return count;
}

static uint32_t load_fields(compiler *c, const json *e, str fields, uint32_t *args)
{
    uint32_t count = 0;
    str field;
    while (str_cut(&fields, ' ', &field)) {
        bool optional = str_ends(field, STR("?"));
        const json *x = json_find(e, optional ? str_head(field, field.n - 1) : field);
        if (json_is(x, JSON_ARRAY)) {
            count = load_list_of(c, x, args, count);
        } else if (json_is(x, JSON_OBJECT)) {
            count = put_operand(str_is(field, "source") ? load_aggregated(c, e) : load(c, x), args, count);
        } else if (optional) {
            count = put_operand(CQL_NONE, args, count);
        }
    }
    return count;
}

/* Operands by the fields ops.def names; those of a call stand in a row. */
uint32_t load_operator(compiler *c, const json *e, cql_op op)
{
    const op_info *o = &op_table[op];
    uint32_t args[OPERANDS_MAX];
    const json *list = json_get(e, "operand");
    if (!check_signature(c, e, op)) {
        return CQL_NONE;
    }
    if (json_get_text(e, "orderBy").n > 0) {
        return load_fail(c, "%s with orderBy is not supported", o->name);
    }
    bool called = str_is(json_get_text(e, "type"), "FunctionRef");
    uint32_t count = !called ? load_fields(c, e, str_of(o->fields), args) : list ? load_list_of(c, list, args, 0) : 0;
    if (count < o->least || count > o->most) {
        return load_fail(c, "%s has %u operands", o->name, count);
    }
    while (count < o->most) {
        args[count++] = CQL_NONE;
    }
    return load_finish(c, e, op, args, count);
}

/* The translator writes operators of CQL without a form of their own as calls: Subsumes(X, Y), Add(1, 2). */
uint32_t load_system_call(compiler *c, const json *e)
{
    str of = json_get_text(e, "libraryName"), name = json_get_text(e, "name");
    for (uint32_t op = 0; op < OP_COUNT_ALL && (of.n == 0 || str_is(of, "System")); op++) {
        load_fn *with = loaders[op];
        bool can = with == load_operator || with == load_operands || with == load_membership || with == load_subsumes;
        if (can && str_is(name, op_table[op].name)) {
            return with(c, e, (cql_op)op);
        }
    }
    return load_fail(c, "no function '%.*s' takes these operands", STR_ARG(name));
}

/* ---- names ---- */

uint32_t load_find_library(compiler *c, const json *e)
{
    str alias = json_get_text(e, "libraryName");
    if (alias.n == 0) {
        return c->library;
    }
    for (size_t i = 0; i < c->includes.count; i++) {
        if (c->includes.at[i].library == c->library && str_eq(c->includes.at[i].alias, alias)) {
            return c->includes.at[i].target;
        }
    }
    return load_fail(c, "the library '%.*s' is not included", STR_ARG(alias));
}

uint32_t load_slot_new(compiler *c, str name)
{
    *VEC_PUSH(c->a, &c->scope) = (scope_entry){ name, c->slots };
    return c->slots++;
}

uint32_t load_slot_counted(compiler *c, str name)
{
    uint32_t slot = load_slot_new(c, name);
    c->slots++;
    return slot;
}

static const json *definitions(const json *root, const char *section)
{
    const json *d = json_get(json_get(root, section), "def");
    return d ? d->first : NULL;
}

static str library_name(const json *root)
{
    return json_get_text(json_get(root, "identifier"), "id");
}

static str library_version(const json *root)
{
    return json_get_text(json_get(root, "identifier"), "version");
}

/* A path is NAME, or NAMESPACE/NAME, the namespace being the system of the library's identifier where that says one. */
static str path_name(str path)
{
    size_t i = path.n;
    while (i > 0 && path.p[i - 1] != '/') {
        i--;
    }
    return str_from(path, i);
}

static bool is_at(const json *root, str path)
{
    str name = library_name(root), system = json_get_text(json_get(root, "identifier"), "system"), last = path_name(path);
    str space = str_head(path, path.n - last.n > 0 ? path.n - last.n - 1 : 0);
    return str_eq(name, path) || (str_eq(name, last) && (str_empty(system) || str_eq(system, space)));
}

static uint32_t find_included(const compiler *c, const json *d)
{
    str path = json_get_text(d, "path"), version = json_get_text(d, "version");
    uint32_t target = CQL_NONE;
    for (uint32_t i = 0; i < c->p->library_count; i++) {
        if (i != c->standby && is_at(c->roots[i], path) && (version.n == 0 || str_eq(version, library_version(c->roots[i])))) {
            target = i;
        }
    }
    bool stands_by = target == CQL_NONE && c->standby != CQL_NONE && str_eq(path_name(path), library_name(c->roots[c->standby]));
    return stands_by ? c->standby : target;
}

static void declare(compiler *c, uint32_t l)
{
    const json *root = c->roots[l];
    for (uint32_t i = 0; i < l; i++) {
        if (str_eq(library_name(root), library_name(c->roots[i])) && str_eq(library_version(root), library_version(c->roots[i]))) {
            load_fail(c, "there are two libraries of this name and version");
            return;
        }
    }
    for (const json *d = definitions(root, "includes"); d; d = d->next) {
        uint32_t target = find_included(c, d);
        if (target == CQL_NONE) {
            take_place(c, d);
            load_fail(c, "the included library %.*s %.*s is not there", STR_ARG(json_get_text(d, "path")), STR_ARG(json_get_text(d, "version")));
            return;
        }
        *VEC_PUSH(c->a, &c->includes) = (include){ l, json_get_text(d, "localIdentifier"), target };
    }
    for (const json *d = definitions(root, "codeSystems"); d; d = d->next) {
        *VEC_PUSH(c->a, &c->code_systems) = (declared){ l, json_get_text(d, "name"), d };
    }
    for (const json *d = definitions(root, "valueSets"); d; d = d->next) {
        *VEC_PUSH(c->a, &c->value_sets) = (declared){ l, json_get_text(d, "name"), d };
    }
    for (const json *d = definitions(root, "codes"); d; d = d->next) {
        *VEC_PUSH(c->a, &c->code_defs) = (declared){ l, json_get_text(d, "name"), d };
    }
    for (const json *d = definitions(root, "concepts"); d; d = d->next) {
        *VEC_PUSH(c->a, &c->concept_defs) = (declared){ l, json_get_text(d, "name"), d };
    }
}

static bool is_function(const json *d)
{
    return str_is(json_get_text(d, "type"), "FunctionDef");
}

static void declare_bodies(compiler *c, uint32_t l, body_kind kind)
{
    for (const json *d = definitions(c->roots[l], kind == BODY_PARAMETER ? "parameters" : "statements");
         d && !c->failed; d = d->next) {
        if (kind != BODY_PARAMETER && is_function(d) != (kind == BODY_FUNCTION)) {
            continue;
        }
        c->library = l;
        take_place(c, d);
        body b = { .kind = (uint8_t)kind,
                   .library = l,
                   .name = arena_str(c->a, json_get_text(d, "name")),
                   .line = c->line,
                   .root = CQL_NONE };
        const json *specifier = json_get(d, "parameterTypeSpecifier");
        b.type = specifier ? type_specified(c, specifier) : type_of(c, d);
        *VEC_PUSH(c->a, &c->bodies) = b;
        *VEC_PUSH(c->a, &c->body_defs) = d;
    }
}

static uint32_t operand_count(const json *d)
{
    const json *operands = json_get(d, "operand");
    return operands ? operands->count : 0;
}

static bool is_overload(compiler *c, size_t i, size_t k)
{
    const body *x = &c->bodies.at[i], *y = &c->bodies.at[k];
    arena_step(c->a);
    return x->library == y->library && str_eq(x->name, y->name) && operand_count(c->body_defs.at[i]) == operand_count(c->body_defs.at[k]);
}

/* Functions of one library, name and number of operands stand together, so that a call without a signature can name them all. */
static void group_functions(compiler *c, size_t first)
{
    for (size_t i = first; i < c->bodies.count; i++) {
        body b = c->bodies.at[i];
        const json *d = c->body_defs.at[i];
        size_t to = i;
        while (to > first && !is_overload(c, to - 1, i)) {
            to--;
        }
        to = to > first ? to : i;
        for (size_t k = i; k > to; k--) {
            c->bodies.at[k] = c->bodies.at[k - 1];
            c->body_defs.at[k] = c->body_defs.at[k - 1];
        }
        c->bodies.at[to] = b;
        c->body_defs.at[to] = d;
    }
}

static void resolve_codes(compiler *c)
{
    for (size_t i = 0; i < c->code_defs.count && !c->failed; i++) {
        declared *d = &c->code_defs.at[i];
        c->library = d->library;
        take_place(c, d->def);
        cql_code code = { .code = arena_str(c->a, json_get_text(d->def, "id")) };
        const json *display = json_get(d->def, "display"), *ref = json_get(d->def, "codeSystem");
        if (display) {
            code.display = arena_str(c->a, display->text);
        }
        uint32_t l = load_find_library(c, ref);
        for (size_t k = 0; k < c->code_systems.count; k++) {
            const declared *s = &c->code_systems.at[k];
            if (s->library == l && str_eq(s->name, json_get_text(ref, "name"))) {
                code.system = arena_str(c->a, json_get_text(s->def, "id"));
                const json *version = json_get(s->def, "version");
                code.version = version ? arena_str(c->a, version->text) : code.version;
            }
        }
        if (ref && !code.system.p) {
            load_fail(c, "the code system '%.*s' is not declared", STR_ARG(json_get_text(ref, "name")));
        }
        *VEC_PUSH(c->a, &c->codes) = code;
    }
}

/* ---- bodies ---- */

static void declare_function(compiler *c, uint32_t body_index)
{
    const json *operands = json_get(c->body_defs.at[body_index], "operand");
    function_key k = { .body = body_index, .count = operands ? operands->count : 0 };
    k.operands = ARENA_ARRAY(c->a, k.count, uint32_t);
    uint32_t i = 0;
    for (const json *o = operands ? operands->first : NULL; o; o = o->next, i++) {
        const json *specifier = json_get(o, "operandTypeSpecifier");
        c->library = c->bodies.at[body_index].library;
        take_place(c, c->body_defs.at[body_index]);
        k.operands[i] = specifier ? type_specified(c, specifier) : type_named(c, json_get_text(o, "operandType"));
    }
    c->bodies.at[body_index].operands = k.count;
    c->bodies.at[body_index].operand_types = (uint32_t)c->lists.count;
    for (i = 0; i < k.count; i++) {
        *VEC_PUSH(c->a, &c->lists) = k.operands[i];
    }
    *VEC_PUSH(c->a, &c->functions) = k;
}

static void compile_body(compiler *c, uint32_t index)
{
    const json *d = c->body_defs.at[index];
    body *b = &c->bodies.at[index];
    c->library = b->library;
    c->scope.count = 0;
    c->slots = 0;
    c->sorted_slot = c->index_slot = c->total_slot = CQL_NONE;
    take_place(c, d);
    const json *operands = b->kind == BODY_FUNCTION ? json_get(d, "operand") : NULL;
    for (const json *o = operands ? operands->first : NULL; o; o = o->next) {
        load_slot_new(c, json_get_text(o, "name"));
    }
    b->first = (uint32_t)c->nodes.count;
    const json *e = json_get(d, b->kind == BODY_PARAMETER ? "default" : "expression");
    e = json_is(e, JSON_NULL) ? NULL : e;
    if (!e && b->kind == BODY_FUNCTION && json_bool(json_get(d, "external"), false)) {
        load_external(c, index);
    } else if (!e && b->kind != BODY_PARAMETER) {
        load_fail(c, "'%.*s' has no expression", STR_ARG(b->name));
    }
    b->root = load(c, e);
    b->slots = c->slots;
}

static void compile_all(compiler *c)
{
    for (uint32_t l = 0; l < c->p->library_count && !c->failed; l++) {
        c->library = l;
        c->line = c->column = 0;
        declare(c, l);
    }
    for (body_kind kind = BODY_DEFINE; kind <= BODY_FUNCTION; kind++) {
        for (uint32_t l = 0; l < c->p->library_count && !c->failed; l++) {
            declare_bodies(c, l, kind);
        }
        c->p->define_count = kind == BODY_DEFINE ? (uint32_t)c->bodies.count : c->p->define_count;
        c->p->parameter_count =
            kind == BODY_PARAMETER ? (uint32_t)c->bodies.count - c->p->define_count : c->p->parameter_count;
    }
    group_functions(c, c->p->define_count + c->p->parameter_count);
    resolve_codes(c);
    for (uint32_t i = 0; i < c->bodies.count && !c->failed; i++) {
        if (c->bodies.at[i].kind == BODY_FUNCTION) {
            declare_function(c, i);
        }
    }
    for (uint32_t i = 0; i < c->bodies.count && !c->failed; i++) {
        compile_body(c, i);
    }
}

static nl_status read_library(arena *a, const cql_source *s, const json **root, nl_error *err)
{
    char *padded = arena_alloc(a, size_add(a, s->elm.n, 64)); /* the reader wants bytes past the end */
    memcpy(padded, s->elm.p, s->elm.n);
    json *whole = NULL;
    char name[160];
    snprintf(name, sizeof name, "%.*s", STR_ARG(s->file));
    TRY(json_read(a, padded, s->elm.n, name, &whole, err));
    *root = json_get(whole, "library");
    if (!json_is(*root, JSON_OBJECT) || library_name(*root).n == 0) {
        return fail(err, NL_E_SYNTAX, name, "this is not an ELM library");
    }
    return NL_OK;
}

static void hand_over(compiler *c)
{
    cql_program *p = c->p;
#define HAND_OVER(array, counter) (p->array = c->array.at, p->counter = (uint32_t)c->array.count)
    HAND_OVER(nodes, node_count);
    HAND_OVER(args, arg_count);
    HAND_OVER(texts, text_count);
    HAND_OVER(codes, code_count);
    HAND_OVER(lists, list_count);
    HAND_OVER(types, type_count);
    HAND_OVER(bodies, body_count);
    HAND_OVER(retrieves, retrieve_count);
    HAND_OVER(literals, literal_count);
#undef HAND_OVER
}

nl_status cql_compile(arena *a, const cql_source *sources, size_t count, cql_program **out, nl_error *err)
{
    return cql_compile_with(a, sources, count, NULL, 0, NULL, out, err);
}

/* Whether one of the libraries includes the standby and none is it. */
static bool is_wanted(const compiler *c, str standby)
{
    bool wanted = false;
    for (uint32_t l = 0; l < c->p->library_count; l++) {
        if (str_eq(library_name(c->roots[l]), standby)) {
            return false;
        }
        for (const json *d = definitions(c->roots[l], "includes"); d; d = d->next) {
            wanted = wanted || str_eq(path_name(json_get_text(d, "path")), standby);
        }
    }
    return wanted;
}

static nl_status add_library(compiler *c, const cql_source *s)
{
    uint32_t l = c->p->library_count;
    TRY(read_library(c->a, s, &c->roots[l], c->err));
    c->p->libraries[l] = (library){ .name = arena_str(c->a, library_name(c->roots[l])),
                                    .file = arena_str(c->a, s->file),
                                    .text = arena_str(c->a, s->text) };
    c->p->library_count++;
    return NL_OK;
}

nl_status cql_compile_with(arena *a, const cql_source *sources, size_t count, const cql_external *externals, size_t external_count,
                           const cql_standby *standby, cql_program **out, nl_error *err)
{
    nl_error unused = { 0 };
    CHECK(count < UINT32_MAX);
    cql_program *p = ARENA_NEW(a, cql_program);
    compiler c = { .a = a, .err = err ? err : &unused, .p = p, .externals = externals, .external_count = external_count };
    p->libraries = ARENA_ARRAY(a, count + 1, library);
    c.roots = ARENA_ARRAY(a, count + 1, const json *);
    for (uint32_t i = 0; i < count; i++) {
        TRY(add_library(&c, &sources[i]));
    }
    c.standby = CQL_NONE;
    if (standby && is_wanted(&c, standby->name)) {
        c.standby = p->library_count;
        TRY(add_library(&c, &(cql_source){ .elm = standby->elm(a), .file = standby->name }));
    }
    compile_all(&c);
    if (c.failed) {
        return c.err->code;
    }
    hand_over(&c);
    if (!program_link(a, p)) {
        return fail(c.err, NL_E_LOGIC, "", "these libraries together are beyond what a program holds");
    }
    *out = p;
    return NL_OK;
}
