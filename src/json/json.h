/* json.h -- our own element tree: what JSON and YAML are read into and what is written out.
 * Nodes live in an arena and are read-only once their reader returns. Numbers keep their digits as written; strings are
 * decoded UTF-8. A node knows its parent, so a JSON Pointer can be given for any of them at no cost while reading. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include "base/arena.h"
#include "base/buf.h"

typedef enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } json_type;

typedef struct json json;
struct json {
    str      key;      /* member name; empty in an array or at the root */
    str      text;     /* of a string or a number                       */
    json    *parent, *first, *last, *next;
    uint32_t count;    /* children                                      */
    uint32_t line;     /* 1-based where the reader knows it, else 0     */
    uint32_t index;    /* place among its siblings                      */
    uint8_t  type;     /* json_type                                     */
};

/* ---- reading ---- nothing past bytes + n is read; the tree copies what it keeps. A byte order mark is stepped over.
 * NL_E_SYNTAX with line and column for what is not JSON. Depth is the arena's. Duplicate members are kept, in order. */
NL_MUST nl_status json_read(arena *a, const char *bytes, size_t n, const char *name, json **out, nl_error *err);

/* ---- looking ---- all accept NULL and answer NULL, "" or 0 */
const json *json_find(const json *object, str key);           /* the first member of that name */
const json *json_get(const json *object, const char *key);
const json *json_at(const json *array, size_t i);             /* O(i): iterate first/next instead */
const json *json_path(const json *n, const char *path);       /* "code.coding.0.code": members and indices */
static inline bool json_is(const json *n, json_type t) { return n && n->type == (uint8_t)t; }
str  json_text(const json *n);                                /* of a string or number, else "" */
str  json_get_text(const json *object, const char *key);
bool json_bool(const json *n, bool otherwise);
/* Numbers by digits; members in any order, those of one name in theirs. a: for scratch, given back. */
bool json_equal(arena *a, const json *x, const json *y);
/* RFC 6901 pointer of n below root ("" for root itself); root must be an ancestor of n or n. */
str  json_pointer(arena *a, const json *root, const json *n);
const json *json_resolve(const json *root, str pointer);      /* NULL when it points at nothing */

/* ---- building ---- */
json *json_new(arena *a, json_type t);
json *json_string(arena *a, str s);             /* borrows s */
json *json_number(arena *a, str digits);        /* borrows; the caller gives valid JSON digits */
json *json_integer(arena *a, int64_t v);
json *json_boolean(arena *a, bool v);
json *json_put(json *object, const char *literal_key, json *child);   /* appends; returns child. child has no parent yet */
json *json_put_key(json *object, str key, json *child);
json *json_push(json *array, json *child);
json *json_copy(arena *a, const json *n);       /* deep; strings borrowed */

/* ---- writing ---- */
typedef enum json_style { JSON_COMPACT, JSON_PRETTY } json_style;   /* pretty: two spaces, one member a line */
void json_write(buf *out, const json *n, json_style style);

#endif
