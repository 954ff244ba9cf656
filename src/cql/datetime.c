/* SPDX-License-Identifier: Apache-2.0 */
#include "cql/datetime.h"

#include <stdio.h>

enum { MS_DAY = 86400000 };

static int first_field(cql_kind kind)
{
    return kind == CQL_TIME ? 3 : 0;
}
static int field_end(cql_kind kind)
{
    return kind == CQL_DATE ? 3 : 7;
}
static int field_least(int field)
{
    return field == 1 || field == 2 || field == 0 ? 1 : 0;
}

static int field_greatest(const moment *m, int field)
{
    static const int top[7] = { 9999, 12, 31, 23, 59, 59, 999 };
    return field == 2 && m->kind != CQL_TIME && m->at[1] >= 1 && m->at[1] <= 12 ? date_days_in_month(m->at[0], m->at[1])
                                                                                : top[field];
}

/* ---- packing ---- */

moment moment_of(cql_value v)
{
    moment m = { .kind = v.kind, .precision = moment_fields(v), .offset = v.small, .floating = v.flag >> 7 };
    uint64_t bits = (uint64_t)v.as.i;
    static const int width[7] = { 14, 4, 5, 5, 6, 6, 10 };
    for (int i = 6; i >= 0; i--) {
        m.at[i] = (int32_t)(bits & ((1u << width[i]) - 1));
        bits >>= width[i];
    }
    return m;
}

cql_value moment_value(moment m)
{
    static const int width[7] = { 14, 4, 5, 5, 6, 6, 10 };
    uint64_t bits = 0;
    for (int i = 0; i < 7; i++) {
        bool meant = i >= first_field(m.kind) && i < m.precision;
        bits = (bits << width[i]) | (meant ? (uint64_t)m.at[i] : 0);
    }
    return (cql_value){
        .kind = m.kind, .flag = (uint8_t)(m.precision | (m.floating << 7)), .small = m.offset, .as.i = (int64_t)bits
    };
}

bool moment_valid(const moment *m)
{
    if (m->precision <= first_field(m->kind) || m->precision > field_end(m->kind)) {
        return false;
    }
    for (int i = first_field(m->kind); i < m->precision; i++) {
        if (m->at[i] < field_least(i) || m->at[i] > field_greatest(m, i)) {
            return false;
        }
    }
    return m->offset >= -14 * 60 && m->offset <= 14 * 60;
}

moment moment_of_date(date d)
{
    return (moment){ .kind = CQL_DATE, .precision = d.precision, .at = { d.year, d.month, d.day } };
}

static cql_value extreme(cql_kind kind, bool low)
{
    moment m = { .kind = (uint8_t)kind, .precision = (uint8_t)first_field(kind) };
    m.at[0] = 1;
    return moment_value(low ? moment_low(m) : moment_high(m));
}

cql_value moment_least(cql_kind kind)
{
    return extreme(kind, true);
}
cql_value moment_greatest(cql_kind kind)
{
    return extreme(kind, false);
}

/* ---- text ---- */

static bool digits(str *s, size_t n, int32_t *out)
{
    if (s->n < n) {
        return false;
    }
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (s->p[i] < '0' || s->p[i] > '9') {
            return false;
        }
        *out = *out * 10 + (s->p[i] - '0');
    }
    *s = str_from(*s, n);
    return true;
}

static bool skip(str *s, char c)
{
    if (s->n == 0 || s->p[0] != c) {
        return false;
    }
    *s = str_from(*s, 1);
    return true;
}

static bool read_offset(str *s, moment *m)
{
    int32_t hours, minutes;
    if (s->n == 0 || skip(s, 'Z')) {
        return true;
    }
    int sign = s->p[0] == '-' ? -1 : 1;
    if (!skip(s, '+') && !skip(s, '-')) {
        return false;
    }
    if (!digits(s, 2, &hours) || !skip(s, ':') || !digits(s, 2, &minutes) || minutes > 59) {
        return false;
    }
    m->offset = (int16_t)(sign * (hours * 60 + minutes));
    return true;
}

static bool read_fraction(str *s, moment *m)
{
    int32_t ms = 0;
    size_t n = 0;
    for (; s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9'; n++, *s = str_from(*s, 1)) {
        ms = n < 3 ? ms * 10 + (s->p[0] - '0') : ms;
    }
    if (n == 0) {
        return false;
    }
    for (size_t i = n; i < 3; i++) {
        ms *= 10;
    }
    m->at[6] = ms;
    m->precision = P_MILLISECOND;
    return true;
}

bool moment_read(cql_kind kind, str s, moment *out)
{
    moment m = { .kind = (uint8_t)kind };
    if (kind != CQL_TIME) {
        if (!digits(&s, 4, &m.at[0])) {
            return false;
        }
        m.precision = P_YEAR;
        for (int i = 1; i < 3 && skip(&s, '-'); i++) {
            if (!digits(&s, 2, &m.at[i])) {
                return false;
            }
            m.precision = (uint8_t)(i + 1);
        }
    }
    bool clock = kind == CQL_TIME ? (skip(&s, 'T'), true) : skip(&s, 'T');
    if (clock && s.n > 0 && s.p[0] != '+' && s.p[0] != '-' && s.p[0] != 'Z') {
        if ((kind != CQL_TIME && m.precision < P_DAY) || !digits(&s, 2, &m.at[3])) {
            return false;
        }
        m.precision = P_HOUR;
        for (int i = 4; i < 6 && skip(&s, ':'); i++) {
            if (!digits(&s, 2, &m.at[i])) {
                return false;
            }
            m.precision = (uint8_t)(i + 1);
        }
        if (m.precision == P_SECOND && skip(&s, '.') && !read_fraction(&s, &m)) {
            return false;
        }
    }
    m.floating = kind == CQL_DATETIME && s.n == 0;
    if (kind == CQL_DATETIME && m.precision < P_HOUR && s.n != 0) { /* an offset of no clock */
        return false;
    }
    if (kind != CQL_DATE && clock && !read_offset(&s, &m)) {
        return false;
    }
    if (kind == CQL_TIME) {
        m.offset = 0;
    }
    if (kind == CQL_DATE && (clock || m.precision > P_DAY)) { /* a dateTime where a date is asked for: its date part */
        m.precision = m.precision > P_DAY ? P_DAY : m.precision;
        s.n = 0;
    }
    if (s.n != 0 || !moment_valid(&m)) {
        return false;
    }
    *out = m;
    return true;
}

str moment_write(moment m, char out[40])
{
    static const char *const lead[7] = { "", "-", "-", "T", ":", ":", "." };
    size_t n = 0;
    for (int i = first_field(m.kind); i < m.precision; i++) {
        const char *before = m.kind == CQL_TIME && i == 3 ? "" : lead[i];
        n += (size_t)snprintf(out + n, 40 - n, "%s%0*d", before, i == 0 ? 4 : i == 6 ? 3 : 2, (int)m.at[i]);
    }
    if (m.kind == CQL_DATETIME && m.precision <= P_DAY) {
        n += (size_t)snprintf(out + n, 40 - n, "T");
    } else if (m.kind == CQL_DATETIME) {
        int minutes = m.offset < 0 ? -m.offset : m.offset;
        n += (size_t)snprintf(out + n, 40 - n, "%c%02d:%02d", m.offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    }
    return (str){ out, n };
}

/* ---- days and milliseconds ---- */

static int64_t day_of(const moment *m)
{
    return m->kind == CQL_TIME ? 0
                               : date_days((date){ (int16_t)m->at[0], (uint8_t)m->at[1], (uint8_t)m->at[2], DATE_DAY });
}

static int64_t clock_of(const moment *m)
{
    return ((m->at[3] * 60 + m->at[4]) * (int64_t)60 + m->at[5]) * 1000 + m->at[6];
}
/* Of a full moment, in UTC. */
static int64_t instant_of(const moment *m)
{
    return day_of(m) * MS_DAY + clock_of(m) - (int64_t)m->offset * 60000;
}

static int64_t floor_divide(int64_t n, int64_t d)
{
    return n / d - (n % d < 0 ? 1 : 0);
}

enum { FIRST_DAY = -719162, LAST_DAY = 2932896 }; /* 0001-01-01, 9999-12-31 */

static void set_clock(moment *m, int64_t ms)
{
    m->at[3] = (int32_t)(ms / 3600000);
    m->at[4] = (int32_t)(ms / 60000 % 60);
    m->at[5] = (int32_t)(ms / 1000 % 60);
    m->at[6] = (int32_t)(ms % 1000);
}

static void set_day(moment *m, int64_t day)
{
    date d = date_of_days((int32_t)day);
    m->at[0] = d.year;
    m->at[1] = d.month;
    m->at[2] = d.day;
}

static bool set_instant(moment *m, int64_t local_ms)
{
    int64_t day = floor_divide(local_ms, MS_DAY);
    if (m->kind == CQL_TIME ? day != 0 : day < FIRST_DAY || day > LAST_DAY) {
        return false;
    }
    if (m->kind != CQL_TIME) {
        set_day(m, day);
    }
    set_clock(m, local_ms - day * MS_DAY);
    return true;
}

moment moment_low(moment m)
{
    for (int i = m.precision; i < 7; i++) {
        m.at[i] = field_least(i);
    }
    m.precision = (uint8_t)field_end(m.kind);
    return m;
}

moment moment_high(moment m)
{
    bool all = m.precision == 0;
    for (int i = m.precision; i < 7; i++) {
        m.at[i] = i == 0 && all ? 9999 : field_greatest(&m, i);
    }
    m.precision = (uint8_t)field_end(m.kind);
    return m;
}

moment moment_truncate(moment m, precision to)
{
    m.precision = m.precision > to ? (uint8_t)to : m.precision;
    return m;
}

/* ---- order ---- */

moment moment_at(moment m, int16_t offset)
{
    if (m.kind != CQL_DATETIME || m.offset == offset || m.precision < P_HOUR) {
        return m;
    }
    uint8_t kept = m.precision;
    moment full = moment_low(m);
    int64_t there = instant_of(&full) + (int64_t)offset * 60000, day = floor_divide(there, MS_DAY);
    set_day(&full, day < FIRST_DAY ? FIRST_DAY : day > LAST_DAY ? LAST_DAY : day);
    full.at[2] += (day > LAST_DAY) - (day < FIRST_DAY);
    set_clock(&full, there - day * MS_DAY);
    full.offset = offset;
    full.precision = kept;
    return full;
}

order moment_order(moment a, moment b, precision to, int16_t offset)
{
    bool clock = to == P_NONE || to >= P_HOUR; /* days and longer are compared as they stand on either side's own calendar */
    if (clock && a.kind == CQL_DATETIME && b.kind == CQL_DATETIME && a.offset != b.offset) {
        a = moment_at(a, offset);
        b = moment_at(b, offset);
    }
    int end = field_end(a.kind) > field_end(b.kind) ? field_end(a.kind) : field_end(b.kind);
    end = to != P_NONE && (int)to < end ? (int)to : end;
    for (int i = first_field(a.kind); i < end; i++) {
        bool has_a = i < a.precision, has_b = i < b.precision;
        if (!has_a && !has_b && to == P_NONE) {
            return ORDER_SAME;
        }
        if (!has_a || !has_b) {
            return ORDER_UNKNOWN;
        }
        if (a.at[i] != b.at[i]) {
            return a.at[i] < b.at[i] ? ORDER_BEFORE : ORDER_AFTER;
        }
    }
    return ORDER_SAME;
}

int moment_sort(moment a, moment b)
{
    order o = moment_order(a, b, P_NONE, 0);
    if (o != ORDER_UNKNOWN) {
        return (int)o;
    }
    moment x = moment_low(a), y = moment_low(b);
    int64_t i = instant_of(&x), j = instant_of(&y);
    return i != j ? (i < j ? -1 : 1) : a.precision != b.precision ? (a.precision < b.precision ? -1 : 1) : 0;
}

/* ---- arithmetic ---- */

static bool add_months(moment *m, int64_t months)
{
    if (months > 120000 || months < -120000) {
        return false;
    }
    int64_t total = (int64_t)m->at[0] * 12 + (m->precision >= P_MONTH ? m->at[1] - 1 : 0) + months;
    int64_t year = total / 12;
    if (total < 12 || year > 9999) {
        return false;
    }
    m->at[0] = (int32_t)year;
    if (m->precision >= P_MONTH) {
        m->at[1] = (int32_t)(total % 12) + 1;
    }
    if (m->precision >= P_DAY) {
        int last = date_days_in_month(m->at[0], m->at[1]);
        m->at[2] = m->at[2] > last ? last : m->at[2];
    }
    return true;
}

/* An amount in a unit finer than the moment is first brought to the moment's own precision, what is left over being
 * dropped. Days become years at once, not by way of months. */
static void coarsen(int64_t *amount, precision *unit, precision to)
{
    static const int per[8] = { 1, 1, 12, 30, 24, 60, 60, 1000 }; /* how many of a unit make one of the coarser */
    while (*unit > to && *unit != P_YEAR) {
        bool at_once = *unit == P_DAY && to == P_YEAR;
        *amount /= at_once ? 365 : per[*unit];
        *unit = at_once ? P_YEAR : (precision)(*unit - 1);
    }
}

bool moment_add(moment *m, int64_t amount, precision unit)
{
    static const int64_t ms[8] = { 0, 0, 0, MS_DAY, 3600000, 60000, 1000, 1 };
    if (unit == P_WEEK) {
        if (__builtin_mul_overflow(amount, 7, &amount)) {
            return false;
        }
        unit = P_DAY;
    }
    if (unit == P_NONE || (m->kind == CQL_TIME && unit < P_HOUR)) {
        return false;
    }
    coarsen(&amount, &unit, (precision)m->precision);
    if (unit == P_YEAR) {
        return amount < 10000 && amount > -10000 && add_months(m, amount * 12);
    }
    if (unit == P_MONTH) {
        return add_months(m, amount);
    }
    moment full = moment_low(*m);
    int64_t step, now = day_of(&full) * MS_DAY + clock_of(&full);
    if (m->kind == CQL_DATE) {
        now = day_of(&full) * MS_DAY;
    }
    if (__builtin_mul_overflow(amount, ms[unit], &step) || __builtin_add_overflow(now, step, &now)) {
        return false;
    }
    if (!set_instant(&full, now)) {
        return false;
    }
    full.precision = m->precision;
    *m = full;
    return true;
}

bool moment_step(moment *m, int direction)
{
    return moment_add(m, direction, (precision)m->precision);
}

/* ---- between ---- */

static moment as_counted(moment m)
{
    if (m.kind == CQL_DATE) {
        for (int i = 3; i < 7; i++) {
            m.at[i] = 0;
        }
    }
    return m;
}

/* Whole months from a to b, both full; those back are those forth, negated. A month from its last day ends with the last day of a
 * shorter month. */
static int64_t whole_months(const moment *a, const moment *b)
{
    int64_t n = ((int64_t)b->at[0] - a->at[0]) * 12 + (b->at[1] - a->at[1]);
    if (n < 0) {
        return -whole_months(b, a);
    }
    int64_t x = a->at[2] * (int64_t)MS_DAY + clock_of(a), y = b->at[2] * (int64_t)MS_DAY + clock_of(b);
    bool end_of_month =
        b->at[2] == date_days_in_month(b->at[0], b->at[1]) && a->at[2] > b->at[2] && clock_of(b) >= clock_of(a);
    return n > 0 && y < x && !end_of_month ? n - 1 : n;
}

static int64_t whole_units(moment a, moment b, precision unit, bool boundaries)
{
    static const int64_t ms[9] = { 1, 1, 1, MS_DAY, 3600000, 60000, 1000, 1, 7 * (int64_t)MS_DAY };
    if (unit == P_YEAR || unit == P_MONTH) {
        if (boundaries) {
            return unit == P_YEAR ? b.at[0] - a.at[0] : ((int64_t)b.at[0] - a.at[0]) * 12 + (b.at[1] - a.at[1]);
        }
        int64_t months = whole_months(&a, &b);
        return unit == P_YEAR ? months / 12 : months;
    }
    int64_t x = day_of(&a) * MS_DAY + clock_of(&a), y = day_of(&b) * MS_DAY + clock_of(&b);
    if (!boundaries) {
        return (y - x) / ms[unit];
    }
    int64_t sunday = unit == P_WEEK ? 4 * (int64_t)MS_DAY : 0; /* 1970-01-01 was a Thursday; weeks begin on Sunday */
    return floor_divide(y + sunday, ms[unit]) - floor_divide(x + sunday, ms[unit]);
}

/* Seconds and milliseconds are one decimal: where the milliseconds are not said they are none. */
static bool is_known(moment m, precision unit)
{
    bool clock = unit >= P_HOUR && unit <= P_MILLISECOND;
    return (clock && m.precision >= unit) || (unit != P_MILLISECOND && m.precision >= P_SECOND);
}

bool moment_between(moment a, moment b, precision unit, bool boundaries, int16_t offset, int64_t *low, int64_t *high)
{
    if (unit == P_NONE || (a.kind == CQL_TIME) != (b.kind == CQL_TIME) ||
        (a.kind == CQL_TIME && (unit < P_HOUR || unit == P_WEEK))) {
        return false;
    }
    bool settled = unit >= P_HOUR && unit <= P_MILLISECOND;
    moment al = as_counted(moment_low(a)), bl = as_counted(moment_low(b));
    moment ah = is_known(a, unit) ? al : as_counted(moment_high(a));
    moment bh = is_known(b, unit) ? bl : as_counted(moment_high(b));
    if (a.offset != b.offset && (settled || !boundaries)) { /* boundaries of days and longer are those of either side's own calendar */
        al = moment_at(al, offset);
        ah = moment_at(ah, offset);
        bl = moment_at(bl, offset);
        bh = moment_at(bh, offset);
    }
    *low = whole_units(ah, bl, unit, boundaries);
    *high = whole_units(al, bh, unit, boundaries);
    return true;
}

/* ---- words ---- */

static const char *const names[9] = { "", "year", "month", "day", "hour", "minute", "second", "millisecond", "week" };

const char *precision_name(precision p)
{
    return names[p];
}

precision precision_of_unit(str unit)
{
    for (int p = P_YEAR; p <= P_WEEK; p++) {
        str name = str_of(names[p]);
        if (str_eq(unit, name) || (str_starts(unit, name) && unit.n == name.n + 1 && unit.p[name.n] == 's')) {
            return (precision)p;
        }
    }
    return P_NONE;
}

precision precision_of_word(str elm)
{
    for (int p = P_YEAR; p <= P_WEEK; p++) {
        if (str_eq_nocase(elm, str_of(names[p]))) {
            return (precision)p;
        }
    }
    return P_NONE;
}
