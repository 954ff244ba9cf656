// random_elm.mjs -- random well-typed ELM over toy data, for random.mjs. The same seed gives the same expressions.
// SPDX-License-Identifier: Apache-2.0
//
// A type is its name: Integer, List<Integer>, Interval<Date>, Tuple{a:Integer,b:String}. What can be built of which type stands in one
// table of signatures, from which an expression grows downwards: what is wanted of a type is a literal (near an edge more often than
// chance would have it), a name in scope, or an operator of that result. Where an operator keeps its operands is read from ops.def.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const URN = '{urn:hl7-org:elm-types:r1}';
export const fields = new Map([...readFileSync(join(here, '../../src/cql/ops.def'), 'utf8').matchAll(/^OP\((\w+), *"([^"]*)"/gm)].map((m) => [m[1], m[2].split(' ')]));
export const operators = [...readFileSync(join(here, '../../src/cql/ops.def'), 'utf8').matchAll(/^(?:OP|FORM)\((\w+),/gm)].map((m) => m[1]).filter((n) => !/^Query./.test(n));

// ---- types ----
export const list = (t) => `List<${t}>`;
export const interval = (t) => `Interval<${t}>`;
export const isList = (t) => t.startsWith('List<');
export const isInterval = (t) => t.startsWith('Interval<');
export const isTuple = (t) => t.startsWith('Tuple{');
export const part = (t) => /^(?:List|Interval)<(.*)>$/.exec(t)?.[1];
export const members = (t) => Object.fromEntries(t.slice(6, -1).split(',').map((m) => m.split(':')));
export const named = (t) => URN + t;
export function specifier(t) {
  if (isList(t)) { return { type: 'ListTypeSpecifier', elementType: specifier(part(t)) }; }
  if (isInterval(t)) { return { type: 'IntervalTypeSpecifier', pointType: specifier(part(t)) }; }
  if (isTuple(t)) { return { type: 'TupleTypeSpecifier', element: Object.entries(members(t)).map(([name, of]) => ({ name, elementType: specifier(of) })) }; }
  return { type: 'NamedTypeSpecifier', name: named(t) };
}
const simple = (t) => /^\w+$/.test(t);
// Every node says its type, as the translator writes it.
export const typed = (t, e) => (simple(t) ? { ...e, resultTypeName: named(t) } : { ...e, resultTypeSpecifier: specifier(t) });
export function typeOf(e) {
  if (e.resultTypeName) { return e.resultTypeName.slice(URN.length); }
  const name = (s) => (s.type === 'ListTypeSpecifier' ? list(name(s.elementType)) : s.type === 'IntervalTypeSpecifier' ? interval(name(s.pointType))
    : s.type === 'TupleTypeSpecifier' ? `Tuple{${s.element.map((m) => `${m.name}:${name(m.elementType)}`).join(',')}}` : s.name.slice(URN.length));
  return e.resultTypeSpecifier ? name(e.resultTypeSpecifier) : 'Any';
}

const NUMBERS = ['Integer', 'Decimal'], TIMES = ['Date', 'DateTime', 'Time'], AMOUNTS = [...NUMBERS, 'Quantity'], POINTS = [...AMOUNTS, ...TIMES], ORDERED = [...POINTS, 'String'];
const PLAIN = ['Boolean', ...ORDERED, 'Ratio', 'Code', 'Concept'];
const INTERVALS = POINTS.map(interval);
export const TUPLES = ['Tuple{a:Integer,b:String}', 'Tuple{n:Decimal,day:Date}'];
const ELEMENTS = [...PLAIN, ...INTERVALS, ...TUPLES, list('Integer')];
const EVERY = [...PLAIN, ...INTERVALS, ...TUPLES, ...ELEMENTS.map(list)];
export const precisions = { Date: ['Year', 'Month', 'Day'], DateTime: ['Year', 'Month', 'Day', 'Hour', 'Minute', 'Second', 'Millisecond'], Time: ['Hour', 'Minute', 'Second', 'Millisecond'] };

// ---- signatures: operator, result, operands; "?T" may be absent, "#word" is a literal of that word's kind, precision: none, maybe, always ----
const signatures = [];
const sig = (op, result, operands, precision = 'none') => signatures.push({ op, result, operands, precision });
for (const t of EVERY) {
  for (const op of ['Equal', 'NotEqual', 'Equivalent']) { sig(op, 'Boolean', [t, t]); }
  sig('IsNull', 'Boolean', [t]);
  sig('If', t, ['Boolean', t, t]);
  sig('Case', t, []);
  sig('Coalesce', t, [t, t]);
  sig('Coalesce', t, [t, t, t]);
  sig('As', t, []);
  sig('Is', 'Boolean', []);
  sig('Message', t, [t]);
}
for (const op of ['And', 'Or', 'Xor', 'Implies']) { sig(op, 'Boolean', ['Boolean', 'Boolean']); }
for (const op of ['Not', 'IsTrue', 'IsFalse']) { sig(op, 'Boolean', ['Boolean']); }
for (const t of ORDERED) {
  for (const op of ['Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual']) { sig(op, 'Boolean', [t, t]); }
  for (const op of ['Min', 'Max']) { sig(op, t, [list(t)]); }
}
for (const t of AMOUNTS) {
  for (const op of ['Add', 'Subtract', 'Multiply', 'TruncatedDivide', 'Modulo']) { sig(op, t, [t, t]); }
  for (const op of ['Abs', 'Negate']) { sig(op, t, [t]); }
  for (const op of ['Sum', 'Product']) { sig(op, t, [list(t)]); }
  sig('Width', t, [interval(t)]);
  sig('Size', t, [interval(t)]);
}
for (const t of ['Decimal', 'Quantity']) {
  sig('Divide', t, [t, t]);
  for (const op of ['Avg', 'Median', 'Variance', 'StdDev', 'PopulationVariance', 'PopulationStdDev']) { sig(op, t, [list(t)]); }
}
sig('Add', 'String', ['String', 'String']);
sig('Power', 'Integer', ['Integer', '#exponent']);
sig('Power', 'Decimal', ['Decimal', 'Decimal']);
for (const op of ['Ceiling', 'Floor', 'Truncate']) { sig(op, 'Integer', ['Decimal']); }
for (const op of ['Exp', 'Ln']) { sig(op, 'Decimal', ['Decimal']); }
sig('Log', 'Decimal', ['Decimal', 'Decimal']);
sig('Round', 'Decimal', ['Decimal', '?#digits']);
sig('GeometricMean', 'Decimal', [list('Decimal')]);
for (const t of POINTS) {
  for (const op of ['Predecessor', 'Successor']) { sig(op, t, [t]); }
  for (const op of ['Start', 'End', 'PointFrom']) { sig(op, t, [interval(t)]); }
  sig('Interval', interval(t), []);
  for (const op of ['Union', 'Intersect', 'Except']) { sig(op, interval(t), [interval(t), interval(t)]); }
  const p = TIMES.includes(t) ? 'maybe' : 'none';
  for (const op of ['In', 'ProperIn']) { sig(op, 'Boolean', [t, interval(t)], p); }
  for (const op of ['Contains', 'ProperContains']) { sig(op, 'Boolean', [interval(t), t], p); }
  for (const op of ['Includes', 'IncludedIn', 'ProperIncludes', 'ProperIncludedIn', 'Before', 'After', 'SameOrBefore', 'SameOrAfter', 'Overlaps', 'OverlapsBefore',
    'OverlapsAfter', 'Meets', 'MeetsBefore', 'MeetsAfter', 'Starts', 'Ends']) { sig(op, 'Boolean', [interval(t), interval(t)], p); }
  if (p === 'maybe') { sig('SameAs', 'Boolean', [interval(t), interval(t)], p); }
  for (const op of ['Before', 'After']) { sig(op, 'Boolean', [t, interval(t)], p); sig(op, 'Boolean', [interval(t), t], p); }
  sig('Collapse', list(interval(t)), [list(interval(t)), `#per ${t}`]);
  sig('Expand', list(interval(t)), [`#spans ${t}`, `#per ${t}`]);
  if (t !== 'Quantity') { for (const op of ['MinValue', 'MaxValue']) { sig(op, t, []); } }
}
for (const t of TIMES) {
  for (const op of ['SameAs', 'SameOrBefore', 'SameOrAfter', 'Before', 'After']) { sig(op, 'Boolean', [t, t], 'maybe'); }
  for (const op of ['Add', 'Subtract']) { sig(op, t, [t, `#period ${t}`]); }
  for (const op of ['DurationBetween', 'DifferenceBetween']) { sig(op, 'Integer', [t, t], 'between'); }
  sig('DateTimeComponentFrom', 'Integer', [t], 'always');
  sig('Precision', 'Integer', [t]);
  sig('ToString', 'String', [t]);
  sig(t, t, []);
  for (const op of ['LowBoundary', 'HighBoundary']) { sig(op, t, [t, '#digits']); }
}
for (const op of ['LowBoundary', 'HighBoundary']) { sig(op, 'Decimal', ['Decimal', '#digits']); }
sig('Precision', 'Integer', ['Decimal']);
sig('DateFrom', 'Date', ['DateTime']);
sig('TimeFrom', 'Time', ['DateTime']);
sig('TimezoneOffsetFrom', 'Decimal', ['DateTime']);
sig('Now', 'DateTime', []);
sig('Today', 'Date', []);
sig('TimeOfDay', 'Time', []);
for (const t of ['Date', 'DateTime']) { sig('CalculateAge', 'Integer', [t], 'age'); sig('CalculateAgeAt', 'Integer', [t, t], 'age'); }
sig('Concatenate', 'String', ['String', 'String']);
sig('Combine', 'String', [list('String'), '?String']);
sig('Split', list('String'), ['String', '?String']);
sig('SplitOnMatches', list('String'), ['String', '#pattern']);
sig('Length', 'Integer', ['String']);
for (const op of ['Upper', 'Lower']) { sig(op, 'String', ['String']); }
sig('Substring', 'String', ['String', 'Integer', '?Integer']);
for (const op of ['StartsWith', 'EndsWith']) { sig(op, 'Boolean', ['String', 'String']); }
for (const op of ['PositionOf', 'LastPositionOf']) { sig(op, 'Integer', ['String', 'String']); }
sig('Matches', 'Boolean', ['String', '#pattern']);
sig('ReplaceMatches', 'String', ['String', '#pattern', '#substitution']);
sig('ToChars', list('String'), ['String']);
sig('Indexer', 'String', ['String', 'Integer']);
for (const t of ELEMENTS) {
  const l = list(t);
  sig('List', l, []);
  sig('Query', l, []);
  sig('ForEach', l, []);
  sig('Filter', l, []);
  sig('Query', t, []);
  sig('Indexer', t, [l, 'Integer']);
  for (const op of ['First', 'Last', 'Mode', 'SingletonFrom']) { sig(op, t, [l]); }
  for (const op of ['Exists']) { sig(op, 'Boolean', [l]); }
  for (const op of ['Count', 'Length']) { sig(op, 'Integer', [l]); }
  sig('Distinct', l, [l]);
  sig('Slice', l, [l, '?Integer', '?Integer']);
  sig('IndexOf', 'Integer', [l, t]);
  sig('ToList', l, [t]);
  for (const op of ['Contains', 'ProperContains']) { sig(op, 'Boolean', [l, t]); }
  for (const op of ['In', 'ProperIn']) { sig(op, 'Boolean', [t, l]); }
  for (const op of ['Includes', 'IncludedIn', 'ProperIncludes', 'ProperIncludedIn']) { sig(op, 'Boolean', [l, l]); }
  for (const op of ['Union', 'Intersect', 'Except']) { sig(op, l, [l, l]); }
}
sig('Flatten', list('Integer'), [list(list('Integer'))]);
for (const op of ['AllTrue', 'AnyTrue']) { sig(op, 'Boolean', [list('Boolean')]); }
for (const [to, from] of Object.entries({ Boolean: ['String', 'Integer', 'Decimal'], Integer: ['String', 'Boolean'], Decimal: ['String', 'Boolean', 'Integer'], Date: ['String', 'DateTime'],
  DateTime: ['String', 'Date'], Time: ['String'], Quantity: ['String', 'Integer', 'Decimal', 'Ratio'], Ratio: ['String'] })) {
  for (const t of from) {
    const s = t === 'String' ? `#text ${to}` : t;
    sig(`To${to}`, to, [s]);
    sig(`ConvertsTo${to}`, 'Boolean', [s]);
    sig('Convert', to, [s]);
    sig('CanConvert', 'Boolean', [s]);
  }
}
for (const t of ['Boolean', 'Integer', 'Decimal', 'Quantity', 'Ratio']) { sig('ToString', 'String', [t]); sig('ConvertsToString', 'Boolean', [t]); }
sig('ToConcept', 'Concept', ['Code']);
sig('ToConcept', 'Concept', [list('Code')]);
sig('ConvertQuantity', 'Quantity', ['Quantity', '#unit']);
sig('CanConvertQuantity', 'Boolean', ['Quantity', '#unit']);
for (const t of ['Quantity', 'Code', 'Concept', 'Ratio']) { sig('Instance', t, []); }
for (const t of TUPLES) { sig('Tuple', t, []); }
// What has a property of which type.
const PROPERTIES = { Quantity: { value: 'Decimal', unit: 'String' }, Ratio: { numerator: 'Quantity', denominator: 'Quantity' }, Code: { code: 'String', system: 'String', display: 'String' },
  Concept: { codes: list('Code'), display: 'String' }, ...Object.fromEntries(POINTS.map((t) => [interval(t), { low: t, high: t, lowClosed: 'Boolean', highClosed: 'Boolean' }])), ...Object.fromEntries(TUPLES.map((t) => [t, members(t)])) };
for (const t of new Set(Object.values(PROPERTIES).flatMap((p) => Object.values(p)))) { sig('Property', t, []); }
sig('FunctionRef', 'Integer', ['Integer', 'Integer']);
sig('ExpressionRef', TUPLES[0], []);
sig('ParameterRef', 'Integer', []);
sig('CodeRef', 'Code', []);
sig('ConceptRef', 'Concept', []);

// The library that every expression stands in.
export const library = (defines) => ({ library: {
  identifier: { id: 'Toy' }, schemaIdentifier: { id: 'urn:hl7-org:elm', version: 'r1' }, usings: { def: [{ localIdentifier: 'System', uri: 'urn:hl7-org:elm-types:r1' }] },
  parameters: { def: [{ name: 'Given', accessLevel: 'Public', ...typed('Integer', { default: literal('Integer', '7') }), parameterTypeSpecifier: specifier('Integer') }] },
  codeSystems: { def: [{ name: 'Toy', id: 'http://toy.example/codes', accessLevel: 'Public' }, { name: 'Other', id: 'http://other.example/codes', accessLevel: 'Public' }] },
  codes: { def: [{ name: 'Red', id: 'red', display: 'Red', codeSystem: { name: 'Toy' } }, { name: 'Blue', id: 'blue', codeSystem: { name: 'Toy' } }] },
  concepts: { def: [{ name: 'Warm', display: 'Warm colours', code: [{ name: 'Red' }] }] },
  statements: { def: [
    { name: 'minus', context: 'Unfiltered', accessLevel: 'Public', type: 'FunctionDef', ...typed('Integer', { expression: typed('Integer', { type: 'Subtract', operand: ['x', 'y'].map((name) => typed('Integer', { type: 'OperandRef', name })) }) }),
      operand: ['x', 'y'].map((name) => ({ name, operandTypeSpecifier: specifier('Integer') })) },
    define('Row', typed(TUPLES[0], { type: 'Tuple', element: [{ name: 'a', value: literal('Integer', '1') }, { name: 'b', value: literal('String', 'x') }] })),
    ...defines.map(([name, e]) => define(name, e))] } } });
const define = (name, expression) => ({ name, context: 'Unfiltered', accessLevel: 'Public', ...(expression.resultTypeName ? { resultTypeName: expression.resultTypeName } : { resultTypeSpecifier: expression.resultTypeSpecifier }), expression });

// ---- literals ----
export const literal = (t, text) => typed(t, { type: 'Literal', valueType: named(t), value: text });
export const nothing = (t) => typed(t, { type: 'As', operand: typed('Any', { type: 'Null' }), asTypeSpecifier: specifier(t) });
const integer = (n) => literal('Integer', String(n));
const moment = (t, names, values, offset) => typed(t, { type: t, ...Object.fromEntries(values.map((v, i) => [names[i], integer(v)])), ...(offset == null ? {} : { timezoneOffset: literal('Decimal', decimalText(offset)) }) });
export function decimalText(x) {
  if (Math.abs(x) >= 1e20) { return `${x < 0 ? '-' : ''}99999999999999999999.99999999`; }
  const text = Math.abs(x) < 1e12 ? x.toFixed(8).replace(/0{1,7}$/, '') : `${BigInt(Math.round(x))}.0`;
  return /^-0\.0+$/.test(text) ? '0.0' : text;
}
const DAY_FIELDS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond'], CLOCK_FIELDS = DAY_FIELDS.slice(3);
const quantity = (value, unit) => typed('Quantity', { type: 'Quantity', value, unit });

// The ELM of a value in canonical form; null where there is none (a range).
export function literalOf(v, t) {
  if (v === null || v === undefined) { return nothing(t); }
  if (isList(t)) { const e = v.map((x) => literalOf(x, part(t))); return e.includes(null) ? null : typed(t, { type: 'List', element: e }); }
  if (isTuple(t)) { const m = members(t), e = Object.keys(m).map((name) => ({ name, value: literalOf(v.Tuple?.[name], m[name]) })); return e.some((x) => x.value === null) ? null : typed(t, { type: 'Tuple', element: e }); }
  if (isInterval(t)) {
    if (!v.Interval) { return null; }
    const [a, low, high, b] = v.Interval, ends = [literalOf(low, part(t)), literalOf(high, part(t))];
    return ends.includes(null) ? null : typed(t, { type: 'Interval', low: ends[0], high: ends[1], lowClosed: a === '[', highClosed: b === ']' });
  }
  if (t === 'Boolean' && typeof v === 'boolean') { return literal(t, String(v)); }
  if (t === 'String' && typeof v === 'string') { return literal(t, v); }
  if (t === 'Integer' && typeof v === 'number') { return integer(v); }
  if (t === 'Decimal' && typeof v === 'number') { return literal(t, decimalText(v)); }
  if (t === 'Date' && v.Date) { return moment(t, DAY_FIELDS, v.Date.split('-').map(Number)); }
  if (t === 'Time' && v.Time) { return moment(t, CLOCK_FIELDS, v.Time.split(/[:.]/).map(Number)); }
  if (t === 'DateTime' && v.DateTime) {
    const m = /^([\d-]+)T(?:([\d:.]+)([+-])(\d\d):(\d\d))?$/.exec(v.DateTime);
    const offset = m[3] ? (m[3] === '-' ? -1 : 1) * (+m[4] + m[5] / 60) : null;
    return moment(t, DAY_FIELDS, [...m[1].split('-'), ...(m[2] ? m[2].split(/[:.]/) : [])].map(Number), offset);
  }
  if (t === 'Quantity' && v.Quantity) { return quantity(v.Quantity[0], v.Quantity[1]); }
  if (t === 'Ratio' && v.Ratio) { const q = (x) => ({ value: x.Quantity[0], unit: x.Quantity[1] }); return typed(t, { type: 'Ratio', numerator: q(v.Ratio[0]), denominator: q(v.Ratio[1]) }); }
  const text = (name, s) => ({ name, value: s == null ? nothing('String') : literal('String', s) });
  const code = (c) => typed('Code', { type: 'Instance', classType: named('Code'), element: ['code', 'system', 'version', 'display'].filter((k) => c[k] != null).map((k) => text(k, c[k])) });
  if (t === 'Code' && v.Code) { return code(v.Code); }
  if (t === 'Concept' && v.Concept) { return typed(t, { type: 'Instance', classType: named(t), element: [{ name: 'codes', value: typed(list('Code'), { type: 'List', element: v.Concept.codes.map(code) }) }, text('display', v.Concept.display)] }); }
  return null;
}

const TEXTS = { Boolean: ['true', 'T', 'yes', 'y', '1', 'false', 'F', 'No', 'n', '0', 'maybe', ' true'], Integer: ['0', '12', '-5', '+3', '2147483647', '2147483648', '1.5', '12a', '', '-'],
  Decimal: ['1.5', '-0.25', '12', '+3.0', '.5', '5.', '1.123456789', '1e3', 'x', '-1.0'], Date: ['2012', '2012-03', '2012-03-01', '2012-02-30', '2012-3-1', '2012-13', 'x', '2012-03-01T10:00'],
  DateTime: ['2012', '2012-03-01', '2012-03-01T', '2012-03-01T10', '2012-03-01T10:30:15', '2012-03-01T10:30:15.250', '2012-03-01T10:30:15.250+01:00', '2012-03-01T10:30Z', '2012-03-01T25:00', 'x'],
  Time: ['10:30', '10:30:15', '10:30:15.250', 'T10:30', '25:00', '10', 'x', '10:61'], Quantity: ["5 'mg'", "-5.5 'mg/dL'", '3 days', '5', "5'mg'", "1.5  'g'", 'mg', "5 'nonsense unit'", '2 weeks'],
  Ratio: ["5 'mg':2 'mL'", '1:2', "1 'g' : 3", '1', "5 'mg':0 'mL'", 'x:y'] };
const GROUPS = [['mg', 'g', 'kg', 'ug'], ['cm', 'm', '[in_i]', 'mm'], ['mg/dL', 'g/L', 'ug/mL'], ['d', 'h', 'min', 'wk', 'day', 'days', 'hour', 'weeks', 's'], ['a', 'mo', 'year', 'months', 'month', 'd'], ['1', '%', '1'], ['Cel', 'K', '[degF]'], ['mmol/L', '10*3/uL', 'U/L']];
const INTEGERS = [0, 1, -1, 2, 3, 4, 5, 7, 10, -7, 12, 100], INTEGER_EDGES = [2147483647, -2147483648, 2147483646, -2147483647, 65536];
const DECIMALS = [0, 1, -1, 0.5, 1.5, 2.5, -0.5, -2.5, 3.14159, 0.1, 0.2, 0.3, 10, 100.25, 2.25, -7.75], DECIMAL_EDGES = [0.00000001, -0.00000001, 1.23456789, 0.99999999, 12345678.12345678, 2147483648, 1e20, -1e20];
const STRINGS = ['', 'a', 'b', 'A', 'abc', 'ABC', 'a,b', 'x y', ' ', 'aXbXc', '12', 'ab', 'ba', 'abcabc', 'née'];

// Random numbers of a seed: mulberry32.
export function dice(seed) {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class Generator {
  constructor(seed, absent) {
    this.throw = dice(seed);
    this.drawn = new Map();                       // operator: how often
    this.byResult = new Map();                    // type: operator: signatures
    this.byOperator = new Map();
    for (const s of signatures.filter((x) => !absent.has(x.op))) {
      const ops = this.byResult.get(s.result) ?? this.byResult.set(s.result, new Map()).get(s.result);
      (ops.get(s.op) ?? ops.set(s.op, []).get(s.op)).push(s);
      (this.byOperator.get(s.op) ?? this.byOperator.set(s.op, []).get(s.op)).push(s);
    }
    this.names = 0;
  }
  chance(p) { return this.throw() < p; }
  below(n) { return Math.floor(this.throw() * n); }
  pick(a) { return a[this.below(a.length)]; }
  // Of a few, the operator that came least so far.
  leastDrawn(ops) {
    const few = Array.from({ length: 3 }, () => this.pick(ops));
    return few.reduce((x, y) => ((this.drawn.get(y) ?? 0) < (this.drawn.get(x) ?? 0) ? y : x));
  }
  expression() {
    this.group = this.pick(GROUPS);
    this.names = 0;
    const op = this.leastDrawn([...this.byOperator.keys()]);
    return this.build(this.pick(this.byOperator.get(op)), 1 + this.below(3), []);
  }
  of(t, depth, scope) {
    const known = scope.filter((x) => x.type === t);
    if (known.length && this.chance(0.4)) { const x = this.pick(known); this.count(x.form); return typed(t, { type: x.form, name: x.name }); }
    if (depth <= 0 || this.chance(0.3) || !this.byResult.has(t)) { return this.literal(t); }
    const ops = this.byResult.get(t);
    return this.build(this.pick(ops.get(this.leastDrawn([...ops.keys()]))), depth - 1, scope);
  }
  count(op) { this.drawn.set(op, (this.drawn.get(op) ?? 0) + 1); }

  literal(t) {
    if (this.chance(0.07)) { this.count('Null'); return nothing(t); }
    const some = (often, edges) => this.pick(this.chance(0.15) ? edges : often);
    if (isList(t)) { return this.form({ op: 'List', result: t }, 0, []); }
    if (isInterval(t)) { return this.form({ op: 'Interval', result: t }, 0, []); }
    if (isTuple(t)) { return this.form({ op: 'Tuple', result: t }, 0, []); }
    switch (t) {
      case 'Boolean': this.count('Literal'); return literal(t, this.pick(['true', 'false']));
      case 'Integer': this.count('Literal'); return integer(some(INTEGERS, INTEGER_EDGES));
      case 'Decimal': this.count('Literal'); return literal(t, decimalText(some(DECIMALS, DECIMAL_EDGES)));
      case 'String': this.count('Literal'); return literal(t, this.pick(STRINGS));
      case 'Date': case 'DateTime': case 'Time': return this.moment(t);
      case 'Quantity': this.count('Quantity'); return quantity(some(DECIMALS, DECIMAL_EDGES.slice(0, 5)), this.pick(this.chance(0.9) ? this.group : this.pick(GROUPS)));
      case 'Ratio': { this.count('Ratio'); const q = () => ({ value: this.pick([1, 2, 5, 10, 0.5]), unit: this.pick(this.group) }); return typed(t, { type: 'Ratio', numerator: q(), denominator: q() }); }
      case 'Code': this.count('Code'); return typed(t, { type: 'Code', code: this.pick(['red', 'blue', 'green']), system: { name: this.pick(['Toy', 'Toy', 'Other']) }, ...(this.chance(0.5) ? { display: this.pick(['Red', 'Other words']) } : {}) });
      case 'Concept': this.count('Concept'); return typed(t, { type: 'Concept', code: Array.from({ length: 1 + this.below(2) }, () => ({ code: this.pick(['red', 'blue', 'green']), system: { name: 'Toy' } })), ...(this.chance(0.5) ? { display: 'A colour' } : {}) });
      default: throw new Error(`no literal of ${t}`);
    }
  }
  day() {
    const year = this.pick(this.chance(0.08) ? [1, 9999] : [1999, 2000, 2011, 2012, 2012, 2013]), month = this.pick(year === 9999 ? [12, 12, 6] : year === 1 ? [1, 1, 6] : [1, 2, 2, 3, 6, 11, 12]);
    const last = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
    return [year, month, this.pick([1, 2, 15, last, last, Math.min(28, last)])];
  }
  clock() { return [this.pick([0, 0, 1, 10, 12, 23]), this.pick([0, 30, 59]), this.pick([0, 15, 59]), this.pick([0, 1, 500, 999])]; }
  moment(t) {
    this.count(t);
    if (t === 'Date') { return moment(t, DAY_FIELDS, this.day().slice(0, this.pick([3, 3, 3, 3, 2, 1]))); }
    if (t === 'Time') { return moment(t, CLOCK_FIELDS, this.clock().slice(0, this.pick([4, 4, 4, 3, 2, 1]))); }
    const n = this.pick([7, 7, 7, 6, 5, 4, 3, 2, 1]);
    return moment(t, DAY_FIELDS, [...this.day(), ...this.clock()].slice(0, n), n >= 4 && this.chance(0.7) ? this.pick([0, 0, 1, -5, 5.5]) : null);
  }
  word(kind) {
    const [what, of] = kind.split(' ');
    switch (what) {
      case '#exponent': return integer(this.pick([0, 1, 2, 3, 5, 31]));
      case '#digits': return integer(this.pick([0, 1, 2, 3, 4, 6, 8]));
      case '#unit': return literal('String', this.pick(this.chance(0.8) ? this.group : this.pick(GROUPS)));
      case '#pattern': return literal('String', this.pick(['a', 'a.*', '[a-c]+', '', 'A', '(a)(b)?', '\\d+', '.', 'abc', 'X', '^a', 'b|c', '\\s']));
      case '#substitution': return literal('String', this.pick(['', 'z', 'zz', '$0', '\\$', '[$0]']));
      case '#text': return this.chance(0.15) ? this.literal('String') : literal('String', this.pick(TEXTS[of]));
      case '#period': {
        const units = of === 'Time' ? ['hour', 'hours', 'minutes', 'minute', 'seconds', 'milliseconds', 'h', 'min', 's', 'ms'] : of === 'Date' ? ['year', 'years', 'month', 'months', 'weeks', 'day', 'days', 'd', 'wk'] : ['year', 'years', 'months', 'weeks', 'days', 'day', 'hours', 'minutes', 'seconds', 'milliseconds', 'd', 'h', 'min', 's', 'ms'];
        this.count('Quantity');
        return this.chance(0.05) ? nothing('Quantity') : quantity(this.pick([0, 1, 2, 3, -1, 12, 13, 30, 40, 365, -30, 1.5]), this.pick(units));
      }
      case '#spans': {                            // short ones: Expand makes every piece
        const l = list(interval(of)), span = () => {
          const from = this.pick([0, 1, 2, 4, 10]), to = from + this.pick([0, 1, 2, 3, 7]), day = [2012, this.pick([1, 2, 12]), this.pick([1, 15, 28])];
          const end = (n) => (this.chance(0.04) ? nothing(of) : of === 'Integer' ? integer(n) : of === 'Decimal' ? literal(of, decimalText(n + this.pick([0, 0, 0.5]))) : of === 'Quantity' ? quantity(n, this.group[0])
            : of === 'Date' ? moment(of, DAY_FIELDS, [day[0], day[1] + (n > 10 && day[1] < 12 ? 1 : 0), Math.min(28, day[2] + n)].slice(0, this.pick([3, 3, 3, 2]))) : of === 'Time' ? moment(of, CLOCK_FIELDS, [Math.min(23, n), n].slice(0, this.pick([2, 1])))
              : moment(of, DAY_FIELDS, [...day, Math.min(23, n), n].slice(0, this.pick([3, 4, 5])), 0));
          return typed(interval(of), { type: 'Interval', low: end(from), high: end(to), lowClosed: this.chance(0.7), highClosed: this.chance(0.7) });
        };
        this.count('Interval');
        return typed(l, { type: 'List', typeSpecifier: specifier(interval(of)), element: Array.from({ length: this.pick([1, 1, 2, 3]) }, () => (this.chance(0.08) ? nothing(interval(of)) : span())) });
      }
      case '#per': {
        if (this.chance(0.4)) { return nothing('Quantity'); }
        const units = of === 'Integer' || of === 'Decimal' ? ['1'] : of === 'Quantity' ? this.group : of === 'Time' ? ['hour', 'minutes', 'minute'] : of === 'Date' ? ['day', 'days', 'month', 'week'] : ['day', 'hour', 'month', 'minute'];
        return quantity(this.pick([1, 1, 2, of === 'Decimal' || of === 'Quantity' ? 0.5 : 3]), this.pick(units));
      }
      default: throw new Error(kind);
    }
  }
  operand(t, depth, scope) {
    if (t.startsWith('?')) { return this.chance(0.3) ? null : this.operand(t.slice(1), depth, scope); }
    return t.startsWith('#') ? this.word(t) : this.of(t, depth, scope);
  }
  build(s, depth, scope) {
    if (!fields.has(s.op) || s.op === 'Message') { return this.form(s, depth, scope); }
    this.count(s.op);
    const at = fields.get(s.op), e = { type: s.op };
    const operands = s.operands.map((t) => this.operand(t, depth, scope)), given = operands.filter((x) => x !== null);
    e.signature = s.operands.filter((_, i) => operands[i] !== null).map((t) => specifier(/^\??#(digits|exponent)/.test(t) ? 'Integer' : /^#(period|per)/.test(t) ? 'Quantity' : t.startsWith('#spans') ? list(interval(t.split(' ')[1])) : t.startsWith('#') ? 'String' : t.replace('?', '')));
    if (at.length === 1) { e[at[0]] = s.operands.length === 1 ? given[0] : given; }
    else { at.forEach((name, i) => { if (operands[i]) { e[name.replace('?', '')] = operands[i]; } }); }
    const t = s.operands.map((x) => part(x) ?? x).find((x) => precisions[x]);
    if (s.precision === 'always' || (s.precision === 'maybe' && this.chance(0.5))) { e.precision = this.pick(precisions[t]); }
    if (s.precision === 'between') { e.precision = this.pick(t === 'Time' ? precisions.Time : [...precisions[t], 'Week']); }
    if (s.precision === 'age') { e.precision = this.pick(['Year', 'Month', 'Day']); }
    return typed(s.result, e);
  }

  // What has operands elsewhere, names of its own, or none.
  form(s, depth, scope) {
    const t = s.result, of = (x, more = []) => this.of(x, depth, [...scope, ...more]);
    this.count(s.op);
    switch (s.op) {
      case 'And': case 'Or': case 'Xor': case 'Implies': case 'Coalesce': return typed(t, { type: s.op, operand: s.operands.map((x) => of(x)) });
      case 'Not': return typed(t, { type: s.op, operand: of('Boolean') });
      case 'If': return typed(t, { type: 'If', condition: of('Boolean'), then: of(t), else: of(t) });
      case 'Case': {
        const of1 = this.chance(0.5) ? this.pick(ORDERED) : null;
        return typed(t, { type: 'Case', ...(of1 ? { comparand: of(of1) } : {}), caseItem: Array.from({ length: 1 + this.below(2) }, () => ({ when: of(of1 ?? 'Boolean'), then: of(t) })), else: of(t) });
      }
      case 'As': { const from = this.chance(0.8) ? t : this.pick(PLAIN); return typed(t, { type: 'As', strict: this.chance(0.2), operand: of(from), asTypeSpecifier: specifier(t) }); }
      case 'Is': { const to = this.pick(EVERY), from = this.chance(0.6) ? to : this.pick(PLAIN); return typed(t, { type: 'Is', operand: of(from), isTypeSpecifier: specifier(to) }); }
      case 'Convert': case 'CanConvert': { const to = s.op === 'Convert' ? t : this.pick(['Integer', 'Decimal', 'Date', 'Quantity', 'Boolean']); return typed(t, { type: s.op, operand: this.operand(s.operands[0], depth, scope), toTypeSpecifier: specifier(to), ...(s.op === 'Convert' ? { toType: named(to) } : {}) }); }
      case 'Message': return typed(t, { type: 'Message', source: of(t), condition: of('Boolean'), code: literal('String', 'c'), severity: literal('String', this.pick(['Trace', 'Message', 'Warning'])), message: of('String') });
      case 'Interval': return this.interval(t, depth, scope);
      case 'List': return typed(t, { type: 'List', typeSpecifier: specifier(part(t)), element: Array.from({ length: this.pick([0, 1, 2, 2, 3, 3, 4]) }, () => (this.chance(0.08) ? nothing(part(t)) : of(part(t)))) });
      case 'Tuple': return typed(t, { type: 'Tuple', element: Object.entries(members(t)).map(([name, x]) => ({ name, value: of(x) })) });
      case 'Instance': return this.instance(t, of);
      case 'Property': {
        const [from, path] = this.pick(Object.entries(PROPERTIES).flatMap(([f, p]) => Object.entries(p).filter(([, x]) => x === t).map(([name]) => [f, name])));
        return typed(t, { type: 'Property', path, source: of(from) });
      }
      case 'Date': case 'DateTime': case 'Time': return this.moment(t);
      case 'MinValue': case 'MaxValue': return typed(t, { type: s.op, valueType: named(t) });
      case 'Now': case 'Today': case 'TimeOfDay': return typed(t, { type: s.op });
      case 'FunctionRef': return typed(t, { type: s.op, name: 'minus', signature: s.operands.map(specifier), operand: s.operands.map((x) => of(x)) });
      case 'ExpressionRef': return typed(t, { type: s.op, name: 'Row' });
      case 'ParameterRef': return typed(t, { type: s.op, name: 'Given' });
      case 'CodeRef': return typed(t, { type: s.op, name: this.pick(['Red', 'Blue']) });
      case 'ConceptRef': return typed(t, { type: s.op, name: 'Warm' });
      case 'Query': return this.query(t, depth, scope);
      default: throw new Error(`no way to build ${s.op}`);
    }
  }
  // Ends in order as a rule: an interval turned round is an error, and tells little.
  interval(t, depth, scope) {
    const p = part(t), closed = () => this.chance(0.6);
    const at = { lowClosed: closed(), highClosed: closed() };
    let low = this.of(p, this.chance(0.8) ? 0 : depth, scope), high = this.of(p, this.chance(0.8) ? 0 : depth, scope);
    if (this.chance(0.98) && sortKey(low) > sortKey(high)) { [low, high] = [high, low]; }
    if (p === 'Quantity' && low.type === 'Quantity' && high.type === 'Quantity') {
      const unit = this.chance(0.85) ? low.unit : high.unit;
      [low, high] = [low, high].map((x) => quantity(x.value, x === high ? unit : x.unit));
      if (low.value > high.value) { [low, high] = [quantity(high.value, low.unit), quantity(low.value, high.unit)]; }
    }
    if (isSingle(low, high)) { at.lowClosed = at.highClosed = true; }
    return typed(t, { type: 'Interval', low, high, ...at });
  }
  instance(t, of) {
    const e = (name, value) => ({ name, value });
    const elements = { Quantity: () => [e('value', of('Decimal')), e('unit', this.chance(0.9) ? literal('String', this.pick(this.group)) : nothing('String'))], Code: () => [e('code', of('String')), e('system', of('String')), e('display', of('String'))],
      Concept: () => [e('codes', of(list('Code'))), e('display', of('String'))], Ratio: () => [e('numerator', of('Quantity')), e('denominator', of('Quantity'))] };
    return typed(t, { type: 'Instance', classType: named(t), element: elements[t]() });
  }
  name() { this.names++; return `N${this.names}`; }
  query(t, depth, scope) {
    const many = isList(t), kind = this.pick(['plain', 'return', 'return', 'two', 'aggregate']);
    if (many && kind === 'plain') { return this.plainQuery(t, depth, scope); }
    if (kind === 'aggregate' || !many) { return this.chance(0.5) ? this.aggregate(t, depth, scope) : this.rows(t, depth, scope, 1); }
    return this.rows(t, depth, scope, kind === 'two' ? 2 : 1);
  }
  // Rows as they are: the element type is the source's.
  plainQuery(t, depth, scope) {
    const alias = this.name(), row = { form: 'AliasRef', name: alias, type: part(t) };
    const e = { type: 'Query', source: [typed(t, { alias, expression: this.of(t, depth, scope) })], let: [], relationship: this.relationships(depth, [...scope, row]) };
    if (this.chance(0.5)) { e.where = this.of('Boolean', depth, [...scope, row]); }
    const sort = this.sort(part(t), depth);
    if (sort && this.chance(0.6)) { e.sort = sort; }
    return typed(t, e);
  }
  relationships(depth, scope) {
    if (!this.chance(0.3)) { return []; }
    const type = this.pick(['With', 'Without']), alias = this.name(), t = this.pick(ORDERED);
    this.count(type);
    return [{ type, alias, expression: this.of(list(t), depth, []), suchThat: this.of('Boolean', depth, [...scope, { form: 'AliasRef', name: alias, type: t }, { form: 'AliasRef', name: alias, type: t }]) }];
  }
  rows(t, depth, scope, count) {
    const many = isList(t), rowType = many ? part(t) : t, sources = [], inside = [...scope];
    for (let i = 0; i < count; i++) {
      const alias = this.name(), of = this.pick(many ? ELEMENTS : ELEMENTS.filter((x) => !isList(x))), source = many ? list(of) : of;
      sources.push(typed(source, { alias, expression: this.of(source, depth, scope) }));
      inside.push({ form: 'AliasRef', name: alias, type: of }, { form: 'AliasRef', name: alias, type: of });
    }
    const lets = [];
    if (this.chance(0.3)) {
      const of = this.pick(PLAIN), identifier = this.name();
      lets.push(typed(of, { identifier, expression: this.of(of, depth, inside) }));
      inside.push({ form: 'QueryLetRef', name: identifier, type: of });
    }
    const e = { type: 'Query', source: sources, let: lets, relationship: this.relationships(depth, inside) };
    if (this.chance(0.4)) { e.where = this.of('Boolean', depth, inside); }
    e.return = { distinct: this.chance(0.5), expression: this.of(rowType, depth + 1, inside) };
    const sort = many ? this.sort(rowType, depth) : null;
    if (sort && this.chance(0.4)) { e.sort = sort; }
    return typed(t, e);
  }
  aggregate(t, depth, scope) {
    const alias = this.name(), identifier = this.name(), of = this.pick(ORDERED);
    const inside = [...scope, { form: 'AliasRef', name: alias, type: of }, { form: 'QueryLetRef', name: identifier, type: t }];
    return typed(t, { type: 'Query', source: [typed(list(of), { alias, expression: this.of(list(of), depth, scope) })], let: [], relationship: [],
      aggregate: { identifier, distinct: this.chance(0.3), starting: this.of(t, 0, scope), expression: this.of(t, depth + 1, inside) } });
  }
  sort(t, depth) {
    const direction = this.pick(['asc', 'ascending', 'desc', 'descending']);
    if (ORDERED.includes(t)) { return { by: [{ type: 'ByDirection', direction }] }; }
    if (!isTuple(t)) { return null; }
    const [name, of] = this.pick(Object.entries(members(t)));
    if (this.chance(0.5)) { return { by: [typed(of, { type: 'ByColumn', path: name, direction })] }; }
    this.count('IdentifierRef');
    return { by: [{ type: 'ByExpression', direction, expression: typed(of, { type: 'IdentifierRef', name }) }] };
  }
}
const isSingle = (x, y) => x.type !== 'As' && sortKey(x) === sortKey(y);
// Where a literal stands among its like, roughly.
function sortKey(e) {
  const v = (x) => (x === undefined ? 0 : Number(x.value));
  return e.type === 'Literal' ? (e.valueType.endsWith('String') ? e.value : Number(e.value)) : e.type === 'Quantity' ? e.value
    : ['Date', 'DateTime', 'Time'].includes(e.type) ? [...DAY_FIELDS].reduce((sum, f) => sum * 1000 + v(e[f]), 0) : 0;
}
