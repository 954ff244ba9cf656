#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The program's tables against its manual page and its help: every subcommand, option and value stands in both, the manual
// page names no option the program lacks, and bad calls end with the documented exit status and without an answer.
// usage: run.mjs PROGRAM MANUAL_PAGE
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';

const [program, page] = process.argv.slice(2);
const man = readFileSync(page, 'utf8').replaceAll('\\-', '-');
const run = (args, env = {}) => spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } });
const words = (...args) => run(['help', '--words', ...args]).stdout.split('\n').filter(Boolean);
let number = 0;
let bad = 0;
function check(good, name) {
  number++;
  console.log(`${good ? 'ok' : 'not ok'} ${number} - ${name}`);
  bad += good ? 0 : 1;
}

const commands = words();
check(commands.length >= 6, 'the program lists its subcommands');
const options = new Set();
const isVerb = (word) => !word.startsWith('--');
const calls = commands.flatMap((c) => { const verbs = words(c).filter(isVerb); return verbs.length ? verbs.map((v) => [c, v]) : [[c]]; });
check(calls.some((call) => call.join(' ') === 'cql eval'), 'a subcommand lists its verbs');
check(run(['help', 'cql']).stdout === `${run(['help', 'cql', 'run']).stdout}\n${run(['help', 'cql', 'eval']).stdout}` && run(['cql', '--help']).stdout === run(['help', 'cql']).stdout,
  'help of a subcommand with verbs is the help of each');
for (const call of calls) {
  const c = call.join(' ');
  check(new RegExp(`^\\.(B|BR) ${c}\\b`, 'm').test(man), `the manual page describes ${c}`);
  const help = run(['help', ...call]);
  check(help.status === 0 && help.stdout === run([...call, '--help']).stdout && help.stderr === '', `help ${c} and ${c} --help are one`);
  check(help.stdout.split('\n').every((l) => l.length <= 80), `help ${c} fits 80 columns`);
  for (const option of words(...call)) {
    options.add(option);
    check(help.stdout.includes(`  ${option}`), `help ${c} has ${option}`);
    for (const value of words(...call, option.slice(2))) {
      check(new RegExp(`\\b${value}\\b`).test(man) && help.stdout.includes(value), `${value} of ${option} of ${c} is described`);
    }
  }
}
for (const option of options) {
  check(man.includes(`\n.BI ${option} "`) || man.includes(`\n.B ${option}\n`), `the manual page describes ${option}`);
}
for (const [, option] of man.matchAll(/^\.(?:BI|B) (--[a-z-]+)/gm)) {
  check(options.has(option), `the program has ${option} of the manual page`);
}

for (const args of [[], ['no-such'], ['plan'], ['plan', 'x', '--no-such'], ['plan', 'x', '--format', 'xml'], ['plan', 'x', '--width', '10'], ['plan', 'x', '--as-of'],
  ['explain', 'x'], ['help', 'no-such'], ['version', 'x'], ['pack', '--elm', 'x'], ['plan', 'x', '--help=yes'], ['chart', '-z', 'x'],
  ['cql'], ['cql', 'no-such'], ['cql', 'run'], ['cql', 'eval', 'x'], ['cql', 'eval', '--elm', 'x', '--library', 'y', '--jobs', '0', 'z'], ['help', 'cql', 'no-such'], ['help', 'plan', 'x']]) {
  const r = run(args);
  check(r.status === 2 && r.stdout === '' && /^nextline: .+\n$/.test(r.stderr), `usage: nextline ${args.join(' ')}`);
}
const without = run(['plan', 'x', '--pack', '/nowhere/x.pack']);
check(without.status === 4 && without.stderr.startsWith('nextline: /nowhere/x.pack: '), 'a pack that is not there ends with 4');
check(run(['plan', 'x'], { NEXTLINE_PACK: '/nowhere/y.pack' }).stderr.startsWith('nextline: /nowhere/y.pack: '), 'NEXTLINE_PACK names the pack');
check(/^nextline \d+\.\d+\.\d+\n/.test(run(['--version']).stdout), 'the version is told');
check(spawnSync('/bin/sh', ['-c', '"$0" --help >/dev/full', program], { encoding: 'utf8' }).status === 3, 'an answer that could not be written is a failure');
check(spawnSync('/bin/sh', ['-c', '{ "$0" help plan; echo $? >&2; } | true', program], { encoding: 'utf8' }).stderr.trim() === '0', 'a reader that has gone is none');

// The engine alone, over a library written by hand: Gender is that of the Patient, Late is what fails, At is Now().
const folder = mkdtempSync(join(tmpdir(), 'nextline-'));
const sys = '{urn:hl7-org:elm-types:r1}', fhir = '{http://hl7.org/fhir}';
const patients = { type: 'Retrieve', dataType: `${fhir}Patient`, resultTypeSpecifier: { type: 'ListTypeSpecifier', elementType: { type: 'NamedTypeSpecifier', name: `${fhir}Patient` } } };
const define = (name, expression) => ({ name, context: 'Patient', expression });
const library = (id, defines, more = {}) => ({ library: { identifier: { id }, ...more, statements: { def: defines } } });
const one = { type: 'Literal', valueType: `${sys}Integer`, value: '1' };
const inOther = { includes: { def: [{ localIdentifier: 'O', path: 'Other' }] } };
writeFileSync(join(folder, 'Main.json'), JSON.stringify(library('Main', [define('Patient', { type: 'SingletonFrom', operand: patients }), define('Rows', patients), define('Late', { type: 'ExpressionRef', name: 'Late' }),
  define('At', { type: 'Now' }), define('From', { type: 'ExpressionRef', name: 'X', libraryName: 'O' })], inOther)));
writeFileSync(join(folder, 'Other-1.0.json'), JSON.stringify(library('Other', [define('X', one)])));
const data = join(folder, 'data.ndjson');
const bundle = (...ids) => JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: ids.map((id) => ({ resource: { resourceType: 'Patient', id } })) });
writeFileSync(data, [bundle('p"1'), 'oops', '', bundle('a', 'b'), ...Array.from({ length: 40 }, (_, i) => bundle(`n${i}`))].join('\n'));
const batch = (...more) => run(['cql', 'eval', '--elm', folder, '--library', 'Main', '--as-of', '2026-01-15T10:00:00.000+01:00', ...more, data]);
const all = (r) => r.stdout.trim().split('\n').map((l) => JSON.parse(l));
const alone = batch(), told = all(alone);
const late = { error: `${join(folder, 'Main.json')}:0:0: ExpressionRef: 'Late' needs its own value` };
check(alone.status === 1 && alone.stderr === 'nextline: cql eval: 2 of 43 lines have no results; the output says why\n' && told.length === 43,
  'cql eval answers every line, tells how many have no results and ends with 1');
check(JSON.stringify(told[0]) === JSON.stringify({ id: 'p"1', results: { At: { DateTime: '2026-01-15T10:00:00.000+01:00' }, From: 1, Late: late, Rows: [{ FHIR: 'Patient/p"1' }] } }), 'results are sorted, without Patient, and a define that failed says so');
check(told[1].id === null && told[1].error.startsWith(`${data}:2: `) && told[2].error.startsWith(`${data}:4: `), 'a bad line is told with its place');
check(told.slice(3).every((t, i) => t.id === `n${i}`), 'and the batch goes on');
check(batch('--jobs', '4').stdout === alone.stdout, 'several at a time give the same bytes in the same order');
check(JSON.stringify(all(batch('--only', 'From'))[0].results) === '{"From":1}', 'cql eval --only gives one define');
check(JSON.stringify(all(batch('--only', 'Late'))[0].results) === JSON.stringify({ Late: late }), 'and how it failed');
const given = (text, ...more) => {
  const file = join(folder, 'given.ndjson');
  writeFileSync(file, text);
  return run(['cql', 'eval', '--elm', folder, '--library', 'Other', '--as-of', '2026-01-15', ...more, file]);
};
const ids = (r) => all(r).map((l) => l.id).join(' ');
check(['', '\n', '\r\n\n'].every((text) => { const r = given(text); return r.status === 0 && r.stdout === '' && r.stderr === ''; }), 'no lines give no output');
check(ids(given(`${bundle('a')}\r\n\r\n${bundle('b')}\r\n`)) === 'a b' && ids(given(`\ufeff${bundle('a')}`)) === 'a', 'lines may end with CR LF, the last without; a byte order mark is passed over');
check(given(bundle('a')).status === 0, 'a batch of which every line has results ends with 0');
const none = given('oops\n[1]\n');
check(none.status === 3 && all(none).length === 2 && none.stderr === 'nextline: cql eval: 2 of 2 lines have no results; the output says why\n', 'a batch of which no line has results ends with 3, each line told');
const printed = given(JSON.stringify(JSON.parse(bundle('a')), null, 2));
check(printed.status === 3 && printed.stdout === '' && /one JSON text a line is wanted/.test(printed.stderr), 'one JSON text over several lines is told once');
const cut = given(`${bundle('a').slice(0, 50)}\n${bundle('b')}\n`);
check(cut.status === 1 && ids(cut) === ' b' && 'error' in all(cut)[0], 'a first line that is cut off is an error of that line');
const versioned = (id, version, defines, more) => { const l = library(id, defines, more); l.library.identifier.version = version; writeFileSync(join(folder, `${id}-${version}.json`), JSON.stringify(l)); };
versioned('Two', '1.0', [define('X', one)]);
versioned('Two', '2.0', [define('X', { ...one, value: '2' })]);
versioned('Top', '1', [define('X', { type: 'ExpressionRef', name: 'X', libraryName: 'T' })], { includes: { def: [{ localIdentifier: 'T', path: 'Two', version: '2.0' }] } });
check(JSON.stringify(all(run(['cql', 'eval', '--elm', folder, '--library', 'Top', data]))[0].results) === '{"X":2}', 'of several versions the one that is included');
versioned('Said', '1', [define('Patient', { type: 'SingletonFrom', operand: patients }), define('X', { type: 'FunctionRef', libraryName: 'FHIRHelpers', name: 'ToString', signature: [{ type: 'NamedTypeSpecifier', name: `${fhir}id` }],
  operand: [{ type: 'Property', path: 'id', source: { type: 'ExpressionRef', name: 'Patient' } }] })], { includes: { def: [{ localIdentifier: 'FHIRHelpers', path: 'FHIRHelpers', version: '4.0.1' }] } });
check(JSON.stringify(all(run(['cql', 'eval', '--elm', folder, '--library', 'Said', data]))[0].results) === '{"X":"p\\"1"}', 'FHIRHelpers need not lie in the folder');
// Value sets for all patients, from a file or a folder.
versioned('Sets', '1', [define('In', { type: 'InValueSet', code: { type: 'Code', code: 'a', system: { name: 'S' } }, valueset: { name: 'V' } }), define('Missing', { type: 'ExpandValueSet', operand: { type: 'ValueSetRef', name: 'F' } })],
  { codeSystems: { def: [{ name: 'S', id: 'urn:s' }] }, valueSets: { def: [{ name: 'V', id: 'urn:v' }, { name: 'F', id: 'urn:f' }] } });
const terms = join(folder, 'terms'), valueSet = (url, include) => JSON.stringify({ resourceType: 'ValueSet', url, compose: { include: [include] } });
mkdirSync(terms);
writeFileSync(join(terms, 'v.json'), valueSet('urn:v', { system: 'urn:s', concept: [{ code: 'a' }] }));
writeFileSync(join(terms, 'f.json.gz'), gzipSync(valueSet('urn:f', { system: 'urn:s', filter: [{ property: 'p', op: '=', value: 'x' }] })));
writeFileSync(join(terms, 'package.json'), '{"name":"a package"}');
writeFileSync(join(terms, '.index.json'), '{}');
writeFileSync(join(terms, 'readme.md'), 'text');
const asked = (...more) => run(['cql', 'eval', '--elm', folder, '--library', 'Sets', '--as-of', '2026-01-15', ...more, data]);
const where = `${join(folder, 'Sets-1.json')}:0:0: `;
const inFile = all(asked('--terminology', join(terms, 'v.json'), '--jobs', '3')), inFolder = asked('--terminology', terms, '--jobs', '3');
check(inFile[0].results.In === true && inFile[0].results.Missing.error === `${where}ExpandValueSet: the codes of the ValueSet 'urn:f' are not in the data`, 'cql eval --terminology FILE: value sets for all patients');
check(all(inFolder)[0].results.In === true && all(inFolder)[0].results.Missing.error.endsWith("not in the data: 'urn:f' selects by a filter and has no expansion"), 'cql eval --terminology DIR reads its files, compressed too, and what stands in the way is told');
check(inFolder.stdout === asked('--terminology', terms).stdout, 'by several at a time');
check(all(asked())[0].results.In.error === `${where}InValueSet: the codes of the ValueSet 'urn:v' are not in the data`, 'without it they are not there');
writeFileSync(join(terms, 'bad.ndjson'), `${valueSet('urn:w', {})}\n{"resourceType":`);
for (const [path, said] of [[join(terms, 'bad.ndjson'), /bad\.ndjson:2: this line is not JSON/], [terms, /bad\.ndjson:2: /], ['/nowhere', /\/nowhere: No such file/], [data, /data\.ndjson:2: /], [join(terms, 'package.json'), /package\.json: .*not FHIR/]]) {
  const r = asked('--terminology', path);
  check(r.status === 4 && r.stdout === '' && said.test(r.stderr), `a terminology that cannot be read ends the batch before it begins: ${path}`);
}
versioned('Spaced', '1', [define('X', { type: 'ExpressionRef', name: 'X', libraryName: 'T' })], { includes: { def: [{ localIdentifier: 'T', path: 'http://a.example/Two', version: '2.0' }] } });
check(JSON.stringify(all(run(['cql', 'eval', '--elm', folder, '--library', 'Spaced', data]))[0].results) === '{"X":2}', 'a library that is included in its namespace lies in the folder by its name');
versioned('Odd', '1', [define('X', { type: 'Guess', locator: '7:3-7:9' })]);
check(run(['cql', 'eval', '--elm', folder, '--library', 'Odd', data]).stderr === `nextline: ${join(folder, 'Odd-1.json')}:7:3: library Odd: the node Guess is not supported\n`, 'what is not supported is told with its place');
check(run(['cql', 'eval', '--elm', '/nowhere', '--library', 'X', data]).stderr === 'nextline: /nowhere: No such file or directory\n', 'a folder that is not there is told');
check(run(['cql', 'eval', '--elm', folder, '--library', 'Main', '/nowhere.ndjson']).status === 3, 'data that is not there ends with 3');
check(spawnSync('/bin/sh', ['-c', '{ "$0" cql eval --elm "$1" --library Main --jobs 3 "$2"; echo $? >&2; } | true', program, folder, data], { encoding: 'utf8' }).stderr.trim().split('\n').at(-1) === '1',
  'a reader of a batch that has gone changes nothing of its end');
check(batch('--only', 'None').status === 2 && batch('--library', 'None').status === 4 && batch('--as-of', 'soon').status === 2, 'a define, library or moment that is none ends the batch before it begins');
writeFileSync(join(folder, 'suite.ndjson'), [{ id: 'a', elm: library('L', [define('T', one)]) }, { id: 'b' }, { id: 'c', elm: library('L', [define('U', one)]) }, { id: 'd', elm: library('L', [define('T', { type: 'Guess' })]) }].map((l) => JSON.stringify(l)).join('\n') + '\n');
const suite = all(run(['cql', 'run', join(folder, 'suite.ndjson')]));
check(JSON.stringify(suite[0]) === '{"id":"a","value":1}' && suite.slice(1).every((t, i) => t.id === 'bcd'[i] && t.error && !('value' in t)), 'cql run gives a value or an error a line');
writeFileSync(join(folder, 'suite.ndjson'), `\r\n{"id":"a"\r\n${JSON.stringify({ elm: library('L', [define('T', one)]) })}`);
const odd = all(run(['cql', 'run', join(folder, 'suite.ndjson')]));
check(odd.length === 2 && odd[0].id === null && odd[0].error.startsWith(`${join(folder, 'suite.ndjson')}:2: `) && JSON.stringify(odd[1]) === '{"id":null,"value":1}', 'a bad line of a suite says where it is');
rmSync(folder, { recursive: true });
console.log(`1..${number}`);
process.exit(bad ? 1 : 0);
