/* The plan as JSON: docs/plan.schema.json names every member, docs/plan.md says what each means. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/basis_json.h"
#include "report/report.h"

static json *drugs_flat(builder *b, const option *o)
{
    json *list = json_new(b->a, JSON_ARRAY);
    uint32_t count;
    const drug_choice *choices = plan_drugs(b->plan, o, &count);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < choices[i].count; k++) {
            json_push(list, text_json(b, choices[i].names[k]));
        }
    }
    return list;
}

static json *drug_choices(builder *b, const option *o)
{
    json *list = json_new(b->a, JSON_ARRAY);
    uint32_t count;
    const drug_choice *choices = plan_drugs(b->plan, o, &count);
    for (uint32_t i = 0; i < count; i++) {
        json_push(list, texts_json(b, choices[i].names, choices[i].count));
    }
    return list;
}

static void put_option_head(builder *b, json *o, const option *x)
{
    json_put(o, "id", text_json(b, x->id));
    json_put(o, "regimen", text_json(b, x->regimen));
    json_put(o, "drugs", drugs_flat(b, x));
}

static json *approvals(builder *b, const option *o)
{
    json *list = json_new(b->a, JSON_ARRAY);
    const guideline *g = &b->plan->pack->guideline;
    for (uint32_t i = 0; i < o->approval_count; i++) {
        const approval *x = &o->approvals[i];
        CHECK(x->place < g->jurisdiction_count);
        json *one = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(one, "jurisdiction", text_json(b, g->jurisdictions[x->place]));
        json_put(one, "since", date_or_null(b, x->since));
        json_put(one, "until", date_or_null(b, x->until));
        json_put(one, "say", text_json(b, x->say));
        json_put(one, "checked", json_boolean(b->a, x->checked));
        json_put(one, "off_label", json_boolean(b->a, x->off_label));
        json_put(one, "sources", cite(b, x->sources, x->source_count));
    }
    return list;
}

/* What the labels of its drugs have boxed; a drug without a warning is left out. */
static json *boxed_json(builder *b, const option *o)
{
    json *list = json_new(b->a, JSON_ARRAY);
    uint32_t count;
    const drug_choice *choices = plan_drugs(b->plan, o, &count);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < choices[i].count; k++) {
            const boxed *x = guideline_boxed(&b->plan->pack->guideline, choices[i].names[k]);
            if (x && x->warning_count > 0) {
                json *one = json_push(list, json_new(b->a, JSON_OBJECT));
                json_put(one, "drug", text_json(b, x->drug));
                json_put(one, "warnings", texts_json(b, x->warnings, x->warning_count));
                json_put(one, "checked", json_boolean(b->a, x->checked));
                json_put(one, "where", text_json(b, x->checked_where));
            }
        }
    }
    return list;
}

static json *evidence(builder *b, const option *o)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < o->evidence_count; i++) {
        const source *s = guideline_source(&b->plan->pack->guideline, o->evidence[i]);
        if (s) {
            json_push(list, publication_json(b, s));
        }
    }
    cite(b, o->evidence, o->evidence_count);
    return list;
}

static json *options(builder *b)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < b->plan->option_count; i++) {
        const plan_option *x = &b->plan->options[i];
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        put_option_head(b, o, x->option);
        json_put(o, "drug_choices", drug_choices(b, x->option));
        json_put(o, "dose", text_json(b, x->option->dose));
        json_put(o, "dose_checked", json_boolean(b->a, x->option->dose_checked));
        json_put(o, "standing", text_json(b, x->standing));
        json_put(o, "applies", text_or_null(b, applies_word(x->applies)));
        json_put(o, "reason", text_json(b, x->reason));
        json *cautions = json_put(o, "cautions", json_new(b->a, JSON_ARRAY));
        for (uint32_t k = 0; k < x->caution_count; k++) {
            json_push(cautions, statement_json(b, &x->cautions[k]));
        }
        json_put(o, "boxed", boxed_json(b, x->option));
        json_put(o, "evidence", evidence(b, x->option));
        json_put(o, "approvals", approvals(b, x->option));
        json_put(o, "monitoring", texts_json(b, x->option->monitoring, x->option->monitoring_count));
        json_put(o, "presumptions", presumptions_json(b, &x->basis));
        json_put(o, "basis", basis_json(b, &x->basis));
    }
    return list;
}

static json *excluded(builder *b)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < b->plan->excluded_count; i++) {
        const plan_exclusion *x = &b->plan->excluded[i];
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        put_option_head(b, o, x->option);
        json *reasons = json_put(o, "reasons", json_new(b->a, JSON_ARRAY));
        for (uint32_t k = 0; k < x->reason_count; k++) {
            json *one = json_push(reasons, json_new(b->a, JSON_OBJECT));
            json_put(one, "text", text_json(b, x->reasons[k].text));
            json_put(one, "medical", json_boolean(b->a, x->reasons[k].medical));
            json_put(one, "basis", basis_json(b, &x->reasons[k].basis));
        }
    }
    return list;
}

static json *undetermined(builder *b)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < b->plan->undetermined_count; i++) {
        const plan_undetermined *x = &b->plan->undetermined[i];
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        put_option_head(b, o, x->option);
        json_put(o, "applies", text_or_null(b, applies_word(x->applies)));
        json *unknowns = json_put(o, "missing", json_new(b->a, JSON_ARRAY));
        for (uint32_t k = 0; k < x->missing_count; k++) {
            json *one = json_push(unknowns, json_new(b->a, JSON_OBJECT));
            json_put(one, "criterion", text_json(b, x->missing[k].criterion));
            json_put(one, "text", text_json(b, x->missing[k].text));
            json_put(one, "facts", texts_json(b, x->missing[k].facts, x->missing[k].fact_count));
            json_put(one, "tests", texts_json(b, x->missing[k].tests, x->missing[k].test_count));
            json_put(one, "basis", basis_json(b, &x->missing[k].basis));
        }
    }
    return list;
}

static json *tests(builder *b)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < b->plan->test_count; i++) {
        const plan_test *x = &b->plan->tests[i];
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "id", text_json(b, x->test->id));
        json_put(o, "name", text_json(b, x->test->name));
        json_put(o, "kind", text_json(b, x->test->kind));
        json_put(o, "say", text_json(b, x->test->say));
        json_put(o, "due", json_boolean(b->a, x->due));
        json_put(o, "changes", json_boolean(b->a, x->changes));
        json *results = json_put(o, "results", json_new(b->a, JSON_ARRAY));
        for (uint32_t k = 0; k < x->result_count; k++) {
            json *one = json_push(results, json_new(b->a, JSON_OBJECT));
            json_put(one, "name", text_json(b, x->results[k].name));
            json_put(one, "opens", texts_json(b, x->results[k].opens, x->results[k].open_count));
            json_put(one, "closes", texts_json(b, x->results[k].closes, x->results[k].close_count));
            json_put(one, "leaves", json_boolean(b->a, x->results[k].leaves));
            json_put(one, "next", x->results[k].next_line ? json_integer(b->a, x->results[k].next_line) : json_new(b->a, JSON_NULL));
        }
        json_put(o, "basis", basis_json(b, &x->basis));
    }
    return list;
}

static json *alerts(builder *b)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < b->plan->alert_count; i++) {
        const plan_alert *x = &b->plan->alerts[i];
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "kind", text_json(b, x->kind));
        json_put(o, "code", text_json(b, x->code));
        json_put(o, "level", text_or_null(b, x->alert ? x->alert->level : STR("")));
        json_put(o, "text", text_json(b, x->text));
        json_put(o, "action", text_or_null(b, x->alert ? x->alert->action : STR("")));
        json_put(o, "basis", basis_json(b, &x->basis));
    }
    return list;
}

static void put_head(builder *b, json *o)
{
    const plan *p = b->plan;
    put_program(b, o);
    json_put(o, "as_of", date_or_null(b, p->as_of));
    json_put(o, "jurisdiction", text_json(b, p->jurisdiction));
    json_put(o, "newest_fact", newest_json(b));
    json_put(o, "scope", p->scope ? statement_json(b, p->scope) : json_new(b->a, JSON_NULL));
}

/* What was cited, in the order of the knowledge; filled last, when every citation has been met. */
static json *cited(builder *b)
{
    json *list = json_new(b->a, JSON_ARRAY);
    const guideline *g = &b->plan->pack->guideline;
    for (uint32_t i = 0; i < g->source_count; i++) {
        if (b->cited[i]) {
            json_push(list, publication_json(b, &g->sources[i]));
        }
    }
    return list;
}

json *report_plan_json(arena *a, const plan *p)
{
    builder build = builder_make(a, p), *b = &build;
    json *o = json_new(a, JSON_OBJECT);
    put_head(b, o);
    put_profile(b, o);
    json_put(o, "amounts", amounts_json(b, NULL));
    json *line = json_put(o, "line", json_new(a, JSON_OBJECT));
    json_put(line, "next", p->next_line ? json_integer(a, p->next_line) : json_new(a, JSON_NULL));
    json_put(line, "change_needed", p->change_needed == TRUTH_UNKNOWN ? json_new(a, JSON_NULL) : json_boolean(a, p->change_needed == TRUTH_TRUE));
    json_put(line, "history", lines_json(b));
    json_put(line, "counts", line_counts_json(b));
    json_put(line, "decisions", decisions_json(b));
    json_put(line, "readings", readings_json(b, false));
    json_put(o, "options", options(b));
    json_put(o, "excluded", excluded(b));
    json_put(o, "undetermined", undetermined(b));
    json_put(o, "tests", tests(b));
    json_put(o, "alerts", alerts(b));
    json_put(o, "schedule", json_new(a, JSON_ARRAY));
    json_put(o, "changes", texts_json(b, p->changes, p->change_count));
    json_put(o, "set", texts_json(b, p->set, p->set_count));
    json_put(o, "later", later_json(b));
    json_put(o, "findings", findings_json(b));
    json_put(o, "sources", cited(b));
    return o;
}
