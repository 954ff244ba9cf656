/* SPDX-License-Identifier: Apache-2.0 */
#include "cql/codes.h"

#ifdef NL_HOSTILE
enum { FEW = 1 };
#else
enum { FEW = 8 };
#endif

static uint32_t slot_of(const cql_codes *all, str code)
{
    return (uint32_t)str_hash(code) & (all->room - 1);
}

const cql_codes *cql_codes_make(arena *a, const cql_code *at, uint32_t count)
{
    cql_codes *all = ARENA_NEW(a, cql_codes);
    *all = (cql_codes){ .at = at, .count = count };
    if (count <= FEW || count > UINT32_MAX / 4) {
        return all;
    }
    for (all->room = 2; all->room < 2 * count; all->room *= 2) {
    }
    uint32_t *slots = ARENA_ARRAY(a, all->room, uint32_t);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t s = slot_of(all, at[i].code);
        for (; slots[s] != 0; s = (s + 1) & (all->room - 1)) {
            arena_step(a);
        }
        slots[s] = i + 1;
    }
    all->slots = slots;
    return all;
}

const cql_code *cql_codes_next(const cql_codes *all, str code, uint32_t *from)
{
    for (; !all->slots && *from < all->count; *from += 1) {
        if (str_eq(all->at[*from].code, code)) {
            return &all->at[(*from)++];
        }
    }
    for (; all->slots; *from += 1) {
        uint32_t place = all->slots[(slot_of(all, code) + *from) & (all->room - 1)];
        if (place == 0) {
            return NULL;
        }
        if (str_eq(all->at[place - 1].code, code)) {
            *from += 1;
            return &all->at[place - 1];
        }
    }
    return NULL;
}

bool cql_codes_hold(const cql_codes *all, str code, str system)
{
    uint32_t from = 0;
    for (const cql_code *c = cql_codes_next(all, code, &from); c; c = cql_codes_next(all, code, &from)) {
        if (str_eq(c->system, system)) {
            return true;
        }
    }
    return false;
}
