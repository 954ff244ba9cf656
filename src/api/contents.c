/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"
#include "report/contents.h"

/* ---- what cases have shown ---- */

struct nl_coverage { arena *home; const nl_pack *pack; coverage *seen; };

typedef struct coverage_job { const nl_pack *pack; nl_coverage *made; } coverage_job;

static nl_status coverage_guarded(arena *a, void *arg, nl_error *err)
{
    coverage_job *job = arg;
    job->made = ARENA_NEW(a, nl_coverage);
    *job->made = (nl_coverage){ .home = a, .pack = job->pack, .seen = coverage_make(a, job->pack->pack) };
    return NL_OK;
}

nl_status nl_coverage_new(const nl_pack *of, nl_coverage **out, nl_error *err)
{
    if (!of || !out) {
        return fail(err, NL_E_ARG, "nl_coverage_new", "a pack and a place for the coverage are needed");
    }
    arena *a = arena_new(NULL);
    coverage_job job = { .pack = of };
    nl_status s = a ? guard_run(a, coverage_guarded, &job, err) : fail(err, NL_E_LIMIT, "coverage", "the machine has no memory for it");
    if (s != NL_OK) {
        arena_free(a);
        return s;
    }
    *out = job.made;
    return NL_OK;
}

nl_status nl_coverage_add(nl_coverage *c, const nl_plan *p, nl_error *err)
{
    if (!c || !p || p->record->worker->pack != c->pack) {
        return fail(err, NL_E_ARG, "nl_coverage_add", "a plan made with the pack of the coverage is needed");
    }
    coverage_add(c->seen, p->plan);
    return NL_OK;
}

void nl_coverage_free(nl_coverage *c)
{
    if (c) {
        arena_free(c->home);
    }
}

/* ---- the contents, for a person ---- */

typedef struct contents_job {
    const nl_pack *pack;
    nl_contents    view;
    str            of;
    date           since;
    nl_style       style;
    const nl_coverage *cases;
    nl_write_fn   *write;
    void          *to;
    buf            text;
    uint32_t       faults;
} contents_job;

static nl_status contents_guarded(arena *a, void *arg, nl_error *err)
{
    contents_job *job = arg;
    job->text = buf_make(a, BUF_MAX_DEFAULT);
    page out = page_make(&job->text, job->style.width, job->style.colour);
    const pack *p = job->pack->pack;
    switch (job->view) {
    case NL_CONTENTS_LIST: return contents_list(&out, a, p, job->of, err);
    case NL_CONTENTS_SHOW: return contents_show(&out, a, p, job->of, err);
    case NL_CONTENTS_CITE: return contents_cite(&out, a, p, job->of, err);
    case NL_CONTENTS_CHANGES: contents_changes(&out, a, p, job->since); return NL_OK;
    case NL_CONTENTS_CHECK: job->faults = contents_check(&out, a, p, job->cases ? job->cases->seen : NULL); return NL_OK;
    }
    return fail(err, NL_E_ARG, "nl_contents_write", "there is no such view");
}

static nl_status contents_written(arena *a, contents_job *job, nl_error *err)
{
    TRY(guard_run(a, contents_guarded, job, err));
    nl_status s = job->write(job->to, job->text.p, job->text.n);
    if (s != NL_OK) {
        return fail(err, s, "output", "the contents could not be written");
    }
    return job->faults == 0 ? NL_OK : fail(err, NL_E_LOGIC, "knowledge", "%u fault%s in the knowledge", job->faults, job->faults == 1 ? "" : "s");
}

nl_status nl_contents_write(const nl_pack *p, nl_contents view, const char *of, const nl_coverage *cases, const nl_style *style, nl_write_fn *write,
                            void *to, nl_error *err)
{
    if (!p || !write || (cases && cases->pack != p)) {
        return fail(err, NL_E_ARG, "nl_contents_write", "a pack, a function that takes the output, and cases of that pack are needed");
    }
    contents_job job = { .pack = p, .view = view, .of = of ? str_of(of) : STR(""), .style = style ? *style : (nl_style){ 0 }, .cases = cases, .write = write, .to = to };
    if (view == NL_CONTENTS_CHANGES && (!date_read(job.of, &job.since) || job.of.n > 10)) {
        return fail(err, NL_E_ARG, "since", "a day is wanted, YYYY-MM-DD, or a month or a year");
    }
    arena *a = arena_new(NULL);
    if (!a) {
        return fail(err, NL_E_LIMIT, "contents", "the machine has no memory for them");
    }
    nl_status s = contents_written(a, &job, err);
    arena_free(a);
    return s;
}
