/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/near.h"

#include "base/buf.h"

enum { NEAR_MOST = 3, NEAR_LONGEST = 160 };

static unsigned char lower(char c) { return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

/* The number of single-character edits between two names, letters compared without case. */
static size_t edits(str x, str y)
{
    size_t row[NEAR_LONGEST + 1];
    for (size_t j = 0; j <= y.n; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= x.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= y.n; j++) {
            size_t least = diagonal + (lower(x.p[i - 1]) != lower(y.p[j - 1]));
            least = row[j] + 1 < least ? row[j] + 1 : least;
            least = row[j - 1] + 1 < least ? row[j - 1] + 1 : least;
            diagonal = row[j];
            row[j] = least;
        }
    }
    return row[y.n];
}

/* Small is near; a name that begins or goes on with what was wanted is near too. */
static size_t distance(str wanted, str name)
{
    if (name.n > NEAR_LONGEST || wanted.n > NEAR_LONGEST || wanted.n < 2) {
        return SIZE_MAX;
    }
    size_t d = edits(wanted, name);
    if (d <= 1 + wanted.n / 4) {
        return d;
    }
    return wanted.n >= 4 && str_find_nocase(name, wanted) >= 0 ? NEAR_LONGEST + d : SIZE_MAX;
}

str near_names(arena *a, str wanted, const str *names, size_t count)
{
    str best[NEAR_MOST] = { { 0 } };
    size_t at[NEAR_MOST], found = 0;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(wanted, names[i]);
        size_t k = found < NEAR_MOST ? found : NEAR_MOST - 1;
        if (d == SIZE_MAX || (found == NEAR_MOST && d >= at[k])) {
            continue;
        }
        found += found < NEAR_MOST;
        for (; k > 0 && at[k - 1] > d; k--) {
            at[k] = at[k - 1];
            best[k] = best[k - 1];
        }
        at[k] = d;
        best[k] = names[i];
    }
    if (found == 0) {
        return STR("");
    }
    buf b = buf_make(a, BUF_MAX_DEFAULT);
    buf_add(&b, STR("; did you mean "));
    for (size_t i = 0; i < found; i++) {
        buf_printf(&b, "%s'%.*s'", i == 0 ? "" : i + 1 == found ? " or " : ", ", STR_ARG(best[i]));
    }
    buf_char(&b, '?');
    return buf_str(&b);
}
