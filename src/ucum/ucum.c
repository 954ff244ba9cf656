/* Parses by the UCUM grammar straight into the struct: atoms are looked up in units.def, which defines most of them by
 * expressions over others, parsed in turn. Factors are kept as a reduced fraction times a power of ten. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ucum/ucum.h"

#include "base/status.h"

typedef enum atom_kind { BASE, PLAIN, AFFINE, OWN } atom_kind;

typedef struct atom {
    str       code;
    bool      metric;
    atom_kind kind;
    str       value, unit, offset;
} atom;

static const atom atoms[] = {
#define UNIT(code_, metric_, kind_, value_, unit_, offset_) \
    { STR_INIT(code_), metric_, kind_, STR_INIT(value_), STR_INIT(unit_), STR_INIT(offset_) },
#include "ucum/units.def"
#undef UNIT
};
enum { ATOM_COUNT = sizeof atoms / sizeof atoms[0], DEPTH_MAX = 24, TEN_MAX = 300, TEXT_MAX = 256 };

static const struct { str code; int power; } prefixes[] = {
    { STR_INIT("Y"), 24 }, { STR_INIT("Z"), 21 }, { STR_INIT("E"), 18 }, { STR_INIT("P"), 15 }, { STR_INIT("T"), 12 },
    { STR_INIT("G"), 9 }, { STR_INIT("M"), 6 }, { STR_INIT("k"), 3 }, { STR_INIT("h"), 2 }, { STR_INIT("da"), 1 },
    { STR_INIT("d"), -1 }, { STR_INIT("c"), -2 }, { STR_INIT("m"), -3 }, { STR_INIT("u"), -6 }, { STR_INIT("n"), -9 },
    { STR_INIT("p"), -12 }, { STR_INIT("f"), -15 }, { STR_INIT("a"), -18 }, { STR_INIT("z"), -21 }, { STR_INIT("y"), -24 },
};
enum { PREFIX_COUNT = sizeof prefixes / sizeof prefixes[0] };
/* Of bit and By. */
static const struct { str code; uint32_t factor_log2; } binary_prefixes[] = {
    { STR_INIT("Ki"), 10 }, { STR_INIT("Mi"), 20 }, { STR_INIT("Gi"), 30 }, { STR_INIT("Ti"), 40 },
};
enum { BINARY_COUNT = sizeof binary_prefixes / sizeof binary_prefixes[0] };

/* ---- fractions ---- */

static ucum_bits gcd(ucum_bits a, ucum_bits b)
{
    while (b != 0) {
        ucum_bits r = a % b;
        a = b;
        b = r;
    }
    return a;
}

static void reduce(ucum_unit *u)
{
    ucum_bits g = gcd(u->numerator, u->denominator);
    u->numerator /= g;
    u->denominator /= g;
    for (; u->numerator % 10 == 0; u->numerator /= 10) {
        u->ten++;
    }
    for (; u->denominator % 10 == 0; u->denominator /= 10) {
        u->ten--;
    }
}

static bool multiply_fraction(ucum_unit *u, ucum_bits numerator, ucum_bits denominator, int32_t ten)
{
    ucum_bits g = gcd(u->numerator, denominator), h = gcd(numerator, u->denominator);
    u->ten += ten;
    if (__builtin_mul_overflow(u->numerator / g, numerator / h, &u->numerator) ||
        __builtin_mul_overflow(u->denominator / h, denominator / g, &u->denominator)) {
        return false;
    }
    reduce(u);
    return u->ten <= TEN_MAX && u->ten >= -TEN_MAX && u->numerator >> 126 == 0 && u->denominator >> 126 == 0;
}

/* ---- units ---- */

static ucum_unit unity(void) { return (ucum_unit){ .numerator = 1, .denominator = 1 }; }

static bool add_exponent(int8_t *to, int more)
{
    int sum = *to + more;
    *to = (int8_t)sum;
    return sum >= -100 && sum <= 100;
}

static bool add_own(ucum_unit *u, uint16_t which, int exponent)
{
    uint8_t i = 0;
    while (i < u->own_count && u->own[i].atom < which) {
        i++;
    }
    if (i == u->own_count || u->own[i].atom != which) {
        if (u->own_count == UCUM_OWN_MAX) {
            return false;
        }
        for (uint8_t k = u->own_count; k > i; k--) {
            u->own[k] = u->own[k - 1];
        }
        u->own[i] = (ucum_own){ .atom = which };
        u->own_count++;
    }
    if (!add_exponent(&u->own[i].exponent, exponent)) {
        return false;
    }
    if (u->own[i].exponent == 0) {
        for (uint8_t k = i; k + 1 < u->own_count; k++) {
            u->own[k] = u->own[k + 1];
        }
        u->own_count--;
        u->own[u->own_count] = (ucum_own){ 0 };
    }
    return true;
}

static bool is_unity(const ucum_unit *u)
{
    ucum_unit one = unity();
    return ucum_comparable(u, &one) && !u->affine && u->numerator == 1 && u->denominator == 1 && u->ten == 0;
}

/* *a times b to the power of sign. An affine unit stands alone: it has no product with anything but 1. */
static bool join(ucum_unit *a, const ucum_unit *b, int sign)
{
    if (is_unity(a) && sign > 0) {
        *a = *b;
        return true;
    }
    if (is_unity(b)) {
        return true;
    }
    if (a->affine || b->affine) {
        return false;
    }
    for (int i = 0; i < UCUM_BASES; i++) {
        if (!add_exponent(&a->bases[i], sign * b->bases[i])) {
            return false;
        }
    }
    for (uint8_t i = 0; i < b->own_count; i++) {
        if (!add_own(a, b->own[i].atom, sign * b->own[i].exponent)) {
            return false;
        }
    }
    return sign > 0 ? multiply_fraction(a, b->numerator, b->denominator, b->ten)
                    : multiply_fraction(a, b->denominator, b->numerator, -b->ten);
}

bool ucum_multiply(const ucum_unit *a, const ucum_unit *b, ucum_unit *out)
{
    ucum_unit product = *a;
    if (!join(&product, b, 1)) {
        return false;
    }
    *out = product;
    return true;
}

bool ucum_divide(const ucum_unit *a, const ucum_unit *b, ucum_unit *out)
{
    ucum_unit quotient = *a;
    if (!join(&quotient, b, -1)) {
        return false;
    }
    *out = quotient;
    return true;
}

static bool raise_to(ucum_unit *u, int exponent)
{
    ucum_unit base = *u;
    if (exponent == 1) {
        return true;
    }
    *u = unity();
    for (int i = 0; i < (exponent < 0 ? -exponent : exponent); i++) {
        if (base.affine || !join(u, &base, exponent < 0 ? -1 : 1)) {
            return false;
        }
    }
    return true;
}

/* ---- atoms ---- */

static bool parse_at(str text, int depth, ucum_unit *out);

static const atom *find_atom(str code)
{
    size_t low = 0, high = ATOM_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(code, atoms[middle].code);
        if (order == 0) {
            return &atoms[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

static bool of_atom(const atom *a, int depth, ucum_unit *out)
{
    *out = unity();
    int64_t index;
    ucum_number value;
    switch (a->kind) {
    case BASE:
        CHECK(str_to_i64(a->value, &index) && index >= 0 && index < UCUM_BASES);
        out->bases[index] = 1;
        return true;
    case OWN:
        return add_own(out, (uint16_t)(a - atoms), 1);
    case PLAIN:
    case AFFINE:
        CHECK(ucum_read_number(a->value, &value));
        if (!parse_at(a->unit, depth + 1, out) || !multiply_fraction(out, (ucum_bits)value.unscaled, 1, -value.scale)) {
            return false;
        }
        out->affine = a->kind == AFFINE;
        return !out->affine || ucum_read_number(a->offset, &out->offset);
    }
    return false;
}

/* An atom, or a prefix and a metric atom. A whole symbol that is an atom is never split: "cd" is the candela, "m" the metre. */
static bool of_symbol(str symbol, int depth, ucum_unit *out)
{
    const atom *a = find_atom(symbol);
    if (a) {
        return of_atom(a, depth, out);
    }
    for (size_t i = 0; i < PREFIX_COUNT; i++) {
        a = str_starts(symbol, prefixes[i].code) ? find_atom(str_from(symbol, prefixes[i].code.n)) : NULL;
        if (a && a->metric && a->kind != AFFINE) {
            return of_atom(a, depth, out) && multiply_fraction(out, 1, 1, prefixes[i].power);
        }
    }
    for (size_t i = 0; i < BINARY_COUNT; i++) {
        a = str_starts(symbol, binary_prefixes[i].code) ? find_atom(str_from(symbol, binary_prefixes[i].code.n)) : NULL;
        if (a && a->metric && a->kind != AFFINE) {
            return of_atom(a, depth, out) && multiply_fraction(out, (ucum_bits)1 << binary_prefixes[i].factor_log2, 1, 0);
        }
    }
    return false;
}

/* ---- the grammar ---- */

typedef struct parser {
    str text;
    size_t at;
} parser;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static char peek(const parser *p) { return p->at < p->text.n ? p->text.p[p->at] : '\0'; }

static bool take(parser *p, char c)
{
    if (p->at < p->text.n && p->text.p[p->at] == c) {
        p->at++;
        return true;
    }
    return false;
}

static bool annotation(parser *p)
{
    while (p->at < p->text.n && p->text.p[p->at] != '}') {
        unsigned char c = (unsigned char)p->text.p[p->at];
        if (c < '!' || c > '~' || c == '{') {
            return false;
        }
        p->at++;
    }
    return take(p, '}');
}

static bool whole_number(parser *p, int64_t *out)
{
    size_t from = p->at;
    while (is_digit(peek(p))) {
        p->at++;
    }
    return p->at - from <= 18 && str_to_i64((str){ p->text.p + from, p->at - from }, out);
}

/* The letters of a symbol: up to a digit, sign or operator; whatever stands in square brackets belongs to it. */
static str symbol_of(parser *p)
{
    size_t from = p->at;
    if (str_starts(str_from(p->text, from), STR("10*")) || str_starts(str_from(p->text, from), STR("10^"))) {
        p->at += 3;
        return (str){ p->text.p + from, 3 };
    }
    while (p->at < p->text.n) {
        char c = p->text.p[p->at];
        if (c == '[') {
            while (p->at < p->text.n && p->text.p[p->at] != ']') {
                p->at++;
            }
        } else if (is_digit(c) || c <= ' ' || c > '~' || str_find_char(STR("+-./(){}"), c) >= 0) {
            break;
        }
        p->at += p->at < p->text.n;
    }
    return (str){ p->text.p + from, p->at - from };
}

static bool exponent_of(parser *p, int *out)
{
    char c = peek(p);
    int64_t n = 1;
    bool negative = false;
    if (c == '+' || c == '-') {
        negative = c == '-';
        p->at++;
        c = peek(p);
        if (!is_digit(c)) {
            return false;
        }
    }
    if (is_digit(c) && (!whole_number(p, &n) || n > 100)) {
        return false;
    }
    *out = negative ? -(int)n : (int)n;
    return true;
}

static bool term(parser *p, int depth, ucum_unit *out);

static bool component(parser *p, int depth, ucum_unit *out)
{
    if (take(p, '(')) {
        return depth < DEPTH_MAX && term(p, depth + 1, out) && take(p, ')');
    }
    *out = unity();
    if (take(p, '{')) {
        return annotation(p);
    }
    str symbol = symbol_of(p);
    int exponent;
    if (symbol.n > 0) {
        if (!of_symbol(symbol, depth, out) || !exponent_of(p, &exponent) || !raise_to(out, exponent)) {
            return false;
        }
    } else {
        int64_t factor;
        if (!whole_number(p, &factor) || factor <= 0 || !multiply_fraction(out, (ucum_bits)factor, 1, 0)) {
            return false;
        }
    }
    return !take(p, '{') || annotation(p);
}

static bool term(parser *p, int depth, ucum_unit *out)
{
    *out = unity();
    int sign = take(p, '/') ? -1 : 1;
    for (;;) {
        ucum_unit next;
        if (!component(p, depth, &next) || !join(out, &next, sign)) {
            return false;
        }
        if (take(p, '/')) {
            sign = -1;
        } else if (take(p, '.')) {
            sign = 1;
        } else {
            return true;
        }
    }
}

static bool parse_at(str text, int depth, ucum_unit *out)
{
    parser p = { .text = text };
    return depth < DEPTH_MAX && term(&p, depth, out) && p.at == text.n;
}

bool ucum_parse(str text, ucum_unit *out)
{
    ucum_unit u;
    if (text.n == 0 || text.n > TEXT_MAX || !parse_at(text, 0, &u)) {
        return false;
    }
    *out = u;
    return true;
}

bool ucum_comparable(const ucum_unit *a, const ucum_unit *b)
{
    bool same = a->own_count == b->own_count;
    for (int i = 0; same && i < UCUM_BASES; i++) {
        same = a->bases[i] == b->bases[i];
    }
    for (uint8_t i = 0; same && i < a->own_count; i++) {
        same = a->own[i].atom == b->own[i].atom && a->own[i].exponent == b->own[i].exponent;
    }
    return same;
}
