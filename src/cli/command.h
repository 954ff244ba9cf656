/* command.h -- the subcommands and their options as tables: parsing, help, completion words and the check of the manual page
 * all read them. A new option is one row and one bit. Arguments borrow argv. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <nextline/types.h>

typedef enum option_id {
    OPT_PATIENT, OPT_AS_OF, OPT_JURISDICTION, OPT_SET, OPT_FORMAT, OPT_WIDTH, OPT_COLOR, OPT_PACK,
    OPT_KNOWLEDGE, OPT_ELM, OPT_OUTPUT, OPT_LIBRARY, OPT_ONLY, OPT_TERMINOLOGY, OPT_AS_OF_TIME, OPT_JOBS, OPT_CASES, OPT_OVERLAY, OPT_RULES, OPT_WORDS, OPT_HELP, OPT_COUNT
} option_id;

typedef struct option_row {
    const char *name;      /* without the dashes                            */
    const char *argument;  /* how help calls its value; NULL: it takes none */
    const char *values;    /* "a|b": the only values; NULL: any             */
    const char *help;
} option_row;

/* Exit status; documented in the manual page. */
enum { EXIT_PLAN = 0, EXIT_PART = 1, EXIT_USAGE = 2, EXIT_INPUT = 3, EXIT_PACK = 4, EXIT_LIMIT = 5, EXIT_INTERNAL = 6 };

typedef struct arguments {
    const char  *value[OPT_COUNT];   /* the last one given; "" for an option without a value; NULL when not given */
    const char **set;                /* every --set, ended by NULL */
    const char **words;              /* what is not an option, in order */
    int          word_count;
} arguments;

typedef struct command {
    const char *name, *verb;         /* verb: "run" of "cql run"; NULL: the name alone */
    const char *synopsis, *summary;
    uint32_t    options;             /* bit i: options_table[i] */
    const char *formats;             /* values of --format here */
    int         words_least, words_most;   /* most -1: any number */
    int       (*run)(const arguments *a);
} command;

#define OPT_BIT(id) (1u << (id))

extern const option_row options_table[OPT_COUNT];
extern const command    commands_table[];
extern const size_t     commands_count;

/* verb may be NULL, and does not matter to a command without. NULL when there is none. */
const command *command_find(const char *name, const char *verb);
bool command_has_verbs(const char *name);
const char *command_values(const command *c, option_id id);              /* "text|json", or NULL */
/* Reads argv[from..]; set and words must have room for argc + 1. False, with the reason told on standard error, when they are not right. */
bool command_read(const command *c, int argc, char **argv, int from, arguments *out);

int run_plan(const arguments *a);
int run_explain(const arguments *a);
int run_chart(const arguments *a);
int run_course(const arguments *a);
int run_pack(const arguments *a);
int run_cql_run(const arguments *a);
int run_cql_eval(const arguments *a);
int run_knowledge_list(const arguments *a);
int run_knowledge_show(const arguments *a);
int run_knowledge_check(const arguments *a);
int run_knowledge_cite(const arguments *a);
int run_knowledge_changes(const arguments *a);
int run_help(const arguments *a);
int run_version(const arguments *a);
void help_of(const command *c);                                          /* NULL: of the program */
void help_of_verbs(const char *name);

#endif
