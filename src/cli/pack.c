/* SPDX-License-Identifier: Apache-2.0 */
#include <nextline/pack.h>

#include <stdio.h>

#include "base/str.h"
#include "cli/command.h"
#include "cli/knowledge.h"
#include "cli/tell.h"

static void print_id(const nl_pack *p)
{
    nl_str name = nl_pack_name(p), version = nl_pack_version(p), digest = nl_pack_digest(p);
    printf("guideline %.*s %.*s %.*s\n", STR_ARG(name), STR_ARG(version), STR_ARG(digest));
}

static void count_fault(void *to, const nl_error *fault)
{
    unsigned *count = to;
    ++*count;
    tell_error(fault);
}

/* A local pack on top of the knowledge that --pack names or that is found. */
static int pack_rules(const arguments *a)
{
    nl_pack *base;
    nl_error err = { 0 };
    if (knowledge_open(a->value[OPT_PACK], &base, &err) != NL_OK) {
        return tell_failure(STAGE_PACK, &err);
    }
    unsigned faults = 0;
    nl_status s = nl_overlay_build(a->value[OPT_RULES], base, a->value[OPT_OUTPUT], count_fault, &faults, &err);
    if (s == NL_OK) {
        s = nl_pack_overlay(base, a->value[OPT_OUTPUT], &err);
    }
    int status = s == NL_OK ? EXIT_PLAN : faults > 0 ? EXIT_PACK : tell_failure(STAGE_PACK, &err);
    if (s == NL_OK) {
        nl_str name = nl_pack_overlay_name(base);
        printf("local %.*s\n", STR_ARG(name));
    }
    nl_pack_free(base);
    return status;
}

int run_pack(const arguments *a)
{
    if (a->value[OPT_RULES] && a->value[OPT_OUTPUT] && !a->value[OPT_KNOWLEDGE] && !a->value[OPT_ELM]) {
        return pack_rules(a);
    }
    if (a->value[OPT_RULES]) {
        fputs("nextline: pack: --rules goes with --output and, if need be, --pack; nextline help pack tells more\n", stderr);
        return EXIT_USAGE;
    }
    static const option_id needed[] = { OPT_KNOWLEDGE, OPT_ELM, OPT_OUTPUT };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (!a->value[needed[i]]) {
            fprintf(stderr, "nextline: pack: --%s is missing; nextline help pack tells more\n", options_table[needed[i]].name);
            return EXIT_USAGE;
        }
    }
    unsigned faults = 0;
    nl_error err = { 0 };
    nl_status s = nl_pack_build(a->value[OPT_KNOWLEDGE], a->value[OPT_ELM], a->value[OPT_OUTPUT], count_fault, &faults, &err);
    if (s != NL_OK && faults == 0) {
        return tell_failure(STAGE_PACK, &err);
    }
    if (s != NL_OK) {
        fprintf(stderr, "nextline: %u fault%s in the knowledge; no pack was written\n", faults, faults == 1 ? "" : "s");
        return s == NL_E_LIMIT ? EXIT_LIMIT : EXIT_PACK;
    }
    nl_pack *p;   /* what was written is read back, so that a pack that is announced is one that opens */
    if (nl_pack_open(a->value[OPT_OUTPUT], &p, &err) != NL_OK) {
        return tell_failure(STAGE_PACK, &err);
    }
    print_id(p);
    nl_pack_free(p);
    return EXIT_PLAN;
}

int run_version(const arguments *a)
{
    char path[KNOWLEDGE_PATH];
    printf("nextline %s\n", nl_version());
    if (!knowledge_find(a->value[OPT_PACK], path)) {
        puts("guideline none found");
        return EXIT_PLAN;
    }
    nl_pack *p;
    nl_error err = { 0 };
    if (nl_pack_open(path, &p, &err) != NL_OK) {
        return tell_failure(STAGE_PACK, &err);
    }
    print_id(p);
    nl_pack_free(p);
    return EXIT_PLAN;
}
