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
        const command *c = &commands_table[i];
        char name[32];
        snprintf(name, sizeof name, "%s%s%s", c->name, c->verb ? " " : "", c->verb ? c->verb : "");
        printf("  %-9s ", name);
        print_wrapped(c->summary, 12);
    }
    puts("\n  nextline help SUBCOMMAND   its options\n  nextline --version         versions of the program and the knowledge\n\nA FILE of - is standard input.");
}

void help_of(const command *c)
{
    if (!c) {
        help_of_program();
        return;
    }
    printf("Usage: nextline %s%s%s%s%s%s\n\n", c->name, c->verb ? " " : "", c->verb ? c->verb : "", c->synopsis[0] ? " " : "", c->synopsis, c->options & ~OPT_BIT(OPT_HELP) ? " [option...]" : "");
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
    if (c->run == run_plan || c->run == run_explain || c->run == run_chart || c->run == run_course) {
        putchar('\n');
        print_wrapped("Exit status: 0 an answer was written; 2 usage; 3 input unreadable or not usable; 4 pack unusable; "
                      "5 a limit was reached; 6 internal or not supported.", 0);
    }
    if (strcmp(c->name, "knowledge") == 0) {
        putchar('\n');
        print_wrapped("Exit status: 0 an answer was written; 2 usage, or no such id; 3 a case unreadable or not usable; 4 pack unusable, or faults in the "
                      "knowledge; 5 a limit was reached.", 0);
    }
    if (c->run == run_cql_run) {
        putchar('\n');
        print_wrapped("Exit status: 0 every line has its answer, be it an error; 2 usage; 3 input unreadable or not one JSON text a line; "
                      "5 a limit was reached.", 0);
    }
    if (c->run == run_cql_eval) {
        putchar('\n');
        print_wrapped("Exit status: 0 every line has results, a define that failed being one; 1 some lines have none; 2 usage, or no such "
                      "define; 3 no line has results, or the input is unreadable or not one JSON text a line; 4 no such library, or not "
                      "supported; 5 a limit was reached.", 0);
    }
}

void help_of_verbs(const char *name)
{
    bool first = true;
    for (size_t i = 0; i < commands_count; i++) {
        if (strcmp(commands_table[i].name, name) == 0) {
            fputs(first ? "" : "\n", stdout);
            help_of(&commands_table[i]);
            first = false;
        }
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

/* The names of the program's subcommands, or the verbs of one. */
static void print_names(const char *of)
{
    const char *last = "";
    for (size_t i = 0; i < commands_count; i++) {
        const command *c = &commands_table[i];
        if (of && strcmp(c->name, of) == 0) {
            puts(c->verb);
        } else if (!of && strcmp(c->name, last) != 0) {
            puts(c->name);
        }
        last = c->name;
    }
}

/* No word: the subcommands. A subcommand: its verbs, or its options. These and an option's name: its values. */
static int print_words(const arguments *a)
{
    const char *name = a->word_count > 0 ? a->words[0] : NULL;
    if (!name || (a->word_count == 1 && command_has_verbs(name))) {
        print_names(name);
        return EXIT_PLAN;
    }
    const command *c = command_find(name, a->word_count > 1 ? a->words[1] : NULL);
    int words = c && c->verb ? 2 : 1;
    for (int i = 0; c && i < OPT_COUNT; i++) {
        if (!(c->options & OPT_BIT(i))) {
            continue;
        }
        if (a->word_count == words) {
            printf("--%s\n", options_table[i].name);
        } else if (strcmp(options_table[i].name, a->words[words]) == 0) {
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
    const char *verb = a->word_count > 1 ? a->words[1] : NULL;
    if (!verb && command_has_verbs(a->words[0])) {
        help_of_verbs(a->words[0]);
        return EXIT_PLAN;
    }
    const command *c = command_find(a->words[0], verb);
    if (!c || a->word_count > (c->verb ? 2 : 1)) {
        fprintf(stderr, "nextline: there is no subcommand %s%s%s; nextline --help lists them\n", a->words[0], verb ? " " : "", verb ? verb : "");
        return EXIT_USAGE;
    }
    help_of(c);
    return EXIT_PLAN;
}
