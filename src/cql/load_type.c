/* SPDX-License-Identifier: Apache-2.0 */
/* Types are interned by a canonical name, so that two are the same when their indices are. */
#include "cql/load.h"

#define SYSTEM_NAMESPACE "{urn:hl7-org:elm-types:r1}"

static const struct {
    const char *name;
    cql_kind kind;
} system_types[] = {
    { "Any", CQL_NULL },        { "Boolean", CQL_BOOLEAN },   { "Integer", CQL_INTEGER }, { "Long", CQL_LONG },
    { "Decimal", CQL_DECIMAL }, { "String", CQL_STRING },     { "Date", CQL_DATE },       { "DateTime", CQL_DATETIME },
    { "Time", CQL_TIME },       { "Quantity", CQL_QUANTITY }, { "Ratio", CQL_RATIO },     { "Code", CQL_CODE },
    { "Concept", CQL_CONCEPT }, { "Vocabulary", CQL_VOCABULARY }, { "ValueSet", CQL_VALUE_SET },
    { "CodeSystem", CQL_CODE_SYSTEM },
};

static uint32_t intern(compiler *c, type t)
{
    for (size_t i = 0; i < c->types.count; i++) {
        if (str_eq(c->types.at[i].name, t.name)) {
            return (uint32_t)i;
        }
    }
    t.name = arena_str(c->a, t.name);
    *VEC_PUSH(c->a, &c->types) = t;
    return (uint32_t)c->types.count - 1;
}

uint32_t type_named(compiler *c, str qualified)
{
    str system = STR(SYSTEM_NAMESPACE);
    if (!str_starts(qualified, system)) {
        if (qualified.n == 0 || qualified.p[0] != '{') {
            return load_fail(c, "the type name '%.*s' is not qualified", STR_ARG(qualified));
        }
        return intern(c, (type){ .form = TYPE_MODEL, .name = qualified });
    }
    str name = str_from(qualified, system.n);
    for (size_t i = 0; i < sizeof system_types / sizeof *system_types; i++) {
        if (str_is(name, system_types[i].name)) {
            return intern(c, (type){ .form = TYPE_SYSTEM, .kind = (uint8_t)system_types[i].kind, .name = name });
        }
    }
    return load_fail(c, "the type System.%.*s is not known", STR_ARG(name));
}

static uint32_t one_part(compiler *c, type_form form, const char *word, const json *of)
{
    uint32_t part = type_specified(c, of);
    if (part == CQL_NONE) {
        return CQL_NONE;
    }
    uint32_t *parts = ARENA_NEW(c->a, uint32_t);
    *parts = part;
    str name = arena_printf(c->a, "%s<%.*s>", word, STR_ARG(c->types.at[part].name));
    return intern(c, (type){ .form = (uint8_t)form, .name = name, .parts = parts, .count = 1 });
}

static uint32_t choice(compiler *c, const json *choices)
{
    uint32_t n = choices ? choices->count : 0, *parts = ARENA_ARRAY(c->a, n, uint32_t), i = 0;
    str name = STR("Choice<");
    for (const json *x = n ? choices->first : NULL; x; x = x->next, i++) {
        parts[i] = type_specified(c, x);
        if (parts[i] == CQL_NONE) {
            return CQL_NONE;
        }
        name = arena_printf(c->a, "%.*s%s%.*s", STR_ARG(name), i ? "," : "", STR_ARG(c->types.at[parts[i]].name));
    }
    name = arena_printf(c->a, "%.*s>", STR_ARG(name));
    return intern(c, (type){ .form = TYPE_CHOICE, .name = name, .parts = parts, .count = n });
}

static uint32_t tuple(compiler *c, const json *elements)
{
    uint32_t n = elements ? elements->count : 0, *parts = ARENA_ARRAY(c->a, n, uint32_t), i = 0;
    str *names = ARENA_ARRAY(c->a, n, str), name = STR("Tuple{");
    for (const json *x = n ? elements->first : NULL; x; x = x->next, i++) {
        const json *of = json_get(x, "elementType");
        parts[i] = type_specified(c, of ? of : json_get(x, "type"));
        if (parts[i] == CQL_NONE) {
            return CQL_NONE;
        }
        names[i] = json_get_text(x, "name");
        name = arena_printf(c->a, "%.*s%s%.*s:%.*s", STR_ARG(name), i ? "," : "", STR_ARG(names[i]),
                            STR_ARG(c->types.at[parts[i]].name));
    }
    name = arena_printf(c->a, "%.*s}", STR_ARG(name));
    return intern(
        c, (type){ .form = TYPE_TUPLE, .name = name, .parts = parts, .names = names, .count = n, .name_count = n });
}

uint32_t type_specified(compiler *c, const json *s)
{
    str form = json_get_text(s, "type");
    if (str_is(form, "NamedTypeSpecifier")) {
        return type_named(c, json_get_text(s, "name"));
    }
    arena_enter(c->a);
    uint32_t t =
        str_is(form, "ListTypeSpecifier")       ? one_part(c, TYPE_LIST, "List", json_get(s, "elementType"))
        : str_is(form, "IntervalTypeSpecifier") ? one_part(c, TYPE_INTERVAL, "Interval", json_get(s, "pointType"))
        : str_is(form, "ChoiceTypeSpecifier")   ? choice(c, json_get(s, "choice"))
        : str_is(form, "TupleTypeSpecifier")    ? tuple(c, json_get(s, "element"))
                                                : load_fail(c, "the type specifier '%.*s' is not known", STR_ARG(form));
    arena_exit(c->a);
    return t;
}

uint32_t type_of(compiler *c, const json *e)
{
    const json *specifier = json_get(e, "resultTypeSpecifier");
    str name = json_get_text(e, "resultTypeName");
    if (specifier) {
        return type_specified(c, specifier);
    }
    return type_named(c, name.n ? name : STR(SYSTEM_NAMESPACE "Any"));
}

uint32_t type_kinds(const compiler *c, uint32_t index)
{
    const type *t = &c->types.at[index];
    switch ((type_form)t->form) {
    case TYPE_SYSTEM:
        return t->kind == CQL_NULL ? K_ALL : t->kind == CQL_VOCABULARY ? K_VOCABULARY : 1u << t->kind;
    case TYPE_MODEL:
        return K(ITEM);
    case TYPE_LIST:
        return K(LIST);
    case TYPE_INTERVAL:
        return K(INTERVAL);
    case TYPE_TUPLE:
        return K(TUPLE);
    case TYPE_CHOICE:
        break;
    }
    uint32_t kinds = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        kinds |= type_kinds(c, t->parts[i]);
    }
    return kinds;
}
