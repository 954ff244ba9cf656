#!/usr/bin/env node
// run.mjs -- a second CQL engine (npm cql-execution with cql-exec-fhir) given the same ELM and the same records reaches the same values.
// SPDX-License-Identifier: Apache-2.0
//
//   node test/differential/run.mjs [--build DIR] [CASE...]
//
// Knowledge: for every run of every golden patient `nextline chart --format fhir` writes the record as the guideline sees it; then every
// define of the knowledge is asked of both engines for that day. Where ../shared lies beside the project, the real and generated
// records there go the same way, and a library of other style (MBCBench) is asked over the generated ones as they are.
// Two values agree when they are equal as canonical JSON: dates with their precision and offset, quantities with their unit, elements of
// the record as themselves. Numbers may differ by what a double loses. A define that fails must fail in both. CQL leaves open in which
// order a retrieve answers: the other engine gets the resources that our record shows, in the order it shows them.
// known.csv lists where the other engine departs from the specification: define, patient (both *, or as printed), section, why.
// A row of it that no longer applies is a failure.
process.env.TZ = 'UTC';   // a DateTime without an offset is of the offset of the evaluation request, which is +00:00 here
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Tally, cases, root } from '../golden/program.mjs';

const require = createRequire(import.meta.url);
const print = console.log.bind(console);
console.log = console.warn = console.info = console.error = () => {};   // both npm packages talk while they work
const cql = require('cql-execution');
const fhir = require('cql-exec-fhir');

const only = process.argv.slice(2);
const at = only.indexOf('--build');
const build = resolve(at < 0 ? join(root, 'build') : only.splice(at, 2)[1]);
const shared = join(root, '../shared');
const generatedPatients = 40;

// ---- values of the other engine in our canonical form ----

const two = (n) => String(n).padStart(2, '0');
function offsetText(hours) {
  const minutes = Math.round(Math.abs(hours) * 60);
  return `${hours < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
function momentText(d, isTime) {
  const day = [String(d.year).padStart(4, '0'), ...[d.month, d.day].filter((x) => x != null).map(two)].join('-');
  if (d.isDate) { return day; }
  let clock = [d.hour, d.minute, d.second].filter((x) => x != null).map(two).join(':');
  if (d.millisecond != null) { clock += `.${String(d.millisecond).padStart(3, '0')}`; }
  if (isTime) { return clock; }
  return d.hour == null ? `${day}T` : `${day}T${clock}${d.timezoneOffset == null ? '' : offsetText(d.timezoneOffset)}`;
}
// A primitive element is wrapped by the other engine where it has an id or an extension.
function elementOf(json) {
  return json !== null && typeof json === 'object' && Object.keys(json).every((k) => k === 'value') && typeof json.value !== 'object' ? json.value : json;
}
function canonical(value) {
  if (value == null) { return null; }
  if (typeof value === 'bigint') { return { Long: String(value) }; }
  if (Array.isArray(value)) { return value.map(canonical); }
  if (typeof value !== 'object') { return value; }
  if (value.isUncertainty) { return value.low === value.high ? canonical(value.low) : { Uncertainty: [canonical(value.low), canonical(value.high)] }; }
  if (value.isDateTime) { return value.isTime?.() ? { Time: momentText(value, true) } : { DateTime: momentText(value, false) }; }
  if (value.isDate) { return { Date: momentText(value, false) }; }
  if (value.isQuantity) { return { Quantity: [value.value, value.unit ?? '1'] }; }
  if (value.isInterval) { return { Interval: [value.lowClosed ? '[' : '(', canonical(value.low), canonical(value.high), value.highClosed ? ']' : ')'] }; }
  if (value.isConcept) { return { Concept: { codes: value.codes.map((c) => canonical(c).Code), display: value.display ?? value.text ?? null } }; }
  if (value.isCode) { return { Code: { code: value.code, system: value.system, version: value.version, display: value.display } }; }
  if (typeof value.getTypeInfo === 'function') {
    return value._json?.resourceType ? { Resource: `${value._json.resourceType}/${value._json.id ?? ''}` } : { Element: elementOf(value._json) };
  }
  return { Tuple: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, canonical(v)])) };
}

function same(x, y) {
  // A Decimal of CQL has eight digits after the point at every step, a double does not: in a formula of several steps with a
  // factor of 142 (CKD-EPI) the two differ by 3e-8 of the value.
  if (typeof x === 'number' && typeof y === 'number') { return Math.abs(x - y) <= 1e-7 * Math.max(1, Math.abs(x)); }
  if (x === null || y === null || typeof x !== 'object' || typeof y !== 'object') { return x === y; }
  if (Array.isArray(x) || Array.isArray(y)) { return Array.isArray(x) && Array.isArray(y) && x.length === y.length && x.every((part, i) => same(part, y[i])); }
  return [...new Set([...Object.keys(x), ...Object.keys(y)])].every((k) => same(x[k] ?? null, y[k] ?? null));   // an absent member is null
}

// ---- the two engines ----

function ourEngine(asOf, record, elmFiles) {
  const r = spawnSync(join(build, 'test/differential/evaluate'), [asOf, record, ...elmFiles], { maxBuffer: 1 << 28, encoding: 'utf8' });
  if (r.status !== 0) { throw new Error(`our engine: ${r.stderr || r.error}`); }
  const [{ record: order }, ...answers] = r.stdout.trim().split('\n').map((line) => JSON.parse(line));
  return { order, answers: new Map(answers.map((x) => [x.name, x.error === undefined ? { value: x.value } : { error: x.error }])) };
}

const patients = fhir.PatientSource.FHIRv401();   // once: it parses the whole FHIR model

async function ask(executor, bundle, clock, define) {
  patients.reset();
  patients.loadBundles([bundle]);
  const results = define ? await executor.exec_expression(define, patients, clock) : await executor.exec(patients, clock);
  return Object.values(results.patientResults)[0] ?? {};
}

// All defines of a library at once; where one fails, which ends them all, each alone.
async function otherEngine(asOf, record, order, libraries) {
  const byName = new Map(JSON.parse(readFileSync(record, 'utf8')).entry.map((e) => [`${e.resource.resourceType}/${e.resource.id ?? ''}`, e]));
  const bundle = { resourceType: 'Bundle', type: 'collection', entry: order.map((name) => byName.get(name)) };
  const repository = new cql.Repository(Object.fromEntries(libraries.map((elm, i) => [i, elm])));
  const clock = cql.DateTime.parse(`${asOf}T00:00:00.0+00:00`);
  const values = new Map();
  for (const { library } of libraries) {
    const defines = (library.statements?.def ?? []).filter((d) => d.type !== 'FunctionDef').map((d) => d.name);
    if (defines.length === 0) { continue; }
    const { id, version } = library.identifier;
    const executor = new cql.Executor(repository.resolve(id, version));
    let all = null;
    try { all = await ask(executor, bundle, clock); } catch { /* each alone */ }
    for (const define of defines) {
      let answer;
      try { answer = { value: canonical((all ?? await ask(executor, bundle, clock, define))[define]) }; } catch (e) { answer = { error: e.message }; }
      values.set(`${id}.${define}`, answer);
    }
  }
  return values;
}

// ---- comparing ----

const known = readFileSync(join(root, 'test/differential/known.csv'), 'utf8').trim().split('\n').slice(1)
  .map((line) => /^("[^"]*"|[^,]*),("[^"]*"|[^,]*),([^,]*),/.exec(line).slice(1, 4).map((x) => x.replace(/^"|"$/g, '')))
  .map(([define, patient, section]) => ({ define, patient, section, used: false }));
const t = new Tally();
let values = 0, nulls = 0;

async function compare(patient, asOf, record, elmFiles, libraries) {
  const { order, answers: ours } = ourEngine(asOf, record, elmFiles);
  const theirs = await otherEngine(asOf, record, order, libraries);
  const differ = [];
  for (const [name, answer] of ours) {
    const expected = theirs.get(name);
    if (!expected) { differ.push(`${name}: the other engine does not know it`); continue; }
    values++;
    nulls += answer.value === null;
    if (answer.error === undefined && expected.error === undefined ? same(answer.value, expected.value) : answer.error !== undefined && expected.error !== undefined) { continue; }
    const row = known.find((k) => k.define === name && (k.patient === '*' || k.patient === patient));
    if (row) { row.used = true; t.skipped++; continue; }
    differ.push(`${name}: ours ${JSON.stringify(answer).slice(0, 600)}, theirs ${JSON.stringify(expected).slice(0, 600)}`);
  }
  if (ours.size !== theirs.size) { differ.push(`ours answers ${ours.size} defines, theirs ${theirs.size}`); }
  t.passed += ours.size - differ.length;
  t.failed += differ.length;
  for (const d of differ) { print(`FAILED ${patient}, ${asOf}: ${d}`); }
}

// ---- what is compared ----

const folder = mkdtempSync(join(tmpdir(), 'nextline-differential-'));
const elmFolder = join(build, 'knowledge');
const elmFiles = readdirSync(elmFolder).filter((f) => f.endsWith('.json')).sort().map((f) => join(elmFolder, f));
const libraries = elmFiles.map((f) => JSON.parse(readFileSync(f, 'utf8')));

// The record as the guideline sees it; null with the reason where there is no plan (several patients, say).
function enriched(file, run) {
  const out = join(folder, 'enriched.json');
  const r = spawnSync(join(build, 'nextline'), ['chart', file, '--pack', join(build, 'nextline.pack'), '--as-of', run.as_of, '--jurisdiction', run.jurisdiction,
    ...(run.set ?? []).flatMap((x) => ['--set', x]), '--format', 'fhir'], { maxBuffer: 1 << 28 });
  if (r.status !== 0) { return { reason: String(r.stderr).split('\n')[0] }; }
  writeFileSync(out, r.stdout);
  return { out };
}

async function knowledgeOver(patient, file, run) {
  const { out, reason } = enriched(file, run);
  if (out) { await compare(patient, run.as_of, out, elmFiles, libraries); }
  else { t.skipped++; print(`skipped: ${patient}: ${reason}`); }
}

async function golden() {
  for (const c of cases(only)) {
    const questions = new Map(c.runs.map((run) => [JSON.stringify([run.as_of, run.jurisdiction, run.set]), run]));
    for (const run of questions.values()) { await knowledgeOver(c.name, c.file, run); }
  }
}

// A library of CQL as written, with the FHIRHelpers of the knowledge in full.
async function translate(file) {
  globalThis.require ??= require;   // the translator looks for it when it is loaded
  const load = (id) => import(pathToFileURL(require.resolve(id)));
  const [{ NamespaceManager, SystemModelInfoProvider }, elm] = await Promise.all([load('@cqframework/cql/cql'), load('@cqframework/cql/cql-to-elm')]);
  const modelInfo = readFileSync(require.resolve('cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml'), 'utf8');
  const models = new elm.ModelManager(new NamespaceManager());
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  models.modelInfoLoader.registerModelInfoProvider(elm.createModelInfoProvider((id) => (id === 'FHIR' ? elm.stringAsSource(modelInfo) : null)));
  const options = elm.CqlCompilerOptions.defaultOptions();
  options.validateUnits = false;
  options.signatureLevel = elm.LibraryBuilder.SignatureLevel.valueOf('All');
  const chosen = options.options.asJsSetView();
  for (const name of ['EnableLocators', 'EnableResultTypes']) { chosen.add(elm.CqlCompilerOptions.Options.valueOf(name)); }
  for (const name of ['EnableAnnotations', 'EnableDateRangeOptimization']) { chosen.delete(elm.CqlCompilerOptions.Options.valueOf(name)); }
  const none = () => null;
  const manager = new elm.LibraryManager(models, options, null, elm.createUcumService(none, none, none, none));
  const helpers = readFileSync(join(elmFolder, 'FHIRHelpers.cql'), 'utf8');
  manager.librarySourceLoader.registerProvider(elm.createLibrarySourceProvider((id) => (id === 'FHIRHelpers' ? elm.stringAsSource(helpers) : null)));
  return [helpers, readFileSync(file, 'utf8')].map((text) => {
    const out = join(folder, `library-${basename(file, '.cql')}-${text === helpers ? 'helpers' : 'main'}.json`);
    const library = JSON.parse(elm.CqlTranslator.fromText(text, manager).toJson());
    const faults = (library.library.annotation ?? []).filter((n) => n.type === 'CqlToElmError' && n.errorSeverity === 'error');
    if (faults.length) { throw new Error(`${file}: ${faults[0].message}`); }
    writeFileSync(out, JSON.stringify(library));
    return out;
  });
}

async function generated() {
  const generator = join(shared, 'peers/gen_patients.mjs');
  if (!existsSync(generator)) { t.skip('generated patients: ../shared is absent'); return; }
  const r = spawnSync('node', [generator, '--n', String(generatedPatients), '--seed', '7'], { maxBuffer: 1 << 28, encoding: 'utf8' });
  const benchElm = await translate(join(shared, 'peers/cql/MBCBench.cql'));
  const benchLibraries = benchElm.map((f) => JSON.parse(readFileSync(f, 'utf8')));
  const file = join(folder, 'generated.json');
  for (const [i, line] of r.stdout.split('\n').filter(Boolean).entries()) {
    writeFileSync(file, line);
    await compare(`generated ${i}`, '2026-01-15', file, benchElm, benchLibraries);
    await knowledgeOver(`generated ${i}`, file, { as_of: '2026-01-15', jurisdiction: i % 2 ? 'eu' : 'us' });
  }
}

async function real() {
  const data = join(shared, 'data/fhir');
  if (!existsSync(data)) { t.skip('real records: ../shared is absent'); return; }
  for (const f of readdirSync(data).filter((x) => /\.json$/.test(x)).sort()) {
    for (const day of ['2019-07-01', '2026-06-01']) { await knowledgeOver(f, join(data, f), { as_of: day, jurisdiction: 'us' }); }
  }
}

try {
  await golden();
  if (only.length === 0) {
    await generated();
    await real();
    for (const k of known.filter((x) => !x.used)) { t.failed++; print(`FAILED known.csv: ${k.define} of ${k.patient} agrees now`); }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log = print;
print(`${values} values compared, ${nulls} of them null in ours`);
t.end();
