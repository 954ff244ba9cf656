/* file.h -- whole files in and out. Reading follows gzip by its first two bytes; "-" is standard input. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/status.h"

#define FILE_PAD 64   /* bytes past the end that may be read: what the JSON parser asks for */

typedef struct file_bytes { char *p; size_t n; } file_bytes;   /* p has FILE_PAD zero bytes after n; owned by the caller */

/* max_bytes bounds the bytes after decompression. NL_E_IO when unreadable, NL_E_LIMIT when larger, NL_E_SYNTAX for broken gzip. */
NL_MUST nl_status file_read(const char *path, size_t max_bytes, file_bytes *out, nl_error *err);
void file_free(file_bytes *f);
/* Writes path.tmp, then renames over path, so that no reader ever sees half a file. */
NL_MUST nl_status file_write(const char *path, str bytes, nl_error *err);
bool file_exists(const char *path);

#endif
