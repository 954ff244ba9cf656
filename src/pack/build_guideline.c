/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_guideline.h"

#include "pack/build_files.h"
#include "pack/build_tables.h"
#include "pack/yaml.h"

/* Reads knowledge/NAME; NULL after a fault, which names the file from the knowledge folder. */
static const json *open_table(builder *b, str name)
{
    b->file = name;
    b->libraries = NULL;
    b->library_count = 0;
    str path = arena_printf(b->a, "%s/%.*s", b->parts->knowledge, STR_ARG(name)), text = { 0 };
    str named = arena_str(b->a, name);   /* NUL-ended */
    nl_error e = { 0 };
    json *root = NULL;
    if (files_text(b->a, path.p, &text, &e) != NL_OK || yaml_read_text(b->a, text, named.p, &root, &e) != NL_OK) {
        fault_add(b->f, &e);
    }
    return root;
}

static void read_scope(builder *b, const json *root)
{
    const json *n = json_get(root, "scope");
    if (!n) {
        fault_at(b->f, place_of(b, root), "the key 'scope' is missing");
        return;
    }
    fields_known(b, n, (const char *const[]){ "not-metastatic", "metastatic-unknown", "on-treatment", "change-unknown", NULL });
    b->g->not_metastatic = field_text(b, n, "not-metastatic");
    b->g->metastatic_unknown = field_text(b, n, "metastatic-unknown");
    b->g->on_treatment = field_text(b, n, "on-treatment");
    b->g->change_unknown = field_text(b, n, "change-unknown");
}

/* Every {word} must be known, and every one of the first `needed` must be there. */
static void check_placeholders(builder *b, const json *at, str text, const char *const *known, size_t needed)
{
    for (size_t i = 0; i < needed; i++) {
        if (!str_empty(text) && str_find(text, arena_printf(b->a, "{%s}", known[i])) < 0) {
            fault_at(b->f, place_of(b, at), "the placeholder {%s} is missing", known[i]);
        }
    }
    str rest = text;
    for (ptrdiff_t open = str_find_char(rest, '{'); open >= 0; open = str_find_char(rest, '{')) {
        rest = str_from(rest, (size_t)open + 1);
        ptrdiff_t close = str_find_char(rest, '}');
        str word = close < 0 ? rest : str_head(rest, (size_t)close);
        bool found = false;
        for (size_t i = 0; known[i] && close >= 0; i++) {
            found = found || str_is(word, known[i]);
        }
        if (!found) {
            fault_at(b->f, place_of(b, at), "{%.*s} is not a placeholder that is filled in here", STR_ARG(word));
        }
    }
}

static void read_presumption(builder *b, const json *root)
{
    const json *n = json_get(root, "presumption");
    if (!n) {
        fault_at(b->f, place_of(b, root), "the key 'presumption' is missing");
        return;
    }
    fields_known(b, n, (const char *const[]){ "reason", "say", "question", NULL });
    b->g->presumed_reason = field_text(b, n, "reason");
    b->g->presumption = field_text(b, n, "say");
    b->g->question = field_text(b, n, "question");
    check_placeholders(b, json_get(n, "say"), b->g->presumption, (const char *const[]){ "drugs", "start", "end", "next", "line", NULL }, 4);
    check_placeholders(b, json_get(n, "question"), b->g->question, (const char *const[]){ "drugs", "start", "end", "next", "line", NULL }, 1);
}

/* The rule that every option of listed drugs gets. */
static void read_present(builder *b, const json *root)
{
    const json *n = json_get(root, "present");
    if (n && fields_known(b, n, (const char *const[]){ RULE_KEYS, "say", NULL })) {
        rule_out *r = ARENA_NEW(b->a, rule_out);
        *r = (rule_out){ .when = field_rule(b, n), .say = field_text(b, n, "say"), .present = true };
        b->present = r;
    }
}

static void read_guideline(builder *b)
{
    guideline *g = b->g;
    const json *root = open_table(b, STR("guideline.yaml"));
    if (!root || !fields_known(b, root, (const char *const[]){ "name", "version", "dated", "library", "jurisdictions", "maintainers", "standings",
                                                               "metastatic", "change-needed", "present", "scope", "presumption", "stale-after-days", NULL })) {
        return;
    }
    file_libraries(b, root, true);
    g->name = field_text(b, root, "name");
    g->version = field_text(b, root, "version");
    g->dated = field_date(b, root, "dated", true);
    g->jurisdictions = field_texts(b, root, "jurisdictions", true, &g->jurisdiction_count);
    if (g->jurisdiction_count > 31) {
        fault_at(b->f, place_of(b, json_get(root, "jurisdictions")), "more jurisdictions than 31");
        g->jurisdiction_count = 31;
    }
    g->maintainers = field_texts(b, root, "maintainers", true, &g->maintainer_count);
    g->standings = field_texts(b, root, "standings", true, &g->standing_count);
    static const char *const rules[] = { "metastatic", "change-needed" };
    condition *const into[] = { &g->metastatic, &g->change_needed };
    for (size_t i = 0; i < 2; i++) {
        const json *n = json_get(root, rules[i]);
        if (n) {
            *into[i] = field_rule(b, n);
        } else {
            fault_at(b->f, place_of(b, root), "the key '%s' is missing", rules[i]);
        }
    }
    read_present(b, root);
    read_scope(b, root);
    read_presumption(b, root);
    int64_t days = 0;
    const json *stale = json_get(root, "stale-after-days");
    if (stale && (!str_to_i64(json_text(stale), &days) || days < 1 || days > 36500)) {
        fault_at(b->f, place_of(b, stale), "stale-after-days: a number of days should stand here");
        days = 0;
    }
    g->stale_days = (uint32_t)days;
}

static void read_source(builder *b, const json *n, tables *t)
{
    if (!fields_known(b, n, (const char *const[]){ "id", "kind", "title", "checked", "checked-where", "population", "comparator", "n", "pfs", "pfs-hr",
                                                   "os", "os-hr", "orr", "note", "nct", "pmid", "doi", "url", NULL })) {
        return;
    }
    source s = { .at = place_of(b, n) };
    s.id = field_text(b, n, "id");
    for (size_t i = 0; i < t->sources.count; i++) {
        if (str_eq(t->sources.at[i].id, s.id)) {
            fault_at(b->f, s.at, "the source '%.*s' stands already in %.*s line %u", STR_ARG(s.id), STR_ARG(t->sources.at[i].at.file),
                     t->sources.at[i].at.line);
        }
    }
    s.kind = field_word(b, n, "kind", (const char *const[]){ "trial", "label", "guideline", "notice", "practice", NULL }, true);
    s.title = field_text(b, n, "title");
    const struct { const char *key; str *into; } texts[] = {
        { "population", &s.population }, { "comparator", &s.comparator }, { "n", &s.n }, { "pfs", &s.pfs }, { "pfs-hr", &s.pfs_hr },
        { "os", &s.os }, { "os-hr", &s.os_hr }, { "orr", &s.orr }, { "note", &s.note }, { "nct", &s.nct }, { "pmid", &s.pmid },
        { "doi", &s.doi }, { "url", &s.url },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i].into = field_text_or(b, n, texts[i].key, STR(""));
    }
    if (!json_get(n, "checked")) {
        fault_at(b->f, s.at, "the source '%.*s' does not say whether it was checked", STR_ARG(s.id));
    }
    s.checked = field_yes(b, n, "checked", false);
    s.checked_where = s.checked ? field_text(b, n, "checked-where") : field_text_or(b, n, "checked-where", STR(""));
    *VEC_PUSH(b->a, &t->sources) = s;
}

static void read_evidence(builder *b, const json *root, tables *t)
{
    if (!fields_known(b, root, (const char *const[]){ "sources", NULL })) {
        return;
    }
    const json *list = field_list(b, root, "sources", true);
    for (const json *m = list ? list->first : NULL; m; m = m->next) {
        read_source(b, m, t);
    }
}

static size_t each_table(builder *b, const char *folder, tables *t, void (*read)(builder *b, const json *root, tables *t))
{
    str *names, path = arena_printf(b->a, "%s/%s", b->parts->knowledge, folder);
    size_t count = files_in(b->a, path.p, STR(".yaml"), &names);
    for (size_t i = 0; i < count; i++) {
        const json *root = open_table(b, arena_printf(b->a, "%s/%.*s.yaml", folder, STR_ARG(names[i])));
        if (root) {
            read(b, root, t);
        }
    }
    return count;
}

void guideline_build(arena *a, const guideline_parts *parts, guideline *out, faults *f)
{
    builder b = { .a = a, .parts = parts, .g = out, .f = f };
    tables t = { 0 };
    *out = (guideline){ 0 };
    builder_name_defines(&b);
    read_guideline(&b);
    (void)each_table(&b, "evidence", &t, read_evidence);
    out->sources = t.sources.at;   /* first: the other tables cite them */
    out->source_count = (uint32_t)t.sources.count;
    if (each_table(&b, "options", &t, build_options) == 0) {
        fault_at(f, (place){ STR("options"), 0 }, "no options/*.yaml");
    }
    (void)each_table(&b, "alerts", &t, build_alerts);
    out->diseases = t.diseases.at;
    out->disease_count = (uint32_t)t.diseases.count;
    out->options = t.options.at;
    out->option_count = (uint32_t)t.options.count;
    out->alerts = t.alerts.at;
    out->alert_count = (uint32_t)t.alerts.count;
    const json *root = open_table(&b, STR("boxed.yaml"));
    if (root) {
        build_boxed(&b, root);
    }
    root = open_table(&b, STR("tests.yaml"));
    if (root) {
        build_tests(&b, root);
    }
    root = open_table(&b, STR("profile.yaml"));
    if (root) {
        build_profile(&b, root);
    }
}
