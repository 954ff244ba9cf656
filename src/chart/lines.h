/* lines.h -- lines of therapy, drawn from the drugs in the record by the rules of knowledge/lines.yaml.
 * Each becomes a derived Procedure (id nl-line-1 ...), and stands in chart.lines, oldest first; an undated one before all.
 * Runs after the facts of disease (where it is, since when, its status) stand in the record. Arena memory of the record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_LINES_H
#define CHART_LINES_H

#include "chart/chart.h"

/* Reads the drugs, draws the lines, fills c->lines, appends their Procedures and the facts that stand while a drug is in use. */
void lines_make(chart *c);

/* For chart_presume: the Procedure of a line as derived, and that it was stopped for this reason. Not appended; its sources are
 * those of line->derived. */
json *line_presumed(chart *c, const line_of_therapy *line, str stop_reason);

#endif
