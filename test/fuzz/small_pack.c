/* The seed of fuzz_pack: the payload of the small knowledge's pack, as the pack is written today.
 *     small_pack write FILE      small_pack read FILE: it is read and plans, or this fails */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "../unit/small_knowledge.h"
#include "base/file.h"
#include "planning.h"

static nl_status write_payload(arena *a, void *arg, nl_error *err)
{
    str bytes;
    (void)small_pack(a, &bytes);
    return file_write(arg, str_from(bytes, PLANNING_PACK_HEAD), err);
}

static nl_status read_payload(arena *a, void *arg, nl_error *err)
{
    file_bytes file;
    str whole;
    pack *read = NULL;
    TRY(file_read(arg, (size_t)64 << 20, &file, err));
    pack_wrap(a, (str){ file.p, file.n }, &whole);
    file_free(&file);
    TRY(pack_read(a, whole.p, whole.n, arg, &read, err));
    return planning_run(a, read, planning_record(), STR(""), err);
}

int main(int argc, char **argv)
{
    bool writes = argc == 3 && strcmp(argv[1], "write") == 0;
    if (!writes && !(argc == 3 && strcmp(argv[1], "read") == 0)) {
        fprintf(stderr, "usage: small_pack write|read FILE\n");
        return 2;
    }
    arena *a = arena_new(NULL);
    nl_error err = { 0 };
    CHECK(a != NULL);
    nl_status s = guard_run(a, writes ? write_payload : read_payload, argv[2], &err);
    if (s != NL_OK) {
        fprintf(stderr, "%s: %s\n", err.where, err.what);
    }
    arena_free(a);
    return s != NL_OK;
}
