/* build_faults.h -- the faults found while the knowledge is compiled: all of them, each told at once, the first one kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_BUILD_FAULTS_H
#define PACK_BUILD_FAULTS_H

#include "pack/guideline.h"

typedef struct faults {
    void   (*report)(void *to, const nl_error *e);   /* may be NULL */
    void    *to;
    nl_error first;
    size_t   count;
} faults;

/* A fault of the knowledge at a place: NL_E_LOGIC. */
__attribute__((format(printf, 3, 4))) void fault_at(faults *f, place at, const char *what, ...);
/* A fault that some reader returned, kept as it is. */
void fault_add(faults *f, const nl_error *e);

#endif
