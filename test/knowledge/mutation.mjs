#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Mutation: would any golden case notice if one line of `requires` or `rules-out` were deleted? Each line in turn.
//   node test/knowledge/mutation.mjs [--least PERCENT] [--program FILE] [--pack FILE] [ID-PREFIX...]
//
// A plan says of each option every reason and every missing fact with the rule's file and line, so what a deletion would do is read off
// the plan: an excluded option loses that reason, and leaves the list when it was the only one; an undetermined option that missed
// nothing else would be offered; a rule that is only checked first loses its caution. A mutant is caught when some expectation of
// the case then fails. Survivors are printed. `nextline knowledge check` sees no deletion: a rule that is gone contradicts nothing.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LineCounter, isMap, parseDocument } from 'yaml';
import { callLater, cases, inParallel, options, planArguments, root } from '../golden/program.mjs';

const argv = process.argv.slice(2);
const at = argv.indexOf('--least');
const least = at < 0 ? 0 : Number(argv.splice(at, 2)[1]);
const o = options(argv);
const found = (pattern, text) => new RegExp(pattern, 'i').test(text);

// ---- the mutants ----

const mutants = new Map();   // "file:line" of a rule
for (const name of readdirSync(join(root, 'knowledge/options')).filter((f) => f.endsWith('.yaml')).sort()) {
  const counter = new LineCounter();
  const doc = parseDocument(readFileSync(join(root, 'knowledge/options', name), 'utf8'), { lineCounter: counter });
  for (const option of doc.get('options').items) {
    const id = option.get('id');
    if (o.only.length && !o.only.some((p) => id.startsWith(p))) { continue; }
    for (const list of ['requires', 'rules-out']) {
      for (const rule of option.get(list)?.items ?? []) {
        const define = isMap(rule) ? rule.get('when', true) : rule;
        mutants.set(`options/${name}:${counter.linePos(define.range[0]).line}`, { id, list, when: String(define.value), met: 0, caught: [] });
      }
    }
  }
}

// ---- what a case says of one option once a rule is gone ----

const placeOf = (basis) => `${basis.criteria[0]?.file}:${basis.criteria[0]?.line}`;
const wordsOf = (basis) => basis.criteria.map((c) => `${c.name} ${c.say} ${c.facts.map((f) => `${f.code} ${f.label}`).join(' ')}`).join(' ');
const reasonText = (r) => `${r.text} ${wordsOf(r.basis)}`;
const missingText = (m) => `${m.criterion} ${m.text} ${m.facts.join(' ')} ${m.tests.join(' ')}`;

function meet(name, mutant, caught) {
  mutant.met++;
  if (caught) { mutant.caught.push(name); }
}

function look(name, plan, e) {
  for (const x of plan.excluded) {
    for (const r of x.reasons.filter((y) => y.medical)) {
      const mutant = mutants.get(placeOf(r.basis));
      if (!mutant) { continue; }
      const rest = x.reasons.filter((y) => y !== r);
      const wanted = e.excluded?.[x.id];
      meet(name, mutant, wanted !== undefined && !rest.some((y) => y.medical && found(wanted, reasonText(y))));
    }
  }
  for (const x of plan.undetermined) {
    for (const m of x.missing) {
      const mutant = mutants.get(placeOf(m.basis));
      if (!mutant) { continue; }
      const rest = x.missing.filter((y) => y !== m);
      const wanted = e.undetermined?.[x.id];
      const lost = wanted !== undefined && !rest.some((y) => found(wanted, missingText(y)));
      const offered = rest.length === 0 && (e.offered_none || (e.not_offered ?? []).includes(x.id));
      meet(name, mutant, lost || Boolean(offered));
    }
  }
  for (const x of plan.options) {
    for (const c of x.cautions) {
      const mutant = mutants.get(placeOf(c.basis));
      const wanted = e.cautions?.[x.id];
      if (mutant) { meet(name, mutant, wanted !== undefined && !x.cautions.some((y) => y !== c && found(wanted, y.text))); }
    }
  }
}

const runs = cases().flatMap((c) => c.runs.map((run) => ({ name: `${c.name} ${run.as_of} ${run.jurisdiction}`, file: c.file, run })));
const broken = [];
await inParallel(runs, 2, async (r) => {
  const answer = await callLater(o, planArguments(o, r.file, r.run));
  if (answer.code !== 0) { broken.push(`${r.name}: ${answer.err}`); return; }
  look(r.name, JSON.parse(answer.out), r.run);
});

const survivors = [...mutants].filter(([, m]) => m.caught.length === 0);
for (const [place, m] of survivors) { console.log(`survives: ${place} ${m.id} ${m.list} "${m.when}" (${m.met === 0 ? 'no case meets it' : `met ${m.met} times, expected nowhere`})`); }
for (const b of broken) { console.log(`FAILED ${b}`); }
console.log(`note: mutation, ${mutants.size - survivors.length} of ${mutants.size} deleted lines of requires and rules-out are noticed by a golden case`);
const percent = mutants.size ? 100 * (mutants.size - survivors.length) / mutants.size : 100;
console.log(`mutants: ${mutants.size}, caught ${mutants.size - survivors.length} (${percent.toFixed(1)} %), at least ${least} % wanted`);
const good = broken.length === 0 && percent >= least;
console.log(`${mutants.size - survivors.length} passed, ${good ? 0 : survivors.length + broken.length} failed, 0 skipped`);
process.exit(good ? 0 : 1);
