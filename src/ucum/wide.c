/* SPDX-License-Identifier: Apache-2.0 */
#include "ucum/wide.h"

#include "base/status.h"

wide wide_of(ucum_bits v)
{
    wide w = { { 0 } };
    for (int i = 0; i < 4; i++) {
        w.limb[i] = (uint32_t)(v >> (32 * i));
    }
    return w;
}

static bool multiply_small(wide *w, uint32_t by)
{
    uint64_t carry = 0;
    for (int i = 0; i < WIDE_LIMBS; i++) {
        carry += (uint64_t)w->limb[i] * by;
        w->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return carry == 0;
}

bool wide_multiply(wide *w, ucum_bits by)
{
    wide sum = { { 0 } };
    for (int k = 0; k < 4; k++) {
        uint32_t digit = (uint32_t)(by >> (32 * k));
        uint64_t carry = 0;
        for (int i = 0; i < WIDE_LIMBS; i++) {
            int to = i + k;
            if (to >= WIDE_LIMBS) {
                if (digit != 0 && w->limb[i] != 0) {
                    return false;
                }
                continue;
            }
            carry += (uint64_t)w->limb[i] * digit + sum.limb[to];
            sum.limb[to] = (uint32_t)carry;
            carry >>= 32;
        }
        if (carry != 0) {
            return false;
        }
    }
    *w = sum;
    return true;
}

bool wide_times_ten(wide *w, int32_t power)
{
    CHECK(power >= 0);
    for (; power >= 9; power -= 9) {
        if (!multiply_small(w, 1000000000u)) {
            return false;
        }
    }
    for (; power > 0; power--) {
        if (!multiply_small(w, 10)) {
            return false;
        }
    }
    return true;
}

int wide_cmp(const wide *a, const wide *b)
{
    for (int i = WIDE_LIMBS - 1; i >= 0; i--) {
        if (a->limb[i] != b->limb[i]) {
            return a->limb[i] < b->limb[i] ? -1 : 1;
        }
    }
    return 0;
}

ucum_bits wide_divide(wide *w, ucum_bits divisor)
{
    CHECK(divisor != 0);
    CHECK(divisor >> 127 == 0); /* so that the remainder can be doubled */
    ucum_bits rest = 0;
    int top = WIDE_LIMBS - 1;
    while (top > 0 && w->limb[top] == 0) {
        top--;
    }
    for (int i = top; i >= 0; i--) {
        uint32_t quotient = 0;
        for (int bit = 31; bit >= 0; bit--) {
            rest = (rest << 1) | ((w->limb[i] >> bit) & 1u);
            quotient <<= 1;
            if (rest >= divisor) {
                rest -= divisor;
                quotient |= 1u;
            }
        }
        w->limb[i] = quotient;
    }
    return rest;
}

bool wide_fits(const wide *w, ucum_bits *out)
{
    for (int i = 4; i < WIDE_LIMBS; i++) {
        if (w->limb[i] != 0) {
            return false;
        }
    }
    ucum_bits v = 0, most = 1;
    for (int i = 0; i < 38; i++) {
        most *= 10;
    }
    for (int i = 3; i >= 0; i--) {
        v = (v << 32) | w->limb[i];
    }
    *out = v;
    return v < most;
}

int32_t wide_digits(const wide *w)
{
    wide power = wide_of(1);
    int32_t n = 0;
    while (wide_cmp(w, &power) >= 0) {
        n++;
        if (!multiply_small(&power, 10)) {
            break;
        }
    }
    return n;
}
