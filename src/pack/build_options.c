/* options/NAME.yaml: the gate of one disease and its options. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_tables.h"
#include "terms/drugs.h"

static void read_drugs(builder *b, const json *n, option *o)
{
    str word = json_get_text(n, "drugs");
    if (str_is(word, "running") || str_is(word, "none")) {
        o->drugs_from = str_is(word, "none") ? DRUGS_NONE : DRUGS_RUNNING;
        return;
    }
    const json *list = field_list(b, n, "drugs", true);
    if (!list) {
        return;
    }
    o->drugs = ARENA_ARRAY(b->a, list->count, drug_choice);
    for (const json *m = list->first; m; m = m->next) {
        drug_choice *d = &o->drugs[o->drug_count++];
        bool one_of = json_is(m, JSON_ARRAY);
        d->names = ARENA_ARRAY(b->a, one_of ? m->count : 1, str);
        if (one_of && m->count == 0) {
            fault_at(b->f, place_of(b, m), "drugs: a choice of none");
        }
        for (const json *x = one_of ? m->first : m; x; x = one_of ? x->next : NULL) {
            str name = text_of(b, x, "drugs");
            d->names[d->count++] = name;
            if (!str_empty(name) && !drugs_named(b->parts->terms->drugs, name)) {
                fault_at(b->f, place_of(b, x), "drugs.yaml has no drug '%.*s'", STR_ARG(name));
            }
        }
    }
}

/* Whose drugs are those of the line that runs goes on with it; which else does, and what may be chosen at any time, is written. */
static void read_for(builder *b, const json *n, option *o)
{
    str word = field_word(b, n, "for", (const char *const[]){ "next-line", "present-line", "any-time", NULL }, false);
    bool running = o->drugs_from == DRUGS_RUNNING;
    if (running && !str_empty(word) && !str_is(word, "present-line")) {
        fault_at(b->f, place_of(b, json_get(n, "for")), "for: an option whose drugs are those of the line that runs is for the present line");
    }
    o->is_for = running || str_is(word, "present-line") ? FOR_PRESENT_LINE : str_is(word, "any-time") ? FOR_ANY_TIME : FOR_NEXT_LINE;
}

static void read_requires(builder *b, const json *n, option *o)
{
    const json *list = field_list(b, n, "requires", true);
    if (!list) {
        return;
    }
    o->requires_all = ARENA_ARRAY(b->a, list->count, requirement);
    for (const json *m = list->first; m; m = m->next) {
        if (json_is(m, JSON_OBJECT)) {
            fields_known(b, m, (const char *const[]){ RULE_KEYS, "say", NULL });
        }
        requirement *r = &o->requires_all[o->require_count];
        r->when = field_rule(b, m);
        r->say = json_is(m, JSON_OBJECT) ? field_text_or(b, m, "say", STR("")) : STR("");
        for (uint32_t i = 0; i < o->require_count; i++) {
            rule_repeated(b, &o->requires_all[i].when, &r->when);
        }
        o->require_count++;
    }
}

static void read_rules_out(builder *b, const json *n, option *o)
{
    const json *list = field_list(b, n, "rules-out", false);
    o->rules_out = ARENA_ARRAY(b->a, (list ? list->count : 0) + 1, rule_out);
    for (const json *m = list ? list->first : NULL; m; m = m->next) {
        if (!fields_known(b, m, (const char *const[]){ RULE_KEYS, "say", "unknown", "sources", NULL })) {
            continue;
        }
        rule_out *r = &o->rules_out[o->rule_out_count];
        r->when = field_rule(b, m);
        r->say = field_text(b, m, "say");
        r->check = !str_empty(field_word(b, m, "unknown", (const char *const[]){ "check", NULL }, false));
        r->sources = field_sources(b, m, "sources", false, &r->source_count);
        for (uint32_t i = 0; i < o->rule_out_count; i++) {
            if (str_eq(o->rules_out[i].say, r->say)) {
                rule_repeated(b, &o->rules_out[i].when, &r->when);
            }
        }
        o->rule_out_count++;
    }
    if (b->present && o->drugs_from == DRUGS_LISTED) {
        o->rules_out[o->rule_out_count++] = *b->present;
        guideline_link_present(o);
    }
}

static void read_cautions(builder *b, const json *n, option *o)
{
    const json *list = field_list(b, n, "cautions", false);
    if (!list) {
        return;
    }
    o->cautions = ARENA_ARRAY(b->a, list->count, caution);
    for (const json *m = list->first; m; m = m->next) {
        if (!fields_known(b, m, (const char *const[]){ RULE_KEYS, "say", "standing", "sources", NULL })) {
            continue;
        }
        caution *c = &o->cautions[o->caution_count];
        c->when = field_rule(b, m);
        c->say = field_text(b, m, "say");
        c->standing = field_standing(b, m, "standing", false);
        c->sources = field_sources(b, m, "sources", false, &c->source_count);
        for (uint32_t i = 0; i < o->caution_count; i++) {
            if (str_eq(o->cautions[i].say, c->say)) {   /* one define may have several things said about it */
                rule_repeated(b, &o->cautions[i].when, &c->when);
            }
        }
        o->caution_count++;
    }
}

/* The last row must speak on every day and in every place, so that no offered option is without a standing. */
static void read_standings(builder *b, const json *n, option *o)
{
    const json *m = json_get(n, "standing");
    const json *list = json_is(m, JSON_STRING) ? NULL : field_list(b, n, "standing", true);
    if (!list) {
        o->standings = ARENA_ARRAY(b->a, 1, standing);
        if (json_is(m, JSON_STRING)) {
            o->standings[o->standing_count++] = (standing){ .when = rule_without_define(b, m), .always = true,
                                                            .standing = field_standing(b, n, "standing", true) };
        }
        return;
    }
    o->standings = ARENA_ARRAY(b->a, list->count, standing);
    for (const json *row = list->first; row; row = row->next) {
        if (!fields_known(b, row, (const char *const[]){ RULE_KEYS, "standing", "say", "sources", NULL })) {
            continue;
        }
        standing *s = &o->standings[o->standing_count];
        s->always = !json_get(row, "when");
        s->when = s->always ? rule_without_define(b, row) : field_rule(b, row);
        s->standing = field_standing(b, row, "standing", true);
        s->say = field_text_or(b, row, "say", STR(""));
        s->sources = field_sources(b, row, "sources", false, &s->source_count);
        for (uint32_t i = 0; i < o->standing_count; i++) {
            rule_repeated(b, &o->standings[i].when, &s->when);
        }
        o->standing_count++;
    }
    const condition *last = o->standing_count > 0 ? &o->standings[o->standing_count - 1].when : NULL;
    if (last && (!o->standings[o->standing_count - 1].always || last->places != UINT32_MAX || last->since.precision || last->until.precision)) {
        fault_at(b->f, last->at, "the last row of standing must hold always: without when, in, since or until");
    }
}

static void read_approval(builder *b, const json *n, uint32_t at_place, approval *out)
{
    *out = (approval){ .place = at_place, .at = place_of(b, n) };
    if (json_is(n, JSON_STRING)) {
        json wrapped = { .type = JSON_OBJECT, .line = n->line };   /* `us: 2023-01-27` is short for {since: 2023-01-27} */
        json day = *n;
        day.key = STR("since");
        day.next = NULL;
        wrapped.first = wrapped.last = &day;
        wrapped.count = 1;
        out->since = field_date(b, &wrapped, "since", true);
        return;
    }
    if (!fields_known(b, n, (const char *const[]){ "since", "until", "say", "sources", "checked", "off-label", NULL })) {
        return;
    }
    out->since = field_date(b, n, "since", true);
    out->until = field_date(b, n, "until", false);
    out->say = field_text_or(b, n, "say", STR(""));
    out->checked = field_yes(b, n, "checked", false);
    out->off_label = field_yes(b, n, "off-label", false);
    out->sources = field_sources(b, n, "sources", false, &out->source_count);
    if (out->off_label && (out->source_count == 0 || str_empty(out->say))) {
        fault_at(b->f, out->at, "off-label: say and sources are needed, since no label speaks");
    }
    if (out->since.precision && out->until.precision && date_cmp(out->until, out->since) <= 0) {
        fault_at(b->f, out->at, "the approval ends before it begins");
    }
}

static void read_approvals(builder *b, const json *n, option *o)
{
    const json *places = json_get(n, "approved");
    if (str_is(json_text(places), "not-needed")) {
        o->approved_at = place_of(b, places);
        o->nothing_to_approve = true;
        if (o->drugs_from == DRUGS_LISTED) {
            fault_at(b->f, o->approved_at, "approved: drugs that are listed need an approval, or a place where they are used off-label");
        }
        return;
    }
    if (!json_is(places, JSON_OBJECT) || places->count == 0) {
        fault_at(b->f, place_of(b, places ? places : n), "approved: a mapping from place to date should stand here");
        return;
    }
    o->approved_at = place_of(b, places);
    size_t room = 0;
    for (const json *p = places->first; p; p = p->next) {
        room += json_is(p, JSON_ARRAY) ? p->count : 1;
    }
    o->approvals = ARENA_ARRAY(b->a, room, approval);
    for (const json *p = places->first; p; p = p->next) {
        uint32_t j = 0;
        while (j < b->g->jurisdiction_count && !str_eq(p->key, b->g->jurisdictions[j])) {
            j++;
        }
        if (j == b->g->jurisdiction_count) {
            fault_at(b->f, place_of(b, p), "'%.*s' is not among the jurisdictions of guideline.yaml", STR_ARG(p->key));
            continue;
        }
        uint32_t before = o->approval_count;
        for (const json *m = json_is(p, JSON_ARRAY) ? p->first : p; m; m = json_is(p, JSON_ARRAY) ? m->next : NULL) {
            approval *x = &o->approvals[o->approval_count];
            read_approval(b, m, j, x);
            for (uint32_t i = before; i < o->approval_count; i++) {
                if (days_overlap(o->approvals[i].since, o->approvals[i].until, x->since, x->until)) {
                    fault_at(b->f, x->at, "the approval overlaps the one on line %u", o->approvals[i].at.line);
                }
            }
            o->approval_count++;
        }
    }
}

static void read_dose(builder *b, const json *n, option *o)
{
    const json *m = json_get(n, "dose");
    if (json_is(m, JSON_OBJECT)) {
        fields_known(b, m, (const char *const[]){ "text", "source", "checked", NULL });
        o->dose = field_text(b, m, "text");
        o->dose_checked = field_yes(b, m, "checked", false);
        uint32_t count;
        str *cited = field_sources(b, m, "source", false, &count);
        o->dose_source = count > 0 ? cited[0] : STR("");
        if (!json_get(m, "checked") || count > 1) {
            fault_at(b->f, place_of(b, m), "dose: 'checked' is missing or there are several sources");
        }
    } else if (m) {
        o->dose = text_of(b, m, "dose");
    }
}

static void read_option(builder *b, const json *n, tables *t)
{
    if (!fields_known(b, n, (const char *const[]){ "id", "regimen", "summary", "drugs", "for", "requires", "rules-out", "cautions", "standing",
                                                   "approved", "evidence", "dose", "monitoring", NULL })) {
        return;
    }
    option o = { .at = place_of(b, n), .disease = (uint32_t)(t->diseases.count - 1) };
    o.id = field_text(b, n, "id");
    for (size_t i = 0; i < t->options.count; i++) {
        if (str_eq(t->options.at[i].id, o.id)) {
            fault_at(b->f, o.at, "the option '%.*s' stands already in %.*s line %u", STR_ARG(o.id), STR_ARG(t->options.at[i].at.file),
                     t->options.at[i].at.line);
        }
    }
    o.regimen = field_text(b, n, "regimen");
    o.summary = field_text(b, n, "summary");
    read_drugs(b, n, &o);
    read_for(b, n, &o);
    read_requires(b, n, &o);
    read_rules_out(b, n, &o);
    read_cautions(b, n, &o);
    read_standings(b, n, &o);
    read_approvals(b, n, &o);
    o.evidence = field_sources(b, n, "evidence", true, &o.evidence_count);
    read_dose(b, n, &o);
    o.monitoring = field_texts(b, n, "monitoring", false, &o.monitoring_count);
    *VEC_PUSH(b->a, &t->options) = o;
}

void build_options(builder *b, const json *root, tables *t)
{
    if (!fields_known(b, root, (const char *const[]){ "library", "disease", "options", NULL })) {
        return;
    }
    file_libraries(b, root, true);
    const json *n = json_get(root, "disease");
    disease d = { .at = place_of(b, n) };
    if (n) {
        fields_known(b, n, (const char *const[]){ "id", "name", RULE_KEYS, NULL });
        d.id = field_text(b, n, "id");
        d.name = field_text(b, n, "name");
        d.gate = field_rule(b, n);
    } else {
        fault_at(b->f, place_of(b, root), "the key 'disease' is missing: the options would belong to nobody");
    }
    for (size_t i = 0; i < t->diseases.count; i++) {
        if (str_eq(t->diseases.at[i].id, d.id)) {
            fault_at(b->f, d.at, "the disease '%.*s' stands already in %.*s", STR_ARG(d.id), STR_ARG(t->diseases.at[i].at.file));
        }
    }
    *VEC_PUSH(b->a, &t->diseases) = d;
    const json *list = field_list(b, root, "options", true);
    for (const json *m = list ? list->first : NULL; m; m = m->next) {
        read_option(b, m, t);
    }
}
