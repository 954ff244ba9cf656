/* build_fields.h -- one mapping of a knowledge table read field by field, every fault told with its line.
 * Each reader answers something usable after a fault ("" or 0), so that one mistake does not hide the next. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_BUILD_FIELDS_H
#define PACK_BUILD_FIELDS_H

#include "json/json.h"
#include "pack/build_guideline.h"

typedef struct builder {
    arena     *a;
    const guideline_parts *parts;
    guideline *g;
    faults    *f;
    str        file;         /* the one being read, named from the knowledge folder */
    str       *libraries;    /* where its rules look for a define, in this order */
    uint32_t   library_count;
    str       *define_names; /* "Name" of every define, for near names */
    uint32_t   define_count;
    const rule_out *present;  /* of guideline.yaml: closes an option that is what the patient is on; NULL: none */
} builder;

place place_of(const builder *b, const json *n);
/* A fault for each key of the mapping that is not among the named ones (NULL-ended), and when n is not a mapping. */
bool  fields_known(builder *b, const json *n, const char *const *keys);

str   field_text(builder *b, const json *n, const char *key);            /* required, not empty */
str   field_text_or(builder *b, const json *n, const char *key, str otherwise);
str   text_of(builder *b, const json *scalar, const char *what);         /* a scalar's text, trimmed; not empty */
bool  field_yes(builder *b, const json *n, const char *key, bool otherwise);
date  field_date(builder *b, const json *n, const char *key, bool required);
/* A list of texts, or one text for a list of one. */
str  *field_texts(builder *b, const json *n, const char *key, bool required, uint32_t *count);
/* The same, each an id of evidence/ that exists. */
str  *field_sources(builder *b, const json *n, const char *key, bool required, uint32_t *count);
/* One of the words (NULL-ended); empty when absent and not required. */
str   field_word(builder *b, const json *n, const char *key, const char *const *words, bool required);
str   field_standing(builder *b, const json *n, const char *key, bool required);
const json *field_list(builder *b, const json *n, const char *key, bool required);   /* a sequence, or NULL */

/* ---- rules ---- */
#define RULE_KEYS "when", "library", "is", "in", "since", "until"
/* A rule: the name of a define or a mapping with `when`; without one, always is set when it is allowed. */
condition field_rule(builder *b, const json *n);
condition rule_without_define(builder *b, const json *n);       /* only in, since, until */
void builder_name_defines(builder *b);                 /* so that a mistyped define is answered with near ones */
/* The file's libraries, from its key `library`: a name or a list of names. */
void      file_libraries(builder *b, const json *root, bool required);
/* Looks for a define in the library that n names, else in those of the file, and says where it was. CQL_NONE after a fault. */
uint32_t  find_define(builder *b, const json *n, str name, place at, str *library);
/* Whether both can speak for one value of one define on one day in one place. */
bool      conditions_overlap(const condition *x, const condition *y);
void      rule_repeated(builder *b, const condition *before, const condition *now);   /* a fault when they overlap */
bool      days_overlap(date since1, date until1, date since2, date until2);

#endif
