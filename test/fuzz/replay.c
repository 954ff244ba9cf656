/* Runs a fuzz target over files and over every file of folders, whole and cut short at every place (at most 512 of them): what
 * libFuzzer found once stays found in every ordinary run. What lies in a folder named found, one below, is only run whole: it is what
 * libFuzzer kept because it reaches other code. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CUTS = 512 };

static bool run_file(const char *path, bool cut)
{
    file_bytes f;
    nl_error err = { 0 };
    if (file_read(path, (size_t)64 << 20, &f, &err) != NL_OK) {
        fprintf(stderr, "%s: %s\n", path, err.what);
        return false;
    }
    size_t step = f.n / CUTS + 1;
    for (size_t n = 0; cut && n < f.n; n += step) {
        uint8_t *exact = malloc(n > 0 ? n : 1); /* so that reading past the end is seen */
        if (!exact) {
            return false;
        }
        memcpy(exact, f.p, n);
        LLVMFuzzerTestOneInput(exact, n);
        free(exact);
    }
    LLVMFuzzerTestOneInput((const uint8_t *)f.p, f.n);
    file_free(&f);
    return true;
}

/* -1: it is no folder. */
static int run_folder(const char *path, bool cut, size_t *files)
{
    DIR *d = opendir(path);
    bool ok = true;
    if (!d) {
        return -1;
    }
    for (const struct dirent *e; ok && (e = readdir(d)) != NULL;) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, e->d_name);
        if (cut && strcmp(e->d_name, "found") == 0) {
            ok = run_folder(file, false, files) == 1;
        } else if (e->d_name[0] != '.') {
            ok = run_file(file, cut);
            ++*files;
        }
    }
    closedir(d);
    return ok;
}

int main(int argc, char **argv)
{
    size_t files = 0;
    bool ok = true;
    for (int i = 1; ok && i < argc; i++) {
        int ran = run_folder(argv[i], true, &files);
        if (ran < 0) {
            files++;
        }
        ok = ran < 0 ? run_file(argv[i], true) : ran == 1;
    }
    printf("%zu files replayed\n", files);
    return ok && files > 0 ? 0 : 1;
}
