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

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(more_copies_of_a_gene_are_no_mutation_of_it),
        BENCH_TEST(a_class_of_a_variant_that_nobody_understands_makes_no_mutation),
        BENCH_TEST(score_and_ish_in_one_text_are_both_read),
        BENCH_TEST(the_score_beside_the_conclusion_tells_low_from_negative),
    };
    return cmocka_run_group_tests_name("odd results", tests, bench_begin_all, bench_end_all);
}
