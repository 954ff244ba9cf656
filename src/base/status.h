/* status.h -- how failure travels: a status returned, an error filled. See CONTRIBUTING.md, "Failure".
 * TRY is the one macro that returns. CHECK stops the program: it guards what we promise, never what input says. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <nextline/types.h>

#include "base/str.h"

#define TRY(call)                          \
    do {                                   \
        nl_status try_status_ = (call);    \
        if (try_status_ != NL_OK) {        \
            return try_status_;            \
        }                                  \
    } while (0)

#define CHECK(cond) ((cond) ? (void)0 : check_failed(#cond, __FILE__, __LINE__))

_Noreturn void check_failed(const char *what, const char *file, int line);

/* Fills err (which may be NULL) and returns code. where may be empty. */
__attribute__((format(printf, 4, 5))) nl_status fail(nl_error *err, nl_status code, const char *where, const char *what, ...);
/* The same with a place in a text. */
__attribute__((format(printf, 6, 7))) nl_status fail_at(nl_error *err, nl_status code, const char *where, uint32_t line,
                                                        uint32_t column, const char *what, ...);
#ifdef __clang_analyzer__   /* what both promise, for an analyzer that sees one file at a time: code comes back */
# define fail(err, code, ...) ((void)(fail)((err), (code), __VA_ARGS__), (code))
# define fail_at(err, code, ...) ((void)(fail_at)((err), (code), __VA_ARGS__), (code))
#endif

#endif
