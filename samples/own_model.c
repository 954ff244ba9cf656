/* own_model ELM LIBRARY: every define of a library over a data model of our own, an array of measurements. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <nextline/cql.h>
#include <stdio.h>
#include <string.h>

typedef struct reading { const char *kind, *taken, *value, *unit; } reading;
typedef struct table { const reading *rows; size_t count; } table;

static bool is(nl_str s, const char *text) { return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0; }
static nl_status to_file(void *to, const char *bytes, size_t n) { return fwrite(bytes, 1, n, to) == n ? NL_OK : NL_E_IO; }
static uint32_t type_of(void *data, nl_str name) { return is(name, "{urn:measurements}Reading") ? 1 : 0; }

static void rows_of(void *data, uint32_t type, nl_cql_answer *to)
{
    const table *t = data;
    for (size_t i = 0; i < t->count; i++) {
        nl_cql_give_item(to, &t->rows[i], type);
    }
}

static void property_of(void *data, const void *item, uint32_t type, nl_str name, nl_cql_answer *to)
{
    const reading *r = item;
    char json[300];
    if (is(name, "taken")) {
        nl_cql_give_text(to, (nl_str){ r->taken, strlen(r->taken) });   /* what is no Date is null */
    } else if (is(name, "kind") || is(name, "value")) {
        int n = is(name, "kind") ? snprintf(json, sizeof json, "{\"Code\":{\"code\":\"%s\",\"system\":\"urn:measurements:kinds\"}}", r->kind)
                                 : snprintf(json, sizeof json, "{\"Quantity\":[%s,\"%s\"]}", r->value, r->unit);
        nl_cql_give_json(to, (nl_str){ json, (size_t)n });
    }
}

int main(int argc, char **argv)
{
    static const reading rows[] = { { "temperature", "2026-01-03", "36.8", "Cel" }, { "temperature", "2026-01-05", "38.4", "Cel" },
        { "temperature", "", "100.4", "[degF]" }, { "weight", "2026-01-05", "61", "kg" }, { "temperature", "2026-01-06", "39.0", "Cel" } };
    static char elm[1 << 20];
    table t = { rows, sizeof rows / sizeof *rows };
    const nl_cql_model model = { .type = type_of, .rows = rows_of, .property = property_of };
    FILE *e = argc == 3 ? fopen(argv[1], "rb") : NULL;
    nl_error err = { .where = "usage", .what = "own_model ELM LIBRARY" };
    nl_cql_library library = { .elm = { elm, e ? fread(elm, 1, sizeof elm, e) : 0 }, .file = argv[1] };
    nl_cql_program *program = NULL;
    nl_cql_run *run = NULL;
    bool done = e && nl_cql_link(&library, 1, &program, &err) == NL_OK && nl_cql_run_new(program, NULL, &run, &err) == NL_OK
             && nl_cql_begin_model(run, "2026-01-15", &model, &t, &err) == NL_OK && nl_cql_values(run, argv[2], to_file, stdout, &err) == NL_OK;
    if (!done) {
        fprintf(stderr, "%s: %s\n", err.where, err.what);
    }
    nl_cql_run_free(run);
    nl_cql_program_free(program);
    return done ? 0 : 1;
}
