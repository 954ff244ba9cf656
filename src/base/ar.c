/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ar.h"

ar ar_writer(arena *a, buf *out) { return (ar){ .writing = true, .a = a, .out = out }; }
ar ar_reader(arena *a, str in) { return (ar){ .a = a, .in = in }; }

static void number(ar *x, uint64_t *v, size_t bytes)
{
    if (x->writing) {
        char b[8];
        for (size_t i = 0; i < bytes; i++) {
            b[i] = (char)(unsigned char)(*v >> (8 * i));
        }
        buf_add(x->out, (str){ b, bytes });
        return;
    }
    *v = 0;
    if (x->bad || x->in.n < bytes) {
        x->bad = true;
        return;
    }
    for (size_t i = 0; i < bytes; i++) {
        *v |= (uint64_t)(unsigned char)x->in.p[i] << (8 * i);
    }
    x->in = str_from(x->in, bytes);
}

void ar_u8(ar *x, uint8_t *v)
{
    uint64_t n = *v;
    number(x, &n, 1);
    *v = (uint8_t)n;
}

void ar_bool(ar *x, bool *v)
{
    uint8_t n = *v;
    ar_u8(x, &n);
    if (n > 1) {
        x->bad = true;
    }
    *v = n == 1;
}

void ar_u16(ar *x, uint16_t *v)
{
    uint64_t n = *v;
    number(x, &n, 2);
    *v = (uint16_t)n;
}

void ar_u32(ar *x, uint32_t *v)
{
    uint64_t n = *v;
    number(x, &n, 4);
    *v = (uint32_t)n;
}

void ar_u64(ar *x, uint64_t *v) { number(x, v, 8); }

void ar_i64(ar *x, int64_t *v)
{
    uint64_t n = (uint64_t)*v;
    number(x, &n, 8);
    *v = (int64_t)n;
}

void ar_date(ar *x, date *v)
{
    uint16_t y = (uint16_t)v->year;
    ar_u16(x, &y);
    ar_u8(x, &v->month);
    ar_u8(x, &v->day);
    ar_u8(x, &v->precision);
    v->year = (int16_t)y;
    if (!x->writing && v->precision != DATE_NONE) {
        bool good = v->precision <= DATE_DAY && y >= 1 && y <= 9999
                    && (v->precision < DATE_MONTH || (v->month >= 1 && v->month <= 12))
                    && (v->precision < DATE_DAY || (v->day >= 1 && v->day <= date_days_in_month(y, v->month)));
        if (!good) {
            x->bad = true;
            *v = (date){ 0 };
        }
    }
}

void ar_str(ar *x, str *v)
{
    uint32_t n = (uint32_t)v->n;
    CHECK(!x->writing || n == v->n);
    ar_u32(x, &n);
    if (x->writing) {
        buf_add(x->out, *v);
        return;
    }
    if (x->bad || n > x->in.n) {
        x->bad = true;
        *v = (str){ "", 0 };
        return;
    }
    *v = str_head(x->in, n);
    x->in = str_from(x->in, n);
}

void ar_tag(ar *x, uint32_t tag)
{
    uint32_t v = tag;
    ar_u32(x, &v);
    if (v != tag) {
        x->bad = true;
    }
}

void ar_count(ar *x, uint32_t *count, void **at, size_t each, size_t least_bytes)
{
    CHECK(least_bytes >= 1);
    ar_u32(x, count);
    if (x->writing) {
        return;
    }
    *at = NULL;
    if (x->bad || *count > x->in.n / least_bytes) {
        x->bad = true;
        *count = 0;
        return;
    }
    if (*count > 0) {
        *at = arena_array(x->a, *count, each);
    }
}
