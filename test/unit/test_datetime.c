/* SPDX-License-Identifier: Apache-2.0 */
#include "cql/datetime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static moment date_of(const char *text)
{
    moment m;
    assert_true(moment_read(CQL_DATE, str_of(text), &m));
    return m;
}

static moment time_of(const char *text)
{
    moment m;
    assert_true(moment_read(CQL_DATETIME, str_of(text), &m));
    return m;
}

static void expect(moment m, const char *text)
{
    char out[40];
    str s = moment_write(m, out);
    assert_int_equal(s.n, strlen(text));
    assert_memory_equal(s.p, text, s.n);
}

static void dates_are_read_at_the_precision_they_are_written(void **state)
{
    assert_int_equal(date_of("2012").precision, P_YEAR);
    assert_int_equal(date_of("2012-02-29").precision, P_DAY);
    assert_int_equal(time_of("2012-02-29T10").precision, P_HOUR);
    expect(time_of("2012-02-29T10:30:15.25-05:00"), "2012-02-29T10:30:15.250-05:00");
    expect(time_of("2012-02"), "2012-02T");
    expect(date_of("2012-02-29T10:30:00Z"), "2012-02-29");
}

static void what_is_no_date_is_refused(void **state)
{
    static const char *const bad[] = { "", "12", "2012-13", "2012-02-30", "2013-02-29", "2012-1-1", "0000", "2012-01-01x", "2012-01-01T25:00:00Z",
                                       "2012T10", "2012-01-01T10:00:00+15:00", "2012-01-01T-14:00", "2012TZ",
                                       "2012-01-01T10210:14", "2012-01-01T10:00:00x01:00" };
    moment m;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(moment_read(CQL_DATETIME, str_of(bad[i]), &m));
    }
}

static void packing_keeps_every_field(void **state)
{
    expect(moment_of(moment_value(time_of("9999-12-31T23:59:59.999+14:00"))), "9999-12-31T23:59:59.999+14:00");
    expect(moment_of(moment_value(time_of("0001-01-01T00:00:00.000-12:00"))), "0001-01-01T00:00:00.000-12:00");
    assert_true(moment_of(moment_value(time_of("2012-01-01T10:00"))).floating);
}

static void partial_dates_order_only_where_they_can(void **state)
{
    assert_int_equal(moment_order(date_of("2012-03"), date_of("2012-03-15"), P_NONE, 0), ORDER_UNKNOWN);
    assert_int_equal(moment_order(date_of("2012-02"), date_of("2012-03-15"), P_NONE, 0), ORDER_BEFORE);
    assert_int_equal(moment_order(date_of("2012-03"), date_of("2012-03-15"), P_MONTH, 0), ORDER_SAME);
    assert_int_equal(moment_order(date_of("2012"), date_of("2012"), P_NONE, 0), ORDER_SAME);
    assert_int_equal(moment_order(date_of("2012"), date_of("2012"), P_DAY, 0), ORDER_UNKNOWN);
    assert_int_equal(moment_order(time_of("2012-01-01T23:30:00.000-05:00"), time_of("2012-01-02T04:30:00.000Z"), P_NONE, 0), ORDER_SAME);
}

static void calendar_steps_end_at_the_end_of_the_month(void **state)
{
    moment m = date_of("2012-01-31");
    assert_true(moment_add(&m, 1, P_MONTH));
    expect(m, "2012-02-29");
    m = date_of("2012-02-29");
    assert_true(moment_add(&m, -1, P_YEAR));
    expect(m, "2011-02-28");
    m = date_of("2012");
    assert_true(moment_add(&m, 735, P_DAY));
    expect(m, "2014");
    m = date_of("9999-12-31");
    assert_false(moment_add(&m, 1, P_DAY));
    m = time_of("2012-12-31T23:59:59.999Z");
    assert_true(moment_add(&m, 1, P_MILLISECOND));
    expect(m, "2013-01-01T00:00:00.000+00:00");
}

static void expect_between(const char *a, const char *b, precision unit, bool boundaries, int64_t low, int64_t high)
{
    int64_t l, h;
    assert_true(moment_between(date_of(a), date_of(b), unit, boundaries, 0, &l, &h));
    assert_int_equal(l, low);
    assert_int_equal(h, high);
}

static void durations_count_whole_units_and_say_when_they_cannot(void **state)
{
    expect_between("2012-01-15", "2012-02-14", P_MONTH, false, 0, 0);
    expect_between("2012-01-15", "2012-02-15", P_MONTH, false, 1, 1);
    expect_between("2012-02-15", "2012-01-16", P_MONTH, false, 0, 0);
    expect_between("2012-02-15", "2012-01-15", P_MONTH, false, -1, -1);
    expect_between("2024-02-10", "2025-12", P_MONTH, false, 21, 22);
    expect_between("1960", "2026-01-15", P_YEAR, false, 65, 66);
    expect_between("2012-01-01", "2012-01-15", P_WEEK, false, 2, 2);
    expect_between("2012-01-31", "2012-02-01", P_MONTH, true, 1, 1);
    expect_between("2012-01-07", "2012-01-08", P_WEEK, true, 1, 1);
}

static void the_ends_of_the_calendar_compare_across_offsets(void **state)
{
    moment last = time_of("9999-12-31T23:00-14:00"), first = time_of("0001-01-01T10:00+10:14");
    int64_t low, high;
    assert_int_equal(moment_order(last, time_of("9999-12-31T23:30:00.000Z"), P_NONE, 0), ORDER_AFTER);
    assert_int_equal(moment_order(first, time_of("0001-01-01T00:00:00.000Z"), P_NONE, 0), ORDER_BEFORE);
    assert_true(moment_between(first, time_of("0001-01-01T00:06Z"), P_HOUR, true, 0, &low, &high));
    assert_int_equal(low, 1);
    assert_int_equal(high, 1);
    assert_true(moment_between(first, time_of("0001-01-01T10:20+10:14"), P_HOUR, true, 0, &low, &high)); /* on one clock: its own */
    assert_int_equal(low, 0);
    assert_int_equal(high, 0);
    assert_true(moment_between(last, time_of("9999-12-31T22:00:00.000Z"), P_HOUR, false, 0, &low, &high));
    assert_int_equal(low, -15);
    assert_int_equal(high, -15);
}

/* Counting day by day is slow and cannot be wrong in the same way. */
static void whole_months_agree_with_stepping(void **state)
{
    moment start = date_of("2011-12-31");
    for (int i = 0; i < 800; i++) {
        moment end = start;
        assert_true(moment_add(&end, i, P_DAY));
        int64_t months = 0, low, high;
        for (moment next = start;; months++) {
            next = start;
            assert_true(moment_add(&next, months + 1, P_MONTH));
            if (moment_order(next, end, P_NONE, 0) == ORDER_AFTER) {
                break;
            }
        }
        assert_true(moment_between(start, end, P_MONTH, false, 0, &low, &high));
        assert_int_equal(low, months);
        assert_int_equal(high, months);
    }
}

static void units_are_the_words_of_the_calendar(void **state)
{
    assert_int_equal(precision_of_unit(STR("months")), P_MONTH);
    assert_int_equal(precision_of_unit(STR("week")), P_WEEK);
    assert_int_equal(precision_of_unit(STR("mo")), P_NONE);
    assert_int_equal(precision_of_word(STR("Day")), P_DAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_at_the_precision_they_are_written),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(packing_keeps_every_field),
        cmocka_unit_test(partial_dates_order_only_where_they_can),
        cmocka_unit_test(calendar_steps_end_at_the_end_of_the_month),
        cmocka_unit_test(durations_count_whole_units_and_say_when_they_cannot),
        cmocka_unit_test(the_ends_of_the_calendar_compare_across_offsets),
        cmocka_unit_test(whole_months_agree_with_stepping),
        cmocka_unit_test(units_are_the_words_of_the_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
