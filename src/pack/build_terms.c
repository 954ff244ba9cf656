/* facts.yaml: each fact, how it is read, and whether everything it names is there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_terms.h"

#include "pack/build_fields.h"
#include "pack/build_terminology.h"
#include "pack/yaml.h"
#include "ucum/ucum.h"

typedef struct facts_builder {
    builder       y;          /* fields of facts.yaml */
    terms_builder *b;
    const json    *readings;  /* named lists */
    str            fact;      /* the one being read: what $code stands for */
} facts_builder;

/* The text with $code replaced. */
static str expanded(const facts_builder *fb, str text)
{
    ptrdiff_t at = str_find(text, STR("$code"));
    if (at < 0) {
        return text;
    }
    str rest = str_from(text, (size_t)at + 5);
    return arena_printf(fb->b->a, "%.*s%.*s%.*s", STR_ARG(str_head(text, (size_t)at)), STR_ARG(fb->fact), STR_ARG(rest));
}

static str text_or_none(facts_builder *fb, const json *n, const char *key)
{
    return expanded(fb, field_text_or(&fb->y, n, key, STR("")));
}

static void need_set(facts_builder *fb, const json *n, str set, str word)
{
    if (str_empty(set) || set_has(fb->b->t, set, word)) {
        return;
    }
    if (!set_has(fb->b->t, set, STR(""))) {
        fault_at(fb->y.f, place_of(&fb->y, n), "no vocabulary has the set '%.*s'", STR_ARG(set));
    } else {
        fault_at(fb->y.f, place_of(&fb->y, n), "nothing in set '%.*s' means '%.*s'", STR_ARG(set), STR_ARG(word));
    }
}

static str set_or_none(facts_builder *fb, const json *n, const char *key)
{
    str set = text_or_none(fb, n, key);
    need_set(fb, n, set, STR(""));
    return set;
}

/* One set, or a list of them, as their names between blanks. */
static str sets_of(facts_builder *fb, const json *n)
{
    uint32_t count = 0;
    str *sets = field_texts(&fb->y, n, "words", false, &count);
    buf b = buf_make(fb->b->a, 4096);
    for (uint32_t i = 0; i < count; i++) {
        need_set(fb, n, sets[i], STR(""));
        buf_printf(&b, "%s%.*s", i ? " " : "", STR_ARG(sets[i]));
    }
    return buf_str(&b);
}

static part_def part_of(facts_builder *fb, const json *n)
{
    part_def p = {
        .part = text_or_none(fb, n, "part"), .component = text_or_none(fb, n, "component"), .words = sets_of(fb, n),
        .cuts = text_or_none(fb, n, "cuts"), .is = text_or_none(fb, n, "is"),               .is_not = text_or_none(fb, n, "is-not"),
    };
    if (str_empty(p.part)) {
        p.part = STR("value");
    }
    if (!str_empty(p.component)) {
        need_set(fb, n, STR("about"), p.component);
    }
    if (!str_empty(p.cuts) && !terms_cuts(fb->b->t, p.cuts)) {
        fault_at(fb->y.f, place_of(&fb->y, n), "no cuts are named '%.*s'", STR_ARG(p.cuts));
    }
    if ((!str_empty(p.words) + !str_empty(p.cuts) + !str_empty(p.is)) > 1 && str_empty(p.words)) {
        fault_at(fb->y.f, place_of(&fb->y, n), "an answer is read by words, by cuts, or is given: one of these");
    }
    return p;
}

static const struct { const char *key; reading_type type; } types[] = {
    { "observation", READ_OBSERVATION }, { "condition", READ_CONDITION }, { "procedure", READ_PROCEDURE },
    { "allergy", READ_ALLERGY }, { "family", READ_FAMILY }, { "adverse-event", READ_ADVERSE }, { "plan-review", READ_REVIEW },
    { "fact", READ_FACT },
};

static void read_type(facts_builder *fb, const json *n, fact_reading *r)
{
    const json *which = NULL;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const json *m = json_get(n, types[i].key);
        if (m && which) {
            fault_at(fb->y.f, place_of(&fb->y, m), "one reading names one kind of resource");
        } else if (m) {
            which = m;
            r->type = types[i].type;
        }
    }
    if (!which) {
        fault_at(fb->y.f, place_of(&fb->y, n), "a reading needs observation, condition, procedure, allergy, family, adverse-event, plan-review or fact");
        return;
    }
    char key[24];
    snprintf(key, sizeof key, "%.*s", STR_ARG(which->key));
    const json *named = n;
    if (json_is(which, JSON_OBJECT)) {
        (void)fields_known(&fb->y, which, (const char *const[]){ "in", NULL });
        r->set = field_text(&fb->y, which, "in");
        need_set(fb, which, r->set, STR(""));
        return;
    }
    bool coded = r->type != READ_OBSERVATION && r->type != READ_FACT;
    if (coded && json_is(which, JSON_STRING) && str_is(which->text, "any")) {
        r->any = true;
        return;
    }
    r->topics = field_texts(&fb->y, named, key, true, &r->topic_count);
    for (uint32_t i = 0; i < r->topic_count; i++) {
        r->topics[i] = expanded(fb, r->topics[i]);
    }
    if (r->type == READ_FACT) {
        const fact_def *of = r->topic_count == 1 ? terms_fact(fb->b->t, r->topics[0]) : NULL;
        if (!of) {
            fault_at(fb->y.f, place_of(&fb->y, which), "fact: one fact that stands above");
        }
        r->fact_word = text_or_none(fb, n, "word");
        return;
    }
    r->set = field_text_or(&fb->y, n, "in", STR("about"));
    for (uint32_t i = 0; i < r->topic_count; i++) {
        need_set(fb, which, r->set, r->topics[i]);
    }
}

static const char *const reading_keys[] = { "observation", "condition", "procedure", "allergy", "family", "adverse-event", "plan-review", "fact", "unless", "in",
                                            "at", "word", "words", "cuts", "is", "is-not", "part", "otherwise", "with", "where", "label", "not-label", "related",
                                            "not-related", "when", "suspected", "stage", "method-is", NULL };

static fact_reading reading_of(facts_builder *fb, const json *n)
{
    fact_reading r = { .line = n->line, .set = STR("about") };
    if (!fields_known(&fb->y, n, reading_keys)) {
        return r;
    }
    read_type(fb, n, &r);
    r.unless = field_texts(&fb->y, n, "unless", false, &r.unless_count);
    for (uint32_t i = 0; i < r.unless_count; i++) {
        need_set(fb, n, STR("about"), r.unless[i]);
    }
    r.answer = part_of(fb, n);
    const json *otherwise = json_get(n, "otherwise");
    if (otherwise && fields_known(&fb->y, otherwise, (const char *const[]){ "part", "words", "cuts", NULL })) {
        r.otherwise = part_of(fb, otherwise);
    }
    const json *with = field_list(&fb->y, n, "with", false);
    r.with = ARENA_ARRAY(fb->b->a, with ? with->count : 0, part_def);
    for (const json *m = with ? with->first : NULL; m; m = m->next) {
        if (fields_known(&fb->y, m, (const char *const[]){ "component", "part", "words", "cuts", NULL })) {
            r.with[r.with_count++] = part_of(fb, m);
        }
    }
    const json *where = json_get(n, "where");
    if (where && fields_known(&fb->y, where, (const char *const[]){ "component", "in", "word", NULL })) {
        r.where_component = expanded(fb, field_text(&fb->y, where, "component"));
        r.where_set = expanded(fb, field_text(&fb->y, where, "in"));
        r.where_word = expanded(fb, field_text(&fb->y, where, "word"));
        need_set(fb, where, STR("about"), r.where_component);
        need_set(fb, where, r.where_set, r.where_word);
    }
    r.label = text_or_none(fb, n, "label");
    r.not_label = text_or_none(fb, n, "not-label");
    need_set(fb, n, str_empty(r.label) ? STR("") : STR("beside"), r.label);
    need_set(fb, n, str_empty(r.not_label) ? STR("") : STR("beside"), r.not_label);
    r.at = field_texts(&fb->y, n, "at", false, &r.at_count);
    if (r.at_count > 0 && (str_empty(r.answer.words) || r.type == READ_FACT)) {
        fault_at(fb->y.f, place_of(&fb->y, n), "at: an element of a resource, with words");
    }
    r.related = set_or_none(fb, n, "related");
    r.not_related = set_or_none(fb, n, "not-related");
    r.method_is = text_or_none(fb, n, "method-is");
    str when = field_word(&fb->y, n, "when", (const char *const[]){ "any", "active", "ended", NULL }, false);
    r.when = str_is(when, "active") ? WHEN_ACTIVE : str_is(when, "ended") ? WHEN_ENDED : WHEN_ANY;
    r.suspected = field_yes(&fb->y, n, "suspected", false);
    r.stage = field_yes(&fb->y, n, "stage", false);
    if (r.stage && (r.type != READ_CONDITION || str_empty(r.answer.words))) {
        fault_at(fb->y.f, place_of(&fb->y, n), "stage: the stage of a condition, with words");
    }
    return r;
}

static void read_from(facts_builder *fb, const json *n, fact_def *d)
{
    const json *from = json_get(n, "from");
    if (!from) {
        return;
    }
    if (json_is(from, JSON_STRING)) {
        const json *named = json_find(fb->readings, from->text);
        if (!named) {
            fault_at(fb->y.f, place_of(&fb->y, from), "no readings are named '%.*s'", STR_ARG(from->text));
            return;
        }
        from = named;
    }
    if (!json_is(from, JSON_ARRAY)) {
        fault_at(fb->y.f, place_of(&fb->y, from), "from: a list of readings, or the name of one");
        return;
    }
    d->from = ARENA_ARRAY(fb->b->a, from->count, fact_reading);
    for (const json *m = from->first; m; m = m->next) {
        d->from[d->from_count++] = reading_of(fb, m);
    }
}

static bool has_word(const str *words, uint32_t count, str word)
{
    for (uint32_t i = 0; i < count; i++) {
        if (str_eq(words[i], word)) {
            return true;
        }
    }
    return false;
}

/* A word that an answer of this fact may be. */
static void need_answer(facts_builder *fb, const fact_def *d, place at, str word, const char *what)
{
    int64_t n;
    bool good = str_is(word, "unknown") || d->kind == FACT_DATE
                || (d->kind == FACT_BOOLEAN && (str_is(word, "true") || str_is(word, "false")))
                || (d->kind == FACT_INTEGER && str_to_i64(word, &n)) || (d->kind == FACT_WORD && has_word(d->words, d->word_count, word));
    if (!good) {
        fault_at(fb->y.f, at, "%s: '%.*s' is not a value of %.*s", what, STR_ARG(word), STR_ARG(d->code));
    }
}

static void check_set_words(facts_builder *fb, const fact_def *d, str set, place at)
{
    for (uint32_t i = 0; i < fb->b->t->row_count; i++) {
        const term_row *r = &fb->b->t->rows[i];
        if (str_eq(r->set, set) && !str_is(r->system, "LABEL")) {
            char what[200];
            snprintf(what, sizeof what, "set %.*s (%.*s line %u)", STR_ARG(set), STR_ARG(r->file), r->line);
            need_answer(fb, d, at, r->word, what);
        }
    }
}

/* Without a table the answers are the fact's own words. */
static void check_answers(facts_builder *fb, const fact_def *d)
{
    for (uint32_t i = 0; i < d->from_count; i++) {
        const fact_reading *r = &d->from[i];
        place at = { fb->y.file, r->line };
        if (!str_empty(r->answer.is)) {
            need_answer(fb, d, at, r->answer.is, "is");
        }
        if (!str_empty(r->answer.is_not)) {
            need_answer(fb, d, at, r->answer.is_not, "is-not");
        }
        if (!str_empty(r->answer.words)) {
            str sets = r->answer.words, one;
            while (str_cut(&sets, ' ', &one)) {
                check_set_words(fb, d, one, at);
            }
        } else if (!str_empty(r->answer.cuts)) {
            const cut_set *c = terms_cuts(fb->b->t, r->answer.cuts);
            for (uint32_t k = 0; c && k < c->band_count; k++) {
                need_answer(fb, d, at, c->bands[k].word, "cuts");
            }
        } else if (r->any) {
            if (d->kind != FACT_DATE && str_empty(r->answer.is)) {
                fault_at(fb->y.f, at, "a reading of any needs words or is, or a fact that only happened");
            }
        } else if (r->topic_count == 0) {
            check_set_words(fb, d, r->set, at);
        } else if (str_empty(r->answer.is) && d->kind == FACT_WORD) {
            fault_at(fb->y.f, at, "a reading of a word needs words, cuts or is");
        }
        if (r->with_count > 0 || !str_empty(r->otherwise.part)) {
            fault_at(fb->y.f, at, "further parts need a table");
        }
    }
}

static bool gives(const facts_builder *fb, const part_def *p, str part, str word)
{
    if (!str_eq(p->part, part) || str_empty(p->part)) {
        return false;
    }
    const cut_set *c = str_empty(p->cuts) ? NULL : terms_cuts(fb->b->t, p->cuts);
    for (uint32_t i = 0; c && i < c->band_count; i++) {
        if (str_eq(c->bands[i].word, word)) {
            return true;
        }
    }
    bool in_set = false;
    str sets = p->words, one;
    while (!str_empty(p->words) && !in_set && str_cut(&sets, ' ', &one)) {
        in_set = set_has(fb->b->t, one, word);
    }
    return in_set || str_eq(p->is, word) || str_eq(p->is_not, word);
}

static bool may_hold(const facts_builder *fb, const fact_def *d, const part_table *t, str column, str word)
{
    for (uint32_t i = 0; i < d->from_count; i++) {
        const fact_reading *r = &d->from[i];
        if (gives(fb, &r->answer, column, word) || gives(fb, &r->otherwise, column, word)
            || (str_eq(r->answer.part, column) && r->topic_count == 0 && set_has(fb->b->t, r->set, word))) {
            return true;
        }
        for (uint32_t k = 0; k < r->with_count; k++) {
            bool of_component = !str_empty(r->with[k].component) && str_eq(r->with[k].part, column);
            if (gives(fb, &r->with[k], column, word) || (of_component && str_is(word, "unread"))) {
                return true;
            }
        }
    }
    for (uint32_t i = 0; i < t->row_count; i++) {
        if (str_eq(t->rows[i].gives, column) && str_eq(t->rows[i].word, word)) {
            return true;
        }
    }
    return false;
}

/* Every part has its column, every cell a word that can come, every answer is one of the fact's. */
static void check_table(facts_builder *fb, const fact_def *d, const part_table *t)
{
    place file = { arena_printf(fb->b->a, "tables/%.*s.csv", STR_ARG(t->name)), 1 };
    for (uint32_t i = 0; i < d->from_count; i++) {
        const fact_reading *r = &d->from[i];
        for (uint32_t k = 0; k <= r->with_count + 1; k++) {
            str part = k == 0 ? r->answer.part : k <= r->with_count ? r->with[k - 1].part : r->otherwise.part;
            if (!str_empty(part) && !has_word(t->columns, t->column_count, part)) {
                fault_at(fb->y.f, (place){ fb->y.file, r->line }, "table %.*s has no column '%.*s'", STR_ARG(t->name), STR_ARG(part));
            }
        }
    }
    for (uint32_t i = 0; i < t->row_count; i++) {
        file.line = t->rows[i].line;
        for (uint32_t c = 0; c < t->column_count; c++) {
            str cell = t->rows[i].cells[c], word;
            if (str_empty(cell)) {
                continue;
            }
            while (str_cut(&cell, '|', &word)) {
                if (!str_is(word, "-") && !str_is(word, "*") && !may_hold(fb, d, t, t->columns[c], word)) {
                    fault_at(fb->y.f, file, "column %.*s of %.*s can never be '%.*s'", STR_ARG(t->columns[c]), STR_ARG(d->code), STR_ARG(word));
                }
            }
        }
        if (str_is(t->rows[i].gives, "answer")) {
            need_answer(fb, d, file, t->rows[i].word, "answer");
        }
    }
}

static bool is_decimal(str text)
{
    ucum_number n;
    return ucum_read_number(text, &n);
}

static void read_quantity(facts_builder *fb, const json *n, fact_def *d)
{
    ucum_unit unit;
    if (!ucum_parse(d->unit, &unit)) {
        fault_at(fb->y.f, place_of(&fb->y, n), "'%.*s' is not a UCUM unit", STR_ARG(d->unit));
    }
    const json *also = field_list(&fb->y, n, "also", false);
    d->also = ARENA_ARRAY(fb->b->a, also ? also->count : 0, unit_factor);
    for (const json *m = also ? also->first : NULL; m; m = m->next) {
        if (!fields_known(&fb->y, m, (const char *const[]){ "unit", "times", "source", "checked", NULL })) {
            continue;
        }
        unit_factor f = { field_text(&fb->y, m, "unit"), field_text(&fb->y, m, "times"), field_text(&fb->y, m, "source"),
                          field_text(&fb->y, m, "checked") };
        ucum_unit other;
        if (!ucum_parse(f.unit, &other) || ucum_comparable(&unit, &other)) {
            fault_at(fb->y.f, place_of(&fb->y, m), "unit: '%.*s' must be a UCUM unit of another kind than %.*s", STR_ARG(f.unit), STR_ARG(d->unit));
        }
        if (!is_decimal(f.times)) {
            fault_at(fb->y.f, place_of(&fb->y, m), "times: '%.*s' is not a decimal", STR_ARG(f.times));
        }
        d->also[d->also_count++] = f;
    }
}

static void read_plausible(facts_builder *fb, const json *n, fact_def *d)
{
    const json *m = field_list(&fb->y, n, "plausible", false);
    if (!m) {
        return;
    }
    d->plausible_low = json_text(json_at(m, 0));
    d->plausible_high = json_text(json_at(m, 1));
    if (m->count != 2 || !is_decimal(d->plausible_low) || !is_decimal(d->plausible_high)) {
        fault_at(fb->y.f, place_of(&fb->y, m), "plausible: two decimals, the lowest and the highest");
    }
}

static const char *const fact_keys[] = { "code", "system", "label", "kind", "words", "unit", "open", "per", "excludes", "prevails", "set-method", "also",
                                         "plausible", "table", "take", "method", "xuln", "from", "source", "checked", "note", NULL };
static const char *const kinds[] = { "word", "quantity", "integer", "boolean", "date", NULL };

static fact_def fact_of(facts_builder *fb, const json *n)
{
    builder *y = &fb->y;
    fact_def d = { .line = n->line, .code = field_text(y, n, "code"), .label = field_text(y, n, "label") };
    fb->fact = d.code;
    d.system = field_word(y, n, "system", (const char *const[]){ "gene", "chart", "lab", NULL }, true);
    str kind = field_word(y, n, "kind", kinds, true);
    for (int i = 0; kinds[i]; i++) {
        d.kind = str_is(kind, kinds[i]) ? (fact_kind)i : d.kind;
    }
    d.words = field_texts(y, n, "words", d.kind == FACT_WORD, &d.word_count);
    d.unit = field_text_or(y, n, "unit", STR(""));
    d.open = field_yes(y, n, "open", true);
    if (!json_get(n, "open")) {
        fault_at(y->f, place_of(y, n), "open: yes or no must be said");
    }
    d.per_specimen = str_is(field_word(y, n, "per", (const char *const[]){ "specimen", NULL }, false), "specimen");
    d.earliest = str_is(field_word(y, n, "take", (const char *const[]){ "all", "earliest", NULL }, false), "earliest");
    d.excludes = field_texts(y, n, "excludes", false, &d.exclude_count);
    d.prevails = field_texts(y, n, "prevails", false, &d.prevail_count);
    for (uint32_t i = 0; i < d.prevail_count; i++) {
        need_answer(fb, &d, place_of(y, n), d.prevails[i], "prevails");
    }
    d.set_method = field_text_or(y, n, "set-method", STR(""));
    d.method = field_text_or(y, n, "method", STR(""));
    need_set(fb, n, d.method, d.set_method);
    d.table = field_text_or(y, n, "table", STR(""));
    if (d.kind == FACT_QUANTITY) {
        read_quantity(fb, n, &d);
    }
    read_plausible(fb, n, &d);
    read_from(fb, n, &d);
    if (str_empty(d.table)) {
        check_answers(fb, &d);
    } else {
        const part_table *t = read_table(fb->b, d.table, place_of(y, n));
        if (t) {
            check_table(fb, &d, t);
        }
    }
    return d;
}

static void read_facts(facts_builder *fb, const json *list)
{
    builder *y = &fb->y;
    terms *t = fb->b->t;
    t->facts = ARENA_ARRAY(fb->b->a, list ? (size_t)list->count * 2 : 0, fact_def);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        if (!fields_known(y, n, fact_keys)) {
            continue;
        }
        fact_def d = fact_of(fb, n);
        if (terms_fact(t, d.code)) {
            fault_at(y->f, place_of(y, n), "the fact '%.*s' stands twice", STR_ARG(d.code));
        }
        t->facts[t->fact_count++] = d;
        if (field_yes(y, n, "xuln", false)) {
            fact_def x = { .code = arena_printf(fb->b->a, "%.*s-xuln", STR_ARG(d.code)), .system = d.system, .unit = STR("1"),
                           .label = arena_printf(fb->b->a, "%.*s, times the upper limit of normal", STR_ARG(d.label)),
                           .kind = FACT_QUANTITY, .open = d.open, .line = d.line, .xuln_of = d.code };
            t->facts[t->fact_count++] = x;
        }
    }
    for (uint32_t i = 0; i < t->fact_count; i++) {
        for (uint32_t k = 0; k < t->facts[i].exclude_count; k++) {
            if (!terms_fact(t, t->facts[i].excludes[k])) {
                fault_at(y->f, (place){ y->file, t->facts[i].line }, "excludes: no fact is called '%.*s'", STR_ARG(t->facts[i].excludes[k]));
            }
        }
    }
}

static void read_cuts(facts_builder *fb, const json *list)
{
    builder *y = &fb->y;
    terms *t = fb->b->t;
    t->cuts = ARENA_ARRAY(fb->b->a, list ? list->count : 0, cut_set);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        if (!fields_known(y, n, (const char *const[]){ "unit", "possible", "bands", "source", "checked", "note", NULL })) {
            continue;
        }
        cut_set c = { .name = n->key, .unit = field_text(y, n, "unit"), .source = field_text(y, n, "source"),
                      .checked = field_text(y, n, "checked"), .line = n->line };
        const json *bands = field_list(y, n, "bands", true);
        ucum_unit u;
        if (!ucum_parse(c.unit, &u)) {
            fault_at(y->f, place_of(y, n), "'%.*s' is not a UCUM unit", STR_ARG(c.unit));
        }
        const json *possible = field_list(y, n, "possible", false);
        c.low = possible ? json_text(json_at(possible, 0)) : STR("");
        c.high = possible ? json_text(json_at(possible, 1)) : STR("");
        if (possible && (possible->count != 2 || !is_decimal(c.low) || !is_decimal(c.high))) {
            fault_at(y->f, place_of(y, n), "possible: two decimals, the lowest and the highest");
        }
        c.bands = ARENA_ARRAY(fb->b->a, bands ? bands->count : 0, cut_band);
        for (const json *m = bands ? bands->first : NULL; m; m = m->next) {
            if (!fields_known(y, m, (const char *const[]){ "word", "from", "to", "from-open", "to-open", NULL })) {
                continue;
            }
            cut_band b = { .word = field_text(y, m, "word"), .low = field_text_or(y, m, "from", STR("")),
                           .high = field_text_or(y, m, "to", STR("")), .low_open = field_yes(y, m, "from-open", false),
                           .high_open = field_yes(y, m, "to-open", true) };
            if ((!str_empty(b.low) && !is_decimal(b.low)) || (!str_empty(b.high) && !is_decimal(b.high))) {
                fault_at(y->f, place_of(y, m), "from and to are decimals");
            }
            c.bands[c.band_count++] = b;
        }
        t->cuts[t->cut_count++] = c;
    }
}

static void read_silences(facts_builder *fb, const json *list)
{
    builder *y = &fb->y;
    terms *t = fb->b->t;
    t->silences = ARENA_ARRAY(fb->b->a, list ? list->count : 0, silence_rule);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        if (!fields_known(y, n, (const char *const[]){ "method", "signal", "signal-word", "speaks", "facts", "word", "becomes", "say", "source",
                                                       "checked", NULL })) {
            continue;
        }
        silence_rule s = { .group = STR("specimen"), .method = field_text(y, n, "method"), .signal = field_text(y, n, "signal"),
                           .signal_word = field_text(y, n, "signal-word"), .facts = field_text(y, n, "facts"),
                           .word = field_text(y, n, "word"), .becomes = field_text(y, n, "becomes"), .say = field_text(y, n, "say"),
                           .line = n->line };
        s.present = str_is(field_word(y, n, "speaks", (const char *const[]){ "absent", "present", NULL }, false), "present");
        const fact_def *signal = terms_fact(t, s.signal);
        if (!signal) {
            fault_at(y->f, place_of(y, n), "signal: no fact is called '%.*s'", STR_ARG(s.signal));
        } else {
            need_answer(fb, signal, place_of(y, n), s.signal_word, "signal-word");
        }
        for (uint32_t i = 0; i < t->fact_count; i++) {
            if (str_eq(t->facts[i].system, s.facts)) {
                need_answer(fb, &t->facts[i], place_of(y, n), s.word, "word");
                need_answer(fb, &t->facts[i], place_of(y, n), s.becomes, "becomes");
            }
        }
        t->silences[t->silence_count++] = s;
    }
}

static void read_review(facts_builder *fb, const json *n)
{
    if (n && fields_known(&fb->y, n, (const char *const[]){ "extension", "day", "changed", "reason", "source", "checked", NULL })) {
        fb->b->t->review = (review_form){ field_text(&fb->y, n, "extension"), field_text(&fb->y, n, "day"), field_text(&fb->y, n, "changed"),
                                          field_text(&fb->y, n, "reason") };
    }
}

static void build(terms_builder *b, const json *root)
{
    facts_builder fb = { .y = { .a = b->a, .f = b->f, .file = STR("facts.yaml") }, .b = b };
    read_systems(b);
    read_units(b);
    read_negations(b);
    if (!fields_known(&fb.y, root, (const char *const[]){ "base", "terminology", "facts", "readings", "cuts", "silent", "plan-review", NULL })) {
        return;
    }
    b->t->base = field_text(&fb.y, root, "base");
    uint32_t count = 0;
    str *paths = field_texts(&fb.y, root, "terminology", false, &count);
    read_vocabularies(b, paths, count);
    fb.readings = json_get(root, "readings");
    read_review(&fb, json_get(root, "plan-review"));
    read_cuts(&fb, json_get(root, "cuts"));
    read_facts(&fb, field_list(&fb.y, root, "facts", true));
    read_silences(&fb, field_list(&fb.y, root, "silent", false));
}

static void finish(terms_builder *b, const json *root, nl_status s, const nl_error *e)
{
    if (s == NL_OK) {
        build(b, root);
    } else {
        fault_add(b->f, e);
    }
    terms_make_index(b->a, b->t);
}

void terms_build(arena *a, const char *knowledge, terms **out, faults *f)
{
    terms_builder b = { .a = a, .f = f, .knowledge = knowledge, .t = ARENA_NEW(a, terms) };
    nl_error e = { 0 };
    json *root = NULL;
    nl_status s = yaml_read(a, arena_printf(a, "%s/facts.yaml", knowledge).p, &root, &e);
    finish(&b, root, s, &e);
    *out = b.t;
}

void terms_build_texts(arena *a, const terms_text *texts, size_t count, terms **out, faults *f)
{
    terms_builder b = { .a = a, .f = f, .texts = texts, .text_count = count, .t = ARENA_NEW(a, terms) };
    nl_error e = { 0 };
    json *root = NULL;
    nl_status s = fail(&e, NL_E_IO, "facts.yaml", "no such file");
    for (size_t i = 0; i < count; i++) {
        if (strcmp(texts[i].path, "facts.yaml") == 0) {
            s = yaml_read_text(a, texts[i].text, "facts.yaml", &root, &e);
        }
    }
    finish(&b, root, s, &e);
    *out = b.t;
}
