/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "ucum/ucum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h> /* after ours: it has a macro named fail */

static ucum_unit unit_of(const char *text)
{
    ucum_unit u;
    if (!ucum_parse(str_of(text), &u)) {
        fail_msg("%s is refused", text);
    }
    return u;
}

static ucum_number number_of(const char *text)
{
    ucum_number n;
    assert_true(ucum_read_number(str_of(text), &n));
    return n;
}

typedef struct conversion {
    const char *value, *from, *to, *want;
} conversion;

static void values_are_converted_exactly(void **state)
{
    static const conversion cases[] = {
        { "1.50", "g", "mg", "1500" },
        { "5", "10*3/uL", "10*9/L", "5" },
        { "0.9", "mg/dL", "mg/L", "9.0" },
        { "1", "[lb_av]", "g", "453.59237" },
        { "1", "[in_i]", "cm", "2.54" },
        { "5", "[ft_i]", "[in_i]", "60" },
        { "98.6", "[degF]", "Cel", "37" },
        { "37", "Cel", "[degF]", "98.6" },
        { "0", "Cel", "K", "273.15" },
        { "-40", "[degF]", "Cel", "-40" },
        { "37.5", "Cel", "Cel", "37.5" },
        { "60", "mL/min/{1.73_m2}", "mL/s", "1" },
        { "120", "mm[Hg]", "Pa", "15998.64" },
        { "2", "wk", "d", "14" },
        { "1", "a", "mo", "12" },
        { "25", "%", "1", "0.25" },
        { "1", "[IU]/mL", "m[IU]/L", "1000000" },
        { "1", "[iU]", "[IU]", "1" },
        { "1", "U/L", "umol/min/L", "1" },
        { "3", "{cells}/uL", "/mm3", "3" },
        { "1", "h", "min", "60" },
        { "1", "kg/m2", "g/cm2", "0.1" },
        { "100", "/100", "1", "1" },
        { "8", "m2.kg/(s.s)", "J", "8" },
        { "1", "Gy", "cGy", "100" },
        { "4", "10*-6", "[ppm]", "4" },
        { "170", "cm", "m", "1.7" },
        { "1", "L", "l", "1" },
        { "1", "[drp]/min", "mL/h", "3" },
        { "1", "eq/L", "mmol/L", "1000" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const conversion *c = &cases[i];
        ucum_unit from = unit_of(c->from), to = unit_of(c->to), one = unit_of("1");
        ucum_number out;
        int order = 2;
        assert_true(ucum_convert(number_of(c->value), &from, &to, &out));
        assert_true(out.scale >= 0);
        assert_true(ucum_compare(out, &one, number_of(c->want), &one, &order));
        if (order != 0) {
            fail_msg("%s %s in %s is not %s", c->value, c->from, c->to, c->want);
        }
        assert_true(ucum_compare(number_of(c->value), &from, out, &to, &order));
        assert_int_equal(order, 0);
    }
}

static void what_does_not_end_is_rounded_to_thirty_digits(void **state)
{
    ucum_unit min = unit_of("min"), h = unit_of("h");
    ucum_number out;
    assert_true(ucum_convert(number_of("50"), &min, &h, &out));
    ucum_unit one = unit_of("1");
    int order;
    assert_true(ucum_compare(out, &one, number_of("0.833333333333333333333333333333"), &one, &order));
    assert_int_equal(order, 1);
    assert_true(ucum_compare(out, &one, number_of("0.8333333333333333333333333333340"), &one, &order));
    assert_int_equal(order, -1);
    assert_true(ucum_compare(number_of("50"), &min, out, &h, &order)); /* and comparing in units is exact */
    assert_int_equal(order, 1);
}

static void only_what_is_the_same_kind_of_quantity_is_compared(void **state)
{
    static const char *const apart[][2] = {
        { "g", "m" },   { "g/L", "mol/L" }, { "[IU]/L", "U/L" }, { "[IU]", "1" },   { "[IU]", "[CFU]" },
        { "Cel", "g" }, { "[pH]", "1" },    { "m", "m2" },       { "mg", "mg/kg" }, { "B", "Np" },
    };
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++) {
        ucum_unit a = unit_of(apart[i][0]), b = unit_of(apart[i][1]);
        ucum_number out;
        int order;
        assert_false(ucum_comparable(&a, &b));
        assert_false(ucum_convert(number_of("1"), &a, &b, &out));
        assert_false(ucum_compare(number_of("1"), &a, number_of("1"), &b, &order));
    }
}

static void order_holds_across_units_and_signs(void **state)
{
    static const struct {
        const char *a, *a_unit, *b, *b_unit;
        int order;
    } cases[] = {
        { "1", "g", "999", "mg", 1 },     { "1", "g", "1000.0", "mg", 0 },
        { "1", "mg", "1", "g", -1 },      { "-1", "g", "-999", "mg", -1 },
        { "-1", "g", "1", "mg", -1 },     { "0", "g", "0", "kg", 0 },
        { "0", "Cel", "273.15", "K", 0 }, { "-1", "Cel", "0", "[degF]", 1 },
        { "1e-30", "g", "1", "Yg", -1 },  { "0.1", "g", "0.1000000000000000000000000000000000001", "g", -1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ucum_unit a = unit_of(cases[i].a_unit), b = unit_of(cases[i].b_unit);
        int order = 2;
        assert_true(ucum_compare(number_of(cases[i].a), &a, number_of(cases[i].b), &b, &order));
        assert_int_equal(order, cases[i].order);
    }
}

static void what_is_not_ucum_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",     "K/ul/", "mg/dl.", "x10^3",     "thou/uL",  "cells/uL", "mg dL", " mg",  "mg ",  "(mg",
        "mg)",  "m[",    "{a",     "a}",        "m--2",     "m-",       "m+",    "kkg",  "mcg",  "IU",
        "iu/l", "[iu]",  "Cel2",   "kCel",      "Cel/min",  "/",        ".",     "m..s", "m//s", "()",
        "0",    "{a b}", "{{a}}",  "\xC2\xB5g", "k[lb_av]", "kmin",     "m999",  "1e3",  "-1",   "g/0",
    };
    ucum_unit u;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (ucum_parse(str_of(wrong[i]), &u)) {
            fail_msg("%s is accepted", wrong[i]);
        }
    }
    char deep[200];
    memset(deep, '(', sizeof deep);
    assert_false(ucum_parse((str){ deep, sizeof deep }, &u));
}

static void products_and_quotients_cancel(void **state)
{
    ucum_unit mg = unit_of("mg"), dl = unit_of("dL"), out, want = unit_of("mg/dL"), cel = unit_of("Cel"),
              iu = unit_of("[IU]");
    ucum_unit one = unit_of("1");
    assert_true(ucum_divide(&mg, &dl, &out));
    assert_true(ucum_comparable(&out, &want));
    assert_int_equal(out.ten, want.ten);
    assert_true(ucum_multiply(&out, &dl, &out));
    assert_true(ucum_comparable(&out, &mg));
    assert_false(ucum_multiply(&cel, &mg, &out));
    assert_true(ucum_divide(&iu, &iu, &out));
    assert_true(ucum_comparable(&out, &one));
}

static void numbers_are_read_with_their_digits(void **state)
{
    ucum_number n = number_of("-1.50");
    assert_true(n.unscaled == -150 && n.scale == 2);
    n = number_of("1.5e3");
    assert_true(n.unscaled == 15 && n.scale == -2);
    static const char *const wrong[] = {
        "", "-", ".5", "1.", "1e", "1e+-1", "a", "1a", "1..2", "1e999999", "100000000000000000000000000000000000000"
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (ucum_read_number(str_of(wrong[i]), &n)) {
            fail_msg("%s is accepted", wrong[i]);
        }
    }
}

/* ---- the atoms, against the published table where it is at hand ---- */

static str attribute(str element, const char *name)
{
    ptrdiff_t at = str_find(element, str_of(name));
    if (at < 0) {
        return STR("");
    }
    str value = str_from(element, (size_t)at + strlen(name));
    ptrdiff_t end = str_find_char(value, '"');
    return end < 0 ? STR("") : str_head(value, (size_t)end);
}

/* The essence writes < > & ' " of a code as entities; only &quot; and &apos; could occur in one and none does. */
static void every_published_atom_is_carried_with_its_value(void **state)
{
    char path[512];
    const char *root = getenv("NL_ROOT");
    snprintf(path, sizeof path, "%s/../shared/data/ucum/ucum-essence.xml", root ? root : ".");
    file_bytes f;
    nl_error err;
    if (file_read(path, (size_t)16 << 20, &f, &err) != NL_OK) {
        print_message("skipped: ../shared/data/ucum/ucum-essence.xml is not here\n");
        skip();
    }
    str rest = { f.p, f.n };
    size_t atoms = 0, compared = 0;
    for (ptrdiff_t at; (at = str_find(rest, STR("<unit "))) >= 0; atoms++) {
        rest = str_from(rest, (size_t)at);
        ptrdiff_t end = str_find(rest, STR("</unit>"));
        assert_true(end > 0);
        str unit = str_head(rest, (size_t)end);
        rest = str_from(rest, (size_t)end);
        str code = attribute(unit, "Code=\"");
        ucum_unit u, defined, ten;
        if (!ucum_parse(code, &u)) {
            fail_msg("%.*s is not carried", STR_ARG(code));
        }
        bool metric = str_is(attribute(unit, "isMetric=\""), "yes");
        char prefixed[80];
        snprintf(prefixed, sizeof prefixed, "k%.*s", STR_ARG(code));
        if (!u.affine && ucum_parse(str_of(prefixed), &ten) != metric) {
            fail_msg("%.*s: prefixes", STR_ARG(code));
        }
        if (str_is(attribute(unit, "isSpecial=\""), "yes")) {
            assert_true(u.affine || u.own_count == 1);
            continue;
        }
        str value = attribute(unit, " value=\""), in = attribute(unit, " Unit=\"");
        if (str_is(attribute(unit, "isArbitrary=\""), "yes") && str_is(in, "1")) {
            assert_int_equal(u.own_count, 1);
            continue;
        }
        ucum_number n, one = { 1, 0 };
        int order = 2;
        if (!ucum_parse(in, &defined) || !ucum_read_number(str_head(value, 33), &n) ||
            !ucum_compare(one, &u, n, &defined, &order) || order != 0) {
            fail_msg("1 %.*s is not %.*s %.*s", STR_ARG(code), STR_ARG(value), STR_ARG(in));
        }
        compared++;
    }
    file_free(&f);
    assert_int_equal(atoms, 305);
    assert_true(compared > 230);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_converted_exactly),
        cmocka_unit_test(what_does_not_end_is_rounded_to_thirty_digits),
        cmocka_unit_test(only_what_is_the_same_kind_of_quantity_is_compared),
        cmocka_unit_test(order_holds_across_units_and_signs),
        cmocka_unit_test(what_is_not_ucum_is_refused),
        cmocka_unit_test(products_and_quotients_cancel),
        cmocka_unit_test(numbers_are_read_with_their_digits),
        cmocka_unit_test(every_published_atom_is_carried_with_its_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
