/* A line each: one unit, another unit, a number, another number. Reading never crashes, and what is answered hangs together:
 * there and back is where it was, comparing is antisymmetric, products do not depend on their order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/status.h"
#include "ucum/ucum.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ucum_number number_or(str text, int64_t otherwise)
{
    ucum_number n;
    return ucum_read_number(text, &n) ? n : (ucum_number){ otherwise, 0 };
}

static long double approximately(ucum_number n)
{
    return (long double)n.unscaled * powl(10, -(long double)n.scale);
}

static void check_there_and_back(ucum_number v, const ucum_unit *a, const ucum_unit *b)
{
    ucum_number there, back;
    if (!ucum_convert(v, a, b, &there)) {
        return;
    }
    CHECK(ucum_comparable(a, b));
    if (!ucum_convert(there, b, a, &back)) {
        return;
    }
    long double x = approximately(v), y = approximately(back);
    if (!isnormal(x) || !isfinite(y) || a->affine || b->affine) {   /* an offset loses digits beside a tiny or huge value */
        return;
    }
    CHECK(fabsl(y - x) <= fabsl(x) * 1e-12L);
}

static void check_order(ucum_number v, const ucum_unit *a, ucum_number w, const ucum_unit *b)
{
    int order = 2, reverse = 2, same = 2;
    bool known = ucum_compare(v, a, w, b, &order), known_reverse = ucum_compare(w, b, v, a, &reverse);
    CHECK(known == known_reverse);
    CHECK(!known || (order == -reverse && ucum_comparable(a, b)));
    CHECK(ucum_comparable(a, a) && ucum_comparable(a, b) == ucum_comparable(b, a));
    CHECK(!ucum_compare(v, a, v, a, &same) || same == 0);
}

/* One factor may be held in several ways: 125/1000 and 1/8. */
static bool is_same_unit(const ucum_unit *a, const ucum_unit *b)
{
    int order = 2;
    ucum_number one = { 1, 0 };
    return ucum_comparable(a, b) && (!ucum_compare(one, a, one, b, &order) || order == 0);
}

static void check_products(const ucum_unit *a, const ucum_unit *b)
{
    ucum_unit x, y;
    bool x_is = ucum_multiply(a, b, &x), y_is = ucum_multiply(b, a, &y);
    CHECK(x_is == y_is && (!x_is || is_same_unit(&x, &y)));
    if (ucum_divide(a, b, &x) && ucum_multiply(&x, b, &y)) {
        CHECK(is_same_unit(&y, a));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str rest = { (const char *)data, size }, one = STR(""), other = STR(""), first = STR(""), second = STR("");
    ucum_unit a, b;
    if (!str_cut(&rest, '\n', &one)) {
        return 0;
    }
    if (!str_cut(&rest, '\n', &other)) {
        other = one;
    }
    if (str_cut(&rest, '\n', &first)) {
        (void)str_cut(&rest, '\n', &second);
    }
    bool a_is = ucum_parse(one, &a), b_is = ucum_parse(other, &b);
    ucum_number v = number_or(first, 7), w = number_or(second, -3);
    if (a_is) {
        check_order(v, &a, w, &a);
        check_there_and_back(v, &a, &a);
    }
    if (a_is && b_is) {
        check_order(v, &a, w, &b);
        check_there_and_back(v, &a, &b);
        check_there_and_back(w, &b, &a);
        check_products(&a, &b);
    }
    return 0;
}
