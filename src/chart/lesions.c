/* What was seen of each lesion, from any shape it is recorded in: a size with a focus on a BodyStructure, with components for its axes,
 * its role and its state, or with no more than a site. Findings of near days are one visit. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/amount.h"
#include "chart/response.h"

#include <stdlib.h>

typedef struct reader {
    chart            *c;
    arena            *a;
    const entry_list *all;
    VEC(sighting)     list;
} reader;

typedef struct group { const entry *first, *last; } group;   /* the entries of one Observation */

/* ---- numbers ---- */

bool micro_of(ucum_number n, int64_t *out)
{
    ucum_wide v = n.unscaled, rest = 0;
    const ucum_wide most = (ucum_wide)MILLION * MILLION;
    for (int32_t s = n.scale; s > 6 && v != 0; s--) {
        rest = v % 10;
        v /= 10;
    }
    v += rest >= 5 ? 1 : rest <= -5 ? -1 : 0;
    for (int32_t s = n.scale; s < 6 && v != 0; s++) {
        v *= 10;
        if (v > most || v < -most) {
            return false;
        }
    }
    if (v > most || v < -most) {
        return false;
    }
    *out = (int64_t)v;
    return true;
}

str micro_text(arena *a, int64_t v)
{
    uint64_t u = v < 0 ? (uint64_t)-v : (uint64_t)v;
    str text = arena_printf(a, "%s%llu.%06llu", v < 0 ? "-" : "", (unsigned long long)(u / MILLION), (unsigned long long)(u % MILLION));
    while (text.p[text.n - 1] == '0') {
        text.n--;
    }
    text.n -= text.p[text.n - 1] == '.' ? 1 : 0;
    return text;
}

str percent_text(arena *a, int64_t now, int64_t before)
{
    if (before <= 0) {
        return STR("");
    }
    ucum_wide change = ((ucum_wide)now - before) * 1000, half = before / 2;
    int64_t tenths = (int64_t)((change + (change < 0 ? -half : half)) / before);
    uint64_t u = tenths < 0 ? (uint64_t)-tenths : (uint64_t)tenths;
    return arena_printf(a, "%s%llu.%llu", tenths < 0 ? "-" : "", (unsigned long long)(u / 10), (unsigned long long)(u % 10));
}

/* ---- one Observation ---- */

static void tell(reader *x, const char *code, const entry *e, const json *at, const char *what)
{
    record_finding(x->c->record, code, e->from, at ? at : e->node, str_of(what));
}

/* What the Observation says of the topic: where it gives a value, else where it only names it. */
static const entry *about(const reader *x, group g, const char *topic)
{
    const entry *named = NULL;
    for (const entry *e = g.first; e < g.last; e++) {
        if (entry_is(x->c, e, STR("about"), str_of(topic))) {
            if (e->value) {
                return e;
            }
            named = named ? named : e;
        }
    }
    return named;
}

static void add_source(sighting *s, const json *at)
{
    for (uint32_t i = 0; i < s->source_count; i++) {
        if (s->sources[i] == at) {
            return;
        }
    }
    if (at && s->source_count < sizeof s->sources / sizeof *s->sources) {
        s->sources[s->source_count++] = at;
    }
}

typedef enum length_read { LENGTH_NONE, LENGTH_READ, LENGTH_BELOW } length_read;   /* below: seen, too small for a number */

static length_read length_of(reader *x, const entry *e, int64_t *out)
{
    amount n;
    ucum_unit unit, mm;
    ucum_number v;
    if (!e || !e->value || !json_is(e->value, JSON_OBJECT) || !json_get(e->value, "value") || !amount_read(x->c->terms, e->value, &n) || str_empty(n.number)) {
        return LENGTH_NONE;
    }
    CHECK(ucum_parse(STR("mm"), &mm));
    if (str_empty(str_trim(n.unit)) || !amount_unit(x->c->terms, n.unit, &unit) || !ucum_convert(n.span.has_low ? n.span.low : n.span.high, &unit, &mm, &v)
        || !micro_of(v, out) || *out < 0) {
        tell(x, "lesion-size-not-understood", e, e->value, "The size of a lesion has no unit of length, or cannot be; it was not used.");
        return LENGTH_NONE;
    }
    if (!str_empty(n.comparator)) {
        return str_starts(n.comparator, STR("<")) ? LENGTH_BELOW : LENGTH_NONE;
    }
    return LENGTH_READ;
}

static str lower(arena *a, str s)
{
    str copy = arena_str(a, str_trim(s));
    char *p = ARENA_ARRAY(a, copy.n + 1, char);
    for (size_t i = 0; i < copy.n; i++) {
        p[i] = copy.p[i] >= 'A' && copy.p[i] <= 'Z' ? (char)(copy.p[i] - 'A' + 'a') : copy.p[i];
    }
    return (str){ p, copy.n };
}

static str words_of(const json *concept)
{
    str text = json_get_text(concept, "text");
    const json *codings = json_get(concept, "coding");
    for (const json *k = codings ? codings->first : NULL; k && str_empty(text); k = k->next) {
        text = json_get_text(k, "display");
        text = str_empty(text) ? json_get_text(k, "code") : text;
    }
    return text;
}

/* The BodyStructure that the Observation is about, and the reference to it. */
static const json *body_structure(const reader *x, const resource *r, str *reference)
{
    const json *focus = json_get(r->root, "focus"), *extensions = json_get(r->root, "extension");
    const json *lists[] = { focus, extensions };
    for (size_t i = 0; i < 2; i++) {
        for (const json *k = lists[i] ? lists[i]->first : NULL; k; k = k->next) {
            const json *at = i == 0 ? k : json_get(k, "valueReference");
            const json *target = at ? record_target(x->c->record, at) : NULL;
            bool named = at && str_find(json_get_text(at, "reference"), STR("BodyStructure/")) >= 0;
            if (named || str_is(json_get_text(target, "resourceType"), "BodyStructure")) {
                *reference = json_get_text(at, "reference");
                return target ? target : at;
            }
        }
    }
    return NULL;
}

static const json *first_of(const json *n) { return json_is(n, JSON_ARRAY) ? n->first : n; }

static void read_place(reader *x, group g, sighting *s)
{
    str reference = STR(""), name = STR("");
    const json *body = body_structure(x, s->from, &reference);
    const json *own_site = first_of(json_get(s->from->root, "bodySite"));
    const json *site = own_site ? own_site : json_get(body, "location");
    const entry *id = about(x, g, "lesion-identifier");
    s->site = word_of_value(x->c, site, STR("lesion-site")).word;
    s->site = str_is(s->site, "unknown") ? STR("") : s->site;
    s->node = str_is(s->site, "node");
    if (str_empty(s->site)) {
        s->site = lower(x->a, words_of(site));
    }
    if (id && id->value) {
        name = json_is(id->value, JSON_OBJECT) ? words_of(id->value) : json_text(id->value);
    }
    const json *identifiers = json_get(body, "identifier");
    for (const json *k = identifiers ? identifiers->first : NULL; k && str_empty(name); k = k->next) {
        name = json_get_text(k, "value");
    }
    if (!str_empty(name)) {
        s->key = arena_printf(x->a, "id %.*s", STR_ARG(lower(x->a, name)));
    } else if (body) {
        s->key = arena_printf(x->a, "body %.*s", STR_ARG(reference));
    } else {
        s->key = arena_printf(x->a, "site %.*s|%.*s", STR_ARG(lower(x->a, words_of(site))), STR_ARG(lower(x->a, entry_label(g.first))));
    }
    const entry *role = about(x, g, "lesion-role");
    s->role = role && role->value ? word_of_value(x->c, role->value, STR("lesion-role")).word : STR("");
    if (str_empty(s->role)) {
        s->role = terms_word_of_text(x->c->terms, STR("lesion-role"), entry_label(g.first)).word;
    }
    if (str_empty(s->role) && body) {
        s->role = terms_word_of_text(x->c->terms, STR("lesion-role"), json_get_text(body, "description")).word;
    }
    add_source(s, role ? role->value : NULL);
}

static void read_state(reader *x, group g, sighting *s)
{
    const entry *state = about(x, g, "lesion-state");
    const json *value = state ? state->value : g.first->value;
    if (value && !(json_is(value, JSON_OBJECT) && json_get(value, "value"))) {
        word_read w = word_of_value(x->c, value, STR("lesion-state"));
        s->state = str_is(w.word, "unknown") ? STR("not-assessed") : w.word;
        if (str_empty(w.word) && w.given) {
            tell(x, "value-not-understood", state ? state : g.first, value, "What a lesion is said to be is not understood and was not used.");
        }
        add_source(s, value);
    } else if (!value && (state ? state->absent : g.first->absent)) {
        s->state = STR("not-assessed");
    }
}

/* The axis that counts: the longest, of a node the shortest. A node with one size of no named axis is taken at its word. */
static void read_size(reader *x, group g, sighting *s)
{
    int64_t whole = 0, longest = 0, other = 0, small = 0;
    const entry *whole_at = about(x, g, "tumor-size"), *longest_at = about(x, g, "tumor-longest");
    const entry *other_at = about(x, g, "tumor-other-dimension"), *short_at = about(x, g, "tumor-short-axis");
    length_read has_whole = length_of(x, whole_at, &whole), has_longest = length_of(x, longest_at, &longest);
    length_read has_other = length_of(x, other_at, &other), has_short = length_of(x, short_at, &small);
    length_read has = LENGTH_NONE;
    const entry *at = NULL;
    if (s->node) {
        has = has_short ? has_short : has_longest == LENGTH_READ && has_other == LENGTH_READ ? LENGTH_READ : has_longest ? LENGTH_NONE : has_whole;
        s->size = has_short ? small : has_longest && has_other ? (longest < other ? longest : other) : whole;
        at = has_short ? short_at : has_longest && has_other ? (longest < other ? longest_at : other_at) : whole_at;
        bool gone = has_longest == LENGTH_READ && longest == 0;
        s->short_axis_missing = has == LENGTH_NONE && has_longest && !gone;
        has = gone ? LENGTH_READ : has;
        s->size = gone ? 0 : s->size;
        at = gone ? longest_at : at;
        if (s->short_axis_missing) {
            tell(x, "short-axis-missing", longest_at, longest_at->value, "A lymph node is recorded without its short axis; it was not used as a measure.");
        }
    } else {
        has = has_longest ? has_longest : has_whole ? has_whole : has_short;
        s->size = has_longest ? longest : has_whole ? whole : small;
        at = has_longest ? longest_at : has_whole ? whole_at : short_at;
    }
    s->measured = has == LENGTH_READ;
    if (has == LENGTH_BELOW && str_empty(s->state)) {
        s->state = STR("too-small");
    }
    if (has != LENGTH_NONE && at) {
        add_source(s, at->value);
    }
}

/* Cut out and measured on the bench, or by a method that does not count. */
static bool is_followed(reader *x, group g)
{
    const json *method = json_get(g.first->from->root, "method");
    str word = method ? word_of_value(x->c, method, STR("lesion-method")).word : STR("");
    if (str_is(word, "not-valid")) {
        tell(x, "lesion-method", g.first, method, "A lesion was measured by a method that does not count for response; it was not used.");
    }
    return str_empty(word) || str_is(word, "unknown");
}

static bool is_usable(reader *x, const entry *e)
{
    if (!str_empty(e->barred)) {
        return false;
    }
    if (e->when.precision != DATE_DAY) {
        tell(x, "lesion-undated", e, e->node, "What was seen of a lesion has no day and was not used for response.");
        return false;
    }
    return true;
}

/* An answer for the whole visit. */
static bool read_whole(reader *x, const entry *e, const char *topic, const char *set, sighting_kind kind)
{
    if (e->parent || !entry_is(x->c, e, STR("about"), str_of(topic))) {
        return false;
    }
    word_read w = word_of_entry(x->c, e, str_of(set));
    str word = str_is(w.word, "unknown") ? kind == SEEN_NEW_LESIONS ? STR("not-assessed") : STR("ne") : w.word;
    bool numbered = json_is(e->value, JSON_OBJECT) && json_get(e->value, "value");
    if (numbered) {
        return false;
    }
    if (str_empty(word) && w.given) {
        tell(x, "value-not-understood", e, e->value, "What is said of the lesions of a visit is not understood and was not used.");
    } else if (!str_empty(word) && is_usable(x, e)) {
        sighting s = { .kind = kind, .from = e->from, .when = e->when, .key = str_of(topic), .state = word, .report = e->report };
        add_source(&s, e->value ? e->value : e->node);
        *VEC_PUSH(x->a, &x->list) = s;
    }
    return true;
}

static void read_group(reader *x, group g)
{
    if (read_whole(x, g.first, "new-lesion", "new-lesion-word", SEEN_NEW_LESIONS)
        || read_whole(x, g.first, "non-target-response", "non-target-word", SEEN_NON_TARGETS)) {
        return;
    }
    static const char *const topics[] = { "tumor-size", "tumor-longest", "tumor-short-axis", "lesion-state" };
    bool is_lesion = false;
    for (size_t i = 0; i < sizeof topics / sizeof *topics && !is_lesion; i++) {
        is_lesion = about(x, g, topics[i]) != NULL;
    }
    if (!is_lesion || !is_followed(x, g) || !is_usable(x, g.first)) {
        return;
    }
    sighting s = { .kind = SEEN_LESION, .from = g.first->from, .when = g.first->when, .report = g.first->report };
    read_place(x, g, &s);
    read_state(x, g, &s);
    read_size(x, g, &s);
    if (s.source_count == 0) {
        add_source(&s, g.first->code ? g.first->code : g.first->node);
    }
    *VEC_PUSH(x->a, &x->list) = s;
}

/* ---- visits ---- */

static int sighting_order(const void *px, const void *py)
{
    const sighting *x = px, *y = py;
    int c = date_cmp(x->when, y->when);
    c = c ? c : str_cmp(x->key, y->key);
    c = c ? c : (x->measured > y->measured) - (x->measured < y->measured);
    c = c ? c : (x->size > y->size) - (x->size < y->size);
    c = c ? c : str_cmp(x->state, y->state);
    c = c ? c : str_cmp(x->role, y->role);
    c = c ? c : str_cmp(x->from->id, y->from->id);
    return c ? c : (x->from->row > y->from->row) - (x->from->row < y->from->row);
}

/* Said twice of one day: the same is said once, two sizes are no size. */
static void settle_repeats(reader *x)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->list.count; i++) {
        sighting s = x->list.at[i];
        sighting *before = kept > 0 ? &x->list.at[kept - 1] : NULL;
        if (!before || !str_eq(before->key, s.key) || date_cmp(before->when, s.when) != 0) {
            x->list.at[kept++] = s;
            continue;
        }
        bool same = (!before->measured || !s.measured || before->size == s.size)
                    && (str_empty(before->state) || str_empty(s.state) || str_eq(before->state, s.state));
        if (!same || before->disagree) {
            before->disagree = true;
            before->measured = false;
            before->state = STR("not-assessed");
        } else {
            before->size = before->measured ? before->size : s.size;
            before->measured = before->measured || s.measured;
            before->state = str_empty(before->state) ? s.state : before->state;
            before->role = str_empty(before->role) ? s.role : before->role;
            before->site = str_empty(before->site) ? s.site : before->site;
            before->node = before->node || s.node;
        }
        for (uint32_t k = 0; k < s.source_count; k++) {
            add_source(before, s.sources[k]);
        }
    }
    x->list.count = kept;
}

static bool crosses(const int32_t *starts, size_t count, int32_t from, int32_t to)
{
    for (size_t i = 0; i < count; i++) {
        if (from <= starts[i] && to > starts[i]) {
            return true;
        }
    }
    return false;
}

/* Whether something of this day was already seen on an earlier day of the visit. */
static bool seen_again(reader *x, const sighting *list, size_t from, size_t day, size_t end)
{
    for (size_t i = day; i < end; i++) {
        for (size_t k = from; k < day; k++) {
            arena_step(x->a);
            if (str_eq(list[i].key, list[k].key)) {
                return true;
            }
        }
    }
    return false;
}

size_t visits_make(chart *c, const entry_list *entries, const int32_t *starts, size_t start_count, const visit **out)
{
    reader x = { .c = c, .a = record_arena(c->record), .all = entries };
    for (size_t i = 0; i < entries->count;) {
        group g = { &entries->at[i], &entries->at[i] + 1 };
        while (g.last < entries->at + entries->count && g.last->from == g.first->from) {
            g.last++;
        }
        if (str_is(g.first->from->type, "Observation")) {
            read_group(&x, g);
        }
        i = (size_t)(g.last - entries->at);
    }
    if (x.list.count > 0) {
        qsort(x.list.at, x.list.count, sizeof *x.list.at, sighting_order);
        settle_repeats(&x);
    }
    VEC(visit) visits = { 0 };
    int32_t window = (int32_t)c->terms->response->visit_days;
    for (size_t i = 0, from = 0; i < x.list.count;) {
        size_t end = i + 1;
        int32_t day = date_days(x.list.at[i].when);
        while (end < x.list.count && date_days(x.list.at[end].when) == day) {
            end++;
        }
        visit *v = visits.count > 0 ? &visits.at[visits.count - 1] : NULL;
        if (!v || day - date_days(v->first) > window || crosses(starts, start_count, date_days(v->first), day) || seen_again(&x, x.list.at, from, i, end)) {
            from = i;
            *VEC_PUSH(x.a, &visits) = (visit){ .first = x.list.at[i].when, .at = &x.list.at[i] };
            v = &visits.at[visits.count - 1];
        }
        v->when = x.list.at[i].when;
        v->count += end - i;
        i = end;
    }
    *out = visits.at;
    return visits.count;
}
