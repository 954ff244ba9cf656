/* Codes: rows are grouped by system and code once; a group already holds what shorter prefixes (C79.5*) say in sets where
 * the code itself says nothing, so that a look-up is one probe, or one per shorter prefix for a code nobody wrote down. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "terms/terms.h"

#include <stdlib.h>

typedef struct group { str system, code; const term_row **rows; uint32_t count; } group;

struct terms_index {
    group     *groups;
    uint32_t  *slots;         /* group + 1, or 0 */
    uint32_t   slot_count, group_count;
    uint32_t  *by_code;       /* group + 1 of any system, by code only */
    str       *prefix_systems;
    uint32_t   prefix_system_count;
};

static bool is_text_system(str system) { return str_is(system, "TEXT") || str_is(system, "PHRASE") || str_is(system, "LABEL"); }
static bool is_prefix(str code) { return str_ends(code, STR("*")); }

static int row_order(const void *x, const void *y)
{
    const term_row *a = *(const term_row *const *)x, *b = *(const term_row *const *)y;
    int c = str_cmp(a->system, b->system);
    c = c ? c : str_cmp(a->code, b->code);
    return c ? c : (a > b) - (a < b);
}

static int text_order(const void *x, const void *y)
{
    const term_row *a = *(const term_row *const *)x, *b = *(const term_row *const *)y;
    int c = str_cmp(a->set, b->set);
    return c ? c : (a > b) - (a < b);
}

static bool has_set(const group *g, str set)
{
    for (uint32_t i = 0; i < g->count; i++) {
        if (str_eq(g->rows[i]->set, set)) {
            return true;
        }
    }
    return false;
}

/* What the prefixes of a group's code add to it, the longest first. rows has room for every row of the terms. */
static void add_prefixes(group *g, const term_row *const *sorted, size_t count, const term_row **rows)
{
    size_t n = is_prefix(g->code) ? g->code.n - 1 : g->code.n;
    memcpy(rows, g->rows, g->count * sizeof *rows);
    g->rows = rows;
    for (size_t length = n; length-- > 0;) {
        uint32_t before = g->count;
        for (size_t i = 0; i < count; i++) {
            const term_row *r = sorted[i];
            if (r->code.n == length + 1 && is_prefix(r->code) && str_eq(r->system, g->system)
                && str_starts(g->code, str_head(r->code, length))) {
                group so_far = { .rows = rows, .count = before };
                if (!has_set(&so_far, r->set)) {
                    rows[g->count++] = r;
                }
            }
        }
    }
}

static uint64_t code_hash(str system, str code) { return hash_join(str_hash(system), str_hash(code)); }

static const group *find_group(const struct terms_index *x, str system, str code)
{
    for (uint64_t at = code_hash(system, code);; at++) {
        uint32_t slot = x->slots[at & (x->slot_count - 1)];
        if (slot == 0) {
            return NULL;
        }
        const group *g = &x->groups[slot - 1];
        if (str_eq(g->code, code) && str_eq(g->system, system)) {
            return g;
        }
    }
}

static void fill_slots(arena *a, struct terms_index *x)
{
    x->slot_count = 16;
    while (x->slot_count < x->group_count * 2 + 1) {
        x->slot_count *= 2;
    }
    x->slots = ARENA_ARRAY(a, x->slot_count, uint32_t);
    x->by_code = ARENA_ARRAY(a, x->slot_count, uint32_t);
    for (uint32_t i = 0; i < x->group_count; i++) {
        const group *g = &x->groups[i];
        uint64_t at = code_hash(g->system, g->code), by = str_hash(g->code);
        while (x->slots[at & (x->slot_count - 1)]) {
            at++;
        }
        x->slots[at & (x->slot_count - 1)] = i + 1;
        while (x->by_code[by & (x->slot_count - 1)]) {
            by++;
        }
        x->by_code[by & (x->slot_count - 1)] = i + 1;
    }
}

static bool known_prefix_system(const struct terms_index *x, str system)
{
    for (uint32_t i = 0; i < x->prefix_system_count; i++) {
        if (str_eq(x->prefix_systems[i], system)) {
            return true;
        }
    }
    return false;
}

void terms_make_index(arena *a, terms *t)
{
    struct terms_index *x = ARENA_NEW(a, struct terms_index);
    const term_row **sorted = ARENA_ARRAY(a, t->row_count, const term_row *), **prefixes = ARENA_ARRAY(a, t->row_count, const term_row *);
    size_t count = 0, prefix_count = 0;
    x->prefix_systems = ARENA_ARRAY(a, t->row_count, str);
    t->texts = ARENA_ARRAY(a, t->row_count, const term_row *);
    t->text_count = 0;
    for (uint32_t i = 0; i < t->row_count; i++) {
        const term_row *r = &t->rows[i];
        if (is_text_system(r->system)) {
            t->texts[t->text_count++] = r;
            continue;
        }
        sorted[count++] = r;
        if (is_prefix(r->code)) {
            prefixes[prefix_count++] = r;
            if (!known_prefix_system(x, r->system)) {
                x->prefix_systems[x->prefix_system_count++] = r->system;
            }
        }
    }
    if (count > 0) {
        qsort(sorted, count, sizeof(const term_row *), row_order);
    }
    if (t->text_count > 0) {
        qsort(t->texts, t->text_count, sizeof(const term_row *), text_order);
    }
    x->groups = ARENA_ARRAY(a, count, group);
    const term_row **scratch = ARENA_ARRAY(a, t->row_count, const term_row *);
    for (size_t i = 0; i < count;) {
        group *g = &x->groups[x->group_count++];
        *g = (group){ sorted[i]->system, sorted[i]->code, &sorted[i], 0 };
        while (i < count && str_eq(sorted[i]->code, g->code) && str_eq(sorted[i]->system, g->system)) {
            g->count++;
            i++;
        }
        uint32_t own = g->count;
        const term_row **own_rows = g->rows;
        add_prefixes(g, prefixes, prefix_count, scratch);
        g->rows = own_rows;
        if (g->count > own) {
            g->rows = ARENA_ARRAY(a, g->count, const term_row *);
            memcpy(g->rows, scratch, g->count * sizeof *g->rows);
        }
    }
    fill_slots(a, x);
    t->index = x;
}

size_t terms_meanings(const terms *t, str system, str code, const term_row *const **out)
{
    const group *g = find_group(t->index, system, code);
    if (!g && known_prefix_system(t->index, system) && code.n < 32) {
        char key[33];
        memcpy(key, code.p, code.n);
        for (size_t n = code.n; !g && n > 0; n--) {
            key[n] = '*';
            g = find_group(t->index, system, (str){ key, n + 1 });
        }
    }
    *out = g ? g->rows : NULL;
    return g ? g->count : 0;
}

str terms_word(const terms *t, str set, str system, str code)
{
    const term_row *const *rows;
    size_t n = terms_meanings(t, system, code, &rows);
    for (size_t i = 0; i < n; i++) {
        if (str_eq(rows[i]->set, set)) {
            return rows[i]->word;
        }
    }
    return STR("");
}

str terms_other_system(const terms *t, str system, str code)
{
    const struct terms_index *x = t->index;
    const term_row *const *rows;
    if (terms_meanings(t, system, code, &rows) > 0) {
        return STR("");
    }
    for (uint64_t at = str_hash(code);; at++) {
        uint32_t slot = x->by_code[at & (x->slot_count - 1)];
        if (slot == 0) {
            return STR("");
        }
        if (str_eq(x->groups[slot - 1].code, code)) {
            return x->groups[slot - 1].system;
        }
    }
}

str terms_system(const terms *t, str uri)
{
    while (str_ends(uri, STR("/"))) {
        uri.n--;
    }
    for (uint32_t i = 0; i < t->system_count; i++) {
        if (str_eq_nocase(t->systems[i].uri, uri) || str_eq_nocase(t->systems[i].name, uri)) {
            return t->systems[i].name;
        }
    }
    return STR("");
}

const fact_def *terms_fact(const terms *t, str code)
{
    for (uint32_t i = 0; i < t->fact_count; i++) {
        if (str_eq(t->facts[i].code, code)) {
            return &t->facts[i];
        }
    }
    return NULL;
}

size_t terms_facts(const terms *t, const fact_def **out)
{
    *out = t->facts;
    return t->fact_count;
}

str terms_base(const terms *t) { return t->base; }

const cut_set *terms_cuts(const terms *t, str name)
{
    for (uint32_t i = 0; i < t->cut_count; i++) {
        if (str_eq(t->cuts[i].name, name)) {
            return &t->cuts[i];
        }
    }
    return NULL;
}

const part_table *terms_table(const terms *t, str name)
{
    for (uint32_t i = 0; i < t->table_count; i++) {
        if (str_eq(t->tables[i].name, name)) {
            return &t->tables[i];
        }
    }
    return NULL;
}

str terms_unit(const terms *t, str written, bool any_case)
{
    written = str_trim(written);
    for (uint32_t i = 0; i < t->unit_count; i++) {
        const unit_spelling *u = &t->units[i];
        if (any_case ? str_eq_nocase(u->spelling, written) : str_eq(u->spelling, written)) {
            return u->unit;
        }
    }
    return STR("");
}
