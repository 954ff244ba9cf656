/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/tell.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int run(const command *c, int argc, char **argv)
{
    size_t room = (size_t)argc + 1;
    const char **memory = calloc(room * 2, sizeof *memory);
    if (!memory) {
        fputs("nextline: the machine has no more memory\n", stderr);
        return EXIT_LIMIT;
    }
    arguments a = { .set = memory, .words = memory + room };
    int status = EXIT_USAGE;
    if (command_read(c, argc, argv, c->verb ? 3 : 2, &a)) {
        if (a.value[OPT_HELP]) {
            help_of(c);
            status = EXIT_PLAN;
        } else {
            status = c->run(&a);
        }
    }
    free(memory);
    return status;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);   /* a reader that has gone shows as a failed write */
    if (argc < 2) {
        fputs("nextline: a subcommand is wanted; nextline --help lists them\n", stderr);
        return EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        help_of(NULL);
        return tell_finish(EXIT_PLAN);
    }
    const char *name = strcmp(word, "--version") == 0 ? "version" : word, *verb = argc > 2 ? argv[2] : "";
    const command *c = command_find(name, verb);
    if (c) {
        return tell_finish(run(c, argc, argv));
    }
    if (command_has_verbs(name) && (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0)) {
        help_of_verbs(name);
        return tell_finish(EXIT_PLAN);
    }
    if (command_has_verbs(name)) {
        fprintf(stderr, "nextline: %s: a verb is wanted; nextline help %s lists them\n", name, name);
    } else {
        fprintf(stderr, "nextline: there is no subcommand %s; nextline --help lists them\n", word);
    }
    return EXIT_USAGE;
}
