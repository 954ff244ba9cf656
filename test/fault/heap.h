/* heap.h -- the memory of a program whose every allocation can fail: malloc and its kind, for our code and for the libraries it uses.
 * Under ASan only our own C code is met (--wrap), and leaks are for ASan to tell.
 * heap_may is asked before each allocation and answers false to make it fail. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULT_HEAP_H
#define FAULT_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__)
# define HEAP_WRAPPED 1
#elif defined(__has_feature)
# if __has_feature(address_sanitizer)
#  define HEAP_WRAPPED 1
# endif
#endif
/* A fork under ASan takes some twenty milliseconds, a plan a second: so many times fewer points and patients are taken there. */
#ifdef HEAP_WRAPPED
# define HEAP_SPARSE 997u
# define HEAP_PATIENTS 8
#else
# define HEAP_SPARSE 1u
# define HEAP_PATIENTS 1
#endif

extern bool (*heap_may)(void);   /* NULL: all may */

typedef struct heap_mark { size_t used; uint64_t live; } heap_mark;
heap_mark heap_now(void);
bool heap_ends(heap_mark begin);   /* gives back what was used since; false when something allocated since is not freed */

#endif
