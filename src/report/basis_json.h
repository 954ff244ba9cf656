/* basis_json.h -- the parts that every JSON view shares: a basis down to the elements of the input, findings, lines.
 * A builder notes each source it cites, so that the plan can list them once. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_BASIS_JSON_H
#define REPORT_BASIS_JSON_H

#include "plan/plan.h"

typedef struct builder {
    arena      *a;
    const plan *plan;
    bool       *cited;   /* one for each source of the pack */
} builder;

builder builder_make(arena *a, const plan *p);

json *text_json(builder *b, str s);
json *text_or_null(builder *b, str s);            /* empty: null */
typedef enum empty_as { EMPTY_TEXT, EMPTY_NULL } empty_as;
typedef struct text_member { const char *key; str text; empty_as empty; } text_member;
void  put_texts(builder *b, json *object, const text_member *members, size_t count);
json *texts_json(builder *b, const str *at, uint32_t count);
json *date_or_null(builder *b, date d);
json *truth_json(builder *b, truth t);

json *source_json(builder *b, const fact_source *s);
/* An element of the record as a source; NULL when it is nobody's (a derived resource without sources). */
json *element_json(builder *b, const json *element);
json *elements_json(builder *b, const json *const *at, uint32_t count);
json *criterion_json(builder *b, const criterion *c);
json *basis_json(builder *b, const basis *x);
json *statement_json(builder *b, const statement *s);
json *presumptions_json(builder *b, const basis *x);
json *publication_json(builder *b, const source *s);
json *cite(builder *b, const str *ids, uint32_t count);   /* the ids, noted as cited */

json *lines_json(builder *b);                     /* as the main reading has them */
json *readings_json(builder *b, bool whole);      /* the main one first; not whole: number, setting, drugs and days of each line */
json *decisions_json(builder *b);                 /* what the readings differ in */
json *line_counts_json(builder *b);               /* per setting and kind, the least and the most */
json *findings_json(builder *b);
json *later_json(builder *b);
json *newest_json(builder *b);
json *amounts_json(builder *b, const char *of);           /* those shown with "organs" or "course"; NULL: all */
void  put_program(builder *b, json *object);              /* program, guideline, patient, person */
void  put_profile(builder *b, json *object);              /* profile and profile_basis */

const char *role_name(role r);

#endif
