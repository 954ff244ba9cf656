/* model.h -- how the engine asks for data: a small table of functions over elements it never looks into.
 * A data model is FHIR (record/model_fhir.c) or a toy in a test. Types carry the names ELM gives them,
 * "{http://hl7.org/fhir}Observation"; the model gives each a number of its own once per run. Everything returned lives in the
 * arena handed over, or as long as the data behind the model. No function fails: what is not there is null.
 *
 * The engine passes the type ELM says a property has, so a model needs no schema of its own:
 *   Patient.gender              type number of FHIR.AdministrativeGender        an item of that type
 *   Patient.gender.value        CQL_STRING                                       the text
 *   O.effective                 neither (a choice: the member's name tells)      an item, effectiveDateTime: of type FHIR.dateTime
 *   (O.effective as FHIR.dateTime).value   CQL_DATETIME                          cql_read(a, CQL_DATETIME, text)
 *   O.category                  is_list, type number of FHIR.CodeableConcept     a list of items (one object counts as a list of one)
 * A list that is absent is null, as everything absent is. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CQL_MODEL_H
#define CQL_MODEL_H

#include "cql/codes.h"
#include "cql/cql.h"

/* What a property is declared to be. */
typedef struct cql_expected {
    uint32_t declared;  /* the program's number of the whole type, plus 1; 0: not known */
    uint32_t type;      /* the model's number of the (element) type; 0 for a System type, a choice, or unknown */
    cql_kind kind;      /* the System kind of the (element) type; CQL_NULL when it is none                     */
    bool     is_list;
} cql_expected;

typedef struct cql_retrieval {
    str             type;           /* "Observation", without its namespace */
    uint32_t        type_number;
    str             code_property;  /* the element the codes are compared with, "code"; empty for the type's main one */
    const cql_codes *codes;         /* rows with any of these (system and code); none of them: no row */
    bool            filtered;       /* false: all rows */
    bool            exact;          /* version and display have to be the same as well */
} cql_retrieval;

struct cql_model {
    void *self;
    /* The model's number of a type, > 0; 0 when it has none of that name. Asked once per type and run. */
    uint32_t (*type)(const cql_model *m, str qualified_name);
    /* Visible rows, in record order: items. "Patient" without filter: the one patient. */
    uint32_t (*retrieve)(const cql_model *m, arena *a, const cql_retrieval *q, const cql_value **rows);
    cql_value (*property)(const cql_model *m, arena *a, cql_value item, str name, cql_expected expected);
    /* Whether the item is of that type or one derived from it (FHIR.Age is a FHIR.Quantity; FHIR.code values too). */
    bool (*is)(const cql_model *m, cql_value item, uint32_t type);
    /* Whether two items have the same content: for =, ~, distinct, union. NULL: the same element only. */
    bool (*equal)(const cql_model *m, cql_value x, cql_value y);
    /* The resource an item belongs to: what a clause rests on. NULL when the model has none. */
    const json *(*root)(const cql_model *m, cql_value item);
    /* The item as JSON, into what cql_write makes. NULL: {"Item":type number}. */
    void (*write)(const cql_model *m, buf *out, cql_value item);
    /* The item as JSON with all that is in it, for a function of the host. NULL: as write. */
    void (*content)(const cql_model *m, buf *out, cql_value item);
    /* The codes of the value set or code system (kind: CQL_VALUE_SET, CQL_CODE_SYSTEM) with this url; version empty: any. NULL: it is
     * not there, or not as a plain list of codes, and then *why may say what is in the way. NULL: the model has no terminology. */
    const cql_codes *(*codes)(const cql_model *m, arena *a, cql_kind kind, str url, str version, str *why);
    /* Whether one code of the system is above another one in its hierarchy; unknown when the data does not hold it. NULL: always unknown. */
    truth (*subsumes)(const cql_model *m, arena *a, str system, str version, str above, str below);
    /* What the item holds, every element of a list by itself. NULL: Children of an item is an error. */
    uint32_t (*children)(const cql_model *m, arena *a, cql_value item, const cql_value **out);
    /* The System value that an element stands for: the text of an id, the DateTime of a dateTime, the Interval of a period; null when
     * it stands for none. For retrieves by date or id. NULL: an item stands for none. */
    cql_value (*plain)(const cql_model *m, arena *a, cql_value item);
    /* A new item of that type with these elements; null when the type cannot hold them. NULL: none can be made. */
    cql_value (*make)(const cql_model *m, arena *a, uint32_t type, const str *names, const cql_value *values, uint32_t count);
};

#endif
