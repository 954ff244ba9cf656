/* tell.h -- what the program says besides its answer: errors on standard error, exit status, and whether writing worked. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TELL_H
#define CLI_TELL_H

#include <nextline/types.h>

typedef enum stage { STAGE_PACK, STAGE_INPUT, STAGE_ANSWER } stage;

void tell_error(const nl_error *e);                        /* nextline: file:line:column: sentence */
int  tell_failure(stage s, const nl_error *e);             /* the same, and the exit status */
nl_status tell_write(void *to, const char *bytes, size_t n);   /* an nl_write_fn to a FILE */
/* Flushes standard output; the exit status, or EXIT_INPUT, told, when an answer did not reach its reader whole. */
int  tell_finish(int status);

#endif
