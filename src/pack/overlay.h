/* overlay.h -- a hospital's own rules on top of the knowledge: which options are closed there, which stand first or last among
 * equals, what is to be known about one. A second, small pack that names options, drugs and criteria of the first one; names are
 * looked up again whenever it is opened, so it outlives an update of the knowledge or says what no longer fits.
 * It never opens an option and never changes a standing. Strings and arrays belong to the pack. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_OVERLAY_H
#define PACK_OVERLAY_H

#include "cql/cql.h"
#include "pack/guideline.h"

typedef enum local_does { LOCAL_CLOSE, LOCAL_NOTE, LOCAL_FIRST, LOCAL_LAST } local_does;

/* Speaks for one option, or for every option with a drug. */
typedef struct local_rule {
    str       option, drug;     /* one of them is empty */
    uint8_t   does;             /* local_does */
    bool      always;           /* no condition but places and days */
    condition when;
    str       say;
} local_rule;

typedef struct overlay {
    char        digest[65];     /* SHA-256 of the contents */
    str         name, version, guideline;   /* guideline: the name of the knowledge it sits on */
    date        dated;
    str        *jurisdictions;  /* of that knowledge: the bits of `places` */
    local_rule *rules;
    uint32_t    jurisdiction_count, rule_count;
} overlay;

bool local_rule_is_for(const local_rule *r, const option *o);

/* The file's bytes. */
void overlay_write(arena *a, overlay *v, str *bytes);
/* Everything lives in a; the bytes are borrowed for as long. NL_E_SYNTAX: not an overlay, or damaged. NL_E_LOGIC: it sits on other
 * knowledge, or names what this knowledge does not have, with file and line of the rule. */
NL_MUST nl_status overlay_read(arena *a, const char *bytes, size_t n, const char *name, const guideline *g, const cql_program *program,
                               overlay **out, nl_error *err);

#endif
