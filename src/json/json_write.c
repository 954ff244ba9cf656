/* Writes a tree without recursion: down to the first child, along the siblings, up by the parent. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

static void write_string(buf *out, str s)
{
    buf_char(out, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        buf_add(out, (str){ s.p + from, i - from });
        from = i + 1;
        switch (c) {
        case '"': buf_add(out, STR("\\\"")); break;
        case '\\': buf_add(out, STR("\\\\")); break;
        case '\n': buf_add(out, STR("\\n")); break;
        case '\r': buf_add(out, STR("\\r")); break;
        case '\t': buf_add(out, STR("\\t")); break;
        default: buf_printf(out, "\\u%04x", c); break;
        }
    }
    buf_add(out, (str){ s.p + from, s.n - from });
    buf_char(out, '"');
}

static void new_line(buf *out, json_style style, size_t depth)
{
    if (style == JSON_PRETTY) {
        buf_char(out, '\n');
        buf_repeat(out, ' ', depth * 2);
    }
}

/* Everything of n up to its first child: all of it when it has none. */
static void write_head(buf *out, const json *n, json_style style)
{
    if (json_is(n->parent, JSON_OBJECT)) {
        write_string(out, n->key);
        buf_add(out, style == JSON_PRETTY ? STR(": ") : STR(":"));
    }
    switch ((json_type)n->type) {
    case JSON_NULL: buf_add(out, STR("null")); break;
    case JSON_FALSE: buf_add(out, STR("false")); break;
    case JSON_TRUE: buf_add(out, STR("true")); break;
    case JSON_NUMBER: buf_add(out, n->text); break;
    case JSON_STRING: write_string(out, n->text); break;
    case JSON_ARRAY: buf_add(out, n->first ? STR("[") : STR("[]")); break;
    case JSON_OBJECT: buf_add(out, n->first ? STR("{") : STR("{}")); break;
    }
}

void json_write(buf *out, const json *root, json_style style)
{
    size_t depth = 0;
    const json *n = root;
    const json no_parent = { .type = root->type, .text = root->text, .first = root->first };
    write_head(out, &no_parent, style); /* a subtree is written as a value, without its name */
    for (;;) {
        if (n->first) {
            depth++;
            n = n->first;
        } else {
            while (n != root && !n->next) {
                n = n->parent;
                depth--;
                new_line(out, style, depth);
                buf_char(out, n->type == JSON_OBJECT ? '}' : ']');
            }
            if (n == root) {
                break;
            }
            buf_char(out, ',');
            n = n->next;
        }
        new_line(out, style, depth);
        write_head(out, n, style);
    }
}
