/* Measured values: one number in the one unit of the fact. What cannot be trusted is handed over without its value. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/amount.h"
#include "chart/facts.h"

static str written(facts_job *j, const entry *e, const amount *n)
{
    if (json_is(e->value, JSON_STRING)) {
        return e->value->text;
    }
    str unit = json_get_text(e->value, "unit");
    return amount_words(j->a, n->comparator, n->number, str_empty(unit) ? n->unit : unit);
}

static bool implausible(const fact_def *d, ucum_number v)
{
    ucum_number edge;
    return (ucum_read_number(d->plausible_low, &edge) && number_compare(v, edge) < 0)
           || (ucum_read_number(d->plausible_high, &edge) && number_compare(v, edge) > 0);
}

/* Keeps the record's digits where nothing was converted. */
static str digits(facts_job *j, const amount *n, ucum_number v)
{
    ucum_number as_written;
    if (ucum_read_number(n->number, &as_written) && number_compare(as_written, v) == 0 && str_find_char(n->number, 'e') < 0
        && str_find_char(n->number, 'E') < 0) {
        return n->number;
    }
    return number_text(j->a, v);
}

/* The value over the upper limit of normal of its own report. */
static void collect_xuln(facts_job *j, const fact_def *d, const fact_result *f, const entry *e, ucum_number v, const ucum_unit *unit)
{
    const fact_def *defs, *x = NULL;
    size_t count = terms_facts(j->c->terms, &defs);
    for (size_t i = 0; i < count && !x; i++) {
        x = str_eq(defs[i].xuln_of, d->code) ? &defs[i] : NULL;
    }
    const json *ranges = x ? json_get(e->node, "referenceRange") : NULL;
    const json *high = NULL;
    for (const json *k = ranges ? ranges->first : NULL; k; k = k->next) {
        if (json_get(k, "high") && high) {
            return;   /* several limits: which one is meant is not said in one way */
        }
        high = json_get(k, "high") ? json_get(k, "high") : high;
    }
    amount limit;
    ucum_unit limit_unit = *unit;
    ucum_number top, ratio;
    if (!high || !amount_read(j->c->terms, high, &limit) || str_empty(limit.number) || !str_empty(limit.comparator)
        || (!str_empty(limit.unit) && !amount_unit(j->c->terms, limit.unit, &limit_unit))
        || !amount_convert(d, limit.span.low, &limit_unit, &top) || !number_divide(v, top, &ratio)) {
        return;
    }
    fact_result r = *f;
    r.fact = x;
    r.word = number_text(j->a, ratio);
    const json **sources = ARENA_ARRAY(j->a, 2, const json *);
    sources[0] = source_of(e);
    sources[1] = high;
    r.sources = sources;
    r.source_count = 2;
    collect(j, &r, e, sample_key(j, e));
}

void quantity_collect(facts_job *j, const fact_def *d, const entry *e, bool contradicted)
{
    amount n;
    ucum_unit unit;
    ucum_number v = { 0 };
    if (!e->value || str_is(word_of_value(j->c, e->value, STR("no-value")).word, "unknown")) {
        return;
    }
    const json **sources = ARENA_ARRAY(j->a, 1, const json *);
    sources[0] = source_of(e);
    fact_result f = { .fact = d, .when = e->when, .specimen = STR(""), .sources = sources, .source_count = 1, .absent = STR("error") };
    if (!amount_read(j->c->terms, e->value, &n) || str_empty(n.number)) {
        f.text = json_text(e->value);
        note(j, "value-not-understood", e, e->value, "%.*s: the value of %.*s is not one number and was not used.", STR_ARG(d->label),
             STR_ARG(name_of(j, e)));
        collect(j, &f, e, sample_key(j, e));
        return;
    }
    f.text = written(j, e, &n);
    if (contradicted) {
        collect(j, &f, e, sample_key(j, e));
        return;
    }
    ucum_number raw = n.span.has_low ? n.span.low : n.span.high;
    if (str_empty(str_trim(n.unit)) && str_is(d->unit, "1")) {
        n.unit = d->unit;   /* a count or a score needs none */
    }
    if (str_empty(str_trim(n.unit))) {
        note(j, "unit-missing", e, e->value, "%.*s: \"%.*s\" has no unit and was not used.", STR_ARG(d->label), STR_ARG(f.text));
    } else if (!amount_unit(j->c->terms, n.unit, &unit)) {
        note(j, "unit-unknown", e, e->value, "%.*s: the unit of \"%.*s\" is not known; the value was not used.", STR_ARG(d->label),
             STR_ARG(f.text));
    } else if (!amount_convert(d, raw, &unit, &v)) {
        note(j, "unit-unfit", e, e->value, "%.*s: \"%.*s\" cannot be expressed in %.*s and was not used.", STR_ARG(d->label), STR_ARG(f.text),
             STR_ARG(amount_unit_words(d)));
    } else if (implausible(d, v)) {
        str most = amount_words(j->a, STR(""), d->plausible_high, d->unit);
        note(j, "implausible", e, e->value, "%.*s: \"%.*s\" is outside what is plausible (%.*s to %.*s); check the entry. It was not used.",
             STR_ARG(d->label), STR_ARG(f.text), STR_ARG(d->plausible_low), STR_ARG(most));
    } else {
        f.absent = STR("");
        f.word = digits(j, &n, v);
        f.comparator = n.comparator;
        collect(j, &f, e, sample_key(j, e));
        collect_xuln(j, d, &f, e, v, &unit);
        return;
    }
    collect(j, &f, e, sample_key(j, e));
}
