/* lines.h -- lines of therapy, drawn from the drugs in the record by the rules of knowledge/lines.yaml.
 * Each becomes a derived Procedure (id nl-line-1 ...), and stands in chart.lines, oldest first; an undated one before all.
 * Runs after the facts of disease (where it is, since when, its status) stand in the record. Arena memory of the record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_LINES_H
#define CHART_LINES_H

#include "chart/chart.h"

/* Reads the drugs, draws the lines, fills c->lines, c->readings and c->decisions, appends the Procedures of the main reading and
 * the facts that stand while a drug is in use. */
void lines_make(chart *c);
/* Appends what a reading brings along; its lines then point at it. */
void lines_append(chart *c, uint32_t reading);
/* Whether it is a resource of this kind: a line or a phase of one. */
bool lines_is_one(const chart *c, const resource *derived);

/* For chart_presume: the Procedure of a line as derived, and that it was stopped for this reason. Not appended; its sources are
 * those of line->derived. */
json *line_presumed(chart *c, const line_of_therapy *line, str stop_reason);

#endif
