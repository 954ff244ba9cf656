/* derive.h -- writes one fact as the FHIR Observation that CQL reads, and appends it to the record.
 * The shape stands in docs/internals/chart.md: a code of its own, one value, where it came from. Arena memory of the record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_DERIVE_H
#define CHART_DERIVE_H

#include "chart/chart.h"

typedef struct fact_part { str part, word, text, unit; } fact_part;   /* what a table joined: "ihc" "2+"; with a unit (UCUM) word is a decimal */

typedef struct fact_result {
    const fact_def *fact;
    str      word;               /* of a word, a decimal number, an integer, "true"; empty: not known */
    str      comparator;         /* of a quantity, or empty */
    str      absent;             /* why there is no value: "error", "unknown"; empty when there is one */
    str      text;               /* the record's own words */
    date     when;
    str      method;             /* or empty */
    str      specimen;           /* a reference, or empty */
    const fact_part *parts;      /* become components */
    uint32_t part_count;
    const json **sources;        /* elements of the input */
    uint32_t source_count;
    bool     set;                /* stands in for the record by a what-if */
} fact_result;

/* The next free id "nl-7" is taken. */
const resource *derive_fact(chart *c, const fact_result *f);
/* BASE/CodeSystem/name and BASE/StructureDefinition/name. */
str   derive_code_system(const chart *c, const char *name);
str   derive_structure(const chart *c, const char *name);
json *derive_coding(chart *c, const char *code_system, str code);
/* What every derived resource carries: resourceType, id, meta.tag, one derived-from extension per source's resource. */
json *derive_resource(chart *c, const char *type, str id, const json *const *sources, uint32_t source_count);
/* One more extension BASE/StructureDefinition/name of an element; the caller gives it its value. */
json *derive_extension(chart *c, json *of, const char *name);
/* A reference to the patient, for subject. */
json *derive_subject(chart *c);
/* The reference by which the record knows a resource: "Observation/x", else its full URL. */
str   derive_reference(chart *c, const resource *r);

#endif
