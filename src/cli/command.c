/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

const option_row options_table[OPT_COUNT] = {
    [OPT_PATIENT]      = { "patient", "ID", NULL, "the patient meant, when the files hold several" },
    [OPT_AS_OF]        = { "as-of", "DATE", NULL, "the day the plan is for, YYYY-MM-DD; what is dated later is not used (default: today)" },
    [OPT_JURISDICTION] = { "jurisdiction", "PLACE", NULL, "whose approvals and labels speak: us or eu (default: the first of the pack)" },
    [OPT_SET]          = { "set", "FACT=VALUE", NULL, "what if: this fact instead of the recorded one, as in albumin=3.2; may be repeated" },
    [OPT_FORMAT]       = { "format", "FORMAT", "text|json", "how the answer is written (default: text)" },
    [OPT_WIDTH]        = { "width", "COLUMNS", NULL, "width of text, 60 to 120 (default: the terminal's, else 100)" },
    [OPT_COLOR]        = { "color", "WHEN", "auto|always|never", "colour in text (default: auto, on a terminal unless NO_COLOR is set)" },
    [OPT_PACK]         = { "pack", "FILE", NULL, "the knowledge to use (default: NEXTLINE_PACK, else nextline.pack beside the program or in ../share/nextline)" },
    [OPT_KNOWLEDGE]    = { "knowledge", "DIR", NULL, "folder of the knowledge: YAML, CSV, CQL" },
    [OPT_ELM]          = { "elm", "DIR", NULL, "folder of the translated CQL, NAME.json each" },
    [OPT_OUTPUT]       = { "output", "FILE", NULL, "the pack to write" },
    [OPT_LIBRARY]      = { "library", "NAME", NULL, "the library whose defines are evaluated" },
    [OPT_ONLY]         = { "only", "DEFINE", NULL, "this define and no other" },
    [OPT_TERMINOLOGY]  = { "terminology", "FILE|DIR", NULL, "FHIR ValueSets and CodeSystems for all patients; of a folder, every JSON file" },
    [OPT_AS_OF_TIME]   = { "as-of", "DATETIME", NULL, "what Now() answers, 2026-01-15T10:00:00.000+01:00 or a day; also the offset of times written without (default: now, +00:00)" },
    [OPT_JOBS]         = { "jobs", "N", NULL, "patients evaluated at a time, 1 to 256 (default: 1)" },
    [OPT_CASES]        = { "cases", "FILE.ndjson", NULL, "plans to be made first, so that what none of them shows is told: {\"file\",\"as_of\",\"jurisdiction\",\"set\"} a line" },
    [OPT_OVERLAY]      = { "overlay", "FILE", NULL, "a hospital's own rules on top of the knowledge: a local pack (default: NEXTLINE_OVERLAY, else none)" },
    [OPT_RULES]        = { "rules", "FILE.yaml", NULL, "a hospital's own rules, compiled into a local pack that sits on the knowledge of --pack" },
    [OPT_WORDS]        = { "words", NULL, NULL, "print the words that may follow, one a line, for completion in a shell" },
    [OPT_HELP]         = { "help", NULL, NULL, "print help for the subcommand" },
};

#define OPT_PATIENT_ALL (OPT_BIT(OPT_PATIENT) | OPT_BIT(OPT_AS_OF) | OPT_BIT(OPT_JURISDICTION) | OPT_BIT(OPT_SET) | OPT_BIT(OPT_FORMAT) | \
                         OPT_BIT(OPT_WIDTH) | OPT_BIT(OPT_COLOR) | OPT_BIT(OPT_PACK) | OPT_BIT(OPT_OVERLAY) | OPT_BIT(OPT_HELP))

#define OPT_COURSE_ALL (OPT_BIT(OPT_PATIENT) | OPT_BIT(OPT_AS_OF) | OPT_BIT(OPT_FORMAT) | OPT_BIT(OPT_WIDTH) | OPT_BIT(OPT_COLOR) | OPT_BIT(OPT_PACK) | OPT_BIT(OPT_HELP))

#define OPT_CONTENTS_ALL (OPT_BIT(OPT_WIDTH) | OPT_BIT(OPT_COLOR) | OPT_BIT(OPT_PACK) | OPT_BIT(OPT_HELP))

const command commands_table[] = {
    { "plan", NULL, "FILE...", "what is offered, excluded and undetermined as the next line of care, and why", OPT_PATIENT_ALL, "text|json", 1, -1, run_plan },
    { "explain", NULL, "FILE... OPTION", "the criteria and clauses one option rests on, true, false or unknown, with facts; OPTION is an id that a plan shows in brackets", OPT_PATIENT_ALL, "text|json", 2, -1, run_explain },
    { "chart", NULL, "FILE...", "the record on one page; as FHIR: enriched with what was derived", OPT_PATIENT_ALL, "text|json|fhir", 1, -1, run_chart },
    { "course", NULL, "FILE...", "what happened so far as a dated list: diagnosis, samples, lines, responses, toxicities, what changed and why", OPT_COURSE_ALL, "text|json", 1, -1, run_course },
    { "pack", NULL, "--output FILE", "compile the knowledge (--knowledge and --elm) into one checked file, or a hospital's own rules (--rules) into a local pack",
      OPT_BIT(OPT_KNOWLEDGE) | OPT_BIT(OPT_ELM) | OPT_BIT(OPT_RULES) | OPT_BIT(OPT_PACK) | OPT_BIT(OPT_OUTPUT) | OPT_BIT(OPT_HELP), NULL, 0, 0, run_pack },
    { "knowledge", "list", "[KIND]", "what the knowledge holds: its options by disease, or all of one KIND: options, alerts, tests, sources, drugs or facts", OPT_CONTENTS_ALL, NULL, 0, 1, run_knowledge_list },
    { "knowledge", "show", "ID", "one option, alert, test, source, drug or fact with all it says, and where it stands", OPT_CONTENTS_ALL, NULL, 1, 1, run_knowledge_show },
    { "knowledge", "check", "", "rules that speak against themselves, what is unchecked and what cites nothing; with --cases, what no case has shown",
      OPT_CONTENTS_ALL | OPT_BIT(OPT_CASES), NULL, 0, 0, run_knowledge_check },
    { "knowledge", "cite", "ID", "every source an option, alert or test rests on; of a source, itself and what cites it", OPT_CONTENTS_ALL, NULL, 1, 1, run_knowledge_cite },
    { "knowledge", "changes", "SINCE", "approvals and rules that began or ended on or after a day, YYYY-MM-DD", OPT_CONTENTS_ALL, NULL, 1, 1, run_knowledge_changes },
    { "cql", "run", "SUITE.ndjson", "evaluate the define T of each line's ELM, {\"id\",\"elm\"} a line; {\"id\",\"value\"} or {\"id\",\"error\"} a line comes out",
      OPT_BIT(OPT_AS_OF_TIME) | OPT_BIT(OPT_HELP), NULL, 1, 1, run_cql_run },
    { "cql", "eval", "--elm DIR --library NAME DATA.ndjson", "evaluate a library for each patient, a FHIR Bundle a line; {\"id\",\"results\":{define: value}} a line comes out",
      OPT_BIT(OPT_ELM) | OPT_BIT(OPT_LIBRARY) | OPT_BIT(OPT_ONLY) | OPT_BIT(OPT_TERMINOLOGY) | OPT_BIT(OPT_AS_OF_TIME) | OPT_BIT(OPT_JOBS) | OPT_BIT(OPT_HELP), NULL, 1, 1, run_cql_eval },
    { "help", NULL, "[SUBCOMMAND [VERB]]", "help for the program or a subcommand", OPT_BIT(OPT_WORDS) | OPT_BIT(OPT_HELP), NULL, 0, 3, run_help },
    { "version", NULL, "", "versions of the program and of the knowledge found", OPT_BIT(OPT_PACK) | OPT_BIT(OPT_HELP), NULL, 0, 0, run_version },
};
const size_t commands_count = sizeof commands_table / sizeof *commands_table;

const command *command_find(const char *name, const char *verb)
{
    for (size_t i = 0; i < commands_count; i++) {
        const command *c = &commands_table[i];
        if (strcmp(c->name, name) == 0 && (!c->verb || (verb && strcmp(c->verb, verb) == 0))) {
            return c;
        }
    }
    return NULL;
}

bool command_has_verbs(const char *name)
{
    for (size_t i = 0; i < commands_count; i++) {
        if (strcmp(commands_table[i].name, name) == 0 && commands_table[i].verb) {
            return true;
        }
    }
    return false;
}

const char *command_values(const command *c, option_id id)
{
    return id == OPT_FORMAT && c->formats ? c->formats : options_table[id].values;
}

static bool allowed(const char *values, const char *value)
{
    size_t n = strlen(value);
    for (const char *at = values; n > 0 && at;) {
        const char *end = strchr(at, '|');
        size_t length = end ? (size_t)(end - at) : strlen(at);
        if (length == n && memcmp(at, value, n) == 0) {
            return true;
        }
        at = end ? end + 1 : NULL;
    }
    return false;
}

/* The option that word names, by its own letters up to '='; OPT_COUNT when c has none such. */
static option_id find_option(const command *c, const char *word, size_t n)
{
    for (int i = 0; i < OPT_COUNT; i++) {
        if ((c->options & OPT_BIT(i)) && strlen(options_table[i].name) == n && memcmp(options_table[i].name, word, n) == 0) {
            return (option_id)i;
        }
    }
    return OPT_COUNT;
}

static bool wrong(const command *c, const char *what, const char *word)
{
    const char *space = c->verb ? " " : "", *verb = c->verb ? c->verb : "";
    fprintf(stderr, "nextline: %s%s%s: %s%s%s; nextline help %s%s%s tells more\n", c->name, space, verb, what, word ? " " : "", word ? word : "",
            c->name, space, verb);
    return false;
}

/* One option at argv[*i]; moves *i over a value that stands apart. */
static bool read_option(const command *c, int argc, char **argv, int *i, arguments *out, size_t *set_count)
{
    const char *word = strcmp(argv[*i], "-h") == 0 ? "help" : argv[*i] + 2;
    const char *equals = strchr(word, '=');
    option_id id = find_option(c, word, equals ? (size_t)(equals - word) : strlen(word));
    if (argv[*i][1] != '-' && strcmp(argv[*i], "-h") != 0) {
        return wrong(c, "there is no option", argv[*i]);
    }
    if (id == OPT_COUNT) {
        return wrong(c, "there is no option", argv[*i]);
    }
    const option_row *row = &options_table[id];
    if (!row->argument) {
        out->value[id] = "";
        return equals ? wrong(c, "no value belongs to", argv[*i]) : true;
    }
    if (!equals && *i + 1 >= argc) {
        return wrong(c, "a value is missing after", argv[*i]);
    }
    const char *value = equals ? equals + 1 : argv[++*i];
    const char *values = command_values(c, id);
    if (values && !allowed(values, value)) {
        fprintf(stderr, "nextline: %s: --%s is one of %s, not %s\n", c->name, row->name, values, value);
        return false;
    }
    out->value[id] = value;
    if (id == OPT_SET) {
        out->set[(*set_count)++] = value;
    }
    return true;
}

bool command_read(const command *c, int argc, char **argv, int from, arguments *out)
{
    size_t set_count = 0;
    bool options = true;
    for (int i = from; i < argc; i++) {
        if (options && strcmp(argv[i], "--") == 0) {
            options = false;
        } else if (options && argv[i][0] == '-' && argv[i][1] != '\0') {   /* "-" alone is standard input */
            if (!read_option(c, argc, argv, &i, out, &set_count)) {
                return false;
            }
        } else {
            out->words[out->word_count++] = argv[i];
        }
    }
    out->set[set_count] = NULL;
    if (out->value[OPT_HELP]) {
        return true;
    }
    if (out->word_count < c->words_least) {
        return wrong(c, "something is missing; wanted:", c->synopsis);
    }
    if (c->words_most >= 0 && out->word_count > c->words_most) {
        return wrong(c, "too much is given:", out->words[c->words_most]);
    }
    return true;
}
