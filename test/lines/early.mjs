// SPDX-License-Identifier: Apache-2.0
// The part of a drawn history before metastasis: surgery, radiotherapy, neoadjuvant and adjuvant drugs, and when they ended.
// Days count from the metastatic diagnosis backwards: the relapse is drawn first, then what came before it.
import { day, drugs } from './drugs.mjs';

const may = (drug, date) => date >= drugs[drug].since;

// One after another from `from`: [drugs, days, pause]. Returns the day after the last.
function inTurn(h, setting, from, parts) {
  let t = from;
  for (const [names, days, pause = 14] of parts) {
    for (const drug of names) { h.courses.push({ drug, from: t, to: t + days, setting, why: 'completed' }); }
    t += days + pause;
  }
  return t;
}

function chemotherapy(h, from) {
  const c = h.chance;
  const anthracycline = c.yes(0.6) ? 'doxorubicin' : 'epirubicin';
  if (c.yes(0.25)) { return [[['docetaxel', 'cyclophosphamide'], 66]]; }
  return [[[anthracycline, 'cyclophosphamide'], 63, 21], c.yes(0.6) ? [['paclitaxel'], 77] : [['docetaxel'], 63]];
}

// The last day of an adjuvant drug that relapse ended: when metastasis was found, and never beside the first drug against it.
const lastOn = (h, met, days) => Math.min(met + h.chance.between(0, days), h.firstDay - 1);

function endocrine(h, from, met) {
  const c = h.chance;
  const pre = h.premenopausal;
  const stop = h.relapse === 'on' ? lastOn(h, met, 6) : Math.min(from + Math.round(365.25 * 5), met - 20);
  const why = h.relapse === 'on' ? 'recurrence' : 'completed';
  if (pre && c.yes(0.6) || c.yes(0.15)) {
    const change = c.yes(0.4) ? from + c.between(650, 1100) : null;
    if (change !== null && change < stop - 200) {
      h.courses.push({ drug: 'tamoxifen', from, to: change, setting: 'adjuvant', why: 'changed' });
      h.courses.push({ drug: c.pick(['letrozole', 'exemestane']), from: change + 1, to: stop, setting: 'adjuvant', why });
    } else { h.courses.push({ drug: 'tamoxifen', from, to: stop, setting: 'adjuvant', why }); }
  } else {
    const ai = h.wants.has('same-as-adjuvant') ? 'letrozole' : c.pick(['anastrozole', 'letrozole', 'exemestane']);
    h.courses.push({ drug: ai, from, to: stop, setting: 'adjuvant', why });
    if (pre) { h.beside.push({ drug: 'goserelin', from, to: stop }); }
    if (from >= day('2021-11-15') && c.yes(0.4) && stop > from + 60) {
      const twoYears = stop > from + 730;
      h.courses.push({ drug: 'abemaciclib', from: from + 7, to: twoYears ? from + 730 : stop, setting: 'adjuvant', why: twoYears ? 'completed' : why });
    }
  }
  return stop;
}

const surgery = (h, date) => h.procedures.push({ date, kind: h.chance.pick(['lumpectomy', 'mastectomy', 'lumpectomy']) });
const radiotherapy = (h, date) => h.procedures.push({ date, to: date + h.chance.between(21, 39), kind: 'radiotherapy', site: 'breast' });

// Months from the end of the drugs to relapse, by the pattern that was drawn: on, early (within 12 months), late.
const interval = (c, relapse) => relapse === 'early' ? c.between(25, 340) : c.spread(900, 1.9, 400, 3300);

function hormonePositive(h, met) {
  const c = h.chance;
  const chemo = c.yes(0.55);
  const neo = chemo && c.yes(0.45);
  const endocrineDays = h.relapse === 'on' ? c.between(300, 1700) : Math.round(365.25 * 5);
  const last = h.relapse === 'on' ? met : met - interval(c, h.relapse);
  const start = last - endocrineDays;
  let parts = chemo ? chemotherapy(h) : [];
  const chemoDays = parts.reduce((s, [, d, p = 14]) => s + d + p, 0);
  let t = start - 40 - chemoDays - (neo ? 45 : 70);
  h.diagnosis = t - c.between(14, 35);
  if (neo) { t = inTurn(h, 'neoadjuvant', t, parts) + 21; surgery(h, t); }
  else {
    if (!chemo && c.yes(0.1)) { t = inTurn(h, 'neoadjuvant', t - 150, [[['letrozole'], 140]]); h.diagnosis = t - 190; }
    surgery(h, t); t += 35; t = inTurn(h, 'adjuvant', t, parts);
  }
  if (c.yes(0.7)) { radiotherapy(h, t + 14); }
  endocrine(h, start, met);
}

function her2Positive(h, met) {
  const c = h.chance;
  const antibodies = (date) => may('pertuzumab', date - 500) ? ['trastuzumab', 'pertuzumab'] : ['trastuzumab'];
  const last = h.relapse === 'on' ? met : met - interval(c, h.relapse);
  const emtansine = last > day('2020-06-01') && c.yes(0.4);
  const yearDays = h.relapse === 'on' ? c.between(70, 230) : emtansine ? 273 : 240;
  const start = last - yearDays;
  let t = start - 35 - 126 - 30;
  h.diagnosis = t - c.between(14, 35);
  const both = antibodies(t);
  t = inTurn(h, 'neoadjuvant', t, [[['docetaxel', 'carboplatin', ...both], 105]]) + 21;
  surgery(h, t);
  const why = h.relapse === 'on' ? 'recurrence' : 'completed';
  for (const drug of emtansine ? ['trastuzumab emtansine'] : both) {
    h.courses.push({ drug, from: start, to: h.relapse === 'on' ? lastOn(h, met, 2) : last, setting: 'adjuvant', why });
  }
  if (c.yes(0.6)) { radiotherapy(h, start + 14); }
  if (h.er && c.yes(0.85)) {
    const stop = Math.min(start + 1826, lastOn(h, met, 5));
    const drug = h.premenopausal ? 'tamoxifen' : 'letrozole';
    h.courses.push({ drug, from: start + 10, to: stop, setting: 'adjuvant', why: stop >= met - 20 ? 'recurrence' : 'completed' });
  }
}

function tripleNegative(h, met) {
  const c = h.chance;
  const last = h.relapse === 'on' ? met : met - interval(c, h.relapse);
  const immune = last > day('2022-06-01') && c.yes(0.7);
  const after = immune ? 'pembrolizumab' : h.relapse === 'on' || c.yes(0.5) ? 'capecitabine' : null;
  const afterDays = after === null ? 0 : h.relapse === 'on' ? c.between(50, 150) : 165;
  let t = last - afterDays - (after ? 40 : 0) - 200;
  h.diagnosis = t - c.between(14, 30);
  if (immune) {
    const from = t;
    h.courses.push({ drug: 'pembrolizumab', from, to: from + 147, setting: 'neoadjuvant', why: 'completed' });
    t = inTurn(h, 'neoadjuvant', from, [[['paclitaxel', 'carboplatin'], 77, 7], [['doxorubicin', 'cyclophosphamide'], 63, 0]]);
  } else { t = inTurn(h, 'neoadjuvant', t, [[['doxorubicin', 'cyclophosphamide'], 63, 21], [['paclitaxel'], 77, 0]]); }
  t += 24;
  surgery(h, t);
  if (after !== null) {
    const on = h.relapse === 'on';
    h.courses.push({ drug: after, from: last - afterDays, to: on ? lastOn(h, met, 2) : last, setting: 'adjuvant', why: on ? 'recurrence' : 'completed' });
  }
  if (c.yes(0.6)) { radiotherapy(h, t + 30); }
}

export function drawEarly(h, met) {
  if (h.deNovo) { h.diagnosis = Math.min(met, h.firstDay) - h.chance.between(1, 20); return; }
  ({ 'HR+': hormonePositive, 'HER2+': her2Positive, TNBC: tripleNegative })[h.subtype](h, met);
}
