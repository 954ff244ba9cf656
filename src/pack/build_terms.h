/* build_terms.h -- facts.yaml, terminology/ and tables/ read into struct terms, everything in them checked.
 * Built into the program for `nextline pack` only. The grammar stands in terms/terms.h. Every fault is added to the
 * `faults` with file and line; the terms are usable only when none was. Arena memory. Drugs and line rules are filled
 * by build_drugs.h afterwards. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_BUILD_TERMS_H
#define PACK_BUILD_TERMS_H

#include "pack/build_faults.h"
#include "terms/terms.h"

/* Reads the folder knowledge. *out is never NULL afterwards and has its index made. */
void terms_build(arena *a, const char *knowledge, terms **out, faults *f);
/* The same from texts, for tests and tools: facts.yaml, and CSV files by their path below knowledge/. */
typedef struct terms_text { const char *path; str text; } terms_text;
void terms_build_texts(arena *a, const terms_text *texts, size_t count, terms **out, faults *f);

#endif
