/* The chart for programs: its facts, lines and findings as JSON, or the enriched record as a FHIR Bundle. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/basis_json.h"
#include "report/chart_fact.h"
#include "report/report.h"

static json *facts_json(builder *b)
{
    const chart_fact *facts;
    uint32_t count = chart_facts(b->a, b->plan, &facts);
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < count; i++) {
        const chart_fact *f = &facts[i];
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        const text_member members[] = { { "id", f->of->id, EMPTY_TEXT }, { "code", f->code, EMPTY_TEXT }, { "system", f->system, EMPTY_TEXT },
                                        { "label", f->label, EMPTY_TEXT }, { "value", f->value, EMPTY_NULL }, { "text", f->text, EMPTY_NULL } };
        put_texts(b, o, members, sizeof members / sizeof *members);
        json_put(o, "date", date_or_null(b, f->of->when));
        json_put(o, "method", text_or_null(b, f->method));
        json_put(o, "specimen", text_or_null(b, f->specimen));
        json_put(o, "sources", elements_json(b, f->of->sources, f->of->source_count));
    }
    return list;
}

/* How the disease answered, visit by visit. line: of `lines`, from 1. */
static json *assessments_json(builder *b)
{
    const chart *c = b->plan->chart;
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < c->assessment_count; i++) {
        const assessment *x = &c->assessments[i];
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "kind", text_json(b, x->kind));
        json_put(o, "date", date_or_null(b, x->when));
        json_put(o, "line", x->line > 0 ? json_integer(b->a, x->line) : json_new(b->a, JSON_NULL));
        json_put(o, "of", text_or_null(b, x->subject));
        json_put(o, "baseline_visit", json_boolean(b->a, x->baseline_visit));
        const text_member words[] = {
            { "target", x->target, EMPTY_NULL }, { "non_target", x->non_target, EMPTY_NULL }, { "new_lesion", x->new_lesion, EMPTY_NULL },
            { "imaging", x->imaging, EMPTY_NULL }, { "steroids", x->steroids, EMPTY_NULL }, { "clinical", x->clinical, EMPTY_NULL },
            { "overall", x->overall, EMPTY_NULL }, { "best", x->best, EMPTY_NULL }, { "value", x->value, EMPTY_NULL },
            { "unit", str_empty(x->value) ? STR("") : x->unit, EMPTY_NULL }, { "baseline", x->baseline, EMPTY_NULL }, { "nadir", x->nadir, EMPTY_NULL },
            { "from_baseline_percent", x->from_baseline, EMPTY_NULL }, { "from_nadir_percent", x->from_nadir, EMPTY_NULL } };
        put_texts(b, o, words, sizeof words / sizeof *words);
        json_put(o, "outspoken", json_boolean(b->a, x->outspoken));
        json_put(o, "reasons", texts_json(b, x->reasons, x->reason_count));
        json_put(o, "says", texts_json(b, x->says, x->reason_count));
        json_put(o, "derived", text_or_null(b, x->derived ? x->derived->id : STR("")));
        json_put(o, "sources", elements_json(b, x->sources, x->source_count));
    }
    return list;
}

json *report_chart_json(arena *a, const plan *p)
{
    builder build = builder_make(a, p), *b = &build;
    json *o = json_new(a, JSON_OBJECT);
    json_put(o, "patient", text_json(b, p->patient_id));
    json_put(o, "as_of", date_or_null(b, p->as_of));
    json_put(o, "newest_fact", newest_json(b));
    put_profile(b, o);
    json_put(o, "amounts", amounts_json(b, NULL));
    json_put(o, "facts", facts_json(b));
    json_put(o, "lines", lines_json(b));
    json_put(o, "assessments", assessments_json(b));
    json_put(o, "line_counts", line_counts_json(b));
    json_put(o, "decisions", decisions_json(b));
    json_put(o, "readings", readings_json(b, true));
    json_put(o, "later", later_json(b));
    json_put(o, "findings", findings_json(b));
    return o;
}

/* What is hidden (dated later, replaced by --set) stays out: another engine given this must reach the same answers. */
json *report_chart_fhir(arena *a, const plan *p)
{
    const record *r = p->chart->record;
    json *bundle = json_new(a, JSON_OBJECT);
    json_put(bundle, "resourceType", json_string(a, STR("Bundle")));
    json_put(bundle, "type", json_string(a, STR("collection")));
    json *entries = json_put(bundle, "entry", json_new(a, JSON_ARRAY));
    for (size_t i = 0; i < record_count(r); i++) {
        const resource *x = record_at(r, i);
        if (x->hidden) {
            continue;
        }
        json *entry = json_push(entries, json_new(a, JSON_OBJECT));
        if (!str_empty(x->full_url)) {
            json_put(entry, "fullUrl", json_string(a, x->full_url));
        }
        json_put(entry, "resource", json_copy(a, x->root));
    }
    return bundle;
}
