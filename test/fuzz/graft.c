/* The mutator of the targets that read JSON, under libFuzzer only: three mutations in four put a part of the tree in the
 * place of another, since bytes rarely stay JSON; the rest are libFuzzer's own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

typedef struct mutation { uint8_t *data; size_t size, most; uint64_t random; size_t made; } mutation;

static uint64_t draw(mutation *m, uint64_t below)
{
    m->random = m->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return below ? (m->random >> 33) % below : 0;
}

typedef VEC(json *) json_list;

static void collect(arena *a, json *n, json_list *all)
{
    *VEC_PUSH(a, all) = n;
    for (json *x = n->first; x; x = x->next) {
        collect(a, x, all);
    }
}

/* Puts what the other node holds in the place of this one; its name and its neighbours stay. */
static void graft(json *here, const json *copy)
{
    here->text = copy->text;
    here->first = copy->first;
    here->last = copy->last;
    here->count = copy->count;
    here->type = copy->type;
    for (json *x = here->first; x; x = x->next) {
        x->parent = here;
    }
}

static nl_status graft_some(arena *a, void *arg, nl_error *err)
{
    mutation *m = arg;
    json *root;
    TRY(json_read(a, (const char *)m->data, m->size, "seed", &root, err));
    for (uint64_t times = 1 + draw(m, 3); times > 0; times--) {
        json_list all = { 0 };
        collect(a, root, &all);
        json *here = all.at[draw(m, all.count)];
        const json *other = all.at[draw(m, all.count)];
        for (int tries = 0; tries < 8 && other->type != here->type; tries++) {   /* mostly of its own kind */
            other = all.at[draw(m, all.count)];
        }
        if (here != root) {
            graft(here, json_copy(a, other));
        }
    }
    buf out = buf_make(a, (size_t)4 << 20);
    json_write(&out, root, JSON_COMPACT);
    if (out.n <= m->most) {
        memcpy(m->data, out.p, out.n);
        m->made = out.n;
    }
    return NL_OK;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    mutation m = { data, size, most, seed, 0 };
    if (draw(&m, 4) > 0) {
        arena *a = arena_new(&(limits){ .memory_bytes = (size_t)64 << 20, .depth_max = 60 });
        nl_error err;
        if (a && guard_run(a, graft_some, &m, &err) != NL_OK) {
            m.made = 0;
        }
        arena_free(a);
    }
    return m.made ? m.made : LLVMFuzzerMutate(data, size, most);
}
