/* coverage.h -- what a set of plans has shown of the knowledge: which criteria were true, false and unknown as recorded, which
 * list each option has stood in, which alerts fired. Arena memory; plans may go after they were added. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAN_COVERAGE_H
#define PLAN_COVERAGE_H

#include "plan/plan.h"

enum { SEEN_TRUE = 1, SEEN_FALSE = 2, SEEN_UNKNOWN = 4, SEEN_ALL = 7 };
enum { STOOD_OFFERED = 1, STOOD_EXCLUDED = 2, STOOD_UNDETERMINED = 4, STOOD_ALL = 7 };

/* at: the first rule that names it; never_unknown: why it cannot be, empty when it can. Of every fact it rests on absence is a no, or its CQL asks
 * whether something is known or is there and combines nothing but such. */
typedef struct criterion_seen { str library, name; uint8_t values; str never_unknown; place at; } criterion_seen;

typedef struct coverage {
    const pack     *pack;
    criterion_seen *criteria;    /* every Boolean define a table names, once, in the order of the tables */
    uint32_t       *defines;     /* of each */
    uint8_t        *options;     /* per option: lists it has stood in */
    bool           *alerts;      /* per alert: fired */
    uint32_t        criterion_count, plans;
} coverage;

coverage *coverage_make(arena *a, const pack *p);
void      coverage_add(coverage *c, const plan *p);

#endif
