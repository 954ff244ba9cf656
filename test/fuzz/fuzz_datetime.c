/* Two lines: two times; a third: how much to add. Reading never crashes, what was read is written and read again the same,
 * and arithmetic and comparisons hang together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/status.h"
#include "cql/datetime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_dates(str one, str other)
{
    date a, b, again;
    if (!date_read(one, &a)) {
        return;
    }
    char text[11];
    CHECK(date_read(date_write(a, text), &again) && date_cmp(a, again) == 0 && a.precision == again.precision);
    CHECK(date_days(a) <= date_days_last(a) && date_cmp(date_of_days(date_days(a)), a) * (a.precision == DATE_DAY) == 0);
    if (date_read(other, &b)) {
        CHECK(date_cmp(a, b) == -date_cmp(b, a));
        CHECK(!date_after(a, b) || (!date_after(b, a) && date_cmp(a, b) > 0));
    }
}

/* By the fields that are meant. */
static bool is_same_moment(moment a, moment b)
{
    bool same = a.kind == b.kind && a.precision == b.precision && a.offset == b.offset;
    for (int i = a.kind == CQL_TIME ? P_DAY : P_NONE; i < a.precision; i++) {
        same = same && a.at[i] == b.at[i];
    }
    return same;
}

static void check_arithmetic(moment m, int64_t amount)
{
    for (precision unit = P_YEAR; unit <= P_WEEK; unit++) {
        moment x = m;
        if (!moment_add(&x, amount, unit)) {
            continue;
        }
        CHECK(moment_valid(&x) && x.precision == m.precision && x.kind == m.kind);
        moment back = x;   /* a month or a year may end on an earlier day, a coarse date takes whole steps of its own */
        if (unit >= P_DAY && moment_low(m).precision == m.precision && moment_add(&back, -amount, unit)) {
            CHECK(is_same_moment(back, m));
        }
        CHECK(m.kind == CQL_TIME || moment_sort(x, m) * (amount > 0 ? 1 : -1) >= 0);
    }
    moment next = m;
    if (moment_step(&next, 1)) {
        CHECK(moment_valid(&next) && moment_sort(next, m) > 0);
        CHECK(moment_step(&next, -1) && is_same_moment(next, m));
    }
}

static void check_pair(moment a, moment b)
{
    for (precision to = P_NONE; to <= P_MILLISECOND; to++) {
        order x = moment_order(a, b, to, 0), y = moment_order(b, a, to, 0);
        CHECK(x == ORDER_UNKNOWN ? y == ORDER_UNKNOWN : (int)x == -(int)y);
    }
    order whole = moment_order(a, b, P_NONE, 0);
    CHECK(moment_sort(a, b) == -moment_sort(b, a));
    CHECK(whole == ORDER_UNKNOWN || whole == ORDER_SAME || moment_sort(a, b) == (int)whole);
    for (precision unit = P_YEAR; unit <= P_WEEK; unit++) {
        int64_t low, high, low_back, high_back;
        if (moment_between(a, b, unit, true, 0, &low, &high)) {
            CHECK(low <= high);
            CHECK(moment_between(b, a, unit, true, 0, &low_back, &high_back) && low_back == -high && high_back == -low);
        }
        if (moment_between(a, b, unit, false, 0, &low, &high)) {
            CHECK(low <= high);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str rest = { (const char *)data, size }, one = STR(""), other = STR(""), step = STR("");
    if (!str_cut(&rest, '\n', &one)) {
        return 0;
    }
    if (str_cut(&rest, '\n', &other)) {
        (void)str_cut(&rest, '\n', &step);
    }
    int64_t amount = 1;
    (void)str_to_i64(step, &amount);
    check_dates(one, other);
    for (cql_kind kind = CQL_DATE; kind <= CQL_TIME; kind++) {
        moment a, b, again;
        if (!moment_read(kind, one, &a)) {
            continue;
        }
        char text[40];
        CHECK(moment_valid(&a) && is_same_moment(moment_of(moment_value(a)), a));
        CHECK(moment_read(kind, moment_write(a, text), &again) && is_same_moment(a, again));
        CHECK(moment_order(moment_low(a), moment_high(a), P_NONE, 0) != ORDER_AFTER);
        if (amount != INT64_MIN && amount != 0) {
            check_arithmetic(a, amount);
        }
        if (moment_read(kind, other, &b)) {
            check_pair(a, b);
        }
    }
    return 0;
}
