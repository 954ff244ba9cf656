#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What comes from outside. Bad input: the documented exit code, one message that says where, nothing on standard output, no
// sanitizer report. Good input in every shape: a plan. The public bundles of four producers are read if they are there.
// usage: run.mjs [--program FILE] [--pack FILE] [--data FOLDER of public bundles]
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { Tally, call, options, root } from '../golden/program.mjs';
import { Chart } from '../cohort/fhir.mjs';

const o = options();
const t = new Tally();
const folder = mkdtempSync(join(tmpdir(), 'nextline-input-'));
const put = (name, bytes) => { const file = join(folder, name); writeFileSync(file, bytes); return file; };
const QUESTION = ['--as-of', '2026-11-21', '--jurisdiction', 'us'];

function person(id) {
  const c = new Chart(id, { born: '1958-02-03' });
  c.breastCancer('2026-01-02');
  c.metastasis('bone', '2026-02-03');
  c.receptor('er', 'positive', '2026-01-10');
  c.her2({ score: '1+', date: '2026-01-10' });
  return c;
}

// ---- bad ----

function refused(what, args, code, pattern, { input, pack = o.pack } = {}) {
  const started = process.hrtime.bigint();
  const r = call(o, [...args, ...(pack ? ['--pack', pack] : [])], input);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  t.check(r.code === code, `${what}: exit ${r.code ?? r.signal}, expected ${code}: ${r.err.trim().slice(0, 300)}`);
  t.check(r.out === '', `${what}: something on standard output: ${r.out.slice(0, 80)}`);
  t.check(new RegExp(pattern, 'i').test(r.err), `${what}: the message lacks /${pattern}/: ${r.err.trim().slice(0, 300)}`);
  t.check(r.err.trim().split('\n').length <= 3, `${what}: ${r.err.trim().split('\n').length} lines of message: ${r.err.trim().slice(0, 400)}`);
  t.check(!/Sanitizer|runtime error|CHECK/.test(r.err), `${what}: ${r.err.slice(0, 600)}`);
  t.check(seconds < 60, `${what}: took ${seconds.toFixed(1)} s`);
}

const plan = (...files) => ['plan', ...files, ...QUESTION];
const good = person('p1');
const goodFile = put('good.json', JSON.stringify(good.bundle()));
const text = JSON.stringify(good.bundle(), null, 1);

refused('truncated JSON', plan(put('truncated.json', text.slice(0, 900))), 3, 'truncated\\.json(:\\d+)?(:\\d+)?: ');
refused('truncated JSON says line and column', plan(put('truncated2.json', text.slice(0, 900))), 3, 'truncated2\\.json:\\d+(:\\d+)?: ');
refused('a brace too many', plan(put('brace.json', `${text}}`)), 3, 'brace\\.json');
refused('10 MB of nested arrays', plan(put('nested.json', '['.repeat(10_000_000))), 5, 'nested\\.json.*(deep|depth|nest)|(deep|depth|nest)');
refused('10 MB of nested arrays, closed', plan(put('nested2.json', '['.repeat(5_000_000) + ']'.repeat(5_000_000))), 5, 'deep|depth|nest');
refused('nested objects', plan(put('nested3.json', '{"a":'.repeat(1_000_000) + '1' + '}'.repeat(1_000_000))), 5, 'deep|depth|nest');
refused('JSON that is not FHIR', plan(put('settings.json', '{"name": "settings", "values": [1, 2, 3]}')), 3, 'settings\\.json');
refused('a bare number', plan(put('number.json', '42')), 3, 'number\\.json');
refused('a bare null', plan(put('null.json', 'null')), 3, 'null\\.json');
refused('an array of numbers', plan(put('numbers.json', '[1, 2, 3]')), 3, 'numbers\\.json');
refused('no JSON at all', plan(put('letter.txt', 'Dear colleague,\nthank you for referring ...\n')), 3, 'letter\\.txt');
refused('an empty file', plan(put('empty.json', '')), 3, 'empty\\.json.*empty|empty');
refused('white space only', plan(put('white.json', ' \n\n\t ')), 3, 'white\\.json');
refused('bytes that are not UTF-8', plan(put('latin1.json', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]))), 3, 'latin1\\.json');
refused('a resource of another kind', plan(put('valueset.json', '{"resourceType": "ValueSet", "id": "x", "status": "active"}')), 3, 'patient');
refused('resourceType is a number', plan(put('type.json', '{"resourceType": 7}')), 3, 'type\\.json');
refused('an empty bundle', plan(put('bundle.json', '{"resourceType": "Bundle", "type": "collection"}')), 3, 'bundle\\.json.*(patient|no FHIR resource)');
refused('a record without its Patient', plan(put('orphan.json', JSON.stringify(good.resources.slice(1)))), 3, 'patient');
const two = { resourceType: 'Bundle', type: 'collection', entry: [...person('p1').bundle().entry, ...person('p2').bundle().entry] };
const twoFile = put('two.json', JSON.stringify(two));
refused('two patients', plan(twoFile), 3, '--patient');
refused('two patients: the message names them', plan(twoFile), 3, 'p1[\\s\\S]*p2');
refused('two patients in two files', plan(goodFile, put('other.json', JSON.stringify(person('p2').bundle()))), 3, '--patient');
refused('an unknown patient', [...plan(twoFile), '--patient', 'p3'], 3, 'p3');
refused('a file that is not there', plan(join(folder, 'nowhere.json')), 3, 'nowhere\\.json.*(no such|not found|cannot)');
refused('a folder', plan(folder), 3, 'nextline-input');
const gz = gzipSync(text);
refused('gzip cut short', plan(put('cut.json.gz', gz.subarray(0, gz.length >> 1))), 3, 'cut\\.json\\.gz');
refused('gzip with a flipped byte', plan(put('flip.json.gz', Buffer.from(gz.map((b, i) => (i === gz.length - 6 ? b ^ 0x55 : b))))), 3, 'flip\\.json\\.gz');
refused('gzip of nothing useful', plan(put('letter.gz', gzipSync('Dear colleague'))), 3, 'letter\\.gz');
refused('truncated JSON on standard input', plan('-'), 3, ':\\d+', { input: text.slice(0, 700) });

refused('a day that is none', ['plan', goodFile, '--as-of', '2026-02-30'], 2, 'as-of|2026-02-30');
refused('a day in words', ['plan', goodFile, '--as-of', 'yesterday'], 2, 'as-of|yesterday');
refused('a month for a day', ['plan', goodFile, '--as-of', '2026-02'], 2, 'as-of|2026-02');
refused('a place unknown to the pack', ['plan', goodFile, '--jurisdiction', 'mars'], 2, 'mars');
refused('--set without a value', [...plan(goodFile), '--set', 'ESR1'], 2, 'ESR1');
refused('--set of an unknown fact', [...plan(goodFile), '--set', 'NOSUCH=detected'], 2, 'NOSUCH');
refused('--set to a value it cannot have', [...plan(goodFile), '--set', 'ESR1=perhaps'], 2, 'perhaps|ESR1');
refused('--set of a quantity to a word', [...plan(goodFile), '--set', 'hba1c=high'], 2, 'hba1c|high');
refused('--set of nothing', [...plan(goodFile), '--set', ''], 2, 'FACT=VALUE');
refused('an unknown option', ['plan', goodFile, '--no-such-option'], 2, 'no-such-option');
refused('an unknown subcommand', ['plam', goodFile], 2, 'plam', { pack: null });
refused('no subcommand', [], 2, 'usage|help', { pack: null });
refused('no file', ['plan'], 2, 'file|usage');
refused('an unknown format', [...plan(goodFile), '--format', 'xml'], 2, 'xml');
refused('explain without an option id', ['explain', goodFile, ...QUESTION], 2, 'option|usage|file');
refused('explain of an option nobody knows', ['explain', goodFile, 'hr.nothing', ...QUESTION], 2, 'hr\\.nothing');

// ---- the pack ----

const pack = existsSync(o.pack) ? readFileSync(o.pack) : Buffer.alloc(0);
t.check(pack.length > 0, `no pack at ${o.pack}`);
refused('no pack there', plan(goodFile), 4, 'nowhere\\.pack', { pack: join(folder, 'nowhere.pack') });
refused('an empty pack', plan(goodFile), 4, 'empty\\.pack', { pack: put('empty.pack', '') });
refused('text for a pack', plan(goodFile), 4, 'letter\\.pack', { pack: put('letter.pack', 'Dear colleague'.repeat(100)) });
refused('half a pack', plan(goodFile), 4, 'half\\.pack', { pack: put('half.pack', pack.subarray(0, pack.length >> 1)) });
refused('a byte too many', plan(goodFile), 4, 'longer\\.pack', { pack: put('longer.pack', Buffer.concat([pack, Buffer.from([0])])) });
for (const share of [0, 0.0001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999, 1]) {
  const at = Math.min(pack.length - 1, Math.floor(share * pack.length));
  const flipped = Buffer.from(pack);
  if (flipped.length > 0) { flipped[at] ^= 0x01; }
  refused(`one bit flipped in byte ${at} of ${pack.length} of the pack`, plan(goodFile), 4, 'flipped\\.pack', { pack: put('flipped.pack', flipped) });
}

// ---- good, in every shape ----

function accepted(what, args, check = () => {}, { input } = {}) {
  const r = call(o, [...args, '--pack', o.pack, '--format', 'json'], input);
  if (!t.check(r.code === 0, `${what}: exit ${r.code ?? r.signal}: ${r.err.trim().slice(0, 300)}`)) { return undefined; }
  t.check(r.err === '', `${what}: standard error: ${r.err.slice(0, 200)}`);
  let p;
  try { p = JSON.parse(r.out); } catch (e) { t.check(false, `${what}: not JSON: ${e.message}`); return undefined; }
  check(p, (good, why) => t.check(good, `${what}: ${why}`));
  return p;
}

const lists = (p) => JSON.stringify([p.profile, p.line.next, p.options.map((x) => x.id), p.excluded.map((x) => x.id), p.undetermined.map((x) => x.id)]);
const first = accepted('one bundle', plan(goodFile), (p, ok) => ok(p.patient === 'p1' && p.profile.metastatic === true && p.profile.her2 === 'low', JSON.stringify(p.profile)));
const same = (p, ok) => ok(first && lists(p) === lists(first), `another plan than from the bundle: ${lists(p)}`);
accepted('standard input', plan('-'), same, { input: text });
accepted('standard input, gzip', plan('-'), same, { input: gz });
accepted('gzip', plan(put('good.json.gz', gz)), same);
accepted('gzip in two members', plan(put('members.json.gz', Buffer.concat([gzipSync(text.slice(0, 500)), gzipSync(text.slice(500))]))), same);
accepted('a byte order mark', plan(put('bom.json', `\ufeff${text}`)), same);
accepted('NDJSON of resources', plan(put('good.ndjson', good.ndjson())), same);
accepted('NDJSON with empty lines, CRLF and no last newline', plan(put('crlf.ndjson', good.ndjson().trim().split('\n').join('\r\n\r\n'))), same);
accepted('NDJSON of bundles', plan(put('bundles.ndjson', `${JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry: good.bundle().entry.slice(0, 3) })}\n${JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry: good.bundle().entry.slice(3) })}\n`)), same);
accepted('a bare array', plan(put('array.json', JSON.stringify(good.resources))), same);
accepted('several files, overlapping', plan(put('a.json', JSON.stringify(good.resources.slice(0, 4))), put('b.json', JSON.stringify(good.resources.slice(2)))), same);
accepted('the same file twice', plan(goodFile, goodFile), same);
for (const type of ['searchset', 'transaction', 'history', 'document', 'message']) { accepted(`a Bundle of type ${type}`, plan(put(`${type}.json`, JSON.stringify(good.bundle(type)))), same); }
accepted('no fullUrl', plan(put('nofullurl.json', JSON.stringify({ resourceType: 'Bundle', entry: good.resources.map((resource) => ({ resource })) }))), same);
accepted('one of two patients', [...plan(twoFile), '--patient', 'p2'], (p, ok) => ok(p.patient === 'p2', p.patient));
accepted('a broken line of NDJSON is left out and told, in an alert too', plan(put('broken.ndjson', good.ndjson().replace('"Condition"', '"Condition'))),
  (p, ok) => { ok(p.findings.some((f) => /line 2/i.test(f.text)), JSON.stringify(p.findings)); ok(p.alerts.some((a) => a.kind === 'data' && /line 2/i.test(a.text)), JSON.stringify(p.alerts.map((a) => a.code))); });
accepted('odd dates in the record are findings', plan(put('dates.json', JSON.stringify([...good.resources, { resourceType: 'Observation', id: 'odd', status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '89247-1' }] }, subject: { reference: 'Patient/p1' }, effectiveDateTime: '2026-13-45', valueInteger: 1 }]))),
  (p, ok) => ok(p.findings.length > 0, 'a thirteenth month and no finding'));
accepted('a patient and nothing else', plan(put('alone.json', '{"resourceType": "Patient", "id": "alone", "gender": "female"}')), (p, ok) => ok(p.profile.metastatic === null && p.options.length === 0 && p.newest_fact === null, JSON.stringify(p.profile)));
t.check(call(o, ['--version']).code === 0 && /^nextline \d/.test(call(o, ['--version']).out), '--version');
for (const sub of ['plan', 'explain', 'chart', 'course', 'pack']) { const r = call(o, [sub, '--help']); t.check(r.code === 0 && r.out.includes(sub), `${sub} --help: exit ${r.code}`); }
const fhir = call(o, ['chart', goodFile, ...QUESTION, '--format', 'fhir', '--pack', o.pack]);
t.check(fhir.code === 0 && (() => { try { const b = JSON.parse(fhir.out); return b.resourceType === 'Bundle' && b.entry.some((e) => e.resource.meta?.tag?.some((x) => x.code === 'derived')); } catch { return false; } })(), `chart --format fhir: exit ${fhir.code}: ${fhir.err}`);

// ---- public bundles of four producers ----

const data = o.data ?? join(root, '../shared/data/fhir');
const on = (name, day, place, check) => {
  const file = join(data, name);
  if (!existsSync(file)) { t.skip(`${name} is not at ${data}`); return; }
  accepted(`${name} on ${day}, ${place}`, ['plan', file, '--as-of', day, '--jurisdiction', place], check);
  for (const format of ['text', 'json', 'fhir']) {
    const r = call(o, ['chart', file, '--as-of', day, '--format', format, '--pack', o.pack]);
    t.check(r.code === 0 && r.out.length > 0, `chart of ${name} as ${format}: exit ${r.code ?? r.signal}: ${r.err.trim().slice(0, 200)}`);
  }
  for (const format of ['text', 'json']) {
    const r = call(o, ['course', file, '--as-of', day, '--format', format, '--pack', o.pack]);
    t.check(r.code === 0 && r.out.length > 0, `course of ${name} as ${format}: exit ${r.code ?? r.signal}: ${r.err.trim().slice(0, 200)}`);
  }
};
const offered = (p) => p.options.map((x) => x.id);
const listOf = (p, id) => (offered(p).includes(id) ? 'offered' : p.excluded.some((x) => x.id === id) ? 'excluded' : p.undetermined.some((x) => x.id === id) ? 'undetermined' : 'not listed');
const LATER = ['hr.elacestrant', 'hr.imlunestrant', 'hr.capivasertib-fulvestrant', 'hr.inavolisib-palbociclib-fulvestrant', 'hr.tdxd-her2-low-ultralow'];
const profile = (p, ok, want) => { for (const [k, v] of Object.entries(want)) { ok(p.profile[k] === v, `profile ${k} is ${p.profile[k]}, expected ${v}`); } };
const notMetastatic = (p, ok) => { ok(p.profile.metastatic === false, `metastatic is ${p.profile.metastatic}`); ok(p.options.length === 0 && p.line.next === null, `offered ${offered(p)}, next line ${p.line.next}`); };

on('mcode-stu1-mbc-patient01.json', '2019-07-01', 'us', (p, ok) => {
  profile(p, ok, { metastatic: true, subtype: 'HR+/HER2-', her2: 'negative', esr1: 'mutated', pik3ca: 'mutated' });
  for (const id of LATER) { ok(listOf(p, id) === 'excluded' && p.excluded.find((x) => x.id === id).reasons.some((r) => !r.medical), `${id} was not approved on that day, but is ${listOf(p, id)}`); }
  for (const id of ['hr.ribociclib-ai', 'hr.palbociclib-ai', 'hr.abemaciclib-ai']) { ok(listOf(p, id) !== 'offered', `${id} offered after fulvestrant with two CDK4/6 inhibitors`); }
  const drugs = new Set(p.line.history.flatMap((l) => l.drugs));
  for (const d of ['abemaciclib', 'ribociclib', 'fulvestrant']) { ok(drugs.has(d), `${d} is in no line: ${[...drugs]}`); }
  ok(p.line.history.every((l) => l.stop_reason === null), 'a reason for stopping that nobody recorded');
});
on('mcode-stu1-mbc-patient01.json', '2026-06-01', 'us', (p, ok) => {
  profile(p, ok, { metastatic: true, subtype: 'HR+/HER2-', her2: 'negative', esr1: 'mutated', pik3ca: 'mutated' });
  for (const id of ['hr.elacestrant', 'hr.imlunestrant', 'hr.capivasertib-fulvestrant']) {
    ok(['offered', 'undetermined'].includes(listOf(p, id)), `${id} is ${listOf(p, id)}`);
    const x = p.options.find((y) => y.id === id);
    ok(!x || x.presumptions.length > 0, `${id} is offered as if progression were recorded`);
  }
  ok(listOf(p, 'hr.tdxd-her2-low-ultralow') === 'undetermined', `HER2 has no score, but trastuzumab deruxtecan is ${listOf(p, 'hr.tdxd-her2-low-ultralow')}`);
  ok(p.newest_fact !== null && p.newest_fact.date.startsWith('2019'), `newest fact ${p.newest_fact?.date}`);
});
on('mcode-stu4-jenny-m-bundle.json', '2026-06-01', 'us', (p, ok) => { notMetastatic(p, ok); profile(p, ok, { subtype: 'HR+/HER2-' }); });
on('mcode-stu2-jenny-m-bundle.json', '2026-06-01', 'eu', (p, ok) => { notMetastatic(p, ok); profile(p, ok, { subtype: 'HR+/HER2-' }); });
on('mcode-icare-extraction-patient1.json', '2026-06-01', 'us', (p, ok) => { ok(p.profile.metastatic !== true && p.options.length === 0, `metastatic ${p.profile.metastatic}, offered ${offered(p)}`); });
on('synthea-mcode-stu1-maryam-array.json', '2026-06-01', 'us', (p, ok) => { notMetastatic(p, ok); profile(p, ok, { subtype: 'HR+/HER2-', her2: 'negative' }); });
on('synthea-r4-t0-patient.json.gz', '2026-06-01', 'us', (p, ok) => { notMetastatic(p, ok); profile(p, ok, { subtype: 'HR+/HER2-', her2: 'negative' }); });

rmSync(folder, { recursive: true, force: true });
t.end();
