#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Golden patients: each expectation was written from the sources of the knowledge before any program answered.
// usage: run.mjs [--program FILE] [--pack FILE] [--quick] [--every N] [CASE...]      --quick: the first run of each case, expectations only; --every: every N-th case
// Which criteria no case shows in every way is told by test/knowledge/run.mjs.
//
// expect.yaml: why and dossier say where the expectation comes from; reviewed (a date): read against the dossier by someone other than its author; runs: one question each;
// shape: the producer whose bundle the patient is rewritten from (shapes.mjs lists them and says what shows it; at least a third of all patients must be such).
//   as_of, jurisdiction, set         the question
//   profile {key: value or list}     amounts {key: "text" or null}     next (number or null)     scope (pattern)     later (at least so many resources hidden)
//   offered [id]   offered_none   not_offered [id]   not_excluded [id]   not_listed (prefix of ids)
//   excluded {id: pattern found in a reason, its criterion or its words}   not_approved [id] (excluded with a non-medical reason)   present [id] (excluded as what the patient is on)
//   undetermined {id: pattern found in what is missing}   tests [pattern]   no_missing [pattern]
//   applies {id: now, on-change or unknown} (of an option offered or undetermined; '*': every other one)     change_needed (true, false or null)
//   no_cautions {id: pattern} (of an option offered)
//   drugs {id: [all]}   standing {id: [allowed]}   same_standing [[id, id]]   cautions {id: pattern}   presumed [id] (offered with the assumption named; empty: no option is)
//   alerts {pattern of code: {kind, level, text, action, facts: [shown]}}   no_alerts [pattern of code]   odd [pattern of a finding or data alert]
//   history [{setting, drugs, number}] (as many lines as listed)   changes (pattern)
import { existsSync, readFileSync, readdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { LEAST, REAL, shapeFault, shapesOf } from './shapes.mjs';
import { Tally, call, cases, inParallel, callLater, options, planArguments, planOf, root, runName, walk } from './program.mjs';

const o = options();
const t = new Tally();
const fold = (s) => s.replace(/\s+/g, ' ');
const ids = (list) => list.map((x) => x.id);
const found = (pattern, text) => new RegExp(pattern, 'i').test(text);
const wordsOf = (basis) => basis.criteria.map((c) => `${c.name} ${c.say} ${c.facts.map((f) => `${f.code} ${f.label}`).join(' ')}`).join(' ');

// What the labels have boxed: every offered option carries it for each of its drugs.
const boxed = parse(readFileSync(join(root, 'knowledge/boxed.yaml'), 'utf8')).boxed.filter((x) => x.warns !== 'none').map((x) => x.drug);

// What an option is for: continuing what is given, part of the line that runs, or at any time; else a new line.
const written = readdirSync(join(root, 'knowledge/options')).filter((f) => f.endsWith('.yaml')).flatMap((f) => parse(readFileSync(join(root, 'knowledge/options', f), 'utf8')).options);
const running = ids(written.filter((x) => x.drugs === 'running'));
const withinLine = ids(written.filter((x) => x.drugs === 'running' || x.for === 'present-line'));
const anyTime = ids(written.filter((x) => x.for === 'any-time'));

// Options that give no anticancer drug at all: supportive care alone, a pause.
const drugless = ids(written.filter((x) => x.drugs === 'none'));

const STANDINGS = ['preferred', 'recommended', 'alternative', 'consider'];

// ---- what every plan must hold, whoever the patient is ----

function general(name, p) {
  const all = [...ids(p.options), ...ids(p.excluded), ...ids(p.undetermined)];
  t.check(new Set(all).size === all.length, `${name}: an option stands in two lists: ${all.filter((x, i) => all.indexOf(x) !== i)}`);
  if (p.profile.metastatic === true && p.profile.subtype === 'HR+/HER2-') {
    const known = parse(readFileSync(join(root, 'knowledge/options/hr-positive.yaml'), 'utf8')).options.map((x) => x.id);
    const lost = known.filter((id) => !all.includes(id));
    t.check(lost.length === 0, `${name}: options of this disease in none of the three lists: ${lost}`);
  }
  if (p.profile.metastatic !== true) {
    t.check(p.options.length === 0, `${name}: metastatic is ${p.profile.metastatic} and yet offered: ${ids(p.options)}`);
  }
  t.check(p.scope !== null, `${name}: the plan does not say what it is for`);
  const nextLine = p.options.filter((x) => !withinLine.includes(x.id) && !anyTime.includes(x.id));
  t.check(p.line.change_needed !== true || p.options.every((x) => x.applies === 'now'), `${name}: a new line is needed, and yet not for now: ${ids(p.options.filter((x) => x.applies !== 'now'))}`);
  t.check(p.line.change_needed === false || p.options.every((x) => x.applies !== 'on-change'), `${name}: said to be for a change of what is not known to hold: ${ids(p.options.filter((x) => x.applies === 'on-change'))}`);
  t.check(p.line.change_needed !== false || nextLine.every((x) => x.applies !== 'now'), `${name}: the line holds, and yet a next line is for now: ${ids(nextLine.filter((x) => x.applies === 'now'))}`);
  t.check(nextLine.every((x) => x.applies !== 'on-change') || p.options.some((x) => running.includes(x.id)), `${name}: options for a change, and none to go on`);
  const ranks = p.options.map((x) => STANDINGS.indexOf(x.standing));
  t.check(ranks.every((r) => r >= 0) && ranks.every((r, i) => i === 0 || ranks[i - 1] <= r), `${name}: offered options not in order of standing: ${p.options.map((x) => x.standing)}`);
  for (const x of p.options) {
    t.check((x.drugs.length === 0) === drugless.includes(x.id) && x.drugs.every((d) => d === d.toLowerCase()), `${name}: ${x.id}: drugs are not generic names: ${x.drugs}`);
    t.check(JSON.stringify(x.drugs.filter((d) => boxed.includes(d))) === JSON.stringify(x.boxed.map((y) => y.drug)), `${name}: ${x.id}: boxed warnings of ${x.boxed.map((y) => y.drug)}`);
    t.check(x.evidence.length > 0, `${name}: ${x.id}: offered without evidence`);
    t.check(x.presumptions.every((q) => q.question !== ''), `${name}: ${x.id}: a presumption without the question that settles it`);
  }
  for (const a of p.alerts.filter((x) => x.kind === 'urgent' || x.kind === 'safety')) {
    t.check(a.basis.presumptions.length === 0 && a.basis.criteria.every((c) => !c.presumed), `${name}: alert ${a.code} rests on a presumption`);
  }
  const late = [];
  walk({ ...p, alerts: p.alerts.filter((a) => a.kind !== 'data') }, (x, path) => { if (typeof x.derived !== 'undefined' && x.date && !x.set && x.date > p.as_of) { late.push(`${path} ${x.code} ${x.date}`); } });
  t.check(late.length === 0, `${name}: facts dated after the as-of day: ${late.slice(0, 3)}`);
}

// ---- one run against its expectation ----

const LISTS = ['profile', 'amounts', 'next', 'change_needed', 'applies', 'scope', 'later', 'offered', 'offered_none', 'not_offered', 'not_excluded', 'not_listed', 'excluded', 'not_approved', 'present', 'undetermined', 'tests',
  'no_missing', 'drugs', 'standing', 'same_standing', 'cautions', 'no_cautions', 'presumed', 'alerts', 'no_alerts', 'odd', 'history', 'changes', 'as_of', 'jurisdiction', 'set'];

function where(p, id) {
  for (const [list, word] of [[p.options, 'offered'], [p.excluded, 'excluded'], [p.undetermined, 'undetermined']]) {
    const x = list.find((y) => y.id === id);
    if (x) {
      return word === 'excluded' ? `excluded: ${x.reasons.map((r) => r.text).join('; ')}` : word === 'undetermined' ? `undetermined: ${x.missing.map((m) => m.text).join('; ')}` : 'offered';
    }
  }
  return 'not listed';
}

function assertRun(name, p, e) {
  const ok = (good, what) => t.check(good, `${name}: ${what}`);
  for (const k of Object.keys(e)) { ok(LISTS.includes(k), `expect.yaml: unknown key ${k}`); }
  for (const [k, v] of Object.entries(e.profile ?? {})) {
    ok([].concat(v).includes(p.profile[k]) || (v === null && p.profile[k] === null), `profile ${k} is ${JSON.stringify(p.profile[k])}, expected ${JSON.stringify(v)}`);
  }
  for (const [k, v] of Object.entries(e.amounts ?? {})) {
    const x = p.amounts.find((a) => a.key === k);
    ok(x !== undefined && x.value === v, `amount ${k} is ${JSON.stringify(x?.value)}, expected ${JSON.stringify(v)}`);
  }
  if ('next' in e) { ok(p.line.next === e.next, `next line is ${p.line.next}, expected ${e.next}`); }
  if ('change_needed' in e) { ok(p.line.change_needed === e.change_needed, `a change is needed: ${p.line.change_needed}, expected ${e.change_needed}`); }
  if (e.applies) {
    const open = [...p.options, ...p.undetermined], rest = open.filter((x) => !(x.id in e.applies));
    for (const [id, when] of Object.entries(e.applies)) {
      const of = id === '*' ? rest : open.filter((x) => x.id === id);
      ok(of.length > 0, `${id === '*' ? 'no other option' : id} is neither offered nor undetermined`);
      for (const x of of) { ok((x.applies ?? 'unknown') === when, `${x.id} applies ${x.applies ?? 'unknown'}, expected ${when}`); }
    }
  }
  if (e.scope) { ok(found(e.scope, p.scope?.text ?? ''), `scope "${p.scope?.text}" lacks /${e.scope}/`); }
  if ('later' in e) { ok(e.later === 0 ? p.later.length === 0 : p.later.length >= e.later, `${p.later.length} resources hidden as later, expected ${e.later}`); }
  if (e.offered_none) { ok(p.options.length === 0, `offered: ${ids(p.options)}, expected none`); }
  for (const id of e.offered ?? []) { ok(ids(p.options).includes(id), `${id} is not offered but ${where(p, id)}`); }
  for (const id of e.not_offered ?? []) { ok(!ids(p.options).includes(id), `${id} is offered`); }
  for (const id of e.not_excluded ?? []) { ok(['offered', 'undetermined'].includes(where(p, id).split(':')[0]), `${id} is ${where(p, id)}`); }
  if (e.not_listed) {
    const listed = [...ids(p.options), ...ids(p.excluded), ...ids(p.undetermined)].filter((id) => id.startsWith(e.not_listed));
    ok(listed.length === 0, `listed though of another disease: ${listed}`);
  }
  for (const [id, pattern] of Object.entries(e.excluded ?? {})) {
    const x = p.excluded.find((y) => y.id === id);
    if (ok(x !== undefined, `${id} is not excluded but ${where(p, id)}`)) {
      ok(x.reasons.some((r) => r.medical && found(pattern, `${r.text} ${wordsOf(r.basis)}`)), `${id} is excluded, but no medical reason says /${pattern}/: ${x.reasons.map((r) => r.text).join('; ')}`);
    }
  }
  for (const id of e.not_approved ?? []) {
    const x = p.excluded.find((y) => y.id === id);
    ok(x !== undefined && x.reasons.some((r) => !r.medical), `${id} is not excluded as not approved but ${where(p, id)}`);
  }
  for (const id of e.present ?? []) {
    const x = p.excluded.find((y) => y.id === id);
    t.check(x?.reasons.some((r) => !r.medical && r.text.startsWith('is the present treatment')), `${name}: ${id} is not excluded as the present treatment, but ${where(p, id)}`);
  }
  for (const [id, pattern] of Object.entries(e.undetermined ?? {})) {
    const x = p.undetermined.find((y) => y.id === id);
    if (ok(x !== undefined, `${id} is not undetermined but ${where(p, id)}`)) {
      ok(x.missing.some((m) => found(pattern, `${m.criterion} ${m.text} ${m.facts.join(' ')} ${m.tests.join(' ')}`)), `${id} is undetermined, but what is missing does not name /${pattern}/: ${x.missing.map((m) => m.text).join('; ')}`);
    }
  }
  const everyMissing = p.undetermined.flatMap((x) => x.missing.map((m) => `${m.criterion} ${m.text} ${m.facts.join(' ')}`));
  for (const pattern of e.no_missing ?? []) { ok(!everyMissing.some((m) => found(pattern, m)), `asks for /${pattern}/`); }
  for (const pattern of e.tests ?? []) {
    ok(p.tests.some((x) => found(pattern, `${x.id} ${x.name} ${x.say} ${x.results.map((r) => r.name).join(' ')}`)), `no test names /${pattern}/: ${ids(p.tests)}`);
  }
  const option = (id) => p.options.find((x) => x.id === id);
  for (const [id, all] of Object.entries(e.drugs ?? {})) { ok(JSON.stringify(option(id)?.drugs) === JSON.stringify(all), `${id} consists of ${option(id)?.drugs}, expected ${all}`); }
  for (const [id, allowed] of Object.entries(e.standing ?? {})) { ok(option(id) && allowed.includes(option(id).standing), `${id} stands as ${option(id)?.standing}, allowed ${allowed}`); }
  for (const [a, b] of e.same_standing ?? []) { ok(option(a) && option(b) && option(a).standing === option(b).standing, `${a} (${option(a)?.standing}) and ${b} (${option(b)?.standing}) are ranked against each other`); }
  for (const [id, pattern] of Object.entries(e.cautions ?? {})) {
    ok(option(id) && option(id).cautions.some((c) => found(pattern, c.text)), `${id}: no caution says /${pattern}/: ${option(id)?.cautions.map((c) => c.text).join('; ')}`);
  }
  for (const [id, pattern] of Object.entries(e.no_cautions ?? {})) {
    ok(option(id) && !option(id).cautions.some((c) => found(pattern, c.text)), `${id}: is not offered, or a caution says /${pattern}/: ${option(id)?.cautions.map((c) => c.text).join('; ')}`);
  }
  if (e.presumed) {
    const presumed = p.options.filter((x) => x.presumptions.length > 0).map((x) => x.id);
    for (const id of e.presumed) { ok(presumed.includes(id), `${id} does not rest on a presumption but is ${where(p, id)}`); }
    ok(e.presumed.length > 0 || presumed.length === 0, `offered on a presumption: ${presumed}`);
  }
  for (const [pattern, want] of Object.entries(e.alerts ?? {})) {
    const a = p.alerts.find((x) => found(pattern, x.code));
    if (ok(a !== undefined, `no alert ${pattern}: ${p.alerts.map((x) => x.code)}`)) {
      for (const k of ['kind', 'level']) { if (want[k]) { ok(a[k] === want[k], `alert ${a.code}: ${k} is ${a[k]}, expected ${want[k]}`); } }
      const rests = a.basis.criteria.flatMap((c) => c.facts.map((f) => f.code));
      for (const code of want.facts ?? []) { ok(rests.includes(code), `alert ${a.code} does not show ${code}: ${[...new Set(rests)]}`); }
      for (const k of ['text', 'action']) { if (want[k]) { ok(found(want[k], a[k] ?? ''), `alert ${a.code}: ${k} "${a[k]}" lacks /${want[k]}/`); } }
    }
  }
  for (const pattern of e.no_alerts ?? []) { const a = p.alerts.find((x) => found(pattern, x.code)); ok(a === undefined, `alert ${a?.code}: ${a?.text}`); }
  for (const pattern of e.odd ?? []) {
    const said = [...p.findings.map((f) => `${f.code} ${f.text}`), ...p.alerts.filter((a) => a.kind === 'data').map((a) => `${a.code} ${a.text}`)];
    ok(said.some((s) => found(pattern, s)), `no finding says /${pattern}/: ${said.slice(0, 6).join('; ')}`);
  }
  if (e.history) {
    ok(p.line.history.length === e.history.length, `${p.line.history.length} lines of therapy (${p.line.history.map((l) => `${l.setting} ${l.drugs.join('+')}`).join(' > ')}), expected ${e.history.length}`);
    e.history.forEach((want, i) => {
      const got = p.line.history[i];
      if (!got) { return; }
      if (want.setting) { ok(got.setting === want.setting, `line ${i + 1}: setting ${got.setting}, expected ${want.setting}`); }
      if (want.number) { ok(got.number === want.number, `line ${i + 1}: number ${got.number}, expected ${want.number}`); }
      if (want.drugs) { ok(JSON.stringify([...got.drugs].sort()) === JSON.stringify([...want.drugs].sort()), `line ${i + 1}: drugs ${got.drugs}, expected ${want.drugs}`); }
    });
  }
  if (e.changes) { ok(p.changes.some((c) => found(e.changes, c)), `no change says /${e.changes}/: ${p.changes.join('; ')}`); }
}

// ---- how many patients are different ones: those that show the same criteria the same way count once ----

const LEAST_DIFFERENT = 100;
const shown = new Map();   // case -> every criterion its plans name, with its value

function show(name, p) {
  const seen = shown.get(name) ?? shown.set(name, new Set()).get(name);
  walk(p, (x) => { if (Array.isArray(x.criteria)) { for (const c of x.criteria) { seen.add(`${c.library}.${c.name}=${c.value}`); } } });
}

function different() {
  const ways = new Map();
  for (const [name, seen] of shown) { const way = [...seen].sort().join('\n'); ways.set(way, [...(ways.get(way) ?? []), name]); }
  for (const same of ways.values()) { if (same.length > 1) { console.log(`the same criteria the same way: ${same.join(', ')}`); } }
  console.log(`${ways.size} of ${shown.size} patients show criteria in a way of their own`);
  t.check(ways.size >= LEAST_DIFFERENT, `fewer than ${LEAST_DIFFERENT} patients show criteria in a way of their own`);
}

// ---- what must not matter: the order of the record, and resources that have nothing to do with the question ----

function shuffled(list) {   // the same disorder every time
  const out = list.slice();
  let seed = 20260101;
  for (let i = out.length - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    const j = seed % (i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

const patientOf = (r) => r.find((x) => x.resourceType === 'Patient').id;
const irrelevant = (patient) => [
  { resourceType: 'Organization', id: 'irrelevant-1', name: 'A hospital' },
  { resourceType: 'Practitioner', id: 'irrelevant-2', name: [{ family: 'Someone' }] },
  { resourceType: 'Encounter', id: 'irrelevant-3', status: 'finished', class: { code: 'AMB' }, subject: { reference: `Patient/${patient}` }, period: { start: '2001-03-01', end: '2001-03-01' } },
  { resourceType: 'Immunization', id: 'irrelevant-4', status: 'completed', vaccineCode: { text: 'Influenza' }, patient: { reference: `Patient/${patient}` }, occurrenceDateTime: '2001-10-01' },
  { resourceType: 'Observation', id: 'irrelevant-5', status: 'final', code: { coding: [{ system: 'https://hospital.example/codes', code: 'shoe-size' }], text: 'Shoe size' }, subject: { reference: `Patient/${patient}` }, effectiveDateTime: '2001-10-01', valueQuantity: { value: 38 } },
  { resourceType: 'Claim', id: 'irrelevant-6', status: 'active', use: 'claim', patient: { reference: `Patient/${patient}` }, created: '2001-10-01' },
];

function rewritten(c, change) {
  if (c.ndjson) {
    const lines = readFileSync(c.file, 'utf8').trim().split('\n').map((l) => JSON.parse(l));
    return change(lines, (r) => r, patientOf(lines)).map((x) => JSON.stringify(x)).join('\n') + '\n';
  }
  const d = JSON.parse(readFileSync(c.file, 'utf8'));
  if (Array.isArray(d)) { return JSON.stringify(change(d, (r) => r, patientOf(d))); }
  const urn = d.entry[0].fullUrl?.startsWith('urn:');
  const resources = d.entry.map((e) => e.resource);
  d.entry = change(d.entry, (resource) => ({ fullUrl: `https://hospital.example/fhir/${resource.resourceType}/${resource.id}`, resource }), patientOf(resources));
  if (urn) { for (const e of d.entry) { const r = e.resource; if (r.id?.startsWith('irrelevant-')) { delete r.subject; delete r.patient; } } }
  return JSON.stringify(d);
}

// The plan without what may depend on the place of a resource in its file: pointers, derived ids, the order of equals.
function essence(p, { findings }) {
  const sort = (list) => list.map((x) => JSON.stringify(x)).sort();
  const basis = (b) => b.criteria.map((c) => [c.role, c.name, c.value, c.presumed, sort(c.facts.map((f) => [f.code, f.value, f.date]))]);
  return JSON.stringify({
    profile: p.profile, scope: p.scope?.text, next: p.line.next, newest: p.newest_fact?.date,
    history: p.line.history.map((l) => [l.number, l.setting, [...l.drugs].sort(), l.start, l.end, l.in_progress, l.stop_reason, l.presumed_progression]),
    options: p.options.map((x) => [x.id, x.standing, x.applies, x.reason, x.cautions.map((k) => k.text), x.presumptions.map((k) => k.text), basis(x.basis)]),
    excluded: p.excluded.map((x) => [x.id, x.reasons.map((r) => [r.text, r.medical, basis(r.basis)])]),
    undetermined: p.undetermined.map((x) => [x.id, x.missing.map((m) => [m.criterion, m.text, m.facts, m.tests])]),
    tests: p.tests.map((x) => [x.id, x.changes, x.results]),
    alerts: sort(p.alerts.filter((a) => a.kind !== 'data').map((a) => [a.kind, a.code, a.level, a.text])),
    findings: findings ? sort(p.findings.map((f) => [f.code, f.text])) : [],
  });
}

function difference(a, b) {
  let i = 0;
  while (i < a.length && a[i] === b[i]) { i++; }
  return `...${a.slice(Math.max(0, i - 80), i + 120)}... | ...${b.slice(Math.max(0, i - 80), i + 120)}...`;
}

// ---- how many are written as real producers write ----

function shapes() {
  const every = cases(), shaped = every.filter((c) => c.shape !== undefined);
  for (const c of shaped) {
    const fault = c.ndjson ? 'a rewritten bundle is a patient.json' : shapeFault(c.shape, JSON.parse(readFileSync(c.file, 'utf8')));
    t.check(fault === '', `${c.name}: ${fault}`);
  }
  const data = join(root, '../shared/data/fhir');
  for (const [shape, file] of Object.entries(REAL)) {
    if (!existsSync(join(data, file))) { t.skip(`${file} is not here`); continue; }
    const bytes = readFileSync(join(data, file)), found = shapesOf(JSON.parse(file.endsWith('.gz') ? gunzipSync(bytes) : bytes));
    t.check(found.join() === shape, `${file} has the shape ${found}, not ${shape}`);
  }
  console.log(`${shaped.length} of ${every.length} patients are rewritten real bundles`);
  t.check(shaped.length >= every.length * LEAST, 'less than a third of the patients are rewritten real bundles');
}

// ---- all of it ----

if (o.only.length === 0) { shapes(); }
const all = cases(o.only).filter((_, i) => i % o.every === 0);
const folder = mkdtempSync(join(tmpdir(), 'nextline-golden-'));
try {
  for (const c of all) {
    t.check(c.reviewed === undefined || /^\d{4}-\d\d-\d\d$/.test(c.reviewed), `${c.name}: reviewed is no date: ${c.reviewed}`);
    t.check(c.unknown.length === 0, `${c.name}: expect.yaml: unknown key ${c.unknown}`);
    for (const [at, run] of (o.quick ? c.runs.slice(0, 1) : c.runs).entries()) {
      const name = runName(c, run);
      const first = planOf(o, c.file, run);
      if (!t.check(first.plan !== undefined, `${name}: ${first.error}`)) { continue; }
      t.check(first.err === '', `${name}: standard error: ${first.err.slice(0, 200)}`);
      show(c.name, first.plan);
      general(name, first.plan);
      assertRun(name, first.plan, run);
      if (o.quick || at > 0) { continue; }
      t.check(call(o, planArguments(o, c.file, run)).out === first.out, `${name}: two runs give different bytes`);
      const text = call(o, planArguments(o, c.file, run, 'text'));
      t.check(text.code === 0, `${name}: as text: exit ${text.code}: ${text.err}`);
      const page = fold(text.out);
      for (const x of first.plan.options) { t.check(page.includes(fold(x.regimen)), `${name}: the text does not name ${x.regimen}`); }
      for (const a of first.plan.alerts.filter((x) => x.kind === 'urgent')) { t.check(page.includes(fold(a.text)), `${name}: the text does not show the urgent alert ${a.code}`); }
      // eslint-disable-next-line no-control-regex
      t.check(!/\x1b/.test(text.out), `${name}: colour though not on a terminal`);
    }
    if (o.quick) { continue; }
    const run = c.runs[0];
    const plain = planOf(o, c.file, run);
    if (!plain.plan) { continue; }
    const suffix = c.ndjson ? 'ndjson' : 'json';
    for (const [what, change, findings] of [
      ['the entries in another order', (list) => shuffled(list), true],
      ['irrelevant resources added', (list, wrap, patient) => [...irrelevant(patient).slice(0, 3).map(wrap), ...list, ...irrelevant(patient).slice(3).map(wrap)], false],
    ]) {
      const file = join(folder, `${c.name}.${suffix}`);
      writeFileSync(file, rewritten(c, change));
      const other = planOf(o, file, run);
      if (!t.check(other.plan !== undefined, `${c.name}, ${what}: ${other.error}`)) { continue; }
      const a = essence(plain.plan, { findings }), b = essence(other.plan, { findings });
      t.check(a === b, `${c.name}, ${what}: the plan changes: ${a === b ? '' : difference(a, b)}`);
    }
  }
  if (!o.quick) {   // two options of each patient, others in each: that they can be explained
    const known = readdirSync(join(root, 'knowledge/options')).sort().flatMap((f) => parse(readFileSync(join(root, 'knowledge/options', f), 'utf8')).options.map((x) => x.id));
    const jobs = all.flatMap((c, i) => [known[2 * i % known.length], known[(2 * i + 1) % known.length]].map((id) => ({ c, run: c.runs[0], id })));
    await inParallel(jobs, 2, async ({ c, run, id }) => {
      const r = await callLater(o, ['explain', c.file, id, ...planArguments(o, c.file, run).slice(2)]);
      if (!t.check(r.code === 0, `${runName(c, run)}: explain ${id}: exit ${r.code ?? r.signal}: ${r.err.trim().slice(0, 200)}`)) { return; }
      try { t.check(JSON.parse(r.out).option.id === id, `explain ${id} explains another`); } catch (e) { t.check(false, `${runName(c, run)}: explain ${id}: not JSON: ${e.message}`); }
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (o.only.length === 0 && o.every === 1 && !o.quick) { different(); }
console.log(`${all.filter((c) => c.reviewed).length} of ${all.length} cases reviewed by someone other than their author`);
t.end();
