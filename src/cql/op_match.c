/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions are those of PCRE2, over characters, case sensitive, a dot being any character. A pattern is part
 * of a program and may be anybody's: how much it may work is bounded, and passing the bound is an error. PCRE2's memory
 * is the arena's, so that leaving through a limit loses nothing. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "cql/run.h"

#include <pcre2.h>

enum { PATTERN_MAX = 10000, MATCH_STEPS = 1000000, MATCH_DEPTH = 1000, MATCH_KIB = 4096 };

static void *take(size_t bytes, void *a)
{
    return arena_alloc(a, bytes);
}

static void leave_be(void *p, void *a)
{
    (void)p;
    (void)a;
}

typedef struct matcher {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
} matcher;

static bool prepare(run *r, const node *n, str pattern, bool whole, matcher *m)
{
    pcre2_general_context *memory = pcre2_general_context_create(take, leave_be, r->a);
    pcre2_compile_context *how = pcre2_compile_context_create(memory);
    uint32_t options = PCRE2_UTF | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C |
                       (whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0);
    int error;
    size_t at;
    pcre2_set_max_pattern_length(how, PATTERN_MAX);
    m->code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, options, &error, &at, how);
    if (!m->code) {
        PCRE2_UCHAR why[120] = { 0 };
        pcre2_get_error_message(error, why, sizeof why);
        (void)run_fail(r, n, "'%.*s' is no regular expression: %s",
                       STR_ARG(str_head(pattern, pattern.n < 80 ? pattern.n : 80)), (const char *)why);
        return false;
    }
    m->data = pcre2_match_data_create_from_pattern(m->code, memory);
    m->limits = pcre2_match_context_create(memory);
    pcre2_set_match_limit(m->limits, MATCH_STEPS);
    pcre2_set_depth_limit(m->limits, MATCH_DEPTH);
    pcre2_set_heap_limit(m->limits, MATCH_KIB);
    return true;
}

static bool matches(run *r, const node *n, const matcher *m, str s, size_t from, uint32_t options)
{
    arena_step(r->a);
    int found = pcre2_match(m->code, (PCRE2_SPTR)s.p, s.n, from, options, m->data, m->limits);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH) {
        (void)run_fail(r, n, "the regular expression needs too much, or the text is no UTF-8");
    }
    return found >= 0;
}

/* The whole text has to match, as the examples of the Author's Guide show. */
OP_FN(op_matches)
{
    matcher m;
    arena_mark mark = arena_get_mark(r->a);
    if (!prepare(r, n, value_str(v[1]), true, &m)) {
        return cql_null();
    }
    bool found = matches(r, n, &m, value_str(v[0]), 0, 0);
    if (r->error) {
        return cql_null();
    }
    arena_rewind(r->a, mark);
    return cql_boolean(found);
}

/* The number after a $, of as many digits as there are groups for. 0: the whole match. */
static bool group_number(str *rest, uint32_t groups, uint32_t *out)
{
    uint32_t number = 0, digits = 0;
    while (rest->n > 0 && rest->p[0] >= '0' && rest->p[0] <= '9') {
        uint32_t longer = number * 10 + (uint32_t)(rest->p[0] - '0');
        if (longer > groups) {
            break;
        }
        number = longer;
        digits++;
        *rest = str_from(*rest, 1);
    }
    *out = number;
    return digits > 0;
}

/* $n is a group, a backslash takes the next character as it is. */
static void add_substitution(run *r, const node *n, buf *out, str substitution, str s, const matcher *m)
{
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(m->data);
    uint32_t group, groups = pcre2_get_ovector_count(m->data) - 1;
    while (substitution.n > 0) {
        char c = substitution.p[0];
        substitution = str_from(substitution, 1);
        if (c == '$') {
            if (!group_number(&substitution, groups, &group)) {
                (void)run_fail(r, n, "after $ there is no number of a group");
                return;
            }
            const PCRE2_SIZE *ends = &at[2 * (size_t)group];
            if (ends[0] != PCRE2_UNSET) {
                buf_add(out, (str){ s.p + ends[0], ends[1] - ends[0] });
            }
            continue;
        }
        if (c == '\\' && substitution.n > 0) {
            c = substitution.p[0];
            substitution = str_from(substitution, 1);
        }
        buf_char(out, c);
    }
}

static size_t next_character(str s, size_t at)
{
    at++;
    while (at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80) {
        at++;
    }
    return at;
}

OP_FN(op_replace_matches)
{
    str s = value_str(v[0]);
    matcher m;
    buf out = buf_make(r->a, BUF_MAX_DEFAULT);
    if (!prepare(r, n, value_str(v[1]), false, &m)) {
        return cql_null();
    }
    size_t done = 0, from = 0;
    while (from <= s.n && matches(r, n, &m, s, from, 0)) {
        const PCRE2_SIZE *at = pcre2_get_ovector_pointer(m.data);
        if (at[0] < done || at[1] < at[0]) {
            return run_fail(r, n, "the regular expression sets where its match begins (\\K)");
        }
        buf_add(&out, (str){ s.p + done, at[0] - done });
        add_substitution(r, n, &out, value_str(v[2]), s, &m);
        done = at[1];
        from = at[1] > at[0] ? at[1] : next_character(s, at[1]);
    }
    if (r->error) {
        return cql_null();
    }
    buf_add(&out, str_from(s, done));
    return cql_string(buf_str(&out));
}

OP_FN(op_split_on_matches)
{
    str s = value_str(v[0]);
    matcher m;
    value_vec parts = { 0 };
    if (!prepare(r, n, value_str(v[1]), false, &m)) {
        return cql_null();
    }
    size_t done = 0, from = 0;
    while (from <= s.n && matches(r, n, &m, s, from, 0)) {
        const PCRE2_SIZE *at = pcre2_get_ovector_pointer(m.data);
        if (at[0] < done || at[1] < at[0]) {
            return run_fail(r, n, "the regular expression sets where its match begins (\\K)");
        }
        bool empty = at[1] == at[0]; /* cuts between two characters, not before the first or after the last */
        if (!empty || (at[0] > done && at[0] < s.n)) {
            *VEC_PUSH(r->a, &parts) = cql_string((str){ s.p + done, at[0] - done });
            done = at[1];
        }
        from = empty ? next_character(s, at[1]) : at[1];
    }
    if (r->error) {
        return cql_null();
    }
    *VEC_PUSH(r->a, &parts) = cql_string(str_from(s, done));
    return value_of_vec(&parts);
}
