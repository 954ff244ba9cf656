/* SPDX-License-Identifier: Apache-2.0 */
/* Strings are UTF-8; positions and lengths count characters, not bytes. */
#include "cql/run.h"

#include <utf8proc.h>

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

static int64_t characters(str s)
{
    int64_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        n += starts_character(s.p[i]);
    }
    return n;
}

/* The byte at which character number `at` begins; the end of s for the one past the last. */
static size_t byte_of(str s, int64_t at)
{
    for (size_t i = 0; i < s.n; i++) {
        if (starts_character(s.p[i]) && at-- == 0) {
            return i;
        }
    }
    return s.n;
}

static cql_value join(run *r, str a, str b)
{
    char *p = arena_alloc(r->a, size_add(r->a, a.n, b.n));
    if (a.n) {
        memcpy(p, a.p, a.n);
    }
    if (b.n) {
        memcpy(p + a.n, b.p, b.n);
    }
    return cql_string((str){ p, a.n + b.n });
}

OP_FN(op_concatenate)
{
    return join(r, value_str(v[0]), value_str(v[1]));
}

OP_FN(op_combine)
{
    str between = v[1].kind == CQL_STRING ? value_str(v[1]) : STR("");
    buf out = buf_make(r->a, BUF_MAX_DEFAULT);
    bool any = false;
    for (uint32_t i = 0; i < v[0].n; i++) {
        if (v[0].as.list[i].kind == CQL_STRING) {
            buf_add(&out, any ? between : STR(""));
            buf_add(&out, value_str(v[0].as.list[i]));
            any = true;
        }
    }
    return any ? cql_string(buf_str(&out)) : cql_null();
}

OP_FN(op_split)
{
    value_vec parts = { 0 };
    str rest = value_str(v[0]), separator = v[1].kind == CQL_STRING ? value_str(v[1]) : STR("");
    for (ptrdiff_t at = separator.n ? str_find(rest, separator) : -1; at >= 0; at = str_find(rest, separator)) {
        *VEC_PUSH(r->a, &parts) = cql_string(str_head(rest, (size_t)at));
        rest = str_from(rest, (size_t)at + separator.n);
    }
    *VEC_PUSH(r->a, &parts) = cql_string(rest);
    return value_of_vec(&parts);
}

OP_FN(op_length)
{
    if (v[0].kind == CQL_STRING) {
        return cql_integer((int32_t)characters(value_str(v[0])));
    }
    bool of_list = v[0].kind == CQL_LIST || arg_of_list(r, n, 0);
    return of_list ? cql_integer(v[0].kind == CQL_LIST ? (int32_t)v[0].n : 0) : cql_null();
}

/* Character by character, as Unicode maps one to one: no language is known, so that every machine gives the same. */
static cql_value recased(run *r, str s, utf8proc_int32_t (*map)(utf8proc_int32_t))
{
    buf out = buf_make(r->a, BUF_MAX_DEFAULT);
    while (s.n > 0) {
        utf8proc_int32_t c;
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t read = utf8proc_iterate((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, &c);
        if (read <= 0) { /* no UTF-8: as it is */
            buf_char(&out, s.p[0]);
            s = str_from(s, 1);
            continue;
        }
        utf8proc_ssize_t written = utf8proc_encode_char(map(c), bytes);
        buf_add(&out, (str){ (const char *)bytes, (size_t)written });
        s = str_from(s, (size_t)read);
    }
    return cql_string(buf_str(&out));
}

OP_FN(op_upper)
{
    return recased(r, value_str(v[0]), utf8proc_toupper);
}
OP_FN(op_lower)
{
    return recased(r, value_str(v[0]), utf8proc_tolower);
}

OP_FN(op_to_chars)
{
    value_vec out = { 0 };
    str s = value_str(v[0]);
    for (size_t from = 0; from < s.n;) {
        size_t to = from + 1;
        while (to < s.n && !starts_character(s.p[to])) {
            to++;
        }
        *VEC_PUSH(r->a, &out) = cql_string((str){ s.p + from, to - from });
        from = to;
    }
    return value_of_vec(&out);
}

OP_FN(op_substring)
{
    if (v[0].kind != CQL_STRING || v[1].kind != CQL_INTEGER || value_is_range(v[1])) {
        return cql_null();
    }
    str s = value_str(v[0]);
    int64_t from = v[1].as.i;
    if (from < 0 || (from > 0 && from >= characters(s))) {
        return cql_null();
    }
    size_t start = byte_of(s, from), end = s.n;
    if (value_is_range(v[2])) {
        return cql_null();
    }
    if (v[2].kind == CQL_INTEGER) {
        end = v[2].as.i > 0 ? byte_of(s, from + v[2].as.i) : start;
    }
    return cql_string((str){ s.p + start, end - start });
}

OP_FN(op_starts_with)
{
    return cql_boolean(str_starts(value_str(v[0]), value_str(v[1])));
}
OP_FN(op_ends_with)
{
    return cql_boolean(str_ends(value_str(v[0]), value_str(v[1])));
}

OP_FN(op_position_of)
{
    str s = value_str(v[1]);
    ptrdiff_t at = str_find(s, value_str(v[0]));
    return cql_integer(at < 0 ? -1 : (int32_t)characters(str_head(s, (size_t)at)));
}

OP_FN(op_last_position_of)
{
    str s = value_str(v[1]), pattern = value_str(v[0]);
    for (size_t i = pattern.n <= s.n ? s.n - pattern.n + 1 : 0; i > 0; i--) {
        if (starts_character(i - 1 < s.n ? s.p[i - 1] : 'a') && str_starts(str_from(s, i - 1), pattern)) {
            return cql_integer((int32_t)characters(str_head(s, i - 1)));
        }
    }
    return cql_integer(-1);
}

OP_FN(op_indexer)
{
    if (v[1].kind != CQL_INTEGER || value_is_range(v[1]) || v[1].as.i < 0) {
        return cql_null();
    }
    if (v[0].kind == CQL_LIST) {
        return v[1].as.i < v[0].n ? v[0].as.list[v[1].as.i] : cql_null();
    }
    str s = value_str(v[0]);
    if (v[0].kind != CQL_STRING || v[1].as.i >= characters(s)) {
        return cql_null();
    }
    size_t start = byte_of(s, v[1].as.i), end = byte_of(s, v[1].as.i + 1);
    return cql_string((str){ s.p + start, end - start });
}
