/* SPDX-License-Identifier: Apache-2.0 */
/* Workers share the lines, the program and the order of the output, and nothing else. Who has an answer waits for its turn, so
 * that no more answers are held than there are workers. */
#include "cli/cql_batch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/status.h"
#include "cli/tell.h"

typedef struct shared {
    const batch *batch;
    pthread_mutex_t lock;
    pthread_cond_t turn;
    str rest;
    uint64_t taken, written, without;   /* without: lines that have no answer */
    uint32_t line;
    nl_error failed;             /* code NL_OK: none; set once, ends the batch */
} shared;

typedef struct ticket {
    str text;
    uint64_t number;
    uint32_t line;
    bool answered;
} ticket;

void print_json_text(void *file, str s)
{
    FILE *out = file;
    putc('"', out);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\') {
            fprintf(out, "\\%c", c);
        } else if (c < 0x20) {
            fprintf(out, "\\u%04x", c);
        } else {
            putc(c, out);
        }
    }
    putc('"', out);
}

static nl_status to_file(void *to, const char *bytes, size_t n)
{
    return fwrite(bytes, 1, n, to) == n ? NL_OK : NL_E_LIMIT;
}

static void print_error(FILE *out, const shared *s, const ticket *t, const nl_error *e)
{
    char text[sizeof e->where + sizeof e->what + 64];
    bool place = e->where[0] != '\0' && strcmp(e->where, s->batch->name) != 0;
    snprintf(text, sizeof text, "%s:%u: %s%s%s", s->batch->name, t->line, place ? e->where : "", place ? ": " : "", e->what);
    fputs(",\"error\":", out);
    print_json_text(out, str_of(text));
    fputs("}\n", out);
}

static nl_status print_results(FILE *out, const batch *b, nl_cql_run *r, nl_error *err)
{
    if (!b->only) {
        fputs(",\"results\":", out);
        TRY(nl_cql_values(r, b->library, to_file, out, err));
        fputs("}\n", out);
        return NL_OK;
    }
    char *value = NULL;
    size_t n = 0;
    FILE *memory = open_memstream(&value, &n);
    if (!memory) {
        return fail(err, NL_E_LIMIT, "", "the machine has no more memory");
    }
    nl_status s = nl_cql_value(r, b->library, b->only, to_file, memory, err);
    if (fclose(memory) != 0 && s == NL_OK) {
        s = fail(err, NL_E_LIMIT, "", "the machine has no more memory");
    }
    if (s == NL_OK || s == NL_E_LOGIC) {
        fputs(",\"results\":{", out);
        print_json_text(out, str_of(b->only));
        putc(':', out);
        fwrite(value, 1, n, out);
        if (s == NL_E_LOGIC) { /* as nl_cql_values tells it */
            char text[sizeof err->where + sizeof err->what + 2];
            snprintf(text, sizeof text, "%s: %s", err->where, err->what);
            fputs("{\"error\":", out);
            print_json_text(out, str_of(text));
            putc('}', out);
        }
        fputs("}}\n", out);
    }
    free(value);
    return s == NL_E_LOGIC ? NL_OK : s;
}

/* One patient: the line of output, in memory of the caller's to free. */
static nl_status answer_line(const shared *s, nl_cql_run *r, ticket *t, char **text, size_t *n)
{
    const batch *b = s->batch;
    nl_error err = { 0 };
    nl_str id = { 0 };
    char *head = NULL, *tail = NULL;
    size_t head_n = 0, tail_n = 0;
    nl_status status = nl_cql_begin(r, b->as_of, &err);
    status = status == NL_OK ? nl_cql_add(r, b->name, t->text.p, t->text.n, &err) : status;
    status = status == NL_OK ? nl_cql_patient(r, &id, &err) : status;
    FILE *out = open_memstream(&head, &head_n), *body = open_memstream(&tail, &tail_n);
    if (out && body) {
        fputs("{\"id\":", out);
        if (id.n > 0) {
            print_json_text(out, id);
        } else {
            fputs("null", out);
        }
        status = status == NL_OK ? print_results(body, b, r, &err) : status;
    }
    bool good = body && fclose(body) == 0 && out;
    t->answered = status == NL_OK;
    if (good && status == NL_OK) {
        fwrite(tail, 1, tail_n, out);
    } else if (good) {
        print_error(out, s, t, &err);
    }
    good = out && fclose(out) == 0 && good;
    free(tail);
    *text = head;
    *n = head_n;
    return good ? NL_OK : NL_E_LIMIT;
}

static bool take(shared *s, ticket *t)
{
    bool found = false;
    pthread_mutex_lock(&s->lock);
    while (!found && s->failed.code == NL_OK && str_cut(&s->rest, '\n', &t->text)) {
        s->line++;
        found = !str_empty(str_trim(t->text));
    }
    if (found) {
        t->line = s->line;
        t->number = s->taken++;
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

static void deliver(shared *s, const ticket *t, nl_status made, const char *text, size_t n)
{
    pthread_mutex_lock(&s->lock);
    while (s->written != t->number) {
        pthread_cond_wait(&s->turn, &s->lock);
    }
    s->written++;
    s->without += t->answered ? 0 : 1;
    if (s->failed.code == NL_OK) {
        made = made == NL_OK ? tell_write(stdout, text, n) : made;
        if (made != NL_OK) {
            (void)fail(&s->failed, made, "standard output", "a line of the answer could not be %s", made == NL_E_IO ? "written" : "held in memory");
        }
    }
    pthread_cond_broadcast(&s->turn);
    pthread_mutex_unlock(&s->lock);
}

static void *work(void *arg)
{
    shared *s = arg;
    nl_cql_run *r = NULL;
    nl_error err = { 0 };
    ticket t;
    if (nl_cql_run_new(s->batch->program, NULL, &r, &err) != NL_OK || nl_cql_use(r, s->batch->terminology, &err) != NL_OK) {
        nl_cql_run_free(r);
        pthread_mutex_lock(&s->lock);
        s->failed = err;
        pthread_mutex_unlock(&s->lock);
        return NULL;
    }
    while (take(s, &t)) {
        char *text = NULL;
        size_t n = 0;
        nl_status made = answer_line(s, r, &t, &text, &n);
        deliver(s, &t, made, text, n);
        free(text);
    }
    nl_cql_run_free(r);
    return NULL;
}

nl_status batch_check(const char *name, str lines, nl_error *err)
{
    str rest = lines, first = { 0 };
    while (str_empty(str_trim(first)) && str_cut(&rest, '\n', &first)) {
    }
    first = str_trim(first);
    bool open = str_ends(first, STR("{")) || str_ends(first, STR("[")) || str_ends(first, STR(","));
    bool goes_on = rest.n > 0 && (rest.p[0] == ' ' || rest.p[0] == '\t' || rest.p[0] == '"');
    return open && goes_on ? fail(err, NL_E_SYNTAX, name, "one JSON text a line is wanted; this is one text over several lines") : NL_OK;
}

nl_status batch_run(const batch *b, batch_counts *counts, nl_error *err)
{
    shared s = { .batch = b, .lock = PTHREAD_MUTEX_INITIALIZER, .turn = PTHREAD_COND_INITIALIZER, .rest = b->lines };
    pthread_t *others = calloc((size_t)b->jobs, sizeof *others);
    int started = 0;
    if (!others) {
        return fail(err, NL_E_LIMIT, "", "the machine has no more memory");
    }
    while (started < b->jobs - 1 && pthread_create(&others[started], NULL, work, &s) == 0) {
        started++;
    }
    work(&s); /* this thread is one of them; fewer threads than asked for give the same answer */
    for (int i = 0; i < started; i++) {
        pthread_join(others[i], NULL);
    }
    free(others);
    *counts = (batch_counts){ s.written, s.without };
    if (s.failed.code != NL_OK && err) {
        *err = s.failed;
    }
    return s.failed.code;
}
