/* build_drugs.h -- reads knowledge/drugs.yaml, knowledge/terminology/drugs.csv and knowledge/lines.yaml into the terms; likewise response.yaml.
 * Every fault is collected with file and line; what is filled in is usable only when none was. Memory of a. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_BUILD_DRUGS_H
#define PACK_BUILD_DRUGS_H

#include "pack/build_faults.h"
#include "terms/drugs.h"
#include "terms/terms.h"

/* knowledge: the folder. facts: to check the facts that are named; NULL: they are not checked. *out is never NULL. */
void build_drugs(arena *a, const char *knowledge, const terms *facts, faults *f, drugs **out);
void build_line_rules(arena *a, const char *knowledge, const terms *facts, const drugs *d, faults *f, line_rules **out);
/* response.yaml and tables/response-*.csv. */
void build_response_rules(arena *a, const char *knowledge, const terms *facts, const drugs *d, faults *f, response_rules **out);

#endif
