/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tell.h"

#include "base/str.h"
#include "cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void tell_error(const nl_error *e)
{
    fputs("nextline: ", stderr);
    if (e->where[0]) {
        char place[32] = "";   /* a place in CQL says it already */
        snprintf(place, sizeof place, e->column ? ":%u:%u" : ":%u", e->line, e->column);
        bool told = !e->line || str_ends(str_of(e->where), str_of(place));
        fprintf(stderr, "%s%s: ", e->where, told ? "" : place);
    }
    fprintf(stderr, "%s\n", e->what);
}

int tell_failure(stage s, const nl_error *e)
{
    tell_error(e);
    if (e->code == NL_E_LIMIT) {
        return EXIT_LIMIT;
    }
    if (s == STAGE_PACK) {
        return EXIT_PACK;
    }
    switch (e->code) {
    case NL_E_ARG: return EXIT_USAGE;
    case NL_E_IO:
    case NL_E_SYNTAX:
    case NL_E_MODEL: return EXIT_INPUT;
    case NL_E_LOGIC: return EXIT_PACK;
    case NL_OK:
    case NL_E_LIMIT:
    case NL_E_UNSUPPORTED: break;
    }
    return EXIT_INTERNAL;
}

/* A reader that has gone (head, a closed pager) wants no more: that is no failure. */
nl_status tell_write(void *to, const char *bytes, size_t n)
{
    if (fwrite(bytes, 1, n, to) == n) {
        return NL_OK;
    }
    if (errno != EPIPE) {
        return NL_E_IO;
    }
    clearerr(to);
    return NL_OK;
}

int tell_finish(int status)
{
    errno = 0;
    if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE || status != EXIT_PLAN) {
        return status;
    }
    fprintf(stderr, "nextline: standard output: %s\n", errno ? strerror(errno) : "could not be written");
    return EXIT_INPUT;
}
