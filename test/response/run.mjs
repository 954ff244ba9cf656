#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Response: the public trial data, every cell of the overall table, cases of our own, and what must not matter.
// usage: run.mjs [--program FILE] [--pack FILE] [--elm DIR] [NAME...]     NAME: only cases whose name holds it
// The pack is that of the build; where confirmation is needed one is built from a copy of the knowledge (--elm, beside the pack when
// not given).
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { addDays, patient } from './record.mjs';

const here = dirname(fileURLToPath(import.meta.url)), root = dirname(dirname(here));
const o = { program: join(root, 'build/nextline'), pack: join(root, 'build/nextline.pack'), elm: null, only: [] };
for (let a = process.argv.slice(2); a.length;) {
  const x = a.shift();
  if (['--program', '--pack', '--elm'].includes(x)) o[x.slice(2)] = resolve(a.shift());
  else o.only.push(x);
}
o.elm ??= join(dirname(o.pack), 'knowledge');
const work = mkdtempSync(join(tmpdir(), 'response-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

const count = { passed: 0, failed: 0, skipped: 0 };
const same = (x, y) => JSON.stringify(x) === JSON.stringify(y);
function check(good, message) {
  if (good) { count.passed += 1; return; }
  count.failed += 1;
  console.log(`FAILED ${message}`);
}
function equal(is, should, message) { check(same(is, should), `${message}: ${JSON.stringify(is)}, should be ${JSON.stringify(should)}`); }

let files = 0;
function run(command, bundle, { asOf = '2026-06-01', pack = o.pack } = {}) {
  const file = join(work, `${files += 1}.json`);
  writeFileSync(file, JSON.stringify(bundle));
  const r = spawnSync(o.program, [command, file, '--pack', pack, '--as-of', asOf, '--format', 'json'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  rmSync(file);
  if (r.status !== 0) throw new Error(`${command}: ${r.stderr}`);
  return JSON.parse(r.stdout);
}
const chart = (bundle, more) => run('chart', bundle, more);
const of = (c, kind) => c.assessments.filter((x) => x.kind === kind && !x.baseline_visit);
const quad = (x) => [x.target, x.non_target, x.new_lesion, x.overall];

// ---- packs of changed knowledge ----

let copies = 0;
function packWith(name, from, to) {
  const copy = join(work, `knowledge-${copies += 1}`), output = `${copy}.pack`;
  cpSync(join(root, 'knowledge'), copy, { recursive: true });
  const file = join(copy, name), text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${name} does not hold ${from}`);
  writeFileSync(file, text.replace(from, to));
  const r = spawnSync(o.program, ['pack', '--knowledge', copy, '--elm', o.elm, '--output', output], { encoding: 'utf8' });
  rmSync(copy, { recursive: true });
  return { output, refused: r.status !== 0, said: `${r.stdout}${r.stderr}` };
}

let confirming = null;
function confirmingPack() {
  confirming ??= packWith('response.yaml', 'confirmation: {needed: no', 'confirmation: {needed: yes');
  if (confirming.refused) throw new Error(`pack: ${confirming.said}`);
  return confirming.output;
}

// The numbers are knowledge: another number, another answer. A table with a hole, a word or a reason nobody knows is refused.
function checkKnowledge() {
  const quarter = packWith('response.yaml', 'rise-percent: "20"', 'rise-percent: "25"');
  const grown = patient({ lesions: { T1: ['liver', 'target'] }, visits: [{ day: -7, T1: 100 }, { day: 56, T1: 121 }] });
  equal(of(chart(grown), 'recist').map((x) => x.overall), ['pd'], 'growth of 21 per cent');
  equal(of(chart(grown, { pack: quarter.output }), 'recist').map((x) => x.overall), ['sd'], 'growth of 21 per cent where 25 are asked');
  for (const [name, from, to, says] of [
    ['tables/response-overall.csv', 'sd,pd,no,pd,,recist,yes\n', '', 'sd, pd, no is missing'],
    ['tables/response-overall.csv', 'sd,pd,no,pd,', 'sd,pd,no,worst,', 'a word of the fact'],
    ['tables/response-confirmation.csv', 'pr,sd,sd,sd,recist,no\n', '', 'pr, then sd is missing'],
    ['tables/response-bone.csv', 'pain-worse,progression,soft,memory,no\n', '', 'pain-worse'],
    ['tables/response-brain.csv', '*,more,not-worse,-,steroids-more,rano-bm,yes\n', '', 'more, not-worse is missing'],
    ['tables/response-brain.csv', 'cr,none,not-worse,cr,', 'cr,none,not-worse,gone,', 'best-order'],
    ['response.yaml', 'steroids: [steroid]', 'steroids: [steroids]', 'steroids'],
    ['response.yaml', '- {id: missing-target,', '- {id: missing-targets,', 'missing-target'],
    ['response.yaml', 'drugs: [immunotherapy]', 'drugs: [imunotherapy]', 'imunotherapy'],
    ['response.yaml', 'fact: marker-trend', 'fact: marker-trends', 'marker-trends'],
    ['response.yaml', 'measurable: "10"', 'measurable: "ten"', 'ten'],
  ]) {
    const p = packWith(name, from, to);
    check(p.refused && p.said.includes(says), `${name} without "${from.trim()}" is accepted, or the fault does not say "${says}": ${p.said}`);
  }
}

// ---- cases ----

function checkCase(c) {
  const bundle = patient(c), e = c.expect;
  const got = chart(bundle, c.confirm === 'yes' ? { pack: confirmingPack() } : {});
  const recist = of(got, 'recist'), name = c.name;
  if (e.recist) equal(recist.map(quad), e.recist, `${name}: RECIST`);
  if (e.sums) equal(got.assessments.filter((x) => x.kind === 'recist').map((x) => +x.value).filter((v, i, l) => i === 0 || v !== l[i - 1] || !got.assessments.filter((x) => x.kind === 'recist')[i].baseline_visit), e.sums, `${name}: sums`);
  if (e.best) equal(of(got, 'best').at(-1)?.overall, e.best, `${name}: best response`);
  for (const kind of ['brain', 'irecist', 'bone', 'marker']) {
    if (e[kind]) equal(of(got, kind).map((x) => x.overall), e[kind], `${name}: ${kind}`);
  }
  for (const [gene, words] of Object.entries(e.ctdna ?? {})) equal(of(got, 'ctdna').filter((x) => x.of === gene).map((x) => x.overall), words, `${name}: ${gene} in plasma`);
  if (e.vaf) equal(of(got, 'ctdna').map((x) => x.value), e.vaf, `${name}: variant fractions`);
  if (e.outspoken) equal(recist.map((x) => x.outspoken), e.outspoken, `${name}: outspoken`);
  const reasons = got.assessments.flatMap((x) => x.reasons), findings = got.findings.map((f) => f.code);
  for (const r of e.reasons ?? []) check(reasons.includes(r), `${name}: the reason ${r} is not given, but ${reasons}`);
  for (const f of e.findings ?? []) check(findings.includes(f), `${name}: the finding ${f} is not there, but ${findings}`);
  for (const x of got.assessments.filter((k) => !k.baseline_visit)) {
    check(x.sources.length > 0 && x.says.length === x.reasons.length && x.says.every((s) => s !== ''), `${name}: ${x.kind} of ${x.date} without sources or words`);
    check(x.derived !== null, `${name}: ${x.kind} of ${x.date} is no derived resource`);
  }
  for (const [key, should] of Object.entries(e.profile ?? {})) equal(run('plan', bundle).profile[key], should, `${name}: ${key} of the profile`);
  if ('needed' in e) {
    const rule = run('plan', bundle).scope.basis.criteria.find((k) => k.name === 'A new line is needed');
    equal(rule?.value, e.needed, `${name}: a new line is needed`);
  }
}

// ---- RANO-BM, written here again from the published table ----

// https://pmc.ncbi.nlm.nih.gov/articles/PMC6499019/table/T4: CR, PR and SD ask for all of their column, PD for any of its own. Steroids: none
// for CR, stable or decreased for PR and SD; more alone is no PD. Worse is PD unless explained otherwise, which is asked here.
function checkBrain() {
  const size = { cr: 0, pr: 13, sd: 20, pd: 30 }, steroids = { none: 'none', 'not-more': 'stable', more: 'increased', unknown: null }, state = { 'not-worse': 'improved', worse: 'worse', unknown: null };
  let cells = 0;
  for (const [imaging, mm] of Object.entries(size)) for (const [use, word] of Object.entries(steroids)) for (const [clinical, said] of Object.entries(state)) {
    const got = of(chart(patient({ lesions: { B1: ['brain', 'target'] }, visits: [{ day: -5, B1: 20 }, { day: 60, B1: mm }],
      steroids: word ? [{ day: 60, word }] : [], neurological: said ? [{ day: 60, word: said }] : [] })), 'brain');
    const known = clinical === 'not-worse' && ['none', 'not-more'].includes(use);
    const should = imaging === 'pd' ? 'pd' : !known ? null : imaging === 'cr' && use !== 'none' ? 'pr' : imaging;
    equal(got.map((x) => [x.overall, x.imaging, x.steroids, x.clinical]), [[should, imaging, use, clinical]], `RANO-BM ${imaging}, ${use}, ${clinical}`);
    check(should !== null || got[0].reasons.some((r) => /^(steroid|clinical)/.test(r)), `RANO-BM ${imaging}, ${use}, ${clinical}: what is missing is not named`);
    cells += 1;
  }
  console.log(`${cells} cells of RANO-BM`);
}

// ---- every cell of the overall table, written here again from the published one ----

function checkCells() {
  const words = ['cr', 'non-cr-non-pd', 'ne', 'pd', 'none'];
  const grid = { cr: ['cr', 'pr', 'pr', 'pd', 'cr'], pr: ['pr', 'pr', 'pr', 'pd', 'pr'], sd: ['sd', 'sd', 'sd', 'pd', 'sd'],
    ne: ['ne', 'ne', 'ne', 'pd', 'ne'], pd: ['pd', 'pd', 'pd', 'pd', 'pd'], none: ['cr', 'non-cr-non-pd', 'ne', 'pd', null] };
  const target = { cr: 0, pr: 15, sd: 30, ne: 'not assessed', pd: 60 };
  const other = { cr: 'absent', 'non-cr-non-pd': 'present', ne: 'not assessed', pd: 'unequivocal progression' };
  const fresh = { no: 'no', yes: 'yes', equivocal: 'equivocal', 'not-assessed': 'not assessed' };
  let cells = 0;
  for (const t of Object.keys(grid)) for (const n of words) for (const f of Object.keys(fresh)) {
    const before = { day: -7 }, visit = { day: 56, new: fresh[f] }, lesions = {};
    if (t !== 'none') { lesions.T1 = ['liver', 'target']; before.T1 = 30; visit.T1 = target[t]; }
    if (n !== 'none') { lesions.X = ['pleura', 'non-target']; before.X = 'present'; visit.X = other[n]; }
    const plain = grid[t][words.indexOf(n)];
    const should = f === 'yes' ? 'pd' : f === 'not-assessed' && plain === 'cr' ? 'ne' : plain;
    const got = of(chart(patient({ lesions, visits: [before, visit] })), 'recist');
    equal(got.map(quad), should === null ? [] : [[t, n, f, should]], `cell ${t}, ${n}, new lesion ${f}`);
    cells += 1;
  }
  console.log(`${cells} cells of the overall table`);
}

// ---- the trial data ----

function readCsv(file) {
  const [head, ...rows] = readFileSync(file, 'utf8').trim().split(/\r?\n/).map((l) => l.split(','));
  return rows.map((r) => Object.fromEntries(head.map((k, i) => [k, r[i]])));
}

function checkTrial() {
  const folder = join(root, '../shared/data/recist');
  if (!existsSync(folder)) {
    count.skipped += 1;
    console.log('skipped: the trial data (../shared/data/recist) is not there');
    return;
  }
  const table = (name) => readCsv(join(folder, `${name}_onco_recist.csv`));
  const [tr, tu, rs] = ['tr', 'tu', 'rs'].map(table);
  const known = readCsv(join(here, 'known.csv'));
  const who = (x, p) => `${x.USUBJID} ${x[`${p}EVALID`] === 'NA' ? x[`${p}EVAL`] : x[`${p}EVALID`]}`;
  const met = { agree: 0, known: 0 };
  for (const key of new Set(tr.map((x) => who(x, 'TR')))) {
    const mine = tr.filter((x) => who(x, 'TR') === key);
    const lesions = Object.fromEntries(tu.filter((x) => who(x, 'TU') === key).map((x) => [x.TULNKID, [x.TULOC.toLowerCase(), x.TUORRES]]));
    const days = [...new Set(mine.map((x) => x.TRDTC))].sort();
    const visits = days.map((day) => {
      const v = { date: day };
      for (const x of mine.filter((k) => k.TRDTC === day)) {
        if (x.TRTESTCD === 'LDIAM') v[x.TRLNKID] = { ...v[x.TRLNKID], longest: +x.TRSTRESN };
        if (x.TRTESTCD === 'LPERP') v[x.TRLNKID] = { ...v[x.TRLNKID], other: +x.TRSTRESN };
        if (x.TRTESTCD === 'TUMSTATE') v[x.TRLNKID] = x.TRSTRESC.toLowerCase();
      }
      return v;
    });
    const got = of(chart(patient({ drugs: [], lesions, visits })), 'recist');
    for (const answer of rs.filter((x) => who(x, 'RS') === key)) {
      const x = got.find((k) => k.date === answer.RSDTC), should = answer.RSSTRESC.toLowerCase().replaceAll('/', '-');
      const row = known.find((k) => k.subject === answer.USUBJID && `${answer.USUBJID} ${k.evaluator}` === key && k.date === answer.RSDTC);
      if (row) {
        equal([x?.overall, should], [row.ours, row.theirs], `${key} ${answer.RSDTC}: known.csv`);
        met.known += 1;
      } else {
        equal(x?.overall, should, `${key} ${answer.RSDTC}: overall response`);
        met.agree += 1;
      }
      const sum = mine.filter((k) => k.TRDTC === answer.RSDTC && k.TRTESTCD === 'LDIAM').reduce((s, k) => s + Math.round(+k.TRSTRESN * 1e6), 0) / 1e6;
      const all = days.length && mine.filter((k) => k.TRDTC === days[0] && k.TRTESTCD === 'LDIAM').length === mine.filter((k) => k.TRDTC === answer.RSDTC && k.TRTESTCD === 'LDIAM').length;
      if (all && sum + mine.filter((k) => k.TRTESTCD === 'LDIAM').length > 0) equal(+x?.value, sum, `${key} ${answer.RSDTC}: sum of diameters`);
    }
  }
  equal(met.agree + met.known, rs.length, 'answers of the trial data that were compared');
  equal(met.known, known.length, 'rows of known.csv met');
  console.log(`${rs.length} answers of the trial data: ${met.agree} agree, ${met.known} differ for a reason in known.csv`);
}

// ---- what must not matter ----

const told = (c) => c.assessments.map(({ kind, date, of: what, baseline_visit, target, non_target, new_lesion, overall, best, value, baseline, nadir, from_baseline_percent, from_nadir_percent, outspoken, reasons }) =>
  ({ kind, date, what, baseline_visit, target, non_target, new_lesion, overall, best, value, baseline, nadir, from_baseline_percent, from_nadir_percent, outspoken, reasons }));

function checkInvariance(list) {
  for (const c of list) {
    const bundle = patient(c), plain = told(chart(bundle)), name = c.name;
    const turned = { ...bundle, entry: [...bundle.entry].reverse() };
    equal(told(chart(turned)), plain, `${name}: the order of resources matters`);
    const later = (text) => text.replace(/\b\d{4}-\d\d-\d\d\b/g, (d) => addDays(d, 401));
    const moved = told(chart(JSON.parse(later(JSON.stringify(bundle))), { asOf: later('2026-06-01') }));
    equal(moved, JSON.parse(later(JSON.stringify(plain))), `${name}: a shift of all days matters`);
    const metric = JSON.parse(JSON.stringify(bundle), (k, v) => (v && v.code === 'mm' ? { ...v, value: +(v.value / 10).toFixed(6), unit: 'cm', code: 'cm' } : v));
    equal(told(chart(metric)), plain, `${name}: centimetres matter`);
    const extra = { ...bundle, entry: [...bundle.entry, { resource: { resourceType: 'Observation', id: 'irrelevant', status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '8302-2' }] }, subject: { reference: 'Patient/p' }, effectiveDateTime: '2025-03-03', valueQuantity: { value: 170, unit: 'cm', system: 'http://unitsofmeasure.org', code: 'cm' } } }] };
    equal(told(chart(extra)), plain, `${name}: an irrelevant resource matters`);
    for (const day of new Set(plain.map((x) => x.date))) {
      const past = { ...bundle, entry: bundle.entry.filter(({ resource: r }) => !((r.effectiveDateTime ?? r.effectivePeriod?.start) > day)) };
      equal(told(chart(bundle, { asOf: day })), told(chart(past)), `${name}: what came after ${day} changed what was known then`);
    }
  }
  console.log(`${list.length} cases turned, moved, in centimetres, with something irrelevant beside, and seen on every day of theirs`);
}

// ----

const all = parse(readFileSync(join(here, 'cases.yaml'), 'utf8'));
const chosen = all.filter((c) => o.only.length === 0 || o.only.some((k) => c.name.includes(k)));
for (const c of chosen) checkCase(c);
console.log(`${chosen.length} cases of our own`);
if (o.only.length === 0) {
  check(new Set(all.map((c) => c.name)).size === all.length, 'two cases have one name');
  checkKnowledge();
  checkCells();
  checkBrain();
  checkTrial();
  checkInvariance(all.filter((c, i) => !c.confirm && i % 4 === 0));
}
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exit(count.failed ? 1 : 0);
