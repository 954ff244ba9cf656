/* SPDX-License-Identifier: Apache-2.0 */
/* terms.h -- what codes, words, units and drugs mean: the part of the knowledge that steers the chart.
 * Filled by pack from knowledge/facts.yaml, drugs.yaml, lines.yaml, terminology/ and tables/. Read-only; shared by threads.
 *
 * ---- terminology/NAME.csv: set,word,system,code,display,source,checked ----
 * "In this set, the code means this word." A set is a vocabulary: `about` holds what a resource is about (its words are the
 * topics that facts.yaml reads), others hold the answers: presence, gene, site ...
 *   system   a name of terminology/systems.csv (LOINC, SNOMED, ICD10CM ...), or
 *            TEXT    the whole text, folded (case, white space, "." and "," at the end), is `code`
 *            PHRASE  `code` occurs in the text as whole words, not under a negation
 *            LABEL   a phrase in the words beside a code that contradicts it: nothing is read from such a resource
 *   code     a trailing * stands for any ending (C79.5*). One code may have several words in one set only as several
 *            rows whose word is the same fact's business: the pack refuses a code with two words in one set.
 *   word     `unknown` in any set: the record says that it does not know (nothing is derived, and nothing is odd)
 *   source, checked   where the code was seen; empty for plain words
 * terminology/systems.csv: system,uri     every spelling of a code system; the first is canonical
 * terminology/units.csv: spelling,unit    what people write instead of UCUM
 * terminology/negation.csv: phrase,where  before|after|text: a phrase before (after) a match in the same sentence takes it
 *                                         back; text: anywhere in the text
 *
 * ---- facts.yaml, a fact's own keys besides those its head explains ----
 *   unit, also: [{unit: mmol/L, times: "4.0", source: TEXT, checked: TEXT}]   factors for units that UCUM cannot convert
 *   plausible: ["0", "100"]   outside: no value is handed over (dataAbsentReason error) and a finding quotes it
 *   per: specimen             results are joined by specimen; `table` then says what they mean together
 *   table: NAME               knowledge/tables/NAME.csv (below)
 *   take: earliest            one resource only, the earliest (an undated one beside it if there are such)
 *   method: SET               how it was found (method of the derived Observation): the first word of SET met among: the
 *                             reading's own `method-is`, component values, method, type of specimen, words beside the code
 *   prevails: [WORD...]       of several words for one sample and method the first of these speaks, with the sources of all
 *   xuln: yes                 a second fact CODE-xuln (unit 1): the value over the upper limit of its own report
 *   set-method                method given to a value of --set
 *
 * ---- `from`: where a fact comes from: a list of readings, or the name of a list under `readings:` ($code = the fact) ----
 * One of these says which resources:
 *   observation: [TOPIC...]   an Observation, a component of one, or an answered question, coded or worded as one of the topics
 *   condition | procedure | allergy | family | adverse-event: [TOPIC...]    the resource's own code, in set `about`; `any` instead of a list:
 *                             whatever it is
 *   plan-review: any          a review of a CarePlan, of its own day (section plan-review): the answer is the reason where the plan was changed,
 *                             else whether it was; `words` reads both
 *   fact: CODE                results of another fact of this file that stands above; with `word: WORD` only these
 * (Facts that stand while a drug is in use are named by the drug, in drugs.yaml.)
 * Then, all optional:
 *   unless: [TOPIC...]        not where a coding beside ours is about one of these as well: the narrower code says whose answer it is
 *   in: SET                   topics are words of SET instead of `about`. Without a list (`condition: {in: SET}`) every word of SET
 *                             fits, and is the answer
 *   at: [NAME...]             the answer is read from the first of these there is: an element of the resource of that name, or an extension whose URL
 *                             ends in it. An element that says nothing of the set says nothing here; an extension that does is told
 *   words: SET or [SET...]    the answer: the value, looked up in SET (codes first, then text); of several, the first that knows it.
 *                             Set `no-value` holds what means unknown in every set. On a condition or procedure the body site is
 *                             looked up, and `is` is the answer when it says nothing
 *   cuts: NAME                the answer: the band the number falls into (section cuts)
 *   is: WORD                  the answer, whatever the value. On an observation it needs a value that says so: set `presence`
 *                             must call the value positive; negative gives `is-not` (if written), or nothing
 *   otherwise: {part: NAME, words: SET | cuts: NAME}   tried when the value is not understood as the answer
 *   part: NAME                the column of `table` this answer fills; `value` when not written
 *   with: [{component: TOPIC, part: NAME, words: SET | cuts: NAME}]     further parts from components of the same Observation; a
 *                             component that SET does not know gives `unread`. Without component: what the value itself says besides;
 *                             by cuts: the one number with the unit of the cuts among its words ("Positive, 5 %")
 *   where: {component: TOPIC, in: SET, word: WORD}    only with a component of that topic whose value is WORD in SET
 *   label, not-label: TOPIC   only when (only unless) the words beside the code (text, display, method) hold a PHRASE of that word in set `beside`
 *   related, not-related: SET  only when (only unless) what the resource belongs to is a word of SET: its own code, or a Condition
 *                             that it refers to (an extension, focus) or whose stage lists it; not-related leaves a finding
 *   when: active | ended | any      clinical status of a condition or allergy; any when not written
 *   suspected: yes            also unconfirmed, provisional and differential diagnoses (else: no match, and a finding)
 *   stage: yes                of a condition: the answer is looked up in Condition.stage, not in the body site; without a date
 *   method-is: WORD
 * Always kept away: entered-in-error, cancelled, not-done, refuted.
 *
 * ---- plan-review: {extension: NAME, day: NAME, changed: NAME, reason: NAME} ----
 * A review is an extension of a CarePlan whose URL ends in `extension`; the others are extensions within it: its day, whether the plan was
 * changed, why. One that does not say whether it was changed is not read (a finding).
 *
 * ---- cuts: NAME: {unit: UCUM, possible: ["0", "100"], bands: [{word: low, from: "1", to: "10", from-open: no, to-open: no}],
 * source, checked} ----
 * A number with a comparator, or a range, falls into a band only when all of it does; one outside what is possible into none.
 *
 * ---- tables/NAME.csv: one column per part, then gives,word,finding,note,source,checked ----
 * A cell: empty = anything, - = nothing known, * = something known, a|b = one of these (- too). From top to bottom, the first row whose
 * cells all fit sets the part it `gives` (a column, or `answer`), unless that part is known; rows go on seeing what earlier
 * rows gave. word `unknown` gives no fact. `finding` is the sentence shown, {column} replaced by the words recorded.
 * Two different words for one part of one specimen: a finding, and an answer for each.
 *
 * ---- silent: [{group: specimen, method: WORD, signal: CODE, signal-word: WORD, speaks: absent|present, facts: gene, word: WORD, becomes: WORD,
 * say: TEXT}] ----
 * In one specimen (or report, or day) examined by `method` in which no result of fact `signal` has signal-word (speaks: present: in
 * which one has), an answer `word` of any fact of the system `facts` becomes `becomes`: silence of a sample without signal proves nothing. */
#ifndef TERMS_TERMS_H
#define TERMS_TERMS_H

#include "base/ar.h"

typedef struct terms terms;
typedef struct drugs drugs;             /* terms/drugs.h */
typedef struct line_rules line_rules;   /* terms/drugs.h */
typedef struct response_rules response_rules;   /* terms/response.h */

typedef enum fact_kind { FACT_WORD, FACT_QUANTITY, FACT_INTEGER, FACT_BOOLEAN, FACT_DATE } fact_kind;

typedef enum reading_type {
    READ_OBSERVATION, READ_CONDITION, READ_PROCEDURE, READ_ALLERGY, READ_FAMILY, READ_ADVERSE, READ_REVIEW, READ_FACT
} reading_type;

typedef enum clinical_when { WHEN_ANY, WHEN_ACTIVE, WHEN_ENDED } clinical_when;

/* One answer and how it is read. */
typedef struct part_def {
    str part;                 /* column of the fact's table, or "value" */
    str component;            /* topic of the component it is read from; empty: the value itself */
    str words;                /* sets, between blanks */
    str cuts, is, is_not;
} part_def;

typedef struct fact_reading {
    reading_type type;
    str         *topics;      /* empty: every word of `set`, or anything when `any` */
    str         *unless;      /* words of `about` */
    str          set;         /* "about" unless written */
    part_def     answer, otherwise;   /* otherwise.part empty: there is none */
    part_def    *with;
    str         *at;          /* elements and extensions the answer is read from; none: the value */
    str          where_component, where_set, where_word;
    str          label, not_label, related, not_related, method_is;
    str          fact_word;   /* of READ_FACT */
    uint32_t     topic_count, unless_count, with_count, at_count;
    uint8_t      when;        /* clinical_when */
    bool         suspected, stage, any;
    uint32_t     line;        /* in facts.yaml */
} fact_reading;

typedef struct unit_factor { str unit, times, source, checked; } unit_factor;

typedef struct fact_def {
    str       code, system, label, unit;   /* system: "gene" "chart" "lab"; unit: UCUM */
    fact_kind kind;
    bool      open;
    str      *words;
    str      *excludes;
    str      *prevails;                    /* strongest first */
    uint32_t  word_count, exclude_count, prevail_count;
    str       set_method;
    uint32_t  line;                        /* in knowledge/facts.yaml */
    bool      per_specimen, earliest;
    str       table, method;
    str       xuln_of;                     /* "bilirubin" for "bilirubin-xuln": derived beside it, never read */
    str       plausible_low, plausible_high;   /* decimals; empty: unbounded */
    unit_factor *also;
    fact_reading *from;
    uint32_t  also_count, from_count;
} fact_def;

const fact_def *terms_fact(const terms *t, str code);   /* NULL when there is none */
size_t          terms_facts(const terms *t, const fact_def **out);   /* in the order of facts.yaml; -xuln after its own */
str             terms_base(const terms *t);             /* "https://nextline.example/fhir" */

/* ---- codes and texts ---- */
typedef struct term_row {
    str set, word, system, code;   /* of TEXT, PHRASE and LABEL: the folded text */
    str display, source, checked;
    str file;                      /* "terminology/tumour.csv" */
    uint32_t line;
} term_row;

/* The canonical name ("SNOMED") of a code system however written; empty when nobody knows it. */
str  terms_system(const terms *t, str uri);
/* The word of a code in a set; empty when it has none. system: canonical name, as terms_system gives it. */
str  terms_word(const terms *t, str set, str system, str code);
/* Every row for that code, whatever the set. Returns the count. */
size_t terms_meanings(const terms *t, str system, str code, const term_row *const **out);
/* A code that some set has under another system only: that system's name, else empty. */
str  terms_other_system(const terms *t, str system, str code);

typedef struct text_word {
    str  word;           /* empty: nothing, or only under a negation */
    str  negated;        /* the word met under a negation, or empty  */
    str  negation;       /* by which phrase                          */
    bool whole;          /* the whole text, by a TEXT row            */
} text_word;
enum { TERMS_TEXT_MAX = 64 << 10 };   /* bytes of one text that are looked at; who asks tells of a longer one */
/* TEXT rows first, then PHRASE rows: a longer phrase hides what stands inside it; different words at different places: neither. */
text_word terms_word_of_text(const terms *t, str set, str text);
/* A LABEL phrase of that word in the text, or empty. */
str  terms_contradiction(const terms *t, str set, str word, str text);

/* ---- units ---- the UCUM spelling of what people write, by units.csv; empty when it has no row (it may be UCUM already). */
str  terms_unit(const terms *t, str written, bool any_case);

/* ---- bands ---- */
typedef struct cut_band { str word, low, high; bool low_open, high_open; } cut_band;   /* low, high: decimals; empty: unbounded */
typedef struct cut_set  { str name, unit, source, checked, low, high; /* what is possible at all */ cut_band *bands; uint32_t band_count, line; } cut_set;
const cut_set *terms_cuts(const terms *t, str name);

/* ---- tables ---- */
enum { TERMS_PARTS_MAX = 12 };   /* columns of a table */
typedef struct table_row { str *cells; str gives, word, finding, note, source, checked; uint32_t cell_count, line; } table_row;
typedef struct part_table { str name; str *columns; table_row *rows; uint32_t column_count, row_count; } part_table;
const part_table *terms_table(const terms *t, str name);

typedef struct silence_rule { str group, method, signal, signal_word, facts, word, becomes, say; bool present; uint32_t line; } silence_rule;

typedef struct review_form { str extension, day, changed, reason; } review_form;   /* extension empty: none is read */

typedef struct system_row { str name, uri; } system_row;
typedef struct unit_spelling { str spelling, unit; } unit_spelling;
typedef struct negation_row { str phrase, where; } negation_row;

/* Public so that pack can fill it; everyone else goes through the functions. */
struct terms {
    str            base;
    review_form    review;
    fact_def      *facts;
    term_row      *rows;
    cut_set       *cuts;
    part_table    *tables;
    silence_rule  *silences;
    system_row    *systems;
    unit_spelling *units;
    negation_row  *negations;
    uint32_t       fact_count, row_count, cut_count, table_count, silence_count, system_count, unit_count, negation_count;
    drugs         *drugs;         /* filled through terms/drugs.h */
    line_rules    *line_rules;
    response_rules *response;     /* filled through terms/response.h; may be NULL, as the two above */
    struct terms_index *index;    /* made by terms_make_index, as is the next */
    const term_row **texts;       /* TEXT, PHRASE and LABEL rows, by set */
    uint32_t       text_count;
};
/* Makes the hash tables; once, after filling (terms_ar makes them itself when reading). */
void terms_make_index(arena *a, terms *t);

void terms_ar(ar *x, terms **t);

#endif
