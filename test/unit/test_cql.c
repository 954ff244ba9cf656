/* SPDX-License-Identifier: Apache-2.0 */
/* The engine over a toy model: a table of rows, each with a code, a word and a number. */
#include "cql/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

/* ---- the toy ---- */

typedef struct row {
    const char *code, *word, *number;
    json root;
} row;
typedef struct toy {
    row *rows;
    uint32_t count, retrieves;
} toy;
enum { TYPE_ROW = 3, TYPE_OTHER = 4 };

static uint32_t toy_type(const cql_model *m, str name)
{
    return str_is(name, "{urn:toy}Row") ? TYPE_ROW : str_is(name, "{urn:toy}Other") ? TYPE_OTHER : 0;
}

static uint32_t toy_retrieve(const cql_model *m, arena *a, const cql_retrieval *q, const cql_value **rows)
{
    toy *t = m->self;
    cql_value *found = ARENA_ARRAY(a, t->count, cql_value);
    uint32_t n = 0;
    assert_true(str_is(q->type, "Row"));
    t->retrieves++;
    for (uint32_t i = 0; i < t->count; i++) {
        bool wanted = !q->filtered;
        wanted = wanted || cql_codes_hold(q->codes, str_of(t->rows[i].code), STR("urn:codes"));
        if (wanted) {
            found[n++] = cql_item(&t->rows[i], TYPE_ROW);
        }
    }
    *rows = found;
    return n;
}

static cql_value toy_property(const cql_model *m, arena *a, cql_value item, str name, cql_expected expected)
{
    const row *x = item.as.p;
    const char *text = str_is(name, "word") ? x->word : str_is(name, "number") ? x->number : NULL;
    return text ? cql_read(a, expected.kind, str_of(text)) : cql_null();
}

static bool toy_is(const cql_model *m, cql_value item, uint32_t type)
{
    return item.n == type;
}
static const json *toy_root(const cql_model *m, cql_value item)
{
    return &((const row *)item.as.p)->root;
}

static const cql_codes *toy_codes(const cql_model *m, arena *a, cql_kind kind, str url, str version, str *why)
{
    static const cql_code reds[] = { { STR_INIT("red"), STR_INIT("urn:codes"), { 0 }, { 0 } },
                                     { STR_INIT("pink"), STR_INIT("urn:codes"), { 0 }, { 0 } } };
    return kind == CQL_VALUE_SET && str_is(url, "urn:reds") ? cql_codes_make(a, reds, 2) : NULL;
}

static cql_model toy_model(toy *t)
{
    return (cql_model){ .self = t,
                        .type = toy_type,
                        .retrieve = toy_retrieve,
                        .property = toy_property,
                        .is = toy_is,
                        .root = toy_root,
                        .codes = toy_codes };
}

/* ---- ELM by hand ---- */

#define SYS "{urn:hl7-org:elm-types:r1}"
#define LIBRARY(name, more, defs)                                                                                      \
    "{\"library\":{\"identifier\":{\"id\":\"" name "\"}," more "\"statements\":{\"def\":[" defs "]}}}"
#define BOOLEAN(name, at, e)                                                                                           \
    "{\"name\":\"" name "\",\"locator\":\"" at "\",\"resultTypeName\":\"" SYS "Boolean\",\"expression\":" e "}"
#define DEFINE(name, e) "{\"name\":\"" name "\",\"expression\":" e "}"
#define CODES                                                                                                          \
    "\"codeSystems\":{\"def\":[{\"name\":\"S\",\"id\":\"urn:codes\"}]},\"codes\":{\"def\":["                           \
    "{\"name\":\"A\",\"id\":\"a\",\"codeSystem\":{\"name\":\"S\"}},{\"name\":\"B\",\"id\":\"b\",\"codeSystem\":{"      \
    "\"name\":\"S\"}}]},"
#define LIST_OF(t)                                                                                                     \
    "\"resultTypeSpecifier\":{\"type\":\"ListTypeSpecifier\",\"elementType\":{\"type\":\"NamedTypeSpecifier\","        \
    "\"name\":\"" t "\"}}"
#define ROWS(code)                                                                                                     \
    "{\"type\":\"Retrieve\",\"locator\":\"9:1-9:9\"," LIST_OF(                                                         \
        "{urn:toy}Row") ",\"dataType\":\"{urn:toy}Row\",\"codeProperty\":\"code\","                                    \
                        "\"codes\":{\"type\":\"ToList\",\"operand\":{\"type\":\"CodeRef\",\"name\":\"" code "\"}}}"
#define REF(name) "{\"type\":\"ExpressionRef\",\"name\":\"" name "\"}"
#define REF_AT(name, at) "{\"type\":\"ExpressionRef\",\"locator\":\"" at "\",\"name\":\"" name "\"}"
#define TRUE "{\"type\":\"Literal\",\"valueType\":\"" SYS "Boolean\",\"value\":\"true\"}"
#define FALSE "{\"type\":\"Literal\",\"valueType\":\"" SYS "Boolean\",\"value\":\"false\"}"
#define NOTHING "{\"type\":\"Null\"}"
#define TEXT(s) "{\"type\":\"Literal\",\"valueType\":\"" SYS "String\",\"value\":\"" s "\"}"
#define TWO(op, x, y) "{\"type\":\"" op "\",\"locator\":\"2:3-2:9\",\"operand\":[" x "," y "]}"
#define ONE(op, x) "{\"type\":\"" op "\",\"operand\":" x "}"
#define WORD "{\"type\":\"Property\",\"path\":\"word\",\"scope\":\"R\",\"resultTypeName\":\"" SYS "String\"}"
#define EACH(source, e)                                                                                                \
    "{\"type\":\"Query\"," LIST_OF(SYS "Boolean") ",\"source\":[{\"alias\":\"R\",\"expression\":" source               \
                                                  "}],\"return\":{\"distinct\":false,\"expression\":" e "}}"

static arena *fresh(void)
{
    arena *a = arena_new(NULL);
    assert_non_null(a);
    return a;
}

typedef struct compiling {
    const cql_source *sources;
    size_t count;
    cql_program *program;
} compiling;

static nl_status compile_guarded(arena *a, void *arg, nl_error *err)
{
    compiling *c = arg;
    return cql_compile(a, c->sources, c->count, &c->program, err);
}

static cql_program *compiled(arena *a, const char *elm)
{
    cql_source s = { str_of(elm), STR("define \"X\":\n  one and // why\n  two\n"), STR("cql/T.cql") };
    compiling c = { &s, 1, NULL };
    nl_error err = { 0 };
    if (guard_run(a, compile_guarded, &c, &err) != NL_OK) {
        print_message("# %s: %s\n", err.where, err.what);
    }
    assert_non_null(c.program);
    return c.program;
}

static void refused(const char *elm, nl_status status, const char *where, const char *what)
{
    arena *a = fresh();
    cql_source s = { str_of(elm), STR(""), STR("cql/T.cql") };
    compiling c = { &s, 1, NULL };
    nl_error err = { 0 };
    assert_int_equal(guard_run(a, compile_guarded, &c, &err), status);
    assert_string_equal(err.where, where);
    assert_true(str_find(str_of(err.what), str_of(what)) >= 0);
    arena_free(a);
}

static const date today = { 2026, 1, 15, DATE_DAY };

/* ---- loading ---- */

static void an_unknown_node_is_refused_with_library_and_place(void **state)
{
    refused(LIBRARY("T", "", DEFINE("X", "{\"type\":\"Guess\",\"locator\":\"7:5-7:9\"}")), NL_E_LOGIC, "cql/T.cql:7:5",
            "library T: the node Guess is not supported");
    refused("{\"type\":\"Bundle\"}", NL_E_SYNTAX, "cql/T.cql", "not an ELM library");
    refused(
        LIBRARY("T", "\"includes\":{\"def\":[{\"localIdentifier\":\"O\",\"path\":\"Other\"}]},", DEFINE("X", NOTHING)),
        NL_E_LOGIC, "cql/T.cql:0:0", "Other");
}

/* ---- once for all rows ---- */

static void what_no_row_changes_is_asked_once(void **state)
{
    row rows[3] = { { .code = "a", .word = "x" }, { .code = "a", .word = "y" }, { .code = "b", .word = "y" } };
    toy t = { rows, 3, 0 };
    cql_model m = toy_model(&t);
    arena *a = fresh();
    /* exists [Row: B] for each row of [Row: A]: one retrieve each, however many rows */
    cql_program *p = compiled(a, LIBRARY("T", CODES, DEFINE("X", EACH(ROWS("A"), ONE("Exists", ROWS("B")))) ","
                                         DEFINE("Y", EACH(ROWS("A"), ONE("Exists", EACH(ROWS("B"), TWO("Equal", WORD, WORD)))))));
    cql_run *r = cql_run_make(a, p, &m, today);
    buf out = buf_make(a, BUF_MAX_DEFAULT);
    cql_write(r, 0, &out);
    assert_true(str_is(buf_str(&out), "[true,true]"));
    assert_int_equal(t.retrieves, 2);
    cql_write(r, 1, &out);
    assert_true(str_is(buf_str(&out), "[true,true][true,true]"));
    assert_int_equal(t.retrieves, 4);
    arena_free(a);
}

/* ---- every node of ELM ---- */

/* The expressions of the ELM schema r1, the clinical ones included. */
static const char elm_nodes[] =
    "ExpressionRef FunctionRef ParameterRef OperandRef IdentifierRef Literal Tuple Instance Interval List And "
    "Or Xor Implies Not If Case Null IsNull IsTrue IsFalse Coalesce Is As Convert CanConvert ToBoolean "
    "ConvertsToBoolean ToConcept ConvertsToDate ToDate ConvertsToDateTime ToDateTime ConvertsToDecimal "
    "ToDecimal ConvertsToInteger ToInteger ConvertsToLong ToLong ConvertsToQuantity ToQuantity ConvertsToRatio "
    "ToRatio ToList ToChars ConvertsToString ToString ConvertsToTime ToTime CanConvertQuantity ConvertQuantity "
    "Equal Equivalent NotEqual Less Greater LessOrEqual GreaterOrEqual Add Subtract Multiply Divide "
    "TruncatedDivide Modulo Ceiling Floor Truncate Abs Negate Round Ln Exp Log Power Successor Predecessor "
    "MinValue MaxValue Precision LowBoundary HighBoundary Concatenate Combine Split SplitOnMatches Length "
    "Upper Lower Indexer PositionOf LastPositionOf Substring StartsWith EndsWith Matches ReplaceMatches "
    "DurationBetween DifferenceBetween DateFrom TimeFrom TimezoneFrom TimezoneOffsetFrom DateTimeComponentFrom "
    "TimeOfDay Today Now Date DateTime Time SameAs SameOrBefore SameOrAfter PointFrom Width Size Start End "
    "Contains ProperContains In ProperIn Includes IncludedIn ProperIncludes ProperIncludedIn Before After "
    "Meets MeetsBefore MeetsAfter Overlaps OverlapsBefore OverlapsAfter Starts Ends Collapse Expand Union "
    "Intersect Except Exists Times Filter First Last Slice IndexOf Flatten Sort ForEach Repeat Distinct "
    "Current Iteration Total SingletonFrom Aggregate Count Sum Product Min Max Avg GeometricMean Median Mode "
    "Variance PopulationVariance StdDev PopulationStdDev AllTrue AnyTrue Property Query AliasRef QueryLetRef "
    "Children Descendants Descendents Message Retrieve Search CodeSystemRef ValueSetRef CodeRef ConceptRef "
    "Code Concept InCodeSystem AnyInCodeSystem InValueSet AnyInValueSet ExpandValueSet Subsumes SubsumedBy "
    "Quantity Ratio CalculateAge CalculateAgeAt ";

static bool is_supported(const char *name, const char *elm, nl_error *err)
{
    cql_program *p = NULL;
    cql_source source = { str_of(elm), STR(""), STR("n.cql") };
    compiling c = { &source, 1, NULL };
    arena *a = fresh();
    *err = (nl_error){ 0 };
    nl_status status = guard_run(a, compile_guarded, &c, err);
    p = c.program;
    if (status == NL_OK) { /* what loads answers something or fails by name */
        toy t = { 0 };
        cql_model m = toy_model(&t);
        cql_run *r = cql_run_make(a, p, &m, (date){ 2026, 1, 15, DATE_DAY });
        (void)cql_truth(r, 0);
        const nl_error *failed = cql_failed(r, 0);
        if (failed && !strstr(failed->what, name)) {
            fail_msg("%s fails without its name: %s", name, failed->what);
        }
    } else if (status != NL_E_LOGIC || !strstr(err->what, "library N") || !strstr(err->where, "n.cql:4:2")) {
        fail_msg("%s: %s (%s)", name, err->what, err->where);
    }
    bool unknown = strstr(err->what, "the node") != NULL;
    if (unknown && !strstr(err->what, name)) {
        fail_msg("%s is refused without its name: %s", name, err->what);
    }
    arena_free(a);
    return !unknown;
}

static void every_node_of_elm_is_supported_or_refused_by_name(void **state)
{
    static const char *const forms[] = {
        "",
        ",\"operand\":" NOTHING,
        ",\"operand\":[" NOTHING "]",
        ",\"operand\":[" NOTHING "," NOTHING "]",
        ",\"operand\":[" NOTHING "," NOTHING "," NOTHING "]",
        ",\"operand\":[" TEXT("x") "," TRUE "]",
        ",\"source\":" NOTHING ",\"element\":" NOTHING ",\"condition\":" NOTHING ",\"iteration\":" NOTHING,
        ",\"source\":" TEXT("x") ",\"element\":" TEXT("x") ",\"condition\":" TEXT("x"),
        ",\"source\":[],\"name\":\"x\",\"path\":\"x\",\"scope\":\"x\",\"valueType\":\"" SYS "Integer\"",
        ",\"valueType\":\"" SYS "Integer\",\"value\":\"1\",\"classType\":\"" SYS "Code\",\"element\":[]",
    };
    str rest = str_of(elm_nodes), word;
    uint32_t count = 0, refused_count = 0;
    while (str_cut(&rest, ' ', &word)) {
        char name[64], elm[2048];
        bool supported = false;
        snprintf(name, sizeof name, "%.*s", STR_ARG(word));
        for (size_t i = 0; i < sizeof forms / sizeof *forms && word.n > 0; i++) {
            nl_error err;
            snprintf(elm, sizeof elm, LIBRARY("N", "", DEFINE("T", "{\"type\":\"%s\",\"locator\":\"4:2-4:9\"%s}")), name, forms[i]);
            supported = is_supported(name, elm, &err);
        }
        count += word.n > 0;
        refused_count += word.n > 0 && !supported;
        if (!supported && word.n > 0 && strcmp(name, "Search") != 0) {
            fail_msg("%s is not supported", name);
        }
    }
    assert_int_equal(count, 199);
    assert_int_equal(refused_count, 1);
}

static void an_overload_nobody_wrote_is_refused(void **state)
{
    refused(LIBRARY("T", "",
                    DEFINE("X", "{\"type\":\"Add\",\"locator\":\"3:1\",\"operand\":[" TRUE "," TRUE "],\"signature\":["
                                "{\"type\":\"NamedTypeSpecifier\",\"name\":\"" SYS "Boolean\"}]}")),
            NL_E_LOGIC, "cql/T.cql:3:1", "Add has no overload for Boolean");
    refused(LIBRARY("T", "", DEFINE("X", "{\"type\":\"Add\",\"operand\":[" TRUE "]}")), NL_E_LOGIC, "cql/T.cql:0:0",
            "Add has 1 operands");
}

static void libraries_are_linked_by_name_in_any_order(void **state)
{
    arena *a = fresh();
    cql_source s[2] = {
        { STR(LIBRARY("U", "\"includes\":{\"def\":[{\"localIdentifier\":\"F\",\"path\":\"Facts\"}]},",
                      BOOLEAN("X", "1:1", "{\"type\":\"ExpressionRef\",\"name\":\"Y\",\"libraryName\":\"F\"}"))),
          STR(""), STR("U.cql") },
        { STR(LIBRARY("Facts", "", BOOLEAN("Y", "1:1", TRUE))), STR(""), STR("Facts.cql") }
    };
    compiling c = { s, 2, NULL };
    nl_error err;
    assert_int_equal(guard_run(a, compile_guarded, &c, &err), NL_OK);
    assert_int_equal(cql_find_define(c.program, STR("U"), STR("Y")), CQL_NONE);
    cql_run *r = cql_run_make(a, c.program, NULL, today);
    assert_int_equal(cql_truth(r, cql_find_define(c.program, STR("U"), STR("X"))), TRUTH_TRUE);
    arena_free(a);
}

/* ---- evaluating ---- */

static void a_define_that_needs_itself_fails_and_so_does_who_needs_it(void **state)
{
    arena *a = fresh();
    cql_program *p =
        compiled(a, LIBRARY("T", "",
                            BOOLEAN("X", "1:1", REF("Y")) "," BOOLEAN("Y", "2:1", REF_AT("X", "2:13-2:15")) "," BOOLEAN(
                                "Z", "3:1", TWO("Or", TRUE, REF("Y")))));
    cql_run *r = cql_run_make(a, p, NULL, today);
    assert_int_equal(cql_truth(r, 0), TRUTH_UNKNOWN);
    assert_non_null(cql_failed(r, 0));
    assert_non_null(cql_failed(r, 1));
    assert_true(str_find(str_of(cql_failed(r, 1)->what), STR("'X' needs its own value")) >= 0);
    assert_string_equal(cql_failed(r, 1)->where, "cql/T.cql:2:13");
    assert_int_equal(cql_truth(r, 2), TRUTH_TRUE); /* settled before the broken one is looked at */
    assert_null(cql_failed(r, 2));
    const cql_clause *c = cql_explain(r, 0);
    assert_int_equal(c->value, TRUTH_UNKNOWN);
    arena_free(a);
}

static nl_status ask_first(arena *a, void *arg, nl_error *err)
{
    (void)cql_truth(arg, 0);
    return NL_OK;
}

static void a_function_without_end_runs_into_the_depth_limit(void **state)
{
    arena *a = fresh();
    cql_program *p = compiled(
        a,
        LIBRARY(
            "T", "",
            DEFINE(
                "X",
                "{\"type\":\"FunctionRef\",\"name\":\"f\",\"operand\":[]}") ",{\"type\":\"FunctionDef\","
                                                                            "\"name\":\"f\",\"operand\":[],"
                                                                            "\"expression\":{\"type\":\"FunctionRef\","
                                                                            "\"name\":\"f\",\"operand\":[]}}"));
    nl_error err = { 0 };
    assert_int_equal(guard_run(a, ask_first, cql_run_make(a, p, NULL, today), &err), NL_E_LIMIT);
    arena_free(a);
}

static row two_rows[] = { { .code = "a", .word = "yes", .number = "1" }, { .code = "b", .word = "no", .number = "x" } };

static void forgetting_a_code_clears_only_who_can_read_it(void **state)
{
    arena *a = fresh();
    toy t = { two_rows, 2, 0 };
    cql_model m = toy_model(&t);
    cql_program *p = compiled(
        a, LIBRARY("T", CODES,
                   DEFINE("As", ROWS("A")) "," DEFINE("Bs", ROWS("B")) "," BOOLEAN(
                       "X", "1:1", ONE("Exists", REF("As"))) "," BOOLEAN("Y", "1:1", ONE("Exists", REF("Bs")))));
    cql_run *r = cql_run_make(a, p, &m, today);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(cql_truth(r, 2), TRUTH_TRUE);
        assert_int_equal(cql_truth(r, 3), TRUTH_TRUE);
    }
    assert_int_equal(t.retrieves, 2);
    t.count = 1;
    cql_forget(r, STR("urn:codes"), STR("b"));
    assert_int_equal(cql_truth(r, 2), TRUTH_TRUE);
    assert_int_equal(cql_truth(r, 3), TRUTH_FALSE);
    assert_int_equal(t.retrieves, 3);
    cql_forget(r, STR(""), STR(""));
    assert_int_equal(cql_truth(r, 2), TRUTH_TRUE);
    assert_int_equal(t.retrieves, 4);
    const cql_retrieve *const *reads;
    assert_int_equal(cql_reads(p, 3, &reads), 1);
    assert_true(str_is(reads[0]->code, "b") && str_is(reads[0]->system, "urn:codes") && str_is(reads[0]->type, "Row") &&
                reads[0]->line == 9);
    arena_free(a);
}

static bool named_g(const void *with, uint32_t define) { return define == cql_find_define(with, STR("T"), STR("G")); }

static void a_define_that_asks_whether_something_is_known_is_certain_as_it_stands(void **state)
{
    arena *a = fresh();
    cql_program *p = compiled(
        a, LIBRARY("T", CODES,
                   BOOLEAN("G", "1:1", ONE("Not", NOTHING)) "," BOOLEAN("IsIt", "1:1", ONE("IsNull", REF("G"))) "," BOOLEAN(
                       "There", "1:1", ONE("Exists", ROWS("A"))) "," BOOLEAN("Both", "1:1", TWO("And", REF("IsIt"), ONE("Not", REF("There")))) "," BOOLEAN(
                       "Nothing", "1:1", NOTHING) "," BOOLEAN("Half", "1:1", TWO("Or", REF("IsIt"), REF("Nothing"))) "," BOOLEAN(
                       "WithG", "1:1", TWO("And", REF("IsIt"), REF("G"))) "," BOOLEAN("Round", "1:1", REF("Round"))));
    static const struct { const char *name; bool certain; } each[] = {
        { "G", true }, { "IsIt", true }, { "There", true }, { "Both", true }, { "Nothing", false }, { "Half", false }, { "WithG", true }, { "Round", false }
    };
    for (size_t i = 0; i < sizeof each / sizeof each[0]; i++) {
        assert_int_equal(cql_is_certain(p, cql_find_define(p, STR("T"), str_of(each[i].name)), named_g, p), each[i].certain);
    }
    arena_free(a);
}

static void a_value_of_the_wrong_form_is_unknown(void **state)
{
    arena *a = fresh();
    toy t = { two_rows, 2, 0 };
    cql_model m = toy_model(&t);
    cql_program *p = compiled(
        a,
        LIBRARY("T", CODES,
                DEFINE("N",
                       "{\"type\":\"Query\"," LIST_OF(
                           SYS "Decimal") ",\"source\":[{\"alias\":\"R\",\"expression\":"
                                          "{\"type\":\"Union\"," LIST_OF("{urn:toy}Row") ",\"operand\":[" ROWS(
                                              "A") "," ROWS("B") "]}}],\"return\":{\"distinct\":false,\"expression\":"
                                                                 "{\"type\":\"Property\",\"path\":\"number\",\"scope\":"
                                                                 "\"R\",\"resultTypeName\":\"" SYS "Decimal\"}}}")));
    cql_run *r = cql_run_make(a, p, &m, today);
    buf out = buf_make(a, 1000);
    cql_write(r, 0, &out);
    assert_true(str_is(buf_str(&out), "[1,null]"));
    arena_free(a);
}

/* ---- saying why ---- */

static void an_explanation_marks_what_decided(void **state)
{
    arena *a = fresh();
    cql_program *p = compiled(
        a, LIBRARY("T", "",
                   "{\"name\":\"X\",\"locator\":\"1:1-3:5\",\"resultTypeName\":\"" SYS "Boolean\",\"expression\":"
                   "{\"type\":\"And\",\"locator\":\"2:3-3:5\",\"operand\":[{\"type\":\"And\",\"operand\":[" TRUE
                   "," NOTHING "]}," ONE("Not", REF("Y")) "]}}," BOOLEAN("Y", "1:1", TRUE)));
    cql_run *r = cql_run_make(a, p, NULL, today);
    const cql_clause *c = cql_explain(r, 0);
    assert_int_equal(c->kind, CQL_CLAUSE_DEFINE);
    assert_int_equal(c->value, TRUTH_FALSE);
    assert_int_equal(c->child_count, 1);
    const cql_clause *and = &c->children[0];
    assert_int_equal(and->kind, CQL_CLAUSE_AND);
    assert_int_equal(and->child_count, 3); /* a chain of and is one list of brothers */
    assert_true(str_is(and->text, "one and two"));
    assert_false(and->children[0].decided);
    assert_false(and->children[1].decided);
    assert_true(and->children[2].decided);
    assert_int_equal(and->children[2].kind, CQL_CLAUSE_NOT);
    const cql_clause *y = &and->children[2].children[0];
    assert_int_equal(y->kind, CQL_CLAUSE_DEFINE);
    assert_true(str_is(y->name, "Y") && y->decided && y->value == TRUTH_TRUE);
    arena_free(a);
}

static void a_leaf_rests_on_the_rows_that_gave_its_value(void **state)
{
    arena *a = fresh();
    row rows[] = {
        { .code = "a", .word = "yes" }, { .code = "a", .word = "no" }, { .code = "a" }, { .code = "b", .word = "yes" }
    };
    toy t = { rows, 4, 0 };
    cql_model m = toy_model(&t);
    cql_program *p = compiled(
        a, LIBRARY(
               "T", CODES,
               DEFINE("As", ROWS("A")) "," BOOLEAN(
                   "Any yes", "1:1",
                   "{\"type\":\"AnyTrue\",\"source\":" EACH(
                       REF("As"),
                       TWO("Equal", WORD,
                           TEXT(
                               "yes"))) "}") "," BOOLEAN("All yes", "1:1",
                                                         "{\"type\":\"AllTrue\",\"source\":" EACH(
                                                             REF("As"),
                                                             TWO("Equal", WORD,
                                                                 TEXT(
                                                                     "yes"))) "}") "," BOOLEAN("Some maybe", "1:1",
                                                                                               "{\"type\":\"Exists\","
                                                                                               "\"operand\":{\"type\":"
                                                                                               "\"Query\"," LIST_OF("{u"
                                                                                                                    "rn"
                                                                                                                    ":t"
                                                                                                                    "oy"
                                                                                                                    "}R"
                                                                                                                    "o"
                                                                                                                    "w") ",\"source\":[{\"alias\":\"R\",\"expression\":" REF(
                                                                                                   "As") "}],"
                                                                                                         "\"where\""
                                                                                                         ":" TWO("Equa"
                                                                                                                 "l",
                                                                                                                 WORD,
                                                                                                                 TEXT(
                                                                                                                     "m"
                                                                                                                     "a"
                                                                                                                     "y"
                                                                                                                     "b"
                                                                                                                     "e")) "}}")));
    cql_run *r = cql_run_make(a, p, &m, today);
    const cql_clause *any = cql_explain(r, 1)->children, *all = cql_explain(r, 2)->children,
                     *none = cql_explain(r, 3)->children;
    assert_int_equal(any->value, TRUTH_TRUE);
    assert_int_equal(any->fact_count, 1);
    assert_ptr_equal(any->facts[0], &rows[0].root);
    assert_int_equal(all->value, TRUTH_FALSE);
    assert_int_equal(all->fact_count, 1);
    assert_ptr_equal(all->facts[0], &rows[1].root);
    assert_int_equal(none->value, TRUTH_FALSE); /* nothing passed the filter: it rests on all that was filtered */
    assert_int_equal(none->fact_count, 3);
    assert_int_equal(none->read_count, 1);
    assert_true(str_is(none->reads[0]->code, "a"));
    arena_free(a);
}

/* ---- archive ---- */

static const char archive_elm[] = LIBRARY(
    "T",
    CODES "\"parameters\":{\"def\":[{\"name\":\"P\",\"resultTypeName\":\"" SYS "Boolean\",\"default\":" TRUE "}]},",
    DEFINE("As", ROWS("A")) "," BOOLEAN(
        "X", "1:1",
        "{\"type\":\"AnyTrue\",\"source\":" EACH(
            REF("As"),
            TWO("Equal", WORD,
                TEXT("yes"))) "}") "," BOOLEAN("Y", "2:1",
                                               TWO("And", REF("X"),
                                                   "{\"type\":\"FunctionRef\",\"name\":\"f\",\"signature\":[{\"type\":"
                                                   "\"NamedTypeSpecifier\",\"name\":\"" SYS
                                                   "Boolean\"}],\"operand\":[{\"type\":\"ParameterRef\",\"name\":\"P\"}"
                                                   "]}")) "," DEFINE("T",
                                                                     "{\"type\":\"Tuple\",\"element\":[{\"name\":\"q\","
                                                                     "\"value\":{\"type\":\"Quantity\",\"value\":1.5,"
                                                                     "\"unit\":\"mg\"}}]}") "," DEFINE("C", "{\"type\":"
                                                                                                            "\"If\","
                                                                                                            "\"conditio"
                                                                                                            "n\":" FALSE
                                                                                                            ",\"then\":"
                                                                                                            "{\"type\":"
                                                                                                            "\"Today\"}"
                                                                                                            ",\"else\":"
                                                                                                            "{\"type\":"
                                                                                                            "\"Interval"
                                                                                                            "\","
                                                                                                            "\"low\":{"
                                                                                                            "\"type\":"
                                                                                                            "\"Null\"}}"
                                                                                                            "}") ","
                                                                                                                 "{\"ty"
                                                                                                                 "pe\":"
                                                                                                                 "\"Fun"
                                                                                                                 "ction"
                                                                                                                 "Def\""
                                                                                                                 ",\"na"
                                                                                                                 "me\":"
                                                                                                                 "\"f\""
                                                                                                                 ",\"op"
                                                                                                                 "erand"
                                                                                                                 "\":[{"
                                                                                                                 "\"nam"
                                                                                                                 "e\":"
                                                                                                                 "\"b\""
                                                                                                                 ",\"op"
                                                                                                                 "erand"
                                                                                                                 "TypeS"
                                                                                                                 "pecif"
                                                                                                                 "ier\""
                                                                                                                 ":{"
                                                                                                                 "\"typ"
                                                                                                                 "e\":"
                                                                                                                 "\"Nam"
                                                                                                                 "edTyp"
                                                                                                                 "eSpec"
                                                                                                                 "ifier"
                                                                                                                 "\","
                                                                                                                 "\"nam"
                                                                                                                 "e\":"
                                                                                                                 "\"" SYS
                                                                                                                 "Boole"
                                                                                                                 "an\"}"
                                                                                                                 "}],"
                                                                                                                 "\"exp"
                                                                                                                 "ressi"
                                                                                                                 "on\":"
                                                                                                                 "{\"ty"
                                                                                                                 "pe\":"
                                                                                                                 "\"Not"
                                                                                                                 "\","
                                                                                                                 "\"ope"
                                                                                                                 "rand"
                                                                                                                 "\":{"
                                                                                                                 "\"typ"
                                                                                                                 "e\":"
                                                                                                                 "\"Ope"
                                                                                                                 "randR"
                                                                                                                 "ef\","
                                                                                                                 "\"nam"
                                                                                                                 "e\":"
                                                                                                                 "\"b\""
                                                                                                                 "}}}");

static str written(arena *a, cql_program *p)
{
    buf *out = ARENA_NEW(a, buf);
    *out = buf_make(a, BUF_MAX_DEFAULT);
    ar w = ar_writer(a, out);
    cql_program_ar(&w, &p);
    return buf_str(out);
}

static uint32_t all_rows(const cql_model *m, arena *a, const cql_retrieval *q, const cql_value **rows)
{
    cql_value *one = ARENA_NEW(a, cql_value);
    *one = cql_item(&two_rows[0], TYPE_ROW);
    *rows = one;
    return 1;
}

static nl_status run_everything(arena *a, void *arg, nl_error *err)
{
    const str *bytes = arg;
    ar x = ar_reader(a, *bytes);
    cql_program *p = NULL;
    cql_program_ar(&x, &p);
    if (x.bad) {
        return NL_E_SYNTAX;
    }
    toy t = { two_rows, 2, 0 };
    cql_model m = toy_model(&t);
    m.retrieve = all_rows;
    cql_run *r = cql_run_make(a, p, &m, today);
    buf out = buf_make(a, 1 << 16);
    for (uint32_t i = 0; i < cql_define_count(p); i++) {
        const cql_retrieve *const *reads;
        cql_write(r, i, &out);
        (void)cql_explain(r, i);
        (void)cql_reads(p, i, &reads);
        (void)cql_define(p, i);
    }
    cql_forget(r, STR("urn:codes"), STR("a"));
    return NL_OK;
}

static void an_archive_reads_back_to_the_same_bytes(void **state)
{
    arena *a = fresh();
    str bytes = written(a, compiled(a, archive_elm));
    ar x = ar_reader(a, bytes);
    cql_program *p = NULL;
    cql_program_ar(&x, &p);
    assert_false(x.bad);
    assert_int_equal(x.in.n, 0);
    assert_true(str_eq(written(a, p), bytes));
    toy t = { two_rows, 2, 0 };
    cql_model m = toy_model(&t);
    cql_run *r = cql_run_make(a, p, &m, today);
    assert_int_equal(cql_truth(r, cql_find_define(p, STR("T"), STR("X"))), TRUTH_TRUE);
    assert_int_equal(cql_truth(r, cql_find_define(p, STR("T"), STR("Y"))), TRUTH_FALSE);
    arena_free(a);
}

static void a_damaged_archive_never_hurts(void **state)
{
    arena *keep = fresh(), *a = arena_new(&(limits){ .memory_bytes = 1 << 20, .depth_max = 100, .steps_max = 100000 });
    str bytes = written(keep, compiled(keep, archive_elm));
    char *copy = arena_alloc(keep, bytes.n);
    size_t refused_count = 0, accepted = 0;
    static const unsigned char flips[] = { 0x01, 0x80, 0xff };
    for (size_t i = 0; i < bytes.n; i++) {
        nl_error err;
        arena_reset(a);
        assert_int_not_equal(guard_run(a, run_everything, &(str){ bytes.p, i }, &err), NL_OK); /* cut short */
        for (size_t k = 0; k < sizeof flips; k++) {
            memcpy(copy, bytes.p, bytes.n);
            copy[i] = (char)(copy[i] ^ flips[k]);
            arena_reset(a);
            nl_status s = guard_run(a, run_everything, &(str){ copy, bytes.n }, &err);
            refused_count += s != NL_OK;
            accepted += s == NL_OK;
        }
    }
    assert_true(refused_count > 100);
    assert_true(accepted > 100); /* a changed line number or name is still a program */
    arena_free(a);
    arena_free(keep);
}

#define SETS                                                                                                           \
    "\"valueSets\":{\"def\":[{\"name\":\"Reds\",\"id\":\"urn:reds\"},{\"name\":\"Lost\",\"id\":\"urn:lost\"}]},"
#define CODE(code) "{\"type\":\"Code\",\"system\":{\"name\":\"S\"},\"code\":\"" code "\"}"
#define IN_SET(code, set) "{\"type\":\"InValueSet\",\"code\":" code ",\"valueset\":{\"name\":\"" set "\"}}"
#define SET_ROWS                                                                                                       \
    "{\"type\":\"Retrieve\"," LIST_OF("{urn:toy}Row") ",\"dataType\":\"{urn:toy}Row\",\"codeProperty\":\"code\","      \
                                                      "\"codes\":{\"type\":\"ExpandValueSet\",\"operand\":{\"type\":"  \
                                                      "\"ValueSetRef\",\"name\":\"Reds\"}}}"

static void a_value_set_is_the_models_and_one_that_is_not_there_is_an_error(void **state)
{
    static const char elm[] =
        LIBRARY("T", CODES SETS,
                BOOLEAN("In", "1:1", IN_SET(CODE("pink"), "Reds")) "," BOOLEAN(
                    "Out", "2:1",
                    IN_SET(CODE("a"),
                           "Reds")) "," BOOLEAN("Text", "3:1",
                                                IN_SET(TEXT("red"),
                                                       "Reds")) "," BOOLEAN("Lost", "4:1",
                                                                            IN_SET(CODE("a"),
                                                                                   "Lost")) "," BOOLEAN("Rows", "5:1",
                                                                                                        ONE("Exists",
                                                                                                            SET_ROWS)));
    arena *a = fresh();
    row rows[] = { { .code = "pink" }, { .code = "a" } };
    toy t = { rows, 2, 0 };
    cql_model m = toy_model(&t);
    const cql_program *p = compiled(a, elm);
    cql_run *r = cql_run_make(a, p, &m, today);
    assert_int_equal(cql_truth(r, cql_find_define(p, STR("T"), STR("In"))), TRUTH_TRUE);
    assert_int_equal(cql_truth(r, cql_find_define(p, STR("T"), STR("Out"))), TRUTH_FALSE);
    assert_int_equal(cql_truth(r, cql_find_define(p, STR("T"), STR("Text"))), TRUTH_TRUE);
    assert_int_equal(cql_truth(r, cql_find_define(p, STR("T"), STR("Rows"))), TRUTH_TRUE);
    rows[0].code = "b";
    cql_forget(r, STR(""), STR(""));
    assert_int_equal(cql_truth(r, cql_find_define(p, STR("T"), STR("Rows"))), TRUTH_FALSE);
    uint32_t lost = cql_find_define(p, STR("T"), STR("Lost"));
    const cql_retrieve *const *reads;
    assert_int_equal(cql_truth(r, lost), TRUTH_UNKNOWN);
    assert_non_null(cql_failed(r, lost));
    assert_int_equal(cql_reads(p, lost, &reads), 1);
    assert_true(str_is(reads[0]->type, "ValueSet"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_node_is_refused_with_library_and_place),
        cmocka_unit_test(what_no_row_changes_is_asked_once),
        cmocka_unit_test(every_node_of_elm_is_supported_or_refused_by_name),
        cmocka_unit_test(an_overload_nobody_wrote_is_refused),
        cmocka_unit_test(libraries_are_linked_by_name_in_any_order),
        cmocka_unit_test(a_define_that_needs_itself_fails_and_so_does_who_needs_it),
        cmocka_unit_test(a_function_without_end_runs_into_the_depth_limit),
        cmocka_unit_test(forgetting_a_code_clears_only_who_can_read_it),
        cmocka_unit_test(a_define_that_asks_whether_something_is_known_is_certain_as_it_stands),
        cmocka_unit_test(a_value_of_the_wrong_form_is_unknown),
        cmocka_unit_test(an_explanation_marks_what_decided),
        cmocka_unit_test(a_leaf_rests_on_the_rows_that_gave_its_value),
        cmocka_unit_test(an_archive_reads_back_to_the_same_bytes),
        cmocka_unit_test(a_value_set_is_the_models_and_one_that_is_not_there_is_an_error),
        cmocka_unit_test(a_damaged_archive_never_hurts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
