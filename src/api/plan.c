/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"
#include "report/report.h"

/* ---- making ---- */

typedef struct plan_job { nl_record *record; const nl_question *asked; date as_of; str jurisdiction; nl_plan *made; } plan_job;

static nl_status plan_guarded(arena *a, void *arg, nl_error *err)
{
    plan_job *job = arg;
    uint32_t count = 0;
    while (job->asked->set && job->asked->set[count]) {
        count++;
    }
    str *set = ARENA_ARRAY(a, count + 1u, str);
    for (uint32_t i = 0; i < count; i++) {
        set[i] = arena_str(a, str_of(job->asked->set[i]));
    }
    question q = { .as_of = job->as_of, .jurisdiction = job->jurisdiction, .set = set, .set_count = count };
    nl_plan *p = ARENA_NEW(a, nl_plan);
    p->record = job->record;
    TRY(plan_make(job->record->worker->pack->pack, job->record->record, &q, &p->plan, err));
    job->made = p;
    return NL_OK;
}

/* The pack's own spelling of a jurisdiction; the first one for NULL. */
static nl_status choose_jurisdiction(const nl_pack *p, const char *asked, str *out, nl_error *err)
{
    const guideline *g = &p->pack->guideline;
    for (uint32_t i = 0; i < g->jurisdiction_count; i++) {
        if (!asked || str_is(g->jurisdictions[i], asked)) {
            *out = g->jurisdictions[i];
            return NL_OK;
        }
    }
    char known[128] = "";
    size_t n = 0;
    for (uint32_t i = 0; i < g->jurisdiction_count && n < sizeof known; i++) {
        int w = snprintf(known + n, sizeof known - n, "%s%.*s", i ? ", " : "", STR_ARG(g->jurisdictions[i]));
        n += w > 0 ? (size_t)w : 0;
    }
    return fail(err, NL_E_ARG, "jurisdiction", "the guideline does not speak for %.20s; it knows %s", asked ? asked : "any", known);
}

nl_status nl_plan_make(nl_record *r, const nl_question *asked, nl_plan **out, nl_error *err)
{
    if (!r || !asked || !out) {
        return fail(err, NL_E_ARG, "nl_plan_make", "a record, a question and a place for the plan are needed");
    }
    if (r->state != RECORD_CLOSED) {
        return fail(err, NL_E_ARG, "nl_plan_make", "%s", r->state == RECORD_OPEN ? "the record is not closed"
                                                  : r->state == RECORD_BROKEN    ? "reading the record failed"
                                                                                 : "a record answers one question");
    }
    plan_job job = { .record = r, .asked = asked };
    if (!asked->as_of || strlen(asked->as_of) != 10 || !date_read(str_of(asked->as_of), &job.as_of) || job.as_of.precision != DATE_DAY) {
        return fail(err, NL_E_ARG, "as-of", "the day of the plan is not a date written YYYY-MM-DD");
    }
    TRY(choose_jurisdiction(r->worker->pack, asked->jurisdiction, &job.jurisdiction, err));
    r->state = RECORD_ANSWERED;
    TRY(guard_run(r->worker->patient, plan_guarded, &job, err));
    *out = job.made;
    return NL_OK;
}

/* ---- reading ---- */

size_t nl_plan_count(const nl_plan *p, nl_part part)
{
    switch (part) {
    case NL_OFFERED: return p->plan->option_count;
    case NL_EXCLUDED: return p->plan->excluded_count;
    case NL_UNDETERMINED: return p->plan->undetermined_count;
    case NL_TEST: return p->plan->test_count;
    case NL_ALERT: return p->plan->alert_count;
    }
    return 0;
}

bool nl_plan_item(const nl_plan *p, nl_part part, size_t i, nl_item *out)
{
    if (i >= nl_plan_count(p, part)) {
        return false;
    }
    const plan *x = p->plan;
    switch (part) {
    case NL_OFFERED:
        *out = (nl_item){ .id = x->options[i].option->id, .title = x->options[i].option->regimen, .standing = x->options[i].standing,
                          .applies = applies_word(x->options[i].applies), .text = x->options[i].reason };
        return true;
    case NL_EXCLUDED:
        *out = (nl_item){ .id = x->excluded[i].option->id, .title = x->excluded[i].option->regimen,
                          .text = x->excluded[i].reason_count ? x->excluded[i].reasons[0].text : STR("") };
        return true;
    case NL_UNDETERMINED:
        *out = (nl_item){ .id = x->undetermined[i].option->id, .title = x->undetermined[i].option->regimen,
                          .applies = applies_word(x->undetermined[i].applies),
                          .text = x->undetermined[i].missing_count ? x->undetermined[i].missing[0].text : STR("") };
        return true;
    case NL_TEST:
        *out = (nl_item){ .id = x->tests[i].test->id, .title = x->tests[i].test->name, .text = x->tests[i].test->say };
        return true;
    case NL_ALERT:
        *out = (nl_item){ .id = x->alerts[i].code, .title = x->alerts[i].kind, .text = x->alerts[i].text };
        return true;
    }
    return false;
}

/* ---- writing ---- */

typedef struct write_job { nl_plan *plan; nl_view view; nl_style style; buf text; } write_job;

static void add_json(write_job *job, const json *tree)
{
    json_write(&job->text, tree, JSON_PRETTY);
    buf_char(&job->text, '\n');
}

static nl_status explain(arena *a, write_job *job, page *out, nl_error *err)
{
    if (!job->style.option) {
        return fail(err, NL_E_ARG, "nl_plan_write", "the explain views need the id of an option");
    }
    explanation x = { 0 };
    TRY(plan_explain(job->plan->plan, str_of(job->style.option), &x, err));
    if (job->view == NL_EXPLAIN_TEXT) {
        report_explain_text(out, job->plan->plan, &x);
    } else {
        add_json(job, report_explain_json(a, job->plan->plan, &x));
    }
    return NL_OK;
}

static nl_status write_guarded(arena *a, void *arg, nl_error *err)
{
    write_job *job = arg;
    const plan *p = job->plan->plan;
    job->text = buf_make(a, BUF_MAX_DEFAULT);
    page out = page_make(&job->text, job->style.width, job->style.colour);
    switch (job->view) {
    case NL_PLAN_TEXT: report_plan_text(&out, p); return NL_OK;
    case NL_CHART_TEXT: report_chart_text(&out, p); return NL_OK;
    case NL_COURSE_TEXT: report_course_text(&out, p); return NL_OK;
    case NL_COURSE_JSON: add_json(job, report_course_json(a, p)); return NL_OK;
    case NL_PLAN_JSON: add_json(job, report_plan_json(a, p)); return NL_OK;
    case NL_CHART_JSON: add_json(job, report_chart_json(a, p)); return NL_OK;
    case NL_CHART_FHIR: add_json(job, report_chart_fhir(a, p)); return NL_OK;
    case NL_EXPLAIN_TEXT:
    case NL_EXPLAIN_JSON: return explain(a, job, &out, err);
    }
    return fail(err, NL_E_ARG, "nl_plan_write", "there is no such view");
}

nl_status nl_plan_write(nl_plan *p, nl_view view, const nl_style *style, nl_write_fn *write, void *to, nl_error *err)
{
    if (!p || !write) {
        return fail(err, NL_E_ARG, "nl_plan_write", "a plan and a function that takes the output are needed");
    }
    if (p->record->state == RECORD_BROKEN) {
        return fail(err, NL_E_ARG, "nl_plan_write", "a limit was met while this plan was written; it is answered no more");
    }
    write_job job = { .plan = p, .view = view, .style = style ? *style : (nl_style){ 0 } };
    nl_status s = guard_run(p->record->worker->patient, write_guarded, &job, err);
    if (s != NL_OK) {
        p->record->state = s == NL_E_LIMIT ? RECORD_BROKEN : p->record->state;   /* an evaluation may be left half way */
        return s;
    }
    s = write(to, job.text.p, job.text.n);
    return s == NL_OK ? s : fail(err, s, "output", "the plan could not be written");
}
