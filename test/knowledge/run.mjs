#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// nextline knowledge: what a person sees of the pack, and that the check finds what is wrong with knowledge that is made wrong.
// usage: run.mjs [--program FILE] [--pack FILE]
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import { Tally, call, options, root } from '../golden/program.mjs';

const o = options();
const t = new Tally();
const ask = (...words) => call(o, ['knowledge', ...words, '--pack', o.pack, '--width', '120']);
const folder = join(root, 'knowledge');
const tables = (name) => readdirSync(join(folder, name)).filter((f) => f.endsWith('.yaml')).map((f) => parse(readFileSync(join(folder, name, f), 'utf8')));
const all = tables('options').flatMap((x) => x.options);
const sources = tables('evidence').flatMap((x) => x.sources);
const flat = (s) => s.replace(/\s+/g, ' ');

// ---- what is there is shown ----

const list = ask('list');
for (const x of all) {
  t.check(list.out.includes(`  ${x.id} `), `list does not show ${x.id}`);
  const shown = ask('show', x.id);
  t.check(shown.code === 0 && flat(shown.out).includes(flat(x.summary)), `show ${x.id}: ${shown.err || 'its summary is missing'}`);
  for (const rule of [...x.requires ?? [], ...x['rules-out'] ?? [], ...x.cautions ?? []]) {
    t.check(flat(shown.out).includes(flat(rule.when ?? rule)), `show ${x.id} does not show ${rule.when ?? rule}`);
  }
  const cited = ask('cite', x.id);
  for (const id of x.evidence) { t.check(cited.out.includes(`${id} `), `cite ${x.id} does not show ${id}`); }
}
for (const s of sources) {
  const c = ask('cite', s.id);
  t.check(c.code === 0 && c.out.includes('cited by') && flat(c.out).includes(flat(s.title)), `cite ${s.id}: ${c.err || 'not whole'}`);
}
for (const kind of ['options', 'alerts', 'tests', 'sources', 'drugs', 'facts']) {
  const r = ask('list', kind);
  t.check(r.code === 0 && r.out.split('\n').length > 5, `list ${kind}`);
}
for (const id of ['tamoxifen', 'er', 'test.biopsy']) { t.check(ask('show', id).code === 0, `show ${id}`); }
const near = ask('show', `${all[0].id}x`);
t.check(near.code === 2 && near.err.includes(all[0].id) && near.out === '', 'a mistyped id is answered with the nearest');

// ---- what asks that the present line holds, or is ruled out once it does not, is part of that line and says so: it is for now ----

const guideline = parse(readFileSync(join(folder, 'guideline.yaml'), 'utf8'));
const holds = (r) => r.when === guideline['change-needed'] && (r.is === 'no' || r.is === false);
const grown = (r) => r.when === 'Progressed on the present line';
for (const x of all) {
  const within = x.requires.some(holds) || (x['rules-out'] ?? []).some(grown) || x.drugs === 'running';
  const says = x.drugs === 'running' || x.for === 'present-line';
  t.check(!within || says, `${x.id} is offered only while the present line holds, and is not for it`);
  const words = says ? /applies:? within the line that runs/ : x.for === 'any-time' ? /applies:? at any time/ : null;
  t.check(!words || words.test(flat(ask('show', x.id).out)), `show ${x.id} does not say what it is for`);
}
t.check(all.filter((x) => x.drugs === 'running' || x.for).length >= 9, 'options that go on with the line are gone');

// ---- changes: every dated approval from a day on, none before ----

for (const since of ['1990-01-01', '2025-01-01', '2999-01-01']) {
  const r = flat(ask('changes', since).out);
  for (const x of all) {
    for (const a of Object.values(x.approved).flatMap((v) => (Array.isArray(v) ? v : [v]))) {
      const day = String(a?.since ?? a);
      if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) { continue; }
      t.check(r.includes(`${day} ${x.id} approved`) === (day >= since), `changes ${since}: ${x.id} of ${day}`);
    }
  }
}
t.check(ask('changes', 'yesterday').code === 2, 'a day that is none is refused');

// ---- what is experimental is reached by a trial, never offered: every drug of an option is licensed in some place for one of the
// options, or licensed elsewhere for other cancers and used off-label here; and no option speaks of approaches without a licence ----

const elsewhere = ['cisplatin', 'etoposide'];
const periods = (x) => (typeof x.approved === 'object' ? Object.values(x.approved).flatMap((v) => (Array.isArray(v) ? v : [v])) : []);
const isLicence = (a) => !(a instanceof Date || typeof a === 'string') ? a['off-label'] !== true : true;
const licensed = new Set(all.filter((x) => periods(x).some(isLicence)).flatMap((x) => (Array.isArray(x.drugs) ? x.drugs.flat() : [])));
for (const x of all.filter((y) => Array.isArray(y.drugs))) {
  t.check(periods(x).length > 0, `${x.id} gives drugs and is approved nowhere`);
  for (const d of x.drugs.flat()) { t.check(licensed.has(d) || elsewhere.includes(d), `${x.id}: ${d} is licensed for no option: experimental, or to be named as licensed elsewhere`); }
}
for (const x of all) {
  t.check(!/\bCAR[- ]?T\b|cell therap|vaccine|oncolytic|investigational/i.test(`${x.id} ${x.regimen} ${x.summary}`), `${x.id} speaks of an experimental approach`);
}
const trials = tables('alerts').flatMap((x) => x.alerts).filter((a) => a.kind === 'trial');
t.check(trials.some((a) => a.when === 'Metastatic' && a.in === undefined), 'a trial is always shown as a possibility');

// ---- the example in CONTRIBUTING.md is what stands in the knowledge ----

const diff = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('```diff\n')[1].split('```')[0].split('\n').filter(Boolean);
let into = '';
for (const l of diff) {
  if (l.startsWith('+++ ')) { into = readFileSync(join(root, l.slice(4)), 'utf8').split('\n'); continue; }
  t.check(into.includes(l.slice(1)), `CONTRIBUTING.md has a line that is not in the knowledge: ${l}`);
}

// ---- a result is tried as its test would find it: the tumour is no germline proof ----

const second = call(o, ['plan', join(root, 'samples/patients/second-line.json'), '--pack', o.pack, '--as-of', '2026-11-21', '--format', 'json']);
const panel = JSON.parse(second.out).tests.find((x) => x.id === 'test.tumour-wide-panel');
const brca = panel?.results.filter((x) => /BRCA/.test(x.name)) ?? [];
t.check(brca.length > 0 && brca.every((x) => !x.opens.includes('marker.talazoparib-germline-brca')), `BRCA in the tumour opens a drug of the germline: ${JSON.stringify(brca)}`);

// ---- check: this knowledge has no fault; faults put into it are found ----

const cases = call({ program: 'node' }, [join(root, 'test/golden/list.mjs')]).out;
const work = mkdtempSync(join(tmpdir(), 'nextline-knowledge-'));
writeFileSync(join(work, 'cases.ndjson'), cases);
const checked = ask('check', '--cases', join(work, 'cases.ndjson'));
t.check(checked.code === 0 && checked.out.includes('0 faults'), `check: ${checked.err}${checked.out.split('\n').slice(0, 12).join('\n')}`);
t.check(checked.out.includes(`${cases.trim().split('\n').length} plans`), 'check plans every case');
const share = /all of these: (\d+) of (\d+) checked \((\d+) %\)/.exec(flat(checked.out));
t.check(share && Number(share[3]) >= 80, `at least 80 % of doses, approvals, sources and rules are to be checked against a page: ${share?.[0]}`);
const shown = /(\d+) plans: .*? alerts fired/.exec(flat(checked.out));
for (const l of checked.out.split(/\n(?=  \S)/).map(flat).filter((x) => / was never /.test(x))) { console.log(`criteria: ${l.trim()}`); }
console.log(`note: knowledge, ${share?.[0]}; ${shown?.[0]}`);
writeFileSync(join(work, 'bad.ndjson'), '{"file":"x"}\n');
t.check(ask('check', '--cases', join(work, 'bad.ndjson')).code === 3, 'a case without a day is refused');

const pack = join(work, 'wrong.pack');
function wrong(name, file, from, to, told) {
  const copy = join(work, name.replace(/\W+/g, '-'));
  cpSync(folder, copy, { recursive: true });
  const text = readFileSync(join(copy, file), 'utf8');
  t.check(text.includes(from), `${name}: ${file} no longer holds what is changed`);
  writeFileSync(join(copy, file), text.replace(from, to));
  const made = call(o, ['pack', '--knowledge', copy, '--elm', join(dirname(o.pack), 'knowledge'), '--output', pack]);
  t.check(made.code === 0, `${name}: ${made.err}`);
  const r = call(o, ['knowledge', 'check', '--pack', pack, '--width', '120']);
  t.check(r.code === 4 && flat(r.out).includes(told), `${name} is not found: ${r.code} ${flat(r.out).slice(0, 200)}`);
}
const first = '- id: hr.elacestrant';
const of = (text) => readFileSync(join(folder, 'options/hr-positive.yaml'), 'utf8').split(first)[1].split('rules-out:')[0] + text;
const body = of('rules-out:');
wrong('required and ruled out', 'options/hr-positive.yaml', `${first}${body}`, `${first}${body}\n  - {when: "ESR1 mutated", say: "x"}`,
  'hr.elacestrant can never be offered: "ESR1 mutated" is required and rules it out');
wrong('required with its opposite', 'options/hr-positive.yaml', `${first}${body}`,
  `${first}${body.replace('requires:', 'requires:\n  - {when: "ESR1 mutated", is: no}')}`, 'it requires "ESR1 mutated" and its opposite');
wrong('a caution behind a rule-out', 'options/hr-positive.yaml', `${first}${body}`,
  `${first}${body}\n  - {when: "Child-Pugh B", say: "x"}`, 'the caution "Child-Pugh B" never speaks');

// ---- what the README prints is what is printed: every line of it, in order, but where it says [...] ----

const readme = readFileSync(join(root, 'README.md'), 'utf8').split('\n'), sample = join(root, 'samples/patients/second-line.json');
for (const [words, first] of [[['plan', sample, '--jurisdiction', 'us'], '    sample-second-line: '], [['course', sample], '    2023-03-30  Metastases']]) {
  const printed = call(o, [...words, '--as-of', '2026-10-01', '--pack', o.pack]).out.split('\n').map((l) => l.trim());
  const from = readme.findIndex((l) => l.startsWith(first)), to = readme.findIndex((l, i) => i > from && /^\S/.test(l));
  let at = 0;
  t.check(from > 0 && to > from + 5, `the README shows a ${words[0]}`);
  for (const l of readme.slice(from, to).filter((x) => x.trim() && !x.includes('[...]'))) {
    const found = printed.indexOf(l.trim(), at);
    t.check(found >= 0, `the README prints "${l.trim()}", the ${words[0]} does not`);
    at = found < 0 ? at : found + 1;
  }
}
rmSync(work, { recursive: true });
t.end();
