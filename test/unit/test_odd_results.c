/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_bench.h"

/* A variant of a gene that was seen, with one further component: its topic's LOINC code and its words. */
static chart *variant(const char *gene, const char *component, const char *words)
{
    return bench_chart(arena_printf(bench_arena,
                                    "{'resource':{'resourceType':'Observation','id':'v','status':'final','subject':{'reference':'Patient/p'},"
                                    "'code':{'coding':[{'system':'http://loinc.org','code':'69548-6'}]},'effectiveDateTime':'2025-01-10',"
                                    "'valueCodeableConcept':{'coding':[{'system':'http://loinc.org','code':'LA9633-4'}]},'component':["
                                    "{'code':{'coding':[{'system':'http://loinc.org','code':'48018-6'}]},'valueCodeableConcept':{'text':'%s'}},"
                                    "{'code':{'coding':[{'system':'http://loinc.org','code':'%s'}]},'valueCodeableConcept':{'text':'%s'}}]}}",
                                    gene, component, words)
                           .p);
}

/* One Observation of a LOINC code with a value as JSON. */
static chart *result(const char *code, const char *value)
{
    return bench_chart(arena_printf(bench_arena,
                                    "{'resource':{'resourceType':'Observation','id':'o','status':'final','subject':{'reference':'Patient/p'},"
                                    "'code':{'coding':[{'system':'http://loinc.org','code':'%s'}]},'effectiveDateTime':'2025-01-10',%s}}",
                                    code, value)
                           .p);
}

static void more_copies_of_a_gene_are_no_mutation_of_it(void **state)
{
    chart *c = variant("PIK3CA", "48019-4", "copy number gain");
    assert_results(c, "PIK3CA", "");
    assert_true(bench_findings(c, "see-results") > 0);
    assert_results(variant("ESR1", "48019-4", "Amplification"), "ESR1", "");
    assert_results(variant("PIK3CA", "48019-4", "Substitution"), "PIK3CA", "detected");
}

static void a_class_of_a_variant_that_nobody_understands_makes_no_mutation(void **state)
{
    assert_results(variant("BRCA1", "53037-8", "Not pathogenic"), "BRCA1", "not-detected");
    assert_results(variant("BRCA2", "53037-8", "Conflicting interpretations of pathogenicity"), "BRCA2", "vus");
    assert_results(variant("BRCA2", "53037-8", "Likely pathogenic"), "BRCA2", "detected");
    assert_results(variant("ESR1", "53037-8", "Tier III - unclear"), "ESR1", "vus");
    assert_results(variant("ESR1", "53037-8", "Tier II - potential clinical significance"), "ESR1", "detected");
    chart *c = variant("BRCA1", "53037-8", "drug response");
    assert_results(c, "BRCA1", "inconclusive");
    assert_true(bench_findings(c, "see-results") > 0);
}

static void score_and_ish_in_one_text_are_both_read(void **state)
{
    assert_results(result("85319-2", "'valueString':'IHC 2+, FISH not amplified'"), "her2-level", "low");
    assert_results(result("85319-2", "'valueString':'Equivocal (2+), FISH positive'"), "her2-level", "positive");
    assert_results(result("85319-2", "'valueString':'2+, FISH pending'"), "her2-level", "equivocal");
    assert_results(result("48676-1", "'valueString':'2+; ISH: negative'"), "her2-level", "low");
}

static void the_score_beside_the_conclusion_tells_low_from_negative(void **state)
{
    assert_results(result("48676-1", "'valueString':'Negative (1+)'"), "her2-level", "low");
    assert_results(result("48676-1", "'valueString':'Negative (IHC 0)'"), "her2-level", "zero-undivided");
    assert_results(result("48676-1", "'valueString':'Positive (3+)'"), "her2-level", "positive");
    assert_results(result("48676-1", "'valueString':'Negative'"), "her2-level", "negative");
    assert_results(result("48676-1", "'valueString':'Negative (1+, previously 3+)'"), "her2-level", "negative");
}

static void a_per_cent_that_cannot_be_decides_nothing(void **state)
{
    chart *c = result("85329-1", "'valueQuantity':{'value':900,'unit':'%'}");
    assert_results(c, "er", "");
    assert_int_equal(bench_findings(c, "value-not-understood"), 1);
    assert_results(result("85329-1", "'valueQuantity':{'value':-5,'unit':'%'}"), "er", "");
    assert_results(result("85329-1", "'valueString':'>95'"), "er", "positive");
    assert_results(result("85329-1", "'valueQuantity':{'value':100,'unit':'%'}"), "er", "positive");
    assert_results(result("85329-1", "'valueQuantity':{'value':0,'unit':'%'}"), "er", "negative");
    assert_results(result("49683-6", "'valueQuantity':{'value':-1}"), "her2-level", "");
}

static void words_that_contradict_the_code_beside_them_are_told_and_not_read(void **state)
{
    chart *c = result("85337-4", "'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/sct','code':'10828004'}],'text':'Negative'}");
    assert_results(c, "er", "");
    assert_int_equal(bench_findings(c, "contradiction"), 1);
    c = result("85337-4", "'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/sct','code':'10828004','display':'Negative'}]}");
    assert_results(c, "er", "");
    c = result("85337-4", "'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/sct','code':'10828004','display':'Positive'}],'text':'ER 90 %'}");
    assert_results(c, "er", "positive");
}

#define BREAST_CANCER(stage)                                                                                                            \
    "{'resource':{'resourceType':'Condition','id':'bc','onsetDateTime':'2018-01-01',"                                                   \
    "'code':{'coding':[{'system':'http://snomed.info/sct','code':'254837009'}]},'stage':[" stage "]}}"

static void the_stage_of_the_condition_counts_without_a_day(void **state)
{
    chart *c = bench_chart(BREAST_CANCER("{'summary':{'text':'Stage IV'}},{'summary':{'text':'cM1'}}"));
    assert_results(c, "stage-group", "IV");
    assert_results(c, "m-category", "m1");
    assert_results(c, "distant-disease-found", "yes ()");
    c = bench_chart(BREAST_CANCER("{'summary':{'coding':[{'system':'http://snomed.info/sct','code':'258219007'}]}}"));
    assert_results(c, "stage-group", "II");
    assert_results(c, "distant-disease-found", "");
}

static void an_assessment_whose_code_nobody_knows_counts_as_the_stage_it_was_made_for(void **state)
{
    chart *c = bench_chart(BREAST_CANCER("{'assessment':[{'reference':'Observation/a'},{'reference':'Observation/b'}]}") ","
                           "{'resource':{'resourceType':'Observation','id':'a','status':'final','effectiveDateTime':'2018-02-01',"
                           "'code':{'text':'AJCC'},'valueCodeableConcept':{'text':'Stage IV'}}},"
                           "{'resource':{'resourceType':'Observation','id':'b','status':'final','effectiveDateTime':'2018-02-01',"
                           "'code':{'coding':[{'system':'http://loinc.org','code':'21907-1'}]},'valueCodeableConcept':{'text':'cM1'}}}");
    assert_results(c, "stage-group", "IV");
    assert_results(c, "m-category", "m1");
    assert_results(c, "distant-disease-found", "yes (2018-02-01)");
}

static void the_stage_of_another_cancer_does_not_count(void **state)
{
    chart *c = bench_chart("{'resource':{'resourceType':'Condition','id':'lung','code':{'text':'Lung cancer'},'stage':[{'summary':{'text':'Stage IV'}}]}},"
                           "{'resource':{'resourceType':'Condition','id':'no','verificationStatus':{'coding':[{'code':'refuted'}]},"
                           "'code':{'coding':[{'system':'http://snomed.info/sct','code':'254837009'}]},'stage':[{'summary':{'text':'Stage IV'}}]}}");
    assert_results(c, "stage-group", "");
    assert_results(c, "distant-disease-found", "");
}

#define UNDATED_RESULT_OF_REPORT(day)                                                                                                   \
    "{'resource':{'resourceType':'Observation','id':'o','status':'final','code':{'coding':[{'system':'http://loinc.org',"               \
    "'code':'97509-4'}]},'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/sct','code':'359746009'}]}}},"                 \
    "{'resource':{'resourceType':'DiagnosticReport','id':'d','status':'final','effectiveDateTime':'" day "','code':{'text':'x'},"       \
    "'result':[{'reference':'Observation/o'}]}}"

static void a_result_without_a_day_has_that_of_its_report(void **state)
{
    chart *c = bench_chart(UNDATED_RESULT_OF_REPORT("2025-03-03"));
    assert_results(c, "disease-status", "stable");
    const resource *const *found;
    assert_int_equal(record_find(c->record, STR("Observation"), STR("https://nextline.example/fhir/CodeSystem/chart"), STR("disease-status"), &found), 1);
    char day[11];
    assert_true(str_is(date_write(found[0]->when, day), "2025-03-03"));
    c = bench_chart(UNDATED_RESULT_OF_REPORT("2026-03-03"));
    assert_results(c, "disease-status", "");
    assert_int_equal(c->later_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(more_copies_of_a_gene_are_no_mutation_of_it),
        BENCH_TEST(a_class_of_a_variant_that_nobody_understands_makes_no_mutation),
        BENCH_TEST(score_and_ish_in_one_text_are_both_read),
        BENCH_TEST(the_score_beside_the_conclusion_tells_low_from_negative),
        BENCH_TEST(a_per_cent_that_cannot_be_decides_nothing),
        BENCH_TEST(words_that_contradict_the_code_beside_them_are_told_and_not_read),
        BENCH_TEST(the_stage_of_the_condition_counts_without_a_day),
        BENCH_TEST(an_assessment_whose_code_nobody_knows_counts_as_the_stage_it_was_made_for),
        BENCH_TEST(the_stage_of_another_cancer_does_not_count),
        BENCH_TEST(a_result_without_a_day_has_that_of_its_report),
    };
    return cmocka_run_group_tests_name("odd results", tests, bench_begin_all, bench_end_all);
}
