/* pack.h -- compiling knowledge/ into the one file that nl_pack_open reads. Needed when knowledge changes, not to make plans.
 * Owns nothing between calls; not for use by two threads on the same output. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NEXTLINE_PACK_H
#define NEXTLINE_PACK_H

#include <nextline/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Told of every fault found, with file and line, before the call returns the first of them. */
typedef void nl_pack_report(void *to, const nl_error *fault);

/* knowledge: the folder of YAML, CSV and CQL. elm: the folder of its CQL translated, NAME.json each. output: the file, written
 * whole or not at all. The same knowledge gives the same bytes. report may be NULL.
 * NL_E_IO: unreadable or unwritable. NL_E_SYNTAX: not YAML, CSV or ELM. NL_E_LOGIC: a broken reference, an unknown name. */
NL_API NL_MUST nl_status nl_pack_build(const char *knowledge, const char *elm, const char *output, nl_pack_report *report,
                                       void *to, nl_error *err);

/* yaml: a hospital's rules (src/pack/build_overlay.h has the grammar), checked against the knowledge they sit on. output: the local pack
 * that nl_pack_overlay reads. Errors as above. */
struct nl_pack;
NL_API NL_MUST nl_status nl_overlay_build(const char *yaml, const struct nl_pack *on, const char *output, nl_pack_report *report, void *to,
                                          nl_error *err);

#ifdef __cplusplus
}
#endif
#endif
