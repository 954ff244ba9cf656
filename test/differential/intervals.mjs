// intervals.mjs -- the operators of intervals, dates and times worked out from the words of the specification, for random.mjs.
// SPDX-License-Identifier: Apache-2.0
//
// A third opinion where two engines differ: Start and End (of a closed end that is null the end of the type, of an open end its successor
// or predecessor, of an open null null), comparison of points in three values, and what the CQL Reference makes of them. Values are
// canonical; convert(quantity, unit) is the conversion of ours. undefined: not worked out here (units that differ, numbers a double does not hold).
import { isInterval, part } from './random_elm.mjs';

class Beyond extends Error {}
const beyond = () => { throw new Beyond(); };
const ONE = 100000000n, GREATEST = 10n ** 28n - 1n;
const FIELDS = { Date: ['Year', 'Month', 'Day'], DateTime: ['Year', 'Month', 'Day', 'Hour', 'Minute', 'Second', 'Millisecond'], Time: ['Hour', 'Minute', 'Second', 'Millisecond'] };
const LEAST_OF = { Date: [1, 1, 1], DateTime: [1, 1, 1, 0, 0, 0, 0], Time: [0, 0, 0, 0] }, GREATEST_OF = { Date: [9999, 12, 31], DateTime: [9999, 12, 31, 23, 59, 59, 999], Time: [23, 59, 59, 999] };

// ---- points: a whole number (Integers in ones, Decimals and Quantities in 10^-8) or the fields of a date or time ----
function units(v) {
  if (Math.abs(v) >= 1e20) { return v === 1e20 ? GREATEST : v === -1e20 ? -GREATEST : beyond(); }
  if (Number.isInteger(v)) { return BigInt(v) * ONE; }
  return Math.abs(v) < 9e7 ? BigInt(Math.round(v * 1e8)) : beyond();
}
function point(t, v) {
  if (v === null) { return null; }
  if (t === 'Integer') { return typeof v === 'number' ? BigInt(v) : beyond(); }
  if (t === 'Decimal') { return units(v); }
  if (t === 'Quantity') { return Math.abs(v.Quantity[0]) >= 1e20 ? beyond() : units(v.Quantity[0]); }
  if (v[t] === undefined) { return beyond(); }   // of another type than it is declared
  const [, text, , sign, h, m] = /^(.*?)(([+-])(\d\d):(\d\d))?$/.exec(t === 'DateTime' && !v[t].includes('T') ? beyond() : v[t]);
  return at(text.split(/[-T:.]/).filter(Boolean).map(Number), t === 'DateTime' && sign ? (sign === '-' ? -1 : 1) * (h * 60 + +m) : 0);
}
const at = (f, offset) => Object.assign(f, { offset });
// At the offset of the request, where there are hours.
function settled(f) {
  if (!f.offset || f.length < 4) { return f; }
  return at(fieldsAt('DateTime', new Date(instant('DateTime', f).getTime() - f.offset * 60000)).slice(0, f.length), 0);
}
const ends = (t, high) => (t === 'Integer' ? (high ? 2147483647n : -2147483648n) : FIELDS[t] ? at([...(high ? GREATEST_OF : LEAST_OF)[t]], 0) : high ? GREATEST : -GREATEST);
function instant(t, f) {
  const d = new Date(0);
  const [y, m, day, h, min, s, ms] = t === 'Time' ? [2000, 1, 1, ...f] : f;
  d.setUTCFullYear(y, (m ?? 1) - 1, day ?? 1);
  d.setUTCHours(h ?? 0, min ?? 0, s ?? 0, ms ?? 0);
  return d;
}
function fieldsAt(t, d) {
  const all = [d.getUTCFullYear(), d.getUTCMonth() + 1, d.getUTCDate(), d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds(), d.getUTCMilliseconds()];
  return t === 'Time' ? all.slice(3) : all;
}
// The next or previous point, at the precision it has or a coarser one; null past the end of the type.
function step(t, x, by, precision = null) {
  if (x === null) { return null; }
  if (!FIELDS[t]) { return x === ends(t, by > 0) ? null : x + BigInt(by); }
  const last = precision === null ? x.length - 1 : FIELDS[t].indexOf(precision);
  if (last >= x.length) { return null; }
  const d = instant(t, x.slice(0, last + 1));
  [() => d.setUTCFullYear(d.getUTCFullYear() + by), () => d.setUTCMonth(d.getUTCMonth() + by), () => d.setUTCDate(d.getUTCDate() + by), () => d.setUTCHours(d.getUTCHours() + by),
    () => d.setUTCMinutes(d.getUTCMinutes() + by), () => d.setUTCSeconds(d.getUTCSeconds() + by), () => d.setUTCMilliseconds(d.getUTCMilliseconds() + by)][last + (t === 'Time' ? 3 : 0)]();
  if (d.getUTCFullYear() < 1 || d.getUTCFullYear() > 9999 || (t === 'Time' && d.getUTCDate() !== 1)) { return null; }
  return at(fieldsAt(t, d).slice(0, last + 1), x.offset);
}
// -1, 0, 1, or null where the fields do not reach.
function order(t, x, y, precision) {
  if (x === null || y === null) { return null; }
  if (!FIELDS[t]) { return x < y ? -1 : x > y ? 1 : 0; }
  const last = precision ? FIELDS[t].indexOf(precision) + 1 : Math.max(x.length, y.length);
  if (x.offset !== y.offset && (!precision || last > 3)) { [x, y] = [settled(x), settled(y)]; }   // days and coarser as they stand
  for (let i = 0; i < last; i++) {
    if (i >= x.length || i >= y.length) { return null; }
    if (x[i] !== y[i]) { return x[i] < y[i] ? -1 : 1; }
  }
  return 0;
}

// ---- three values ----
const both = (a, b) => (a === false || b === false ? false : a === null || b === null ? null : true);
const not = (a) => (a === null ? null : !a);
const either = (a, b) => not(both(not(a), not(b)));

function made(t, v) {
  if (v === null) { return null; }
  if (!v.Interval) { const x = point(t, v); return { low: x, high: x, from: x, to: x, lowClosed: true, highClosed: true }; }
  const [a, low, high, b] = v.Interval, x = { low: point(t, low), high: point(t, high), lowClosed: a === '[', highClosed: b === ']' };
  x.from = x.low === null ? (x.lowClosed ? ends(t, false) : null) : x.lowClosed ? x.low : step(t, x.low, 1);
  x.to = x.high === null ? (x.highClosed ? ends(t, true) : null) : x.highClosed ? x.high : step(t, x.high, -1);
  return v.ends ? { ...x, ...Object.fromEntries(Object.entries(v.ends).map(([k, q]) => [k, point(t, q)])) } : x;
}
function relations(t, precision) {
  const is = (x, y, ...wanted) => { const o = order(t, x, y, precision); return o === null ? null : wanted.includes(o); };
  const meetsBefore = (x, y) => {
    const next = step(t, x.to, 1, precision);
    const known = !FIELDS[t] || !precision || FIELDS[t].indexOf(precision) < (x.to?.length ?? 0);
    if (x.to !== null && next === null && known) { return false; }   // nothing follows the end of the type
    if (!known) { return null; }                                      // nor is it known which day follows a year
    return is(x.from, y.to, 1) === true ? false : is(next, y.from, 0);   // behind it, it does not come right before
  };
  const overlaps = (x, y) => both(is(x.from, y.to, -1, 0), is(x.to, y.from, 0, 1));
  const includes = (x, y) => both(is(x.from, y.from, -1, 0), is(x.to, y.to, 0, 1));
  const contains = (x, y) => both(x.low === null && x.lowClosed ? true : is(y.from, x.low, 1, x.lowClosed ? 0 : 1),
    x.high === null && x.highClosed ? true : is(y.from, x.high, -1, x.highClosed ? 0 : -1));
  const properly = (x, y) => both(includes(x, y), either(is(x.from, y.from, -1), is(x.to, y.to, 1)));
  const same = (x, y) => both(is(x.from, y.from, 0), is(x.to, y.to, 0));
  return {
    Less: (x, y) => is(x.to, y.from, -1), LessOrEqual: (x, y) => is(x.to, y.from, -1, 0), Greater: (x, y) => is(x.from, y.to, 1), GreaterOrEqual: (x, y) => is(x.from, y.to, 0, 1),
    Before: (x, y) => is(x.to, y.from, -1), After: (x, y) => is(x.from, y.to, 1), SameOrBefore: (x, y) => is(x.to, y.from, -1, 0), SameOrAfter: (x, y) => is(x.from, y.to, 0, 1),
    SameAs: same, Equal: same, NotEqual: (x, y) => not(same(x, y)), Overlaps: overlaps, OverlapsBefore: (x, y) => both(is(x.from, y.from, -1), overlaps(x, y)), OverlapsAfter: (x, y) => both(is(x.to, y.to, 1), overlaps(x, y)),
    MeetsBefore: meetsBefore, MeetsAfter: (x, y) => meetsBefore(y, x), Meets: (x, y) => either(meetsBefore(x, y), meetsBefore(y, x)),
    Starts: (x, y) => both(is(x.from, y.from, 0), is(x.to, y.to, -1, 0)), Ends: (x, y) => both(is(x.from, y.from, 0, 1), is(x.to, y.to, 0)),
    Contains: contains, In: (x, y) => contains(y, x), Includes: includes, IncludedIn: (x, y) => includes(y, x), ProperIncludes: properly, ProperIncludedIn: (x, y) => properly(y, x),
  };
}

// What an interval runs from and to where two are joined, cut or subtracted; null: there is none; undefined: not known, or an open question.
function result(op, t, x, y) {
  const of = relations(t, null), overlap = of.Overlaps(x, y), less = (p, q) => { const o = order(t, p, q, null); return o === null ? beyond() : o < 0; };
  const least = (p, q) => (less(q, p) ? q : p), greatest = (p, q) => (less(p, q) ? q : p);
  const together = op === 'Union' ? either(overlap, of.Meets(x, y)) : overlap;
  if (together === null) { return beyond(); }
  if (op === 'Union') { return together ? [least(x.from, y.from), greatest(x.to, y.to)] : null; }
  if (op === 'Intersect') { return together ? [greatest(x.from, y.from), least(x.to, y.to)] : null; }
  if (!together) { return [x.from, x.to]; }
  const before = less(x.from, y.from), after = less(y.to, x.to);
  return before === after ? null : before ? [x.from, step(t, y.from, -1)] : [step(t, y.to, 1), x.to];
}

// What is covered, piece by piece: sorted, joined where one begins no later than right after the end of the one before.
function collapsed(t, all) {
  const less = (p, q) => { const o = order(t, p, q, null); return o === null ? beyond() : o < 0; };
  const out = [];
  for (const { from, to } of [...all].sort((x, y) => (less(x.from, y.from) ? -1 : less(y.from, x.from) ? 1 : 0))) {
    const last = out.at(-1), next = last && step(t, last[1], 1);
    if (!last || (next !== null && less(next, from))) { out.push([from, to]); } else if (less(last[1], to)) { last[1] = to; }
  }
  return out;
}

// Quantities in the unit of the first, where nothing is lost on the way there; null where something is.
function inOneUnit(values, convert) {
  const all = values.flatMap((v) => (v?.Interval ? [v.Interval[1], v.Interval[2]] : [v])).map((v) => v?.Quantity).filter(Boolean), unit = all[0]?.[1];
  if (all.every((q) => q[1] === unit)) { return values; }
  let lost = false;
  const turned = (v) => {
    if (!v?.Quantity || v.Quantity[1] === unit) { return v; }
    const there = convert(v.Quantity, unit);
    lost = lost || there === undefined || convert(there, v.Quantity[1])?.[0] !== v.Quantity[0];
    return { Quantity: there };
  };
  // What is next to an open end is so in the unit it is written in.
  const next = (q, by) => ({ Quantity: [Number(step('Quantity', point('Quantity', q), by) ?? beyond()) / 1e8, q.Quantity[1]] });
  const across = ([a, low, high, b]) => ({
    Interval: [a, turned(low), turned(high), b],
    ends: { ...(a === '(' && low !== null ? { from: turned(next(low, 1)) } : {}), ...(b === ')' && high !== null ? { to: turned(next(high, -1)) } : {}) },
  });
  const made = values.map((v) => (v?.Interval ? across(v.Interval) : turned(v)));
  return lost ? null : made;
}

// Quantities without any unit: an interval with neither end.
const unitless = (t, v) => t === 'Quantity' && Boolean(v?.Interval) && v.Interval[1] === null && v.Interval[2] === null;

// Whether `ours` is what the specification says of this operator over these values; undefined: not worked out.
export function bySpecification({ op, types, values: written, e, ours }, convert) {
  if (op === 'Collapse' && written[0] && written[1] === null && ours.error === undefined) {
    const t = part(part(types[0])), units = new Set(written[0].flatMap((v) => v?.Interval?.slice(1, 3) ?? []).map((v) => v?.Quantity?.[1]).filter(Boolean));
    try {
      const x = written[0].filter((v) => v !== null).map((v) => made(t, v)), is = ours.value.map((v) => made(t, v));
      if (units.size > 1 || written[0].some((v) => unitless(t, v)) || [...x, ...is].some((v) => v.from === null || v.to === null)) { return undefined; }
      const wanted = collapsed(t, x);
      return wanted.length === is.length && wanted.every(([from, to], i) => order(t, from, is[i].from, null) === 0 && order(t, to, is[i].to, null) === 0);
    } catch (error) { if (!(error instanceof Beyond)) { throw error; } return undefined; }
  }
  const t = types.filter(isInterval).map(part)[0] ?? (types.length === 2 && types[0] === types[1] && FIELDS[types[0]] ? types[0] : null);
  if (!t || types.some((x) => x !== t && part(x) !== t) || written.some((v) => v?.error) || ours.error !== undefined) { return undefined; }
  try {
    const values = t === 'Quantity' ? inOneUnit(written, convert) : written;
    if (values === null) { return undefined; }
    const [x, y] = values.map((v) => made(t, v)), said = relations(t, e.precision ?? null)[op];
    if (values.includes(null) || values.some((v) => unitless(t, v))) { return undefined; }
    if (said && y) { return said(x, y) === ours.value; }
    if (values !== written && !said) { return undefined; }
    if (op === 'Start' || op === 'End') { const is = point(t, ours.value), wanted = op === 'Start' ? x.from : x.to; return is === null || wanted === null ? is === wanted : order(t, is, wanted, null) === 0 || (typeof is === 'bigint' && Number(is) === Number(wanted)); }   // as near as a double is
    if (/^(Union|Intersect|Except)$/.test(op) && y) {
      const wanted = result(op, t, x, y), is = made(t, ours.value);
      if (wanted === null || is === null) { return wanted === is; }
      return is.from === null || is.to === null ? undefined : order(t, is.from, wanted[0], null) === 0 && order(t, is.to, wanted[1], null) === 0;
    }
    if ((op === 'Width' || op === 'Size') && !FIELDS[t]) {
      const wide = x.from === null || x.to === null ? null : x.to - x.from + (op === 'Size' ? 1n : 0n), held = t !== 'Integer' || wide <= 2147483647n ? wide : null;
      const got = ours.value?.Quantity?.[0] ?? ours.value;
      return held === null || got === null ? held === got : t === 'Integer' ? held === BigInt(got) : Math.abs(Number(held) / 1e8 - got) <= Math.abs(got) * 2 ** -50;
    }
  } catch (error) { if (!(error instanceof Beyond)) { throw error; } }
  return undefined;
}
