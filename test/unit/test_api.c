/* The public interface, called as a host would, over a pack whose tables are made by hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <nextline/pack.h>

#include "api/api.h"

#include <cmocka.h>   /* last: its fail() is a macro */

static const char one_patient[] = "{\"resourceType\": \"Bundle\", \"type\": \"collection\", \"entry\": ["
                                  "{\"resource\": {\"resourceType\": \"Patient\", \"id\": \"p1\", \"gender\": \"female\"}}]}";
static const char two_patients[] = "[{\"resourceType\": \"Patient\", \"id\": \"p1\"}, {\"resourceType\": \"Patient\", \"id\": \"p2\"}]";

static str jurisdictions[] = { STR_INIT("us"), STR_INIT("eu") };

typedef struct host {
    pack       tables;
    nl_pack    pack;
    nl_worker *worker;
    nl_record *record;
    nl_error   err;
} host;

static int setup(void **state)
{
    host *h = test_calloc(1, sizeof *h);
    h->tables.guideline = (guideline){ .name = STR("g"), .version = STR("1"), .jurisdictions = jurisdictions, .jurisdiction_count = 2 };
    h->pack.pack = &h->tables;
    assert_int_equal(nl_worker_new(&h->pack, NULL, &h->worker, &h->err), NL_OK);
    assert_int_equal(nl_record_new(h->worker, &h->record, &h->err), NL_OK);
    *state = h;
    return 0;
}

static int teardown(void **state)
{
    host *h = *state;
    nl_worker_free(h->worker);
    test_free(h);
    return 0;
}

static nl_status add(host *h, const char *text) { return nl_record_add(h->record, "in.json", text, strlen(text), &h->err); }

static void a_missing_pack_is_an_input_error_and_leaves_the_output_alone(void **state)
{
    nl_pack *p = (nl_pack *)(uintptr_t)16;
    nl_error err = { 0 };
    assert_int_equal(nl_pack_open("/nowhere/nextline.pack", &p, &err), NL_E_IO);
    assert_int_equal(err.code, NL_E_IO);
    assert_string_equal(err.where, "/nowhere/nextline.pack");
    assert_ptr_equal(p, (void *)(uintptr_t)16);
    assert_int_equal(nl_pack_open(NULL, &p, NULL), NL_E_ARG);
}

static void freeing_nothing_is_fine(void **state)
{
    nl_pack_free(NULL);
    nl_worker_free(NULL);
}

static void a_record_is_read_and_closed(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, one_patient), NL_OK);
    assert_int_equal(nl_record_close(h->record, NULL, &h->err), NL_OK);
    assert_int_equal(add(h, one_patient), NL_E_ARG);
    assert_int_equal(nl_record_close(h->record, NULL, &h->err), NL_E_ARG);
}

static void what_is_not_json_is_told_with_its_place_and_the_record_goes_on(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, "{\"resourceType\": \n  oops"), NL_E_SYNTAX);
    assert_string_equal(h->err.where, "in.json");
    assert_int_equal(h->err.line, 2);
    assert_int_equal(add(h, one_patient), NL_OK);
    assert_int_equal(nl_record_close(h->record, NULL, &h->err), NL_OK);
}

static void the_bytes_of_an_input_may_go_after_the_call(void **state)
{
    host *h = *state;
    char *copy = test_malloc(sizeof one_patient);
    memcpy(copy, one_patient, sizeof one_patient);
    assert_int_equal(nl_record_add(h->record, "in.json", copy, sizeof one_patient - 1, &h->err), NL_OK);
    memset(copy, 'x', sizeof one_patient);
    test_free(copy);
    assert_int_equal(nl_record_close(h->record, "p1", &h->err), NL_OK);
}

static void several_patients_need_an_id(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, two_patients), NL_OK);
    assert_int_equal(nl_record_close(h->record, NULL, &h->err), NL_E_MODEL);
    assert_non_null(strstr(h->err.what, "--patient"));
    nl_worker_reset(h->worker);
    assert_int_equal(nl_record_new(h->worker, &h->record, &h->err), NL_OK);
    assert_int_equal(add(h, two_patients), NL_OK);
    assert_int_equal(nl_record_close(h->record, "p2", &h->err), NL_OK);
}

static void a_limit_ends_the_call_with_its_name_and_the_worker_lives_on(void **state)
{
    host *h = *state;
    nl_worker *small;
    nl_limits least = { .depth_max = 8, .input_bytes = 400 };
    assert_int_equal(nl_worker_new(&h->pack, &least, &small, &h->err), NL_OK);
    nl_record *r;
    assert_int_equal(nl_record_new(small, &r, &h->err), NL_OK);
    static const char deep[] = "[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]";
    assert_int_equal(nl_record_add(r, "deep.json", deep, sizeof deep - 1, &h->err), NL_E_LIMIT);
    assert_string_equal(h->err.where, "deep.json");
    assert_int_equal(nl_record_add(r, "a.json", one_patient, sizeof one_patient - 1, &h->err), NL_E_ARG);   /* half read */
    nl_worker_reset(small);
    assert_int_equal(nl_record_new(small, &r, &h->err), NL_OK);
    char large[401];
    memset(large, ' ', sizeof large);
    assert_int_equal(nl_record_add(r, "large.json", large, sizeof large, &h->err), NL_E_LIMIT);
    assert_int_equal(nl_record_add(r, "a.json", one_patient, sizeof one_patient - 1, &h->err), NL_OK);
    assert_int_equal(nl_record_close(r, NULL, &h->err), NL_OK);
    nl_worker_free(small);
}

static void a_question_without_a_day_or_for_an_unknown_place_is_refused(void **state)
{
    host *h = *state;
    nl_plan *p = NULL;
    nl_question q = { .as_of = "2026-06-01" };
    assert_int_equal(nl_plan_make(h->record, &q, &p, &h->err), NL_E_ARG);   /* not closed */
    assert_int_equal(add(h, one_patient), NL_OK);
    assert_int_equal(nl_record_close(h->record, NULL, &h->err), NL_OK);
    static const char *const days[] = { NULL, "", "2026", "2026-06", "2026-02-30", "2026-06-01T00:00:00Z", "yesterday" };
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        q.as_of = days[i];
        assert_int_equal(nl_plan_make(h->record, &q, &p, &h->err), NL_E_ARG);
        assert_string_equal(h->err.where, "as-of");
    }
    q = (nl_question){ .as_of = "2026-06-01", .jurisdiction = "mars" };
    assert_int_equal(nl_plan_make(h->record, &q, &p, &h->err), NL_E_ARG);
    assert_non_null(strstr(h->err.what, "us, eu"));
    assert_null(p);
}

/* ---- a plan by hand: what is written, and what a refusing reader gets ---- */

typedef struct sink { size_t calls, bytes; nl_status answer; } sink;

static nl_status count_bytes(void *to, const char *bytes, size_t n)
{
    sink *s = to;
    s->calls++;
    s->bytes += n;
    assert_non_null(bytes);
    return s->answer;
}

static void the_answer_of_the_reader_is_the_answer_of_the_writer(void **state)
{
    host *h = *state;
    assert_int_equal(add(h, one_patient), NL_OK);
    assert_int_equal(nl_record_close(h->record, NULL, &h->err), NL_OK);
    chart c = { .record = h->record->record, .as_of = { 2026, 6, 1, DATE_DAY } };
    plan made = { .pack = &h->tables, .chart = &c, .as_of = c.as_of, .jurisdiction = STR("us"), .patient_id = STR("p1") };
    nl_plan p = { h->record, &made };
    sink good = { .answer = NL_OK }, bad = { .answer = NL_E_IO };
    assert_int_equal(nl_plan_write(&p, NL_PLAN_TEXT, NULL, count_bytes, &good, &h->err), NL_OK);
    assert_true(good.calls == 1 && good.bytes > 100);
    assert_int_equal(nl_plan_write(&p, NL_PLAN_JSON, NULL, count_bytes, &bad, &h->err), NL_E_IO);
    assert_int_equal(h->err.code, NL_E_IO);
    assert_int_equal(nl_plan_write(&p, NL_EXPLAIN_TEXT, NULL, count_bytes, &good, &h->err), NL_E_ARG);   /* of which option? */
    assert_int_equal(nl_plan_count(&p, NL_OFFERED), 0);
    nl_item item;
    assert_false(nl_plan_item(&p, NL_ALERT, 0, &item));
    option o = { .id = STR("o"), .regimen = STR("r") };
    plan_option offered[] = { { .option = &o, .standing = STR("preferred"), .applies = APPLIES_ON_CHANGE }, { .option = &o, .applies = APPLIES_NOW } };
    plan_undetermined open = { .option = &o };
    made.options = offered, made.option_count = 2;
    made.undetermined = &open, made.undetermined_count = 1;
    assert_true(nl_plan_item(&p, NL_OFFERED, 0, &item) && str_is(item.applies, "on-change") && str_is(item.standing, "preferred"));
    assert_true(nl_plan_item(&p, NL_OFFERED, 1, &item) && str_is(item.applies, "now"));
    assert_true(nl_plan_item(&p, NL_UNDETERMINED, 0, &item) && str_empty(item.applies));
}

static void a_pack_cannot_be_built_from_nothing(void **state)
{
    nl_error err = { 0 };
    assert_int_equal(nl_pack_build(NULL, "elm", "out", NULL, NULL, &err), NL_E_ARG);
    assert_int_not_equal(nl_pack_build("/nowhere", "/nowhere", "/nowhere/out", NULL, NULL, &err), NL_OK);
    assert_true(err.what[0] != '\0');
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_missing_pack_is_an_input_error_and_leaves_the_output_alone),
        CASE(freeing_nothing_is_fine),
        CASE(a_record_is_read_and_closed),
        CASE(what_is_not_json_is_told_with_its_place_and_the_record_goes_on),
        CASE(the_bytes_of_an_input_may_go_after_the_call),
        CASE(several_patients_need_an_id),
        CASE(a_limit_ends_the_call_with_its_name_and_the_worker_lives_on),
        CASE(a_question_without_a_day_or_for_an_unknown_place_is_refused),
        CASE(the_answer_of_the_reader_is_the_answer_of_the_writer),
        CASE(a_pack_cannot_be_built_from_nothing),
    };
    return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
