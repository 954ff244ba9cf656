/* knowledge.h -- where the program finds its pack: --pack, NEXTLINE_PACK, nextline.pack beside the program, ../share/nextline. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_KNOWLEDGE_H
#define CLI_KNOWLEDGE_H

#include <nextline/nextline.h>

enum { KNOWLEDGE_PATH = 4096 };

/* The first place that is given or exists; false, path empty, when none does. named: --pack, or NULL. */
bool knowledge_find(const char *named, char path[KNOWLEDGE_PATH]);
/* Opens it. NL_E_IO also when there is none. */
NL_MUST nl_status knowledge_open(const char *named, nl_pack **out, nl_error *err);

#endif
