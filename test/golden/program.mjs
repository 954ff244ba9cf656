// SPDX-License-Identifier: Apache-2.0
// What the suites over golden patients share: the cases with their runs, the program as a child process, counting.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

// --program FILE --pack FILE and switches; relative paths are the caller's.
export function options(argv = process.argv.slice(2)) {
  const o = { program: join(root, 'build/nextline'), pack: join(root, 'build/nextline.pack'), quick: false, every: 1, only: [] };
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--program') { o.program = resolve(argv[++i]); }
    else if (argv[i] === '--pack') { o.pack = resolve(argv[++i]); }
    else if (argv[i] === '--quick') { o.quick = true; }
    else if (argv[i] === '--all') { o.all = true; }
    else if (argv[i] === '--every') { o.every = Number(argv[++i]); }
    else if (argv[i] === '--data') { o.data = resolve(argv[++i]); }
    else if (argv[i].startsWith('--')) { console.error(`unknown switch ${argv[i]}`); process.exit(2); }
    else { o.only.push(argv[i]); }
  }
  return o;
}

export function cases(only = []) {
  const folder = join(root, 'test/golden');
  return readdirSync(folder, { withFileTypes: true }).filter((d) => d.isDirectory() && (only.length === 0 || only.includes(d.name)))
    .map((d) => d.name).sort().map((name) => {
      const dir = join(folder, name);
      const ndjson = existsSync(join(dir, 'patient.ndjson'));
      const file = join(dir, ndjson ? 'patient.ndjson' : 'patient.json');
      const expect = parse(readFileSync(join(dir, 'expect.yaml'), 'utf8'));
      const unknown = Object.keys(expect).filter((k) => !['why', 'dossier', 'reviewed', 'shape', 'runs'].includes(k));
      return { name, file, ndjson, why: expect.why, dossier: expect.dossier, reviewed: expect.reviewed, shape: expect.shape, unknown, runs: expect.runs };
    });
}

export const runName = (c, run) => `${c.name} (${run.as_of}, ${run.jurisdiction}${(run.set ?? []).map((s) => `, ${s}`).join('')})`;

export function planArguments(o, file, run, format = 'json') {
  return ['plan', file, '--pack', o.pack, '--as-of', run.as_of, '--jurisdiction', run.jurisdiction,
    ...(run.set ?? []).flatMap((s) => ['--set', s]), '--format', format];
}

// Runs the program; input may be bytes for standard input. Never throws.
export function call(o, args, input) {
  const r = spawnSync(o.program, args, { input, maxBuffer: 1 << 28, timeout: 600000 });
  return { code: r.status, signal: r.signal, out: r.stdout?.toString('utf8') ?? '', err: r.stderr?.toString('utf8') ?? String(r.error) };
}

export function callLater(o, args, input) {
  return new Promise((done) => {
    const p = spawn(o.program, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    const out = [], err = [];
    p.stdout.on('data', (d) => out.push(d));
    p.stderr.on('data', (d) => err.push(d));
    p.on('error', (e) => done({ code: null, out: '', err: String(e) }));
    p.on('close', (code, signal) => done({ code, signal, out: Buffer.concat(out).toString('utf8'), err: Buffer.concat(err).toString('utf8') }));
    if (input !== undefined) { p.stdin.on('error', () => {}); p.stdin.end(input); }
  });
}

// n at a time, results in order.
export async function inParallel(items, n, work) {
  const results = new Array(items.length);
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(n, items.length) }, async () => {
    while (next < items.length) { const i = next++; results[i] = await work(items[i], i); }
  }));
  return results;
}

// One plan as JSON, or the reason there is none.
export function planOf(o, file, run) {
  const r = call(o, planArguments(o, file, run));
  if (r.code !== 0) { return { error: `exit ${r.code ?? r.signal}: ${r.err.trim().split('\n').slice(0, 12).join(' | ')}`, ...r }; }
  try { return { plan: JSON.parse(r.out), ...r }; } catch (e) { return { error: `not JSON: ${e.message}`, ...r }; }
}

export class Tally {
  constructor() { this.passed = 0; this.failed = 0; this.skipped = 0; this.printed = 0; }
  check(good, what) {
    if (good) { this.passed++; } else { this.failed++; console.log(`FAILED ${what}`); }
    return good;
  }
  skip(what) { this.skipped++; console.log(`skipped: ${what}`); }
  end() {
    console.log(`${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`);
    process.exit(this.failed > 0 ? 1 : 0);
  }
}

// Calls back for every object of a tree, with the path to it.
export function walk(node, visit, path = '') {
  if (Array.isArray(node)) { node.forEach((x, i) => walk(x, visit, `${path}/${i}`)); }
  else if (node && typeof node === 'object') {
    visit(node, path);
    for (const [k, v] of Object.entries(node)) { if (k !== 'quote') { walk(v, visit, `${path}/${k}`); } }
  }
}
