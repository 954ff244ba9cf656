/* build_files.h -- the files of a folder in an order every machine agrees on, and their text in the arena. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_BUILD_FILES_H
#define PACK_BUILD_FILES_H

#include "base/arena.h"

/* Names with that ending, without it, sorted by bytes; hidden files are left out. 0 when the folder is not there. */
size_t files_in(arena *a, const char *folder, str ending, str **names);
/* A whole file; FILE_PAD zero bytes follow it. */
NL_MUST nl_status files_text(arena *a, const char *path, str *out, nl_error *err);

#endif
