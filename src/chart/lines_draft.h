/* lines_draft.h -- what the files that draw lines of therapy share: a line while it is being drawn, and what the record says
 * of the disease it may be for. Arena memory of the record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_LINES_DRAFT_H
#define CHART_LINES_DRAFT_H

#include "chart/medications.h"

typedef struct phase { str word; date start; const course *by; } phase;

typedef struct draft {
    VEC(const course *) members;    /* in order of first use */
    VEC(phase)          phases;
    date     start;
    str      setting, rule, confidence;
    uint32_t carried_on;            /* how many members the next line took over; they stand in `taken` */
    VEC(const course *) taken;
} draft;

typedef struct status_day { date day; str word; const resource *fact; } status_day;

typedef struct disease {
    date  found;                    /* distant disease, as recorded; DATE_NONE when undated or not there */
    bool  distant, curative;        /* distant disease at all; anything that speaks of treatment to cure */
    date  surgery;                  /* the first operation on the primary tumour, or DATE_NONE */
    VEC(status_day) status;         /* by date */
} disease;

disease disease_read(const chart *c, const course *picks, size_t count);
/* adjuvant neoadjuvant metastatic unknown; *rule and *confidence say why. after: the setting of the line before, or empty. */
str     setting_of(const line_rules *r, const disease *d, const course *p, str after, str *rule, str *confidence);
/* The newest recorded status after `from` (not on it) and up to `until`; NULL when there is none. DATE_NONE from: any day. */
const status_day *status_between(const disease *d, date from, int32_t until);

/* Fills c->lines from the drafts, appends the Procedures. */
void lines_write(chart *c, const disease *d, draft *drafts, size_t count);
/* Facts of facts.yaml that read drugs in use. */
void drug_facts_write(chart *c, const course *courses, size_t count);

#endif
