/* model_fhir.h -- one patient's record as the CQL engine asks for it: FHIR 4.0.1 behind cql/model.h.
 * Items are elements of the record's own trees; only visible resources are retrieved. What does not have the form FHIR gives
 * it is null here; record_close has said so in a finding. The record must be closed and outlive the model; the arena owns it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_MODEL_FHIR_H
#define RECORD_MODEL_FHIR_H

#include "cql/model.h"
#include "record/record.h"

/* Of a ValueSet: its expansion where that is whole, else what it is composed of: concepts by name, whole code systems, other value sets,
 * less what it excludes. Of a CodeSystem: all of its concepts. A ValueSet composed by a filter is not counted out here: false. */
bool model_fhir_codes(const cql_model *m, arena *a, cql_kind kind, str url, str version, const cql_code **codes, uint32_t *count);
/* By how the concepts of a whole CodeSystem nest, where it says that this means is-a. */
truth model_fhir_subsumes(const cql_model *m, arena *a, str system, str version, str above, str below);
const json *model_fhir_beside(const json *primitive);   /* what stands beside it under _name, or NULL */
uint32_t model_fhir_children(const cql_model *m, arena *a, cql_value item, const cql_value **out);
cql_value model_fhir_plain(const cql_model *m, arena *a, cql_value item);
cql_value model_fhir_new(const cql_model *m, arena *a, uint32_t type, const str *names, const cql_value *values, uint32_t count);
const cql_model *model_fhir_make(arena *a, const record *r);
str fhir_helpers_elm(arena *a);                         /* the library FHIRHelpers (fhir_helpers.c), as ELM JSON */

#endif
