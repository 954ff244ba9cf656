// validate.mjs SCHEMA FILE... -- checks plans against docs/plan.schema.json. Exit 1, with the places, when one does not fit.
// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import process from 'node:process';
import Ajv2020 from 'ajv/dist/2020.js';

const [schemaFile, ...files] = process.argv.slice(2);
if (!schemaFile || files.length === 0) {
  console.error('usage: validate.mjs SCHEMA FILE...');
  process.exit(2);
}
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false, strictTypes: false });
const validate = ajv.compile(JSON.parse(fs.readFileSync(schemaFile, 'utf8')));
let bad = 0;
for (const file of files) {
  const plan = JSON.parse(fs.readFileSync(file, 'utf8'));
  if (!validate(plan)) {
    bad++;
    for (const e of validate.errors.slice(0, 20)) {
      console.error(`${file}: ${e.instancePath || '/'}: ${e.message} ${JSON.stringify(e.params)}`);
    }
    continue;
  }
  bad += references(file, plan);
}
process.exit(bad ? 1 : 0);

// What JSON Schema cannot say: every cited source stands in sources, and every option in one list only.
function references(file, plan) {
  const known = new Set(plan.sources.map((s) => s.id));
  const faults = [];
  (function walk(node, at) {
    if (node === null || typeof node !== 'object') {
      return;
    }
    if (Array.isArray(node.criteria) && Array.isArray(node.sources)) {
      for (const id of node.sources) {
        if (!known.has(id)) {
          faults.push(`${at}: source ${id} is not listed`);
        }
      }
    }
    for (const [k, v] of Object.entries(node)) {
      if (k !== 'quote') {
        walk(v, `${at}/${k}`);
      }
    }
  })(plan, '');
  const ids = [...plan.options, ...plan.excluded, ...plan.undetermined].map((o) => o.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => faults.push(`${id} stands in two lists`));
  for (const key of Object.keys(plan.profile)) {
    if (!plan.profile_basis[key]) {
      faults.push(`/profile/${key} has no basis`);
    }
  }
  faults.forEach((f) => console.error(`${file}: ${f}`));
  return faults.length;
}
