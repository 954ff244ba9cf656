/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_bench.h"

#define RESOURCE(type, id, rest) "{'resource':{'resourceType':'" type "','id':'" id "','subject':{'reference':'Patient/p'}," rest "}}"
#define LOINC(code) "'code':{'coding':[{'system':'http://loinc.org','code':'" code "'}]}"
#define SNOMED(code) "'code':{'coding':[{'system':'http://snomed.info/sct','code':'" code "'}]}"
#define LAB(id, code, value) RESOURCE("Observation", id, "'status':'final','effectiveDateTime':'2025-06-01'," LOINC(code) "," value)
#define CONDITION(id, rest) RESOURCE("Condition", id, rest)

/* ---- measured values ---- */

static void a_value_in_the_unit_of_the_fact_keeps_its_digits(void **state)
{
    assert_results(bench_chart(LAB("a", "17861-6", "'valueQuantity':{'value':13.40,'unit':'mg/dL','code':'mg/dL'}")), "calcium", "13.40 mg/dL");
}

static void molar_values_are_converted_by_the_factor_of_the_fact(void **state)
{
    assert_results(bench_chart(LAB("a", "2000-8", "'valueQuantity':{'value':2.9,'unit':'mmol/L','code':'mmol/L'}")), "calcium", "11.6 mg/dL");
    assert_results(bench_chart(LAB("a", "14682-9", "'valueQuantity':{'value':100,'unit':'umol/L'}")), "creatinine", "1.13 mg/dL");
}

static void spellings_of_a_unit_are_understood(void **state)
{
    assert_results(bench_chart(LAB("a", "26499-4", "'valueQuantity':{'value':3.2,'unit':'K/uL'}")), "anc", "3.2 10*3/uL");
    assert_results(bench_chart(LAB("a", "26499-4", "'valueQuantity':{'value':3.2,'unit':'G/L'}")), "anc", "3.2 10*3/uL");
    assert_results(bench_chart(LAB("a", "26499-4", "'valueQuantity':{'value':800,'unit':'cells/uL'}")), "anc", "0.8 10*3/uL");
    assert_results(bench_chart(LAB("a", "29463-7", "'valueQuantity':{'value':150,'unit':'lb','code':'[lb_av]'}")), "weight", "68.0388555 kg");
    assert_results(bench_chart(LAB("a", "1751-7", "'valueQuantity':{'value':38,'unit':'g/L'}")), "albumin", "3.8 g/dL");
}

static void a_comparator_is_kept(void **state)
{
    assert_results(bench_chart(LAB("a", "26499-4", "'valueQuantity':{'value':0.5,'comparator':'<','unit':'10*9/L'}")), "anc", "<0.5 10*3/uL");
}

static void an_implausible_value_is_shown_and_never_used(void **state)
{
    chart *c = bench_chart(LAB("a", "26499-4", "'valueQuantity':{'value':3000,'unit':'10*3/uL','code':'10*3/uL'}"));
    assert_results(c, "anc", "absent");
    assert_int_equal(bench_findings(c, "implausible"), 1);
}

static void a_number_without_a_kind_of_unit_is_told_without_the_sign_for_one(void **state)
{
    chart *c = bench_chart(LAB("a", "49683-6", "'valueQuantity':{'value':240,'unit':'1','code':'1'}"));
    const finding *told = NULL;
    for (size_t i = 0; i < record_finding_count(c->record); i++) {
        const finding *f = record_finding_at(c->record, i);
        told = str_is(f->code, "value-not-understood") ? f : told;
    }
    assert_non_null(told);
    assert_true(str_find(told->text, STR("\"240\"")) >= 0);
}

static void a_value_without_a_unit_is_not_guessed(void **state)
{
    chart *c = bench_chart(LAB("a", "17861-6", "'valueQuantity':{'value':2.9}"));
    assert_results(c, "calcium", "absent");
    assert_int_equal(bench_findings(c, "unit-missing"), 1);
}

static void a_unit_of_another_kind_is_told(void **state)
{
    chart *c = bench_chart(LAB("a", "17861-6", "'valueQuantity':{'value':9,'unit':'kg'}"));
    assert_results(c, "calcium", "absent");
    assert_int_equal(bench_findings(c, "unit-unfit"), 1);
}

static void the_value_over_the_upper_limit_is_that_of_its_own_report(void **state)
{
    chart *c = bench_chart(LAB("a", "1742-6", "'valueQuantity':{'value':100,'unit':'U/L'},'referenceRange':[{'low':{'value':5,'unit':'U/L'},'high':{'value':40,'unit':'U/L'}}]") ","
                           LAB("b", "1920-8", "'valueQuantity':{'value':100,'unit':'U/L'}"));
    assert_results(c, "alt-xuln", "2.5 1");
    assert_results(c, "ast-xuln", "");
}

static void an_upper_limit_in_another_unit_is_converted_first(void **state)
{
    assert_results(bench_chart(LAB("a", "1975-2", "'valueQuantity':{'value':2.4,'unit':'mg/dL'},'referenceRange':[{'high':{'value':20.512820512820513,'unit':'umol/L'}}]")),
                   "bilirubin-xuln", "2 1");
}

static void an_uncorrected_qt_labelled_qtc_is_not_used(void **state)
{
    chart *c = bench_chart(RESOURCE("Observation", "q", "'status':'final','effectiveDateTime':'2025-06-01','code':{'coding':[{'system':'http://loinc.org',"
                                                        "'code':'8634-8','display':'QTc Interval'}]},'valueQuantity':{'value':470,'unit':'ms'}"));
    assert_results(c, "qt", "absent");
    assert_results(c, "qtc", "");
    assert_int_equal(bench_findings(c, "label-contradicts-code"), 1);
}

static void a_stated_formula_makes_a_qtc_a_qtcf(void **state)
{
    chart *c = bench_chart(RESOURCE("Observation", "q", "'status':'final','effectiveDateTime':'2025-06-01','code':{'coding':[{'system':'http://loinc.org',"
                                                        "'code':'8636-3'}],'text':'QTcF (Fridericia)'},'valueQuantity':{'value':450,'unit':'ms'}"));
    assert_results(c, "qtcf", "450 ms");
    assert_results(c, "qtc", "");
}

static void components_of_a_panel_are_results_of_their_own(void **state)
{
    chart *c = bench_chart(LAB("a", "58410-2", "'component':[{" LOINC("26499-4") ",'valueQuantity':{'value':2,'unit':'10*9/L'}},{" LOINC("777-3")
                                               ",'valueQuantity':{'value':210,'unit':'10*9/L'}}]"));
    assert_results(c, "anc", "2 10*3/uL");
    assert_results(c, "platelets", "210 10*3/uL");
}

/* ---- time and status ---- */

static void what_is_dated_after_the_day_asked_for_is_hidden_and_listed(void **state)
{
    chart *c = bench_chart(RESOURCE("Observation", "later", "'status':'final','effectiveDateTime':'2026-01-02'," LOINC("89247-1") ",'valueInteger':2") ","
                           RESOURCE("Observation", "same", "'status':'final','effectiveDateTime':'2026-01-01'," LOINC("89247-1") ",'valueInteger':1"));
    assert_results(c, "ecog", "1");
    assert_int_equal(c->later_count, 1);
    assert_string_equal(arena_str(bench_arena, c->newest_what).p, "Observation/same");
}

static void a_date_that_may_be_before_the_day_counts(void **state)
{
    assert_results(bench_chart(RESOURCE("Observation", "year", "'status':'final','effectiveDateTime':'2026'," LOINC("89247-1") ",'valueInteger':2")),
                   "ecog", "2");
}

static void undated_facts_are_known_without_a_date(void **state)
{
    chart *c = bench_chart(RESOURCE("Observation", "o", "'status':'final'," LOINC("89247-1") ",'valueInteger':1"));
    assert_results(c, "ecog", "1");
    assert_int_equal(c->newest.precision, DATE_NONE);
}

static void a_suspected_diagnosis_is_told_and_not_counted_but_a_suspected_emergency_is(void **state)
{
    chart *c = bench_chart(CONDITION("m", "'verificationStatus':{'coding':[{'code':'provisional'}]}," SNOMED("94381002")) ","
                           CONDITION("k", "'verificationStatus':{'coding':[{'code':'provisional'}]}," SNOMED("71286001")));
    assert_results(c, "metastatic-site", "");
    assert_results(c, "cord-sign", "cord-compression");
    assert_int_equal(bench_findings(c, "unconfirmed"), 1);
}

static void an_ended_condition_is_past(void **state)
{
    chart *c = bench_chart(CONDITION("i", "'clinicalStatus':{'coding':[{'code':'resolved'}]},'onsetDateTime':'2023-01-01'," SNOMED("233703007")) ","
                           CONDITION("f", "'clinicalStatus':{'coding':[{'code':'resolved'}]}," SNOMED("386661006")));
    assert_results(c, "lung-disease", "past");
    assert_results(c, "symptom", "");
}

/* ---- spread ---- */

static void distant_sites_are_kept_apart_from_regional_nodes(void **state)
{
    chart *c = bench_chart(CONDITION("l", "'onsetDateTime':'2024-03-01'," SNOMED("94381002")) "," CONDITION("b", "'onsetDateTime':'2024-02-01'," SNOMED("94222008")) ","
                           CONDITION("n", "'onsetDateTime':'2020-01-01'," SNOMED("94181007")));
    assert_results(c, "metastatic-site", "bone; liver");
    assert_results(c, "regional-disease", "yes (2020-01-01)");
    assert_results(c, "distant-disease-found", "yes (2024-02-01)");
}

static void regional_nodes_alone_are_no_distant_disease(void **state)
{
    chart *c = bench_chart(CONDITION("n", "'onsetDateTime':'2020-01-01'," SNOMED("94181007")));
    assert_results(c, "metastatic-site", "");
    assert_results(c, "distant-disease-found", "");
}

static void a_secondary_tumour_takes_its_site_from_the_body_site(void **state)
{
    assert_results(bench_chart(CONDITION("m", SNOMED("128462008") ",'bodySite':[{'coding':[{'system':'http://snomed.info/sct','code':'10200004'}]}]")),
                   "metastatic-site", "liver");
    assert_results(bench_chart(CONDITION("m", SNOMED("128462008") ",'bodySite':[{'coding':[{'system':'http://snomed.info/sct','code':'59441001'}]}]")),
                   "metastatic-site", "");
}

static void stages_are_read_from_codes_and_from_words(void **state)
{
    assert_results(bench_chart(RESOURCE("Observation", "s", "'status':'final'," LOINC("21908-9") ",'valueCodeableConcept':{'coding':[{'system':'http://cancerstaging.org','code':'3C'}]}")),
                   "stage-group", "III");
    assert_results(bench_chart(RESOURCE("Observation", "s", "'status':'final'," LOINC("21908-9") ",'valueString':'Stage IIB'")), "stage-group", "II");
    assert_results(bench_chart(RESOURCE("Observation", "s", "'status':'final'," LOINC("21902-2") ",'valueCodeableConcept':{'text':'IV'}")), "stage-group", "IV");
    assert_results(bench_chart(RESOURCE("Observation", "s", "'status':'final'," LOINC("21907-1") ",'valueCodeableConcept':{'coding':[{'system':'http://cancerstaging.org','code':'cM0'}]}")),
                   "m-category", "m0");
}

#define GRADE(code) "'extension':[{'url':'http://hl7.org/fhir/us/ctcae/StructureDefinition/ctcae-grade','valueCodeableConcept':{'coding':[" \
                    "{'system':'http://hl7.org/fhir/us/ctcae/CodeSystem/ctcae-grade-code-system','code':'" code "'}]}}],"

static void an_adverse_event_is_read_with_its_grade_whatever_it_is(void **state)
{
    chart *c = bench_chart(RESOURCE("AdverseEvent", "a", "'actuality':'actual'," GRADE("3") "'event':{'text':'Neutrophil count decreased'},'date':'2023-01-16'") ","
                           RESOURCE("AdverseEvent", "n", "'actuality':'actual','event':{'text':'Rash'},'date':'2023-02-01'"));
    assert_results(c, "toxicity-grade", "3");
    assert_results(c, "toxicity", "yes (2023-01-16); yes (2023-02-01)");
}

static void what_might_have_happened_is_no_adverse_event(void **state)
{
    chart *c = bench_chart(RESOURCE("AdverseEvent", "p", "'actuality':'potential'," GRADE("2") "'event':{'text':'Wrong rate'},'date':'2023-01-16'"));
    assert_results(c, "toxicity", "");
    assert_results(c, "toxicity-grade", "");
    assert_true(bench_findings(c, "not-valid") > 0);
}

static void a_grade_nobody_understands_is_told_and_the_event_stands(void **state)
{
    chart *c = bench_chart(RESOURCE("AdverseEvent", "a", "'actuality':'actual'," GRADE("nine") "'event':{'text':'Rash'},'date':'2023-01-16'"));
    assert_results(c, "toxicity-grade", "");
    assert_results(c, "toxicity", "yes (2023-01-16)");
    assert_int_equal(bench_findings(c, "value-not-understood"), 1);
}

static void the_severity_of_a_condition_counts_only_as_a_grade(void **state)
{
    chart *c = bench_chart(CONDITION("h", "'severity':{'text':'CTCAE grade 2'},'onsetDateTime':'2024-04-15','code':{'text':'Hand-foot syndrome'}") ","
                           CONDITION("s", "'severity':{'text':'severe'},'code':{'text':'Asthma'}"));
    assert_results(c, "toxicity-grade", "2");
    assert_results(c, "toxicity", "yes (2024-04-15)");
    assert_int_equal(bench_findings(c, "value-not-understood"), 0);
}

static void words_under_a_negation_are_told_and_not_read(void **state)
{
    chart *c = bench_chart(CONDITION("m", "'code':{'text':'No evidence of liver metastases'}") "," CONDITION("b", "'code':{'text':'Bone metastases'}") ","
                           CONDITION("f", "'code':{'text':'Family history of pulmonary embolism'}"));
    assert_results(c, "metastatic-site", "bone");
    assert_results(c, "thrombosis", "");
    assert_int_equal(bench_findings(c, "negated-text"), 2);
}

/* ---- genes ---- */

#define VARIANT(id, gene, value, rest) \
    RESOURCE("Observation", id, "'status':'final','effectiveDateTime':'2025-05-01'," LOINC("69548-6") ",'valueCodeableConcept':{'coding':[{'system':'http://loinc.org','code':'" value "'}]},'component':[{" \
             LOINC("48018-6") ",'valueCodeableConcept':{'coding':[{'system':'http://www.genenames.org','code':'" gene "'}]}}" rest "]")
#define PRESENT "LA9633-4"
#define ABSENT "LA9634-2"

static void a_variant_belongs_to_the_gene_of_its_component(void **state)
{
    chart *c = bench_chart(VARIANT("v", "HGNC:3467", PRESENT, ""));
    assert_results(c, "ESR1", "detected");
    assert_results(c, "PIK3CA", "");
}

static void germline_is_told_from_somatic(void **state)
{
    chart *c = bench_chart(VARIANT("v", "HGNC:1100", PRESENT, ",{" LOINC("48002-0") ",'valueCodeableConcept':{'coding':[{'system':'http://loinc.org','code':'LA6683-2'}]}}"));
    assert_results(c, "BRCA1", "detected by germline");
}

static void a_variant_of_uncertain_significance_is_no_mutation(void **state)
{
    chart *c = bench_chart(VARIANT("v", "HGNC:1101", PRESENT, ",{" LOINC("53037-8") ",'valueCodeableConcept':{'coding':[{'system':'http://loinc.org','code':'LA26333-7'}]}}"));
    assert_results(c, "BRCA2", "vus");
}

static void plasma_without_any_tumour_variant_is_inconclusive(void **state)
{
    chart *c = bench_chart(VARIANT("a", "HGNC:3467", ABSENT, "],'method':{'text':'ctDNA'},'note':[{'text':'x'}") "," VARIANT("b", "HGNC:8975", ABSENT, "],'method':{'text':'ctDNA'},'note':[{'text':'x'}"));
    assert_results(c, "ESR1", "inconclusive by ctdna");
    assert_results(c, "PIK3CA", "inconclusive by ctdna");
    assert_int_equal(bench_findings(c, "silent-sample"), 2);
}

static void plasma_with_a_variant_of_any_gene_lets_not_detected_stand(void **state)
{
    chart *c = bench_chart(VARIANT("a", "HGNC:3467", ABSENT, "],'method':{'text':'ctDNA'},'note':[{'text':'x'}") "," VARIANT("b", "HGNC:11998", PRESENT, "],'method':{'text':'ctDNA'},'note':[{'text':'x'}"));
    assert_results(c, "ESR1", "not-detected by ctdna");
}

static void tissue_without_a_variant_stays_not_detected(void **state)
{
    chart *c = bench_chart(VARIANT("a", "HGNC:8975", ABSENT, "],'method':{'text':'tumor tissue'},'note':[{'text':'x'}"));
    assert_results(c, "PIK3CA", "not-detected by tissue");
}

static void of_two_variants_of_one_gene_in_one_sample_the_found_one_speaks(void **state)
{
    chart *c = bench_chart(VARIANT("a", "HGNC:8975", ABSENT, "") "," VARIANT("b", "HGNC:8975", PRESENT, ""));
    assert_results(c, "PIK3CA", "detected");
}

static void a_gene_test_known_by_words_only_is_read(void **state)
{
    chart *c = bench_chart(RESOURCE("Observation", "t", "'status':'final','effectiveDateTime':'2025-05-01','code':{'text':'ESR1 mutation'},'valueString':'wild type'"));
    assert_results(c, "ESR1", "not-detected");
}

/* ---- person ---- */

static void answers_of_a_questionnaire_are_results(void **state)
{
    chart *c = bench_chart("{'resource':{'resourceType':'QuestionnaireResponse','id':'q','status':'completed','subject':{'reference':'Patient/p'},"
                           "'authored':'2025-06-01','item':[{'linkId':'/89247-1','text':'ECOG','answer':[{'valueInteger':2}]},"
                           "{'linkId':'g','text':'Person','item':[{'linkId':'m','text':'Menopausal status','answer':[{'valueString':'Postmenopausal'}]}]}]}}");
    assert_results(c, "ecog", "2");
    assert_results(c, "menopausal-status", "post");
}

static void an_allergy_is_a_fact_and_a_refuted_one_is_not(void **state)
{
    chart *c = bench_chart("{'resource':{'resourceType':'AllergyIntolerance','id':'a','patient':{'reference':'Patient/p'},'code':{'text':'Peanut'}}},"
                           "{'resource':{'resourceType':'AllergyIntolerance','id':'b','patient':{'reference':'Patient/p'},"
                           "'verificationStatus':{'coding':[{'code':'refuted'}]},'code':{'text':'Soya'}}}");
    assert_results(c, "allergy", "peanut");
}

static void removal_of_both_ovaries_suppresses_them(void **state)
{
    chart *c = bench_chart(RESOURCE("Procedure", "o", "'status':'completed','performedDateTime':'2022-01-01'," SNOMED("29827000")));
    assert_results(c, "ovarian-suppression", "surgical");
}

static void a_value_nobody_understands_is_told_and_gives_nothing(void **state)
{
    chart *c = bench_chart(RESOURCE("Observation", "d", "'status':'final'," LOINC("97509-4") ",'valueString':'purple'"));
    assert_results(c, "disease-status", "");
    assert_int_equal(bench_findings(c, "value-not-understood"), 1);
}

/* ---- derived resources ---- */

static void a_derived_fact_points_at_the_element_it_came_from(void **state)
{
    chart *c = bench_chart(RESOURCE("Observation", "e", "'status':'final'," LOINC("89247-1") ",'valueInteger':1"));
    const resource *const *found;
    assert_int_equal(record_find(c->record, STR("Observation"), STR("https://nextline.example/fhir/CodeSystem/chart"), STR("ecog"), &found), 1);
    assert_true(found[0]->derived);
    assert_int_equal(found[0]->source_count, 1);
    assert_string_equal(arena_str(bench_arena, record_pointer(c->record, found[0]->sources[0])).p, "/entry/1/resource/valueInteger");
    assert_string_equal(arena_str(bench_arena, json_text(json_path(found[0]->root, "extension.0.valueReference.reference"))).p, "Observation/e");
    assert_string_equal(arena_str(bench_arena, json_text(json_path(found[0]->root, "meta.tag.0.code"))).p, "derived");
}

/* ---- what if ---- */

static void a_fact_is_replaced_and_comes_back(void **state)
{
    chart *c = bench_chart(VARIANT("v", "HGNC:3467", ABSENT, "") "," VARIANT("w", "HGNC:8975", PRESENT, ""));
    chart_mark m = chart_get_mark(c);
    assert_int_equal(chart_set(c, STR("ESR1"), STR("detected"), STR(""), NULL), NL_OK);
    assert_results(c, "ESR1", "detected by ctdna");
    assert_results(c, "PIK3CA", "detected");
    chart_undo(c, m);
    assert_results(c, "ESR1", "not-detected");
}

static void changes_nest(void **state)
{
    chart *c = bench_chart(VARIANT("v", "HGNC:3467", ABSENT, ""));
    chart_mark first = chart_get_mark(c);
    assert_int_equal(chart_set(c, STR("ESR1"), STR("detected"), STR(""), NULL), NL_OK);
    chart_mark second = chart_get_mark(c);
    assert_int_equal(chart_set(c, STR("ESR1"), STR("unknown"), STR(""), NULL), NL_OK);
    assert_results(c, "ESR1", "");
    chart_undo(c, second);
    assert_results(c, "ESR1", "detected by ctdna");
    chart_undo(c, first);
    assert_results(c, "ESR1", "not-detected");
}

static void a_changed_value_takes_its_multiple_of_normal_away(void **state)
{
    chart *c = bench_chart(LAB("a", "1742-6", "'valueQuantity':{'value':100,'unit':'U/L'},'referenceRange':[{'high':{'value':40,'unit':'U/L'}}]"));
    assert_results(c, "alt-xuln", "2.5 1");
    assert_int_equal(chart_set(c, STR("alt"), STR("30"), STR(""), NULL), NL_OK);
    assert_results(c, "alt", "30 U/L");
    assert_results(c, "alt-xuln", "");
}

static void a_value_is_set_in_any_unit_that_fits(void **state)
{
    chart *c = bench_chart(VARIANT("v", "HGNC:3467", ABSENT, ""));
    assert_int_equal(chart_set(c, STR("calcium"), STR("3.5 mmol/L"), STR(""), NULL), NL_OK);
    assert_results(c, "calcium", "14 mg/dL");
    assert_int_equal(chart_set(c, STR("calcium"), STR("3.5 kg"), STR(""), NULL), NL_E_ARG);
    assert_results(c, "calcium", "14 mg/dL");
}

static void what_cannot_be_set_is_refused_and_changes_nothing(void **state)
{
    chart *c = bench_chart(VARIANT("v", "HGNC:3467", ABSENT, ""));
    nl_error e = { 0 };
    assert_int_equal(chart_set(c, STR("ESR1"), STR("maybe"), STR(""), &e), NL_E_ARG);
    assert_non_null(strstr(e.what, "inconclusive"));
    assert_int_equal(chart_set(c, STR("nothing"), STR("detected"), STR(""), NULL), NL_E_ARG);
    assert_int_equal(chart_set(c, STR("ecog"), STR("one"), STR(""), NULL), NL_E_ARG);
    assert_results(c, "ESR1", "not-detected");
}

/* ---- the knowledge behind it ---- */

typedef struct told { size_t count; char all[8192]; } told;

static void tell(void *to, const nl_error *e)
{
    told *t = to;
    size_t n = strlen(t->all);
    snprintf(t->all + n, sizeof t->all - n, "%s:%u %s\n", e->where, e->line, e->what);
    t->count++;
}

static told faults_of(const char *facts, const char *rows)
{
    const terms_text texts[] = {
        { "facts.yaml", str_of(facts) },
        { "terminology/systems.csv", STR("system,uri\nLOINC,http://loinc.org\n") },
        { "terminology/units.csv", STR("spelling,unit\nK/uL,10*3/uL\n") },
        { "terminology/negation.csv", STR("phrase,where\nno,before\n") },
        { "terminology/t.csv", arena_printf(bench_arena, "set,word,system,code,display,source,checked\n%s", rows) },
        { "tables/t.csv", STR("value,gives,word,finding,note,source,checked\nyes,answer,a,,,s,c\nperhaps,answer,b,,,s,c\n") },
    };
    told t = { 0 };
    faults f = { .report = tell, .to = &t };
    terms *out = NULL;
    terms_build_texts(bench_arena, texts, sizeof texts / sizeof *texts, &out, &f);
    assert_non_null(out);
    return t;
}

#define HEAD "base: https://example.org\nterminology: [t.csv]\nfacts:\n"
#define GOOD_ROWS "about,x,LOINC,1-8,one,seen,yes\nanswer,a,TEXT,a,,,\n"
#define FACT(rest) "- {code: f, system: chart, label: F, kind: word, words: [a], open: yes, " rest "}\n"

static void whole_knowledge_has_no_fault(void **state)
{
    told t = faults_of(HEAD FACT("from: [{observation: [x], words: answer}]"), GOOD_ROWS);
    assert_string_equal(t.all, "");
}

static void every_broken_reference_is_told_with_its_place(void **state)
{
    told t = faults_of(HEAD FACT("excludes: [g], from: [{observation: [y], words: answer}, {observation: [x], words: nothing}]"), GOOD_ROWS);
    assert_non_null(strstr(t.all, "facts.yaml:4 nothing in set 'about' means 'y'"));
    assert_non_null(strstr(t.all, "facts.yaml:4 no vocabulary has the set 'nothing'"));
    assert_non_null(strstr(t.all, "facts.yaml:4 excludes: no fact is called 'g'"));
    assert_int_equal(t.count, 3);
}

static void a_word_that_is_not_one_of_the_fact_is_a_fault(void **state)
{
    told t = faults_of(HEAD FACT("from: [{observation: [x], words: answer}]"), GOOD_ROWS "answer,b,TEXT,b,,,\n");
    assert_int_equal(t.count, 1);
    assert_non_null(strstr(t.all, "'b' is not a value of f"));
}

static void a_code_with_two_meanings_is_a_fault(void **state)
{
    told t = faults_of(HEAD FACT("from: [{observation: [x], words: answer}]"), GOOD_ROWS "about,y,LOINC,1-8,one,seen,yes\n");
    assert_int_equal(t.count, 1);
    assert_non_null(strstr(t.all, "terminology/t.csv:4"));
}

static void a_code_without_its_source_is_a_fault(void **state)
{
    told t = faults_of(HEAD FACT("from: [{observation: [x], words: answer}]"), GOOD_ROWS "about,y,LOINC,2-6,two,,\n");
    assert_int_equal(t.count, 1);
    assert_non_null(strstr(t.all, "a code needs its source"));
}

static void a_table_cell_that_can_never_fit_is_a_fault(void **state)
{
    told t = faults_of(HEAD FACT("table: t, from: [{observation: [x], words: words}]"), "about,x,LOINC,1-8,one,seen,yes\nwords,yes,TEXT,yes,,,\n");
    assert_non_null(strstr(t.all, "tables/t.csv:3 column value of f can never be 'perhaps'"));
    assert_non_null(strstr(t.all, "tables/t.csv:3 answer: 'b' is not a value of f"));
    assert_int_equal(t.count, 2);
}

static void broken_csv_names_its_line(void **state)
{
    told t = faults_of(HEAD FACT("from: [{observation: [x], words: answer}]"), GOOD_ROWS "about,y,LOINC\n");
    assert_non_null(strstr(t.all, "terminology/t.csv:4 3 cells where the header has 7"));
}

/* ---- another primary cancer ---- */

#define ICD10(code) "'code':{'coding':[{'system':'http://hl7.org/fhir/sid/icd-10-cm','code':'" code "'}]}"
#define RELATED(id) "'extension':[{'url':'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-condition','valueReference':{'reference':'Condition/" id "'}}],"
#define BREAST CONDITION("breast", ICD10("C50.911"))
#define LUNG CONDITION("lung", ICD10("C34.11"))

static void a_metastasis_that_names_another_primary_is_not_one_of_the_breast(void **state)
{
    chart *c = bench_chart(BREAST "," LUNG "," CONDITION("bone", RELATED("lung") SNOMED("94222008")));
    assert_results(c, "metastatic-site", "");
    assert_results(c, "distant-disease-found", "");
    assert_results(c, "other-cancer", "yes ()");
    assert_true(bench_findings(c, "belongs-to-another") > 0);
}

static void a_metastasis_that_names_the_breast_cancer_is_tied_to_it(void **state)
{
    chart *c = bench_chart(BREAST "," LUNG "," CONDITION("bone", RELATED("breast") SNOMED("94222008")));
    assert_results(c, "metastatic-site", "bone");
    assert_results(c, "breast-metastasis", "yes ()");
    c = bench_chart(BREAST "," LUNG "," CONDITION("bone", SNOMED("94222008")));
    assert_results(c, "metastatic-site", "bone");
    assert_results(c, "breast-metastasis", "");
}

static void a_stage_belongs_to_the_cancer_that_it_refers_to(void **state)
{
    const char *four = "'valueCodeableConcept':{'coding':[{'system':'http://cancerstaging.org','code':'4'}]}";
    str stage = arena_printf(bench_arena, "{'resource':{'resourceType':'Observation','id':'s','status':'final'," LOINC("21908-9") ",%s,'focus':[{'reference':'Condition/lung'}]}}", four);
    chart *c = bench_chart(arena_printf(bench_arena, BREAST "," LUNG ",%.*s", STR_ARG(stage)).p);
    assert_results(c, "stage-group", "");
    stage = arena_printf(bench_arena, "{'resource':{'resourceType':'Observation','id':'s','status':'final'," LOINC("21908-9") ",%s}}", four);
    c = bench_chart(arena_printf(bench_arena, CONDITION("breast", "'stage':[{'assessment':[{'reference':'Observation/s'}]}]," ICD10("C50.911")) "," LUNG ",%.*s", STR_ARG(stage)).p);
    assert_results(c, "stage-group", "IV");
    assert_results(c, "breast-metastasis", "yes ()");
}

static void skin_cancer_and_secondary_codes_are_no_rival(void **state)
{
    assert_results(bench_chart(BREAST "," CONDITION("a", ICD10("C44.311")) "," CONDITION("b", ICD10("C78.7")) "," CONDITION("c", ICD10("C80.1")) ","
                               CONDITION("d", ICD10("D12.6")) "," CONDITION("e", ICD10("C7B.02"))), "other-cancer", "");
    assert_results(bench_chart(CONDITION("a", ICD10("C43.9"))), "other-cancer", "yes ()");
    assert_results(bench_chart(CONDITION("a", "'verificationStatus':{'coding':[{'code':'refuted'}]}," ICD10("C18.7"))), "other-cancer", "");
}

static void any_coding_of_a_status_counts(void **state)
{
    assert_results(bench_chart(CONDITION("i", "'clinicalStatus':{'coding':[{'code':'LOCAL-7'},{'code':'resolved'}]}," SNOMED("233703007"))), "lung-disease", "past");
    assert_results(bench_chart(CONDITION("m", "'verificationStatus':{'coding':[{'code':'X'},{'code':'provisional'}]}," SNOMED("94381002"))), "metastatic-site", "");
}

static void what_is_announced_planned_or_broken_off_is_no_fact(void **state)
{
    static const char *const statuses[] = { "registered", "cancelled", "entered-in-error", "draft", "proposed", "intended", "revoked", "rejected" };
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        str all = arena_printf(bench_arena, "{'resource':{'resourceType':'Observation','id':'o','status':'%s'," LOINC("89247-1") ",'valueInteger':1}}", statuses[i]);
        assert_results(bench_chart(all.p), "ecog", "");
    }
    static const char *const procedures[] = { "preparation", "not-done", "on-hold", "stopped", "draft" };
    for (size_t i = 0; i < sizeof procedures / sizeof *procedures; i++) {
        str all = arena_printf(bench_arena, "{'resource':{'resourceType':'Procedure','id':'o','status':'%s','code':{'text':'bilateral oophorectomy'}}}", procedures[i]);
        assert_results(bench_chart(all.p), "ovarian-suppression", "");
    }
    assert_results(bench_chart("{'resource':{'resourceType':'Procedure','id':'o','status':'completed','code':{'text':'bilateral oophorectomy'}}}"),
                   "ovarian-suppression", "surgical");
}

static void a_text_is_read_to_its_limit_and_what_is_longer_is_told(void **state)
{
    buf b = buf_make(bench_arena, 1 << 20);
    buf_add(&b, STR("{'resource':{'resourceType':'Condition','id':'l','code':{'text':'"));
    buf_repeat(&b, 'x', TERMS_TEXT_MAX);
    buf_add(&b, STR(" pneumonitis'}}}"));
    buf_char(&b, '\0');
    chart *c = bench_chart(b.p);
    assert_results(c, "lung-disease", "");
    assert_int_equal(bench_findings(c, "long-text"), 1);
}

/* The hostile build grows every list by one, so that memory goes with the square of its length: fewer will do there. */
#ifdef NL_HOSTILE
enum { SAMPLES = 400 };
#else
enum { SAMPLES = 4000 };
#endif

static nl_status many_samples(arena *a, void *arg, nl_error *err)
{
    bench_arena = a;
    buf b = buf_make(a, 8 << 20);
    for (int i = 0; i < SAMPLES; i++) {
        buf_printf(&b, "%s{'resource':{'resourceType':'Observation','id':'o%d','status':'final'," LOINC("85337-4") ",'valueString':'positive'}}", i ? "," : "", i);
    }
    buf_char(&b, '\0');
    chart *c = bench_chart(b.p);
    *(size_t *)arg = record_derived_count(c->record);
    return NL_OK;
}

/* Every sample against every other would be half the square of their number. */
static void the_samples_of_a_long_record_are_not_compared_each_with_each(void **state)
{
    arena *a = arena_new(&(limits){ .steps_max = (uint64_t)SAMPLES * SAMPLES / 4 }), *kept = bench_arena;
    size_t made = 0;
    nl_error e = { 0 };
    nl_status s = guard_run(a, many_samples, &made, &e);
    bench_arena = kept;
    assert_int_equal(s, NL_OK);
    assert_true(made >= SAMPLES);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(what_is_announced_planned_or_broken_off_is_no_fact),
        BENCH_TEST(a_text_is_read_to_its_limit_and_what_is_longer_is_told),
        BENCH_TEST(the_samples_of_a_long_record_are_not_compared_each_with_each),
        BENCH_TEST(a_metastasis_that_names_another_primary_is_not_one_of_the_breast),
        BENCH_TEST(a_metastasis_that_names_the_breast_cancer_is_tied_to_it),
        BENCH_TEST(a_stage_belongs_to_the_cancer_that_it_refers_to),
        BENCH_TEST(skin_cancer_and_secondary_codes_are_no_rival),
        BENCH_TEST(any_coding_of_a_status_counts),
        BENCH_TEST(a_value_in_the_unit_of_the_fact_keeps_its_digits),
        BENCH_TEST(molar_values_are_converted_by_the_factor_of_the_fact),
        BENCH_TEST(spellings_of_a_unit_are_understood),
        BENCH_TEST(a_comparator_is_kept),
        BENCH_TEST(an_implausible_value_is_shown_and_never_used),
        BENCH_TEST(a_number_without_a_kind_of_unit_is_told_without_the_sign_for_one),
        BENCH_TEST(a_value_without_a_unit_is_not_guessed),
        BENCH_TEST(a_unit_of_another_kind_is_told),
        BENCH_TEST(the_value_over_the_upper_limit_is_that_of_its_own_report),
        BENCH_TEST(an_upper_limit_in_another_unit_is_converted_first),
        BENCH_TEST(an_uncorrected_qt_labelled_qtc_is_not_used),
        BENCH_TEST(a_stated_formula_makes_a_qtc_a_qtcf),
        BENCH_TEST(components_of_a_panel_are_results_of_their_own),
        BENCH_TEST(what_is_dated_after_the_day_asked_for_is_hidden_and_listed),
        BENCH_TEST(a_date_that_may_be_before_the_day_counts),
        BENCH_TEST(undated_facts_are_known_without_a_date),
        BENCH_TEST(a_suspected_diagnosis_is_told_and_not_counted_but_a_suspected_emergency_is),
        BENCH_TEST(an_ended_condition_is_past),
        BENCH_TEST(distant_sites_are_kept_apart_from_regional_nodes),
        BENCH_TEST(regional_nodes_alone_are_no_distant_disease),
        BENCH_TEST(a_secondary_tumour_takes_its_site_from_the_body_site),
        BENCH_TEST(stages_are_read_from_codes_and_from_words),
        BENCH_TEST(an_adverse_event_is_read_with_its_grade_whatever_it_is),
        BENCH_TEST(what_might_have_happened_is_no_adverse_event),
        BENCH_TEST(a_grade_nobody_understands_is_told_and_the_event_stands),
        BENCH_TEST(the_severity_of_a_condition_counts_only_as_a_grade),
        BENCH_TEST(words_under_a_negation_are_told_and_not_read),
        BENCH_TEST(a_variant_belongs_to_the_gene_of_its_component),
        BENCH_TEST(germline_is_told_from_somatic),
        BENCH_TEST(a_variant_of_uncertain_significance_is_no_mutation),
        BENCH_TEST(plasma_without_any_tumour_variant_is_inconclusive),
        BENCH_TEST(plasma_with_a_variant_of_any_gene_lets_not_detected_stand),
        BENCH_TEST(tissue_without_a_variant_stays_not_detected),
        BENCH_TEST(of_two_variants_of_one_gene_in_one_sample_the_found_one_speaks),
        BENCH_TEST(a_gene_test_known_by_words_only_is_read),
        BENCH_TEST(answers_of_a_questionnaire_are_results),
        BENCH_TEST(an_allergy_is_a_fact_and_a_refuted_one_is_not),
        BENCH_TEST(removal_of_both_ovaries_suppresses_them),
        BENCH_TEST(a_value_nobody_understands_is_told_and_gives_nothing),
        BENCH_TEST(a_derived_fact_points_at_the_element_it_came_from),
        BENCH_TEST(a_fact_is_replaced_and_comes_back),
        BENCH_TEST(changes_nest),
        BENCH_TEST(a_changed_value_takes_its_multiple_of_normal_away),
        BENCH_TEST(a_value_is_set_in_any_unit_that_fits),
        BENCH_TEST(what_cannot_be_set_is_refused_and_changes_nothing),
        BENCH_TEST(whole_knowledge_has_no_fault),
        BENCH_TEST(every_broken_reference_is_told_with_its_place),
        BENCH_TEST(a_word_that_is_not_one_of_the_fact_is_a_fault),
        BENCH_TEST(a_code_with_two_meanings_is_a_fault),
        BENCH_TEST(a_code_without_its_source_is_a_fault),
        BENCH_TEST(a_table_cell_that_can_never_fit_is_a_fault),
        BENCH_TEST(broken_csv_names_its_line),
    };
    return cmocka_run_group_tests_name("chart", tests, bench_begin_all, bench_end_all);
}
