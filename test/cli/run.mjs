#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The program's tables against its manual page and its help: every subcommand, option and value stands in both, the manual
// page names no option the program lacks, and bad calls end with the documented exit status and without an answer.
// usage: run.mjs PROGRAM MANUAL_PAGE
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

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
const all = new Set();
for (const c of commands) {
  check(new RegExp(`^\\.(B|BR) ${c}\\b`, 'm').test(man), `the manual page describes ${c}`);
  const help = run(['help', c]);
  check(help.status === 0 && help.stdout === run([c, '--help']).stdout && help.stderr === '', `help ${c} and ${c} --help are one`);
  check(help.stdout.split('\n').every((l) => l.length <= 80), `help ${c} fits 80 columns`);
  for (const option of words(c)) {
    all.add(option);
    check(help.stdout.includes(`  ${option}`), `help ${c} has ${option}`);
    for (const value of words(c, option.slice(2))) {
      check(new RegExp(`\\b${value}\\b`).test(man) && help.stdout.includes(value), `${value} of ${option} of ${c} is described`);
    }
  }
}
for (const option of all) {
  check(man.includes(`\n.BI ${option} "`) || man.includes(`\n.B ${option}\n`), `the manual page describes ${option}`);
}
for (const [, option] of man.matchAll(/^\.(?:BI|B) (--[a-z-]+)/gm)) {
  check(all.has(option), `the program has ${option} of the manual page`);
}

for (const args of [[], ['no-such'], ['plan'], ['plan', 'x', '--no-such'], ['plan', 'x', '--format', 'xml'], ['plan', 'x', '--width', '10'], ['plan', 'x', '--as-of'],
  ['explain', 'x'], ['help', 'no-such'], ['version', 'x'], ['pack', '--elm', 'x'], ['plan', 'x', '--help=yes'], ['chart', '-z', 'x']]) {
  const r = run(args);
  check(r.status === 2 && r.stdout === '' && /^nextline: .+\n$/.test(r.stderr), `usage: nextline ${args.join(' ')}`);
}
const without = run(['plan', 'x', '--pack', '/nowhere/x.pack']);
check(without.status === 4 && without.stderr.startsWith('nextline: /nowhere/x.pack: '), 'a pack that is not there ends with 4');
check(run(['plan', 'x'], { NEXTLINE_PACK: '/nowhere/y.pack' }).stderr.startsWith('nextline: /nowhere/y.pack: '), 'NEXTLINE_PACK names the pack');
check(/^nextline \d+\.\d+\.\d+\n/.test(run(['--version']).stdout), 'the version is told');
check(spawnSync('/bin/sh', ['-c', '"$0" --help >/dev/full', program], { encoding: 'utf8' }).status === 3, 'an answer that could not be written is a failure');
check(spawnSync('/bin/sh', ['-c', '{ "$0" help plan; echo $? >&2; } | true', program], { encoding: 'utf8' }).stderr.trim() === '0', 'a reader that has gone is none');
console.log(`1..${number}`);
process.exit(bad ? 1 : 0);
