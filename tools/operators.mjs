#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// operators.mjs -- what docs/cql.md shows of the source: the sample, and the operators by section of src/cql/ops.def.
//
//   node tools/operators.mjs            writes the page anew
//   node tools/operators.mjs --check    exit code 1 when the page is not current (a test)
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const text = (file) => readFileSync(join(root, file), 'utf8');

// The parts of a Query are nodes of our own; ELM names two of them.
const shown = { QueryWith: 'With', QueryWithout: 'Without', QuerySource: null, QueryLet: null, QueryWhere: null, QueryReturn: null, QueryAggregate: null, QuerySort: null };

// What cql-execution lacks or answers otherwise: operator,why; the cases of an operator stand below "== operator".
const lackFile = 'test/differential/lacks.csv', caseFiles = ['test/conformance/core.cases', 'test/conformance/fhir.cases'];
function lacks() {
  if (!existsSync(join(root, lackFile))) return new Map();
  const rows = text(lackFile).split('\n').slice(1).filter((line) => line.includes(','));
  return new Map(rows.map((line) => [line.slice(0, line.indexOf(',')), line.slice(line.indexOf(',') + 1).replace(/^"(.*)"$/, '$1').replaceAll('""', '"')]));
}

function caseLink(name) {
  const file = caseFiles.find((f) => new RegExp(`^== ${name}$`, 'm').test(text(f)));
  if (!file) throw new Error(`${lackFile} names ${name}, which has no cases in ${caseFiles.join(' or ')}`);
  return `[\`== ${name}\`](../${file})`;
}

function operators() {
  const lacking = lacks(), marked = (name) => (lacking.has(name) ? `${name}\\*` : name);
  const sections = [];
  for (const line of text('src/cql/ops.def').split('\n')) {
    const title = /^\/\* ---- (.+?)(?: ----|:).*\*\/$/.exec(line);
    const row = /^(?:OP|FORM)\((\w+),/.exec(line);
    if (title) sections.push({ title: title[1], names: [] });
    if (row && shown[row[1]] !== null) sections.at(-1).names.push(marked(shown[row[1]] ?? row[1]));
  }
  const rows = sections.filter((s) => s.names.length).map((s) => `| ${s.title} | ${s.names.join(', ')} |`);
  const count = sections.reduce((n, s) => n + s.names.length, 0);
  const table = `${count} nodes of ELM are evaluated:\n\n| | |\n|---|---|\n${rows.join('\n')}\n`;
  if (lacking.size === 0) return table;
  const why = [...lacking].map(([name, reason]) => `| ${name} | ${reason.replaceAll('|', '\\|')} | ${caseLink(name)} |`);
  return `${table}\n\\* cql-execution lacks it or answers otherwise, so it cannot be compared; these cases hold it instead:\n\n| | cql-execution | cases |\n|---|---|---|\n${why.join('\n')}\n`;
}

const blocks = { operators, sample: () => `\`\`\`c\n${text('samples/embed_cql.c')}\`\`\`\n` };
const page = text('docs/cql.md');
let current = page;
for (const [name, make] of Object.entries(blocks)) {
  const begin = `<!-- ${name}: made by tools/operators.mjs -->\n`, end = `<!-- end of ${name} -->`;
  const from = current.indexOf(begin), to = current.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/cql.md has no place for ${name}`);
  current = current.slice(0, from + begin.length) + make() + current.slice(to);
}
if (process.argv.includes('--check')) {
  const good = current === page;
  console.log(`1..1\n${good ? 'ok' : 'not ok'} 1 - docs/cql.md shows the operators and the sample as they are (else: node tools/operators.mjs)`);
  process.exit(good ? 0 : 1);
}
writeFileSync(join(root, 'docs/cql.md'), current);
