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
    if (command_read(c, argc, argv, 2, &a)) {
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
    const command *c = command_find(strcmp(word, "--version") == 0 ? "version" : word);
    if (!c) {
        fprintf(stderr, "nextline: there is no subcommand %s; nextline --help lists them\n", word);
        return EXIT_USAGE;
    }
    return tell_finish(run(c, argc, argv));
}
