/* facts.h -- from entries to results: how each fact of facts.yaml is read. Inside the chart only.
 * facts.c matches readings, quantity.c reads measured values, stage.c the stage of a condition, join.c joins parts by specimen and asks the table. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_FACTS_H
#define CHART_FACTS_H

#include "chart/derive.h"
#include "chart/entry.h"

/* A result and what it was read from. */
typedef struct collected {
    fact_result  f;
    const entry *e;
    str          key;      /* results of one sample share it */
} collected;

typedef struct made_specimen { str key, reference; } made_specimen;

typedef struct facts_job {
    chart     *c;
    arena     *a;
    entry_list entries;
    VEC(collected) results;
    VEC(made_specimen) specimens;
} facts_job;

/* One answer of one entry. */
typedef struct part_read {
    const entry *e;
    const fact_reading *r;
    str part, word, text;
    const json *at;         /* what it was read from */
} part_read;

/* Collects, settles and appends every fact. Returns what they were read from. */
entry_list facts_make(chart *c);

bool reading_matches(facts_job *j, const fact_def *d, const fact_reading *r, const entry *e);
/* The answer of a matching entry. false: the record does not say, or says it in a way we do not understand (a finding). */
bool answer_read(facts_job *j, const fact_def *d, const fact_reading *r, const part_def *p, const entry *e, part_read *out);
void quantity_collect(facts_job *j, const fact_def *d, const entry *e, bool contradicted);
/* Facts whose reading asks a condition for its stage. */
void stages_collect(facts_job *j, const fact_def *d, const fact_reading *r, const entry *e);
/* Facts with a table: alone per entry, or joined by specimen. */
void joined_collect(facts_job *j, const fact_def *d);
void collect(facts_job *j, const fact_result *f, const entry *e, str key);
str  method_of(facts_job *j, const fact_def *d, const fact_reading *r, const entry *e);
/* The phrase beside the code that contradicts it, or empty. */
str  label_contradicts(facts_job *j, const fact_reading *r, const entry *e);
const json *source_of(const entry *e);
/* Results of one sample: its specimen, else its report, else its day, else itself. */
str  sample_key(facts_job *j, const entry *e);
__attribute__((format(printf, 5, 6))) void note(facts_job *j, const char *code, const entry *e, const json *at, const char *text, ...);
/* How a message names an entry: "Observation/x". */
str  name_of(facts_job *j, const entry *e);

#endif
