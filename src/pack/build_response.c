/* response.yaml and tables/response-*.csv, everything in them checked: each cell of the overall table is there once, each reason the
 * chart gives has its sentence, each word is one of its fact. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_drugs.h"
#include "pack/build_rules.h"
#include "pack/csv.h"
#include "ucum/ucum.h"

static const char *const target_words[] = { "cr", "pr", "sd", "ne", "pd", "none" };
static const char *const non_target_words[] = { "cr", "non-cr-non-pd", "ne", "pd", "none" };
static const char *const imaging_words[] = { "cr", "gone", "pr", "sd", "non-cr-non-pd", "pd", "ne" };
static const char *const steroid_words[] = { "none", "not-more", "more", "taken", "unknown" };
static const char *const clinical_words[] = { "not-worse", "worse", "unknown" };
static const char *const new_words[] = { "no", "yes", "equivocal", "not-assessed" };

/* Every reason src/chart gives. */
static const char *const reason_words[] = {
    "target-growth", "target-growth-in-part", "target-reappeared", "non-target-worse", "new-lesion", "new-lesion-confirmed-later",
    "new-lesion-doubtful", "new-lesion-not-assessed", "lesion-not-at-baseline", "missing-target", "missing-non-target", "no-baseline",
    "old-baseline", "late-baseline", "values-disagree", "short-axis-missing", "marker-above-normal", "reported-otherwise",
    "needs-confirmation", "confirmed", "too-soon-to-confirm", "rise-confirmed", "early-rise", "never-raised", "assay-changed",
    "low-shedding", "emergent", "structural-progression", "soft-progression", "possible-flare", "one-soft-sign", "bone-healing",
    "steroids-taken", "steroids-more", "steroids-not-recorded", "steroid-dose-not-recorded", "clinical-worse", "clinical-not-recorded", "report-text" };

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

/* In millionths. */
static int64_t amount(rules_build *x, const json *n, const char *key)
{
    ucum_number v;
    str text = field_text(&x->b, n, key);
    if (str_empty(text)) {
        return 0;
    }
    if (!ucum_read_number(text, &v) || v.scale < 0 || v.scale > 6 || v.unscaled < 0 || v.unscaled > 1000 * (ucum_wide)MILLION) {
        fault_at(x->b.f, place_of(&x->b, n), "%s: \"%.*s\" is no amount from 0 to 1000", key, STR_ARG(text));
        return 0;
    }
    int64_t out = (int64_t)v.unscaled;
    for (int32_t i = v.scale; i < 6; i++) {
        out *= 10;
    }
    return out;
}

static str fact_named(rules_build *x, const json *n, const char *key, fact_kind kind)
{
    str code = field_text(&x->b, n, key);
    const fact_def *d = terms_fact(x->facts, code);
    if (!str_empty(code) && (!d || d->kind != kind)) {
        fault_at(x->b.f, place_of(&x->b, n), "%s: facts.yaml has no fact \"%.*s\" of that kind", key, STR_ARG(code));
    }
    return code;
}

static void check_words(rules_build *x, const json *n, str fact, const str_list *words)
{
    const fact_def *d = terms_fact(x->facts, fact);
    for (uint32_t i = 0; d && i < words->count; i++) {
        if (!str_list_has(&(str_list){ d->words, d->word_count }, words->at[i])) {
            fault_at(x->b.f, place_of(&x->b, n), "\"%.*s\" is no word of the fact %.*s", STR_ARG(words->at[i]), STR_ARG(fact));
        }
    }
}

static str_list drugs_named_in(rules_build *x, const json *n, const char *key)
{
    str_list l = rules_texts(x, n, key, true);
    for (uint32_t i = 0; i < l.count; i++) {
        bool known = drugs_named(x->d, l.at[i]) != NULL;
        for (uint32_t k = 0; k < x->d->count && !known; k++) {
            known = drug_has_class(&x->d->at[k], l.at[i]);
        }
        if (!known) {
            fault_at(x->b.f, place_of(&x->b, n), "\"%.*s\" is no drug or class of drugs.yaml", STR_ARG(l.at[i]));
        }
    }
    return l;
}

static void read_criteria(rules_build *x, const json *root)
{
    static const char *const keys[] = { "id", "fact", "sites", "not-sites", "not-targets", "measurable", "measurable-node", "normal-node", "too-small", "rise",
                                        "rise-percent", "rise-of", "fall-percent", "targets", "targets-per-organ", "steroids", "steroid-use",
                                        "clinical", "performance", "source", "checked", NULL };
    const json *list = field_list(&x->b, root, "criteria", true);
    x->response->criteria = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, response_criteria);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        response_criteria *c = &x->response->criteria[x->response->criteria_count++];
        c->id = field_text(&x->b, n, "id");
        c->fact = fact_named(x, n, "fact", FACT_WORD);
        c->sites = rules_texts(x, n, "sites", false);
        c->not_sites = rules_texts(x, n, "not-sites", false);
        c->not_targets = rules_texts(x, n, "not-targets", false);
        c->measurable = amount(x, n, "measurable");
        c->measurable_node = amount(x, n, "measurable-node");
        c->normal_node = amount(x, n, "normal-node");
        c->too_small = amount(x, n, "too-small");
        c->rise = amount(x, n, "rise");
        c->rise_percent = rules_whole(x, n, "rise-percent");
        c->fall_percent = rules_whole(x, n, "fall-percent");
        c->targets = rules_whole(x, n, "targets");
        c->targets_per_organ = rules_whole(x, n, "targets-per-organ");
        str of = field_word(&x->b, n, "rise-of", (const char *const[]){ "sum", "lesion", NULL }, true);
        c->rise_of_lesion = str_is(of, "lesion");
        if (json_get(n, "steroids")) {
            c->steroids = drugs_named_in(x, n, "steroids");
            c->steroid_fact = fact_named(x, n, "steroid-use", FACT_WORD);
            c->clinical_fact = fact_named(x, n, "clinical", FACT_WORD);
            c->performance_fact = fact_named(x, n, "performance", FACT_INTEGER);
        }
        if (c->fall_percent > 100) {
            fault_at(x->b.f, place_of(&x->b, n), "fall-percent: nothing falls by more than 100");
        }
        rules_source(x, n, STR(""));
    }
}

static void read_days(rules_build *x, const json *root)
{
    response_rules *r = x->response;
    const days_wanted wanted[] = {
        { "visit", &r->visit_days }, { "baseline", &r->baseline_days }, { "late-baseline", &r->late_baseline_days },
        { "stable", &r->stable_days }, { "confirm", &r->confirm_days }, { "conflict", &r->conflict_days }, { "clinical", &r->clinical_days },
    };
    rules_days(x, root, wanted, COUNT_OF(wanted));
}

static void read_sections(rules_build *x, const json *root)
{
    response_rules *r = x->response;
    const json *n = rules_section(x, root, "confirmation", (const char *const[]){ "needed", "between", "source", "checked", NULL });
    r->confirm = field_yes(&x->b, n, "needed", false);
    r->confirm_between = rules_whole(x, n, "between");
    rules_source(x, n, STR(""));
    r->best_order = rules_texts(x, root, "best-order", true);
    check_words(x, root, STR("best-response"), &r->best_order);
    r->lines = rules_texts(x, root, "lines", true);

    n = rules_section(x, root, "irecist", (const char *const[]){ "fact", "drugs", "from", "growth", "source", "checked", NULL });
    r->irecist_fact = fact_named(x, n, "fact", FACT_WORD);
    r->irecist_drugs = drugs_named_in(x, n, "drugs");
    r->irecist_days = rules_whole(x, n, "from");
    r->irecist_growth = amount(x, n, "growth");
    rules_source(x, n, STR(""));

    n = rules_section(x, root, "markers", (const char *const[]){ "fact", "follow", "rise-percent", "rise-certain", "fall-percent", "confirm", "early",
                                                           "normal", "source", "checked", NULL });
    r->marker_fact = fact_named(x, n, "fact", FACT_WORD);
    r->markers = rules_texts(x, n, "follow", true);
    for (uint32_t i = 0; i < r->markers.count; i++) {
        const fact_def *d = terms_fact(x->facts, r->markers.at[i]);
        if (!d || d->kind != FACT_QUANTITY) {
            fault_at(x->b.f, place_of(&x->b, n), "facts.yaml has no measured fact \"%.*s\"", STR_ARG(r->markers.at[i]));
        }
    }
    r->marker_rise = rules_whole(x, n, "rise-percent");
    r->marker_certain = rules_whole(x, n, "rise-certain");
    r->marker_fall = rules_whole(x, n, "fall-percent");
    r->marker_confirm_days = rules_whole(x, n, "confirm");
    r->marker_early_days = rules_whole(x, n, "early");
    r->marker_normal = amount(x, n, "normal");
    rules_source(x, n, STR(""));

    n = rules_section(x, root, "plasma", (const char *const[]){ "fact", "method", "source", "checked", NULL });
    r->plasma_fact = fact_named(x, n, "fact", FACT_WORD);
    r->plasma_method = field_text(&x->b, n, "method");
    rules_source(x, n, STR(""));

    n = rules_section(x, root, "bone", (const char *const[]){ "fact", "signs", "flare", "soft", "source", "checked", NULL });
    r->bone_fact = fact_named(x, n, "fact", FACT_WORD);
    r->bone_signs = fact_named(x, n, "signs", FACT_WORD);
    r->bone_flare_days = rules_whole(x, n, "flare");
    r->bone_soft = rules_whole(x, n, "soft");
    rules_source(x, n, STR(""));
}

static void read_status(rules_build *x, const json *root)
{
    const json *n = rules_section(x, root, "status", (const char *const[]){ "fact", "agrees", NULL });
    x->response->status_fact = fact_named(x, n, "fact", FACT_WORD);
    const json *list = field_list(&x->b, n, "agrees", true);
    x->response->agrees = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, agree_rule);
    for (const json *k = list ? list->first : NULL; k; k = k->next) {
        fields_known(&x->b, k, (const char *const[]){ "word", "with", NULL });
        agree_rule *a = &x->response->agrees[x->response->agree_count++];
        a->word = field_text(&x->b, k, "word");
        a->with = rules_texts(x, k, "with", true);
        check_words(x, k, x->response->status_fact, &(str_list){ &a->word, 1 });
        check_words(x, k, STR("best-response"), &a->with);
    }
}

static void read_reasons(rules_build *x, const json *root)
{
    const json *list = field_list(&x->b, root, "reasons", true);
    x->response->reasons = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, reason_row);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, (const char *const[]){ "id", "say", NULL });
        reason_row row = { field_text(&x->b, n, "id"), field_text(&x->b, n, "say") };
        bool known = false;
        for (size_t i = 0; i < COUNT_OF(reason_words); i++) {
            known = known || str_is(row.id, reason_words[i]);
        }
        if (!known) {
            fault_at(x->b.f, place_of(&x->b, n), "nothing gives the reason \"%.*s\"", STR_ARG(row.id));
        } else if (!str_empty(response_say(x->response, row.id))) {
            fault_at(x->b.f, place_of(&x->b, n), "the reason \"%.*s\" stands here twice", STR_ARG(row.id));
        }
        x->response->reasons[x->response->reason_count++] = row;
    }
    for (size_t i = 0; i < COUNT_OF(reason_words); i++) {
        if (str_empty(response_say(x->response, str_of(reason_words[i])))) {
            fault_at(x->b.f, place_of(&x->b, root), "the reason \"%s\" has no sentence", reason_words[i]);
        }
    }
}

/* ---- tables ---- */

/* Reads a table whose header is these columns (NULL-ended), then source and checked; every row's source is known. */
static bool read_table_file(rules_build *x, const char *name, const char *const *columns, csv *out)
{
    nl_error e = { 0 };
    if (csv_read(x->b.a, arena_printf(x->b.a, "%s/tables/%s.csv", x->knowledge, name).p, out, &e) != NL_OK) {
        fault_add(x->b.f, &e);
        return false;
    }
    x->b.file = arena_printf(x->b.a, "tables/%s.csv", name);
    uint32_t count = 0;
    bool fits = true;
    for (; columns[count]; count++) {
        fits = fits && count < out->column_count && str_is(out->columns[count], columns[count]);
    }
    fits = fits && out->column_count == count + 2 && str_is(out->columns[count], "source") && str_is(out->columns[count + 1], "checked");
    if (!fits) {
        fault_at(x->b.f, (place){ x->b.file, 1 }, "the columns should be those of the comment above, then source and checked");
        return false;
    }
    for (uint32_t i = 0; i < out->row_count; i++) {
        const str *last = &out->rows[i].cells[count];
        if (!str_list_has(&x->sources, last[0]) || (!str_is(last[1], "yes") && !str_is(last[1], "no"))) {
            fault_at(x->b.f, (place){ x->b.file, out->rows[i].line }, "a row names a source of response.yaml and whether it was checked");
        }
    }
    return true;
}

static void check_overall(rules_build *x, const overall_cell *c, uint32_t line)
{
    const fact_def *d = x->response->criteria_count ? terms_fact(x->facts, x->response->criteria[0].fact) : NULL;
    bool known = !d || str_empty(c->overall) || str_list_has(&(str_list){ d->words, d->word_count }, c->overall);
    if (!known || (!str_empty(c->reason) && str_empty(response_say(x->response, c->reason)))) {
        fault_at(x->b.f, (place){ x->b.file, line }, "the answer is a word of the fact or -, the reason one of response.yaml");
    }
}

static void read_overall(rules_build *x)
{
    csv t;
    if (!read_table_file(x, "response-overall", (const char *const[]){ "target", "non-target", "new", "overall", "reason", NULL }, &t)) {
        return;
    }
    x->response->overall = ARENA_ARRAY(x->b.a, t.row_count + 1, overall_cell);
    for (uint32_t i = 0; i < t.row_count; i++) {
        const str *c = t.rows[i].cells;
        if (response_cell(x->response, c[0], c[1], c[2])) {
            fault_at(x->b.f, (place){ x->b.file, t.rows[i].line }, "this cell stands here twice");
        }
        x->response->overall[x->response->overall_count] = (overall_cell){ c[0], c[1], c[2], str_is(c[3], "-") ? STR("") : c[3], c[4] };
        check_overall(x, &x->response->overall[x->response->overall_count++], t.rows[i].line);
    }
    size_t wanted = COUNT_OF(target_words) * COUNT_OF(non_target_words) * COUNT_OF(new_words);
    for (size_t i = 0; i < wanted; i++) {
        const char *target = target_words[i / (COUNT_OF(non_target_words) * COUNT_OF(new_words))];
        const char *non_target = non_target_words[i / COUNT_OF(new_words) % COUNT_OF(non_target_words)], *fresh = new_words[i % COUNT_OF(new_words)];
        if (!response_cell(x->response, str_of(target), str_of(non_target), str_of(fresh))) {
            fault_at(x->b.f, (place){ x->b.file, 1 }, "the cell %s, %s, %s is missing", target, non_target, fresh);
        }
    }
    if (x->response->overall_count > wanted) {
        fault_at(x->b.f, (place){ x->b.file, 1 }, "a cell is for words that do not occur");
    }
}

static void read_confirmation(rules_build *x)
{
    csv t;
    if (!read_table_file(x, "response-confirmation", (const char *const[]){ "first", "next", "met", "early", NULL }, &t)) {
        return;
    }
    x->response->confirmation = ARENA_ARRAY(x->b.a, t.row_count + 1, confirmation_cell);
    for (uint32_t i = 0; i < t.row_count; i++) {
        str *c = t.rows[i].cells;
        for (size_t k = 2; k < 4; k++) {
            if (!str_list_has(&x->response->best_order, c[k])) {
                fault_at(x->b.f, (place){ x->b.file, t.rows[i].line }, "\"%.*s\" is no word of best-order", STR_ARG(c[k]));
            }
        }
        x->response->confirmation[x->response->confirmation_count++] = (confirmation_cell){ c[0], c[1], c[2], c[3] };
    }
    static const char *const firsts[] = { "cr", "pr" }, *const nexts[] = { "cr", "pr", "sd", "pd", "ne", "none" };
    for (size_t i = 0; i < COUNT_OF(firsts) * COUNT_OF(nexts); i++) {
        if (!response_confirmation(x->response, str_of(firsts[i / COUNT_OF(nexts)]), str_of(nexts[i % COUNT_OF(nexts)]))) {
            fault_at(x->b.f, (place){ x->b.file, 1 }, "%s, then %s is missing", firsts[i / COUNT_OF(nexts)], nexts[i % COUNT_OF(nexts)]);
        }
    }
}

/* Every cell must be answered; reasons stand between blanks. */
static void read_brain(rules_build *x)
{
    csv t;
    if (!read_table_file(x, "response-brain", (const char *const[]){ "imaging", "steroids", "clinical", "overall", "reasons", NULL }, &t)) {
        return;
    }
    x->response->brain = ARENA_ARRAY(x->b.a, t.row_count + 1, brain_cell);
    for (uint32_t i = 0; i < t.row_count; i++) {
        const str *c = t.rows[i].cells;
        brain_cell *cell = &x->response->brain[x->response->brain_count++];
        *cell = (brain_cell){ c[0], c[1], c[2], str_is(c[3], "-") ? STR("") : c[3], { ARENA_ARRAY(x->b.a, c[4].n + 1, str), 0 } };
        str rest = c[4], word;
        bool known = str_empty(cell->overall) || str_list_has(&x->response->best_order, cell->overall);
        while (!str_empty(rest) && str_cut(&rest, ' ', &word)) {
            cell->reasons.at[cell->reasons.count++] = word;
            known = known && !str_empty(response_say(x->response, word));
        }
        if (!known) {
            fault_at(x->b.f, (place){ x->b.file, t.rows[i].line }, "the answer is a word of best-order or -, the reasons those of response.yaml");
        }
    }
    for (size_t i = 0; i < COUNT_OF(imaging_words) * COUNT_OF(steroid_words) * COUNT_OF(clinical_words); i++) {
        const char *imaging = imaging_words[i / (COUNT_OF(steroid_words) * COUNT_OF(clinical_words))];
        const char *steroids = steroid_words[i / COUNT_OF(clinical_words) % COUNT_OF(steroid_words)], *clinical = clinical_words[i % COUNT_OF(clinical_words)];
        if (!response_brain(x->response, str_of(imaging), str_of(steroids), str_of(clinical))) {
            fault_at(x->b.f, (place){ x->b.file, 1 }, "the cell %s, %s, %s is missing", imaging, steroids, clinical);
        }
    }
}

static void read_bone(rules_build *x)
{
    csv t;
    if (!read_table_file(x, "response-bone", (const char *const[]){ "sign", "speaks-for", "weight", NULL }, &t)) {
        return;
    }
    const fact_def *signs = terms_fact(x->facts, x->response->bone_signs), *trend = terms_fact(x->facts, x->response->marker_fact);
    x->response->bone = ARENA_ARRAY(x->b.a, t.row_count + 1, bone_rule);
    for (uint32_t i = 0; i < t.row_count; i++) {
        const str *c = t.rows[i].cells;
        bool known = (signs && str_list_has(&(str_list){ signs->words, signs->word_count }, c[0]))
                     || (trend && str_list_has(&(str_list){ trend->words, trend->word_count }, c[0]));
        bool speaks = str_is(c[1], "progression") || str_is(c[1], "response") || str_is(c[1], "stable");
        bool weighs = str_is(c[2], "structural") || str_is(c[2], "soft") || str_is(c[2], "flare");
        if (!known || !speaks || !weighs) {
            fault_at(x->b.f, (place){ x->b.file, t.rows[i].line }, "a sign, what it speaks for or its weight is not known");
        }
        x->response->bone[x->response->bone_count++] = (bone_rule){ c[0], c[1], c[2] };
    }
    for (uint32_t i = 0; signs && i < signs->word_count; i++) {
        bool met = false;
        for (uint32_t k = 0; k < x->response->bone_count; k++) {
            met = met || str_eq(x->response->bone[k].sign, signs->words[i]);
        }
        if (!met) {
            fault_at(x->b.f, (place){ x->b.file, 1 }, "the sign \"%.*s\" is missing", STR_ARG(signs->words[i]));
        }
    }
}

void build_response_rules(arena *a, const char *knowledge, const terms *facts, const drugs *d, faults *f, response_rules **out)
{
    static const char *const keys[] = { "sources", "criteria", "days", "confirmation", "best-order", "lines", "irecist", "markers", "plasma", "bone",
                                        "status", "reasons", NULL };
    rules_build x = { .b = { .a = a, .f = f, .file = STR("response.yaml") }, .knowledge = knowledge, .facts = facts, .d = d,
                      .response = ARENA_NEW(a, response_rules) };
    const json *root;
    *out = x.response;
    if (!rules_open(&x, keys, &root)) {
        return;
    }
    read_criteria(&x, root);
    read_days(&x, root);
    read_sections(&x, root);
    read_status(&x, root);
    read_reasons(&x, root);
    read_overall(&x);
    read_confirmation(&x);
    read_bone(&x);
    read_brain(&x);
}
