#!/usr/bin/env node
// elm.mjs -- translates the CQL of the knowledge to ELM with the official translator, and refuses CQL that loses the unknown.
// SPDX-License-Identifier: Apache-2.0
//
//   node tools/elm.mjs --knowledge DIR --out DIR            DIR/cql/*.cql and DIR/facts.yaml
//   node tools/elm.mjs --cql DIR --facts FILE --out DIR     the same from other places (fixtures of tests)
//
// Two libraries are written here and nowhere else: ChartCodes (one code per fact of facts.yaml) and FHIRHelpers (from the
// conversions the FHIR model itself declares). For every library the output folder gets NAME.json and NAME.cql, its text.
// Every library says in its first lines what it may do:  // Layer: words | facts | derived | criteria
//   words     the vocabulary of the unknown; the only place that may look at null as it likes
//   facts     the only layer that retrieves
//   derived   computes from facts: amounts, words for display
//   criteria  sentences over facts; nothing that could turn an unknown into a no
// Errors are printed as file:line:column: message; then the exit code is 1.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { webcrypto } from 'node:crypto';
import { createRequire } from 'node:module';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse as parseYaml } from 'yaml';

const require = createRequire(import.meta.url);
const fhirVersion = '4.0.1';

// ---------------------------------------------------------------- what to read

function readArguments(argv) {
  const given = {};
  for (let i = 0; i < argv.length; i += 2) {
    const name = argv[i].replace(/^--/, '');
    if (!['knowledge', 'cql', 'facts', 'out'].includes(name) || argv[i + 1] === undefined) {
      console.error('usage: elm.mjs (--knowledge DIR | --cql DIR --facts FILE) --out DIR');
      process.exit(2);
    }
    given[name] = argv[i + 1];
  }
  const cql = given.cql ?? (given.knowledge && join(given.knowledge, 'cql'));
  const facts = given.facts ?? (given.knowledge && join(given.knowledge, 'facts.yaml'));
  if (!cql || !facts || !given.out) {
    console.error('usage: elm.mjs (--knowledge DIR | --cql DIR --facts FILE) --out DIR');
    process.exit(2);
  }
  return { cql, facts, out: given.out };
}

// yes and no are text in YAML 1.2, and Booleans in 1.1: both readers of facts.yaml must agree.
const isYes = (value) => value === true || value === 'yes';

// ---------------------------------------------------------------- generated libraries

// The chart's own two Procedures beside the facts: a drawn line of therapy, and a phase within one.
const lineCodes = ['line-of-therapy', 'line-phase'];

// A result with an upper limit of normal is handed over a second time, as a multiple of that limit.
const codesOfFact = (fact) => (isYes(fact.xuln) ? [fact.code, `${fact.code}-xuln`] : [fact.code]);

function chartCodes(facts) {
  const quote = (text) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
  const systems = [...new Set([...facts.facts.map((fact) => fact.system), 'chart'])];
  return [
    '// Layer: facts', '// Generated from facts.yaml: one code per fact.',
    `library ChartCodes`, '',
    ...systems.map((system) => `codesystem "codes of ${system}": ${quote(`${facts.base}/CodeSystem/${system}`)}`), '',
    ...facts.facts.flatMap((fact) => codesOfFact(fact).map((code) => `code "${code}": ${quote(code)} from "codes of ${fact.system}"`)),
    ...lineCodes.map((code) => `code "${code}": ${quote(code)} from "codes of chart"`), '',
  ].join('\n');
}

// The FHIR model names, for every type that converts by itself, the function the translator will call. All but four kinds
// take the value; a quantity keeps the UCUM unit as written, and has no single value when it carries a comparator.
function fhirHelpers(modelInfo) {
  const byHand = new Set(['Coding', 'CodeableConcept', 'Quantity', 'Ratio', 'Period', 'Range']);
  const rows = [...modelInfo.matchAll(/<conversionInfo functionName="FHIRHelpers\.(\w+)" fromType="FHIR\.([\w.]+)" toType="System\.\w+"/g)];
  const typeName = (from) => from.split('.').map((part) => `"${part}"`).join('.');
  return `// Layer: words
// Generated from the FHIR model.
library FHIRHelpers version '${fhirVersion}'
using FHIR version '${fhirVersion}'
context Unfiltered
define function ToQuantity(quantity FHIR.Quantity):
  if quantity.value is null or quantity.comparator is not null or quantity.system.value != 'http://unitsofmeasure.org' then null
  else System.Quantity { value: quantity.value.value, unit: Coalesce(quantity.code.value, quantity.unit.value, '1') }
define function ToInterval(period FHIR.Period):
  if period is null then null else Interval[period."start".value, period."end".value]
define function ToInterval(range FHIR.Range): if range is null then null else Interval[ToQuantity(range.low), ToQuantity(range.high)]
define function ToRatio(ratio FHIR.Ratio):
  if ratio is null then null else System.Ratio { numerator: ToQuantity(ratio.numerator), denominator: ToQuantity(ratio.denominator) }
define function ToCode(coding FHIR.Coding):
  if coding is null then null
  else System.Code { code: coding.code.value, system: coding.system.value, version: coding.version.value, display: coding.display.value }
define function ToConcept(concept FHIR.CodeableConcept):
  if concept is null then null else System.Concept { codes: concept.coding C return ToCode(C), display: concept.text.value }
${rows.filter(([, , from]) => !byHand.has(from)).map(([, name, from]) => `define function ${name}(value FHIR.${typeName(from)}): value.value`).join('\n')}
`;
}

// ---------------------------------------------------------------- translating

async function loadTranslator(modelInfo, libraries) {
  globalThis.require ??= require;        // the translator's input layer looks for a global require when it is loaded,
  globalThis.crypto ??= webcrypto;       // and for the global that Node has from version 19 on
  for (const chatter of ['log', 'info', 'debug']) {
    console[chatter] = () => {};   // its logger greets
  }
  const load = (id) => import(pathToFileURL(require.resolve(id)));
  const [{ NamespaceManager, SystemModelInfoProvider }, toElm] =
    await Promise.all([load('@cqframework/cql/cql'), load('@cqframework/cql/cql-to-elm')]);
  const models = new toElm.ModelManager(new NamespaceManager());
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  models.modelInfoLoader.registerModelInfoProvider(
    toElm.createModelInfoProvider((id) => (id === 'FHIR' ? toElm.stringAsSource(modelInfo) : null)));
  const options = toElm.CqlCompilerOptions.defaultOptions();
  options.validateUnits = false;
  options.signatureLevel = toElm.LibraryBuilder.SignatureLevel.valueOf('All');
  const chosen = options.options.asJsSetView();
  const option = (name) => toElm.CqlCompilerOptions.Options.valueOf(name);
  for (const name of ['EnableAnnotations', 'EnableDateRangeOptimization']) { chosen.delete(option(name)); }
  for (const name of ['EnableLocators', 'EnableResultTypes']) { chosen.add(option(name)); }
  const nothing = () => null;   // a unit service is demanded even where units are not checked
  const manager = new toElm.LibraryManager(models, options, null, toElm.createUcumService(nothing, nothing, nothing, nothing));
  manager.librarySourceLoader.registerProvider(toElm.createLibrarySourceProvider((id) => {
    const library = libraries.get(id);
    return library ? toElm.stringAsSource(library.text) : null;
  }));
  return (text) => JSON.parse(toElm.CqlTranslator.fromText(text, manager).toJson()).library;
}

// Included libraries first: the translator reports their errors under the name of whoever includes them.
function inOrder(libraries) {
  const order = [], state = new Map();
  const visit = (name) => {
    if (state.has(name) || !libraries.has(name)) { return; }
    state.set(name, true);
    for (const [, included] of libraries.get(name).text.matchAll(/^include\s+"?(\w+)"?/gm)) { visit(included); }
    order.push(libraries.get(name));
  };
  [...libraries.keys()].sort().forEach(visit);
  return order;
}

// ---------------------------------------------------------------- rules

const layers = ['words', 'facts', 'derived', 'criteria'];

function isNull(node) {
  return node?.type === 'Null' || ((node?.type === 'As' || node?.type?.startsWith('To')) && isNull(node.operand));
}

// Children in the order of their keys; result types and annotations hold no expressions.
function children(node) {
  const found = [];
  for (const [key, value] of Object.entries(node)) {
    if (['resultTypeSpecifier', 'annotation', 'signature', 'asTypeSpecifier', 'toTypeSpecifier'].includes(key)) { continue; }
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child === 'object') { found.push([key, child]); }
    }
  }
  return found;
}

function makeRules(libraries, facts, report) {
  const factByCode = new Map(facts.facts.flatMap((fact) => codesOfFact(fact).map((code) => [code, fact])));
  const codeOf = (library, retrieve) => {
    let codes = retrieve.codes;
    while (codes && codes.type !== 'CodeRef') { codes = codes.operand ?? codes.element?.[0]; }
    return codes && library.includes.get(codes.libraryName) === 'ChartCodes' ? codes.name : null;
  };
  const findDefine = (library, node) => {
    const where = node.libraryName ? libraries.get(library.includes.get(node.libraryName)) : library;
    return [where, where?.elm.statements.def.find((define) => define.name === node.name && define.type !== 'FunctionDef')];
  };

  // The open facts whose rows an expression lists: through names and sources, not through conditions.
  function openFacts(library, node, seen) {
    if (node.type === 'Retrieve') {
      const fact = factByCode.get(codeOf(library, node));
      return fact && isYes(fact.open) ? [fact.code] : [];
    }
    if (node.type === 'ExpressionRef') {
      const [where, define] = findDefine(library, node);
      if (!define || seen.has(define)) { return []; }
      seen.add(define);
      return openFacts(where, define.expression, seen);
    }
    const sources = node.type === 'Query' ? node.source.map((source) => source.expression) : [].concat(node.operand ?? [], node.source ?? []);
    return sources.flatMap((source) => (typeof source === 'object' ? openFacts(library, source, seen) : []));
  }

  const banned = {
    Exists: 'exists', AnyTrue: 'AnyTrue', AllTrue: 'AllTrue', Coalesce: 'Coalesce', IsNull: 'is null', IsTrue: 'is true', IsFalse: 'is false',
    If: 'if', Case: 'case', Count: 'Count',
  };

  function inCriteria(library, node, at) {
    if (banned[node.type]) {
      report(library, at, `${banned[node.type]} in criteria can turn an unknown into an answer: use Ask, or make it a fact`);
    }
    const listed = node.type === 'In' ? node.operand[1] : node.type === 'Contains' ? node.operand[0] : null;
    if (listed?.resultTypeSpecifier?.type === 'ListTypeSpecifier') {
      report(library, at, 'membership in a list is false for an unknown element: use Ask.among');
    }
    if (node.type === 'Query' && node.where) {
      report(library, at, 'where drops rows that are unknown: put the condition into return all');
    }
    if (node.type === 'Query' && node.return && node.return.distinct !== false) {
      report(library, at, 'return merges equal rows: write return all');
    }
  }

  const vocabularies = ['ValueSetRef', 'CodeSystemRef', 'ExpandValueSet', 'InValueSet', 'AnyInValueSet', 'InCodeSystem', 'AnyInCodeSystem'];

  // guarded: inside the condition of an if or case that can answer null.
  function walk(library, node, at, guarded) {
    at = node.locator ?? at;
    if (node.type === 'Retrieve') {
      if (library.layer !== 'facts') {
        report(library, at, 'only a library of layer facts may retrieve');
      }
      const code = codeOf(library, node), expected = lineCodes.includes(code) ? 'Procedure' : 'Observation';
      if (!code) {
        report(library, at, 'a retrieve names one code of ChartCodes');
      } else if (!node.dataType.endsWith(`}${expected}`)) {
        report(library, at, `${code} is handed over as ${expected}`);
      }
    }
    if (vocabularies.includes(node.type)) {
      report(library, at, 'the guideline has no value sets: what a code means stands in terminology/*.csv, and CQL asks for its fact');
    }
    if (library.layer === 'criteria') { inCriteria(library, node, at); }
    if (node.type === 'Exists' && !guarded && library.layer !== 'words') {
      const open = openFacts(library, node.operand, new Set());
      if (open.length) {
        report(library, at, `exists on an open fact (${[...new Set(open)].join(', ')}): absence is unknown, not no`);
      }
    }
    if (node.type === 'Case' && library.layer !== 'words' && !isNull(node.else)) {
      report(library, at, 'a case ends with else null: anything unforeseen is unknown');
    }
    const keeps = (node.type === 'If' && (isNull(node.then) || isNull(node.else))) || node.type === 'Case';
    for (const [key, child] of children(node)) {
      const condition = keeps && (key === 'condition' || key === 'comparand');
      if (node.type === 'Case' && key === 'caseItem') {
        walk(library, child.when, child.when.locator ?? at, true);
        walk(library, child.then, child.then.locator ?? at, guarded);
      } else {
        walk(library, child, at, guarded || condition);
      }
    }
  }

  return function check(library) {
    if (!layers.includes(library.layer)) {
      report(library, '1:1', `the first lines must say "// Layer: " and one of ${layers.join(', ')}`);
    }
    const functions = new Set();
    for (const define of library.elm.statements?.def ?? []) {
      if (define.type === 'FunctionDef') {
        if (functions.has(define.name)) {
          report(library, define.locator, `a second function "${define.name}": overloads are chosen at run time, and null fits all`);
        }
        functions.add(define.name);
      }
      const generated = define.name === 'Patient' && define.expression?.type === 'SingletonFrom';
      if (define.expression && !generated) { walk(library, define.expression, define.locator, false); }
    }
  };
}

// ---------------------------------------------------------------- FHIRHelpers: what is called, and no more

function prune(libraries) {
  const helpers = libraries.get('FHIRHelpers');
  const wanted = new Set();
  const collect = (library, node) => {
    if (node.type === 'FunctionRef' && (library === helpers ? !node.libraryName : library.includes.get(node.libraryName) === 'FHIRHelpers')) {
      if (!wanted.has(node.name)) {
        wanted.add(node.name);
        helpers.elm.statements.def.filter((define) => define.name === node.name).forEach((define) => collect(helpers, define));
      }
    }
    for (const [, child] of children(node)) { collect(library, child); }
  };
  for (const library of libraries.values()) {
    if (library !== helpers) { (library.elm.statements?.def ?? []).forEach((define) => collect(library, define)); }
  }
  helpers.elm.statements.def = helpers.elm.statements.def.filter((define) => wanted.has(define.name));
}

// ---------------------------------------------------------------- the work

const places = readArguments(process.argv.slice(2));
const facts = parseYaml(readFileSync(places.facts, 'utf8'));
const modelInfo = readFileSync(require.resolve(`cql-exec-fhir/lib/modelInfos/fhir-modelinfo-${fhirVersion}.xml`), 'utf8');

const libraries = new Map();
function addLibrary(file, text) {
  const name = basename(file, '.cql');
  const includes = new Map([...text.matchAll(/^include\s+"?(\w+)"?(?:\s+version\s+'[^']*')?(?:\s+called\s+"?(\w+)"?)?/gm)].map(([, id, called]) => [called ?? id, id]));
  libraries.set(name, { name, file, text, includes, layer: /^\/\/ Layer: (\w+)/m.exec(text.split('\n', 5).join('\n'))?.[1], generated: false });
}
for (const file of readdirSync(places.cql).filter((name) => name.endsWith('.cql')).sort()) {
  addLibrary(relative('.', join(places.cql, file)), readFileSync(join(places.cql, file), 'utf8'));
}
for (const [name, text] of [['ChartCodes', chartCodes(facts)], ['FHIRHelpers', fhirHelpers(modelInfo)]]) {
  if (libraries.has(name)) {
    console.error(`${libraries.get(name).file}:1:1: ${name} is generated, not written`);
    process.exit(1);
  }
  addLibrary(join(places.out, `${name}.cql`), text);
  libraries.get(name).generated = true;
}

let errors = 0;
function report(library, locator, message) {
  const [line, column] = (locator ?? '1:1').split('-')[0].split(':');
  console.error(`${library.file}:${line}:${column}: ${message}`);
  errors += 1;
}

const translate = await loadTranslator(modelInfo, libraries);
if (!existsSync(places.out)) { mkdirSync(places.out, { recursive: true }); }
for (const library of inOrder(libraries)) {
  library.elm = translate(library.text);
  if (library.elm.identifier?.id !== library.name) {
    report(library, '1:1', `library ${library.elm.identifier?.id ?? '(none)'} in a file of another name`);
  }
  const failures = (library.elm.annotation ?? []).filter((note) => note.type === 'CqlToElmError' && note.errorSeverity === 'error');
  for (const failure of failures) {
    const owner = libraries.get(failure.libraryId) ?? library;
    report(owner, `${failure.startLine ?? 1}:${(failure.startChar ?? 0) + 1}`, failure.message);
  }
  if (errors) { process.exit(1); }   // whatever includes it would only repeat the error under its own name
}
const check = makeRules(libraries, facts, report);
for (const library of libraries.values()) {
  if (!library.generated) { check(library); }
}
if (errors) { process.exit(1); }
prune(libraries);
for (const library of libraries.values()) {
  writeFileSync(join(places.out, `${library.name}.json`), `${JSON.stringify({ library: library.elm })}\n`);
  writeFileSync(join(places.out, `${library.name}.cql`), library.text);
}
