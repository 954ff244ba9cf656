/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/amount.h"
#include "chart/chart.h"
#include "chart/derive.h"
#include "chart/lines.h"

struct hidden_stack { VEC(const resource *) list; };

static struct hidden_stack *stack_of(chart *c)
{
    if (!c->hidden) {
        c->hidden = ARENA_NEW(record_arena(c->record), struct hidden_stack);
    }
    return c->hidden;
}

static void hide(chart *c, const resource *r)
{
    if (!r->hidden) {
        record_hide(c->record, r, true);
        *VEC_PUSH(record_arena(c->record), &stack_of(c)->list) = r;
    }
}

static void hide_results(chart *c, const fact_def *d)
{
    char name[16];
    snprintf(name, sizeof name, "%.*s", STR_ARG(d->system));
    str code_system = derive_code_system(c, name);
    const resource *const *found;
    /* Hiding changes the list that record_find lends: ask again until nothing is left. */
    while (record_find(c->record, STR("Observation"), code_system, d->code, &found) > 0) {
        hide(c, found[0]);
    }
}

static bool is_word_of(const fact_def *d, str value)
{
    for (uint32_t i = 0; i < d->word_count; i++) {
        if (str_eq(d->words[i], value)) {
            return true;
        }
    }
    return false;
}

static nl_status need_plausible(arena *a, const fact_def *d, ucum_number v, nl_error *err)
{
    ucum_number edge;
    bool low = !str_empty(d->plausible_low) && ucum_read_number(d->plausible_low, &edge) && number_compare(v, edge) < 0;
    bool high = !str_empty(d->plausible_high) && ucum_read_number(d->plausible_high, &edge) && number_compare(v, edge) > 0;
    if (!low && !high) {
        return NL_OK;
    }
    str most = amount_words(a, STR(""), d->plausible_high, d->unit);
    return fail(err, NL_E_ARG, "", "%.*s is plausible from %.*s to %.*s", STR_ARG(d->code), STR_ARG(d->plausible_low), STR_ARG(most));
}

static nl_status quantity_value(const chart *c, fact_result *f, str value, nl_error *err)
{
    amount n;
    ucum_unit unit;
    ucum_number v;
    if (!amount_read(c->terms, json_string(record_arena(c->record), value), &n) || str_empty(n.number)) {
        return fail(err, NL_E_ARG, "", "a number, with or without a unit, is needed: 13.4 or \"13.4 %.*s\"", STR_ARG(f->fact->unit));
    }
    v = n.span.has_low ? n.span.low : n.span.high;
    if (!str_empty(n.unit) && (!amount_unit(c->terms, n.unit, &unit) || !amount_convert(f->fact, v, &unit, &v))) {
        return fail(err, NL_E_ARG, "", "this unit cannot be expressed in %.*s", STR_ARG(amount_unit_words(f->fact)));
    }
    TRY(need_plausible(record_arena(c->record), f->fact, v, err));
    f->word = number_text(record_arena(c->record), v);
    f->comparator = n.comparator;
    return NL_OK;
}

static nl_status read_value(const chart *c, fact_result *f, str value, nl_error *err)
{
    const fact_def *d = f->fact;
    int64_t number;
    f->word = value;
    switch (d->kind) {
    case FACT_WORD: {
        if (is_word_of(d, value)) {
            return NL_OK;
        }
        buf all = buf_make(record_arena(c->record), 4096);
        for (uint32_t i = 0; i < d->word_count; i++) {
            buf_printf(&all, "%s%.*s", i ? ", " : "", STR_ARG(d->words[i]));
        }
        return fail(err, NL_E_ARG, "", "%.*s may be %.*s, or %s", STR_ARG(d->code), STR_ARG(buf_str(&all)), d->open ? "unknown" : "none");
    }
    case FACT_QUANTITY:
        return quantity_value(c, f, value, err);
    case FACT_INTEGER:
        return str_to_i64(value, &number) ? need_plausible(record_arena(c->record), d, (ucum_number){ .unscaled = number }, err)
                                          : fail(err, NL_E_ARG, "", "%.*s is a whole number", STR_ARG(d->code));
    case FACT_BOOLEAN:
        return str_is(value, "true") || str_is(value, "false") ? NL_OK : fail(err, NL_E_ARG, "", "%.*s is true or false", STR_ARG(d->code));
    case FACT_DATE:
        if (!str_is(value, "yes") && !date_read(value, &f->when)) {
            return fail(err, NL_E_ARG, "", "%.*s is a date, or yes, or none", STR_ARG(d->code));
        }
        return date_after(f->when, c->as_of) ? fail(err, NL_E_ARG, "", "%.*s cannot be dated after the day of the plan", STR_ARG(d->code)) : NL_OK;
    }
    return fail(err, NL_E_ARG, "", "not settable");
}

nl_status chart_set(chart *c, str fact, str value, str method, nl_error *err)
{
    const fact_def *d = terms_fact(c->terms, fact), *defs;
    if (!d) {
        return fail(err, NL_E_ARG, "", "no fact is called '%.*s'", STR_ARG(str_head(fact, 60)));
    }
    fact_result f = { .fact = d, .when = c->as_of, .method = str_empty(d->set_method) || str_empty(method) ? d->set_method : method, .set = true };
    bool away = str_is(value, d->open ? "unknown" : "none");
    if (!away) {
        TRY(read_value(c, &f, arena_str(record_arena(c->record), value), err));
    }
    hide_results(c, d);
    size_t count = terms_facts(c->terms, &defs);
    for (size_t i = 0; i < count; i++) {
        bool excluded = str_eq(defs[i].xuln_of, d->code);
        for (uint32_t k = 0; k < d->exclude_count && !excluded; k++) {
            excluded = str_eq(d->excludes[k], defs[i].code);
        }
        if (excluded) {
            hide_results(c, &defs[i]);
        }
    }
    if (!away) {
        (void)derive_fact(c, &f);
    }
    return NL_OK;
}

void chart_presume(chart *c, const line_of_therapy *line, str stop_reason)
{
    const resource *recorded = line->derived;
    CHECK(recorded != NULL);
    hide(c, recorded);
    (void)record_append(c->record, line_presumed(c, line, stop_reason), recorded->when, recorded->sources, recorded->source_count);
}

static void stand(chart *c, uint32_t reading)
{
    c->reading = reading;
    c->lines = c->readings[reading].lines;
    c->line_count = c->readings[reading].line_count;
}

void chart_read(chart *c, uint32_t reading)
{
    CHECK(reading < c->reading_count);
    size_t count = record_count(c->record);
    for (size_t i = count - record_derived_count(c->record); i < count; i++) {   /* derived ones stand last */
        const resource *r = record_at(c->record, i);
        if (lines_is_one(c, r)) {
            hide(c, r);
        }
    }
    lines_append(c, reading);
    stand(c, reading);
}

chart_mark chart_get_mark(const chart *c)
{
    return (chart_mark){ record_derived_count(c->record), c->hidden ? c->hidden->list.count : 0, c->reading };
}

void chart_undo(chart *c, chart_mark m)
{
    CHECK(m.derived <= record_derived_count(c->record));
    struct hidden_stack *s = stack_of(c);
    CHECK(m.hidden <= s->list.count);
    while (s->list.count > m.hidden) {
        record_hide(c->record, s->list.at[--s->list.count], false);
    }
    record_truncate(c->record, m.derived);
    if (c->reading != m.reading) {
        stand(c, m.reading);
    }
}
