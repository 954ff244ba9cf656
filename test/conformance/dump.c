/* SPDX-License-Identifier: Apache-2.0 */
/* Every define of the libraries given, for the one patient of a FHIR file, a line of JSON each: what second_engine.mjs
 * compares. cql_dump AS-OF BUNDLE.json ELM.json... */
#include "base/file.h"
#include "record/model_fhir.h"

#include <stdio.h>

typedef struct job {
    int argc;
    char **argv;
} job;

static nl_status load(arena *a, const job *j, cql_program **p, nl_error *err)
{
    size_t count = (size_t)j->argc - 3;
    cql_source *sources = ARENA_ARRAY(a, count, cql_source);
    for (size_t i = 0; i < count; i++) {
        file_bytes bytes;
        TRY(file_read(j->argv[i + 3], (size_t)1 << 28, &bytes, err));
        sources[i] = (cql_source){ arena_str(a, (str){ bytes.p, bytes.n }), STR(""), str_of(j->argv[i + 3]) };
        file_free(&bytes);
    }
    return cql_compile(a, sources, count, p, err);
}

static nl_status dump(arena *a, void *arg, nl_error *err)
{
    const job *j = arg;
    cql_program *p = NULL;
    date as_of;
    if (!date_read(str_of(j->argv[1]), &as_of) || as_of.precision != DATE_DAY) {
        return fail(err, NL_E_ARG, j->argv[1], "the as-of date is no day");
    }
    TRY(load(a, j, &p, err));
    file_bytes bytes;
    TRY(file_read(j->argv[2], (size_t)1 << 28, &bytes, err));
    record *r = record_make(a);
    nl_status s = record_read(r, str_of(j->argv[2]), bytes.p, bytes.n, err);
    file_free(&bytes);
    TRY(s);
    TRY(record_close(r, STR(""), err));
    cql_run *run = cql_run_make(a, p, model_fhir_make(a, r), as_of);
    for (uint32_t i = 0; i < cql_define_count(p); i++) {
        cql_define_info d = cql_define(p, i);
        buf name = buf_make(a, 1 << 20), value = buf_make(a, BUF_MAX_DEFAULT);
        json_write(&name, json_string(a, arena_printf(a, "%.*s.%.*s", STR_ARG(d.library), STR_ARG(d.name))),
                   JSON_COMPACT);
        cql_write(run, i, &value);
        const char *failed = cql_failed(run, i) ? "true" : "false";
        printf("{\"name\":%.*s,\"failed\":%s,\"value\":%.*s}\n", STR_ARG(buf_str(&name)), failed,
               STR_ARG(buf_str(&value)));
    }
    return NL_OK;
}

int main(int argc, char **argv)
{
    arena *a = arena_new(NULL);
    nl_error err = { 0 };
    if (argc < 4 || !a) {
        fprintf(stderr, "usage: cql_dump AS-OF BUNDLE.json ELM.json...\n");
        return 1;
    }
    nl_status s = guard_run(a, dump, &(job){ argc, argv }, &err);
    if (s != NL_OK) {
        fprintf(stderr, "%s: %s\n", err.where, err.what);
    }
    arena_free(a);
    return s == NL_OK ? 0 : 1;
}
