/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/build_course.h"
#include "pack/build_drugs.h"
#include "pack/build_faults.h"
#include "pack/build_files.h"
#include "pack/build_guideline.h"
#include "pack/build_terms.h"
#include "pack/pack.h"

/* All translated libraries, each with the CQL it was translated from, which stands beside it; one without cannot be quoted. */
static nl_status read_libraries(arena *a, const pack_sources *s, cql_source **out, size_t *count, nl_error *err)
{
    str *names;
    *count = files_in(a, s->elm, STR(".json"), &names);
    if (*count == 0) {
        return fail(err, NL_E_IO, s->elm, "the folder holds no translated CQL library");
    }
    *out = ARENA_ARRAY(a, *count, cql_source);
    for (size_t i = 0; i < *count; i++) {
        cql_source *x = &(*out)[i];
        TRY(files_text(a, arena_printf(a, "%s/%.*s.json", s->elm, STR_ARG(names[i])).p, &x->elm, err));
        x->file = arena_printf(a, "cql/%.*s.cql", STR_ARG(names[i]));
        nl_error absent;
        if (files_text(a, arena_printf(a, "%s/%.*s.cql", s->elm, STR_ARG(names[i])).p, &x->text, &absent) != NL_OK) {
            x->text = STR("");
        }
    }
    return NL_OK;
}

nl_status pack_build(arena *a, const pack_sources *s, void (*report)(void *to, const nl_error *e), void *to, str *bytes, nl_error *err)
{
    faults f = { .report = report, .to = to };
    pack p = { 0 };
    nl_error e = { 0 };
    cql_source *libraries = NULL;
    size_t library_count = 0;
    if (read_libraries(a, s, &libraries, &library_count, &e) != NL_OK || cql_compile(a, libraries, library_count, &p.program, &e) != NL_OK) {
        fault_add(&f, &e);
    }
    terms_build(a, s->knowledge, &p.terms, &f);
    build_drugs(a, s->knowledge, p.terms, &f, &p.terms->drugs);
    build_line_rules(a, s->knowledge, p.terms, p.terms->drugs, &f, &p.terms->line_rules);
    build_response_rules(a, s->knowledge, p.terms, p.terms->drugs, &f, &p.terms->response);
    if (p.program) {
        guideline_build(a, &(guideline_parts){ s->knowledge, p.program, p.terms }, &p.guideline, &f);
        course_build(a, s->knowledge, p.terms, &p.guideline, &p.course, &f);
    }
    if (f.count > 0) {
        nl_error first = f.first;
        return f.count == 1 ? fail_at(err, first.code, first.where, first.line, first.column, "%s", first.what)
                            : fail_at(err, first.code, first.where, first.line, first.column, "%.300s (and %zu more)", first.what, f.count - 1);
    }
    pack_write(a, &p, bytes);
    pack *again;
    return pack_read(a, bytes->p, bytes->n, "the pack just built", &again, err);   /* what cannot be read must not be shipped */
}
