/* SPDX-License-Identifier: Apache-2.0 */
/* Sums are plain; products and quotients go through 256 bits where 128 do not hold them. Exponential and logarithm are
 * computed in fixed point with 61 bits after the point, so that every machine gives the same digits. */
#include "cql/decimal.h"

typedef decimal_bits u128;

decimal decimal_max(void)
{
    decimal ten18 = (decimal)1000000000000000000;
    return ten18 * ten18 * 10 - 1;
}

bool decimal_fits(decimal d)
{
    return d <= decimal_max() && d >= -decimal_max();
}

static bool keep(decimal d, decimal *out)
{
    if (!decimal_fits(d)) {
        return false;
    }
    *out = d;
    return true;
}

/* ---- text ---- */

static bool read_exponent(str text, size_t i, int64_t *exponent)
{
    str rest = str_from(text, i + 1);
    if (rest.n > 0 && rest.p[0] == '+') {
        rest = str_from(rest, 1);
    }
    return rest.n > 0 && rest.n <= 4 && str_to_i64(rest, exponent);
}

bool decimal_read(str text, decimal *out, int *scale, bool *exact)
{
    bool negative = text.n > 0 && text.p[0] == '-', seen = false, point = false, lost = false, half = false;
    size_t i = text.n > 0 && (text.p[0] == '-' || text.p[0] == '+') ? 1 : 0;
    decimal d = 0;
    int64_t exponent = 0, digits_after = 0;
    size_t stop = i;
    while (stop < text.n && text.p[stop] != 'e' && text.p[stop] != 'E') {
        stop++;
    }
    if (stop < text.n && !read_exponent(text, stop, &exponent)) {
        return false;
    }
    for (; i < stop; i++) {
        if (text.p[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (text.p[i] < '0' || text.p[i] > '9') {
            return false;
        }
        seen = true;
        int digit = text.p[i] - '0';
        digits_after += point;
        if (digits_after + (-exponent) > DECIMAL_DIGITS && point) { /* past what is kept: only rounds */
            if (digits_after - exponent == DECIMAL_DIGITS + 1) {
                half = digit >= 5;
            }
            lost = lost || digit != 0;
            continue;
        }
        if (d > decimal_max() / 10) {
            return false;
        }
        d = d * 10 + digit;
    }
    if (!seen) {
        return false;
    }
    int64_t kept = digits_after - exponent; /* digits after the point in d, when positive */
    int64_t shift = DECIMAL_DIGITS - (kept > DECIMAL_DIGITS && point ? DECIMAL_DIGITS : kept);
    for (; shift > 0; shift--) {
        if (d > decimal_max() / 10) {
            return false;
        }
        d *= 10;
    }
    for (; shift < 0; shift++) { /* an exponent on a whole number: 5e-12 */
        half = d % 10 >= 5;
        lost = lost || d % 10 != 0;
        d /= 10;
    }
    d += half ? 1 : 0;
    if (!decimal_fits(d)) {
        return false;
    }
    *out = negative ? -d : d;
    if (scale) {
        *scale = kept < 0 ? 0 : kept > DECIMAL_DIGITS ? DECIMAL_DIGITS : (int)kept;
    }
    if (exact) {
        *exact = !lost;
    }
    return true;
}

str decimal_write(decimal d, int min_digits, char out[DECIMAL_TEXT])
{
    char *end = &out[DECIMAL_TEXT - 1], *p = end;
    *p = '\0';
    u128 u = d < 0 ? (u128)-d : (u128)d;
    int digits = DECIMAL_DIGITS;
    while (digits > min_digits && u % 10 == 0) {
        u /= 10;
        digits--;
    }
    for (int i = 0; i < digits; i++) {
        *--p = (char)('0' + (int)(u % 10));
        u /= 10;
    }
    if (digits > 0) {
        *--p = '.';
    }
    do {
        *--p = (char)('0' + (int)(u % 10));
        u /= 10;
    } while (u > 0);
    if (d < 0) {
        *--p = '-';
    }
    return (str){ p, (size_t)(end - p) };
}

/* ---- arithmetic ---- */

bool decimal_add(decimal a, decimal b, decimal *out)
{
    return keep(a + b, out);
} /* both below 2^123: no overflow */
bool decimal_subtract(decimal a, decimal b, decimal *out)
{
    return keep(a - b, out);
}

typedef struct u256 {
    u128 high, low;
} u256;

static u256 wide_multiply(u128 a, u128 b)
{
    const u128 mask = UINT64_MAX;
    u128 ll = (a & mask) * (b & mask), lh = (a & mask) * (b >> 64), hl = (a >> 64) * (b & mask),
         hh = (a >> 64) * (b >> 64);
    u128 middle = (ll >> 64) + (lh & mask) + (hl & mask);
    return (u256){ hh + (lh >> 64) + (hl >> 64) + (middle >> 64), (middle << 64) | (ll & mask) };
}

/* n / d rounded half up; false when the quotient does not fit 128 bits. */
static bool wide_divide(u256 n, u128 d, u128 *out)
{
    if (n.high >= d) {
        return false;
    }
    u128 rest = n.high, q = 0;
    for (int i = 127; i >= 0; i--) {
        bool carry = (rest >> 127) != 0;
        rest = (rest << 1) | ((n.low >> i) & 1);
        q <<= 1;
        if (carry || rest >= d) {
            rest -= d;
            q |= 1;
        }
    }
    if (rest >= d - rest) {
        q++;
    }
    *out = q;
    return true;
}

/* a * b / c with the sign rules of arithmetic, rounded half away from zero. */
static bool scaled(decimal a, decimal b, decimal c, decimal *out)
{
    if (c == 0) {
        return false;
    }
    bool negative = ((a < 0) != (b < 0)) != (c < 0);
    u128 x = a < 0 ? (u128)-a : (u128)a, y = b < 0 ? (u128)-b : (u128)b, z = c < 0 ? (u128)-c : (u128)c, product, q;
    if (!__builtin_mul_overflow(x, y, &product)) {
        q = product / z;
        u128 rest = product % z;
        q += rest >= z - rest ? 1 : 0;
    } else if (!wide_divide(wide_multiply(x, y), z, &q)) {
        return false;
    }
    if (q > (u128)decimal_max()) {
        return false;
    }
    *out = negative ? -(decimal)q : (decimal)q;
    return true;
}

bool decimal_multiply(decimal a, decimal b, decimal *out)
{
    return scaled(a, b, DECIMAL_ONE, out);
}
bool decimal_divide(decimal a, decimal b, decimal *out)
{
    return scaled(a, DECIMAL_ONE, b, out);
}

bool decimal_quotient(decimal a, decimal b, decimal *out)
{
    return b != 0 && (a / b <= decimal_max() / DECIMAL_ONE && a / b >= -(decimal_max() / DECIMAL_ONE)) &&
           keep(a / b * DECIMAL_ONE, out);
}

bool decimal_remainder(decimal a, decimal b, decimal *out)
{
    return b != 0 && keep(a % b, out);
}

decimal decimal_truncate(decimal d)
{
    return d - d % DECIMAL_ONE;
}
decimal decimal_floor(decimal d)
{
    return decimal_truncate(d) - (d < 0 && d % DECIMAL_ONE != 0 ? DECIMAL_ONE : 0);
}
decimal decimal_ceiling(decimal d)
{
    return decimal_truncate(d) + (d > 0 && d % DECIMAL_ONE != 0 ? DECIMAL_ONE : 0);
}

decimal decimal_round(decimal d, int digits)
{
    decimal step = 1;
    for (int i = digits; i < DECIMAL_DIGITS; i++) {
        step *= 10;
    }
    decimal rest = d % step, size = rest < 0 ? -rest : rest;
    decimal away = rest < 0 ? -step : step;
    return d - rest + (size * 2 >= step && size > 0 ? away : 0);
}

/* ---- exponential and logarithm ---- */

enum { FRACTION_BITS = 61 };
#define FIXED_ONE ((int64_t)1 << FRACTION_BITS)
#define FIXED_LN2 INT64_C(1598288580650331957) /* ln 2 * 2^61 */

static int64_t fixed_multiply(int64_t a, int64_t b)
{
    return (int64_t)(((decimal)a * b) >> FRACTION_BITS);
}

/* ln of d > 0, times 2^61 */
static decimal ln_fixed(decimal d)
{
    u128 u = (u128)d;
    int k = 0; /* d / 10^8 = m * 2^k, m in [1,2) */
    u128 n = u, one = DECIMAL_ONE;
    while (n < one) {
        n <<= 1;
        k--;
    }
    while (n / 2 >= one) {
        one <<= 1;
        k++;
    }
    /* m - 1 = (n - one) / one and m + 1, both below 2^125: the quotient is had bit by bit */
    u128 above = n - one, sum = n + one;
    int64_t z = 0; /* (m - 1) / (m + 1), bit by bit */
    u128 rest = above;
    for (int i = 0; i < FRACTION_BITS; i++) {
        rest <<= 1;
        z = z * 2 + (rest >= sum ? 1 : 0);
        rest -= rest >= sum ? sum : 0;
    }
    int64_t z2 = fixed_multiply(z, z), term = z;
    decimal series = 0;
    for (int i = 1; i < 60 && term != 0; i += 2) {
        series += term / i;
        term = fixed_multiply(term, z2);
    }
    return 2 * series + (decimal)k * FIXED_LN2;
}

/* e^(y / 2^61) in 10^-8 */
static bool exp_fixed(decimal y, decimal *out)
{
    decimal k = y / FIXED_LN2;
    k -= y < k * FIXED_LN2 ? 1 : 0;
    if (k > 95) {
        return false;
    }
    if (k < -40) {
        *out = 0;
        return true;
    }
    int64_t r = (int64_t)(y - k * FIXED_LN2), term = FIXED_ONE; /* 0 <= r < ln 2 */
    decimal sum = 0;
    for (int i = 1; i < 40 && term != 0; i++) {
        sum += term;
        term = fixed_multiply(term, r) / i;
    }
    u128 scaled_up = (u128)sum * DECIMAL_ONE; /* below 2^63 * 2^27 */
    int shift = FRACTION_BITS - (int)k;
    u128 v;
    if (shift > 0) {
        v = (scaled_up + ((u128)1 << (shift - 1))) >> shift;
    } else {
        v = scaled_up << -shift;
    }
    return v <= (u128)decimal_max() && keep((decimal)v, out);
}

static bool fixed_to_decimal(decimal fixed, decimal *out)
{
    bool negative = fixed < 0;
    u128 u = negative ? (u128)-fixed : (u128)fixed; /* below 2^61 * 100 */
    u128 v = (u * DECIMAL_ONE + ((u128)1 << (FRACTION_BITS - 1))) >> FRACTION_BITS;
    return keep(negative ? -(decimal)v : (decimal)v, out);
}

bool decimal_ln(decimal d, decimal *out)
{
    return d > 0 && fixed_to_decimal(ln_fixed(d), out);
}

bool decimal_exp(decimal d, decimal *out)
{
    if (d > (decimal)100 * DECIMAL_ONE) {
        return false;
    }
    if (d < (decimal)-100 * DECIMAL_ONE) {
        *out = 0;
        return true;
    }
    return exp_fixed(d * FIXED_ONE / DECIMAL_ONE, out);
}

bool decimal_geometric_mean(const decimal *d, size_t n, decimal *out)
{
    decimal sum = 0; /* each below 2^68 */
    for (size_t i = 0; i < n; i++) {
        sum += ln_fixed(d[i]);
    }
    return n > 0 && exp_fixed(sum / (decimal)n, out);
}

bool decimal_log(decimal d, decimal base, decimal *out)
{
    if (d <= 0 || base <= 0 || base == DECIMAL_ONE) {
        return false;
    }
    decimal top = ln_fixed(d), bottom = ln_fixed(base);
    decimal whole = top / bottom, rest = top % bottom; /* both below 2^68: the rest times 2^58 fits, the top times 2^61 does not */
    return fixed_to_decimal(whole * FIXED_ONE + rest * (FIXED_ONE / 8) / bottom * 8, out);
}

/* a * b where no digit is lost. */
static bool multiply_exactly(decimal a, decimal b, decimal *out)
{
    decimal product;
    return !__builtin_mul_overflow(a, b, &product) && product % DECIMAL_ONE == 0 && keep(product / DECIMAL_ONE, out);
}

/* By squaring, as long as every product is exact; undone says that one was not. */
static bool whole_power(decimal d, decimal times, decimal *out, bool *undone)
{
    decimal result = DECIMAL_ONE, base = d;
    bool inverse = times < 0, exact = true;
    for (times = inverse ? -times : times; times > 0 && exact; times >>= 1) {
        exact = !(times & 1) || multiply_exactly(result, base, &result);
        exact = exact && (times == 1 || multiply_exactly(base, base, &base));
    }
    *undone = !exact;
    return exact && (inverse ? decimal_divide(DECIMAL_ONE, result, out) : keep(result, out));
}

/* e^(exponent * ln d), d > 0. */
static bool power_by_logarithm(decimal d, decimal exponent, decimal *out)
{
    decimal ln = ln_fixed(d); /* below 2^68; the exponent is split so that no product passes 2^127 */
    decimal whole = exponent / DECIMAL_ONE, part = exponent % DECIMAL_ONE;
    if (ln == 0) {
        *out = DECIMAL_ONE;
        return true;
    }
    if (whole > 1000000000 || whole < -1000000000) {
        if ((ln > 0) != (whole > 0) && (ln > FIXED_ONE / 1000 || ln < -FIXED_ONE / 1000)) { /* less than half of 10^-8 */
            *out = 0;
            return true;
        }
        return false;
    }
    return exp_fixed(ln * whole + ln * part / DECIMAL_ONE, out);
}

bool decimal_power(decimal d, decimal exponent, decimal *out)
{
    bool is_whole = exponent % DECIMAL_ONE == 0, undone = false;
    decimal size;
    if (is_whole && whole_power(d, exponent / DECIMAL_ONE, out, &undone)) {
        return true;
    }
    if (d == 0) {
        *out = 0;
        return exponent > 0;
    }
    if (is_whole ? !undone : d < 0) {
        return false;
    }
    bool negative = d < 0 && exponent / DECIMAL_ONE % 2 != 0;
    if (!power_by_logarithm(d < 0 ? -d : d, exponent, &size)) {
        return false;
    }
    *out = negative ? -size : size;
    return true;
}

/* ---- spread ---- */

static bool wide_add(u256 *sum, u256 x)
{
    u128 low = sum->low + x.low;
    bool over = __builtin_add_overflow(sum->high, x.high, &sum->high) ||
                __builtin_add_overflow(sum->high, (u128)(low < x.low), &sum->high);
    sum->low = low;
    return !over;
}

/* The nearest whole number to the root. */
static u128 root_of(u128 n)
{
    u128 root = 0;
    for (int bit = 63; bit >= 0; bit--) {
        u128 next = root | (u128)1 << bit;
        root = next * next <= n ? next : root;
    }
    return n - root * root > root ? root + 1 : root;
}

/* Exact up to the division: n times each distance is whole, so the squares are of n^2 times 10^-16. */
bool decimal_variance(const decimal *d, size_t n, size_t parts, bool root, decimal *out)
{
    decimal sum = 0, times;
    for (size_t i = 0; i < n; i++) {
        if (!decimal_add(sum, d[i], &sum)) {
            return false;
        }
    }
    u256 squares = { 0, 0 };
    for (size_t i = 0; i < n; i++) {
        if (__builtin_mul_overflow(d[i], (decimal)n, &times) || __builtin_sub_overflow(times, sum, &times)) {
            return false;
        }
        u128 size = times < 0 ? -(u128)times : (u128)times;
        if (!wide_add(&squares, wide_multiply(size, size))) {
            return false;
        }
    }
    u128 q, by = (u128)n * n;
    if (__builtin_mul_overflow(by, (u128)parts, &by)) {
        return false;
    }
    if (root && wide_divide(squares, by, &q)) {
        return keep((decimal)root_of(q), out);
    }
    if (__builtin_mul_overflow(by, (u128)DECIMAL_ONE, &by) || !wide_divide(squares, by, &q) || q > (u128)decimal_max()) {
        return false;
    }
    return keep(root ? (decimal)root_of(q) * 10000 : (decimal)q, out); /* a root past 10^11, to four digits */
}
