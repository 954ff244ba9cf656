/* cql_terminology.h -- value sets and code systems for a whole batch, from one file or all files of a folder. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CQL_TERMINOLOGY_H
#define CLI_CQL_TERMINOLOGY_H

#include <nextline/cql.h>

/* Of a folder: *.json and *.ndjson, *.gz of these too, by name; not what begins with a dot, and not the package.json of a FHIR package.
 * The caller frees it with nl_cql_terminology_free. Errors as nl_cql_terminology_read; NL_E_IO: not there, or not readable. */
NL_MUST nl_status terminology_of_path(const char *path, nl_cql_terminology **out, nl_error *err);

#endif
