/* The public interface of the engine, called as a host would; the cells of a run are looked at to see what is asked again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "api/cql_handles.h"
#include "cql/run.h"

#include <cmocka.h>   /* last: its fail() is a macro */

#define SYS "{urn:hl7-org:elm-types:r1}"
#define FHIR "{http://hl7.org/fhir}"
#define DEFINE(name, e) "{\"name\":\"" name "\",\"expression\":" e "}"
#define BOOLEAN(name, e) \
    "{\"name\":\"" name "\",\"locator\":\"1:1-1:9\",\"resultTypeName\":\"" SYS "Boolean\",\"expression\":" e "}"
#define LIST_OF(t) \
    "\"resultTypeSpecifier\":{\"type\":\"ListTypeSpecifier\",\"elementType\":{\"type\":\"NamedTypeSpecifier\",\"name\":\"" t "\"}}"
#define ALL(t) "{\"type\":\"Retrieve\",\"locator\":\"2:1-2:9\"," LIST_OF(FHIR t) ",\"dataType\":\"" FHIR t "\""
#define CODED(t, code) \
    ALL(t) ",\"codeProperty\":\"code\",\"codes\":{\"type\":\"ToList\",\"operand\":{\"type\":\"CodeRef\",\"name\":\"" code "\"}}}"
#define EXISTS(rows) "{\"type\":\"Exists\",\"resultTypeName\":\"" SYS "Boolean\",\"operand\":" rows "}"
#define REF(name) "{\"type\":\"ExpressionRef\",\"name\":\"" name "\"}"
#define PARAMETER(name) "{\"type\":\"ParameterRef\",\"name\":\"" name "\"}"

static const char elm[] =
    "{\"library\":{\"identifier\":{\"id\":\"T\"},"
    "\"codeSystems\":{\"def\":[{\"name\":\"S\",\"id\":\"urn:codes\"}]},\"valueSets\":{\"def\":[{\"name\":\"Set\",\"id\":\"urn:set\"}]},\"codes\":{\"def\":["
    "{\"name\":\"A\",\"id\":\"a\",\"codeSystem\":{\"name\":\"S\"}},{\"name\":\"B\",\"id\":\"b\",\"codeSystem\":{\"name\":\"S\"}}]},"
    "\"parameters\":{\"def\":[{\"name\":\"Count\",\"resultTypeName\":\"" SYS "Integer\",\"default\":{\"type\":\"Literal\","
    "\"valueType\":\"" SYS "Integer\",\"value\":\"3\"}},{\"name\":\"Period\",\"resultTypeSpecifier\":{\"type\":\"IntervalTypeSpecifier\","
    "\"pointType\":{\"type\":\"NamedTypeSpecifier\",\"name\":\"" SYS "Date\"}}}]},"
    "\"statements\":{\"def\":["
    BOOLEAN("Both", "{\"type\":\"And\",\"locator\":\"1:1-1:9\",\"operand\":[" REF("Has A") "," REF("Has B") "]}") ","
    BOOLEAN("Has A", EXISTS(CODED("Observation", "A"))) ","
    BOOLEAN("Has B", EXISTS(CODED("Observation", "B"))) ","
    BOOLEAN("Any", EXISTS(ALL("Observation") "}")) ","
    BOOLEAN("Ill", EXISTS(ALL("Condition") "}")) ","
    DEFINE("Rows", ALL("Observation") "}") ","
    DEFINE("Now", "{\"type\":\"Now\"}") ","
    DEFINE("Number", PARAMETER("Count")) ","
    DEFINE("Span", PARAMETER("Period")) ","
    DEFINE("Patient", "{\"type\":\"SingletonFrom\",\"operand\":" ALL("Patient") "}}") ","
    DEFINE("Gender", "{\"type\":\"Property\",\"path\":\"gender\",\"resultTypeName\":\"" FHIR "AdministrativeGender\",\"source\":" REF("Patient") "}") ","
    DEFINE("Loop", REF("Loop")) ","
    BOOLEAN("In set", "{\"type\":\"InValueSet\",\"code\":{\"type\":\"CodeRef\",\"name\":\"A\"},"
            "\"valueset\":{\"name\":\"Set\"}}") ","
    BOOLEAN("Enough", "{\"type\":\"GreaterOrEqual\",\"operand\":[{\"type\":\"Count\",\"source\":"
            REF("Rows") "}," PARAMETER("Count") "]}") "]}}}";

#define PATIENT "{\"resourceType\":\"Patient\",\"id\":\"p\"}"
#define OBSERVATION(id, code) \
    "{\"resourceType\":\"Observation\",\"id\":\"" id "\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"urn:codes\",\"code\":\"" code "\"}]}}"

#define SET_OF(url, code) \
    "{\"resourceType\":\"ValueSet\",\"id\":\"v\",\"url\":\"" url "\",\"compose\":{\"include\":[{\"system\":\"urn:codes\",\"concept\":[{\"code\":\"" code "\"}]}]}}"

typedef struct host {
    nl_cql_program *program;
    nl_cql_run *run;
    nl_error err;
    char text[4096];
    size_t n;
} host;

static nl_status keep(void *to, const char *bytes, size_t n)
{
    host *h = to;
    if (n >= sizeof h->text - h->n) {
        return NL_E_LIMIT;
    }
    memcpy(h->text + h->n, bytes, n);
    h->n += n;
    h->text[h->n] = '\0';
    return NL_OK;
}

static int setup(void **state)
{
    host *h = test_calloc(1, sizeof *h);
    nl_cql_library l = { str_of(elm), STR(""), "T.cql" };
    nl_status s = nl_cql_link(&l, 1, &h->program, &h->err);
    if (s != NL_OK) {
        print_message("# %s: %s\n", h->err.where, h->err.what);
    }
    assert_int_equal(s, NL_OK);
    assert_int_equal(nl_cql_run_new(h->program, NULL, &h->run, &h->err), NL_OK);
    assert_int_equal(nl_cql_begin(h->run, "2026-01-15T10:30:00.0+02:00", &h->err), NL_OK);
    *state = h;
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

static nl_status add(host *h, const char *text) { return nl_cql_add(h->run, "in.json", text, strlen(text), &h->err); }
static nl_status put(host *h, const char *text) { return nl_cql_put(h->run, text, strlen(text), &h->err); }

static void gives(host *h, const char *define, const char *expected)
{
    h->n = 0;
    assert_int_equal(nl_cql_value(h->run, "T", define, keep, h, &h->err), NL_OK);
    assert_string_equal(h->text, expected);
}

static bool is_known(host *h, const char *define)
{
    return h->run->run->cells[cql_find_define(h->program->program, STR("T"), str_of(define))].state == CELL_DONE;
}

static nl_cql_terminology *terms_of(host *h, const char *text)
{
    nl_cql_input in = { { text, strlen(text) }, "terms.json" };
    nl_cql_terminology *t = NULL;
    assert_int_equal(nl_cql_terminology_read(&in, 1, &t, &h->err), NL_OK);
    return t;
}

static void value_sets_of_no_patient_are_there_for_all_patients_of_a_run(void **state)
{
    host *h = *state;
    nl_cql_terminology *t = terms_of(h, SET_OF("urn:set", "a"));
    assert_int_equal(nl_cql_use(h->run, t, &h->err), NL_E_ARG); /* it has begun */
    assert_int_equal(nl_cql_begin(h->run, "2026-01-15", &h->err), NL_OK);
    assert_int_equal(nl_cql_value(h->run, "T", "In set", keep, h, &h->err), NL_E_LOGIC);
    assert_non_null(strstr(h->err.what, "the codes of the ValueSet 'urn:set' are not in the data"));
    nl_cql_run_free(h->run);
    assert_int_equal(nl_cql_run_new(h->program, NULL, &h->run, &h->err), NL_OK);
    assert_int_equal(nl_cql_use(h->run, t, &h->err), NL_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(nl_cql_begin(h->run, "2026-01-15", &h->err), NL_OK);
        gives(h, "In set", "true"); /* without any data, too */
    }
    assert_int_equal(nl_cql_begin(h->run, "2026-01-15", &h->err), NL_OK);
    assert_int_equal(add(h, "[" PATIENT "," SET_OF("urn:set", "b") "]"), NL_OK);
    gives(h, "In set", "false"); /* the patient's own come first */
    nl_cql_run_free(h->run);
    h->run = NULL;
    nl_cql_terminology_free(t);
    nl_cql_terminology_free(NULL);
}

static void a_terminology_of_bad_input_says_where(void **state)
{
    nl_error err = { 0 };
    nl_cql_terminology *t = (nl_cql_terminology *)(uintptr_t)16;
    static const struct { const char *text; nl_status status; const char *where, *what; } bad[] = {
        { "{\"resourceType\":\"ValueSet\",", NL_E_SYNTAX, "bad.json", "" },
        { "[1,2]", NL_E_MODEL, "bad.json", "resourceType" },
        { PATIENT, NL_E_MODEL, "bad.json", "no ValueSet and no CodeSystem" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        nl_cql_input in = { str_of(bad[i].text), "bad.json" };
        assert_int_equal(nl_cql_terminology_read(&in, 1, &t, &err), bad[i].status);
        assert_string_equal(err.where, bad[i].where);
        assert_non_null(strstr(err.what, bad[i].what));
    }
    assert_int_equal(nl_cql_terminology_read(NULL, 0, &t, &err), NL_E_ARG);
    assert_ptr_equal(t, (void *)(uintptr_t)16);
    assert_int_equal(nl_cql_use(NULL, NULL, &err), NL_E_ARG);
}

static void what_is_not_elm_is_refused_and_leaves_the_output_alone(void **state)
{
    nl_cql_program *p = (nl_cql_program *)(uintptr_t)16;
    nl_error err = { 0 };
    nl_cql_library l = { STR("{\"library\": 1"), STR(""), "X.json" };
    assert_int_equal(nl_cql_link(&l, 1, &p, &err), NL_E_SYNTAX);
    assert_string_equal(err.where, "X.json");
    assert_ptr_equal(p, (void *)(uintptr_t)16);
    assert_int_equal(nl_cql_link(NULL, 0, &p, &err), NL_E_ARG);
    nl_cql_library twice[2] = { { .elm = { elm, sizeof elm - 1 }, .file = "a" }, { .elm = { elm, sizeof elm - 1 }, .file = "b" } };
    assert_int_equal(nl_cql_link(twice, 2, &p, &err), NL_E_LOGIC); /* a name would mean the one or the other */
    assert_non_null(strstr(err.what, "two libraries"));
    nl_cql_run_free(NULL);
    nl_cql_program_free(NULL);
}

static void a_program_lists_its_defines(void **state)
{
    host *h = *state;
    nl_cql_define d;
    assert_int_equal(nl_cql_define_count(h->program), 14);
    assert_true(nl_cql_define_at(h->program, 0, &d));
    assert_true(d.is_boolean && d.name.n == 4 && memcmp(d.name.p, "Both", 4) == 0);
    assert_false(nl_cql_define_at(h->program, 14, &d));
}

static void without_data_what_needs_none_has_a_value(void **state)
{
    host *h = *state;
    nl_str id;
    gives(h, "Now", "{\"DateTime\":\"2026-01-15T10:30:00.000+02:00\"}");
    gives(h, "Any", "false");
    assert_int_equal(nl_cql_patient(h->run, &id, &h->err), NL_OK);
    assert_int_equal(id.n, 0);
    assert_int_equal(put(h, OBSERVATION("o1", "a")), NL_E_ARG);
}

static void a_moment_that_is_none_is_refused_and_nothing_has_begun(void **state)
{
    host *h = *state;
    assert_int_equal(nl_cql_begin(h->run, "yesterday", &h->err), NL_E_ARG);
    assert_int_equal(nl_cql_begin(h->run, "2026-01", &h->err), NL_E_ARG);
    assert_int_equal(add(h, PATIENT), NL_E_ARG);
    assert_int_equal(nl_cql_begin(h->run, "2026-01-15", &h->err), NL_OK);
    gives(h, "Now", "{\"DateTime\":\"2026-01-15T00:00:00.000+00:00\"}");
}

static void a_parameter_takes_a_value_of_its_type_and_no_other(void **state)
{
    host *h = *state;
    gives(h, "Number", "3");
    assert_int_equal(nl_cql_set(h->run, "T", "Count", (nl_str){ "7", 1 }, &h->err), NL_OK);
    gives(h, "Number", "7");
    assert_int_equal(nl_cql_set(h->run, "T", "Count", STR("\"7\""), &h->err), NL_E_ARG);
    assert_int_equal(nl_cql_set(h->run, "T", "Count", STR("oops"), &h->err), NL_E_SYNTAX);
    assert_int_equal(nl_cql_set(h->run, "T", "Other", STR("7"), &h->err), NL_E_ARG);
    const char *span = "{\"Interval\":[\"[\",{\"Date\":\"2026-01-01\"},null,\")\"]}";
    gives(h, "Span", "null");
    assert_int_equal(nl_cql_set(h->run, "T", "Period", str_of(span), &h->err), NL_OK);
    gives(h, "Span", span);
    assert_int_equal(nl_cql_set(h->run, "T", "Period", STR("{\"Interval\":[\"[\",1,2,\"]\"]}"), &h->err), NL_E_ARG);
    gives(h, "Span", span);
}

static void resources_are_written_by_type_and_id(void **state)
{
    host *h = *state;
    nl_str id;
    assert_int_equal(add(h, "[" PATIENT "," OBSERVATION("o1", "a") "]"), NL_OK);
    gives(h, "Rows", "[{\"FHIR\":\"Observation/o1\"}]");
    assert_int_equal(nl_cql_patient(h->run, &id, &h->err), NL_OK);
    assert_true(id.n == 1 && id.p[0] == 'p');
    assert_int_equal(add(h, OBSERVATION("o2", "b")), NL_E_ARG);
}

static void what_was_entered_in_error_is_for_the_cql_to_judge(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, "[" PATIENT ",{\"resourceType\":\"Observation\",\"id\":\"o1\",\"status\":\"entered-in-error\"}]"), NL_OK);
    gives(h, "Rows", "[{\"FHIR\":\"Observation/o1\"}]");
}

static void other_elements_are_written_by_type_and_content(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, "{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"female\"}"), NL_OK);
    gives(h, "Gender", "{\"FHIR\":\"AdministrativeGender\",\"value\":{\"value\":\"female\"}}");
}

static void rows_come_in_the_order_of_the_input(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, "[" OBSERVATION("o9", "a") "," PATIENT "," OBSERVATION("o10", "b") "]"), NL_OK);
    gives(h, "Rows", "[{\"FHIR\":\"Observation/o9\"},{\"FHIR\":\"Observation/o10\"}]");
}

static void only_what_can_read_new_data_is_asked_again(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, "[" PATIENT "," OBSERVATION("o1", "a") "]"), NL_OK);
    gives(h, "Both", "false");
    gives(h, "Any", "true");
    gives(h, "Ill", "false");
    assert_int_equal(put(h, OBSERVATION("o2", "b")), NL_OK);
    assert_true(is_known(h, "Has A") && is_known(h, "Ill"));
    assert_false(is_known(h, "Has B") || is_known(h, "Both") || is_known(h, "Any"));
    gives(h, "Both", "true");
    gives(h, "Rows", "[{\"FHIR\":\"Observation/o1\"},{\"FHIR\":\"Observation/o2\"}]");
    assert_int_equal(put(h, OBSERVATION("o1", "b")), NL_OK); /* instead of the one with a */
    assert_false(is_known(h, "Has A"));
    gives(h, "Has A", "false");
    gives(h, "Rows", "[{\"FHIR\":\"Observation/o2\"},{\"FHIR\":\"Observation/o1\"}]");
    assert_int_equal(nl_cql_drop(h->run, "Observation", "o2", &h->err), NL_OK);
    assert_int_equal(nl_cql_drop(h->run, "Observation", "o2", &h->err), NL_E_ARG);
    gives(h, "Rows", "[{\"FHIR\":\"Observation/o1\"}]");
}

static void what_is_put_must_be_one_resource_of_this_patient(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, PATIENT), NL_OK);
    assert_int_equal(put(h, "{\"resourceType\":\"Observation\"}"), NL_E_MODEL);
    assert_int_equal(put(h, "[]"), NL_E_MODEL);
    assert_int_equal(put(h, "{"), NL_E_SYNTAX);
    assert_int_equal(put(h, "{\"resourceType\":\"Patient\",\"id\":\"q\"}"), NL_E_MODEL);
    assert_int_equal(nl_cql_drop(h->run, "Patient", "p", &h->err), NL_E_ARG);
    assert_int_equal(put(h, PATIENT), NL_OK);
    gives(h, "Patient", "{\"FHIR\":\"Patient/p\"}");
}

static void several_patients_are_an_error_until_the_next_begins(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, "[" PATIENT ",{\"resourceType\":\"Patient\",\"id\":\"q\"}]"), NL_OK);
    assert_int_equal(nl_cql_value(h->run, "T", "Any", keep, h, &h->err), NL_E_MODEL);
    assert_non_null(strstr(h->err.what, "the data of one is wanted"));
    assert_int_equal(nl_cql_value(h->run, "T", "Any", keep, h, &h->err), NL_E_ARG);
    assert_int_equal(nl_cql_begin(h->run, "2026-01-15", &h->err), NL_OK);
    assert_int_equal(add(h, PATIENT), NL_OK);
    gives(h, "Any", "false");
}

static void a_define_that_fails_says_where_and_the_others_have_values(void **state)
{
    host *h = *state;
    assert_int_equal(nl_cql_value(h->run, "T", "Loop", keep, h, &h->err), NL_E_LOGIC);
    assert_non_null(strstr(h->err.what, "'Loop' needs its own value"));
    assert_int_equal(nl_cql_value(h->run, "T", "None", keep, h, &h->err), NL_E_ARG);
    assert_int_equal(nl_cql_values(h->run, "U", keep, h, &h->err), NL_E_ARG);
    h->n = 0;
    assert_int_equal(nl_cql_values(h->run, "T", keep, h, &h->err), NL_OK);
    assert_string_equal(h->text, "{\"Any\":false,\"Both\":false,\"Enough\":false,\"Gender\":null,\"Has A\":false,\"Has B\":false,\"Ill\":false,"
                                 "\"In set\":{\"error\":\"T.cql:1:1: InValueSet: the codes of the ValueSet 'urn:set' are not in the data\"},\"Loop\":{\"error\":"
                                 "\"T.cql:1:1: ExpressionRef: 'Loop' needs its own value\"},\"Now\":{\"DateTime\":"
                                 "\"2026-01-15T10:30:00.000+02:00\"},\"Number\":3,\"Rows\":[],\"Span\":null}");
}

static void an_explanation_names_clauses_facts_and_what_was_read(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, "[" PATIENT "," OBSERVATION("o1", "a") "]"), NL_OK);
    h->n = 0;
    assert_int_equal(nl_cql_explain(h->run, "T", "Both", keep, h, &h->err), NL_OK);
    assert_true(str_starts(str_of(h->text), STR("{\"kind\":\"define\",\"library\":\"T\",\"file\":\"T.cql\",\"name\":\"Both\"")));
    assert_non_null(strstr(h->text, "\"facts\":[\"Observation/o1\"]"));
    assert_non_null(strstr(h->text, "\"reads\":[{\"type\":\"Observation\",\"system\":\"urn:codes\",\"code\":\"b\"}]"));
}

static void the_trace_gives_the_values_that_a_clause_was_made_of(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, "[" PATIENT "," OBSERVATION("o1", "a") "]"), NL_OK);
    h->n = 0;
    assert_int_equal(nl_cql_explain(h->run, "T", "Enough", keep, h, &h->err), NL_OK);
    assert_non_null(strstr(h->text, "\"value\":false,\"decided\":true,\"result\":false,"));
    assert_non_null(strstr(h->text, "\"uses\":[{\"kind\":\"define\",\"library\":\"T\",\"name\":\"Rows\",\"result\":[{\"FHIR\":\"Observation/o1\"}]},"
                                    "{\"kind\":\"parameter\",\"library\":\"T\",\"name\":\"Count\",\"result\":3}]"));
    h->n = 0;
    assert_int_equal(nl_cql_explain(h->run, "T", "Number", keep, h, &h->err), NL_OK);
    assert_non_null(strstr(h->text, "\"value\":null,\"decided\":true,\"result\":3,")); /* no Boolean, and yet a value */
    h->n = 0;
    assert_int_equal(nl_cql_explain(h->run, "T", "Loop", keep, h, &h->err), NL_OK);
    assert_non_null(strstr(h->text, "\"error\":\"T.cql:1:1: ExpressionRef: 'Loop' needs its own value\""));
}

static void data_that_nothing_reads_leaves_every_value(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, "[" PATIENT "," OBSERVATION("o1", "a") "]"), NL_OK);
    assert_int_equal(nl_cql_values(h->run, "T", keep, h, &h->err), NL_OK);
    assert_int_equal(put(h, "{\"resourceType\":\"Device\",\"id\":\"d\"}"), NL_OK);
    assert_true(is_known(h, "Both") && is_known(h, "Any") && is_known(h, "Rows") && is_known(h, "Number") && is_known(h, "Patient"));
    assert_int_equal(put(h, "{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"male\"}"), NL_OK);
    assert_true(is_known(h, "Rows") && !is_known(h, "Patient") && !is_known(h, "Gender"));
}

static void a_parameter_stays_when_data_changes_and_ends_with_the_patient(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, "[" PATIENT "," OBSERVATION("o1", "a") "]"), NL_OK);
    gives(h, "Enough", "false");
    assert_int_equal(nl_cql_set(h->run, "T", "Count", STR("2"), &h->err), NL_OK);
    gives(h, "Enough", "false");
    assert_int_equal(put(h, OBSERVATION("o2", "b")), NL_OK);
    gives(h, "Enough", "true");
    assert_int_equal(nl_cql_begin(h->run, "2027-03-01", &h->err), NL_OK);
    assert_int_equal(add(h, "[" PATIENT "," OBSERVATION("o1", "a") "," OBSERVATION("o2", "b") "]"), NL_OK);
    gives(h, "Enough", "false");
    gives(h, "Now", "{\"DateTime\":\"2027-03-01T00:00:00.000+00:00\"}");
}

static void a_value_set_that_is_put_is_looked_up_again(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, PATIENT), NL_OK);
    assert_int_equal(nl_cql_value(h->run, "T", "In set", keep, h, &h->err), NL_E_LOGIC);
    assert_int_equal(put(h, "{\"resourceType\":\"ValueSet\",\"id\":\"v\",\"url\":\"urn:set\",\"expansion\":{\"contains\":[{\"system\":\"urn:codes\",\"code\":\"a\"}]}}"), NL_OK);
    gives(h, "In set", "true");
    assert_int_equal(put(h, "{\"resourceType\":\"ValueSet\",\"id\":\"v\",\"url\":\"urn:set\",\"expansion\":{\"contains\":[{\"system\":\"urn:codes\",\"code\":\"b\"}]}}"), NL_OK);
    gives(h, "In set", "false");
    assert_int_equal(nl_cql_drop(h->run, "ValueSet", "v", &h->err), NL_OK);
    assert_int_equal(nl_cql_value(h->run, "T", "In set", keep, h, &h->err), NL_E_LOGIC);
}

static void a_limit_ends_the_patient_and_the_next_one_begins(void **state)
{
    host *h = *state;
    nl_cql_run *r;
    nl_limits few = { .steps_max = 3, .input_bytes = 40 };
    assert_int_equal(nl_cql_run_new(h->program, &few, &r, &h->err), NL_OK);
    assert_int_equal(nl_cql_value(r, "T", "Now", keep, h, &h->err), NL_E_ARG);
    assert_int_equal(nl_cql_begin(r, "2026-01-15", &h->err), NL_OK);
    assert_int_equal(nl_cql_add(r, "in", OBSERVATION("o1", "a"), strlen(OBSERVATION("o1", "a")), &h->err), NL_E_LIMIT);
    assert_int_equal(nl_cql_value(r, "T", "Both", keep, h, &h->err), NL_E_LIMIT);
    assert_int_equal(nl_cql_value(r, "T", "Now", keep, h, &h->err), NL_E_ARG);
    assert_int_equal(nl_cql_begin(r, "2026-01-15", &h->err), NL_OK);
    assert_int_equal(nl_cql_value(r, "T", "Now", keep, h, &h->err), NL_OK);
    nl_cql_run_free(r);
}

static nl_status no_room(void *to, const char *bytes, size_t n) { return NL_E_IO; }

static void what_the_writer_returns_comes_back(void **state)
{
    host *h = *state;
    assert_int_equal(nl_cql_value(h->run, "T", "Now", no_room, NULL, &h->err), NL_E_IO);
    gives(h, "Number", "3");
}

/* ---- namespaces ---- */

#define INCLUDING(path) \
    "{\"library\":{\"identifier\":{\"id\":\"Main\",\"system\":\"http://a.example\"},\"includes\":{\"def\":[{\"localIdentifier\":\"O\",\"path\":\"" path "\"}]}," \
    "\"statements\":{\"def\":[" DEFINE("X", "{\"type\":\"ExpressionRef\",\"libraryName\":\"O\",\"name\":\"Y\"}") "]}}}"
#define INCLUDED(system) \
    "{\"library\":{\"identifier\":{\"id\":\"Other\"" system "},\"statements\":{\"def\":[" DEFINE("Y", "{\"type\":\"Null\"}") "]}}}"

static void a_library_is_included_by_its_name_or_in_its_namespace(void **state)
{
    static const struct { const char *main, *other; nl_status status; } pairs[] = {
        { INCLUDING("Other"), INCLUDED(""), NL_OK },
        { INCLUDING("Other"), INCLUDED(",\"system\":\"http://a.example\""), NL_OK },
        { INCLUDING("http://a.example/Other"), INCLUDED(",\"system\":\"http://a.example\""), NL_OK },
        { INCLUDING("http://a.example/Other"), INCLUDED(""), NL_OK },
        { INCLUDING("http://b.example/Other"), INCLUDED(",\"system\":\"http://a.example\""), NL_E_LOGIC },
        { INCLUDING("http://a.example/Another"), INCLUDED(""), NL_E_LOGIC },
        { INCLUDING("http://a.example/AnOther"), INCLUDED(""), NL_E_LOGIC },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        nl_cql_library two[2] = { { .elm = str_of(pairs[i].main), .file = "Main" }, { .elm = str_of(pairs[i].other), .file = "Other" } };
        nl_cql_program *p = NULL;
        nl_error err = { 0 };
        assert_int_equal(nl_cql_link(two, 2, &p, &err), pairs[i].status);
        assert_true(pairs[i].status == NL_OK || strstr(err.what, "is not there"));
        nl_cql_program_free(p);
    }
}

/* ---- FHIRHelpers, which nobody needs to give ---- */

#pragma GCC diagnostic ignored "-Woverlength-strings"

#define OF_TYPE(t) "{\"type\":\"NamedTypeSpecifier\",\"name\":\"" FHIR t "\"}"
#define HELPED(name, function, t, e) \
    DEFINE(name, "{\"type\":\"FunctionRef\",\"libraryName\":\"FH\",\"name\":\"" function "\",\"signature\":[" OF_TYPE(t) "],\"operand\":[" e "]}")
#define PART(path, of) "{\"type\":\"Property\",\"path\":\"" path "\",\"source\":" of "}"
#define NTH(n) "{\"type\":\"Indexer\",\"operand\":[" ALL("Observation") "},{\"type\":\"Literal\",\"valueType\":\"" SYS "Integer\",\"value\":\"" n "\"}]}"
#define HELPED_LIBRARY(defines) \
    "{\"library\":{\"identifier\":{\"id\":\"T\"},\"includes\":{\"def\":[{\"localIdentifier\":\"FH\",\"path\":\"FHIRHelpers\",\"version\":\"4.4.000\"}]}," \
    "\"statements\":{\"def\":[" DEFINE("Patient", "{\"type\":\"SingletonFrom\",\"operand\":" ALL("Patient") "}}") defines "]}}}"

static void the_conversions_of_fhir_are_there_when_no_library_gives_them(void **state)
{
    host *h = *state;
    static const char helped[] = HELPED_LIBRARY(
        "," HELPED("Gender", "ToString", "AdministrativeGender", PART("gender", REF("Patient")))
        "," HELPED("Born", "ToDate", "date", PART("birthDate", REF("Patient")))
        "," HELPED("Concept", "ToConcept", "CodeableConcept", PART("code", NTH("0")))
        "," HELPED("Amount", "ToQuantity", "Quantity", PART("value", NTH("0")))
        "," HELPED("Below", "ToQuantity", "Quantity", PART("value", NTH("1")))
        "," HELPED("Range below", "ToInterval", "Quantity", PART("value", NTH("1")))
        "," HELPED("Elsewhere", "ToQuantity", "Quantity", PART("value", NTH("2")))
        "," HELPED("Since", "ToInterval", "Period", PART("effective", NTH("0")))
        "," HELPED("Until", "ToInterval", "Period", PART("effective", NTH("1")))
        "," HELPED("Ratio", "ToRatio", "Ratio", PART("value", NTH("3")))
        "," HELPED("Range", "ToInterval", "Range", PART("value", NTH("4")))
        "," HELPED("Nothing", "ToCode", "Coding", "{\"type\":\"Null\"}"));
    static const char data[] =
        "[{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"female\",\"birthDate\":\"1960-02\"},"
        "{\"resourceType\":\"Observation\",\"id\":\"1\",\"status\":\"final\",\"code\":{\"text\":\"t\",\"coding\":[{\"system\":\"urn:s\",\"code\":\"a\",\"version\":\"1\"}]},"
        "\"effectivePeriod\":{\"start\":\"2020\"},\"valueQuantity\":{\"value\":5,\"unit\":\"years\",\"code\":\"a\",\"system\":\"http://unitsofmeasure.org\"}},"
        "{\"resourceType\":\"Observation\",\"id\":\"2\",\"status\":\"final\",\"code\":{},\"effectivePeriod\":{\"end\":\"2020\"},\"valueQuantity\":{\"value\":5,\"comparator\":\"<\"}},"
        "{\"resourceType\":\"Observation\",\"id\":\"3\",\"status\":\"final\",\"code\":{},\"valueQuantity\":{\"value\":5,\"code\":\"x\",\"system\":\"urn:units\"}},"
        "{\"resourceType\":\"Observation\",\"id\":\"4\",\"status\":\"final\",\"code\":{},\"valueRatio\":{\"numerator\":{\"value\":1},\"denominator\":{\"value\":2}}},"
        "{\"resourceType\":\"Observation\",\"id\":\"5\",\"status\":\"final\",\"code\":{},\"valueRange\":{\"low\":{\"value\":1}}}]";
    nl_cql_library l = { .elm = { helped, sizeof helped - 1 }, .file = "T.cql" };
    nl_cql_run_free(h->run);
    nl_cql_program_free(h->program);
    h->run = NULL;
    h->program = NULL;
    assert_int_equal(nl_cql_link(&l, 1, &h->program, &h->err), NL_OK);
    assert_int_equal(nl_cql_run_new(h->program, NULL, &h->run, &h->err), NL_OK);
    assert_int_equal(nl_cql_begin(h->run, "2026-01-15", &h->err), NL_OK);
    assert_int_equal(add(h, data), NL_OK);
    gives(h, "Gender", "\"female\"");
    gives(h, "Born", "{\"Date\":\"1960-02\"}");
    gives(h, "Concept", "{\"Concept\":{\"codes\":[{\"code\":\"a\",\"system\":\"urn:s\",\"version\":\"1\"}],\"display\":\"t\"}}");
    gives(h, "Amount", "{\"Quantity\":[5,\"year\"]}");
    gives(h, "Below", "null");
    gives(h, "Range below", "{\"Interval\":[\"[\",null,{\"Quantity\":[5,\"1\"]},\")\"]}");
    gives(h, "Elsewhere", "null");
    gives(h, "Since", "{\"Interval\":[\"[\",{\"DateTime\":\"2020T\"},null,\"]\"]}");
    gives(h, "Until", "{\"Interval\":[\"(\",null,{\"DateTime\":\"2020T\"},\"]\"]}");
    gives(h, "Ratio", "{\"Ratio\":[{\"Quantity\":[1,\"1\"]},{\"Quantity\":[2,\"1\"]}]}");
    gives(h, "Range", "{\"Interval\":[\"[\",{\"Quantity\":[1,\"1\"]},null,\"]\"]}");
    gives(h, "Nothing", "null");
}

static void a_conversion_that_fhirhelpers_does_not_have_is_refused(void **state)
{
    host *h = *state;
    static const char helped[] = HELPED_LIBRARY("," HELPED("Odd", "resolve", "Reference", "{\"type\":\"Null\"}"));
    nl_cql_library l = { .elm = { helped, sizeof helped - 1 }, .file = "T.cql" };
    nl_cql_program *p = NULL;
    assert_int_equal(nl_cql_link(&l, 1, &p, &h->err), NL_E_LOGIC);
    assert_non_null(strstr(h->err.what, "resolve"));
    assert_null(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_elm_is_refused_and_leaves_the_output_alone),
        cmocka_unit_test(a_terminology_of_bad_input_says_where),
        cmocka_unit_test(a_library_is_included_by_its_name_or_in_its_namespace),
        cmocka_unit_test_setup_teardown(value_sets_of_no_patient_are_there_for_all_patients_of_a_run, setup, teardown),
        cmocka_unit_test_setup_teardown(a_program_lists_its_defines, setup, teardown),
        cmocka_unit_test_setup_teardown(without_data_what_needs_none_has_a_value, setup, teardown),
        cmocka_unit_test_setup_teardown(a_moment_that_is_none_is_refused_and_nothing_has_begun, setup, teardown),
        cmocka_unit_test_setup_teardown(a_parameter_takes_a_value_of_its_type_and_no_other, setup, teardown),
        cmocka_unit_test_setup_teardown(resources_are_written_by_type_and_id, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_entered_in_error_is_for_the_cql_to_judge, setup, teardown),
        cmocka_unit_test_setup_teardown(other_elements_are_written_by_type_and_content, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_come_in_the_order_of_the_input, setup, teardown),
        cmocka_unit_test_setup_teardown(only_what_can_read_new_data_is_asked_again, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_put_must_be_one_resource_of_this_patient, setup, teardown),
        cmocka_unit_test_setup_teardown(several_patients_are_an_error_until_the_next_begins, setup, teardown),
        cmocka_unit_test_setup_teardown(a_define_that_fails_says_where_and_the_others_have_values, setup, teardown),
        cmocka_unit_test_setup_teardown(an_explanation_names_clauses_facts_and_what_was_read, setup, teardown),
        cmocka_unit_test_setup_teardown(the_trace_gives_the_values_that_a_clause_was_made_of, setup, teardown),
        cmocka_unit_test_setup_teardown(data_that_nothing_reads_leaves_every_value, setup, teardown),
        cmocka_unit_test_setup_teardown(a_parameter_stays_when_data_changes_and_ends_with_the_patient, setup, teardown),
        cmocka_unit_test_setup_teardown(a_value_set_that_is_put_is_looked_up_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_limit_ends_the_patient_and_the_next_one_begins, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_writer_returns_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(the_conversions_of_fhir_are_there_when_no_library_gives_them, setup, teardown),
        cmocka_unit_test_setup_teardown(a_conversion_that_fhirhelpers_does_not_have_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
