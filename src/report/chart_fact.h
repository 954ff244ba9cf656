/* chart_fact.h -- a derived Observation of the chart as one row: what, how much, when, from which specimen. Borrowed text. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_CHART_FACT_H
#define REPORT_CHART_FACT_H

#include "plan/plan.h"

typedef struct chart_fact {
    const resource *of;
    str  code, system;     /* as in facts.yaml */
    str  label;            /* for people */
    str  value;            /* "detected", "13.4 mg/dL", "recorded"; empty: asked for and absent */
    str  text;             /* the record's own words, or empty */
    str  method;           /* tissue ctdna germline, or empty */
    str  specimen;         /* reference, or empty */
} chart_fact;

/* The visible derived facts, in the chart's order; arena memory. Lines of therapy are not among them. */
uint32_t chart_facts(arena *a, const plan *p, const chart_fact **out);

#endif
