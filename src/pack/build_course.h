/* build_course.h -- knowledge/course.yaml read into struct course_rules, everything in it checked. Built into the program for
 * `nextline pack` only. All faults are added to f. Arena memory.
 *
 * ---- The grammar. Scalars are text; a key not named here is a fault; [x] is optional; x... is a list. ----
 *
 *     head: list of {key: KEY, [dated: yes] | [since: FACT]}   KEY of profile.yaml; dated: with the newest day it rests on;
 *                                                               since: with the earliest day of that fact
 *     entries: list of                                          in this order on one day
 *       id: ID, title: TEXT
 *       from: facts|lines|assessments                           facts when not written
 *       of facts: facts: FACT..., [systems: gene|chart|lab...], join: day|resource|sample, [repeat: all|changes|runs], [named: yes],
 *                 [gather: WORD...]
 *                 changes: only what differs from the entry of this kind before; runs: equal ones that follow each other are one
 *       of assessments: [kinds: WORD...], [except: WORD...], [repeat: all|changes]     all kinds when not written; except: answers
 *                 that another entry tells; changes: equal answers are one, from the first to the last
 *       [response: yes]                                         it says how the disease answers: the newest is the last response
 *     facts: {FACT|gene|chart|lab: {[name: TEXT], [words: {WORD: TEXT...}], [parts: {PART: TEXT...}], [quote: TOPIC...], [compared: yes],
 *             [unnamed: yes], [recorded: yes]}...}
 *                                                               a system speaks for its facts without a row of their own; {} in a TEXT of words or parts is what the record wrote
 *     words: {WORD: TEXT...}                                    of any fact, line or assessment
 *     [numbers: KEY...]                                         amounts of profile.yaml shown at the end
 *     [tags: TEXT...]                                           kinds that a terminology writes in brackets behind its names
 *     conflicts: CODE...                                        findings that say that sources disagree */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_BUILD_COURSE_H
#define PACK_BUILD_COURSE_H

#include "pack/build_faults.h"
#include "pack/course.h"
#include "terms/terms.h"

void course_build(arena *a, const char *knowledge, const terms *t, const guideline *g, course_rules *out, faults *f);

#endif
