/* Every operator with operands of every kind, whatever its signature says: an error or an answer, the same when asked again in other
 * memory, never a crash. every_kind KINDS.json STEP: the operands, a list of ELM expressions; of all pairs one in STEP is tried. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "cql/program.h"
#include "planning.h"
#include "record/model_fhir.h"

#include <stdio.h>
#include <stdlib.h>

static const limits bounds = { .memory_bytes = (size_t)64 << 20, .depth_max = 60, .steps_max = 3000000 };
/* A library holds some at a time. */
enum { AT_A_TIME = 400 };

typedef struct library_asked {
    str elm, answers;
    uint32_t first;           /* defines before it are the operands themselves */
    size_t values, errors;
} library_asked;

static nl_status ask(arena *a, void *arg, nl_error *err)
{
    library_asked *q = arg;
    cql_source text = { q->elm, STR(""), STR("L.json") };
    cql_program *p = NULL;
    record *r = record_make(a);
    str bytes = planning_record();
    buf out = buf_make(a, BUF_MAX_DEFAULT);
    TRY(cql_compile(a, &text, 1, &p, err));
    TRY(record_read(r, STR("kinds"), bytes.p, bytes.n, err));
    TRY(record_close(r, STR(""), err));
    cql_run *asked = cql_run_make(a, p, model_fhir_make(a, r, planning_terminology(a)), (date){ 2026, 6, 1, DATE_DAY });
    q->values = q->errors = 0;
    for (uint32_t i = q->first; i < cql_define_count(p); i++) {
        cql_write(asked, i, &out);
        const nl_error *failed = cql_failed(asked, i);
        CHECK(!failed || failed->what[0] != '\0');
        buf_add(&out, failed ? str_of(failed->what) : STR(""));
        buf_char(&out, '\n');
        q->values += !failed;
        q->errors += failed != NULL;
    }
    q->answers = buf_str(&out);
    return NL_OK;
}

/* One with these operands: fields in their order, what is left over standing in the first. */
static void add_define(buf *elm, const op_info *o, uint32_t number, const uint32_t *operands)
{
    str fields = str_of(o->fields), field;
    uint32_t beside = 0, next = 0;
    for (size_t i = 0; i < fields.n; i++) {
        beside += fields.p[i] == ' ';
    }
    buf_printf(elm, ",{\"name\":\"T%u\",\"expression\":{\"type\":\"%s\"", number, o->name);
    while (str_cut(&fields, ' ', &field)) {
        field = str_ends(field, STR("?")) ? str_head(field, field.n - 1) : field;
        bool many = str_is(field, "operand");
        buf_printf(elm, ",\"%.*s\":%s", STR_ARG(field), many ? "[" : "");
        for (uint32_t i = 0; i < (many ? o->most - beside : 1); i++) {
            buf_printf(elm, "%s{\"type\":\"ExpressionRef\",\"name\":\"V%u\"}", i ? "," : "", operands[next++]);
        }
        buf_add(elm, many ? STR("]") : STR(""));
    }
    precision p = (precision)(number % 9); /* none, and each */
    bool own = str_find(str_of(o->fields), STR("precision")) >= 0;
    if (p != P_NONE && !own) {
        buf_printf(elm, ",\"precision\":\"%s\"", precision_name(p));
    }
    buf_add(elm, STR("}}"));
}

/* Each first operand with one in `step` of the second, another one for the next; what follows these is drawn from them. */
static void choose(const op_info *o, uint32_t choice, uint32_t kinds, uint32_t step, uint32_t *operands)
{
    operands[0] = choice % kinds;
    operands[1] = (choice / kinds * step + (choice + o->least) % step) % kinds;
    for (uint32_t i = 2; i < o->most; i++) {
        operands[i] = (choice * 7 + operands[i - 1] * 5 + i) % kinds;
    }
}

/* In memory of its own each time, so that an answer made of addresses differs. */
static void ask_twice(arena *a[2], library_asked *q)
{
    library_asked again = *q;
    nl_error err = { 0 };
    arena_reset(a[0]);
    arena_reset(a[1]);
    nl_status s = guard_run(a[0], ask, q, &err), other = guard_run(a[1], ask, &again, &err);
    if (s != other || (s != NL_OK && s != NL_E_LIMIT)) {
        fprintf(stderr, "%s %s\n", err.where, err.what);
        abort();
    }
    CHECK(s != NL_OK || str_eq(q->answers, again.answers));
}

static bool ask_operator(arena *a[2], arena *home, str operands_elm, uint32_t kinds, uint32_t step, const op_info *o)
{
    uint32_t choices = o->most == 1 ? kinds : kinds * (kinds / step + 1), chosen[OPERANDS_MAX];
    size_t values = 0, errors = 0;
    for (uint32_t from = 0; from < choices; from += AT_A_TIME) {
        arena_mark mark = arena_get_mark(home);
        buf elm = buf_make(home, BUF_MAX_DEFAULT);
        buf_add(&elm, operands_elm);
        for (uint32_t i = from; i < choices && i < from + AT_A_TIME; i++) {
            choose(o, i, kinds, step, chosen);
            add_define(&elm, o, i, chosen);
        }
        buf_add(&elm, STR("]}}}"));
        library_asked q = { .elm = buf_str(&elm), .first = kinds };
        ask_twice(a, &q);
        values += q.values;
        errors += q.errors;
        arena_rewind(home, mark);
    }
    bool takes_all = op_kinds(o, 0) == K_ALL && (o->most == 1 || op_kinds(o, 1) == K_ALL);
    return values + errors > 0 && (values > 0 || o->most > 2) && (errors > 0 || takes_all);
}

static str operands_of(arena *home, const json *list)
{
    buf elm = buf_make(home, BUF_MAX_DEFAULT);
    buf_add(&elm, STR("{\"library\":{\"identifier\":{\"id\":\"L\"},\"usings\":{\"def\":[{\"localIdentifier\":\"FHIR\",\"uri\":"
                      "\"http://hl7.org/fhir\",\"version\":\"4.0.1\"}]},\"statements\":{\"def\":["));
    for (const json *x = list->first; x; x = x->next) {
        buf_printf(&elm, "%s{\"name\":\"V%u\",\"expression\":", x->index ? "," : "", x->index);
        json_write(&elm, x, JSON_COMPACT);
        buf_char(&elm, '}');
    }
    return buf_str(&elm);
}

int main(int argc, char **argv)
{
    arena *home = arena_new(NULL), *a[2] = { arena_new(&bounds), arena_new(&bounds) };
    file_bytes file = { 0 };
    json *list = NULL;
    nl_error err = { 0 };
    int64_t step = 0;
    CHECK(argc == 3 && str_to_i64(str_of(argv[2]), &step) && step > 0 && home && a[0] && a[1]);
    if (file_read(argv[1], 1 << 20, &file, &err) != NL_OK || json_read(home, file.p, file.n, argv[1], &list, &err) != NL_OK) {
        fprintf(stderr, "%s\n", err.what);
        return 1;
    }
    str operands = operands_of(home, list);
    uint32_t told = 0, bad = 0;
    for (uint32_t i = 0; i < OP_COUNT_ALL; i++) {
        if (op_table[i].op) {
            bool good = ask_operator(a, home, operands, list->count, (uint32_t)step, &op_table[i]);
            printf("%s %u - %s with operands of every kind\n", good ? "ok" : "not ok", ++told, op_table[i].name);
            bad += !good;
        }
    }
    printf("1..%u\n", told);
    arena_free(a[0]);
    arena_free(a[1]);
    arena_free(home);
    file_free(&file);
    return bad ? 1 : 0;
}
