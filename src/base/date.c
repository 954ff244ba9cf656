/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"

#include "base/status.h"

static bool leap(int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

int date_days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    CHECK(month >= 1 && month <= 12);
    return month == 2 && leap(year) ? 29 : days[month - 1];
}

static bool digits(str s, size_t at, size_t n, int *out)
{
    int v = 0;
    if (at + n > s.n) {
        return false;
    }
    for (size_t i = at; i < at + n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return false;
        }
        v = v * 10 + (s.p[i] - '0');
    }
    *out = v;
    return true;
}

bool date_read(str text, date *out)
{
    text = str_trim(text);
    ptrdiff_t time = str_find_char(text, 'T');
    str s = time >= 0 ? str_head(text, (size_t)time) : text;
    int y, m = 0, d = 0;
    if (!digits(s, 0, 4, &y) || y < 1) {
        return false;
    }
    date_precision p = DATE_YEAR;
    if (s.n > 4) {
        if (s.p[4] != '-' || !digits(s, 5, 2, &m) || m < 1 || m > 12) {
            return false;
        }
        p = DATE_MONTH;
    }
    if (s.n > 7) {
        if (s.p[7] != '-' || !digits(s, 8, 2, &d) || d < 1 || d > date_days_in_month(y, m)) {
            return false;
        }
        p = DATE_DAY;
    }
    if (s.n != 4 && s.n != 7 && s.n != 10) {
        return false;
    }
    *out = (date){ .year = (int16_t)y, .month = (uint8_t)m, .day = (uint8_t)d, .precision = (uint8_t)p };
    return true;
}

static void put(char *p, int v, int n)
{
    for (int i = n - 1; i >= 0; i--, v /= 10) {
        p[i] = (char)('0' + v % 10);
    }
}

str date_write(date d, char out[11])
{
    size_t n = d.precision == DATE_NONE ? 0 : d.precision == DATE_YEAR ? 4 : d.precision == DATE_MONTH ? 7 : 10;
    if (n >= 4) {
        put(out, d.year, 4);
    }
    if (n >= 7) {
        out[4] = '-';
        put(out + 5, d.month, 2);
    }
    if (n >= 10) {
        out[7] = '-';
        put(out + 8, d.day, 2);
    }
    out[n] = '\0';
    return (str){ out, n };
}

/* Howard Hinnant's days_from_civil: March is the first month of the shifted year, so the leap day comes last. */
static int32_t days_of(int y, int m, int d)
{
    y -= m <= 2;
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

int32_t date_days(date d)
{
    CHECK(d.precision != DATE_NONE);
    return days_of(d.year, d.precision >= DATE_MONTH ? d.month : 1, d.precision >= DATE_DAY ? d.day : 1);
}

int32_t date_days_last(date d)
{
    CHECK(d.precision != DATE_NONE);
    int m = d.precision >= DATE_MONTH ? d.month : 12;
    return days_of(d.year, m, d.precision >= DATE_DAY ? d.day : date_days_in_month(d.year, m));
}

date date_of_days(int32_t days)
{
    int32_t z = days + 719468;
    int32_t era = (z >= 0 ? z : z - 146096) / 146097;
    int32_t doe = z - era * 146097;
    int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int32_t mp = (5 * doy + 2) / 153;
    int32_t m = mp + (mp < 10 ? 3 : -9);
    int32_t y = yoe + era * 400 + (m <= 2);
    CHECK(y >= 1 && y <= 9999);
    return (date){ .year = (int16_t)y, .month = (uint8_t)m, .day = (uint8_t)(doy - (153 * mp + 2) / 5 + 1), .precision = DATE_DAY };
}

int date_cmp(date a, date b)
{
    if (a.precision == DATE_NONE || b.precision == DATE_NONE) {
        return (a.precision != DATE_NONE) - (b.precision != DATE_NONE);
    }
    int32_t x = date_days(a), y = date_days(b);
    if (x != y) {
        return x < y ? -1 : 1;
    }
    return (a.precision > b.precision) - (a.precision < b.precision);
}
