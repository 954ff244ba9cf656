/* report.h -- a plan, a chart or an explanation for people and for programs. Prints what is there and adds nothing.
 * The same plan gives the same bytes. Trees live in the arena given and borrow the plan's text; text is appended to out.
 * Never says what to do: it says what is offered, excluded, undetermined, and on what that rests. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "plan/plan.h"
#include "report/page.h"

json *report_plan_json(arena *a, const plan *p);                          /* docs/plan.schema.json */
json *report_explain_json(arena *a, const plan *p, const explanation *x);
json *report_chart_json(arena *a, const plan *p);
json *report_chart_fhir(arena *a, const plan *p);                         /* Bundle: what is visible of the record, and the derived */

json *report_course_json(arena *a, const plan *p);                        /* docs/course.schema.json */

void report_plan_text(page *out, const plan *p);
void report_explain_text(page *out, const plan *p, const explanation *x);
void report_chart_text(page *out, const plan *p);
void report_course_text(page *out, const plan *p);

#endif
