#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Every run of every golden patient, a line each, as `nextline knowledge check --cases` reads them.
import { cases } from './program.mjs';

for (const c of cases()) {
  for (const run of c.runs) { console.log(JSON.stringify({ file: c.file, as_of: run.as_of, jurisdiction: run.jurisdiction, set: run.set })); }
}
