/* Runs a fuzz target over every file of a corpus, and over each cut short at every place (at most 512 of them): what
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

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
        return 2;
    }
    DIR *d = opendir(argv[1]);
    if (!d) {
        fprintf(stderr, "%s cannot be opened\n", argv[1]);
        return 2;
    }
    size_t files = 0;
    bool ok = true;
    for (const struct dirent *e; ok && (e = readdir(d)) != NULL;) {
        char path[4096];
        if (e->d_name[0] == '.') {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", argv[1], e->d_name);
        ok = run_file(path);
        files++;
    }
    closedir(d);
    printf("%zu files replayed\n", files);
    return ok && files > 0 ? 0 : 1;
}
