/* Builds the tree from the token positions of json_scan.h: one loop, no recursion, the open container is the parent.
 * The input is copied into the arena once; strings and numbers are slices of that copy, escapes are decoded in place
 * (decoded text is never longer). The scan frees its own memory, so the loop runs under a guard of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"
#include "json/json_scan.h"

typedef struct reading {
    const char *name;
    const char *bytes; /* as given, for places in errors */
    size_t n;
    json_scan scan;
    char *copy;
    json *root;
    size_t next_line_end; /* the first line end not yet counted */
    uint32_t line;
    uint32_t depth, depth_max;
} reading;

static nl_status bad_as(const reading *r, nl_status code, nl_error *err, size_t at, const char *what)
{
    uint32_t line = 1;
    size_t begin = 0;
    for (size_t i = 0; i < at && i < r->n; i++) {
        if (r->bytes[i] == '\n') {
            line++;
            begin = i + 1;
        }
    }
    size_t column = at - begin + 1;
    return fail_at(err, code, r->name, line, column > UINT32_MAX ? UINT32_MAX : (uint32_t)column, "%s", what);
}

static nl_status bad(const reading *r, nl_error *err, size_t at, const char *what)
{
    return bad_as(r, NL_E_SYNTAX, err, at, what);
}

static void count_lines(reading *r, size_t at)
{
    while (r->next_line_end < at) {
        r->line++;
        size_t from = r->next_line_end + 1;
        const char *end = from < r->n ? memchr(r->bytes + from, '\n', r->n - from) : NULL;
        r->next_line_end = end ? (size_t)(end - r->bytes) : r->n;
    }
}

static bool ends_token(const reading *r, size_t at)
{
    return at >= r->n || str_find_char(STR(" \t\r\n,:]}[{"), r->bytes[at]) >= 0;
}

/* ---- strings ---- */

static int hex4(const char *p, size_t left)
{
    int v = 0;
    if (left < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int d = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (d < 0) {
            return -1;
        }
        v = v * 16 + d;
    }
    return v;
}

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | (c >> 6));
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | (c >> 12));
        out[1] = (char)(0x80 | ((c >> 6) & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (c >> 18));
    out[1] = (char)(0x80 | ((c >> 12) & 0x3F));
    out[2] = (char)(0x80 | ((c >> 6) & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static char simple_escape(char c)
{
    switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
    }
}

/* Decodes \uXXXX at p[i] (the u), a surrogate pair included. Gives the bytes read after the backslash, 0 when wrong. */
static size_t unicode_escape(const char *p, size_t left, uint32_t *c, const char **what)
{
    int first = left > 0 ? hex4(p + 1, left - 1) : -1;
    if (first < 0) {
        *what = "\\u is not followed by four hexadecimal digits";
        return 0;
    }
    *c = (uint32_t)first;
    if (first < 0xD800 || first > 0xDFFF) {
        return 5;
    }
    int second = first < 0xDC00 && left >= 11 && p[5] == '\\' && p[6] == 'u' ? hex4(p + 7, left - 7) : -1;
    if (second < 0xDC00 || second > 0xDFFF) {
        *what = "half of a surrogate pair stands alone";
        return 0;
    }
    *c = 0x10000u + (((uint32_t)first - 0xD800u) << 10) + ((uint32_t)second - 0xDC00u);
    return 11;
}

/* Decodes the escapes of text, which ends at end, in place. */
static nl_status decode(reading *r, char *text, const char *end, size_t *n, nl_error *err)
{
    char *to = text;
    for (const char *from = text; from < end;) {
        if (*from != '\\') {
            *to++ = *from++;
            continue;
        }
        size_t left = (size_t)(end - from) - 1;
        char c = left > 0 ? simple_escape(from[1]) : 0;
        if (c != 0) {
            *to++ = c;
            from += 2;
            continue;
        }
        const char *what = "a backslash is followed by something that is not an escape";
        uint32_t code = 0;
        size_t read = left > 0 && from[1] == 'u' ? unicode_escape(from + 1, left, &code, &what) : 0;
        if (read == 0) {
            return bad(r, err, (size_t)(from - r->copy), what);
        }
        to += put_utf8(to, code);
        from += 1 + read;
    }
    *n = (size_t)(to - text);
    return NL_OK;
}

/* The string whose opening quote is at `at`; *end is past its closing quote. */
static nl_status read_string(reading *r, size_t at, str *out, size_t *end, nl_error *err)
{
    char *begin = r->copy + at + 1;
    const char *limit = r->copy + r->n, *p = memchr(begin, '"', (size_t)(limit - begin));
    bool escaped = p && memchr(begin, '\\', (size_t)(p - begin));
    if (escaped) { /* the quote found may be an escaped one */
        for (p = begin; p < limit && *p != '"'; p++) {
            p += *p == '\\' ? 1 : 0;
        }
    }
    if (!p || p >= limit) {
        return bad(r, err, at, "a string has no end");
    }
    *out = (str){ begin, (size_t)(p - begin) };
    *end = (size_t)(p - r->copy) + 1;
    return escaped ? decode(r, begin, p, &out->n, err) : NL_OK;
}

/* ---- numbers and words ---- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t skip_digits(const char *p, size_t at, size_t n)
{
    while (at < n && is_digit(p[at])) {
        at++;
    }
    return at;
}

/* The end of the number that begins at `at`, or 0 when it is not a JSON number. */
static size_t number_end(const char *p, size_t at, size_t n)
{
    size_t i = p[at] == '-' ? at + 1 : at;
    size_t whole = skip_digits(p, i, n);
    if (whole == i || (p[i] == '0' && whole > i + 1)) {
        return 0;
    }
    i = whole;
    if (i < n && p[i] == '.') {
        size_t fraction = skip_digits(p, i + 1, n);
        if (fraction == i + 1) {
            return 0;
        }
        i = fraction;
    }
    if (i < n && (p[i] == 'e' || p[i] == 'E')) {
        bool sign = i + 1 < n && (p[i + 1] == '+' || p[i + 1] == '-');
        i += sign ? 2 : 1;
        size_t exponent = skip_digits(p, i, n);
        if (exponent == i) {
            return 0;
        }
        i = exponent;
    }
    return i;
}

static nl_status read_scalar(reading *r, size_t at, json *n, nl_error *err)
{
    static const struct {
        str word;
        json_type type;
    } words[] = {
        { STR_INIT("true"), JSON_TRUE },
        { STR_INIT("false"), JSON_FALSE },
        { STR_INIT("null"), JSON_NULL },
    };
    const char *p = r->copy;
    str rest = { p + at, r->n - at };
    if (p[at] == '-' || is_digit(p[at])) {
        size_t end = number_end(p, at, r->n);
        if (end == 0 || !ends_token(r, end)) {
            return bad(r, err, at, "this is not a number as JSON writes it");
        }
        n->type = JSON_NUMBER;
        n->text = str_head(rest, end - at);
        return NL_OK;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_starts(rest, words[i].word) && ends_token(r, at + words[i].word.n)) {
            n->type = (uint8_t)words[i].type;
            return NL_OK;
        }
    }
    return bad(r, err, at, "this is not a JSON value");
}

/* ---- the tree ---- */

static json *add_node(arena *a, reading *r, json *parent, str key)
{
    json *n = ARENA_NEW(a, json);
    n->key = key;
    n->line = r->line;
    n->parent = parent;
    if (!parent) {
        r->root = n;
    } else {
        if (parent->last) {
            parent->last->next = n;
        } else {
            parent->first = n;
        }
        parent->last = n;
        n->index = parent->count++;
    }
    return n;
}

static nl_status read_key(reading *r, uint32_t *i, str *key, nl_error *err)
{
    const uint32_t *at = r->scan.at;
    uint32_t count = r->scan.count;
    size_t end;
    if (*i >= count) {
        return bad(r, err, r->n, "the text ends inside an object");
    }
    if (r->bytes[at[*i]] != '"') {
        return bad(r, err, at[*i], "a member name in quotes is missing here");
    }
    TRY(read_string(r, at[*i], key, &end, err));
    *i += 1;
    if (*i >= count || r->bytes[at[*i]] != ':') {
        return bad(r, err, *i >= count ? r->n : at[*i], "a colon is missing after a member name");
    }
    *i += 1;
    return NL_OK;
}

/* Opens n as a container. Its first token decides whether it is empty. */
static nl_status open_container(reading *r, json *n, size_t at, nl_error *err)
{
    n->type = r->bytes[at] == '{' ? JSON_OBJECT : JSON_ARRAY;
    if (++r->depth > r->depth_max) {
        char what[96];
        snprintf(what, sizeof what, "nested more than %u levels deep", (unsigned)r->depth_max);
        return bad_as(r, NL_E_LIMIT, err, at, what);
    }
    return NL_OK;
}

/* One value, whose first token is *i. *open becomes n when n is a container that now awaits its members. */
static nl_status read_value(arena *a, reading *r, json **open, uint32_t *i, nl_error *err)
{
    str key = { "", 0 };
    if (json_is(*open, JSON_OBJECT)) {
        TRY(read_key(r, i, &key, err));
    }
    if (*i >= r->scan.count) {
        return bad(r, err, r->n, "the text ends where a value should stand");
    }
    size_t at = r->scan.at[*i], end;
    count_lines(r, at);
    char c = r->bytes[at];
    if (c == '}' || c == ']' || c == ',' || c == ':') {
        return bad(r, err, at, "a value is missing here");
    }
    json *n = add_node(a, r, *open, key);
    *i += 1;
    if (c == '{' || c == '[') {
        *open = n;
        return open_container(r, n, at, err);
    }
    if (c == '"') {
        n->type = JSON_STRING;
        return read_string(r, at, &n->text, &end, err);
    }
    return read_scalar(r, at, n, err);
}

/* After a value or an opening: closes what closes, and steps over the comma before the next value. *more: a value
 * follows. */
static nl_status read_between(reading *r, json **open, uint32_t *i, bool *more, nl_error *err)
{
    bool fresh = *open && !(*open)->first;
    for (; *open; *i += 1, fresh = false) {
        bool object = (*open)->type == JSON_OBJECT;
        if (*i >= r->scan.count) {
            return bad(r, err, r->n, object ? "the text ends inside an object" : "the text ends inside an array");
        }
        size_t at = r->scan.at[*i];
        char c = r->bytes[at];
        if (c == (object ? '}' : ']')) {
            *open = (*open)->parent;
            r->depth--;
            continue;
        }
        if (fresh) {
            break;
        }
        if (c != ',') {
            return bad(r, err, at, object ? "a comma or } is missing here" : "a comma or ] is missing here");
        }
        *i += 1;
        *more = true;
        return NL_OK;
    }
    *more = *open != NULL;
    return NL_OK;
}

static nl_status build(arena *a, void *arg, nl_error *err)
{
    reading *r = arg;
    r->copy = arena_alloc(a, r->n);
    memcpy(r->copy, r->bytes, r->n);
    const char *end = memchr(r->bytes, '\n', r->n);
    r->next_line_end = end ? (size_t)(end - r->bytes) : r->n;
    json *open = NULL;
    uint32_t i = 0;
    for (bool more = true; more;) {
        TRY(read_value(a, r, &open, &i, err));
        TRY(read_between(r, &open, &i, &more, err));
    }
    return i < r->scan.count ? bad(r, err, r->scan.at[i], "something stands after the end of the JSON value") : NL_OK;
}

/* ---- what the scan refused ---- */

/* The first byte that cannot be UTF-8. Only reached when the scan has said that there is one. */
static size_t not_utf8_at(const char *bytes, size_t n)
{
    const unsigned char *p = (const unsigned char *)bytes;
    for (size_t i = 0; i < n;) {
        unsigned char c = p[i];
        size_t more = c < 0x80                ? 0
                      : c >= 0xC2 && c < 0xE0 ? 1
                      : c >= 0xE0 && c < 0xF0 ? 2
                      : c >= 0xF0 && c < 0xF5 ? 3
                                              : 4;
        if (more == 4 || i + more >= n) {
            return i;
        }
        for (size_t k = 1; k <= more; k++) {
            unsigned char low = k > 1 ? 0x80 : c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
            unsigned char high = k > 1 ? 0xBF : c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
            if (p[i + k] < low || p[i + k] > high) {
                return i;
            }
        }
        i += more + 1;
    }
    return 0;
}

/* The opening quote of the string without an end, or the control byte inside a string. */
static size_t string_fault_at(const char *bytes, size_t n, bool control)
{
    size_t open = 0;
    bool inside = false;
    for (size_t i = 0; i < n; i++) {
        if (inside && bytes[i] == '\\') {
            i++;
        } else if (bytes[i] == '"') {
            inside = !inside;
            open = i;
        } else if (control && inside && (unsigned char)bytes[i] < 0x20) {
            return i;
        }
    }
    return open;
}

static nl_status refused(const reading *r, json_scan_result why, nl_error *err)
{
    switch (why) {
    case JSON_SCAN_OK: return NL_OK;
    case JSON_SCAN_EMPTY: return fail(err, NL_E_SYNTAX, r->name, "nothing is in it: JSON was expected");
    case JSON_SCAN_NOT_UTF8: return bad(r, err, not_utf8_at(r->bytes, r->n), "this is not UTF-8 text");
    case JSON_SCAN_CONTROL_BYTE:
        return bad(r, err, string_fault_at(r->bytes, r->n, true), "a control byte stands unescaped in a string");
    case JSON_SCAN_OPEN_STRING: return bad(r, err, string_fault_at(r->bytes, r->n, false), "a string has no end");
    case JSON_SCAN_TOO_LARGE: return fail(err, NL_E_LIMIT, r->name, "larger than 4 GB");
    case JSON_SCAN_NO_MEMORY: return fail(err, NL_E_LIMIT, r->name, "the machine has no more memory");
    case JSON_SCAN_FAILED: break;
    }
    return fail(err, NL_E_SYNTAX, r->name, "this is not JSON");
}

nl_status json_read(arena *a, const char *bytes, size_t n, const char *name, json **out, nl_error *err)
{
    CHECK(out != NULL);
    CHECK(bytes != NULL || n == 0);
    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) { /* a byte order mark, which Windows programs write */
        bytes += 3;
        n -= 3;
    }
    reading r = { .name = name, .bytes = bytes, .n = n, .line = 1, .depth_max = arena_limits(a)->depth_max };
    json_scan_result scanned = json_scan_new(bytes, n, &r.scan);
    nl_status s = scanned == JSON_SCAN_OK ? guard_run(a, build, &r, err) : refused(&r, scanned, err);
    json_scan_free(&r.scan);
    if (s != NL_OK) {
        if (err && err->where[0] == '\0') { /* a limit of the arena does not know what was being read */
            nl_error limit = *err;
            fail(err, s, name, "%s", limit.what);
        }
        return s;
    }
    *out = r.root;
    return NL_OK;
}
