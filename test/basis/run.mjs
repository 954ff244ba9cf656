#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Follows every basis of every golden plan: to the element of the input (the JSON Pointer is there and holds the quote), to the
// clause of CQL (that line holds that text), to the rule in knowledge/ (that line names it) and to the source (its id is there).
// usage: run.mjs [--program FILE] [--pack FILE] [CASE...]
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Tally, cases, options, planOf, root, runName, walk } from '../golden/program.mjs';
import { inputOf, sourceFault } from './places.mjs';

const o = options();
const t = new Tally();
const knowledge = join(root, 'knowledge');

// ---- the knowledge as lines ----

const files = new Map();
function linesOf(file) {
  if (!files.has(file)) {
    const at = file === '' ? undefined : [join(knowledge, file), join(knowledge, 'cql', file)].find((f) => existsSync(f));
    files.set(file, at ? readFileSync(at, 'utf8').split('\n') : null);
  }
  return files.get(file);
}

const dense = (s) => s.replace(/\s+/g, '');
const uncommented = (s) => s.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/\/\/[^\n]*/g, ' ');

function clauseFault(c) {
  const lines = linesOf(c.file);
  if (!lines) { return `no file ${c.file}`; }
  if (c.line < 1 || c.line > lines.length) { return `${c.file} has no line ${c.line}`; }
  const rest = lines.slice(c.line - 1).join('\n');
  for (const clean of [(s) => s, uncommented]) {
    const at = dense(clean(rest)).indexOf(dense(c.text));
    if (at >= 0 && at < dense(clean(lines[c.line - 1])).length) { return c.text.trim() === '' ? 'empty text' : null; }
  }
  return `${c.file}:${c.line} reads "${lines[c.line - 1].trim()}"`;
}

function ruleFault(file, line, names) {
  const lines = linesOf(file);
  if (!lines) { return `no file ${file}`; }
  if (line < 1 || line > lines.length) { return `${file} has no line ${line}`; }
  return names.some((n) => lines[line - 1].includes(n)) ? null : `${file}:${line} reads "${lines[line - 1].trim()}"`;
}

// An approval is a row of its option: us: {since: ...}
function approvalFault(file, line, id) {
  const lines = linesOf(file);
  if (!lines || line < 1 || line > lines.length) { return `no line ${line} in ${file}`; }
  const option = lines.slice(0, line).reverse().find((l) => l.startsWith('- id: ')) ?? '';
  return option.trim() === `- id: ${id}` && /^\s+[a-z]+: *\{since:|^\s+approved:/.test(lines[line - 1]) ? null : `${file}:${line} reads "${lines[line - 1].trim()}", under "${option}"`;
}

function evidenceIds() {
  const ids = new Map();
  const folder = join(knowledge, 'evidence');
  for (const f of existsSync(folder) ? readdirSync(folder).filter((n) => n.endsWith('.yaml')) : []) {
    walk(parse(readFileSync(join(folder, f), 'utf8')), (x) => { if (typeof x.id === 'string') { ids.set(x.id, x); } });
  }
  return ids;
}

// ---- one plan ----

const sources = evidenceIds();
const counted = { sources: 0, clauses: 0, rules: 0, citations: 0 };

function follow(name, p, c, input) {
  const ofData = new Set(p.alerts.filter((a) => a.kind === 'data').flatMap((a) => [a.basis, ...a.basis.criteria]));   // rest on the record itself, on no rule
  walk(p, (x, path) => {
    if ('pointer' in x && 'quote' in x) {
      counted.sources++;
      const fault = sourceFault(x, input, c);
      t.check(!fault, `${name}${path}: ${x.resource} ${x.line ?? ''} ${x.pointer} = ${JSON.stringify(x.quote)?.slice(0, 80)}: ${fault}`);
    }
    if ('library' in x && 'text' in x && 'file' in x) {
      counted.clauses++;
      const fault = clauseFault(x);
      t.check(!fault, `${name}${path}: clause "${x.text.slice(0, 80)}": ${fault}`);
    }
    if ('rule' in x && 'criteria' in x && !ofData.has(x)) {
      counted.rules++;
      const approval = x.criteria[0]?.role === 'approval';   // else the rule, or the gate it stands behind
      const fault = x.file === '' ? 'no file' : approval ? approvalFault(x.file, x.line, x.rule) : ruleFault(x.file, x.line, [x.rule, ...x.criteria.map((k) => k.name)]);
      t.check(!fault, `${name}${path}: rule ${x.rule}: ${fault}`);
      for (const k of x.criteria) {
        const wrong = k.role === 'approval' ? approvalFault(k.file, k.line, x.rule) : ruleFault(k.file, k.line, [k.name, x.rule]);
        t.check(!wrong, `${name}${path}: criterion ${k.name}: ${wrong}`);
      }
      for (const id of x.sources) {
        counted.citations++;
        t.check(sources.has(id), `${name}${path}: source ${id} is in no file of knowledge/evidence`);
        t.check(p.sources.some((s) => s.id === id), `${name}${path}: source ${id} is not among the plan's sources`);
      }
    }
    if ('role' in x && 'wanted' in x && !ofData.has(x)) {
      if (x.role !== 'approval') {
        t.check(x.clauses.length > 0, `${name}${path}: criterion ${x.name} without a clause`);
        t.check(x.facts.length + x.absent.length > 0, `${name}${path}: criterion ${x.name} rests on no fact and no absence`);
      }
    }
    if ('code' in x && 'derived' in x && 'undated' in x) {
      t.check(x.set || x.sources.length > 0, `${name}${path}: fact ${x.code} (${x.value}) without a place in the input`);
    }
  });
  for (const s of p.sources) {
    const known = sources.get(s.id);
    t.check(known !== undefined, `${name}: source ${s.id} is in no file of knowledge/evidence`);
    if (known) { t.check((known.nct ?? null) === s.nct, `${name}: source ${s.id}: NCT ${s.nct}, the knowledge has ${known.nct}`); }
  }
  const statements = [['scope', p.scope?.basis], ...Object.entries(p.profile_basis), ...p.options.flatMap((x) => [[x.id, x.basis], ...x.cautions.map((k) => [`${x.id} "${k.text}"`, k.basis])]),
    ...p.excluded.flatMap((x) => x.reasons.map((r) => [`${x.id} "${r.text}"`, r.basis])), ...p.undetermined.flatMap((x) => x.missing.map((m) => [`${x.id} "${m.text}"`, m.basis])),
    ...p.alerts.filter((a) => a.kind !== 'data').map((a) => [a.code, a.basis])];
  for (const [what, basis] of statements) { t.check(basis && basis.criteria.length > 0, `${name}: ${what}: a statement without basis`); }
  for (const k of Object.keys(p.profile)) { t.check(k in p.profile_basis, `${name}: profile ${k} without basis`); }
}

for (const c of cases(o.only).filter((_, i) => i % o.every === 0)) {
  const input = inputOf(c);
  for (const run of o.all ? c.runs : c.runs.slice(0, 1)) {   // --all: every run of each, for the deep check
    const name = runName(c, run);
    const r = planOf(o, c.file, run);
    if (t.check(r.plan !== undefined, `${name}: ${r.error}`)) { follow(name, r.plan, c, input); }
  }
}
console.log(`followed ${counted.sources} places in the input, ${counted.clauses} clauses, ${counted.rules} rules, ${counted.citations} citations`);
t.check(counted.sources > 0 && counted.clauses > 0 && counted.rules > 0 && counted.citations > 0, 'nothing to follow');
t.end();
