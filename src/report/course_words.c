/* The words of a course that come from the record: what a resource or a sample is called, how long something took, which
 * elements it rests on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/course.h"

#include <stdlib.h>

#include "chart/suspects.h"
#include "report/wording.h"

/* Terminologies end a name with its kind: "Partial mastectomy (procedure)". People do not. */
str course_untagged(const course_rules *r, str display)
{
    for (uint32_t i = 0; i < r->tag_count; i++) {
        size_t n = r->tags[i].n + 3;
        str tail = display.n > n ? str_from(display, display.n - n) : STR("");
        bool bracketed = str_starts(tail, STR(" (")) && str_ends(tail, STR(")"));
        if (bracketed && str_eq((str){ tail.p + 2, r->tags[i].n }, r->tags[i])) {
            return str_head(display, display.n - n);
        }
    }
    return display;
}

str course_concept(const course_rules *r, const json *concept)
{
    concept = json_is(concept, JSON_ARRAY) ? concept->first : concept;
    str text = json_is(concept, JSON_STRING) ? json_text(concept) : json_get_text(concept, "text");
    const json *codings = json_get(concept, "coding");
    for (const json *k = codings ? codings->first : NULL; k && !str_empty(text); k = k->next) {
        if (str_eq(text, json_get_text(k, "display"))) {   /* a text of somebody's own stays as it is */
            return str_trim(course_untagged(r, text));
        }
    }
    for (const json *k = codings ? codings->first : NULL; k && str_empty(text); k = k->next) {
        text = course_untagged(r, json_get_text(k, "display"));
    }
    return str_trim(text);
}

static void add_sites(const course_rules *r, buf *b, const json *site)
{
    for (const json *k = json_is(site, JSON_ARRAY) ? site->first : site; k; k = json_is(site, JSON_ARRAY) ? k->next : NULL) {
        str name = course_concept(r, k);
        if (!str_empty(name) && str_find_nocase(buf_str(b), name) < 0) {
            buf_printf(b, "%s%.*s", b->n > 0 ? ", " : "", STR_ARG(name));
        }
    }
}

/* What an adverse event is laid to, as the record names it; not what it calls unlikely. */
static void add_suspects(arena *a, const plan *p, buf *b, const resource *r)
{
    const json *suspects = json_get(r->root, "suspectEntity");
    bool some = false;
    for (const json *k = suspects ? suspects->first : NULL; k; k = k->next) {
        const json *reference = json_get(k, "instance"), *target = record_target(p->chart->record, reference);
        const json *drug = json_get(target, "medicationCodeableConcept");
        str name = course_concept(&p->pack->course, drug ? drug : json_get(target, "code"));
        name = str_empty(name) ? json_get_text(reference, "display") : name;
        if (!str_empty(name) && !suspect_is_cleared(p->chart, k)) {
            buf_printf(b, some ? ", %.*s" : " (suspected: %.*s", STR_ARG(name));
            some = true;
        }
    }
    buf_add(b, some ? STR(")") : STR(""));
}

str course_name(arena *a, const plan *p, const resource *r)
{
    const course_rules *rules = &p->pack->course;
    buf b = buf_make(a, BUF_MAX_DEFAULT);
    static const char *const codes[] = { "code", "event" };
    for (size_t i = 0; i < sizeof codes / sizeof *codes && b.n == 0; i++) {
        buf_add(&b, course_concept(rules, json_get(r->root, codes[i])));
    }
    add_sites(rules, &b, json_get(r->root, "bodySite"));
    add_suspects(a, p, &b, r);
    return buf_str(&b);
}

str course_sample_name(arena *a, const plan *p, str specimen)
{
    const resource *r = str_empty(specimen) ? NULL : record_resolve(p->chart->record, specimen);
    if (!r) {
        return STR("");
    }
    buf b = buf_make(a, BUF_MAX_DEFAULT);
    buf_add(&b, course_concept(&p->pack->course, json_get(r->root, "type")));
    add_sites(&p->pack->course, &b, json_path(r->root, "collection.bodySite"));
    return buf_str(&b);
}

/* ---- time ---- */

enum { DAYS_SHOWN_BELOW = 45 };

static int32_t months_of(int32_t days) { return (days * 100 + 1522) / 3044; }   /* a month is 30.44 days; to the nearest */

str course_span(arena *a, date from, date to)
{
    if (from.precision == DATE_NONE || to.precision == DATE_NONE) {
        return STR("");
    }
    int32_t least = date_days(to) - date_days_last(from), most = date_days_last(to) - date_days(from);
    least = least < 0 ? 0 : least;
    if (most < 0) {
        return STR("");
    }
    if (least == most && most < DAYS_SHOWN_BELOW) {
        return arena_printf(a, "%d day%s", most, most == 1 ? "" : "s");
    }
    int32_t low = months_of(least), high = months_of(most);
    return low == high ? arena_printf(a, "%d month%s", low, low == 1 ? "" : "s") : arena_printf(a, "%d to %d months", low, high);
}

/* ---- sources ---- by the resource's own name, then by the place within it: the order of a Bundle does not show. */

typedef struct sorting { const json *at; const resource *of; str pointer; } sorting;

static int source_order(const void *x, const void *y)
{
    const sorting *a = x, *b = y;
    int c = str_cmp(a->of->type, b->of->type);
    c = c ? c : str_cmp(a->of->id, b->of->id);
    c = c ? c : (a->of->row > b->of->row) - (a->of->row < b->of->row);
    return c ? c : str_cmp(a->pointer, b->pointer);
}

void course_sources_add(arena *a, const plan *p, course_sources *to, const json *const *from, size_t count)
{
    const record *r = p->chart->record;
    sorting *all = ARENA_ARRAY(a, to->count + count + 1, sorting);
    size_t n = 0;
    for (size_t i = 0; i < to->count + count; i++) {
        const json *at = i < to->count ? to->at[i] : from[i - to->count];
        const resource *of = at ? record_of(r, at) : NULL;
        if (of && !of->derived) {
            all[n++] = (sorting){ at, of, json_pointer(a, of->root, at) };
        }
    }
    if (n > 1) {
        qsort(all, n, sizeof *all, source_order);
    }
    course_sources merged = { 0 };
    for (size_t i = 0; i < n; i++) {
        if (merged.count == 0 || merged.at[merged.count - 1] != all[i].at) {
            *VEC_PUSH(a, &merged) = all[i].at;
        }
    }
    *to = merged;
}
