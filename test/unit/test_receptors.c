/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_bench.h"

/* One HER2 score and, where given, one ISH value of one specimen: FHIR values as JSON. */
static const char *her2(const char *ihc, const char *ish)
{
    const char *specimen = "'subject':{'reference':'Patient/p'},'specimen':{'reference':'Specimen/s'},'effectiveDateTime':'2025-01-10'";
    str first = ihc ? arena_printf(bench_arena,
                                   "{'resource':{'resourceType':'Observation','id':'i','status':'final','code':{'coding':[{'system':"
                                   "'http://loinc.org','code':'85319-2'}]},%s,%s}}",
                                   specimen, ihc)
                    : STR("");
    str second = ish ? arena_printf(bench_arena,
                                    "%s{'resource':{'resourceType':'Observation','id':'f','status':'final','code':{'coding':[{'system':"
                                    "'http://loinc.org','code':'85318-4'}]},%s,%s}}",
                                    ihc ? "," : "", specimen, ish)
                     : STR("");
    str all = arena_printf(bench_arena, "%.*s%.*s", STR_ARG(first), STR_ARG(second));
    return bench_results(bench_chart(all.p), "her2-level");
}

#define SCORE(text) "'valueString':'" text "'"

static void a_score_alone_gives_its_level(void **state)
{
    assert_string_equal(her2(SCORE("3+"), NULL), "positive");
    assert_string_equal(her2(SCORE("1+"), NULL), "low");
    assert_string_equal(her2(SCORE("1+ (focal)"), NULL), "low");
    assert_string_equal(her2(SCORE("3+ (2+ outside)"), NULL), "positive");
    assert_string_equal(her2(SCORE("0"), NULL), "zero-undivided");
    assert_string_equal(her2(SCORE("0+"), NULL), "zero-undivided");
    assert_string_equal(her2(SCORE("Ultralow"), NULL), "ultralow");
}

static void a_score_coded_without_any_words_is_shown_in_ours(void **state)
{
    (void)state;
    const chart *c = bench_chart("{'resource':{'resourceType':'Observation','id':'i','status':'final','effectiveDateTime':'2025-01-10','subject':"
                                 "{'reference':'Patient/p'},'code':{'coding':[{'system':'http://loinc.org','code':'85319-2'}]},"
                                 "'valueCodeableConcept':{'coding':[{'system':'http://loinc.org','code':'LA11841-6'}]}}}");
    assert_results(c, "her2-ihc", "1+");
    str code_system = arena_printf(bench_arena, "%.*s/CodeSystem/chart", STR_ARG(terms_base(bench_terms)));
    const resource *const *found;
    assert_int_equal(record_find(c->record, STR("Observation"), code_system, STR("her2-level"), &found), 1);
    assert_true(str_is(json_text(json_path(found[0]->root, "valueCodeableConcept.text")), "ihc 1+"));
}

static void a_two_without_ish_is_unresolved(void **state)
{
    assert_string_equal(her2(SCORE("2+"), NULL), "equivocal");
    assert_string_equal(her2(SCORE("1-2+"), NULL), "equivocal");
    assert_string_equal(her2(SCORE("2-3+"), NULL), "equivocal");
}

static void a_two_is_settled_by_ish_of_the_same_specimen(void **state)
{
    assert_string_equal(her2(SCORE("2+"), SCORE("Negative")), "low");
    assert_string_equal(her2(SCORE("2+"), SCORE("Positive")), "positive");
    assert_string_equal(her2(SCORE("1-2+"), SCORE("not amplified")), "low");
}

static void a_score_between_zero_and_low_claims_neither(void **state)
{
    assert_string_equal(her2(SCORE("0-1+"), NULL), "negative");
}

static void what_is_not_available_gives_nothing_and_is_not_odd(void **state)
{
    assert_string_equal(her2(SCORE("Not Available"), SCORE("Not Applicable")), "");
    assert_string_equal(her2(SCORE("Unk/ND"), SCORE("Test Failure")), "");
    assert_string_equal(her2(SCORE("1+"), SCORE("Not Applicable")), "low");
}

static void a_bare_number_is_a_score(void **state)
{
    assert_string_equal(her2("'valueQuantity':{'value':3}", NULL), "positive");
    assert_string_equal(her2("'valueInteger':1", NULL), "low");
    assert_string_equal(her2("'valueQuantity':{'value':2,'unit':'+'}", SCORE("Negative")), "low");
}

static void a_reported_negative_without_a_score_is_negative(void **state)
{
    assert_string_equal(her2("'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/sct','code':'260385009'}]}", NULL), "negative");
}

static void a_number_under_an_ish_code_is_a_ratio(void **state)
{
    assert_string_equal(her2(SCORE("2+"), SCORE("less than 1.8")), "low");
    assert_string_equal(her2(SCORE("2+"), "'valueQuantity':{'value':1.2}"), "low");
    assert_string_equal(her2(SCORE("2+"), "'valueQuantity':{'value':1.8,'comparator':'<'}"), "low");
    assert_string_equal(her2(SCORE("2+"), SCORE("1.7 (Outside: 2.4)")), "low");
}

static void a_ratio_of_two_without_copies_settles_nothing(void **state)
{
    assert_string_equal(her2(SCORE("2+"), "'valueQuantity':{'value':2.1}"), "equivocal");
}

static void two_numbers_in_one_value_are_not_read(void **state)
{
    assert_string_equal(her2(SCORE("2+"), SCORE("1.4, 1.9")), "equivocal");
}

static void an_amplified_low_score_is_positive(void **state)
{
    assert_string_equal(her2(SCORE("1+"), SCORE("Positive")), "positive");
    assert_string_equal(her2(SCORE("0"), SCORE("amplified")), "positive");
}

#define OBSERVATION(id, code, rest) \
    "{'resource':{'resourceType':'Observation','id':'" id "','status':'final','subject':{'reference':'Patient/p'}," \
    "'code':{'coding':[{'system':'http://loinc.org','code':'" code "'}]}," rest "}}"

static const char *dual(const char *ihc, const char *ratio, const char *copies)
{
    str all = arena_printf(bench_arena,
                           OBSERVATION("i", "85319-2", "'effectiveDateTime':'2025-01-10','valueString':'%s'") ","
                           OBSERVATION("r", "49683-6", "'effectiveDateTime':'2025-01-10','valueQuantity':{'value':%s}") ","
                           OBSERVATION("c", "74860-8", "'effectiveDateTime':'2025-01-10','valueQuantity':{'value':%s}"),
                           ihc, ratio, copies);
    return bench_results(bench_chart(all.p), "her2-level");
}

static void the_five_dual_probe_groups_are_told_apart(void **state)
{
    assert_string_equal(dual("2+", "2.3", "5.0"), "positive");
    assert_string_equal(dual("2+", "2.1", "3.2"), "equivocal");
    assert_string_equal(dual("3+", "2.1", "3.2"), "positive");
    assert_string_equal(dual("1+", "2.1", "3.2"), "low");
    assert_string_equal(dual("2+", "1.6", "6.3"), "equivocal");
    assert_string_equal(dual("2+", "1.6", "4.4"), "equivocal");
    assert_string_equal(dual("1+", "1.6", "6.0"), "low");
    assert_string_equal(dual("2+", "1.2", "2.6"), "low");
    assert_string_equal(dual("2+", "2.0", "4.0"), "positive");
}

/* Some producers put the code of the interpretation before the code of the method. */
static void ish_coded_as_interpretation_too_is_no_conclusion_of_the_report(void **state)
{
    const char *ish = "{'resource':{'resourceType':'Observation','id':'f','status':'final','code':{'coding':[{'system':'http://loinc.org','code':'48676-1'},"
                      "{'system':'http://loinc.org','code':'85318-4'}]},'effectiveDateTime':'2025-01-10','valueString':'Positive'}}";
    str scored = arena_printf(bench_arena, "%s,%s", OBSERVATION("i", "85319-2", "'effectiveDateTime':'2025-01-10','valueString':'2+'"), ish);
    assert_results(bench_chart(scored.p), "her2-level", "positive");
    str counted = arena_printf(bench_arena, "%.*s,%s,%s", STR_ARG(scored), OBSERVATION("r", "49683-6", "'effectiveDateTime':'2025-01-10','valueQuantity':{'value':2.3}"),
                               OBSERVATION("c", "74860-8", "'effectiveDateTime':'2025-01-10','valueQuantity':{'value':3.1}"));
    assert_results(bench_chart(counted.p), "her2-level", "equivocal");
}

static void ish_of_another_specimen_does_not_settle_a_score(void **state)
{
    chart *c = bench_chart(OBSERVATION("i", "85319-2", "'effectiveDateTime':'2025-01-09','specimen':{'reference':'Specimen/a'},'valueString':'2+'") ","
                           OBSERVATION("f", "85318-4", "'effectiveDateTime':'2025-01-10','specimen':{'reference':'Specimen/b'},'valueString':'Negative'"));
    assert_results(c, "her2-level", "equivocal; negative");
}

static void undated_results_are_joined_only_within_one_report(void **state)
{
    const char *pair = OBSERVATION("i", "85319-2", "'valueString':'2+'") "," OBSERVATION("f", "85318-4", "'valueString':'Negative'");
    assert_int_equal(strlen(bench_results(bench_chart(pair), "her2-level")), strlen("equivocal; negative"));
    str reported = arena_printf(bench_arena,
                                "%s,{'resource':{'resourceType':'DiagnosticReport','id':'d','status':'final','code':{'text':'pathology'},"
                                "'result':[{'reference':'Observation/i'},{'reference':'Observation/f'}]}}",
                                pair);
    assert_results(bench_chart(reported.p), "her2-level", "low");
}

static void two_scores_of_one_specimen_are_both_kept_and_told(void **state)
{
    chart *c = bench_chart(OBSERVATION("a", "85319-2", "'effectiveDateTime':'2025-01-10','valueString':'0'") ","
                           OBSERVATION("b", "18474-7", "'effectiveDateTime':'2025-01-10','valueString':'3+'"));
    const char *both = bench_results(c, "her2-level");
    assert_true(strcmp(both, "zero-undivided; positive") == 0 || strcmp(both, "positive; zero-undivided") == 0);
    assert_int_equal(bench_findings(c, "contradiction"), 2); /* of the level, and of the score it was read from */
}

static const char *er(const char *percent)
{
    str one = arena_printf(bench_arena, OBSERVATION("e", "85329-1", "'effectiveDateTime':'2025-01-10',%s"), percent);
    return bench_results(bench_chart(one.p), "er");
}

static void per_cent_cut_offs_are_below_one_one_to_ten_and_above(void **state)
{
    assert_string_equal(er("'valueQuantity':{'value':90,'unit':'%','system':'http://unitsofmeasure.org','code':'%'}"), "positive");
    assert_string_equal(er("'valueQuantity':{'value':11,'unit':'%'}"), "positive");
    assert_string_equal(er("'valueQuantity':{'value':10,'unit':'%'}"), "low");
    assert_string_equal(er("'valueQuantity':{'value':1,'unit':'%'}"), "low");
    assert_string_equal(er("'valueQuantity':{'value':0.9,'unit':'%'}"), "negative");
    assert_string_equal(er("'valueQuantity':{'value':1,'comparator':'<','unit':'%'}"), "negative");
    assert_string_equal(er("'valueString':'60-70 %'"), "positive");
    assert_string_equal(er("'valueString':'1 (weak intensity)'"), "low");
    assert_string_equal(er("'valueString':'>60'"), "positive");
}

static void a_range_across_a_cut_off_says_only_what_is_certain(void **state)
{
    assert_string_equal(er("'valueString':'5-20 %'"), "positive");
    assert_string_equal(er("'valueString':'0-5 %'"), "");
    assert_string_equal(er("'valueQuantity':{'value':10,'comparator':'<','unit':'%'}"), "");
}

static void a_bare_fraction_under_per_cent_is_not_guessed(void **state)
{
    assert_string_equal(er("'valueQuantity':{'value':0.9}"), "");
    assert_string_equal(er("'valueQuantity':{'value':90}"), "positive");
}

static void word_and_per_cent_of_one_specimen_become_one_fact(void **state)
{
    chart *c = bench_chart(OBSERVATION("w", "85337-4", "'effectiveDateTime':'2025-01-10','valueString':'Positive'") ","
                           OBSERVATION("n", "85329-1", "'effectiveDateTime':'2025-01-10','valueQuantity':{'value':5,'unit':'%'}"));
    assert_results(c, "er", "low");
    assert_int_equal(bench_findings(c, "see-results"), 0);
}

static void a_word_against_its_per_cent_is_told(void **state)
{
    chart *c = bench_chart(OBSERVATION("w", "85337-4", "'effectiveDateTime':'2025-01-10','valueString':'Negative'") ","
                           OBSERVATION("n", "85329-1", "'effectiveDateTime':'2025-01-10','valueQuantity':{'value':80,'unit':'%'}"));
    assert_results(c, "er", "positive");
    assert_int_equal(bench_findings(c, "see-results"), 1);
}

static void a_finding_code_under_the_wrong_system_is_not_read(void **state)
{
    chart *c = bench_chart(OBSERVATION("t", "417181009", "'effectiveDateTime':'2025-01-10','valueString':'Negative'"));
    assert_results(c, "er", "");
    assert_results(c, "pr", "");
    assert_int_equal(bench_findings(c, "wrong-code-system"), 1);
}

static void a_finding_code_with_a_negative_value_is_negative(void **state)
{
    chart *c = bench_chart("{'resource':{'resourceType':'Observation','id':'t','status':'final','subject':{'reference':'Patient/p'},"
                           "'effectiveDateTime':'2025-01-10','code':{'coding':[{'system':'http://snomed.info/sct','code':'417181009'}]},"
                           "'valueCodeableConcept':{'text':'Negative'}}}");
    assert_results(c, "er", "negative");
    assert_results(c, "pr", "negative");
}

static void a_receptor_may_stand_only_in_the_diagnosis(void **state)
{
    chart *c = bench_chart("{'resource':{'resourceType':'Condition','id':'d','subject':{'reference':'Patient/p'},'onsetDateTime':'2024-05-01',"
                           "'code':{'coding':[{'system':'http://snomed.info/sct','code':'706970001'}]}}}");
    assert_results(c, "er", "negative");
    assert_results(c, "pr", "negative");
    assert_results(c, "her2-level", "negative");
    assert_results(c, "breast-cancer", "invasive");
}

static void hormone_receptor_positive_does_not_say_which(void **state)
{
    chart *c = bench_chart("{'resource':{'resourceType':'Condition','id':'d','subject':{'reference':'Patient/p'},"
                           "'code':{'coding':[{'system':'http://snomed.info/sct','code':'417181009'}]}}}");
    assert_results(c, "er", "");
    assert_results(c, "pr", "");
    assert_int_equal(bench_findings(c, "see-results"), 2);
}

static void a_receptor_known_by_its_words_only_is_read(void **state)
{
    chart *c = bench_chart("{'resource':{'resourceType':'Observation','id':'w','status':'final','subject':{'reference':'Patient/p'},"
                           "'effectiveDateTime':'2025-01-10','code':{'text':'Estrogen receptor status'},'valueString':'Positive'}}");
    assert_results(c, "er", "positive");
}

static void the_day_of_a_result_is_the_day_its_specimen_was_taken(void **state)
{
    chart *c = bench_chart(OBSERVATION("w", "85337-4", "'effectiveDateTime':'2025-03-10','specimen':{'reference':'Specimen/s'},'valueString':'Positive'") ","
                           "{'resource':{'resourceType':'Specimen','id':'s','subject':{'reference':'Patient/p'},"
                           "'collection':{'collectedDateTime':'2019-02-01'}}}");
    const resource *const *found;
    assert_int_equal(record_find(c->record, STR("Observation"), STR("https://nextline.example/fhir/CodeSystem/chart"), STR("er"), &found), 1);
    assert_int_equal(found[0]->when.year, 2019);
}

static const char *er_said(const char *value)
{
    str all = arena_printf(bench_arena,
                           "{'resource':{'resourceType':'Observation','id':'e','status':'final','subject':{'reference':'Patient/p'},'effectiveDateTime':"
                           "'2025-01-10','code':{'coding':[{'system':'http://loinc.org','code':'85337-4'}]},%s}}", value);
    return bench_results(bench_chart(all.p), "er");
}

static void a_per_cent_among_the_words_of_a_status_speaks(void **state)
{
    assert_string_equal(er_said("'valueString':'Positive, 5 %'"), "low");
    assert_string_equal(er_said("'valueString':'Positive (90%)'"), "positive");
    assert_string_equal(er_said("'valueString':'positive 10%'"), "low");
    assert_string_equal(er_said("'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/sct','code':'10828004'}],'text':'Positive (1-5%)'}"), "low");
    assert_string_equal(er_said("'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/sct','code':'10828004'}],'text':'Positive: >10%'}"), "positive");
    assert_string_equal(er_said("'valueString':'Negative (<1%)'"), "negative");
    assert_string_equal(er_said("'valueString':'Negative, less than 1 %'"), "negative");
}

static size_t er_findings(const char *value, const char *want)
{
    str all = arena_printf(bench_arena,
                           "{'resource':{'resourceType':'Observation','id':'e','status':'final','subject':{'reference':'Patient/p'},'effectiveDateTime':"
                           "'2025-01-10','code':{'coding':[{'system':'http://loinc.org','code':'85337-4'}]},%s}}", value);
    chart *c = bench_chart(all.p);
    assert_results(c, "er", want);
    return bench_findings(c, "value-not-understood");
}

static void a_per_cent_that_may_mean_something_else_is_told_and_not_read(void **state)
{
    assert_true(er_findings("'valueString':'Positive, 5 % (outside 90 %)'", "positive") > 0);
    assert_true(er_findings("'valueString':'Positive (cutoff 1%)'", "positive") > 0);
    assert_true(er_findings("'valueString':'Positive, 2,5 %'", "positive") > 0);
    assert_int_equal(er_findings("'valueString':'Positive'", "positive"), 0);
    assert_int_equal(er_findings("'valueString':'Positive, % not counted'", "positive"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_per_cent_among_the_words_of_a_status_speaks),
        BENCH_TEST(a_per_cent_that_may_mean_something_else_is_told_and_not_read),
        BENCH_TEST(a_score_alone_gives_its_level),
        BENCH_TEST(a_score_coded_without_any_words_is_shown_in_ours),
        BENCH_TEST(a_two_without_ish_is_unresolved),
        BENCH_TEST(a_two_is_settled_by_ish_of_the_same_specimen),
        BENCH_TEST(a_score_between_zero_and_low_claims_neither),
        BENCH_TEST(what_is_not_available_gives_nothing_and_is_not_odd),
        BENCH_TEST(a_bare_number_is_a_score),
        BENCH_TEST(a_reported_negative_without_a_score_is_negative),
        BENCH_TEST(a_number_under_an_ish_code_is_a_ratio),
        BENCH_TEST(a_ratio_of_two_without_copies_settles_nothing),
        BENCH_TEST(two_numbers_in_one_value_are_not_read),
        BENCH_TEST(an_amplified_low_score_is_positive),
        BENCH_TEST(the_five_dual_probe_groups_are_told_apart),
        BENCH_TEST(ish_coded_as_interpretation_too_is_no_conclusion_of_the_report),
        BENCH_TEST(ish_of_another_specimen_does_not_settle_a_score),
        BENCH_TEST(undated_results_are_joined_only_within_one_report),
        BENCH_TEST(two_scores_of_one_specimen_are_both_kept_and_told),
        BENCH_TEST(per_cent_cut_offs_are_below_one_one_to_ten_and_above),
        BENCH_TEST(a_range_across_a_cut_off_says_only_what_is_certain),
        BENCH_TEST(a_bare_fraction_under_per_cent_is_not_guessed),
        BENCH_TEST(word_and_per_cent_of_one_specimen_become_one_fact),
        BENCH_TEST(a_word_against_its_per_cent_is_told),
        BENCH_TEST(a_finding_code_under_the_wrong_system_is_not_read),
        BENCH_TEST(a_finding_code_with_a_negative_value_is_negative),
        BENCH_TEST(a_receptor_may_stand_only_in_the_diagnosis),
        BENCH_TEST(hormone_receptor_positive_does_not_say_which),
        BENCH_TEST(a_receptor_known_by_its_words_only_is_read),
        BENCH_TEST(the_day_of_a_result_is_the_day_its_specimen_was_taken),
    };
    return cmocka_run_group_tests_name("receptors", tests, bench_begin_all, bench_end_all);
}
