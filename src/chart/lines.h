/* lines.h -- lines of therapy, drawn from the drugs in the record by the rules of knowledge/lines.yaml.
 * Each becomes a derived Procedure (id nl-line-1 ...), and stands in chart.lines, oldest first; an undated one before all.
 * Runs after the facts of disease (where it is, since when, its status) stand in the record. Arena memory of the record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_LINES_H
#define CHART_LINES_H

#include "chart/chart.h"

/* Reads the drugs, draws the lines, fills c->lines, appends their Procedures and the facts that stand while a drug is in use. */
void lines_make(chart *c);

/* The derived Procedure of a line, with this stop reason (a word of knowledge/lines.yaml; empty: as recorded). Not appended. */
json *line_procedure(const chart *c, const line_of_therapy *l, str stop_reason);
/* The elements its Procedure was derived from. */
const json *const *line_sources(const chart *c, const line_of_therapy *l, uint32_t *count);

#endif
