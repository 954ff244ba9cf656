/* pack.h -- the knowledge as one verified, checksummed file: compiled nodes and tables, no ELM, no YAML.
 * Immutable once opened; may be shared by threads. Built by pack_build from knowledge/ and the translated CQL. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_PACK_H
#define PACK_PACK_H

#include "cql/cql.h"
#include "pack/course.h"
#include "pack/guideline.h"
#include "pack/overlay.h"
#include "terms/terms.h"

typedef struct pack {
    char         digest[65];    /* SHA-256 of the contents, hexadecimal */
    guideline    guideline;
    course_rules course;
    terms       *terms;
    cql_program *program;
    const overlay *overlay;     /* a hospital's own rules on top, or NULL */
} pack;

/* Everything lives in a; the bytes are borrowed for as long. NL_E_SYNTAX: not a pack, another format version, or damaged. */
NL_MUST nl_status pack_read(arena *a, const char *bytes, size_t n, const char *name, pack **out, nl_error *err);
/* The file's bytes for compiled knowledge; fills p->digest. Deterministic. */
void pack_write(arena *a, pack *p, str *bytes);
/* The file's bytes around any payload, with its right digest: what a test of the reader needs to get past the digest. */
void pack_wrap(arena *a, str payload, str *bytes);

typedef struct pack_sources {
    const char *knowledge;      /* folder */
    const char *elm;            /* folder of NAME.json and NAME.cql made by tools/elm.mjs */
} pack_sources;
/* Checks everything and fills *bytes with the file's contents. Errors name file and line; all of them are reported
 * through report (may be NULL), the first one in err. */
NL_MUST nl_status pack_build(arena *a, const pack_sources *s, void (*report)(void *to, const nl_error *e), void *to, str *bytes,
                             nl_error *err);

#endif
