/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
# define POISON 1
#elif defined(__has_feature)
# if __has_feature(address_sanitizer)
#  define POISON 1
# endif
#endif
#ifdef POISON
# include <sanitizer/asan_interface.h>
# define poison(p, n) __asan_poison_memory_region((p), (n))
# define unpoison(p, n) __asan_unpoison_memory_region((p), (n))
# define REDZONE 16u   /* poisoned after every allocation, so that an overrun shows at the byte */
#else
# define poison(p, n) ((void)(p), (void)(n))
# define unpoison(p, n) ((void)(p), (void)(n))
# define REDZONE 0u
#endif

/* The hostile build shrinks every constant so that growth and limits are met in every test. With NL_ARENA_EACH (test/fault) every
 * allocation is a chunk of its own, given back where its lifetime ends: each can then fail by itself. */
#ifdef NL_ARENA_EACH
# define CHUNK_FIRST 0u
# define CHUNK_MAX   0u
#elif defined NL_HOSTILE
# define CHUNK_FIRST 256u
# define CHUNK_MAX   4096u
#else
# define CHUNK_FIRST (64u * 1024)
# define CHUNK_MAX   (1024u * 1024)
#endif
#define ALIGN 16u

const limits limits_default = {
    .memory_bytes = (size_t)1 << 30,
    .depth_max = 200,
    .steps_max = (uint64_t)200 * 1000 * 1000,
};

typedef struct chunk { char *p; size_t size; } chunk;

struct arena {
    chunk   *chunks;
    size_t   chunk_count, chunk_room;
    size_t   now, used;            /* the chunk in use and its used bytes */
    size_t   total;                /* bytes handed out                    */
    limits   limits;
    uint32_t depth;
    uint64_t steps;
    jmp_buf *out;
    const char *left_because;
};

arena *arena_new(const limits *l)
{
    arena *a = calloc(1, sizeof *a);
    if (!a) {
        return NULL;
    }
    a->limits = l ? *l : limits_default;
    if (a->limits.memory_bytes == 0) { a->limits.memory_bytes = limits_default.memory_bytes; }
    if (a->limits.depth_max == 0) { a->limits.depth_max = limits_default.depth_max; }
    if (a->limits.steps_max == 0) { a->limits.steps_max = limits_default.steps_max; }
    return a;
}

/* Gives back every chunk but the first few. */
static void drop_chunks(arena *a, size_t kept)
{
    for (size_t i = kept; i < a->chunk_count; i++) {
        unpoison(a->chunks[i].p, a->chunks[i].size);
        free(a->chunks[i].p);
    }
    a->chunk_count = kept < a->chunk_count ? kept : a->chunk_count;
}

void arena_free(arena *a)
{
    if (!a) {
        return;
    }
    drop_chunks(a, 0);
    free(a->chunks);
    free(a);
}

void arena_reset(arena *a)
{
    for (size_t i = 0; i < a->chunk_count; i++) {
        poison(a->chunks[i].p, a->chunks[i].size);
    }
    if (CHUNK_MAX == 0) {
        drop_chunks(a, 0);
    }
    a->now = a->used = 0;
    a->total = 0;
    a->depth = 0;
    a->steps = 0;
}

size_t arena_used(const arena *a) { return a->total; }
const limits *arena_limits(const arena *a) { return &a->limits; }

_Noreturn void guard_leave(arena *a, const char *what)
{
    CHECK(a->out != NULL);
    a->left_because = what;
    longjmp(*a->out, 1);
}

size_t size_add(arena *a, size_t x, size_t y)
{
    size_t r;
    if (__builtin_add_overflow(x, y, &r)) {
        guard_leave(a, "a size is beyond what this machine can address");
    }
    return r;
}

size_t size_mul(arena *a, size_t x, size_t y)
{
    size_t r;
    if (__builtin_mul_overflow(x, y, &r)) {
        guard_leave(a, "a size is beyond what this machine can address");
    }
    return r;
}

/* Makes the next chunk with room for bytes the one in use, reusing a kept one where it is large enough. */
static void next_chunk(arena *a, size_t bytes)
{
    size_t next = a->chunk_count == 0 ? 0 : a->now + 1;
    if (next < a->chunk_count && a->chunks[next].size < bytes) {   /* kept, but too small for this one: drop the rest */
        drop_chunks(a, next);
    }
    if (next == a->chunk_count) {
        if (a->chunk_count == a->chunk_room) {
            size_t room = a->chunk_room ? a->chunk_room * 2 : 16;
            chunk *grown = realloc(a->chunks, room * sizeof *grown);
            if (!grown) {
                guard_leave(a, "the machine has no more memory");
            }
            a->chunks = grown;
            a->chunk_room = room;
        }
        size_t size = a->chunk_count == 0 ? CHUNK_FIRST : a->chunks[a->chunk_count - 1].size * 2;
        size = size > CHUNK_MAX ? CHUNK_MAX : size;
        size = size < bytes ? bytes : size;
        char *p = malloc(size);
        if (!p) {
            guard_leave(a, "the machine has no more memory");
        }
        poison(p, size);
        a->chunks[a->chunk_count++] = (chunk){ p, size };
    }
    a->now = next;
    a->used = 0;
}

void *arena_alloc(arena *a, size_t bytes)
{
    size_t need = size_add(a, bytes, ALIGN - 1 + REDZONE) & ~(size_t)(ALIGN - 1);
    need = need == 0 ? ALIGN : need;
    if (need > a->limits.memory_bytes - a->total) {
        guard_leave(a, "the memory limit for one patient is reached");
    }
    if (a->chunk_count == 0 || need > a->chunks[a->now].size - a->used) {
        next_chunk(a, need);
    }
    char *p = a->chunks[a->now].p + a->used;
    a->used += need;
    a->total += need;
    unpoison(p, bytes);
    if (bytes > 0) {
        memset(p, 0, bytes);
    }
    return p;
}

void *arena_array(arena *a, size_t count, size_t each) { return arena_alloc(a, size_mul(a, count, each)); }

str arena_str(arena *a, str s)
{
    char *p = arena_alloc(a, size_add(a, s.n, 1));
    if (s.n > 0) {
        memcpy(p, s.p, s.n);
    }
    return (str){ p, s.n };
}

str arena_printf(arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(n >= 0);
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return (str){ p, (size_t)n };
}

arena_mark arena_get_mark(const arena *a) { return (arena_mark){ a->now, a->used, a->total }; }

void arena_rewind(arena *a, arena_mark mark)
{
    CHECK(mark.chunk < a->now || (mark.chunk == a->now && mark.used <= a->used));
    for (size_t i = mark.chunk; i <= a->now && i < a->chunk_count; i++) {
        size_t from = i == mark.chunk ? mark.used : 0;
        poison(a->chunks[i].p + from, a->chunks[i].size - from);
    }
    if (CHUNK_MAX == 0) {
        drop_chunks(a, mark.used > 0 ? mark.chunk + 1 : mark.chunk);
    }
    a->now = mark.chunk;
    a->used = mark.used;
    a->total = mark.total;
}

nl_status guard_run(arena *a, guarded *fn, void *arg, nl_error *err)
{
    jmp_buf here, *outer = a->out;
    uint32_t depth = a->depth;
    if (setjmp(here) != 0) {
        a->out = outer;
        a->depth = depth;
        return fail(err, NL_E_LIMIT, "", "%s", a->left_because);
    }
    a->out = &here;
    nl_status s = fn(a, arg, err);
    a->out = outer;
    return s;
}

void arena_step(arena *a)
{
    if (++a->steps > a->limits.steps_max) {
        guard_leave(a, "the limit of evaluation steps for one patient is reached");
    }
}

void arena_enter(arena *a)
{
    if (++a->depth > a->limits.depth_max) {
        guard_leave(a, "data or expressions are nested too deeply");
    }
}

void arena_exit(arena *a)
{
    CHECK(a->depth > 0);
    a->depth--;
}

void *vec_grow(arena *a, void *at, size_t count, size_t *room, size_t each)
{
#ifdef NL_HOSTILE
    size_t next = *room + 1 + *room / 16;   /* by one while a list is short; not by the square of its length in memory */
#else
    size_t next = *room == 0 ? 8 : size_mul(a, *room, 2);
#endif
    void *grown = arena_array(a, next, each);
    if (count > 0) {
        memcpy(grown, at, count * each);
    }
    *room = next;
    return grown;
}
