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

int run_pack(const arguments *a)
{
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
