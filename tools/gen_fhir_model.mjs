#!/usr/bin/env node
// gen_fhir_model.mjs -- turns the FHIR model information that the CQL translator uses into the C table of record/model_table.c.
// SPDX-License-Identifier: Apache-2.0
//
//   node tools/gen_fhir_model.mjs MODELINFO.xml OUT.h
//
// Elements are written with those they inherit, sorted by name, so that one search answers. Names are offsets into one text:
// a table of pointers would have to be relocated at every start of the program.
import { readFileSync, writeFileSync } from 'node:fs';

const [, , input, output] = process.argv;
if (!input || !output) {
  console.error('usage: gen_fhir_model.mjs MODELINFO.xml OUT.h');
  process.exit(2);
}

const kinds = {
  'System.Boolean': 'CQL_BOOLEAN', 'System.Integer': 'CQL_INTEGER', 'System.Decimal': 'CQL_DECIMAL', 'System.String': 'CQL_STRING',
  'System.Date': 'CQL_DATE', 'System.DateTime': 'CQL_DATETIME', 'System.Time': 'CQL_TIME',
};

// ---------------------------------------------------------------- reading

function readTypes(xml) {
  const types = new Map();
  let type = null;
  let element = null;
  const tag = /<(\/?)([A-Za-z]+)((?:\s+[A-Za-z:]+="[^"]*")*)\s*(\/?)>/g;
  for (const [, closing, name, text, empty] of xml.matchAll(tag)) {
    const a = Object.fromEntries([...text.matchAll(/([A-Za-z:]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
    if (name === 'typeInfo' && !closing) {
      type = { name: a.name, base: a.baseType, codePath: a.primaryCodePath ?? '', elements: new Map() };
      types.set(a.name, type);
    } else if (name === 'element' && !closing && type) {
      element = { name: a.name, list: false, types: a.elementType ? [a.elementType] : [] };
      type.elements.set(a.name, element);
    } else if (name === 'elementTypeSpecifier' && !closing && element) {
      element.list ||= a['xsi:type'] === 'ListTypeSpecifier';
      if (a.elementType) { element.types.push(a.elementType); }
      if (a['xsi:type'] === 'NamedTypeSpecifier') { element.types.push(`${a.namespace}.${a.name}`); }
    } else if (name === 'choice' && !closing && element) {
      element.types.push(`${a.namespace}.${a.name}`);
      element.choice = true;
    }
    if (name === 'element' && (closing || empty)) { element = null; }
    if (name === 'typeInfo' && (closing || empty)) { type = null; }
  }
  return types;
}

const local = (qualified) => qualified.replace(/^FHIR\./, '');
const isFhir = (qualified) => qualified?.startsWith('FHIR.') ?? false;

function elementsOf(types, type) {
  const inherited = isFhir(type.base) ? elementsOf(types, types.get(local(type.base))) : new Map();
  return new Map([...inherited, ...type.elements]);
}

// The System kind of a primitive: what its element `value` is.
function kindOf(types, type) {
  const value = elementsOf(types, type).get('value');
  return value?.types.length === 1 ? kinds[value.types[0]] : undefined;
}

// ---------------------------------------------------------------- writing

const types = readTypes(readFileSync(input, 'utf8'));
for (const type of types.values()) {   // the codes a value set binds are declared apart from FHIR.code, which they are
  const own = [...type.elements.keys()];
  if (type.base === 'FHIR.Element' && /^[A-Z]/.test(type.name) && own.length === 1 && kindOf(types, type) === 'CQL_STRING') {
    type.base = 'FHIR.code';
  }
}
const byBytes = (x, y) => (x < y ? -1 : x > y ? 1 : 0);
const names = [...types.keys()].sort(byBytes);
const numbers = new Map(names.map((name, i) => [name, i + 1]));

let pool = '';
const places = new Map();
function place(text) {
  if (!places.has(text)) {
    places.set(text, pool.length);
    pool += text;
  }
  return places.get(text);
}

const typeRows = [];
const elementRows = [];
const choices = [];
for (const name of names) {
  const type = types.get(name);
  const first = elementRows.length;
  const kind = kindOf(types, type);
  const elements = [...elementsOf(types, type).values()].sort((x, y) => byBytes(x.name, y.name));
  for (const e of elements) {
    const known = e.types.filter((t) => isFhir(t) && numbers.has(local(t)));
    const single = !e.choice && known.length === 1 ? numbers.get(local(known[0])) : 0;
    const system = !e.choice && e.types.length === 1 ? kinds[e.types[0]] : undefined;
    const from = choices.length;
    if (e.choice) { choices.push(...known.map((t) => numbers.get(local(t)))); }
    elementRows.push(`{ ${place(e.name)}, ${single}, ${from}, ${e.name.length}, ${choices.length - from}, ${e.list}, ${system ?? 'CQL_NULL'} },`);
  }
  const base = isFhir(type.base) ? numbers.get(local(type.base)) : 0;
  typeRows.push(`{ ${place(name)}, ${place(type.codePath)}, ${first}, ${elements.length}, ${base}, ${name.length}, ` +
    `${type.codePath.length}, ${kind ?? 'CQL_NULL'} },`);
}
if (names.length < 500 || elementRows.length < 5000 || elementRows.length > 65535 || choices.length > 65535) {
  console.error(`${input}: ${names.length} types with ${elementRows.length} elements: this is not the model information expected`);
  process.exit(1);
}

const chunks = pool.match(/.{1,100}/g).map((s) => `    "${s}"`).join('\n');
writeFileSync(output, `/* Generated by gen_fhir_model.mjs from the FHIR 4.0.1 model information. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma GCC diagnostic ignored "-Woverlength-strings"
static const char fhir_names[] =
${chunks};
static const uint16_t fhir_choices[] = { ${choices.join(', ')} };
static const fhir_element fhir_elements[] = {
${elementRows.join('\n')}
};
static const fhir_type fhir_types[] = {
${typeRows.join('\n')}
};
`);
