/* wide.h -- whole numbers of 1280 bits for exact conversions: only what those need. What does not fit is reported. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UCUM_WIDE_H
#define UCUM_WIDE_H

#include "ucum/ucum.h"

enum { WIDE_LIMBS = 40 };
typedef struct wide { uint32_t limb[WIDE_LIMBS]; } wide;   /* least significant first */

wide wide_of(ucum_bits v);
bool wide_multiply(wide *w, ucum_bits by);
bool wide_times_ten(wide *w, int32_t power);               /* power >= 0 */
int  wide_cmp(const wide *a, const wide *b);
/* *w becomes the quotient. divisor is below 2^127 and not 0. */
ucum_bits wide_divide(wide *w, ucum_bits divisor);         /* the remainder */
bool wide_fits(const wide *w, ucum_bits *out);             /* below 10^38 */
int32_t wide_digits(const wide *w);                        /* decimal digits; 0 for zero */

#endif
