/* The real knowledge, damaged and given a right digest again: each nine bytes of the input are one edit (what, where,
 * which bytes). What the reader accepts must plan a fixed record without a crash, and be written again as it was read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "planning.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EDIT_BYTES = 9, EDITS_MOST = 32 };
enum { EDIT_BYTE, EDIT_WORD, EDIT_ADD, EDIT_COPY, EDIT_KINDS };

typedef struct input { const uint8_t *data; size_t size; str payload; } input;

static uint32_t word_at(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void edit(char *bytes, size_t n, const uint8_t *e)
{
    size_t at = word_at(e + 1) % (n - sizeof(uint32_t));
    uint32_t value = word_at(e + 5), old;
    memcpy(&old, bytes + at, sizeof old);
    switch (e[0] % EDIT_KINDS) {
    case EDIT_BYTE: bytes[at] = (char)e[5]; return;
    case EDIT_WORD: break;
    case EDIT_ADD: value = old + e[5] - 128u; break;
    default: memcpy(&value, bytes + value % (n - sizeof value), sizeof value); break;   /* a value the file has elsewhere */
    }
    memcpy(bytes + at, &value, sizeof value);
}

static nl_status run(arena *a, void *arg, nl_error *err)
{
    const input *in = arg;
    str copy = arena_str(a, in->payload), whole, again;
    char *bytes = arena_alloc(a, copy.n);
    memcpy(bytes, copy.p, copy.n);
    for (size_t i = 0; i + EDIT_BYTES <= in->size && i < (size_t)EDITS_MOST * EDIT_BYTES; i += EDIT_BYTES) {
        edit(bytes, copy.n, in->data + i);
    }
    pack_wrap(a, (str){ bytes, copy.n }, &whole);
    pack *p = NULL;
    TRY(pack_read(a, whole.p, whole.n, "damaged", &p, err));
    pack_write(a, p, &again);
    CHECK(str_eq(again, whole));
    return planning_run(a, p, planning_record(), STR(""), err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = { data, size, STR("") };
    if (!planning_pack(&in.payload)) {
        return 0;
    }
    arena *a = arena_new(&(limits){ .memory_bytes = (size_t)256 << 20, .depth_max = 200, .steps_max = 5000000 });
    CHECK(a != NULL);
    nl_error err = { 0 };
    nl_status s = guard_run(a, run, &in, &err);
    CHECK(s == NL_OK || err.what[0] != '\0');
    arena_free(a);
    return 0;
}
