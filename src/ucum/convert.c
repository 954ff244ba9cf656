/* Numbers from one unit to another, exactly: value * fraction, with the offset of an affine unit before and after. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/status.h"
#include "ucum/wide.h"

enum { SCALE_MAX = 400, DIGITS_MAX = 38, ROUNDED_DIGITS = 30 };

static ucum_bits absolute(ucum_wide v) { return v < 0 ? (ucum_bits)0 - (ucum_bits)v : (ucum_bits)v; }

static ucum_bits most_plus_one(void)
{
    ucum_bits v = 1;
    for (int i = 0; i < DIGITS_MAX; i++) {
        v *= 10;
    }
    return v;
}

static bool in_range(ucum_number n)
{
    return n.scale <= SCALE_MAX && n.scale >= -SCALE_MAX && absolute(n.unscaled) < most_plus_one();
}

bool ucum_read_number(str text, ucum_number *out)
{
    size_t i = 0;
    bool negative = text.n > 0 && text.p[0] == '-', point = false, digit = false;
    i += negative ? 1 : 0;
    ucum_number n = { 0, 0 };
    ucum_bits v = 0, limit = most_plus_one();
    for (; i < text.n; i++) {
        char c = text.p[i];
        if (c == '.' && !point && digit) {
            point = true;
            digit = false;
            continue;
        }
        if (c < '0' || c > '9') {
            break;
        }
        v = v * 10 + (unsigned)(c - '0');
        digit = true;
        n.scale += point ? 1 : 0;
        if (v >= limit || n.scale > SCALE_MAX) {
            return false;
        }
    }
    if (!digit) {
        return false;
    }
    if (i < text.n && (text.p[i] == 'e' || text.p[i] == 'E')) {
        str exponent = str_from(text, i + 1);
        int64_t e;
        exponent = exponent.n > 1 && exponent.p[0] == '+' && exponent.p[1] != '-' ? str_from(exponent, 1) : exponent;
        if (!str_to_i64(exponent, &e) || e > SCALE_MAX || e < -SCALE_MAX) {
            return false;
        }
        n.scale -= (int32_t)e;
        i = text.n;
    }
    n.unscaled = negative ? -(ucum_wide)v : (ucum_wide)v;
    if (i != text.n || !in_range(n)) {
        return false;
    }
    *out = n;
    return true;
}

/* The same value with more digits after the point. */
static bool rescale(ucum_number *n, int32_t scale)
{
    wide w = wide_of(absolute(n->unscaled));
    ucum_bits v;
    if (scale < n->scale || scale - n->scale > SCALE_MAX || !wide_times_ten(&w, scale - n->scale) ||
        !wide_fits(&w, &v)) {
        return false;
    }
    *n = (ucum_number){ n->unscaled < 0 ? -(ucum_wide)v : (ucum_wide)v, scale };
    return true;
}

static bool add(ucum_number *to, ucum_number more)
{
    int32_t scale = to->scale > more.scale ? to->scale : more.scale;
    if (!rescale(to, scale) || !rescale(&more, scale)) {
        return false;
    }
    return !__builtin_add_overflow(to->unscaled, more.unscaled, &to->unscaled) && in_range(*to);
}

static ucum_bits gcd(ucum_bits a, ucum_bits b)
{
    while (b != 0) {
        ucum_bits r = a % b;
        a = b;
        b = r;
    }
    return a;
}

/* How many tens the divisor needs to divide every whole number without rest; -1 when it has another prime factor. */
static int32_t tens_for(ucum_bits divisor)
{
    int32_t twos = 0, fives = 0;
    for (; divisor % 2 == 0; divisor /= 2) {
        twos++;
    }
    for (; divisor % 5 == 0; divisor /= 5) {
        fives++;
    }
    return divisor != 1 ? -1 : twos > fives ? twos : fives;
}

/* value * numerator / denominator * 10^ten. */
static bool scale_by(ucum_number *value, ucum_bits numerator, ucum_bits denominator, int32_t ten)
{
    ucum_bits v = absolute(value->unscaled), out;
    if (v == 0) {
        *value = (ucum_number){ 0, 0 };
        return true;
    }
    ucum_bits common = gcd(v, denominator);
    v /= common;
    denominator /= common;
    wide w = wide_of(v);
    if (!wide_multiply(&w, numerator)) {
        return false;
    }
    int32_t tens = tens_for(denominator);
    bool round = tens < 0;
    if (round) {
        int32_t have = wide_digits(&w);
        wide d = wide_of(denominator);
        tens = ROUNDED_DIGITS + 1 + wide_digits(&d) - have;
        tens = tens < 0 ? 0 : tens;
    }
    if (!wide_times_ten(&w, tens)) {
        return false;
    }
    ucum_bits rest = wide_divide(&w, denominator);
    if (!wide_fits(&w, &out)) {
        return false;
    }
    out += rest != 0 && rest >= denominator - rest ? 1 : 0;
    int32_t scale = value->scale - ten + tens;
    for (; !round && tens > 0 && out % 10 == 0 && scale > 0;
         out /= 10, scale--) { /* the zeros that the division asked for */
        tens--;
    }
    ucum_number result = { value->unscaled < 0 ? -(ucum_wide)out : (ucum_wide)out, scale };
    if (!in_range(result)) {
        return false;
    }
    if (scale < 0) {
        (void)rescale(&result, 0); /* kept as it is when the digits do not fit */
    }
    *value = result;
    return true;
}

/* The factor from one unit's base value to the other's, in lowest terms. */
static bool factor_between(const ucum_unit *from, const ucum_unit *to, ucum_bits *numerator, ucum_bits *denominator,
                           int32_t *ten)
{
    ucum_bits g = gcd(from->numerator, to->numerator), h = gcd(from->denominator, to->denominator);
    *ten = from->ten - to->ten;
    return !__builtin_mul_overflow(from->numerator / g, to->denominator / h, numerator) &&
           !__builtin_mul_overflow(from->denominator / h, to->numerator / g, denominator) && *numerator >> 126 == 0 &&
           *denominator >> 126 == 0;
}

static bool same_offset(const ucum_unit *a, const ucum_unit *b)
{
    return a->affine == b->affine &&
           (!a->affine || (a->offset.unscaled == b->offset.unscaled && a->offset.scale == b->offset.scale));
}

bool ucum_convert(ucum_number value, const ucum_unit *from, const ucum_unit *to, ucum_number *out)
{
    ucum_bits numerator, denominator;
    int32_t ten;
    if (!ucum_comparable(from, to) || !in_range(value) || !factor_between(from, to, &numerator, &denominator, &ten)) {
        return false;
    }
    bool same = same_offset(from, to) && numerator == 1 && denominator == 1 && ten == 0;
    if (!same) {
        if (from->affine && !add(&value, from->offset)) {
            return false;
        }
        if (!scale_by(&value, numerator, denominator, ten)) {
            return false;
        }
        ucum_number back = { -to->offset.unscaled, to->offset.scale };
        if (to->affine && !add(&value, back)) {
            return false;
        }
    }
    *out = value;
    return true;
}

/* magnitude * numerator * other denominator, over a common power of ten */
static bool cross(ucum_number n, const ucum_unit *unit, const ucum_unit *other, wide *out)
{
    *out = wide_of(absolute(n.unscaled));
    return wide_multiply(out, unit->numerator) && wide_multiply(out, other->denominator);
}

bool ucum_compare(ucum_number a, const ucum_unit *a_unit, ucum_number b, const ucum_unit *b_unit, int *order)
{
    if (!ucum_comparable(a_unit, b_unit) || !in_range(a) || !in_range(b) ||
        (a_unit->affine && !add(&a, a_unit->offset)) || (b_unit->affine && !add(&b, b_unit->offset))) {
        return false;
    }
    int sign_a = (a.unscaled > 0) - (a.unscaled < 0), sign_b = (b.unscaled > 0) - (b.unscaled < 0);
    if (sign_a != sign_b || sign_a == 0) {
        *order = (sign_a > sign_b) - (sign_a < sign_b);
        return true;
    }
    wide x, y;
    int32_t tens = (a_unit->ten - a.scale) - (b_unit->ten - b.scale);
    if (!cross(a, a_unit, b_unit, &x) || !cross(b, b_unit, a_unit, &y)) {
        return false;
    }
    if (!wide_times_ten(tens > 0 ? &x : &y, tens > 0 ? tens : -tens)) {
        return false;
    }
    int size = wide_cmp(&x, &y);
    *order = sign_a > 0 ? size : -size;
    return true;
}
