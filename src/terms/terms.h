/* terms.h -- what codes, words, units and drugs mean: the part of the knowledge that steers the chart.
 * Filled by pack from knowledge/facts.yaml, drugs.yaml, lines.yaml and terminology/. Read-only; shared by threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TERMS_TERMS_H
#define TERMS_TERMS_H

#include "base/ar.h"

typedef struct terms terms;

typedef enum fact_kind { FACT_WORD, FACT_QUANTITY, FACT_INTEGER, FACT_BOOLEAN, FACT_DATE } fact_kind;

typedef struct fact_def {
    str       code, system, label, unit;   /* system: "gene" "chart" "lab"; unit: UCUM */
    fact_kind kind;
    bool      open;
    str      *words;
    str      *excludes;
    uint32_t  word_count, exclude_count;
    str       set_method;
    uint32_t  line;                        /* in knowledge/facts.yaml */
} fact_def;

const fact_def *terms_fact(const terms *t, str code);   /* NULL when there is none */
size_t          terms_facts(const terms *t, const fact_def **out);
str             terms_base(const terms *t);             /* "https://nextline.example/fhir" */

void terms_ar(ar *x, terms **t);

#endif
