#!/usr/bin/env node
// What tools/elm.mjs accepts, and that it refuses every line that says "// refused: words", there and with those words, and
// nothing else. Output is TAP.
// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url)), out = mkdtempSync(join(tmpdir(), 'elm-'));
let count = 0, failed = 0;
function check(name, holds, detail = '') {
  count += 1;
  failed += holds ? 0 : 1;
  console.log(`${holds ? 'ok' : 'not ok'} ${count} - ${name}`);
  if (!holds) { console.log(detail.replace(/^/gm, '# ')); }
}
const translate = (folder) => spawnSync(process.execPath,
  [join(here, '../../tools/elm.mjs'), '--cql', join(here, folder), '--facts', join(here, 'facts.yaml'), '--out', join(out, folder)], { encoding: 'utf8' });

const accepted = translate('accepted');
check('CQL that keeps the unknown is translated', accepted.status === 0, accepted.stderr);
for (const name of ['Words', 'Facts', 'Criteria', 'ChartCodes', 'FHIRHelpers']) {
  check(`${name}.json and its text are written`, existsSync(join(out, 'accepted', `${name}.json`)) && existsSync(join(out, 'accepted', `${name}.cql`)));
}

for (const folder of ['refused', 'unknown-code']) {
  const run = translate(folder);
  check(`${folder}: the exit code is 1`, run.status === 1, run.stderr);
  check(`${folder}: no ELM is written`, !existsSync(join(out, folder, 'Facts.json')));
  const said = [...run.stderr.matchAll(/(\w+\.cql):(\d+):\d+: (.*)$/gm)].map(([, file, line, text]) => ({ place: `${file}:${line}`, text }));
  const wanted = [];
  for (const file of readdirSync(join(here, folder))) {
    readFileSync(join(here, folder, file), 'utf8').split('\n').forEach((line, i) => {
      const words = /\/\/ refused: (.*)$/.exec(line)?.[1];
      if (words) { wanted.push({ place: `${file}:${i + 1}`, words }); }
    });
  }
  if (folder === 'refused') { wanted.push({ place: 'NoLayer.cql:1', words: '// Layer: ' }); }
  for (const { place, words } of wanted) {
    check(`${folder}/${place} is refused: ${words}`, said.some((s) => s.place === place && s.text.includes(words)), run.stderr);
  }
  const stray = said.filter((s) => !wanted.some((w) => w.place === s.place));
  check(`${folder}: nothing else is refused`, stray.length === 0, stray.map((s) => `${s.place}: ${s.text}`).join('\n'));
}
console.log(`1..${count}`);
rmSync(out, { recursive: true });
process.exit(failed ? 1 : 0);
