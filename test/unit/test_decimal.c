/* SPDX-License-Identifier: Apache-2.0 */
#include "cql/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static decimal of(const char *text)
{
    decimal d = 0;
    assert_true(decimal_read(str_of(text), &d, NULL, NULL));
    return d;
}

static void expect(decimal d, const char *text)
{
    char out[DECIMAL_TEXT];
    str s = decimal_write(d, 0, out);
    assert_int_equal(s.n, strlen(text));
    assert_memory_equal(s.p, text, s.n);
}

static void what_is_written_reads_back(void **state)
{
    static const char *const texts[] = { "0", "1", "-1", "0.5", "-0.00000001", "12345678901234567890.12345678", "9999999999999999999999999999.99999999" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        expect(of(texts[i]), texts[i]);
    }
    expect(of("+1.50"), "1.5");
    expect(of("5e-3"), "0.005");
    expect(of("1.25E2"), "125");
}

static void digits_past_the_eighth_round_and_are_told(void **state)
{
    decimal d;
    bool exact;
    int scale;
    assert_true(decimal_read(STR("0.123456785"), &d, &scale, &exact));
    expect(d, "0.12345679");
    assert_false(exact);
    assert_int_equal(scale, 8);
    assert_true(decimal_read(STR("1.50"), &d, &scale, &exact));
    assert_true(exact);
    assert_int_equal(scale, 2);
    assert_true(decimal_read(STR("5e-12"), &d, &scale, &exact));
    assert_false(exact);
    expect(d, "0");
}

static void what_is_no_number_is_refused(void **state)
{
    static const char *const bad[] = { "", "-", ".", "1.2.3", "1,5", "0x10", "1e", "1e99999", "NaN", "1 ", "100000000000000000000000000000" };
    decimal d = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(decimal_read(str_of(bad[i]), &d, NULL, NULL));
    }
    assert_true(d == 7);
}

static void products_and_quotients_are_rounded_half_away_from_zero(void **state)
{
    decimal d;
    assert_true(decimal_multiply(of("0.00000001"), of("0.5"), &d));
    expect(d, "0.00000001");
    assert_true(decimal_multiply(of("-0.00000001"), of("0.5"), &d));
    expect(d, "-0.00000001");
    assert_true(decimal_multiply(of("0.00000001"), of("0.4"), &d));
    expect(d, "0");
    assert_true(decimal_divide(of("2"), of("3"), &d));
    expect(d, "0.66666667");
    assert_true(decimal_divide(of("-1"), of("8"), &d));
    expect(d, "-0.125");
}

static void wide_products_are_exact_and_too_wide_ones_refused(void **state)
{
    decimal d = 3;
    assert_true(decimal_multiply(of("12345678901234.12345678"), of("12345678901234.12345678"), &d));
    expect(d, "152415787532377393842250876.59057462");      /* by an independent calculation */
    assert_true(decimal_divide(of("9999999999999999999999999999.99999999"), of("3"), &d));
    expect(d, "3333333333333333333333333333.33333333");
    decimal kept = d;
    assert_false(decimal_multiply(of("9999999999999999999999999999"), of("100"), &d));
    assert_false(decimal_divide(of("9999999999999999999999999999"), of("0.00000001"), &d));
    assert_false(decimal_divide(of("1"), 0, &d));
    assert_true(d == kept);
}

static void rounding_to_digits_takes_halves_away_from_zero(void **state)
{
    expect(decimal_round(of("2.5"), 0), "3");
    expect(decimal_round(of("-2.5"), 0), "-3");
    expect(decimal_round(of("-2.4"), 0), "-2");
    expect(decimal_round(of("1.005"), 2), "1.01");
    expect(decimal_floor(of("-1.1")), "-2");
    expect(decimal_ceiling(of("-1.1")), "-1");
    expect(decimal_truncate(of("-1.9")), "-1");
}

static void exponential_logarithm_and_power_agree_with_known_digits(void **state)
{
    decimal d;
    assert_true(decimal_exp(of("1"), &d));
    expect(d, "2.71828183");
    assert_true(decimal_exp(of("-20"), &d));
    expect(d, "0");
    assert_true(decimal_exp(of("10"), &d));
    expect(d, "22026.46579481");
    assert_true(decimal_ln(of("10"), &d));
    expect(d, "2.30258509");
    assert_true(decimal_ln(of("0.00000001"), &d));
    expect(d, "-18.42068074");
    assert_true(decimal_ln(of("1000000000000"), &d));
    expect(d, "27.63102112");
    assert_true(decimal_log(of("0.125"), of("2"), &d));
    expect(d, "-3");
    assert_true(decimal_power(of("2"), of("0.5"), &d));
    expect(d, "1.41421356");
    assert_true(decimal_power(of("1.1"), of("10"), &d));
    expect(d, "2.59374246");
    assert_true(decimal_power(of("10"), of("-8"), &d));
    expect(d, "0.00000001");
    assert_false(decimal_ln(of("0"), &d));
    assert_false(decimal_exp(of("200"), &d));
    assert_false(decimal_power(of("-2"), of("0.5"), &d));
    assert_false(decimal_power(of("0"), of("-1"), &d));
}

static void sums_and_products_agree_with_64_bit_arithmetic(void **state)
{
    uint64_t x = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        int64_t a = (int64_t)(x >> 34) - (1 << 29), b = (int64_t)(x & 0x3fffffff) - (1 << 29);
        decimal d, q, m;
        assert_true(decimal_multiply(decimal_of(a), decimal_of(b), &d));
        assert_true(d == decimal_of(1) * (decimal)(a * b));
        if (b != 0) {
            assert_true(decimal_quotient(decimal_of(a), decimal_of(b), &q) && decimal_remainder(decimal_of(a), decimal_of(b), &m));
            assert_true(q == decimal_of(a / b) && m == decimal_of(a % b));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(digits_past_the_eighth_round_and_are_told),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(products_and_quotients_are_rounded_half_away_from_zero),
        cmocka_unit_test(wide_products_are_exact_and_too_wide_ones_refused),
        cmocka_unit_test(rounding_to_digits_takes_halves_away_from_zero),
        cmocka_unit_test(exponential_logarithm_and_power_agree_with_known_digits),
        cmocka_unit_test(sums_and_products_agree_with_64_bit_arithmetic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
