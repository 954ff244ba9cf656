/* SPDX-License-Identifier: Apache-2.0 */
#include "terms/terms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static arena *a;

static int begin(void **state)
{
    a = arena_new(NULL);
    return a ? 0 : -1;
}

static int end(void **state)
{
    arena_free(a);
    return 0;
}

#define ROW(set_, word_, system_, code_) \
    { .set = STR_INIT(set_), .word = STR_INIT(word_), .system = STR_INIT(system_), .code = STR_INIT(code_), .file = STR_INIT("t.csv"), .line = 1 }

static term_row rows[] = {
    ROW("about", "er-test", "LOINC", "85337-4"), ROW("answer", "positive", "SNOMED", "10828004"), ROW("site", "bone", "ICD10CM", "C79.5*"),
    ROW("site", "bone-marrow", "ICD10CM", "C79.52"), ROW("kind", "secondary", "ICD10CM", "C79*"), ROW("score", "1+", "PHRASE", "1+"),
    ROW("score", "3+", "PHRASE", "3+"), ROW("score", "0-1+", "PHRASE", "0-1+"), ROW("score", "3+", "TEXT", "3+ (2+ outside)"),
    ROW("score", "2+", "PHRASE", "2+"), ROW("answer", "negative", "PHRASE", "not detected"), ROW("answer", "positive", "PHRASE", "detected"),
    ROW("answer", "positive", "PHRASE", "positive"), ROW("answer", "negative", "PHRASE", "negative"), ROW("sign", "weak", "PHRASE", "leg weakness"),
    ROW("about", "qt", "LABEL", "qtc"), ROW("answer", "positive", "TEXT", "pos"),
};
static negation_row negations[] = { { STR_INIT("no"), STR_INIT("before") }, { STR_INIT("ruled out"), STR_INIT("after") },
                                    { STR_INIT("history of"), STR_INIT("text") } };
static system_row systems[] = { { STR_INIT("LOINC"), STR_INIT("http://loinc.org") }, { STR_INIT("SNOMED"), STR_INIT("http://snomed.info/sct") } };

static terms *made(void)
{
    terms *t = ARENA_NEW(a, terms);
    t->rows = rows;
    t->row_count = sizeof rows / sizeof *rows;
    t->negations = negations;
    t->negation_count = sizeof negations / sizeof *negations;
    t->systems = systems;
    t->system_count = sizeof systems / sizeof *systems;
    terms_make_index(a, t);
    return t;
}

#define assert_word(got, want) assert_string_equal(arena_str(a, (got)).p, (want))

static void a_code_means_its_word_only_under_its_own_system(void **state)
{
    const terms *t = made();
    assert_word(terms_word(t, STR("about"), STR("LOINC"), STR("85337-4")), "er-test");
    assert_word(terms_word(t, STR("about"), STR("SNOMED"), STR("85337-4")), "");
    assert_word(terms_word(t, STR("answer"), STR("LOINC"), STR("85337-4")), "");
}

static void a_code_under_a_wrong_system_is_told_from_an_unknown_code(void **state)
{
    const terms *t = made();
    assert_word(terms_other_system(t, STR("LOINC"), STR("10828004")), "SNOMED");
    assert_word(terms_other_system(t, STR("SNOMED"), STR("10828004")), "");
    assert_word(terms_other_system(t, STR("LOINC"), STR("99999-9")), "");
}

static void a_prefix_covers_codes_that_nobody_listed(void **state)
{
    const terms *t = made();
    assert_word(terms_word(t, STR("site"), STR("ICD10CM"), STR("C79.51")), "bone");
    assert_word(terms_word(t, STR("kind"), STR("ICD10CM"), STR("C79.51")), "secondary");
    assert_word(terms_word(t, STR("site"), STR("ICD10CM"), STR("C50.9")), "");
}

static void a_listed_code_wins_over_its_prefix_and_keeps_what_the_prefix_adds(void **state)
{
    const terms *t = made();
    assert_word(terms_word(t, STR("site"), STR("ICD10CM"), STR("C79.52")), "bone-marrow");
    assert_word(terms_word(t, STR("kind"), STR("ICD10CM"), STR("C79.52")), "secondary");
}

static void systems_are_known_by_uri_by_name_and_in_any_case(void **state)
{
    const terms *t = made();
    assert_word(terms_system(t, STR("http://loinc.org")), "LOINC");
    assert_word(terms_system(t, STR("http://loinc.org/")), "LOINC");
    assert_word(terms_system(t, STR("loinc")), "LOINC");
    assert_word(terms_system(t, STR("http://example.org")), "");
}

static void phrases_are_whole_words(void **state)
{
    const terms *t = made();
    assert_word(terms_word_of_text(t, STR("score"), STR("HER2 1+ (focal)")).word, "1+");
    assert_word(terms_word_of_text(t, STR("score"), STR("11+")).word, "");
    assert_word(terms_word_of_text(t, STR("sign"), STR("Leg   Weakness since May")).word, "weak");
    assert_word(terms_word_of_text(t, STR("sign"), STR("leg weaknesses")).word, "");
    assert_word(terms_word_of_text(t, STR("sign"), STR("leg-weakness, new")).word, "weak");
    assert_word(terms_word_of_text(t, STR("sign"), STR("leg, weakness")).word, "weak");   /* punctuation is not a word */
    assert_word(terms_word_of_text(t, STR("sign"), STR("leg-weakness (both)")).word, "weak");
    assert_word(terms_word_of_text(t, STR("sign"), STR("leg. Weakness of an arm")).word, "");
}

static void a_longer_phrase_hides_what_stands_inside_it(void **state)
{
    const terms *t = made();
    assert_word(terms_word_of_text(t, STR("score"), STR("0-1+")).word, "0-1+");
    assert_word(terms_word_of_text(t, STR("answer"), STR("ESR1: not detected")).word, "negative");
}

static void two_different_words_at_different_places_are_neither(void **state)
{
    const terms *t = made();
    assert_word(terms_word_of_text(t, STR("answer"), STR("ER positive, PR negative")).word, "");
    assert_word(terms_word_of_text(t, STR("score"), STR("2+ and 3+")).word, "");
}

static void a_whole_text_row_speaks_before_phrases(void **state)
{
    const terms *t = made();
    text_word w = terms_word_of_text(t, STR("score"), STR(" 3+ (2+ outside). "));
    assert_word(w.word, "3+");
    assert_true(w.whole);
    assert_word(terms_word_of_text(t, STR("answer"), STR("pos")).word, "positive");
    assert_word(terms_word_of_text(t, STR("answer"), STR("pos.?")).word, "");
}

static void a_negation_takes_a_phrase_back_and_says_so(void **state)
{
    const terms *t = made();
    text_word w = terms_word_of_text(t, STR("sign"), STR("No pain, no leg weakness"));
    assert_word(w.word, "");
    assert_word(w.negated, "weak");
    assert_word(w.negation, "no");
    assert_word(terms_word_of_text(t, STR("sign"), STR("leg weakness ruled out")).word, "");
    assert_word(terms_word_of_text(t, STR("sign"), STR("leg weakness. Patient has a history of falls")).word, "");
    assert_word(terms_word_of_text(t, STR("sign"), STR("leg weakness in a node-positive patient")).word, "weak");
}

static void a_negation_ends_with_its_sentence(void **state)
{
    const terms *t = made();
    assert_word(terms_word_of_text(t, STR("sign"), STR("No fever. Leg weakness.")).word, "weak");
}

static void a_label_that_contradicts_its_code_is_found(void **state)
{
    const terms *t = made();
    assert_word(terms_contradiction(t, STR("about"), STR("qt"), STR("QTc interval")), "qtc");
    assert_word(terms_contradiction(t, STR("about"), STR("qt"), STR("QT interval")), "");
}

static void terms_survive_writing_and_reading(void **state)
{
    terms *t = made(), *back = NULL;
    t->base = STR("https://example.org");
    fact_def d = { .code = STR("f"), .system = STR("lab"), .unit = STR("g/dL"), .kind = FACT_QUANTITY, .open = true, .plausible_low = STR("1") };
    t->facts = &d;
    t->fact_count = 1;
    buf out = buf_make(a, BUF_MAX_DEFAULT);
    ar w = ar_writer(a, &out);
    terms_ar(&w, &t);
    ar r = ar_reader(a, buf_str(&out));
    terms_ar(&r, &back);
    assert_false(r.bad);
    assert_int_equal(r.in.n, 0);
    assert_word(terms_word(back, STR("site"), STR("ICD10CM"), STR("C79.51")), "bone");
    assert_word(terms_fact(back, STR("f"))->plausible_low, "1");
    assert_word(terms_word_of_text(back, STR("sign"), STR("leg weakness")).word, "weak");
}

static void cut_short_terms_are_bad_at_every_length(void **state)
{
    terms *t = made();
    buf out = buf_make(a, BUF_MAX_DEFAULT);
    ar w = ar_writer(a, &out);
    terms_ar(&w, &t);
    for (size_t n = 0; n < out.n; n += 7) {
        terms *back = NULL;
        ar r = ar_reader(a, (str){ out.p, n });
        terms_ar(&r, &back);
        assert_true(r.bad);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_code_means_its_word_only_under_its_own_system, begin, end),
        cmocka_unit_test_setup_teardown(a_code_under_a_wrong_system_is_told_from_an_unknown_code, begin, end),
        cmocka_unit_test_setup_teardown(a_prefix_covers_codes_that_nobody_listed, begin, end),
        cmocka_unit_test_setup_teardown(a_listed_code_wins_over_its_prefix_and_keeps_what_the_prefix_adds, begin, end),
        cmocka_unit_test_setup_teardown(systems_are_known_by_uri_by_name_and_in_any_case, begin, end),
        cmocka_unit_test_setup_teardown(phrases_are_whole_words, begin, end),
        cmocka_unit_test_setup_teardown(a_longer_phrase_hides_what_stands_inside_it, begin, end),
        cmocka_unit_test_setup_teardown(two_different_words_at_different_places_are_neither, begin, end),
        cmocka_unit_test_setup_teardown(a_whole_text_row_speaks_before_phrases, begin, end),
        cmocka_unit_test_setup_teardown(a_negation_takes_a_phrase_back_and_says_so, begin, end),
        cmocka_unit_test_setup_teardown(a_negation_ends_with_its_sentence, begin, end),
        cmocka_unit_test_setup_teardown(a_label_that_contradicts_its_code_is_found, begin, end),
        cmocka_unit_test_setup_teardown(terms_survive_writing_and_reading, begin, end),
        cmocka_unit_test_setup_teardown(cut_short_terms_are_bad_at_every_length, begin, end),
    };
    return cmocka_run_group_tests_name("terms", tests, NULL, NULL);
}
