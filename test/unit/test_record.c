/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "record/record.h"
#include "record/systems.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h> /* after ours: it has a macro named fail */

static int set_up(void **state)
{
    *state = arena_new(NULL);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

static nl_status load(arena *a, const char *text, const char *patient, record **out, nl_error *err)
{
    record *r = record_make(a);
    *out = r;
    nl_status s = record_read(r, STR("input"), text, strlen(text), err);
    return s == NL_OK ? record_close(r, str_of(patient), err) : s;
}

static record *loaded(arena *a, const char *text)
{
    record *r;
    nl_error err = { 0 };
    if (load(a, text, "", &r, &err) != NL_OK) {
        fail_msg("%s: %s", text, err.what);
    }
    return r;
}

static size_t count_of(const record *r, const char *type)
{
    const resource *const *rows;
    return record_find(r, str_of(type), STR(""), STR(""), &rows);
}

static const finding *finding_of(const record *r, const char *code)
{
    for (size_t i = 0; i < record_finding_count(r); i++) {
        if (str_is(record_finding_at(r, i)->code, code)) {
            return record_finding_at(r, i);
        }
    }
    return NULL;
}

#define assert_str(got_, want_)                                                                                        \
    do {                                                                                                               \
        str got = (got_);                                                                                              \
        if (!str_is(got, (want_))) {                                                                                   \
            fail_msg("got \"%.*s\", wanted \"%s\"", STR_ARG(got), (want_));                                            \
        }                                                                                                              \
    } while (0)

#define PATIENT "{\"resourceType\":\"Patient\",\"id\":\"p\"}"
#define OBS(id, more)                                                                                                  \
    "{\"resourceType\":\"Observation\",\"id\":\"" id "\",\"subject\":{\"reference\":\"Patient/p\"}" more "}"
#define BUNDLE(entries) "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[" entries "]}"
#define ENTRY(resource) "{\"resource\":" resource "}"

static void every_shape_of_input_gives_the_same_record(void **state)
{
    static const char *const shapes[] = {
        BUNDLE(ENTRY(PATIENT) "," ENTRY(OBS("o", ""))),
        "\xEF\xBB\xBF" BUNDLE(ENTRY(PATIENT) "," ENTRY(OBS("o", ""))) "\n",
        "[" PATIENT "," OBS("o", "") "]",
        PATIENT "\n" OBS("o", "") "\n",
        "\n" PATIENT "\r\n\r\n" OBS("o", ""),
        BUNDLE(ENTRY(PATIENT)) "\n" BUNDLE(ENTRY(OBS("o", ""))) "\n",
        "{\"resourceType\":\"Bundle\",\"entry\":[\n{\"resource\":\n" PATIENT "},\n{\"resource\":" OBS("o", "") "}\n]}",
        BUNDLE(ENTRY(BUNDLE(ENTRY(PATIENT))) "," ENTRY(BUNDLE(ENTRY(OBS("o", ""))))),
        "[" BUNDLE(ENTRY(PATIENT)) ",[" OBS("o", "") "]]",
        BUNDLE(PATIENT "," OBS("o", "")),
        "{\"entry\":[" ENTRY(PATIENT) "," ENTRY(OBS("o", "")) "]}",
        "{\"resourceType\":\"Bundle\",\"entry\":[{\"request\":{\"method\":\"PUT\"}}," ENTRY(PATIENT) "," ENTRY(
            OBS("o", "")) "]}",
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        record *r = loaded(*state, shapes[i]);
        assert_int_equal(record_count(r), 2);
        assert_int_equal(count_of(r, "Observation"), 1);
        assert_str(record_patient(r)->id, "p");
        assert_ptr_equal(record_of(r, json_get(record_at(r, 0)->root, "subject")), record_at(r, 0));
    }
    assert_int_equal(record_count(loaded(*state, PATIENT)), 1);
}

static void what_is_not_one_patient_is_a_clear_error(void **state)
{
#define TWO                                                                                                            \
    BUNDLE(                                                                                                            \
        ENTRY("{\"resourceType\":\"Patient\",\"id\":\"b\"}") "," ENTRY("{\"resourceType\":\"Patient\",\"id\":\"a\"}"))
    static const struct {
        const char *text, *patient;
        nl_status status;
        const char *what;
    } cases[] = {
        { "", "", NL_E_SYNTAX, "nothing is in it" },
        { "\n\n", "", NL_E_SYNTAX, "nothing is in it" },
        { "{\"resourceType\":\"Pat", "", NL_E_SYNTAX, "a string has no end" },
        { BUNDLE(ENTRY(PATIENT)) "x", "", NL_E_SYNTAX, "after the end" },
        { "[\n" PATIENT ",\n" OBS("o", "") "\n", "", NL_E_SYNTAX, "ends inside an array" },
        { "{\"resourceType\":\"Bundle\",\"entry\":[\n" ENTRY(PATIENT) ",\n" ENTRY(OBS("o", "")) "\n", "", NL_E_SYNTAX,
          "ends inside" },
        { "{}", "", NL_E_MODEL, "no resourceType" },
        { "{\"a\":1}", "", NL_E_MODEL, "not FHIR" },
        { "12", "", NL_E_MODEL, "not FHIR" },
        { "[1,2]", "", NL_E_MODEL, "not FHIR" },
        { "[]", "", NL_E_MODEL, "no FHIR resource" },
        { BUNDLE(""), "", NL_E_MODEL, "no FHIR resource" },
        { "{\"resourceType\":\"Questionnaire\",\"id\":\"q\"}", "", NL_E_MODEL,
          "no Patient: the only resource is of type Questionnaire" },
        { "[" OBS("o", "") "," OBS("q", "") "]", "", NL_E_MODEL, "no Patient among its 2 resources" },
        { TWO, "", NL_E_MODEL, "2 patients are in it: choose one with --patient ID (a, b)" },
        { TWO, "c", NL_E_MODEL, "no Patient with the id \"c\" is in it (there is: a, b)" },
        { PATIENT, "x", NL_E_MODEL, "no Patient with the id \"x\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        record *r;
        nl_error err = { 0 };
        nl_status s = load(*state, cases[i].text, cases[i].patient, &r, &err);
        if (s != cases[i].status || !strstr(err.what, cases[i].what)) {
            fail_msg("%s: status %d, %s", cases[i].text, s, err.what);
        }
        assert_string_equal(err.where, "input");
    }
}

static void a_deep_input_is_a_limit(void **state)
{
    size_t n = (size_t)10 << 20;
    char *deep = test_malloc(n);
    memset(deep, '[', n);
    record *r = record_make(*state);
    nl_error err = { 0 };
    assert_int_equal(record_read(r, STR("deep"), deep, n, &err), NL_E_LIMIT);
    assert_non_null(strstr(err.what, "nested more than"));
    test_free(deep);
}

static void a_bad_line_is_a_finding_with_its_number(void **state)
{
    record *r = loaded(*state, PATIENT "\n{\"resourceType\":\"Obs\n" OBS("o", "") "\nnonsense\n");
    assert_int_equal(record_count(r), 2);
    const finding *f = finding_of(r, "bad-line");
    assert_non_null(f);
    assert_int_equal(f->place.line, 2);
    assert_int_equal(record_finding_count(r), 2);
    r = loaded(*state, "{\"resourceType\":\"Obs\n" PATIENT "\n"); /* the first line may be the bad one */
    assert_int_equal(finding_of(r, "bad-line")->place.line, 1);
    record *none;
    assert_int_equal(load(*state, "{\"a\"\n{\"b\"\n", "", &none, NULL), NL_E_SYNTAX);
}

static void a_line_that_nests_too_deep_is_a_finding_and_the_other_lines_are_read(void **state)
{
    buf b = buf_make(*state, 1 << 20);
    buf_add(&b, STR("{\"resourceType\":\"Observation\",\"x\":"));
    buf_repeat(&b, '[', 100000);
    buf_repeat(&b, ']', 100000);
    buf_char(&b, '}');
    str line = buf_str(&b);
    for (size_t i = 0; i < 2; i++) {
        str before = i == 0 ? STR(PATIENT "\n") : STR(""), after = i == 0 ? STR("\n" OBS("o", "") "\n") : STR("\n" PATIENT "\n" OBS("o", "") "\n");
        str all = arena_printf(*state, "%.*s%.*s%.*s", STR_ARG(before), STR_ARG(line), STR_ARG(after));
        record *r = loaded(*state, all.p);
        assert_int_equal(record_count(r), 2);
        assert_int_equal(finding_of(r, "bad-line")->place.line, i == 0 ? 2 : 1);
        assert_true(str_find(finding_of(r, "bad-line")->text, STR("nested more than")) >= 0);
    }
}

static void the_chosen_patient_keeps_only_what_is_theirs(void **state)
{
    const char *text =
        "["
        "{\"resourceType\":\"Patient\",\"id\":\"a\"},{\"resourceType\":\"Patient\",\"id\":\"b\"},"
        "{\"resourceType\":\"Observation\",\"id\":\"1\",\"subject\":{\"reference\":\"Patient/a\"}},"
        "{\"resourceType\":\"Observation\",\"id\":\"2\",\"subject\":{\"reference\":\"http://x.org/fhir/Patient/b/"
        "_history/3\"}},"
        "{\"resourceType\":\"Observation\",\"id\":\"3\",\"subject\":{\"reference\":\"urn:uuid:a\"}},"
        "{\"resourceType\":\"Observation\",\"id\":\"4\",\"subject\":{\"reference\":\"Patient/c\"}},"
        "{\"resourceType\":\"Observation\",\"id\":\"5\",\"subject\":{\"reference\":\"Group/g\"}},"
        "{\"resourceType\":\"Coverage\",\"id\":\"6\",\"beneficiary\":{\"reference\":\"Patient/b\"}},"
        "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"7\",\"patient\":{\"reference\":\"Patient/a\"}},"
        "{\"resourceType\":\"Practitioner\",\"id\":\"8\"}]";
    record *r;
    assert_int_equal(load(*state, text, "Patient/a", &r, NULL), NL_OK);
    assert_str(record_patient(r)->id, "a");
    assert_int_equal(count_of(r, "Patient"), 1);
    assert_int_equal(count_of(r, "Observation"), 3);
    assert_int_equal(count_of(r, "Coverage"), 0);
    assert_int_equal(count_of(r, "AllergyIntolerance"), 1);
    assert_int_equal(count_of(r, "Practitioner"), 1);
    assert_non_null(finding_of(r, "unknown-patient"));
}

static void the_only_patient_keeps_what_names_somebody_unknown(void **state)
{
    record *r =
        loaded(*state,
               "[" PATIENT ",{\"resourceType\":\"Observation\",\"id\":\"1\",\"subject\":{\"reference\":\"Patient/x\"}},"
               "{\"resourceType\":\"Observation\",\"id\":\"2\",\"subject\":{\"display\":\"N. N.\"}}]");
    assert_int_equal(count_of(r, "Observation"), 2);
    assert_non_null(finding_of(r, "foreign-subject"));
    r = loaded(*state,
               "[{\"resourceType\":\"Patient\",\"id\":\"p\",\"identifier\":[{\"system\":\"s\",\"value\":\"1\"}]},"
               "{\"resourceType\":\"Observation\",\"id\":\"1\",\"subject\":{\"identifier\":{\"system\":\"s\",\"value\":"
               "\"1\"}}}]");
    assert_null(finding_of(r, "foreign-subject"));
}

static void references_lead_to_their_targets(void **state)
{
    record *r = loaded(
        *state,
        BUNDLE("{\"fullUrl\":\"urn:uuid:11\",\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\"}},"
               "{\"fullUrl\":\"http://x.org/Specimen/"
               "s\",\"resource\":{\"resourceType\":\"Specimen\",\"subject\":{\"reference\":\"urn:uuid:11\"}}}," ENTRY(
                   "{\"resourceType\":\"Observation\",\"id\":\"o\",\"subject\":{\"reference\":\"urn:uuid:11\"},"
                   "\"contained\":[{\"resourceType\":\"Device\",\"id\":\"d\"}],\"device\":{\"reference\":\"#d\"},"
                   "\"encounter\":{\"reference\":\"Encounter/none\"}}")));
    assert_ptr_equal(record_resolve(r, STR("urn:uuid:11")), record_patient(r));
    assert_ptr_equal(record_resolve(r, STR("urn:uuid:p")), record_patient(r));
    assert_ptr_equal(record_resolve(r, STR("Patient/p")), record_patient(r));
    assert_ptr_equal(record_resolve(r, STR("https://any.org/base/Patient/p")), record_patient(r));
    assert_str(record_resolve(r, STR("http://x.org/Specimen/s"))->type, "Specimen");
    assert_null(record_resolve(r, STR("Patient/q")));
    assert_null(record_resolve(r, STR("#d")));
    assert_null(record_resolve(r, STR("")));
    const json *o = record_resolve(r, STR("Observation/o"))->root;
    assert_str(json_get_text(record_target(r, json_get(o, "device")), "resourceType"), "Device");
    assert_null(record_target(r, json_get(o, "encounter")));
    const finding *f = finding_of(r, "unresolved-reference");
    assert_non_null(f);
    assert_str(record_pointer(r, f->at), "/entry/2/resource/encounter/reference");
    assert_null(finding_of(r, "foreign-subject"));
}

static void duplicates_are_merged_into_the_later(void **state)
{
#define VERSION(day, value)                                                                                            \
    "{\"resourceType\":\"Observation\",\"id\":\"o\",\"meta\":{\"lastUpdated\":\"" day                                  \
    "T00:00:00Z\"},\"valueInteger\":" value "}"
    record *r = record_make(*state);
    const char *first = "[" PATIENT "," VERSION("2020-02-01", "2") "]",
               *second = "[" PATIENT "," VERSION("2020-01-01", "1") "]";
    assert_int_equal(record_read(r, STR("one"), first, strlen(first), NULL), NL_OK);
    assert_int_equal(record_read(r, STR("two"), second, strlen(second), NULL), NL_OK);
    assert_int_equal(record_close(r, STR(""), NULL), NL_OK);
    assert_int_equal(record_count(r), 2);
    assert_str(json_get_text(record_at(r, 0)->root, "valueInteger"), "2");
    assert_int_equal(record_finding_count(r), 1);
    assert_non_null(finding_of(r, "duplicate-differs"));
    assert_str(record_input_name(r, record_at(r, 0)->place.input), "one");
    r = loaded(*state, "[" PATIENT "," VERSION("2020-01-01", "1") "," VERSION("2020-01-01", "1") "]");
    assert_int_equal(record_count(r), 2);
    assert_int_equal(record_finding_count(r), 0);
    r = loaded(*state, "[" PATIENT "," OBS("o", ",\"valueInteger\":1") "," OBS("o", ",\"valueInteger\":2") "]");
    assert_str(json_get_text(record_at(r, 0)->root, "valueInteger"), "2");
}

static void codes_are_found_under_every_spelling_of_their_system(void **state)
{
    record *
        r = loaded(*state, "[" PATIENT "," OBS("1", ",\"code\":{\"coding\":[{\"system\":\"http://"
                                                    "loinc.org\",\"code\":\"1-1\"},{\"system\":\"LOINC\",\"code\":\"1-"
                                                    "1\"}]}") "," OBS("2", ",\"code\":{\"coding\":[{\"system\":"
                                                                           "\"loinc\",\"code\":\"1-1\"}]}") "," OBS(
                               "3",
                               ",\"code\":{\"coding\":[{\"system\":\"urn:oid:2.16.840.1.113883.6.1\",\"code\":\"1-1\"}]"
                               "}") "," OBS("4",
                                            ",\"code\":{\"coding\":[{\"system\":\"https://loinc.org/"
                                            "\",\"code\":\"2-2\"}]}") "," OBS("5",
                                                                              ",\"code\":{\"coding\":[{\"code\":\"1-"
                                                                              "1\"}]}") ","
                                                                                        "{\"resourceType\":"
                                                                                        "\"MedicationRequest\",\"id\":"
                                                                                        "\"m\",\"medicationReference\":"
                                                                                        "{\"reference\":\"Medication/"
                                                                                        "x\"}},"
                                                                                        "{\"resourceType\":"
                                                                                        "\"MedicationRequest\",\"id\":"
                                                                                        "\"n\",\"medicationReference\":"
                                                                                        "{\"reference\":\"#y\"},"
                                                                                        "\"contained\":"
                                                                                        "[{\"resourceType\":"
                                                                                        "\"Medication\",\"id\":\"y\","
                                                                                        "\"code\":{\"coding\":[{"
                                                                                        "\"system\":\"RxNorm\","
                                                                                        "\"code\":\"7\"}]}}]},"
                                                                                        "{\"resourceType\":"
                                                                                        "\"Medication\",\"id\":\"x\","
                                                                                        "\"code\":{\"coding\":[{"
                                                                                        "\"system\":\"RxNorm\","
                                                                                        "\"code\":\"7\"}]}},"
                                                                                        "{\"resourceType\":"
                                                                                        "\"Immunization\",\"id\":\"i\","
                                                                                        "\"vaccineCode\":{\"coding\":[{"
                                                                                        "\"system\":\"http://hl7.org/"
                                                                                        "fhir/sid/"
                                                                                        "cvx\",\"code\":\"9\"}]}}]");
    const resource *const *rows;
    assert_int_equal(record_find(r, STR("Observation"), STR("http://loinc.org"), STR("1-1"), &rows), 3);
    assert_str(rows[0]->id, "1");
    assert_str(rows[2]->id, "3");
    assert_int_equal(record_find(r, STR("Observation"), STR("LOINC"), STR("2-2"), &rows), 1);
    assert_int_equal(record_find(r, STR("Observation"), STR("http://snomed.info/sct"), STR("1-1"), &rows), 0);
    assert_int_equal(record_find(r, STR("Condition"), STR("http://loinc.org"), STR("1-1"), &rows), 0);
    assert_int_equal(
        record_find(r, STR("MedicationRequest"), STR("http://www.nlm.nih.gov/research/umls/rxnorm"), STR("7"), &rows),
        2);
    assert_int_equal(record_find(r, STR("Immunization"), STR("http://hl7.org/fhir/sid/cvx"), STR("9"), &rows), 1);
    assert_non_null(finding_of(r, "system-spelling"));
    assert_str(system_canonical(STR("urn:made-up")), "urn:made-up");
    assert_str(system_canonical(STR("")), "");
    assert_str(system_canonical(STR("HTTPS://SNOMED.info/sct//")), "http://snomed.info/sct");
    assert_str(system_canonical(STR("http://www.genenames.org")), "http://www.genenames.org/geneId");
    assert_str(system_canonical(STR("http://hl7.org/fhir/sid/icd-10")),
               "http://hl7.org/fhir/sid/icd-10"); /* another than -cm */
}

static void what_was_withdrawn_stays_hidden_with_a_finding(void **state)
{
    static const char *const gone[] = {
        ",\"status\":\"entered-in-error\"",
        ",\"status\":\"cancelled\"",
        ",\"status\":\"not-done\"",
        ",\"status\":\"registered\"",
        ",\"status\":\"revoked\"",
        ",\"status\":\"rejected\"",
        ",\"doNotPerform\":true",
        ",\"verificationStatus\":\"refuted\"",
        ",\"verificationStatus\":{\"coding\":[{\"code\":\"entered-in-error\"}]}",
        ",\"verificationStatus\":{\"coding\":[{\"system\":\"urn:local\",\"code\":\"X\"},{\"code\":\"refuted\"}]}",
    };
    static const char *const there[] = { ",\"status\":\"final\"", ",\"doNotPerform\":false",
                                         ",\"verificationStatus\":\"confirmed\"" };
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
        record *r = loaded(
            *state,
            arena_printf(*state, "[%s,%s%s}]", PATIENT, "{\"resourceType\":\"Condition\",\"id\":\"c\"", gone[i]).p);
        assert_int_equal(count_of(r, "Condition"), 0);
        assert_int_equal(record_count(r), 2);
        assert_non_null(finding_of(r, "withdrawn"));
        record_hide(r, record_at(r, 0), false);
        assert_int_equal(count_of(r, "Condition"), 0);
    }
    for (size_t i = 0; i < sizeof there / sizeof there[0]; i++) {
        record *r = loaded(
            *state,
            arena_printf(*state, "[%s,%s%s}]", PATIENT, "{\"resourceType\":\"Condition\",\"id\":\"c\"", there[i]).p);
        assert_int_equal(count_of(r, "Condition"), 1);
        assert_null(finding_of(r, "withdrawn"));
    }
}

static void the_clinical_date_is_the_best_there_is(void **state)
{
    static const struct {
        const char *members, *want;
    } cases[] = {
        { ",\"issued\":\"2020-05-05T10:00:00Z\",\"effectiveDateTime\":\"2020-01\"", "2020-01" },
        { ",\"effectivePeriod\":{\"start\":\"2019-03-04\",\"end\":\"2019-04-04\"}", "2019-03-04" },
        { ",\"effectivePeriod\":{\"end\":\"2019-04-04\"}", "2019-04-04" },
        { ",\"effectivePeriod\":{},\"issued\":\"2020-05-05T10:00:00Z\"", "2020-05-05" },
        { ",\"effectiveInstant\":\"2018-01-02T03:04:05.678+02:00\"", "2018-01-02" },
        { ",\"collection\":{\"collectedDateTime\":\"2017\"}", "2017" },
        { ",\"collection\":{\"collectedPeriod\":{\"start\":\"2016-02-03\"}}", "2016-02-03" },
        { ",\"recordedDate\":\"2015-01-01\",\"onsetDateTime\":\"2014\"", "2014" },
        { ",\"onsetAge\":{\"value\":40},\"recordedDate\":\"2015-01-01\"", "2015-01-01" },
        { ",\"recordedDate\":\"2015-01-01\",\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/other\",\"valueDateTime\":\"2011\"},"
          "{\"url\":\"http://hl7.org/fhir/StructureDefinition/condition-assertedDate\",\"valueDateTime\":\"2012-03-04\"}]",
          "2012-03-04" },
        { ",\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/condition-assertedDate\",\"valueDateTime\":\"2012\"}],\"onsetDateTime\":\"2010\"", "2010" },
        { ",\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/other\",\"valueDateTime\":\"2011\"}]", "" },
        { ",\"authoredOn\":\"2013-12-31\"", "2013-12-31" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[11];
        record *r = loaded(*state, arena_printf(*state, "[%s,{\"resourceType\":\"Observation\",\"id\":\"o\"%s}]",
                                                PATIENT, cases[i].members)
                                       .p);
        assert_str(date_write(record_at(r, 0)->when, text), cases[i].want);
        assert_null(finding_of(r, "not-a-date"));
    }
    static const char *const wrong[] = { "\"2019-02-30\"", "\"last year\"", "20190101", "{\"a\":1}", "[]", "null" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        record *r =
            loaded(*state,
                   arena_printf(*state, "[%s,{\"resourceType\":\"Observation\",\"id\":\"o\",\"effectiveDateTime\":%s}]",
                                PATIENT, wrong[i])
                       .p);
        assert_int_equal(record_at(r, 0)->when.precision, DATE_NONE);
        if (i < 3) {
            assert_non_null(finding_of(r, "not-a-date"));
        }
    }
}

static void a_bad_resource_is_a_finding_and_loses_nothing(void **state)
{
    record *r =
        loaded(*state, BUNDLE(ENTRY(PATIENT) ",7," ENTRY("\"x\"") "," ENTRY("{\"id\":\"n\"}") "," ENTRY(
                           "{\"resourceType\":12}") ",{}," ENTRY("{\"resourceType\":\"Observation\",\"id\":4,\"code\":"
                                                                 "\"x\",\"subject\":\"Patient/"
                                                                 "p\",\"status\":{},\"effectiveDateTime\":{}}")));
    assert_int_equal(record_count(r), 2);
    assert_int_equal(count_of(r, "Observation"), 1);
    assert_non_null(finding_of(r, "not-a-resource"));
    assert_non_null(finding_of(r, "no-resource-type"));
    const finding *f = finding_of(r, "bad-value");
    assert_non_null(f);
    assert_str(record_pointer(r, f->at), "/entry/6/resource/id");
    assert_non_null(finding_of(loaded(*state, "[" PATIENT ",{\"resourceType\":\"Observation\"}]"), "no-id"));
}

static void endless_oddities_are_counted_not_listed(void **state)
{
    enum { MANY = 200000 };
    buf text = buf_make(*state, BUF_MAX_DEFAULT);
    buf_add(&text, STR("[" PATIENT));
    for (int i = 0; i < MANY; i++) {
        buf_add(&text, STR(",1"));
    }
    for (int i = 0; i < 1000; i++) {
        buf_printf(&text,
                   ",{\"resourceType\":\"Observation\",\"id\":\"%d\",\"subject\":{\"reference\":\"Patient/x%d\"}}", i,
                   i);
    }
    buf_add(&text, STR("]"));
    buf_char(&text, '\0');
    record *r = loaded(*state, text.p);
    assert_int_equal(record_count(r), 1001);
    assert_true(record_finding_count(r) < 500);
    const finding *last = record_finding_at(r, record_finding_count(r) - 1);
    assert_str(last->code, "more-oddities");
    assert_non_null(strstr(last->text.p, "800 more"));
}

static void a_long_name_is_cut_between_characters(void **state)
{
    buf text = buf_make(*state, BUF_MAX_DEFAULT);
    buf_add(&text,
            STR("[" PATIENT ",{\"resourceType\":\"Observation\",\"id\":\"o\",\"subject\":{\"reference\":\"Patient/x"));
    for (int i = 0; i < 500; i++) {
        buf_add(&text, STR("\xC3\xA9"));
    }
    buf_add(&text, STR("\"}}]"));
    buf_char(&text, '\0');
    record *r = loaded(*state, text.p);
    const finding *f = finding_of(r, "foreign-subject");
    assert_non_null(f);
    ptrdiff_t end = str_find(f->text, STR("\", who"));
    assert_true(end > 0);
    assert_int_equal((unsigned char)f->text.p[end - 1], 0xA9);
    assert_int_equal((unsigned char)f->text.p[end - 2], 0xC3);
}

static void the_order_of_the_input_changes_nothing(void **state)
{
    static const char *const parts[] = {
        PATIENT,
        OBS("b", ",\"effectiveDateTime\":\"2020\""),
        OBS("a", ",\"effectiveDateTime\":\"2020\""),
        OBS("c", ",\"effectiveDateTime\":\"2019-01\""),
        OBS("d", ""),
        "{\"resourceType\":\"Observation\",\"valueInteger\":1}",
        "{\"resourceType\":\"Observation\",\"valueInteger\":2}",
        "{\"resourceType\":\"Condition\",\"id\":\"z\",\"code\":{\"coding\":[{\"system\":\"ICD10\",\"code\":\"C\"}]},"
        "\"onsetDateTime\":\"x\"}",
        "{\"resourceType\":\"Condition\",\"code\":{\"coding\":[{\"system\":\"SNOMED\",\"code\":\"1\"}]},"
        "\"onsetDateTime\":\"y\"}",
        "{\"resourceType\":\"Condition\",\"code\":{\"coding\":[{\"system\":\"SNOMED\",\"code\":\"2\"}]},"
        "\"onsetDateTime\":\"y\"}",
    };
    enum { PARTS = sizeof parts / sizeof parts[0] };
    str want = { 0 };
    for (uint32_t round = 0; round < 40; round++) {
        uint32_t order[PARTS], seed = round * 2654435761u + 1;
        for (uint32_t i = 0; i < PARTS; i++) {
            order[i] = i;
        }
        for (uint32_t i = PARTS - 1; i > 0; i--) {
            seed = seed * 1664525u + 1013904223u;
            uint32_t k = (seed >> 8) % (i + 1), t = order[i];
            order[i] = order[k];
            order[k] = t;
        }
        buf text = buf_make(*state, BUF_MAX_DEFAULT), told = buf_make(*state, BUF_MAX_DEFAULT);
        for (uint32_t i = 0; i < PARTS; i++) {
            buf_printf(&text, "%s%s", i == 0 ? "[" : ",", parts[order[i]]);
        }
        buf_add(&text, STR("]"));
        buf_char(&text, '\0');
        record *r = loaded(*state, text.p);
        for (size_t i = 0; i < record_count(r); i++) {
            json_write(&told, record_at(r, i)->root, JSON_COMPACT);
        }
        for (size_t i = 0; i < record_finding_count(r); i++) {
            const finding *f = record_finding_at(r, i);
            buf_printf(&told, "\n%.*s", STR_ARG(f->text));
            json_write(&told, f->about->root, JSON_COMPACT);
        }
        if (round == 0) {
            want = buf_str(&told);
        } else if (!str_eq(want, buf_str(&told))) {
            fail_msg("round %u: %.*s\nwanted %.*s", round, STR_ARG(buf_str(&told)), STR_ARG(want));
        }
    }
}

static const resource *derive(arena *a, record *r, const char *code)
{
    json *o = json_new(a, JSON_OBJECT);
    json_put(o, "resourceType", json_string(a, STR("Observation")));
    json_put(o, "id", json_string(a, str_of(code)));
    json *codings = json_put(json_put(o, "code", json_new(a, JSON_OBJECT)), "coding", json_new(a, JSON_ARRAY));
    json *coding = json_push(codings, json_new(a, JSON_OBJECT));
    json_put(coding, "system", json_string(a, STR("http://loinc.org")));
    json_put(coding, "code", json_string(a, str_of(code)));
    const json *source = json_get(record_patient(r)->root, "id");
    return record_append(r, o, (date){ 0 }, &source, 1);
}

static void derived_rows_come_last_and_can_be_taken_back(void **state)
{
    record *r =
        loaded(*state, "[" PATIENT
                       "," OBS("1", ",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"a\"}]}") "]");
    const resource *const *rows;
    for (int round = 0; round < 50; round++) {
        const resource *x = derive(*state, r, "a");
        const resource *y = derive(*state, r, "b");
        assert_true(x->derived && x->source_count == 1 && x->place.input == UINT32_MAX);
        assert_int_equal(record_find(r, STR("Observation"), STR("LOINC"), STR("a"), &rows), 2);
        assert_ptr_equal(rows[1], x);
        assert_int_equal(record_find(r, STR("Observation"), STR("LOINC"), STR("b"), &rows), 1);
        assert_int_equal(count_of(r, "Observation"), 3);
        assert_int_equal(record_derived_count(r), 2);
        assert_ptr_equal(record_of(r, json_path(y->root, "code.coding.0")), y);
        assert_str(record_pointer(r, json_path(y->root, "code.coding.0")), "/code/coding/0");
        assert_ptr_equal(record_resolve(r, STR("Observation/b")), y);
        const resource *original = record_resolve(r, STR("Observation/1"));
        record_hide(r, original, true);
        assert_int_equal(record_find(r, STR("Observation"), STR("LOINC"), STR("a"), &rows), 1);
        assert_ptr_equal(rows[0], x);
        record_hide(r, original, false);
        record_truncate(r, 1);
        assert_int_equal(record_find(r, STR("Observation"), STR("LOINC"), STR("b"), &rows), 0);
        assert_null(record_resolve(r, STR("Observation/b")));
        record_truncate(r, 0);
        assert_int_equal(record_find(r, STR("Observation"), STR("LOINC"), STR("a"), &rows), 1);
        assert_ptr_equal(rows[0], original);
        assert_int_equal(record_count(r), 2);
    }
}

static void a_list_found_stays_while_its_rows_are_hidden(void **state)
{
    record *r = loaded(*state, "[" PATIENT "," OBS("1", "") "," OBS("2", "") "," OBS("3", "") "]");
    const resource *const *rows, *const *again;
    size_t n = record_find(r, STR("Observation"), STR(""), STR(""), &rows);
    for (size_t i = 0; i < n; i++) {
        record_hide(r, rows[i], true);
        assert_int_equal(record_find(r, STR("Observation"), STR(""), STR(""), &again), n - i - 1);
        assert_int_equal(rows[i]->id.p[0], '1' + (int)i);
    }
}

static void the_memory_limit_is_an_error(void **state)
{
    arena *small = arena_new(&(limits){ .memory_bytes = 3000 });
    record *r = record_make(small);
    nl_error err = { 0 };
    const char *text =
        "[" PATIENT "," OBS("1", "") "," OBS("2", "") "," OBS("3", "") "," OBS("4", "") "," OBS("5", "") "]";
    assert_int_equal(record_read(r, STR("big"), text, strlen(text), &err), NL_E_LIMIT);
    assert_non_null(strstr(err.what, "memory"));
    arena_free(small);
}

static nl_status load_guarded(arena *a, void *arg, nl_error *err)
{
    record *r;
    return load(a, arg, "", &r, err);
}

/* Each of many searched for among as many: quadratic, so every look counts as a step. */
static void what_refers_to_many_of_its_own_ends_at_the_limit_of_steps(void **state)
{
    enum { MANY = 200 };
    buf b = buf_make(*state, 1 << 20);
    buf_printf(&b, "[" PATIENT ",{\"resourceType\":\"Observation\",\"id\":\"o\",\"contained\":[{\"id\":\"x\"}");
    for (int i = 0; i < MANY; i++) {
        buf_printf(&b, ",{\"id\":\"%d\"}", i);
    }
    buf_printf(&b, "],\"hasMember\":[{\"reference\":\"#x\"}");
    for (int i = 0; i < MANY; i++) {
        buf_printf(&b, ",{\"reference\":\"#%d\"}", i);
    }
    buf_printf(&b, "]}]%c", 0);
    nl_error err = { 0 };
    arena *enough = arena_new(&(limits){ .steps_max = MANY * MANY }), *little = arena_new(&(limits){ .steps_max = MANY * MANY / 4 });
    assert_int_equal(guard_run(enough, load_guarded, b.p, &err), NL_OK);
    assert_int_equal(guard_run(little, load_guarded, b.p, &err), NL_E_LIMIT);
    assert_non_null(strstr(err.what, "steps"));
    arena_free(enough);
    arena_free(little);
}

static void the_later_of_two_is_told_across_time_zones(void **state)
{
#define UPDATED(at, value) OBS("o", ",\"meta\":{\"lastUpdated\":\"" at "\"},\"valueString\":\"" value "\"")
    const char *const texts[] = {
        "[" PATIENT "," UPDATED("2021-01-01T23:00:00-05:00", "new") "," UPDATED("2021-01-02T01:00:00Z", "old") "]",
        "[" PATIENT "," UPDATED("2021-01-02T01:00:00Z", "old") "," UPDATED("2021-01-01T23:00:00-05:00", "new") "]",
        "[" PATIENT "," UPDATED("2021-01-01T01:00:00.0000002Z", "new") "," UPDATED("2021-01-01T01:00:00.0000001Z", "old") "]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const resource *const *rows;
        record *r = loaded(*state, texts[i]);
        assert_int_equal(record_find(r, STR("Observation"), STR(""), STR(""), &rows), 1);
        assert_str(json_get_text(rows[0]->root, "valueString"), "new");
    }
}

/* Counted in the files themselves: entries of a Bundle, elements of the array. The STU2 file has one Procedure twice
 * (43 entries). */
static void the_real_bundles_lose_no_resource(void **state)
{
    static const struct {
        const char *file;
        size_t count, observations;
    } files[] = {
        { "mcode-icare-extraction-patient1.json", 25, 18 },  { "mcode-stu1-mbc-patient01.json", 18, 8 },
        { "mcode-stu2-jenny-m-bundle.json", 42, 22 },        { "mcode-stu4-jenny-m-bundle.json", 59, 28 },
        { "synthea-mcode-stu1-maryam-array.json", 179, 74 }, { "synthea-r4-t0-patient.json.gz", 330, 18 },
    };
    const char *root = getenv("NL_ROOT");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[512];
        file_bytes f;
        nl_error err = { 0 };
        snprintf(path, sizeof path, "%s/../shared/data/fhir/%s", root ? root : ".", files[i].file);
        if (file_read(path, (size_t)16 << 20, &f, &err) != NL_OK) {
            print_message("skipped: ../shared/data/fhir is not here\n");
            skip();
        }
        record *r = record_make(*state);
        assert_int_equal(record_read(r, str_of(files[i].file), f.p, f.n, &err), NL_OK);
        assert_int_equal(record_close(r, STR(""), &err), NL_OK);
        file_free(&f);
        assert_non_null(record_patient(r));
        assert_int_equal(record_count(r), files[i].count);
        size_t withdrawn = 0, observations = count_of(r, "Observation");
        for (size_t k = 0; k < record_count(r); k++) {
            withdrawn += record_at(r, k)->withdrawn ? 1 : 0;
        }
        assert_int_equal(withdrawn, 0);
        assert_int_equal(observations, files[i].observations);
        assert_null(finding_of(r, "duplicate-differs"));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_shape_of_input_gives_the_same_record),
        TEST(what_is_not_one_patient_is_a_clear_error),
        TEST(a_deep_input_is_a_limit),
        TEST(a_bad_line_is_a_finding_with_its_number),
        TEST(a_line_that_nests_too_deep_is_a_finding_and_the_other_lines_are_read),
        TEST(the_chosen_patient_keeps_only_what_is_theirs),
        TEST(the_only_patient_keeps_what_names_somebody_unknown),
        TEST(references_lead_to_their_targets),
        TEST(duplicates_are_merged_into_the_later),
        TEST(codes_are_found_under_every_spelling_of_their_system),
        TEST(what_was_withdrawn_stays_hidden_with_a_finding),
        TEST(the_clinical_date_is_the_best_there_is),
        TEST(a_bad_resource_is_a_finding_and_loses_nothing),
        TEST(endless_oddities_are_counted_not_listed),
        TEST(a_long_name_is_cut_between_characters),
        TEST(the_order_of_the_input_changes_nothing),
        TEST(derived_rows_come_last_and_can_be_taken_back),
        TEST(a_list_found_stays_while_its_rows_are_hidden),
        TEST(the_memory_limit_is_an_error),
        TEST(what_refers_to_many_of_its_own_ends_at_the_limit_of_steps),
        TEST(the_later_of_two_is_told_across_time_zones),
        TEST(the_real_bundles_lose_no_resource),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
