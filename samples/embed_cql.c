/* embed_cql ELM LIBRARY DATA: every define of a library for one patient, with the engine alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <nextline/cql.h>
#include <stdio.h>

static nl_status to_file(void *to, const char *bytes, size_t n) { return fwrite(bytes, 1, n, to) == n ? NL_OK : NL_E_IO; }

int main(int argc, char **argv)
{
    static char elm[1 << 20], data[1 << 20];
    FILE *e = argc == 4 ? fopen(argv[1], "rb") : NULL, *d = argc == 4 ? fopen(argv[3], "rb") : NULL;
    if (!e || !d) {
        fprintf(stderr, "usage: embed_cql ELM LIBRARY DATA\n");
        return 2;
    }
    nl_cql_library library = { .elm = { elm, fread(elm, 1, sizeof elm, e) }, .file = argv[1] };
    size_t n = fread(data, 1, sizeof data, d);
    nl_error err = { 0 };
    nl_cql_program *program = NULL;
    nl_cql_run *run = NULL;
    bool done = nl_cql_link(&library, 1, &program, &err) == NL_OK && nl_cql_run_new(program, NULL, &run, &err) == NL_OK
             && nl_cql_begin(run, "2026-01-15T00:00:00.000+00:00", &err) == NL_OK
             && nl_cql_add(run, argv[3], data, n, &err) == NL_OK
             && nl_cql_values(run, argv[2], to_file, stdout, &err) == NL_OK;
    if (!done) {
        fprintf(stderr, "%s: %s\n", err.where, err.what);
    }
    nl_cql_run_free(run);
    nl_cql_program_free(program);
    return done ? 0 : 1;
}
