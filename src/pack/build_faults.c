/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_faults.h"

#include <stdarg.h>

void fault_add(faults *f, const nl_error *e)
{
    CHECK(e->code != NL_OK);
    if (f->count == 0) {
        f->first = *e;
    }
    f->count++;
    if (f->report) {
        f->report(f->to, e);
    }
}

void fault_at(faults *f, place at, const char *what, ...)
{
    char text[sizeof ((nl_error *)0)->what], file[sizeof ((nl_error *)0)->where];
    va_list args;
    va_start(args, what);
    vsnprintf(text, sizeof text, what, args);
    va_end(args);
    snprintf(file, sizeof file, "%.*s", STR_ARG(at.file));
    nl_error e = { 0 };
    (void)fail_at(&e, NL_E_LOGIC, file, at.line, 0, "%s", text);
    fault_add(f, &e);
}
