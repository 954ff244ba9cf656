/* person.h -- who the patient is, as the Patient resource says. Text is the record's. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PERSON_H
#define REPORT_PERSON_H

#include "plan/plan.h"

typedef struct person {
    str  sex;                    /* as recorded, or empty */
    date born;                   /* DATE_NONE: not recorded, or not a date */
    bool age_known;              /* born is not after the as-of day */
    int  age_least, age_most;    /* completed years on the as-of day; they differ when born is partial */
} person;

person person_of(const plan *p);

#endif
