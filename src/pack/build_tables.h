/* build_tables.h -- the tables of knowledge/, each read from one file's root into the guideline being built. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_BUILD_TABLES_H
#define PACK_BUILD_TABLES_H

#include "pack/build_fields.h"

typedef struct tables {
    VEC(source)  sources;
    VEC(disease) diseases;
    VEC(option)  options;
    VEC(alert)   alerts;
} tables;

void build_options(builder *b, const json *root, tables *t);
void build_alerts(builder *b, const json *root, tables *t);
void build_boxed(builder *b, const json *root);   /* after the options, whose drugs it is for */
void build_tests(builder *b, const json *root);
void build_profile(builder *b, const json *root);

#endif
