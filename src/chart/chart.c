/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/chart.h"

#include "chart/derive.h"
#include "chart/facts.h"
#include "chart/lines.h"
#include "chart/response.h"

/* What is certainly dated after the as-of day is not known yet on that day. */
static void hide_later(chart *c)
{
    VEC(const resource *) later = { 0 };
    for (size_t i = 0; i < record_count(c->record); i++) {
        const resource *r = record_at(c->record, i);
        if (!r->hidden && r != record_patient(c->record) && date_after(r->when, c->as_of)) {
            record_hide(c->record, r, true);
            *VEC_PUSH(record_arena(c->record), &later) = r;
        }
    }
    size_t dated = later.count;   /* an undated result is as late as the only reports that list it */
    for (size_t i = 0; i < dated; i++) {
        const json *results = str_is(later.at[i]->type, "DiagnosticReport") ? json_get(later.at[i]->root, "result") : NULL;
        for (const json *k = results ? results->first : NULL; k; k = k->next) {
            const resource *result = record_resolve(c->record, json_get_text(k, "reference"));
            if (result && !result->hidden && result->when.precision == DATE_NONE) {
                record_hide(c->record, result, true);
                *VEC_PUSH(record_arena(c->record), &later) = result;
            }
        }
    }
    c->later = later.at;
    c->later_count = (uint32_t)later.count;
}

/* Bills, visits and who treated are not what is known of the disease. */
static bool is_clinical(str type)
{
    static const char *const types[] = { "Observation", "Condition", "Procedure", "DiagnosticReport", "AllergyIntolerance",
                                         "QuestionnaireResponse", "FamilyMemberHistory", "Specimen", "ImagingStudy", "Immunization",
                                         "MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense",
                                         "CarePlan", "ClinicalImpression", "AdverseEvent", "ServiceRequest" };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (str_is(type, types[i])) {
            return true;
        }
    }
    return false;
}

static void find_newest(chart *c)
{
    for (size_t i = 0; i < record_count(c->record); i++) {
        const resource *r = record_at(c->record, i);
        if (!r->hidden && is_clinical(r->type) && date_cmp(r->when, c->newest) > 0) {
            c->newest = r->when;
            c->newest_what = derive_reference(c, r);
        }
    }
}

/* The reviews of a care plan have days of their own. */
static void newest_of_reviews(chart *c, const entry_list *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        const entry *e = &entries->at[i];
        if (e->type == READ_REVIEW && date_cmp(e->when, c->newest) > 0) {
            c->newest = e->when;
            c->newest_what = derive_reference(c, e->from);
        }
    }
}

chart *chart_make(record *r, const terms *t, date as_of)
{
    CHECK(as_of.precision == DATE_DAY);
    CHECK(record_derived_count(r) == 0);
    chart *c = ARENA_NEW(record_arena(r), chart);
    *c = (chart){ .record = r, .terms = t, .as_of = as_of };
    hide_later(c);
    find_newest(c);
    entry_list entries = facts_make(c);
    newest_of_reviews(c, &entries);
    lines_make(c);
    response_make(c, &entries);
    return c;
}
