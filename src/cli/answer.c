/* The one place that reads the clock and the environment, so that the library need not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/status.h"
#include "base/str.h"
#include "cli/knowledge.h"
#include "cli/tell.h"

enum { WIDTH_LEAST = 60, WIDTH_MOST = 120 };

bool answer_is(const arguments *a, const char *format)
{
    const char *asked = a->value[OPT_FORMAT] ? a->value[OPT_FORMAT] : "text";
    return strcmp(asked, format) == 0;
}

static nl_status today(char day[11], nl_error *err)
{
    time_t now = time(NULL);
    struct tm t;
    if (now == (time_t)-1 || !localtime_r(&now, &t) || strftime(day, 11, "%Y-%m-%d", &t) != 10) {
        return fail(err, NL_E_IO, "clock", "the day could not be read; --as-of gives it");
    }
    return NL_OK;
}

/* Columns for text: --width, else COLUMNS or the terminal where there is one. 0: the usual width. */
static nl_status find_width(const arguments *a, uint32_t *width, nl_error *err)
{
    int64_t n = 0;
    const char *asked = a->value[OPT_WIDTH];
    if (asked) {
        if (!str_to_i64(str_of(asked), &n) || n < WIDTH_LEAST || n > WIDTH_MOST) {
            return fail(err, NL_E_ARG, "--width", "a number of columns from %d to %d is wanted", WIDTH_LEAST, WIDTH_MOST);
        }
        *width = (uint32_t)n;
        return NL_OK;
    }
    const char *columns = getenv("COLUMNS");
    struct winsize w;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0) {
        *width = w.ws_col;
    } else if (columns && str_to_i64(str_of(columns), &n) && n > 0 && n < 10000) {
        *width = (uint32_t)n;
    }
    return NL_OK;
}

static bool wants_colour(const arguments *a)
{
    const char *when = a->value[OPT_COLOR] ? a->value[OPT_COLOR] : "auto";
    if (strcmp(when, "auto") != 0) {
        return strcmp(when, "always") == 0;
    }
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && *no) && !(terminal && strcmp(terminal, "dumb") == 0);
}

nl_status answer_style(const arguments *a, nl_style *out, nl_error *err)
{
    *out = (nl_style){ .colour = wants_colour(a) };
    return find_width(a, &out->width, err);
}

static int answer_with(nl_worker *w, const arguments *a, int file_count, nl_view view, nl_style *style)
{
    nl_error err = { 0 };
    char day[11];
    nl_question q = { .as_of = a->value[OPT_AS_OF], .jurisdiction = a->value[OPT_JURISDICTION], .set = a->set };
    if (!q.as_of) {
        if (today(day, &err) != NL_OK) {
            return tell_failure(STAGE_INPUT, &err);
        }
        q.as_of = day;
    }
    nl_record *r;
    nl_status s = nl_record_new(w, &r, &err);
    for (int i = 0; s == NL_OK && i < file_count; i++) {
        s = nl_record_add_file(r, a->words[i], &err);
    }
    if (s == NL_OK) {
        s = nl_record_close(r, a->value[OPT_PATIENT], &err);
    }
    if (s != NL_OK) {
        return tell_failure(STAGE_INPUT, &err);
    }
    nl_plan *p;
    s = nl_plan_make(r, &q, &p, &err);
    if (s == NL_E_ARG && err.where[0]) {   /* the member of the question that is wrong is an option here */
        nl_error named = err;
        snprintf(named.where, sizeof named.where, "--%.*s", (int)(sizeof named.where - 3), err.where);
        err = named;
    }
    if (s == NL_OK) {
        s = nl_plan_write(p, view, style, tell_write, stdout, &err);
    }
    return s == NL_OK ? EXIT_PLAN : tell_failure(STAGE_ANSWER, &err);
}

int answer(const arguments *a, int file_count, nl_view view, const char *option)
{
    nl_error err = { 0 };
    nl_style style;
    if (answer_style(a, &style, &err) != NL_OK) {
        return tell_failure(STAGE_ANSWER, &err);
    }
    style.option = option;
    nl_pack *pack;
    if (knowledge_open(a->value[OPT_PACK], &pack, &err) != NL_OK) {
        return tell_failure(STAGE_PACK, &err);
    }
    const char *local = a->value[OPT_OVERLAY] ? a->value[OPT_OVERLAY] : getenv("NEXTLINE_OVERLAY");
    if (local && *local && nl_pack_overlay(pack, local, &err) != NL_OK) {
        nl_pack_free(pack);
        return tell_failure(STAGE_PACK, &err);
    }
    nl_worker *w;
    int status;
    if (nl_worker_new(pack, NULL, &w, &err) != NL_OK) {
        status = tell_failure(STAGE_INPUT, &err);
    } else {
        status = answer_with(w, a, file_count, view, &style);
        nl_worker_free(w);
    }
    nl_pack_free(pack);
    return status;
}
