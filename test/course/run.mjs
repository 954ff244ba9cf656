#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The course of every golden patient, of the samples and of one made-up person with everything in it.
// usage: run.mjs [--program FILE] [--pack FILE] [--quick] [CASE...]     --quick: the written courses only, for slow builds
//
//   written    expected/NAME.txt is the page, read against the record line by line; its first line is "NAME DAY", NAME a folder of
//              test/golden or test/course or a file of samples/patients. NL_COURSE_WRITE=1 writes them anew; the diff is then reviewed.
//   schema     the JSON is valid by docs/course.schema.json, which is no open door
//   basis      every basis is there: the pointer leads into the input and to the quote
//   complete   whatever the chart has of a fact that knowledge/course.yaml names stands in some entry; so does every line, once
//   evident    each part of each line says what it rests on: nothing without a source but what is not recorded
//   asked      a question names a line, and the line names the question
//   dated      entries stand by date, none after the as-of day, undated ones apart
//   order      the record in another order: the same page
//   later      on an earlier day: the same page whether what came later is in the record or not
//   again      the same bytes
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Tally, callLater, cases, inParallel, options, root, walk } from '../golden/program.mjs';
import { inputOf, sourceFault } from '../basis/places.mjs';

const o = options();
const t = new Tally();
const here = join(root, 'test/course');
const scratch = mkdtempSync(join(tmpdir(), 'nextline-course-'));

// ---- the records ----

const made = readdirSync(here, { withFileTypes: true }).filter((d) => d.isDirectory() && existsSync(join(here, d.name, 'patient.json'))).map((d) => ({ name: d.name, file: join(here, d.name, 'patient.json'), ndjson: false }));
const samples = readdirSync(join(root, 'samples/patients')).map((f) => ({ name: f.replace('.json', ''), file: join(root, 'samples/patients', f), ndjson: false }));
const golden = cases().filter((c, i) => i % o.every === 0 || existsSync(join(here, 'expected', `${c.name}.txt`))).map((c) => ({ name: c.name, file: c.file, ndjson: c.ndjson, days: [...new Set(c.runs.map((r) => r.as_of))] }));
const records = [...made, ...samples, ...golden].filter((c) => o.only.length === 0 || o.only.includes(c.name));

async function course(file, day, format = 'text', ...more) {
  const r = await callLater(o, ['course', file, '--pack', o.pack, '--as-of', day, '--format', format, ...more]);
  return r.code === 0 ? r.out : `exit ${r.code ?? r.signal}: ${r.err}`;
}

const resourcesOf = (c) => {
  const text = readFileSync(c.file, 'utf8');
  if (c.ndjson) { return text.trim().split('\n').map((l) => JSON.parse(l)); }
  const d = JSON.parse(text);
  return Array.isArray(d) ? d : d.entry.map((e) => e.resource);
};

// ---- written by hand ----

const differs = (a, b) => { const x = a.split('\n'), y = b.split('\n'), i = x.findIndex((l, k) => l !== y[k]); return `line ${i + 1}: "${x[i] ?? ''}" and not "${y[i] ?? ''}"`; };
const pages = existsSync(join(here, 'expected')) ? readdirSync(join(here, 'expected')).filter((f) => f.endsWith('.txt')).sort() : [];
await inParallel(pages, 2, async (f) => {
  const path = join(here, 'expected', f), text = readFileSync(path, 'utf8');
  const [name, day] = text.slice(0, text.indexOf('\n')).split(' ');
  const c = [...made, ...samples, ...golden].find((x) => x.name === name);
  if (o.only.length > 0 && !o.only.includes(name)) { return; }
  if (!t.check(c !== undefined && /^\d{4}-\d\d-\d\d$/.test(day ?? ''), `${f}: no record is called ${name}, or no day`)) { return; }
  const page = await course(c.file, day);
  if (process.env.NL_COURSE_WRITE === '1') { writeFileSync(path, `${name} ${day}\n${page}`); }
  t.check(text === `${name} ${day}\n${page}`, `${f}: ${differs(`${name} ${day}\n${page}`, text)}`);
  t.check(page.split('\n').every((l) => [...l].length <= 100), `${f}: a line is wider than 100 columns`);
});
t.check(o.only.length > 0 || pages.length >= 16, `${pages.length} written courses`);

// ---- what holds for everybody ----

const ajv = new Ajv2020.default({ allErrors: true, strict: true, strictTypes: false });
addFormats.default(ajv);
ajv.addSchema(JSON.parse(readFileSync(join(root, 'docs/plan.schema.json'), 'utf8')));
const schema = JSON.parse(readFileSync(join(root, 'docs/course.schema.json'), 'utf8'));
const valid = ajv.compile(schema);
const faults = () => (valid.errors ?? []).slice(0, 4).map((e) => `${e.instancePath || '/'} ${e.message}${e.params?.additionalProperty ? ` (${e.params.additionalProperty})` : ''}`).join('; ');
const rules = parse(readFileSync(join(root, 'knowledge/course.yaml'), 'utf8'));
const facts = new Set(rules.entries.flatMap((e) => e.facts ?? [])), systems = new Set(rules.entries.flatMap((e) => e.systems ?? []));
const kinds = rules.entries.map((e) => e.id);
const counted = { places: 0, entries: 0, days: 0, evidence: 0 };
const firstDay = (d) => (d.length === 4 ? `${d}-01-01` : d.length === 7 ? `${d}-01` : d);

function dated(name, c) {
  for (const e of [...c.entries, ...c.undated]) { t.check(kinds.includes(e.kind), `${name}: kind ${e.kind} is not in course.yaml`); }
  t.check(c.undated.every((e) => e.date === null) && c.entries.every((e) => e.date !== null), `${name}: dated and undated entries are mixed`);
  t.check(c.entries.every((e) => firstDay(e.date) <= c.as_of && (e.until === null || firstDay(e.until) <= c.as_of)), `${name}: an entry is dated after ${c.as_of}`);
  c.entries.forEach((e, i) => {
    const p = c.entries[i - 1];
    const good = !p || firstDay(p.date) < firstDay(e.date) || (firstDay(p.date) === firstDay(e.date) && (p.date.length < e.date.length || (p.date.length === e.date.length && kinds.indexOf(p.kind) <= kinds.indexOf(e.kind))));
    t.check(good, `${name}: ${e.title} ${e.date} stands after ${p?.title} ${p?.date}`);
  });
}

const placeOf = (s) => `${s.input} ${s.line ?? ''} ${s.pointer}`;

function complete(name, c, chart) {
  const all = [...c.entries, ...c.undated];
  const told = new Set(all.flatMap((e) => e.basis.map(placeOf)));
  for (const f of chart.facts.filter((x) => (facts.has(x.code) || systems.has(x.system)) && x.value !== null)) {
    const lost = f.sources.filter((s) => !told.has(placeOf(s)));
    t.check(lost.length === 0, `${name}: ${f.code} ${f.value} ${f.date} of ${lost.map((s) => s.resource)} stands in no entry`);
  }
  for (const l of chart.lines) {
    t.check(all.filter((e) => e.line === l.id).length === 1, `${name}: line ${l.id} does not stand in the course once`);
  }
}

const settled = { start: (l) => l.start, end: (l) => l.end, setting: (l) => (l.setting === 'unknown' ? null : l.setting),
  reason: (l) => l.stop_reason ?? l.stop_text ?? (l.presumed_progression ? 'progression' : null) };

function evident(name, lines) {
  for (const l of lines) {
    const of = (part) => l.evidence.filter((e) => e.part === part), drugs = of('drug').map((e) => e.value);
    t.check(JSON.stringify(drugs) === JSON.stringify(l.drugs), `${name}: ${l.id}: evidence of ${drugs} for ${l.drugs}`);
    for (const [part, value] of Object.entries(settled)) {
      const rows = of(part);
      t.check(rows.length === 1 && rows[0].value === value(l), `${name}: ${l.id}: ${part} is ${value(l)}, its evidence ${rows.map((e) => e.value)}`);
    }
    const responses = of('response');
    t.check(responses.length > 0 && (l.response === null || responses.some((e) => e.value === l.response && e.how === 'recorded')), `${name}: ${l.id}: response ${l.response} without evidence`);
    t.check(of('end')[0]?.how === (l.in_progress && l.end === null ? 'running' : l.end === null ? 'none' : of('end')[0]?.how), `${name}: ${l.id}: its end is ${of('end')[0]?.how}`);
    t.check(of('reason')[0]?.how !== 'presumed' || l.presumed_progression, `${name}: ${l.id}: a reason is presumed`);
    for (const e of l.evidence) {
      const none = e.how === 'none', valued = e.value !== null || e.how === 'running';
      t.check(none ? !valued && e.sources.length === 0 && e.confidence === null : valued && e.sources.length > 0 && e.confidence !== null, `${name}: ${l.id}: ${e.part} ${e.value} is ${e.how}, ${e.confidence}, on ${e.sources.length} elements`);
      t.check(e.sources.every((s) => !s.resource.startsWith('Procedure/nl-')), `${name}: ${l.id}: ${e.part} rests on what was derived`);
    }
    counted.evidence += l.evidence.length;
  }
}

// A question names a line, and the line names the question.
function asked(name, c) {
  c.questions.forEach((q, i) => {
    const e = c.entries.concat(c.undated).find((x) => x.line === q.line);
    t.check(e !== undefined && q.basis.length > 0, `${name}: question ${i + 1} is about no line`);
    if (e) { t.check(q.other === null ? e.presumed : new RegExp(`question .*\\b${i + 1}\\b`).test(e.text), `${name}: "${e.text}" does not say that question ${i + 1} is open`); }
  });
  const doubtful = c.entries.filter((e) => /MAY BE READ OTHERWISE/.test(e.text));
  t.check(doubtful.length === 0 || c.questions.some((q) => q.other !== null), `${name}: a line may be read otherwise, and nothing is asked`);
}

function follow(name, c, record) {
  const input = inputOf(record);
  walk(c, (x, path) => {
    if ('pointer' in x && 'quote' in x) {
      counted.places++;
      const fault = sourceFault(x, input, record);
      t.check(!fault, `${name}${path}: ${x.resource} ${x.pointer}: ${fault}`);
    }
  });
}

const asBundle = (resources) => JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: resources.map((r) => ({ fullUrl: `https://hospital.example/fhir/${r.resourceType}/${r.id}`, resource: r })) });
const remarks = (page) => page.replace(/\n\n {2}(\d+ other remark|\d+ entr)[\s\S]*$/, '\n');   // counts what is hidden as later, too

async function everywhere(record, day) {
  const name = `${record.name} ${day}`;
  const text = await course(record.file, day, 'json');
  let c;
  try { c = JSON.parse(text); } catch { t.check(false, `${name}: ${text.slice(0, 200)}`); return; }
  const chart = JSON.parse((await callLater(o, ['chart', record.file, '--pack', o.pack, '--as-of', day, '--format', 'json'])).out);
  t.check(valid(c), `${name}: ${faults()}`);
  t.check(await course(record.file, day, 'json') === text, `${name}: other bytes the second time`);
  counted.entries += c.entries.length + c.undated.length;
  dated(name, c);
  complete(name, c, chart);
  asked(name, c);
  evident(name, c.lines);
  t.check(JSON.stringify(c.lines) === JSON.stringify(chart.lines) && JSON.stringify(chart.lines) === JSON.stringify(chart.readings[0].lines), `${name}: the lines of the course, the chart and its main reading differ`);
  chart.readings.forEach((r, i) => evident(`${name}, reading ${i}`, r.lines));
  follow(name, c, record);
  const page = await course(record.file, day);
  const dense = page.replace(/\s+/g, '');
  for (const e of [...c.entries, ...c.undated]) { t.check(dense.includes(e.text.replace(/\s+/g, '')), `${name}: the page lacks "${e.text}"`); }

  const resources = resourcesOf(record), file = join(scratch, `${record.name}-${day}.json`);
  writeFileSync(file, asBundle(resources));
  const straight = await course(file, day);
  writeFileSync(file, asBundle([...resources].reverse()));
  const reversed = await course(file, day);
  t.check(reversed === straight, `${name}: in another order ${differs(reversed, straight)}`);

  const days = [...new Set(c.entries.map((e) => e.date).filter((d) => d.length === 10 && d < day))];
  for (const early of [0.4, 0.8].map((q) => days[Math.floor(days.length * q)]).filter((d, i, all) => d && all.indexOf(d) === i)) {
    counted.days++;
    const whole = await course(record.file, early, 'json');
    const later = new Set(JSON.parse(whole).later.map((x) => `${x.type}/${x.id}`));
    writeFileSync(file, asBundle(resources));
    const before = remarks(await course(file, early));
    writeFileSync(file, asBundle(resources.filter((r) => !later.has(`${r.resourceType}/${r.id}`))));
    const alone = remarks(await course(file, early));
    t.check(before === alone, `${name}: on ${early} what came later changes ${differs(before, alone)}`);
  }
  return c;
}

if (!o.quick) {
  let whole;
  await inParallel(records, 2, async (record) => {
    for (const day of record.days ?? ['2026-11-21', '2024-05-01', '2020-02-01']) { whole = await everywhere(record, day) ?? whole; }
  });
  if (t.check(whole !== undefined, 'no course to spoil')) {
    for (const key of schema.required) {
      const spoilt = structuredClone(whole);
      delete spoilt[key];
      t.check(!valid(spoilt), `a course without ${key} is called valid`);
    }
    t.check(!valid({ ...structuredClone(whole), surprise: 1 }), 'a course with a member nobody declared is called valid');
    const spoilt = structuredClone(whole);
    (spoilt.entries[0] ?? spoilt.undated[0]).basis = [];
    t.check(!valid(spoilt), 'an entry without a basis is called valid');
  }
  t.check(counted.places > 0 && counted.entries > 0 && counted.days > 0 && counted.evidence > 0, 'nothing was looked at');
  console.log(`${counted.entries} entries, ${counted.places} places in the input, ${counted.days} earlier days`);
}
rmSync(scratch, { recursive: true });
t.end();
