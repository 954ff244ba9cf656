/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "pack/near.h"
#include "pack/yaml.h"
#include "small_knowledge.h"
#include "terms/drugs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>   /* after ours: it has a macro named fail */

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

#define assert_text(got_, want_)                                                          \
    do {                                                                                  \
        str got = (got_);                                                                 \
        if (!str_is(got, (want_))) {                                                      \
            fail_msg("got \"%.*s\", wanted \"%s\"", STR_ARG(got), (want_));               \
        }                                                                                 \
    } while (0)

/* ---- YAML ---- */

static const json *yaml(arena *a, const char *text)
{
    json *out = NULL;
    nl_error err = { 0 };
    if (yaml_read_text(a, str_of(text), "t.yaml", &out, &err) != NL_OK) {
        fail_msg("%s: %s", text, err.what);
    }
    return out;
}

static void every_yaml_node_knows_its_line(void **state)
{
    const json *n = yaml(*state, "a: 1\nb:\n- x\n- y: 2\n  z: [3]\n");
    assert_int_equal(json_get(n, "a")->line, 1);
    assert_int_equal(json_get(n, "b")->line, 2);
    assert_int_equal(json_path(n, "b.1")->line, 4);
    assert_int_equal(json_path(n, "b.1.z.0")->line, 5);
}

static void yaml_scalars_stay_text_and_only_a_plain_null_is_null(void **state)
{
    const json *n = yaml(*state, "a: yes\nb: 2023-01-27\nc: 1.50\nd: null\ne: ~\nf:\ng: \"~\"\nh: >-\n  two\n  words\n");
    assert_text(json_get_text(n, "a"), "yes");
    assert_text(json_get_text(n, "b"), "2023-01-27");
    assert_text(json_get_text(n, "c"), "1.50");
    assert_true(json_is(json_get(n, "d"), JSON_NULL));
    assert_true(json_is(json_get(n, "e"), JSON_NULL));
    assert_true(json_is(json_get(n, "f"), JSON_NULL));
    assert_text(json_get_text(n, "g"), "~");
    assert_text(json_get_text(n, "h"), "two words");
}

static void yaml_that_hides_its_meaning_is_refused_with_its_line(void **state)
{
    static const struct { const char *text, *says; uint32_t line; } bad[] = {
        { "a: 1\nb: 2\na: 3\n", "twice", 3 },
        { "a: &x 1\n", "anchors", 1 },
        { "a: 1\nb: *x\n", "aliases", 2 },
        { "a:\n\tb: 1\n", "tab", 2 },
        { "a: 1\n---\nb: 2\n", "second document", 2 },
        { "a: !!str 1\n", "tags", 1 },
        { "? [a]\n: 1\n", "key", 1 },
        { "a: [1,\n", "not YAML", 2 },
        { "a: b: c\n", "not YAML", 1 },
        { "", "empty", 0 },
        { "# a comment alone\n", "empty", 0 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        json *out = NULL;
        nl_error err = { 0 };
        assert_int_equal(yaml_read_text(*state, str_of(bad[i].text), "t.yaml", &out, &err), NL_E_SYNTAX);
        if (!strstr(err.what, bad[i].says) || err.line != bad[i].line) {
            fail_msg("%s: line %u: %s", bad[i].text, err.line, err.what);
        }
        assert_string_equal(err.where, "t.yaml");
        assert_null(out);
    }
}

static void yaml_nested_too_deeply_ends_at_the_limit(void **state)
{
    char deep[4001];
    memset(deep, '[', 4000);
    deep[4000] = 0;
    json *out = NULL;
    nl_error err = { 0 };
    nl_status s = yaml_read_text(*state, str_of(deep), "t.yaml", &out, &err);
    assert_true(s == NL_E_LIMIT || s == NL_E_SYNTAX);
}

/* ---- near names ---- */

static void a_mistyped_name_is_answered_with_the_nearest(void **state)
{
    const str names[] = { STR("Premenopausal"), STR("Postmenopausal"), STR("ESR1 mutated"), STR("Man") };
    assert_text(near_names(*state, STR("ESR1 mutatd"), names, 4), "; did you mean 'ESR1 mutated'?");
    assert_text(near_names(*state, STR("premenopausal"), names, 4), "; did you mean 'Premenopausal' or 'Postmenopausal'?");
    assert_text(near_names(*state, STR("Something else entirely"), names, 4), "");
}

/* ---- building ---- */

static void a_sound_knowledge_is_read_as_written(void **state)
{
    small s;
    small_build(&s, *state, -1, "", "");
    assert_text(buf_str(&s.told), "");
    const option *o = guideline_option(&s.g, STR("o.1"));
    assert_non_null(o);
    assert_int_equal(o->drug_count, 2);
    assert_int_equal(o->drugs[1].count, 2);
    assert_int_equal(o->require_count, 2);
    assert_false(o->requires_all[1].when.is);
    assert_int_equal(o->requires_all[1].when.places, 2);
    assert_int_equal(o->requires_all[1].when.at.line, 10);
    assert_text(o->requires_all[1].when.at.file, "options/one.yaml");
    assert_int_equal(o->requires_all[0].when.places, UINT32_MAX);
    assert_true(o->rules_out[0].check);
    assert_true(o->standings[1].always);
    assert_int_equal(o->approval_count, 3);
    assert_int_equal(o->approvals[1].place, 1);
    assert_int_equal(s.g.stale_days, 90);
    assert_int_equal(s.g.tests[0].outcomes[0].fact_count, 2);
    assert_true(s.g.profile[0].boolean);
    assert_false(s.g.profile[1].boolean);
    assert_int_equal(s.g.amount_count, 1);
    assert_int_equal(s.g.amounts[0].digits, 1);
    assert_text(s.g.amounts[0].unit, "mg");
    assert_true(guideline_source(&s.g, STR("S1"))->checked);
    assert_int_equal(guideline_boxed(&s.g, STR("drug-a"))->warning_count, 2);
    assert_text(guideline_boxed(&s.g, STR("drug-a"))->warnings[1], "it hurts");
    assert_int_equal(guideline_boxed(&s.g, STR("drug-b"))->warning_count, 0);
    assert_null(guideline_boxed(&s.g, STR("drug-c")));
}

static void every_fault_of_the_knowledge_is_told_with_file_and_line(void **state)
{
    static const struct { int table; const char *from, *to, *told; } rows[] = {
        { OPTIONS, "summary", "sumary", "options/one.yaml:6: the key 'sumary' is not known here; did you mean 'summary'?" },
        { OPTIONS, "  - There", "  - Ther", "options/one.yaml:9: the library T has no define \"Ther\"; did you mean 'There'?" },
        { OPTIONS, "  - There", "  - Words", "options/one.yaml:9: the define \"Words\" is not Boolean" },
        { OPTIONS, "[drug-a, [", "[drug-c, [", "options/one.yaml:7: drugs.yaml has no drug 'drug-c'" },
        { OPTIONS, "  requires:", "  for: ever\n  requires:", "options/one.yaml:8: for: 'ever' is none of next-line, present-line, any-time" },
        { OPTIONS, "drugs: [drug-a, [drug-a, drug-b]]\n", "drugs: running\n  for: next-line\n", "options/one.yaml:8: for: an option whose drugs are those of the line that runs is for the present line" },
        { OPTIONS, "evidence: [S1]", "evidence: [S9]", "options/one.yaml:23: evidence: no source has the id 'S9'; did you mean 'S1' or 'S2'?" },
        { OPTIONS, "evidence: [S1]", "evidence: []", "options/one.yaml:23: evidence: the list is empty" },
        { OPTIONS, "  evidence: [S1]\n", "", "options/one.yaml:4: the key 'evidence' is missing" },
        { OPTIONS, "\n  - {standing: second}", "", "options/one.yaml:16: the last row of standing must hold always" },
        { OPTIONS, "    us: 2020-01-01", "    us: 2020-02-30", "options/one.yaml:19: since: '2020-02-30' is not a day that exists" },
        { OPTIONS, "    us: 2020-01-01", "    uk: 2020-01-01", "options/one.yaml:19: 'uk' is not among the jurisdictions" },
        { OPTIONS, "until: 2021-01-01, say: old", "until: 2021-01-02, say: old", "options/one.yaml:22: the approval overlaps the one on line 21" },
        { OPTIONS, "    - {since: 2021-01-01}", "    - {since: 2021-01-01, off-label: yes}", "options/one.yaml:22: off-label: say and sources are needed, since no label speaks" },
        { OPTIONS, "  approved:\n    us: 2020-01-01\n    eu:\n    - {since: 2020-01-01, until: 2021-01-01, say: old, sources: [S2], checked: yes}\n    - {since: 2021-01-01}\n",
          "  approved: not-needed\n", "options/one.yaml:18: approved: drugs that are listed need an approval" },
        { OPTIONS, "in: eu", "in: uk", "options/one.yaml:10: 'uk' is not among the jurisdictions" },
        { OPTIONS, "since: 2020-01-01, until: 2021-01-01}", "since: 2021-01-01, until: 2021-01-01}", "options/one.yaml:10: the rule ends before it begins" },
        { OPTIONS, "is: no, in: eu", "is: maybe, in: eu", "options/one.yaml:10: is: yes or no" },
        { OPTIONS, "say: late", "say: \"\"", "options/one.yaml:12: say: a text should stand here" },
        { OPTIONS, "  - There\n", "  - There\n  - {when: There, in: us}\n", "options/one.yaml:10: \"There\" stands already on line 9" },
        { OPTIONS, "standing: second}\n  standing", "standing: third}\n  standing", "options/one.yaml:14: standing: 'third' is not among the standings" },
        { OPTIONS, "- id: o.1", "- id: o.1\n- id: o.1", "the option 'o.1' stands already in options/one.yaml line 4" },
        { EVIDENCE, ", checked: yes, checked-where: page", "", "evidence/one.yaml:2: the source 'S1' does not say whether it was checked" },
        { EVIDENCE, ", checked-where: page", "", "evidence/one.yaml:2: the key 'checked-where' is missing" },
        { EVIDENCE, "kind: trial", "kind: rumour", "evidence/one.yaml:2: kind: 'rumour' is none of trial, label" },
        { EVIDENCE, "id: S2", "id: S1", "evidence/one.yaml:3: the source 'S1' stands already" },
        { GUIDELINE, "{drugs} {start} {end} {next}", "{drugs} {start} {end}", "guideline.yaml:11: the placeholder {next} is missing" },
        { GUIDELINE, "why {drugs}", "why {drug}", "guideline.yaml:11: {drug} is not a placeholder" },
        { GUIDELINE, "metastatic: There", "metastatic: Words", "guideline.yaml:8: the define \"Words\" is not Boolean" },
        { GUIDELINE, "dated: 2026-01-01", "dated: 2026-13-01", "guideline.yaml:3: dated: '2026-13-01' is not a day that exists" },
        { ALERTS, "Late sign", "Late sing", "alerts/one.yaml:3: the library T has no define \"Late sing\"; did you mean 'Late sign'?" },
        { ALERTS, "library: T", "library: [U, V]", "alerts/one.yaml:3: none of the file's 2 libraries has a define \"Late sign\"; did you mean 'Late sign'?" },
        { ALERTS, "library: T", "library: [T, T]", "alerts/one.yaml:3: \"Late sign\" stands in T and in T: name the library" },
        { ALERTS, "sources: [S1]", "sources: [S7]", "alerts/one.yaml:3: sources: no source has the id 'S7'" },
        { BOXED, "- {drug: drug-b, warns: none, checked: no}\n", "", "options/one.yaml:4: boxed.yaml does not say what the label of 'drug-b' has boxed" },
        { BOXED, "drug: drug-b", "drug: drug-x", "boxed.yaml:3: drugs.yaml has no drug 'drug-x'" },
        { BOXED, "drug: drug-b", "drug: drug-a", "boxed.yaml:3: 'drug-a' stands already on line 2" },
        { BOXED, "warns: none, checked: no", "warns: none", "boxed.yaml:3: 'drug-b' does not say whether it was checked" },
        { BOXED, ", checked-where: page", "", "boxed.yaml:2: the key 'checked-where' is missing" },
        { TESTS, "sign: seen", "sing: seen", "tests.yaml:3: facts.yaml has no fact 'sing'; did you mean 'sign'?" },
        { TESTS, "sign: not-seen", "sign: unseen", "tests.yaml:3: the fact 'sign' has no value 'unseen'" },
        { TESTS, "count: \"5\"", "count: many", "tests.yaml:3: the fact 'count' needs a number" },
        { PROFILE, "value: There", "value: Here", "profile.yaml:3: the library T has no define \"Here\"; did you mean 'There'?" },
        { PROFILE, "value: Amount", "value: Words", "profile.yaml:6: the define \"Words\" is neither a Decimal nor a Quantity" },
        { PROFILE, "unknown: dunno", "only-yes: yes", "profile.yaml:4: only-yes: the define \"Words\" is not Boolean" },
        { PROFILE, "digits: 1", "digits: 9", "profile.yaml:6: digits: a number from 0 to 8 should stand here" },
        { COURSE, "key: there", "key: their", "course.yaml:2: profile.yaml has no key 'their'" },
        { COURSE, "since: sign", "since: sing", "course.yaml:2: no fact is called 'sing'" },
        { COURSE, "join: day", "join: week", "course.yaml:4: " },
        { COURSE, "facts: [sign]", "facts: [sing]", "course.yaml:4: no fact is called 'sing'" },
        { COURSE, "facts: [sign]", "systems: [gene]", "course.yaml:4: no fact is of the system 'gene'" },
        { COURSE, "numbers: [sum]", "numbers: [some]", "course.yaml:10: profile.yaml has no amount 'some'" },
        { COURSE, "id: line", "id: seen", "course.yaml:5: the entry 'seen' stands twice" },
        { COURSE, "from: lines", "from: lines, facts: [sign]", "course.yaml:5: facts belong to an entry from facts" },
        { COURSE, "parts: {one: \"{} one\"}", "quote: [one]", "course.yaml:7: quote: set about has no word 'one'" },
        { PROFILE, "unit: mg, ", "", "profile.yaml:6: the key 'unit' is missing" },
        { PROFILE, "digits: 1}\n", "digits: 1}\n- {key: sum, label: Sum, value: Amount, unit: mg, digits: 0}\n",
          "profile.yaml:7: the key 'sum' stands already on line 6" },
        { PROFILE, "library: T\n", "", "profile.yaml:1: the key 'library' is missing" },
        { TESTS, "tests:\n", "tests:\n\t", "tests.yaml:3: a tab" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        small s;
        small_build(&s, *state, rows[i].table, rows[i].from, rows[i].to);
        str told = buf_str(&s.told);
        if (s.f.count == 0 || str_find(told, str_of(rows[i].told)) < 0) {
            fail_msg("wanted \"%s\", told:\n%.*s", rows[i].told, STR_ARG(told));
        }
    }
}

static void several_faults_are_all_told(void **state)
{
    small s;
    small_build(&s, *state, OPTIONS, "  - There\n  - {when: Late sign", "  - Nowhere\n  - {when: Never");
    assert_int_equal(s.f.count, 2);
    assert_int_equal(s.f.first.line, 9);
}

/* ---- the file ---- */

static void a_pack_reads_back_as_it_was_written(void **state)
{
    str bytes, again;
    pack *p = small_pack(*state, &bytes), *read = NULL;
    nl_error err = { 0 };
    if (pack_read(*state, bytes.p, bytes.n, "p", &read, &err) != NL_OK) {
        fail_msg("%s", err.what);
    }
    assert_string_equal(read->digest, p->digest);
    assert_text(read->guideline.options[0].approvals[1].say, "old");
    assert_int_equal(read->guideline.options[0].requires_all[1].when.since.year, 2020);
    pack_write(*state, read, &again);
    assert_true(str_eq(bytes, again));
}

static void a_pack_that_is_cut_or_changed_anywhere_is_refused(void **state)
{
    str bytes;
    (void)small_pack(*state, &bytes);
    for (size_t i = 0; i < bytes.n; i += i < 128 ? 1 : 61) {
        arena *a = arena_new(NULL);
        char *copy = arena_alloc(a, bytes.n);
        memcpy(copy, bytes.p, bytes.n);
        pack *out = NULL;
        assert_int_equal(pack_read(a, copy, i, "p", &out, NULL), NL_E_SYNTAX);
        copy[i] = (char)(copy[i] ^ 0x20);
        assert_int_equal(pack_read(a, copy, bytes.n, "p", &out, NULL), NL_E_SYNTAX);
        assert_null(out);
        arena_free(a);
    }
}

typedef struct reading { str payload; } reading;

static nl_status read_wrapped(arena *a, void *arg, nl_error *err)
{
    const reading *r = arg;
    str bytes;
    pack *out = NULL;
    pack_wrap(a, r->payload, &bytes);
    return pack_read(a, bytes.p, bytes.n, "p", &out, err);
}

/* With a digest that is right the reader stands alone: each damaged byte is refused or harmless, and never a crash. */
static void a_damaged_payload_under_a_right_digest_crashes_nothing(void **state)
{
    str bytes;
    (void)small_pack(*state, &bytes);
    str payload = str_from(bytes, 16 + 4 + 4 + strlen(NL_VERSION) + 32 + 8);
    arena *a = arena_new(&(limits){ .memory_bytes = (size_t)64 << 20 });
    assert_int_equal(guard_run(a, read_wrapped, &(reading){ payload }, NULL), NL_OK);
    size_t refused = 0, count = 0;
    for (size_t i = 0; i < payload.n; i++, count++) {
        arena_reset(a);
        char *copy = arena_alloc(a, payload.n);
        memcpy(copy, payload.p, payload.n);
        copy[i] = (char)(i % 3 == 0 ? 0xff : i % 3 == 1 ? copy[i] + 1 : copy[i] ^ 0x80);
        refused += guard_run(a, read_wrapped, &(reading){ { copy, payload.n } }, NULL) != NL_OK;
    }
    assert_true(refused > count / 4);
    arena_free(a);
}

static void what_is_not_a_pack_is_told_so(void **state)
{
    pack *out = NULL;
    nl_error err = { 0 };
    assert_int_equal(pack_read(*state, "{}", 2, "p", &out, &err), NL_E_SYNTAX);
    assert_non_null(strstr(err.what, "not a knowledge pack"));
    str bytes;
    (void)small_pack(*state, &bytes);
    char *copy = arena_alloc(*state, bytes.n);
    memcpy(copy, bytes.p, bytes.n);
    copy[16]++;
    assert_int_equal(pack_read(*state, copy, bytes.n, "p", &out, &err), NL_E_SYNTAX);
    assert_non_null(strstr(err.what, "another version"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_yaml_node_knows_its_line),
        TEST(yaml_scalars_stay_text_and_only_a_plain_null_is_null),
        TEST(yaml_that_hides_its_meaning_is_refused_with_its_line),
        TEST(yaml_nested_too_deeply_ends_at_the_limit),
        TEST(a_mistyped_name_is_answered_with_the_nearest),
        TEST(a_sound_knowledge_is_read_as_written),
        TEST(every_fault_of_the_knowledge_is_told_with_file_and_line),
        TEST(several_faults_are_all_told),
        TEST(a_pack_reads_back_as_it_was_written),
        TEST(a_pack_that_is_cut_or_changed_anywhere_is_refused),
        TEST(a_damaged_payload_under_a_right_digest_crashes_nothing),
        TEST(what_is_not_a_pack_is_told_so),
    };
    return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
