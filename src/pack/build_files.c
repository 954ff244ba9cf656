/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_files.h"

#include <dirent.h>

#include "base/file.h"

#define FILE_BYTES_MAX ((size_t)64 << 20)
enum { NAME_ROOM = 256, FILES_MOST = 1024 };

/* The room is had before the directory is opened: an arena may leave through the guard, and the directory would stay open. */
size_t files_in(arena *a, const char *folder, str ending, str **names)
{
    char (*found)[NAME_ROOM] = arena_array(a, FILES_MOST, sizeof *found);
    size_t count = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        if (str_ends(str_of(e->d_name), ending) && e->d_name[0] != '.' && count < FILES_MOST) {
            snprintf(found[count++], NAME_ROOM, "%s", e->d_name);
        }
    }
    if (d) {
        closedir(d);
    }
    if (count == FILES_MOST) {
        guard_leave(a, "a folder of the knowledge holds more files than it may");
    }
    *names = ARENA_ARRAY(a, count, str);
    for (size_t i = 0; i < count; i++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): a row of an array is never NULL */
        str name = str_head(str_of(found[i]), strlen(found[i]) - ending.n);
        size_t at = i;
        for (; at > 0 && str_cmp((*names)[at - 1], name) > 0; at--) {
            (*names)[at] = (*names)[at - 1];
        }
        (*names)[at] = name;
    }
    return count;
}

typedef struct copying { file_bytes from; str to; } copying;

static nl_status copy(arena *a, void *arg, nl_error *err)
{
    copying *c = arg;
    char *p = arena_alloc(a, size_add(a, c->from.n, FILE_PAD));
    memcpy(p, c->from.p, c->from.n);
    c->to = (str){ p, c->from.n };
    return NL_OK;
}

nl_status files_text(arena *a, const char *path, str *out, nl_error *err)
{
    copying c = { 0 };
    TRY(file_read(path, FILE_BYTES_MAX, &c.from, err));
    nl_status s = guard_run(a, copy, &c, err);
    file_free(&c.from);
    if (s == NL_OK) {
        *out = c.to;
    }
    return s;
}
