/* The parser's own memory is malloc'ed, so it is made and destroyed outside a guard of our own; the events are turned into
 * nodes inside it, where only arena memory is held. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/yaml.h"

#include <libfyaml.h>

#include "pack/build_files.h"

typedef struct reading {
    struct fy_parser *parser;
    struct fy_event  *event;      /* the one in hand; freed by the owner when a limit leaves */
    struct fy_diag   *diag;
    const char       *name;
    json             *root;
} reading;

static nl_status wrong(const reading *r, const struct fy_mark *m, nl_error *err, const char *what)
{
    return fail_at(err, NL_E_SYNTAX, r->name, m ? (uint32_t)m->line + 1 : 0, m ? (uint32_t)m->column + 1 : 0, "%s", what);
}

/* Puts the next event in hand; a parse error is told with the parser's own words and place. */
static nl_status next(reading *r, nl_error *err)
{
    if (r->event) {
        fy_parser_event_free(r->parser, r->event);
    }
    r->event = fy_parser_parse(r->parser);
    if (r->event) {
        return NL_OK;
    }
    void *at = NULL;
    const struct fy_diag_error *e = fy_diag_errors_iterate(r->diag, &at);
    if (!e) {
        return fail(err, NL_E_SYNTAX, r->name, "the YAML ends where more was expected");
    }
    return fail_at(err, NL_E_SYNTAX, r->name, e->line > 0 ? (uint32_t)e->line : 0, e->column > 0 ? (uint32_t)e->column : 0,
                   "not YAML: %s", e->msg ? e->msg : "");
}

static bool is_null(str s)
{
    return str_empty(s) || str_is(s, "~") || str_is(s, "null") || str_is(s, "Null") || str_is(s, "NULL");
}

static nl_status scalar(arena *a, reading *r, json **out, nl_error *err)
{
    struct fy_token *t = r->event->scalar.value;
    size_t n = 0;
    const char *p = t ? fy_token_get_text(t, &n) : "";
    if (!p) {
        return wrong(r, fy_event_start_mark(r->event), err, "a scalar without text");
    }
    str text = arena_str(a, (str){ p, n });
    bool plain = !t || fy_token_scalar_style(t) == FYSS_PLAIN;
    *out = plain && is_null(text) ? json_new(a, JSON_NULL) : json_string(a, text);
    return NL_OK;
}

static nl_status node(arena *a, reading *r, json **out, nl_error *err);

static nl_status sequence(arena *a, reading *r, json *into, nl_error *err)
{
    for (;;) {
        TRY(next(r, err));
        if (r->event->type == FYET_SEQUENCE_END) {
            return NL_OK;
        }
        json *item;
        TRY(node(a, r, &item, err));
        json_push(into, item);
    }
}

static nl_status mapping(arena *a, reading *r, json *into, nl_error *err)
{
    for (;;) {
        TRY(next(r, err));
        if (r->event->type == FYET_MAPPING_END) {
            return NL_OK;
        }
        const struct fy_mark *mark = fy_event_start_mark(r->event);
        struct fy_mark at = mark ? *mark : (struct fy_mark){ 0 };
        json *key;
        TRY(node(a, r, &key, err));
        if (!json_is(key, JSON_STRING)) {
            return wrong(r, &at, err, "a key must be a word or a quoted text");
        }
        if (json_find(into, key->text)) {
            return fail_at(err, NL_E_SYNTAX, r->name, (uint32_t)at.line + 1, (uint32_t)at.column + 1, "the key '%.*s' stands twice",
                           STR_ARG(key->text));
        }
        TRY(next(r, err));
        json *value;
        TRY(node(a, r, &value, err));
        value->line = (uint32_t)at.line + 1;   /* a member stands where its key stands */
        json_put_key(into, key->text, value);
    }
}

/* The node that begins with the event in hand. */
static nl_status node(arena *a, reading *r, json **out, nl_error *err)
{
    const struct fy_mark *mark = fy_event_start_mark(r->event);
    uint32_t line = mark ? (uint32_t)mark->line + 1 : 0;
    if (fy_event_get_anchor_token(r->event) || r->event->type == FYET_ALIAS) {
        return wrong(r, mark, err, "anchors and aliases are not used here: write it out");
    }
    if (fy_event_get_tag_token(r->event)) {
        return wrong(r, mark, err, "tags are not used here");
    }
    arena_enter(a);
    nl_status s = NL_OK;
    if (r->event->type == FYET_SCALAR) {
        s = scalar(a, r, out, err);
    } else if (r->event->type == FYET_SEQUENCE_START) {
        *out = json_new(a, JSON_ARRAY);
        s = sequence(a, r, *out, err);
    } else if (r->event->type == FYET_MAPPING_START) {
        *out = json_new(a, JSON_OBJECT);
        s = mapping(a, r, *out, err);
    } else {
        s = wrong(r, mark, err, "nothing stands here");
    }
    arena_exit(a);
    if (s == NL_OK) {
        (*out)->line = line;   /* NOLINT(clang-analyzer-core.NullDereference): each branch that succeeds has set it */
    }
    return s;
}

static nl_status document(arena *a, void *arg, nl_error *err)
{
    reading *r = arg;
    TRY(next(r, err));
    if (r->event->type == FYET_STREAM_START) {
        TRY(next(r, err));
    }
    if (r->event->type != FYET_DOCUMENT_START) {
        return fail(err, NL_E_SYNTAX, r->name, "the file is empty");
    }
    TRY(next(r, err));
    TRY(node(a, r, &r->root, err));
    TRY(next(r, err));
    if (r->event->type == FYET_DOCUMENT_END) {
        TRY(next(r, err));
    }
    if (r->event->type != FYET_STREAM_END) {
        return wrong(r, fy_event_start_mark(r->event), err, "a second document: one file holds one");
    }
    return NL_OK;
}

static nl_status no_tabs(str text, const char *name, nl_error *err)
{
    ptrdiff_t at = str_find_char(text, '\t');
    if (at < 0) {
        return NL_OK;
    }
    uint32_t line = 1, column = 1;
    for (ptrdiff_t i = 0; i < at; i++) {
        line += text.p[i] == '\n';
        column = text.p[i] == '\n' ? 1 : column + 1;
    }
    return fail_at(err, NL_E_SYNTAX, name, line, column, "a tab: indent and separate with spaces");
}

nl_status yaml_read_text(arena *a, str text, const char *name, json **out, nl_error *err)
{
    TRY(no_tabs(text, name, err));
    reading r = { .name = name };
    struct fy_diag_cfg words;
    fy_diag_cfg_default(&words);
    words.fp = NULL;
    words.colorize = false;
    nl_status s;
    r.diag = fy_diag_create(&words);
    if (!r.diag) {
        return fail(err, NL_E_LIMIT, name, "the machine has no more memory");
    }
    fy_diag_set_collect_errors(r.diag, true);
    r.parser = fy_parser_create(&(struct fy_parse_cfg){ .flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2, .diag = r.diag });
    if (!r.parser || fy_parser_set_string(r.parser, text.p, text.n) != 0) {
        s = fail(err, NL_E_LIMIT, name, "the machine has no more memory");
        goto done;
    }
    s = guard_run(a, document, &r, err);
    if (s == NL_OK) {
        *out = r.root;
    } else if (s == NL_E_LIMIT && err) {
        nl_error limit = *err;
        fail(err, NL_E_LIMIT, name, "%s", limit.what);
    }
done:
    if (r.parser) {
        if (r.event) {
            fy_parser_event_free(r.parser, r.event);
        }
        fy_parser_destroy(r.parser);
    }
    fy_diag_destroy(r.diag);
    return s;
}

nl_status yaml_read(arena *a, const char *path, json **out, nl_error *err)
{
    str text;
    TRY(files_text(a, path, &text, err));
    return yaml_read_text(a, text, path, out, err);
}
