/* Every define of the libraries given, asked of our engine for the one patient of a record: what run.mjs compares with what
 * another engine answers. A line of JSON each, {"name":"Library.Define","value":...} or {"name":...,"error":"..."}.
 * Values are canonical JSON as cql_write has it, except that an element of the record stands as itself:
 * {"Resource":"Observation/x"} or {"Element":...}.
 *     evaluate AS-OF RECORD ELM.json...                                                                                    */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "cql/run.h"
#include "record/model_fhir.h"

#include <stdio.h>

#define BYTES_MOST ((size_t)1 << 28)

typedef struct job {
    int    argc;
    char **argv;
} job;

static void write_value(buf *out, cql_value v);

static void write_item(buf *out, const json *element)
{
    str resource_type = json_get_text(element, "resourceType");
    if (str_empty(resource_type)) {
        buf_add(out, STR("{\"Element\":"));
        json_write(out, element, JSON_COMPACT);
        buf_char(out, '}');
        return;
    }
    str id = json_get_text(element, "id");
    buf_printf(out, "{\"Resource\":\"%.*s/%.*s\"}", STR_ARG(resource_type), STR_ARG(id));
}

static void write_list(buf *out, cql_value v)
{
    buf_char(out, '[');
    for (uint32_t i = 0; i < v.n; i++) {
        buf_add(out, i ? STR(",") : STR(""));
        write_value(out, v.as.list[i]);
    }
    buf_char(out, ']');
}

static void write_tuple(buf *out, const cql_tuple *t)
{
    buf_add(out, STR("{\"Tuple\":{"));
    for (uint32_t i = 0; i < t->count; i++) {
        buf_printf(out, "%s\"%.*s\":", i ? "," : "", STR_ARG(t->names[i]));
        write_value(out, t->values[i]);
    }
    buf_add(out, STR("}}"));
}

static void write_value(buf *out, cql_value v)
{
    switch ((cql_kind)v.kind) {
    case CQL_ITEM: write_item(out, v.as.p); break;
    case CQL_LIST: write_list(out, v); break;
    case CQL_TUPLE: write_tuple(out, v.as.tuple); break;
    default: value_write(out, v, NULL);
    }
}

static nl_status load(arena *a, const job *j, cql_program **p, nl_error *err)
{
    size_t count = (size_t)j->argc - 3;
    cql_source *sources = ARENA_ARRAY(a, count, cql_source);
    for (size_t i = 0; i < count; i++) {
        file_bytes bytes;
        TRY(file_read(j->argv[i + 3], BYTES_MOST, &bytes, err));
        sources[i] = (cql_source){ arena_str(a, (str){ bytes.p, bytes.n }), STR(""), str_of(j->argv[i + 3]) };
        file_free(&bytes);
    }
    return cql_compile(a, sources, count, p, err);
}

static nl_status read_patient(arena *a, const char *path, record **out, nl_error *err)
{
    file_bytes bytes;
    TRY(file_read(path, BYTES_MOST, &bytes, err));
    record *r = record_make(a);
    nl_status s = record_read(r, str_of(path), bytes.p, bytes.n, err);
    file_free(&bytes);
    TRY(s);
    TRY(record_close(r, STR(""), err));
    *out = r;
    return NL_OK;
}

static void print_order(arena *a, const record *r)
{
    buf line = buf_make(a, BUF_MAX_DEFAULT);
    const char *between = "";
    for (size_t i = 0; i < record_count(r); i++) {
        const resource *x = record_at(r, i);
        if (!x->hidden) {
            buf_add(&line, str_of(between));
            json_write(&line, json_string(a, arena_printf(a, "%.*s/%.*s", STR_ARG(x->type), STR_ARG(x->id))), JSON_COMPACT);
            between = ",";
        }
    }
    printf("{\"record\":[%.*s]}\n", STR_ARG(buf_str(&line)));
}

static void print_define(arena *a, cql_run *at, const cql_program *p, uint32_t i)
{
    cql_define_info d = cql_define(p, i);
    buf line = buf_make(a, BUF_MAX_DEFAULT);
    buf_add(&line, STR("{\"name\":"));
    json_write(&line, json_string(a, arena_printf(a, "%.*s.%.*s", STR_ARG(d.library), STR_ARG(d.name))), JSON_COMPACT);
    cql_value v = cell_value(at, i);
    at->error = NULL;
    const nl_error *failed = cql_failed(at, i);
    if (failed) {
        buf_add(&line, STR(",\"error\":"));
        json_write(&line, json_string(a, str_of(failed->what)), JSON_COMPACT);
    } else {
        buf_add(&line, STR(",\"value\":"));
        write_value(&line, v);
    }
    buf_add(&line, STR("}\n"));
    str text = buf_str(&line);
    fwrite(text.p, 1, text.n, stdout);
}

static nl_status evaluate(arena *a, void *arg, nl_error *err)
{
    const job *j = arg;
    date as_of;
    if (!date_read(str_of(j->argv[1]), &as_of) || as_of.precision != DATE_DAY) {
        return fail(err, NL_E_ARG, j->argv[1], "the as-of date is no day");
    }
    cql_program *p = NULL;
    record *r = NULL;
    TRY(load(a, j, &p, err));
    TRY(read_patient(a, j->argv[2], &r, err));
    cql_run *at = cql_run_make(a, p, model_fhir_make(a, r, NULL), as_of);
    print_order(a, r);
    for (uint32_t i = 0; i < cql_define_count(p); i++) {
        print_define(a, at, p, i);
    }
    return NL_OK;
}

int main(int argc, char **argv)
{
    arena *a = arena_new(NULL);
    nl_error err = { 0 };
    if (argc < 4 || !a) {
        fprintf(stderr, "usage: evaluate AS-OF RECORD ELM.json...\n");
        return 2;
    }
    nl_status s = guard_run(a, evaluate, &(job){ argc, argv }, &err);
    if (s != NL_OK) {
        fprintf(stderr, "%s: %s\n", err.where, err.what);
    }
    arena_free(a);
    return s == NL_OK ? 0 : 1;
}
