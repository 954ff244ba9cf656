/* The course for programs: docs/course.schema.json names every member, docs/course.md says what each means. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/basis_json.h"
#include "report/course.h"
#include "report/report.h"

static json *sources_json(builder *b, const course_sources *s) { return elements_json(b, s->at, (uint32_t)s->count); }

static json *head_json(builder *b, const course *c)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < c->head_count; i++) {
        const course_head_line *h = &c->heads[i];
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "key", text_json(b, h->of->key));
        json_put(o, "label", text_json(b, h->of->label));
        json_put(o, "value", h->of->value ? json_copy(b->a, h->of->value) : json_new(b->a, JSON_NULL));
        json_put(o, "known", json_boolean(b->a, !h->of->unknown));
        json_put(o, "date", date_or_null(b, h->since ? (date){ 0 } : h->when));
        json_put(o, "since", date_or_null(b, h->since ? h->when : (date){ 0 }));
        json_put(o, "sample", text_or_null(b, h->where));
        json_put(o, "basis", basis_json(b, &h->of->basis));
    }
    return list;
}

static json *items_json(builder *b, const course_entry *e)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < e->item_count; i++) {
        const course_item *x = &e->items[i];
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        const text_member members[] = { { "fact", x->code, EMPTY_TEXT }, { "name", x->name, EMPTY_NULL }, { "value", x->word, EMPTY_TEXT },
                                        { "say", x->say, EMPTY_TEXT }, { "detail", x->detail, EMPTY_NULL }, { "recorded", x->recorded, EMPTY_NULL } };
        put_texts(b, o, members, sizeof members / sizeof *members);
    }
    return list;
}

static json *entry_json(builder *b, const course_entry *e)
{
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "kind", text_json(b, e->kind->id));
    json_put(o, "title", text_json(b, e->title));
    json_put(o, "date", date_or_null(b, e->when));
    json_put(o, "until", date_or_null(b, e->until));
    json_put(o, "text", text_json(b, e->text));
    json_put(o, "name", text_or_null(b, e->name));
    json_put(o, "items", items_json(b, e));
    json_put(o, "changed", texts_json(b, e->changed, e->changed_count));
    json_put(o, "changed_since", date_or_null(b, e->changed_count ? e->changed_since : (date){ 0 }));
    json_put(o, "line", e->line && e->line->derived ? text_json(b, e->line->derived->id) : json_new(b->a, JSON_NULL));
    json_put(o, "times", json_integer(b->a, e->times));
    json_put(o, "presumed", json_boolean(b->a, e->presumed));
    json_put(o, "conflict", json_boolean(b->a, e->conflict));
    json_put(o, "basis", sources_json(b, &e->sources));
    return o;
}

static json *entries_json(builder *b, const course_entry *at, uint32_t count)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < count; i++) {
        json_push(list, entry_json(b, &at[i]));
    }
    return list;
}

static json *line_id(builder *b, const line_of_therapy *l) { return text_or_null(b, l && l->derived ? l->derived->id : STR("")); }

static json *now_json(builder *b, const course *c)
{
    json *o = json_new(b->a, JSON_OBJECT);
    json *running = json_put(o, "running", json_new(b->a, JSON_ARRAY));
    for (uint32_t i = 0; i < c->running_count; i++) {
        json_push(running, line_id(b, c->running[i]));
    }
    json_put(o, "last_line", line_id(b, c->last));
    json_put(o, "last_response", c->newest_response ? entry_json(b, c->newest_response) : json_new(b->a, JSON_NULL));
    return o;
}

static json *questions_json(builder *b, const course *c)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < c->question_count; i++) {
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "text", text_json(b, c->questions[i].text));
        json_put(o, "taken", text_json(b, c->questions[i].taken));
        json_put(o, "other", text_or_null(b, c->questions[i].other));
        json_put(o, "otherwise", text_or_null(b, c->questions[i].otherwise));
        json_put(o, "line", line_id(b, c->questions[i].line));
        json_put(o, "basis", sources_json(b, &c->questions[i].sources));
    }
    return list;
}

static json *conflicts_json(builder *b, const course *c)
{
    json *list = json_new(b->a, JSON_ARRAY);
    for (uint32_t i = 0; i < c->conflict_count; i++) {
        const finding *f = c->conflicts[i];
        json *o = json_push(list, json_new(b->a, JSON_OBJECT));
        json_put(o, "code", text_json(b, f->code));
        json_put(o, "text", text_json(b, f->text));
        json *at = f->about && !f->about->derived ? element_json(b, f->at && record_of(b->plan->chart->record, f->at) == f->about ? f->at : f->about->root) : NULL;
        json_put(o, "source", at ? at : json_new(b->a, JSON_NULL));
    }
    return list;
}

json *report_course_json(arena *a, const plan *p)
{
    builder build = builder_make(a, p), *b = &build;
    const course *c = course_make(a, p);
    json *o = json_new(a, JSON_OBJECT);
    put_program(b, o);
    json_put(o, "as_of", date_or_null(b, p->as_of));
    json_put(o, "newest_fact", newest_json(b));
    json_put(o, "head", head_json(b, c));
    json_put(o, "entries", entries_json(b, c->dated, c->dated_count));
    json_put(o, "undated", entries_json(b, c->undated, c->undated_count));
    json_put(o, "amounts", amounts_json(b, "course"));
    json_put(o, "lines", lines_json(b));
    json_put(o, "decisions", decisions_json(b));
    json_put(o, "readings", readings_json(b, false));
    json_put(o, "now", now_json(b, c));
    json_put(o, "questions", questions_json(b, c));
    json_put(o, "conflicts", conflicts_json(b, c));
    json_put(o, "later", later_json(b));
    json_put(o, "findings", findings_json(b));
    return o;
}
