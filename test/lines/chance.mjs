// SPDX-License-Identifier: Apache-2.0
// Chance that can be repeated: the same seed draws the same history, on every machine.
export function chance(seed) {
  let a = 0x9e3779b9;
  for (const c of String(seed)) { a = Math.imul(a ^ c.charCodeAt(0), 0x85ebca6b); a ^= a >>> 13; }
  a >>>= 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  for (let i = 0; i < 4; i++) { next(); }
  const between = (low, high) => low + Math.floor(next() * (high - low + 1));
  const pick = (list) => list[Math.floor(next() * list.length)];
  // {name: weight}, those of no weight never
  const weighed = (weights) => {
    const all = Object.entries(weights).filter(([, w]) => w > 0);
    let x = next() * all.reduce((s, [, w]) => s + w, 0);
    for (const [k, w] of all) { x -= w; if (x <= 0) { return k; } }
    return all.at(-1)?.[0];
  };
  // about normal on the logarithm: half of the draws are below the median
  const spread = (median, factor, low, high) => {
    const z = (next() + next() + next() + next() - 2) * Math.sqrt(3);
    return Math.round(Math.min(high, Math.max(low, median * factor ** z)));
  };
  const shuffle = (list) => {
    const l = [...list];
    for (let i = l.length - 1; i > 0; i--) { const j = Math.floor(next() * (i + 1)); [l[i], l[j]] = [l[j], l[i]]; }
    return l;
  };
  return { next, yes: (p) => next() < p, between, pick, weighed, spread, shuffle };
}
