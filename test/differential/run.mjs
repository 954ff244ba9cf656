#!/usr/bin/env node
// run.mjs -- a second CQL engine (npm cql-execution with cql-exec-fhir) given the same ELM and the same records reaches the same values.
// SPDX-License-Identifier: Apache-2.0
//
//   node test/differential/run.mjs [--build DIR] [--patients N] [--only golden|made-up|bench|real] [CASE...]
//
// Knowledge: for every run of every golden patient, and for 100 made-up patients (generate.mjs), `nextline chart --format fhir` writes the
// record as the guideline sees it; then every define of the knowledge is asked of both engines for that day. Where ../shared lies beside
// the project, the real records there go the same way, and a library of other style (MBCBench) is asked over 1,000 made-up patients.
// Two processes share the work: --slice K does what is theirs and ends with a line of JSON for the one that started them.
// Two values agree when they are equal as canonical JSON: dates with their precision and offset, quantities with their unit, elements of
// the record as themselves. Numbers may differ by what a double loses. A define that fails must fail in both. CQL leaves open in which
// order a retrieve answers: the other engine gets the resources that our record shows, in the order it shows them.
// known.csv lists where the other engine departs from the specification: define, patient (as printed, * for anything), what ours and
// theirs must look like (a regular expression over the JSON), section, why.
// A row of it that no longer applies is a failure.
process.env.TZ = 'UTC';   // a DateTime without an offset is of the offset of the evaluation request, which is +00:00 here
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Tally, cases, root } from '../golden/program.mjs';
import { forGuideline, forLibrary } from './generate.mjs';
import { canonical, csv, same } from './values.mjs';

const require = createRequire(import.meta.url);
const print = console.log.bind(console);
console.log = console.warn = console.info = console.error = () => {};   // both npm packages talk while they work
const cql = require('cql-execution');
const fhir = require('cql-exec-fhir');

const only = process.argv.slice(2);
function option(name, otherwise) {
  const at = only.indexOf(`--${name}`);
  return at < 0 ? otherwise : only.splice(at, 2)[1];
}
const build = resolve(option('build', join(root, 'build')));
const shared = join(root, '../shared');
const benchPatients = Number(option('patients', 1000)), knowledgePatients = Math.min(100, benchPatients), slice = option('slice', null), part = option('only', null), SLICES = 2, SEED = 20260115;
// A Decimal of CQL has eight digits after the point at every step, a double does not: in a formula of several steps with a
// factor of 142 (CKD-EPI) the two differ by 3e-8 of the value.
const near = (x, y) => Math.abs(x - y) <= 1e-7 * Math.max(1, Math.abs(x));

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

const known = csv(readFileSync(join(root, 'test/differential/known.csv'), 'utf8')).map((k) => ({ ...k, used: 0 }));
const glob = (pattern, s) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(s);
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
    if (answer.error === undefined && expected.error === undefined ? same(answer.value, expected.value, near) : answer.error !== undefined && expected.error !== undefined) { continue; }
    const row = known.find((k) => glob(k.define, name) && glob(k.patient, patient) && new RegExp(k.ours).test(JSON.stringify(answer)) && new RegExp(k.theirs).test(JSON.stringify(expected)));
    if (row) { row.used++; t.skipped++; continue; }
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

if (!existsSync(join(build, 'nextline.pack'))) { throw new Error(`${build} has no nextline.pack`); }

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

async function golden(mine) {
  const runs = cases(only).flatMap((c) => [...new Map(c.runs.map((run) => [JSON.stringify([run.as_of, run.jurisdiction, run.set]), run])).values()].map((run) => [c, run]));
  for (const [c, run] of runs.filter(mine)) { await knowledgeOver(c.name, c.file, run); }
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

// Every slice makes all the patients, so that each is the same whoever asks about it.
async function madeUp(mine) {
  const patients = forGuideline(SEED), file = join(folder, 'made-up.json');
  for (let i = 0; i < knowledgePatients; i++) {
    const bundle = patients.bundle(i);
    if (!mine(null, i)) { continue; }
    writeFileSync(file, JSON.stringify(bundle));
    await knowledgeOver(`made-up ${i}`, file, { as_of: ['2026-01-15', '2024-06-30', '2021-12-31'][i % 3], jurisdiction: i % 2 ? 'eu' : 'us' });
  }
}

async function bench(mine) {
  const library = join(shared, 'peers/cql/MBCBench.cql');
  if (!existsSync(library)) { if (slice === '0') { t.skipped++; print('skipped: MBCBench: ../shared is absent'); } return; }
  const elm = await translate(library), parsed = elm.map((f) => JSON.parse(readFileSync(f, 'utf8'))), patients = forLibrary(SEED, library), file = join(folder, 'bench.json');
  for (let i = 0; i < benchPatients; i++) {
    const bundle = patients.bundle(i);
    if (!mine(null, i)) { continue; }
    writeFileSync(file, JSON.stringify(bundle));
    await compare(`bench ${i}`, '2026-01-15', file, elm, parsed);
  }
}

async function real(mine) {
  const data = join(shared, 'data/fhir');
  if (!existsSync(data)) { if (slice === '0') { t.skipped++; print('skipped: real records: ../shared is absent'); } return; }
  const files = readdirSync(data).filter((x) => /\.json$/.test(x)).sort().flatMap((f) => ['2019-07-01', '2026-06-01'].map((day) => [f, day]));
  for (const [f, day] of files.filter(mine)) { await knowledgeOver(f, join(data, f), { as_of: day, jurisdiction: 'us' }); }
}

// ---- two processes ----

async function one() {
  const mine = (_, i) => i % SLICES === Number(slice);
  const parts = { golden, 'made-up': madeUp, bench, real };
  for (const [name, ask] of Object.entries(parts)) {
    if (name === part || (part === null && (name === 'golden' || only.length === 0))) { await ask(mine); }
  }
  print(JSON.stringify({ passed: t.passed, failed: t.failed, skipped: t.skipped, values, nulls, used: known.map((k) => k.used) }));
}
function started(k) {
  return new Promise((done) => {
    const p = spawn(process.execPath, [fileURLToPath(import.meta.url), '--slice', String(k), '--build', build, '--patients', String(benchPatients), ...(part ? ['--only', part] : []), ...only], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    p.stdout.on('data', (d) => { out += d; });
    p.on('close', (code) => done({ code, lines: out.trimEnd().split('\n') }));
  });
}
async function all() {
  for (const { code, lines } of await Promise.all(Array.from({ length: SLICES }, (_, k) => started(k)))) {
    const last = lines.pop();
    lines.forEach((l) => print(l));
    if (code !== 0 || !last.startsWith('{')) { t.failed++; print(`FAILED one of the processes ended early: ${last}`); continue; }
    const theirs = JSON.parse(last);
    for (const k of ['passed', 'failed', 'skipped']) { t[k] += theirs[k]; }
    values += theirs.values;
    nulls += theirs.nulls;
    theirs.used.forEach((u, i) => { known[i].used += u; });
  }
  if (only.length === 0 && part === null) { for (const k of known.filter((x) => !x.used)) { t.failed++; print(`FAILED known.csv: ${k.define} of ${k.patient} agrees now`); } }
  for (const k of known.filter((x) => x.used)) { print(`note: ${k.used} explained by known.csv: ${k.define} of ${k.patient}: ${k.why}`); }
  console.log = print;
  print(`${values} values compared, ${nulls} of them null in ours`);
  t.end();
}

try {
  await (slice === null ? all() : one());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
