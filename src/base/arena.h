/* arena.h -- memory with one lifetime, and the one guarded way out when a limit is reached.
 * An arena belongs to one thread. Allocations are zeroed, aligned to 16 bytes, never freed singly; arena_reset keeps
 * the chunks for the next patient. Running out of the byte limit, of depth or of steps leaves through guard_run, which
 * returns NL_E_LIMIT: code under a guard owns arena memory and nothing else (no file, lock or C++ frame). */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/status.h"
#include "base/str.h"

typedef struct arena arena;

typedef struct limits {
    size_t   memory_bytes;   /* most the arena may hold         */
    uint32_t depth_max;      /* nesting of data and expressions */
    uint64_t steps_max;      /* evaluation steps per patient    */
} limits;

extern const limits limits_default;

/* NULL only when the first chunk cannot be had. limits may be NULL for the defaults. */
arena *arena_new(const limits *limits);
void   arena_free(arena *a);    /* NULL is fine */
void   arena_reset(arena *a);   /* ends everything allocated; counts of depth and steps start again */
size_t arena_used(const arena *a);
const limits *arena_limits(const arena *a);

/* Never return NULL: a limit leaves through the guard. Outside a guard reaching a limit stops the program. */
__attribute__((returns_nonnull)) void *arena_alloc(arena *a, size_t bytes);
__attribute__((returns_nonnull)) void *arena_array(arena *a, size_t count, size_t each);   /* the product is checked */
str   arena_str(arena *a, str s);                         /* a copy, NUL-ended one past its length */
__attribute__((format(printf, 2, 3))) str arena_printf(arena *a, const char *format, ...);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, count, type) ((type *)arena_array((a), (count), sizeof(type)))

/* Scratch: everything since the mark ends at the rewind. Same function, same arena, last in first out. */
typedef struct arena_mark { size_t chunk, used, total; } arena_mark;
arena_mark arena_get_mark(const arena *a);
void       arena_rewind(arena *a, arena_mark mark);

/* Runs fn(a, arg, err) so that limits inside it become NL_E_LIMIT. Guards nest; the innermost catches. The only setjmp. */
typedef nl_status guarded(arena *a, void *arg, nl_error *err);
nl_status guard_run(arena *a, guarded *fn, void *arg, nl_error *err);
_Noreturn void guard_leave(arena *a, const char *what);   /* what: one literal sentence, kept by pointer */

void arena_step(arena *a);    /* one evaluation step; leaves when steps_max is passed */
void arena_enter(arena *a);   /* one level deeper; leaves when depth_max is passed   */
void arena_exit(arena *a);

size_t size_add(arena *a, size_t x, size_t y);   /* leave through the guard on overflow */
size_t size_mul(arena *a, size_t x, size_t y);

/* vec: a growing array in an arena. Declare: struct { type *at; size_t count, room; } v = {0};  then *VEC_PUSH(a, &v) = x; */
#define VEC(type) struct { type *at; size_t count, room; }
#define VEC_PUSH(a, v) \
    (((v)->count == (v)->room ? (void)((v)->at = vec_grow((a), (v)->at, (v)->count, &(v)->room, sizeof *(v)->at)) : (void)0), \
     &(v)->at[(v)->count++])
__attribute__((returns_nonnull)) void *vec_grow(arena *a, void *at, size_t count, size_t *room, size_t each);

#endif
