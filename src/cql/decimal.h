/* decimal.h -- CQL's Decimal: exact, 8 digits after the point and up to 29 before it, kept as a count of 10^-8.
 * Results are rounded half away from zero at the eighth digit; what does not fit is reported, never wrapped. No double. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CQL_DECIMAL_H
#define CQL_DECIMAL_H

#include "base/str.h"

__extension__ typedef __int128 decimal;             /* in 10^-8 */
__extension__ typedef unsigned __int128 decimal_bits;

#define DECIMAL_ONE 100000000
enum { DECIMAL_DIGITS = 8, DECIMAL_TEXT = 48 };

decimal decimal_max(void);                           /* 10^29 - 10^-8, what is held; the least is its negation */
/* What CQL calls the maximum Decimal: 10^20 - 10^-8. More is held on the way, but nothing follows it. */
static inline decimal decimal_greatest(void) { return (decimal)100000000000000 * 100000000000000 - 1; }
static inline decimal decimal_of(int64_t i) { return (decimal)i * DECIMAL_ONE; }
/* [+-]digits[.digits][e[+-]digits]; *scale (may be NULL): digits written after the point, at most 8 kept, *exact false when digits were
 * rounded away. false: not a number or out of range. */
bool decimal_read(str text, decimal *out, int *scale, bool *exact);
/* Shortest text that reads back: "5", "-0.5". min_digits: at least so many after the point. */
str  decimal_write(decimal d, int min_digits, char out[DECIMAL_TEXT]);

/* false: the result does not fit or does not exist; *out untouched. */
bool decimal_fits(decimal d);
bool decimal_add(decimal a, decimal b, decimal *out);
bool decimal_subtract(decimal a, decimal b, decimal *out);
bool decimal_multiply(decimal a, decimal b, decimal *out);
bool decimal_divide(decimal a, decimal b, decimal *out);          /* rounded half away from zero */
bool decimal_quotient(decimal a, decimal b, decimal *out);        /* toward zero, a whole number */
bool decimal_remainder(decimal a, decimal b, decimal *out);       /* sign of a */
decimal decimal_floor(decimal d);
decimal decimal_ceiling(decimal d);
decimal decimal_truncate(decimal d);
/* To digits after the point; a half goes away from zero. */
decimal decimal_round(decimal d, int digits);
bool decimal_exp(decimal d, decimal *out);
bool decimal_ln(decimal d, decimal *out);                         /* d > 0 */
bool decimal_log(decimal d, decimal base, decimal *out);
bool decimal_geometric_mean(const decimal *d, size_t n, decimal *out);   /* of n > 0 numbers above zero */
/* The sum of the squared distances of n > 0 numbers from their mean, divided by parts > 0; root: the square root of that. */
bool decimal_variance(const decimal *d, size_t n, size_t parts, bool root, decimal *out);
bool decimal_power(decimal d, decimal exponent, decimal *out);    /* exact for whole exponents where no digit is lost */
static inline int decimal_cmp(decimal a, decimal b) { return a < b ? -1 : a > b; }

#endif
