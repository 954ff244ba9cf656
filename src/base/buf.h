/* buf.h -- text that grows in an arena, up to a maximum it is born with; passing the maximum leaves through the guard. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"

typedef struct buf {
    arena *a;
    char  *p;
    size_t n, room, max;
} buf;

static inline buf buf_make(arena *a, size_t max) { return (buf){ .a = a, .max = max }; }
void buf_add(buf *b, str s);
void buf_char(buf *b, char c);
void buf_repeat(buf *b, char c, size_t times);
__attribute__((format(printf, 2, 3))) void buf_printf(buf *b, const char *format, ...);
static inline str buf_str(const buf *b) { return (str){ b->p ? b->p : "", b->n }; }

#define BUF_MAX_DEFAULT ((size_t)256 << 20)

#endif
