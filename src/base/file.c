/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static nl_status grow(file_bytes *f, size_t *room, size_t max_bytes, const char *path, nl_error *err)
{
    if (*room > max_bytes) {
        return fail(err, NL_E_LIMIT, path, "the input is larger than %zu bytes", max_bytes);
    }
#ifdef NL_HOSTILE
    size_t next = *room + 4096;
#else
    size_t next = *room == 0 ? 256 * 1024 : *room * 2;
#endif
    char *p = realloc(f->p, next + FILE_PAD);
    if (!p) {
        return fail(err, NL_E_LIMIT, path, "the machine has no memory for this input");
    }
    f->p = p;
    *room = next;
    return NL_OK;
}

static nl_status read_all(gzFile in, const char *path, size_t max_bytes, file_bytes *f, nl_error *err)
{
    size_t room = 0;
    for (;;) {
        if (f->n == room) {
            TRY(grow(f, &room, max_bytes, path, err));
        }
        size_t ask = room - f->n > (1u << 30) ? (1u << 30) : room - f->n;
        int got = gzread(in, f->p + f->n, (unsigned)ask);
        if (got < 0) {
            int code;
            const char *what = gzerror(in, &code);
            return code == Z_MEM_ERROR ? fail(err, NL_E_LIMIT, path, "the machine has no memory for this input")
                   : code == Z_ERRNO   ? fail(err, NL_E_IO, path, "%s", strerror(errno))
                                       : fail(err, NL_E_SYNTAX, path, "broken gzip: %s", what);
        }
        if (got == 0) {
            break;
        }
        f->n += (size_t)got;
    }
    if (f->n > max_bytes) {
        return fail(err, NL_E_LIMIT, path, "the input is larger than %zu bytes", max_bytes);
    }
    int code;
    const char *what = gzerror(in, &code);
    if (code != Z_OK && code != Z_STREAM_END) {   /* a cut gzip stream reads as a short one: ask */
        return fail(err, NL_E_SYNTAX, path, "broken gzip: %s", what);
    }
    memset(f->p + f->n, 0, FILE_PAD);
    return NL_OK;
}

nl_status file_read(const char *path, size_t max_bytes, file_bytes *out, nl_error *err)
{
    bool standard_input = strcmp(path, "-") == 0;
    const char *name = standard_input ? "standard input" : path;
    int fd = standard_input ? dup(STDIN_FILENO) : -1;
    errno = 0;
    gzFile in = standard_input ? gzdopen(fd, "rb") : gzopen(path, "rb");
    if (!in) {
        int code = errno;
        if (fd >= 0) {
            close(fd);
        }
        return fail(err, code == ENOMEM ? NL_E_LIMIT : NL_E_IO, name, "%s", code ? strerror(code) : "cannot be opened");
    }
    gzbuffer(in, 128 * 1024);
    file_bytes f = { 0 };
    nl_status s = read_all(in, name, max_bytes, &f, err);
    gzclose(in);
    if (s != NL_OK) {
        free(f.p);
        return s;
    }
    *out = f;
    return NL_OK;
}

void file_free(file_bytes *f)
{
    free(f->p);
    *f = (file_bytes){ 0 };
}

nl_status file_write(const char *path, str bytes, nl_error *err)
{
    char temporary[4096];
    int n = snprintf(temporary, sizeof temporary, "%s.tmp", path);
    if (n < 0 || (size_t)n >= sizeof temporary) {
        return fail(err, NL_E_ARG, path, "the path is too long");
    }
    FILE *f = fopen(temporary, "wb");
    if (!f) {
        return fail(err, NL_E_IO, path, "%s", strerror(errno));
    }
    bool good = bytes.n == 0 || fwrite(bytes.p, 1, bytes.n, f) == bytes.n;
    good = fclose(f) == 0 && good;
    if (!good || rename(temporary, path) != 0) {
        int code = errno;
        remove(temporary);
        return fail(err, NL_E_IO, path, "%s", strerror(code));
    }
    return NL_OK;
}

bool file_exists(const char *path) { return access(path, R_OK) == 0; }
