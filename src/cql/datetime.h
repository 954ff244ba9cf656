/* datetime.h -- Date, DateTime and Time that may be partial, with calendar arithmetic and the three-valued comparisons of CQL.
 * A moment knows how many of its fields are meant; what is beyond is unknown, not zero. Years 1..9999. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CQL_DATETIME_H
#define CQL_DATETIME_H

#include "base/date.h"
#include "cql/value.h"

typedef enum precision { P_NONE = 0, P_YEAR, P_MONTH, P_DAY, P_HOUR, P_MINUTE, P_SECOND, P_MILLISECOND, P_WEEK } precision;

typedef struct moment {
    int32_t at[7];          /* year month day hour minute second millisecond */
    uint8_t kind;           /* CQL_DATE, CQL_DATETIME, CQL_TIME              */
    uint8_t precision;      /* fields meant are those before it; of a Time from P_HOUR on */
    int16_t offset;         /* minutes east of UTC; 0 unless DateTime        */
    bool    floating;       /* written without an offset: the run gives it that of the request */
} moment;

moment    moment_of(cql_value v);                        /* of a Date, DateTime or Time */
cql_value moment_value(moment m);
static inline uint8_t moment_fields(cql_value v) { return v.flag & 0x0f; }   /* the precision of a packed one */
bool      moment_read(cql_kind kind, str text, moment *out);
str       moment_write(moment m, char out[40]);          /* a DateTime without hour ends in T, so that it is not a Date */
bool      moment_valid(const moment *m);                 /* every field in range, the day in its month */
moment    moment_of_date(date d);
cql_value moment_least(cql_kind kind);
cql_value moment_greatest(cql_kind kind);

/* ---- order ---- fields are compared one by one from the coarsest down to `to` (P_NONE: all that either has). Where hours count and
 * the two have different offsets, both are first brought to `offset`. */
typedef enum order { ORDER_BEFORE = -1, ORDER_SAME = 0, ORDER_AFTER = 1, ORDER_UNKNOWN = 2 } order;
order moment_order(moment a, moment b, precision to, int16_t offset);
int   moment_sort(moment a, moment b);                   /* a total order, for sorting: unknown fields first */

/* The same instant at another offset; a day without an hour cannot be moved. Only for comparing: the first hours of the calendar may be
 * of the day before it there, and the last of the day after. */
moment moment_at(moment m, int16_t offset);
moment moment_low(moment m);                             /* the first instant it may mean, in full */
moment moment_high(moment m);                            /* the last */
moment moment_truncate(moment m, precision to);

/* ---- arithmetic ---- false: outside the years or, of a Time, outside the day */
bool moment_add(moment *m, int64_t amount, precision unit);
/* The least whole step of its own precision; only for a Time may the millisecond be the finest of several. */
bool moment_step(moment *m, int direction);
/* Whole units from a to b (duration) or boundaries crossed (difference): low and high differ when fields are unknown. Hours
 * and finer are counted in their own fields; for days and coarser a time of day not known to the second leaves the last one uncertain. Different
 * offsets are first brought to `offset`, but for boundaries of days and longer. */
bool moment_between(moment a, moment b, precision unit, bool boundaries, int16_t offset, int64_t *low, int64_t *high);

precision precision_of_unit(str unit);                   /* "year", "years": calendar words only; P_NONE otherwise */
precision precision_of_word(str elm);                    /* "Year" ... as ELM writes it */
const char *precision_name(precision p);

#endif
