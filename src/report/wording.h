/* wording.h -- the phrases that the text views share: dates, values, drugs, sources, in an arena. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_WORDING_H
#define REPORT_WORDING_H

#include "plan/plan.h"
#include "report/page.h"

str  words_date(arena *a, date d);                         /* "undated" for DATE_NONE */
str  words_join(arena *a, const str *at, uint32_t count, const char *between);
str  words_sentences(arena *a, const str *at, uint32_t count); /* each ended once */
str  words_drugs(arena *a, const plan *p, const option *o); /* "a or b + c"; p: NULL where there is no patient */
str  words_boxed(arena *a, const guideline *g, const plan *p, const option *o);   /* "a: warning; warning. b: ..."; empty when none of its drugs has any */
str  words_value(arena *a, const json *profile_value);     /* yes, no, unknown, or the text */
str  words_line(arena *a, const plan *p, const line_of_therapy *l);   /* "2024-02-10 to 2025-12, stopped for progression (\"...\"); best response PR" */
/* "best response PR (2024-08-01); reported as stable disease": worked out from lesions, and as reported. Empty: neither. */
str  words_best(arena *a, const plan *p, const line_of_therapy *l);
str  words_evidence(arena *a, const source *s);            /* "EMERALD: PFS (mo) 7.3 v 3.1, HR 0.50 (0.38-0.65); ..." */
str  words_input(str name);                                 /* the last part of an input's path */
bool words_unchecked(const plan *p, const str *ids, uint32_t count);
str  words_person(arena *a, const plan *p);                /* "female, 65 years; as of 2026-10-01; newest fact ..." */
str  words_patient(arena *a, const plan *p);               /* the first line of every text view */
void words_profile(page *out, arena *a, const plan *p);    /* a table of what is known, and one line of what is not */
void words_lines(page *out, arena *a, const plan *p);      /* TREATMENT SO FAR */
bool words_findings_any(const plan *p);
void words_findings(page *out, arena *a, const plan *p);   /* what is odd in the data, and what is hidden because it is later */
/* "Calcium, total 13.4 mg/dL 2026-11-20; line 1, metastatic": what criteria of these roles (bit 1 << role) rest on. */
str  words_facts(arena *a, const criterion *criteria, uint32_t count, uint32_t roles);
str  words_amount(arena *a, const plan_amount *x);         /* "Corrected calcium 14.0 mg/dL", of a known one */
void words_amount_add(arena *a, buf *to, const plan_amount *x, const plan_amount *before);   /* in a row of known ones; before: the last or NULL */
str  words_fill(arena *a, str say, str with);               /* put in for {} */
bool words_has_numbers(const source *s);                   /* an outcome is told */
arena *words_arena(const plan *p);

#define UNCHECKED "[unchecked]"

#endif
