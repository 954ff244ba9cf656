/* course.h -- the course so far as a dated list, made from the chart by knowledge/course.yaml: what happened, when, on which
 * elements of the record it rests. Adds nothing and judges nothing: words come from the record, the chart and the knowledge.
 * The order depends on contents only, never on the order of resources. Arena memory of the record; borrowed text. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_COURSE_H
#define REPORT_COURSE_H

#include "plan/plan.h"
#include "report/chart_fact.h"

typedef VEC(const json *) course_sources;      /* elements of the input, each once, in an order of their contents */

/* One value within an entry. */
typedef struct course_item {
    str  code, name;            /* the fact; how it is called here, or empty where the title says it */
    str  word, say;             /* its word, number or "recorded"; what is shown */
    str  detail;                /* what of the record is worth quoting, or empty: "IHC 1+" */
    str  recorded;              /* the record's own words, or empty */
    bool many;                  /* values of this fact stand side by side and do not exclude each other */
} course_item;

typedef struct course_entry {
    const course_kind *kind;
    str         title;          /* of the kind; of a line with its number */
    date        when, until;    /* until: the last day of a period or of a run of equal results; DATE_NONE: none */
    str         name;           /* the record's own name of the resource or sample, or empty */
    const course_item *items;
    uint32_t    item_count;
    const str  *changed;        /* against the sample before: "PR positive -> negative" */
    uint32_t    changed_count;
    date        changed_since;  /* the day of that sample */
    const line_of_therapy *line;         /* or NULL */
    const assessment      *assessment;   /* or NULL */
    str         text;           /* all of it for people, in one paragraph */
    uint32_t    times;          /* equal results that this entry stands for, 1 or more */
    bool        presumed;       /* something in it is presumed, and says so */
    bool        conflict;       /* the sources of one value do not agree: each is shown */
    course_sources sources;
} course_entry;

typedef struct course_head_line {
    const profile_entry *of;
    date        when;           /* newest day it rests on, or the earliest day since; DATE_NONE: none */
    bool        since;
    str         where;          /* the sample of that day, or empty */
} course_head_line;

typedef struct course_question {
    str  text;
    str  taken, other;          /* what this page takes for granted until it is answered; the other way, empty where a line is presumed */
    str  otherwise;             /* the lines there would be then: "LINE 2 a + b (2024-05-01)" */
    const line_of_therapy *line;/* the first it is about, or NULL */
    course_sources sources;
} course_question;

typedef struct course {
    const plan *plan;
    const course_head_line *heads;
    const course_entry *dated, *undated;           /* by date; of one day in the order of course.yaml */
    const course_question *questions;              /* what would settle what is presumed or left open */
    const finding *const *conflicts;               /* findings that say that sources disagree */
    const line_of_therapy *const *running;         /* lines in progress */
    const line_of_therapy *last;                   /* the last line in time, or NULL */
    const course_entry *newest_response;           /* or NULL */
    uint32_t head_count, dated_count, undated_count, question_count, conflict_count, running_count;
} course;

course *course_make(arena *a, const plan *p);

/* ---- parts, inside report only ---- */

typedef VEC(course_entry) course_entries;

/* course_lines.c: an entry for each line of therapy, and the questions they leave open. */
str  course_line_title(arena *a, const plan *p, const line_of_therapy *l);   /* "LINE 2" */
void course_add_lines(arena *a, const plan *p, const course_kind *k, course_entries *out);
const course_question *course_questions(arena *a, const plan *p, uint32_t *count);
/* course_responses.c: an entry for each assessment of a kind that the entry names. */
void course_add_assessments(arena *a, const plan *p, const course_kind *k, course_entries *out);

date course_last_day(const course_entry *e);                         /* until, else when */
str  course_sample_name(arena *a, const plan *p, str specimen);      /* what the record calls the sample, or empty */
void course_sources_add(arena *a, const plan *p, course_sources *to, const json *const *from, size_t count);
/* "41 months", "12 days", "0 to 23 months": from a day of the one to a day of the other. Empty when one is not known. */
str  course_span(arena *a, date from, date to);
str  course_concept(const course_rules *r, const json *concept);                         /* words of a CodeableConcept, without the tag of a terminology */
str  course_untagged(const course_rules *r, str display);                                   /* "Partial mastectomy (procedure)" without its tag */
str  course_name(arena *a, const plan *p, const resource *r);        /* what the record calls a resource, with its sites */

#endif
