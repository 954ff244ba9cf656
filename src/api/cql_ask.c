/* SPDX-License-Identifier: Apache-2.0 */
/* Values and explanations as JSON. */
#include <stdlib.h>

#include "api/cql_handles.h"

typedef struct ask_job {
    nl_cql_run *run;
    str library, define;
    buf text;
} ask_job;

static nl_status find(ask_job *job, uint32_t *define, nl_error *err)
{
    *define = cql_find_define(job->run->program->program, job->library, job->define);
    if (*define == CQL_NONE) {
        return fail(err, NL_E_ARG, "define", "there is no define %.*s in %.*s", STR_ARG(job->define), STR_ARG(job->library));
    }
    return cql_ready(job->run, err);
}

/* Asks, then hands over what was written. */
static nl_status ask(nl_cql_run *r, const char *library, const char *define, guarded *fn, nl_write_fn *write, void *to, nl_error *err)
{
    if (!r || !library || !define || !write) {
        return fail(err, NL_E_ARG, "nl_cql_value", "a run, a library, a define and a function that takes the output are needed");
    }
    ask_job job = { .run = r, .library = str_of(library), .define = str_of(define) };
    TRY(cql_guard(r, fn, &job, err));
    nl_status s = write(to, job.text.p, job.text.n);
    return s == NL_OK ? s : fail(err, s, "output", "the value could not be written");
}

/* ---- the patient ---- */

static nl_status ready_guarded(arena *a, void *arg, nl_error *err)
{
    return cql_ready(arg, err);
}

nl_status nl_cql_patient(nl_cql_run *r, nl_str *out, nl_error *err)
{
    if (!r || !out) {
        return fail(err, NL_E_ARG, "nl_cql_patient", "a run and a place for the id are needed");
    }
    TRY(cql_guard(r, ready_guarded, r, err));
    *out = r->inputs > 0 ? record_patient(r->record)->id : STR("");
    return NL_OK;
}

/* ---- values ---- */

static nl_status value_guarded(arena *a, void *arg, nl_error *err)
{
    ask_job *job = arg;
    uint32_t define;
    TRY(find(job, &define, err));
    job->text = buf_make(a, BUF_MAX_DEFAULT);
    cql_write(job->run->run, define, &job->text);
    const nl_error *failed = cql_failed(job->run->run, define);
    if (failed && err) {
        *err = *failed;
    }
    return failed ? failed->code : NL_OK;
}

nl_status nl_cql_value(nl_cql_run *r, const char *library, const char *define, nl_write_fn *write, void *to, nl_error *err)
{
    return ask(r, library, define, value_guarded, write, to, err);
}

typedef struct named {
    str name;
    uint32_t define;
} named;

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const named *)x)->name, ((const named *)y)->name);
}

static void write_text(buf *out, str s)
{
    json_write(out, json_string(out->a, s), JSON_COMPACT);
}

static nl_status values_guarded(arena *a, void *arg, nl_error *err)
{
    ask_job *job = arg;
    const cql_program *p = job->run->program->program;
    named *all = ARENA_ARRAY(a, cql_define_count(p), named);
    size_t count = 0;
    bool known = false;
    for (uint32_t i = 0; i < cql_define_count(p); i++) {
        cql_define_info d = cql_define(p, i);
        bool here = str_eq(d.library, job->library);
        known = known || here;
        if (here && !str_is(d.name, "Patient")) {
            all[count++] = (named){ d.name, i };
        }
    }
    if (!known) {
        return fail(err, NL_E_ARG, "library", "there is no library %.*s with defines", STR_ARG(job->library));
    }
    TRY(cql_ready(job->run, err));
    qsort(all, count, sizeof *all, by_name);
    job->text = buf_make(a, BUF_MAX_DEFAULT);
    buf_char(&job->text, '{');
    for (size_t i = 0; i < count; i++) {
        buf_add(&job->text, i ? STR(",") : STR(""));
        write_text(&job->text, all[i].name);
        buf_char(&job->text, ':');
        (void)cql_truth(job->run->run, all[i].define); /* evaluated, so that a failure shows before it is written */
        const nl_error *failed = cql_failed(job->run->run, all[i].define);
        if (failed) {
            buf_add(&job->text, STR("{\"error\":"));
            write_text(&job->text, arena_printf(a, "%s: %s", failed->where, failed->what));
            buf_char(&job->text, '}');
        } else {
            cql_write(job->run->run, all[i].define, &job->text);
        }
    }
    buf_char(&job->text, '}');
    return NL_OK;
}

nl_status nl_cql_values(nl_cql_run *r, const char *library, nl_write_fn *write, void *to, nl_error *err)
{
    return ask(r, library, "", values_guarded, write, to, err);
}

/* ---- why ---- */

static void put_text(json *o, arena *a, const char *key, str s)
{
    if (!str_empty(s)) {
        json_put(o, key, json_string(a, s));
    }
}

static void put_rows(arena *a, json *o, const cql_clause *c)
{
    if (c->fact_count > 0) {
        json *facts = json_put(o, "facts", json_new(a, JSON_ARRAY));
        for (uint32_t i = 0; i < c->fact_count; i++) {
            str type = json_get_text(c->facts[i], "resourceType"), id = json_get_text(c->facts[i], "id");
            json_push(facts, json_string(a, arena_printf(a, "%.*s/%.*s", STR_ARG(type), STR_ARG(id))));
        }
    }
    if (c->read_count > 0) {
        json *reads = json_put(o, "reads", json_new(a, JSON_ARRAY));
        for (uint32_t i = 0; i < c->read_count; i++) {
            json *read = json_push(reads, json_new(a, JSON_OBJECT));
            put_text(read, a, "type", c->reads[i]->type);
            put_text(read, a, "system", c->reads[i]->system);
            put_text(read, a, "code", c->reads[i]->code);
        }
    }
}

/* "result": the value; or "error", where and what. */
static void put_result(cql_run *r, arena *a, json *o, const cql_use *u)
{
    buf text = buf_make(a, BUF_MAX_DEFAULT);
    const nl_error *failed = cql_write_use(r, u, &text);
    json *value = NULL;
    if (failed) {
        json_put(o, "error", json_string(a, arena_printf(a, "%s: %s", failed->where, failed->what)));
    } else if (json_read(a, text.p, text.n, "", &value, NULL) == NL_OK) {
        json_put(o, "result", value);
    } else {   /* what was written can be read, but for a limit */
        guard_leave(a, "a limit is reached while the trace is written");
    }
}

static void put_uses(cql_run *r, arena *a, json *o, const cql_clause *c)
{
    const cql_use *uses;
    size_t count = cql_uses(r, c, &uses);
    json *list = count > 0 ? json_put(o, "uses", json_new(a, JSON_ARRAY)) : NULL;
    for (size_t i = 0; i < count; i++) {
        json *use = json_push(list, json_new(a, JSON_OBJECT));
        json_put(use, "kind", json_string(a, uses[i].is_parameter ? STR("parameter") : STR("define")));
        json_put(use, "library", json_string(a, uses[i].library));
        json_put(use, "name", json_string(a, uses[i].name));
        put_result(r, a, use, &uses[i]);
    }
}

static json *clause_json(cql_run *r, arena *a, const cql_clause *c)
{
    static const char *const kinds[] = { "define", "and", "or", "not", "leaf" };
    json *o = json_new(a, JSON_OBJECT);
    arena_enter(a);
    json_put(o, "kind", json_string(a, str_of(kinds[c->kind])));
    put_text(o, a, "library", c->library);
    put_text(o, a, "file", c->file);
    put_text(o, a, "name", c->name);
    if (c->line > 0) {
        json_put(o, "line", json_integer(a, c->line));
        json_put(o, "column", json_integer(a, c->column));
        json_put(o, "line_end", json_integer(a, c->line_end));
        json_put(o, "column_end", json_integer(a, c->column_end));
    }
    put_text(o, a, "text", c->text);
    json_put(o, "value", c->value == TRUTH_UNKNOWN ? json_new(a, JSON_NULL) : json_boolean(a, c->value == TRUTH_TRUE));
    json_put(o, "decided", json_boolean(a, c->decided));
    if (c->define != CQL_NONE) {
        put_result(r, a, o, &(cql_use){ .body = c->define });
    } else if (c->kind == CQL_CLAUSE_LEAF) {
        put_uses(r, a, o, c);
    }
    put_rows(a, o, c);
    if (c->child_count > 0) {
        json *children = json_put(o, "children", json_new(a, JSON_ARRAY));
        for (uint32_t i = 0; i < c->child_count; i++) {
            json_push(children, clause_json(r, a, &c->children[i]));
        }
    }
    arena_exit(a);
    return o;
}

static nl_status explain_guarded(arena *a, void *arg, nl_error *err)
{
    ask_job *job = arg;
    uint32_t define;
    TRY(find(job, &define, err));
    job->text = buf_make(a, BUF_MAX_DEFAULT);
    json_write(&job->text, clause_json(job->run->run, a, cql_explain(job->run->run, define)), JSON_COMPACT);
    return NL_OK;
}

nl_status nl_cql_explain(nl_cql_run *r, const char *library, const char *define, nl_write_fn *write, void *to, nl_error *err)
{
    return ask(r, library, define, explain_guarded, write, to, err);
}
