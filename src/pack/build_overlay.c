/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_overlay.h"

#include "pack/build_fields.h"
#include "pack/build_files.h"
#include "pack/yaml.h"
#include "terms/drugs.h"

static const char *const does_words[] = { "close", "note", "first", "last", NULL };

static void read_rule(builder *b, const json *n, local_rule *r)
{
    if (!fields_known(b, n, (const char *const[]){ "option", "drug", "does", "say", RULE_KEYS, NULL })) {
        return;
    }
    place at = place_of(b, n);
    r->option = field_text_or(b, n, "option", STR(""));
    r->drug = field_text_or(b, n, "drug", STR(""));
    r->say = field_text(b, n, "say");
    str does = field_word(b, n, "does", does_words, true);
    for (uint8_t i = 0; does_words[i]; i++) {
        r->does = str_is(does, does_words[i]) ? i : r->does;
    }
    r->always = !json_get(n, "when");
    r->when = r->always ? rule_without_define(b, n) : field_rule(b, n);
    r->when.at = at;
    if (str_empty(r->option) == str_empty(r->drug)) {
        fault_at(b->f, at, "a local rule names an option or a drug, and not both");
    } else if (!str_empty(r->option) && !guideline_option(b->g, r->option)) {
        fault_at(b->f, at, "the knowledge has no option '%.*s'", STR_ARG(r->option));
    } else if (!str_empty(r->drug) && !drugs_named(b->parts->terms->drugs, r->drug)) {
        fault_at(b->f, at, "drugs.yaml has no drug '%.*s'", STR_ARG(r->drug));
    }
}

static void read_overlay(builder *b, const json *root, overlay *v)
{
    if (!fields_known(b, root, (const char *const[]){ "name", "version", "dated", "guideline", "library", "rules", NULL })) {
        return;
    }
    file_libraries(b, root, false);
    v->name = field_text(b, root, "name");
    v->version = field_text(b, root, "version");
    v->guideline = field_text(b, root, "guideline");
    v->dated = field_date(b, root, "dated", true);
    v->jurisdictions = b->g->jurisdictions;
    v->jurisdiction_count = b->g->jurisdiction_count;
    if (!str_empty(v->guideline) && !str_eq(v->guideline, b->g->name)) {
        fault_at(b->f, place_of(b, json_get(root, "guideline")), "the knowledge given is called '%.*s'", STR_ARG(b->g->name));
    }
    const json *list = field_list(b, root, "rules", true);
    v->rules = ARENA_ARRAY(b->a, list ? list->count : 0, local_rule);
    for (const json *m = list ? list->first : NULL; m; m = m->next) {
        read_rule(b, m, &v->rules[v->rule_count++]);
    }
}

nl_status overlay_build(arena *a, const char *path, const pack *base, void (*report)(void *to, const nl_error *e), void *to, str *bytes, nl_error *err)
{
    faults f = { .report = report, .to = to };
    guideline copy = base->guideline;   /* a builder writes to its guideline; this one only looks */
    builder b = { .a = a, .parts = &(guideline_parts){ "", base->program, base->terms }, .g = &copy, .f = &f };
    const char *slash = strrchr(path, '/');
    b.file = arena_str(a, str_of(slash ? slash + 1 : path));
    str text;
    json *root = NULL;
    TRY(files_text(a, path, &text, err));
    TRY(yaml_read_text(a, text, b.file.p, &root, err));
    builder_name_defines(&b);
    overlay v = { 0 };
    read_overlay(&b, root, &v);
    if (f.count > 0) {
        nl_error first = f.first;
        return fail_at(err, first.code, first.where, first.line, first.column, "%s", first.what);
    }
    overlay_write(a, &v, bytes);
    overlay *again;
    return overlay_read(a, bytes->p, bytes->n, path, &base->guideline, base->program, &again, err);
}
