/* SPDX-License-Identifier: Apache-2.0 */
#include "record/model_table.h"

#include "base/status.h"
#include "record/fhir_model_table.h"

enum { TYPE_COUNT = sizeof fhir_types / sizeof fhir_types[0] };

static str name_at(uint32_t at, uint8_t n) { return (str){ fhir_names + at, n }; }

uint32_t fhir_type_count(void) { return TYPE_COUNT; }

const fhir_type *fhir_type_at(uint32_t number)
{
    CHECK(number > 0);
    CHECK(number <= TYPE_COUNT);
    return &fhir_types[number - 1];
}

str fhir_type_name(uint32_t number)
{
    const fhir_type *t = fhir_type_at(number);
    return name_at(t->name, t->name_bytes);
}

str fhir_type_code_path(uint32_t number)
{
    const fhir_type *t = fhir_type_at(number);
    return name_at(t->code_path, t->code_path_bytes);
}

uint32_t fhir_type_number(str name)
{
    uint32_t low = 1, high = TYPE_COUNT + 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_cmp(name, fhir_type_name(middle));
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return 0;
}

bool fhir_type_is(uint32_t number, uint32_t of)
{
    while (number != 0 && number != of) {
        number = fhir_type_at(number)->base;
    }
    return number != 0;
}

/* The place of the first element of t whose name is not before `name`. */
static uint32_t lower_bound(const fhir_type *t, str name)
{
    uint32_t low = t->first, high = (uint32_t)t->first + t->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (str_cmp(fhir_element_name(&fhir_elements[middle]), name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const fhir_element *fhir_element_of(uint32_t type, str name)
{
    if (type == 0) {
        return NULL;
    }
    const fhir_type *t = fhir_type_at(type);
    uint32_t i = lower_bound(t, name);
    return i < (uint32_t)t->first + t->count && str_eq(fhir_element_name(&fhir_elements[i]), name) ? &fhir_elements[i]
                                                                                                   : NULL;
}

str fhir_element_name(const fhir_element *e) { return name_at(e->name, e->name_bytes); }

uint32_t fhir_choice(const fhir_element *e, uint8_t i)
{
    CHECK(i < e->choice_count);
    return fhir_choices[e->first_choice + i];
}

uint32_t fhir_choice_of_member(const fhir_element *e, str member)
{
    str name = fhir_element_name(e), rest = str_from(member, name.n);
    if (!str_starts(member, name) || rest.n == 0) {
        return 0;
    }
    for (uint8_t i = 0; i < e->choice_count; i++) {
        uint32_t number = fhir_choice(e, i);
        str type = fhir_type_name(number);
        char first = type.p[0] >= 'a' && type.p[0] <= 'z' ? (char)(type.p[0] - 'a' + 'A') : type.p[0];
        if (type.n == rest.n && first == rest.p[0] && str_eq(str_from(type, 1), str_from(rest, 1))) {
            return number;
        }
    }
    return 0;
}

const fhir_element *fhir_element_of_member(uint32_t type, str member, uint32_t *member_type)
{
    const fhir_element *e = fhir_element_of(type, member);
    if (e && e->choice_count == 0) {
        *member_type = e->type;
        return e;
    }
    for (size_t i = member.n; type != 0 && i > 1; i--) { /* a choice: cut before a capital */
        if (i < member.n && member.p[i] >= 'A' && member.p[i] <= 'Z') {
            e = fhir_element_of(type, str_head(member, i));
            uint32_t choice = e ? fhir_choice_of_member(e, member) : 0;
            if (choice != 0) {
                *member_type = choice;
                return e;
            }
        }
    }
    return NULL;
}
