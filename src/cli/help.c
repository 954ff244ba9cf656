/* help and completion words, read off the tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

static void print_wrapped(const char *text, int indent)
{
    int column = indent;
    for (const char *at = text; *at;) {
        size_t n = strcspn(at, " ");
        if (column > indent && column + 1 + (int)n > 78) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", (int)n, at);
        column += (int)n;
        at += n + (at[n] == ' ');
    }
    putchar('\n');
}

static void help_of_program(void)
{
    puts("nextline: from a FHIR record to a plan for the next line of care, each statement with its basis.\n"
         "It informs; it does not replace clinical judgement.\n\nSubcommands:");
    for (size_t i = 0; i < commands_count; i++) {
        printf("  %-9s ", commands_table[i].name);
        print_wrapped(commands_table[i].summary, 12);
    }
    puts("\n  nextline help SUBCOMMAND   its options\n  nextline --version         versions of the program and the knowledge\n\nA FILE of - is standard input.");
}

void help_of(const command *c)
{
    if (!c) {
        help_of_program();
        return;
    }
    printf("Usage: nextline %s%s%s%s\n\n", c->name, c->synopsis[0] ? " " : "", c->synopsis, c->options & ~OPT_BIT(OPT_HELP) ? " [option...]" : "");
    print_wrapped(c->summary, 0);
    puts("\nOptions:");
    for (int i = 0; i < OPT_COUNT; i++) {
        if (!(c->options & OPT_BIT(i))) {
            continue;
        }
        const option_row *row = &options_table[i];
        const char *values = command_values(c, (option_id)i);
        char head[64];
        snprintf(head, sizeof head, "--%s%s%s", row->name, row->argument ? " " : "", values ? values : row->argument ? row->argument : "");
        printf("  %-26s  ", head);
        print_wrapped(row->help, 30);
    }
    if (c->run == run_plan || c->run == run_explain || c->run == run_chart) {
        putchar('\n');
        print_wrapped("Exit status: 0 an answer was written; 2 usage; 3 input unreadable or not usable; 4 pack unusable; "
                      "5 a limit was reached; 6 internal or not supported.", 0);
    }
}

static void print_values(const char *values)
{
    for (const char *at = values; at && *at;) {
        size_t n = strcspn(at, "|");
        printf("%.*s\n", (int)n, at);
        at += n + (at[n] == '|');
    }
}

/* No word: the subcommands. A subcommand: its options. A subcommand and an option's name: its values. */
static int print_words(const arguments *a)
{
    if (a->word_count == 0) {
        for (size_t i = 0; i < commands_count; i++) {
            puts(commands_table[i].name);
        }
        return EXIT_PLAN;
    }
    const command *c = command_find(a->words[0]);
    for (int i = 0; c && i < OPT_COUNT; i++) {
        if (!(c->options & OPT_BIT(i))) {
            continue;
        }
        if (a->word_count == 1) {
            printf("--%s\n", options_table[i].name);
        } else if (strcmp(options_table[i].name, a->words[1]) == 0) {
            print_values(command_values(c, (option_id)i));
        }
    }
    return c ? EXIT_PLAN : EXIT_USAGE;
}

int run_help(const arguments *a)
{
    if (a->value[OPT_WORDS]) {
        return print_words(a);
    }
    if (a->word_count == 0) {
        help_of(NULL);
        return EXIT_PLAN;
    }
    const command *c = command_find(a->words[0]);
    if (!c) {
        fprintf(stderr, "nextline: there is no subcommand %s; nextline --help lists them\n", a->words[0]);
        return EXIT_USAGE;
    }
    help_of(c);
    return EXIT_PLAN;
}
