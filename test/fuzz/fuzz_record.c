/* Any bytes through the record reader and, when they are JSON, through writing and reading again. Limits are small so
 * that they are met. What must hold: no crash, no leak; a failure is told in words; what was read can be pointed at and
 * found. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
    const char *bytes;
    size_t n;
} input;

static nl_status through_json(arena *a, void *arg, nl_error *err)
{
    const input *in = arg;
    json *n, *again;
    TRY(json_read(a, in->bytes, in->n, "fuzz", &n, err));
    buf out = buf_make(a, (size_t)1 << 20);
    json_write(&out, n, in->n % 2 == 0 ? JSON_COMPACT : JSON_PRETTY);
    CHECK(json_read(a, out.p, out.n, "written", &again, err) == NL_OK || err->code == NL_E_LIMIT);
    if (err->code != NL_E_LIMIT) {
        buf second = buf_make(a, (size_t)1 << 20);
        json_write(&second, json_copy(a, again), in->n % 2 == 0 ? JSON_COMPACT : JSON_PRETTY);
        CHECK(str_eq(buf_str(&out), buf_str(&second)));
    }
    return NL_OK;
}

/* A pointer finds the first member of a name: with a name given twice on the way it may lead to another. */
static bool has_unique_names(const json *n)
{
    for (; n; n = n->parent) {
        if (json_is(n->parent, JSON_OBJECT) && json_find(n->parent, n->key) != n) {
            return false;
        }
    }
    return true;
}

static nl_status through_record(arena *a, void *arg, nl_error *err)
{
    const input *in = arg;
    record *r = record_make(a);
    size_t half = in->n / 2;
    TRY(record_read(r, STR("one"), in->bytes, in->n, err));
    if (in->n % 3 == 0) { /* a second input, mostly broken */
        nl_error ignored;
        nl_status s = record_read(r, STR("two"), in->bytes + half, in->n - half, &ignored);
        CHECK(s == NL_OK || ignored.what[0] != '\0');
    }
    TRY(record_close(r, in->n % 5 == 0 ? STR("p") : STR(""), err));
    CHECK(record_patient(r) != NULL);
    for (size_t i = 0; i < record_count(r); i++) {
        const resource *x = record_at(r, i);
        const resource *const *rows;
        size_t count = record_find(r, x->type, STR(""), STR(""), &rows), found = 0;
        for (size_t k = 0; k < count; k++) {
            found += rows[k] == x ? 1 : 0;
        }
        CHECK(found == (x->hidden ? 0 : 1));
        str pointer = record_pointer(r, x->root);
        CHECK(json_equal(record_arena(r), json_resolve(x->place.root, pointer), x->root) || !has_unique_names(x->root));
        record_hide(r, x, i % 2 == 0);
    }
    for (size_t i = 0; i < record_finding_count(r); i++) {
        const finding *f = record_finding_at(r, i);
        CHECK(f->text.n > 0);
        if (f->at) {
            (void)record_pointer(r, f->at);
        }
    }
    return NL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_new(&(limits){ .memory_bytes = (size_t)8 << 20, .depth_max = 40 });
    CHECK(a != NULL);
    input in = { (const char *)data, size };
    nl_error err = { 0 };
    nl_status s = guard_run(a, through_json, &in, &err);
    CHECK((s == NL_OK) || err.what[0] != '\0');
    arena_reset(a);
    err = (nl_error){ 0 };
    s = guard_run(a, through_record, &in, &err);
    CHECK((s == NL_OK) || err.what[0] != '\0');
    arena_free(a);
    return 0;
}
