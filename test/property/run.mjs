#!/usr/bin/env node
// Metamorphic properties: a record is rewritten in a way whose effect on the plan is known, and the two plans are compared.
// (test/golden/run.mjs holds the order of the record and unrelated resources.) The patients are the golden ones.
// SPDX-License-Identifier: Apache-2.0
// usage: run.mjs [--program FILE] [--pack FILE] [--quick] [CASE...]     --quick: fewer patients for what takes long
//
//   days      Every date of the record and the as-of day moved by 10227 days (28 years: the calendar repeats itself, so that months
//             and ages stay what they were) move every date of chart and criteria by as much and change nothing else.
//             Approvals and rules are dated by the world and not by the patient: approvals, and criteria in force on only one of the
//             two days, are left out.
//   units     A laboratory value in another unit of the same size, its reference range with it, changes no answer.
//   codes     A code replaced by another one that the terminology gives the same meaning changes no answer.
//   drugs     A drug by another code, its generic name or a brand in words changes no answer.
//   later     What is dated after the as-of day changes no answer, whatever it says: the whole dated record of other patients,
//             moved past the day, is added.
//   less      Without any one resource an option that was excluded for a medical reason is not offered in silence: when the
//             criterion that excluded it no longer does, then because recorded facts say so, or a fact is absent whose absence means
//             no (facts.yaml: open: no, or a line of therapy), or the option rests on a named presumption, or it is unknown and a
//             "check first" of the option names it.
//             Absence of open facts alone never speaks for an option.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Tally, callLater, cases, inParallel, options, planArguments, root, runName } from '../golden/program.mjs';

const o = options();
const t = new Tally();
const counts = {};
const counted = (what, n = 1) => { counts[what] = (counts[what] ?? 0) + n; };

// ---- records ----

const copy = (x) => JSON.parse(JSON.stringify(x));

function resourcesOf(c) {
  const text = readFileSync(c.file, 'utf8');
  if (c.ndjson) { return text.trim().split('\n').map((l) => JSON.parse(l)); }
  const d = JSON.parse(text);
  return Array.isArray(d) ? d : d.entry.map((e) => e.resource);
}

// The record with its resources replaced, in the form and under the name it had: both are printed in the basis.
function textWith(c, resources) {
  if (c.ndjson) { return resources.map((r) => JSON.stringify(r)).join('\n') + '\n'; }
  const d = JSON.parse(readFileSync(c.file, 'utf8'));
  if (Array.isArray(d)) { return JSON.stringify(resources); }
  const full = new Map(d.entry.map((e) => [`${e.resource.resourceType}/${e.resource.id}`, e.fullUrl]));
  d.entry = resources.map((resource) => ({ fullUrl: full.get(`${resource.resourceType}/${resource.id}`) ?? `https://hospital.example/fhir/${resource.resourceType}/${resource.id}`, resource }));
  return JSON.stringify(d);
}

function everyText(node, change, key = '') {
  if (typeof node === 'string') { return change(node, key); }
  if (Array.isArray(node)) { return node.map((x) => everyText(x, change, key)); }
  if (node && typeof node === 'object') { return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, everyText(v, change, k)])); }
  return node;
}

async function ask(args, text) {
  const r = await callLater(o, args, text);
  if (r.code !== 0) { return { error: `exit ${r.code ?? r.signal}: ${r.err.trim().slice(0, 300)}` }; }
  try { return { answer: JSON.parse(r.out) }; } catch (e) { return { error: `not JSON: ${e.message}` }; }
}
const askPlan = (run, text) => ask(planArguments(o, '-', run), text);
const askExplain = (run, id, text) => ask(['explain', '-', id, ...planArguments(o, '-', run).slice(2)], text);
const askChart = (run, text) => ask(['chart', '-', ...planArguments(o, '-', run).slice(2)], text);

// ---- what a plan says, without what quotes the record ----

const sorted = (list) => list.map((x) => JSON.stringify(x)).sort();
function says(p) {
  const basis = (b) => b.criteria.map((c) => [c.role, c.name, c.value, c.presumed, sorted(c.facts.map((f) => [f.code, f.date]))]);
  return {
    profile: p.profile, scope: p.scope?.text, next: p.line.next,
    history: p.line.history.map((l) => [l.number, l.setting, [...l.drugs].sort(), l.start, l.end, l.in_progress, l.stop_reason, l.presumed_progression]),
    options: p.options.map((x) => [x.id, x.standing, x.applies, x.cautions.map((k) => basis(k.basis)), x.presumptions.length, basis(x.basis)]),
    excluded: p.excluded.map((x) => [x.id, x.reasons.map((r) => [r.medical, basis(r.basis)])]),
    undetermined: p.undetermined.map((x) => [x.id, x.missing.map((m) => [m.criterion, m.facts, m.tests])]),
    tests: p.tests.map((x) => [x.id, x.changes]),
    alerts: sorted(p.alerts.filter((a) => a.kind !== 'data').map((a) => [a.kind, a.code, a.level])),
  };
}

function difference(x, y) {
  const a = JSON.stringify(x), b = JSON.stringify(y);
  let i = 0;
  while (i < a.length && a[i] === b[i]) { i++; }
  return `...${a.slice(Math.max(0, i - 120), i + 160)}... | ...${b.slice(Math.max(0, i - 120), i + 160)}...`;
}

async function samePlan(name, run, before, text, what) {
  const after = await askPlan(run, text);
  if (!t.check(after.answer !== undefined, `${name}: ${what}: ${after.error}`)) { return; }
  const x = says(before), y = says(after.answer), good = JSON.stringify(x) === JSON.stringify(y);
  t.check(good, `${name}: ${what}: the plan changes: ${good ? '' : difference(x, y)}`);
}

// ---- days ----

const YEARS = 28;
const moveYear = (year) => String(Number(year) + YEARS);
const moveDates = (text) => text.replace(/\b(?:19|20)\d\d(?= to still going on)|(?<=\bfrom )(?:19|20)\d\d\b(?!-)/g, moveYear).replace(/\b((?:19|20)\d\d)(?=-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])|\b))/g, moveYear);
const isWhen = /date|^(start|end|authoredOn|issued|recorded|lastUpdated|dateAsserted)$|Date|DateTime|Instant/;
// Names of resources stay: one may hold what looks like a month (second-line-in-2021-11).
const isName = /^(id|reference|fullUrl|resource|derived)$/;
const movedText = (text, key) => (isName.test(key) ? text : isWhen.test(key) && /^(19|20)\d\d$/.test(text) ? moveYear(text) : moveDates(text));
// A year alone is one where it is the start or the end of a line, or quoted from a place that is a date.
function quotedYears(x) {
  if (Array.isArray(x)) { return x.map(quotedYears); }
  if (x === null || typeof x !== 'object') { return x; }
  const y = Object.fromEntries(Object.entries(x).map(([k, v]) => [k, quotedYears(v)]));
  if (/^(start|end)$/.test(y.part ?? '') && /^(19|20)\d\d$/.test(y.value ?? '')) { return { ...y, value: moveYear(y.value) }; }
  return /^(19|20)\d\d$/.test(y.quote ?? '') && isWhen.test((y.pointer ?? '').split('/').at(-1)) ? { ...y, quote: moveYear(y.quote) } : y;
}
const moved = (x) => quotedYears(everyText(x, movedText));

async function days(c, run) {
  const before = resourcesOf(c), after = moved(before);
  const later = { ...run, as_of: moveDates(run.as_of) };
  const texts = [textWith(c, before), textWith(c, after)];
  const name = runName(c, run);
  const charts = [await askChart(run, texts[0]), await askChart(later, texts[1])];
  if (!t.check(charts.every((x) => x.answer), `${name}: days: chart: ${charts.map((x) => x.error)}`)) { return; }
  const expected = moved(charts[0].answer);
  const good = JSON.stringify(expected) === JSON.stringify(charts[1].answer);
  t.check(good, `${name}: days: the chart changes: ${good ? '' : difference(expected, charts[1].answer)}`);
  for (const id of disease) {
    const trees = [await askExplain(run, id, texts[0]), await askExplain(later, id, texts[1])];
    if (!t.check(trees.every((x) => x.answer), `${name}: days: ${id}: ${trees.map((x) => x.error)}`)) { return; }
    const rule = (k) => `${k.role} ${k.name} ${k.file}:${k.line}`;
    const inForce = trees.map((tree) => new Set(tree.answer.criteria.map(rule)));
    const [x, y] = trees.map((tree) => tree.answer.criteria.filter((k) => k.role !== 'approval' && inForce.every((set) => set.has(rule(k)))));
    const same = JSON.stringify(moved(x)) === JSON.stringify(y);
    t.check(same, `${name}: days: criteria of ${id} change: ${same ? '' : difference(moved(x), y)}`);
    counted('days: criteria compared', x.length);
  }
}

// ---- units ----  exact powers of ten, and what facts.yaml converts; [from, to, multiply by]

const facts = parse(readFileSync(join(root, 'knowledge/facts.yaml'), 'utf8'));
const TENS = [['g/dL', 'g/L', 10], ['g/L', 'g/dL', 0.1], ['mg/dL', 'mg/L', 10], ['mg/dL', 'g/L', 0.01], ['10*3/uL', '10*9/L', 1], ['10*9/L', '/uL', 1000],
  ['10*3/uL', '/uL', 1000], ['mmol/L', 'umol/L', 1000], ['ms', 's', 0.001], ['U/L', '/L{U}', 0], ['kg', 'g', 1000], ['cm', 'm', 0.01], ['U/L', 'kU/L', 0.001]].filter((x) => x[2] > 0);
const times = (value, by) => Number((value * by).toPrecision(12));

function inUnit(observation, to, by) {
  const r = copy(observation);
  const change = (q) => { if (q?.value !== undefined) { q.value = times(q.value, by); } if (q?.unit) { q.unit = to; } if (q?.code) { q.code = to; } };
  change(r.valueQuantity);
  for (const range of r.referenceRange ?? []) { change(range.low); change(range.high); }
  return r;
}

async function units(c, run, before) {
  const resources = resourcesOf(c);
  for (const [i, r] of resources.entries()) {
    const unit = r.resourceType === 'Observation' && (r.valueQuantity?.code ?? r.valueQuantity?.unit);
    for (const [, to, by] of TENS.filter(([from]) => from === unit)) {
      const changed = resources.slice();
      changed[i] = inUnit(r, to, by);
      await samePlan(runName(c, run), run, before, textWith(c, changed), `units: ${r.id}: ${r.valueQuantity.value} ${unit} as ${changed[i].valueQuantity.value} ${to}`);
      counted('units: values rewritten');
    }
  }
}

// ---- codes, drugs ----

function rows(file) {
  const [head, ...lines] = readFileSync(join(root, 'knowledge/terminology', file), 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map((m) => m[1].replace(/^"|"$/g, '').replaceAll('""', '"'));
    return Object.fromEntries(names.map((n, i) => [n, cells[i] ?? '']));
  });
}

const urls = new Map();
for (const { system, uri } of rows('systems.csv')) { if (!urls.has(system) && /^https?:/.test(uri)) { urls.set(system, uri); } }
const meanings = new Map();   // "url|code" -> every set and word it stands for
for (const file of readdirSync(join(root, 'knowledge/terminology')).filter((f) => !['drugs.csv', 'systems.csv', 'units.csv', 'negation.csv'].includes(f))) {
  for (const { set, word, system, code } of rows(file)) {
    const key = `${urls.get(system)}|${code}`;
    if (urls.has(system)) { meanings.set(key, [...new Set([...(meanings.get(key) ?? []), `${set} ${word}`])].sort()); }
  }
}
const sameMeaning = new Map();
for (const [key, words] of meanings) { const m = words.join('; '); sameMeaning.set(m, [...(sameMeaning.get(m) ?? []), key]); }

async function codes(c, run, before) {
  const resources = resourcesOf(c);
  const present = [...new Set(resources.flatMap((r) => [...JSON.stringify(r).matchAll(/\{"system":"([^"]+)","code":"([^"]+)"/g)].map((m) => `${m[1]}|${m[2]}`)))];
  for (const key of present.filter((k) => meanings.has(k))) {
    for (const other of sameMeaning.get(meanings.get(key).join('; ')).filter((k) => k !== key).slice(0, o.quick ? 1 : 3)) {
      const [system, code] = other.split('|');
      const swap = (node) => {
        if (Array.isArray(node)) { return node.map(swap); }
        if (node === null || typeof node !== 'object') { return node; }
        if (`${node.system}|${node.code}` === key) { return { system, code }; }
        return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, k === 'valueQuantity' || k === 'referenceRange' ? v : swap(v)]));
      };
      await samePlan(runName(c, run), run, before, textWith(c, resources.map(swap)), `codes: ${key} as ${other} (${meanings.get(key).join('; ')})`);
      counted('codes: codes replaced');
    }
  }
}

const drugTable = parse(readFileSync(join(root, 'knowledge/drugs.yaml'), 'utf8')).drugs;
const drugOf = new Map(rows('drugs.csv').map((r) => [`${urls.get(r.system)}|${r.code}`, r]));

async function drugs(c, run, before) {
  const resources = resourcesOf(c);
  const present = new Map();   // ingredient -> keys in this record
  for (const r of resources) {
    for (const k of r.medicationCodeableConcept?.coding ?? []) {
      const row = drugOf.get(`${k.system}|${k.code}`);
      if (row && !row.drug.includes('+')) { present.set(row.drug, [...(present.get(row.drug) ?? []), `${k.system}|${k.code}`]); }
    }
  }
  for (const [drug, keys] of present) {
    const named = drugTable.find((d) => d.id === drug || d.drug === drug || d.name === drug);
    const spellings = [{ text: drug }, { text: drug.toUpperCase() }, ...(named?.names ?? []).slice(0, o.quick ? 1 : 4).map((text) => ({ text })),
      ...[...drugOf].filter(([key, row]) => row.drug === drug && !keys.includes(key)).slice(0, o.quick ? 1 : 3).map(([key, row]) => ({ coding: [{ system: key.split('|')[0], code: key.split('|')[1], display: row.display }] }))];
    for (const concept of spellings) {
      const changed = resources.map((r) => ((r.medicationCodeableConcept?.coding ?? []).some((k) => keys.includes(`${k.system}|${k.code}`)) ? { ...r, medicationCodeableConcept: concept } : r));
      await samePlan(runName(c, run), run, before, textWith(c, changed), `drugs: ${drug} as ${JSON.stringify(concept)}`);
      counted('drugs: spellings');
    }
  }
}

// ---- later ----

const isDated = (r) => /"(?:effective|onset|performed|authoredOn|recorded)[A-Za-z]*":/.test(JSON.stringify(r));
const PAST = 40;   // years: past every as-of day of the golden patients
const pastDay = (text) => text.replace(/\b((?:19|20)\d\d)(?=-(?:0[1-9]|1[0-2])\b)/g, (y) => String(Number(y) + PAST));

async function later(c, run, before) {
  const own = resourcesOf(c), patient = own.find((r) => r.resourceType === 'Patient').id;
  const subject = JSON.stringify(own.find((r) => r.subject)?.subject ?? { reference: `Patient/${patient}` });
  for (const other of donors.filter((d) => d.name !== c.name)) {
    const added = resourcesOf(other).filter((r) => ['Observation', 'Condition', 'MedicationStatement', 'MedicationRequest', 'MedicationAdministration', 'Procedure'].includes(r.resourceType) && isDated(r) && r.subject)
      .map((r) => ({ ...everyText(r, pastDay), id: `later-${r.id}`, subject: JSON.parse(subject), specimen: undefined }));
    await samePlan(runName(c, run), run, before, textWith(c, [...own, ...added]), `later: ${added.length} resources of ${other.name} dated ${PAST} years on`);
    counted('later: resources added', added.length);
  }
}

// ---- less ----

const openFacts = new Set(facts.facts.filter((f) => f.open === 'yes' || f.open === true).flatMap((f) => [f.code, `${f.code}-xuln`]));

async function less(c, run, before) {
  const resources = resourcesOf(c), name = runName(c, run);
  const excluded = new Map(before.excluded.filter((x) => x.reasons.some((r) => r.medical)).map((x) => [x.id, x.reasons.filter((r) => r.medical).flatMap((r) => r.basis.criteria)]));
  await inParallel(resources.filter((r) => r.resourceType !== 'Patient'), 2, async (removed) => {
    const text = textWith(c, resources.filter((r) => r !== removed));
    const after = await askPlan(run, text);
    if (!t.check(after.answer !== undefined, `${name}: less ${removed.resourceType}/${removed.id}: ${after.error}`)) { return; }
    counted('less: resources removed');
    for (const offered of after.answer.options.filter((x) => excluded.has(x.id))) {
      counted('less: options that became offered');
      const tree = await askExplain(run, offered.id, text);
      if (!t.check(tree.answer !== undefined, `${name}: less ${removed.id}: explain ${offered.id}: ${tree.error}`)) { continue; }
      for (const was of excluded.get(offered.id)) {   // more than one criterion may have excluded it
        const now = tree.answer.criteria.find((k) => k.name === was.name && k.library === was.library && k.role === was.role);
        // Without its last entry a line of therapy is absent, and that means no, though other lines are there and what was looked for in them is open.
        const line = /^Medication/.test(removed.resourceType);
        const silent = now && !now.presumed && !line && now.facts.length === 0 && now.absent?.length > 0 && now.absent.every((code) => openFacts.has(code)) && now.value !== null;
        t.check(!silent, `${name}: without ${removed.resourceType}/${removed.id} ${offered.id} is offered because nothing is known of ${now?.absent}: "${was.name}" turned from ${was.value} to ${now?.value}`);
        counted(now === undefined || now.value === was.value ? 'less: ... another criterion decides' : now.value === null ? 'less: ... now unknown' : now.facts.length > 0 ? 'less: ... because of other facts' : 'less: ... because absence means no');
        // What excluded it and is now unknown is said: by a "check first" of its own, or by a presumption.
        const named = offered.cautions.some((k) => k.text.startsWith('check first') && k.basis.criteria.some((x) => x.name === was.name));
        t.check(now === undefined || now.value !== null || offered.presumptions.length > 0 || named,
          `${name}: without ${removed.resourceType}/${removed.id} ${offered.id} is offered although "${was.name}" is unknown, and nothing says so`);
      }
    }
  });
}

// ---- all of it ----

const disease = parse(readFileSync(join(root, 'knowledge/options/hr-positive.yaml'), 'utf8')).options.map((x) => x.id);
const donors = cases(['cord-compression', 'hypercalcaemia-corrected-si', 'second-line-esr1', 'tnbc-synthea-trap', 'her2-positive']);
const seconds = {};
const timed = async (what, work) => { const t0 = Date.now(); await work(); seconds[what] = (seconds[what] ?? 0) + (Date.now() - t0) / 1000; };

for (const [i, c] of cases(o.only).entries()) {
  const run = c.runs[0];
  const before = await askPlan(run, textWith(c, resourcesOf(c)));
  if (!t.check(before.answer !== undefined, `${runName(c, run)}: ${before.error}`)) { continue; }
  const slow = !o.quick || i % 8 === 0;
  if (slow) { await timed('days', () => days(c, run)); }
  await timed('units', () => units(c, run, before.answer));
  if (slow) { await timed('codes', () => codes(c, run, before.answer)); }
  await timed('drugs', () => drugs(c, run, before.answer));
  await timed('later', () => later(c, run, before.answer));
  if (slow) { await timed('less', () => less(c, run, before.answer)); }
}
for (const [what, n] of Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))) { console.log(`  ${what.padEnd(54)} ${String(n).padStart(7)}`); }
console.log(`  ${Object.entries(seconds).map(([k, v]) => `${k} ${v.toFixed(0)} s`).join(', ')}`);
t.end();
