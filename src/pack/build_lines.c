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
        { "window", &r->window_days }, { "late-partner", &r->late_add_days }, { "restart", &r->restart_days }, { "index", &r->index_days },
    };
    bool met[4] = { 0 };
    const json *list = field_list(&x->b, root, "days", true);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        (void)field_text(&x->b, n, "say");
        str id = field_text(&x->b, n, "id");
        bool known = false;
        for (size_t i = 0; i < 4; i++) {
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
    for (size_t i = 0; i < 4; i++) {
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

static str reason_field(lines_build *x, const json *n, const char *key) { return field_text_or(&x->b, n, key, STR("")); }

static void read_swaps(lines_build *x, const json *root)
{
    static const char *const keys[] = { "id", "from", "to", "keeps", "reason", "phase", "source", "checked", NULL };
    const json *list = field_list(&x->b, root, "swaps", true);
    x->r->swaps = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, swap_rule);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        swap_rule *s = &x->r->swaps[x->r->swap_count++];
        s->id = field_text(&x->b, n, "id");
        s->from = subject_field(x, n, "from", true);
        s->to = subject_field(x, n, "to", true);
        s->keeps = subject_field(x, n, "keeps", false);
        s->reason = reason_field(x, n, "reason");
        s->phase = reason_field(x, n, "phase");
        read_source(x, n, s->id);
    }
}

static void read_maintenance(lines_build *x, const json *root)
{
    static const char *const keys[] = { "id", "after", "adds", "reason", "source", "checked", NULL };
    const json *list = field_list(&x->b, root, "maintenance", true);
    x->r->maintenance = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, maintenance_rule);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        maintenance_rule *m = &x->r->maintenance[x->r->maintenance_count++];
        m->id = field_text(&x->b, n, "id");
        m->after = subject_field(x, n, "after", true);
        m->adds = subjects_field(x, n, "adds");
        m->reason = reason_field(x, n, "reason");
        read_source(x, n, m->id);
    }
}

static void read_carries(lines_build *x, const json *root)
{
    static const char *const keys[] = { "drug", "with", "source", "checked", NULL };
    const json *list = field_list(&x->b, root, "carries", true);
    x->r->carries = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, carry_rule);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        carry_rule *c = &x->r->carries[x->r->carry_count++];
        c->subject = subject_field(x, n, "drug", true);
        c->with = subjects_field(x, n, "with");
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

static void read_disease(lines_build *x, const json *root)
{
    static const char *const keys[] = { "distant", "site", "stage", "early-stages", "status", "worse", "responses", "cancer", NULL };
    line_rules *r = x->r;
    const json *n = section(x, root, "disease", keys);
    r->distant_fact = fact_field(x, n, "distant");
    r->site_fact = fact_field(x, n, "site");
    r->stage_fact = fact_field(x, n, "stage");
    r->status_fact = fact_field(x, n, "status");
    r->status_worse = field_text(&x->b, n, "worse");
    r->early_stages = texts_field(x, n, "early-stages");
    r->responses = texts_field(x, n, "responses");
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
    static const char *const keys[] = { "intent-extensions", "intent", "stop-reason", "setting", "surgery", "anticancer", "purpose", "endings", NULL };
    static const char *const stop_keys[] = { "progression", "toxicity", "completed", NULL };
    static const char *const late_keys[] = { "adds", "to", NULL };
    line_rules *r = x->r;
    const json *n = section(x, root, "record", keys);
    r->intent_extensions = texts_field(x, n, "intent-extensions");
    r->intent_set = set_field(x, n, "intent");
    r->reason_set = set_field(x, n, "stop-reason");
    r->setting_set = set_field(x, n, "setting");
    r->surgery_set = set_field(x, n, "surgery");
    r->anticancer_set = set_field(x, n, "anticancer");
    r->purpose_set = set_field(x, n, "purpose");
    r->endings = texts_field(x, n, "endings");
    n = section(x, root, "stop-words", stop_keys);
    r->progression = field_text(&x->b, n, "progression");
    r->toxicity = field_text(&x->b, n, "toxicity");
    r->completed = field_text(&x->b, n, "completed");
    n = section(x, root, "late-partner", late_keys);
    r->late_add = subjects_field(x, n, "adds");
    r->late_add_to = subjects_field(x, n, "to");
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
    static const char *const keys[] = { "sources", "days", "late-partner", "in-use", "swaps", "maintenance", "carries", "facts", "curative-groups",
                                        "record", "stop-words", "disease", NULL };
    fields_known(&x.b, root, keys);
    read_sources(&x, root);
    read_days(&x, root);
    read_in_use(&x, root);
    read_swaps(&x, root);
    read_maintenance(&x, root);
    read_carries(&x, root);
    read_facts(&x, root);
    read_groups(&x, root);
    read_record(&x, root);
    read_disease(&x, root);
    x.r->sources = x.rules.at;
    x.r->source_count = (uint32_t)x.rules.count;
}
