// values.mjs -- values of the other engine (cql-execution) in our canonical form, when two canonical values are the same; CSV.
// SPDX-License-Identifier: Apache-2.0

const two = (n) => String(n).padStart(2, '0');
function offsetText(hours) {
  const minutes = Math.round(Math.abs(hours) * 60);
  return `${hours < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
function momentText(d, isTime) {
  const day = [String(d.year).padStart(4, '0'), ...[d.month, d.day].filter((x) => x != null).map(two)].join('-');
  if (d.isDate) { return day; }
  let clock = [d.hour, d.minute, d.second].filter((x) => x != null).map(two).join(':');
  if (d.millisecond != null) { clock += `.${String(d.millisecond).padStart(3, '0')}`; }
  if (isTime) { return clock; }
  return d.hour == null ? `${day}T` : `${day}T${clock}${d.timezoneOffset == null ? '' : offsetText(d.timezoneOffset)}`;
}
// A primitive element is wrapped by the other engine where it has an id or an extension.
function elementOf(json) {
  return json !== null && typeof json === 'object' && Object.keys(json).every((k) => k === 'value') && typeof json.value !== 'object' ? json.value : json;
}

export function canonical(value) {
  if (value == null) { return null; }
  if (typeof value === 'bigint') { return { Long: String(value) }; }
  if (typeof value === 'number' && !Number.isFinite(value)) { return { NoNumber: String(value) }; }
  if (Array.isArray(value)) { return value.map(canonical); }
  if (typeof value !== 'object') { return value; }
  if (value.isUncertainty) { return value.low === value.high ? canonical(value.low) : { Uncertainty: [canonical(value.low), canonical(value.high)] }; }
  if (value.isDateTime) { return value.isTime?.() ? { Time: momentText(value, true) } : { DateTime: momentText(value, false) }; }
  if (value.isDate) { return { Date: momentText(value, false) }; }
  if (value.isQuantity) { return { Quantity: [canonical(value.value), value.unit ?? '1'] }; }
  if (value.isRatio) { return { Ratio: [canonical(value.numerator), canonical(value.denominator)] }; }
  if (value.isInterval) { return { Interval: [value.lowClosed ? '[' : '(', canonical(value.low), canonical(value.high), value.highClosed ? ']' : ')'] }; }
  if (value.isConcept) { return { Concept: { codes: value.codes.map((c) => canonical(c)?.Code ?? null), display: value.display ?? value.text ?? null } }; }
  if (value.isCode) { return { Code: { code: value.code, system: value.system, version: value.version, display: value.display } }; }
  if (typeof value.getTypeInfo === 'function') {
    return value._json?.resourceType ? { Resource: `${value._json.resourceType}/${value._json.id ?? ''}` } : { Element: elementOf(value._json) };
  }
  return { Tuple: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, canonical(v)])) };
}

// near(x, y): when two numbers are the same. An absent member is null.
export function same(x, y, near) {
  if (typeof x === 'number' && typeof y === 'number') { return near(x, y); }
  if (x === null || y === null || typeof x !== 'object' || typeof y !== 'object') { return x === y; }
  if (Array.isArray(x) || Array.isArray(y)) { return Array.isArray(x) && Array.isArray(y) && x.length === y.length && x.every((p, i) => same(p, y[i], near)); }
  return [...new Set([...Object.keys(x), ...Object.keys(y)])].every((k) => same(x[k] ?? null, y[k] ?? null, near));
}

// Rows of a CSV file by the names in its first line; lines that begin with # are none.
export function csv(text) {
  const [head, ...rows] = text.split('\n').filter((l) => l.trim() && !l.startsWith('#'))
    .map((l) => [...l.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((m) => m[1].replace(/^"|"$/g, '').replaceAll('""', '"')));
  return rows.map((r) => Object.fromEntries(head.map((name, i) => [name, r[i] ?? ''])));
}
