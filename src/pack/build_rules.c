/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_rules.h"

#include "pack/yaml.h"

enum { WHOLE_MOST = 3660 };

static void read_sources(rules_build *x, const json *root)
{
    static const char *const keys[] = { "id", "source", "checked", NULL };
    const json *list = field_list(&x->b, root, "sources", true);
    x->sources.at = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, str);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        (void)field_text(&x->b, n, "source");
        (void)field_yes(&x->b, n, "checked", false);
        x->sources.at[x->sources.count++] = field_text(&x->b, n, "id");
    }
}

bool rules_open(rules_build *x, const char *const *keys, const json **root)
{
    json *read;
    nl_error e = { 0 };
    if (yaml_read(x->b.a, arena_printf(x->b.a, "%s/%.*s", x->knowledge, STR_ARG(x->b.file)).p, &read, &e) != NL_OK) {
        fault_add(x->b.f, &e);
        return false;
    }
    fields_known(&x->b, read, keys);
    read_sources(x, read);
    *root = read;
    return true;
}

void rules_source(rules_build *x, const json *n, str id)
{
    str from = field_text(&x->b, n, "source");
    if (!str_empty(from) && !str_list_has(&x->sources, from)) {
        fault_at(x->b.f, place_of(&x->b, n), "no source named \"%.*s\"", STR_ARG(from));
    }
    bool checked = field_yes(&x->b, n, "checked", false);
    if (!json_get(n, "checked")) {
        fault_at(x->b.f, place_of(&x->b, n), "the key 'checked' is missing");
    }
    if (!str_empty(id)) {
        *VEC_PUSH(x->b.a, &x->rules) = (rule_source){ id, from, checked };
    }
}

uint32_t rules_whole(rules_build *x, const json *n, const char *key)
{
    int64_t v = 0;
    str text = field_text(&x->b, n, key);
    if (!str_empty(text) && (!str_to_i64(text, &v) || v < 0 || v > WHOLE_MOST)) {
        fault_at(x->b.f, place_of(&x->b, n), "%s: \"%.*s\" is no whole number from 0 to %d", key, STR_ARG(text), WHOLE_MOST);
        return 0;
    }
    return (uint32_t)v;
}

void rules_days(rules_build *x, const json *root, const days_wanted *wanted, size_t count)
{
    static const char *const keys[] = { "id", "days", "say", "source", "checked", NULL };
    bool *met = ARENA_ARRAY(x->b.a, count + 1, bool);
    const json *list = field_list(&x->b, root, "days", true);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        (void)field_text(&x->b, n, "say");
        str id = field_text(&x->b, n, "id");
        bool known = false;
        for (size_t i = 0; i < count; i++) {
            if (str_is(id, wanted[i].id)) {
                known = met[i] = true;
                *wanted[i].days = rules_whole(x, n, "days");
            }
        }
        if (!known) {
            fault_at(x->b.f, place_of(&x->b, n), "no rule reads the days \"%.*s\"", STR_ARG(id));
        }
        rules_source(x, n, id);
    }
    for (size_t i = 0; i < count; i++) {
        if (!met[i]) {
            fault_at(x->b.f, place_of(&x->b, root), "the days \"%s\" are missing", wanted[i].id);
        }
    }
}

str_list rules_texts(rules_build *x, const json *n, const char *key, bool required)
{
    str_list l = { 0 };
    if (required || json_get(n, key)) {
        l.at = field_texts(&x->b, n, key, required, &l.count);
    }
    return l;
}

const json *rules_section(rules_build *x, const json *root, const char *key, const char *const *keys)
{
    const json *n = json_get(root, key);
    if (!json_is(n, JSON_OBJECT)) {
        fault_at(x->b.f, place_of(&x->b, root), "the section \"%s\" is missing", key);
        return json_new(x->b.a, JSON_OBJECT);
    }
    fields_known(&x->b, n, keys);
    return n;
}
