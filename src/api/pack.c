/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

#include <nextline/pack.h>

#include "pack/build_overlay.h"

const char *nl_version(void) { return NL_VERSION; }

/* ---- opening ---- */

typedef struct open_job { const char *path; arena *home; file_bytes bytes; nl_pack *opened; } open_job;

static nl_status open_guarded(arena *a, void *arg, nl_error *err)
{
    open_job *job = arg;
    nl_pack *p = ARENA_NEW(a, nl_pack);
    *p = (nl_pack){ .home = a, .bytes = job->bytes };
    TRY(pack_read(a, p->bytes.p, p->bytes.n, job->path, &p->pack, err));
    job->opened = p;
    return NL_OK;
}

nl_status nl_pack_open(const char *path, nl_pack **out, nl_error *err)
{
    if (!path || !out) {
        return fail(err, NL_E_ARG, "nl_pack_open", "a path and a place for the pack are needed");
    }
    open_job job = { .path = path };
    TRY(file_read(path, PACK_BYTES_MOST, &job.bytes, err));
    job.home = arena_new(NULL);
    nl_status s = job.home ? guard_run(job.home, open_guarded, &job, err)
                           : fail(err, NL_E_LIMIT, path, "the machine has no memory for this pack");
    if (s != NL_OK) {
        arena_free(job.home);
        file_free(&job.bytes);
        return s;
    }
    *out = job.opened;
    return NL_OK;
}

void nl_pack_free(nl_pack *p)
{
    if (!p) {
        return;
    }
    file_bytes bytes = p->bytes, local = p->local;
    arena_free(p->home);   /* p itself lives there */
    file_free(&bytes);
    file_free(&local);
}

/* ---- a hospital's own rules on top ---- */

typedef struct overlay_job { nl_pack *of; const char *path; file_bytes bytes; overlay *read; } overlay_job;

static nl_status overlay_guarded(arena *a, void *arg, nl_error *err)
{
    overlay_job *job = arg;
    const pack *p = job->of->pack;
    return overlay_read(a, job->bytes.p, job->bytes.n, job->path, &p->guideline, p->program, &job->read, err);
}

nl_status nl_pack_overlay(nl_pack *p, const char *path, nl_error *err)
{
    if (!p || !path || p->pack->overlay) {
        return fail(err, NL_E_ARG, "nl_pack_overlay", "a pack without an overlay and a path are needed");
    }
    overlay_job job = { .of = p, .path = path };
    TRY(file_read(path, PACK_BYTES_MOST, &job.bytes, err));
    nl_status s = guard_run(p->home, overlay_guarded, &job, err);
    if (s != NL_OK) {
        file_free(&job.bytes);
        return s;
    }
    p->local = job.bytes;
    p->pack->overlay = job.read;
    return NL_OK;
}

nl_str nl_pack_overlay_name(const nl_pack *p) { return p->pack->overlay ? p->pack->overlay->name : STR(""); }

nl_str nl_pack_name(const nl_pack *p) { return p->pack->guideline.name; }
nl_str nl_pack_version(const nl_pack *p) { return p->pack->guideline.version; }
nl_str nl_pack_digest(const nl_pack *p) { return str_of(p->pack->digest); }
size_t nl_pack_jurisdiction_count(const nl_pack *p) { return p->pack->guideline.jurisdiction_count; }

nl_str nl_pack_jurisdiction(const nl_pack *p, size_t i)
{
    return i < p->pack->guideline.jurisdiction_count ? p->pack->guideline.jurisdictions[i] : STR("");
}

/* ---- building ---- */

typedef struct build_job { pack_sources from; nl_pack_report *report; void *to; str bytes; } build_job;

static nl_status build_guarded(arena *a, void *arg, nl_error *err)
{
    build_job *job = arg;
    return pack_build(a, &job->from, job->report, job->to, &job->bytes, err);
}

nl_status nl_pack_build(const char *knowledge, const char *elm, const char *output, nl_pack_report *report, void *to, nl_error *err)
{
    if (!knowledge || !elm || !output) {
        return fail(err, NL_E_ARG, "nl_pack_build", "the folders of knowledge and ELM and an output are needed");
    }
    arena *a = arena_new(NULL);
    if (!a) {
        return fail(err, NL_E_LIMIT, knowledge, "the machine has no memory to build a pack");
    }
    build_job job = { .from = { .knowledge = knowledge, .elm = elm }, .report = report, .to = to };
    nl_status s = guard_run(a, build_guarded, &job, err);
    if (s == NL_OK) {
        s = file_write(output, job.bytes, err);
    }
    arena_free(a);
    return s;
}

typedef struct overlay_build_job { const char *yaml; const nl_pack *on; nl_pack_report *report; void *to; str bytes; } overlay_build_job;

static nl_status overlay_build_guarded(arena *a, void *arg, nl_error *err)
{
    overlay_build_job *job = arg;
    return overlay_build(a, job->yaml, job->on->pack, job->report, job->to, &job->bytes, err);
}

nl_status nl_overlay_build(const char *yaml, const nl_pack *on, const char *output, nl_pack_report *report, void *to, nl_error *err)
{
    if (!yaml || !on || !output) {
        return fail(err, NL_E_ARG, "nl_overlay_build", "a file of rules, the knowledge they sit on and an output are needed");
    }
    arena *a = arena_new(NULL);
    if (!a) {
        return fail(err, NL_E_LIMIT, yaml, "the machine has no memory to build a local pack");
    }
    overlay_build_job job = { .yaml = yaml, .on = on, .report = report, .to = to };
    nl_status s = guard_run(a, overlay_build_guarded, &job, err);
    if (s == NL_OK) {
        s = file_write(output, job.bytes, err);
    }
    arena_free(a);
    return s;
}
