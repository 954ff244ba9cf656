/* Lines of therapy and the readings of the course as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/basis_json.h"

#include "terms/drugs.h"

static json *part_json(builder *b, const line_part *p)
{
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "drug", text_json(b, p->drug));
    json_put(o, "start", date_or_null(b, p->start));
    json_put(o, "end", date_or_null(b, p->end));
    json_put(o, "goes_on", json_boolean(b->a, p->goes_on));
    const text_member members[] = { { "rule", p->rule, EMPTY_TEXT }, { "phase", p->phase, EMPTY_NULL }, { "stop_reason", p->stop_reason, EMPTY_NULL },
                                    { "stop_text", p->stop_text, EMPTY_NULL } };
    put_texts(b, o, members, sizeof members / sizeof *members);
    return o;
}

static json *evidence_json(builder *b, const line_evidence *e)
{
    json *o = json_new(b->a, JSON_OBJECT);
    const text_member members[] = { { "part", e->part, EMPTY_TEXT }, { "value", e->value, EMPTY_NULL }, { "how", e->how, EMPTY_TEXT },
                                    { "confidence", e->confidence, EMPTY_NULL }, { "rule", e->rule, EMPTY_NULL } };
    put_texts(b, o, members, sizeof members / sizeof *members);
    json_put(o, "sources", elements_json(b, e->sources, e->source_count));
    return o;
}

static json *phases_json(builder *b, const line_of_therapy *l)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < l->phase_count; i++) {
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "phase", text_json(b, l->phases[i].word));
        json_put(o, "start", date_or_null(b, l->phases[i].start));
    }
    return list;
}

/* From start to start, as far as the dates tell: whole days, the least and the most. */
static json *days_between(builder *b, date from, date to)
{
    if (from.precision == DATE_NONE || to.precision == DATE_NONE) {
        return json_new(b->a, JSON_NULL);
    }
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "least", json_integer(b->a, date_days(to) - date_days_last(from)));
    json_put(o, "most", json_integer(b->a, date_days_last(to) - date_days(from)));
    return o;
}

static json *line_json(builder *b, const line_of_therapy *l)
{
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "id", text_or_null(b, l->derived ? l->derived->id : STR("")));
    json_put(o, "number", json_integer(b->a, l->number));
    json_put(o, "setting", text_json(b, l->setting));
    json_put(o, "drugs", texts_json(b, l->drugs, l->drug_count));
    json_put(o, "classes", texts_json(b, l->classes, l->class_count));
    json_put(o, "kinds", texts_json(b, l->kinds, l->kind_count));
    json_put(o, "start", date_or_null(b, l->start));
    json_put(o, "end", date_or_null(b, l->end));
    json_put(o, "in_progress", json_boolean(b->a, l->in_progress));
    json_put(o, "days_to_next_line", days_between(b, l->start, l->next_start));
    json_put(o, "stop_reason", text_or_null(b, l->stop_reason));
    json_put(o, "stop_text", text_or_null(b, l->stop_text));
    json_put(o, "presumed_progression", json_boolean(b->a, l->presumed_progression));
    json_put(o, "response", text_or_null(b, l->response));
    json_put(o, "phases", phases_json(b, l));
    json *parts = json_put(o, "parts", json_new(b->a, JSON_ARRAY));
    for (uint32_t i = 0; i < l->part_count; i++) {
        json_push(parts, part_json(b, &l->parts[i]));
    }
    json *evidence = json_put(o, "evidence", json_new(b->a, JSON_ARRAY));
    for (uint32_t i = 0; i < l->evidence_count; i++) {
        json_push(evidence, evidence_json(b, &l->evidence[i]));
    }
    json_put(o, "rule", text_json(b, l->rule));
    json_put(o, "confidence", text_json(b, l->confidence));
    json_put(o, "sources", l->derived ? elements_json(b, l->derived->sources, l->derived->source_count) : json_new(b->a, JSON_ARRAY));
    return o;
}

static json *short_line_json(builder *b, const line_of_therapy *l)
{
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "number", json_integer(b->a, l->number));
    json_put(o, "setting", text_json(b, l->setting));
    json_put(o, "drugs", texts_json(b, l->drugs, l->drug_count));
    json_put(o, "start", date_or_null(b, l->start));
    json_put(o, "end", date_or_null(b, l->end));
    return o;
}

static json *list_json(builder *b, const line_of_therapy *lines, uint32_t count, bool whole)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < count; i++) {
        json_push(list, whole ? line_json(b, &lines[i]) : short_line_json(b, &lines[i]));
    }
    return list;
}

json *lines_json(builder *b) { return list_json(b, b->plan->chart->lines, b->plan->chart->line_count, true); }

json *decisions_json(builder *b)
{
    const chart *c = b->plan->chart;
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < c->decision_count; i++) {
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "id", text_json(b, c->decisions[i].id));
        json_put(o, "date", date_or_null(b, c->decisions[i].day));
        json_put(o, "question", text_json(b, c->decisions[i].question));
        json_put(o, "main", text_json(b, c->decisions[i].main));
        json_put(o, "other", text_json(b, c->decisions[i].other));
    }
    return list;
}

json *readings_json(builder *b, bool whole)
{
    const chart *c = b->plan->chart;
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t r = 0; r < c->reading_count; r++) {
        const line_reading *x = &c->readings[r];
        json *o = json_push(list, json_new(b->a, JSON_OBJECT)), *takes = json_put(o, "decisions", json_new(b->a, JSON_ARRAY));
        for (uint32_t k = 0; k < c->decision_count; k++) {
            json_push(takes, text_json(b, x->flipped >> k & 1 ? c->decisions[k].other : c->decisions[k].main));
        }
        json_put(o, "lines", list_json(b, x->lines, x->line_count, whole));
    }
    return list;
}

static bool is_of(const line_of_therapy *l, str kind)
{
    for (uint32_t i = 0; i < l->kind_count; i++) {
        if (str_eq(l->kinds[i], kind)) {
            return true;
        }
    }
    return false;
}

static json *count_json(builder *b, str setting, str kind)
{
    int64_t least = 0, most = 0;
    for (uint32_t i = 0; i < b->plan->chart->line_count; i++) {
        const line_of_therapy *l = &b->plan->chart->lines[i];
        bool here = str_eq(l->setting, setting), may = here || str_is(l->setting, "unknown");
        bool is = str_empty(kind) || is_of(l, kind);
        least += here && is ? 1 : 0;
        most += may && (is || is_of(l, STR("unknown"))) ? 1 : 0;
    }
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "least", json_integer(b->a, least));
    json_put(o, "most", json_integer(b->a, most));
    return o;
}

json *line_counts_json(builder *b)
{
    static const char *const settings[] = { "neoadjuvant", "adjuvant", "metastatic" };
    const terms *t = b->plan->chart->terms;
    const line_rules *rules = t ? t->line_rules : NULL;
    json *o = json_new(b->a, JSON_OBJECT);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        json *of = json_put(o, settings[i], json_new(b->a, JSON_OBJECT));
        json_put(of, "lines", count_json(b, str_of(settings[i]), STR("")));
        for (uint32_t k = 0; rules && k < rules->count_count; k++) {
            json_put_key(of, rules->counts[k].id, count_json(b, str_of(settings[i]), rules->counts[k].id));
        }
    }
    return o;
}
