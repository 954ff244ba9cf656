/* SPDX-License-Identifier: Apache-2.0 */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *nl_status_name(nl_status s)
{
    switch (s) {
    case NL_OK: return "ok";
    case NL_E_ARG: return "argument";
    case NL_E_IO: return "input/output";
    case NL_E_SYNTAX: return "syntax";
    case NL_E_MODEL: return "model";
    case NL_E_LOGIC: return "logic";
    case NL_E_LIMIT: return "limit";
    case NL_E_UNSUPPORTED: return "unsupported";
    }
    return "unknown";
}

void check_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "nextline: internal error at %s:%d: %s does not hold\n", file, line, what);
    abort();
}

__attribute__((format(printf, 6, 0))) static nl_status fill(nl_error *err, nl_status code, const char *where, uint32_t line,
                                                            uint32_t column, const char *what, va_list args)
{
    CHECK(code != NL_OK);
    if (!err) {
        return code;
    }
    /* where may point into err itself, when context is added while passing up */
    char place[sizeof err->where];
    snprintf(place, sizeof place, "%s", where ? where : "");
    char text[sizeof err->what];
    vsnprintf(text, sizeof text, what, args);
    *err = (nl_error){ .code = code, .line = line, .column = column };
    memcpy(err->where, place, sizeof place);
    memcpy(err->what, text, sizeof text);
    return code;
}

nl_status (fail)(nl_error *err, nl_status code, const char *where, const char *what, ...)
{
    va_list args;
    va_start(args, what);
    nl_status s = fill(err, code, where, 0, 0, what, args);
    va_end(args);
    return s;
}

nl_status (fail_at)(nl_error *err, nl_status code, const char *where, uint32_t line, uint32_t column, const char *what, ...)
{
    va_list args;
    va_start(args, what);
    nl_status s = fill(err, code, where, line, column, what, args);
    va_end(args);
    return s;
}
