/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_drugs.h"
#include "pack/build_rules.h"
#include "pack/build_terminology.h"

/* A rule may name a drug, a class, a route or a role; anything else is a slip of the pen. */
static void check_subject(rules_build *x, const json *at, str subject)
{
    static const char *const others[] = { "oral", "injection", "topical", "anticancer", "ovarian-suppression", "bone", "supportive", "other" };
    bool known = str_empty(subject) || drugs_named(x->d, subject);
    for (size_t i = 0; i < sizeof others / sizeof *others && !known; i++) {
        known = str_is(subject, others[i]);
    }
    for (uint32_t i = 0; i < x->d->count && !known; i++) {
        known = drug_has_class(&x->d->at[i], subject);
    }
    if (!known) {
        fault_at(x->b.f, place_of(&x->b, at), "\"%.*s\" is no drug, class, route or role of drugs.yaml", STR_ARG(subject));
    }
}

static str subject_field(rules_build *x, const json *n, const char *key, bool required)
{
    str s = required ? field_text(&x->b, n, key) : field_text_or(&x->b, n, key, STR(""));
    check_subject(x, n, s);
    return s;
}

static str_list subjects_field(rules_build *x, const json *n, const char *key)
{
    str_list l;
    l.at = field_texts(&x->b, n, key, true, &l.count);
    for (uint32_t i = 0; i < l.count; i++) {
        check_subject(x, n, l.at[i]);
    }
    return l;
}

static void read_days(rules_build *x, const json *root)
{
    line_rules *r = x->lines;
    const days_wanted wanted[] = {
        { "window", &r->window_days }, { "gap", &r->gap_days }, { "restart", &r->restart_days }, { "restart-doubt", &r->restart_doubt_days },
        { "index", &r->index_days }, { "index-doubt", &r->index_doubt_days }, { "review", &r->review_days }, { "review-late", &r->review_late_days },
    };
    rules_days(x, root, wanted, sizeof wanted / sizeof *wanted);
}

static void read_in_use(rules_build *x, const json *root)
{
    static const char *const keys[] = { "fits", "days", "active", "strengths", "say", "source", "checked", NULL };
    static const char *const strength_keys[] = { "text", "days", NULL };
    const json *list = field_list(&x->b, root, "in-use", true);
    x->lines->in_use = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, use_rule);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        use_rule *u = &x->lines->in_use[x->lines->in_use_count++];
        str fits = field_text(&x->b, n, "fits");
        u->subject = str_is(fits, "any") ? STR("") : fits;
        check_subject(x, n, u->subject);
        u->days = rules_whole(x, n, "days");
        u->active_days = str_is(json_get_text(n, "active"), "until-stopped") ? UINT32_MAX : rules_whole(x, n, "active");
        const json *strengths = field_list(&x->b, n, "strengths", false);
        u->strengths = ARENA_ARRAY(x->b.a, (strengths ? strengths->count : 0) + 1, text_days);
        for (const json *s = strengths ? strengths->first : NULL; s; s = s->next) {
            fields_known(&x->b, s, strength_keys);
            u->strengths[u->strength_count++] = (text_days){ field_text(&x->b, s, "text"), rules_whole(x, s, "days") };
        }
        rules_source(x, n, STR(""));
    }
    if (x->lines->in_use_count == 0 || !str_empty(x->lines->in_use[x->lines->in_use_count - 1].subject)) {
        fault_at(x->b.f, place_of(&x->b, root), "in-use: the last row must fit any drug");
    }
}

static str question_field(rules_build *x, const json *n, const char *key, bool required)
{
    str id = required ? field_text(&x->b, n, key) : field_text_or(&x->b, n, key, STR(""));
    bool known = str_empty(id);
    for (uint32_t i = 0; i < x->lines->question_count && !known; i++) {
        known = str_eq(x->lines->questions[i].id, id);
    }
    if (!known) {
        fault_at(x->b.f, place_of(&x->b, n), "%s: no question is called \"%.*s\"", key, STR_ARG(id));
    }
    return id;
}

static void read_questions(rules_build *x, const json *root)
{
    static const char *const keys[] = { "id", "ask", "same", "apart", NULL };
    static const char *const asked_keys[] = { "restart", "gap", "setting", "most-open", NULL };
    const json *list = field_list(&x->b, root, "questions", true);
    x->lines->questions = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, line_question);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        x->lines->questions[x->lines->question_count++] = (line_question){ field_text(&x->b, n, "id"), field_text(&x->b, n, "ask"), field_text(&x->b, n, "same"),
                                                                   field_text(&x->b, n, "apart") };
    }
    const json *asked = rules_section(x, root, "asked", asked_keys);
    x->lines->restart_question = question_field(x, asked, "restart", true);
    x->lines->gap_question = question_field(x, asked, "gap", true);
    x->lines->setting_question = question_field(x, asked, "setting", true);
    x->lines->most_open = rules_whole(x, asked, "most-open");
    if (x->lines->most_open > LINE_QUESTIONS_MOST) {
        fault_at(x->b.f, place_of(&x->b, asked), "most-open: at most %d questions can be read both ways", LINE_QUESTIONS_MOST);
        x->lines->most_open = LINE_QUESTIONS_MOST;
    }
}

static void read_joins(rules_build *x, const json *root)
{
    static const char *const keys[] = { "id", "begins", "after", "keeps", "unless-held", "reason", "within", "phase", "before", "ask", "until-settled",
                                        "source", "checked", NULL };
    static const char *const outcomes[] = { "same-line", "new-line", NULL };
    const json *list = field_list(&x->b, root, "same-line", true);
    x->lines->joins = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, join_rule);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        join_rule *j = &x->lines->joins[x->lines->join_count++];
        j->id = field_text(&x->b, n, "id");
        j->begins = subjects_field(x, n, "begins");
        j->after = subject_field(x, n, "after", true);
        j->keeps = subject_field(x, n, "keeps", false);
        j->unless_held = field_yes(&x->b, n, "unless-held", false);
        j->reason = field_text_or(&x->b, n, "reason", STR(""));
        j->within_days = json_get(n, "within") ? rules_whole(x, n, "within") : UINT32_MAX;
        j->phase = field_text_or(&x->b, n, "phase", STR(""));
        j->before_phase = field_text_or(&x->b, n, "before", STR(""));
        j->question = question_field(x, n, "ask", false);
        str outcome = field_word(&x->b, n, "until-settled", outcomes, !str_empty(j->question));
        j->apart = str_is(outcome, "new-line");
        rules_source(x, n, j->id);
    }
}

static void read_counts(rules_build *x, const json *root)
{
    static const char *const keys[] = { "id", "label", "classes", NULL };
    const json *list = field_list(&x->b, root, "counts", true);
    x->lines->counts = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, line_count_rule);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        x->lines->counts[x->lines->count_count++] = (line_count_rule){ field_text(&x->b, n, "id"), field_text(&x->b, n, "label"), subjects_field(x, n, "classes") };
    }
}

static void read_carries(rules_build *x, const json *root)
{
    static const char *const keys[] = { "drug", "with", "not-with", "source", "checked", NULL };
    const json *list = field_list(&x->b, root, "carries", true);
    x->lines->carries = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, carry_rule);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        carry_rule *c = &x->lines->carries[x->lines->carry_count++];
        c->subject = subject_field(x, n, "drug", true);
        c->with = subjects_field(x, n, "with");
        c->not_with = json_get(n, "not-with") ? subjects_field(x, n, "not-with") : (str_list){ 0 };
        rules_source(x, n, STR(""));
    }
}

static str fact_field(rules_build *x, const json *n, const char *key)
{
    str code = field_text(&x->b, n, key);
    if (x->facts && !str_empty(code) && !terms_fact(x->facts, code)) {
        fault_at(x->b.f, place_of(&x->b, n), "%s: facts.yaml has no fact \"%.*s\"", key, STR_ARG(code));
    }
    return code;
}

static void read_facts(rules_build *x, const json *root)
{
    static const char *const keys[] = { "drug", "fact", "word", NULL };
    const json *list = field_list(&x->b, root, "facts", true);
    x->lines->facts = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, drug_fact);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        drug_fact *f = &x->lines->facts[x->lines->fact_count++];
        f->subject = subject_field(x, n, "drug", true);
        f->fact = fact_field(x, n, "fact");
        f->word = field_text_or(&x->b, n, "word", STR(""));
        const fact_def *def = x->facts ? terms_fact(x->facts, f->fact) : NULL;
        bool known = !def || (def->kind == FACT_DATE && str_empty(f->word));
        for (uint32_t i = 0; def && i < def->word_count; i++) {
            known = known || str_eq(def->words[i], f->word);
        }
        if (!known) {
            fault_at(x->b.f, place_of(&x->b, n), "\"%.*s\" is no word of the fact %.*s", STR_ARG(f->word), STR_ARG(f->fact));
        }
    }
}

static void read_groups(rules_build *x, const json *root)
{
    const json *list = field_list(&x->b, root, "curative-groups", true);
    x->lines->curative_groups = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, str_list);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        str_list *g = &x->lines->curative_groups[x->lines->curative_group_count++];
        g->at = ARENA_ARRAY(x->b.a, n->count + 1, str);
        for (const json *c = n->first; c; c = c->next) {
            g->at[g->count++] = text_of(&x->b, c, "a class");
            check_subject(x, c, g->at[g->count - 1]);
        }
    }
}

static void read_responses(rules_build *x, const json *in)
{
    static const char *const keys[] = { "status", "response", NULL };
    const fact_def *status = x->facts ? terms_fact(x->facts, x->lines->status_fact) : NULL;
    const json *list = field_list(&x->b, in, "responses", true);
    x->lines->responses = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, line_response);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        line_response r = { field_text(&x->b, n, "status"), field_text(&x->b, n, "response") };
        if (status && !str_list_has(&(str_list){ status->words, status->word_count }, r.status)) {
            fault_at(x->b.f, place_of(&x->b, n), "\"%.*s\" is no word of the fact %.*s", STR_ARG(r.status), STR_ARG(status->code));
        }
        x->lines->responses[x->lines->response_count++] = r;
    }
}

static void read_disease(rules_build *x, const json *root)
{
    static const char *const keys[] = { "distant", "site", "stage", "early-stages", "status", "worse", "responses", "change",
                                        "change-reasons", "cancer", NULL };
    line_rules *r = x->lines;
    const json *n = rules_section(x, root, "disease", keys);
    r->distant_fact = fact_field(x, n, "distant");
    r->site_fact = fact_field(x, n, "site");
    r->stage_fact = fact_field(x, n, "stage");
    r->status_fact = fact_field(x, n, "status");
    r->status_worse = field_text(&x->b, n, "worse");
    r->early_stages = rules_texts(x, n, "early-stages", true);
    read_responses(x, n);
    r->change_fact = fact_field(x, n, "change");
    r->change_reasons = rules_texts(x, n, "change-reasons", true);
    r->disease_facts = rules_texts(x, n, "cancer", true);
    for (uint32_t i = 0; x->facts && i < r->disease_facts.count; i++) {
        if (!terms_fact(x->facts, r->disease_facts.at[i])) {
            fault_at(x->b.f, place_of(&x->b, n), "facts.yaml has no fact \"%.*s\"", STR_ARG(r->disease_facts.at[i]));
        }
    }
}

static str set_field(rules_build *x, const json *n, const char *key)
{
    str set = field_text(&x->b, n, key);
    if (x->facts && !str_empty(set) && !set_has(x->facts, set, STR(""))) {
        fault_at(x->b.f, place_of(&x->b, n), "%s: no vocabulary has the set \"%.*s\"", key, STR_ARG(set));
    }
    return set;
}

static void read_record(rules_build *x, const json *root)
{
    static const char *const keys[] = { "intent-extensions", "intent", "stop-reason", "setting", "surgery", "anticancer", "purpose", "line-number",
                                        "endings", NULL };
    static const char *const stop_keys[] = { "progression", "toxicity", "completed", NULL };
    line_rules *r = x->lines;
    const json *n = rules_section(x, root, "record", keys);
    r->intent_extensions = rules_texts(x, n, "intent-extensions", true);
    r->intent_set = set_field(x, n, "intent");
    r->reason_set = set_field(x, n, "stop-reason");
    r->setting_set = set_field(x, n, "setting");
    r->surgery_set = set_field(x, n, "surgery");
    r->anticancer_set = set_field(x, n, "anticancer");
    r->purpose_set = set_field(x, n, "purpose");
    r->number_set = set_field(x, n, "line-number");
    r->endings = rules_texts(x, n, "endings", true);
    n = rules_section(x, root, "stop-words", stop_keys);
    r->progression = field_text(&x->b, n, "progression");
    r->toxicity = field_text(&x->b, n, "toxicity");
    r->completed = field_text(&x->b, n, "completed");
}

void build_line_rules(arena *a, const char *knowledge, const terms *facts, const drugs *d, faults *f, line_rules **out)
{
    static const char *const keys[] = { "sources", "days", "in-use", "questions", "asked", "same-line", "counts", "carries", "facts", "curative-groups",
                                        "record", "stop-words", "disease", NULL };
    rules_build x = { .b = { .a = a, .f = f, .file = STR("lines.yaml") }, .knowledge = knowledge, .facts = facts, .d = d, .lines = ARENA_NEW(a, line_rules) };
    const json *root;
    *out = x.lines;
    if (!rules_open(&x, keys, &root)) {
        return;
    }
    read_days(&x, root);
    read_in_use(&x, root);
    read_questions(&x, root);
    read_joins(&x, root);
    read_counts(&x, root);
    read_carries(&x, root);
    read_facts(&x, root);
    read_groups(&x, root);
    read_record(&x, root);
    read_disease(&x, root);
    x.lines->sources = x.rules.at;
    x.lines->source_count = (uint32_t)x.rules.count;
}
