/* medications.h -- every drug in the record as courses: what, from when to when, why it was stopped, for what it was given.
 * Requests, statements, administrations and dispenses of one ingredient that follow each other are one course. What is no
 * treatment (a draft, a cancelled order, a drug not taken) makes none. Arena memory of the record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_MEDICATIONS_H
#define CHART_MEDICATIONS_H

#include "chart/chart.h"
#include "terms/drugs.h"

typedef enum entry_state {
    ENTRY_SAID,      /* nothing is said of its end: a dose given, a packet handed over, a status unknown */
    ENTRY_ACTIVE,    /* recorded as going on       */
    ENTRY_HELD,      /* paused                     */
    ENTRY_OVER       /* completed or stopped       */
} entry_state;

/* One ingredient of one resource. */
typedef struct drug_entry {
    const drug     *drug;          /* NULL: nobody knows it */
    str             name;          /* ingredient; of an unknown drug the record's words */
    str             text;          /* as recorded */
    const resource *from_resource;
    const json     *what;          /* the element that names the drug */
    date            from, to;      /* to: a recorded end on or before the as-of day */
    const json     *from_at, *to_at;   /* the elements that say so, or NULL */
    date            last;          /* last day it speaks for: to, the last day of a supply, or from */
    entry_state     state;
    bool            dose;          /* an administration */
    bool            stopped;       /* over by a word that cannot mean a dose given */
    bool            misspelt;      /* the drug is what its name comes near, not what it says */
    bool            for_cancer;    /* given for the cancer, as far as the record says */
    bool            for_another;   /* every reason recorded is another disease */
    str             intent;        /* curative palliative supportive ... or empty */
    str             setting;       /* adjuvant neoadjuvant metastatic by the record's words, or empty */
    uint32_t        stated;        /* number of the line by the record's words, or 0 */
    str             reason, reason_text;
    const json     *reason_at, *intent_at, *setting_at;   /* the elements that say so, or NULL */
} drug_entry;

typedef struct drug_course {
    const drug   *drug;
    str           name, text;
    const drug_entry **entries;         /* by date; an undated one first */
    uint32_t      entry_count;
    date          start, end, last;   /* end: recorded, or the last dose of a course that lapsed; else DATE_NONE */
    date          seen;            /* the last day on which something is recorded of it; a supply may last longer */
    uint32_t      days;            /* how long it may be silent and still be in use; UINT32_MAX: until a stop is recorded */
    bool          series;          /* several entries at short intervals */
    int32_t       longest;         /* days between two of its entries; 0: fewer than two dated ones */
    bool          open_ended;      /* begun on a day, and nothing says until when: it may have gone on for any time */
    bool          held;            /* paused, by the newest entry */
    bool          active, over, stopped, in_use;   /* recorded as going on; recorded as ended; in use on the as-of day */
    bool          anticancer;
    bool          misspelt;        /* by an entry of it */
    str           intent, setting;
    uint32_t      stated;          /* number of the line by the record's words, when it began; or 0 */
    str           reason, reason_text;
    const json   *reason_at, *intent_at, *setting_at;
} course;

/* Every ingredient of every resource: by drug, purpose, date, in an order that depends on contents only. */
size_t drug_entries_make(const chart *c, const drug_entry ***out);
/* In an order that depends on contents only: by start, then name. */
size_t courses_make(const chart *c, course **out);
/* Whether a drug, class, route or role, as a rule names it, is this course's. */
bool   course_is(const course *x, str subject);
bool   course_is_any(const course *x, const str_list *subjects);
/* Whether it went on, as far as anything says, on that day (days since 1970): not ended before it, nor silent for too long. */
bool   course_runs_on(const course *c, int32_t day);
/* The code system of a fact, as derived Observations carry it. */
str    fact_system(const chart *c, const fact_def *f);

#endif
