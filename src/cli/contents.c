/* nextline knowledge: what a pack holds, and whether it is sound. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/answer.h"

#include <stdio.h>

#include "base/file.h"
#include "base/str.h"
#include "cli/knowledge.h"
#include "cli/tell.h"
#include "json/json.h"

static int write_contents(const arguments *a, nl_contents view, const nl_pack *pack, const nl_coverage *cases)
{
    nl_error err = { 0 };
    nl_style style;
    nl_status s = answer_style(a, &style, &err);
    if (s == NL_OK) {
        s = nl_contents_write(pack, view, a->word_count > 0 ? a->words[0] : NULL, cases, &style, tell_write, stdout, &err);
    }
    if (s == NL_E_LOGIC) {
        (void)tell_failure(STAGE_PACK, &err);
        return EXIT_PACK;
    }
    return s == NL_OK ? EXIT_PLAN : tell_failure(STAGE_ANSWER, &err);
}

static int contents(const arguments *a, nl_contents view)
{
    nl_error err = { 0 };
    nl_pack *pack;
    if (knowledge_open(a->value[OPT_PACK], &pack, &err) != NL_OK) {
        return tell_failure(STAGE_PACK, &err);
    }
    int status = write_contents(a, view, pack, NULL);
    nl_pack_free(pack);
    return status;
}

int run_knowledge_list(const arguments *a) { return contents(a, NL_CONTENTS_LIST); }
int run_knowledge_show(const arguments *a) { return contents(a, NL_CONTENTS_SHOW); }
int run_knowledge_cite(const arguments *a) { return contents(a, NL_CONTENTS_CITE); }
int run_knowledge_changes(const arguments *a) { return contents(a, NL_CONTENTS_CHANGES); }

/* ---- check, with the plans of cases ---- */

enum { CASE_SETS_MOST = 15, CASES_BYTES_MOST = 64 << 20 };

typedef struct one_case { const char *file, *as_of, *jurisdiction, *set[CASE_SETS_MOST + 1]; } one_case;

typedef struct case_line { str text; const char *name; one_case read; } case_line;

/* Text of a member, NUL-ended in the arena; NULL when it is not there. */
static const char *member(arena *a, const json *o, const char *key)
{
    const json *n = json_get(o, key);
    return n ? arena_str(a, json_text(n)).p : NULL;
}

static nl_status read_case(arena *a, void *arg, nl_error *err)
{
    case_line *line = arg;
    json *o;
    TRY(json_read(a, line->text.p, line->text.n, line->name, &o, err));
    line->read = (one_case){ .file = member(a, o, "file"), .as_of = member(a, o, "as_of"), .jurisdiction = member(a, o, "jurisdiction") };
    if (!line->read.file || !line->read.as_of) {
        return fail(err, NL_E_MODEL, line->name, "a case needs file and as_of");
    }
    uint32_t n = 0;
    for (const json *k = json_get(o, "set") ? json_get(o, "set")->first : NULL; k; k = k->next) {
        if (n == CASE_SETS_MOST) {
            return fail(err, NL_E_LIMIT, line->name, "more than %d facts are set in one case", CASE_SETS_MOST);
        }
        line->read.set[n++] = arena_str(a, json_text(k)).p;
    }
    return NL_OK;
}

static nl_status plan_case(nl_worker *w, const one_case *c, nl_coverage *into, nl_error *err)
{
    nl_record *r;
    nl_plan *p;
    TRY(nl_record_new(w, &r, err));
    TRY(nl_record_add_file(r, c->file, err));
    TRY(nl_record_close(r, NULL, err));
    TRY(nl_plan_make(r, &(nl_question){ .as_of = c->as_of, .jurisdiction = c->jurisdiction, .set = c->set }, &p, err));
    return nl_coverage_add(into, p, err);
}

/* Every case is planned: the first that fails ends the check, since what it would have shown is then not known. */
static nl_status plan_cases(const char *path, nl_worker *w, arena *scratch, nl_coverage *into, nl_error *err)
{
    file_bytes bytes;
    TRY(file_read(path, CASES_BYTES_MOST, &bytes, err));
    str rest = { bytes.p, bytes.n };
    nl_status s = NL_OK;
    for (uint32_t number = 1; s == NL_OK && rest.n > 0; number++) {
        ptrdiff_t end = str_find_char(rest, '\n');
        case_line line = { .text = str_trim(end < 0 ? rest : str_head(rest, (size_t)end)) };
        rest = end < 0 ? STR("") : str_from(rest, (size_t)end + 1);
        if (str_empty(line.text)) {
            continue;
        }
        char name[KNOWLEDGE_PATH];
        snprintf(name, sizeof name, "%s:%u", path, number);
        line.name = name;
        arena_reset(scratch);
        nl_worker_reset(w);
        s = guard_run(scratch, read_case, &line, err);
        if (s == NL_OK) {
            s = plan_case(w, &line.read, into, err);
        }
    }
    file_free(&bytes);
    return s;
}

static int check_with_cases(const arguments *a, const nl_pack *pack)
{
    nl_error err = { 0 };
    nl_worker *w = NULL;
    nl_coverage *cases = NULL;
    arena *scratch = arena_new(NULL);
    nl_status s = scratch ? nl_worker_new(pack, NULL, &w, &err) : fail(&err, NL_E_LIMIT, "cases", "the machine has no memory for them");
    if (s == NL_OK) {
        s = nl_coverage_new(pack, &cases, &err);
    }
    if (s == NL_OK) {
        s = plan_cases(a->value[OPT_CASES], w, scratch, cases, &err);
    }
    int status = s == NL_OK ? write_contents(a, NL_CONTENTS_CHECK, pack, cases) : tell_failure(STAGE_INPUT, &err);
    nl_coverage_free(cases);
    nl_worker_free(w);
    arena_free(scratch);
    return status;
}

int run_knowledge_check(const arguments *a)
{
    if (!a->value[OPT_CASES]) {
        return contents(a, NL_CONTENTS_CHECK);
    }
    nl_error err = { 0 };
    nl_pack *pack;
    if (knowledge_open(a->value[OPT_PACK], &pack, &err) != NL_OK) {
        return tell_failure(STAGE_PACK, &err);
    }
    int status = check_with_cases(a, pack);
    nl_pack_free(pack);
    return status;
}
