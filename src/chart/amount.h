/* amount.h -- numbers of the record: with a comparator, a range or a unit, as a Quantity or in words. Never a double.
 * Every function is pure; text made lives in the arena given. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHART_AMOUNT_H
#define CHART_AMOUNT_H

#include "json/json.h"
#include "terms/terms.h"
#include "ucum/ucum.h"

/* All numbers that the record's words leave possible. */
typedef struct span {
    ucum_number low, high;
    bool has_low, has_high, low_open, high_open;
} span;

typedef struct amount {
    span span;
    str  number;        /* digits as written; empty for a range */
    str  comparator;    /* < <= >= > or empty */
    str  unit;          /* as written; empty: none */
} amount;

/* Reads the value of an Observation or component: Quantity, integer, Range, or a text that begins with a number. The words
 * for comparators ("less than") are set `comparator` of the terms. false: not one number or range. */
bool amount_read(const terms *t, const json *value, amount *out);
/* The one number before the sign of a unit ("%") in a text: "Positive, 5 %". What stands before it up to a comma, bracket or
 * colon must be nothing, a comparator, or a whole word of one of the sets. UNCLEAR: several, or words that may change it. */
typedef enum amount_found { WORDS_NONE, WORDS_ONE, WORDS_UNCLEAR } amount_found;
amount_found amount_in_words(const terms *t, str text, str sign, str sets, amount *out);
/* The unit, by units.csv and UCUM. false: missing or not known. */
bool amount_unit(const terms *t, str written, ucum_unit *out);
/* value, in from, as a decimal number of the fact's unit: by UCUM, else by the fact's own factors. */
bool amount_convert(const fact_def *d, ucum_number value, const ucum_unit *from, ucum_number *out);

/* "<2.4 mg/dL", for people: UCUM's unity says nothing to them. */
str  amount_words(arena *a, str comparator, str number, str unit);
/* The unit of a fact as a sentence names it: "mg/dL", "a plain number". */
str  amount_unit_words(const fact_def *d);

int  number_compare(ucum_number a, ucum_number b);
/* Rounded half away from zero to 8 decimals; no trailing zeros beyond what the record wrote need be expected. */
str  number_text(arena *a, ucum_number n);
/* a / b rounded to 8 decimals; false when b is zero or the numbers are too large. */
bool number_divide(ucum_number a, ucum_number b, ucum_number *out);
bool number_multiply(ucum_number a, ucum_number b, ucum_number *out);

/* The band that holds the whole amount; empty when none does or the unit does not fit. */
str  cut_word(const terms *t, const cut_set *c, const amount *n);

#endif
