#!/usr/bin/env node
// random.mjs -- random expressions of ELM have the same value in two engines: ours and npm cql-execution.
// SPDX-License-Identifier: Apache-2.0
//
//   node test/differential/random.mjs [--program FILE] [--seed N] [--from N] [--seconds S | --count N] [--coverage] [--elm] [--each N] [--explained FILE]
//
// random_elm.mjs makes expressions; each is evaluated by `nextline cql run` and by the other engine. Where the values differ, the
// innermost expression whose parts agree is looked for, its parts become literals, lists lose what is not needed: what is left is an
// operator over values. peer.mjs lists where the other engine is known to be at fault, by operator and operands, each with the section
// of the specification; what no row there explains is a failure, printed with the seed, the ELM and both values. An expression that a
// row explains is not given up: our value takes the place of what was found, and the rest is compared again.
process.env.TZ = 'UTC';   // a DateTime without an offset is of the offset of the evaluation request, which is +00:00 here
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bySpecification } from './intervals.mjs';
import { absent, converted, lacks, rules } from './peer.mjs';
import { Generator, isList, library, literalOf, operators, typeOf } from './random_elm.mjs';
import { canonical, same } from './values.mjs';

const require = createRequire(import.meta.url);
const print = console.log.bind(console);
console.log = console.warn = console.info = console.error = () => {};   // the other engine talks while it works
let cql = null;
try { cql = require('cql-execution'); } catch {
  print('skipped: the npm package cql-execution is absent\n0 passed, 0 failed, 1 skipped');
  process.exit(0);
}

const argument = (name, otherwise) => { const i = process.argv.indexOf(`--${name}`); return i < 0 ? otherwise : process.argv[i + 1]; };
const program = resolve(argument('program', join(dirname(fileURLToPath(import.meta.url)), '../../build/nextline')));
const seed = Number(argument('seed', Math.floor(Math.random() * 2 ** 31)));
const count = Number(argument('count', Infinity)), seconds = Number(argument('seconds', count === Infinity ? 20 : Infinity));
const AS_OF = '2026-01-15T00:00:00.000+00:00', BATCH = 400, MOST_PRINTED = Number(argument('most', 40));
const explained = argument('explained', null);   // each difference that a rule explains goes there, to be read
const folder = mkdtempSync(join(tmpdir(), 'nextline-random-'));
const clock = cql.DateTime.parse(AS_OF), nobody = { currentPatient: async () => null, nextPatient: async () => null };

// ---- both engines ----

function ours(expressions) {
  const file = join(folder, 'suite.ndjson');
  writeFileSync(file, expressions.map((e, i) => JSON.stringify({ id: String(i), elm: library([['T', e]]) })).join('\n'));
  const r = spawnSync(program, ['cql', 'run', file, '--as-of', AS_OF], { maxBuffer: 1 << 28, encoding: 'utf8' });
  const lines = r.stdout.trim().split('\n').map((l) => JSON.parse(l));
  if (lines.length !== expressions.length) { throw new Error(`our engine answers ${lines.length} of ${expressions.length}: ${r.signal ?? ''} ${r.stderr}`); }
  return lines.map((l) => (l.error === undefined ? { value: l.value } : { error: l.error }));
}
async function theirs(e) {
  try {
    const lib = new cql.Library(library([['T', e]]));
    const results = await new cql.Executor(lib).exec(nobody, clock);
    return { value: canonical(results.unfilteredResults.T) };
  } catch (error) { return { error: String(error.cause?.message ?? error.message).split('\n')[0] }; }
}
async function ask(expressions) {
  const a = expressions.length ? ours(expressions) : [];
  const b = [];
  for (const e of expressions) { b.push(await theirs(e)); }
  return expressions.map((e, i) => ({ e, ours: a[i], theirs: b[i] }));
}
// A Decimal is rounded to eight digits in ours, and a double has sixteen digits.
const near = (x, y) => Math.abs(x - y) <= 0.6e-8 + Math.abs(y) * 2 ** -50;
const agree = (x) => (x.ours.error === undefined && x.theirs.error === undefined ? same(x.ours.value, x.theirs.value, near) : x.ours.error !== undefined && x.theirs.error !== undefined && !/^library /.test(x.ours.error));
const exactly = (x) => same(x.ours.value, x.theirs.value, (a, b) => a === b);

// ---- parts of an expression ----

// A value as an expression; null where there is none, or none that can be asked again and again: an Expand may have a million pieces.
const literal = (v, type) => (JSON.stringify(v ?? null).length > 50000 ? null : literalOf(v, type));

const isNode = (x) => x !== null && typeof x === 'object' && !Array.isArray(x) && typeof x.type === 'string' && (x.resultTypeName || x.resultTypeSpecifier);
// The expressions right under e, each with a way to put another in its place.
function parts(e) {
  const found = [];
  const walk = (x) => {
    for (const [k, v] of Object.entries(x)) {
      if (v === null || typeof v !== 'object' || /Specifier$|^signature$/.test(k)) { continue; }
      if (isNode(v) && v.type !== 'ByColumn') { found.push({ node: v, put: (y) => { x[k] = y; } }); } else { walk(v); }
    }
  };
  walk(e);
  return found;
}
function names(e, used = new Set(), made = new Set()) {
  if (Array.isArray(e)) { e.forEach((x) => names(x, used, made)); } else if (e !== null && typeof e === 'object') {
    if (/^(AliasRef|QueryLetRef|IdentifierRef)$/.test(e.type)) { used.add(e.name); }
    if (e.alias) { made.add(e.alias); }
    if (e.identifier) { made.add(e.identifier); }
    if (e.type === 'ByExpression') { made.add(e.expression.name); }
    Object.values(e).forEach((x) => names(x, used, made));
  }
  return { used, made };
}
const closed = (e) => { const { used, made } = names(e); return [...used].every((n) => made.has(n)); };
const copy = (e) => JSON.parse(JSON.stringify(e));
const isLiteral = (e) => closed(e) && /^(Literal|Quantity|Ratio|Code|Concept|Date|DateTime|Time|Null|MinValue|MaxValue)$/.test(e.type) || (e.type === 'As' && e.operand.type === 'Null');
const isConstant = (e) => isLiteral(e) || (/^(List|Interval|Tuple)$/.test(e.type) && parts(e).every((p) => isConstant(p.node)));

function replaceNames(e, values) {
  if (Array.isArray(e)) { return e.map((x) => replaceNames(x, values)); }
  if (e === null || typeof e !== 'object') { return e; }
  if (/^(AliasRef|QueryLetRef)$/.test(e.type) && values.has(e.name)) { return values.get(e.name); }
  return Object.fromEntries(Object.entries(e).map(([k, v]) => [k, replaceNames(v, values)]));
}
const elementType = (t) => (isList(t) ? t.slice(5, -1) : t);
// What a query evaluates for its rows, as expressions on their own: names replaced by the values they have.
function ofRows(e, values) {
  const rows = [new Map()], made = [];
  let all = rows;
  const each = (source, value) => {
    const t = typeOf(source.expression), items = isList(t) ? value ?? [] : value === null ? [] : [value];
    return all.flatMap((row) => items.slice(0, 6).map((v) => new Map(row).set(source.alias, literal(v, elementType(t))))).slice(0, 24);
  };
  e.source.forEach((s) => { all = each(s, values.get(s.expression)); });
  if (all.some((row) => [...row.values()].includes(null))) { return []; }
  for (const row of all) {
    for (const l of e.let ?? []) { const x = replaceNames(l.expression, row); made.push(x); row.set(l.identifier, settled(x)); }
    for (const r of e.relationship ?? []) {
      for (const v of (values.get(r.expression) ?? []).slice(0, 6)) {
        const other = literal(v, elementType(typeOf(r.expression)));
        if (other) { made.push(replaceNames(r.suchThat, new Map(row).set(r.alias, other))); }
      }
    }
    if (e.where) { made.push(replaceNames(e.where, row)); }
    if (e.return) { made.push(replaceNames(e.return.expression, row)); }
  }
  if (e.aggregate) {
    let total = e.aggregate.starting;
    for (const row of all.slice(0, 6)) {
      total = replaceNames(e.aggregate.expression, new Map(row).set(e.aggregate.identifier, settled(total)));
      made.push(total);
    }
  }
  return made.filter((x) => closed(x) && JSON.stringify(x).length < 30000);
}
// The literal of what it is worth in ours, where there is one.
function settled(e) {
  const v = closed(e) && !isConstant(e) ? own(e) : undefined;
  return (v === undefined ? null : literal(v, typeOf(e))) ?? e;
}

// ---- looking for the cause ----

// The innermost expression under x.e that differs though its parts agree; put: sets another in its place, when that can be.
async function innermost(x, put) {
  const under = parts(x.e).filter((p) => closed(p.node) && !isConstant(p.node)), answers = await ask(under.map((p) => p.node));
  const at = answers.findIndex((a) => !agree(a));
  if (at >= 0) { return innermost(answers[at], under[at].put); }
  if (x.e.type === 'Query') {
    const known = parts(x.e).filter((p) => closed(p.node)), values = new Map((await ask(known.map((p) => p.node))).map((a, i) => [known[i].node, a.ours.value ?? null]));
    const inner = (await ask(ofRows(x.e, values))).find((a) => !agree(a));
    if (inner) { return innermost(inner, null); }
  }
  return { x, put, under, answers };
}
// Literals in place of parts, as long as the difference stays.
async function smallest({ x, put, under, answers }) {
  const e = copy(x.e), at = parts(e).filter((p) => closed(p.node) && !isConstant(p.node));
  let now = x, changed = 0;
  for (let i = 0; i < at.length; i++) {
    const l = answers[i].ours.error === undefined ? literal(answers[i].ours.value, typeOf(at[i].node)) : null;
    if (!l) { continue; }
    at[i].put(l);
    changed++;
  }
  if (changed) {
    const [after] = await ask([e]);
    if (agree(after)) { return { x, put, carried: answers.some((a) => !exactly(a)), under }; }
    now = after;
  }
  for (let again = true, rounds = 0; again && rounds < 8; rounds++) {
    const less = [], most = Math.ceil(4e6 / JSON.stringify(now.e).length);   // a list of thousands is not copied thousands of times
    const walk = (root, node, path) => {
      if (node.type === 'List' && node.element.length > 1) { node.element.slice(0, Math.max(0, most - less.length)).forEach((_, i) => { const c = copy(root); let n = c; for (const k of path) { n = n[k]; } n.element.splice(i, 1); less.push(c); }); }
      for (const [k, v] of Object.entries(node)) { if (v !== null && typeof v === 'object' && k !== 'resultTypeSpecifier' && k !== 'signature') { walk(root, v, [...path, k]); } }
    };
    walk(now.e, now.e, []);
    const found = (await ask(less)).find((a) => !agree(a) && (a.ours.error === undefined) === (now.ours.error === undefined));
    again = Boolean(found);
    now = found ?? now;
  }
  const deeper = now === x ? { x } : await innermost(now, null);   // fewer elements may have moved the cause further in
  return deeper.x.e === now.e ? { x: now, put, carried: false } : smallest(deeper);
}
async function judge(x) {
  const cause = await smallest(await innermost(x, null));
  const { x: small } = cause;
  const values = (await ask(parts(small.e).map((p) => p.node).filter(closed))).map((a) => (a.ours.error === undefined ? a.ours.value : { error: true }));
  const about = { e: small.e, op: small.e.type, type: typeOf(small.e), types: parts(small.e).map((p) => typeOf(p.node)), values, ours: small.ours, theirs: small.theirs };
  const right = bySpecification(about, ([n, unit], to) => own(converted(n, unit, to))?.Quantity);
  if (right === false) { return { about, rule: undefined, put: cause.put }; }   // whatever the other engine says
  let rule = cause.carried ? carried : right ? workedOut : undefined;
  for (const r of rules) {
    if (rule || !r.operators.test(about.op)) { continue; }
    try { if (await r.when(about, own)) { rule = r; } } catch (error) { throw new Error(`rule "${r.id}" of ${text(about.e)}: ${error.message}`); }
  }
  return { about, rule, put: cause.put };
}
// What our engine says of an expression.
const own = (e) => { const [a] = ours([e]); return a.error === undefined ? a.value : undefined; };
const carried = { id: 'digits carried', used: 0 }, workedOut = { id: 'worked out from the specification (intervals.mjs)', used: 0 };

// ---- running ----

// ELM as one line that can be read: CQL in shape.
function text(e) {
  if (e === null || typeof e !== 'object') { return String(e); }
  if (Array.isArray(e)) { return e.map(text).join(', '); }
  const q = (x) => `${x.value} '${x.unit}'`;
  switch (e.type) {
    case 'Literal': return e.valueType.endsWith('String') ? `'${e.value}'` : e.valueType.endsWith('Decimal') ? `${e.value}d` : e.value;
    case 'Quantity': return q(e);
    case 'Ratio': return `${q(e.numerator)}:${q(e.denominator)}`;
    case 'Date': case 'DateTime': case 'Time': return `@${e.type === 'Time' ? 'T' : ''}${DATE_FIELDS.filter((f) => e[f]).map((f) => text(e[f])).join(e.type === 'Date' ? '-' : ' ')}${e.type === 'DateTime' ? `T${e.timezoneOffset ? ` ${text(e.timezoneOffset)}` : ''}` : ''}`;
    case 'Interval': return `Interval${e.lowClosed ? '[' : '('}${text(e.low)}, ${text(e.high)}${e.highClosed ? ']' : ')'}`;
    case 'List': return `{${text(e.element)}}`;
    case 'As': return e.operand.type === 'Null' ? `null as ${typeOf(e)}` : `(${text(e.operand)} ${e.strict ? 'cast' : 'as'} ${typeOf(e)})`;
    case 'AliasRef': case 'QueryLetRef': case 'IdentifierRef': case 'CodeRef': case 'ConceptRef': return e.name;
    case 'Code': return `Code '${e.code}' from ${e.system.name}${e.display ? ` '${e.display}'` : ''}`;
    case 'Concept': return `Concept{${e.code.map((c) => c.code)}}`;
    case 'Tuple': case 'Instance': return `${e.type === 'Tuple' ? '' : e.classType.replace(/.*}/, '')}{${e.element.map((m) => `${m.name}: ${text(m.value)}`).join(', ')}}`;
    case 'Property': return `${text(e.source)}.${e.path}`;
    case 'MinValue': case 'MaxValue': return `${e.type} ${e.valueType.replace(/.*}/, '')}`;
    case 'Is': return `${text(e.operand)} is ${e.isTypeSpecifier.name?.replace(/.*}/, '') ?? JSON.stringify(e.isTypeSpecifier)}`;
    case 'Query': return `(from ${e.source.map((x) => `(${text(x.expression)}) ${x.alias}`)}${(e.let ?? []).map((l) => ` let ${l.identifier}: ${text(l.expression)}`).join('')}${(e.relationship ?? []).map((r) => ` ${r.type.toLowerCase()} (${text(r.expression)}) ${r.alias} such that ${text(r.suchThat)}`).join('')}${e.where ? ` where ${text(e.where)}` : ''}${e.return ? ` return ${e.return.distinct ? 'distinct' : 'all'} ${text(e.return.expression)}` : ''}${e.aggregate ? ` aggregate ${e.aggregate.distinct ? 'distinct ' : ''}${e.aggregate.identifier} starting ${text(e.aggregate.starting)}: ${text(e.aggregate.expression)}` : ''}${e.sort ? ` sort ${e.sort.by.map((b) => `${b.type} ${b.path ?? (b.expression ? text(b.expression) : '')} ${b.direction}`)}` : ''})`;
    default: return `${e.type}${e.precision ? `.${e.precision.type ? text(e.precision) : e.precision}` : ''}(${Object.entries(e).filter(([k, v]) => v !== null && typeof v === 'object' && !/^(resultType|signature|precision)|Specifier$/.test(k)).map(([, v]) => text(v)).join(', ')})`;
  }
}
const DATE_FIELDS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond'];
const bare = (e) => JSON.stringify(e, (k, v) => (/^(resultType|signature$)/.test(k) ? undefined : v)).replaceAll('{urn:hl7-org:elm-types:r1}', '');
const show = (a) => JSON.stringify(a.error === undefined ? a.value : { error: a.error });
let expressions = 0, values = 0, nulls = 0, errors = 0, differing = 0, printed = 0;
const failures = new Map();
function report(about, number) {
  const key = `${about.op} (${about.types.join(', ')})`;
  failures.set(key, (failures.get(key) ?? 0) + 1);
  if (failures.get(key) <= Number(argument('each', 2)) && printed++ < MOST_PRINTED) {
    print(`FAILED ${key}, seed ${seed}, expression ${number}\n    ${text(about.e)}${process.argv.includes('--elm') ? `\n    ${bare(about.e)}` : ''}\n    ours   ${show(about.ours)}\n    theirs ${show(about.theirs)}`);
  }
}
async function compare(x, number) {
  for (let rounds = 0; rounds < 6 && !agree(x); rounds++) {
    differing += rounds === 0;
    const root = { e: copy(x.e), ours: x.ours, theirs: x.theirs };
    const { about, rule, put } = await judge(root);
    if (!rule) { report(about, number); return; }
    rule.used = (rule.used ?? 0) + 1;
    if (explained) { appendFileSync(explained, `${rule.id}\n    ${text(about.e)}\n    ours   ${show(about.ours)}\n    theirs ${show(about.theirs)}\n`); }
    const instead = put && about.ours.error === undefined ? literal(about.ours.value, about.type) : null;
    if (!instead) { return; }
    put(instead);
    [x] = await ask([root.e]);
  }
}

// A row of lacks.csv that no longer holds is a failure.
const nodes = require('cql-execution/lib/elm/expressions');
for (const { operator } of lacks) {
  const made = nodes[operator];
  if (typeof made === 'function' && !nodes.UnimplementedExpression.prototype.isPrototypeOf(made.prototype)) { failures.set(`lacks.csv: the other engine has ${operator}`, 1); }
}
const generator = new Generator(seed, absent);
for (; expressions < Number(argument('from', 0)); expressions++) { generator.expression(); }   // what comes before is drawn and not asked
const begin = Date.now();
try {
  while (expressions < count && Date.now() - begin < seconds * 1000) {
    const batch = Array.from({ length: Math.min(BATCH, count - expressions) }, () => generator.expression());
    for (const [i, x] of (await ask(batch)).entries()) {
      values++;
      nulls += x.ours.value === null;
      errors += x.ours.error !== undefined;
      try { await compare(x, expressions + i); } catch (error) { print(`FAILED seed ${seed}, expression ${expressions + i}: ${error.stack.slice(0, 2000)}`); failures.set(`not judged: ${error.message.slice(0, 80)}`, 1); }
    }
    expressions += batch.length;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const took = ((Date.now() - begin) / 1000).toFixed(0);
const drawn = operators.map((n) => [n, generator.drawn.get(n) ?? 0]).filter(([n]) => !absent.has(n)).sort((x, y) => x[1] - y[1]);
if (process.argv.includes('--coverage')) { print(drawn.map(([n, c]) => `${n} ${c}`).join(', ')); }
for (const r of [...rules, carried, workedOut].filter((x) => x.used)) { print(`note: ${String(r.used).padStart(6)} explained: ${r.id}`); }
if (expressions > 20000) { for (const r of rules.filter((x) => !x.used)) { print(`note: never applied: ${r.id}`); } }
for (const [k, n] of [...failures].sort((x, y) => y[1] - x[1])) { print(`unexplained ${n} times: ${k}`); }
const failed = [...failures.values()].reduce((x, y) => x + y, 0);
print(`seed ${seed}, ${took} s, ${expressions} expressions (${nulls} null, ${errors} errors in ours), ${differing} differ; least drawn: ${drawn.filter(([, c]) => c > 0).slice(0, 3).map(([n, c]) => `${n} ${c}`).join(', ')}; never: ${drawn.filter(([, c]) => c === 0).map(([n]) => n).join(', ')}`);
print(`${expressions - failed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);
