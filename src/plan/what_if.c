/* What-ifs replace facts as the chart hands them over, never defines: so every reader of a fact hears of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/work.h"

static void forget(work *w, str code)
{
    const fact_def *f = terms_fact(w->pack->terms, code);
    if (f) {
        cql_forget(w->deciding.run, code_system_url(w, f->system), code);
    }
}

/* Whatever was derived since the mark comes or goes: its readers forget. Derived resources stand last in the record. */
static void forget_since(work *w, chart_mark m)
{
    size_t count = record_count(w->record), derived = record_derived_count(w->record);
    CHECK(derived <= count && m.derived <= derived);
    for (size_t i = count - derived + m.derived; i < count; i++) {
        const json *root = record_at(w->record, i)->root;
        cql_forget(w->deciding.run, json_text(json_path(root, "code.coding.0.system")), json_text(json_path(root, "code.coding.0.code")));
    }
}

/* The codes whose results a change of this fact hides or shows again. */
static void forget_replaced(work *w, str code)
{
    forget(w, code);
    const fact_def *f = terms_fact(w->pack->terms, code), *all;
    for (uint32_t i = 0; f && i < f->exclude_count; i++) {
        forget(w, f->excludes[i]);
    }
    size_t count = terms_facts(w->pack->terms, &all);
    for (size_t i = 0; i < count; i++) {
        if (str_eq(all[i].xuln_of, code)) {
            forget(w, all[i].code);
        }
    }
}

nl_status what_if_set(work *w, str code, str value, str method, nl_error *err)
{
    chart_mark before = chart_get_mark(w->chart);
    TRY(chart_set(w->chart, code, value, method, err));
    forget_since(w, before);
    forget_replaced(w, code);
    return NL_OK;
}

void what_if_unset(work *w, chart_mark m, const test_fact *facts, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        forget_replaced(w, facts[i].fact);
    }
    forget_since(w, m);
    chart_undo(w->chart, m);
}

void presume(work *w)
{
    chart_mark before = chart_get_mark(w->chart);
    uint32_t nth = 0;
    for (uint32_t i = 0; i < w->chart->line_count; i++) {
        if (!w->chart->lines[i].presumed_progression) {
            continue;
        }
        chart_presume(w->chart, &w->chart->lines[i], w->g->presumed_reason);
        if (w->chart->reading == 0) {
            w->presumptions[nth++].derived = record_at(w->record, record_count(w->record) - 1)->root;
        }
    }
    forget_since(w, before);
}

void unpresume(work *w, chart_mark before)
{
    forget_since(w, before);
    chart_undo(w->chart, before);
}
