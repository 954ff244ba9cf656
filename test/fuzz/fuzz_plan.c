/* Any bytes as the record of a patient, with the real knowledge: record, chart, CQL, plan and every report. What stands
 * after the first NUL is lines of FACT=VALUE. Limits are small so that they are met. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "planning.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input { const pack *p; str record, set; } input;

static nl_status run(arena *a, void *arg, nl_error *err)
{
    const input *in = arg;
    return planning_run(a, in->p, in->record, in->set, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str payload, whole = { (const char *)data, size };
    input in = { .p = planning_pack(&payload), .record = whole };
    if (!in.p) {
        return 0;
    }
    ptrdiff_t end = str_find_char(whole, '\0');
    if (end >= 0) {
        in.record = str_head(whole, (size_t)end);
        in.set = str_from(whole, (size_t)end + 1);
    }
    arena *a = arena_new(&(limits){ .memory_bytes = (size_t)128 << 20, .depth_max = 200, .steps_max = 20000000 });
    CHECK(a != NULL);
    nl_error err = { 0 };
    nl_status s = guard_run(a, run, &in, &err);
    CHECK(s == NL_OK || err.what[0] != '\0');
    arena_free(a);
    return 0;
}
