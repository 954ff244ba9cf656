/* SPDX-License-Identifier: Apache-2.0 */
#include "report/wording.h"

#include "chart/amount.h"
#include "report/person.h"

enum { PHRASE_MAX = 64 * 1024, LISTED_AT_MOST = 6, FACTS_AT_MOST = 8, KIND_AT_MOST = 3, RESULTS_AT_MOST = 3 };

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

str words_drugs(arena *a, const plan *p, const option *o)
{
    if (!p && o->drugs_from == DRUGS_RUNNING) {
        return STR("those of the line that runs");
    }
    uint32_t count = o->drug_count;
    const drug_choice *list = p ? plan_drugs(p, o, &count) : o->drugs;
    str *parts = ARENA_ARRAY(a, count + 1u, str);
    for (uint32_t i = 0; i < count; i++) {
        parts[i] = words_join(a, list[i].names, list[i].count, " or ");
    }
    return words_join(a, parts, count, " + ");
}

str words_boxed(arena *a, const guideline *g, const plan *p, const option *o)
{
    uint32_t count = o->drug_count;
    const drug_choice *list = p ? plan_drugs(p, o, &count) : o->drugs;
    buf b = buf_make(a, BUF_MAX_DEFAULT);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < list[i].count; k++) {
            const boxed *x = guideline_boxed(g, list[i].names[k]);
            if (x && x->warning_count > 0) {
                str warnings = words_join(a, x->warnings, x->warning_count, "; ");
                buf_printf(&b, "%s%.*s: %.*s%s.", b.n ? " " : "", STR_ARG(x->drug), STR_ARG(warnings), x->checked ? "" : " " UNCHECKED);
            }
        }
    }
    return buf_str(&b);
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

str words_best(arena *a, const plan *p, const line_of_therapy *l)
{
    buf b = buf_make(a, PHRASE_MAX);
    if (!str_empty(l->measured)) {
        str say = course_say(NULL, &p->pack->course.words, l->measured), when = words_date(a, l->measured_on);
        buf_printf(&b, "best response %.*s (%.*s)", STR_ARG(say), STR_ARG(when));
    }
    if (!str_empty(l->response)) {
        buf_printf(&b, "%s %.*s", b.n > 0 ? "; reported as" : "best response", STR_ARG(l->response));
    }
    return buf_str(&b);
}

/* A line that is over ends with the last end on record: of which of its drugs there is none is told, so that nobody takes it for theirs. */
static void add_open_ends(buf *b, const line_of_therapy *l)
{
    uint32_t told = 0;
    for (uint32_t i = 0; i < l->part_count && !l->in_progress && l->end.precision != DATE_NONE; i++) {
        const line_part *x = &l->parts[i];
        if (x->end.precision == DATE_NONE && !x->goes_on) {
            buf_printf(b, "%s%.*s", told++ == 0 ? " (no end is recorded of: " : ", ", STR_ARG(x->drug));
        }
    }
    buf_add(b, told > 0 ? STR(")") : STR(""));
}

str words_line(arena *a, const plan *p, const line_of_therapy *l)
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
    add_open_ends(&b, l);
    add_stop(&b, l);
    str best = words_best(a, p, l);
    buf_printf(&b, "%s%.*s", str_empty(best) ? "" : "; ", STR_ARG(best));
    if (!str_is(l->confidence, "high") && !str_empty(l->confidence)) {
        buf_printf(&b, "; %.*s confidence (rule %.*s)", STR_ARG(l->confidence), STR_ARG(l->rule));
    }
    return buf_str(&b);
}

static bool has_digit(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= '0' && s.p[i] <= '9') {
            return true;
        }
    }
    return false;
}

static void add_measure(buf *b, const char *name, str value, const char *unit, str hazard)
{
    if (str_empty(value) && str_empty(hazard)) {
        return;
    }
    buf_printf(b, "; %s%s%s%.*s", name, has_digit(value) ? unit : "", str_empty(value) ? "" : " ", STR_ARG(value));
    if (!str_empty(hazard)) {
        buf_printf(b, "%s HR %.*s", str_empty(value) ? "" : ",", STR_ARG(hazard));
    }
}

bool words_has_numbers(const source *s) { return !str_empty(s->pfs) || !str_empty(s->pfs_hr) || !str_empty(s->os) || !str_empty(s->orr); }

str words_evidence(arena *a, const source *s)
{
    buf b = buf_make(a, PHRASE_MAX);
    buf_add(&b, str_empty(s->title) ? s->id : s->title);
    bool said = str_find(s->title, STR(" against ")) >= 0 || str_find(s->title, STR(" v ")) >= 0;
    if (!str_empty(s->comparator) && !said) {
        buf_printf(&b, " v %.*s", STR_ARG(s->comparator));
    }
    if (!str_empty(s->n)) {
        buf_printf(&b, "; n %.*s", STR_ARG(s->n));
    }
    add_measure(&b, "PFS", s->pfs, " (months)", s->pfs_hr);
    add_measure(&b, "OS", s->os, " (months)", s->os_hr);
    add_measure(&b, "ORR", s->orr, "", STR(""));
    if (!str_empty(s->note)) {
        buf_printf(&b, "; %.*s", STR_ARG(str_ends(s->note, STR(".")) ? str_head(s->note, s->note.n - 1) : s->note));
    }
    const struct { const char *name; str id; } ids[] = { { "", s->nct }, { "PMID ", s->pmid }, { "doi:", s->doi } };
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (!str_empty(ids[i].id)) {   /* one leads there; the JSON has all */
            buf_printf(&b, "; %s%.*s", ids[i].name, STR_ARG(ids[i].id));
            break;
        }
    }
    if (!s->checked) {
        buf_add(&b, STR(" " UNCHECKED));
    }
    return buf_str(&b);
}

typedef VEC(const fact *) fact_vec;

static void gather_facts(arena *a, const criterion *c, fact_vec *to)
{
    for (uint32_t k = 0; k < c->fact_count; k++) {
        bool there = false;
        for (size_t j = 0; j < to->count && !there; j++) {
            there = to->at[j] == c->facts[k];
        }
        if (!there) {
            *VEC_PUSH(a, to) = c->facts[k];
        }
    }
}

/* What has no day of its own to show: the person, and "line 1" of a line that the page has in full. */
static str undated_words(const fact *f)
{
    ptrdiff_t colon = str_is(f->code, "line-of-therapy") ? str_find_char(f->value, ':') : -1;
    return colon > 0 ? str_head(f->value, (size_t)colon) : f->value;
}

/* The results of one code, newest first: "Calcium, total 13.4 mg/dL 2026-11-20, 10.1 mg/dL 2026-08-02". */
static void add_results(arena *a, buf *b, fact_vec *all, size_t first)
{
    str code = all->at[first]->code;
    uint32_t shown = 0, more = 0;
    buf_add(b, all->at[first]->label);
    for (;;) {
        const fact *newest = NULL;
        size_t at = 0;
        for (size_t i = first; i < all->count; i++) {
            const fact *f = all->at[i];
            if (f && str_eq(f->code, code) && (!newest || date_cmp(f->when, newest->when) > 0)) {
                newest = f;
                at = i;
            }
        }
        if (!newest) {
            break;
        }
        all->at[at] = NULL;
        if (shown == RESULTS_AT_MOST) {
            more++;
            continue;
        }
        str when = words_date(a, newest->when);
        buf_printf(b, "%s %.*s %.*s%s", shown++ ? "," : "", STR_ARG(newest->value), STR_ARG(when), newest->set ? " (set)" : "");
    }
    if (more > 0) {
        buf_printf(b, " and %u earlier", more);
    }
}

str words_facts(arena *a, const criterion *criteria, uint32_t count, uint32_t roles)
{
    fact_vec all = { 0 };
    for (uint32_t i = 0; i < count; i++) {
        if (roles >> criteria[i].role & 1u) {
            gather_facts(a, &criteria[i], &all);
        }
    }
    buf b = buf_make(a, PHRASE_MAX);
    uint32_t shown = 0, more = 0;
    for (size_t i = 0; i < all.count; i++) {
        const fact *f = all.at[i];
        if (!f) {
            continue;
        }
        if (shown == FACTS_AT_MOST) {
            more++;
            continue;
        }
        buf_add(&b, shown++ ? STR("; ") : STR(""));
        if (str_is(f->code, "patient") || str_is(f->code, "line-of-therapy")) {
            buf_add(&b, undated_words(f));
        } else {
            add_results(a, &b, &all, i);
        }
    }
    if (more > 0) {
        buf_printf(&b, "; and %u more", more);
    }
    return buf_str(&b);
}

str words_amount(arena *a, const plan_amount *x)
{
    str value = amount_words(a, STR(""), x->value, x->unit);
    return arena_printf(a, "%.*s %.*s", STR_ARG(x->key->label), STR_ARG(value));
}

str words_fill(arena *a, str say, str with)
{
    ptrdiff_t at = str_find(say, STR("{}"));
    if (at < 0) {
        return say;
    }
    str head = str_head(say, (size_t)at), tail = str_from(say, (size_t)at + 2);
    return arena_printf(a, "%.*s%.*s%.*s", STR_ARG(head), STR_ARG(with), STR_ARG(tail));
}

void words_amount_add(arena *a, buf *to, const plan_amount *x, const plan_amount *before)
{
    bool said = !str_empty(x->key->say), together = before && !str_empty(x->key->under) && str_eq(before->key->under, x->key->under);
    str one = said ? words_fill(a, x->key->say, x->value) : words_amount(a, x);
    buf_add(to, !before ? STR("") : together ? STR(", ") : STR("; "));
    if (!together && !str_empty(x->key->under)) {
        buf_printf(to, "%.*s: ", STR_ARG(x->key->under));
    }
    buf_add(to, one);
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
    return days <= 120  ? arena_printf(a, "newest fact %.*s, %d day%s old", STR_ARG(when), days, days == 1 ? "" : "s")
         : days <= 730  ? arena_printf(a, "newest fact %.*s, %d months old", STR_ARG(when), days * 100 / 3044)
                        : arena_printf(a, "newest fact %.*s, %d years old", STR_ARG(when), days * 100 / 36525);
}

str words_person(arena *a, const plan *p)
{
    person who = person_of(p);
    str age = !who.age_known ? STR("age unknown")
            : who.age_least == who.age_most ? arena_printf(a, "%d years", who.age_least)
                                            : arena_printf(a, "%d or %d years", who.age_least, who.age_most);
    str as_of = words_date(a, p->as_of), fresh = newest(a, p);
    return arena_printf(a, "%.*s, %.*s; as of %.*s; %.*s", STR_ARG(str_empty(who.sex) ? STR("sex not recorded") : who.sex), STR_ARG(age),
                        STR_ARG(as_of), STR_ARG(fresh));
}

str words_patient(arena *a, const plan *p)
{
    const guideline *g = &p->pack->guideline;
    const overlay *v = p->pack->overlay;
    str local = v ? arena_printf(a, "; with local rules: %.*s %.*s (%.12s)", STR_ARG(v->name), STR_ARG(v->version), v->digest) : STR("");
    return arena_printf(a, "%.*s; jurisdiction %.*s; guideline %.*s %.*s (%.12s)%.*s", STR_ARG(words_person(a, p)), STR_ARG(p->jurisdiction),
                        STR_ARG(g->name), STR_ARG(g->version), p->pack->digest, STR_ARG(local));
}

void words_profile(page *out, arena *a, const plan *p)
{
    page_cell *cells = ARENA_ARRAY(a, p->profile_count + 1u, page_cell);
    str *unknown = ARENA_ARRAY(a, p->profile_count + 1u, str);
    uint32_t known_count = 0, unknown_count = 0;
    for (uint32_t i = 0; i < p->profile_count; i++) {
        const profile_entry *e = &p->profile[i];
        str label = str_empty(e->label) ? e->key : e->label;
        if (e->only_yes && !json_is(e->value, JSON_TRUE)) {
            continue;
        }
        if (e->unknown) {
            unknown[unknown_count++] = label;
        } else {
            cells[known_count++] = (page_cell){ label, words_value(a, e->value) };
        }
    }
    page_table(out, 2, cells, known_count);
    if (unknown_count > 0) {
        page_item(out, 2, 4, STR("Not known:"), INK_BOLD, words_join(a, unknown, unknown_count, "; "));
    }
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
        str how = words_line(a, p, l);
        page_item(out, 2, 4, lead, INK_PLAIN, arena_printf(a, "%.*s; %.*s", STR_ARG(names), STR_ARG(how)));
    }
    for (uint32_t i = 0; i < p->chart->decision_count; i++) {
        const line_decision *d = &p->chart->decisions[i];
        page_item(out, 2, 4, STR("to be settled:"), INK_YELLOW, arena_printf(a, "%.*s Read here as: %.*s.", STR_ARG(d->question), STR_ARG(d->main)));
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

/* The same text once, with its first place; a few texts of each kind. The JSON lists every one. */
static void findings(page *out, arena *a, const plan *p)
{
    const record *r = p->chart->record;
    size_t count = record_finding_count(r);
    bool *told = ARENA_ARRAY(a, count + 1, bool);
    for (size_t i = 0; i < count; i++) {
        const finding *f = record_finding_at(r, i);
        uint32_t texts = 0, rest = 0;
        for (size_t k = i; k < count; k++) {
            const finding *one = record_finding_at(r, k);
            if (told[k] || !str_eq(one->code, f->code)) {
                continue;
            }
            uint32_t more = 0;
            for (size_t j = k; j < count; j++) {
                const finding *other = record_finding_at(r, j);
                if (!told[j] && str_eq(other->code, one->code) && str_eq(other->text, one->text)) {
                    told[j] = true;
                    more++;
                }
            }
            if (texts++ >= KIND_AT_MOST) {
                rest += more;
                continue;
            }
            str where = place_of(a, p, one);
            str times = more > 1 ? arena_printf(a, " and %u more of this", more - 1) : STR("");
            page_item(out, 2, 4, STR("-"), INK_PLAIN, arena_printf(a, "%.*s%.*s%.*s", STR_ARG(one->text), STR_ARG(where), STR_ARG(times)));
        }
        if (rest > 0) {
            page_item(out, 2, 4, STR("-"), INK_PLAIN, arena_printf(a, "and %u more of this kind (%.*s)", rest, STR_ARG(f->code)));
        }
    }
}

bool words_findings_any(const plan *p) { return record_finding_count(p->chart->record) > 0 || p->chart->later_count > 0; }

void words_findings(page *out, arena *a, const plan *p)
{
    const chart *c = p->chart;
    findings(out, a, p);
    if (c->later_count == 0) {
        return;
    }
    str as_of = words_date(a, p->as_of);
    uint32_t listed = c->later_count < LISTED_AT_MOST ? c->later_count : LISTED_AT_MOST;
    buf b = buf_make(a, BUF_MAX_DEFAULT);
    for (uint32_t i = 0; i < listed; i++) {
        str when = words_date(a, c->later[i]->when);
        buf_printf(&b, "%s%.*s/%.*s %.*s", i ? ", " : "", STR_ARG(c->later[i]->type), STR_ARG(c->later[i]->id), STR_ARG(when));
    }
    if (listed < c->later_count) {
        buf_printf(&b, " and %u more", c->later_count - listed);
    }
    page_item(out, 2, 4, STR("-"), INK_PLAIN, arena_printf(a, "dated after %.*s and not used: %.*s", STR_ARG(as_of), STR_ARG(buf_str(&b))));
}
