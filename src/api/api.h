/* api.h -- what stands behind the public handles. A pack and a worker live in an arena of their own, so that freeing the
 * arena frees all of it; a record and a plan live in their worker's patient arena. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_API_H
#define API_API_H

#include <nextline/nextline.h>

#include "base/file.h"
#include "plan/plan.h"

struct nl_pack {
    arena      *home;
    file_bytes  bytes, local;   /* the pack and its overlay borrow them */
    pack       *pack;
};

struct nl_worker {
    arena         *home;    /* this structure */
    arena         *patient; /* everything else; reset between patients */
    const nl_pack *pack;
    size_t         input_bytes;
};

typedef enum record_state { RECORD_OPEN, RECORD_CLOSED, RECORD_ANSWERED, RECORD_BROKEN } record_state;

struct nl_record {
    nl_worker   *worker;
    record      *record;
    record_state state;     /* broken: a limit was met half way; only nl_worker_reset helps */
};

struct nl_plan {
    nl_record *record;
    plan      *plan;
};

enum { INPUT_BYTES_USUAL = 256 << 20, PACK_BYTES_MOST = 256 << 20 };

#endif
