/* near.h -- which known names somebody may have meant: for messages about a name that is not known. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_NEAR_H
#define PACK_NEAR_H

#include "base/arena.h"

/* "; did you mean A, B or C?" with the nearest names (at most three, nearest first), or empty when none is near. */
str near_names(arena *a, str wanted, const str *names, size_t count);

#endif
