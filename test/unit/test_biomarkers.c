/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_bench.h"

/* One result named in words or coded by LOINC, with a FHIR value as JSON; what the fact then says. */
static const char *result(const char *code, const char *value, const char *fact)
{
    str o = arena_printf(bench_arena,
                         "{'resource':{'resourceType':'Observation','id':'o','status':'final','subject':{'reference':'Patient/p'},"
                         "'effectiveDateTime':'2025-01-10','code':{%s},%s}}", code, value);
    return bench_results(bench_chart(o.p), fact);
}

/* One variant of a gene: value, a further component. */
static const char *variant(const char *gene, const char *value, const char *component, const char *fact)
{
    str o = arena_printf(bench_arena,
                         "{'resource':{'resourceType':'Observation','id':'v','status':'final','subject':{'reference':'Patient/p'},"
                         "'effectiveDateTime':'2025-01-10','method':{'text':'tumor tissue sequencing'},'code':{'coding':[{'system':"
                         "'http://loinc.org','code':'69548-6'}]},'valueCodeableConcept':{'text':'%s'},'component':[{'code':{'coding':"
                         "[{'system':'http://loinc.org','code':'48018-6'}]},'valueCodeableConcept':{'coding':[{'system':"
                         "'http://www.genenames.org/geneId','code':'%s'}]}}%s]}}", value, gene, component);
    return bench_results(bench_chart(o.p), fact);
}

#define NAMED(text) "'text':'" text "'"
#define LOINC(code) "'coding':[{'system':'http://loinc.org','code':'" code "'}]"
#define CHANGE(text) ",{'code':{'coding':[{'system':'http://loinc.org','code':'48019-4'}]},'valueCodeableConcept':{'text':'" text "'}}"
#define PROTEIN(text) ",{'code':{'coding':[{'system':'http://loinc.org','code':'48005-3'}]},'valueCodeableConcept':{'text':'" text "'}}"

static void a_pd_l1_score_belongs_to_the_assay_that_is_named(void **state)
{
    assert_string_equal(result(NAMED("PD-L1 22C3 CPS"), "'valueInteger':12", "pdl1-cps"), "12 1");
    assert_string_equal(result(NAMED("PD-L1 CPS"), "'valueInteger':12,'method':{'text':'IHC 22C3'}", "pdl1-cps"), "12 1");
    assert_string_equal(result(NAMED("PD-L1 CPS"), "'valueInteger':12", "pdl1-cps"), "");
    assert_string_equal(result(NAMED("PD-L1 CPS"), "'valueInteger':12", "pdl1-unnamed-assay"), "12 1");
    assert_string_equal(result(NAMED("PD-L1 22C3 CPS"), "'valueInteger':12", "pdl1-unnamed-assay"), "");
}

static void a_bare_positive_pd_l1_is_not_a_score(void **state)
{
    assert_string_equal(result(LOINC("83052-1"), "'valueString':'positive'", "pdl1-22c3"), "positive");
    assert_string_equal(result(LOINC("83052-1"), "'valueString':'CPS >=10'", "pdl1-22c3"), "cps-10-or-more");
    assert_string_equal(result(LOINC("83052-1"), "'valueString':'positive'", "pdl1-cps"), "");
}

static void immune_cells_of_one_per_cent_and_more_are_told_from_fewer(void **state)
{
    assert_string_equal(result(NAMED("PD-L1 (SP142)"), "'valueQuantity':{'value':1,'unit':'%'}", "pdl1-sp142"), "ic-1-or-more");
    assert_string_equal(result(NAMED("PD-L1 (SP142)"), "'valueQuantity':{'value':0.9,'unit':'%'}", "pdl1-sp142"), "ic-below-1");
    assert_string_equal(result(LOINC("83057-0"), "'valueString':'negative'", "pdl1-sp142"), "negative");
}

static void instability_and_burden_are_read_by_code_and_by_words(void **state)
{
    assert_string_equal(result(LOINC("81695-9"), "'valueCodeableConcept':{'coding':[{'system':'http://loinc.org','code':'LA26203-2'}]}", "msi"), "high");
    assert_string_equal(result(NAMED("MSI"), "'valueString':'MSS'", "msi"), "stable");
    assert_string_equal(result(NAMED("MMR status"), "'valueString':'dMMR'", "mmr"), "deficient");
    assert_string_equal(result(LOINC("94076-7"), "'valueQuantity':{'value':14,'unit':'mut/Mb'}", "tmb"), "14 1/1000000{Base}");
    assert_string_equal(result(LOINC("94076-7"), "'valueQuantity':{'value':14,'unit':'furlong'}", "tmb"), "absent");
}

static void only_a_fusion_of_ntrk_or_ret_counts(void **state)
{
    assert_string_equal(variant("HGNC:8031", "detected", CHANGE("gene_fusion"), "NTRK"), "detected by tissue");
    assert_string_equal(variant("HGNC:8033", "detected", CHANGE("missense"), "NTRK"), "");
    assert_string_equal(variant("HGNC:9967", "detected", "", "RET"), "");
    assert_string_equal(variant("HGNC:9967", "not detected", "", "RET"), "");
    assert_string_equal(result(NAMED("NTRK fusion"), "'valueString':'not detected'", "NTRK"), "not-detected");
}

static void a_variant_that_is_called_no_fusion_is_told(void **state)
{
    str o = arena_printf(bench_arena,
                         "{'resource':{'resourceType':'Observation','id':'v','status':'final','subject':{'reference':'Patient/p'},"
                         "'code':{'coding':[{'system':'http://loinc.org','code':'69548-6'}]},'valueCodeableConcept':{'text':'detected'},"
                         "'component':[{'code':{'coding':[{'system':'http://loinc.org','code':'48018-6'}]},'valueCodeableConcept':{'coding':"
                         "[{'system':'http://www.genenames.org/geneId','code':'HGNC:8031'}]}}]}}");
    assert_int_equal(bench_findings(bench_chart(o.p), "see-results"), 1);
}

static void only_the_named_change_of_braf_counts(void **state)
{
    assert_string_equal(variant("HGNC:1097", "detected", PROTEIN("p.Val600Glu"), "BRAF"), "detected by tissue");
    assert_string_equal(variant("HGNC:1097", "detected", PROTEIN("p.Gly469Ala"), "BRAF"), "");
    assert_string_equal(variant("HGNC:1097", "not detected", "", "BRAF"), "not-detected by tissue");
}

static void an_amplified_erbb2_is_no_mutation_of_it(void **state)
{
    assert_string_equal(variant("HGNC:3430", "detected", "", "ERBB2"), "detected by tissue");
    assert_string_equal(variant("HGNC:3430", "detected", CHANGE("amplification"), "ERBB2"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_pd_l1_score_belongs_to_the_assay_that_is_named),
        BENCH_TEST(a_bare_positive_pd_l1_is_not_a_score),
        BENCH_TEST(immune_cells_of_one_per_cent_and_more_are_told_from_fewer),
        BENCH_TEST(instability_and_burden_are_read_by_code_and_by_words),
        BENCH_TEST(only_a_fusion_of_ntrk_or_ret_counts),
        BENCH_TEST(a_variant_that_is_called_no_fusion_is_told),
        BENCH_TEST(only_the_named_change_of_braf_counts),
        BENCH_TEST(an_amplified_erbb2_is_no_mutation_of_it),
    };
    return cmocka_run_group_tests_name("biomarkers", tests, bench_begin_all, bench_end_all);
}
