/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_fields.h"

#include "pack/near.h"

place place_of(const builder *b, const json *n) { return (place){ b->file, n ? n->line : 0 }; }

bool fields_known(builder *b, const json *n, const char *const *keys)
{
    if (!json_is(n, JSON_OBJECT)) {
        fault_at(b->f, place_of(b, n), "a mapping of keys and values should stand here");
        return false;
    }
    str names[48];
    size_t count = 0;
    for (; keys[count]; count++) {
        CHECK(count < sizeof names / sizeof *names);
        names[count] = str_of(keys[count]);
    }
    for (const json *m = n->first; m; m = m->next) {
        bool known = false;
        for (size_t i = 0; i < count && !known; i++) {
            known = str_eq(m->key, names[i]);
        }
        if (!known) {
            str near = near_names(b->a, m->key, names, count);
            fault_at(b->f, place_of(b, m), "the key '%.*s' is not known here%.*s", STR_ARG(m->key), STR_ARG(near));
        }
    }
    return true;
}

str text_of(builder *b, const json *scalar, const char *what)
{
    str text = str_trim(json_is(scalar, JSON_STRING) ? scalar->text : STR(""));
    if (str_empty(text)) {
        fault_at(b->f, place_of(b, scalar), "%s: a text should stand here", what);
    }
    return text;
}

str field_text(builder *b, const json *n, const char *key)
{
    const json *m = json_get(n, key);
    if (!m) {
        fault_at(b->f, place_of(b, n), "the key '%s' is missing", key);
        return STR("");
    }
    return text_of(b, m, key);
}

str field_text_or(builder *b, const json *n, const char *key, str otherwise)
{
    const json *m = json_get(n, key);
    return m ? text_of(b, m, key) : otherwise;
}

bool field_yes(builder *b, const json *n, const char *key, bool otherwise)
{
    const json *m = json_get(n, key);
    if (!m) {
        return otherwise;
    }
    str t = json_text(m);
    if (str_is(t, "yes") || str_is(t, "true")) {
        return true;
    }
    if (!str_is(t, "no") && !str_is(t, "false")) {
        fault_at(b->f, place_of(b, m), "%s: yes or no should stand here", key);
    }
    return false;
}

static date date_of(builder *b, const json *m, const char *what)
{
    str t = json_is(m, JSON_STRING) ? str_trim(m->text) : STR("");
    date d = { 0 };
    if (t.n != 10 || !date_read(t, &d) || d.precision != DATE_DAY) {
        fault_at(b->f, place_of(b, m), "%s: '%.*s' is not a day that exists, written YYYY-MM-DD", what, STR_ARG(t));
        return (date){ 0 };
    }
    return d;
}

date field_date(builder *b, const json *n, const char *key, bool required)
{
    const json *m = json_get(n, key);
    if (!m && required) {
        fault_at(b->f, place_of(b, n), "the key '%s' is missing", key);
    }
    return m ? date_of(b, m, key) : (date){ 0 };
}

const json *field_list(builder *b, const json *n, const char *key, bool required)
{
    const json *m = json_get(n, key);
    if (!m || json_is(m, JSON_NULL)) {
        if (required) {
            fault_at(b->f, place_of(b, m ? m : n), "the key '%s' is missing", key);
        }
        return NULL;
    }
    if (!json_is(m, JSON_ARRAY)) {
        fault_at(b->f, place_of(b, m), "%s: a list should stand here", key);
        return NULL;
    }
    if (m->count == 0 && required) {
        fault_at(b->f, place_of(b, m), "%s: the list is empty", key);
    }
    return m;
}

str *field_texts(builder *b, const json *n, const char *key, bool required, uint32_t *count)
{
    const json *m = json_get(n, key);
    *count = 0;
    if (json_is(m, JSON_STRING)) {
        str *one = ARENA_NEW(b->a, str);
        *one = text_of(b, m, key);
        *count = 1;
        return one;
    }
    const json *list = field_list(b, n, key, required);
    if (!list) {
        return NULL;
    }
    str *texts = ARENA_ARRAY(b->a, list->count, str);
    for (const json *m2 = list->first; m2; m2 = m2->next) {
        texts[*count] = text_of(b, m2, key);
        for (uint32_t i = 0; i < *count; i++) {
            if (str_eq(texts[i], texts[*count])) {
                fault_at(b->f, place_of(b, m2), "%s: '%.*s' stands twice", key, STR_ARG(texts[i]));
            }
        }
        (*count)++;
    }
    return texts;
}

str *field_sources(builder *b, const json *n, const char *key, bool required, uint32_t *count)
{
    str *ids = field_texts(b, n, key, required, count);
    for (uint32_t i = 0; i < *count; i++) {
        if (str_empty(ids[i]) || guideline_source(b->g, ids[i])) {
            continue;
        }
        str *known = ARENA_ARRAY(b->a, b->g->source_count, str);
        for (uint32_t k = 0; k < b->g->source_count; k++) {
            known[k] = b->g->sources[k].id;
        }
        str near = near_names(b->a, ids[i], known, b->g->source_count);
        const json *list = json_get(n, key);
        const json *at = json_is(list, JSON_ARRAY) ? json_at(list, i) : list;
        fault_at(b->f, place_of(b, at), "%s: no source has the id '%.*s'%.*s", key, STR_ARG(ids[i]), STR_ARG(near));
    }
    return ids;
}

str field_word(builder *b, const json *n, const char *key, const char *const *words, bool required)
{
    const json *m = json_get(n, key);
    if (!m) {
        if (required) {
            fault_at(b->f, place_of(b, n), "the key '%s' is missing", key);
        }
        return STR("");
    }
    str t = text_of(b, m, key);
    for (size_t i = 0; words[i]; i++) {
        if (str_is(t, words[i])) {
            return t;
        }
    }
    buf all = buf_make(b->a, BUF_MAX_DEFAULT);
    for (size_t i = 0; words[i]; i++) {
        buf_printf(&all, "%s%s", i == 0 ? "" : ", ", words[i]);
    }
    fault_at(b->f, place_of(b, m), "%s: '%.*s' is none of %.*s", key, STR_ARG(t), STR_ARG(buf_str(&all)));
    return STR("");
}

str field_standing(builder *b, const json *n, const char *key, bool required)
{
    const json *m = json_get(n, key);
    if (!m) {
        if (required) {
            fault_at(b->f, place_of(b, n), "the key '%s' is missing", key);
        }
        return STR("");
    }
    str t = text_of(b, m, key);
    for (uint32_t i = 0; i < b->g->standing_count; i++) {
        if (str_eq(t, b->g->standings[i])) {
            return t;
        }
    }
    fault_at(b->f, place_of(b, m), "%s: '%.*s' is not among the standings of guideline.yaml", key, STR_ARG(t));
    return STR("");
}

/* ---- rules ---- */

void builder_name_defines(builder *b)
{
    uint32_t count = cql_define_count(b->parts->program);
    b->define_names = ARENA_ARRAY(b->a, count, str);
    for (uint32_t i = 0; i < count; i++) {
        str name = cql_define(b->parts->program, i).name;
        bool repeated = false;
        for (uint32_t j = 0; j < b->define_count && !repeated; j++) {
            repeated = str_eq(b->define_names[j], name);
        }
        if (!repeated) {
            b->define_names[b->define_count++] = name;
        }
    }
}

void file_libraries(builder *b, const json *root, bool required)
{
    b->libraries = field_texts(b, root, "library", required, &b->library_count);
}

uint32_t find_define(builder *b, const json *n, str name, place at, str *library)
{
    bool own = json_is(n, JSON_OBJECT) && json_get(n, "library");
    str of_rule = own ? field_text(b, n, "library") : STR("");
    const str *libraries = own ? &of_rule : b->libraries;
    uint32_t count = own ? 1 : b->library_count;
    *library = count > 0 ? libraries[0] : STR("");
    if (str_empty(name) || (own && str_empty(of_rule))) {
        return CQL_NONE;   /* told already */
    }
    if (count == 0) {
        fault_at(b->f, at, "'%.*s' names a define, but the file names no library", STR_ARG(name));
        return CQL_NONE;
    }
    uint32_t found = CQL_NONE;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t d = cql_find_define(b->parts->program, libraries[i], name);
        if (d != CQL_NONE && found != CQL_NONE) {
            fault_at(b->f, at, "\"%.*s\" stands in %.*s and in %.*s: name the library", STR_ARG(name), STR_ARG(*library), STR_ARG(libraries[i]));
            return CQL_NONE;
        }
        if (d != CQL_NONE) {
            *library = libraries[i];
            found = d;
        }
    }
    if (found != CQL_NONE) {
        return found;
    }
    str near = near_names(b->a, name, b->define_names, b->define_count);
    if (count == 1) {
        fault_at(b->f, at, "the library %.*s has no define \"%.*s\"%.*s", STR_ARG(*library), STR_ARG(name), STR_ARG(near));
    } else {
        fault_at(b->f, at, "none of the file's %u libraries has a define \"%.*s\"%.*s", count, STR_ARG(name), STR_ARG(near));
    }
    return CQL_NONE;
}

static uint32_t places_of(builder *b, const json *n)
{
    uint32_t count, bits = 0;
    str *names = field_texts(b, n, "in", false, &count);
    if (!names) {
        return UINT32_MAX;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t j = 0;
        while (j < b->g->jurisdiction_count && !str_eq(names[i], b->g->jurisdictions[j])) {
            j++;
        }
        if (j < b->g->jurisdiction_count) {
            bits |= 1u << j;
        } else if (!str_empty(names[i])) {
            fault_at(b->f, place_of(b, json_get(n, "in")), "'%.*s' is not among the jurisdictions of guideline.yaml", STR_ARG(names[i]));
        }
    }
    return bits;
}

condition rule_without_define(builder *b, const json *n)
{
    condition c = { .define = CQL_NONE, .is = true, .places = UINT32_MAX, .at = place_of(b, n) };
    if (json_is(n, JSON_OBJECT)) {
        c.places = places_of(b, n);
        c.since = field_date(b, n, "since", false);
        c.until = field_date(b, n, "until", false);
        if (c.since.precision && c.until.precision && date_cmp(c.until, c.since) <= 0) {
            fault_at(b->f, c.at, "the rule ends before it begins");
        }
    }
    return c;
}

condition field_rule(builder *b, const json *n)
{
    condition c = rule_without_define(b, n);
    if (json_is(n, JSON_OBJECT)) {
        c.is = field_yes(b, n, "is", true);
        c.define_name = field_text(b, n, "when");
        c.at = json_get(n, "when") ? place_of(b, json_get(n, "when")) : c.at;
    } else {
        c.define_name = text_of(b, n, "the name of a define");
    }
    c.define = find_define(b, n, c.define_name, c.at, &c.library);
    if (c.define != CQL_NONE && !cql_define(b->parts->program, c.define).is_boolean) {
        fault_at(b->f, c.at, "the define \"%.*s\" is not Boolean", STR_ARG(c.define_name));
    }
    return c;
}

bool days_overlap(date since1, date until1, date since2, date until2)
{
    bool first_ends_before = until1.precision && since2.precision && date_cmp(until1, since2) <= 0;
    bool second_ends_before = until2.precision && since1.precision && date_cmp(until2, since1) <= 0;
    return !first_ends_before && !second_ends_before;
}

bool conditions_overlap(const condition *x, const condition *y)
{
    return x->define == y->define && x->is == y->is && (x->places & y->places) != 0
           && days_overlap(x->since, x->until, y->since, y->until);
}

void rule_repeated(builder *b, const condition *before, const condition *now)
{
    if (now->define != CQL_NONE && conditions_overlap(before, now)) {
        fault_at(b->f, now->at, "\"%.*s\" stands already on line %u for some of the same days and places", STR_ARG(now->define_name),
                 before->at.line);
    }
}
