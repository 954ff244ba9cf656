/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/amount.h"

enum { DECIMALS = 8, DIGITS_MAX = 38, SCALE_MAX = 60 };

static ucum_wide power_of_ten(int32_t n)
{
    ucum_wide p = 1;
    while (n-- > 0) {
        p *= 10;
    }
    return p;
}

static int digits_of(ucum_wide v)
{
    int n = 0;
    for (; v != 0; v /= 10) {
        n++;
    }
    return n;
}

/* Without zeros at the end, so that as little as possible overflows. */
static ucum_number short_form(ucum_number n)
{
    while (n.unscaled != 0 && n.unscaled % 10 == 0) {
        n.unscaled /= 10;
        n.scale--;
    }
    if (n.unscaled == 0) {
        n.scale = 0;
    }
    return n;
}

str amount_words(arena *a, str comparator, str number, str unit)
{
    bool bare = str_empty(unit) || str_is(unit, "1");
    return arena_printf(a, "%.*s%.*s%s%.*s", STR_ARG(comparator), STR_ARG(number), bare ? "" : " ", STR_ARG(bare ? STR("") : unit));
}

str amount_unit_words(const fact_def *d) { return str_empty(d->unit) || str_is(d->unit, "1") ? STR("a plain number") : d->unit; }

int number_compare(ucum_number a, ucum_number b)
{
    a = short_form(a);
    b = short_form(b);
    bool a_less = a.unscaled < 0, b_less = b.unscaled < 0;
    if (a_less != b_less || a.unscaled == 0 || b.unscaled == 0) {
        return (a.unscaled > b.unscaled) - (a.unscaled < b.unscaled);
    }
    int a_top = digits_of(a.unscaled) - a.scale, b_top = digits_of(b.unscaled) - b.scale;
    if (a_top != b_top) {
        return (a_top > b_top) != a_less ? 1 : -1;
    }
    /* The same magnitude: at most 38 digits once the scales agree. */
    if (a.scale < b.scale) {
        a.unscaled *= power_of_ten(b.scale - a.scale);
    } else {
        b.unscaled *= power_of_ten(a.scale - b.scale);
    }
    return (a.unscaled > b.unscaled) - (a.unscaled < b.unscaled);
}

static ucum_number rounded(ucum_number n)
{
    n = short_form(n);
    if (n.scale > DECIMALS) {
        int32_t drop = n.scale - DECIMALS;
        if (drop > DIGITS_MAX) {
            return (ucum_number){ 0 };
        }
        ucum_wide by = power_of_ten(drop), half = by / 2;
        n.unscaled = (n.unscaled + (n.unscaled < 0 ? -half : half)) / by;
        n.scale = DECIMALS;
    }
    return short_form(n);
}

str number_text(arena *a, ucum_number n)
{
    n = rounded(n);
    char digits[DIGITS_MAX + 2], *p = digits + sizeof digits;
    size_t count = 0;
    bool minus = n.unscaled < 0;
    ucum_bits v = minus ? -(ucum_bits)n.unscaled : (ucum_bits)n.unscaled;
    for (; v > 0 && count < sizeof digits; v /= 10, count++) {
        *--p = (char)('0' + (int)(v % 10));
    }
    buf b = buf_make(a, 256);
    if (minus) {
        buf_char(&b, '-');
    }
    if (count == 0) {
        buf_char(&b, '0');
    } else if (n.scale <= 0) {
        buf_add(&b, (str){ p, count });
        buf_repeat(&b, '0', (size_t)-n.scale);
    } else if (count > (size_t)n.scale) {
        buf_add(&b, (str){ p, count - (size_t)n.scale });
        buf_char(&b, '.');
        buf_add(&b, (str){ p + count - (size_t)n.scale, (size_t)n.scale });
    } else {
        buf_add(&b, STR("0."));
        buf_repeat(&b, '0', (size_t)n.scale - count);
        buf_add(&b, (str){ p, count });
    }
    return buf_str(&b);
}

bool number_multiply(ucum_number a, ucum_number b, ucum_number *out)
{
    a = short_form(a);
    b = short_form(b);
    if (digits_of(a.unscaled) + digits_of(b.unscaled) > DIGITS_MAX) {
        return false;
    }
    *out = short_form((ucum_number){ a.unscaled * b.unscaled, a.scale + b.scale });
    return true;
}

bool number_divide(ucum_number a, ucum_number b, ucum_number *out)
{
    a = short_form(a);
    b = short_form(b);
    if (b.unscaled == 0) {
        return false;
    }
    int32_t up = DECIMALS + b.scale - a.scale;   /* so that the quotient has 8 decimals */
    if (up < 0 || up > 36 || digits_of(a.unscaled) + up + 1 > DIGITS_MAX || digits_of(b.unscaled) > 30) {
        return false;
    }
    ucum_wide over = a.unscaled * power_of_ten(up), by = b.unscaled;
    ucum_wide half = by / 2;
    bool minus = (over < 0) != (by < 0);
    over = over < 0 ? -over : over;
    by = by < 0 ? -by : by;
    half = half < 0 ? -half : half;
    ucum_wide q = (over + half) / by;
    *out = short_form((ucum_number){ minus ? -q : q, DECIMALS });
    return true;
}

/* ---- reading ---- */

/* A number of a size that medicine knows: what a malicious exponent asks for is not read. */
static bool read_number(str digits, ucum_number *out)
{
    ucum_number n;
    if (!ucum_read_number(digits, &n) || n.scale > SCALE_MAX || n.scale < -SCALE_MAX) {
        return false;
    }
    *out = n;
    return true;
}

static span exactly(ucum_number n) { return (span){ .low = n, .high = n, .has_low = true, .has_high = true }; }

static bool with_comparator(str comparator, ucum_number n, span *out)
{
    if (str_empty(comparator)) {
        *out = exactly(n);
    } else if (str_is(comparator, "<") || str_is(comparator, "<=")) {
        *out = (span){ .high = n, .has_high = true, .high_open = comparator.n == 1 };
    } else if (str_is(comparator, ">") || str_is(comparator, ">=")) {
        *out = (span){ .low = n, .has_low = true, .low_open = comparator.n == 1 };
    } else {
        return false;
    }
    return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Digits with at most one point, from the start of the text. */
static str leading_number(str text)
{
    size_t n = 0;
    bool point = false;
    while (n < text.n && (is_digit(text.p[n]) || (text.p[n] == '.' && !point && n > 0 && n + 1 < text.n && is_digit(text.p[n + 1])))) {
        point = point || text.p[n] == '.';
        n++;
    }
    return str_head(text, n);
}

static str leading_comparator(const terms *t, str *text)
{
    static const char *const signs[] = { "<=", ">=", "<", ">" };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (str_starts(*text, str_of(signs[i]))) {
            *text = str_trim(str_from(*text, strlen(signs[i])));
            return str_of(signs[i]);
        }
    }
    size_t n = 0;
    while (n < text->n && !is_digit(text->p[n])) {
        n++;
    }
    str words = str_trim(str_head(*text, n));
    text_word w = str_empty(words) || n == text->n ? (text_word){ 0 } : terms_word_of_text(t, STR("comparator"), words);
    if (w.whole) {
        *text = str_from(*text, n);
        return w.word;
    }
    return STR("");
}

/* "90", "90 %", "<1%", "less than 1.8", "60-70 %", "1.7 (outside 2.4)": what stands in brackets is a remark. */
static bool read_text(const terms *t, str text, amount *out)
{
    text = str_trim(text);
    ptrdiff_t bracket = str_find_char(text, '(');
    if (bracket > 0) {
        text = str_trim(str_head(text, (size_t)bracket));
    }
    amount n = { .comparator = leading_comparator(t, &text) };
    if (str_is(n.comparator, "=")) {
        n.comparator = STR("");
    }
    str first = leading_number(text);
    ucum_number low, high;
    if (str_empty(first) || !read_number(first, &low)) {
        return false;
    }
    str rest = str_trim(str_from(text, first.n));
    str second = rest;
    if (str_starts(second, STR("-"))) {
        second = str_trim(str_from(second, 1));
    } else if (str_starts(second, STR("\xE2\x80\x93"))) {   /* an en dash */
        second = str_trim(str_from(second, 3));
    } else {
        second.n = 0;
    }
    second = leading_number(second);
    if (!str_empty(second)) {
        if (!str_empty(n.comparator) || !read_number(second, &high) || number_compare(low, high) > 0) {
            return false;
        }
        rest = str_trim((str){ second.p + second.n, (size_t)(text.p + text.n - (second.p + second.n)) });
        n.span = (span){ .low = low, .high = high, .has_low = true, .has_high = true };
    } else {
        n.number = first;
        if (!with_comparator(n.comparator, low, &n.span)) {
            return false;
        }
    }
    n.unit = rest;
    /* Further numbers or sentences are not a unit: "1.4, 1.9". */
    if (str_find_char(rest, ' ') >= 0 || str_find_char(rest, ',') >= 0 || str_find_char(rest, ';') >= 0) {
        return false;
    }
    *out = n;
    return true;
}

static str unit_written(const json *quantity)
{
    str code = json_get_text(quantity, "code");
    return str_empty(code) ? json_get_text(quantity, "unit") : code;
}

static bool read_quantity(const json *q, amount *out)
{
    amount n = { .number = json_get_text(q, "value"), .comparator = json_get_text(q, "comparator"), .unit = unit_written(q) };
    ucum_number v;
    if (!read_number(n.number, &v) || !with_comparator(n.comparator, v, &n.span)) {
        return false;
    }
    *out = n;
    return true;
}

static bool read_range(const json *r, amount *out)
{
    const json *low = json_get(r, "low"), *high = json_get(r, "high");
    amount a = { 0 }, b = { 0 };
    if ((low && !read_quantity(low, &a)) || (high && !read_quantity(high, &b)) || (!low && !high)) {
        return false;
    }
    if (low && high && !str_eq(a.unit, b.unit) && !str_empty(a.unit) && !str_empty(b.unit)) {
        return false;
    }
    *out = (amount){ .span = { .low = a.span.low, .high = b.span.high, .has_low = low != NULL, .has_high = high != NULL },
                     .unit = str_empty(a.unit) ? b.unit : a.unit };
    return true;
}

bool amount_read(const terms *t, const json *value, amount *out)
{
    if (json_is(value, JSON_OBJECT)) {
        if (json_get(value, "value")) {
            return read_quantity(value, out);
        }
        if (json_get(value, "low") || json_get(value, "high")) {
            return read_range(value, out);
        }
        str text = json_get_text(value, "text");   /* a CodeableConcept, or a Coding, that words a number */
        const json *coding = json_get(value, "coding") ? json_at(json_get(value, "coding"), 0) : value;
        return (!str_empty(text) && read_text(t, text, out)) || read_text(t, json_get_text(coding, "display"), out);
    }
    if (json_is(value, JSON_NUMBER) || json_is(value, JSON_STRING)) {
        return read_text(t, json_text(value), out);
    }
    return false;
}

/* Where the clause that ends at `end` begins. A comma between digits may be a decimal comma and ends nothing. */
static size_t clause_from(str text, size_t end)
{
    size_t i = end;
    for (; i > 0; i--) {
        char c = text.p[i - 1], next = i < text.n ? text.p[i] : ' ';
        bool inside = i > 1 && is_digit(text.p[i - 2]) && is_digit(next);
        if (c == ';' || c == '(' || c == '[' || c == ':' || c == '=' || c == '\n' || (c == ',' && !inside) || (c == '.' && !is_digit(next))) {
            break;
        }
    }
    return i;
}

static bool read_clause(const terms *t, str clause, str sets, amount *out)
{
    if (read_text(t, clause, out)) {
        return true;
    }
    size_t n = 0;
    while (n < clause.n && !is_digit(clause.p[n]) && clause.p[n] != '<' && clause.p[n] != '>') {
        n++;
    }
    str words = str_trim(str_head(clause, n)), one;
    while (str_cut(&sets, ' ', &one)) {
        if (!str_empty(words) && terms_word_of_text(t, one, words).whole) {
            return read_text(t, str_from(clause, n), out);
        }
    }
    return false;
}

amount_found amount_in_words(const terms *t, str text, str sign, str sets, amount *out)
{
    enum { TEXT_MAX = 500 };
    text = str_head(text, TEXT_MAX);
    amount_found found = WORDS_NONE;
    size_t from = 0;
    for (ptrdiff_t at; (at = str_find(str_from(text, from), sign)) >= 0;) {
        size_t end = from + (size_t)at, begin = clause_from(text, end);
        str clause = str_trim((str){ text.p + (begin > from ? begin : from), end - (begin > from ? begin : from) });
        from = end + sign.n;
        if (str_empty(clause) || !is_digit(clause.p[clause.n - 1])) {
            continue;   /* "% of cells": the sign of no number */
        }
        if (found != WORDS_NONE || !read_clause(t, clause, sets, out)) {
            return WORDS_UNCLEAR;
        }
        out->unit = sign;
        found = WORDS_ONE;
    }
    return found;
}

/* ---- units ---- */

bool amount_unit(const terms *t, str written, ucum_unit *out)
{
    written = str_trim(written);
    if (str_empty(written)) {
        return false;
    }
    str known = terms_unit(t, written, false);
    if (!str_empty(known)) {
        return ucum_parse(known, out);
    }
    if (ucum_parse(written, out)) {
        return true;
    }
    known = terms_unit(t, written, true);
    return !str_empty(known) && ucum_parse(known, out);
}

bool amount_convert(const fact_def *d, ucum_number value, const ucum_unit *from, ucum_number *out)
{
    ucum_unit to;
    if (!ucum_parse(d->unit, &to)) {
        return false;
    }
    if (ucum_convert(value, from, &to, out)) {
        return true;
    }
    for (uint32_t i = 0; i < d->also_count; i++) {
        ucum_unit other;
        ucum_number in_other, times;
        if (ucum_parse(d->also[i].unit, &other) && ucum_read_number(d->also[i].times, &times)
            && ucum_convert(value, from, &other, &in_other) && number_multiply(in_other, times, out)) {
            return true;
        }
    }
    return false;
}

/* ---- bands ---- */

static bool inside(const cut_band *b, const span *s)
{
    ucum_number edge;
    if (!str_empty(b->low)) {
        CHECK(ucum_read_number(b->low, &edge));
        int c = s->has_low ? number_compare(s->low, edge) : -1;
        if (c < 0 || (c == 0 && b->low_open && !s->low_open)) {
            return false;
        }
    }
    if (!str_empty(b->high)) {
        CHECK(ucum_read_number(b->high, &edge));
        int c = s->has_high ? number_compare(s->high, edge) : 1;
        if (c > 0 || (c == 0 && b->high_open && !s->high_open)) {
            return false;
        }
    }
    return true;
}

static bool is_fraction(const span *s)
{
    ucum_number zero = { 0 }, one = { .unscaled = 1 };
    return s->has_low && s->has_high && number_compare(s->low, zero) > 0 && number_compare(s->high, one) < 0;
}

str cut_word(const terms *t, const cut_set *c, const amount *n)
{
    ucum_unit to, from;
    if (!ucum_parse(c->unit, &to)) {
        return STR("");
    }
    span s = n->span;
    if (str_empty(n->unit)) {
        /* A bare number is taken to be in the unit of the cuts, but 0.9 under per cent may as well be a fraction. */
        if (!str_is(c->unit, "1") && is_fraction(&s)) {
            return STR("");
        }
    } else if (!amount_unit(t, n->unit, &from) || (s.has_low && !ucum_convert(s.low, &from, &to, &s.low))
               || (s.has_high && !ucum_convert(s.high, &from, &to, &s.high))) {
        return STR("");
    }
    cut_band possible = { .low = c->low, .high = c->high };
    span low = { .low = s.low, .high = s.low, .has_low = true, .has_high = true };
    span high = { .low = s.high, .high = s.high, .has_low = true, .has_high = true };
    if ((s.has_low && !inside(&possible, &low)) || (s.has_high && !inside(&possible, &high))) {
        return STR("");
    }
    for (uint32_t i = 0; i < c->band_count; i++) {
        if (inside(&c->bands[i], &s)) {
            return c->bands[i].word;
        }
    }
    return STR("");
}
