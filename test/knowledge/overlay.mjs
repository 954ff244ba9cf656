#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A hospital's own rules on top: they close, order and annotate, are always shown as local, and never open an option or move a standing.
// usage: overlay.mjs [--program FILE] [--pack FILE]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Tally, call, cases, options, planArguments, root } from '../golden/program.mjs';

const o = options();
const t = new Tally();
const work = mkdtempSync(join(tmpdir(), 'nextline-overlay-'));
const local = join(work, 'local.pack');
const head = (more = '') => `name: Clinic\nversion: "1"\ndated: 2026-11-01\nguideline: "Metastatic breast cancer, next line of therapy"\n${more}rules:\n`;
function build(rules, more) {
  writeFileSync(join(work, 'rules.yaml'), head(more) + rules);
  return call(o, ['pack', '--rules', join(work, 'rules.yaml'), '--pack', o.pack, '--output', local]);
}
const patient = join(root, 'samples/patients/second-line.json');
const run = { as_of: '2026-11-21', jurisdiction: 'us' };
function plan(file = patient, question = run, overlay = true) {
  const r = call(o, [...planArguments(o, file, question), ...(overlay ? ['--overlay', local] : [])]);
  t.check(r.code === 0, `plan: ${r.err}`);
  return JSON.parse(r.out);
}
const ids = (list) => list.map((x) => x.id);
const roles = (basis) => basis.criteria.map((c) => c.role);

// ---- the sample ----

t.check(call(o, ['pack', '--rules', join(root, 'samples/local/hospital.yaml'), '--pack', o.pack, '--output', local]).code === 0, 'the sample is a local pack');
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
const valid = ajv.compile(JSON.parse(readFileSync(join(root, 'docs/plan.schema.json'), 'utf8')));
t.check(valid(plan()), `the plan fits its schema: ${ajv.errorsText(valid.errors).slice(0, 300)}`);
t.check(plan().guideline.local.name === 'General Hospital', 'the plan names its local rules');
t.check(plan(patient, run, false).guideline.local === undefined, 'a plan without local rules names none');
const text = call(o, ['plan', patient, '--pack', o.pack, '--as-of', run.as_of, '--overlay', local]).out.replace(/\s+/g, ' ');
t.check(text.includes('with local rules: General Hospital') && text.includes('closed here (General Hospital): not on the formulary'), 'the text shows what is local');

// ---- each kind of rule ----

const before = plan(patient, run, false);
const first = before.options[0], standing = before.options.filter((x) => x.standing === before.options.at(-1).standing), last = before.options.at(-1);
t.check(before.options.length >= 3, 'the patient has options enough');

t.check(build(`- {option: ${first.id}, does: close, say: not here}\n`).code === 0, 'a closing rule');
let p = plan();
const closed = p.excluded.find((x) => x.id === first.id);
t.check(closed?.reasons.length === 1 && !closed.reasons[0].medical && roles(closed.reasons[0].basis).join() === 'local', 'a closed option is excluded, by a local reason and no medical one');
t.check(closed?.reasons[0].text === 'closed here (Clinic): not here' && closed.reasons[0].basis.file === 'rules.yaml', 'its words say that it is local, and where it stands');
t.check(ids(p.options).join() === ids(before.options).filter((x) => x !== first.id).join(), 'nothing else moves');

build(`- {option: ${last.id}, does: first, say: in stock}\n`);
p = plan();
const among = p.options.filter((x) => x.standing === last.standing);
t.check(among[0].id === last.id && ids(p.options).sort().join() === ids(before.options).sort().join(), 'first among the options of its standing');
t.check(p.options.every((x) => x.standing === before.options.find((y) => y.id === x.id).standing), 'no standing changes');
t.check(among[0].cautions.some((c) => c.text === 'stands first here (Clinic): in stock' && roles(c.basis).join() === 'local'), 'why it stands first is said');
build(`- {option: ${standing[0].id}, does: last, say: dear}\n`);
t.check(plan().options.at(-1).id === standing[0].id, 'last among the options of its standing');

build(`- {option: ${first.id}, does: note, say: ask the pharmacy}\n- {option: ${last.id}, does: note, when: Frail, say: ask the geriatrician}\n- {option: ${last.id}, does: note, when: Metastatic, is: no, say: never}\n`, 'library: Criteria\n');
p = plan();
const said = (q, id) => q.options.find((x) => x.id === id).cautions.map((c) => c.text).join('|');
t.check(said(p, first.id).includes('local note (Clinic): ask the pharmacy'), 'a note');
t.check(said(p, last.id).includes('check first: local note (Clinic): ask the geriatrician') && !said(p, last.id).includes('never'), 'a note whose criterion is unknown is to be checked, one that is false is silent');
t.check(said(plan(patient, { ...run, set: ['frailty=frail'] }), last.id).includes('local note (Clinic): ask the geriatrician'), 'and speaks when it is true');

build(`- {option: ${first.id}, does: close, until: 2026-11-21, say: shortage}\n- {option: ${last.id}, does: close, in: eu, say: not here}\n`);
t.check(ids(plan().options).join() === ids(before.options).join(), 'a rule outside its days or places is silent');
t.check(!ids(plan(patient, { ...run, as_of: '2026-11-20' }).options).includes(first.id), 'and speaks inside them');

// ---- never opens: over the golden patients nothing is offered that was not ----

const drugs = [...new Set(before.options.flatMap((x) => x.drugs))];
build([...drugs.map((d) => `- {drug: ${JSON.stringify(d)}, does: first, say: stock}`), ''].join('\n'));
for (const c of cases().slice(0, 12)) {
  const q = c.runs[0], was = plan(c.file, q, false), is = plan(c.file, q);
  t.check(ids(is.options).sort().join() === ids(was.options).sort().join() && ids(is.excluded).join() === ids(was.excluded).join()
    && ids(is.undetermined).join() === ids(was.undetermined).join(), `${c.name}: an order changes no list`);
}

// ---- what is wrong is told ----

for (const [rules, more, told] of [
  ['- {option: hr.nothing, does: close, say: x}\n', '', /rules.yaml:6: the knowledge has no option 'hr.nothing'/],
  ['- {drug: aspirinum, does: close, say: x}\n', '', /rules.yaml:6: drugs.yaml has no drug 'aspirinum'/],
  [`- {option: ${first.id}, does: open, say: x}\n`, '', /rules.yaml:6: does: 'open' is none of close, note, first/],
  [`- {option: ${first.id}, does: note, when: Frial, say: x}\n`, 'library: Criteria\n', /rules.yaml:7: the library Criteria has no define "Frial"; did you mean 'Frail'/],
  [`- {option: ${first.id}, drug: elacestrant, does: note, say: x}\n`, '', /rules.yaml:6: a local rule names an option or a drug/],
  [`- {option: ${first.id}, does: note}\n`, '', /rules.yaml:6: the key 'say' is missing/],
]) {
  const r = build(rules, more);
  t.check(r.code === 4 && told.test(r.err), `${told} is not told: ${r.code} ${r.err}`);
}
writeFileSync(local, readFileSync(local).subarray(0, 60));
t.check(call(o, ['plan', patient, '--pack', o.pack, '--overlay', local]).code === 4, 'a damaged local pack is refused');
t.check(call(o, ['plan', patient, '--pack', o.pack, '--overlay', o.pack]).code === 4, 'a pack is no local pack');
rmSync(work, { recursive: true });
t.end();
