/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_course.h"

#include "pack/build_fields.h"
#include "pack/yaml.h"

typedef struct course_builder {
    builder          b;
    const terms     *t;
    const guideline *g;
    course_rules    *r;
} course_builder;

static bool is_system(const course_builder *x, str name)
{
    bool known = false;
    for (uint32_t i = 0; i < x->t->fact_count && !known; i++) {
        known = str_eq(x->t->facts[i].system, name);
    }
    return known;
}

static void need_fact(course_builder *x, const json *at, str code)
{
    if (!str_empty(code) && !terms_fact(x->t, code)) {
        fault_at(x->b.f, place_of(&x->b, at), "no fact is called '%.*s'", STR_ARG(code));
    }
}

static void read_head(course_builder *x, const json *n)
{
    if (!fields_known(&x->b, n, (const char *const[]){ "key", "dated", "since", NULL })) {
        return;
    }
    course_head h = { .key = field_text(&x->b, n, "key"), .since = field_text_or(&x->b, n, "since", STR("")),
                      .dated = field_yes(&x->b, n, "dated", false) };
    bool known = false;
    for (uint32_t i = 0; i < x->g->profile_count && !known; i++) {
        known = str_eq(x->g->profile[i].key, h.key);
    }
    if (!known) {
        fault_at(x->b.f, place_of(&x->b, n), "profile.yaml has no key '%.*s'", STR_ARG(h.key));
    }
    need_fact(x, n, h.since);
    x->r->heads[x->r->head_count++] = h;
}

static uint8_t place_among(str word, const char *const *words)
{
    uint8_t i = 0;
    while (words[i] && !str_is(word, words[i])) {
        i++;
    }
    return words[i] ? i : 0;
}

static void read_kind(course_builder *x, const json *n)
{
    static const char *const froms[] = { "facts", "lines", "assessments", NULL };
    static const char *const joins[] = { "day", "resource", "sample", NULL };
    static const char *const repeats[] = { "all", "changes", "runs", NULL };
    builder *b = &x->b;
    if (!fields_known(b, n, (const char *const[]){ "id", "title", "from", "facts", "systems", "join", "repeat", "named", "gather", "kinds", "except", "response", NULL })) {
        return;
    }
    course_kind k = { .id = field_text(b, n, "id"), .title = field_text(b, n, "title") };
    k.from = place_among(field_word(b, n, "from", froms, false), froms);
    k.join = place_among(field_word(b, n, "join", joins, k.from == COURSE_FACTS), joins);
    k.repeat = place_among(field_word(b, n, "repeat", repeats, false), repeats);
    k.named = field_yes(b, n, "named", false);
    k.systems = field_texts(b, n, "systems", false, &k.system_count);
    k.facts = field_texts(b, n, "facts", k.from == COURSE_FACTS && k.system_count == 0, &k.fact_count);
    k.gather = field_texts(b, n, "gather", false, &k.gather_count);
    k.kinds = field_texts(b, n, "kinds", false, &k.kind_count);
    k.except = field_texts(b, n, "except", false, &k.except_count);
    k.response = field_yes(b, n, "response", false);
    for (uint32_t i = 0; i < k.fact_count; i++) {
        need_fact(x, n, k.facts[i]);
    }
    for (uint32_t i = 0; i < k.system_count; i++) {
        if (!is_system(x, k.systems[i])) {
            fault_at(b->f, place_of(b, n), "no fact is of the system '%.*s'", STR_ARG(k.systems[i]));
        }
    }
    for (uint32_t i = 0; i < x->r->kind_count; i++) {
        if (str_eq(x->r->kinds[i].id, k.id)) {
            fault_at(b->f, place_of(b, n), "the entry '%.*s' stands twice", STR_ARG(k.id));
        }
    }
    if (k.from != COURSE_FACTS && (k.fact_count > 0 || k.system_count > 0)) {
        fault_at(b->f, place_of(b, n), "facts belong to an entry from facts");
    }
    x->r->kinds[x->r->kind_count++] = k;
}

static course_words read_words(course_builder *x, const json *n, const char *key)
{
    const json *m = json_get(n, key);
    course_words w = { 0 };
    if (m && !json_is(m, JSON_OBJECT)) {
        fault_at(x->b.f, place_of(&x->b, m), "%s: pairs of a word and what is said", key);
        return w;
    }
    w.at = ARENA_ARRAY(x->b.a, m ? m->count + 1u : 1u, course_word);
    for (const json *c = m ? m->first : NULL; c; c = c->next) {
        w.at[w.count++] = (course_word){ c->key, json_is(c, JSON_STRING) ? json_text(c) : text_of(&x->b, c, key) };   /* may be empty: nothing is said */
    }
    return w;
}

static void read_fact(course_builder *x, const json *n)
{
    builder *b = &x->b;
    if (!is_system(x, n->key)) {
        need_fact(x, n, n->key);
    }
    if (!fields_known(b, n, (const char *const[]){ "name", "words", "parts", "quote", "compared", "unnamed", "recorded", NULL })) {
        return;
    }
    course_fact f = { .code = n->key, .name = field_text_or(b, n, "name", STR("")) };
    f.words = read_words(x, n, "words");
    f.parts = read_words(x, n, "parts");
    f.quote = field_texts(b, n, "quote", false, &f.quote_count);
    f.compared = field_yes(b, n, "compared", false);
    f.unnamed = field_yes(b, n, "unnamed", false);
    f.recorded = field_yes(b, n, "recorded", false);
    for (uint32_t i = 0; i < f.quote_count; i++) {
        bool known = false;
        for (uint32_t k = 0; k < x->t->row_count && !known; k++) {
            known = str_is(x->t->rows[k].set, "about") && str_eq(x->t->rows[k].word, f.quote[i]);
        }
        if (!known) {
            fault_at(b->f, place_of(b, n), "quote: set about has no word '%.*s'", STR_ARG(f.quote[i]));
        }
    }
    x->r->facts[x->r->fact_count++] = f;
}

static size_t room_for(const json *list) { return list ? list->count + 1u : 1u; }

void course_build(arena *a, const char *knowledge, const terms *t, const guideline *g, course_rules *out, faults *f)
{
    course_builder x = { .b = { .a = a, .f = f, .file = STR("course.yaml") }, .t = t, .g = g, .r = out };
    nl_error e = { 0 };
    json *root = NULL;
    if (yaml_read(a, arena_printf(a, "%s/course.yaml", knowledge).p, &root, &e) != NL_OK) {
        fault_add(f, &e);
        return;
    }
    if (!fields_known(&x.b, root, (const char *const[]){ "head", "entries", "facts", "words", "conflicts", "numbers", "tags", NULL })) {
        return;
    }
    const json *heads = field_list(&x.b, root, "head", true), *kinds = field_list(&x.b, root, "entries", true), *facts = json_get(root, "facts");
    out->heads = ARENA_ARRAY(a, room_for(heads), course_head);
    out->kinds = ARENA_ARRAY(a, room_for(kinds), course_kind);
    out->facts = ARENA_ARRAY(a, room_for(facts), course_fact);
    for (const json *n = heads ? heads->first : NULL; n; n = n->next) {
        read_head(&x, n);
    }
    for (const json *n = kinds ? kinds->first : NULL; n; n = n->next) {
        read_kind(&x, n);
    }
    for (const json *n = facts ? facts->first : NULL; n; n = n->next) {
        read_fact(&x, n);
    }
    out->words = read_words(&x, root, "words");
    out->conflicts = field_texts(&x.b, root, "conflicts", false, &out->conflict_count);
    out->numbers = field_texts(&x.b, root, "numbers", false, &out->number_count);
    for (uint32_t i = 0; i < out->number_count; i++) {
        bool known = false;
        for (uint32_t k = 0; k < g->amount_count && !known; k++) {
            known = str_eq(g->amounts[k].key, out->numbers[i]);
        }
        if (!known) {
            fault_at(f, place_of(&x.b, json_get(root, "numbers")), "profile.yaml has no amount '%.*s'", STR_ARG(out->numbers[i]));
        }
    }
    out->tags = field_texts(&x.b, root, "tags", false, &out->tag_count);
}
