#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Lines of therapy against drawn histories: is what the program reads from a record what really happened?
// A person counts as right only when number, drugs and setting of every line are. Prints accuracy by recording style and by trap.
// At least 95 of 100 have to be right; a run of few histories cannot tell 95 from 92 and may ask for less.
// usage: run.mjs [--histories N] [--seed TEXT] [--metamorphic N] [--show N] [--least PERCENT] [--keep DIR] [--history NAME] [--program FILE] [--pack FILE]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Tally, callLater, inParallel, root } from '../golden/program.mjs';
import { beside, iso } from './drugs.mjs';
import { noiseOf } from './noise.mjs';
import { render } from './render.mjs';
import { drawHistory, readings, styles } from './truth.mjs';

const o = { program: join(root, 'build/nextline'), pack: join(root, 'build/nextline.pack'),
  histories: 1000, seed: 'line', metamorphic: 40, show: 5, least: 95, keep: null, history: null };
for (let i = 2; i < process.argv.length; i += 2) {
  const k = process.argv[i].replace(/^--/, ''), v = process.argv[i + 1];
  if (!(k in o) || v === undefined) { console.error(`unknown switch ${process.argv[i]}`); process.exit(2); }
  o[k] = typeof o[k] === 'number' ? Number(v) : k === 'seed' || k === 'history' ? v : resolve(v);
}

// Every trap that must not be rare; the others are shown.
const traps = ['dose-change', 'diagnostic-hold', 'toxicity-hold', 'route-change', 'biosimilar', 'nab-swap', 'platinum-swap', 'ai-swap',
  'cdk-swap', 'ofs-change', 'bone-agent', 'g-csf', 'drop-one', 'her2-maintenance', 'chemo-maintenance',
  'local-radiotherapy', 'local-surgery', 'oligoprogression', 'late-partner', 'restart-no-pd',
  'restart-long-no-pd', 'restart-pd', 'esr1-switch', 'early-relapse', 'same-as-adjuvant', 'crisis-chemo', 'tox-new-mechanism', 'depot', 'bridging',
  'staggered-start', 'before-index', 'carried-over'];

const wordsOf = (lines) => lines.map((l) => l.join('+')).join(' > ');
const plain = (drugs) => [...new Set(drugs)].filter((d) => !beside.has(d)).sort();

// What the program says: the metastatic lines in order, and the drugs of each earlier setting.
function shapeOf(lines) {
  const metastatic = lines.filter((l) => l.setting === 'metastatic').sort((a, b) => a.number - b.number);
  const numbered = metastatic.every((l, i) => l.number === i + 1);
  const early = (s) => plain(lines.filter((l) => l.setting === s).flatMap((l) => l.drugs));
  const other = [...new Set(lines.map((l) => l.setting))].filter((s) => !['metastatic', 'adjuvant', 'neoadjuvant'].includes(s));
  return { metastatic: metastatic.map((l) => plain(l.drugs)), numbered, neoadjuvant: early('neoadjuvant'), adjuvant: early('adjuvant'), other };
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
// A drug begun before surgery and given on after it is one planned course: it may stand with the neoadjuvant treatment alone, or with both.
const adjuvantRight = (h, shape) => {
  const through = h.curative.adjuvant.filter((d) => h.curative.neoadjuvant.includes(d));
  return same(shape.adjuvant, h.curative.adjuvant) || same(shape.adjuvant, h.curative.adjuvant.filter((d) => !through.includes(d)));
};
const agrees = (h, style, shape) => shape.numbered && shape.other.length === 0 && same(shape.neoadjuvant, h.curative.neoadjuvant) && adjuvantRight(h, shape)
  && readings(h, style).some((r) => same(r, shape.metastatic));

async function chartOf(bundle, asOf) {
  const r = await callLater(o, ['chart', '-', '--pack', o.pack, '--as-of', asOf, '--format', 'json'], JSON.stringify(bundle));
  if (r.code !== 0) { return { error: `exit ${r.code ?? r.signal}: ${r.err.trim().split('\n')[0]}` }; }
  return JSON.parse(r.out);
}

// The reading the program stands on, and the others it keeps.
function shapesOf(chart) {
  const main = shapeOf(chart.lines ?? []);
  return [main, ...(chart.readings ?? []).map((r) => shapeOf(r.lines ?? r))];
}

// Of lines that are right: is the reason they ended, and a maintenance phase, as it was? Shown, not asked for: not every style records it.
function detailOf(h, lines) {
  const metastatic = lines.filter((l) => l.setting === 'metastatic').sort((a, b) => a.number - b.number);
  if (metastatic.length !== h.lines.length) { return []; }
  return h.lines.flatMap((l, i) => {
    const reason = { progression: 'progression', toxicity: 'toxicity', holiday: 'completed' }[l.ending];
    const maintained = (metastatic[i].phases ?? []).some((p) => p.phase === 'maintenance');
    return [...(l.items.every((x) => x.to !== null) ? [['stop reason', metastatic[i].stop_reason === reason]] : []),
      ...(l.phases.length ? [['maintenance phase', maintained]] : [])];
  });
}

async function score(histories, noisy) {
  const cases = histories.flatMap((h) => styles.map((style) => ({ h, style })));
  return inParallel(cases, 2, async ({ h, style }) => {
    const { bundle, faults } = render(h, style, { noise: noisy ? noiseOf(h.seed) : null });
    const chart = await chartOf(bundle, iso(h.asOf));
    if (chart.error) { return { h, style, faults, error: chart.error, right: false, kept: false }; }
    const shapes = shapesOf(chart);
    const right = agrees(h, style, shapes[0]);
    if (!right && o.keep) {
      mkdirSync(o.keep, { recursive: true });
      writeFileSync(join(o.keep, `${h.seed}-${style}${noisy ? '-noise' : ''}.json`), JSON.stringify(bundle, null, 1));
    }
    return { h, style, faults, shape: shapes[0], right, detail: right ? detailOf(h, chart.lines) : [], kept: shapes.some((s) => agrees(h, style, s)), readings: shapes.length };
  });
}

const percent = (n, of) => (of === 0 ? '   -  ' : `${(100 * n / of).toFixed(1).padStart(5)}%`);
const share = (list, test) => percent(list.filter(test).length, list.length);

function explain(x) {
  const { h, style } = x;
  const faults = x.faults.length ? `; faults: ${x.faults.join(', ')}` : '';
  console.log(`  ${h.seed} ${style}, ${h.subtype}, metastatic ${iso(h.met)}, as of ${iso(h.asOf)}, traps ${h.trapNames.join(' ')}${faults}`);
  if (x.error) { console.log(`    ${x.error}`); return; }
  for (const s of ['neoadjuvant', 'adjuvant'].filter((k) => !same(x.shape[k], h.curative[k]))) {
    console.log(`    ${s}: expected ${h.curative[s].join('+') || 'nothing'}, got ${x.shape[s].join('+') || 'nothing'}`);
  }
  console.log(`    expected ${readings(h, style).map(wordsOf).join('   or   ')}`);
  const odd = `${x.shape.numbered ? '' : ' (numbers not 1, 2, 3...)'}${x.shape.other.map((s) => `, setting ${s}`).join('')}`;
  console.log(`    got      ${wordsOf(x.shape.metastatic)}${odd}`);
}

// Histories with the fewest traps and lines say most about what went wrong.
const simplest = (a, b) => a.h.trapNames.length - b.h.trapNames.length || a.h.lines.length - b.h.lines.length;

// key: 'right', the reading the program stands on; 'kept', any of those it keeps.
function report(title, results, key) {
  console.log(`\n${title}`);
  const row = (name, of) => {
    const more = key === 'kept' ? `  (${share(of, (x) => x.right)}), ${(of.reduce((n, x) => n + (x.readings ?? 0), 0) / of.length).toFixed(2)} readings` : '';
    console.log(`  ${name.padEnd(16)} ${share(of, (x) => x[key])}${more}`);
  };
  for (const s of styles) { row(s, results.filter((x) => x.style === s)); }
  row('all', results);
  for (const what of key === 'right' ? ['stop reason', 'maintenance phase'] : []) {
    const of = (style) => results.filter((x) => x.style === style).flatMap((x) => x.detail).filter((d) => d[0] === what);
    console.log(`  of lines that are right, ${what.padEnd(18)} ${styles.map((s) => `${s} ${share(of(s), (d) => d[1])}`).join('  ')}`);
  }
  console.log('\n  with this trap, worst first');
  const names = [...new Set(results.flatMap((x) => x.h.trapNames))].map((name) => ({ name, of: results.filter((x) => x.h.trapNames.includes(name)) }));
  const wrong = (x) => x.of.filter((y) => !y[key]).length / x.of.length;
  for (const t of names.sort((a, b) => wrong(b) - wrong(a))) {
    const by = styles.map((s) => `${s} ${share(t.of.filter((x) => x.style === s), (x) => x[key])}`).join('  ');
    const worst = t.of.filter((x) => !x[key]).sort(simplest).slice(0, 5).map((x) => `${x.h.seed} ${x.style}`).join(', ');
    console.log(`    ${t.name.padEnd(20)} ${share(t.of, (x) => x[key])} of ${String(t.of.length).padEnd(5)} ${by}${worst ? `\n${' '.repeat(27)}${worst}` : ''}`);
  }
  for (const f of [...new Set(results.flatMap((x) => x.faults))].sort()) {
    const of = results.filter((x) => x.faults.includes(f));
    console.log(`    fault: ${f.padEnd(20)} ${share(of, (x) => x[key])} of ${of.length}`);
  }
  const bad = results.filter((x) => !x[key]).sort(simplest);
  if (bad.length) { console.log(`\n  examples of ${bad.length} wrong`); }
  for (const x of bad.slice(0, o.show)) { explain(x); }
}

const linesOnly = (chart, shift = 0) => JSON.stringify([(chart.lines ?? []).map((l) => [l.number, l.setting, plain(l.drugs), moved(l.start, shift),
  moved(l.end, shift), l.stop_reason, l.response, l.rule, l.confidence]), shapesOf(chart).map((s) => wordsOf(s.metastatic))]);
const moved = (date, days) => (typeof date === 'string' && date.length === 10 ? iso(Math.round(Date.parse(`${date}T00:00:00Z`) / 86400000) - days) : date);

// The first day a resource speaks of; none for the patient.
const begins = (r) => r.effectivePeriod?.start ?? r.effectiveDateTime ?? r.authoredOn ?? r.whenHandedOver ?? r.performedPeriod?.start ?? r.performedDateTime
  ?? r.onsetDateTime ?? r.period?.start ?? null;
// What ended later had no end that day, and no reason.
function asKnown(r, then) {
  const period = r.effectivePeriod ?? r.dosageInstruction?.[0].timing?.repeat.boundsPeriod ?? r.performedPeriod;
  if (!(period?.end > then)) { return r; }
  const known = structuredClone(r);
  delete (known.effectivePeriod ?? known.dosageInstruction?.[0].timing?.repeat.boundsPeriod ?? known.performedPeriod).end;
  delete known.statusReason;
  known.status = r.resourceType === 'Procedure' ? 'in-progress' : 'active';
  return known;
}
const shifted = (tree, days) => JSON.parse(JSON.stringify(tree).replace(/"(\d{4}-\d{2}-\d{2})"/g, (_, d) => `"${moved(d, -days)}"`));

async function metamorphic(tally, histories) {
  await inParallel(histories.flatMap((h) => styles.map((style) => ({ h, style }))), 2, async ({ h, style }) => {
    const { bundle } = render(h, style, { names: 'generic' });
    const asOf = iso(h.asOf);
    const as = async (b, day = asOf, shift = 0) => linesOnly(await chartOf(b, day), shift);
    const base = await as(bundle);
    const check = (what, other) => tally.check(other === base, `${h.seed} ${style}: ${what} changes the lines\n  ${base}\n  ${other}`);
    check('another order of the resources', await as({ ...bundle, entry: [...bundle.entry].reverse() }));
    check('irrelevant resources', await as(render(h, style, { names: 'generic', more: 25 }).bundle));
    check('brand for generic names', await as(render(h, style, { names: 'brand' }).bundle));
    for (const days of [-1461, 37]) { check(`a shift by ${days} days`, await as(shifted(bundle, days), moved(asOf, -days), days)); }
    // What was so on an earlier day stays so, whatever is recorded later.
    const then = iso(Math.round(h.met + 40 + (h.asOf - h.met - 40) * 0.6));
    const begun = bundle.entry.map((e) => e.resource).filter((r) => (begins(r) ?? then) <= then);
    const known = { ...bundle, entry: begun.map((r) => ({ resource: asKnown(r, then) })) };
    const before = await as(known, then), after = await as(bundle, then);
    tally.check(before === after, `${h.seed} ${style}: what is dated after ${then} changes the lines of that day\n  ${before}\n  ${after}`);
  });
}

// All of one history: what happened, and what is made of it in each style.
if (o.history) {
  const h = drawHistory(o.history);
  console.log(`${h.seed} ${h.subtype}, relapse ${h.relapse}, diagnosis ${iso(h.diagnosis)}, metastatic ${iso(h.met)}, as of ${iso(h.asOf)}`);
  console.log(`traps ${h.trapNames.join(' ')}`);
  const words = (x) => `${x.setting} ${x.line ?? ''} ${x.drug} to ${x.to == null ? 'today' : iso(x.to)} ${[x.why, x.dose, x.form, x.product].filter(Boolean).join(', ')}`;
  const told = [...h.courses.map((x) => [x.from, words(x)]), ...h.statuses.map((s) => [s.date, `    ${s.value}`]),
    ...h.procedures.map((p) => [p.date, `    ${p.kind} ${p.site ?? ''}`]), ...h.tests.map((t) => [t.date, `    ${t.gene} found`])];
  for (const [t, what] of told.sort((a, b) => a[0] - b[0])) { console.log(`  ${iso(t)} ${what}`); }
  o.keep ??= '/tmp';
  for (const x of [...await score([h], false), ...await score([h], true)]) { console.log(x.right ? 'right' : x.kept ? 'kept' : 'wrong'); explain(x); }
  process.exit(0);
}

const tally = new Tally();
const histories = Array.from({ length: o.histories }, (_, i) => drawHistory(`${o.seed}-${i}`));
console.log(`${o.histories} histories in ${styles.length} styles; how often each trap occurs`);
const often = (name) => histories.filter((h) => h.trapNames.includes(name)).length;
for (const name of traps) { console.log(`  ${name.padEnd(20)} ${percent(often(name), histories.length)}`); }
for (const name of o.histories >= 500 ? traps : []) {
  tally.check(often(name) >= 0.05 * histories.length, `the trap ${name} occurs in fewer than 5 of 100 histories`);
}

const clean = await score(histories, false);
report('Without noise: the reading the program stands on', clean, 'right');
const noisy = await score(histories, true);
report('With noise: the truth is among the readings kept (main reading alone), readings a person', noisy, 'kept');
console.log('');
for (const s of styles) {
  const of = clean.filter((x) => x.style === s), right = of.filter((x) => x.right).length;
  tally.check(right >= o.least / 100 * of.length, `${s}: ${percent(right, of.length)} of histories right without noise, at least ${o.least}% wanted`);
}
const kept = noisy.filter((x) => x.kept).length;
tally.check(kept >= o.least / 100 * noisy.length, `with noise the truth is among the readings kept in ${percent(kept, noisy.length)}, at least ${o.least}% wanted`);
await metamorphic(tally, histories.slice(0, o.metamorphic));
tally.end();
