/* suspects.h -- what an adverse event is laid to, so that a criterion can ask whether a harm may be of a drug.
 * Arena memory of the record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_SUSPECTS_H
#define CHART_SUSPECTS_H

#include "chart/chart.h"

/* Whether the record calls a suspectEntity of an adverse event unlikely, and nobody thinks otherwise. */
bool suspect_is_cleared(const chart *c, const json *entity);

/* An extension laid-to (not-laid-to where the record calls it unlikely or unrelated) per suspect, its value coded with the drug and its classes;
 * class unknown: a drug, or a thing, that nobody recognises; class none: no drug. Without suspects none. */
void suspects_put(chart *c, json *derived, const json *adverse_event);

#endif
