/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_drugs.h"
#include "pack/build_fields.h"
#include "pack/build_terminology.h"
#include "pack/yaml.h"

typedef struct lines_build {
    builder      b;
    const terms *facts;
    const drugs *d;
    line_rules  *r;
    str_list     sources;
    VEC(rule_source) rules;
} lines_build;

/* A rule may name a drug, a class, a route or a role; anything else is a slip of the pen. */
static void check_subject(lines_build *x, const json *at, str subject)
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

static str subject_field(lines_build *x, const json *n, const char *key, bool required)
{
    str s = required ? field_text(&x->b, n, key) : field_text_or(&x->b, n, key, STR(""));
    check_subject(x, n, s);
    return s;
}

static str_list subjects_field(lines_build *x, const json *n, const char *key)
{
    str_list l;
    l.at = field_texts(&x->b, n, key, true, &l.count);
    for (uint32_t i = 0; i < l.count; i++) {
        check_subject(x, n, l.at[i]);
    }
    return l;
}

static str_list texts_field(lines_build *x, const json *n, const char *key)
{
    str_list l;
    l.at = field_texts(&x->b, n, key, true, &l.count);
    return l;
}

/* Where a rule comes from. Every row says. */
static void read_source(lines_build *x, const json *n, str id)
{
    str from = field_text(&x->b, n, "source");
    if (!str_list_has(&x->sources, from)) {
        fault_at(x->b.f, place_of(&x->b, n), "no source named \"%.*s\"", STR_ARG(from));
    }
    bool checked = field_yes(&x->b, n, "checked", false);
    if (!str_empty(id)) {
        *VEC_PUSH(x->b.a, &x->rules) = (rule_source){ id, from, checked };
    }
}

static uint32_t days_of(lines_build *x, const json *n, const char *key)
{
    int64_t days = 0;
    str text = field_text(&x->b, n, key);
    if (!str_to_i64(text, &days) || days < 0 || days > 3660) {
        fault_at(x->b.f, place_of(&x->b, n), "%s: \"%.*s\" is no number of days", key, STR_ARG(text));
        return 0;
    }
    return (uint32_t)days;
}

static void read_days(lines_build *x, const json *root)
{
    static const char *const keys[] = { "id", "days", "say", "source", "checked", NULL };
    line_rules *r = x->r;
    const struct { const char *id; uint32_t *days; } wanted[] = {
        { "window", &r->window_days }, { "gap", &r->gap_days }, { "restart", &r->restart_days }, { "restart-doubt", &r->restart_doubt_days },
        { "index", &r->index_days }, { "index-doubt", &r->index_doubt_days }, { "review", &r->review_days }, { "review-late", &r->review_late_days },
    };
    enum { WANTED = sizeof wanted / sizeof *wanted };
    bool met[WANTED] = { 0 };
    const json *list = field_list(&x->b, root, "days", true);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        (void)field_text(&x->b, n, "say");
        str id = field_text(&x->b, n, "id");
        bool known = false;
        for (size_t i = 0; i < WANTED; i++) {
            if (str_is(id, wanted[i].id)) {
                known = met[i] = true;
                *wanted[i].days = days_of(x, n, "days");
            }
        }
        if (!known) {
            fault_at(x->b.f, place_of(&x->b, n), "no rule reads the days \"%.*s\"", STR_ARG(id));
        }
        read_source(x, n, id);
    }
    for (size_t i = 0; i < WANTED; i++) {
        if (!met[i]) {
            fault_at(x->b.f, place_of(&x->b, root), "the days \"%s\" are missing", wanted[i].id);
        }
    }
}

static void read_in_use(lines_build *x, const json *root)
{
    static const char *const keys[] = { "fits", "days", "active", "strengths", "say", "source", "checked", NULL };
    static const char *const strength_keys[] = { "text", "days", NULL };
    const json *list = field_list(&x->b, root, "in-use", true);
    x->r->in_use = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, use_rule);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        use_rule *u = &x->r->in_use[x->r->in_use_count++];
        str fits = field_text(&x->b, n, "fits");
        u->subject = str_is(fits, "any") ? STR("") : fits;
        check_subject(x, n, u->subject);
        u->days = days_of(x, n, "days");
        u->active_days = str_is(json_get_text(n, "active"), "until-stopped") ? UINT32_MAX : days_of(x, n, "active");
        const json *strengths = field_list(&x->b, n, "strengths", false);
        u->strengths = ARENA_ARRAY(x->b.a, (strengths ? strengths->count : 0) + 1, text_days);
        for (const json *s = strengths ? strengths->first : NULL; s; s = s->next) {
            fields_known(&x->b, s, strength_keys);
            u->strengths[u->strength_count++] = (text_days){ field_text(&x->b, s, "text"), days_of(x, s, "days") };
        }
        read_source(x, n, STR(""));
    }
    if (x->r->in_use_count == 0 || !str_empty(x->r->in_use[x->r->in_use_count - 1].subject)) {
        fault_at(x->b.f, place_of(&x->b, root), "in-use: the last row must fit any drug");
    }
}

/* A mapping that must be there; an empty one stands in after a fault. */
static const json *section(lines_build *x, const json *root, const char *key, const char *const *keys)
{
    const json *n = json_get(root, key);
    if (!json_is(n, JSON_OBJECT)) {
        fault_at(x->b.f, place_of(&x->b, root), "the section \"%s\" is missing", key);
        return json_new(x->b.a, JSON_OBJECT);
    }
    fields_known(&x->b, n, keys);
    return n;
}

static str question_field(lines_build *x, const json *n, const char *key, bool required)
{
    str id = required ? field_text(&x->b, n, key) : field_text_or(&x->b, n, key, STR(""));
    bool known = str_empty(id);
    for (uint32_t i = 0; i < x->r->question_count && !known; i++) {
        known = str_eq(x->r->questions[i].id, id);
    }
    if (!known) {
        fault_at(x->b.f, place_of(&x->b, n), "%s: no question is called \"%.*s\"", key, STR_ARG(id));
    }
    return id;
}

static void read_questions(lines_build *x, const json *root)
{
    static const char *const keys[] = { "id", "ask", "same", "apart", NULL };
    static const char *const asked_keys[] = { "restart", "gap", "setting", "most-open", NULL };
    const json *list = field_list(&x->b, root, "questions", true);
    x->r->questions = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, line_question);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        x->r->questions[x->r->question_count++] = (line_question){ field_text(&x->b, n, "id"), field_text(&x->b, n, "ask"), field_text(&x->b, n, "same"),
                                                                   field_text(&x->b, n, "apart") };
    }
    const json *asked = section(x, root, "asked", asked_keys);
    x->r->restart_question = question_field(x, asked, "restart", true);
    x->r->gap_question = question_field(x, asked, "gap", true);
    x->r->setting_question = question_field(x, asked, "setting", true);
    x->r->most_open = days_of(x, asked, "most-open");
    if (x->r->most_open > LINE_QUESTIONS_MOST) {
        fault_at(x->b.f, place_of(&x->b, asked), "most-open: at most %d questions can be read both ways", LINE_QUESTIONS_MOST);
        x->r->most_open = LINE_QUESTIONS_MOST;
    }
}

static void read_joins(lines_build *x, const json *root)
{
    static const char *const keys[] = { "id", "begins", "after", "keeps", "unless-held", "reason", "within", "phase", "before", "ask", "until-settled",
                                        "source", "checked", NULL };
    static const char *const outcomes[] = { "same-line", "new-line", NULL };
    const json *list = field_list(&x->b, root, "same-line", true);
    x->r->joins = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, join_rule);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        join_rule *j = &x->r->joins[x->r->join_count++];
        j->id = field_text(&x->b, n, "id");
        j->begins = subjects_field(x, n, "begins");
        j->after = subject_field(x, n, "after", true);
        j->keeps = subject_field(x, n, "keeps", false);
        j->unless_held = field_yes(&x->b, n, "unless-held", false);
        j->reason = field_text_or(&x->b, n, "reason", STR(""));
        j->within_days = json_get(n, "within") ? days_of(x, n, "within") : UINT32_MAX;
        j->phase = field_text_or(&x->b, n, "phase", STR(""));
        j->before_phase = field_text_or(&x->b, n, "before", STR(""));
        j->question = question_field(x, n, "ask", false);
        str outcome = field_word(&x->b, n, "until-settled", outcomes, !str_empty(j->question));
        j->apart = str_is(outcome, "new-line");
        read_source(x, n, j->id);
    }
}

static void read_counts(lines_build *x, const json *root)
{
    static const char *const keys[] = { "id", "label", "classes", NULL };
    const json *list = field_list(&x->b, root, "counts", true);
    x->r->counts = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, line_count_rule);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        x->r->counts[x->r->count_count++] = (line_count_rule){ field_text(&x->b, n, "id"), field_text(&x->b, n, "label"), subjects_field(x, n, "classes") };
    }
}

static void read_carries(lines_build *x, const json *root)
{
    static const char *const keys[] = { "drug", "with", "not-with", "source", "checked", NULL };
    const json *list = field_list(&x->b, root, "carries", true);
    x->r->carries = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, carry_rule);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        carry_rule *c = &x->r->carries[x->r->carry_count++];
        c->subject = subject_field(x, n, "drug", true);
        c->with = subjects_field(x, n, "with");
        c->not_with = json_get(n, "not-with") ? subjects_field(x, n, "not-with") : (str_list){ 0 };
        read_source(x, n, STR(""));
    }
}

static str fact_field(lines_build *x, const json *n, const char *key)
{
    str code = field_text(&x->b, n, key);
    if (x->facts && !str_empty(code) && !terms_fact(x->facts, code)) {
        fault_at(x->b.f, place_of(&x->b, n), "%s: facts.yaml has no fact \"%.*s\"", key, STR_ARG(code));
    }
    return code;
}

static void read_facts(lines_build *x, const json *root)
{
    static const char *const keys[] = { "drug", "fact", "word", NULL };
    const json *list = field_list(&x->b, root, "facts", true);
    x->r->facts = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, drug_fact);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        drug_fact *f = &x->r->facts[x->r->fact_count++];
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

static void read_groups(lines_build *x, const json *root)
{
    const json *list = field_list(&x->b, root, "curative-groups", true);
    x->r->curative_groups = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, str_list);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        str_list *g = &x->r->curative_groups[x->r->curative_group_count++];
        g->at = ARENA_ARRAY(x->b.a, n->count + 1, str);
        for (const json *c = n->first; c; c = c->next) {
            g->at[g->count++] = text_of(&x->b, c, "a class");
            check_subject(x, c, g->at[g->count - 1]);
        }
    }
}

static void read_responses(lines_build *x, const json *in)
{
    static const char *const keys[] = { "status", "response", NULL };
    const fact_def *status = x->facts ? terms_fact(x->facts, x->r->status_fact) : NULL;
    const json *list = field_list(&x->b, in, "responses", true);
    x->r->responses = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, line_response);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        line_response r = { field_text(&x->b, n, "status"), field_text(&x->b, n, "response") };
        if (status && !str_list_has(&(str_list){ status->words, status->word_count }, r.status)) {
            fault_at(x->b.f, place_of(&x->b, n), "\"%.*s\" is no word of the fact %.*s", STR_ARG(r.status), STR_ARG(status->code));
        }
        x->r->responses[x->r->response_count++] = r;
    }
}

static void read_disease(lines_build *x, const json *root)
{
    static const char *const keys[] = { "distant", "site", "stage", "early-stages", "status", "worse", "responses", "change",
                                        "change-reasons", "cancer", NULL };
    line_rules *r = x->r;
    const json *n = section(x, root, "disease", keys);
    r->distant_fact = fact_field(x, n, "distant");
    r->site_fact = fact_field(x, n, "site");
    r->stage_fact = fact_field(x, n, "stage");
    r->status_fact = fact_field(x, n, "status");
    r->status_worse = field_text(&x->b, n, "worse");
    r->early_stages = texts_field(x, n, "early-stages");
    read_responses(x, n);
    r->change_fact = fact_field(x, n, "change");
    r->change_reasons = texts_field(x, n, "change-reasons");
    r->disease_facts = texts_field(x, n, "cancer");
    for (uint32_t i = 0; x->facts && i < r->disease_facts.count; i++) {
        if (!terms_fact(x->facts, r->disease_facts.at[i])) {
            fault_at(x->b.f, place_of(&x->b, n), "facts.yaml has no fact \"%.*s\"", STR_ARG(r->disease_facts.at[i]));
        }
    }
}

static str set_field(lines_build *x, const json *n, const char *key)
{
    str set = field_text(&x->b, n, key);
    if (x->facts && !str_empty(set) && !set_has(x->facts, set, STR(""))) {
        fault_at(x->b.f, place_of(&x->b, n), "%s: no vocabulary has the set \"%.*s\"", key, STR_ARG(set));
    }
    return set;
}

static void read_record(lines_build *x, const json *root)
{
    static const char *const keys[] = { "intent-extensions", "intent", "stop-reason", "setting", "surgery", "anticancer", "purpose", "line-number",
                                        "endings", NULL };
    static const char *const stop_keys[] = { "progression", "toxicity", "completed", NULL };
    line_rules *r = x->r;
    const json *n = section(x, root, "record", keys);
    r->intent_extensions = texts_field(x, n, "intent-extensions");
    r->intent_set = set_field(x, n, "intent");
    r->reason_set = set_field(x, n, "stop-reason");
    r->setting_set = set_field(x, n, "setting");
    r->surgery_set = set_field(x, n, "surgery");
    r->anticancer_set = set_field(x, n, "anticancer");
    r->purpose_set = set_field(x, n, "purpose");
    r->number_set = set_field(x, n, "line-number");
    r->endings = texts_field(x, n, "endings");
    n = section(x, root, "stop-words", stop_keys);
    r->progression = field_text(&x->b, n, "progression");
    r->toxicity = field_text(&x->b, n, "toxicity");
    r->completed = field_text(&x->b, n, "completed");
}

static void read_sources(lines_build *x, const json *root)
{
    static const char *const keys[] = { "id", "source", "checked", NULL };
    const json *list = field_list(&x->b, root, "sources", true);
    x->sources.at = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, str);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        (void)field_text(&x->b, n, "source");
        (void)field_yes(&x->b, n, "checked", false);
        x->sources.at[x->sources.count++] = field_text(&x->b, n, "id");
    }
}

void build_line_rules(arena *a, const char *knowledge, const terms *facts, const drugs *d, faults *f, line_rules **out)
{
    lines_build x = { .b = { .a = a, .f = f, .file = STR("lines.yaml") }, .facts = facts, .d = d, .r = ARENA_NEW(a, line_rules) };
    *out = x.r;
    json *root;
    nl_error e = { 0 };
    if (yaml_read(a, arena_printf(a, "%s/lines.yaml", knowledge).p, &root, &e) != NL_OK) {
        fault_add(f, &e);
        return;
    }
    static const char *const keys[] = { "sources", "days", "in-use", "questions", "asked", "same-line", "counts", "carries", "facts", "curative-groups",
                                        "record", "stop-words", "disease", NULL };
    fields_known(&x.b, root, keys);
    read_sources(&x, root);
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
    x.r->sources = x.rules.at;
    x.r->source_count = (uint32_t)x.rules.count;
}
