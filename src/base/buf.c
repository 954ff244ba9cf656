/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

static void make_room(buf *b, size_t more)
{
    size_t need = size_add(b->a, b->n, more);
    if (need > b->max) {
        guard_leave(b->a, "an output is larger than its limit");
    }
    if (need <= b->room) {
        return;
    }
    size_t room = b->room == 0 ? 256 : size_mul(b->a, b->room, 2);
    room = room < need ? need : room;
    char *p = arena_alloc(b->a, room);
    if (b->n > 0) {
        memcpy(p, b->p, b->n);
    }
    b->p = p;
    b->room = room;
}

void buf_add(buf *b, str s)
{
    make_room(b, s.n);
    if (s.n > 0) {
        memcpy(b->p + b->n, s.p, s.n);
    }
    b->n += s.n;
}

void buf_char(buf *b, char c)
{
    make_room(b, 1);
    b->p[b->n++] = c;
}

void buf_repeat(buf *b, char c, size_t times)
{
    make_room(b, times);
    if (times > 0) {
        memset(b->p + b->n, c, times);
    }
    b->n += times;
}

void buf_printf(buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(n >= 0);
    make_room(b, (size_t)n + 1);
    vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
    va_end(again);
    b->n += (size_t)n;
}
