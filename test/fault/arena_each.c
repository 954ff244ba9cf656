/* SPDX-License-Identifier: Apache-2.0 */
/* The arena again, of which each allocation is a malloc of its own; it stands before the one in the library. */
#define NL_ARENA_EACH
#include "../../src/base/arena.c"
