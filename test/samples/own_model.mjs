// SPDX-License-Identifier: Apache-2.0
// The sample with a data model of its own gives the values that stand in docs/cql.md.
// usage: own_model.mjs PROGRAM FOLDER
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const [program, folder] = process.argv.slice(2);
const expected = '{"Fever on":[{"Date":"2026-01-06"},{"Date":"2026-01-05"},null],"Highest":{"Quantity":[39,"Cel"]},"Temperatures":[{"Item":1},{"Item":1},{"Item":1},{"Item":1}]}';
const r = spawnSync(program, [join(folder, 'Readings.json'), 'Readings'], { encoding: 'utf8' });
if (r.status !== 0 || r.stdout !== expected) {
  console.error(`status ${r.status}\n${r.stdout}\n${r.stderr}`);
  process.exit(1);
}
