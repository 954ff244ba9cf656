#!/usr/bin/env node
// second_engine.mjs -- a second CQL engine (npm cql-execution) given the same ELM and the same enriched patients reaches the same values.
// SPDX-License-Identifier: Apache-2.0
//
//   node test/conformance/second_engine.mjs BUILD [--as-of DATE] PATIENT.json...
//
// For each patient `nextline chart --format fhir` writes the record as the guideline sees it; every define of the knowledge is then asked
// of both engines. Prints TAP. Values that hold elements of the record are compared by their number only.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const cql = require('cql-execution');
const fhir = require('cql-exec-fhir');
const say = console.log.bind(console);
console.log = console.warn = console.info = () => {};

const [build, ...rest] = process.argv.slice(2);
const at = rest.indexOf('--as-of');
const asOf = at < 0 ? '2026-01-15' : rest.splice(at, 2)[1];
const elmFolder = join(build, 'knowledge');
const elmFiles = readdirSync(elmFolder).filter((name) => name.endsWith('.json')).map((name) => join(elmFolder, name));
const libraries = elmFiles.map((name) => JSON.parse(readFileSync(name, 'utf8')));
const repository = new cql.Repository(Object.fromEntries(libraries.map((elm, index) => [index, elm])));
const patients = fhir.PatientSource.FHIRv401();
const clock = cql.DateTime.parse(`${asOf}T00:00:00.0+00:00`);

// The other engine's values in our canonical form.
const two = (n) => String(n).padStart(2, '0');
const fields = (d) => [d.month, d.day].filter((x) => x != null).map(two);
const day = (d) => [String(d.year).padStart(4, '0'), ...fields(d)].join('-');
function canonical(value) {
  if (value == null) return null;
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object') return value;
  if (value.isUncertainty) return { Uncertainty: [value.low, value.high] };
  if (value.isDateTime) return { DateTime: day(value) };
  if (value.isDate) return { Date: day(value) };
  if (value.isQuantity) return { Quantity: [value.value, value.unit ?? '1'] };
  if (value.isInterval) return { Interval: [value.lowClosed ? '[' : '(', canonical(value.low), canonical(value.high), value.highClosed ? ']' : ')'] };
  if (value.isCode) return { Code: value.code };
  if (typeof value.getTypeInfo === 'function') return { Item: 0 };
  return { Tuple: Object.fromEntries(Object.keys(value).map((key) => [key, canonical(value[key])])) };
}
const singular = (unit) => unit.replace(/^(year|month|week|day|hour|minute|second|millisecond)s$/, '$1');
function same(x, y) {
  if (typeof x === 'number' && typeof y === 'number') return Math.abs(x - y) <= 5e-9 * Math.max(1, Math.abs(x));
  if (x === null || y === null || typeof x !== 'object' || typeof y !== 'object') return x === y;
  if (Array.isArray(x)) return Array.isArray(y) && x.length === y.length && x.every((part, index) => same(part, y[index]));
  if (x.Item !== undefined) return y.Item !== undefined;
  if (x.DateTime) return String(y.DateTime).startsWith(x.DateTime);
  if (x.Quantity) return !!y.Quantity && same(x.Quantity[0], y.Quantity[0]) && singular(x.Quantity[1]) === singular(y.Quantity[1]);
  const keys = new Set([...Object.keys(x), ...Object.keys(y)]);
  return [...keys].every((key) => same(x[key] ?? null, y[key] ?? null));
}

async function theirs(bundle) {
  const values = new Map();
  for (const { library } of libraries) {
    for (const define of library.statements?.def ?? []) {
      if (define.type === 'FunctionDef' || define.name === 'Patient') continue;
      patients.reset();
      patients.loadBundles([bundle]);
      let value;
      try {
        const results = await new cql.Executor(repository.resolve(library.identifier.id, library.identifier.version)).exec_expression(define.name, patients, clock);
        value = canonical(Object.values(results.patientResults)[0]?.[define.name]);
      } catch (error) {
        value = { error: error.message };
      }
      values.set(`${library.identifier.id}.${define.name}`, value);
    }
  }
  return values;
}

const folder = mkdtempSync(join(tmpdir(), 'second-engine-'));
let failed = false;
say(`1..${rest.length}`);
for (const [index, patient] of rest.entries()) {
  const enriched = join(folder, 'enriched.json');
  writeFileSync(enriched, execFileSync(join(build, 'nextline'), ['chart', patient, '--as-of', asOf, '--format', 'fhir'], { maxBuffer: 1 << 28 }));
  const ours = execFileSync(join(build, 'test/conformance/cql_dump'), [asOf, enriched, ...elmFiles], { maxBuffer: 1 << 28 }).toString().trim().split('\n').map((line) => JSON.parse(line));
  const reference = await theirs(JSON.parse(readFileSync(enriched, 'utf8')));
  let compared = 0, wrong = 0;
  for (const { name, failed: broke, value } of ours) {
    if (!reference.has(name)) continue;
    const expected = reference.get(name);
    compared++;
    if (broke ? !expected?.error : !same(expected, value)) {
      wrong++;
      say(`# ${name}: ours ${JSON.stringify(value)}, theirs ${JSON.stringify(expected)}`);
    }
  }
  failed ||= wrong > 0 || compared === 0;
  say(`${wrong > 0 || compared === 0 ? 'not ok' : 'ok'} ${index + 1} - ${patient}: ${compared} values, ${wrong} differ`);
}
rmSync(folder, { recursive: true });
process.exit(failed ? 1 : 0);
