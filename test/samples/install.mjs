#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What `meson install` puts down is what another program needs: headers, a shared library and its pkg-config file. In a fresh folder
// the samples compile with nothing but these, and say what docs/cql.md says that they say.
// usage: install.mjs BUILD SOURCE
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const [build, source] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'nextline-'));
let number = 0;
let bad = 0;
function check(good, name, more = '') {
  number++;
  console.log(`${good ? 'ok' : 'not ok'} ${number} - ${name}${good ? '' : `\n# ${String(more).replaceAll('\n', '\n# ')}`}`);
  bad += good ? 0 : 1;
}
const find = (name) => readdirSync(folder, { recursive: true }).map((f) => join(folder, f)).find((f) => f.endsWith(`/${name}`));
function run(command, args, env = {}) {
  const r = spawnSync(command, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });
  return { ok: r.status === 0, out: r.stdout ?? '', all: `${r.error ?? ''}${r.stdout}${r.stderr}` };
}

const installed = run('meson', ['install', '-C', build, '--no-rebuild', '--quiet'], { DESTDIR: join(folder, 'root') });
check(installed.ok, 'meson install with DESTDIR', installed.all);
const pc = find('nextline.pc'), library = find('libnextline.so');
check(pc && library && find('include/nextline/cql.h') && find('nextline.1'), 'header, library, pkg-config file and manual page are there');
const flags = run('pkg-config', ['--cflags', '--libs', 'nextline'], { PKG_CONFIG_PATH: dirname(pc ?? folder), PKG_CONFIG_SYSROOT_DIR: join(folder, 'root') });
check(flags.ok, 'pkg-config knows nextline', flags.all);
const words = flags.out.trim().split(/\s+/);
const env = { LD_LIBRARY_PATH: dirname(library ?? folder) };
const strict = ['-Wall', '-Wextra', '-Wpedantic', '-Werror', '-Wno-unused-parameter'];

// docs/cql.md: the program that stands there, and the lines it prints.
const doc = readFileSync(join(source, 'docs/cql.md'), 'utf8');
const shown = /```c\n(\/\* embed_cql [^]*?)```/.exec(doc)[1];
writeFileSync(join(folder, 'embed_cql.c'), shown);
const line = (after) => doc.slice(doc.indexOf(after)).split('\n')[1].trim();
const made = run('cc', ['-std=c99', ...strict, 'embed_cql.c', '-o', 'embed_cql', ...words]);
check(made.ok, 'the program in docs/cql.md compiles as C99', made.all);
const said = run('./embed_cql', ['samples/cql/Counts.json', 'Counts', 'samples/patients/second-line.json'].map((w) => (w.includes('/') ? join(source, w) : w)), env);
check(said.ok && said.out === line('embed_cql samples/cql/Counts.json'), 'and prints what stands below it', said.all);
const model = run('cc', ['-std=c99', ...strict, join(source, 'samples/own_model.c'), '-o', 'own_model', ...words]);
check(model.ok, 'the sample with a model of its own compiles', model.all);
const own = run('./own_model', [join(source, 'samples/cql/Readings.json'), 'Readings'], env);
check(own.ok && own.out === line('own_model samples/cql/Readings.json'), 'and prints what docs/cql.md says', own.all);

const host = /```c\n(static nl_status dose[^]*?)```/.exec(doc)[1];
writeFileSync(join(folder, 'host.c'), `#include <nextline/cql.h>\n#include <stdio.h>\nstatic bool no_such_row;\nstatic nl_str answer;\nstatic int table;\n${host}\n`
  + 'int main(void) { nl_cql_program *p; nl_error e; return link_main(NULL, 0, &p, &e) == NL_E_ARG ? 0 : 1; }\n');
const compiled = run('cc', ['-std=c99', ...strict, 'host.c', '-o', 'host', ...words]);
check(compiled.ok && run('./host', [], env).ok, 'the function of a host in docs/cql.md compiles', compiled.all);

for (const header of ['cql.h', 'nextline.h', 'pack.h', 'types.h']) {
  writeFileSync(join(folder, 'alone.c'), `#include <nextline/${header}>\nint main(void) { return 0; }\n`);
  const c = run('cc', ['-std=c99', ...strict, 'alone.c', '-o', 'alone', ...words]);
  const cpp = run('c++', ['-x', 'c++', '-std=c++11', ...strict, 'alone.c', '-o', 'alone', ...words]);
  check(c.ok && cpp.ok, `${header} stands alone in C99 and C++11`, c.all + cpp.all);
}
const symbols = run('nm', ['-D', '--defined-only', library ?? '']).out.trim().split('\n').map((l) => l.split(' ').at(-1));
check(symbols.length > 30 && symbols.every((s) => s.startsWith('nl_')), 'the library exports the public functions and nothing else', symbols.filter((s) => !s.startsWith('nl_')));
rmSync(folder, { recursive: true });
console.log(`1..${number}`);
process.exit(bad ? 1 : 0);
