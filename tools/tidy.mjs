#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What no compiler checks: include ranks, no medicine in src/, banned calls, one C++ file, headers that compile alone,
// licence lines, marks of unfinished work, paths of a machine. Prints every fault as file:line: message.
import { spawnSync } from 'node:child_process';
import { readFileSync, existsSync } from 'node:fs';
import { dirname, join, basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const files = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' }).stdout.split('\n').filter((f) => f && existsSync(f));
const text = (f) => readFileSync(f, 'utf8');
const code = files.filter((f) => /^(src|include)\/.*\.(c|h|cc|def|inc)$/.test(f));
const faults = [];
let passed = 0;

const rank = { base: 0, json: 1, store: 1, ucum: 1, terms: 1, cql: 2, record: 3, pack: 3, chart: 4, plan: 5, report: 6, api: 7, batch: 8, serve: 8, cli: 9 };
const hosts = new Set(['batch', 'serve', 'cli']);            // reach decisions like any other host: through <nextline/...>
const hostMay = new Set(['base', 'json', 'store']);

// Runs a check over files; it yields [line, message] for each fault.
function check(name, list, fn) {
  let bad = 0;
  for (const f of list) for (const [line, message] of fn(f, text(f))) { faults.push(`${f}:${line}: ${message}`); bad++; }
  if (bad === 0) passed++; else console.log(`${name}: ${bad} faults`);
}
const lines = function* (s) { let n = 0; for (const l of s.split('\n')) yield [++n, l]; };
const withoutComments = (s) => s.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (m) => m.replace(/[^\n]/g, ' '));

check('include ranks', code.filter((f) => f.startsWith('src/')), function* (f, s) {
  const own = f.split('/')[1];
  for (const [n, l] of lines(s)) {
    const m = /^\s*#\s*include\s+"([^"/]+)\/[^"]+"/.exec(l);
    if (!m) continue;
    const other = m[1];
    if (other === own) continue;
    if (!(other in rank)) yield [n, `includes from an unknown folder ${other}`];
    else if (rank[other] >= rank[own]) yield [n, `${own} (rank ${rank[own]}) may not include ${other} (rank ${rank[other]})`];
    else if (hosts.has(own) && !hostMay.has(other)) yield [n, `${own} reaches ${other} only through <nextline/...>`];
  }
});

// Every name and code the knowledge knows, looked for as a whole word in src/. Words of plain English are not names.
const medicine = new Set();
const english = new Set(['text', 'iron', 'gold', 'met', 'kit', 'ret', 'raf', 'abl', 'set', 'rest', 'fast', 'max', 'cat', 'impact', 'insulin']);
const add = (w) => { w = String(w ?? '').toLowerCase().trim(); if (w.length >= 4 && !english.has(w)) medicine.add(w); };
if (existsSync('knowledge/drugs.yaml')) {
  const walk = (o) => { if (Array.isArray(o)) o.forEach(walk); else if (o && typeof o === 'object') { add(o.name); for (const k of ['brands', 'synonyms', 'names']) (o[k] ?? []).forEach(add); Object.values(o).forEach(walk); } };
  walk(parse(text('knowledge/drugs.yaml')));
}
for (const f of parse(text('knowledge/facts.yaml')).facts) if (f.system === 'gene') add(f.code);
for (const f of files.filter((f) => /^knowledge\/terminology\/.*\.csv$/.test(f))) {
  const [head, ...rows] = text(f).split('\n');
  const columns = head.split(','), at = columns.indexOf('code'), system = columns.indexOf('system');
  for (const r of rows) { const c = r.split(','); if (at >= 0 && /^(LOINC|SNOMED|RXNORM|ICD)/i.test(c[system] ?? '') && (c[at] ?? '').length >= 5) add(c[at]); }
}
for (const w of ['letrozole', 'anastrozole', 'exemestane', 'tamoxifen', 'fulvestrant', 'palbociclib', 'ribociclib', 'abemaciclib', 'trastuzumab', 'esr1', 'pik3ca', 'brca1', 'brca2', 'cdk4', 'her2', 'estrogen', 'oestrogen', 'breast']) add(w);
const escape = (w) => w.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const medical = new RegExp(`(?<![\\w-])(${[...medicine].sort((a, b) => b.length - a.length).map(escape).join('|')})(?![\\w-])`, 'i');
check('no medicine in src/', code.filter((f) => f.startsWith('src/')), function* (f, s) {
  for (const [n, l] of lines(s)) { const m = medical.exec(l); if (m) yield [n, `"${m[1]}" is medicine: its place is knowledge/`]; }
});

// Compile errors already for what base/banned.h poisons; these need to know the folder.
const heap = /\b(malloc|calloc|realloc|free|strdup|setjmp|longjmp|exit|abort|_exit|getenv|time|clock_gettime)\s*\(/;
check('banned calls', code.filter((f) => /^src\/(?!base\/|cli\/|json\/json_simd)/.test(f)), function* (f, s) {
  for (const [n, l] of lines(withoutComments(s))) { const m = heap.exec(l); if (m) yield [n, `${m[1]} is for base and cli only`]; }
});
check('the clock and the environment', code.filter((f) => f.startsWith('src/base/')), function* (f, s) {
  for (const [n, l] of lines(withoutComments(s))) if (/\b(getenv|time|clock_gettime|gettimeofday)\s*\(/.test(l)) yield [n, 'the library never reads the clock or the environment'];
});
check('one C++ file', files.filter((f) => /\.(cc|cpp|cxx|hpp)$/.test(f)), function* (f) { if (f !== 'src/json/json_simd.cc') yield [1, 'C++ has its one place, src/json/json_simd.cc']; });
check('names of files', code, function* (f) { if (/^(util|utils|common|misc|helper|helpers|manager)\./.test(basename(f))) yield [1, 'a name that says nothing']; });
check('licence lines', code.concat(files.filter((f) => /^(tools|test|bench)\/.*\.(mjs|c|sh)$/.test(f))), function* (f, s) {
  if (!s.slice(0, 2500).includes('SPDX-License-Identifier: Apache-2.0')) yield [1, 'no SPDX line'];
});
check('length of files', code.filter((f) => !f.endsWith('.def')), function* (f, s) { const n = s.split('\n').length; if (n > 900) yield [n, `${n} lines: does it still tell one story?`]; });
const own = files.filter((f) => !/^(LICENSE|package-lock\.json)$/.test(f) && !/\.(gz|pack|png)$/.test(f) && !f.startsWith('test/fuzz/corpus/') && f !== 'tools/tidy.mjs');
check('marks of unfinished work', own.filter((f) => /\.(c|h|cc|mjs|cql|yaml|build|sh)$/.test(f)), function* (f, s) {
  for (const [n, l] of lines(s)) if (/\b(TODO|FIXME|XXX)\b|not implemented|unimplemented/.test(l)) yield [n, 'a mark of unfinished work'];
});
check('paths of a machine', own, function* (f, s) {
  for (const [n, l] of lines(s)) if (/(^|[^\w.])\/(work|root|farm)\/|\/home\/[a-z]/.test(l)) yield [n, 'a path of one machine'];
});
check('mutable static data', code.filter((f) => f.endsWith('.c') && !f.startsWith('src/cli/')), function* (f, s) {
  for (const [n, l] of lines(withoutComments(s))) if (/^\s*static\s+(?!const\b|inline\b|_Noreturn\b|_Thread_local\b|struct \w+ \*?\w+\(|void\b)[\w\s]+\**\s*\w+\s*(\[[^\]]*\])*\s*(=|;)/.test(l) && !/\bconst\b/.test(l)) yield [n, 'mutable static data'];
});

// A header compiles alone. One compiler run a header; syntax only.
const headers = code.filter((f) => f.endsWith('.h') && f !== 'src/base/banned.h');
check('headers compile alone', headers, function* (f) {
  const r = spawnSync('gcc', ['-std=gnu17', '-fsyntax-only', '-Wall', '-Wextra', '-Werror', '-Iinclude', '-Isrc', '-x', 'c', '-'], { input: `#include "${f.startsWith('src/') ? f.slice(4) : join(root, f)}"\n`, encoding: 'utf8' });
  if (r.status !== 0) yield [1, `does not compile alone: ${r.stderr.split('\n').find((l) => l.includes('error')) ?? ''}`];
});

for (const f of faults) console.log(f);
console.log(`${passed} passed, ${faults.length} failed, 0 skipped`);
process.exit(faults.length ? 1 : 0);
