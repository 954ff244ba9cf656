/* SPDX-License-Identifier: Apache-2.0 */
#include "record/model_fhir.h"

#include "record/model_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h> /* after ours: it has a macro named fail */

#define assert_str(got_, want_)                                                                                        \
    do {                                                                                                               \
        str got = (got_);                                                                                              \
        if (!str_is(got, (want_))) {                                                                                   \
            fail_msg("got \"%.*s\", wanted \"%s\"", STR_ARG(got), (want_));                                            \
        }                                                                                                              \
    } while (0)

typedef struct world {
    arena *a;
    record *r;
    const cql_model *m;
} world;

static const char input[] =
    "["
    "{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"female\",\"active\":true,\"birthDate\":\"1960-02\",\"_"
    "birthDate\":{\"extension\":"
    "[{\"url\":\"u\",\"valueString\":\"about\"}]},\"name\":[{\"given\":[\"Ann\",null,\"May\"],\"_given\":[null,{\"id\":"
    "\"g\"},null]}],"
    "\"_deceasedDateTime\":{\"extension\":[{\"url\":\"v\"}]},\"multipleBirthInteger\":2},"
    "{\"resourceType\":\"Observation\",\"id\":\"a\",\"status\":\"final\",\"category\":[{\"coding\":[{\"code\":"
    "\"laboratory\"}]}],"
    "\"code\":{\"coding\":[{\"system\":\"LOINC\",\"code\":\"1-1\"},{\"system\":\"http://"
    "loinc.org\",\"code\":\"2-2\"}]},"
    "\"effectiveDateTime\":\"2020-03-01T10:00:00+01:00\",\"valueQuantity\":{\"value\":1.50,\"code\":\"mg\"},"
    "\"component\":{\"code\":{\"text\":\"one, not in a list\"},\"valueBoolean\":false}},"
    "{\"resourceType\":\"Observation\",\"id\":\"b\",\"code\":{\"coding\":[{\"system\":\"http://"
    "loinc.org\",\"code\":\"2-2\"}]},"
    "\"effectivePeriod\":{\"start\":\"2021\"},\"issued\":\"2021-02-30T00:00:00Z\",\"valueCodeableConcept\":{\"text\":"
    "\"x\"},"
    "\"contained\":[{\"resourceType\":\"Device\",\"id\":\"d\"}],\"referenceRange\":[{\"age\":{\"low\":{\"value\":18}}}]"
    "},"
    "{\"resourceType\":\"Observation\",\"id\":\"c\",\"code\":{\"coding\":[{\"system\":\"http://"
    "loinc.org\",\"code\":\"3-3\"}]},"
    "\"effectiveDateTime\":2022,\"valueInteger\":\"7\",\"status\":[\"final\"],\"subject\":\"Patient/p\"},"
    "{\"resourceType\":\"Observation\",\"id\":\"e\",\"status\":\"entered-in-error\",\"code\":{\"coding\":[{\"system\":"
    "\"http://loinc.org\",\"code\":\"3-3\"}]}},"
    "{\"resourceType\":\"Condition\",\"id\":\"k\",\"clinicalStatus\":\"active\",\"onsetAge\":{\"value\":40}},"
    "{\"resourceType\":\"Encounter\",\"id\":\"n\",\"type\":[{\"coding\":[{\"system\":\"SNOMED\",\"code\":\"9\"}]}],"
    "\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"AMB\"}}]";

static int set_up(void **state)
{
    world *w = test_calloc(1, sizeof *w);
    nl_error err = { 0 };
    w->a = arena_new(NULL);
    w->r = record_make(w->a);
    if (record_read(w->r, STR("input"), input, sizeof input - 1, &err) != NL_OK ||
        record_close(w->r, STR(""), &err) != NL_OK) {
        print_error("%s\n", err.what);
        return -1;
    }
    w->m = model_fhir_make(w->a, w->r, NULL);
    *state = w;
    return 0;
}

static const char value_sets[] =
    "[{\"resourceType\":\"Patient\",\"id\":\"p\"},"
    "{\"resourceType\":\"ValueSet\",\"id\":\"1\",\"url\":\"urn:a\",\"version\":\"1\",\"compose\":{\"include\":[{"
    "\"system\":\"urn:s\",\"concept\":[{\"code\":\"x\"},{\"code\":\"y\",\"display\":\"why\"}]}]}},"
    "{\"resourceType\":\"ValueSet\",\"id\":\"2\",\"url\":\"urn:a\",\"version\":\"2\",\"compose\":{\"include\":[{"
    "\"system\":\"urn:s\"}]},\"expansion\":{\"total\":2,\"contains\":[{\"abstract\":true,\"code\":\"g\",\"contains\":["
    "{\"system\":\"urn:s\",\"code\":\"z\"}]},{\"system\":\"urn:t\",\"code\":\"z\"}]}},"
    "{\"resourceType\":\"ValueSet\",\"id\":\"3\",\"url\":\"urn:filtered\",\"compose\":{\"include\":[{\"system\":"
    "\"urn:s\",\"filter\":[{\"property\":\"p\",\"op\":\"=\",\"value\":\"v\"}]}]}},"
    "{\"resourceType\":\"ValueSet\",\"id\":\"4\",\"url\":\"urn:less\",\"compose\":{\"include\":[{\"system\":\"urn:s\","
    "\"concept\":[{\"code\":\"x\"}]}],\"exclude\":[{\"system\":\"urn:s\",\"concept\":[{\"code\":\"x\"}]}]}},"
    "{\"resourceType\":\"ValueSet\",\"id\":\"5\",\"url\":\"urn:part\",\"expansion\":{\"total\":9,\"contains\":[{"
    "\"system\":\"urn:s\",\"code\":\"x\"}]}},"
    "{\"resourceType\":\"ValueSet\",\"id\":\"8\",\"url\":\"urn:of-filtered\",\"compose\":{\"include\":[{\"valueSet\":[\"urn:filtered\"]}]}},"
    "{\"resourceType\":\"ValueSet\",\"id\":\"9\",\"url\":\"urn:of-none\",\"compose\":{\"include\":[{\"valueSet\":[\"urn:none|1\"]}]}},"
    "{\"resourceType\":\"ValueSet\",\"id\":\"10\",\"url\":\"urn:of-t\",\"compose\":{\"include\":[{\"system\":\"urn:t\"}]}},"
    "{\"resourceType\":\"ValueSet\",\"id\":\"11\",\"url\":\"urn:of-u\",\"compose\":{\"include\":[{\"system\":\"urn:u\"}]}},"
    "{\"resourceType\":\"ValueSet\",\"id\":\"12\",\"url\":\"urn:itself\",\"compose\":{\"include\":[{\"valueSet\":[\"urn:itself\"]}]}},"
    "{\"resourceType\":\"ValueSet\",\"id\":\"13\",\"url\":\"urn:empty\"},"
    "{\"resourceType\":\"CodeSystem\",\"id\":\"6\",\"url\":\"urn:s\",\"content\":\"complete\",\"concept\":[{\"code\":"
    "\"x\",\"concept\":[{\"code\":\"y\"}]}]},"
    "{\"resourceType\":\"CodeSystem\",\"id\":\"7\",\"url\":\"urn:t\",\"content\":\"fragment\",\"concept\":[{\"code\":"
    "\"x\"}]}]";

static void value_sets_are_counted_out_only_where_they_list_their_codes(void **state)
{
    arena *a = arena_new(NULL);
    nl_error err = { 0 };
    record *r = record_make(a);
    assert_int_equal(record_read(r, STR("sets"), value_sets, sizeof value_sets - 1, &err), NL_OK);
    assert_int_equal(record_close(r, STR(""), &err), NL_OK);
    const cql_model *m = model_fhir_make(a, r, NULL);
    str why;
    const cql_codes *codes = m->codes(m, a, CQL_VALUE_SET, STR("urn:a"), STR("1"), &why);
    assert_int_equal(codes->count, 2);
    assert_true(str_is(codes->at[1].code, "y") && str_is(codes->at[1].system, "urn:s") && str_is(codes->at[1].display, "why"));
    codes = m->codes(m, a, CQL_VALUE_SET, STR("urn:a"), STR("2"), &why);
    assert_int_equal(codes->count, 2);
    assert_true(str_is(codes->at[0].code, "z") && str_is(codes->at[0].system, "urn:s") && str_is(codes->at[1].system, "urn:t"));
    assert_int_equal(m->codes(m, a, CQL_CODE_SYSTEM, STR("urn:s"), STR(""), &why)->count, 2);
    assert_int_equal(m->codes(m, a, CQL_VALUE_SET, STR("urn:less"), STR(""), &why)->count, 0); /* all it includes is excluded */
    static const char *const untold[][2] = {
        { "urn:filtered", "'urn:filtered' selects by a filter and has no expansion" },
        { "urn:part", "'urn:part' has only a part of its expansion" },
        { "urn:of-filtered", "'urn:filtered' selects by a filter and has no expansion" },
        { "urn:of-none", "'urn:of-none' includes or excludes a value set that is not there: 'urn:none|1'" },
        { "urn:of-t", "'urn:t' is not given whole" },
        { "urn:of-u", "'urn:of-u' includes or excludes a code system that is not there: 'urn:u'" },
        { "urn:itself", "'urn:itself' includes itself" },
        { "urn:empty", "'urn:empty' does not say which codes it has" },
        { "urn:nowhere", "" },
    };
    for (size_t i = 0; i < sizeof untold / sizeof *untold; i++) {
        assert_null(m->codes(m, a, CQL_VALUE_SET, str_of(untold[i][0]), STR(""), &why));
        assert_string_equal(arena_str(a, why).p, untold[i][1]);
    }
    assert_null(m->codes(m, a, CQL_VALUE_SET, STR("urn:a"), STR("3"), &why));
    assert_null(m->codes(m, a, CQL_CODE_SYSTEM, STR("urn:t"), STR(""), &why));
    arena_free(a);
}

/* Six rows by 200 codes: each row is looked for among the codes; one is coded by a medication it refers to. */
static void rows_by_more_codes_than_there_are_rows_are_the_same_rows(void **state)
{
    arena *a = arena_new(NULL);
    nl_error err = { 0 };
    record *r = record_make(a);
    static const char rows[] =
        "[{\"resourceType\":\"Patient\",\"id\":\"p\"},"
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"1\",\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"urn:x\",\"code\":\"c7\"},"
        "{\"system\":\"RxNorm\",\"code\":\"c8\"}]}},"
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"2\",\"medicationReference\":{\"reference\":\"Medication/m\"}},"
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"3\",\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"urn:x\",\"code\":\"c7\"}]}},"
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"4\",\"medicationCodeableConcept\":{\"text\":\"c7\"}},"
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"5\",\"status\":\"c9\"},"
        "{\"resourceType\":\"Medication\",\"id\":\"m\",\"code\":{\"coding\":[{\"system\":\"http://www.nlm.nih.gov/research/umls/rxnorm\",\"code\":\"c199\"}]}}]";
    assert_int_equal(record_read(r, STR("rows"), rows, sizeof rows - 1, &err), NL_OK);
    assert_int_equal(record_close(r, STR(""), &err), NL_OK);
    const cql_model *m = model_fhir_make(a, r, NULL);
    cql_code *codes = ARENA_ARRAY(a, 200, cql_code);
    for (uint32_t i = 0; i < 200; i++) {
        codes[i] = (cql_code){ .code = arena_printf(a, "c%u", i), .system = STR("http://www.nlm.nih.gov/research/umls/rxnorm") };
    }
    const cql_value *found;
    cql_retrieval q = { .type = STR("MedicationRequest"), .filtered = true, .codes = cql_codes_make(a, codes, 200) };
    assert_int_equal(m->retrieve(m, a, &q, &found), 2);
    assert_true(str_is(json_get_text(found[0].as.p, "id"), "1"));
    assert_true(str_is(json_get_text(found[1].as.p, "id"), "2"));
    q.codes = cql_codes_make(a, codes, 2); /* of few codes, each is looked for among the rows */
    assert_int_equal(m->retrieve(m, a, &q, &found), 0);
    q.codes = cql_codes_make(a, codes + 8, 2);
    assert_int_equal(m->retrieve(m, a, &q, &found), 1);
    q.codes = cql_codes_make(a, codes, 200);
    q.code_property = STR("status"); /* a code without a system is compared by itself */
    assert_int_equal(m->retrieve(m, a, &q, &found), 1);
    assert_true(str_is(json_get_text(found[0].as.p, "id"), "5"));
    arena_free(a);
}

/* ---- value sets of no patient ---- */

#define SET(url, version, code) \
    "{\"resourceType\":\"ValueSet\",\"url\":\"" url "\",\"version\":\"" version "\",\"compose\":{\"include\":[{\"system\":\"urn:s\",\"concept\":[{\"code\":\"" code "\"}]}]}}"

static void a_patients_own_value_sets_come_before_those_for_all(void **state)
{
    arena *a = arena_new(NULL), *other = arena_new(NULL);
    nl_error err = { 0 };
    str why;
    static const char own[] = "[{\"resourceType\":\"Patient\",\"id\":\"p\"}," SET("urn:a", "1", "own") ","
        "{\"resourceType\":\"ValueSet\",\"url\":\"urn:both\",\"compose\":{\"include\":[{\"valueSet\":[\"urn:a\"]},{\"valueSet\":[\"urn:b\"]},"
        "{\"system\":\"LOINC\"}]}}]";
    static const char first[] = SET("urn:b", "1", "b1") "\n" SET("urn:b", "2", "b2") "\n" SET("urn:a", "1", "shared") "\n" SET("urn:a", "2", "later") "\n";
    static const char second[] = "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Library\"}},{\"resource\":"
        "{\"resourceType\":\"CodeSystem\",\"url\":\"http://loinc.org\",\"content\":\"complete\",\"hierarchyMeaning\":\"is-a\",\"concept\":[{\"code\":\"1\","
        "\"concept\":[{\"code\":\"2\"}]}]}}]}";
    terminology *t = terminology_make(other);
    assert_int_equal(terminology_read(t, STR("first"), first, sizeof first - 1, &err), NL_OK);
    assert_int_equal(terminology_read(t, STR("second"), second, sizeof second - 1, &err), NL_OK);
    assert_int_equal(terminology_count(t), 5);
    terminology_close(t);
    size_t closed = arena_used(other);
    record *r = record_make(a);
    assert_int_equal(record_read(r, STR("own"), own, sizeof own - 1, &err), NL_OK);
    assert_int_equal(record_close(r, STR(""), &err), NL_OK);
    const cql_model *m = model_fhir_make(a, r, t);
    static const char *const sets[][3] = { { "urn:a", "", "own" }, { "urn:a", "2", "later" }, { "urn:b", "", "b1" }, { "urn:b", "2", "b2" } };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        const cql_codes *codes = m->codes(m, a, CQL_VALUE_SET, str_of(sets[i][0]), str_of(sets[i][1]), &why);
        assert_int_equal(codes->count, 1);
        assert_true(str_is(codes->at[0].code, sets[i][2]));
    }
    const cql_codes *both = m->codes(m, a, CQL_VALUE_SET, STR("urn:both"), STR(""), &why); /* what it is composed of lies on both sides */
    assert_int_equal(both->count, 4);
    assert_true(cql_codes_hold(both, STR("own"), STR("urn:s")) && cql_codes_hold(both, STR("b1"), STR("urn:s")) && cql_codes_hold(both, STR("2"), STR("http://loinc.org")));
    assert_int_equal(m->codes(m, a, CQL_CODE_SYSTEM, STR("urn:oid:2.16.840.1.113883.6.1"), STR(""), &why)->count, 2);
    assert_int_equal(m->subsumes(m, a, STR("http://loinc.org"), STR(""), STR("1"), STR("2")), TRUTH_TRUE);
    assert_null(m->codes(m, a, CQL_VALUE_SET, STR("urn:b"), STR("3"), &why));
    assert_int_equal(arena_used(other), closed); /* nothing is added to what threads share */
    arena_free(a);
    arena_free(other);
}

static void a_line_of_a_terminology_that_is_no_json_ends_the_reading(void **state)
{
    arena *a = arena_new(NULL);
    nl_error err = { 0 };
    terminology *t = terminology_make(a);
    static const char lines[] = SET("urn:a", "1", "x") "\n\n{\"resourceType\":\"ValueSet\",\"url\":\n";
    assert_int_equal(terminology_read(t, STR("sets.ndjson"), lines, sizeof lines - 1, &err), NL_E_SYNTAX);
    assert_string_equal(err.where, "sets.ndjson");
    assert_int_equal(err.line, 3);
    assert_int_equal(terminology_read(t, STR("x"), "{\"a\":1}", 7, &err), NL_E_MODEL);
    arena_free(a);
}

static int tear_down(void **state)
{
    world *w = *state;
    arena_free(w->a);
    test_free(w);
    return 0;
}

static uint32_t type(const world *w, const char *name)
{
    str qualified = arena_printf(w->a, "{http://hl7.org/fhir}%s", name);
    return w->m->type(w->m, qualified);
}

/* A path of properties, as the engine would ask: the element types come from the model itself. */
static cql_value path(const world *w, cql_value item, const char *names)
{
    str rest = str_of(names), name;
    while (str_cut(&rest, '.', &name)) {
        if (item.kind == CQL_LIST) {
            item = item.as.list[0];
        }
        item = w->m->property(w->m, w->a, item, name, (cql_expected){ 0 });
    }
    return item;
}

static cql_value resource_item(const world *w, const char *reference)
{
    const resource *x = record_resolve(w->r, str_of(reference));
    assert_non_null(x);
    return cql_item(x->root, fhir_type_number(x->type));
}

static str text(cql_value v)
{
    assert_int_equal(v.kind, CQL_STRING);
    return (str){ v.as.s, v.n };
}

static void types_have_numbers_of_their_own(void **state)
{
    const world *w = *state;
    assert_true(type(w, "Observation") > 0);
    assert_true(type(w, "Observation.Component") > 0);
    assert_true(type(w, "Observation") != type(w, "Patient"));
    assert_int_equal(type(w, "Observations"), 0);
    assert_int_equal(type(w, ""), 0);
    assert_int_equal(w->m->type(w->m, STR("{urn:hl7-org:elm-types:r1}String")), 0);
}

static void derived_types_are_of_their_base(void **state)
{
    const world *w = *state;
    json n = { .type = JSON_OBJECT };
    static const struct {
        const char *of, *is;
        bool want;
    } cases[] = {
        { "Age", "Quantity", true },
        { "Quantity", "Age", false },
        { "AdministrativeGender", "code", true },
        { "AdministrativeGender", "string", true },
        { "Observation", "DomainResource", true },
        { "Observation", "Resource", true },
        { "Observation", "Element", false },
        { "dateTime", "Element", true },
        { "dateTime", "string", false },
        { "url", "uri", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool got = w->m->is(w->m, cql_item(&n, type(w, cases[i].of)), type(w, cases[i].is));
        if (got != cases[i].want) {
            fail_msg("%s is %s: %d", cases[i].of, cases[i].is, got);
        }
    }
    assert_false(w->m->is(w->m, cql_null(), type(w, "Age")));
}

static void primitives_give_system_values_with_their_digits(void **state)
{
    const world *w = *state;
    cql_value p = resource_item(w, "Patient/p"), a = resource_item(w, "Observation/a");
    cql_value gender = path(w, p, "gender");
    assert_int_equal(gender.kind, CQL_ITEM);
    assert_int_equal(gender.n, type(w, "AdministrativeGender"));
    assert_str(text(path(w, gender, "value")), "female");
    assert_true(path(w, p, "active.value").as.b);
    assert_int_equal(path(w, p, "birthDate.value").kind, CQL_DATE);
    assert_int_equal(path(w, a, "effective.value").kind, CQL_DATETIME);
    cql_value amount = path(w, a, "value.value.value");
    assert_int_equal(amount.kind, CQL_DECIMAL);
    assert_int_equal(amount.small, 2);
    assert_int_equal(path(w, p, "multipleBirth.value").as.i, 2);
    assert_str(text(path(w, p, "id.value")), "p");
}

static void choices_are_known_by_the_name_of_their_member(void **state)
{
    const world *w = *state;
    cql_value a = resource_item(w, "Observation/a"), b = resource_item(w, "Observation/b");
    assert_int_equal(path(w, a, "value").n, type(w, "Quantity"));
    assert_int_equal(path(w, a, "effective").n, type(w, "dateTime"));
    assert_int_equal(path(w, b, "value").n, type(w, "CodeableConcept"));
    assert_int_equal(path(w, b, "effective").n, type(w, "Period"));
    assert_int_equal(path(w, b, "effective.start.value").kind, CQL_DATETIME);
    assert_int_equal(path(w, resource_item(w, "Condition/k"), "onset").n, type(w, "Age"));
    assert_int_equal(path(w, resource_item(w, "Condition/k"), "abatement").kind, CQL_NULL);
    assert_false(path(w, a, "component.value.value").as.b);
    assert_int_equal(path(w, a, "component.value.value").kind, CQL_BOOLEAN);
}

static void lists_are_lists_by_what_fhir_declares(void **state)
{
    const world *w = *state;
    cql_value a = resource_item(w, "Observation/a");
    assert_int_equal(path(w, a, "category").kind, CQL_LIST);
    assert_int_equal(path(w, a, "component").kind, CQL_LIST); /* one object where a list belongs */
    assert_int_equal(path(w, a, "component").n, 1);
    assert_int_equal(path(w, a, "component").as.list[0].n, type(w, "Observation.Component"));
    assert_int_equal(path(w, a, "code").kind, CQL_ITEM);
    assert_int_equal(path(w, a, "code.coding").n, 2);
    assert_int_equal(path(w, a, "note").kind, CQL_NULL);
    cql_value c = resource_item(w, "Observation/c"); /* a list of one where one belongs */
    assert_str(text(path(w, c, "status.value")), "final");
    cql_value device = path(w, resource_item(w, "Observation/b"), "contained");
    assert_int_equal(device.as.list[0].n, type(w, "Device"));
    assert_int_equal(path(w, resource_item(w, "Observation/b"), "referenceRange.age.low.value.value").kind,
                     CQL_DECIMAL);
}

static void extensions_of_primitives_are_reached(void **state)
{
    const world *w = *state;
    cql_value p = resource_item(w, "Patient/p");
    assert_str(text(path(w, p, "birthDate.extension.value.value")), "about");
    assert_int_equal(path(w, p, "deceased").n, type(w, "dateTime")); /* known only by its extensions */
    assert_int_equal(path(w, p, "deceased.value").kind, CQL_NULL);
    assert_str(text(path(w, p, "deceased.extension.url.value")), "v");
    cql_value given = path(w, p, "name.given");
    assert_int_equal(given.n, 3);
    assert_str(text(path(w, given.as.list[0], "value")), "Ann");
    assert_int_equal(path(w, given.as.list[1], "value").kind, CQL_NULL);
    assert_str(text(path(w, given.as.list[1], "id")), "g");
    assert_str(text(path(w, given.as.list[2], "value")), "May");
}

static void what_has_not_its_form_is_null_and_a_finding(void **state)
{
    const world *w = *state;
    cql_value b = resource_item(w, "Observation/b"), c = resource_item(w, "Observation/c");
    assert_int_equal(path(w, b, "issued.value").kind, CQL_NULL);
    assert_int_equal(path(w, c, "effective.value").kind, CQL_NULL);
    assert_int_equal(path(w, c, "value.value").kind, CQL_NULL);
    assert_int_equal(path(w, c, "subject").kind, CQL_NULL);
    assert_int_equal(path(w, c, "subject.reference.value").kind, CQL_NULL);
    assert_int_equal(path(w, c, "nonsense").kind, CQL_NULL);
    assert_int_equal(path(w, cql_null(), "value").kind, CQL_NULL);
    static const char *const told[] = { "issued", "valueInteger", "subject" };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        size_t times = 0;
        for (size_t k = 0; k < record_finding_count(w->r); k++) {
            const finding *f = record_finding_at(w->r, k);
            times += f->at && str_is(f->at->key, told[i]) && str_is(f->code, "bad-value") ? 1 : 0;
        }
        assert_int_equal(times, 1);
    }
}

static void a_status_that_is_only_a_text_is_read_as_a_concept(void **state)
{
    const world *w = *state;
    cql_value k = resource_item(w, "Condition/k"), status = path(w, k, "clinicalStatus");
    assert_int_equal(status.n, type(w, "CodeableConcept"));
    assert_str(text(path(w, status, "coding.code.value")), "active");
    assert_str(text(path(w, status, "coding.system.value")),
               "http://terminology.hl7.org/CodeSystem/condition-clinical");
    assert_str(text(path(w, status, "text.value")), "active");
    assert_ptr_equal(w->m->root(w->m, status), k.as.p);
}

static uint32_t retrieved(const world *w, const char *name, const char *property, const cql_code *codes, uint32_t count,
                          bool filtered, const cql_value **rows)
{
    cql_retrieval q = { str_of(name), type(w, name), str_of(property), cql_codes_make(w->a, codes, count), filtered, false };
    return w->m->retrieve(w->m, w->a, &q, rows);
}

static void rows_are_retrieved_by_type_and_codes(void **state)
{
    const world *w = *state;
    const cql_value *rows;
    const cql_code one[] = { { .code = STR_INIT("2-2"), .system = STR_INIT("http://loinc.org") } };
    const cql_code two[] = { { .code = STR_INIT("3-3"), .system = STR_INIT("http://loinc.org") },
                             one[0],
                             { .code = STR_INIT("1-1"), .system = STR_INIT("http://loinc.org") } };
    assert_int_equal(retrieved(w, "Patient", "", NULL, 0, false, &rows), 1);
    assert_ptr_equal(rows[0].as.p, record_patient(w->r)->root);
    assert_int_equal(retrieved(w, "Observation", "", NULL, 0, false, &rows),
                     3); /* the one entered in error is not there */
    assert_int_equal(retrieved(w, "Observation", "code", one, 1, true, &rows), 2);
    assert_ptr_equal(w->m->root(w->m, rows[0]), resource_item(w, "Observation/a").as.p);
    assert_int_equal(retrieved(w, "Observation", "", two, 3, true, &rows), 3);
    for (uint32_t i = 1; i < 3; i++) { /* record order, each once */
        assert_true(record_of(w->r, rows[i - 1].as.p)->row < record_of(w->r, rows[i].as.p)->row);
    }
    assert_int_equal(retrieved(w, "Observation", "code", NULL, 0, true, &rows), 0);
    assert_int_equal(retrieved(w, "Procedure", "", NULL, 0, false, &rows), 0);
    const cql_code nine[] = { { .code = STR_INIT("9"), .system = STR_INIT("http://snomed.info/sct") } };
    const cql_code amb[] = { { .code = STR_INIT("AMB"),
                               .system = STR_INIT("http://terminology.hl7.org/CodeSystem/v3-ActCode") } };
    assert_int_equal(retrieved(w, "Encounter", "", nine, 1, true, &rows), 1);     /* its main code element is `type` */
    assert_int_equal(retrieved(w, "Encounter", "class", amb, 1, true, &rows), 1); /* a Coding */
    assert_int_equal(retrieved(w, "Encounter", "class", nine, 1, true, &rows), 0);
}

static void code_systems_are_given_in_their_one_spelling(void **state)
{
    const world *w = *state;
    assert_str(text(path(w, resource_item(w, "Observation/a"), "code.coding.system.value")), "http://loinc.org");
}

static void hidden_rows_are_not_retrieved(void **state)
{
    const world *w = *state;
    const cql_value *rows;
    record_hide(w->r, record_resolve(w->r, STR("Observation/a")), true);
    assert_int_equal(retrieved(w, "Observation", "", NULL, 0, false, &rows), 2);
}

static void items_are_equal_by_content(void **state)
{
    const world *w = *state;
    cql_value a = path(w, resource_item(w, "Observation/a"), "code.coding"),
              b = path(w, resource_item(w, "Observation/b"), "code.coding");
    assert_true(w->m->equal(w->m, a.as.list[1], b.as.list[0]));
    assert_false(w->m->equal(w->m, a.as.list[0], b.as.list[0]));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_sets_are_counted_out_only_where_they_list_their_codes),
        cmocka_unit_test(rows_by_more_codes_than_there_are_rows_are_the_same_rows),
        cmocka_unit_test(a_patients_own_value_sets_come_before_those_for_all),
        cmocka_unit_test(a_line_of_a_terminology_that_is_no_json_ends_the_reading),
        TEST(types_have_numbers_of_their_own),
        TEST(derived_types_are_of_their_base),
        TEST(primitives_give_system_values_with_their_digits),
        TEST(choices_are_known_by_the_name_of_their_member),
        TEST(lists_are_lists_by_what_fhir_declares),
        TEST(extensions_of_primitives_are_reached),
        TEST(what_has_not_its_form_is_null_and_a_finding),
        TEST(a_status_that_is_only_a_text_is_read_as_a_concept),
        TEST(rows_are_retrieved_by_type_and_codes),
        TEST(code_systems_are_given_in_their_one_spelling),
        TEST(hidden_rows_are_not_retrieved),
        TEST(items_are_equal_by_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
