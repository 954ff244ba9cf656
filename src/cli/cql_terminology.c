/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cql_terminology.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/file.h"

static const size_t bytes_most = (size_t)4 << 30;

typedef struct reading {
    const char *path;
    VEC(const char *) paths;
    file_bytes *files;            /* those read so far are the caller's to free */
    size_t read;
    nl_cql_terminology *made;
} reading;

static bool is_wanted(str name)
{
    str stem = str_ends(name, STR(".gz")) ? str_head(name, name.n - 3) : name;
    return name.p[0] != '.' && !str_is(name, "package.json") && (str_ends(stem, STR(".json")) || str_ends(stem, STR(".ndjson")));
}

static int by_name(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static nl_status list_paths(arena *a, void *arg, nl_error *err)
{
    reading *r = arg;
    DIR *d = opendir(r->path);
    if (!d) {
        return fail(err, NL_E_IO, r->path, "%s", strerror(errno));
    }
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        if (is_wanted(str_of(e->d_name))) {
            *VEC_PUSH(a, &r->paths) = arena_printf(a, "%s/%s", r->path, e->d_name).p;
        }
    }
    closedir(d);
    if (r->paths.count == 0) {
        return fail(err, NL_E_IO, r->path, "there is no file of JSON in this folder");
    }
    qsort(r->paths.at, r->paths.count, sizeof *r->paths.at, by_name);
    return NL_OK;
}

static nl_status read_all(arena *a, void *arg, nl_error *err)
{
    reading *r = arg;
    struct stat st;
    if (stat(r->path, &st) == 0 && S_ISDIR(st.st_mode)) {
        TRY(list_paths(a, r, err));
    } else {
        *VEC_PUSH(a, &r->paths) = r->path;
    }
    r->files = ARENA_ARRAY(a, r->paths.count, file_bytes);
    nl_cql_input *inputs = ARENA_ARRAY(a, r->paths.count, nl_cql_input);
    for (; r->read < r->paths.count; r->read++) {
        file_bytes *f = &r->files[r->read];
        TRY(file_read(r->paths.at[r->read], bytes_most, f, err));
        inputs[r->read] = (nl_cql_input){ { f->p, f->n }, r->paths.at[r->read] };
    }
    return nl_cql_terminology_read(inputs, r->paths.count, &r->made, err);
}

nl_status terminology_of_path(const char *path, nl_cql_terminology **out, nl_error *err)
{
    arena *a = arena_new(NULL);
    reading r = { .path = path };
    nl_status s = a ? guard_run(a, read_all, &r, err) : fail(err, NL_E_LIMIT, "", "the machine has no more memory");
    for (size_t i = 0; i < r.read; i++) {
        file_free(&r.files[i]);
    }
    arena_free(a);
    *out = r.made;
    return s;
}
