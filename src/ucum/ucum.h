/* ucum.h -- units of measure by the UCUM grammar, converted exactly.
 * Case-sensitive UCUM expressions only: what people write instead ("mg/dl", "K/uL") is not UCUM and ucum_parse says so.
 * A unit is a vector over the seven base units, an exact rational factor, and for Cel, [degF] and [degRe] an offset. An
 * arbitrary unit ([IU]) or a logarithmic one (pH, dB) is a dimension of its own: it is comparable with itself, also under
 * other prefixes and denominators (m[IU]/L with [IU]/mL), and with nothing else. Annotations do not count.
 * Nothing is allocated; every function is a pure function of its arguments. What cannot be held exactly is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UCUM_UCUM_H
#define UCUM_UCUM_H

#include "base/str.h"

__extension__ typedef __int128 ucum_wide;
__extension__ typedef unsigned __int128 ucum_bits;

/* unscaled * 10^-scale; scale may be negative. Any decimal with up to 38 digits. */
typedef struct ucum_number {
    ucum_wide unscaled;
    int32_t   scale;
} ucum_number;

enum { UCUM_BASES = 7, UCUM_OWN_MAX = 4 };   /* base units in order: m s g rad K C cd */

typedef struct ucum_own { uint16_t atom; int8_t exponent; } ucum_own;

typedef struct ucum_unit {
    ucum_bits numerator, denominator;           /* factor to base units = numerator / denominator * 10^ten, lowest terms */
    int32_t  ten;
    int8_t   bases[UCUM_BASES];
    uint8_t  own_count;
    ucum_own own[UCUM_OWN_MAX];                 /* arbitrary and logarithmic units, by atom */
    bool     affine;                            /* base value = (value + offset) * factor   */
    ucum_number offset;
} ucum_unit;

/* false: not a UCUM expression, or one whose factor or exponents cannot be held. "1" and "{score}" are the unity; "" is
 * not UCUM: a caller for whom a missing unit means 1 says so. */
bool ucum_parse(str text, ucum_unit *out);
/* The same kind of quantity, so that values of one can be expressed in the other. */
bool ucum_comparable(const ucum_unit *a, const ucum_unit *b);
/* value, in from, expressed in to. false when not comparable or beyond 38 digits. Exact where the result has an end within
 * 38 digits; otherwise rounded half away from zero to at least 30 significant digits. The scale is never negative, unless the
 * digits would not fit. */
bool ucum_convert(ucum_number value, const ucum_unit *from, const ucum_unit *to, ucum_number *out);
/* *order = -1, 0, 1 by exact comparison, with no rounding. false when not comparable. */
bool ucum_compare(ucum_number a, const ucum_unit *a_unit, ucum_number b, const ucum_unit *b_unit, int *order);
/* Products and quotients of units; false for affine units and where exponents or factors cannot be held. */
bool ucum_multiply(const ucum_unit *a, const ucum_unit *b, ucum_unit *out);
bool ucum_divide(const ucum_unit *a, const ucum_unit *b, ucum_unit *out);

/* [-]digits[.digits][e[+-]digits] with up to 38 significant digits, the whole text. The scale keeps trailing zeros. */
bool ucum_read_number(str text, ucum_number *out);

#endif
