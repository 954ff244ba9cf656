/* entry.h -- everything in the record that may say something, in one shape: Observations and their components, answers of
 * questionnaires, conditions, procedures, allergies, diagnoses of relatives, adverse events, reviews of care plans. What each is about is looked up once.
 * Arena memory of the record; entries borrow its elements. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_ENTRY_H
#define CHART_ENTRY_H

#include "chart/chart.h"

typedef struct entry entry;
struct text_memory;   /* what the words beside a code meant in each set asked so far */
struct entry {
    reading_type    type;
    const resource *from;
    const json     *node;          /* the resource, the component, the item */
    const json     *code;          /* CodeableConcept; of an item: the item itself */
    const json     *value;         /* value[x] or the answer; NULL when there is none */
    const entry    *parent;        /* the Observation of a component */
    const term_row *const *meanings[8];   /* of each coding that is known */
    size_t          meaning_counts[8];
    uint32_t        coding_count;
    struct text_memory *memory;
    bool            by_text;       /* no code of a system we know: its words may speak */
    str             barred;        /* why it must not be read ("entered-in-error"), or empty */
    bool            suspected, ended, absent;   /* absent: dataAbsentReason */
    const json     *site;          /* bodySite */
    const resource *report;        /* the DiagnosticReport that lists it, or NULL */
    const resource *staged;        /* the Condition whose stage lists it, or NULL */
    str             specimen;      /* reference of its own or its report's, resolved to "Specimen/x" where it can be; or empty */
    const resource *specimen_of;   /* the Specimen, or NULL */
    date            when;
};

typedef struct entry_list { const entry *at; size_t count; } entry_list;

/* All entries of the visible, not derived resources, in record order. */
entry_list entries_make(chart *c);

/* Whether the entry is about that word of the set. by: the words beside the code that said so, empty when a code did. */
bool entry_is(const chart *c, const entry *e, str set, str word);
/* The word of the set that the entry is about, or empty. */
str  entry_word(const chart *c, const entry *e, str set);
/* A phrase under a negation that would have made it so: the word, else empty; *negation: the phrase that took it back. */
str  entry_negated(const chart *c, const entry *e, str set, str *negation);
/* Whether it belongs to a condition of the set: by its own code, or by a Condition it refers to or that lists it. */
bool entry_belongs(const chart *c, const entry *e, str set);
/* The words beside the code: text, else the first display. */
str  entry_label(const entry *e);
/* Whether some words beside the code, its method included, hold a phrase of that topic. */
bool entry_label_is(const chart *c, const entry *e, str topic);
/* The entries of the same resource stand together: from first up to, not including, last. */
void entries_beside(const entry_list *all, const entry *e, const entry **first, const entry **last);
/* An element of the resource of one of these names (own), or the value of an extension whose URL ends in one; NULL: none. */
const json *entry_at(const entry *e, const str *names, uint32_t count, bool *own);
/* A component of the same Observation about the topic; NULL when there is none. The parent's, for a component. */
const entry *entry_component(const chart *c, const entry_list *all, const entry *e, str topic);

/* ---- values ---- */
typedef struct word_read {
    str  word;          /* of the set; "unknown" when the record says so; empty: nothing, or not understood */
    str  text;          /* the record's own words */
    bool conflict;      /* codings that mean different words */
    bool given;         /* there is something written */
} word_read;
/* A value, CodeableConcept, code, text, number or boolean, looked up in a set, or in the first of several (between blanks)
 * that knows it, or else in `no-value`. */
word_read word_of_value(const chart *c, const json *value, str set);
/* The value of an entry; where it has none, its interpretation. */
word_read word_of_entry(const chart *c, const entry *e, str set);

#endif
