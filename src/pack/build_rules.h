/* build_rules.h -- what lines.yaml and response.yaml have in common: sources that each row names, numbers of days with an id, whole numbers,
 * lists of texts, sections that must be there. Every fault is told with its line, and something usable is answered. Inside pack only. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_BUILD_RULES_H
#define PACK_BUILD_RULES_H

#include "pack/build_fields.h"
#include "terms/drugs.h"
#include "terms/response.h"

typedef struct rules_build {
    builder         b;
    const char     *knowledge;
    const terms    *facts;          /* NULL: facts are not checked */
    const drugs    *d;
    line_rules     *lines;          /* what is filled: the one or the other */
    response_rules *response;
    str_list        sources;        /* ids */
    VEC(rule_source) rules;         /* rows with an id, and where they come from */
} rules_build;

typedef struct days_wanted { const char *id; uint32_t *days; } days_wanted;

/* The file of the folder, its keys checked and its sources read. false: it could not be read. */
bool        rules_open(rules_build *x, const char *const *keys, const json **root);
void        rules_source(rules_build *x, const json *n, str id);       /* source and checked of a row; id: empty where it has none */
uint32_t    rules_whole(rules_build *x, const json *n, const char *key);
void        rules_days(rules_build *x, const json *root, const days_wanted *wanted, size_t count);   /* each wanted is there, and no other */
str_list    rules_texts(rules_build *x, const json *n, const char *key, bool required);
const json *rules_section(rules_build *x, const json *root, const char *key, const char *const *keys);   /* an empty one after a fault */

#endif
