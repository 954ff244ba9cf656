/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

#include <stdlib.h>

static const str nothing = STR_INIT("");

/* ---- looking ---- */

const json *json_find(const json *object, str key)
{
    if (!json_is(object, JSON_OBJECT)) {
        return NULL;
    }
    for (const json *n = object->first; n; n = n->next) {
        if (str_eq(n->key, key)) {
            return n;
        }
    }
    return NULL;
}

const json *json_get(const json *object, const char *key) { return json_find(object, str_of(key)); }

const json *json_at(const json *array, size_t i)
{
    if (!json_is(array, JSON_ARRAY) || i >= array->count) {
        return NULL;
    }
    const json *n = array->first;
    for (; i > 0; i--) {
        n = n->next;
    }
    return n;
}

static const json *step(const json *n, str name)
{
    int64_t index;
    if (json_is(n, JSON_ARRAY)) {
        return str_to_i64(name, &index) && index >= 0 ? json_at(n, (size_t)index) : NULL;
    }
    return json_find(n, name);
}

const json *json_path(const json *n, const char *path)
{
    str rest = str_of(path), name;
    while (n && str_cut(&rest, '.', &name)) {
        n = step(n, name);
    }
    return n;
}

str json_text(const json *n) { return json_is(n, JSON_STRING) || json_is(n, JSON_NUMBER) ? n->text : nothing; }
str json_get_text(const json *object, const char *key) { return json_text(json_get(object, key)); }

bool json_bool(const json *n, bool otherwise)
{
    return json_is(n, JSON_TRUE) ? true : json_is(n, JSON_FALSE) ? false : otherwise;
}

static int by_key(const void *x, const void *y)
{
    const json *a = *(const json *const *)x, *b = *(const json *const *)y;
    int order = str_cmp(a->key, b->key);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

/* The members from n on, by name; those of one name in the order they stand in. */
static const json **sorted_members(arena *a, const json *n, size_t count)
{
    const json **members = ARENA_ARRAY(a, count, const json *);
    for (size_t i = 0; n; n = n->next) {
        members[i++] = n;
    }
    qsort(members, count, sizeof members[0], by_key);
    return members;
}

static bool equal_members(arena *a, const json *x, const json *y)
{
    for (; x && str_eq(x->key, y->key); x = x->next, y = y->next) {
        if (!json_equal(a, x, y)) {
            return false;
        }
    }
    if (!x) {
        return true;
    }
    arena_mark mark = arena_get_mark(a);
    size_t count = x->parent->count - x->index;
    const json **of_x = sorted_members(a, x, count), **of_y = sorted_members(a, y, count);
    bool equal = true;
    for (size_t i = 0; i < count && equal; i++) {
        equal = str_eq(of_x[i]->key, of_y[i]->key) && json_equal(a, of_x[i], of_y[i]);
    }
    arena_rewind(a, mark);
    return equal;
}

/* Recursion is bounded by the depth to which trees are read. */
bool json_equal(arena *a, const json *x, const json *y)
{
    if (!x || !y || x->type != y->type || x->count != y->count) {
        return x == y;
    }
    if (x->type == JSON_OBJECT) {
        return equal_members(a, x->first, y->first);
    }
    const json *of_x = x->first, *of_y = y->first;
    for (; of_x; of_x = of_x->next, of_y = of_y->next) {
        if (!json_equal(a, of_x, of_y)) {
            return false;
        }
    }
    return str_eq(x->text, y->text);
}

str json_pointer(arena *a, const json *root, const json *n)
{
    VEC(const json *) path = { 0 };
    for (; n && n != root; n = n->parent) {
        *VEC_PUSH(a, &path) = n;
    }
    CHECK(n == root);
    buf out = buf_make(a, BUF_MAX_DEFAULT);
    for (size_t i = path.count; i > 0; i--) {
        const json *at = path.at[i - 1];
        buf_char(&out, '/');
        if (json_is(at->parent, JSON_ARRAY)) {
            buf_printf(&out, "%u", (unsigned)at->index);
            continue;
        }
        for (size_t k = 0; k < at->key.n; k++) {
            char c = at->key.p[k];
            if (c == '~' || c == '/') {
                buf_add(&out, c == '~' ? STR("~0") : STR("~1"));
            } else {
                buf_char(&out, c);
            }
        }
    }
    return buf_str(&out);
}

/* Is the token, where ~0 stands for ~ and ~1 for /, this key? */
static bool token_is(str token, str key)
{
    size_t k = 0;
    for (size_t i = 0; i < token.n; i++, k++) {
        char c = token.p[i];
        if (c == '~') {
            if (i + 1 >= token.n || (token.p[i + 1] != '0' && token.p[i + 1] != '1')) {
                return false;
            }
            c = token.p[++i] == '0' ? '~' : '/';
        }
        if (k >= key.n || key.p[k] != c) {
            return false;
        }
    }
    return k == key.n;
}

const json *json_resolve(const json *root, str pointer)
{
    if (pointer.n == 0) {
        return root;
    }
    str rest, token;
    if (pointer.p[0] != '/') {
        return NULL;
    }
    rest = str_from(pointer, 1);
    const json *n = root;
    while (n && str_cut(&rest, '/', &token)) {
        if (json_is(n, JSON_ARRAY)) {
            bool index = token.n > 0 && token.p[0] >= '0' && token.p[0] <= '9' && (token.p[0] != '0' || token.n == 1);
            n = index ? step(n, token) : NULL;
            continue;
        }
        const json *found = json_is(n, JSON_OBJECT) ? n->first : NULL;
        while (found && !token_is(token, found->key)) {
            found = found->next;
        }
        n = found;
    }
    return n;
}

/* ---- building ---- */

json *json_new(arena *a, json_type t)
{
    json *n = ARENA_NEW(a, json);
    n->type = (uint8_t)t;
    n->key = n->text = nothing;
    return n;
}

static json *with_text(arena *a, json_type t, str s)
{
    json *n = json_new(a, t);
    n->text = s;
    return n;
}

json *json_string(arena *a, str s) { return with_text(a, JSON_STRING, s); }
json *json_number(arena *a, str digits) { return with_text(a, JSON_NUMBER, digits); }
json *json_integer(arena *a, int64_t v) { return with_text(a, JSON_NUMBER, arena_printf(a, "%lld", (long long)v)); }
json *json_boolean(arena *a, bool v) { return json_new(a, v ? JSON_TRUE : JSON_FALSE); }

static json *append(json *parent, str key, json *child)
{
    CHECK(child != NULL);
    CHECK(child->parent == NULL);
    child->key = key;
    child->parent = parent;
    if (parent->last) {
        parent->last->next = child;
    } else {
        parent->first = child;
    }
    parent->last = child;
    child->index = parent->count++;
    return child;
}

json *json_put_key(json *object, str key, json *child)
{
    CHECK(json_is(object, JSON_OBJECT));
    return append(object, key, child);
}

json *json_put(json *object, const char *literal_key, json *child)
{
    return json_put_key(object, str_of(literal_key), child);
}

json *json_push(json *array, json *child)
{
    CHECK(json_is(array, JSON_ARRAY));
    return append(array, nothing, child);
}

static json *copy_one(arena *a, const json *n, json *parent)
{
    json *c = json_new(a, (json_type)n->type);
    c->text = n->text;
    c->line = n->line;
    return parent ? append(parent, n->key, c) : c;
}

json *json_copy(arena *a, const json *n)
{
    json *root = copy_one(a, n, NULL), *to = root;
    for (const json *from = n; from;) {
        if (from->first) {
            from = from->first;
            to = copy_one(a, from, to);
            continue;
        }
        while (from != n && !from->next) {
            from = from->parent;
            to = to->parent;
        }
        if (from == n) {
            break;
        }
        from = from->next;
        to = copy_one(a, from, to->parent);
    }
    return root;
}
