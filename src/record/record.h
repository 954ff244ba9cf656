/* record.h -- one patient's FHIR resources, indexed while read.
 * Takes any producer's bytes: Bundle of any type, bare array, a single resource, NDJSON of resources or of bundles; several
 * inputs, duplicates merged. Odd input becomes a finding and never loses the patient; only what is not JSON at all, not
 * FHIR, no patient, or several patients is an error. The arena owns everything; the input bytes may go after the call. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "base/date.h"
#include "json/json.h"

typedef struct record record;

/* Where a resource came from. line: of an NDJSON input, 1-based; 0 otherwise. root: what JSON Pointers start from. */
typedef struct input_place {
    uint32_t    input;
    uint32_t    line;
    const json *root;
} input_place;

typedef struct resource {
    const json  *root;            /* the resource object itself */
    str          type, id;        /* id may be empty            */
    str          full_url;        /* of its Bundle entry, or empty */
    input_place  place;           /* of a derived resource: input is UINT32_MAX */
    date         when;            /* best clinical date; DATE_NONE when undated */
    bool         derived;         /* appended by the chart      */
    bool         hidden;          /* dated after the as-of day, or withdrawn: not seen by record_find or the data model */
    bool         withdrawn;       /* entered in error, cancelled, refuted, not done: stays hidden, with a finding */
    const json **sources;         /* of a derived one: the elements of the input it was made from */
    uint32_t     source_count;
    uint32_t     row;             /* place in record order */
} resource;

typedef struct finding {
    str         code;             /* kebab-case                                */
    str         text;             /* one sentence for a clinician              */
    const resource *about;        /* NULL when about an input as a whole       */
    const json *at;               /* the element, or NULL                      */
    input_place place;            /* for findings about what never became a resource */
} finding;

record   *record_make(arena *a);
/* Reads one input. name is shown in messages. May be called again for further inputs, before record_close. */
NL_MUST nl_status record_read(record *r, str name, const char *bytes, size_t n, nl_error *err);
/* Before record_close: rows keep the order of the inputs and none is hidden as withdrawn, for a reader that judges that itself. */
void      record_as_written(record *r);
/* Chooses the patient (patient_id may be empty when there is one), drops what is another patient's, merges duplicates
 * (same type and id: the one with the later meta.lastUpdated, else the later read; a finding where they differ), indexes.
 * NL_E_MODEL: no Patient, several Patients (the message lists the first few ids and says --patient ID), unknown id. */
NL_MUST nl_status record_close(record *r, str patient_id, nl_error *err);

const resource *record_patient(const record *r);
str      record_input_name(const record *r, uint32_t input);
size_t   record_count(const record *r);                       /* all resources kept, derived ones last, in a fixed order */
const resource *record_at(const record *r, size_t i);
/* Visible resources of a type, in record order; code and system empty for all. Returns the count; *out is borrowed until
 * the next record_append. A resource carries a code when any coding of its main code element (code, medication*, vaccineCode)
 * has that system and code. */
size_t   record_find(const record *r, str type, str system, str code, const resource *const **out);
/* Whether is() says so of a code of its main code element, the system in its canonical spelling: what record_find finds it by. */
bool     record_carries(const record *r, const resource *x, bool (*is)(const void *with, str system, str code), const void *with);
/* A Reference's target: relative, absolute by its last two parts, urn:uuid, or contained (#id, needs from). NULL if absent. */
const resource *record_resolve(const record *r, str reference);
/* The target of a Reference element of this record, contained ones included: a resource object. NULL if absent. */
const json *record_target(const record *r, const json *reference);
const resource *record_of(const record *r, const json *n);    /* the resource an element belongs to */
str      record_pointer(const record *r, const json *n);      /* from the root of its input (of its line, in NDJSON) */

/* Appends a derived resource (chart). Re-indexes; keeps sources. The index grows in the arena: do not rewind it
 * to a mark from before an append, a hide, or the first record_find after one. */
const resource *record_append(record *r, json *root, date when, const json *const *sources, uint32_t source_count);
void     record_hide(record *r, const resource *x, bool hidden);   /* dated after the as-of day, or replaced by a what-if */
/* For what-if: removes all derived resources past the first keep of them. Findings stay. */
size_t   record_derived_count(const record *r);
void     record_truncate(record *r, size_t keep);

void     record_finding(record *r, const char *code, const resource *about, const json *at, str text);
size_t   record_finding_count(const record *r);
const finding *record_finding_at(const record *r, size_t i);
arena   *record_arena(const record *r);

#endif
