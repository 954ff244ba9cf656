/* yaml.h -- one YAML 1.2 file as our element tree, every node with its line (a member: its key's). Used only when knowledge is compiled.
 * Scalars stay text as written (`yes`, `1.0` and `2023-01-27` are strings); a plain null, ~ or nothing is JSON_NULL.
 * Duplicate keys, anchors, aliases, tags, tabs and further documents are errors: a reviewer must see what is meant.
 * The tree lives in the arena; nesting is bounded by its depth limit. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_YAML_H
#define PACK_YAML_H

#include "json/json.h"

/* NL_E_IO: unreadable; NL_E_SYNTAX with file, line and column: not YAML as above; NL_E_LIMIT: too deep or too large. */
NL_MUST nl_status yaml_read(arena *a, const char *path, json **out, nl_error *err);
/* The same from bytes; name is shown in messages. */
NL_MUST nl_status yaml_read_text(arena *a, str text, const char *name, json **out, nl_error *err);

#endif
