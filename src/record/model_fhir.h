/* model_fhir.h -- one patient's record as the CQL engine asks for it: FHIR 4.0.1 behind cql/model.h.
 * Items are elements of the record's own trees; only visible resources are retrieved. What does not have the form FHIR gives
 * it is null here; record_close has said so in a finding. The record must be closed and outlive the model; the arena owns it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_MODEL_FHIR_H
#define RECORD_MODEL_FHIR_H

#include "cql/model.h"
#include "record/terminology.h"

const json *model_fhir_beside(const json *primitive);   /* what stands beside it under _name, or NULL */
uint32_t model_fhir_children(const cql_model *m, arena *a, cql_value item, const cql_value **out);
cql_value model_fhir_plain(const cql_model *m, arena *a, cql_value item);
cql_value model_fhir_new(const cql_model *m, arena *a, uint32_t type, const str *names, const cql_value *values, uint32_t count);
/* shared: value sets and code systems of no patient, or NULL. */
const cql_model *model_fhir_make(arena *a, const record *r, const terminology *shared);
str fhir_helpers_elm(arena *a);                         /* the library FHIRHelpers (fhir_helpers.c), as ELM JSON */

#endif
