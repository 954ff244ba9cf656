/* contents.h -- what a pack holds, for the person who keeps it: its options, any entry whole, what a statement cites, what
 * changed since a day, and whether the knowledge is sound. Text on a page; judges no medicine. Arena memory for phrases. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_CONTENTS_H
#define REPORT_CONTENTS_H

#include "pack/pack.h"
#include "plan/coverage.h"
#include "report/page.h"

/* Options by disease; then how much else there is. kind: empty, or one of options alerts tests sources drugs facts.
 * NL_E_ARG: no such kind. */
NL_MUST nl_status contents_list(page *out, arena *a, const pack *p, str kind, nl_error *err);
/* One option, alert, test, source, drug or fact with all it says. NL_E_ARG: no such id; the message lists near ones. */
NL_MUST nl_status contents_show(page *out, arena *a, const pack *p, str id, nl_error *err);
/* Every source an option, alert or test rests on; of a source, itself and what cites it. NL_E_ARG as above. */
NL_MUST nl_status contents_cite(page *out, arena *a, const pack *p, str id, nl_error *err);
/* What began or ended on or after a day, oldest first: approvals and dated rules. */
void contents_changes(page *out, arena *a, const pack *p, date since);
/* Whether the knowledge is sound: what can never speak, what speaks against itself, what is unchecked; with the cases given, what
 * none of them has shown. cases may be NULL. Answers how many faults there are: what must be mended before the pack is used. */
uint32_t contents_check(page *out, arena *a, const pack *p, const coverage *cases);

#endif
