/* response.h -- how the disease answered: visits made of what was seen of each lesion, judged against the start of each line by the
 * numbers of knowledge/response.yaml; markers, plasma and bone beside them. Inside the chart only. Each answer becomes a derived
 * Observation and stands in chart.assessments. Lengths in millionths of a millimetre. Arena memory of the record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_RESPONSE_H
#define CHART_RESPONSE_H

#include "chart/derive.h"
#include "chart/entry.h"
#include "terms/response.h"
#include "ucum/ucum.h"

/* Runs after the facts and the lines of therapy stand in the chart. */
void response_make(chart *c, const entry_list *entries);

/* ---- lesions.c: what was seen of a lesion ---- */
typedef enum sighting_kind { SEEN_LESION, SEEN_NEW_LESIONS, SEEN_NON_TARGETS } sighting_kind;   /* the others speak for a whole visit */

typedef struct sighting {
    sighting_kind kind;
    const resource *from;
    date     when;
    str      key;             /* the same for one lesion at every visit; of a whole visit its kind */
    str      site;            /* a word of lesion-site, else the site as recorded, or empty */
    bool     node;
    str      role, state;     /* words, or empty; of a whole visit the answer stands in state */
    bool     measured;
    int64_t  size;            /* of the axis that counts */
    bool     short_axis_missing, disagree;
    const resource *report;   /* that lists it, or NULL */
    const json *sources[4];
    uint32_t source_count;
} sighting;

typedef struct visit {
    date     first, when;     /* its first and last day */
    const sighting *at;
    size_t   count;
} visit;

/* Visits in order of their days. starts: days on which a line began, rising: what was seen after one is no visit with what was seen
 * up to it. */
size_t visits_make(chart *c, const entry_list *entries, const int32_t *starts, size_t start_count, const visit **out);
bool   micro_of(ucum_number n, int64_t *out);                   /* a decimal in millionths, rounded half away from zero */
str    micro_text(arena *a, int64_t v);                         /* "45.5" */
str    percent_text(arena *a, int64_t now, int64_t before);     /* change in per cent, one digit after the point; empty when before is 0 */

/* ---- response.c: one kind of criteria from one start to the next ---- */
typedef struct reasons { str at[12]; uint32_t count; } reasons;
void reason_add(reasons *r, str word);

typedef VEC(const json *) element_list;

typedef struct episode {
    uint32_t line;            /* 1 + index into chart.lines; 0: before any, or none */
    int32_t  start;           /* day of the line; INT32_MIN without one */
    size_t   from, to;        /* its visits */
} episode;

typedef struct visit_result {       /* what one visit says */
    const visit *visit;
    bool     baseline;
    str      target, non_target, new_lesion, overall, best;
    str      imaging, steroids, clinical;   /* of the brain; else empty */
    bool     all_measured;
    int64_t  sum, base, nadir;
    bool     has_base;
    int64_t  new_sum;         /* of measured new lesions */
    uint32_t new_count;
    bool     new_seen_worse;  /* a new lesion that was not measured has clearly grown, or one more came */
    reasons  why;
    element_list sources;
} visit_result;

typedef struct judge {
    chart   *c;
    arena   *a;
    const response_rules *rules;
    const visit *visits;
    size_t   visit_count;
    VEC(episode) episodes;
    VEC(assessment) out;
} judge;

/* Results of an episode, the baseline first; 0 when it has no lesions for these criteria. */
size_t criteria_judge(judge *j, const response_criteria *c, const episode *e, visit_result **out);

/* ---- response_brain.c ---- */
/* Where the criteria ask for steroids: the answer of each visit after the baseline (list holds one at least) with what is known of them
 * and of the clinical state. */
void brain_settle(const judge *j, const response_criteria *c, visit_result *list, size_t count);

/* ---- response_best.c ---- */
void best_settle(const judge *j, const episode *e, visit_result *list, size_t count);   /* fills `best` */
/* Words by iRECIST for each result after the baseline; the reasons it adds. */
void irecist_judge(const judge *j, const visit_result *list, size_t count, str *words, reasons *why);

/* ---- response_signs.c: markers, plasma, bone, reported status ---- */
void markers_judge(judge *j);
void plasma_judge(judge *j);
void bone_judge(judge *j);             /* after the markers */
void statuses_add(judge *j);
void conflicts_tell(judge *j);         /* after all; marks what a reported status outspeaks */
uint32_t line_on(const judge *j, date when);                    /* 1 + index of the line it falls into */
/* Days since the line on which it falls began; -1 without one. */
int32_t  days_since_start(const judge *j, date when);
size_t   facts_of(const chart *c, str code, const resource *const **out);
str      fact_word(const resource *fact);
void     add_elements(arena *a, element_list *to, const json *const *elements, uint32_t count);

/* ---- response_write.c ---- */
/* Sentences of the reasons, the derived Observation unless it is a baseline visit or a reported status, and its place in the list. */
void assessment_add(judge *j, const assessment *x, const reasons *why, const element_list *sources, str fact);

#endif
