/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_bench.h"

/* Breast cancer of 2018, bone metastases of 2024, and what else is given. */
static chart *patient(const char *more)
{
    return bench_chart(arena_printf(bench_arena,
                                    "{'resource':{'resourceType':'Condition','id':'bc','onsetDateTime':'2018-01-01',"
                                    "'code':{'coding':[{'system':'http://snomed.info/sct','code':'254837009'}]}}},"
                                    "{'resource':{'resourceType':'Condition','id':'bone','onsetDateTime':'2024-01-01','code':{'text':'Bone metastases'}}},"
                                    "{'resource':{'resourceType':'Condition','id':'ra','onsetDateTime':'2010-01-01','code':{'text':'Rheumatoid arthritis'}}},%s",
                                    more)
                           .p);
}

#define ORDER(id, drug, day, more)                                                                                                    \
    "{'resource':{'resourceType':'MedicationRequest','id':'" id "','status':'active','intent':'order','authoredOn':'" day "',"         \
    "'medicationCodeableConcept':{'text':'" drug "'}" more "}}"

static void a_drug_against_cancer_given_for_another_disease_draws_no_line(void **state)
{
    chart *c = patient(ORDER("m", "methotrexate", "2025-01-01", ",'reasonCode':[{'text':'Rheumatoid arthritis'}]"));
    assert_int_equal(c->line_count, 0);
    assert_int_equal(bench_findings(c, "drug-for-another-disease"), 1);
    assert_results(c, "breast-cancer", "invasive");
    assert_int_equal(patient(ORDER("m", "methotrexate", "2025-01-01", ",'reasonReference':[{'reference':'Condition/ra'}]"))->line_count, 0);
    assert_int_equal(patient(ORDER("m", "letrozole", "2012-01-01", ",'reasonCode':[{'text':'ovulation induction'}]"))->line_count, 0);
    assert_int_equal(patient(ORDER("m", "tamoxifen", "2012-01-01", ",'reasonCode':[{'text':'Breast cancer chemoprevention'}]"))->line_count, 0);
}

static void a_reason_that_may_be_the_cancer_draws_a_line(void **state)
{
    assert_int_equal(patient(ORDER("m", "methotrexate", "2025-01-01", ""))->line_count, 1);
    assert_int_equal(patient(ORDER("m", "methotrexate", "2025-01-01", ",'reasonCode':[{'text':'Breast cancer; rheumatoid arthritis'}]"))->line_count, 1);
    assert_int_equal(patient(ORDER("m", "methotrexate", "2025-01-01", ",'reasonCode':[{'text':'Rheumatoid arthritis'},{'text':'see notes'}]"))->line_count, 1);
    assert_int_equal(patient(ORDER("m", "methotrexate", "2025-01-01", ",'reasonReference':[{'reference':'Condition/bc'}]"))->line_count, 1);
}

static void what_was_given_for_another_disease_does_not_date_the_line(void **state)
{
    chart *c = patient(ORDER("a", "methotrexate", "2024-11-01", ",'reasonCode':[{'text':'Rheumatoid arthritis'}]") ","
                       ORDER("b", "methotrexate", "2025-02-01", ",'reasonReference':[{'reference':'Condition/bc'}]"));
    char day[11];
    assert_int_equal(c->line_count, 1);
    assert_true(str_is(date_write(c->lines[0].start, day), "2025-02-01"));
}

static void the_letters_of_a_regimen_are_its_drugs_and_chemotherapy_alone_is_of_unknown_kind(void **state)
{
    chart *c = patient(ORDER("m", "TCHP", "2018-02-01", ""));
    assert_int_equal(c->line_count, 1);
    assert_int_equal(c->lines[0].drug_count, 4);
    c = patient(ORDER("m", "Chemotherapy", "2018-02-01", ""));
    assert_int_equal(c->line_count, 1);
    assert_true(str_is(c->lines[0].classes[0], "unknown"));
    assert_int_equal(patient(ORDER("m", "Tacrolimus", "2018-02-01", ""))->line_count, 0);
}

static void an_end_before_the_start_is_told_and_not_used(void **state)
{
    chart *c = patient("{'resource':{'resourceType':'MedicationStatement','id':'m','status':'completed','medicationCodeableConcept':{'text':'letrozole'},"
                       "'effectivePeriod':{'start':'2025-05-01','end':'2024-05-01'}}}");
    assert_int_equal(c->line_count, 1);
    assert_int_equal(c->lines[0].end.precision, DATE_NONE);
    assert_int_equal(bench_findings(c, "period-reversed"), 1);
}

static void what_cannot_be_is_not_set(void **state)
{
    chart *c = patient(ORDER("m", "letrozole", "2024-02-01", ""));
    nl_error e = { 0 };
    assert_int_equal(chart_set(c, STR("anc"), STR("5000"), STR(""), &e), NL_E_ARG);
    assert_int_equal(chart_set(c, STR("anc"), STR("5000 /uL"), STR(""), &e), NL_OK);
    assert_results(c, "anc", "5 10*3/uL");
    assert_int_equal(chart_set(c, STR("ecog"), STR("9"), STR(""), &e), NL_E_ARG);
    assert_int_equal(chart_set(c, STR("ecog"), STR("-1"), STR(""), &e), NL_E_ARG);
    assert_int_equal(chart_set(c, STR("ecog"), STR("2"), STR(""), &e), NL_OK);
    assert_int_equal(chart_set(c, STR("long-qt"), STR("2030-01-01"), STR(""), &e), NL_E_ARG);
    assert_int_equal(chart_set(c, STR("long-qt"), STR("2020-01-01"), STR(""), &e), NL_OK);
    assert_results(c, "long-qt", "yes (2020-01-01)");
}

static void what_may_be_pneumonitis_is_not_read_as_none(void **state)
{
    chart *c = patient("{'resource':{'resourceType':'Condition','id':'ild','onsetDateTime':'2025-05-01',"
                       "'clinicalStatus':{'coding':[{'code':'active'}]},'verificationStatus':{'coding':[{'code':'provisional'}]},"
                       "'code':{'text':'Pneumonitis'}}}");
    assert_results(c, "lung-disease", "current");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_drug_against_cancer_given_for_another_disease_draws_no_line),
        BENCH_TEST(a_reason_that_may_be_the_cancer_draws_a_line),
        BENCH_TEST(what_was_given_for_another_disease_does_not_date_the_line),
        BENCH_TEST(the_letters_of_a_regimen_are_its_drugs_and_chemotherapy_alone_is_of_unknown_kind),
        BENCH_TEST(an_end_before_the_start_is_told_and_not_used),
        BENCH_TEST(what_cannot_be_is_not_set),
        BENCH_TEST(what_may_be_pneumonitis_is_not_read_as_none),
    };
    return cmocka_run_group_tests_name("odd drugs", tests, bench_begin_all, bench_end_all);
}
