/* SPDX-License-Identifier: Apache-2.0 */
#include "report/person.h"

static int years_between(date born, date day)
{
    bool before_birthday = day.month < born.month || (day.month == born.month && day.day < born.day);
    return day.year - born.year - (before_birthday ? 1 : 0);
}

person person_of(const plan *p)
{
    person x = { 0 };
    const resource *patient = record_patient(p->chart->record);
    if (!patient) {
        return x;
    }
    x.sex = json_get_text(patient->root, "gender");
    if (!date_read(json_get_text(patient->root, "birthDate"), &x.born) || p->as_of.precision != DATE_DAY) {
        return x;
    }
    x.age_least = years_between(date_of_days(date_days_last(x.born)), p->as_of);
    x.age_most = years_between(date_of_days(date_days(x.born)), p->as_of);
    x.age_least = x.age_least < 0 ? 0 : x.age_least;
    x.age_known = x.age_most >= 0;
    return x;
}
