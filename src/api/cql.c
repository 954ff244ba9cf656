/* SPDX-License-Identifier: Apache-2.0 */
/* Programs, runs and data of the engine alone; cql_ask.c evaluates. */
#include "api/cql_handles.h"
#include "record/model_fhir.h"

enum { CQL_INPUT_BYTES_USUAL = 256 << 20 };

/* ---- a program ---- */

typedef struct link_job {
    const nl_cql_library *libraries;
    size_t count;
    const nl_cql_function *functions;
    size_t function_count;
    nl_cql_program *made;
} link_job;

static nl_status call_function(void *self, str operands, cql_answer *to, nl_error *err)
{
    const nl_cql_function *f = self;
    nl_cql_answer answer = { to };
    return f->call(f->self, operands, &answer, err);
}

static nl_status link_guarded(arena *a, void *arg, nl_error *err)
{
    link_job *job = arg;
    cql_source *sources = ARENA_ARRAY(a, job->count, cql_source);
    for (size_t i = 0; i < job->count; i++) {
        const nl_cql_library *l = &job->libraries[i];
        sources[i] = (cql_source){ l->elm, arena_str(a, l->text), arena_str(a, str_of(l->file ? l->file : "")) };
    }
    cql_external *externals = ARENA_ARRAY(a, job->function_count, cql_external);
    nl_cql_function *kept = ARENA_ARRAY(a, job->function_count, nl_cql_function);
    for (size_t i = 0; i < job->function_count; i++) {
        const nl_cql_function *f = &job->functions[i];
        if (!f->library || !f->name || !f->call) {
            return fail(err, NL_E_ARG, "nl_cql_link_with", "a function has no library, no name or nothing to call");
        }
        kept[i] = *f;
        externals[i] = (cql_external){ str_of(f->library), str_of(f->name), { 0 }, call_function, &kept[i] };
        externals[i].signature = f->signature ? str_of(f->signature) : (str){ 0 };
    }
    nl_cql_program *p = ARENA_NEW(a, nl_cql_program);
    p->home = a;
    cql_standby helpers = { STR("FHIRHelpers"), fhir_helpers_elm };
    TRY(cql_compile_with(a, sources, job->count, externals, job->function_count, &helpers, &p->program, err));
    job->made = p;
    return NL_OK;
}

nl_status nl_cql_link(const nl_cql_library *libraries, size_t count, nl_cql_program **out, nl_error *err)
{
    return nl_cql_link_with(libraries, count, NULL, 0, out, err);
}

nl_status nl_cql_link_with(const nl_cql_library *libraries, size_t count, const nl_cql_function *functions, size_t function_count,
                           nl_cql_program **out, nl_error *err)
{
    if (!libraries || count == 0 || !out || (!functions && function_count > 0)) {
        return fail(err, NL_E_ARG, "nl_cql_link", "libraries and a place for the program are needed");
    }
    arena *home = arena_new(NULL);
    link_job job = { libraries, count, functions, function_count, NULL };
    nl_status s = home ? guard_run(home, link_guarded, &job, err)
                       : fail(err, NL_E_LIMIT, "nl_cql_link", "the machine has no memory for a program");
    if (s != NL_OK) {
        arena_free(home);
        return s;
    }
    *out = job.made;
    return NL_OK;
}

void nl_cql_program_free(nl_cql_program *p)
{
    if (p) {
        arena_free(p->home); /* p itself lives there */
    }
}

size_t nl_cql_define_count(const nl_cql_program *p)
{
    return cql_define_count(p->program);
}

bool nl_cql_define_at(const nl_cql_program *p, size_t i, nl_cql_define *out)
{
    if (i >= cql_define_count(p->program)) {
        return false;
    }
    cql_define_info d = cql_define(p->program, (uint32_t)i);
    *out = (nl_cql_define){ d.library, d.name, d.file, d.line, d.is_boolean };
    return true;
}

/* ---- value sets and code systems ---- */

enum { TERMINOLOGY_GIGABYTES = 16 };

typedef struct terminology_job {
    const nl_cql_input *inputs;
    size_t count;
    nl_cql_terminology *made;
} terminology_job;

static nl_status terminology_guarded(arena *a, void *arg, nl_error *err)
{
    terminology_job *job = arg;
    terminology *t = terminology_make(a);
    for (size_t i = 0; i < job->count; i++) {
        const nl_cql_input *in = &job->inputs[i];
        TRY(terminology_read(t, arena_str(a, str_of(in->name ? in->name : "")), in->bytes.p, in->bytes.n, err));
    }
    if (terminology_count(t) == 0) {
        return fail(err, NL_E_MODEL, job->inputs[0].name ? job->inputs[0].name : "", "there is no ValueSet and no CodeSystem");
    }
    terminology_close(t);
    job->made = ARENA_NEW(a, nl_cql_terminology);
    *job->made = (nl_cql_terminology){ a, t };
    return NL_OK;
}

nl_status nl_cql_terminology_read(const nl_cql_input *inputs, size_t count, nl_cql_terminology **out, nl_error *err)
{
    if (!inputs || count == 0 || !out) {
        return fail(err, NL_E_ARG, "nl_cql_terminology_read", "inputs and a place for the terminology are needed");
    }
    arena *home = arena_new(&(limits){ .memory_bytes = (size_t)TERMINOLOGY_GIGABYTES << 30, .steps_max = UINT64_MAX });
    terminology_job job = { inputs, count, NULL };
    nl_status s = home ? guard_run(home, terminology_guarded, &job, err)
                       : fail(err, NL_E_LIMIT, "nl_cql_terminology_read", "the machine has no memory for it");
    if (s != NL_OK) {
        arena_free(home);
        return s;
    }
    *out = job.made;
    return NL_OK;
}

void nl_cql_terminology_free(nl_cql_terminology *t)
{
    if (t) {
        arena_free(t->home); /* t itself lives there */
    }
}

/* ---- a run ---- */

typedef struct run_job {
    nl_cql_run with, *made;
} run_job;

static nl_status run_guarded(arena *a, void *arg, nl_error *err)
{
    run_job *job = arg;
    job->made = ARENA_NEW(a, nl_cql_run);
    *job->made = job->with;
    return NL_OK;
}

nl_status nl_cql_run_new(const nl_cql_program *p, const nl_limits *l, nl_cql_run **out, nl_error *err)
{
    if (!p || !out) {
        return fail(err, NL_E_ARG, "nl_cql_run_new", "a program and a place for the run are needed");
    }
    limits most = { 0 }; /* zeroes are the defaults */
    if (l) {
        most = (limits){ l->memory_bytes, l->depth_max, l->steps_max };
    }
    run_job job = { .with = { .home = arena_new(NULL), .patient = arena_new(&most), .program = p } };
    job.with.input_bytes = l && l->input_bytes ? l->input_bytes : CQL_INPUT_BYTES_USUAL;
    nl_status s = job.with.home && job.with.patient
                      ? guard_run(job.with.home, run_guarded, &job, err)
                      : fail(err, NL_E_LIMIT, "nl_cql_run_new", "the machine has no memory for a run");
    if (s != NL_OK) {
        arena_free(job.with.home);
        arena_free(job.with.patient);
        return s;
    }
    *out = job.made;
    return NL_OK;
}

void nl_cql_run_free(nl_cql_run *r)
{
    if (r) {
        arena_free(r->patient);
        arena_free(r->home); /* r itself lives there */
    }
}

nl_status nl_cql_use(nl_cql_run *r, const nl_cql_terminology *t, nl_error *err)
{
    if (!r || r->stage != CQL_IDLE) {
        return fail(err, NL_E_ARG, "nl_cql_use", "a run that has not begun is needed");
    }
    r->shared = t ? t->all : NULL;
    return NL_OK;
}

nl_status cql_guard(nl_cql_run *r, guarded *fn, void *arg, nl_error *err)
{
    if (r->stage != CQL_OPEN && r->stage != CQL_READY) {
        return fail(err, NL_E_ARG, "nl_cql_begin", "%s", r->stage == CQL_IDLE ? "the run has not begun" : "the run failed half way; it must begin again");
    }
    if (r->busy) {
        return fail(err, NL_E_ARG, "nl_cql_run", "the run is in a call already");
    }
    r->busy = true;
    nl_status s = guard_run(r->patient, fn, arg, err);
    r->busy = false;
    r->stage = s == NL_E_LIMIT ? CQL_BROKEN : r->stage;
    return s;
}

typedef struct begin_job {
    nl_cql_run *run;
    str as_of;
    const nl_cql_model *model;   /* NULL: FHIR */
    void *data;
} begin_job;

static nl_status begin_guarded(arena *a, void *arg, nl_error *err)
{
    begin_job *job = arg;
    nl_cql_run *r = job->run;
    const cql_model *m;
    if (job->model) {
        m = cql_host_model(a, r->program->program, job->model, job->data, r->shared);
    } else {
        r->record = record_make(a);
        record_as_written(r->record); /* what a status means is for the CQL to say */
        m = model_fhir_make(a, r->record, r->shared);
    }
    r->run = cql_run_make(a, r->program->program, m, (date){ 1, 1, 1, DATE_DAY });
    return cql_set_now(r->run, job->as_of) ? NL_OK : fail(err, NL_E_ARG, "as-of", "it is no Date or DateTime to the day");
}

static nl_status begin(nl_cql_run *r, const char *as_of, const nl_cql_model *model, void *data, nl_error *err)
{
    if (!r || !as_of || r->busy) {
        return fail(err, NL_E_ARG, "nl_cql_begin", "%s", r && as_of ? "the run is in a call already" : "a run and a moment are needed");
    }
    arena_reset(r->patient);
    begin_job job = { r, str_of(as_of), model, data };
    r->stage = CQL_IDLE;
    r->inputs = 0;
    r->by_model = model != NULL;
    TRY(guard_run(r->patient, begin_guarded, &job, err));
    r->stage = CQL_OPEN;
    return NL_OK;
}

nl_status nl_cql_begin_model(nl_cql_run *r, const char *as_of, const nl_cql_model *model, void *data, nl_error *err)
{
    if (!model || !model->type || !model->rows || !model->property) {
        return fail(err, NL_E_ARG, "nl_cql_begin_model", "a model with type, rows and property is needed");
    }
    return begin(r, as_of, model, data, err);
}

nl_status nl_cql_begin(nl_cql_run *r, const char *as_of, nl_error *err)
{
    return begin(r, as_of, NULL, NULL, err);
}

/* What a call changes: of a library its parameter, of a type the resource with that id, an input by its name; and what is given. */
typedef struct change {
    nl_cql_run *run;
    str of, name, bytes;
} change;

/* ---- parameters ---- */

static nl_status set_guarded(arena *a, void *arg, nl_error *err)
{
    change *job = arg;
    json *value;
    uint32_t parameter = cql_find_parameter(job->run->program->program, job->of, job->name);
    if (parameter == CQL_NONE) {
        return fail(err, NL_E_ARG, "nl_cql_set", "there is no parameter %.*s in %.*s", STR_ARG(job->name), STR_ARG(job->of));
    }
    TRY(json_read(a, job->bytes.p, job->bytes.n, "parameter", &value, err));
    return cql_set_parameter(job->run->run, parameter, value)
               ? NL_OK
               : fail(err, NL_E_ARG, "nl_cql_set", "the value is not of the type that %.*s is declared with", STR_ARG(job->name));
}

nl_status nl_cql_set(nl_cql_run *r, const char *library, const char *parameter, nl_str value, nl_error *err)
{
    if (!r || !library || !parameter || (!value.p && value.n)) {
        return fail(err, NL_E_ARG, "nl_cql_set", "a run, a library, a parameter and a value are needed");
    }
    return cql_guard(r, set_guarded, &(change){ r, str_of(library), str_of(parameter), value }, err);
}

/* ---- data ---- */

static nl_status add_guarded(arena *a, void *arg, nl_error *err)
{
    change *job = arg;
    str copy = arena_str(a, job->bytes);
    TRY(record_read(job->run->record, arena_str(a, job->name), copy.p, copy.n, err));
    job->run->inputs++;
    return NL_OK;
}

static nl_status fits(const nl_cql_run *r, const char *name, size_t n, nl_error *err)
{
    return n <= r->input_bytes ? NL_OK
                               : fail(err, NL_E_LIMIT, name, "the input is larger than %zu bytes", r->input_bytes);
}

nl_status nl_cql_add(nl_cql_run *r, const char *name, const void *bytes, size_t n, nl_error *err)
{
    if (!r || !name || (!bytes && n)) {
        return fail(err, NL_E_ARG, "nl_cql_add", "a run, a name and bytes are needed");
    }
    if (r->stage == CQL_READY || r->by_model) {
        return fail(err, NL_E_ARG, "nl_cql_add", "%s", r->by_model ? "the data is behind a model of the host" : "a value was asked already; nl_cql_put changes data");
    }
    TRY(fits(r, name, n, err));
    return cql_guard(r, add_guarded, &(change){ .run = r, .name = str_of(name), .bytes = { bytes, n } }, err);
}

nl_status cql_ready(nl_cql_run *r, nl_error *err)
{
    if (r->stage == CQL_OPEN && r->inputs > 0) {
        nl_status s = record_close(r->record, STR(""), err);
        if (s != NL_OK) {
            r->stage = CQL_BROKEN;
            return s;
        }
    }
    r->stage = CQL_READY;
    return NL_OK;
}

/* ---- changing data ---- */

/* Whether a code stands anywhere in either resource. A system is not looked at: too many forgotten is no harm. */
typedef struct two_trees {
    const json *before, *after;
} two_trees;

static bool holds_code(const json *n, str code)
{
    if (json_is(n, JSON_STRING) && str_is(n->key, "code") && str_eq(n->text, code)) {
        return true;
    }
    for (const json *c = n && n->type >= JSON_ARRAY ? n->first : NULL; c; c = c->next) {
        if (holds_code(c, code)) {
            return true;
        }
    }
    return false;
}

static bool either_holds(const void *with, str code)
{
    const two_trees *t = with;
    return holds_code(t->before, code) || holds_code(t->after, code);
}

static const resource *find_row(const record *r, str type, str id)
{
    const resource *found = NULL;
    for (size_t i = 0; i < record_count(r); i++) {
        const resource *x = record_at(r, i);
        found = !x->hidden && str_eq(x->type, type) && str_eq(x->id, id) ? x : found;
    }
    return found;
}

static void replace(nl_cql_run *r, str type, const resource *before, json *after)
{
    two_trees touched = { before ? before->root : NULL, after };
    if (before) {
        record_hide(r->record, before, true);
    }
    if (after) {
        (void)record_append(r->record, after, (date){ 0 }, NULL, 0);
    }
    cql_forget_type(r->run, type, either_holds, &touched);
}

static nl_status with_data(nl_cql_run *r, nl_error *err)
{
    return r->inputs > 0 ? cql_ready(r, err) : fail(err, NL_E_ARG, "nl_cql_put", "there is no data to change; nl_cql_add gives it");
}

static nl_status put_guarded(arena *a, void *arg, nl_error *err)
{
    change *job = arg;
    nl_cql_run *r = job->run;
    json *root;
    TRY(with_data(r, err));
    TRY(json_read(a, job->bytes.p, job->bytes.n, "resource", &root, err));
    str type = json_get_text(root, "resourceType"), id = json_get_text(root, "id");
    if (!json_is(root, JSON_OBJECT) || str_empty(type) || str_empty(id) || str_is(type, "Bundle")) {
        return fail(err, NL_E_MODEL, "nl_cql_put", "one resource with a type and an id is wanted");
    }
    const resource *before = find_row(r->record, type, id);
    if (str_is(type, "Patient") && !before) {
        return fail(err, NL_E_MODEL, "nl_cql_put", "it is another Patient");
    }
    replace(r, type, before, root);
    return NL_OK;
}

nl_status nl_cql_put(nl_cql_run *r, const void *bytes, size_t n, nl_error *err)
{
    if (!r || (!bytes && n)) {
        return fail(err, NL_E_ARG, "nl_cql_put", "a run and bytes are needed");
    }
    TRY(fits(r, "nl_cql_put", n, err));
    return cql_guard(r, put_guarded, &(change){ .run = r, .bytes = { bytes, n } }, err);
}

static nl_status drop_guarded(arena *a, void *arg, nl_error *err)
{
    change *job = arg;
    TRY(with_data(job->run, err));
    const resource *before = find_row(job->run->record, job->of, job->name);
    if (!before || str_is(job->of, "Patient")) {
        return fail(err, NL_E_ARG, "nl_cql_drop", "there is no such resource, or it is the Patient");
    }
    replace(job->run, before->type, before, NULL);
    return NL_OK;
}

nl_status nl_cql_drop(nl_cql_run *r, const char *type, const char *id, nl_error *err)
{
    if (!r || !type || !id) {
        return fail(err, NL_E_ARG, "nl_cql_drop", "a run, a type and an id are needed");
    }
    return cql_guard(r, drop_guarded, &(change){ .run = r, .of = str_of(type), .name = str_of(id) }, err);
}

static bool any_code(const void *with, str code)
{
    return true;
}

static nl_status forget_guarded(arena *a, void *arg, nl_error *err)
{
    change *job = arg;
    cql_forget_type(job->run->run, job->of, any_code, NULL);
    return NL_OK;
}

nl_status nl_cql_forget(nl_cql_run *r, const char *type, nl_error *err)
{
    if (!r || !type || !r->by_model) {
        return fail(err, NL_E_ARG, "nl_cql_forget", "a run over a model of the host and a type are needed");
    }
    return cql_guard(r, forget_guarded, &(change){ .run = r, .of = str_of(type) }, err);
}
