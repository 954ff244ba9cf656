/* Inputs into resources: a Bundle, an array, one resource or lines of these; and what is done to a record once it is
 * closed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "record/record.h"

#include <stdarg.h>
#include <stdio.h>

#include "record/parts.h"

enum { BAD_LINES_SHOWN = 50, ODD_SHOWN = 200, TEXT_MAX = 1000 };

record *record_make(arena *a)
{
    record *r = ARENA_NEW(a, record);
    r->a = a;
    return r;
}

arena *record_arena(const record *r) { return r->a; }

/* ---- findings ---- */

void record_finding(record *r, const char *code, const resource *about, const json *at, str text)
{
    *VEC_PUSH(r->a, &r->findings) = (finding){
        .code = str_of(code),
        .text = arena_str(r->a, text),
        .about = about,
        .at = at,
        .place = about ? about->place : (input_place){ 0 },
    };
}

str text_head(str text, size_t most)
{
    if (text.n <= most) {
        return text;
    }
    while (most > 0 && ((unsigned char)text.p[most] & 0xC0) == 0x80) {
        most--;
    }
    return str_head(text, most);
}

__attribute__((format(printf, 2, 0))) static str formatted(record *r, const char *format, va_list args)
{
    char text[TEXT_MAX + 4];
    int n = vsnprintf(text, sizeof text, format, args);
    CHECK(n >= 0);
    return arena_str(r->a, text_head((str){ text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1 }, TEXT_MAX));
}

void finding_about(record *r, const char *code, const resource *about, const json *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    record_finding(r, code, about, at, formatted(r, format, args));
    va_end(args);
}

void finding_at_place(record *r, const char *code, input_place place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    record_finding(r, code, NULL, NULL, formatted(r, format, args));
    va_end(args);
    r->findings.at[r->findings.count - 1].place = place;
}

size_t record_finding_count(const record *r) { return r->findings.count; }

const finding *record_finding_at(const record *r, size_t i)
{
    CHECK(i < r->findings.count);
    return &r->findings.at[i];
}

/* ---- resources out of what was read ---- */

static void odd(record *r, const input_place *place, const json *n, const char *code, const char *what)
{
    if (r->odd_count++ < ODD_SHOWN) {
        finding_at_place(r, code, *place, "%s.", what);
        r->findings.at[r->findings.count - 1].at = n;
    }
}

static void add_resource(record *r, const json *n, str full_url, const input_place *place)
{
    resource *x = ARENA_NEW(r->a, resource);
    x->root = n;
    x->type = json_get_text(n, "resourceType");
    x->id = json_get_text(n, "id");
    x->full_url = full_url;
    x->place = *place;
    *VEC_PUSH(r->a, &r->read) = x;
}

static void add_value(record *r, const json *n, str full_url, const input_place *place);

static void add_entry(record *r, const json *e, const input_place *place)
{
    const json *inner = json_get(e, "resource");
    if (inner) {
        add_value(r, inner, json_get_text(e, "fullUrl"), place);
    } else if (json_get(e, "resourceType")) {
        odd(r, place, e, "bare-entry",
            "A Bundle entry holds a resource directly instead of under \"resource\"; it was read");
        add_value(r, e, STR(""), place);
    } else if (!json_get(e, "request") && !json_get(e, "response") && !json_get(e, "link")) {
        odd(r, place, e, "not-a-resource", "A Bundle entry holds no resource");
    }
}

/* Recursion is bounded by the depth to which JSON is read. */
static void add_value(record *r, const json *n, str full_url, const input_place *place)
{
    if (json_is(n, JSON_ARRAY)) {
        for (const json *c = n->first; c; c = c->next) {
            add_value(r, c, STR(""), place);
        }
        return;
    }
    const json *type = json_get(n, "resourceType");
    if (!json_is(n, JSON_OBJECT)) {
        odd(r, place, n, "not-a-resource", "Something other than a resource stands where a resource should");
        return;
    }
    if (!json_is(type, JSON_STRING) || str_empty(type->text)) {
        odd(r, place, n, "no-resource-type",
            "An object without resourceType stands where a resource should; it was left out");
        return;
    }
    if (!str_is(type->text, "Bundle")) {
        add_resource(r, n, full_url, place);
        return;
    }
    const json *entries = json_get(n, "entry");
    if (entries && !json_is(entries, JSON_ARRAY)) {
        odd(r, place, entries, "not-a-list", "The entries of a Bundle are not a list; they were read as one");
        add_entry(r, entries, place);
        return;
    }
    for (const json *e = entries ? entries->first : NULL; e; e = e->next) {
        add_entry(r, e, place);
    }
}

/* ---- one input ---- */

/* Cuts the next line off *rest; false when nothing is left. */
static bool next_line(str *rest, str *line, uint32_t *number)
{
    if (rest->n == 0) {
        return false;
    }
    const char *end = memchr(rest->p, '\n', rest->n);
    size_t n = end ? (size_t)(end - rest->p) : rest->n;
    *line = str_trim((str){ rest->p, n });
    *rest = str_from(*rest, end ? n + 1 : n);
    *number += 1;
    return true;
}

/* The first line that is not blank, when another follows it. */
static bool first_of_many(str bytes, str *first)
{
    uint32_t number = 0;
    *first = (str){ "", 0 };
    while (str_empty(*first)) {
        if (!next_line(&bytes, first, &number)) {
            return false;
        }
    }
    return !str_empty(str_trim(bytes));
}

static bool looks_like_lines(record *r, str bytes)
{
    str first;
    json *n;
    if (!first_of_many(bytes, &first) || first.p[0] != '{' || first.p[first.n - 1] != '}') {
        return false;
    }
    arena_mark mark = arena_get_mark(r->a);
    bool whole = json_read(r->a, first.p, first.n, "", &n, NULL) == NL_OK;
    arena_rewind(r->a, mark);
    return whole;
}

/* The input as a whole is not JSON: does some line hold a resource, so that only other lines are bad? */
static bool has_resource_line(record *r, str bytes)
{
    str first, line;
    uint32_t number = 0;
    if (!first_of_many(bytes, &first) || first.p[0] != '{' || first.p[first.n - 1] == '{') {
        return false;
    }
    bool found = false;
    while (!found && next_line(&bytes, &line, &number)) {
        if (line.n > 1 && line.p[0] == '{' && line.p[line.n - 1] == '}') {
            arena_mark mark = arena_get_mark(r->a);
            json *n;
            found = json_read(r->a, line.p, line.n, "", &n, NULL) == NL_OK && json_get(n, "resourceType");
            arena_rewind(r->a, mark);
        }
    }
    return found;
}

/* A limit met at a place of the text is the text's: it nests too deep. Memory and steps have no place, and end the reading. */
static bool has_place(const nl_error *e) { return e->column > 0; }

static nl_status read_lines(record *r, str name, uint32_t input, str bytes, nl_error *err)
{
    str line;
    uint32_t number = 0, bad = 0;
    char label[160];
    snprintf(label, sizeof label, "%.*s", STR_ARG(name));
    while (next_line(&bytes, &line, &number)) {
        json *n;
        nl_error fault = { 0 };
        if (str_empty(line)) {
            continue;
        }
        nl_status s = json_read(r->a, line.p, line.n, label, &n, &fault);
        if (s == NL_E_LIMIT && !has_place(&fault)) {
            return fail_at(err, s, label, number, fault.column, "%s", fault.what);
        }
        input_place place = { .input = input, .line = number, .root = s == NL_OK ? n : NULL };
        if (s == NL_OK) {
            add_value(r, n, STR(""), &place);
        } else if (++bad <= BAD_LINES_SHOWN) {
            finding_at_place(r, "bad-line", place, "Line %u of %s cannot be read and was left out: %s (column %u).",
                             (unsigned)number, label, fault.what, (unsigned)fault.column);
        }
    }
    if (bad > BAD_LINES_SHOWN) {
        finding_at_place(r, "bad-line", (input_place){ .input = input }, "%u more lines of %s cannot be read.",
                         (unsigned)(bad - BAD_LINES_SHOWN), label);
    }
    return NL_OK;
}

static nl_status read_whole(record *r, const char *label, uint32_t input, json *n, nl_error *err)
{
    input_place place = { .input = input, .root = n };
    size_t before = r->read.count;
    bool entries = json_is(n, JSON_OBJECT) && !json_get(n, "resourceType") && json_is(json_get(n, "entry"), JSON_ARRAY);
    if (entries) {
        odd(r, &place, n, "no-resource-type",
            "A Bundle does not say that it is one (no resourceType); it was read as a Bundle");
        for (const json *e = json_get(n, "entry")->first; e; e = e->next) {
            add_entry(r, e, &place);
        }
    } else if (json_is(n, JSON_OBJECT) && !json_is(json_get(n, "resourceType"), JSON_STRING)) {
        return fail(err, NL_E_MODEL, label, "this is JSON but not FHIR: the object has no resourceType");
    } else if (!json_is(n, JSON_OBJECT) && !json_is(n, JSON_ARRAY)) {
        return fail(err, NL_E_MODEL, label,
                    "this is JSON but not FHIR: a resource, a Bundle or a list of resources was expected");
    } else {
        add_value(r, n, STR(""), &place);
    }
    if (json_is(n, JSON_ARRAY) && n->first && r->read.count == before) {
        return fail(err, NL_E_MODEL, label, "this is JSON but not FHIR: nothing in the list has a resourceType");
    }
    return NL_OK;
}

nl_status record_read(record *r, str name, const char *bytes, size_t n, nl_error *err)
{
    CHECK(!r->closed);
    uint32_t input = (uint32_t)r->inputs.count;
    *VEC_PUSH(r->a, &r->inputs) = arena_str(r->a, name);
    char label[160];
    snprintf(label, sizeof label, "%.*s", STR_ARG(name));
    str text = { bytes, n };
    if (str_starts(text, STR("\xEF\xBB\xBF"))) {
        text = str_from(text, 3);
    }
    if (looks_like_lines(r, text)) {
        return read_lines(r, name, input, text, err);
    }
    json *root;
    nl_error fault = { 0 };
    nl_status s = json_read(r->a, text.p, text.n, label, &root, &fault);
    if (s == NL_OK) {
        return read_whole(r, label, input, root, err);
    }
    if ((s == NL_E_SYNTAX || (s == NL_E_LIMIT && has_place(&fault))) && has_resource_line(r, text)) {
        return read_lines(r, name, input, text, err);
    }
    if (err) {
        *err = fault;
    }
    return s;
}

nl_status record_close(record *r, str patient_id, nl_error *err)
{
    CHECK(!r->closed);
    if (r->odd_count > ODD_SHOWN) {
        finding_at_place(r, "not-a-resource", (input_place){ 0 }, "%zu more places of the input are odd in these ways.",
                         r->odd_count - ODD_SHOWN);
    }
    TRY(settle(r, patient_id, err));
    r->closed = true;
    return NL_OK;
}

/* ---- the closed record ---- */

const resource *record_patient(const record *r) { return r->patient; }
size_t record_count(const record *r) { return r->rows.count; }

str record_input_name(const record *r, uint32_t input)
{
    return input < r->inputs.count ? r->inputs.at[input] : STR("");
}

const resource *record_at(const record *r, size_t i)
{
    CHECK(i < r->rows.count);
    return r->rows.at[i];
}

str record_pointer(const record *r, const json *n)
{
    const json *root = n;
    while (root && root->parent) {
        root = root->parent;
    }
    return json_pointer(r->a, root, n);
}

const resource *record_append(record *r, json *root, date when, const json *const *sources, uint32_t source_count)
{
    CHECK(r->closed);
    CHECK(!str_empty(json_get_text(root, "resourceType")));
    resource *x = ARENA_NEW(r->a, resource);
    x->root = root;
    x->type = json_get_text(root, "resourceType");
    x->id = json_get_text(root, "id");
    x->full_url = STR("");
    x->place = (input_place){ .input = UINT32_MAX, .root = root };
    x->when = when;
    x->derived = true;
    x->source_count = source_count;
    x->sources = ARENA_ARRAY(r->a, source_count, const json *);
    for (uint32_t i = 0; i < source_count; i++) {
        x->sources[i] = sources[i];
    }
    x->row = (uint32_t)r->rows.count;
    *VEC_PUSH(r->a, &r->rows) = x;
    index_references(r, x);
    index_add(r, x);
    return x;
}

void record_as_written(record *r)
{
    CHECK(!r->closed);
    r->as_written = true;
}

void record_hide(record *r, const resource *x, bool hidden)
{
    resource *own = table_get(&r->roots, (table_key){ .address = x->root });
    CHECK(own == x);
    hidden = hidden || own->withdrawn;
    if (own->hidden != hidden) {
        own->hidden = hidden;
        index_changed(r, own);
    }
}

size_t record_derived_count(const record *r) { return r->rows.count - r->original_count; }

void record_truncate(record *r, size_t keep)
{
    CHECK(keep <= record_derived_count(r));
    while (record_derived_count(r) > keep) {
        index_remove_last(r, r->rows.at[r->rows.count - 1]);
        r->rows.count--;
    }
}
