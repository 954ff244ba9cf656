/* SPDX-License-Identifier: Apache-2.0 */
#include "terms/drugs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>   /* after ours: it has a macro named fail */

static uint32_t one[] = { 0 }, two[] = { 1 }, three[] = { 2 }, four[] = { 3 }, both[] = { 2, 3 };
static str first_classes[] = { STR_INIT("her2-antibody"), STR_INIT("targeted") };
static drug drug_rows[] = {
    { .name = STR_INIT("trastuzumab"), .classes = { first_classes, 2 }, .role = DRUG_ANTICANCER },
    { .name = STR_INIT("trastuzumab deruxtecan"), .role = DRUG_ANTICANCER },
    { .name = STR_INIT("letrozole"), .role = DRUG_ANTICANCER },
    { .name = STR_INIT("ribociclib"), .role = DRUG_ANTICANCER },
};
static drug_key code_rows[] = {
    { STR_INIT("RXNORM"), STR_INIT("1923053"), both, 2 },
    { STR_INIT("RXNORM"), STR_INIT("224905"), one, 1 },
    { STR_INIT("SNOMED"), STR_INIT("386911004"), three, 1 },
};
static drug_key text_rows[] = {   /* by key */
    { { 0 }, STR_INIT("enhertu"), two, 1 },       { { 0 }, STR_INIT("femara"), three, 1 },   { { 0 }, STR_INIT("herceptin"), one, 1 },
    { { 0 }, STR_INIT("kisqali"), four, 1 },      { { 0 }, STR_INIT("kisqali femara"), both, 2 }, { { 0 }, STR_INIT("letrozole"), three, 1 },
    { { 0 }, STR_INIT("ribociclib"), four, 1 },   { { 0 }, STR_INIT("trastuzumab"), one, 1 },
    { { 0 }, STR_INIT("trastuzumab deruxtecan"), two, 1 },
};
static drug_key regimen_rows[] = { { { 0 }, STR_INIT("rl"), both, 2 } };
static str filler[] = { STR_INIT("cycles") };
static str others[] = { STR_INIT("letrazil"), STR_INIT("trastuzumab duocarmazine") };
static drugs table = { .at = drug_rows, .codes = code_rows, .texts = text_rows, .count = 4, .code_count = 3, .text_count = 9,
                       .regimens = regimen_rows, .regimen_count = 1, .regimen_words = { filler, 1 },
                       .near = { .letters = 7, .edits = 1, .apart = 2, .cut = 7, .cut_word = 3 }, .look_alikes = { others, 2 } };

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

/* "trastuzumab+letrozole" */
static const char *named(arena *a, const char *text)
{
    uint32_t out[8];
    size_t n = drugs_of_text(&table, a, str_of(text), out, 8);
    buf b = buf_make(a, 1000);
    for (size_t i = 0; i < n; i++) {
        buf_printf(&b, "%s%.*s", i ? "+" : "", STR_ARG(table.at[out[i]].name));
    }
    buf_char(&b, '\0');
    return buf_str(&b).p;
}

static void a_code_stands_for_its_ingredients_in_its_own_system_only(void **state)
{
    const uint32_t *which;
    assert_int_equal(drugs_of_code(&table, STR("RXNORM"), STR("1923053"), &which), 2);
    assert_int_equal(which[1], 3);
    assert_int_equal(drugs_of_code(&table, STR("SNOMED"), STR("386911004"), &which), 1);
    assert_int_equal(which[0], 2);
    assert_int_equal(drugs_of_code(&table, STR("SNOMED"), STR("224905"), &which), 0);
    assert_null(which);
}

static void the_longest_name_wins(void **state)
{
    assert_string_equal(named(*state, "trastuzumab 440 mg"), "trastuzumab");
    assert_string_equal(named(*state, "fam-trastuzumab deruxtecan-nxki"), "trastuzumab deruxtecan");
    assert_string_equal(named(*state, "TRASTUZUMAB/DERUXTECAN"), "trastuzumab deruxtecan");
}

static void a_biosimilar_suffix_a_form_and_a_strength_are_passed_over(void **state)
{
    assert_string_equal(named(*state, "trastuzumab-dkst 150 MG Injection"), "trastuzumab");
    assert_string_equal(named(*state, "Femara 2.5mg oral tablet"), "letrozole");
}

static void a_brand_beside_its_ingredient_means_the_brand(void **state)
{
    assert_string_equal(named(*state, "Trastuzumab Injection [Enhertu]"), "trastuzumab deruxtecan");
    assert_string_equal(named(*state, "Herceptin (trastuzumab)"), "trastuzumab");
}

static void joined_names_are_two_drugs_in_their_order(void **state)
{
    assert_string_equal(named(*state, "ribociclib+letrozole"), "ribociclib+letrozole");
    assert_string_equal(named(*state, "Kisqali Femara Co-Pack"), "letrozole+ribociclib");
    assert_string_equal(named(*state, "{28 (letrozole 2.5 MG) / 21 (ribociclib 200 MG)} Pack"), "letrozole+ribociclib");
}

static void part_of_a_word_is_no_name(void **state)
{
    assert_string_equal(named(*state, "antitrastuzumab"), "");
    assert_string_equal(named(*state, "trastuzumabs"), "");
    assert_string_equal(named(*state, ""), "");
    assert_string_equal(named(*state, "  --  "), "");
    assert_string_equal(named(*state, "Letrozolé"), "");
}

/* As named, with a mark where a name was misspelt: "~letrozole" */
static const char *nearly(arena *a, const char *text)
{
    uint32_t out[8];
    bool near;
    size_t n = drugs_near_text(&table, a, str_of(text), out, 8, &near);
    buf b = buf_make(a, 1000);
    buf_printf(&b, "%s", near ? "~" : "");
    for (size_t i = 0; i < n; i++) {
        buf_printf(&b, "%s%.*s", i ? "+" : "", STR_ARG(table.at[out[i]].name));
    }
    return arena_printf(a, "%.*s", STR_ARG(buf_str(&b))).p;
}

static void one_letter_more_fewer_other_or_exchanged_is_the_name_it_comes_near(void **state)
{
    assert_string_equal(nearly(*state, "lettrozole 2.5 mg"), "~letrozole");
    assert_string_equal(nearly(*state, "letrzole"), "~letrozole");
    assert_string_equal(nearly(*state, "Letrizole tablet"), "~letrozole");
    assert_string_equal(nearly(*state, "lterozole"), "~letrozole");
    assert_string_equal(nearly(*state, "oral ribocilcib"), "~ribociclib");
    assert_string_equal(nearly(*state, "letrozole + ribociclb"), "~letrozole+ribociclib");
    assert_string_equal(nearly(*state, "letrozole"), "letrozole");
    assert_string_equal(named(*state, "letrzole"), "");
}

static void two_letters_a_short_name_and_a_look_alike_are_not_guessed(void **state)
{
    assert_string_equal(nearly(*state, "ltrozle"), "");
    assert_string_equal(nearly(*state, "femra"), "");
    assert_string_equal(nearly(*state, "letrazile"), "");
    assert_string_equal(nearly(*state, ""), "");
}

static void a_name_cut_off_at_the_end_is_read_when_one_drug_is_left(void **state)
{
    assert_string_equal(nearly(*state, "letrozo"), "~letrozole");
    assert_string_equal(nearly(*state, "letroz"), "");
    assert_string_equal(nearly(*state, "letrozo 2.5 mg"), "");
    assert_string_equal(nearly(*state, "trastuzuma"), "");
    assert_string_equal(nearly(*state, "trastuzumab der"), "~trastuzumab deruxtecan");
    assert_string_equal(nearly(*state, "trastuzumab d"), "trastuzumab");
}

static void a_conjugate_misspelt_is_not_its_antibody(void **state)
{
    assert_string_equal(nearly(*state, "trastuzumab deruxtcan 100 mg"), "~trastuzumab deruxtecan");
    assert_string_equal(nearly(*state, "trastuzmab deruxtecan"), "~trastuzumab deruxtecan");
    assert_string_equal(nearly(*state, "trastuzmab derxutcan"), "");
    assert_string_equal(nearly(*state, "trastuzmab 440 mg"), "~trastuzumab");
    assert_string_equal(nearly(*state, "trastuzumab-dkst"), "trastuzumab");
}

static void what_follows_an_antibody_and_is_like_the_rest_of_a_conjugate_is_not_passed_over(void **state)
{
    assert_string_equal(nearly(*state, "trastuzumab derxutcan"), "~trastuzumab deruxtecan");
    assert_string_equal(nearly(*state, "Trastuzumab-derxutcan 5.4 mg/kg"), "~trastuzumab deruxtecan");
    assert_string_equal(nearly(*state, "trastuzumab derux 100 mg"), "~trastuzumab deruxtecan");
    assert_string_equal(nearly(*state, "letrozole + trastuzumab derxutcan"), "~letrozole+trastuzumab deruxtecan");
    assert_string_equal(nearly(*state, "trastuzumab dorixtekan"), "");   /* three letters: nobody can tell */
    assert_string_equal(named(*state, "trastuzumab derxutcan"), "");
    assert_string_equal(named(*state, "trastuzumab duocarmazine"), "");
    assert_string_equal(nearly(*state, "trastuzumab duocarmazin 1.2 mg/kg"), "");
    assert_string_equal(nearly(*state, "trastuzumab dose 6 mg/kg"), "trastuzumab");
    assert_string_equal(nearly(*state, "trastuzumab every 3 weeks"), "trastuzumab");
    assert_string_equal(nearly(*state, "trastuzumab injection, solution"), "trastuzumab");
    assert_string_equal(nearly(*state, "trastuzumab"), "trastuzumab");
}

static void what_does_not_fit_is_left_out(void **state)
{
    uint32_t out[1];
    assert_int_equal(drugs_of_text(&table, *state, STR("letrozole ribociclib"), out, 1), 1);
    assert_int_equal(out[0], 2);
}

static void what_is_written_is_read_again_and_damage_is_met(void **state)
{
    arena *a = *state;
    buf b = buf_make(a, 100000);
    ar w = ar_writer(a, &b);
    drugs *d = &table;
    drugs_ar(&w, &d);
    str bytes = buf_str(&b);
    drugs *again;
    ar r = ar_reader(a, bytes);
    drugs_ar(&r, &again);
    assert_false(r.bad);
    assert_int_equal(again->count, 4);
    assert_true(drug_has_class(drugs_named(again, STR("trastuzumab")), STR("targeted")));
    assert_null(drugs_named(again, STR("aspirin")));
    for (size_t n = 0; n < bytes.n; n++) {
        ar cut = ar_reader(a, str_head(bytes, n));
        drugs *broken;
        drugs_ar(&cut, &broken);
        assert_true(cut.bad);
        assert_int_equal(broken->count, 0);
    }
    one[0] = 9;   /* an index past the drugs */
    buf wrong = buf_make(a, 100000);
    w = ar_writer(a, &wrong);
    drugs_ar(&w, &d);
    one[0] = 0;
    r = ar_reader(a, buf_str(&wrong));
    drugs_ar(&r, &again);
    assert_true(r.bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_stands_for_its_ingredients_in_its_own_system_only),
        cmocka_unit_test(the_longest_name_wins),
        cmocka_unit_test(a_biosimilar_suffix_a_form_and_a_strength_are_passed_over),
        cmocka_unit_test(a_brand_beside_its_ingredient_means_the_brand),
        cmocka_unit_test(joined_names_are_two_drugs_in_their_order),
        cmocka_unit_test(part_of_a_word_is_no_name),
        cmocka_unit_test(one_letter_more_fewer_other_or_exchanged_is_the_name_it_comes_near),
        cmocka_unit_test(two_letters_a_short_name_and_a_look_alike_are_not_guessed),
        cmocka_unit_test(a_name_cut_off_at_the_end_is_read_when_one_drug_is_left),
        cmocka_unit_test(a_conjugate_misspelt_is_not_its_antibody),
        cmocka_unit_test(what_follows_an_antibody_and_is_like_the_rest_of_a_conjugate_is_not_passed_over),
        cmocka_unit_test(what_does_not_fit_is_left_out),
        cmocka_unit_test(what_is_written_is_read_again_and_damage_is_met),
    };
    return cmocka_run_group_tests_name("drugs", tests, set_up, tear_down);
}
