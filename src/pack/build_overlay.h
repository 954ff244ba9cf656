/* SPDX-License-Identifier: Apache-2.0 */
/* build_overlay.h -- a hospital's YAML read into an overlay, checked against the knowledge it sits on. Arena memory.
 *
 *     name: TEXT, version: TEXT, dated: DATE
 *     guideline: TEXT                       the name of the knowledge it sits on
 *     [library: NAME or list]               where the criteria of its rules are looked for
 *     rules: list of
 *       option: ID | drug: NAME             that option; or every option that cannot do without the drug
 *       does: close | note | first | last   close: excluded here; note: said with it; first, last: among options of its standing
 *       say: TEXT
 *       [when: NAME, is, library, in, since, until]    as RULE in build_guideline.h; without: always */
#ifndef PACK_BUILD_OVERLAY_H
#define PACK_BUILD_OVERLAY_H

#include "pack/overlay.h"
#include "pack/pack.h"

/* All faults are reported with file and line; the first one is in err. */
NL_MUST nl_status overlay_build(arena *a, const char *path, const pack *base, void (*report)(void *to, const nl_error *e), void *to, str *bytes,
                                nl_error *err);

#endif
