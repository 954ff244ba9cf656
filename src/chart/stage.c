/* What a Condition says of its own stage: each summary, and what was assessed where that has no code of ours and so does not
 * speak for itself. A summary has no day: the disease may have begun long before it reached the stage. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/facts.h"

static void collect_stage(facts_job *j, const fact_def *d, const fact_reading *r, const entry *e, const json *value, date when)
{
    word_read w = word_of_value(j->c, value, r->answer.words);
    if (str_empty(w.word) || str_is(w.word, "unknown")) {
        return;
    }
    const json **sources = ARENA_ARRAY(j->a, 1, const json *);
    sources[0] = value;
    fact_result f = { .fact = d, .word = w.word, .text = w.text, .when = when, .sources = sources, .source_count = 1 };
    collect(j, &f, e, sample_key(j, e));
}

static bool speaks_for_itself(facts_job *j, const resource *assessed)
{
    const json *list = json_path(assessed->root, "code.coding");
    for (const json *k = list ? list->first : NULL; k; k = k->next) {
        if (!str_empty(terms_word(j->c->terms, STR("about"), terms_system(j->c->terms, json_get_text(k, "system")), json_get_text(k, "code")))) {
            return true;
        }
    }
    return false;
}

void stages_collect(facts_job *j, const fact_def *d, const fact_reading *r, const entry *e)
{
    const json *stages = json_get(e->from->root, "stage");
    for (const json *s = stages ? stages->first : NULL; s; s = s->next) {
        if (json_get(s, "summary")) {
            collect_stage(j, d, r, e, json_get(s, "summary"), (date){ 0 });
        }
        const json *assessments = json_get(s, "assessment");
        for (const json *k = assessments ? assessments->first : NULL; k; k = k->next) {
            const resource *assessed = record_resolve(j->c->record, json_get_text(k, "reference"));
            const json *value = assessed ? json_get(assessed->root, "valueCodeableConcept") : NULL;
            if (value && !assessed->hidden && str_is(assessed->type, "Observation") && !speaks_for_itself(j, assessed)) {
                collect_stage(j, d, r, e, value, assessed->when);
            }
        }
    }
}
