/* alerts/NAME.yaml, boxed.yaml, tests.yaml and profile.yaml. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_tables.h"

#include "pack/near.h"
#include "terms/drugs.h"

static void read_alert(builder *b, const json *n, tables *t)
{
    if (!fields_known(b, n, (const char *const[]){ "code", "kind", "level", RULE_KEYS, "text", "action", "sources", NULL })) {
        return;
    }
    alert x = { .at = place_of(b, n) };
    x.code = field_text(b, n, "code");
    x.kind = field_word(b, n, "kind", (const char *const[]){ "urgent", "safety", "missing", "monitoring", "supportive", "local", "trial", "data", NULL },
                        true);
    x.level = field_word(b, n, "level", (const char *const[]){ "red", "orange", "yellow", NULL }, false);
    x.when = field_rule(b, n);
    x.text = field_text(b, n, "text");
    x.action = field_text(b, n, "action");
    x.sources = field_sources(b, n, "sources", false, &x.source_count);
    for (size_t i = 0; i < t->alerts.count; i++) {
        const alert *before = &t->alerts.at[i];
        if (!str_eq(before->code, x.code)) {
            continue;
        }
        if ((before->when.places & x.when.places) != 0
            && days_overlap(before->when.since, before->when.until, x.when.since, x.when.until)) {
            fault_at(b->f, x.at, "the alert '%.*s' stands already in %.*s line %u", STR_ARG(x.code), STR_ARG(before->at.file), before->at.line);
        }
    }
    *VEC_PUSH(b->a, &t->alerts) = x;
}

void build_alerts(builder *b, const json *root, tables *t)
{
    if (!fields_known(b, root, (const char *const[]){ "library", "alerts", NULL })) {
        return;
    }
    file_libraries(b, root, true);
    const json *list = field_list(b, root, "alerts", true);
    for (const json *m = list ? list->first : NULL; m; m = m->next) {
        read_alert(b, m, t);
    }
}

/* ---- boxed.yaml ---- */

static void read_boxed(builder *b, const json *n)
{
    if (!fields_known(b, n, (const char *const[]){ "drug", "warns", "checked", "checked-where", NULL })) {
        return;
    }
    boxed x = { .at = place_of(b, n) };
    x.drug = field_text(b, n, "drug");
    if (!str_empty(x.drug) && !drugs_named(b->parts->terms->drugs, x.drug)) {
        fault_at(b->f, x.at, "drugs.yaml has no drug '%.*s'", STR_ARG(x.drug));
    }
    const boxed *before = guideline_boxed(b->g, x.drug);
    if (before) {
        fault_at(b->f, x.at, "'%.*s' stands already on line %u", STR_ARG(x.drug), before->at.line);
    }
    x.warnings = field_texts(b, n, "warns", true, &x.warning_count);
    if (x.warning_count == 1 && str_is(x.warnings[0], "none")) {
        x.warning_count = 0;
    }
    if (!json_get(n, "checked")) {
        fault_at(b->f, x.at, "'%.*s' does not say whether it was checked", STR_ARG(x.drug));
    }
    x.checked = field_yes(b, n, "checked", false);
    x.checked_where = x.checked ? field_text(b, n, "checked-where") : field_text_or(b, n, "checked-where", STR(""));
    b->g->boxed[b->g->boxed_count++] = x;
}

/* Silence about a drug must not read as "no warning". */
static void need_boxed(builder *b, const option *o)
{
    for (uint32_t i = 0; i < o->drug_count; i++) {
        for (uint32_t k = 0; k < o->drugs[i].count; k++) {
            str name = o->drugs[i].names[k];
            if (!guideline_boxed(b->g, name)) {
                fault_at(b->f, o->at, "boxed.yaml does not say what the label of '%.*s' has boxed", STR_ARG(name));
            }
        }
    }
}

void build_boxed(builder *b, const json *root)
{
    if (!fields_known(b, root, (const char *const[]){ "boxed", NULL })) {
        return;
    }
    const json *list = field_list(b, root, "boxed", true);
    b->g->boxed = ARENA_ARRAY(b->a, list ? list->count : 0, boxed);
    for (const json *m = list ? list->first : NULL; m; m = m->next) {
        read_boxed(b, m);
    }
    for (uint32_t i = 0; i < b->g->option_count; i++) {
        need_boxed(b, &b->g->options[i]);
    }
}

/* ---- tests.yaml ---- */

static void check_value(builder *b, const json *n, const fact_def *fact, str value)
{
    int64_t whole;
    bool word = fact->kind != FACT_WORD;
    for (uint32_t i = 0; i < fact->word_count; i++) {
        word = word || str_eq(fact->words[i], value);
    }
    bool number = value.n > 0 && value.p[0] >= '0' && value.p[0] <= '9';
    if (!word) {
        str near = near_names(b->a, value, fact->words, fact->word_count);
        fault_at(b->f, place_of(b, n), "the fact '%.*s' has no value '%.*s'%.*s", STR_ARG(fact->code), STR_ARG(value), STR_ARG(near));
    } else if ((fact->kind == FACT_INTEGER && !str_to_i64(value, &whole)) || (fact->kind == FACT_QUANTITY && !number)) {
        fault_at(b->f, place_of(b, n), "the fact '%.*s' needs a number", STR_ARG(fact->code));
    }
}

static test_outcome read_outcome(builder *b, const json *n)
{
    test_outcome o = { 0 };
    if (!json_is(n, JSON_OBJECT)) {
        fault_at(b->f, place_of(b, n), "a result is a mapping of name and facts");
        return o;
    }
    o.name = field_text(b, n, "name");
    o.facts = ARENA_ARRAY(b->a, n->count, test_fact);
    for (const json *m = n->first; m; m = m->next) {
        if (str_is(m->key, "name")) {
            continue;
        }
        test_fact *x = &o.facts[o.fact_count++];
        *x = (test_fact){ m->key, text_of(b, m, "a result") };
        const fact_def *fact = terms_fact(b->parts->terms, m->key);
        if (fact) {
            check_value(b, m, fact, x->value);
            continue;
        }
        const fact_def *all;
        size_t count = terms_facts(b->parts->terms, &all);
        str *codes = ARENA_ARRAY(b->a, count, str);
        for (size_t i = 0; i < count; i++) {
            codes[i] = all[i].code;
        }
        str near = near_names(b->a, m->key, codes, count);
        fault_at(b->f, place_of(b, m), "facts.yaml has no fact '%.*s'%.*s", STR_ARG(m->key), STR_ARG(near));
    }
    if (o.fact_count == 0) {
        fault_at(b->f, place_of(b, n), "the result '%.*s' holds no fact", STR_ARG(o.name));
    }
    return o;
}

static test read_test(builder *b, const json *n)
{
    test t = { .at = place_of(b, n) };
    if (!fields_known(b, n, (const char *const[]){ "id", "name", "kind", "method", "say", "results", "due", "sources", NULL })) {
        return t;
    }
    t.id = field_text(b, n, "id");
    t.name = field_text(b, n, "name");
    t.kind = field_word(b, n, "kind", (const char *const[]){ "test", "question", NULL }, true);
    t.method = field_word(b, n, "method", (const char *const[]){ "tissue", "ctdna", "germline", NULL }, false);
    t.say = field_text(b, n, "say");
    const json *list = field_list(b, n, "results", true);
    t.outcomes = ARENA_ARRAY(b->a, list ? list->count : 0, test_outcome);
    for (const json *m = list ? list->first : NULL; m; m = m->next) {
        test_outcome o = read_outcome(b, m);
        for (uint32_t i = 0; i < t.outcome_count; i++) {
            if (str_eq(t.outcomes[i].name, o.name)) {
                fault_at(b->f, place_of(b, m), "the result '%.*s' stands twice", STR_ARG(o.name));
            }
        }
        t.outcomes[t.outcome_count++] = o;
    }
    const json *due = json_get(n, "due");
    if (due) {
        if (json_is(due, JSON_OBJECT)) {
            fields_known(b, due, (const char *const[]){ RULE_KEYS, NULL });
        }
        t.due = ARENA_NEW(b->a, condition);
        *t.due = field_rule(b, due);
    }
    t.sources = field_sources(b, n, "sources", false, &t.source_count);
    return t;
}

void build_tests(builder *b, const json *root)
{
    if (!fields_known(b, root, (const char *const[]){ "library", "tests", NULL })) {
        return;
    }
    file_libraries(b, root, false);
    const json *list = field_list(b, root, "tests", false);
    b->g->tests = ARENA_ARRAY(b->a, list ? list->count : 0, test);
    for (const json *m = list ? list->first : NULL; m; m = m->next) {
        test t = read_test(b, m);
        for (uint32_t i = 0; i < b->g->test_count; i++) {
            if (str_eq(b->g->tests[i].id, t.id)) {
                fault_at(b->f, t.at, "the test '%.*s' stands already on line %u", STR_ARG(t.id), b->g->tests[i].at.line);
            }
        }
        b->g->tests[b->g->test_count++] = t;
    }
}

/* ---- profile.yaml ---- */

/* What a row shows: a define of its own library or the file's. */
static condition shown_define(builder *b, const json *n)
{
    condition c = rule_without_define(b, NULL);
    c.at = place_of(b, n);
    c.define_name = field_text(b, n, "value");
    c.define = find_define(b, n, c.define_name, c.at, &c.library);
    return c;
}

static void read_profile_key(builder *b, const json *n)
{
    if (!fields_known(b, n, (const char *const[]){ "key", "label", "value", "library", "unknown", "only-yes", NULL })) {
        return;
    }
    profile_key k = { .at = place_of(b, n) };
    k.key = field_text(b, n, "key");
    k.label = field_text(b, n, "label");
    k.unknown = field_text_or(b, n, "unknown", STR(""));
    k.when = shown_define(b, n);
    k.boolean = k.when.define != CQL_NONE && cql_define(b->parts->program, k.when.define).is_boolean;
    k.only_yes = field_yes(b, n, "only-yes", false);
    if (k.only_yes && k.when.define != CQL_NONE && !k.boolean) {
        fault_at(b->f, k.at, "only-yes: the define \"%.*s\" is not Boolean", STR_ARG(k.when.define_name));
    }
    for (uint32_t i = 0; i < b->g->profile_count; i++) {
        if (str_eq(b->g->profile[i].key, k.key)) {
            fault_at(b->f, k.at, "the key '%.*s' stands already on line %u", STR_ARG(k.key), b->g->profile[i].at.line);
        }
    }
    b->g->profile[b->g->profile_count++] = k;
}

static void read_amount_key(builder *b, const json *n)
{
    if (!fields_known(b, n, (const char *const[]){ "key", "of", "label", "value", "library", "unit", "digits", "under", "say", NULL })) {
        return;
    }
    amount_key k = { .at = place_of(b, n) };
    k.key = field_text(b, n, "key");
    k.label = field_text(b, n, "label");
    k.unit = field_text(b, n, "unit");
    k.of = field_word(b, n, "of", (const char *const[]){ "organs", "course", NULL }, false);
    k.of = str_empty(k.of) ? STR("organs") : k.of;
    k.under = field_text_or(b, n, "under", STR(""));
    k.say = field_text_or(b, n, "say", STR(""));
    if (!str_empty(k.say) ? str_find(k.say, STR("{}")) < 0 : !str_empty(k.under)) {
        fault_at(b->f, k.at, "say: the place of the number, {}, is missing");
    }
    k.when = shown_define(b, n);
    if (k.when.define != CQL_NONE && !cql_define(b->parts->program, k.when.define).is_amount) {
        fault_at(b->f, k.at, "the define \"%.*s\" is neither a Decimal nor a Quantity", STR_ARG(k.when.define_name));
    }
    int64_t digits = 0;
    if (!str_to_i64(field_text(b, n, "digits"), &digits) || digits < 0 || digits > AMOUNT_DIGITS_MOST) {
        fault_at(b->f, k.at, "digits: a number from 0 to %d should stand here", AMOUNT_DIGITS_MOST);
        digits = 0;
    }
    k.digits = (uint32_t)digits;
    for (uint32_t i = 0; i < b->g->amount_count; i++) {
        if (str_eq(b->g->amounts[i].key, k.key)) {
            fault_at(b->f, k.at, "the key '%.*s' stands already on line %u", STR_ARG(k.key), b->g->amounts[i].at.line);
        }
    }
    b->g->amounts[b->g->amount_count++] = k;
}

void build_profile(builder *b, const json *root)
{
    if (!fields_known(b, root, (const char *const[]){ "library", "profile", "amounts", NULL })) {
        return;
    }
    file_libraries(b, root, true);
    const json *list = field_list(b, root, "profile", true);
    b->g->profile = ARENA_ARRAY(b->a, list ? list->count : 0, profile_key);
    for (const json *m = list ? list->first : NULL; m; m = m->next) {
        read_profile_key(b, m);
    }
    list = field_list(b, root, "amounts", false);
    b->g->amounts = ARENA_ARRAY(b->a, list ? list->count : 0, amount_key);
    for (const json *m = list ? list->first : NULL; m; m = m->next) {
        read_amount_key(b, m);
    }
}
