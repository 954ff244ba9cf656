/* course.h -- how the course of a disease is told: knowledge/course.yaml once pack has checked it. Which facts make one entry
 * of the dated list, what they are called there, in which order they stand on one day. Nothing here judges.
 * Strings and arrays belong to the pack. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_COURSE_H
#define PACK_COURSE_H

#include "base/ar.h"

/* What stands for a word of the record or of a fact; {} in say is what the record wrote. */
typedef struct course_word { str word, say; } course_word;
typedef struct course_words { course_word *at; uint32_t count; } course_words;

/* A fact as the course speaks of it. */
typedef struct course_fact {
    str          code;
    str          name;           /* before its value; empty: the fact's own label */
    course_words words;          /* its values; else the words of the whole file; else the word itself */
    course_words parts;          /* what its table joined and is worth quoting, in this order: {} is the record's wording */
    str         *quote;          /* topics of `about`: components of the source whose value is quoted */
    uint32_t     quote_count;
    bool         compared;       /* a change against the sample before is said */
    bool         unnamed;        /* its value says enough */
    bool         recorded;       /* the record's own words beside the value */
} course_fact;

typedef enum course_from { COURSE_FACTS, COURSE_LINES, COURSE_ASSESSMENTS } course_from;
typedef enum course_join { COURSE_BY_DAY, COURSE_BY_RESOURCE, COURSE_BY_SAMPLE } course_join;
typedef enum course_repeat { COURSE_ALL, COURSE_CHANGES, COURSE_RUNS } course_repeat;

/* One kind of entry; their order in the file is their order on one day. */
typedef struct course_kind {
    str      id, title;
    uint8_t  from, join, repeat;  /* course_from, course_join, course_repeat */
    bool     named;               /* the record's own name of the resource stands first */
    bool     response;            /* says how the disease answers: the newest of these is the last response */
    str     *facts, *systems;     /* codes of facts; every fact of these systems besides */
    str     *gather;              /* words whose facts stand together, at the end: "not detected: a, b" */
    str     *kinds;               /* of assessments: which */
    str     *except;              /* of assessments: answers that another entry tells */
    uint32_t fact_count, system_count, gather_count, kind_count, except_count;
} course_kind;

/* A line of the head: a key of the profile, with the day it was measured or since when it is so. */
typedef struct course_head { str key, since; bool dated; } course_head;

typedef struct course_rules {
    course_head *heads;
    course_kind *kinds;
    course_fact *facts;
    course_words words;           /* of any fact, line or assessment */
    str         *conflicts;       /* codes of findings that say that sources disagree */
    str         *numbers;         /* keys of amounts of profile.yaml worth a place on the page */
    str         *tags;            /* kinds that a terminology writes behind its names: "(procedure)" */
    uint32_t     head_count, kind_count, fact_count, conflict_count, number_count, tag_count;
} course_rules;

void course_rules_ar(ar *x, course_rules *r);
const course_fact *course_rules_fact(const course_rules *r, str code);   /* NULL when the file says nothing of it */
/* What is said for a word: by the first of both lists that has it; else the word. */
str course_say(const course_words *own, const course_words *all, str word);

#endif
