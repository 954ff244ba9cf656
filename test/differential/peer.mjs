// peer.mjs -- where cql-execution departs from the specification of CQL, or the specification leaves open what the answer is.
// SPDX-License-Identifier: Apache-2.0
//
// `lacks`: operators and types it does not have (lacks.csv). `rules`: what random.mjs takes for explained. A rule sees one operator over
// values: op, type, types (of the operands), values (of the operands, the same in both engines), ours, theirs ({value} or {error}), e
// (the ELM), and can ask our engine for more. Rules are as narrow as they can be told apart, and each use is counted and printed.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInterval, isList, isTuple, list, literalOf, part, typed } from './random_elm.mjs';
import { csv } from './values.mjs';

export const lacks = csv(readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'lacks.csv'), 'utf8'));
export const absent = new Set(lacks.map((x) => x.operator));

// ---- telling values apart ----
// Hours, and minutes where there are some, of a DateTime at +00:00; nothing of one that is there already.
const atUtc = (moment) => {
  const [, hours, minutes, sign, h, m] = /T(\d\d)(?::(\d\d))?.*?([+-])(\d\d):(\d\d)$/.exec(moment ?? '') ?? [];
  const all = +hours * 60 + +(minutes ?? 0) - (sign === '-' ? -1 : 1) * (+h * 60 + +m);
  const two = (n) => String(n).padStart(2, '0');
  const [hour, minute] = [Math.floor(((all + 1440) % 1440) / 60), (all + 1440) % 60];
  return h === undefined || +h + +m === 0 ? undefined : minutes === undefined ? two(hour) : `${two(hour)}:${two(minute)}`;
};
const deep = (v, is) => is(v) || (v !== null && typeof v === 'object' && Object.values(v).some((x) => deep(x, is)));
const hasNull = (v) => deep(v, (x) => x === null);
const isRange = (v) => Boolean(v?.Uncertainty);
const isWhole = (v) => typeof v === 'number' && Number.isInteger(v);
const isAmount = (t) => /Decimal|Quantity/.test(t);
const isTimes = (t) => /Date|Time/.test(t);
const isMoment = (v) => v?.Date ?? v?.DateTime ?? v?.Time;
// The fields a date or time has: "2012-03T" two, "10:30" two, "2012-03-01T10+00:00" four.
const fieldsOf = (v) => { const text = isMoment(v); return text ? text.replace(/[+-]\d\d:\d\d$/, '').split(/[-T:.]/).filter(Boolean).length : 0; };
const momentsIn = (v) => (isMoment(v) ? [v] : v !== null && typeof v === 'object' ? Object.values(v).flatMap(momentsIn) : []);
const isPartial = (v) => fieldsOf(v) < (v.Date ? 3 : v.Time ? 4 : 7);
const mixed = (values) => new Set(values.flatMap(momentsIn).map(fieldsOf)).size > 1;
const quantitiesIn = (v) => (v?.Quantity ? [v.Quantity] : v !== null && typeof v === 'object' ? Object.values(v).flatMap(quantitiesIn) : []);
const unitsIn = (values) => new Set(values.flatMap(quantitiesIn).map((q) => q[1]));
const CALENDAR = /^(year|month)s?$/, DURATION = /^(years?|months?|weeks?|days?|hours?|minutes?|seconds?|milliseconds?)$/;
const text = (v) => (typeof v === 'string' ? v : '');
const numbersIn = (v) => (typeof v === 'number' ? [v] : v !== null && typeof v === 'object' ? Object.values(v).flatMap(numbersIn) : []);
const most = (v) => numbersIn(v).reduce((greatest, n) => Math.max(greatest, Math.abs(n)), 0);
const INTEGER = 2147483647, DECIMAL = 1e20;
const truths = (a) => (a.error === undefined ? a.value : 'error');
const relation = /^(Before|After|SameAs|SameOrBefore|SameOrAfter|Starts|Ends|Overlaps|OverlapsBefore|OverlapsAfter|Meets|MeetsBefore|MeetsAfter|In|Contains|Includes|IncludedIn|ProperIncludes|ProperIncludedIn)$/;
const tied = (items) => {
  const counts = new Map();
  for (const x of items.filter((v) => v !== null)) { const k = JSON.stringify(x); counts.set(k, (counts.get(k) ?? 0) + 1); }
  const top = Math.max(0, ...counts.values());
  return [...counts.values()].filter((n) => n === top).length > 1;
};

export const rules = [
  { id: 'an error of an operand that need not be evaluated', section: 'Developers Guide, run-time errors: the order of evaluation is not said', operators: /./,
    when: (x) => x.ours.error === undefined && x.theirs.error !== undefined && x.values.some((v) => v?.error) },
  { id: 'an interval whose low end is past its high end', section: 'Authors Guide, Interval Values: an invalid interval is a run-time error', operators: /./,
    when: (x) => /low end of the interval is past/.test(x.ours.error ?? '') },
  { id: 'no value next to, or as large as, the result', section: 'CQL Tests, CqlArithmeticFunctionsTest: Exp1000, Ln0, SuccessorOverflow, PredecessorUnderflow are errors', operators: /^(Exp|Ln|Successor|Predecessor|Add|Subtract|Start|End)$/,
    when: (x) => /greatest value|least value|outside the calendar|beyond what|no logarithm/.test(x.ours.error ?? '') && (truths(x.theirs) === null || /^10000/.test(isMoment(x.theirs.value) ?? '')) },
  { id: 'a range where nothing is said of one', section: 'Authors Guide, Uncertainty: arithmetic and comparison', operators: /^(?!(Add|Subtract|Multiply|Less|LessOrEqual|Greater|GreaterOrEqual|Equal|NotEqual)$)/,
    when: (x) => x.values.some((v) => deep(v, isRange)) },
  { id: 'Mode of a tie', section: 'CQL Reference, Mode: one T; which of several is not said', operators: /^Mode$/, when: (x) => tied(x.values[0]) },
  { id: 'Mode of a list with a null', section: 'CQL Reference, Mode: nulls are passed over', operators: /^Mode$/, when: (x) => x.theirs.error !== undefined && hasNull(x.values[0]) },
  { id: 'an optional operand that is not given', section: 'ELM, Slice and Split: minOccurs 0', operators: /^(Slice|Split)$/, when: (x) => /reading 'execute'/.test(x.theirs.error ?? '') && x.types.length < (x.op === 'Slice' ? 3 : 2) },
  { id: 'Split by a null', section: 'CQL Reference, Split: null only for a null string', operators: /^Split$/, when: (x) => x.values[1] === null && x.theirs.value === null },
  { id: 'Precision of a Decimal', section: 'CQL Reference, Precision(Decimal)', operators: /^Precision$/, when: (x) => x.types[0] === 'Decimal' && x.theirs.error !== undefined },
  { id: 'ToConcept of a list', section: 'CQL Reference, ToConcept(List<Code>)', operators: /^ToConcept$/, when: (x) => isList(x.types[0]) },
  { id: 'Add of strings', section: 'CQL Reference, Concatenate: + of strings', operators: /^Add$/, when: (x) => x.type === 'String' && x.theirs.value === null },
  { id: 'div and mod of quantities', section: 'CQL Reference, Truncated Divide and Modulo: Quantity', operators: /^(TruncatedDivide|Modulo)$/, when: (x) => x.type === 'Quantity' && x.theirs.value === null },
  { id: 'times of the day go round', section: 'CQL Reference, Add and Subtract of Time: cyclic', operators: /^(Add|Subtract)$/, when: (x) => x.type === 'Time' && x.theirs.value === null && x.ours.value !== null },
  { id: 'the next of a whole Decimal taken for an Integer', section: 'CQL Reference, Successor: of a Decimal 10^-8', operators: /^(Successor|Predecessor)$/,
    when: (x) => isAmount(x.types[0]) && numbersIn(x.values[0]).some(isWhole) },
  { id: 'an open end at a whole Decimal, whose neighbour it takes to be 1 away', section: 'CQL Reference, Successor: of a Decimal 10^-8', operators: /^(Collapse|Expand|Union|Except|Intersect|Equal|NotEqual|Equivalent|Distinct|IndexOf|In|Contains|Include.*|Proper.*|Size|Width|Start|End|Starts|Ends|Meets.*|Overlaps.*|Before|After|SameOr.*)$/,
    when: (x) => x.types.some((t) => /Interval<(Decimal|Quantity)>/.test(t)) && x.values.some((v) => deep(v, openAtWhole)) && (x.types.some((t) => /List</.test(t)) || x.op === 'Equivalent' || unitsIn(x.values).size > 1) },
  { id: 'the size or the neighbour of a whole Decimal', section: 'CQL Reference, Size, Meets and Collapse: the point size of a Decimal is 10^-8', operators: /^(Size|Meets.*|Collapse|Union)$/,
    when: (x) => x.types.some((t) => /Interval<(Decimal|Quantity)>/.test(t)) && numbersIn(x.values).some(isWhole) && (x.op === 'Collapse' || unitsIn(x.values).size > 1) },
  { id: 'a whole Decimal past the Integers taken for an overflow', section: 'CQL Reference, Decimal: to 10^20', operators: /^(Add|Subtract|Multiply|Divide|Power|TruncatedDivide|Exp|Abs|Negate|ToQuantity|Product|Sum)$/,
    when: (x) => isAmount(x.type) && x.theirs.value === null && x.ours.error === undefined && most(x.ours.value) >= INTEGER },
  { id: 'a result past the range of its type', section: 'CQL Reference, Integer and Decimal: what cannot be represented is null', operators: /./,
    when: (x) => x.ours.value === null && ((/Integer/.test(x.type) && most(x.theirs.value) > INTEGER) || most(x.theirs.value) > DECIMAL || (/Variance|StdDev/.test(x.op) && most(x.values) >= 1e14)) },
  { id: 'a Decimal past 10^20, which we hold', section: 'CQL Tests, ValueLiteralsAndSelectors: Decimal10Pow28ToZeroOneStepDecimalMaxValue', operators: /./,
    when: (x) => x.ours.error === undefined && most(x.ours.value) >= DECIMAL && x.theirs.value === null },
  { id: 'the greatest Decimal, which a double does not hold', section: 'CQL Reference, Decimal: 28 digits', operators: /^(ConvertsTo.*|CanConvert.*|Avg|Sum|Add|Subtract|Median|Modulo|TruncatedDivide|Power|ToString|Equal|NotEqual|Less.*|Greater.*|Equivalent|In|Contains|Include.*|Proper.*|Before|After|SameOr.*|Round|GeometricMean|Predecessor|Successor|Start|End|IndexOf|Distinct|Union|Except|Intersect)$/,
    when: (x) => x.values.some((v) => most(v) >= DECIMAL) },
  { id: 'a date in a text with a time', section: 'CQL Reference, ToDate: ignores the time', operators: /^(ToDate|ConvertsToDate|Convert|CanConvert)$/, when: (x) => /T/.test(text(x.values[0])) },
  { id: 'an instance of Ratio stays a tuple', section: 'CQL Reference, Ratio', operators: /^Instance$/, when: (x) => x.type === 'Ratio' && x.theirs.value?.Tuple },
  { id: 'a Concept with a null among its codes', section: 'CQL Reference, Concept: a list of codes', operators: /^Instance$/, when: (x) => x.type === 'Concept' && hasNull(x.values[0]) },
  { id: 'is of a type that does not fit', section: 'CQL Reference, Is: true or false', operators: /^Is$/, when: (x) => typeof x.theirs.value !== 'boolean' && typeof x.ours.value === 'boolean' },
  { id: 'conversions of Convert that are not there', section: 'CQL Reference, Convert: table 9-E', operators: /^Convert$/, when: (x) => x.theirs.value === null || JSON.stringify(x.theirs.value) === JSON.stringify(x.values[0]) },
  { id: 'a Boolean as a Decimal', section: 'CQL Reference, ToDecimal(Boolean)', operators: /^(ToDecimal|ConvertsToDecimal|Convert|CanConvert)$/, when: (x) => x.types[0] === 'Boolean' },
  { id: 'a text that begins with a number', section: 'CQL Reference, ToInteger, ToDecimal: (+|-)?#0', operators: /^(ToInteger|ConvertsToInteger|ToDecimal|ConvertsToDecimal)$/, when: (x) => x.ours.value === null || x.ours.value === false },
  { id: 'the unit of a text', section: 'CQL Reference, ToQuantity: a calendar word, or none for 1', operators: /^(ToQuantity|ToRatio|ConvertsToQuantity|ConvertsToRatio|Convert)$/, when: (x) => x.types[0] === 'String' && /Quantity|Ratio|Boolean/.test(x.type) },
  { id: 'time from a DateTime without hours', section: 'CQL Reference, time from: null', operators: /^TimeFrom$/, when: (x) => x.theirs.value?.Time === '' },
  { id: 'the time of another offset', section: 'CQL Reference, time from: at the offset of the request', operators: /^TimeFrom$/, when: (x) => atUtc(x.values[0]?.DateTime) === x.ours.value?.Time.slice(0, 5) },
  { id: 'false of a conjunction with an unknown', section: 'CQL Reference, And: false and null is false', operators: relation,
    when: (x) => x.ours.value === false && x.theirs.value === null && (hasNull(x.values) || mixed(x.values) || x.values.some((v) => deep(v, (y) => isMoment(y) && isPartial(y)))) },
  { id: 'equality of lists with nulls', section: 'CQL Reference, Equal of lists: nulls are considered equal; known unequal is false', operators: /^(Equal|NotEqual)$/,
    when: (x) => isList(x.types[0]) && x.theirs.value === null && x.values.some((v) => v?.includes(null)) },
  { id: 'codes with and without a display', section: 'CQL Reference, Equal of tuples: unknown where one has no value', operators: /^(Equal|NotEqual|In|Contains|Includes|IncludedIn|Proper.*|Union|Except|Intersect|Distinct|IndexOf)$/,
    when: (x) => x.types.some((t) => /Code|Concept/.test(t)) && new Set(x.values.flatMap((v) => codesIn(v).map((c) => c.display ?? null))).size > 1 },
  { id: 'an element that may be in a list', section: 'CQL Reference, Includes: equality semantics, which may be unknown', operators: /^(In|Contains|Include.*|Proper.*)$/,
    when: (x) => x.ours.value === null && typeof x.theirs.value === 'boolean' && x.types.some(isList) && (mixed(x.values) || unitsIn(x.values).size > 1 || (x.types.some((t) => /Tuple|List<List|Interval/.test(t)) && x.values.some(hasNull))) },
  { id: 'the length of a null String', section: 'CQL Reference, Length', operators: /^Length$/, when: (x) => x.values[0] === null && x.theirs.error !== undefined },
  { id: 'a union or difference with null has repeats', section: 'CQL Reference, Union and Except: without repeats', operators: /^(Union|Except)$/, when: (x) => isList(x.type) && x.values.includes(null) },
  { id: 'a logarithm to base 0', section: 'CQL Reference, Log: not representable is null', operators: /^Log$/, when: (x) => x.values[1] === 0 && x.ours.value === null },
  { id: 'alternatives and anchors in Matches', section: 'CQL Reference, Matches: the whole text', operators: /^Matches$/, when: (x) => /[|^]/.test(text(x.values[1])) },
  { id: 'the substitution $0', section: 'CQL Reference, ReplaceMatches: groups by $', operators: /^ReplaceMatches$/, when: (x) => /\$/.test(text(x.values[2])) },
  { id: 'the text of a DateTime without offset', section: 'CQL Tests, ToString: DateTimeToString1, DateTimeToString2', operators: /^(ToString|Convert)$/, when: (x) => x.types[0] === 'DateTime' && x.theirs.value === `${x.ours.value}+00:00` },
  { id: 'the least of what cannot be ordered', section: 'CQL Reference, Min and Max: comparison of the type, which may be unknown', operators: /^(Min|Max)$/, when: (x) => x.ours.value === null && (mixed(x.values) || unitsIn(x.values).size > 1) },
  { id: 'the geometric mean of a product below zero', section: 'CQL Reference, GeometricMean: Power(Product(X), 1 / Count(X)), and no root of it', operators: /^GeometricMean$/, when: (x) => x.ours.value === null && numbersIn(x.values).filter((n) => n < 0).length % 2 === 1 },
  { id: 'the spread of one value', section: 'CQL Reference, Variance: over n - 1', operators: /^(Variance|StdDev)$/, when: (x) => x.ours.value === null && (x.theirs.value?.NoNumber || /undefined value/.test(x.theirs.error ?? '')) },
  { id: 'the width between units', section: 'CQL Reference, Width: end - start', operators: /^(Width|Size)$/, when: (x) => /different units/.test(x.theirs.error ?? '') },
  { id: 'years and months of the calendar beside definite ones', section: 'CQL Reference, Equal of quantities: not comparable', operators: /./,
    when: (x) => x.ours.value !== undefined && [...unitsIn(x.values), ...x.values.map(text)].some((u) => CALENDAR.test(u)) && new Set([...unitsIn(x.values), ...x.values.map(text).filter(Boolean)]).size > 1 && !/^(Add|Subtract)$/.test(isTimes(x.type) ? x.op : '') },
  { id: 'products of durations', section: 'CQL Reference, Multiply: the unit of a product of calendar durations is not said', operators: /^(Multiply|Divide|ToQuantity)$/, when: (x) => [...unitsIn(x.values)].some((u) => DURATION.test(u)) },
  { id: 'whole units of times that say no more', section: 'CQL Tests, TimeDurationBetweenHourDiffPrecision2', operators: /^DurationBetween$/,
    when: (x) => /^(Hour|Minute|Second)$/.test(x.e.precision) && x.values.some(isPartial) && isRange(x.theirs.value) && within(x.ours.value, x.theirs.value.Uncertainty) },
  { id: 'ages, which it takes between days', section: 'CQL Reference, CalculateAge: between dates, or between times to now', operators: /^CalculateAge(At)?$/, when: (x) => x.theirs.value !== null && x.ours.value !== null },
  { id: 'what an unknown end makes of an intersection', section: 'CQL Reference, Intersect: an end that is unknown', operators: /^(Intersect|Except|Union)$/, when: (x, own) => isInterval(x.type) && ((isTimes(x.type) && mixed(x.values)) || hasNull(x.values) || x.values.some((v) => v?.Interval && apart(v.Interval, own))) },
  { id: 'intervals that merge where it is not known', section: 'CQL Reference, Collapse: at the coarsest precision of the set', operators: /^(Collapse|Expand)$/, when: (x) => isTimes(x.type) && mixed([x.values[0]]) },
  { id: 'an Interval written with other ends', section: 'CQL Reference, Equal of intervals: by their starts and ends', operators: /^(Union|Intersect|Except|Collapse)$/,
    when: async (x, own) => sameBy(x, own, 'Equal') },
  { id: 'a Quantity in another unit', section: 'CQL Reference, Add: the most granular unit', operators: /^(Add|Subtract|Sum|Avg|Median|Multiply|Divide|ToQuantity|Variance|StdDev|PopulationVariance|PopulationStdDev|Width|Min|Max)$/,
    when: async (x, own) => x.type === 'Quantity' && x.ours.value?.Quantity && x.theirs.value?.Quantity && inUnitOf(x, own) },
  { id: 'a null in a list without one', section: 'CQL Tests, CqlListOperatorsTest: IncludesNullRight, IncludedInNullLeft', operators: /^(In|Contains)$/,
    when: (x) => x.ours.value === null && x.theirs.value === false && x.types.some((t, i) => !isList(t) && x.values[i] === null) },
  { id: 'tuples of which one lacks a value', section: 'CQL Tests, CqlComparisonOperatorsTest: TupleEqDifferentNamesWithOneNullId', operators: /^(Equal|NotEqual|In|Contains|Include.*|Proper.*)$/,
    when: (x) => x.ours.value === null && typeof x.theirs.value === 'boolean' && x.types.some((t) => /Tuple/.test(t)) && hasNull(x.values) },
  { id: 'an operand of a Message that is not issued', section: 'CQL Reference, Message: whether its operands are evaluated is not said', operators: /^Message$/, when: (x) => x.ours.error !== undefined && x.values.some((v) => v?.error) },
  { id: 'Combine with a null between', section: 'CQL Reference, Combine', operators: /^Combine$/, when: (x) => x.values[1] === null },
  { id: 'a negative half', section: 'CQL Reference, Round: -0.5 to -1', operators: /^Round$/, when: (x) => x.values[0] < 0 && Math.abs(x.ours.value) > Math.abs(x.theirs.value) },
  { id: 'sorting a list with a null', section: 'CQL Reference, Query, sort: nulls are lowest', operators: /^Query$/, when: (x) => Boolean(x.e.sort) && (hasNull(x.values) || hasNull(x.ours.value)) && (x.theirs.error !== undefined || x.theirs.value?.length < x.ours.value?.length || nullsAside(x)) },
  { id: 'units that are no UCUM', section: 'CQL Reference, Quantity: calendar words are units', operators: /./, when: (x) => /^Invalid UCUM unit/.test(x.theirs.error ?? '') && /nonsense|Cel|degF|year|month|week|day|hour|minute|second/.test(x.theirs.error) },
  { id: 'the spread of doubles', section: 'CQL Reference, Decimal: eight digits', operators: /^(Variance|StdDev|PopulationVariance|PopulationStdDev)$/,
    when: (x) => { const [a] = numbersIn(x.ours.value), [b] = numbersIn(x.theirs.value), size = Math.max(1, most(x.values), Math.abs(b)); return Math.abs(a - b) <= 1e-14 * (/Variance/.test(x.op) ? size * size : size); } },
  { id: 'a power or logarithm to nine digits', section: 'CQL Reference, Decimal: eight digits', operators: /^(Power|Exp|Ln|Log)$/, when: (x) => Math.abs(x.ours.value - x.theirs.value) <= 1e-8 * Math.max(1, Math.abs(x.ours.value)) },
  { id: 'of nothing but nulls', section: 'CQL Reference, aggregates: null without a value', operators: /^(Median|Sum|Avg|Min|Max|Product)$/, when: (x) => x.ours.value === null && x.theirs.error !== undefined && (x.values[0] ?? []).every((v) => v === null) },
  { id: 'an interval with two nulls', section: 'CQL Reference, Interval: its type is the ends\'', operators: /./, when: (x) => /Point type of intervals cannot be determined/.test(x.theirs.error ?? '') },
  { id: 'the text of a small Decimal', section: 'CQL Reference, ToString: (-)?#0.0#', operators: /^(ToString|Convert)$/, when: (x) => /e-\d/.test(text(x.theirs.value)) },
  { id: 'the text of a Ratio', section: 'CQL Reference, ToString: <quantity>:<quantity>', operators: /^(ToString|Convert)$/,
    when: (x, own) => x.types[0] === 'Ratio' && x.values[0] !== null && x.ours.value === x.values[0].Ratio.map((q) => own(typed('String', { type: 'ToString', operand: literalOf(q, 'Quantity') }))).join(':') },
  { id: 'moles are a number', section: 'UCUM: mol is 6.0221367 10*23', operators: /./, when: (x) => [...unitsIn(x.values), ...x.values.map(text)].some((u) => /mol|\bU\b/.test(u)) && new Set([...unitsIn(x.values), ...x.values.map(text).filter(Boolean)]).size > 1 },
  { id: 'the unit of a product', section: 'CQL Reference, Multiply: the appropriate unit', operators: /^Product$/, when: (x) => x.type === 'Quantity' },
  { id: 'a Ratio made as an instance', section: 'CQL Reference, Is: Ratio', operators: /^(Is|As)$/, when: (x) => /Ratio/.test(JSON.stringify(x.e.isTypeSpecifier ?? x.e.asTypeSpecifier)) },
  { id: 'time of an empty string', section: 'CQL Reference, ToTime: null', operators: /^(ToTime|ConvertsToTime|Convert)$/, when: (x) => x.values[0] === '' && (x.op !== 'Convert' || x.type === 'Time') },
  { id: 'a relationship to a null list', section: 'CQL Reference, Query, with and without: no row of it', operators: /^Query$/, when: (x) => x.e.relationship?.length && x.values.includes(null) },
  { id: 'lists of quantities in moles', section: 'UCUM: mol is 6.0221367 10*23', operators: /^(Distinct|Union|Intersect|Except|IndexOf|Mode)$/, when: (x) => [...unitsIn(x.values)].some((u) => /mol/.test(u)) },
  { id: 'more than eight digits in a text', section: 'CQL Reference, ToDecimal: limited in scale', operators: /^(ToDecimal|Convert)$/, when: (x) => /\.\d{9}/.test(text(x.values[0])) },
  { id: 'quantities too small for the other unit', section: 'CQL Reference, Less of quantities', operators: /^(Less|LessOrEqual|Greater|GreaterOrEqual|Equal|NotEqual|ToQuantity|ConvertsToQuantity|Multiply|Divide|TruncatedDivide|Modulo|Before|After|Same.*|Starts|Ends|Overlaps.*|Meets.*|In|Contains|Include.*|Proper.*|Intersect|Union|Except|Collapse|Min|Max|Distinct|IndexOf|Mode|Case)$/,
    when: (x, own) => lossy(quantitiesIn(x.values), own) },
  { id: 'the text of a calendar duration', section: 'CQL Reference, ToString: 4 days', operators: /^(ToString|Convert)$/, when: (x) => DURATION.test(x.values[0]?.Quantity?.[1] ?? '') },
  { id: 'a text as Convert has it', section: 'CQL Reference, Convert: as ToInteger and ToDecimal', operators: /^Convert$/, when: (x) => /Integer|Decimal/.test(x.type) && typeof x.values[0] === 'string' && x.ours.value === null },
  { id: 'whether a null converts', section: 'CQL Reference, ConvertsToString: null', operators: /^ConvertsTo/, when: (x) => x.values[0] === null },
  { id: 'intersection of quantities with a null end', section: 'CQL Reference, Intersect', operators: /^Intersect$/, when: (x) => /Quantity/.test(x.type) && x.theirs.value === null && hasNull(x.values) },
  { id: 'half of the eighth digit', section: 'CQL Reference, Multiply: rounding is not said', operators: /^(Multiply|Divide)$/, when: (x) => { const [a] = numbersIn(x.ours.value), [b] = numbersIn(x.theirs.value); return Math.abs(a - b) < 1.1e-8; } },
  { id: 'days added to a month or year', section: 'CQL Reference, Add: converted to the precision of the date, 1 month = 30 days', operators: /^(Add|Subtract)$/, when: (x) => isTimes(x.type) && fieldsOf(x.values[0]) <= 2 && /^(d|days?|wk|weeks?|h|hours?|min|minutes?)$/.test(x.values[1].Quantity[1]) },
  { id: 'intervals of quantities with a null end', section: 'CQL Reference, Except and Union', operators: /^(Except|Union)$/, when: (x) => /Quantity/.test(x.type) && x.theirs.value === null && hasNull(x.values) },
  { id: 'collapsing intervals of several units', section: 'CQL Reference, Collapse: comparison of the type', operators: /^Collapse$/, when: (x) => unitsIn(x.values).size > 1 && JSON.stringify(x.ours.value).replace(/["()[\]]/g, '') === JSON.stringify(x.theirs.value).replace(/["()[\]]/g, '') },
  { id: 'quantities alike in eight digits of a base unit', section: 'CQL Reference, Equal of quantities: by their values', operators: /^(Distinct|Union|Intersect|Except|IndexOf|Mode|Query)$/, when: (x, own) => x.types.some((t) => /Quantity/.test(t)) && nearby(quantitiesIn(x.values), own) },
  { id: 'the start of an empty string', section: 'CQL Tests, CqlStringOperatorsTest: SubstringEmptyAnd0', operators: /^Substring$/, when: (x) => x.values[0] === '' && x.values[1] === 0 },
  { id: 'lists of lists with nulls', section: 'CQL Reference, Equal of lists: nulls are considered equal', operators: /^(Equal|NotEqual|Intersect|Except|Union|Distinct|IndexOf|In|Contains|Include.*|Proper.*)$/, when: (x) => x.types.some((t) => /List<List/.test(t)) && hasNull(x.values) },
  { id: 'the precision of a time without hours', section: 'CQL Reference, time from: null', operators: /^FunctionRef$/, when: (x) => /"TimeFrom"/.test(JSON.stringify(x.e)) && x.values.includes(null) },
  { id: 'the rest of doubles', section: 'CQL Reference, Modulo: of Decimals', operators: /^Modulo$/, when: (x) => x.type === 'Decimal' && (Math.abs(x.values[0]) > 9e7 || Math.abs(Math.abs(x.theirs.value - x.ours.value) - Math.abs(x.values[1])) < 1e-8) },
  { id: 'expand of Decimals: pieces of a size by their own precision', section: 'CQL Reference, Expand: Interval[10, 10] per 0.1 has pieces of one point', operators: /^Expand$/, when: (x) => /Decimal|Quantity/.test(x.type) && (x.values[1] === null || sameLows(x) || cutLows(x)) },
  { id: 'a list that is larger by repeats alone', section: 'CQL Tests, CqlListOperatorsTest: ProperContains7', operators: /^Proper(Includes|IncludedIn)$/, when: (x) => x.ours.value !== null && x.values.some((v) => Array.isArray(v) && new Set(v.map((y) => JSON.stringify(y))).size < v.length) },
  { id: 'ratios of equal worth', section: 'CQL Reference, Equal: numerator and denominator must be the same', operators: /^(Equal|NotEqual|In|Contains|Include.*|Proper.*|Intersect|Except|Union|Distinct|IndexOf)$/,
    when: (x) => x.types.some((t) => /Ratio/.test(t)) && x.theirs.error === undefined && alikeRatios(x.values.flatMap(ratiosIn)) },
  { id: 'sums and products of units with a zero of their own', section: 'UCUM 22: special units; CQL Reference 2.0, Add, Multiply, Divide: null', operators: /^(Add|Subtract|Sum|Avg|Median|Variance|Multiply|Divide|TruncatedDivide|Modulo|Product|ToQuantity|ConvertsToQuantity|Convert|CanConvert|Width|Size)$/,
    when: (x) => (x.ours.value === null || x.ours.value === false) && quantitiesIn(x.values).some((q) => /^(Cel|\[degF\])$/.test(q[1])) },
  { id: 'digits of a text that a double does not hold', section: 'CQL Reference, ToString', operators: /^(ToString|Convert)$/, when: (x) => Number(x.ours.value) === Number(x.theirs.value) && text(x.ours.value).replace(/\D/g, '').length > 15 },
  { id: 'an instance without its value', section: 'CQL Reference, Quantity: null', operators: /^Instance$/, when: (x) => x.type === 'Quantity' && x.values[0] === null && x.ours.value === null },
  { id: 'the text of a whole Decimal', section: 'CQL Reference, ToString: (-)?#0.0#', operators: /^(ToString|Convert)$/, when: (x) => x.ours.value === `${x.theirs.value}.0` || text(x.ours.value).replaceAll('.0 ', ' ') === x.theirs.value },
  { id: 'a list with a null as a list of its type', section: 'CQL Reference, As: null is of every type', operators: /^(As|Is)$/, when: (x) => isList(x.types[0]) && x.values[0]?.includes(null) },
  { id: 'a ratio is a tuple there', section: 'CQL Reference, Is and As: by the elements of the type', operators: /^(Is|As)$/, when: (x) => (x.e.isTypeSpecifier ?? x.e.asTypeSpecifier)?.type === 'TupleTypeSpecifier' && x.types[0] === 'Ratio' },
  { id: 'a null among the lists to flatten', section: 'CQL Reference, Flatten: what a null list adds is not said', operators: /^Flatten$/, when: (x) => x.values[0].includes(null) },
  { id: 'a null in a null', section: 'CQL Reference, In: null for a null point, false for a null interval', operators: /^(In|Contains)$/, when: (x) => x.values[0] === null && x.values[1] === null && x.types.some(isInterval) },
  { id: 'a unit that is none', section: 'CQL Reference, Add: invalid units', operators: /./, when: (x) => quantitiesIn(x.values).some((q) => q[1] === 'nonsense unit') },
  { id: 'a null unit as a word', section: 'CQL Reference, Quantity: without a unit it is 1', operators: /^ToString$/, when: (x) => typeof x.theirs.value === 'string' && / 'null'$/.test(x.theirs.value) && x.ours.value === x.theirs.value.replace(/ 'null'$/, " '1'") },
  { id: 'a part of a month', section: 'CQL Reference, Add: the decimal portion is ignored', operators: /^(Add|Subtract)$/, when: (x) => isTimes(x.type) && !isWhole(x.values[1].Quantity[0]) },
  { id: 'expand of a list of nulls', section: 'CQL Reference, Expand: nulls are excluded', operators: /^Expand$/, when: (x) => x.values[0].every((v) => v === null) && x.theirs.value === null },
  { id: 'the product of units', section: 'CQL Reference, Product(List<Quantity>)', operators: /^Product$/, when: (x) => x.type === 'Quantity' && x.theirs.value === null },
  { id: 'an empty string to split', section: 'CQL Reference, Split: null only for a null string', operators: /^Split(OnMatches)?$/, when: (x) => x.values[0] === '' },
  { id: 'groups of a pattern to split by', section: 'CQL Reference, SplitOnMatches: what is between the matches', operators: /^SplitOnMatches$/, when: (x) => /\(|^$/.test(text(x.values[1])) },
  { id: 'equivalent decimals', section: 'CQL Reference, Equivalent: rounded to the least precise, without trailing zeroes', operators: /^Equivalent$/, when: (x) => x.types.some((t) => /Decimal/.test(t)) && x.ours.value === true },
  { id: 'weeks between times of different offsets', section: 'CQL Reference, Difference: normalised to the offset of the request', operators: /^DifferenceBetween$/, when: (x) => /[1-9]/.test(x.values.map((v) => v.DateTime?.slice(-6) ?? '').join('')) && /^(Hour|Week|Day|Month|Year)$/.test(x.e.precision) },
  { id: 'a closed end that is null, of what is collapsed', section: 'CQL Reference, End: of a closed null the greatest', operators: /^Collapse$/,
    when: (x) => x.values[0].some((i) => i?.Interval && ((i.Interval[3] === ']' && i.Interval[2] === null) || (i.Interval[0] === '[' && i.Interval[1] === null))) },
  { id: 'an open end, collapsed beside one that is unknown', section: 'CQL Reference, Collapse: by Start and End', operators: /^Collapse$/,
    when: (x) => x.values[0].some((i) => deep(i, openUnknown)) && bare(x.ours.value) === bare(x.theirs.value) },
  { id: 'an open end, collapsed by steps', section: 'CQL Reference, Collapse: by Start and End', operators: /^(Collapse|Expand)$/, when: (x) => x.values[0].length > Number(x.op === 'Expand') && bySteps(x) },
  { id: 'each interval gives its pieces', section: 'CQL Reference, Expand: each interval contributes all of size per', operators: /^Expand$/, when: (x, own) => x.values[0].length > 1 && piecewise(x, own) },
  { id: 'lists by their elements', section: 'CQL Reference, Equal of lists: each by equality, which may be unknown', operators: /^(Equal|NotEqual)$/, when: (x, own) => isList(x.types[0]) && elementwise(x, own) },
  { id: 'a query without return keeps what repeats', section: 'CQL Tests, CqlListOperatorsTest: simpleSortAsc', operators: /^Query$/,
    when: (x, own) => !x.e.return && !x.e.aggregate && x.theirs.value?.length < x.ours.value?.length && (new Set(x.ours.value.map((v) => JSON.stringify(v))).size < x.ours.value.length ||
      JSON.stringify(own(typed(x.type, { type: 'Distinct', operand: literalOf(x.ours.value, x.type) }))) === JSON.stringify(x.theirs.value)) },
  { id: 'intervals with an end that is unknown are not known to be the same', section: 'CQL Reference, Distinct: equality, which is unknown here', operators: /^(Query|Distinct|Union|Intersect|Except)$/,
    when: (x) => x.theirs.value?.length < x.ours.value?.length && x.ours.value.some((v, i) => deep(v, openUnknown) && x.ours.value.some((w, k) => k > i && JSON.stringify(v) === JSON.stringify(w))) },
  { id: 'a ratio by nothing', section: 'CQL Reference, Equal: numerator and denominator must be the same', operators: /^(Equal|NotEqual|In|Contains|Include.*|Proper.*|Intersect|Except|Union|Distinct|IndexOf|Mode|Query)$/,
    when: (x) => x.values.flatMap(ratiosIn).some((r) => r[1].Quantity[0] === 0) },
  { id: 'pieces of another unit', section: 'CQL Reference, Expand: ends are cut to the precision of per', operators: /^Expand$/,
    when: (x, own) => {
      if (!/Quantity/.test(x.type) || x.values[1] === null || unitsIn(x.values).size < 2) { return false; }
      const lows = (y) => (y.value ?? []).map((i) => i?.Interval?.[1]), [a, b] = [lows(x.ours), lows(x.theirs)], [size, unit] = x.values[1].Quantity;
      const same = (q, p) => own(typed('Boolean', { type: 'Equal', operand: [q, p].map((y) => literalOf(y, 'Quantity')) })) === true;
      if (b.length === 0 || (a.length === b.length && a.every((q, i) => same(q, b[i])))) { return true; }
      const start = x.values[0].length === 1 && x.values[0][0]?.Interval?.[0] === '[' ? x.values[0][0].Interval[1] : null;
      const there = start && own(typed('Quantity', { type: 'ConvertQuantity', operand: [literalOf(start, 'Quantity'), literalOf(unit, 'String')] }))?.Quantity[0];
      return typeof there === 'number' && a.length > 0 && a[0].Quantity[0] <= there && there < a[0].Quantity[0] + 1 &&
        a.every((q, i) => q.Quantity[1] === unit && (i === 0 || Math.abs(q.Quantity[0] - a[i - 1].Quantity[0] - size) < 1e-8));
    } },
  { id: 'a product step by step', section: 'CQL Reference, Decimal: eight digits', operators: /^Product$/, when: (x) => x.type === 'Decimal' && Math.abs(x.ours.value - x.theirs.value) <= 1e-8 * Math.max(1, most(x.values), Math.abs(x.ours.value)) },
  { id: 'an interval between units that do not compare', section: 'CQL Reference, Start and End: each end is a point', operators: relation, when: (x, own) => (x.theirs.value === null || x.ours.value === null) && x.values.some((v) => v?.Interval && apart(v.Interval, own)) },
  { id: 'collapsing intervals between units that do not compare', section: 'CQL Reference, Collapse: comparison of the type', operators: /^Collapse$/, when: (x, own) => unitsIn(x.values).size > 1 && (x.values[0].some((v) => v?.Interval && apart(v.Interval, own)) || x.values[0].some((v) => v?.Interval && x.values[0].some((w) => w?.Interval && apart([null, v.Interval[1] ?? v.Interval[2], w.Interval[1] ?? w.Interval[2]], own)))) },
  { id: 'degrees of two kinds that do not meet', section: 'UCUM 22: special units', operators: /^Collapse$/, when: (x) => unitsIn(x.values).size > 1 && quantitiesIn(x.values).some((q) => /^(Cel|\[degF\])$/.test(q[1])) && x.ours.value?.length > x.theirs.value?.length },
  { id: 'quantities of one unit that are not the same', section: 'CQL Reference, Distinct and Except: equality', operators: /^(Distinct|Union|Except)$/,
    when: (x) => /Quantity/.test(x.type) && unitsIn(x.values).size === 1 && x.theirs.value?.length < x.ours.value?.length && new Set(quantitiesIn(x.ours.value).map((q) => q[0])).size === x.ours.value.length },
  { id: 'an unknown that is undefined there', section: 'CQL Reference, Xor: null if either is null', operators: /^Xor$/, when: (x) => x.ours.value === null && x.values.includes(null) },
  { id: 'equivalence that is unknown', section: 'CQL Reference, Equivalent: always true or false', operators: /^Equivalent$/, when: (x) => x.theirs.value === null && x.ours.value === false },
  { id: 'a quantity past 10^20 is no quantity there', section: 'CQL Tests, ValueLiteralsAndSelectors: Decimal10Pow28ToZeroOneStepDecimalMaxValue', operators: /./, when: (x) => /invalid decimal value/.test(x.theirs.error ?? '') && (x.values.some((v) => most(v) >= DECIMAL) || most(x.ours.value) >= DECIMAL || (/Variance/.test(x.op) && x.ours.value === null)) },
  { id: 'a Time is no DateTime', section: 'CQL Reference, Is and As', operators: /^(Is|As)$/, when: (x) => x.types[0] === 'Time' && (x.ours.value === false || x.ours.value === null || x.ours.error !== undefined) && /DateTime/.test((x.e.isTypeSpecifier ?? x.e.asTypeSpecifier).name ?? '') },
  { id: 'the end of an interval of whole Decimals, taken for Integers', section: 'CQL Reference, Start and End: of the type of the points', operators: /^(Start|End)$/,
    when: (x) => /Interval<(Decimal|Quantity)>/.test(x.types[0]) && (most(x.theirs.value) === INTEGER || most(x.theirs.value) === INTEGER + 1) },
  { id: 'a DateTime before the first year turns into a Time', section: 'CQL Reference, Subtract: outside the range of DateTime', operators: /^(Add|Subtract)$/, when: (x) => x.type === 'DateTime' && /outside the calendar/.test(x.ours.error ?? '') && x.theirs.value?.Time },
  { id: 'the whole quotient of doubles', section: 'CQL Reference, Truncated Divide: of Decimals', operators: /^TruncatedDivide$/, when: (x) => x.type === 'Decimal' && BigInt(x.ours.value) === eighths(x.values[0]) / eighths(x.values[1]) },
  { id: 'half of the eighth digit of a conversion', section: 'CQL Reference, Convert: rounding is not said; halves as Round has them, away from zero', operators: /^ConvertQuantity$/,
    when: (x) => { const [a, b] = [x.ours, x.theirs].map((y) => y.value?.Quantity?.[0]); return Math.abs(a - b) <= 1.1e-8 && Math.abs(a) > Math.abs(b); } },
  { id: 'pieces past the end', section: 'CQL Reference, Expand: the largest that start and end within the interval', operators: /^Expand$/,
    when: (x) => /Decimal|Quantity/.test(x.type) && x.values[0].length === 1 && (x.theirs.value ?? []).some((i) => numbersIn(i)[1] > numbersIn(x.values[0])[1]) && !(x.ours.value ?? []).some((i) => numbersIn(i)[1] > numbersIn(x.values[0])[1]) },
  { id: 'pieces without number', section: 'CQL Reference, Expand: what an interval without an end adds is not said', operators: /^Expand$/, when: (x) => x.ours.value === null && x.values[0].some((i) => i?.Interval?.slice(1, 3).includes(null)) },
  { id: 'an end with nothing next to it ends the run', section: 'CQL Reference, Start, End and Collapse: of an end that is there, itself', operators: /./,
    when: (x) => /^Encountered unexpected error/.test(x.theirs.error ?? '') && x.ours.error === undefined && x.values.some((v) => deep(v, hasEnds) && deep(v, atTheEdge)) },
  { id: 'a product of zero and a range', section: 'Authors Guide, Uncertainty: arithmetic', operators: /^(Negate|Abs|Add|Subtract|Multiply|Indexer|To\w+|ConvertsTo\w+)$/, when: (x) => (x.op === 'Indexer' || /To/.test(x.op) ? !x.theirs.value && x.values.at(-1) === 0 : x.theirs.value?.NoNumber === 'NaN' && x.ours.value === 0) && /CalculateAge|DurationBetween|DifferenceBetween/.test(JSON.stringify(x.e)) },
  { id: 'repeats that are written differently', section: 'CQL Reference, Union and Distinct: equality', operators: /^(Distinct|Union|Intersect|Except)$/,
    when: (x, own) => isList(x.type) && x.ours.value?.length < x.theirs.value?.length && x.theirs.value.some((v, i) => x.theirs.value.some((w, k) => k > i && own(typed('Boolean', { type: 'Equal', operand: [v, w].map((y) => literalOf(y, part(x.type))) })) === true)) },
  { id: 'months of the calendar by another name', section: 'CQL Reference, Quantity: calendar words are units', operators: /^(Add|Subtract|Sum|Avg|Median|Multiply|Divide)$/, when: (x) => /^(mo|a)_g/.test(x.theirs.value?.Quantity?.[1] ?? '') && Math.abs(x.ours.value?.Quantity?.[0] - x.theirs.value.Quantity[0]) < 1e-8 },
  { id: 'the least and the greatest quantity, in the unit of the other end', section: 'CQL Reference, Start and End: of a closed null the end of the type; its unit is not said', operators: relation,
    when: (x) => x.types.every((t) => t === 'Interval<Quantity>') && ((x.theirs.value === null && (unitsIn(x.values).size > 1 || x.values.some((v) => v?.Interval && v.Interval[1] === null && v.Interval[2] === null))) || x.ours.value === null) && x.values.some((v) => v?.Interval && ((v.Interval[1] === null && v.Interval[0] === '[') || (v.Interval[2] === null && v.Interval[3] === ']'))) },
  { id: 'the next of a time at the edge of the calendar, written with an offset', section: 'CQL Reference, Successor: of the value as it stands', operators: /^(Successor|Predecessor)$/, when: (x) => x.theirs.value === null && /^(0001-01-01|9999-12-31)T.*[+-](?!00:00)\d\d:\d\d$/.test(isMoment(x.ours.value) ?? '') },
  { id: 'a query over one thing that has no row, as a number', section: 'CQL Reference, Query: null where the source is no list; Subtract: null', operators: /^FunctionRef$/, when: (x) => x.ours.value === null && x.values.includes(null) && typeof x.theirs.value === 'number' },
  { id: 'the order of what cannot be compared', section: 'CQL Reference, Query, sort: by comparison, which is unknown here', operators: /^Query$/,
    when: (x) => { const kinds = (l) => JSON.stringify(l?.map((v) => JSON.stringify(v)).sort()); return Boolean(x.e.sort) && unitsIn(x.values).size > 1 && kinds(x.ours.value) === kinds(x.theirs.value); } },
  { id: 'a product of units past the Integers when brought to one of them', section: 'CQL Reference, Decimal: to 10^20', operators: /^Multiply$/, when: (x) => x.type === 'Quantity' && x.theirs.value === null && unitsIn(x.values).size > 1 && !x.values.some(hasNull) },
  { id: 'an aggregate that comes upon what it does not expect', section: 'CQL Reference, Query, aggregate: null where the expression is', operators: /^Query$/, when: (x) => Boolean(x.e.aggregate) && x.ours.error === undefined && /is not a function|Cannot read properties/.test(x.theirs.error ?? '') },
  { id: 'a condition over values both agree on', section: 'CQL Reference, And, Or, Xor, Implies, Not: the tables of three values; the other engine answers by what it was asked before', operators: /^(And|Or|Xor|Not|Implies)$/, when: (x) => x.ours.error === undefined && x.ours.value === tables[x.op](...x.values) },
  { id: 'a power of a percentage', section: 'UCUM: % is 10*-2', operators: /^(Add|Subtract|Multiply|Divide)$/, when: (x) => x.ours.error === undefined && quantitiesIn(x.values).some((q) => /%\d/.test(q[1])) },
  { id: 'a product of two ranges', section: 'Authors Guide, Uncertainty: arithmetic, all values of either', operators: /^Multiply$/,
    when: (x) => x.values.every(isRange) && isRange(x.ours.value) && JSON.stringify(x.ours.value.Uncertainty) === JSON.stringify([Math.min, Math.max].map((f) => f(...x.values[0].Uncertainty.flatMap((p) => x.values[1].Uncertainty.map((q) => p * q))))) },
  { id: 'a year brought to another offset', section: 'CQL Reference, Min and Max: by comparison, year first', operators: /^(Min|Max)$/,
    when: (x) => { const [ours, theirs] = [x.ours, x.theirs].map((a) => Number(isMoment(a.value)?.slice(0, 4))); return x.types[0] === 'List<DateTime>' && x.values.flatMap(momentsIn).some((v) => fieldsOf(v) < 4) && (x.op === 'Min' ? ours < theirs : ours > theirs); } },
  { id: 'an open end that is null, between units', section: 'CQL Reference, Start and End: of an open null null', operators: relation,
    when: (x) => x.ours.value === null && typeof x.theirs.value === 'boolean' && x.types.every((t) => /Quantity/.test(t)) && unitsIn(x.values).size > 1 && x.values.some((v) => deep(v, openUnknown)) },
  { id: 'a closed end that is null, and the end of the type', section: 'CQL Reference, Equivalent of intervals: by Start and End; Start: of a closed null the least of the type', operators: /^Equivalent$/,
    when: (x) => x.ours.value === true && x.theirs.value === false && x.types.every(isInterval) && x.values.some((v) => (v?.Interval?.[0] === '[' && v.Interval[1] === null) || (v?.Interval?.[3] === ']' && v.Interval[2] === null)) },
  { id: 'months between moments of two offsets', section: 'CQL Tests, DurationInDaysA: counted between instants, at the offset of the request', operators: /^DurationBetween$/,
    when: (x) => /^(Month|Year)$/.test(x.e.precision) && x.types.every((t) => t === 'DateTime') && new Set(x.values.map((v) => /[+-]\d\d:\d\d$/.exec(isMoment(v) ?? '')?.[0])).size === 2 && Math.abs(x.ours.value - x.theirs.value) === 1 },
  { id: 'an interval that holds nothing, cut to the size', section: 'CQL Reference, Expand: ends are cut to the precision of per', operators: /^Expand$/,
    when: (x, own) => x.theirs.value?.length === 0 && x.values[0].every((i) => i?.Interval?.[0] === '(' && i.Interval[3] === ')' && own(typed('Boolean', { type: 'Greater', operand: ['Start', 'End'].map((type) => typed(part(part(x.types[0])), { type, operand: literalOf(i, part(x.types[0])) })) })) === true) },
  { id: 'a unit divided twice', section: 'UCUM, algebraic unit terms: . and / have one precedence and go from left to right', operators: /^(Multiply|Divide)$/,
    when: (x) => /\/\([^()]*\/[^()]*\)/.test(x.theirs.value?.Quantity?.[1] ?? '') && quantitiesIn(x.values).some((q) => /\/[^/]*\//.test(q[1])) },
  { id: 'an interval with unknown ends is not known to be in the other list', section: 'CQL Reference, Intersect and IndexOf: equality, which is unknown here', operators: /^(Intersect|Except|IndexOf)$/, when: (x) => isList(x.types[0]) && deep(x.values, openUnknown) },
  { id: 'a closed end that is null, of intervals in lists', section: 'CQL Reference, Start and End: of a closed null the end of the type', operators: /^(In|Contains|Include.*|Proper.*|Intersect|Except|Union|Distinct|IndexOf)$/,
    when: (x) => x.types.some((t) => /List<Interval/.test(t)) && x.values.some((v) => deep(v, (i) => Boolean(i?.Interval) && ((i.Interval[0] === '[' && i.Interval[1] === null) || (i.Interval[3] === ']' && i.Interval[2] === null)))) },
  { id: 'a time to the second beside one to the millisecond, in lists', section: 'CQL Tests, TimeProperContainsNull: milliseconds are a field of their own; CQL Reference, IndexOf and Intersect: equality, which is unknown here', operators: /^(IndexOf|Intersect|Except|Union|Distinct|In|Contains|Include.*|Proper.*|Mode)$/,
    when: (x) => { const all = new Set(momentsIn(x.values).map(isMoment)); return x.types.some(isList) && [...all].some((m) => all.has(m.replace(/(:\d\d)(?=$|[+-])/, '$1.000')) && /:\d\d:\d\d(?=$|[+-])/.test(m)); } },
  { id: 'an instance without its unit, beside a unit that does not compare', section: 'CQL Reference, Equal: units that do not compare are null; Quantity: without a unit it is 1', operators: /^(Equal|NotEqual)$/,
    when: (x, own) => x.ours.value === null && typeof x.theirs.value === 'boolean' && /"type":"Instance"/.test(JSON.stringify(x.e)) && quantitiesIn(x.values).length === 2 &&
      own(converted(1, ...quantitiesIn(x.values).map((q) => q[1]))) === null },
  { id: 'a Quantity before or after an interval', section: 'CQL Reference, Before and After: a point is an interval of one', operators: /^(Before|After)$/,
    when: (x, own) => x.theirs.value === null && x.types[0] === 'Quantity' && x.types[1] === 'Interval<Quantity>' &&
      own({ ...x.e, operand: [literalOf({ Interval: ['[', x.values[0], x.values[0], ']'] }, 'Interval<Quantity>'), literalOf(x.values[1], 'Interval<Quantity>')] }) === x.ours.value },
  { id: 'a range of one value', section: 'Authors Guide, Uncertainty: where both ends are one, it is known', operators: /./,
    when: (x) => isRange(x.theirs.value) && x.theirs.value.Uncertainty.every((end) => JSON.stringify(end) === JSON.stringify(x.ours.value)) },
  { id: 'a whole Decimal past the Integers before an interval', section: 'CQL Reference, Before and After: a point is an interval of one', operators: relation, when: (x) => /^a\.(before|after) is not a function/.test(x.theirs.error ?? '') && x.types.some((t) => /^(Decimal|Quantity)$/.test(t)) },
  { id: 'pieces of degrees, cut to the size', section: 'CQL Reference, Expand: ends are cut to the precision of per', operators: /^Expand$/, when: (x) => unitsIn(x.values).size > 1 && quantitiesIn(x.values).some((q) => /^(Cel|\[degF\])$/.test(q[1])) && x.ours.value?.length === x.theirs.value?.length },
  { id: 'an interval that begins where another does, with no end known', section: 'CQL Reference, Collapse: by Start and End', operators: /^Collapse$/, when: (x) => x.values[0].some((i) => deep(i, openUnknown)) && x.theirs.value?.length < x.ours.value?.length },
  { id: 'intervals with unknown ends, equal to anything', section: 'CQL Reference, Equal of intervals: by Start and End, unknown where one is', operators: /^(Equal|NotEqual)$/, when: (x) => x.ours.value === null && x.values.some((v) => deep(v, openUnknown) || (v?.Interval && v.Interval[1] === null && v.Interval[2] === null)) },
  { id: 'a Case of what is not known to be equal', section: 'CQL Reference, Case: a comparand equal to the item', operators: /^Case$/, when: (x) => Boolean(x.e.comparand) && mixed(x.values) },
  { id: 'whole numbers of all types', section: 'CQL Reference, Is: the run-time type', operators: /^(Is|As)$/, when: (x) => /^(Integer|Decimal)$/.test(x.types[0]) && /(Integer|Decimal)$/.test((x.e.isTypeSpecifier ?? x.e.asTypeSpecifier)?.name ?? '') && isWhole(x.values[0]) && (x.ours.value === false || x.ours.error !== undefined || x.ours.value === null) },
  { id: 'a ratio as the quotient that Divide has', section: 'CQL Reference, ToQuantity(Ratio): numerator / denominator', operators: /^(ToQuantity|ConvertsToQuantity|Convert)$/,
    when: (x, own) => {
      if ((x.op === 'Convert' && x.type !== 'Quantity') || x.types[0] !== 'Ratio' || x.values[0] === null || x.ours.error !== undefined) { return false; }
      const quotient = own(typed('Quantity', { type: 'Divide', operand: x.values[0].Ratio.map((q) => literalOf(q, 'Quantity')) })) ?? null;
      return JSON.stringify(x.ours.value) === JSON.stringify(x.op === 'ConvertsToQuantity' ? quotient !== null : quotient);
    } },
];
const not = (a) => (a === null ? null : !a);
const and = (a, b) => (a === false || b === false ? false : a === null || b === null ? null : true);
const tables = { And: and, Or: (a, b) => not(and(not(a), not(b))), Xor: (a, b) => (a === null || b === null ? null : a !== b), Not: not, Implies: (a, b) => not(and(a, not(b))) };
const bySteps = (x) => x.values[1] !== null && x.values[0].some((i) => i?.Interval && (i.Interval[0] === '(' || i.Interval[3] === ')'));
const hasEnds = (v) => Boolean(v?.Interval);
const atTheEdge = (v) => v === INTEGER || v === -INTEGER - 1 || Math.abs(v) >= DECIMAL || /^(0001(-01(-01(T00:00:00.000)?)?)?|9999(-12(-31(T23:59:59.999)?)?)?|T?00:00:00.000|T?23:59:59.999)([+-]\d\d:\d\d)?$/.test(isMoment(v) ?? '');
const openUnknown = (v) => Boolean(v?.Interval) && ((v.Interval[0] === '(' && v.Interval[1] === null) || (v.Interval[3] === ')' && v.Interval[2] === null));
// The elements of tuples by name.
function inOrder(v) { return JSON.stringify(v, (_, x) => (isPlain(x) ? Object.fromEntries(Object.entries(x).sort(([a], [b]) => (a < b ? -1 : 1))) : x)); }
const isPlain = (x) => x !== null && typeof x === 'object' && !Array.isArray(x);
// A sorted list in which only the nulls stand elsewhere: ours first when rising, last when falling.
function nullsAside(x) {
  const [a, b] = [x.ours.value, x.theirs.value], rest = (l) => inOrder(l.filter((v) => v !== null)), nulls = a?.filter((v) => v === null).length;
  const falls = /^desc/.test(x.e.sort.by[0].direction), at = falls ? a?.slice(a.length - nulls) : a?.slice(0, nulls);
  return Boolean(a && b) && rest(a) === rest(b) && at.every((v) => v === null);
}
const eighths = (n) => BigInt(Math.round(n * 1e8));
function apart([, low, high], own) { return Boolean(low?.Quantity && high?.Quantity) && own(typed('Boolean', { type: 'LessOrEqual', operand: [low, high].map((q) => literalOf(q, 'Quantity')) })) === null; }
const bare = (v) => JSON.stringify(v ?? null).replace(/"[()[\]]"/g, '');
const openAtWhole = (v) => Boolean(v?.Interval) && ((v.Interval[0] === '(' && numbersIn(v.Interval[1]).some(isWhole)) || (v.Interval[3] === ')' && numbersIn(v.Interval[2]).some(isWhole)));
function within(v, [low, high]) { const [a, b] = v?.Uncertainty ?? [v, v]; return typeof a === 'number' && a >= low && b <= high; }
function piecewise(x, own) {
  const all = x.values[0].filter((i) => i !== null).map((i) => own({ ...x.e, operand: [literalOf([i], x.types[0]), x.e.operand[1]] }) ?? []).flat();
  const kinds = (l) => [...new Set(l.map((v) => JSON.stringify(v)))].sort().join();
  return kinds(all) === kinds(x.ours.value ?? []);
}
function elementwise(x, own) {
  const [a, b] = x.values;
  if (!a || !b || a.length !== b.length) { return false; }
  const each = a.map((v, i) => (v === null && b[i] === null ? true : own(typed('Boolean', { type: 'Equal', operand: [literalOf(v, part(x.types[0])), literalOf(b[i], part(x.types[0]))] }))));
  const all = each.includes(false) ? false : each.includes(null) ? null : true;
  return x.ours.value === (x.op === 'Equal' || all === null ? all : !all);
}
function sameLows(x) { const lows = (v) => JSON.stringify((v ?? []).map((i) => i?.Interval?.[1])); return !x.values[0].some((v) => deep(v, openAtWhole)) && lows(x.ours.value) === lows(x.theirs.value); }
// As many pieces, each from where theirs is when what is finer than the size is cut off.
function cutLows(x) {
  const [a, b] = [x.ours, x.theirs].map((y) => (y.value ?? []).map((i) => numbersIn(i)[0]));
  const open = x.values[0].some((i) => i?.Interval?.[0] === '(');
  return a.length > 0 && (a.length === b.length || (open && a.length > b.length)) && b.every((n, i) => n - a[i] > 0 && n - a[i] < 1.1e-8);
}
export function converted(n, unit, to) { return typed('Quantity', { type: 'ConvertQuantity', operand: [literalOf({ Quantity: [n, unit] }, 'Quantity'), number(to, 'String')] }); }
const number = (value, kind = 'Decimal') => typed(kind, { type: 'Literal', valueType: `{urn:hl7-org:elm-types:r1}${kind}`, value });
// Whether a quantity, brought to the unit of another and back, is another one.
function lossy(all, own) {
  const of = (q, unit) => own(converted(q[0], q[1], unit))?.Quantity;
  return all.some((q) => all.some(([, unit]) => { const there = unit === q[1] ? undefined : of(q, unit); return there !== undefined && of(there, q[1])?.[0] !== q[0]; }));
}
function ratiosIn(v) { return v?.Ratio ? [v.Ratio] : v !== null && typeof v === 'object' ? Object.values(v).flatMap(ratiosIn) : []; }
// Two that are written differently and are worth the same, as far as the numbers say, or whose units differ.
function alikeRatios(all) {
  const worth = ([a, b]) => a.Quantity[0] / b.Quantity[0], units = (r) => r.map((q) => q.Quantity[1]).join();
  return all.some((p) => all.some((q) => JSON.stringify(p) !== JSON.stringify(q) && (units(p) !== units(q) || Math.abs(worth(p) - worth(q)) < 1e-8)));
}
// Two that are not equal and differ by less than 1e-4 of one unit, or are both less than that.
function nearby(all, own) {
  if (all.some(([, u]) => /mol|\bU\b/.test(u))) { return true; }   // whose base units make of 0.1 and 0.2 the same eight digits
  const there = (n, from, to) => (from === to ? n : own(converted(n, from, to))?.Quantity?.[0]);
  return all.some(([a, u]) => all.some(([b, v]) => { const c = there(b, v, u); return (a !== b || u !== v) && a !== c && (Math.abs(a - c) < 1e-4 || (u !== v && Math.abs(a) < 1e-4 && Math.abs(b) < 1e-4)); }));
}
function codesIn(v) { return v?.Code ? [v.Code] : v?.Concept ? [v.Concept, ...v.Concept.codes] : v !== null && typeof v === 'object' ? Object.values(v).flatMap(codesIn) : []; }
function sameBy(x, own, type) {
  if (x.ours.error !== undefined || x.theirs.error !== undefined || x.ours.value === null || x.theirs.value === null) { return false; }
  const operand = [literalOf(x.ours.value, x.type), literalOf(x.theirs.value, x.type)];
  return !operand.includes(null) && own(typed('Boolean', { type, operand })) === true;
}
// Converted to the unit of ours it is the same, or ours, converted to its unit, is the same in the eight digits it has there.
function inUnitOf(x, own) {
  const [a, b] = [x.ours.value.Quantity, x.theirs.value.Quantity], to = (q, unit) => own(converted(q[0], q[1], unit))?.Quantity?.[0];
  const here = to(b, a[1]), there = to(a, b[1]);
  return a[1] !== b[1] && ((here !== undefined && Math.abs(here - a[0]) <= 1e-6 * Math.max(1, Math.abs(here))) || (there !== undefined && Math.abs(there - b[0]) <= 1.1e-8));
}
