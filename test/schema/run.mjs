#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Every golden plan is valid by docs/plan.schema.json; and the schema is no open door: a plan with a member lost or added is not.
// usage: run.mjs [--program FILE] [--pack FILE] [CASE...]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Tally, cases, options, planOf, root, runName } from '../golden/program.mjs';

const o = options();
const t = new Tally();
const ajv = new Ajv2020.default({ allErrors: true, strict: true, strictTypes: false });
addFormats.default(ajv);
const schema = JSON.parse(readFileSync(join(root, 'docs/plan.schema.json'), 'utf8'));
const valid = ajv.compile(schema);
const faults = () => (valid.errors ?? []).slice(0, 4).map((e) => `${e.instancePath || '/'} ${e.message}${e.params?.additionalProperty ? ` (${e.params.additionalProperty})` : ''}`).join('; ');

let whole;
for (const c of cases(o.only).filter((_, i) => i % o.every === 0)) {
  for (const run of o.all ? c.runs : c.runs.slice(0, 1)) {   // --all: every run of each, for the deep check
    const r = planOf(o, c.file, run);
    if (!t.check(r.plan !== undefined, `${runName(c, run)}: ${r.error}`)) { continue; }
    t.check(valid(r.plan), `${runName(c, run)}: ${faults()}`);
    whole ??= r.plan;
  }
}
if (t.check(whole !== undefined, 'no plan to spoil')) {
  for (const key of schema.required) {
    const spoilt = structuredClone(whole);
    delete spoilt[key];
    t.check(!valid(spoilt), `a plan without ${key} is called valid`);
  }
  t.check(!valid({ ...structuredClone(whole), surprise: 1 }), 'a plan with a member nobody declared is called valid');
  const spoilt = structuredClone(whole);
  spoilt.profile.subtype = 'HR+';
  t.check(!valid(spoilt), 'a subtype nobody declared is called valid');
}
t.end();
