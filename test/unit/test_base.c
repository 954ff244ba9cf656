/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ar.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Every test gets an arena and runs under the guard, as all code of ours does. */
typedef nl_status body(arena *a, void *arg, nl_error *err);
static void under_guard(body *fn, nl_status expected)
{
    arena *a = arena_new(&(limits){ .memory_bytes = 1 << 20, .depth_max = 10, .steps_max = 100 });
    assert_non_null(a);
    nl_error err = { 0 };
    nl_status s = guard_run(a, fn, NULL, &err);
    if (s != expected) {
        fail_msg("%s: %s", nl_status_name(s), err.what);
    }
    arena_free(a);
}

static void slices_are_compared_by_bytes_and_length(void **state)
{
    (void)state;
    assert_true(str_eq(STR("abc"), STR("abc")));
    assert_false(str_eq(STR("abc"), STR("ab")));
    assert_int_equal(str_cmp(STR("ab"), STR("abc")), -1);
    assert_int_equal(str_cmp(STR("b"), STR("abc")), 1);
    assert_int_equal(str_cmp(STR("\xff"), STR("a")), 1);
    assert_true(str_eq_nocase(STR("HeR2"), STR("hEr2")));
    assert_false(str_eq_nocase(STR("her2+"), STR("her2")));
    assert_int_equal(str_find(STR("aab"), STR("ab")), 1);
    assert_int_equal(str_find(STR("aab"), STR("abc")), -1);
    assert_int_equal(str_find(STR("aab"), STR("")), 0);
    assert_int_equal(str_find_nocase(STR("Grade III"), STR("iii")), 6);
}

static void a_field_is_cut_off_and_the_last_one_may_be_empty(void **state)
{
    (void)state;
    str rest = STR("a,,b,"), field;
    const char *expected[] = { "a", "", "b", "" };
    for (size_t i = 0; i < 4; i++) {
        assert_true(str_cut(&rest, ',', &field));
        assert_true(str_is(field, expected[i]));
    }
    assert_false(str_cut(&rest, ',', &field));
}

static void an_integer_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    int64_t v = 7;
    assert_true(str_to_i64(STR("-9223372036854775808"), &v));
    assert_true(v == INT64_MIN);
    assert_true(str_to_i64(STR("+12"), &v));
    assert_int_equal(v, 12);
    const char *bad[] = { "9223372036854775808", "", "-", "1.5", "1e3", " 1", "0x1" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(str_to_i64(str_of(bad[i]), &v));
        assert_int_equal(v, 12);
    }
}

static nl_status fill_the_arena(arena *a, void *arg, nl_error *err)
{
    (void)arg;
    (void)err;
    for (;;) {
        char *p = arena_alloc(a, 1000);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < 1000; i++) {
            assert_int_equal(p[i], 0);
        }
        memset(p, 1, 1000);
    }
    return NL_OK;
}

static void a_full_arena_leaves_through_the_guard(void **state)
{
    (void)state;
    under_guard(fill_the_arena, NL_E_LIMIT);
}

static nl_status go_too_deep(arena *a, void *arg, nl_error *err)
{
    (void)arg;
    (void)err;
    for (;;) {
        arena_enter(a);
    }
    return NL_OK;
}

static nl_status step_too_often(arena *a, void *arg, nl_error *err)
{
    nl_error inner = { 0 };
    assert_int_equal(guard_run(a, go_too_deep, NULL, &inner), NL_E_LIMIT);
    assert_non_null(strstr(inner.what, "deep"));
    arena_enter(a);   /* the depth of the inner run is given back */
    arena_exit(a);
    for (;;) {
        arena_step(a);
    }
    return NL_OK;
}

static void guards_nest_and_the_innermost_catches(void **state)
{
    (void)state;
    under_guard(step_too_often, NL_E_LIMIT);
}

static nl_status overflow_a_product(arena *a, void *arg, nl_error *err)
{
    arena_array(a, SIZE_MAX / 2, 3);
    return NL_OK;
}

static void a_size_that_overflows_is_a_limit_and_not_a_small_allocation(void **state)
{
    (void)state;
    under_guard(overflow_a_product, NL_E_LIMIT);
}

static nl_status reuse(arena *a, void *arg, nl_error *err)
{
    for (int round = 0; round < 3; round++) {
        arena_mark m = arena_get_mark(a);
        size_t used = arena_used(a);
        for (size_t n = 1; n < 9000; n *= 3) {
            memset(arena_alloc(a, n), 0xee, n);
        }
        arena_rewind(a, m);
        assert_int_equal(arena_used(a), used);
        char *p = arena_alloc(a, 64);
        for (size_t i = 0; i < 64; i++) {
            assert_int_equal(p[i], 0);   /* zeroed again after a rewind */
        }
    }
    return NL_OK;
}

static void memory_given_back_is_used_again_and_zeroed(void **state)
{
    (void)state;
    under_guard(reuse, NL_OK);
}

static nl_status write_a_buffer(arena *a, void *arg, nl_error *err)
{
    buf b = buf_make(a, 20);
    buf_printf(&b, "%d-%s", 42, "ab");
    buf_char(&b, '!');
    buf_repeat(&b, '.', 3);
    assert_true(str_is(buf_str(&b), "42-ab!..."));
    buf_add(&b, STR("longer than the rest"));
    return NL_OK;
}

static void a_buffer_never_passes_its_maximum(void **state)
{
    (void)state;
    under_guard(write_a_buffer, NL_E_LIMIT);
}

static nl_status push(arena *a, void *arg, nl_error *err)
{
    VEC(int) v = { 0 };
    for (int i = 0; i < 100; i++) {
        *VEC_PUSH(a, &v) = i;
    }
    assert_int_equal(v.count, 100);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(v.at[i], i);
    }
    return NL_OK;
}

static void a_vector_keeps_what_was_pushed(void **state)
{
    (void)state;
    under_guard(push, NL_OK);
}

static void dates_are_read_at_the_precision_they_were_written(void **state)
{
    (void)state;
    date d;
    char text[11];
    assert_true(date_read(STR("2024-02-29"), &d));
    assert_int_equal(d.precision, DATE_DAY);
    assert_true(date_read(STR("2019"), &d));
    assert_int_equal(d.precision, DATE_YEAR);
    assert_true(str_is(date_write(d, text), "2019"));
    assert_true(date_read(STR("2019-06"), &d));
    assert_int_equal(date_days(d), date_days_last(d) - 29);
    assert_true(date_read(STR("2019-06-01T23:59:00-05:00"), &d));
    assert_true(str_is(date_write(d, text), "2019-06-01"));
    const char *bad[] = { "2023-02-29", "2023-13", "2023-00-01", "23-01-01", "2023-1-1", "", "2023-01-", "0000", "2023/01/01", "x" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(date_read(str_of(bad[i]), &d));
    }
}

static void days_and_dates_are_each_others_inverse_over_eight_centuries(void **state)
{
    (void)state;
    date first, d;
    assert_true(date_read(STR("1600-01-01"), &first));
    int32_t day = date_days(first);
    int y = 1600, m = 1, n = 1;
    for (; y < 2400; day++) {   /* an independent count, day by day */
        d = date_of_days(day);
        assert_true(d.year == y && d.month == m && d.day == n);
        assert_int_equal(date_days(d), day);
        if (++n > date_days_in_month(y, m)) {
            n = 1;
            if (++m > 12) {
                m = 1;
                y++;
            }
        }
    }
    assert_true(date_read(STR("1970-01-01"), &d));
    assert_int_equal(date_days(d), 0);
}

static void a_partial_date_is_after_another_only_when_it_must_be(void **state)
{
    (void)state;
    date year = { 0 }, month = { 0 }, day = { 0 }, none = { 0 };
    assert_true(date_read(STR("2019"), &year) && date_read(STR("2019-06"), &month) && date_read(STR("2018-12-31"), &day));
    assert_true(date_after(year, day));
    assert_false(date_after(month, year));
    assert_false(date_after(year, month));
    assert_false(date_after(none, day));
    assert_false(date_after(day, none));
    assert_int_equal(date_cmp(none, day), -1);
    assert_int_equal(date_cmp(year, day), 1);
}

typedef struct thing { uint32_t n; str name; date when; bool flag; int64_t big; uint32_t count; str *parts; } thing;

static void ar_thing(ar *x, thing *t)
{
    ar_tag(x, 0x54484e47);
    ar_u32(x, &t->n);
    ar_str(x, &t->name);
    ar_date(x, &t->when);
    ar_bool(x, &t->flag);
    ar_i64(x, &t->big);
    AR_ARRAY(x, t->parts, t->count, 4, ar_str);
}

static nl_status archive(arena *a, void *arg, nl_error *err)
{
    thing t = { .n = 7, .name = STR("name"), .flag = true, .big = INT64_MIN, .count = 2, .parts = (str[]){ STR("a"), STR("") } };
    assert_true(date_read(STR("2020-02"), &t.when));
    buf b = buf_make(a, 1000);
    ar w = ar_writer(a, &b);
    ar_thing(&w, &t);
    str bytes = buf_str(&b);
    thing u = { 0 };
    ar r = ar_reader(a, bytes);
    ar_thing(&r, &u);
    assert_false(r.bad);
    assert_int_equal(r.in.n, 0);
    assert_true(u.n == 7 && str_is(u.name, "name") && u.flag && u.big == INT64_MIN && u.count == 2 && str_is(u.parts[0], "a"));
    assert_int_equal(date_cmp(u.when, t.when), 0);
    for (size_t n = 0; n < bytes.n; n++) {   /* cut anywhere: noticed, nothing read past the end */
        char *cut = arena_alloc(a, n);
        if (n > 0) {
            memcpy(cut, bytes.p, n);
        }
        thing v = { 0 };
        ar x = ar_reader(a, (str){ cut, n });
        ar_thing(&x, &v);
        assert_true(x.bad);
    }
    return NL_OK;
}

static void an_archive_is_read_back_and_a_cut_one_is_noticed(void **state)
{
    (void)state;
    under_guard(archive, NL_OK);
}

static nl_status huge_count(arena *a, void *arg, nl_error *err)
{
    uint32_t n;
    void *at;
    ar x = ar_reader(a, (str){ "\xff\xff\xff\xff", 4 });
    ar_count(&x, &n, &at, 1000, 1);
    assert_true(x.bad && n == 0 && at == NULL);
    return NL_OK;
}

static void a_count_beyond_the_bytes_left_allocates_nothing(void **state)
{
    (void)state;
    under_guard(huge_count, NL_OK);
}

static void the_digest_is_sha_256(void **state)
{
    (void)state;
    unsigned char d[DIGEST_BYTES];
    char hex[DIGEST_HEX + 1];
    digest_of(STR("abc"), d);   /* FIPS 180-2, appendix B.1 */
    digest_hex(d, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void a_file_that_is_not_there_or_too_large_is_told_with_its_name(void **state)
{
    (void)state;
    file_bytes f;
    nl_error err = { 0 };
    assert_int_equal(file_read("no/such/file.json", 100, &f, &err), NL_E_IO);
    assert_string_equal(err.where, "no/such/file.json");
    const char *root = getenv("NL_ROOT");
    assert_non_null(root);
    char path[1024];
    snprintf(path, sizeof path, "%s/LICENSE", root);
    assert_int_equal(file_read(path, 100, &f, &err), NL_E_LIMIT);
    assert_int_equal(file_read(path, 1 << 20, &f, &err), NL_OK);
    assert_true(f.n > 5000);
    for (size_t i = 0; i < FILE_PAD; i++) {
        assert_int_equal(f.p[f.n + i], 0);
    }
    file_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_are_compared_by_bytes_and_length),
        cmocka_unit_test(a_field_is_cut_off_and_the_last_one_may_be_empty),
        cmocka_unit_test(an_integer_that_does_not_fit_is_refused),
        cmocka_unit_test(a_full_arena_leaves_through_the_guard),
        cmocka_unit_test(guards_nest_and_the_innermost_catches),
        cmocka_unit_test(a_size_that_overflows_is_a_limit_and_not_a_small_allocation),
        cmocka_unit_test(memory_given_back_is_used_again_and_zeroed),
        cmocka_unit_test(a_buffer_never_passes_its_maximum),
        cmocka_unit_test(a_vector_keeps_what_was_pushed),
        cmocka_unit_test(dates_are_read_at_the_precision_they_were_written),
        cmocka_unit_test(days_and_dates_are_each_others_inverse_over_eight_centuries),
        cmocka_unit_test(a_partial_date_is_after_another_only_when_it_must_be),
        cmocka_unit_test(an_archive_is_read_back_and_a_cut_one_is_noticed),
        cmocka_unit_test(a_count_beyond_the_bytes_left_allocates_nothing),
        cmocka_unit_test(the_digest_is_sha_256),
        cmocka_unit_test(a_file_that_is_not_there_or_too_large_is_told_with_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
