/* Any bytes as the payload of a pack, under a right digest: the reader itself must refuse or read them, and what it has read
 * can be written again and plans a fixed record; never a crash. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "planning.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct bytes { const uint8_t *p; size_t n; } bytes;

static nl_status read_as_pack(arena *a, void *arg, nl_error *err)
{
    const bytes *b = arg;
    str payload = { (const char *)b->p, b->n }, whole;
    pack *out = NULL;
    nl_status as_file = pack_read(a, payload.p, payload.n, "bytes", &out, err);   /* magic, length, digest */
    (void)as_file;
    pack_wrap(a, payload, &whole);
    TRY(pack_read(a, whole.p, whole.n, "payload", &out, err));
    str again;                                                     /* what can be read can be written */
    pack_write(a, out, &again);
    CHECK(str_eq(again, whole));
    return planning_run(a, out, planning_record(), STR(""), err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_new(&(limits){ .memory_bytes = (size_t)64 << 20, .depth_max = 200, .steps_max = 1000000 });
    if (a) {
        nl_error err = { 0 };
        nl_status s = guard_run(a, read_as_pack, &(bytes){ data, size }, &err);
        CHECK(s == NL_OK || err.what[0] != '\0');
    }
    arena_free(a);
    return 0;
}
