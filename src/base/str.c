/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

int str_cmp(str a, str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int r = n == 0 ? 0 : memcmp(a.p, b.p, n);
    if (r != 0) {
        return r < 0 ? -1 : 1;
    }
    return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

bool str_eq_nocase(str a, str b)
{
    return a.n == b.n && str_find_nocase(a, b) == 0;
}

ptrdiff_t str_find(str hay, str needle)
{
    if (needle.n == 0) {
        return 0;
    }
    for (size_t i = 0; i + needle.n <= hay.n; i++) {
        const char *p = memchr(hay.p + i, needle.p[0], hay.n - needle.n - i + 1);
        if (!p) {
            return -1;
        }
        i = (size_t)(p - hay.p);
        if (memcmp(p, needle.p, needle.n) == 0) {
            return p - hay.p;
        }
    }
    return -1;
}

ptrdiff_t str_find_nocase(str hay, str needle)
{
    for (size_t i = 0; i + needle.n <= hay.n; i++) {
        size_t k = 0;
        while (k < needle.n && lower(hay.p[i + k]) == lower(needle.p[k])) {
            k++;
        }
        if (k == needle.n) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

ptrdiff_t str_find_char(str hay, char c)
{
    const char *p = hay.n == 0 ? NULL : memchr(hay.p, c, hay.n);
    return p ? p - hay.p : -1;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

str str_trim(str a)
{
    while (a.n > 0 && is_space(a.p[0])) {
        a.p++;
        a.n--;
    }
    while (a.n > 0 && is_space(a.p[a.n - 1])) {
        a.n--;
    }
    return a;
}

bool str_to_i64(str a, int64_t *out)
{
    size_t i = 0;
    bool negative = a.n > 0 && a.p[0] == '-';
    if (negative || (a.n > 0 && a.p[0] == '+')) {
        i = 1;
    }
    if (i == a.n) {
        return false;
    }
    int64_t v = 0;   /* kept negative, so that INT64_MIN fits */
    for (; i < a.n; i++) {
        if (a.p[i] < '0' || a.p[i] > '9' || __builtin_mul_overflow(v, 10, &v)
            || __builtin_sub_overflow(v, a.p[i] - '0', &v)) {
            return false;
        }
    }
    if (!negative && __builtin_sub_overflow((int64_t)0, v, &v)) {
        return false;
    }
    *out = v;
    return true;
}

uint64_t hash_join(uint64_t a, uint64_t b)
{
    uint64_t h = a ^ (b + 0x9e3779b97f4a7c15u + (a << 6) + (a >> 2));
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    return h ^ (h >> 29);
}

uint64_t str_hash(str a)
{
    uint64_t h = 0xcbf29ce484222325u ^ a.n;   /* FNV-1a, then mixed so that the low bits are good */
    for (size_t i = 0; i < a.n; i++) {
        h = (h ^ (unsigned char)a.p[i]) * 0x100000001b3u;
    }
    return hash_join(h, a.n);
}

bool str_cut(str *rest, char c, str *field)
{
    if (!rest->p) {
        return false;
    }
    ptrdiff_t at = str_find_char(*rest, c);
    if (at < 0) {
        *field = *rest;
        *rest = (str){ NULL, 0 };
    } else {
        *field = str_head(*rest, (size_t)at);
        *rest = str_from(*rest, (size_t)at + 1);
    }
    return true;
}
