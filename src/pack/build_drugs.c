/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_drugs.h"

#include <stdlib.h>

#include "pack/build_fields.h"
#include "pack/csv.h"
#include "pack/near.h"
#include "pack/yaml.h"

static const char drugs_file[] = "drugs.yaml", codes_file[] = "terminology/drugs.csv";

typedef struct drug_class { str id; str_list is; place at; } drug_class;

typedef struct drug_build {
    builder     b;
    drugs      *d;
    const terms *facts;      /* for the names of code systems; may be NULL */
    drug_class *classes;
    str        *class_names, *source_names, *names;
    uint32_t    class_count, source_count;
    VEC(drug_key) texts;
    VEC(drug_key) codes;
} drug_build;

static const char *const role_words[] = { "anticancer", "ovarian-suppression", "bone", "supportive", "other", NULL };

static str_list list_field(builder *b, const json *n, const char *key, bool required)
{
    str_list l;
    l.at = field_texts(b, n, key, required, &l.count);
    return l;
}

static bool among(str wanted, const str *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(wanted, names[i])) {
            return true;
        }
    }
    return false;
}

static void must_be_known(drug_build *x, place at, const char *what, str wanted, const str *names, size_t count)
{
    if (!str_empty(wanted) && !among(wanted, names, count)) {
        str near = near_names(x->b.a, wanted, names, count);
        fault_at(x->b.f, at, "no %s named \"%.*s\"%.*s", what, STR_ARG(wanted), STR_ARG(near));
    }
}

static void read_classes(drug_build *x, const json *root)
{
    static const char *const keys[] = { "id", "label", "is", NULL };
    const json *list = field_list(&x->b, root, "classes", true);
    size_t room = list ? list->count : 0, i = 0;
    x->classes = ARENA_ARRAY(x->b.a, room + 1, drug_class);
    x->class_names = ARENA_ARRAY(x->b.a, room + 1, str);
    for (const json *n = list ? list->first : NULL; n; n = n->next, i++) {
        fields_known(&x->b, n, keys);
        drug_class *c = &x->classes[i];
        c->id = field_text(&x->b, n, "id");
        c->is = list_field(&x->b, n, "is", false);
        c->at = place_of(&x->b, n);
        (void)field_text(&x->b, n, "label");
        if (str_is(c->id, "unknown") || among(c->id, x->class_names, i)) {
            fault_at(x->b.f, c->at, "a class cannot be named \"%.*s\": the name is taken", STR_ARG(c->id));
        }
        for (uint32_t k = 0; k < c->is.count; k++) {   /* only classes above: no circle can arise */
            must_be_known(x, c->at, "class above this one", c->is.at[k], x->class_names, i);
        }
        x->class_names[i] = c->id;
    }
    x->class_count = (uint32_t)i;
}

static void read_source_names(drug_build *x, const json *root)
{
    static const char *const keys[] = { "id", "source", "checked", NULL };
    const json *list = field_list(&x->b, root, "sources", true);
    x->source_names = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, str);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        (void)field_text(&x->b, n, "source");
        (void)field_yes(&x->b, n, "checked", false);
        x->source_names[x->source_count++] = field_text(&x->b, n, "id");
    }
}

static void add_class(drug_build *x, str_list *to, str id)
{
    if (str_list_has(to, id)) {
        return;
    }
    for (uint32_t i = 0; i < x->class_count; i++) {
        if (str_eq(x->classes[i].id, id)) {
            CHECK(to->count < x->class_count);
            to->at[to->count++] = id;
            for (uint32_t k = 0; k < x->classes[i].is.count; k++) {
                add_class(x, to, x->classes[i].is.at[k]);
            }
            return;
        }
    }
}

static drug_role read_role(drug_build *x, const json *n)
{
    str word = field_word(&x->b, n, "role", role_words, true);
    for (int i = 0; role_words[i]; i++) {
        if (str_is(word, role_words[i])) {
            return (drug_role)i;
        }
    }
    return DRUG_OTHER;
}

static void add_text(drug_build *x, place at, str name, uint32_t *which, uint32_t count)
{
    str form = drug_text_form(x->b.a, name);
    if (str_empty(form)) {
        fault_at(x->b.f, at, "the name \"%.*s\" has no letter or digit", STR_ARG(name));
        return;
    }
    for (size_t i = 0; i < x->texts.count; i++) {
        drug_key *k = &x->texts.at[i];
        if (str_eq(k->key, form)) {
            bool same = k->drug_count == count && memcmp(k->drugs, which, count * sizeof *which) == 0;
            if (!same) {
                fault_at(x->b.f, at, "the name \"%.*s\" already stands for %.*s", STR_ARG(name), STR_ARG(x->d->at[k->drugs[0]].name));
            }
            return;
        }
    }
    *VEC_PUSH(x->b.a, &x->texts) = (drug_key){ .key = form, .drugs = which, .drug_count = count };
}

static void read_drug(drug_build *x, const json *n, uint32_t at)
{
    static const char *const keys[] = { "name", "names", "classes", "role", "route", "source", "checked", NULL };
    static const char *const routes[] = { "oral", "injection", "topical", NULL };
    fields_known(&x->b, n, keys);
    drug *d = &x->d->at[at];
    place where = place_of(&x->b, n);
    d->name = field_text(&x->b, n, "name");
    d->names = list_field(&x->b, n, "names", false);
    d->role = read_role(x, n);
    d->route = field_word(&x->b, n, "route", routes, true);
    d->source = field_text(&x->b, n, "source");
    d->checked = field_yes(&x->b, n, "checked", false);
    d->line = where.line;
    must_be_known(x, where, "source", d->source, x->source_names, x->source_count);
    if (among(d->name, x->names, at)) {
        fault_at(x->b.f, where, "the drug \"%.*s\" stands twice", STR_ARG(d->name));
    }
    x->names[at] = d->name;
    str_list written = list_field(&x->b, n, "classes", true);
    d->classes.at = ARENA_ARRAY(x->b.a, x->class_count + 1, str);
    for (uint32_t i = 0; i < written.count; i++) {
        must_be_known(x, where, "class", written.at[i], x->class_names, x->class_count);
        add_class(x, &d->classes, written.at[i]);
    }
    uint32_t *which = ARENA_NEW(x->b.a, uint32_t);
    *which = at;
    add_text(x, where, d->name, which, 1);
    for (uint32_t i = 0; i < d->names.count; i++) {
        add_text(x, where, d->names.at[i], which, 1);
    }
}

static uint32_t *indices_of(drug_build *x, place at, const str_list *names, uint32_t *count)
{
    uint32_t *out = ARENA_ARRAY(x->b.a, names->count + 1, uint32_t);
    *count = 0;
    for (uint32_t i = 0; i < names->count; i++) {
        must_be_known(x, at, "drug", names->at[i], x->names, x->d->count);
        for (uint32_t k = 0; k < x->d->count; k++) {
            if (str_eq(x->names[k], names->at[i])) {
                out[(*count)++] = k;
            }
        }
    }
    return out;
}

static void read_products(drug_build *x, const json *root)
{
    static const char *const keys[] = { "name", "drugs", "source", "checked", NULL };
    const json *list = field_list(&x->b, root, "products", false);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        place at = place_of(&x->b, n);
        str_list names = list_field(&x->b, n, "drugs", true);
        uint32_t count;
        uint32_t *which = indices_of(x, at, &names, &count);
        must_be_known(x, at, "source", field_text(&x->b, n, "source"), x->source_names, x->source_count);
        (void)field_yes(&x->b, n, "checked", false);
        str name = field_text(&x->b, n, "name");
        if (count) {
            add_text(x, at, name, which, count);
        }
    }
}

/* Letters that stand for a regimen: kept apart, for they are read only where a text says nothing else. */
static void read_regimens(drug_build *x, const json *root)
{
    static const char *const keys[] = { "name", "drugs", "source", "checked", NULL };
    const json *list = field_list(&x->b, root, "regimens", false);
    x->d->regimens = ARENA_ARRAY(x->b.a, (list ? list->count : 0) + 1, drug_key);
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        fields_known(&x->b, n, keys);
        str_list names = list_field(&x->b, n, "drugs", true);
        must_be_known(x, place_of(&x->b, n), "source", field_text(&x->b, n, "source"), x->source_names, x->source_count);
        (void)field_yes(&x->b, n, "checked", false);
        drug_key k = { .key = drug_text_form(x->b.a, field_text(&x->b, n, "name")) };
        k.drugs = indices_of(x, place_of(&x->b, n), &names, &k.drug_count);
        if (k.drug_count) {
            x->d->regimens[x->d->regimen_count++] = k;
        }
    }
    if (json_get(root, "regimen-words")) {
        x->d->regimen_words = list_field(&x->b, root, "regimen-words", true);
    }
}

static uint32_t number_field(drug_build *x, const json *n, const char *key, int64_t least, int64_t most)
{
    int64_t number = 0;
    str text = field_text(&x->b, n, key);
    if (!str_to_i64(text, &number) || number < least || number > most) {
        fault_at(x->b.f, place_of(&x->b, n), "%s is a whole number from %lld to %lld, not \"%.*s\"", key, (long long)least, (long long)most, STR_ARG(text));
        return 0;
    }
    return (uint32_t)number;
}

/* When a name misspelt or cut off is read, and the names of other drugs that must not be taken for one of these. */
static void read_near(drug_build *x, const json *root)
{
    static const char *const keys[] = { "letters", "edits", "apart", "cut", "cut-word", "source", "checked", NULL };
    const json *n = json_get(root, "misspelt");
    if (!n) {
        return;
    }
    fields_known(&x->b, n, keys);
    must_be_known(x, place_of(&x->b, n), "source", field_text(&x->b, n, "source"), x->source_names, x->source_count);
    (void)field_yes(&x->b, n, "checked", false);
    x->d->near = (near_rule){ number_field(x, n, "letters", 4, 40), number_field(x, n, "edits", 1, NEAR_EDITS_MOST), number_field(x, n, "apart", 1, NEAR_EDITS_MOST),
                              number_field(x, n, "cut", 4, 40), number_field(x, n, "cut-word", 1, 40) };
    if (x->d->near.apart < x->d->near.edits) {
        fault_at(x->b.f, place_of(&x->b, n), "apart is not less than edits");
    }
    str_list others = json_get(root, "look-alikes") ? list_field(&x->b, root, "look-alikes", true) : (str_list){ 0 };
    x->d->look_alikes.at = ARENA_ARRAY(x->b.a, others.count + 1, str);
    for (uint32_t i = 0; i < others.count; i++) {
        str name = drug_text_form(x->b.a, others.at[i]);
        bool ours = false;   /* a drug that has been added since */
        for (size_t k = 0; k < x->texts.count && !ours; k++) {
            ours = str_eq(x->texts.at[k].key, name);
        }
        if (!ours) {
            x->d->look_alikes.at[x->d->look_alikes.count++] = name;
        }
    }
}

static void read_codes(drug_build *x, const char *knowledge)
{
    csv table;
    nl_error e = { 0 };
    arena *a = x->b.a;
    if (csv_read(a, arena_printf(a, "%s/%s", knowledge, codes_file).p, &table, &e) != NL_OK) {
        fault_add(x->b.f, &e);
        return;
    }
    static const char *const columns[] = { "system", "code", "drug", "display", "source", "checked" };
    int at[6];
    for (int i = 0; i < 6; i++) {
        at[i] = csv_column(&table, columns[i]);
        if (at[i] < 0) {
            fault_at(x->b.f, (place){ str_of(codes_file), 1 }, "the column %s is missing", columns[i]);
            return;
        }
    }
    for (uint32_t r = 0; r < table.row_count; r++) {
        const str *cells = table.rows[r].cells;
        place where = { str_of(codes_file), table.rows[r].line };
        str rest = cells[at[2]], name;
        VEC(str) names = { 0 };
        while (str_cut(&rest, '+', &name)) {
            *VEC_PUSH(a, &names) = str_trim(name);
        }
        drug_key k = { .system = cells[at[0]], .key = cells[at[1]] };
        k.drugs = indices_of(x, where, &(str_list){ names.at, (uint32_t)names.count }, &k.drug_count);
        if (str_empty(k.key) || k.drug_count == 0) {
            fault_at(x->b.f, where, "a row needs a code and a drug");
        } else if (str_is(k.system, "TEXT")) {
            add_text(x, where, k.key, k.drugs, k.drug_count);
        } else if (x->facts && str_empty(terms_system(x->facts, k.system))) {
            fault_at(x->b.f, where, "'%.*s' is not a code system of terminology/systems.csv", STR_ARG(k.system));
        } else {
            *VEC_PUSH(a, &x->codes) = k;
        }
    }
}

static void sort_keys(drug_build *x)
{
    drugs *d = x->d;
    d->codes = x->codes.at;
    d->code_count = (uint32_t)x->codes.count;
    d->texts = x->texts.at;
    d->text_count = (uint32_t)x->texts.count;
    if (d->code_count) {
        qsort(d->codes, d->code_count, sizeof *d->codes, drug_key_cmp);
    }
    if (d->text_count) {
        qsort(d->texts, d->text_count, sizeof *d->texts, drug_key_cmp);
    }
    for (uint32_t i = 1; i < d->code_count; i++) {
        if (drug_key_cmp(&d->codes[i - 1], &d->codes[i]) == 0) {
            fault_at(x->b.f, (place){ str_of(codes_file), 0 }, "the code %.*s %.*s stands twice", STR_ARG(d->codes[i].system),
                     STR_ARG(d->codes[i].key));
        }
    }
}

void build_drugs(arena *a, const char *knowledge, const terms *facts, faults *f, drugs **out)
{
    drug_build x = { .b = { .a = a, .f = f, .file = str_of(drugs_file) }, .d = ARENA_NEW(a, drugs), .facts = facts };
    *out = x.d;
    json *root;
    nl_error e = { 0 };
    if (yaml_read(a, arena_printf(a, "%s/%s", knowledge, drugs_file).p, &root, &e) != NL_OK) {
        fault_add(f, &e);
        return;
    }
    static const char *const keys[] = { "classes", "sources", "products", "regimens", "regimen-words", "misspelt", "look-alikes", "drugs", NULL };
    fields_known(&x.b, root, keys);
    read_classes(&x, root);
    read_source_names(&x, root);
    const json *list = field_list(&x.b, root, "drugs", true);
    uint32_t count = list ? list->count : 0;
    x.d->at = ARENA_ARRAY(a, count + 1, drug);
    x.names = ARENA_ARRAY(a, count + 1, str);
    x.d->count = count;
    uint32_t i = 0;
    for (const json *n = list ? list->first : NULL; n; n = n->next) {
        read_drug(&x, n, i++);
    }
    read_products(&x, root);
    read_regimens(&x, root);
    read_codes(&x, knowledge);
    read_near(&x, root);
    sort_keys(&x);
}
