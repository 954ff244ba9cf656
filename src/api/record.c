/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

/* ---- a worker ---- */

typedef struct worker_job { const nl_pack *pack; arena *patient; size_t input_bytes; nl_worker *made; } worker_job;

static nl_status worker_guarded(arena *a, void *arg, nl_error *err)
{
    worker_job *job = arg;
    job->made = ARENA_NEW(a, nl_worker);
    *job->made = (nl_worker){ .home = a, .patient = job->patient, .pack = job->pack, .input_bytes = job->input_bytes };
    return NL_OK;
}

nl_status nl_worker_new(const nl_pack *p, const nl_limits *l, nl_worker **out, nl_error *err)
{
    if (!p || !out) {
        return fail(err, NL_E_ARG, "nl_worker_new", "a pack and a place for the worker are needed");
    }
    limits most = l ? (limits){ .memory_bytes = l->memory_bytes, .depth_max = l->depth_max, .steps_max = l->steps_max } : (limits){ 0 };
    arena *home = arena_new(NULL), *patient = arena_new(&most);   /* zeroes are the defaults */
    worker_job job = { .pack = p, .patient = patient, .input_bytes = l && l->input_bytes ? l->input_bytes : INPUT_BYTES_USUAL };
    nl_status s = home && patient ? guard_run(home, worker_guarded, &job, err)
                                  : fail(err, NL_E_LIMIT, "nl_worker_new", "the machine has no memory for a worker");
    if (s != NL_OK) {
        arena_free(home);
        arena_free(patient);
        return s;
    }
    *out = job.made;
    return NL_OK;
}

void nl_worker_reset(nl_worker *w) { arena_reset(w->patient); }

void nl_worker_free(nl_worker *w)
{
    if (!w) {
        return;
    }
    arena_free(w->patient);
    arena_free(w->home);   /* w itself lives there */
}

/* ---- a record ---- */

typedef struct new_job { nl_worker *worker; nl_record *made; } new_job;

static nl_status new_guarded(arena *a, void *arg, nl_error *err)
{
    new_job *job = arg;
    nl_record *r = ARENA_NEW(a, nl_record);
    *r = (nl_record){ .worker = job->worker, .record = record_make(a), .state = RECORD_OPEN };
    job->made = r;
    return NL_OK;
}

nl_status nl_record_new(nl_worker *w, nl_record **out, nl_error *err)
{
    if (!w || !out) {
        return fail(err, NL_E_ARG, "nl_record_new", "a worker and a place for the record are needed");
    }
    new_job job = { .worker = w };
    TRY(guard_run(w->patient, new_guarded, &job, err));
    *out = job.made;
    return NL_OK;
}

typedef struct add_job { record *record; str name, bytes; bool padded; } add_job;

static nl_status add_guarded(arena *a, void *arg, nl_error *err)
{
    add_job *job = arg;
    str bytes = job->bytes;
    if (!job->padded) {   /* the reader looks a little past the end */
        char *p = arena_alloc(a, size_add(a, bytes.n, FILE_PAD));
        if (bytes.n) {
            memcpy(p, bytes.p, bytes.n);
        }
        bytes.p = p;
    }
    return record_read(job->record, arena_str(a, job->name), bytes.p, bytes.n, err);
}

static nl_status add(nl_record *r, add_job *job, nl_error *err)
{
    if (r->state != RECORD_OPEN) {
        return fail(err, NL_E_ARG, "nl_record_add", "the record takes no more inputs");
    }
    job->record = r->record;
    nl_status s = guard_run(r->worker->patient, add_guarded, job, err);
    if (s != NL_E_LIMIT) {
        return s;
    }
    r->state = RECORD_BROKEN;   /* left half way */
    if (err && err->where[0] == '\0') {
        char name[sizeof err->where];
        snprintf(name, sizeof name, "%.*s", STR_ARG(job->name));
        return fail(err, s, name, "%s", err->what);
    }
    return s;
}

nl_status nl_record_add(nl_record *r, const char *name, const void *bytes, size_t n, nl_error *err)
{
    if (!r || !name || (!bytes && n)) {
        return fail(err, NL_E_ARG, "nl_record_add", "a record, a name and bytes are needed");
    }
    if (n > r->worker->input_bytes) {
        return fail(err, NL_E_LIMIT, name, "the input is larger than %zu bytes", r->worker->input_bytes);
    }
    return add(r, &(add_job){ .name = str_of(name), .bytes = { bytes, n } }, err);
}

nl_status nl_record_add_file(nl_record *r, const char *path, nl_error *err)
{
    if (!r || !path) {
        return fail(err, NL_E_ARG, "nl_record_add_file", "a record and a path are needed");
    }
    file_bytes f;
    TRY(file_read(path, r->worker->input_bytes, &f, err));
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    nl_status s = add(r, &(add_job){ .name = str_of(name), .bytes = { f.p, f.n }, .padded = true }, err);
    file_free(&f);
    return s;
}

typedef struct close_job { record *record; str patient; } close_job;

static nl_status close_guarded(arena *a, void *arg, nl_error *err)
{
    close_job *job = arg;
    return record_close(job->record, arena_str(a, job->patient), err);
}

nl_status nl_record_close(nl_record *r, const char *patient_id, nl_error *err)
{
    if (!r || r->state != RECORD_OPEN) {
        return fail(err, NL_E_ARG, "nl_record_close", "an open record is needed");
    }
    close_job job = { r->record, patient_id ? str_of(patient_id) : STR("") };
    nl_status s = guard_run(r->worker->patient, close_guarded, &job, err);
    r->state = s == NL_OK ? RECORD_CLOSED : RECORD_BROKEN;
    return s;
}
