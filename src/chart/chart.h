/* chart.h -- what a clinician would write on one page, made from the record by rules the knowledge steers.
 * Every result becomes a derived FHIR resource appended to the record (knowledge/facts.yaml declares each code), pointing at
 * the elements it was made from. The chart settles form (code, unit, spelling, specimen, line), never meaning; that is CQL.
 * What is dated after the as-of day is hidden first. Names no drug and no gene. Arena memory of the record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_CHART_H
#define CHART_CHART_H

#include "record/record.h"
#include "terms/terms.h"

/* One drug within a line. */
typedef struct line_part {
    str      drug;                /* ingredient; an unrecognised drug as recorded */
    date     start, end;          /* its days within this line; end: DATE_NONE when not recorded, or when it went on into the next line */
    bool     goes_on;             /* into the next line */
    str      rule;                /* why it belongs to this line: "lot.swap-taxane", ... */
    str      phase;               /* the phase it began: maintenance molecular-switch ...; or empty */
    str      stop_reason, stop_text;
} line_part;

typedef struct line_phase { str word; date start; } line_phase;   /* induction maintenance molecular-switch ... */

/* What one part of a line rests on, and how sure that is. A part that is not recorded has a row too, without sources. */
typedef struct line_evidence {
    str      part;                /* drug start end setting reason response */
    str      value;               /* as the line has it; empty: not known */
    str      how;                 /* recorded; derived: worked out from what is recorded; presumed; running: an end that has not come; none */
    str      confidence;          /* high medium low; empty where there is no value */
    str      rule;                /* of lines.yaml or of the program that drew it, or empty */
    const json *const *sources;   /* elements of the input */
    uint32_t source_count;
} line_evidence;

typedef struct line_of_therapy {
    uint32_t number;              /* within its setting, from 1 */
    str      setting;             /* adjuvant neoadjuvant metastatic unknown */
    date     start, end;          /* end: DATE_NONE when not recorded */
    bool     in_progress;
    const str *drugs;             /* ingredients, in order of first use; an unrecognised drug as recorded */
    const str *classes;           /* every class of every drug, without repeats */
    const str *kinds;             /* what it counts as beside its number, ids of `counts` in lines.yaml; "unknown" for a drug nobody knows */
    const line_part *parts;       /* each course of each drug, in order of first use */
    const line_phase *phases;     /* by date; none: the line has one phase */
    const line_evidence *evidence;/* drugs in order of first use, then start, end, setting, reason, response */
    uint32_t drug_count, class_count, kind_count, part_count, phase_count, evidence_count;
    date     next_start;          /* of the next metastatic line: from start to it is the time to next treatment; DATE_NONE: none */
    uint32_t stated_number;       /* the number a clinician gave it, where that is not what was counted; else 0 */
    str      stop_reason;         /* progression toxicity completed ...; empty when not recorded */
    str      stop_text;           /* the record's own words, or empty */
    str      response;            /* the best that was reported, or empty */
    str      measured;            /* the best that was worked out from lesions: a word of the fact; empty: none */
    date     measured_on;         /* the first visit that showed it */
    bool     presumed_progression;/* changed for other anticancer drugs while metastatic, and no reason recorded */
    str      rule;                /* the rule that drew its start: "lot.first-metastatic", ... */
    str      confidence;          /* high medium low */
    const resource *derived;      /* the Procedure */
} line_of_therapy;

/* A place where two readings of the record are plausible, and the question that settles it. */
typedef struct line_decision { str id, question, main, other; date day; } line_decision;   /* main, other: sentences of what each reading takes for granted */

/* A resource that a reading brings along. */
typedef struct line_resource { json *root; date when; const json **sources; uint32_t source_count; int32_t line; } line_resource;   /* line: place in lines, or -1 */

/* One way to read the course. Bit k of `flipped`: decision k is read the other way; reading r flips the bits of r, so 0 is the main one. */
typedef struct line_reading {
    uint32_t         flipped;
    line_of_therapy *lines;       /* oldest first */
    uint32_t         line_count;
    const line_resource *resources;
    uint32_t         resource_count;
} line_reading;

/* How the disease answered on one day, or how a line went as a whole. Words are those of the fact it becomes (facts.yaml). */
typedef struct assessment {
    str      kind;                /* recist irecist brain bone marker ctdna: worked out here. status: reported. best: of a line */
    date     when;                /* the visit: the last day of its measurements; of best: the first visit that showed it */
    uint32_t line;                /* 1 + index into lines of the line it falls into; 0: none */
    str      subject;             /* marker: which marker; ctdna: which gene; else empty */
    str      target, non_target, new_lesion;   /* words; empty where the kind has none, or nothing of that sort was there */
    str      imaging, steroids, clinical;      /* of the brain: what imaging alone says; none not-more more taken unknown; not-worse worse unknown */
    str      overall;             /* the answer: a word of the fact; empty: not known, and the reasons say what is missing */
    str      value, unit;         /* sum of diameters, marker value or variant fraction as a decimal; empty: not all known */
    str      baseline, nadir;     /* the same of the baseline visit, and the least so far; empty: none */
    str      from_baseline, from_nadir;        /* change in per cent, one digit after the point, "-32.5"; empty: not known */
    str      best;                /* best answer of the line up to and with this one; empty: none yet */
    const str *reasons;           /* words that say what decided: target-growth new-lesion missing-target no-baseline ... */
    const str *says;              /* one sentence each, for people; as many as reasons */
    uint32_t reason_count;
    bool     baseline_visit;      /* the one that others are compared with: no overall answer */
    bool     outspoken;           /* a reported status of about that day says otherwise and speaks first */
    const json *const *sources;   /* elements of the input */
    uint32_t source_count;
    const resource *derived;      /* the Observation; NULL for a baseline visit */
} assessment;

typedef struct chart {
    record *record;
    const terms *terms;
    date    as_of;
    date    newest;               /* newest fact visible; DATE_NONE when all are undated */
    str     newest_what;          /* "Observation/x" */
    const resource *const *later; /* hidden: dated after as_of */
    uint32_t later_count;
    const line_of_therapy *lines; /* oldest first; of the main reading, or the one that chart_read has put in its place */
    uint32_t line_count;
    const struct drug_course *courses;  /* every drug, by start: chart/medications.h */
    size_t  course_count;
    const line_decision *decisions;     /* what the readings differ in */
    const line_reading *readings;       /* the main one first; 1 << decision_count of them */
    uint32_t decision_count, reading_count;
    const assessment *assessments;/* oldest first, an undated one before all; of one day in the order of the kinds above */
    uint32_t assessment_count;
    uint32_t reading;             /* that stands now */
    struct hidden_stack *hidden;  /* what a what-if has hidden, newest last: chart_undo shows it again */
} chart;

/* Reads the record and appends the derived resources. Never fails for odd data: that becomes record findings. */
chart *chart_make(record *r, const terms *t, date as_of);

/* ---- what if ---- A fact is replaced as the chart hands it over: earlier results of the code, and of the codes it excludes,
 * are hidden and one derived result dated as_of stands instead. Undo ends the newest change; changes nest. */
/* value: a word; a number, with or without a UCUM unit; an integer; true or false; for a date fact a date or yes. `unknown` takes an
 * open fact away, `none` a closed one. The value over the upper limit of a changed value falls away too. */
/* method: how it was found, for a fact that has a set-method; empty: that one. NL_E_ARG: unknown fact, not settable, or not one of its values */
NL_MUST nl_status chart_set(chart *c, str fact, str value, str method, nl_error *err);
/* Gives a line the stop reason (a word of facts.yaml); the derived Procedure is replaced. */
void     chart_presume(chart *c, const line_of_therapy *line, str stop_reason);
/* Puts the lines of another reading in the place of those that stand. */
void     chart_read(chart *c, uint32_t reading);
typedef struct chart_mark { size_t derived, hidden; uint32_t reading; } chart_mark;
chart_mark chart_get_mark(const chart *c);
void     chart_undo(chart *c, chart_mark m);

#endif
