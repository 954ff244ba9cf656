/* Every allocation fails in turn. The arena is compiled here so that each of its allocations is a malloc of its own. A run is made
 * once; at each allocation it forks, and in the child that one fails (in every other child all later ones fail as well). The child
 * goes on to its end and says what came out: the same answer as without a failure, or NL_E_LIMIT with a sentence and nothing
 * written that differs. Anything else, a leak included, fails the test.
 *     every_allocation PACK FOLDER-OF-GOLDEN-PATIENTS CORE-CASES [PUBLIC-SUITE]
 * NL_SWEEP=full: at every allocation; else at a sample, under ASan at fewer. NL_SWEEP=full:K/N: the same, of the golden patients
 * each N-th from the K-th on, so that N processes share the work; what is no patient is the first one's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <nextline/cql.h>
#include <nextline/nextline.h>

#include "base/file.h"
#include "heap.h"
#include "json/json.h"

#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static bool full;
static unsigned part = 1, parts = 1;   /* of the golden patients */

/* ---- what came out ---- */

enum { OUTPUT_MOST = 64 << 20, CHILD_SECONDS = 120 };

static struct {
    char *expected;      /* written by the run without a failure, compared with by all others */
    size_t n, expected_n;
    bool recording, differs;
    nl_status expected_status;
} output;

static nl_status take(void *to, const char *bytes, size_t n)
{
    (void)to;
    if (output.recording) {
        CHECK(n <= OUTPUT_MOST - output.n);
        memcpy(output.expected + output.n, bytes, n);
    } else if (n > output.expected_n - output.n || memcmp(output.expected + output.n, bytes, n) != 0) {
        output.differs = true;
        return NL_E_IO;
    }
    output.n += n;
    return NL_OK;
}

enum outcome { SAME, ENDED, WRONG, OUTCOMES };

static enum outcome outcome_of(nl_status s, const nl_error *err)
{
    bool whole = output.n == output.expected_n;
    return output.differs                              ? WRONG
           : s == output.expected_status && whole      ? SAME
           : s != NL_E_LIMIT                           ? WRONG
           : err->code == s && err->what[0] != '\0'    ? ENDED
                                                       : WRONG;
}

/* ---- the point of failure ---- */

typedef nl_status scenario_run(void *arg, nl_error *err);
typedef bool scenario_end(void *arg, bool again);   /* false: what was done again came out otherwise */

static struct {
    const char *name;
    uint64_t seen, every, first;
    uint64_t outcomes[OUTCOMES];
    bool armed, child, tidies, all_later;
} point;

/* Told by a child that was killed, by a CHECK or by the machine, as well. */
static void tell(const char *what, int64_t value)
{
    printf("# %s: allocation %" PRIu64 ": %s %" PRId64 "\n", point.name, point.seen, what, value);
    fflush(stdout);
}

static bool may(void)
{
    if (!point.armed) {
        return !point.all_later;
    }
    point.seen++;
    if (point.seen % point.every != point.first) {
        return true;
    }
    point.armed = false;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(CHILD_SECONDS);
        uint64_t turn = point.seen / point.every;
        point.child = true;
        point.all_later = turn % 2 == 1;
        point.tidies = turn % (full ? 64 : 16) < 2;   /* freeing takes longer than the rest */
        return false;
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    enum outcome o = WIFEXITED(status) && WEXITSTATUS(status) < OUTCOMES ? (enum outcome)WEXITSTATUS(status) : WRONG;
    if (!WIFEXITED(status)) {
        tell("killed by signal", WTERMSIG(status));
    } else if (WEXITSTATUS(status) >= OUTCOMES) {
        tell("left with", WEXITSTATUS(status));
    }
    point.outcomes[o]++;
    point.armed = true;
    return true;
}

_Noreturn static void leave(enum outcome o, nl_status s, const nl_error *err)
{
    if (o == WRONG) {
        printf("# %s: allocation %" PRIu64 ": status %s, %zu bytes of %zu%s: %s: %s\n", point.name, point.seen, nl_status_name(s), output.n,
               output.expected_n, output.differs ? ", which differ" : "", err->where, err->what);
        fflush(stdout);
    }
    _exit((int)o);
}

static struct { uint64_t allocations, outcomes[OUTCOMES]; } total;   /* of a suite */

/* One run without a failure to know the answer, and one that forks wherever it allocates. end frees; again: and before that does the
 * same once more in what survived. */
static bool fails_anywhere(const char *name, scenario_run *run, scenario_end *end, void *arg, uint64_t every, uint64_t first)
{
    nl_error err = { 0 };
    heap_mark before = heap_now();
    output.n = 0;
    output.recording = true;
    output.differs = false;
    output.expected_status = run(arg, &err);
    output.expected_n = output.n;
    output.recording = false;
    (void)end(arg, false);
    (void)heap_ends(before);   /* its memory is used again: a fork takes longer the more there is */
    heap_mark begin = heap_now();
    every *= HEAP_SPARSE;
    memset(&point, 0, sizeof point);
    point.name = name;
    point.every = every;
    point.first = first % every;
    output.n = 0;
    err = (nl_error){ 0 };
    fflush(stdout);
    point.armed = true;
    nl_status s = run(arg, &err);
    point.armed = false;
    enum outcome o = outcome_of(s, &err);
    if (point.child) {
        bool again = point.seen / point.every % (full ? 32768 : 512) < 2;
        point.all_later = false;
        if (!point.tidies || o == WRONG) {
            leave(o, s, &err);
        }
        bool good = end(arg, again), freed = heap_ends(begin);
        snprintf(err.what, sizeof err.what, "%s", freed ? "what survived does not answer the same" : "something is not freed");
        leave(good && freed ? o : WRONG, s, &err);
    }
    (void)end(arg, false);
    if (o != SAME || !heap_ends(begin)) {
        tell("differs the second time, or leaks, without a failure", s);
        point.outcomes[WRONG]++;
    }
    total.allocations += point.seen;
    for (int i = 0; i < OUTCOMES; i++) {
        total.outcomes[i] += point.outcomes[i];
    }
    return point.outcomes[WRONG] == 0;
}

/* ---- a patient: worker, record, plan, every view, an explanation ---- */

typedef struct patient {
    const nl_pack *pack;
    str bytes;
    char as_of[11];
    nl_worker *worker;
    nl_plan *plan;
} patient;

static nl_status write_views(patient *x, nl_error *err)
{
    char option[80] = "";
    nl_item first;
    if (nl_plan_item(x->plan, NL_OFFERED, 0, &first) || nl_plan_item(x->plan, NL_UNDETERMINED, 0, &first) ||
        nl_plan_item(x->plan, NL_EXCLUDED, 0, &first)) {
        snprintf(option, sizeof option, "%.*s", STR_ARG(first.id));
    }
    nl_style style = { .option = option };
    for (int view = NL_PLAN_TEXT; view <= NL_COURSE_JSON; view++) {
        if (!option[0] && (view == NL_EXPLAIN_TEXT || view == NL_EXPLAIN_JSON)) {
            continue;
        }
        TRY(nl_plan_write(x->plan, (nl_view)view, &style, take, NULL, err));
    }
    return NL_OK;
}

static nl_status plan_patient(patient *x, nl_error *err)
{
    nl_record *r = NULL;
    x->plan = NULL;
    TRY(nl_record_new(x->worker, &r, err));
    TRY(nl_record_add(r, "patient", x->bytes.p, x->bytes.n, err));
    TRY(nl_record_close(r, NULL, err));
    TRY(nl_plan_make(r, &(nl_question){ .as_of = x->as_of }, &x->plan, err));
    return write_views(x, err);
}

static nl_status run_patient(void *arg, nl_error *err)
{
    patient *x = arg;
    x->worker = NULL;
    x->plan = NULL;
    TRY(nl_worker_new(x->pack, NULL, &x->worker, err));
    return plan_patient(x, err);
}

/* A plan that failed while it was written says so; the worker takes the next patient. */
static bool end_patient(void *arg, bool again)
{
    patient *x = arg;
    nl_error err = { 0 };
    bool good = true;
    if (again && x->plan) {
        good = write_views(x, &err) == NL_E_ARG;
    }
    if (again && x->worker) {
        nl_worker_reset(x->worker);
        output.n = 0;
        good = good && outcome_of(plan_patient(x, &err), &err) == SAME;
    }
    nl_worker_free(x->worker);
    return good;
}

/* ---- the knowledge ---- */

typedef struct knowledge { const char *path; nl_pack *pack; } knowledge;

static nl_status run_open(void *arg, nl_error *err)
{
    knowledge *k = arg;
    k->pack = NULL;
    TRY(nl_pack_open(k->path, &k->pack, err));
    nl_str digest = nl_pack_digest(k->pack);
    return take(NULL, digest.p, digest.n);
}

static bool end_open(void *arg, bool again)
{
    knowledge *k = arg;
    nl_pack_free(k->pack);
    return true;
}

/* ---- the engine alone: linking, and one define: its value and why ---- */

typedef struct engine {
    nl_cql_library library;
    const char *name;          /* of the library; NULL: nothing is asked */
    const char *define;
    const nl_cql_program *linked;   /* or it is linked as part of the run */
    nl_cql_program *program;
    nl_cql_run *run;
} engine;

static nl_status ask(engine *e, const nl_cql_program *p, nl_error *err)
{
    TRY(nl_cql_run_new(p, NULL, &e->run, err));
    TRY(nl_cql_begin(e->run, "2026-01-15T00:00:00.000+00:00", err));
    nl_status value = nl_cql_value(e->run, e->name, e->define, take, NULL, err);   /* an error may be the answer */
    if (value == NL_E_LIMIT) {
        return value;
    }
    nl_status why = nl_cql_explain(e->run, e->name, e->define, take, NULL, err);
    return why != NL_OK ? why : value;
}

static nl_status run_engine(void *arg, nl_error *err)
{
    engine *e = arg;
    e->program = NULL;
    e->run = NULL;
    if (!e->linked) {
        TRY(nl_cql_link(&e->library, 1, &e->program, err));
    }
    return e->name ? ask(e, e->linked ? e->linked : e->program, err) : NL_OK;
}

static bool end_engine(void *arg, bool again)
{
    engine *e = arg;
    nl_cql_run_free(e->run);
    nl_cql_program_free(e->program);
    return true;
}

/* ---- the suites ---- */

static unsigned number, failed;

static void result(const char *what, uint64_t runs, bool good)
{
    printf("%s %u - %s\n", good ? "ok" : "not ok", ++number, what);
    printf("# %" PRIu64 " runs, %" PRIu64 " allocations; failed in turn: %" PRIu64 ", of which the answer was the same: %" PRIu64 "\n", runs,
           total.allocations, total.outcomes[SAME] + total.outcomes[ENDED] + total.outcomes[WRONG], total.outcomes[SAME]);
    fflush(stdout);
    failed += !good;
    memset(&total, 0, sizeof total);
}

/* A full sweep takes hours: what is done is seen on the way. */
static void tell_done(const char *name, uint64_t allocations)
{
    printf("# done: %s: %" PRIu64 " allocations\n", name, allocations);
    fflush(stdout);
}

static str bytes_of(const char *path)
{
    file_bytes f = { 0 };
    nl_error err = { 0 };
    if (file_read(path, (size_t)1 << 28, &f, &err) != NL_OK) {
        printf("Bail out! %s: %s\n", err.where, err.what);
        exit(2);
    }
    return (str){ f.p, f.n };
}

static int by_name(const struct dirent **x, const struct dirent **y) { return strcmp((*x)->d_name, (*y)->d_name); }

static void golden_patients(const nl_pack *pack, const char *folder)
{
    struct dirent **all = NULL;
    int count = scandir(folder, &all, NULL, by_name);
    uint64_t runs = 0;
    unsigned place = 0;
    bool good = true;
    for (int i = 0; i < count; i++) {
        char path[4096];
        patient x = { .pack = pack };
        snprintf(path, sizeof path, "%s/%s/expect.yaml", folder, all[i]->d_name);
        if ((full || i % HEAP_PATIENTS == 0) && all[i]->d_name[0] != '.' && file_exists(path) && place++ % parts == part - 1) {
            str expect = bytes_of(path);
            ptrdiff_t as_of = str_find(expect, STR("as_of: "));
            CHECK(as_of >= 0 && expect.n > (size_t)as_of + 18);
            const char *day = expect.p + as_of + 7;
            snprintf(x.as_of, sizeof x.as_of, "%.10s", day + (*day == '\'' || *day == '"'));
            snprintf(path, sizeof path, "%s/%s/patient.json", folder, all[i]->d_name);
            if (!file_exists(path)) {
                snprintf(path, sizeof path, "%s/%s/patient.ndjson", folder, all[i]->d_name);
            }
            x.bytes = bytes_of(path);
            uint64_t before = total.allocations;
            good = fails_anywhere(all[i]->d_name, run_patient, end_patient, &x, full ? 1 : 701 + 2 * runs, runs * 37) && good;
            if (output.expected_status != NL_OK) {   /* an error would be the same one however little was tried */
                tell("is no plan without a failure", output.expected_status);
                good = false;
            }
            runs++;
            if (full) {
                tell_done(all[i]->d_name, total.allocations - before);
            }
        }
        free(all[i]);
    }
    free(all);
    result("a plan, when any allocation fails, ends with a limit or is the same", runs, good && runs > 160 / HEAP_PATIENTS / parts);
}

/* One line of a suite: {"library": the library of the lines after it}, {"define"} of it, {"alone": one that is refused}, or
 * {"elm": one with define T}. */
typedef struct suite { engine shared; arena *a; uint64_t every, runs; bool good; } suite;

static nl_str elm_of(suite *s, const json *library)
{
    buf *out = ARENA_NEW(s->a, buf);
    *out = buf_make(s->a, BUF_MAX_DEFAULT);
    json_write(out, library, JSON_COMPACT);
    return buf_str(out);
}

static void fail_line(suite *s, engine *e, str name, uint64_t every)
{
    char text[120];
    snprintf(text, sizeof text, "%.*s", STR_ARG(name));
    s->good = fails_anywhere(text, run_engine, end_engine, e, every, s->runs++ * 37) && s->good;
}

static void run_line(suite *s, const json *line)
{
    const json *library = json_get(line, "library"), *alone = json_get(line, "alone"), *elm = json_get(line, "elm");
    str define = json_get_text(line, "define");
    if (library) {
        nl_error err = { 0 };
        nl_cql_program *p = NULL;
        engine e = { .library = { .elm = elm_of(s, library), .file = "library" } };
        fail_line(s, &e, STR("library"), full ? 1 : 499);
        CHECK(nl_cql_link(&e.library, 1, &p, &err) == NL_OK);
        str id = json_text(json_path(library, "library.identifier.id"));
        s->shared = (engine){ .linked = p, .name = arena_str(s->a, id).p };
    } else if (alone || json_is(elm, JSON_OBJECT)) {
        engine e = { .library = { .elm = elm_of(s, alone ? alone : elm), .file = "alone" } };
        str id = json_text(json_path(alone ? alone : elm, "library.identifier.id"));
        e.name = alone ? NULL : arena_str(s->a, id).p;
        e.define = "T";
        fail_line(s, &e, alone ? define : json_get_text(line, "id"), s->every);
    } else if (!str_empty(define)) {
        s->shared.define = arena_str(s->a, define).p;
        fail_line(s, &s->shared, define, s->every);
    }
}

static nl_status run_lines(arena *a, void *arg, nl_error *err)
{
    suite *s = arg;
    str rest = bytes_of(s->shared.define), text;
    s->a = a;
    while (str_cut(&rest, '\n', &text) && text.n > 0) {
        json *line = NULL;
        TRY(json_read(a, text.p, text.n, "suite", &line, err));
        run_line(s, line);
    }
    return NL_OK;
}

static void elm_cases(const char *path, uint64_t every, const char *what)
{
    arena *a = arena_new(NULL);
    nl_error err = { 0 };
    suite s = { .shared = { .define = path }, .every = every, .good = true };
    CHECK(a != NULL);
    if (guard_run(a, run_lines, &s, &err) != NL_OK) {
        printf("# %s: %s\n", err.where, err.what);
        s.good = false;
    }
    result(what, s.runs, s.good && s.runs > 200);
}

/* What this program itself keeps to its end is no leak: the children count those of the code under test. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "detect_leaks=0"; }

int main(int argc, char **argv)
{
    if (argc != 4 && argc != 5) {
        fprintf(stderr, "usage: every_allocation PACK FOLDER CORE-CASES [PUBLIC-SUITE]\n");
        return 2;
    }
    const char *sweep = getenv("NL_SWEEP");
    full = sweep && strncmp(sweep, "full", 4) == 0;
    if (full && sweep[4] && (sscanf(sweep + 4, ":%u/%u", &part, &parts) != 2 || part < 1 || part > parts)) {
        fprintf(stderr, "every_allocation: NL_SWEEP=full or full:K/N, K from 1 to N\n");
        return 2;
    }
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    output.expected = mmap(NULL, OUTPUT_MOST, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);   /* no fork copies its tables */
    CHECK(output.expected != MAP_FAILED);
    heap_may = may;
    nl_pack *pack = NULL;
    nl_error err = { 0 };
    if (nl_pack_open(argv[1], &pack, &err) != NL_OK) {
        printf("Bail out! %s: %s\n", err.where, err.what);
        return 2;
    }
    bool first = part == 1, with_suite = first && argc == 5 && file_exists(argv[4]);
    printf("1..%d\n", 1 + 2 * first + with_suite);
    if (first) {
        elm_cases(argv[3], full ? 1 : 3, "the engine's own cases, when any allocation fails, end with a limit or are the same");
        bool good = fails_anywhere("knowledge", run_open, end_open, &(knowledge){ argv[1], NULL }, full ? 1 : 997, 0);
        result("knowledge, when any allocation fails, is opened or not at all", 1, good);
    }
    if (with_suite) {
        elm_cases(argv[4], full ? 1 : 101, "the public suite, when any allocation fails, ends with a limit or is the same");
    }
    golden_patients(pack, argv[2]);
    return failed > 0;
}
