/* date.h -- calendar dates that may be partial: a year, a year and month, or a day. Proleptic Gregorian, years 1..9999.
 * Time of day and offset are not kept here (cql/datetime.h does); a date is what the record wrote, in its own zone. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/str.h"

typedef enum date_precision { DATE_NONE = 0, DATE_YEAR, DATE_MONTH, DATE_DAY } date_precision;

typedef struct date {
    int16_t year;
    uint8_t month, day;      /* 0 beyond the precision   */
    uint8_t precision;       /* date_precision           */
} date;

/* Reads YYYY, YYYY-MM or YYYY-MM-DD, or the date part of a FHIR dateTime or instant. false: not a date that exists. */
bool    date_read(str text, date *out);
str     date_write(date d, char out[11]);       /* "" when DATE_NONE; the str points into out */
int32_t date_days(date d);                      /* days since 1970-01-01 of the first day d may mean */
int32_t date_days_last(date d);                 /* ... of the last day d may mean                    */
date    date_of_days(int32_t days);
int     date_days_in_month(int year, int month);
/* -1, 0, 1 by first possible day, then coarser first; DATE_NONE sorts before all. A total order, for sorting only. */
int     date_cmp(date a, date b);
/* Certainly after: every day a may mean is later than every day b may mean. */
static inline bool date_after(date a, date b)
{
    return a.precision != DATE_NONE && b.precision != DATE_NONE && date_days(a) > date_days_last(b);
}

#endif
