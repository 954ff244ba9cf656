/* terminology.h -- ValueSets and CodeSystems as lists of codes: those in a patient's record, and beneath them those of no patient,
 * which are read once for all.
 *
 * Of a ValueSet: its expansion where that is whole, else what it is composed of: concepts by name, whole code systems, other value
 * sets, less what it excludes. Of a CodeSystem: all of its concepts. A patient's own come before those beneath, and of several with one
 * url those read first before the others, where no version is asked for.
 * What is read for all is immutable once closed and may be shared by threads; the arena it was made with owns it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_TERMINOLOGY_H
#define RECORD_TERMINOLOGY_H

#include "cql/codes.h"
#include "cql/cql.h"
#include "record/record.h"

typedef struct terminology terminology;

terminology *terminology_make(arena *a);
/* A Bundle, an array, one resource or NDJSON; the bytes may go after the call. Other resources in it are passed over. NL_E_SYNTAX: not
 * JSON, also of one line. NL_E_MODEL: not FHIR. */
NL_MUST nl_status terminology_read(terminology *t, str name, const char *bytes, size_t n, nl_error *err);
size_t terminology_count(const terminology *t);   /* of all read */
void terminology_close(terminology *t);

/* Of a patient: the visible resources of the record, as they are whenever it is asked. beneath: for all, or NULL. */
const terminology *terminology_of_record(arena *a, const record *r, const terminology *beneath);

/* version: empty for any. NULL: not there, or not as a plain list of codes; *why then says what is in the way of the first one of
 * that url, and is empty when there is none. a: for what is counted out now. */
const cql_codes *terminology_codes(const terminology *t, arena *a, cql_kind kind, str url, str version, str *why);
/* By how the concepts of a whole CodeSystem nest, where it says that this means is-a. */
truth terminology_subsumes(const terminology *t, arena *a, str system, str version, str above, str below);

#endif
