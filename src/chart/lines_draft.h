/* lines_draft.h -- what the files that draw lines of therapy share: a line while it is being drawn, what the record says of the
 * disease it may be for, and the questions met on the way. Arena memory of the record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_LINES_DRAFT_H
#define CHART_LINES_DRAFT_H

#include "chart/medications.h"

typedef struct member { const course *course; str rule, phase; } member;   /* rule: why it belongs to the line; phase: or empty */

typedef struct draft {
    VEC(member) members;            /* in order of first use */
    date     start;
    str      setting, rule, confidence;
    str      setting_rule, setting_confidence;
    str      first_phase;           /* what it was until its first phase began, or empty */
    uint32_t stated;                /* the number a clinician gave it, or 0 */
    VEC(const course *) taken;      /* members that the next line took over */
} draft;

typedef struct status_day { date day; str word; const resource *fact; } status_day;

typedef struct disease {
    date  found;                    /* distant disease, as recorded; DATE_NONE when undated or not there */
    bool  distant, curative;        /* distant disease at all; anything that speaks of treatment to cure */
    date  surgery;                  /* the first operation on the primary tumour, or DATE_NONE */
    const resource *found_by, *operated_by;   /* the fact and the Procedure that say so, or NULL */
    VEC(status_day) status;         /* by date */
    VEC(status_day) changes;        /* reasons for which a review changed the plan, by date */
} disease;

/* A place where two readings are plausible. */
typedef struct open_question {
    const course *at;               /* the first drug begun there */
    const line_question *question;
    bool          apart;            /* how the rules read it until it is settled */
    date          day;
    str           drugs, begun;     /* of the line so far; begun there */
} open_question;
typedef VEC(open_question) open_questions;

typedef struct drawer {
    chart            *c;
    arena            *a;
    const line_rules *rules;
    const disease    *disease;
    const open_question *flipped;   /* to be read the other way */
    size_t            flipped_count;
    VEC(draft)        drafts;
    open_questions    met;
} drawer;

/* ---- lines_setting.c ---- */
/* The first day of distant disease as recorded; DATE_NONE when undated or not there. */
date    distant_found(const chart *c);
/* The first operation on the primary tumour; DATE_NONE when undated or not there. */
date    first_operation(const chart *c);
/* The days on which the disease is recorded as worse, in no order. */
size_t  days_of_worsening(const chart *c, const date **out);
disease disease_read(const chart *c, const course *picks, size_t count);
typedef struct setting_told { str setting, rule, confidence, other; } setting_told;   /* other: as plausible, or empty */
/* adjuvant neoadjuvant metastatic unknown. after: the setting of the line before, or empty. */
setting_told setting_of(const line_rules *r, const disease *d, const course *p, str after);
/* The newest recorded status after `from` (not on it) and up to `until`; NULL when there is none. DATE_NONE from: any day. */
const status_day *status_between(const disease *d, date from, int32_t until);
/* Why a review of the plan changed the treatment about then: the newest that fits between a day and a later one (days since 1970).
 * NULL where none does, or where two do not agree. */
const status_day *change_about(const line_rules *r, const disease *d, int32_t from, int32_t until);

/* ---- lines_join.c ---- */
typedef enum fit { FIT_APART, FIT_SAME, FIT_OPEN } fit;
typedef struct verdict { fit fit; str rule, phase, before_phase; const line_question *question; bool apart; } verdict;
/* Whether a drug begun while a metastatic line is the newest belongs to it. */
verdict joins_line(const drawer *x, const draft *l, const course *p);
bool    holds_drug(const draft *l, const course *p);
const course *member_that_is(const draft *l, str subject, const course *but);
const line_question *question_named(const line_rules *r, str id);

/* ---- lines.c ---- */
/* Draws everything from the start: undated drugs first, then the dated ones in order. */
void draw(drawer *x, const course *const *undated, size_t undated_count, const course *const *dated, size_t dated_count);

/* ---- lines_settle.c, lines_write.c ---- */
/* What of the record settled a line; each may be NULL. */
typedef struct line_basis {
    const course     *why;          /* the drug whose recorded reason it is */
    const status_day *worse;        /* the disease recorded as worse while it ran */
    const status_day *change;       /* the review that changed the plan about its end; its reason holds where no drug has one */
    const status_day *best;         /* the best status reported */
    const course     *next;         /* the first drug of the line that follows */
} line_basis;
/* What became of each draft. place: from 0. */
line_of_therapy line_settle(const chart *c, const disease *d, const draft *drafts, size_t count, size_t place, line_basis *basis);
/* The Procedure of the line, and one for each of its phases. */
typedef VEC(line_resource) line_resources;
void lines_write(chart *c, const draft *l, const line_of_therapy *line, str id, const line_basis *basis, line_resources *out);
/* lines_evidence.c: what each part rests on. */
void line_evidence_make(const chart *c, const disease *d, const draft *l, const line_basis *basis, line_of_therapy *line);
typedef VEC(const json *) source_list;
/* The elements from which the first day of a course was read, and the last. */
const json *course_begun_at(const course *p);
const json *course_ended_at(const course *p);
bool is_taken(const draft *l, const course *p);
/* Facts of facts.yaml that read drugs in use. */
void drug_facts_write(chart *c, const course *courses, size_t count);

#endif
