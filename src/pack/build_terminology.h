/* build_terminology.h -- the CSV files of terminology/ and tables/ read into struct terms, each row checked. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_BUILD_TERMINOLOGY_H
#define PACK_BUILD_TERMINOLOGY_H

#include "pack/build_terms.h"
#include "pack/csv.h"

typedef struct terms_builder {
    arena            *a;
    faults           *f;
    const char       *knowledge;      /* folder, or NULL when read from texts */
    const terms_text *texts;
    size_t            text_count;
    terms            *t;
} terms_builder;

/* Reads one file below knowledge/. false after a fault. */
bool terms_csv(terms_builder *b, const char *path, csv *out);
/* Systems, units and negations come first; then each vocabulary by its path. */
void read_systems(terms_builder *b);
void read_units(terms_builder *b);
void read_negations(terms_builder *b);
void read_vocabularies(terms_builder *b, const str *paths, uint32_t count);
/* Adds the table unless it is there. NULL after a fault. */
const part_table *read_table(terms_builder *b, str name, place at);

/* Whether the set has that word (an empty word: whether there is such a set). */
bool set_has(const terms *t, str set, str word);

#endif
