/* small_knowledge.h -- a knowledge small enough to read at one go, for the tests of what compiles and reads it.
 * Built through a folder of its own under /tmp, which is gone when a call returns; everything else is the arena's. What does not
 * fit stops the program. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SMALL_KNOWLEDGE_H
#define UNIT_SMALL_KNOWLEDGE_H

#include "base/buf.h"
#include "pack/build_course.h"
#include "pack/build_guideline.h"
#include "pack/pack.h"

enum { GUIDELINE, EVIDENCE, OPTIONS, ALERTS, BOXED, TESTS, PROFILE, COURSE, TABLES };   /* its tables; -1 is none */

typedef struct small {
    arena      *a;
    char        folder[64];
    guideline   g;
    course_rules course;
    faults      f;
    buf         told;      /* the faults, a line each: "file:line: sentence" */
    cql_program *program;
    terms      *terms;
} small;

/* With one table's text changed: `from` (first met) becomes `to`. */
void small_build(small *s, arena *a, int table, const char *from, const char *to);
/* The pack of the knowledge unchanged, and its bytes. */
pack *small_pack(arena *a, str *bytes);

#endif
