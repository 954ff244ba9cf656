/* nextline.h -- from one patient's record to a plan for the next line of care that someone can check.
 *
 *     nl_pack *pack;  nl_pack_open("nextline.pack", &pack, &err);            the knowledge, once per process
 *     nl_worker *w;   nl_worker_new(pack, NULL, &w, &err);                   memory and limits, one per thread
 *     nl_record *r;   nl_record_new(w, &r, &err);                            one patient
 *     nl_record_add(r, "a.json", bytes, n, &err);  nl_record_close(r, NULL, &err);
 *     nl_plan *p;     nl_plan_make(r, &(nl_question){ .as_of = "2026-06-01" }, &p, &err);
 *     nl_plan_write(p, NL_PLAN_JSON, NULL, write, to, &err);
 *     nl_worker_reset(w);                                                    next patient
 *
 * Ownership: packs and workers are freed by the caller; records and plans belong to their worker and end at
 *   nl_worker_reset or nl_worker_free. Text handed out (nl_str) lives as long as what it was asked of.
 * Threads: a pack is immutable and may be shared by any number of threads. A worker, and all that came from it, belongs to
 *   one thread at a time. A pack must outlive its workers.
 * Errors: a call that can fail returns a status that must be looked at and fills *err (which may be NULL). On failure the
 *   outputs are untouched. Errors hold no patient data but the ids of Patients to choose among.
 *   A patient's odd data is no error: it stands in the plan as a finding.
 * Clock, environment, locale: never read here. The day a plan is made for is part of the question. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NEXTLINE_NEXTLINE_H
#define NEXTLINE_NEXTLINE_H

#include <nextline/types.h>

#ifdef __cplusplus
extern "C" {
#endif

NL_API const char *nl_version(void);   /* of the library at run time, "0.1.0" */

typedef struct nl_pack   nl_pack;      /* one version of the knowledge */
typedef struct nl_worker nl_worker;    /* one thread's memory and limits */
typedef struct nl_record nl_record;    /* one patient's data */
typedef struct nl_plan   nl_plan;      /* the answer for one record */

/* ---- The knowledge ---------------------------------------------------- */

/* Reads a pack file made by nl_pack_build (pack.h) and checks its digest.
 * NL_E_IO: cannot be read. NL_E_SYNTAX: not a pack, of another format version, or damaged. NL_E_LIMIT: no memory. */
NL_API NL_MUST nl_status nl_pack_open(const char *path, nl_pack **out, nl_error *err);
/* Puts a hospital's own rules (nl_overlay_build) on top, once, before the first worker: options closed there, their order among equals,
 * notes. Each is shown as local in every plan. NL_E_IO, NL_E_SYNTAX as above. NL_E_LOGIC: they name what this knowledge does not have. */
NL_API NL_MUST nl_status nl_pack_overlay(nl_pack *pack, const char *path, nl_error *err);
NL_API nl_str nl_pack_overlay_name(const nl_pack *pack);           /* empty without one */
NL_API void   nl_pack_free(nl_pack *pack);                         /* NULL is fine */
NL_API nl_str nl_pack_name(const nl_pack *pack);
NL_API nl_str nl_pack_version(const nl_pack *pack);
NL_API nl_str nl_pack_digest(const nl_pack *pack);                 /* SHA-256 of the contents, 64 hexadecimal digits */
NL_API size_t nl_pack_jurisdiction_count(const nl_pack *pack);
NL_API nl_str nl_pack_jurisdiction(const nl_pack *pack, size_t i); /* "us"; empty beyond the count */

/* ---- Memory and limits ------------------------------------------------ */

/* nl_limits (types.h) says what one patient may cost. */
NL_API NL_MUST nl_status nl_worker_new(const nl_pack *pack, const nl_limits *limits, nl_worker **out, nl_error *err);
NL_API void nl_worker_reset(nl_worker *w);   /* ends every record and plan of w; keeps the memory for the next patient */
NL_API void nl_worker_free(nl_worker *w);    /* NULL is fine */

/* ---- In: a record ----------------------------------------------------- */

NL_API NL_MUST nl_status nl_record_new(nl_worker *w, nl_record **out, nl_error *err);

/* Adds one input: FHIR R4 as a Bundle, a bare array, one resource, or NDJSON of resources or Bundles.
 * name is shown in messages and in the basis. The bytes are copied; they may go after the call. Any number of inputs.
 * NL_E_SYNTAX: not JSON, with line and column. NL_E_MODEL: JSON, but not FHIR. NL_E_ARG: the record is closed. */
NL_API NL_MUST nl_status nl_record_add(nl_record *r, const char *name, const void *bytes, size_t n, nl_error *err);
/* The same from a file, gzip or not; "-" is standard input. NL_E_IO: cannot be read. */
NL_API NL_MUST nl_status nl_record_add_file(nl_record *r, const char *path, nl_error *err);

/* Chooses the patient, merges duplicates and indexes. patient_id: NULL or "" when the inputs hold one patient.
 * NL_E_MODEL: no patient, several (the message says how to select one), or not that one. */
NL_API NL_MUST nl_status nl_record_close(nl_record *r, const char *patient_id, nl_error *err);

/* ---- The decision ----------------------------------------------------- */

typedef struct nl_question {
    const char *as_of;          /* "YYYY-MM-DD", required: the day the plan is for; what is dated later is not seen */
    const char *jurisdiction;   /* whose approvals and labels speak, one of the pack's; NULL: the first of them */
    const char *const *set;     /* "FACT=VALUE" each, replaced as the chart hands them over; NULL ends; may be NULL */
} nl_question;

/* Makes the plan of a closed record. A record answers one question: a second call is NL_E_ARG.
 * NL_E_ARG also: no or not a day in as_of, unknown jurisdiction, a fact or value that may not be set.
 * NL_E_LIMIT: a limit of the worker was reached. NL_E_LOGIC: the knowledge failed. */
NL_API NL_MUST nl_status nl_plan_make(nl_record *r, const nl_question *question, nl_plan **out, nl_error *err);

/* ---- Reading the plan in C -------------------------------------------- everything else is in its JSON */

typedef enum nl_part { NL_OFFERED, NL_EXCLUDED, NL_UNDETERMINED, NL_TEST, NL_ALERT } nl_part;

typedef struct nl_item {
    nl_str id;        /* of the option or test; the code of an alert                     */
    nl_str title;     /* regimen, name of the test, kind of the alert                    */
    nl_str standing;  /* of an offered option, else empty                                */
    nl_str applies;   /* of an option offered or undetermined, when its choice arises: "now"; "on-change": only should a treatment that holds be
                         changed on other grounds; empty: not known. A standing says nothing of that */
    nl_str text;      /* why offered; first reason; first thing missing; how it is done; what fired */
} nl_item;

NL_API size_t nl_plan_count(const nl_plan *p, nl_part part);
NL_API bool   nl_plan_item(const nl_plan *p, nl_part part, size_t i, nl_item *out);   /* in the plan's order; false beyond the count */

/* ---- Out -------------------------------------------------------------- */

typedef enum nl_view {
    NL_PLAN_TEXT, NL_PLAN_JSON,                     /* docs/plan.md, docs/plan.schema.json */
    NL_CHART_TEXT, NL_CHART_JSON, NL_CHART_FHIR,    /* the chart; FHIR: the record with the derived resources, a Bundle */
    NL_EXPLAIN_TEXT, NL_EXPLAIN_JSON,               /* one option: its criteria and clauses; needs option */
    NL_COURSE_TEXT, NL_COURSE_JSON                  /* what happened so far, by date: docs/course.md, docs/course.schema.json */
} nl_view;

/* How text looks. JSON is not concerned. */
typedef struct nl_style {
    uint32_t    width;    /* columns, kept within 60..120; 0 means 100 */
    bool        colour;   /* ANSI colours; the text reads the same without */
    const char *option;   /* id of the option, for the explain views */
} nl_style;

/* style may be NULL for the defaults. The same plan gives the same bytes.
 * NL_E_ARG: no such option (the message lists near ones). NL_E_LIMIT: as above; the plan is then written no more (NL_E_ARG).
 * Or what write returned. */
NL_API NL_MUST nl_status nl_plan_write(nl_plan *p, nl_view view, const nl_style *style, nl_write_fn *write, void *to,
                                       nl_error *err);

/* ---- The knowledge, for a person -------------------------------------- */

/* What a set of plans has shown: each criterion true, false and unknown, each option in each list, each alert fired. */
typedef struct nl_coverage nl_coverage;
NL_API NL_MUST nl_status nl_coverage_new(const nl_pack *pack, nl_coverage **out, nl_error *err);
NL_API NL_MUST nl_status nl_coverage_add(nl_coverage *c, const nl_plan *p, nl_error *err);   /* NL_E_ARG: a plan of another pack */
NL_API void nl_coverage_free(nl_coverage *c);   /* NULL is fine */

typedef enum nl_contents {
    NL_CONTENTS_LIST,       /* of: NULL for options by disease, or options alerts tests sources drugs facts           */
    NL_CONTENTS_SHOW,       /* of: the id of an option, alert, test or source, a drug, a fact                          */
    NL_CONTENTS_CITE,       /* of: an id: what it rests on; of a source: itself, and what cites it                     */
    NL_CONTENTS_CHANGES,    /* of: a day: approvals and rules that began or ended since then                           */
    NL_CONTENTS_CHECK       /* rules against themselves, what is unchecked; with cases, what none of them has shown    */
} nl_contents;

/* Text. cases: for NL_CONTENTS_CHECK, or NULL. style may be NULL.
 * NL_E_ARG: no such id, kind or day. NL_E_LOGIC: the check found faults; the text was written. Or what write returned. */
NL_API NL_MUST nl_status nl_contents_write(const nl_pack *pack, nl_contents view, const char *of, const nl_coverage *cases,
                                           const nl_style *style, nl_write_fn *write, void *to, nl_error *err);

#ifdef __cplusplus
}
#endif
#endif
