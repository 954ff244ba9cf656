#!/usr/bin/env node
// cases.mjs -- translates the engine's own conformance cases to ELM.
// SPDX-License-Identifier: Apache-2.0
//
//   node tools/cases.mjs OUT.ndjson FILE.cases...
//
// A .cases file: lines "== Operator" open the section of an operator of src/cql/ops.def; "# ..." is a comment; ": ..." is a declaration of
// the library (code system, parameter, function); ": data RESOURCE" is a resource of FHIR that the cases of the file are asked of, and makes
// FHIR 4.0.1 the data model of its library; ": now DATETIME" is what Now() answers; every other line is a case, "expression => expected", where expected is canonical JSON,
// "error" (a run-time error) or "load error". An expression that begins with "elm " is ELM as it stands.
// Out come lines of JSON: for every file {"library": ELM, "data": [resources], "now"}, then its cases {"define", "operator", "line", "file", "expression", "expected"};
// a case whose library must not load has its own "library".
import { readFileSync, writeFileSync } from 'node:fs';
import { webcrypto } from 'node:crypto';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
globalThis.require ??= require;                                        // the translator looks for it when it is loaded
globalThis.crypto ??= webcrypto;                                        // global in Node from version 19 on
for (const name of ['log', 'info', 'debug']) console[name] = (...words) => console.error(...words);   // its logger greets
const load = (name) => import(pathToFileURL(require.resolve(name)));
const [{ NamespaceManager, SystemModelInfoProvider }, cql] = await Promise.all([load('@cqframework/cql/cql'), load('@cqframework/cql/cql-to-elm')]);

const fhir = readFileSync(require.resolve('cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml'), 'utf8');

function translate(text) {
  const models = new cql.ModelManager(new NamespaceManager());
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  models.modelInfoLoader.registerModelInfoProvider(cql.createModelInfoProvider((id) => (id === 'FHIR' ? cql.stringAsSource(fhir) : null)));
  const options = cql.CqlCompilerOptions.defaultOptions();
  options.validateUnits = false;
  options.signatureLevel = cql.LibraryBuilder.SignatureLevel.valueOf('All');
  const set = options.options.asJsSetView();
  const option = (name) => cql.CqlCompilerOptions.Options.valueOf(name);
  set.add(option('EnableLocators'));
  set.add(option('EnableResultTypes'));
  set.delete(option('EnableAnnotations'));
  const none = () => null;
  const libraries = new cql.LibraryManager(models, options, null, cql.createUcumService(none, none, none, none));
  const translation = cql.CqlTranslator.fromText(text, libraries);
  const elm = JSON.parse(translation.toJson());
  const errors = (elm.library.annotation ?? []).filter((note) => note.type === 'CqlToElmError' && note.errorSeverity === 'error');
  return { elm, errors };
}

function readCases(file) {
  const declarations = [], cases = [], data = [];
  let operator = '', now;
  readFileSync(file, 'utf8').split('\n').forEach((line, index) => {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return;
    if (text.startsWith('== ')) operator = text.slice(3).trim();
    else if (text.startsWith(': now ')) now = text.slice(6);
    else if (text.startsWith(': data ')) data.push(JSON.parse(text.slice(7)));
    else if (text.startsWith(': ')) declarations.push(text.slice(2));
    else {
      const arrow = text.lastIndexOf(' => ');
      if (arrow < 0) throw new Error(`${file}:${index + 1}: a case without =>`);
      cases.push({ define: `case ${index + 1}`, operator, line: index + 1, expression: text.slice(0, arrow).trim(), expected: text.slice(arrow + 4).trim() });
    }
  });
  if (data.length > 0) declarations.unshift("using FHIR version '4.0.1'");
  return { declarations, cases, data, now };
}

const library = (name, declarations, defines) => [`library ${name}`, ...declarations.filter((d) => !d.startsWith('define')), 'context Unfiltered',
  ...declarations.filter((d) => d.startsWith('define')), ...defines].join('\n');
const rawElm = (one) => ({ name: one.define, context: 'Unfiltered', accessLevel: 'Public', expression: JSON.parse(one.expression.slice(4)) });

const [out, ...files] = process.argv.slice(2);
const lines = [];
let failed = false;
for (const file of files) {
  const name = basename(file, '.cases').replace(/\W/g, '_');
  const { declarations, cases, data, now } = readCases(file);
  const together = cases.filter((one) => one.expected !== 'load error');
  const written = together.filter((one) => !one.expression.startsWith('elm '));
  const first = declarations.length + 3;      // 1-based line of the first define
  const { elm, errors } = translate(library(name, declarations, written.map((one) => `define "${one.define}": ${one.expression}`)));
  for (const error of errors) {
    failed = true;
    const one = written[error.startLine - first];
    console.error(`${file}:${one?.line ?? '?'}: ${error.message}`);
  }
  for (const one of together.filter((x) => x.expression.startsWith('elm '))) elm.library.statements.def.push(rawElm(one));
  lines.push({ library: elm, data, now });
  for (const one of cases) {
    if (one.expected !== 'load error') lines.push({ ...one, file });
    else {
      const alone = one.expression.startsWith('elm ') ? translate(library(name, declarations, [])).elm
        : translate(library(name, declarations, [`define "${one.define}": ${one.expression}`])).elm;
      alone.library.statements ??= { def: [] };
      if (one.expression.startsWith('elm ')) alone.library.statements.def.push(rawElm(one));
      lines.push({ ...one, file, alone });
    }
  }
}
writeFileSync(out, lines.map((line) => JSON.stringify(line) + '\n').join(''));
process.exit(failed ? 1 : 0);
