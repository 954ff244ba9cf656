/* answer.h -- what plan, explain and chart share: files in, a plan made, one view of it written. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ANSWER_H
#define CLI_ANSWER_H

#include <nextline/nextline.h>

#include "cli/command.h"

/* files: the first file_count words. option: for the explain views, else NULL. Returns the exit status. */
int answer(const arguments *a, int file_count, nl_view view, const char *option);
/* --width and --color, or what the terminal has. NL_E_ARG: no such width. */
NL_MUST nl_status answer_style(const arguments *a, nl_style *out, nl_error *err);
bool answer_is(const arguments *a, const char *format);   /* --format FORMAT; "text" when not given */

#endif
