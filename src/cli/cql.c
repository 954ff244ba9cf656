/* SPDX-License-Identifier: Apache-2.0 */
/* nextline cql run and nextline cql eval: the engine alone, for suites and batches. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/cql_batch.h"
#include "cli/cql_terminology.h"
#include "cli/tell.h"
#include "json/json.h"

enum { JOBS_MOST = 256, MOMENT_ROOM = 40 };
static const size_t bytes_most = (size_t)1 << 34, elm_bytes_most = (size_t)256 << 20;

/* --as-of, or the clock. */
static nl_status moment_asked(const arguments *a, char now[MOMENT_ROOM], const char **out, nl_error *err)
{
    time_t seconds = time(NULL);
    struct tm t;
    *out = a->value[OPT_AS_OF_TIME];
    if (*out) {
        return NL_OK;
    }
    if (seconds == (time_t)-1 || !gmtime_r(&seconds, &t) || strftime(now, MOMENT_ROOM, "%Y-%m-%dT%H:%M:%S.000+00:00", &t) == 0) {
        return fail(err, NL_E_IO, "clock", "the time could not be read; --as-of gives it");
    }
    *out = now;
    return NL_OK;
}

/* ---- run ---- */

typedef struct suite_line {
    str text;
    const char *file, *as_of;
    uint32_t number;
    str id, library, elm;
    bool begun;                  /* some of its answer is written */
} suite_line;

static nl_status read_suite_line(arena *a, void *arg, nl_error *err)
{
    suite_line *l = arg;
    json *root;
    TRY(json_read(a, l->text.p, l->text.n, l->file, &root, err));
    const json *elm = json_get(root, "elm");
    l->id = json_get_text(root, "id");
    if (!json_is(elm, JSON_OBJECT)) {
        return fail(err, NL_E_SYNTAX, "", "there is no elm in this line");
    }
    buf text = buf_make(a, BUF_MAX_DEFAULT);
    json_write(&text, elm, JSON_COMPACT);
    l->elm = buf_str(&text);
    l->library = json_text(json_path(elm, "library.identifier.id"));
    return NL_OK;
}

static void print_head(suite_line *l, const char *what)
{
    if (!l->begun) {
        fputs("{\"id\":", stdout);
        if (l->id.n > 0) {
            print_json_text(stdout, l->id);
        } else {
            fputs("null", stdout);
        }
        printf(",\"%s\":", what);
        l->begun = true;
    }
}

static nl_status print_value(void *to, const char *bytes, size_t n)
{
    print_head(to, "value");
    return tell_write(stdout, bytes, n);
}

static nl_status value_of_line(suite_line *l, nl_error *err)
{
    nl_cql_library library = { .elm = l->elm, .file = "T.json" };
    nl_cql_program *p;
    nl_cql_run *r;
    char name[256];
    snprintf(name, sizeof name, "%.*s", STR_ARG(l->library));
    TRY(nl_cql_link(&library, 1, &p, err));
    nl_status s = nl_cql_run_new(p, NULL, &r, err);
    if (s == NL_OK) {
        s = nl_cql_begin(r, l->as_of, err);
        s = s == NL_OK ? nl_cql_value(r, name, "T", print_value, l, err) : s;
        nl_cql_run_free(r);
    }
    nl_cql_program_free(p);
    return s;
}

int run_cql_run(const arguments *a)
{
    file_bytes file;
    nl_error err = { 0 };
    char now[MOMENT_ROOM];
    const char *as_of;
    if (moment_asked(a, now, &as_of, &err) != NL_OK || file_read(a->words[0], bytes_most, &file, &err) != NL_OK) {
        return tell_failure(STAGE_INPUT, &err);
    }
    const char *name = strcmp(a->words[0], "-") == 0 ? "standard input" : a->words[0];
    if (batch_check(name, (str){ file.p, file.n }, &err) != NL_OK) {
        file_free(&file);
        return tell_failure(STAGE_INPUT, &err);
    }
    arena *scratch = arena_new(NULL);
    if (!scratch) {
        file_free(&file);
        fputs("nextline: the machine has no more memory\n", stderr);
        return EXIT_LIMIT;
    }
    str rest = { file.p, file.n }, text;
    for (uint32_t number = 1; str_cut(&rest, '\n', &text); number++) {
        if (str_empty(str_trim(text))) {
            continue;
        }
        suite_line l = { .text = text, .file = name, .as_of = as_of, .number = number };
        arena_reset(scratch);
        nl_status s = guard_run(scratch, read_suite_line, &l, &err);
        s = s == NL_OK ? value_of_line(&l, &err) : s;
        if (s != NL_OK) {
            char place[sizeof err.what + 300];
            print_head(&l, "error");
            snprintf(place, sizeof place, "%.250s:%u: %s", l.file, l.number, err.what);
            print_json_text(stdout, str_of(l.elm.n > 0 ? err.what : place)); /* a line that was not read says where it is */
        }
        fputs("}\n", stdout);
    }
    arena_free(scratch);
    file_free(&file);
    return EXIT_PLAN;
}

/* ---- eval ---- */

typedef VEC(nl_cql_library) library_vec;
typedef struct wanted { str name, version; } wanted;
typedef struct loading {
    const char *folder, *main;
    library_vec libraries;
} loading;

/* NAME-VERSION.json where a version is asked for; NAME.json; else the first NAME-VERSION.json by name. */
static nl_status find_library(arena *a, const char *folder, str name, str version, const char **out, nl_error *err)
{
    *out = arena_printf(a, "%s/%.*s-%.*s.json", folder, STR_ARG(name), STR_ARG(version)).p;
    if (!str_empty(version) && file_exists(*out)) {
        return NL_OK;
    }
    *out = arena_printf(a, "%s/%.*s.json", folder, STR_ARG(name)).p;
    if (file_exists(*out)) {
        return NL_OK;
    }
    DIR *d = opendir(folder);
    if (!d) {
        return fail(err, NL_E_IO, folder, "%s", strerror(errno));
    }
    char best[256] = "";
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        str file = str_of(e->d_name);
        bool fits = str_starts(file, name) && file.n > name.n && file.p[name.n] == '-' && str_ends(file, STR(".json"));
        if (fits && (best[0] == '\0' || strcmp(e->d_name, best) < 0)) {
            snprintf(best, sizeof best, "%s", e->d_name);
        }
    }
    closedir(d);
    if (best[0] == '\0') {
        return fail(err, NL_E_IO, folder, "there is no %.*s.json", STR_ARG(name));
    }
    *out = arena_printf(a, "%s/%s", folder, best).p;
    return NL_OK;
}

static nl_status read_whole(arena *a, const char *path, str *out, nl_error *err)
{
    file_bytes f;
    TRY(file_read(path, elm_bytes_most, &f, err));
    *out = arena_str(a, (str){ f.p, f.n });
    file_free(&f);
    return NL_OK;
}

static bool is_loaded(const loading *l, const char *file)
{
    for (size_t i = 0; i < l->libraries.count; i++) {
        if (strcmp(l->libraries.at[i].file, file) == 0) {
            return true;
        }
    }
    return false;
}

/* Of a path with a namespace, NAMESPACE/NAME, the name. */
static str file_name(str path)
{
    size_t i = path.n;
    while (i > 0 && path.p[i - 1] != '/') {
        i--;
    }
    return str_from(path, i);
}

/* The library and what it includes, each once. */
static nl_status load_libraries(arena *a, void *arg, nl_error *err)
{
    loading *l = arg;
    VEC(wanted) names = { 0 };
    *VEC_PUSH(a, &names) = (wanted){ .name = str_of(l->main) };
    for (size_t i = 0; i < names.count; i++) {
        nl_cql_library library = { 0 };
        json *root;
        nl_error missing = { 0 };
        nl_status s = find_library(a, l->folder, names.at[i].name, names.at[i].version, &library.file, &missing);
        if (s != NL_OK && i > 0 && str_is(names.at[i].name, "FHIRHelpers")) {
            continue; /* the engine has it */
        }
        if (s != NL_OK) {
            *err = missing;
            return s;
        }
        if (is_loaded(l, library.file)) {
            continue;
        }
        TRY(read_whole(a, library.file, &library.elm, err));
        TRY(json_read(a, library.elm.p, library.elm.n, library.file, &root, err));
        str stem = str_head(str_of(library.file), strlen(library.file) - strlen(".json"));
        const char *text = arena_printf(a, "%.*s.cql", STR_ARG(stem)).p;
        if (file_exists(text)) {
            TRY(read_whole(a, text, &library.text, err));
        }
        *VEC_PUSH(a, &l->libraries) = library;
        const json *includes = json_path(root, "library.includes.def");
        for (const json *d = includes ? includes->first : NULL; d; d = d->next) {
            *VEC_PUSH(a, &names) = (wanted){ file_name(json_get_text(d, "path")), json_get_text(d, "version") };
        }
    }
    return NL_OK;
}

static nl_status link_libraries(const arguments *a, nl_cql_program **out, nl_error *err)
{
    arena *scratch = arena_new(NULL);
    if (!scratch) {
        return fail(err, NL_E_LIMIT, "", "the machine has no more memory");
    }
    loading l = { .folder = a->value[OPT_ELM], .main = a->value[OPT_LIBRARY] };
    nl_status s = guard_run(scratch, load_libraries, &l, err);
    s = s == NL_OK ? nl_cql_link(l.libraries.at, l.libraries.count, out, err) : s;
    arena_free(scratch);
    return s;
}

static bool has_define(const nl_cql_program *p, const char *library, const char *name)
{
    nl_cql_define d;
    for (size_t i = 0; nl_cql_define_at(p, i, &d); i++) {
        if (str_is(d.library, library) && (!name || str_is(d.name, name))) {
            return true;
        }
    }
    return false;
}

static int eval_file(const arguments *a, batch *b)
{
    nl_error err = { 0 };
    file_bytes file;
    nl_cql_run *probe;
    if (!has_define(b->program, b->library, b->only)) {
        fprintf(stderr, "nextline: cql eval: %s has no define %s\n", b->library, b->only ? b->only : "at all");
        return EXIT_USAGE;
    }
    nl_status s = nl_cql_run_new(b->program, NULL, &probe, &err);
    if (s == NL_OK) { /* a moment that is none is told once, and not for every patient */
        s = nl_cql_begin(probe, b->as_of, &err);
        nl_cql_run_free(probe);
    }
    if (s != NL_OK || file_read(a->words[0], bytes_most, &file, &err) != NL_OK) {
        return tell_failure(STAGE_INPUT, &err);
    }
    b->lines = (str){ file.p, file.n };
    if (batch_check(b->name, b->lines, &err) != NL_OK) {
        file_free(&file);
        return tell_failure(STAGE_INPUT, &err);
    }
    batch_counts counts = { 0 };
    s = batch_run(b, &counts, &err);
    file_free(&file);
    if (s == NL_OK && counts.failed > 0) {
        fprintf(stderr, "nextline: cql eval: %llu of %llu lines have no results; the output says why\n", (unsigned long long)counts.failed,
                (unsigned long long)counts.lines);
    }
    if (s != NL_OK) {
        return tell_failure(STAGE_ANSWER, &err);
    }
    return counts.failed == 0 ? EXIT_PLAN : counts.failed < counts.lines ? EXIT_PART : EXIT_INPUT;
}

int run_cql_eval(const arguments *a)
{
    static const option_id needed[] = { OPT_ELM, OPT_LIBRARY };
    nl_error err = { 0 };
    char now[MOMENT_ROOM];
    int64_t jobs = 1;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (!a->value[needed[i]]) {
            fprintf(stderr, "nextline: cql eval: --%s is missing; nextline help cql eval tells more\n", options_table[needed[i]].name);
            return EXIT_USAGE;
        }
    }
    if (a->value[OPT_JOBS] && (!str_to_i64(str_of(a->value[OPT_JOBS]), &jobs) || jobs < 1 || jobs > JOBS_MOST)) {
        fprintf(stderr, "nextline: cql eval: --jobs is a number from 1 to %d\n", JOBS_MOST);
        return EXIT_USAGE;
    }
    batch b = { .library = a->value[OPT_LIBRARY], .only = a->value[OPT_ONLY], .jobs = (int)jobs,
                .name = strcmp(a->words[0], "-") == 0 ? "standard input" : a->words[0] };
    nl_cql_program *program;
    nl_cql_terminology *terminology = NULL;
    const char *terms = a->value[OPT_TERMINOLOGY];
    if (moment_asked(a, now, &b.as_of, &err) != NL_OK) {
        return tell_failure(STAGE_INPUT, &err);
    }
    if (terms && terminology_of_path(terms, &terminology, &err) != NL_OK) {
        return tell_failure(STAGE_PACK, &err);
    }
    b.terminology = terminology;
    if (link_libraries(a, &program, &err) != NL_OK) {
        nl_cql_terminology_free(terminology);
        return tell_failure(STAGE_PACK, &err);
    }
    b.program = program;
    int status = eval_file(a, &b);
    nl_cql_program_free(program);
    nl_cql_terminology_free(terminology);
    return status;
}
