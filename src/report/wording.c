/* SPDX-License-Identifier: Apache-2.0 */
#include "report/wording.h"

#include "report/person.h"

enum { PHRASE_MAX = 64 * 1024, LISTED_AT_MOST = 12 };

arena *words_arena(const plan *p) { return record_arena(p->chart->record); }

str words_date(arena *a, date d)
{
    char text[11];
    return d.precision == DATE_NONE ? STR("undated") : arena_str(a, date_write(d, text));
}

str words_join(arena *a, const str *at, uint32_t count, const char *between)
{
    buf b = buf_make(a, BUF_MAX_DEFAULT);
    for (uint32_t i = 0; i < count; i++) {
        if (i) {
            buf_add(&b, str_of(between));
        }
        buf_add(&b, at[i]);
    }
    return buf_str(&b);
}

str words_sentences(arena *a, const str *at, uint32_t count)
{
    buf b = buf_make(a, BUF_MAX_DEFAULT);
    for (uint32_t i = 0; i < count; i++) {
        buf_printf(&b, "%s%.*s%s", i ? " " : "", STR_ARG(at[i]), str_ends(at[i], STR(".")) ? "" : ".");
    }
    return buf_str(&b);
}

str words_drugs(arena *a, const option *o)
{
    str *parts = ARENA_ARRAY(a, o->drug_count + 1u, str);
    for (uint32_t i = 0; i < o->drug_count; i++) {
        parts[i] = words_join(a, o->drugs[i].names, o->drugs[i].count, " or ");
    }
    return words_join(a, parts, o->drug_count, " + ");
}

str words_value(arena *a, const json *v)
{
    if (json_is(v, JSON_TRUE)) {
        return STR("yes");
    }
    if (json_is(v, JSON_FALSE)) {
        return STR("no");
    }
    return str_empty(json_text(v)) ? STR("unknown") : json_text(v);
}

/* Why it ended: the reason read, else the words that could not be read, else that there are none. */
static void add_stop(buf *b, const line_of_therapy *l)
{
    bool worded = !str_empty(l->stop_text);
    if (!str_empty(l->stop_reason)) {
        buf_printf(b, "; stopped: %.*s", STR_ARG(l->stop_reason));
        if (worded && !str_eq_nocase(l->stop_text, l->stop_reason)) {
            buf_printf(b, " (recorded: %.*s)", STR_ARG(l->stop_text));
        }
        return;
    }
    if (worded) {
        buf_printf(b, "; reason recorded in words not understood: %.*s", STR_ARG(l->stop_text));
    } else if (!l->in_progress || l->presumed_progression) {
        buf_add(b, STR("; no reason recorded"));
    }
    if (l->presumed_progression) {
        buf_add(b, STR("; progression presumed"));
    }
}

str words_line(arena *a, const line_of_therapy *l)
{
    buf b = buf_make(a, PHRASE_MAX);
    if (l->start.precision == DATE_NONE && l->end.precision == DATE_NONE) {
        buf_add(&b, l->in_progress ? STR("undated, ongoing") : STR("undated"));
    } else {
        bool open = l->end.precision == DATE_NONE && l->in_progress && l->start.precision != DATE_NONE;
        str start = l->start.precision == DATE_NONE ? STR("start not recorded") : words_date(a, l->start);
        str end = l->end.precision != DATE_NONE ? words_date(a, l->end) : l->in_progress ? STR("ongoing") : STR("end not recorded");
        buf_printf(&b, open ? "since %.*s, %.*s" : "%.*s to %.*s", STR_ARG(start), STR_ARG(end));
    }
    add_stop(&b, l);
    if (!str_empty(l->response)) {
        buf_printf(&b, "; best response %.*s", STR_ARG(l->response));
    }
    if (!str_is(l->confidence, "high") && !str_empty(l->confidence)) {
        buf_printf(&b, "; %.*s confidence (rule %.*s)", STR_ARG(l->confidence), STR_ARG(l->rule));
    }
    return buf_str(&b);
}

static void add_measure(buf *b, const char *name, str value, str hazard)
{
    if (str_empty(value) && str_empty(hazard)) {
        return;
    }
    buf_printf(b, "; %s%s%.*s", name, str_empty(value) ? "" : " ", STR_ARG(value));
    if (!str_empty(hazard)) {
        buf_printf(b, "%s HR %.*s", str_empty(value) ? "" : ",", STR_ARG(hazard));
    }
}

str words_evidence(arena *a, const source *s)
{
    buf b = buf_make(a, PHRASE_MAX);
    buf_printf(&b, "%.*s", STR_ARG(str_empty(s->title) ? s->id : s->title));
    if (!str_empty(s->population) || !str_empty(s->comparator)) {
        buf_printf(&b, ": %.*s%s%.*s", STR_ARG(s->population), str_empty(s->comparator) ? "" : " v ", STR_ARG(s->comparator));
    }
    if (!str_empty(s->n)) {
        buf_printf(&b, "; n %.*s", STR_ARG(s->n));
    }
    add_measure(&b, "PFS (mo)", s->pfs, s->pfs_hr);
    add_measure(&b, "OS (mo)", s->os, s->os_hr);
    add_measure(&b, "ORR", s->orr, STR(""));
    if (!str_empty(s->note)) {
        buf_printf(&b, "; %.*s", STR_ARG(str_ends(s->note, STR(".")) ? str_head(s->note, s->note.n - 1) : s->note));
    }
    const struct { const char *name; str id; } ids[] = { { "", s->nct }, { "PMID ", s->pmid }, { "doi:", s->doi } };
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (!str_empty(ids[i].id)) {
            buf_printf(&b, "; %s%.*s", ids[i].name, STR_ARG(ids[i].id));
        }
    }
    if (!s->checked) {
        buf_add(&b, STR(" " UNCHECKED));
    }
    return buf_str(&b);
}

str words_input(str name)
{
    for (size_t i = name.n; i > 0; i--) {
        if (name.p[i - 1] == '/' && i < name.n) {
            return str_from(name, i);
        }
    }
    return name;
}

bool words_unchecked(const plan *p, const str *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const source *s = guideline_source(&p->pack->guideline, ids[i]);
        if (s && !s->checked) {
            return true;
        }
    }
    return false;
}

static str newest(arena *a, const plan *p)
{
    if (p->chart->newest.precision == DATE_NONE) {
        return STR("no fact of the record is dated");
    }
    int32_t days = date_days(p->as_of) - date_days_last(p->chart->newest);
    days = days < 0 ? 0 : days;
    str when = words_date(a, p->chart->newest);
    return arena_printf(a, "newest fact %.*s, %d day%s old", STR_ARG(when), days, days == 1 ? "" : "s");
}

str words_patient(arena *a, const plan *p)
{
    person who = person_of(p);
    str age = !who.age_known ? STR("age unknown")
            : who.age_least == who.age_most ? arena_printf(a, "%d years", who.age_least)
                                            : arena_printf(a, "%d or %d years", who.age_least, who.age_most);
    str as_of = words_date(a, p->as_of), fresh = newest(a, p);
    const guideline *g = &p->pack->guideline;
    return arena_printf(a, "%.*s, %.*s; as of %.*s; %.*s; jurisdiction %.*s; guideline %.*s %.*s (%.12s)",
                        STR_ARG(str_empty(who.sex) ? STR("sex not recorded") : who.sex), STR_ARG(age), STR_ARG(as_of), STR_ARG(fresh),
                        STR_ARG(p->jurisdiction), STR_ARG(g->name), STR_ARG(g->version), p->pack->digest);
}

void words_lines(page *out, arena *a, const plan *p)
{
    page_heading(out, STR("TREATMENT SO FAR"), INK_BOLD);
    if (p->chart->line_count == 0) {
        page_item(out, 2, 4, STR(""), INK_PLAIN, STR("no anticancer treatment recorded"));
    }
    for (uint32_t i = 0; i < p->chart->line_count; i++) {
        const line_of_therapy *l = &p->chart->lines[i];
        str names = l->drug_count ? words_join(a, l->drugs, l->drug_count, " + ") : STR("drugs not recorded");
        str setting = str_is(l->setting, "unknown") ? STR("setting unknown") : l->setting;
        str lead = arena_printf(a, "%.*s, line %u:", STR_ARG(setting), l->number);
        str how = words_line(a, l);
        page_item(out, 2, 4, lead, INK_PLAIN, arena_printf(a, "%.*s; %.*s", STR_ARG(names), STR_ARG(how)));
    }
    if (p->next_line) {
        page_item(out, 2, 4, STR("line now needed:"), INK_BOLD, arena_printf(a, "%u", p->next_line));
    }
}

static str place_of(arena *a, const plan *p, const finding *f)
{
    const record *r = p->chart->record;
    if (!f->about || f->about->derived) {
        return STR("");
    }
    const json *at = f->at && record_of(r, f->at) == f->about ? f->at : f->about->root;
    str pointer = record_pointer(r, at), input = words_input(record_input_name(r, f->about->place.input));
    if (f->about->place.line) {
        return arena_printf(a, " (%.*s line %u#%.*s)", STR_ARG(input), f->about->place.line, STR_ARG(pointer));
    }
    return arena_printf(a, " (%.*s#%.*s)", STR_ARG(input), STR_ARG(pointer));
}

/* One line for each kind of finding with the first place, and how many more there are: the JSON lists every one. */
static void findings(page *out, arena *a, const plan *p)
{
    const record *r = p->chart->record;
    size_t count = record_finding_count(r);
    bool *told = ARENA_ARRAY(a, count + 1, bool);
    for (size_t i = 0; i < count; i++) {
        const finding *f = record_finding_at(r, i);
        if (told[i]) {
            continue;
        }
        uint32_t more = 0;
        for (size_t k = i + 1; k < count; k++) {
            const finding *other = record_finding_at(r, k);
            if (!told[k] && str_eq(other->code, f->code) && str_eq(other->text, f->text)) {
                told[k] = true;
                more++;
            }
        }
        str where = place_of(a, p, f);
        str times = more ? arena_printf(a, " and %u more of this", more) : STR("");
        page_item(out, 2, 4, STR("-"), INK_PLAIN, arena_printf(a, "%.*s%.*s%.*s", STR_ARG(f->text), STR_ARG(where), STR_ARG(times)));
    }
}

void words_findings(page *out, arena *a, const plan *p)
{
    const chart *c = p->chart;
    if (record_finding_count(c->record)) {
        page_heading(out, STR("DATA FINDINGS"), INK_BOLD);
        findings(out, a, p);
    }
    if (c->later_count == 0) {
        return;
    }
    str as_of = words_date(a, p->as_of);
    page_heading(out, arena_printf(a, "NOT USED: DATED AFTER %.*s", STR_ARG(as_of)), INK_BOLD);
    uint32_t listed = c->later_count < LISTED_AT_MOST ? c->later_count : LISTED_AT_MOST;
    buf b = buf_make(a, BUF_MAX_DEFAULT);
    for (uint32_t i = 0; i < listed; i++) {
        str when = words_date(a, c->later[i]->when);
        buf_printf(&b, "%s%.*s/%.*s %.*s", i ? ", " : "", STR_ARG(c->later[i]->type), STR_ARG(c->later[i]->id), STR_ARG(when));
    }
    if (listed < c->later_count) {
        buf_printf(&b, " and %u more", c->later_count - listed);
    }
    page_item(out, 2, 4, STR(""), INK_PLAIN, buf_str(&b));
}
