/* Runs a fuzz target over files and over every file of folders, whole and cut short at every place (at most 512 of them): what
 * libFuzzer found once stays found in every ordinary run. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CUTS = 512 };

static bool run_file(const char *path)
{
    file_bytes f;
    nl_error err = { 0 };
    if (file_read(path, (size_t)64 << 20, &f, &err) != NL_OK) {
        fprintf(stderr, "%s: %s\n", path, err.what);
        return false;
    }
    size_t step = f.n / CUTS + 1;
    for (size_t n = 0; n < f.n; n += step) {
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

static bool run_folder(const char *path, DIR *d, size_t *files)
{
    bool ok = true;
    for (const struct dirent *e; ok && (e = readdir(d)) != NULL;) {
        char file[4096];
        if (e->d_name[0] != '.') {
            snprintf(file, sizeof file, "%s/%s", path, e->d_name);
            ok = run_file(file);
            ++*files;
        }
    }
    return ok;
}

int main(int argc, char **argv)
{
    size_t files = 0;
    bool ok = true;
    for (int i = 1; ok && i < argc; i++) {
        DIR *d = opendir(argv[i]);
        if (d) {
            ok = run_folder(argv[i], d, &files);
            closedir(d);
        } else {
            ok = run_file(argv[i]);
            files++;
        }
    }
    printf("%zu files replayed\n", files);
    return ok && files > 0 ? 0 : 1;
}
