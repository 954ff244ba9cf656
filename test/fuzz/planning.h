/* planning.h -- the whole path over one record, shared by the targets that plan: record, chart, CQL, plan, every report. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_PLANNING_H
#define FUZZ_PLANNING_H

#include "base/digest.h"
#include "pack/pack.h"
#include "record/terminology.h"

/* What stands before the payload: magic, format, version, digest and length. */
#define PLANNING_PACK_HEAD (16 + 4 + 4 + (sizeof NL_VERSION - 1) + DIGEST_BYTES + 8)

/* A small record that gives a plan something to say. */
str planning_record(void);
/* Value sets for all patients, of the urls that the cases and the seeds ask for. */
const terminology *planning_terminology(arena *a);
/* set: lines of FACT=VALUE, or empty. Any status may come back, with words when it is not NL_OK; never a crash. */
nl_status planning_run(arena *a, const pack *p, str record_bytes, str set, nl_error *err);
/* The knowledge named by NL_FUZZ_PACK, read once; NULL without one, and then a target does nothing. *payload: its bytes
 * past the digest. */
const pack *planning_pack(str *payload);

#endif
