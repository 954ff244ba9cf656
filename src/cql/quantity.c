/* SPDX-License-Identifier: Apache-2.0 */
/* Quantities are compared and added in the units UCUM knows; the calendar's words for durations stand for themselves
 * and for the definite units they equal (weeks and shorter). What cannot be compared gives unknown, never a number. */
#include "cql/run.h"
#include "ucum/ucum.h"

precision quantity_calendar_unit(str unit)
{
    static const struct {
        const char *ucum;
        precision p;
    } definite[] = {
        { "wk", P_WEEK },  { "d", P_DAY },          { "h", P_HOUR }, { "min", P_MINUTE },
        { "s", P_SECOND }, { "ms", P_MILLISECOND }, { "a", P_YEAR }, { "mo", P_MONTH },
    };
    for (size_t i = 0; i < sizeof definite / sizeof *definite; i++) {
        if (str_is(unit, definite[i].ucum)) {
            return definite[i].p;
        }
    }
    return precision_of_unit(unit);
}

/* The UCUM spelling of a calendar word; a year and a month of the calendar have no fixed length and stay as they are.
 */
static str ucum_spelling(str unit)
{
    static const char *const spelling[9] = { NULL, NULL, NULL, "d", "h", "min", "s", "ms", "wk" };
    precision p = precision_of_unit(unit);
    return p == P_NONE || !spelling[p] ? unit : str_of(spelling[p]);
}

static bool same_unit(str a, str b)
{
    precision p = precision_of_unit(a);
    return str_eq(a, b) || (p != P_NONE && p == precision_of_unit(b)) || str_eq(ucum_spelling(a), ucum_spelling(b));
}

static ucum_number number_of(decimal d)
{
    return (ucum_number){ d, DECIMAL_DIGITS };
}

static bool decimal_of_number(ucum_number n, decimal *out)
{
    decimal d = n.unscaled;
    for (; n.scale < DECIMAL_DIGITS; n.scale++) {
        if (d > decimal_max() / 10 || d < -decimal_max() / 10) {
            return false;
        }
        d *= 10;
    }
    for (; n.scale > DECIMAL_DIGITS + 1; n.scale--) {
        d /= 10;
    }
    if (n.scale == DECIMAL_DIGITS + 1) {
        d = (d + (d < 0 ? -5 : 5)) / 10;
    }
    *out = d;
    return decimal_fits(d);
}

static bool months_of(const cql_quantity *q, decimal *out)
{
    precision p = precision_of_unit(q->unit);
    *out = q->value;
    return p == P_MONTH || (p == P_YEAR && decimal_multiply(q->value, decimal_of(12), out));
}

/* 1 of the greatest quantity, -1 of the least, 0 of all others. */
static int end_of_type(const cql_quantity *q)
{
    return q->value == decimal_greatest() ? 1 : q->value == -decimal_greatest() ? -1 : 0;
}

order quantity_order(const cql_quantity *x, const cql_quantity *y)
{
    ucum_unit a, b;
    decimal m, n;
    int o;
    if (same_unit(x->unit, y->unit)) {
        return (order)decimal_cmp(x->value, y->value);
    }
    if (months_of(x, &m) && months_of(y, &n)) {
        return (order)decimal_cmp(m, n);
    }
    if (!ucum_parse(ucum_spelling(x->unit), &a) || !ucum_parse(ucum_spelling(y->unit), &b) ||
        !ucum_compare(number_of(x->value), &a, number_of(y->value), &b, &o)) {
        return ORDER_UNKNOWN;
    }
    if (end_of_type(x) != 0 || end_of_type(y) != 0) { /* the end of an interval without one, which is the same in any unit */
        return (order)decimal_cmp(end_of_type(x), end_of_type(y));
    }
    return (order)o;
}

/* Days of a calendar duration, as equivalence counts them. */
static bool days_of(const cql_quantity *q, decimal *out)
{
    precision p = quantity_calendar_unit(q->unit);
    int days = p == P_YEAR ? 365 : p == P_MONTH ? 30 : p == P_WEEK ? 7 : p == P_DAY ? 1 : 0;
    return days > 0 && decimal_multiply(q->value, decimal_of(days), out);
}

bool quantity_equivalent(const cql_quantity *x, const cql_quantity *y)
{
    decimal a, b;
    precision p = quantity_calendar_unit(x->unit), q = quantity_calendar_unit(y->unit);
    if (p != P_NONE && p == q) {
        return x->value == y->value;
    }
    return quantity_order(x, y) == ORDER_SAME || (days_of(x, &a) && days_of(y, &b) && a == b);
}

bool quantity_convert(const cql_quantity *from, str unit, cql_quantity *out)
{
    ucum_unit a, b;
    ucum_number n;
    decimal d;
    if (same_unit(from->unit, unit)) {
        *out = (cql_quantity){ from->value, unit };
        return true;
    }
    precision p = precision_of_unit(unit);
    if ((p == P_YEAR || p == P_MONTH) && months_of(from, &d)) { /* 12 months of the calendar are a year of it */
        *out = (cql_quantity){ d, unit };
        return p == P_MONTH || decimal_divide(d, decimal_of(12), &out->value);
    }
    if (!ucum_parse(ucum_spelling(from->unit), &a) || !ucum_parse(ucum_spelling(unit), &b) ||
        !ucum_convert(number_of(from->value), &a, &b, &n) || !decimal_of_number(n, &d)) {
        return false;
    }
    *out = (cql_quantity){ d, unit };
    return true;
}

/* Both in the unit that they can be said in without losing digits: the finer of the two. */
static bool in_one_unit(const cql_quantity *x, const cql_quantity *y, cql_quantity *a, cql_quantity *b)
{
    cql_quantity one = { DECIMAL_ONE, x->unit }, other = { DECIMAL_ONE, y->unit };
    order o = quantity_order(&one, &other);
    str unit = o == ORDER_AFTER ? y->unit : x->unit;
    return o != ORDER_UNKNOWN && quantity_convert(x, unit, a) && quantity_convert(y, unit, b);
}

/* A unit with a zero of its own (a temperature in degrees) has no part in products, nor in sums with another unit, where nobody
 * says whether a temperature is meant or a difference: UCUM, special units. */
static bool has_own_zero(str unit)
{
    ucum_unit u;
    return ucum_parse(unit, &u) && u.affine;
}

cql_value quantity_sum(run *r, const cql_quantity *x, const cql_quantity *y, bool subtract)
{
    cql_quantity a, b;
    decimal d;
    bool mixed = !same_unit(x->unit, y->unit) && (has_own_zero(x->unit) || has_own_zero(y->unit));
    if (mixed || !in_one_unit(x, y, &a, &b) ||
        !(subtract ? decimal_subtract(a.value, b.value, &d) : decimal_add(a.value, b.value, &d))) {
        return cql_null();
    }
    return value_quantity(r->a, d, a.unit);
}

static bool is_one(str unit)
{
    return unit.n == 0 || str_is(unit, "1");
}

/* ---- products of units ---- a unit without parentheses is a list of atoms, each with a power */

typedef struct factor {
    str atom;
    int power;
} factor;
enum { FACTORS_MAX = 16, POWER_MAX = 99 };
typedef struct factors {
    factor at[FACTORS_MAX];
    int count;
} factors;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "m-2" is m to the power -2; "10*9" is 10* to the power 9; a number is an atom of its own. */
static factor factor_of(str text)
{
    size_t end = text.n, scale = str_starts(text, STR("10*")) || str_starts(text, STR("10^")) ? 3 : 1;
    while (end > scale && is_digit(text.p[end - 1])) {
        end--;
    }
    int64_t power = 1;
    bool number = end <= 1 && is_digit(text.p[0]);
    if (number || end == text.n || !str_to_i64(str_from(text, end), &power) || power > POWER_MAX) {
        return (factor){ text, 1 };
    }
    bool sign = end > scale && (text.p[end - 1] == '-' || text.p[end - 1] == '+');
    return (factor){ str_head(text, end - sign), text.p[end - 1] == '-' ? -(int)power : (int)power };
}

static bool add_factor(factors *f, factor one)
{
    if (str_is(one.atom, "1")) {
        return true;
    }
    for (int i = 0; i < f->count; i++) {
        if (str_eq(f->at[i].atom, one.atom)) {
            f->at[i].power += one.power;
            return f->at[i].power <= POWER_MAX && f->at[i].power >= -POWER_MAX;
        }
    }
    if (f->count == FACTORS_MAX) {
        return false;
    }
    f->at[f->count++] = one;
    return true;
}

/* Points and strokes inside of brackets and braces belong to the atom. */
static bool add_factors(factors *f, str unit, int sign)
{
    size_t from = 0;
    int depth = 0, next = sign;
    for (size_t i = 0; i <= unit.n; i++) {
        char c = i < unit.n ? unit.p[i] : '.';
        if (c == '(' || c == ')') {
            return false;
        }
        depth += (c == '[' || c == '{') - (c == ']' || c == '}');
        if (depth != 0 || (c != '.' && c != '/')) {
            continue;
        }
        if (i > from) {
            factor one = factor_of((str){ unit.p + from, i - from });
            one.power *= next;
            if (!add_factor(f, one)) {
                return false;
            }
        }
        next = c == '/' ? -sign : sign;
        from = i + 1;
    }
    return depth == 0;
}

static void write_factors(buf *out, const factors *f, int sign)
{
    for (int i = 0; i < f->count; i++) {
        int power = f->at[i].power * sign;
        bool scale = str_is(f->at[i].atom, "10*") || str_is(f->at[i].atom, "10^");
        if (power <= 0) {
            continue;
        }
        buf_add(out, sign < 0 ? STR("/") : out->n > 0 ? STR(".") : STR(""));
        buf_add(out, f->at[i].atom);
        if (power > 1 || scale) {
            buf_printf(out, "%d", power);
        }
    }
}

static str grouped(run *r, str unit)
{
    return str_find_char(unit, '/') >= 0 || str_find_char(unit, '.') >= 0 ? arena_printf(r->a, "(%.*s)", STR_ARG(unit))
                                                                          : unit;
}

static str factors_text(run *r, const factors *f)
{
    buf out = buf_make(r->a, BUF_MAX_DEFAULT);
    write_factors(&out, f, 1);
    if (out.n == 0) {
        buf_char(&out, '1');
    }
    write_factors(&out, f, -1);
    return buf_str(&out);
}

/* x times y, or x by y: equal atoms as one, those that cancel gone. */
static str unit_product(run *r, str x, str y, int sign)
{
    factors f = { .count = 0 };
    if (!add_factors(&f, x, 1) || !add_factors(&f, y, sign)) {
        str a = sign < 0 ? x : grouped(r, x), b = grouped(r, y);
        return arena_printf(r->a, "%.*s%c%.*s", STR_ARG(a), sign < 0 ? '/' : '.', STR_ARG(b));
    }
    return factors_text(r, &f);
}

static bool atoms_comparable(str x, str y)
{
    ucum_unit a, b;
    return ucum_parse(x, &a) && ucum_parse(y, &b) && !a.affine && !b.affine && ucum_comparable(&a, &b);
}

/* Atoms of the second operand, from `second` on, that stand against one of the first of the same kind: mL over L. */
static bool cancel(factors *f, int second)
{
    bool any = false;
    for (int i = 0; i < second; i++) {
        for (int k = second; k < f->count; k++) {
            factor *x = &f->at[i], *y = &f->at[k];
            bool against = (x->power < 0 && y->power > 0) || (x->power > 0 && y->power < 0);
            if (against && atoms_comparable(x->atom, y->atom)) {
                int size = x->power < 0 ? -x->power : x->power, other = y->power < 0 ? -y->power : y->power;
                int moved = (size < other ? size : other) * (y->power < 0 ? -1 : 1);
                x->power += moved;
                y->power -= moved;
                any = true;
            }
        }
    }
    return any;
}

/* 2 mg/L by 3 mL: 0.006 mg and not 6 mg.mL/L. Left as it is where that would lose digits. */
static bool in_fewer_atoms(run *r, const cql_quantity *product, str x, str y, cql_quantity *out)
{
    factors f = { .count = 0 };
    cql_quantity back;
    if (!add_factors(&f, x, 1)) {
        return false;
    }
    int second = f.count;
    return add_factors(&f, y, 1) && cancel(&f, second) && quantity_convert(product, factors_text(r, &f), out) &&
           quantity_convert(out, product->unit, &back) && back.value == product->value;
}

bool quantity_multiplies(const cql_quantity *x, const cql_quantity *y)
{
    return is_one(y->unit) || !(has_own_zero(x->unit) || has_own_zero(y->unit));
}

cql_value quantity_product(run *r, const cql_quantity *x, const cql_quantity *y)
{
    decimal d;
    if (!(quantity_multiplies(x, y) || quantity_multiplies(y, x)) || !decimal_multiply(x->value, y->value, &d)) {
        return cql_null();
    }
    if (is_one(x->unit) || is_one(y->unit)) {
        return value_quantity(r->a, d, is_one(x->unit) ? y->unit : x->unit);
    }
    cql_quantity product = { d, unit_product(r, x->unit, y->unit, 1) }, fewer;
    return in_fewer_atoms(r, &product, x->unit, y->unit, &fewer) ? value_quantity(r->a, fewer.value, fewer.unit)
                                                                 : value_quantity(r->a, d, product.unit);
}

/* Both as whole numbers of the same power of ten. */
static bool on_one_scale(ucum_number *x, ucum_number *y)
{
    ucum_number *coarse = x->scale < y->scale ? x : y;
    for (int32_t wanted = coarse == x ? y->scale : x->scale; coarse->scale < wanted; coarse->scale++) {
        if (__builtin_mul_overflow(coarse->unscaled, 10, &coarse->unscaled)) {
            return false;
        }
    }
    return true;
}

/* x by y of the same kind, divided before anything is rounded to eight digits. */
static bool quotient_of_a_kind(const cql_quantity *x, const cql_quantity *y, decimal *out)
{
    cql_quantity a, b;
    ucum_unit of_x, of_y, one;
    ucum_number m, n;
    if (!in_one_unit(x, y, &a, &b)) {
        return false;
    }
    bool exact = ucum_parse(ucum_spelling(x->unit), &of_x) && ucum_parse(ucum_spelling(y->unit), &of_y) &&
                 ucum_parse(ucum_spelling(a.unit), &one) && ucum_convert(number_of(x->value), &of_x, &one, &m) &&
                 ucum_convert(number_of(y->value), &of_y, &one, &n) && on_one_scale(&m, &n);
    return exact ? decimal_divide(m.unscaled, n.unscaled, out) : decimal_divide(a.value, b.value, out);
}

cql_value quantity_quotient(run *r, const cql_quantity *x, const cql_quantity *y)
{
    decimal d;
    if (!quantity_multiplies(x, y)) {
        return cql_null();
    }
    if (is_one(y->unit)) {
        return decimal_divide(x->value, y->value, &d) ? value_quantity(r->a, d, x->unit) : cql_null();
    }
    if (quotient_of_a_kind(x, y, &d)) {
        return value_quantity(r->a, d, STR("1"));
    }
    if (quantity_order(x, y) != ORDER_UNKNOWN || !decimal_divide(x->value, y->value, &d)) {
        return cql_null();
    }
    return value_quantity(r->a, d, unit_product(r, is_one(x->unit) ? STR("1") : x->unit, y->unit, -1));
}
