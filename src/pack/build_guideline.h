/* SPDX-License-Identifier: Apache-2.0 */
/* build_guideline.h -- the tables of knowledge/ read into struct guideline, everything in them checked.
 * Built into the program for `nextline pack` only; never used when a plan is made. All faults are collected in a `faults`
 * (build_faults.h), each with file and line; the guideline is usable only when none was. Arena memory.
 *
 * ---- The grammar. Scalars are text; a key not named here is a fault; [x] is optional; x... is a list. ----
 *
 * RULE, in every table, is either the name of a define, or a mapping with
 *     when: NAME            a Boolean define of the file's `library` (must be Boolean)
 *     [library: NAME]       another library than the file's; a file's own `library` is a name or a list, searched in that order
 *     [is: yes|no]          the value under which the rule speaks; yes when not written
 *     [in: PLACE|PLACE...]  only in these jurisdictions        [since: DATE]  [until: DATE]   holds on since <= day < until
 * DATE is YYYY-MM-DD. yes|no may also be written true|false. SOURCES is a list of ids of the tables in evidence/.
 *
 * knowledge/guideline.yaml
 *     name, version, dated: DATE, library: NAME
 *     jurisdictions: PLACE...     maintainers: TEXT...     standings: WORD...   (best first)
 *     metastatic: RULE            is this program's disease there at all
 *     change-needed: RULE         is a new line needed now
 *     [present: a RULE mapping with say]   excludes, for a reason that is not medical, an option whose drugs are what the line that runs consists of
 *     scope: {not-metastatic: TEXT, metastatic-unknown: TEXT, on-treatment: TEXT, change-unknown: TEXT}
 *     presumption: {reason: WORD, say: TEXT, question: TEXT}   say needs {drugs} {start} {end} {next}, question needs {drugs};
 *                                                              both may use {line}
 *     [stale-after-days: N]       a record whose newest fact is older gets a data alert
 *
 * knowledge/options/NAME.yaml
 *     library: NAME
 *     disease: {id: ID, name: TEXT, RULE's keys}               the gate
 *     options: list of
 *       id, regimen: TEXT, summary: TEXT                       summary: one sentence, for whom and why
 *       drugs: list of DRUG or [DRUG, DRUG...]                 an inner list is "one of these"; names of drugs.yaml. Or the word
 *                                                              running (those of the line that runs) or none
 *       [for: next-line|present-line|any-time]                 a new line when not written (present-line where drugs are `running`);
 *                                                              present-line: part of the line that runs, while it holds
 *       requires: list of RULE, which may have [say]
 *       [rules-out: list of RULE mappings with say, [unknown: check], [sources]]
 *       [cautions: list of RULE mappings with say, [standing: WORD], [sources]]
 *       standing: WORD, or a list of RULE mappings with standing: WORD, [say], [sources]; the last row has no `when`
 *       approved: {PLACE: DATE, or a mapping {since: DATE, [until: DATE], [say], [sources], [checked: yes|no], [off-label: yes]}, or a
 *                 list of such mappings}                       periods of one place must not overlap; off-label: in use there though
 *                                                              not licensed for this (say and sources are needed). Or the word not-needed
 *       evidence: SOURCES                                      at least one
 *       [dose: TEXT or {text: TEXT, [source: ID], checked: yes|no}]
 *       [monitoring: TEXT...]
 *
 * knowledge/evidence/NAME.yaml
 *     sources: list of
 *       id, kind: trial|label|guideline|notice|practice, title: TEXT
 *       checked: yes|no, [checked-where: TEXT]                 checked-where is required when checked is yes
 *       [population, comparator, n, pfs, pfs-hr, os, os-hr, orr, note, nct, pmid, doi, url]: TEXT
 *
 * knowledge/alerts/NAME.yaml
 *     library: NAME
 *     alerts: list of
 *       code: ID, kind: urgent|safety|missing|monitoring|supportive|local|trial|data, [level: red|orange|yellow], RULE's keys,
 *       text: TEXT, action: TEXT, [sources: SOURCES]
 *
 * knowledge/boxed.yaml              what the US label of each drug has boxed; every drug that an option lists has a row
 *     boxed: list of
 *       drug: NAME of drugs.yaml, warns: TEXT... or the word none, checked: yes|no, [checked-where: TEXT] (required when checked is yes)
 *
 * knowledge/tests.yaml
 *     [library: NAME]             needed when some test has `due`
 *     tests: list of
 *       id, name: TEXT, kind: test|question, [method: tissue|ctdna|germline], say: TEXT
 *       results: list of {name: TEXT, FACT: VALUE, ...}        FACT and VALUE as facts.yaml has them; each a whole result
 *       [due: RULE], [sources: SOURCES]
 *
 * knowledge/profile.yaml
 *     library: NAME
 *     profile: list of {key: ID, label: TEXT, value: NAME, [library: NAME], [unknown: TEXT], [only-yes: yes]}
 *                                 value: a Boolean or String define; unknown: shown when null (else JSON null);
 *                                 only-yes: a Boolean that stands on a page only when it is true
 *     [amounts: list of {key: ID, label: TEXT, value: NAME, [library: NAME], unit: TEXT, digits: N,
 *               [under: TEXT], [say: TEXT]}]
 *                                 value: a Decimal or Quantity define; unit: of a Decimal (a Quantity has its own); digits after the point
 *                                 say: how it reads in a row of them, the number for {}; those of one `under` that follow each other
 *                                 stand behind it once
 */
#ifndef PACK_BUILD_GUIDELINE_H
#define PACK_BUILD_GUIDELINE_H

#include "cql/cql.h"
#include "pack/build_faults.h"
#include "pack/guideline.h"
#include "terms/terms.h"

typedef struct guideline_parts {
    const char        *knowledge;                        /* folder */
    const cql_program *program;
    const terms       *terms;                            /* with its drugs */
} guideline_parts;

/* Reads every table of the guideline. Faults are added to f; what could not be read is left out. */
void guideline_build(arena *a, const guideline_parts *parts, guideline *out, faults *f);

#endif
