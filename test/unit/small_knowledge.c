/* SPDX-License-Identifier: Apache-2.0 */
#include "small_knowledge.h"

#include "base/file.h"
#include "pack/build_terms.h"
#include "terms/drugs.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOLEAN(name, value)                                                                                                      \
    "{\"name\":\"" name "\",\"context\":\"Patient\",\"accessLevel\":\"Public\",\"type\":\"ExpressionDef\",\"locator\":\"3:1-3:9\"," \
    "\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}Boolean\",\"expression\":{\"type\":\"Literal\",\"locator\":\"3:1-3:9\","      \
    "\"valueType\":\"{urn:hl7-org:elm-types:r1}Boolean\",\"value\":\"" value "\","                                                \
    "\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}Boolean\"}}"

static const char elm[] =
    "{\"library\":{\"identifier\":{\"id\":\"T\"},\"schemaIdentifier\":{\"id\":\"urn:hl7-org:elm\",\"version\":\"r1\"},"
    "\"usings\":{\"def\":[{\"localIdentifier\":\"System\",\"uri\":\"urn:hl7-org:elm-types:r1\"}]},\"statements\":{\"def\":["
    BOOLEAN("There", "true") "," BOOLEAN("Changed", "true") "," BOOLEAN("Late sign", "false") ","
    "{\"name\":\"Words\",\"context\":\"Patient\",\"accessLevel\":\"Public\",\"type\":\"ExpressionDef\",\"locator\":\"4:1-4:9\","
    "\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}String\",\"expression\":{\"type\":\"Literal\",\"locator\":\"4:1-4:9\","
    "\"valueType\":\"{urn:hl7-org:elm-types:r1}String\",\"value\":\"x\",\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}String\"}},"
    "{\"name\":\"Amount\",\"context\":\"Patient\",\"accessLevel\":\"Public\",\"type\":\"ExpressionDef\",\"locator\":\"5:1-5:9\","
    "\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}Decimal\",\"expression\":{\"type\":\"Literal\",\"locator\":\"5:1-5:9\","
    "\"valueType\":\"{urn:hl7-org:elm-types:r1}Decimal\",\"value\":\"1.25\",\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}Decimal\"}}]}}}";

static const char facts_text[] =
    "base: https://nextline.example/fhir\nfacts:\n"
    "- {code: sign, system: chart, label: Sign, kind: word, words: [seen, not-seen], open: yes}\n"
    "- {code: count, system: lab, label: Count, kind: quantity, unit: mg/dL, open: yes}\n";

static const struct { const char *path, *text; } good[TABLES] = {
    { "guideline.yaml",
      "name: small\nversion: 1.0.0\ndated: 2026-01-01\nlibrary: T\njurisdictions: [us, eu]\nmaintainers: [us all]\n"
      "standings: [first, second]\nmetastatic: There\nchange-needed: Changed\n"
      "scope: {not-metastatic: a, metastatic-unknown: b, on-treatment: c, change-unknown: d}\n"
      "presumption: {reason: worse, say: \"{drugs} {start} {end} {next}\", question: \"why {drugs}\"}\nstale-after-days: 90\n" },
    { "evidence/one.yaml", "sources:\n- {id: S1, kind: trial, title: t, n: \"12\", checked: yes, checked-where: page}\n- {id: S2, kind: label, title: l, checked: no}\n" },
    { "options/one.yaml",
      "library: T\ndisease: {id: d, name: D, when: There}\noptions:\n"
      "- id: o.1\n  regimen: r\n  summary: s\n  drugs: [drug-a, [drug-a, drug-b]]\n"
      "  requires:\n  - There\n  - {when: Late sign, is: no, in: eu, since: 2020-01-01, until: 2021-01-01}\n"
      "  rules-out:\n  - {when: Late sign, say: late, unknown: check, sources: [S2]}\n"
      "  cautions:\n  - {when: Late sign, say: mind it, standing: second}\n"
      "  standing:\n  - {when: There, standing: first}\n  - {standing: second}\n"
      "  approved:\n    us: 2020-01-01\n    eu:\n    - {since: 2020-01-01, until: 2021-01-01, say: old, sources: [S2], checked: yes}\n    - {since: 2021-01-01}\n"
      "  evidence: [S1]\n  dose: {text: one, source: S2, checked: no}\n  monitoring: [look]\n" },
    { "alerts/one.yaml", "library: T\nalerts:\n- {code: fire, kind: urgent, level: red, when: Late sign, text: it burns, action: run, sources: [S1]}\n" },
    { "boxed.yaml", "boxed:\n- {drug: drug-a, warns: [it harms, it hurts], checked: yes, checked-where: page}\n- {drug: drug-b, warns: none, checked: no}\n" },
    { "tests.yaml", "library: T\ntests:\n- {id: test.1, name: Test, kind: test, say: do it, due: There, results: [{name: seen, sign: seen, count: \"5\"}, {name: no, sign: not-seen}]}\n" },
    { "profile.yaml", "library: T\nprofile:\n- {key: there, label: There, value: There}\n- {key: word, label: Word, value: Words, unknown: dunno}\n"
      "amounts:\n- {key: sum, label: Sum, value: Amount, unit: mg, digits: 1}\n" },
    { "course.yaml", "head:\n- {key: there, since: sign}\nentries:\n- {id: seen, title: Seen, facts: [sign], join: day, repeat: changes}\n- {id: line, title: Line, from: lines}\n"
      "facts:\n  sign: {name: S, words: {seen: \"\"}, parts: {one: \"{} one\"}}\nwords: {not-seen: not seen}\nconflicts: [odd]\nnumbers: [sum]\n" },
};

static void tell(void *to, const nl_error *e)
{
    small *s = to;
    buf_printf(&s->told, "%s:%u: %s\n", e->where, e->line, e->what);
}

static void must(nl_status s, const nl_error *err)
{
    if (s != NL_OK) {
        fprintf(stderr, "%s: %s\n", err->where, err->what);
        abort();
    }
}

static void write_table(const small *s, const char *path, str text)
{
    str whole = arena_printf(s->a, "%s/%s", s->folder, path);
    nl_error err = { 0 };
    must(file_write(whole.p, text, &err), &err);
}

void small_build(small *s, arena *a, int table, const char *from, const char *to)
{
    *s = (small){ .a = a, .folder = "/tmp/nextline-test-XXXXXX", .told = buf_make(a, BUF_MAX_DEFAULT) };
    CHECK(mkdtemp(s->folder) != NULL);
    static const char *const folders[] = { "evidence", "options", "alerts" };
    for (size_t i = 0; i < 3; i++) {
        CHECK(mkdir(arena_printf(a, "%s/%s", s->folder, folders[i]).p, 0700) == 0);
    }
    for (int i = 0; i < TABLES; i++) {
        str text = str_of(good[i].text);
        if (i == table) {
            ptrdiff_t at = str_find(text, str_of(from));
            CHECK(at >= 0);
            text = arena_printf(a, "%.*s%s%.*s", (int)at, text.p, to, STR_ARG(str_from(text, (size_t)at + strlen(from))));
        }
        write_table(s, good[i].path, text);
    }
    s->f = (faults){ .report = tell, .to = s };
    nl_error err = { 0 };
    char *padded = arena_alloc(a, sizeof elm + FILE_PAD);
    memcpy(padded, elm, sizeof elm - 1);
    cql_source library = { { padded, sizeof elm - 1 }, STR(""), STR("cql/T.cql") };
    must(cql_compile(a, &library, 1, &s->program, &err), &err);
    faults none = { .report = tell, .to = s };
    const terms_text texts[] = { { "facts.yaml", str_of(facts_text) }, { "terminology/systems.csv", STR("system,uri\n") },
                                 { "terminology/units.csv", STR("spelling,unit\n") }, { "terminology/negation.csv", STR("phrase,where\n") } };
    terms_build_texts(a, texts, 4, &s->terms, &none);
    CHECK(none.count == 0);
    drug *two = ARENA_ARRAY(a, 2, drug);
    two[0].name = STR("drug-a");
    two[1].name = STR("drug-b");
    s->terms->drugs = ARENA_NEW(a, drugs);
    *s->terms->drugs = (drugs){ .at = two, .count = 2 };
    s->terms->line_rules = ARENA_NEW(a, line_rules);
    guideline_build(a, &(guideline_parts){ s->folder, s->program, s->terms }, &s->g, &s->f);
    course_build(a, s->folder, s->terms, &s->g, &s->course, &s->f);
    for (int i = 0; i < TABLES; i++) {
        CHECK(unlink(arena_printf(a, "%s/%s", s->folder, good[i].path).p) == 0);
    }
    for (size_t i = 0; i < 3; i++) {
        CHECK(rmdir(arena_printf(a, "%s/%s", s->folder, folders[i]).p) == 0);
    }
    CHECK(rmdir(s->folder) == 0);
}

pack *small_pack(arena *a, str *bytes)
{
    small s;
    small_build(&s, a, -1, "", "");
    pack *p = ARENA_NEW(a, pack);
    *p = (pack){ .guideline = s.g, .course = s.course, .terms = s.terms, .program = s.program };
    pack_write(a, p, bytes);
    return p;
}
