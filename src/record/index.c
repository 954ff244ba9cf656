/* The index: one bucket per type and per type, system and code. Rows stand in a bucket in record order because they are
 * added in record order; derived rows come last and leave in reverse, so removing one is taking it off the end of its
 * buckets. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "record/parts.h"
#include "record/systems.h"

#ifdef NL_HOSTILE
enum { TABLE_FIRST = 1 };
#else
enum { TABLE_FIRST = 256 };
#endif

/* ---- the table ---- */

static uint64_t hash_of(table_key k)
{
    uint64_t h = hash_join(hash_join(str_hash(k.a), str_hash(k.b)), str_hash(k.c));
    return k.address ? hash_join(h, (uint64_t)(uintptr_t)k.address) : h;
}

static bool same_key(const table_key *x, const table_key *y)
{
    return x->address == y->address && str_eq(x->a, y->a) && str_eq(x->b, y->b) && str_eq(x->c, y->c);
}

/* Texts chosen so that their hashes meet make every search long. Each is put before it is looked for, and what a put
 * passes over counts as a step, so that this ends at the limit. */
static void count_collisions(arena *a, const table *t, const table_slot *found, uint64_t hash)
{
    size_t passed = ((size_t)(found - t->slots) - (size_t)hash) & (t->room - 1);
    for (; passed > 0; passed--) {
        arena_step(a);
    }
}

static table_slot *find_slot(const table *t, table_key key, uint64_t hash)
{
    size_t i = (size_t)(hash & (t->room - 1));
    while (t->slots[i].hash != 0 && (t->slots[i].hash != hash || !same_key(&t->slots[i].key, &key))) {
        i = (i + 1) & (t->room - 1);
    }
    return &t->slots[i];
}

static void grow(arena *a, table *t)
{
    table bigger = { .room = t->room == 0 ? TABLE_FIRST : size_mul(a, t->room, 2), .count = t->count };
    bigger.slots = ARENA_ARRAY(a, bigger.room, table_slot);
    for (size_t i = 0; i < t->room; i++) {
        if (t->slots[i].hash != 0) {
            table_slot *to = find_slot(&bigger, t->slots[i].key, t->slots[i].hash);
            if (!t->slots[i].key.address) {   /* an address is nobody's choice, and steps must not depend on it */
                count_collisions(a, &bigger, to, t->slots[i].hash);
            }
            *to = t->slots[i];
        }
    }
    *t = bigger;
}

void *table_get(const table *t, table_key key)
{
    return t->room == 0 ? NULL : find_slot(t, key, hash_of(key) | 1u)->value;
}

void **table_put(arena *a, table *t, table_key key)
{
    if ((t->count + 1) * 4 > t->room * 3) { /* always one empty slot, where a search ends */
        grow(a, t);
        if (t->room < 4) {
            grow(a, t);
        }
    }
    uint64_t hash = hash_of(key) | 1u; /* 0 marks an empty slot */
    table_slot *s = find_slot(t, key, hash);
    if (s->hash == 0) {
        if (!key.address) {
            count_collisions(a, t, s, hash);
        }
        *s = (table_slot){ hash, key, NULL };
        t->count++;
    }
    return &s->value;
}

/* ---- references ---- */

static void refer(record *r, table_key key, resource *x)
{
    void **at = table_put(r->a, &r->references, key);
    if (!*at) {
        *at = x;
    }
}

void index_references(record *r, resource *x)
{
    if (!str_empty(x->id)) {
        refer(r, (table_key){ .a = x->type, .b = x->id }, x);
        refer(r, (table_key){ .a = STR("#"), .b = x->id }, x);
    }
    if (!str_empty(x->full_url)) {
        refer(r, (table_key){ .a = STR(""), .b = x->full_url }, x);
    }
    *table_put(r->a, &r->roots, (table_key){ .address = x->root }) = x;
}

static void forget(record *r, table_key key, const resource *x)
{
    if (table_get(&r->references, key) == x) {
        *table_put(r->a, &r->references, key) = NULL;
    }
}

/* The last part of a path; *rest is what stands before it. */
static str last_part(str path, str *rest)
{
    size_t i = path.n;
    while (i > 0 && path.p[i - 1] != '/') {
        i--;
    }
    *rest = i > 0 ? str_head(path, i - 1) : STR("");
    return str_from(path, i);
}

resource *index_resolve(const record *r, str reference)
{
    str rest, type, id;
    if (str_empty(reference) || reference.p[0] == '#') {
        return NULL;
    }
    resource *x = table_get(&r->references, (table_key){ .a = STR(""), .b = reference });
    if (x) {
        return x;
    }
    ptrdiff_t history = str_find(reference, STR("/_history/"));
    reference = history >= 0 ? str_head(reference, (size_t)history) : reference;
    if (str_starts(reference, STR("urn:"))) {
        size_t colon = reference.n;
        while (reference.p[colon - 1] != ':') {
            colon--;
        }
        return table_get(&r->references, (table_key){ .a = STR("#"), .b = str_from(reference, colon) });
    }
    id = last_part(reference, &rest);
    type = last_part(rest, &rest);
    return table_get(&r->references, (table_key){ .a = type, .b = id });
}

/* ---- codes ---- */

typedef void key_visitor(void *with, table_key key);

static void visit_codings(const resource *x, const json *concept, key_visitor *visit, void *with)
{
    const json *codings = json_get(concept, "coding");
    const json *first = json_is(codings, JSON_ARRAY) ? codings->first : codings;
    for (const json *c = first; c; c = json_is(codings, JSON_ARRAY) ? c->next : NULL) {
        str code = json_get_text(c, "code");
        if (!str_empty(code)) {
            visit(with, (table_key){ .a = x->type, .b = system_canonical(json_get_text(c, "system")), .c = code });
        }
    }
}

static const json *contained(const record *r, const json *root, str id)
{
    const json *list = json_get(root, "contained");
    for (const json *c = list ? list->first : NULL; c; c = c->next) {
        arena_step(r->a); /* many of them, each referred to, would take for ever */
        if (str_eq(json_get_text(c, "id"), id)) {
            return c;
        }
    }
    return NULL;
}

static const json *target_of(const record *r, const json *root, str reference)
{
    if (str_starts(reference, STR("#"))) {
        return contained(r, root, str_from(reference, 1));
    }
    const resource *x = index_resolve(r, reference);
    return x ? x->root : NULL;
}

/* Every key x is found by: its type, and each coding of its main code element. */
static void visit_keys(const record *r, const resource *x, key_visitor *visit, void *with)
{
    visit(with, (table_key){ .a = x->type });
    for (const json *m = x->root->first; m; m = m->next) {
        if (str_is(m->key, "code") || str_is(m->key, "medicationCodeableConcept") || str_is(m->key, "vaccineCode") ||
            str_is(m->key, "medication")) {
            visit_codings(x, m, visit, with);
        }
        if (str_is(m->key, "medicationReference")) {
            visit_codings(x, json_get(target_of(r, x->root, json_get_text(m, "reference")), "code"), visit, with);
        }
    }
}

typedef struct indexed { record *r; resource *x; } indexed;

static void add_key(void *with, table_key key)
{
    const indexed *i = with;
    void **at = table_put(i->r->a, &i->r->index, key);
    if (!*at) {
        *at = ARENA_NEW(i->r->a, bucket);
    }
    bucket *b = *at;
    if (b->rows.count == 0 || b->rows.at[b->rows.count - 1] != i->x) { /* the same coding twice */
        *VEC_PUSH(i->r->a, &b->rows) = i->x;
    }
    b->stale = true;
}

static void mark_key(void *with, table_key key)
{
    const indexed *i = with;
    bucket *b = table_get(&i->r->index, key);
    if (b) {
        b->stale = true;
    }
}

static void remove_key(void *with, table_key key)
{
    const indexed *i = with;
    bucket *b = table_get(&i->r->index, key);
    if (b && b->rows.count > 0 && b->rows.at[b->rows.count - 1] == i->x) {
        b->rows.count--;
        b->stale = true;
    }
}

void index_add(record *r, resource *x) { visit_keys(r, x, add_key, &(indexed){ r, x }); }
void index_changed(record *r, resource *x) { visit_keys(r, x, mark_key, &(indexed){ r, x }); }

typedef struct carried {
    bool (*is)(const void *with, str system, str code);
    const void *with;
    bool found;
} carried;

static void look_at_key(void *with, table_key key)
{
    carried *c = with;
    c->found = c->found || (!str_empty(key.c) && c->is(c->with, key.b, key.c));
}

bool record_carries(const record *r, const resource *x, bool (*is)(const void *with, str system, str code), const void *with)
{
    carried c = { is, with, false };
    visit_keys(r, x, look_at_key, &c);
    return c.found;
}

void index_remove_last(record *r, resource *x)
{
    visit_keys(r, x, remove_key, &(indexed){ r, x });
    forget(r, (table_key){ .a = x->type, .b = x->id }, x);
    forget(r, (table_key){ .a = STR("#"), .b = x->id }, x);
}

/* The list handed out before stays as it was, so that a caller may hide rows while going through it. */
static void refresh(record *r, bucket *b)
{
    size_t hidden = 0;
    for (size_t i = 0; i < b->rows.count; i++) {
        hidden += b->rows.at[i]->hidden ? 1 : 0;
    }
    b->visible = ARENA_ARRAY(r->a, b->rows.count, const resource *);
    b->visible_count = 0;
    for (size_t i = 0; i < b->rows.count; i++) {
        if (!b->rows.at[i]->hidden) {
            b->visible[b->visible_count++] = b->rows.at[i];
        }
    }
    CHECK(b->visible_count + hidden == b->rows.count);
    b->stale = false;
}

size_t record_find(const record *r, str type, str system, str code, const resource *const **out)
{
    table_key key = { .a = type };
    if (!str_empty(code)) {
        key.b = system_canonical(system);
        key.c = code;
    }
    bucket *b = table_get(&r->index, key);
    if (!b) {
        *out = NULL;
        return 0;
    }
    if (b->stale) {
        record *mutable_index = ((union {
                                    const record *c;
                                    record *m;
                                }){ .c = r })
                                    .m;
        refresh(mutable_index, b);
    }
    *out = b->visible;
    return b->visible_count;
}

const resource *record_resolve(const record *r, str reference) { return index_resolve(r, reference); }

const json *record_target(const record *r, const json *reference)
{
    const resource *from = record_of(r, reference);
    return target_of(r, from ? from->root : NULL, json_get_text(reference, "reference"));
}

const resource *record_of(const record *r, const json *n)
{
    for (; n; n = n->parent) {
        const resource *x = json_is(n, JSON_OBJECT) ? table_get(&r->roots, (table_key){ .address = n }) : NULL;
        if (x) {
            return x;
        }
    }
    return NULL;
}
