/* model_table.h -- the types and elements of FHIR 4.0.1, from a table made when the program is built. Types have numbers > 0. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_MODEL_TABLE_H
#define RECORD_MODEL_TABLE_H

#include "cql/value.h"

typedef struct fhir_type {
    uint32_t name, code_path;          /* places in the text of all names */
    uint16_t first, count;             /* elements, inherited ones included, sorted by name */
    uint16_t base;                     /* 0: none */
    uint8_t  name_bytes, code_path_bytes;
    uint8_t  kind;                     /* cql_kind of a primitive's value; CQL_NULL of what has elements */
} fhir_type;

typedef struct fhir_element {
    uint32_t name;
    uint16_t type;                     /* 0: a choice, or a System type */
    uint16_t first_choice;
    uint8_t  name_bytes, choice_count;
    bool     is_list;
    uint8_t  kind;                     /* cql_kind when the element is of a System type */
} fhir_element;

uint32_t         fhir_type_number(str name);                 /* "Observation", "Observation.Component", "dateTime"; 0: none */
uint32_t         fhir_type_count(void);
const fhir_type *fhir_type_at(uint32_t number);              /* number > 0 and known */
str              fhir_type_name(uint32_t number);
str              fhir_type_code_path(uint32_t number);       /* the element a retrieve filters by, or empty */
bool             fhir_type_is(uint32_t number, uint32_t of); /* the same or derived from it */
const fhir_element *fhir_element_of(uint32_t type, str name);   /* NULL: none of that name */
uint32_t         fhir_choice(const fhir_element *e, uint8_t i); /* a type number */
/* The choice whose member this is ("valueQuantity" of "value"): its type number, or 0. */
uint32_t         fhir_choice_of_member(const fhir_element *e, str member);
str              fhir_element_name(const fhir_element *e);
/* The element that a member of a JSON object belongs to, and its type: "valueQuantity" is `value`, of type Quantity. */
const fhir_element *fhir_element_of_member(uint32_t type, str member, uint32_t *member_type);

#endif
