/* What a host gives the engine: functions the CQL declares external, a data model of its own, and threads that share a program. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <nextline/cql.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>   /* last: its fail() is a macro */

#define SYS "{urn:hl7-org:elm-types:r1}"
#define TOY "{urn:toy}"
#define NAMED(t) "{\"type\":\"NamedTypeSpecifier\",\"name\":\"" t "\"}"
#define TEXT(s) ((nl_str){ "" s, sizeof(s) - 1 })
#define OPEN "{\"library\":{\"identifier\":{\"id\":\"T\"},\"statements\":{\"def\":["
#define CLOSE "]}}}"
#define EXTERNAL(name, operand, result) \
    "{\"type\":\"FunctionDef\",\"locator\":\"1:1-1:9\",\"name\":\"" name "\",\"external\":true,\"resultTypeSpecifier\":" result \
    ",\"operand\":[{\"name\":\"x\",\"operandTypeSpecifier\":" operand "}]}"
#define CALL(name, type, operand) \
    "{\"type\":\"FunctionRef\",\"locator\":\"2:3-2:9\",\"name\":\"" name "\",\"signature\":[" type "],\"operand\":[" operand "]}"
#define DEFINE(name, e) "{\"name\":\"" name "\",\"expression\":" e "}"
#define NUMBER(n) "{\"type\":\"Literal\",\"valueType\":\"" SYS "Integer\",\"value\":\"" n "\"}"
#define REF(name) "{\"type\":\"ExpressionRef\",\"name\":\"" name "\"}"

typedef struct host {
    nl_cql_program *program;
    nl_cql_run *run;
    nl_error err;
    char text[8192];
    size_t n;
    nl_status told;              /* what a call from inside a call was answered with */
    int calls;
} host;

static nl_status keep(void *to, const char *bytes, size_t n)
{
    host *h = to;
    assert_true(n < sizeof h->text - h->n);
    memcpy(h->text + h->n, bytes, n);
    h->n += n;
    h->text[h->n] = '\0';
    return NL_OK;
}

static int setup(void **state)
{
    *state = test_calloc(1, sizeof(host));
    return 0;
}

static int teardown(void **state)
{
    host *h = *state;
    nl_cql_run_free(h->run);
    nl_cql_program_free(h->program);
    test_free(h);
    return 0;
}

static nl_status link_with(host *h, const char *elm, const nl_cql_function *functions, size_t count)
{
    nl_cql_library l = { .elm = { elm, strlen(elm) }, .file = "T.cql" };
    nl_cql_run_free(h->run);
    nl_cql_program_free(h->program);
    h->run = NULL;
    h->program = NULL;
    return nl_cql_link_with(&l, 1, functions, count, &h->program, &h->err);
}

static void begin(host *h, const char *elm, const nl_cql_function *functions, size_t count)
{
    nl_status s = link_with(h, elm, functions, count);
    if (s != NL_OK) {
        print_message("# %s: %s\n", h->err.where, h->err.what);
    }
    assert_int_equal(s, NL_OK);
    assert_int_equal(nl_cql_run_new(h->program, NULL, &h->run, &h->err), NL_OK);
    assert_int_equal(nl_cql_begin(h->run, "2026-01-15", &h->err), NL_OK);
}

static nl_status value(host *h, const char *define)
{
    h->n = 0;
    h->text[0] = '\0';
    return nl_cql_value(h->run, "T", define, keep, h, &h->err);
}

static void gives(host *h, const char *define, const char *expected)
{
    nl_status s = value(h, define);
    if (s != NL_OK) {
        print_message("# %s: %s\n", h->err.where, h->err.what);
    }
    assert_int_equal(s, NL_OK);
    assert_string_equal(h->text, expected);
}

/* ---- external functions ---- */

/* The one operand back as it came. */
static nl_status echo(void *self, nl_str operands, nl_cql_answer *to, nl_error *err)
{
    host *h = self;
    h->calls++;
    nl_cql_give_json(to, (nl_str){ operands.p + 1, operands.n - 2 });
    return NL_OK;
}

static nl_status twice(void *self, nl_str operands, nl_cql_answer *to, nl_error *err)
{
    return nl_cql_give_text(to, TEXT("42")) ? NL_OK : NL_E_ARG;
}

static nl_status refuse(void *self, nl_str operands, nl_cql_answer *to, nl_error *err)
{
    snprintf(err->what, sizeof err->what, "the table has no such row");
    return NL_E_IO;
}

static nl_status wrong(void *self, nl_str operands, nl_cql_answer *to, nl_error *err)
{
    assert_false(nl_cql_give_json(to, TEXT("\"seven\"")));
    return NL_OK;
}

static nl_status call_again(void *self, nl_str operands, nl_cql_answer *to, nl_error *err)
{
    host *h = self;
    nl_error unused;
    h->told = nl_cql_value(h->run, "T", "V", keep, h, &unused);
    assert_int_equal(nl_cql_begin(h->run, "2026-01-15", &unused), NL_E_ARG);
    return NL_OK;
}

static nl_status endless(void *self, nl_str operands, nl_cql_answer *to, nl_error *err)
{
    host *h = self;
    while (nl_cql_give_json(to, (nl_str){ "\"0123456789012345678901234567890123456789012345678901234567890123456789\"", 72 })) {
    }
    h->calls++; /* it comes back to the host */
    return NL_OK;
}

static const char of_integer[] = OPEN EXTERNAL("F", NAMED(SYS "Integer"), NAMED(SYS "Integer")) ","
    DEFINE("V", CALL("F", NAMED(SYS "Integer"), NUMBER("3"))) "," DEFINE("W", "{\"type\":\"Add\",\"operand\":[" REF("V") "," NUMBER("1") "]}") ","
    DEFINE("Other", NUMBER("5")) CLOSE;

static void an_external_function_that_no_one_gives_is_an_error_when_linking(void **state)
{
    host *h = *state;
    nl_cql_library l = { .elm = { of_integer, sizeof of_integer - 1 }, .file = "T.cql" };
    nl_cql_function other[] = { { "T", "G", NULL, echo, h }, { "U", "F", NULL, echo, h }, { "T", "F", "Decimal", echo, h } };
    nl_cql_function nothing = { "T", "F", NULL, NULL, NULL };
    assert_int_equal(nl_cql_link(&l, 1, &h->program, &h->err), NL_E_LOGIC);
    assert_string_equal(h->err.what, "library T: the external function F(Integer) is not given by the host");
    assert_int_equal(link_with(h, of_integer, other, 3), NL_E_LOGIC);
    assert_int_equal(link_with(h, OPEN EXTERNAL("F", NAMED(SYS "Integer"), NAMED(SYS "Integer")) "," DEFINE("Other", NUMBER("5")) CLOSE, NULL, 0),
                     NL_OK); /* nobody calls it */
    assert_int_equal(link_with(h, of_integer, &nothing, 1), NL_E_ARG);
    assert_int_equal(link_with(h, of_integer, NULL, 1), NL_E_ARG);
}

static void a_function_of_the_host_is_called_and_its_value_used(void **state)
{
    host *h = *state;
    nl_cql_function f = { "T", "F", "Integer", echo, h };
    begin(h, of_integer, &f, 1);
    gives(h, "W", "4");
    gives(h, "V", "3");
    assert_int_equal(h->calls, 1);
}

static void the_signature_tells_overloads_apart(void **state)
{
    host *h = *state;
    nl_cql_function both[] = { { "T", "F", "String", echo, h }, { "T", "F", "Integer", twice, h } };
    begin(h, OPEN EXTERNAL("F", NAMED(SYS "Integer"), NAMED(SYS "Integer")) "," EXTERNAL("F", NAMED(SYS "String"), NAMED(SYS "String")) ","
          DEFINE("V", CALL("F", NAMED(SYS "Integer"), NUMBER("3"))) CLOSE, both, 2);
    gives(h, "V", "42");
}

static void every_type_crosses_the_border_both_ways(void **state)
{
    host *h = *state;
#define LIST_OF(t) "{\"type\":\"ListTypeSpecifier\",\"elementType\":" t "}"
#define INTERVAL_OF(t) "{\"type\":\"IntervalTypeSpecifier\",\"pointType\":" t "}"
    static const struct {
        const char *type, *value;
    } cases[] = {
        { NAMED(SYS "Boolean"), "true" },
        { NAMED(SYS "Integer"), "-2147483648" },
        { NAMED(SYS "Long"), "{\"Long\":\"9223372036854775807\"}" },
        { NAMED(SYS "Decimal"), "1.50000001" },
        { NAMED(SYS "String"), "\"a \\\"b\\\" \\n \xc3\xa9\"" },
        { NAMED(SYS "Date"), "{\"Date\":\"2012-02\"}" },
        { NAMED(SYS "DateTime"), "{\"DateTime\":\"2012-02-29T10:00:00.000+02:00\"}" },
        { NAMED(SYS "Time"), "{\"Time\":\"10:30\"}" },
        { NAMED(SYS "Quantity"), "{\"Quantity\":[5.2,\"mg/dL\"]}" },
        { NAMED(SYS "Ratio"), "{\"Ratio\":[{\"Quantity\":[1,\"mg\"]},{\"Quantity\":[2,\"mL\"]}]}" },
        { NAMED(SYS "Code"), "{\"Code\":{\"code\":\"a\",\"display\":\"A\",\"system\":\"urn:s\"}}" },
        { NAMED(SYS "Concept"), "{\"Concept\":{\"codes\":[{\"code\":\"a\"}],\"display\":\"x\"}}" },
        { NAMED(SYS "Any"), "{\"Date\":\"2012-02\"}" },
        { NAMED(SYS "Any"), "[1,1.5,\"s\"]" },
        { LIST_OF(NAMED(SYS "Integer")), "[1,null,3]" },
        { LIST_OF(NAMED(SYS "Integer")), "[]" },
        { INTERVAL_OF(NAMED(SYS "Date")), "{\"Interval\":[\"[\",{\"Date\":\"2012-02-01\"},null,\")\"]}" },
        { LIST_OF(INTERVAL_OF(NAMED(SYS "Quantity"))), "[{\"Interval\":[\"(\",{\"Quantity\":[1,\"mg\"]},{\"Quantity\":[2,\"mg\"]},\"]\"]}]" },
        { "{\"type\":\"TupleTypeSpecifier\",\"element\":[{\"name\":\"a\",\"elementType\":" NAMED(SYS "Integer") "},{\"name\":\"b\",\"elementType\":"
          LIST_OF(NAMED(SYS "String")) "}]}", "{\"Tuple\":{\"a\":1,\"b\":[\"x\"]}}" },
        { "{\"type\":\"ChoiceTypeSpecifier\",\"choice\":[" NAMED(SYS "Date") "," NAMED(SYS "String") "]}", "\"2012\"" },
        { NAMED(SYS "Integer"), "null" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char elm[8192];
        const char *t = cases[i].type;
        nl_cql_function f = { "T", "F", NULL, echo, h };
        snprintf(elm, sizeof elm, "{\"library\":{\"identifier\":{\"id\":\"T\"},\"parameters\":{\"def\":[{\"name\":\"P\",\"parameterTypeSpecifier\":%s}]},"
                 "\"statements\":{\"def\":[" EXTERNAL("F", "%s", "%s") "," DEFINE("V", CALL("F", "%s", "{\"type\":\"ParameterRef\",\"name\":\"P\"}")) "]}}}",
                 t, t, t, t);
        begin(h, elm, &f, 1);
        assert_int_equal(nl_cql_set(h->run, "T", "P", (nl_str){ cases[i].value, strlen(cases[i].value) }, &h->err), NL_OK);
        gives(h, "V", cases[i].value);
    }
}

static void an_error_of_the_host_ends_the_define_with_its_words(void **state)
{
    host *h = *state;
    nl_cql_function f = { "T", "F", NULL, refuse, NULL };
    begin(h, of_integer, &f, 1);
    assert_int_equal(value(h, "W"), NL_E_LOGIC);
    assert_string_equal(h->err.what, "FunctionRef: F: the table has no such row");
    assert_string_equal(h->err.where, "T.cql:2:3");
    gives(h, "Other", "5");
}

static void an_answer_of_another_type_is_an_error_of_the_define(void **state)
{
    host *h = *state;
    nl_cql_function f = { "T", "F", NULL, wrong, NULL };
    begin(h, of_integer, &f, 1);
    assert_int_equal(value(h, "V"), NL_E_LOGIC);
    assert_string_equal(h->err.what, "FunctionRef: F: what the host answers is no Integer");
    begin(h, OPEN EXTERNAL("F", NAMED(SYS "Integer"), "{\"type\":\"IntervalTypeSpecifier\",\"pointType\":" NAMED(SYS "Integer") "}") ","
          DEFINE("V", CALL("F", NAMED(SYS "Integer"), NUMBER("3"))) CLOSE, &f, 1);
    assert_int_equal(value(h, "V"), NL_E_LOGIC);
}

static void a_host_that_answers_without_end_is_stopped_and_returns(void **state)
{
    host *h = *state;
    nl_limits few = { .memory_bytes = 4 << 20 };
    nl_cql_function f = { "T", "F", NULL, endless, h };
    begin(h, OPEN EXTERNAL("F", NAMED(SYS "Integer"), "{\"type\":\"ListTypeSpecifier\",\"elementType\":" NAMED(SYS "String") "}") ","
          DEFINE("V", CALL("F", NAMED(SYS "Integer"), NUMBER("3"))) CLOSE, &f, 1);
    nl_cql_run_free(h->run);
    assert_int_equal(nl_cql_run_new(h->program, &few, &h->run, &h->err), NL_OK);
    assert_int_equal(nl_cql_begin(h->run, "2026-01-15", &h->err), NL_OK);
    assert_int_equal(value(h, "V"), NL_E_LIMIT);
    assert_int_equal(h->calls, 1);
    assert_int_equal(value(h, "V"), NL_E_ARG);
    assert_int_equal(nl_cql_begin(h->run, "2026-01-15", &h->err), NL_OK);
}

static void a_function_may_not_use_the_run_that_calls_it(void **state)
{
    host *h = *state;
    nl_cql_function f = { "T", "F", NULL, call_again, h };
    begin(h, of_integer, &f, 1);
    gives(h, "V", "null");
    assert_int_equal(h->told, NL_E_ARG);
    gives(h, "Other", "5");
}

#define FHIR "{http://hl7.org/fhir}"
#define ALL_CONDITIONS \
    "{\"type\":\"Retrieve\",\"dataType\":\"" FHIR "Condition\",\"resultTypeSpecifier\":{\"type\":\"ListTypeSpecifier\",\"elementType\":" NAMED(FHIR "Condition") "}}"

static nl_status first_word(void *self, nl_str operands, nl_cql_answer *to, nl_error *err)
{
    host *h = self;
    h->n = 0;
    keep(h, operands.p, operands.n);
    nl_cql_give_json(to, TEXT("true"));
    return NL_OK;
}

static void an_element_of_the_data_comes_whole(void **state)
{
    static const char condition[] = "{\"resourceType\":\"Condition\",\"id\":\"c\",\"recordedDate\":\"2012\"}";
    static const char patient[] = "{\"resourceType\":\"Patient\",\"id\":\"p\"}";
    host *h = *state;
    nl_cql_function f = { "T", "F", FHIR "Condition", first_word, h };
    begin(h, OPEN EXTERNAL("F", NAMED(FHIR "Condition"), NAMED(SYS "Boolean")) ","
          DEFINE("V", CALL("F", NAMED(FHIR "Condition"), "{\"type\":\"SingletonFrom\",\"operand\":" ALL_CONDITIONS "}")) CLOSE, &f, 1);
    assert_int_equal(nl_cql_add(h->run, "p", patient, sizeof patient - 1, &h->err), NL_OK);
    assert_int_equal(nl_cql_add(h->run, "c", condition, sizeof condition - 1, &h->err), NL_OK);
    assert_int_equal(value(h, "V"), NL_OK);
    assert_string_equal(h->text, "[{\"FHIR\":\"Condition\",\"value\":{\"resourceType\":\"Condition\",\"id\":\"c\",\"recordedDate\":\"2012\"}}]true");
}

static void a_function_cannot_return_what_only_the_data_has(void **state)
{
    host *h = *state;
    nl_cql_function f = { "T", "F", NULL, echo, h };
    assert_int_equal(link_with(h, OPEN EXTERNAL("F", NAMED(SYS "Integer"), NAMED(FHIR "Condition")) CLOSE, &f, 1), NL_E_LOGIC);
    assert_string_equal(h->err.what, "library T: the external function F returns a {http://hl7.org/fhir}Condition, which a host cannot make");
}

/* ---- a data model of the host ---- */

typedef struct reading {
    const char *name, *kind, *day, *amount, *note;
} reading;

typedef struct toy {
    reading rows[4];
    size_t count;
} toy;

static uint32_t toy_type(void *data, nl_str name)
{
    static const char *const names[] = { TOY "Reading", TOY "Note" };
    for (uint32_t i = 0; i < 2; i++) {
        if (name.n == strlen(names[i]) && memcmp(name.p, names[i], name.n) == 0) {
            return i + 1;
        }
    }
    return 0;
}

static void toy_rows(void *data, uint32_t type, nl_cql_answer *to)
{
    toy *t = data;
    for (size_t i = 0; type == 1 && i < t->count; i++) {
        nl_cql_give_item(to, &t->rows[i], 1);
    }
}

static void toy_property(void *data, const void *item, uint32_t type, nl_str name, nl_cql_answer *to)
{
    const reading *r = item;
    const char *text = type == 2 ? r->note : r->amount;
    char code[80];
    if (name.p[0] == 'd' && r->day) {
        nl_cql_give_json(to, (nl_str){ code, (size_t)snprintf(code, sizeof code, "{\"Date\":\"%s\"}", r->day) });
        return;
    }
    if (name.p[0] == 'k') {
        nl_cql_give_json(to, (nl_str){ code, (size_t)snprintf(code, sizeof code, "{\"Code\":{\"code\":\"%s\",\"system\":\"urn:kinds\"}}", r->kind) });
    } else if (name.p[0] == 'n') {
        nl_cql_give_item(to, r, 2);
    } else if (name.p[0] != 'd') {
        nl_cql_give_text(to, (nl_str){ text, strlen(text) });
    }
}

static void toy_name(void *data, const void *item, uint32_t type, nl_cql_answer *to)
{
    const reading *r = item;
    nl_cql_give_text(to, (nl_str){ r->name, strlen(r->name) });
}

static void toy_codes(void *data, nl_str url, nl_str version, nl_cql_answer *to)
{
    if (url.n == 8 && memcmp(url.p, "urn:both", 8) == 0) {
        nl_cql_give_json(to, TEXT("{\"Code\":{\"code\":\"a\",\"system\":\"urn:kinds\"}}"));
        nl_cql_give_json(to, TEXT("{\"Code\":{\"code\":\"b\",\"system\":\"urn:kinds\"}}"));
    }
}

static const nl_cql_model toy_model = { toy_type, toy_rows, toy_property, NULL, toy_name, toy_codes };

#define READINGS \
    "\"type\":\"Retrieve\",\"dataType\":\"" TOY "Reading\",\"resultTypeSpecifier\":{\"type\":\"ListTypeSpecifier\",\"elementType\":" NAMED(TOY "Reading") "}"
#define CODED(code) \
    "{" READINGS ",\"codeProperty\":\"kind\",\"codes\":{\"type\":\"ToList\",\"operand\":{\"type\":\"CodeRef\",\"name\":\"" code "\"}}}"
#define OF_EACH(path, type) \
    "{\"type\":\"Query\",\"source\":[{\"alias\":\"R\",\"expression\":{" READINGS "}}],\"return\":{\"distinct\":false,\"expression\":" PROPERTY(path, type) "}}"
#define PROPERTY(path, type) \
    "{\"type\":\"Property\",\"path\":\"" path "\",\"resultTypeName\":\"" type "\",\"source\":{\"type\":\"AliasRef\",\"name\":\"R\"}}"
#define BOOLEAN(name, e) "{\"name\":\"" name "\",\"locator\":\"1:1-1:9\",\"resultTypeName\":\"" SYS "Boolean\",\"expression\":" e "}"
#define EXISTS(rows) "{\"type\":\"Exists\",\"resultTypeName\":\"" SYS "Boolean\",\"operand\":" rows "}"

#define DAY(y, m, d) "{\"type\":\"Date\",\"year\":" NUMBER(y) ",\"month\":" NUMBER(m) ",\"day\":" NUMBER(d) "}"
#define ALL_OF_2012 "{\"type\":\"Interval\",\"lowClosed\":true,\"highClosed\":true,\"low\":" DAY("2012", "1", "1") ",\"high\":" DAY("2012", "12", "31") "}"
#define DATED(path) "{" READINGS ",\"dateProperty\":\"" path "\",\"dateRange\":" ALL_OF_2012 "}"

static const char over_toy[] =
    "{\"library\":{\"identifier\":{\"id\":\"T\"},\"codeSystems\":{\"def\":[{\"name\":\"K\",\"id\":\"urn:kinds\"}]},"
    "\"valueSets\":{\"def\":[{\"name\":\"Both\",\"id\":\"urn:both\"},{\"name\":\"None\",\"id\":\"urn:none\"}]},"
    "\"codes\":{\"def\":[{\"name\":\"A\",\"id\":\"a\",\"codeSystem\":{\"name\":\"K\"}},{\"name\":\"B\",\"id\":\"b\",\"codeSystem\":{\"name\":\"K\"}}]},"
    "\"statements\":{\"def\":["
    DEFINE("Rows", "{" READINGS "}") "," BOOLEAN("Has A", EXISTS(CODED("A"))) "," BOOLEAN("Has B", EXISTS(CODED("B"))) ","
    DEFINE("In", "{" READINGS ",\"codeProperty\":\"kind\",\"codes\":{\"type\":\"ExpandValueSet\",\"operand\":{\"type\":\"ValueSetRef\",\"name\":\"Both\"}}}") ","
    DEFINE("Not in", "{" READINGS ",\"codeProperty\":\"kind\",\"codes\":{\"type\":\"ExpandValueSet\",\"operand\":{\"type\":\"ValueSetRef\",\"name\":\"None\"}}}") ","
    DEFINE("Days", OF_EACH("day", SYS "Date")) "," DEFINE("Amounts", OF_EACH("amount", SYS "Decimal")) ","
    DEFINE("Notes", OF_EACH("note", TOY "Note")) "," DEFINE("Others", "{\"type\":\"Retrieve\",\"dataType\":\"" TOY "Note\"}") "]}}}";

static void begin_toy(host *h, toy *t)
{
    begin(h, over_toy, NULL, 0);
    *t = (toy){ { { "r1", "a", "2012-03", "1.5", "x" }, { "r2", "b", NULL, "many", "y" } }, 2 };
    assert_int_equal(nl_cql_begin_model(h->run, "2026-01-15", &toy_model, t, &h->err), NL_OK);
}

static void cql_runs_over_a_model_of_the_host(void **state)
{
    host *h = *state;
    toy t;
    begin_toy(h, &t);
    gives(h, "Rows", "[{\"Item\":\"r1\"},{\"Item\":\"r2\"}]");
    gives(h, "Has A", "true");
    gives(h, "Days", "[{\"Date\":\"2012-03\"},null]");
    gives(h, "Amounts", "[1.5,null]"); /* what is no Decimal is null */
    gives(h, "Notes", "[{\"Item\":\"r1\"},{\"Item\":\"r2\"}]");
    gives(h, "Others", "[]");
    gives(h, "In", "[{\"Item\":\"r1\"},{\"Item\":\"r2\"}]");
    assert_int_equal(value(h, "Not in"), NL_E_LOGIC);
}

static void a_value_set_that_the_host_does_not_have_is_looked_for_among_those_for_all(void **state)
{
    host *h = *state;
    toy t;
    static const char sets[] =
        "[{\"resourceType\":\"ValueSet\",\"url\":\"urn:none\",\"compose\":{\"include\":[{\"system\":\"urn:kinds\",\"concept\":[{\"code\":\"b\"}]}]}},"
        "{\"resourceType\":\"ValueSet\",\"url\":\"urn:both\",\"compose\":{\"include\":[{\"system\":\"urn:kinds\",\"concept\":[{\"code\":\"z\"}]}]}}]";
    nl_cql_input in = { { sets, sizeof sets - 1 }, "sets.json" };
    nl_cql_terminology *terms = NULL;
    begin_toy(h, &t);
    nl_cql_run_free(h->run);
    h->run = NULL;
    assert_int_equal(nl_cql_terminology_read(&in, 1, &terms, &h->err), NL_OK);
    assert_int_equal(nl_cql_run_new(h->program, NULL, &h->run, &h->err), NL_OK);
    assert_int_equal(nl_cql_use(h->run, terms, &h->err), NL_OK);
    assert_int_equal(nl_cql_begin_model(h->run, "2026-01-15", &toy_model, &t, &h->err), NL_OK);
    gives(h, "Not in", "[{\"Item\":\"r2\"}]");
    gives(h, "In", "[{\"Item\":\"r1\"},{\"Item\":\"r2\"}]");
    nl_cql_run_free(h->run);
    h->run = NULL;
    nl_cql_terminology_free(terms);
}

static const char by_date[] = OPEN DEFINE("Of 2012", DATED("day")) "," DEFINE("Of texts", DATED("amount")) CLOSE;

static void rows_are_found_by_date_and_a_text_is_no_date(void **state)
{
    host *h = *state;
    toy t = { { { "r1", "a", "2012-03", "1.5", "x" }, { "r2", "b", NULL, "many", "y" }, { "r3", "b", "2013-03", "2", "y" } }, 3 };
    begin(h, by_date, NULL, 0);
    assert_int_equal(nl_cql_begin_model(h->run, "2026-01-15", &toy_model, &t, &h->err), NL_OK);
    gives(h, "Of 2012", "[{\"Item\":\"r1\"}]");
    assert_int_equal(value(h, "Of texts"), NL_E_LOGIC);
    assert_string_equal(h->err.what, "Retrieve: the date of a row is a String");
}

static void what_can_read_changed_items_is_asked_again(void **state)
{
    host *h = *state;
    toy t;
    begin_toy(h, &t);
    gives(h, "Has B", "true");
    t.count = 1;
    gives(h, "Has B", "true");
    assert_int_equal(nl_cql_forget(h->run, "Note", &h->err), NL_OK);
    gives(h, "Has B", "true");
    assert_int_equal(nl_cql_forget(h->run, "Reading", &h->err), NL_OK);
    gives(h, "Has B", "false");
}

static void an_explanation_names_items_of_the_host(void **state)
{
    host *h = *state;
    toy t;
    begin_toy(h, &t);
    h->n = 0;
    assert_int_equal(nl_cql_explain(h->run, "T", "Has B", keep, h, &h->err), NL_OK);
    assert_non_null(strstr(h->text, "\"facts\":[\"Reading/r2\"]"));
}

static void a_model_and_fhir_do_not_mix(void **state)
{
    host *h = *state;
    toy t;
    nl_cql_model less = { .type = toy_type, .rows = toy_rows };
    begin_toy(h, &t);
    assert_int_equal(nl_cql_add(h->run, "x", "{}", 2, &h->err), NL_E_ARG);
    assert_int_equal(nl_cql_put(h->run, "{}", 2, &h->err), NL_E_ARG);
    assert_int_equal(nl_cql_begin_model(h->run, "2026-01-15", &less, &t, &h->err), NL_E_ARG);
    assert_int_equal(nl_cql_begin(h->run, "2026-01-15", &h->err), NL_OK);
    assert_int_equal(nl_cql_forget(h->run, "Reading", &h->err), NL_E_ARG);
    gives(h, "Rows", "[]");
}

/* ---- limits ---- */

/* The value, or a limit: never anything else, and the run is good for the next patient. */
static void within(host *h, const nl_limits *limits, bool *reached, bool *passed)
{
    toy t = { { { "r1", "a", "2012-03", "1.5", "x" }, { "r2", "b", NULL, "many", "y" } }, 2 };
    nl_cql_run *r = NULL;
    nl_status s = nl_cql_run_new(h->program, limits, &r, &h->err);
    for (int again = 0; again < 2 && s == NL_OK; again++) {
        h->n = 0;
        s = nl_cql_begin_model(r, "2026-01-15", &toy_model, &t, &h->err);
        s = s == NL_OK ? nl_cql_value(r, "T", "In", keep, h, &h->err) : s;
        s = s == NL_OK ? nl_cql_value(r, "T", "Twice", keep, h, &h->err) : s;
        *reached = *reached || s == NL_E_LIMIT;
        if (s == NL_OK) {
            assert_string_equal(h->text, "[{\"Item\":\"r1\"},{\"Item\":\"r2\"}]42");
            *passed = true;
        }
        assert_true(s == NL_OK || s == NL_E_LIMIT);
        s = NL_OK;
    }
    nl_cql_run_free(r);
}

static void a_limit_anywhere_while_a_host_answers_is_told(void **state)
{
    host *h = *state;
    static const char elm[] = "{\"library\":{\"identifier\":{\"id\":\"T\"},\"valueSets\":{\"def\":[{\"name\":\"Both\",\"id\":\"urn:both\"}]},"
        "\"statements\":{\"def\":[" DEFINE("In", "{" READINGS ",\"codeProperty\":\"kind\",\"codes\":{\"type\":\"ExpandValueSet\",\"operand\":"
        "{\"type\":\"ValueSetRef\",\"name\":\"Both\"}}}") "," EXTERNAL("F", NAMED(SYS "Integer"), NAMED(SYS "Integer")) ","
        DEFINE("Twice", CALL("F", NAMED(SYS "Integer"), NUMBER("21"))) CLOSE;
    nl_cql_function f = { "T", "F", "Integer", twice, NULL };
    bool reached[3] = { 0 }, passed[3] = { 0 };
    assert_int_equal(link_with(h, elm, &f, 1), NL_OK);
    for (uint32_t i = 1; i < 200; i++) {
        within(h, &(nl_limits){ .steps_max = i }, &reached[0], &passed[0]);
        within(h, &(nl_limits){ .depth_max = i }, &reached[1], &passed[1]);
        within(h, &(nl_limits){ .memory_bytes = (size_t)i * 512 }, &reached[2], &passed[2]);
    }
    for (int i = 0; i < 3; i++) {
        assert_true(reached[i]);
        assert_true(passed[i]);
    }
}

/* ---- threads ---- */

enum { THREADS = 4, PATIENTS = 50 };

typedef struct thread_job {
    const nl_cql_program *program;
    char text[64];
    size_t n;
    int wrong;
} thread_job;

static nl_status keep_short(void *to, const char *bytes, size_t n)
{
    thread_job *j = to;
    if (n >= sizeof j->text - j->n) {
        return NL_E_LIMIT;
    }
    memcpy(j->text + j->n, bytes, n);
    j->n += n;
    return NL_OK;
}

static void *evaluate_many(void *arg)
{
    thread_job *j = arg;
    nl_cql_run *r = NULL;
    nl_error err;
    char expected[64];
    j->wrong = nl_cql_run_new(j->program, NULL, &r, &err) != NL_OK;
    for (int i = 0; i < PATIENTS && !j->wrong; i++) {
        toy t = { .count = (size_t)(i % 3) };
        for (size_t k = 0; k < t.count; k++) {
            t.rows[k] = (reading){ k ? "r2" : "r1", "a", "2012", "1", "x" };
        }
        snprintf(expected, sizeof expected, "[%s]", i % 3 == 0 ? "" : i % 3 == 1 ? "{\"Item\":\"r1\"}" : "{\"Item\":\"r1\"},{\"Item\":\"r2\"}");
        j->n = 0;
        j->wrong = nl_cql_begin_model(r, "2026-01-15", &toy_model, &t, &err) != NL_OK || nl_cql_value(r, "T", "Rows", keep_short, j, &err) != NL_OK ||
                   j->n != strlen(expected) || memcmp(j->text, expected, j->n) != 0;
    }
    nl_cql_run_free(r);
    return NULL;
}

static void threads_share_a_program(void **state)
{
    host *h = *state;
    pthread_t threads[THREADS];
    thread_job jobs[THREADS];
    begin(h, over_toy, NULL, 0);
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (thread_job){ .program = h->program };
        assert_int_equal(pthread_create(&threads[i], NULL, evaluate_many, &jobs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_false(jobs[i].wrong);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_external_function_that_no_one_gives_is_an_error_when_linking),
        TEST(a_function_of_the_host_is_called_and_its_value_used),
        TEST(the_signature_tells_overloads_apart),
        TEST(every_type_crosses_the_border_both_ways),
        TEST(an_error_of_the_host_ends_the_define_with_its_words),
        TEST(an_answer_of_another_type_is_an_error_of_the_define),
        TEST(a_host_that_answers_without_end_is_stopped_and_returns),
        TEST(a_function_may_not_use_the_run_that_calls_it),
        TEST(an_element_of_the_data_comes_whole),
        TEST(a_function_cannot_return_what_only_the_data_has),
        TEST(cql_runs_over_a_model_of_the_host),
        TEST(a_value_set_that_the_host_does_not_have_is_looked_for_among_those_for_all),
        TEST(rows_are_found_by_date_and_a_text_is_no_date),
        TEST(what_can_read_changed_items_is_asked_again),
        TEST(an_explanation_names_items_of_the_host),
        TEST(a_model_and_fhir_do_not_mix),
        TEST(a_limit_anywhere_while_a_host_answers_is_told),
        TEST(threads_share_a_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
