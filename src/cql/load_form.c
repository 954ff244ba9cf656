/* SPDX-License-Identifier: Apache-2.0 */
/* How each form of ELM that is not a plain operator becomes a node. */
#include "cql/load.h"

uint32_t with_a(compiler *c, uint32_t n, uint32_t a, uint32_t b)
{
    if (n != CQL_NONE) {
        c->nodes.at[n].a = a;
        c->nodes.at[n].b = b;
    }
    return n;
}

uint32_t with_flags(compiler *c, uint32_t n, uint8_t flags)
{
    if (n != CQL_NONE) {
        c->nodes.at[n].flags = flags;
    }
    return n;
}

uint32_t load_null(compiler *c, const json *e, cql_op op)
{
    return load_finish(c, e, op, NULL, 0);
}
uint32_t load_plain(compiler *c, const json *e, cql_op op)
{
    return load_finish(c, e, op, NULL, 0);
}

uint32_t load_part(compiler *c, const json *e, cql_op op)
{
    return load_fail(c, "the node %s is not one of ELM", op_table[op].name);
}

/* ---- literals ---- */

static uint32_t literal_node(compiler *c, const json *e, cql_op op, literal l)
{
    cql_value v = literal_value(c->a, &l);
    if (cql_is_null(v)) {
        return load_fail(c, "the literal %.*s%s%.*s is no %s or is out of range", STR_ARG(l.text), l.unit.n ? " " : "",
                         STR_ARG(l.unit), cql_kind_name((cql_kind)l.kind));
    }
    l.text = arena_str(c->a, l.text);
    l.unit = arena_str(c->a, l.unit);
    *VEC_PUSH(c->a, &c->literals) = l;
    return with_a(c, load_finish(c, e, op, NULL, 0), (uint32_t)c->literals.count - 1, 0);
}

uint32_t load_literal(compiler *c, const json *e, cql_op op)
{
    uint32_t t = type_named(c, json_get_text(e, "valueType"));
    if (t == CQL_NONE) {
        return CQL_NONE;
    }
    return literal_node(c, e, op, (literal){ .kind = c->types.at[t].kind, .text = json_get_text(e, "value") });
}

/* -2147483648 is written as the negation of a literal that no Integer holds. */
uint32_t load_negated_literal(compiler *c, const json *e, cql_op op)
{
    const json *l = json_get(e, "operand");
    uint32_t t = type_named(c, json_get_text(l, "valueType"));
    if (t == CQL_NONE) {
        return CQL_NONE;
    }
    str text = arena_printf(c->a, "-%.*s", STR_ARG(json_get_text(l, "value")));
    return literal_node(c, e, op, (literal){ .kind = c->types.at[t].kind, .text = text });
}

uint32_t load_quantity(compiler *c, const json *e, cql_op op)
{
    str unit = json_get_text(e, "unit");
    return literal_node(c, e, op, (literal){ CQL_QUANTITY, json_get_text(e, "value"), unit.n ? unit : STR("1") });
}

uint32_t load_ratio(compiler *c, const json *e, cql_op op)
{
    uint32_t args[2] = { CQL_NONE, CQL_NONE };
    static const char *const fields[2] = { "numerator", "denominator" };
    for (int i = 0; i < 2; i++) {
        args[i] = load_with_place(c, json_get(e, fields[i]), load_quantity, OP_Quantity);
    }
    return load_finish(c, e, op, args, 2);
}

uint32_t load_extreme(compiler *c, const json *e, cql_op op)
{
    uint32_t t = type_named(c, json_get_text(e, "valueType"));
    uint32_t kinds = K_NUMBER | K_TIMES | K(QUANTITY);
    if (t != CQL_NONE && (type_kinds(c, t) & kinds) == 0) {
        return load_fail(c, "%s has no overload for %.*s", op_table[op].name, STR_ARG(c->types.at[t].name));
    }
    return with_a(c, load_finish(c, e, op, NULL, 0), t, 0);
}

/* ---- codes ---- */

static uint32_t find_declared(compiler *c, const declared *at, size_t count, const json *e, const char *what)
{
    uint32_t l = load_find_library(c, e);
    str name = json_get_text(e, "name");
    for (size_t i = 0; i < count; i++) {
        if (at[i].library == l && str_eq(at[i].name, name)) {
            return (uint32_t)i;
        }
    }
    return load_fail(c, "the %s '%.*s' is not declared", what, STR_ARG(name));
}

uint32_t load_find_code(compiler *c, const json *e)
{
    return find_declared(c, c->code_defs.at, c->code_defs.count, e, "code");
}

uint32_t load_code_ref(compiler *c, const json *e, cql_op op)
{
    uint32_t code = find_declared(c, c->code_defs.at, c->code_defs.count, e, "code");
    return with_a(c, load_finish(c, e, op, NULL, 0), code, 0);
}

uint32_t load_code(compiler *c, const json *e, cql_op op)
{
    const json *ref = json_get(e, "system"), *display = json_get(e, "display");
    uint32_t system = find_declared(c, c->code_systems.at, c->code_systems.count, ref, "code system");
    if (system == CQL_NONE) {
        return CQL_NONE;
    }
    cql_code code = { .code = arena_str(c->a, json_get_text(e, "code")),
                      .system = arena_str(c->a, json_get_text(c->code_systems.at[system].def, "id")) };
    if (display) {
        code.display = arena_str(c->a, display->text);
    }
    *VEC_PUSH(c->a, &c->codes) = code;
    return with_a(c, load_finish(c, e, op, NULL, 0), (uint32_t)c->codes.count - 1, 0);
}

/* Three texts: url, version, name. Whoever reads the vocabulary reads data, so it is listed as a retrieve is. */
static uint32_t vocabulary_node(compiler *c, const json *e, cql_op op)
{
    bool set = op == OP_ValueSetRef;
    uint32_t i = set ? find_declared(c, c->value_sets.at, c->value_sets.count, e, "value set")
                     : find_declared(c, c->code_systems.at, c->code_systems.count, e, "code system");
    if (i == CQL_NONE) {
        return CQL_NONE;
    }
    const declared *d = set ? &c->value_sets.at[i] : &c->code_systems.at[i];
    uint32_t first = load_text(c, json_get_text(d->def, "id"));
    load_text(c, json_get_text(d->def, "version"));
    load_text(c, d->name);
    uint32_t n = with_a(c, load_finish(c, NULL, op, NULL, 0), first, 0);
    if (n != CQL_NONE) {
        cql_retrieve shown = { .type = set ? STR("ValueSet") : STR("CodeSystem"),
                               .library = c->p->libraries[c->library].name,
                               .line = c->line };
        *VEC_PUSH(c->a, &c->retrieves) = (retrieve){ shown, n };
    }
    return n;
}

/* A reference whose type is a list of codes stands for the codes. */
uint32_t load_vocabulary_ref(compiler *c, const json *e, cql_op op)
{
    uint32_t n = vocabulary_node(c, e, op);
    bool as_codes = str_is(json_get_text(json_get(e, "resultTypeSpecifier"), "type"), "ListTypeSpecifier");
    return n == CQL_NONE || !as_codes ? n : load_finish(c, e, OP_ExpandValueSet, &n, 1);
}

/* What is asked for, then the vocabulary, which ELM gives as a reference without a type or as an expression. */
uint32_t load_membership(compiler *c, const json *e, cql_op op)
{
    bool set = op == OP_InValueSet || op == OP_AnyInValueSet, many = op == OP_AnyInValueSet || op == OP_AnyInCodeSystem;
    const json *ref = json_get(e, set ? "valueset" : "codesystem");
    uint32_t args[2] = { load(c, json_get(e, many ? "codes" : "code")), CQL_NONE };
    const json *operands = json_get(e, "operand"); /* of a call */
    if (operands && operands->count == 2) {
        args[0] = load(c, operands->first);
        args[1] = load(c, operands->last);
        return load_finish(c, e, op, args, 2);
    }
    args[1] = ref ? load_with_place(c, ref, vocabulary_node, set ? OP_ValueSetRef : OP_CodeSystemRef)
                  : load(c, json_get(e, set ? "valuesetExpression" : "codesystemExpression"));
    if (!c->failed && (args[0] == CQL_NONE || args[1] == CQL_NONE)) {
        return load_fail(c, "%s lacks an operand", op_table[op].name);
    }
    return load_finish(c, e, op, args, 2);
}

/* Whether it does is the code system's to say, so it is listed as a retrieve is. */
uint32_t load_subsumes(compiler *c, const json *e, cql_op op)
{
    uint32_t n = load_operands(c, e, op);
    if (n != CQL_NONE) {
        cql_retrieve shown = { .type = STR("CodeSystem"), .library = c->p->libraries[c->library].name, .line = c->line };
        *VEC_PUSH(c->a, &c->retrieves) = (retrieve){ shown, n };
    }
    return n;
}

/* A concept is a run in lists: its display, then its codes. */
static uint32_t concept_node(compiler *c, const json *e, cql_op op, const json *definition, bool by_reference)
{
    const json *codes = json_get(definition, "code");
    uint32_t n = codes ? codes->count : 0, *list = ARENA_ARRAY(c->a, n, uint32_t), i = 0;
    for (const json *x = codes ? codes->first : NULL; x && !c->failed; x = x->next, i++) {
        if (by_reference) {
            list[i] = find_declared(c, c->code_defs.at, c->code_defs.count, x, "code");
        } else {
            uint32_t made = load_with_place(c, x, load_code, OP_Code);
            list[i] = made == CQL_NONE ? CQL_NONE : c->nodes.at[made].a;
        }
    }
    uint32_t start = (uint32_t)c->lists.count;
    *VEC_PUSH(c->a, &c->lists) = load_text(c, json_get_text(definition, "display"));
    for (i = 0; i < n; i++) {
        *VEC_PUSH(c->a, &c->lists) = list[i];
    }
    return with_a(c, load_finish(c, e, op, NULL, 0), start, n);
}

uint32_t load_concept(compiler *c, const json *e, cql_op op)
{
    return concept_node(c, e, op, e, false);
}

uint32_t load_concept_ref(compiler *c, const json *e, cql_op op)
{
    uint32_t i = find_declared(c, c->concept_defs.at, c->concept_defs.count, e, "concept");
    if (i == CQL_NONE) {
        return CQL_NONE;
    }
    uint32_t here = c->library;
    c->library = c->concept_defs.at[i].library;
    uint32_t n = concept_node(c, e, op, c->concept_defs.at[i].def, true);
    c->library = here;
    return n;
}

/* ---- references ---- */

static uint32_t cell_reference(compiler *c, const json *e, cql_op op, body_kind kind, const char *what)
{
    uint32_t l = load_find_library(c, e);
    str name = json_get_text(e, "name");
    for (size_t i = 0; i < c->bodies.count; i++) {
        const body *b = &c->bodies.at[i];
        if (b->kind == kind && b->library == l && str_eq(b->name, name)) {
            return with_a(c, load_finish(c, e, op, NULL, 0), (uint32_t)i, 0);
        }
    }
    return load_fail(c, "the %s '%.*s' is not defined", what, STR_ARG(name));
}

uint32_t load_expression_ref(compiler *c, const json *e, cql_op op)
{
    return cell_reference(c, e, op, BODY_DEFINE, "define");
}
uint32_t load_parameter_ref(compiler *c, const json *e, cql_op op)
{
    return cell_reference(c, e, op, BODY_PARAMETER, "parameter");
}

/* The function a call means is settled here by the signature ELM gives. Where it gives none (signature NULL) and several could be
 * meant, *others of them follow the one answered, and the values decide. */
static uint32_t find_function(compiler *c, uint32_t l, str name, const uint32_t *signature, uint32_t count, uint32_t *others)
{
    uint32_t of_count = CQL_NONE, of_count_found = 0;
    *others = 0;
    for (size_t i = 0; i < c->functions.count; i++) {
        const function_key *k = &c->functions.at[i];
        const body *b = &c->bodies.at[k->body];
        if (b->library != l || k->count != count || !str_eq(b->name, name)) {
            continue;
        }
        if (count == 0 || (signature && memcmp(k->operands, signature, count * sizeof *signature) == 0)) {
            return k->body;
        }
        of_count = of_count_found == 0 ? k->body : of_count;
        of_count_found++;
    }
    *others = !signature && of_count_found > 1 ? of_count_found - 1 : 0;
    return !signature || of_count_found == 1 ? of_count : CQL_NONE;
}

uint32_t load_function_ref(compiler *c, const json *e, cql_op op)
{
    const json *operands = json_get(e, "operand"), *signature = json_get(e, "signature");
    uint32_t count = operands ? operands->count : 0, *args = ARENA_ARRAY(c->a, count, uint32_t);
    uint32_t *types = ARENA_ARRAY(c->a, count, uint32_t), i = 0, others = 0;
    str name = json_get_text(e, "name");
    if (str_is(json_get_text(e, "libraryName"), "System")) {
        return load_system_call(c, e);
    }
    uint32_t l = load_find_library(c, e);
    if (count > op_table[op].most) {
        return load_fail(c, "the call of '%.*s' has too many operands", STR_ARG(name));
    }
    if (signature && signature->count > 0 && signature->count != count) {
        return load_fail(c, "the call of '%.*s' has a signature of %u operands and %u operands", STR_ARG(name), signature->count, count);
    }
    bool signed_call = signature && signature->count == count;
    for (const json *s = signed_call ? signature->first : NULL; s; s = s->next) {
        types[i++] = type_specified(c, s);
    }
    uint32_t function = c->failed ? CQL_NONE : find_function(c, l, name, signed_call ? types : NULL, count, &others);
    if (function == CQL_NONE) {
        return load_system_call(c, e);
    }
    for (uint32_t k = 0; k <= others; k++) {
        if (!load_callable(c, function + k)) {
            return CQL_NONE;
        }
    }
    i = 0;
    for (const json *x = count ? operands->first : NULL; x; x = x->next) {
        args[i++] = load_needed(c, x, "an operand");
    }
    return with_a(c, load_finish(c, e, op, args, count), function, others);
}

uint32_t load_find_slot(compiler *c, str name)
{
    for (size_t i = c->scope.count; i > 0; i--) {
        if (str_eq(c->scope.at[i - 1].name, name)) {
            return c->scope.at[i - 1].slot;
        }
    }
    return load_fail(c, "'%.*s' names nothing here", STR_ARG(name));
}

uint32_t load_slot(compiler *c, const json *e, cql_op op)
{
    uint32_t slot = load_find_slot(c, json_get_text(e, "name"));
    return with_a(c, load_finish(c, e, op, NULL, 0), slot, 0);
}

uint32_t load_slot_node(compiler *c, uint32_t slot)
{
    return with_a(c, load_finish(c, NULL, OP_AliasRef, NULL, 0), slot, 0);
}

/* "a.b" is two properties; only the last has the type ELM gives. */
uint32_t load_property_chain(compiler *c, const json *e, uint32_t source, str path)
{
    str name;
    uint32_t n = source;
    while (str_cut(&path, '.', &name) && !c->failed) {
        uint32_t text = load_text(c, name);
        n = with_a(c, load_finish(c, path.p ? NULL : e, OP_Property, &n, 1), text, 0);
    }
    return n;
}

uint32_t load_property(compiler *c, const json *e, cql_op op)
{
    str scope = json_get_text(e, "scope"), path = json_get_text(e, "path");
    const json *source = json_get(e, "source");
    if (path.n == 0 || str_find_char(path, '[') >= 0) {
        return load_fail(c, "the property path '%.*s' is not supported", STR_ARG(path));
    }
    uint32_t of = CQL_NONE;
    if (source) {
        of = load(c, source);
    } else {
        uint32_t slot = load_find_slot(c, scope);
        of = c->failed ? CQL_NONE : load_slot_node(c, slot);
    }
    return c->failed ? CQL_NONE : load_property_chain(c, e, of, path);
}

uint32_t load_identifier(compiler *c, const json *e, cql_op op)
{
    str name = json_get_text(e, "name");
    if (c->sorted_slot == CQL_NONE) {
        return load_fail(c, "the identifier '%.*s' is not resolved", STR_ARG(name));
    }
    if (str_is(name, "$this")) {
        return load_slot_node(c, c->sorted_slot);
    }
    return load_property_chain(c, e, load_slot_node(c, c->sorted_slot), name);
}

/* ---- what makes values ---- */

static uint32_t elements(compiler *c, const json *e, cql_op op, uint32_t extra)
{
    const json *list = json_get(e, "element");
    uint32_t n = list ? list->count : 0, *args = ARENA_ARRAY(c->a, n, uint32_t), i = 0,
             names = (uint32_t)c->texts.count;
    for (const json *x = n ? list->first : NULL; x; x = x->next) {
        load_text(c, json_get_text(x, "name"));
    }
    for (const json *x = n ? list->first : NULL; x; x = x->next) {
        args[i++] = load_needed(c, json_get(x, "value"), "the value of an element");
    }
    if (n > op_table[op].most && op_table[op].most != ANY_COUNT) {
        return load_fail(c, "%s has too many elements", op_table[op].name);
    }
    return with_a(c, load_finish(c, e, op, args, n), names, extra);
}

uint32_t load_tuple(compiler *c, const json *e, cql_op op)
{
    return elements(c, e, op, 0);
}

uint32_t load_instance(compiler *c, const json *e, cql_op op)
{
    uint32_t t = type_named(c, json_get_text(e, "classType"));
    uint32_t kinds = K(QUANTITY) | K(CODE) | K(CONCEPT) | K(RATIO) | K(VALUE_SET) | K(CODE_SYSTEM) | K(ITEM);
    if (t != CQL_NONE && (type_kinds(c, t) & kinds) == 0) {
        return load_fail(c, "making an instance of %.*s is not supported", STR_ARG(c->types.at[t].name));
    }
    return t == CQL_NONE ? CQL_NONE : elements(c, e, op, t);
}

uint32_t load_interval(compiler *c, const json *e, cql_op op)
{
    uint32_t args[4] = { load(c, json_get(e, "low")), load(c, json_get(e, "high")),
                         load(c, json_get(e, "lowClosedExpression")), load(c, json_get(e, "highClosedExpression")) };
    uint32_t n = load_finish(c, e, op, args, 4);
    return with_flags(c, n,
                      (uint8_t)((json_bool(json_get(e, "lowClosed"), true) ? FLAG_LOW_CLOSED : 0) |
                                (json_bool(json_get(e, "highClosed"), true) ? FLAG_HIGH_CLOSED : 0)));
}

static uint32_t array_of(compiler *c, const json *e, cql_op op, const char *field)
{
    const json *list = json_get(e, field);
    bool one = json_is(list, JSON_OBJECT);
    uint32_t n = !list ? 0 : one ? 1 : list->count, *args = ARENA_ARRAY(c->a, n, uint32_t), i = 0;
    for (const json *x = !list ? NULL : one ? list : list->first; x; x = one ? NULL : x->next) {
        args[i++] = load_needed(c, x, field);
    }
    if (n < op_table[op].least || (n > op_table[op].most && op_table[op].most != ANY_COUNT)) {
        return load_fail(c, "%s has %u operands", op_table[op].name, n);
    }
    return load_finish(c, e, op, args, n);
}

uint32_t load_list(compiler *c, const json *e, cql_op op)
{
    return array_of(c, e, op, "element");
}
uint32_t load_operands(compiler *c, const json *e, cql_op op)
{
    return array_of(c, e, op, "operand");
}

uint32_t load_moment(compiler *c, const json *e, cql_op op)
{
    static const char *const fields[8] = { "year",   "month",  "day",         "hour",
                                           "minute", "second", "millisecond", "timezoneOffset" };
    uint32_t args[8], n = 0, from = op == OP_Time ? 3 : 0, to = op == OP_DateTime ? 8 : op == OP_Time ? 7 : 3;
    for (uint32_t i = from; i < to; i++) {
        args[n++] = load(c, json_get(e, fields[i]));
    }
    return load_finish(c, e, op, args, n);
}

uint32_t load_as(compiler *c, const json *e, cql_op op)
{
    const json *specifier = json_get(e, op == OP_As ? "asTypeSpecifier" : "isTypeSpecifier");
    uint32_t t =
        specifier ? type_specified(c, specifier) : type_named(c, json_get_text(e, op == OP_As ? "asType" : "isType"));
    uint32_t arg = load_needed(c, json_get(e, "operand"), "operand");
    uint32_t n = load_finish(c, e, op, &arg, 1);
    return with_flags(c, with_a(c, n, t, 0), json_bool(json_get(e, "strict"), false) ? FLAG_STRICT : 0);
}

/* Convert and CanConvert: to a type of CQL itself. */
uint32_t load_convert(compiler *c, const json *e, cql_op op)
{
    const json *specifier = json_get(e, "toTypeSpecifier");
    uint32_t t = specifier ? type_specified(c, specifier) : type_named(c, json_get_text(e, "toType"));
    if (t != CQL_NONE && (c->types.at[t].form != TYPE_SYSTEM || c->types.at[t].kind == CQL_NULL)) {
        return load_fail(c, "%s to %.*s is not supported", op_table[op].name, STR_ARG(c->types.at[t].name));
    }
    uint32_t arg = load_needed(c, json_get(e, "operand"), "operand");
    return with_a(c, load_finish(c, e, op, &arg, 1), t, 0);
}

/* ---- choices ---- */

uint32_t load_if(compiler *c, const json *e, cql_op op)
{
    uint32_t args[3] = { load_needed(c, json_get(e, "condition"), "condition"),
                         load_needed(c, json_get(e, "then"), "then"), load_needed(c, json_get(e, "else"), "else") };
    return load_finish(c, e, op, args, 3);
}

/* comparand, then pairs of when and then, last the else. */
uint32_t load_case(compiler *c, const json *e, cql_op op)
{
    const json *items = json_get(e, "caseItem");
    uint32_t n = items ? items->count : 0, *args = ARENA_ARRAY(c->a, 2 * (size_t)n + 2, uint32_t), i = 0;
    args[i++] = load(c, json_get(e, "comparand"));
    for (const json *x = n ? items->first : NULL; x; x = x->next) {
        args[i++] = load_needed(c, json_get(x, "when"), "when");
        args[i++] = load_needed(c, json_get(x, "then"), "then");
    }
    args[i++] = load_needed(c, json_get(e, "else"), "else");
    return load_finish(c, e, op, args, i);
}

