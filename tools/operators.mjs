#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// operators.mjs -- what docs/cql.md shows of the source: the sample, and the operators by section of src/cql/ops.def.
//
//   node tools/operators.mjs            writes the page anew
//   node tools/operators.mjs --check    exit code 1 when the page is not current (a test)
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const text = (file) => readFileSync(join(root, file), 'utf8');

// The parts of a Query are nodes of our own; ELM names two of them.
const shown = { QueryWith: 'With', QueryWithout: 'Without', QuerySource: null, QueryLet: null, QueryWhere: null, QueryReturn: null, QueryAggregate: null, QuerySort: null };

function operators() {
  const sections = [];
  for (const line of text('src/cql/ops.def').split('\n')) {
    const title = /^\/\* ---- (.+?)(?: ----|:).*\*\/$/.exec(line);
    const row = /^(?:OP|FORM)\((\w+),/.exec(line);
    if (title) sections.push({ title: title[1], names: [] });
    if (row && shown[row[1]] !== null) sections.at(-1).names.push(shown[row[1]] ?? row[1]);
  }
  const rows = sections.filter((s) => s.names.length).map((s) => `| ${s.title} | ${s.names.join(', ')} |`);
  const count = sections.reduce((n, s) => n + s.names.length, 0);
  return `${count} nodes of ELM are evaluated:\n\n| | |\n|---|---|\n${rows.join('\n')}\n`;
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
