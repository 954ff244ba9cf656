/* str.h -- slices of UTF-8 text. A str borrows its bytes; whoever owns the arena or buffer owns them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <nextline/types.h>
#include <stdint.h>
#include <string.h>

typedef nl_str str;

#define STR(literal) ((str){ "" literal, sizeof(literal) - 1 })   /* a literal; also fits static initialisers as STR_INIT */
#define STR_INIT(literal) { "" literal, sizeof(literal) - 1 }
#define STR_ARG(s) (int)(s).n, (s).p                              /* for "%.*s" */

static inline str str_of(const char *z) { return (str){ z, z ? strlen(z) : 0 }; }
/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): p is never NULL when n > 0 */
static inline bool str_eq(str a, str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }
static inline bool str_is(str a, const char *z) { return str_eq(a, str_of(z)); }
static inline bool str_empty(str a) { return a.n == 0; }
static inline bool str_starts(str a, str prefix) { return a.n >= prefix.n && (prefix.n == 0 || memcmp(a.p, prefix.p, prefix.n) == 0); }
static inline bool str_ends(str a, str suffix)
{
    return a.n >= suffix.n && (suffix.n == 0 || memcmp(a.p + a.n - suffix.n, suffix.p, suffix.n) == 0);
}
static inline str str_from(str a, size_t at) { return at >= a.n ? (str){ a.p + a.n, 0 } : (str){ a.p + at, a.n - at }; }
static inline str str_head(str a, size_t n) { return n >= a.n ? a : (str){ a.p, n }; }

int      str_cmp(str a, str b);                  /* by bytes, as memcmp; a prefix sorts first */
bool     str_eq_nocase(str a, str b);            /* ASCII letters only */
ptrdiff_t str_find(str hay, str needle);         /* -1 when absent; an empty needle is found at 0 */
ptrdiff_t str_find_nocase(str hay, str needle);  /* ASCII letters only */
ptrdiff_t str_find_char(str hay, char c);
str      str_trim(str a);                        /* ASCII white space off both ends */
bool     str_to_i64(str a, int64_t *out);        /* the whole text is one decimal integer that fits; else false and *out untouched */
uint64_t str_hash(str a);                        /* 64-bit, the same on every machine and run; not for hostile keys in big tables */
uint64_t hash_join(uint64_t a, uint64_t b);
/* Cuts the next field off *rest at separator c; false when *rest was exhausted (p == NULL) before the call. */
bool     str_cut(str *rest, char c, str *field);

#endif
