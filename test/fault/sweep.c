/* What can run out does, at every point: memory, steps, depth, size of input, the output, the input's own bytes;
 * every_allocation.c does the same to the allocator.
 * A run under a limit either ends with NL_OK and exactly the bytes of an unlimited run, or with NL_E_LIMIT and a sentence; once a
 * limit is large enough, every larger one is. A worker that met a limit takes the next patient. Leaks show under ASan.
 *     fault PACK FOLDER-OF-GOLDEN-PATIENTS      NL_SWEEP=full: small steps, more patients; else a sample of the points */
/* SPDX-License-Identifier: Apache-2.0 */
#include <nextline/nextline.h>
#include <nextline/pack.h>

#include "base/buf.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>   /* after ours: it has a macro named fail */

/* ---- one run from bytes to bytes ---- */

typedef struct text { char *p; size_t n; } text;

typedef struct patient { const char *name, *as_of; text bytes, plan; } patient;

static const char *pack_path;
static nl_pack *the_pack;
static bool full;
static patient patients[] = {
    { .name = "second-line-esr1/patient.json", .as_of = "2026-11-21" },
    { .name = "early-relapse-untested/patient.ndjson", .as_of = "2026-11-21" },
    { .name = "tnbc-synthea-trap/patient.json", .as_of = "2026-11-21" },
};
static const size_t patient_count = sizeof patients / sizeof *patients;

static nl_status keep(void *to, const char *bytes, size_t n)
{
    text *t = to;
    t->p = realloc(t->p, t->n + n);
    assert_non_null(t->p);
    memcpy(t->p + t->n, bytes, n);
    t->n += n;
    return NL_OK;
}

static nl_status plan_in(nl_worker *w, const char *name, text bytes, const char *as_of, text *out, nl_error *err)
{
    nl_record *r = NULL;
    nl_plan *p = NULL;
    nl_status s = nl_record_new(w, &r, err);
    s = s != NL_OK ? s : nl_record_add(r, name, bytes.p, bytes.n, err);
    s = s != NL_OK ? s : nl_record_close(r, NULL, err);
    s = s != NL_OK ? s : nl_plan_make(r, &(nl_question){ .as_of = as_of }, &p, err);
    return s != NL_OK ? s : nl_plan_write(p, NL_PLAN_JSON, NULL, keep, out, err);
}

static nl_status plan_under(const patient *x, const nl_limits *l, text *out, nl_error *err)
{
    nl_worker *w = NULL;
    nl_status s = nl_worker_new(the_pack, l, &w, err);
    s = s != NL_OK ? s : plan_in(w, x->name, x->bytes, x->as_of, out, err);
    nl_worker_free(w);
    return s;
}

/* True: the whole plan came out. False: a limit was met and said. Anything else fails the test. */
static bool whole_or_limit(const patient *x, const nl_limits *l)
{
    text out = { 0 };
    nl_error err = { 0 };
    nl_status s = plan_under(x, l, &out, &err);
    if (s == NL_OK) {
        assert_int_equal(out.n, x->plan.n);
        assert_memory_equal(out.p, x->plan.p, out.n);
        assert_int_equal(err.code, NL_OK);
    } else {
        if (s != NL_E_LIMIT) {
            print_error("%s: %s: %s\n", x->name, err.where, err.what);
        }
        assert_int_equal(s, NL_E_LIMIT);
        assert_int_equal(err.code, NL_E_LIMIT);
        assert_true(err.what[0] != '\0');
        assert_int_equal(out.n, 0);
    }
    free(out.p);
    return s == NL_OK;
}

/* ---- limits ---- */

typedef nl_limits limit_maker(uint64_t n);
static nl_limits memory_of(uint64_t n) { return (nl_limits){ .memory_bytes = (size_t)n }; }
static nl_limits steps_of(uint64_t n) { return (nl_limits){ .steps_max = n }; }
static nl_limits depth_of(uint64_t n) { return (nl_limits){ .depth_max = (uint32_t)n }; }
static nl_limits input_of(uint64_t n) { return (nl_limits){ .input_bytes = (size_t)n }; }

static bool enough(const patient *x, limit_maker *limit, uint64_t n)
{
    nl_limits l = limit(n);
    return whole_or_limit(x, &l);
}

/* The least n that is enough: that no smaller one is and every larger one is, sweep then shows point by point. */
static uint64_t least(const patient *x, limit_maker *limit, uint64_t most)
{
    assert_true(enough(x, limit, most));
    uint64_t low = 0, high = most;   /* 0 means the default, and is not asked */
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        *(enough(x, limit, middle) ? &high : &low) = middle;
    }
    return high;
}

static void sweep(limit_maker *limit, const char *what, uint64_t most, uint64_t step, unsigned sample)
{
    for (size_t i = 0; i < (full ? patient_count : 1); i++) {
        const patient *x = &patients[i];
        uint64_t need = least(x, limit, most);
        uint64_t stride = full ? step : need / sample;
        stride = stride ? stride : 1;
        unsigned points = 0;
        for (uint64_t n = 1; n < need; n += stride, points++) {
            assert_false(enough(x, limit, n));
        }
        assert_false(need > 1 && enough(x, limit, need - 1));
        for (uint64_t n = need; n < need + 3 * stride; n += stride, points++) {
            assert_true(enough(x, limit, n));
        }
        print_message("# %s: %s needs %llu; %u points\n", x->name, what, (unsigned long long)need, points);
    }
}

static void too_little_memory_is_a_limit_wherever_it_ends(void **state)
{
    (void)state;
    sweep(memory_of, "bytes of memory", (uint64_t)1 << 26, 4096, 60);
}

static void too_few_steps_are_a_limit_wherever_they_end(void **state)
{
    (void)state;
    sweep(steps_of, "steps", (uint64_t)1 << 24, 53, 40);
}

static void too_little_depth_is_a_limit_wherever_it_ends(void **state)
{
    (void)state;
    sweep(depth_of, "depth", 200, 1, 20);
}

static void an_input_over_its_limit_is_refused_and_one_at_it_is_not(void **state)
{
    (void)state;
    const patient *x = &patients[0];
    assert_false(enough(x, input_of, 1));
    assert_false(enough(x, input_of, x->bytes.n - 1));
    assert_true(enough(x, input_of, x->bytes.n));
}

static void a_worker_that_met_a_limit_takes_the_next_patient(void **state)
{
    (void)state;
    const patient *large = &patients[0], *small = &patients[2];
    uint64_t need = least(small, steps_of, (uint64_t)1 << 24), more = least(large, steps_of, (uint64_t)1 << 24);
    if (need > more) { /* which of the two is the larger is the guideline's doing */
        const patient *other = large;
        uint64_t of_other = more;
        large = small;
        small = other;
        more = need;
        need = of_other;
    }
    assert_true(need < more);
    for (uint64_t n = need; n < more; n += (more - need) / (full ? 40 : 3) + 1) {
        nl_worker *w = NULL;
        nl_error err = { 0 };
        text out = { 0 };
        assert_int_equal(nl_worker_new(the_pack, &(nl_limits){ .steps_max = n }, &w, &err), NL_OK);
        assert_int_equal(plan_in(w, large->name, large->bytes, large->as_of, &out, &err), NL_E_LIMIT);
        nl_worker_reset(w);
        assert_int_equal(plan_in(w, small->name, small->bytes, small->as_of, &out, &err), NL_OK);
        assert_int_equal(out.n, small->plan.n);
        assert_memory_equal(out.p, small->plan.p, out.n);
        free(out.p);
        nl_worker_free(w);
    }
}

static void a_plan_that_met_a_limit_while_written_is_written_no_more(void **state)
{
    (void)state;
    const patient *x = &patients[0];
    nl_worker *w = NULL;
    nl_record *r = NULL;
    nl_plan *p = NULL;
    nl_error err = { 0 };
    text out = { 0 };
    nl_limits enough_for_the_plan = { .steps_max = least(x, steps_of, (uint64_t)1 << 24) };
    assert_int_equal(nl_worker_new(the_pack, &enough_for_the_plan, &w, &err), NL_OK);
    assert_int_equal(nl_record_new(w, &r, &err), NL_OK);
    assert_int_equal(nl_record_add(r, x->name, x->bytes.p, x->bytes.n, &err), NL_OK);
    assert_int_equal(nl_record_close(r, NULL, &err), NL_OK);
    assert_int_equal(nl_plan_make(r, &(nl_question){ .as_of = x->as_of }, &p, &err), NL_OK);
    nl_item first;
    char option[80];
    assert_true(nl_plan_item(p, NL_OFFERED, 0, &first));
    snprintf(option, sizeof option, "%.*s", (int)first.id.n, first.id.p);
    nl_status s = NL_OK;
    for (int i = 0; i < 100 && s == NL_OK; i++) {
        s = nl_plan_write(p, NL_EXPLAIN_JSON, &(nl_style){ .option = option }, keep, &out, &err);
    }
    assert_int_equal(s, NL_E_LIMIT);
    out.n = 0;
    assert_int_equal(nl_plan_write(p, NL_PLAN_JSON, NULL, keep, &out, &err), NL_E_ARG);
    assert_int_equal(out.n, 0);
    assert_non_null(strstr(err.what, "limit"));
    free(out.p);
    nl_worker_free(w);
}

/* ---- the output ---- */

typedef struct broken_output { unsigned calls, fails_at; } broken_output;

static nl_status write_to_broken(void *to, const char *bytes, size_t n)
{
    broken_output *b = to;
    assert_non_null(bytes);
    assert_true(n > 0);
    return b->calls++ == b->fails_at ? NL_E_IO : NL_OK;
}

static void an_output_that_fails_ends_the_writing_with_its_own_status(void **state)
{
    (void)state;
    const patient *x = &patients[0];
    nl_worker *w = NULL;
    nl_record *r = NULL;
    nl_plan *p = NULL;
    nl_error err = { 0 };
    assert_int_equal(nl_worker_new(the_pack, NULL, &w, &err), NL_OK);
    assert_int_equal(nl_record_new(w, &r, &err), NL_OK);
    assert_int_equal(nl_record_add(r, x->name, x->bytes.p, x->bytes.n, &err), NL_OK);
    assert_int_equal(nl_record_close(r, NULL, &err), NL_OK);
    assert_int_equal(nl_plan_make(r, &(nl_question){ .as_of = x->as_of }, &p, &err), NL_OK);
    nl_item first;
    assert_true(nl_plan_item(p, NL_OFFERED, 0, &first) || nl_plan_item(p, NL_UNDETERMINED, 0, &first));
    char option[80];
    snprintf(option, sizeof option, "%.*s", (int)first.id.n, first.id.p);
    nl_style style = { .option = option };
    for (int view = NL_PLAN_TEXT; view <= NL_COURSE_JSON; view++) {
        for (unsigned k = 0;; k++) {
            broken_output b = { .fails_at = k };
            err = (nl_error){ 0 };
            nl_status s = nl_plan_write(p, (nl_view)view, &style, write_to_broken, &b, &err);
            if (b.calls <= k) {   /* it was never called that often */
                assert_int_equal(s, NL_OK);
                assert_true(k > 0);
                break;
            }
            assert_int_equal(s, NL_E_IO);
            assert_int_equal(err.code, NL_E_IO);
            assert_true(err.what[0] != '\0');
            assert_int_equal(b.calls, k + 1);
        }
    }
    text out = { 0 };   /* the plan itself is none the worse */
    assert_int_equal(nl_plan_write(p, NL_PLAN_JSON, NULL, keep, &out, &err), NL_OK);
    assert_int_equal(out.n, x->plan.n);
    assert_memory_equal(out.p, x->plan.p, out.n);
    free(out.p);
    nl_worker_free(w);
}

/* ---- the input's own bytes ---- */

/* A copy of exactly n bytes, so that ASan sees every read past the end. */
static nl_status add_cut(nl_worker *w, const char *name, text whole, size_t n, nl_record **r, nl_error *err)
{
    char *cut = malloc(n ? n : 1);
    assert_non_null(cut);
    memcpy(cut, whole.p, n);
    nl_status s = nl_record_new(w, r, err);
    s = s != NL_OK ? s : nl_record_add(*r, name, cut, n, err);
    free(cut);
    return s != NL_OK ? s : nl_record_close(*r, NULL, err);
}

static bool plan_says(nl_record *r, const char *as_of, const char *word)
{
    nl_plan *p = NULL;
    nl_error err = { 0 };
    text out = { 0 };
    assert_int_equal(nl_plan_make(r, &(nl_question){ .as_of = as_of }, &p, &err), NL_OK);
    assert_int_equal(nl_plan_write(p, NL_PLAN_JSON, NULL, keep, &out, &err), NL_OK);
    bool said = memmem(out.p, out.n, word, strlen(word)) != NULL;
    free(out.p);
    return said;
}

static void a_bundle_cut_anywhere_is_a_fault_that_is_told_and_never_half_a_patient(void **state)
{
    (void)state;
    const patient *x = &patients[2];
    nl_worker *w = NULL;
    nl_error err = { 0 };
    assert_int_equal(nl_worker_new(the_pack, NULL, &w, &err), NL_OK);
    size_t end = x->bytes.n;
    while (x->bytes.p[end - 1] == '\n' || x->bytes.p[end - 1] == ' ') {
        end--;
    }
    for (size_t n = 0; n <= x->bytes.n; n += full ? 1 : n + 40 < end && n > 40 ? 7 : 1) {
        err = (nl_error){ 0 };
        nl_record *r = NULL;
        nl_status s = add_cut(w, x->name, x->bytes, n, &r, &err);
        if (n >= end) {
            assert_int_equal(s, NL_OK);
        } else {
            assert_true(s == NL_E_SYNTAX || s == NL_E_MODEL);
            assert_int_equal(err.code, s);
            assert_true(err.what[0] != '\0' && err.where[0] != '\0');
        }
        nl_worker_reset(w);
    }
    text out = { 0 };
    assert_int_equal(plan_in(w, x->name, x->bytes, x->as_of, &out, &err), NL_OK);
    assert_int_equal(out.n, x->plan.n);
    assert_memory_equal(out.p, x->plan.p, out.n);
    free(out.p);
    nl_worker_free(w);
}

/* Half a line is left out and told; the lines before it count. */
static void ndjson_cut_within_a_line_is_told_and_the_lines_before_it_count(void **state)
{
    (void)state;
    const patient *x = &patients[1];
    nl_worker *w = NULL;
    nl_error err = { 0 };
    assert_int_equal(nl_worker_new(the_pack, NULL, &w, &err), NL_OK);
    unsigned cuts = 0, told = 0;
    for (size_t n = 0; n <= x->bytes.n; n += full ? 1 : 37, cuts++) {
        err = (nl_error){ 0 };
        nl_record *r = NULL;
        nl_status s = add_cut(w, x->name, x->bytes, n, &r, &err);
        bool between = n > 0 && (n == x->bytes.n || x->bytes.p[n] == '\n' || x->bytes.p[n - 1] == '\n');
        if (s != NL_OK) {   /* a line alone, or the Patient has not come yet */
            assert_true(s == NL_E_SYNTAX || s == NL_E_MODEL);
            assert_true(err.what[0] != '\0' && err.where[0] != '\0');
        } else if (cuts % (full ? 61 : 20) == 0) {
            assert_true(plan_says(r, x->as_of, "\"bad-line\"") == !between);
            told += !between;
        }
        nl_worker_reset(w);
    }
    assert_true(told > 5);
    nl_worker_free(w);
}

/* A pack cut or with one byte changed is refused: its digest is checked before anything in it is used. */
static void a_pack_cut_or_changed_anywhere_is_refused(void **state)
{
    (void)state;
    file_bytes whole;
    nl_error err = { 0 };
    assert_int_equal(file_read(pack_path, (size_t)1 << 28, &whole, &err), NL_OK);
    char path[] = "/tmp/nextline-fault-XXXXXX";
    int handle = mkstemp(path);
    assert_true(handle >= 0);
    FILE *f = fdopen(handle, "wb");
    assert_non_null(f);
    size_t points = full ? 400 : 24;
    for (size_t i = 0; i < points; i++) {
        size_t at = i < 12 ? i * 8 : whole.n / points * i;
        bool cut = i % 2 == 0;
        rewind(f);
        assert_int_equal(fwrite(whole.p, 1, cut ? at : whole.n, f), cut ? at : whole.n);
        assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
        if (!cut) {
            assert_int_equal(fputc(whole.p[at] ^ 0x20, f), (unsigned char)(whole.p[at] ^ 0x20));
        }
        assert_int_equal(fflush(f), 0);
        assert_int_equal(ftruncate(handle, (long)(cut ? at : whole.n)), 0);
        nl_pack *p = NULL;
        err = (nl_error){ 0 };
        nl_status s = nl_pack_open(path, &p, &err);
        assert_int_equal(s, NL_E_SYNTAX);
        assert_null(p);
        assert_true(err.what[0] != '\0');
    }
    fclose(f);
    remove(path);
    file_free(&whole);
}

/* ---- ---- */

static void load(const char *golden)
{
    nl_error err = { 0 };
    if (nl_pack_open(pack_path, &the_pack, &err) != NL_OK) {
        print_error("%s: %s\n", err.where, err.what);
        exit(2);
    }
    for (size_t i = 0; i < patient_count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", golden, patients[i].name);
        file_bytes f;
        if (file_read(path, (size_t)1 << 28, &f, &err) != NL_OK) {
            print_error("%s: %s\n", err.where, err.what);
            exit(2);
        }
        patients[i].bytes = (text){ f.p, f.n };
        if (plan_under(&patients[i], NULL, &patients[i].plan, &err) != NL_OK) {
            print_error("%s: %s: %s\n", path, err.where, err.what);
            exit(2);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        print_error("usage: fault PACK FOLDER\n");
        return 2;
    }
    const char *sweep_kind = getenv("NL_SWEEP");
    full = sweep_kind && strcmp(sweep_kind, "full") == 0;
    pack_path = argv[1];
    load(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_little_memory_is_a_limit_wherever_it_ends),
        cmocka_unit_test(too_few_steps_are_a_limit_wherever_they_end),
        cmocka_unit_test(too_little_depth_is_a_limit_wherever_it_ends),
        cmocka_unit_test(an_input_over_its_limit_is_refused_and_one_at_it_is_not),
        cmocka_unit_test(a_worker_that_met_a_limit_takes_the_next_patient),
        cmocka_unit_test(a_plan_that_met_a_limit_while_written_is_written_no_more),
        cmocka_unit_test(an_output_that_fails_ends_the_writing_with_its_own_status),
        cmocka_unit_test(a_bundle_cut_anywhere_is_a_fault_that_is_told_and_never_half_a_patient),
        cmocka_unit_test(ndjson_cut_within_a_line_is_told_and_the_lines_before_it_count),
        cmocka_unit_test(a_pack_cut_or_changed_anywhere_is_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t i = 0; i < patient_count; i++) {
        file_free(&(file_bytes){ patients[i].bytes.p, patients[i].bytes.n });
        free(patients[i].plan.p);
    }
    nl_pack_free(the_pack);
    return failed;
}
