// SPDX-License-Identifier: Apache-2.0
// Draws what really happened to one made-up person: early disease, metastasis, every line with its drugs, phases, holds, swaps, scans and
// why it ended. A tumour board would count these lines so; where boards differ or only the record can settle it, a boundary says so
// (`bounds`), and `readings` gives the counts that are then acceptable. Nothing here knows how the program counts.
import { chance } from './chance.mjs';
import { beside, biosimilars, day, drugs } from './drugs.mjs';
import { drawEarly } from './early.mjs';
import { chooseRegimen } from './regimens.mjs';

export const styles = ['complete', 'no-ends', 'requests', 'administrations', 'names'];
const lastDay = day('2026-11-20');

// Traps that a history may be asked to hold, by subtype; the others come by themselves.
const wanted = {
  'HR+': ['ai-swap', 'cdk-swap', 'late-partner', 'esr1-switch', 'esr1-switch', 'crisis-chemo', 'crisis-chemo', 'chemo-maintenance', 'ofs-change',
    'ofs-change', 'bridging', 'bridging', 'depot', 'restart-no-pd', 'restart-long-no-pd', 'restart-long-no-pd', 'restart-pd', 'oligoprogression',
    'same-as-adjuvant', 'nab-swap', 'tox-new-mechanism', 'before-index', 'staggered-start', 'local-only', 'hold'],
  'HER2+': ['route-change', 'biosimilar', 'route-change', 'biosimilar', 'route-change', 'biosimilar', 'her2-maintenance', 'her2-maintenance', 'nab-swap',
    'carried-over', 'oligoprogression', 'restart-no-pd', 'hold', 'tox-new-mechanism', 'local-only', 'same-as-adjuvant', 'before-index'],
  TNBC: ['platinum-swap', 'platinum-swap', 'platinum-swap', 'nab-swap', 'nab-swap', 'restart-pd', 'restart-pd', 'chemo-maintenance', 'chemo-maintenance',
    'tox-new-mechanism', 'hold', 'local-only', 'same-as-adjuvant', 'restart-no-pd', 'before-index'],
};

const ais = ['letrozole', 'anastrozole', 'exemestane'];
const cdks = ['palbociclib', 'ribociclib', 'abemaciclib'];
const oneDose = [...ais, 'tamoxifen', 'fulvestrant', 'trastuzumab', 'pertuzumab', 'pembrolizumab'];
const trap = (h, name, date) => { h.traps.push({ name, date }); h.wants.delete(name); };
const activeAt = (l, at, test) => l.items.find((i) => test(i) && i.from + 18 <= at && at < i.to);

// All that is given on a day; none when one of them has only just begun.
function running(l, at) {
  const now = l.items.filter((i) => i.from <= at && at < i.to);
  return now.every((i) => i.from + 18 <= at) ? now : [];
}

// Days on an aromatase inhibitor in this line until a day, breaks taken away.
const exposure = (l, at) => l.items.filter((i) => ais.includes(i.drug)).reduce((n, i) => n + Math.max(0, Math.min(i.to, at) - i.from), 0);

// Ends the course of a drug at a day; gives what was left of it.
function cut(l, item, at, why) {
  const left = { ...item, from: at + 1 };
  item.to = at; item.why = why;
  return left;
}

// The drug goes on as it was, but dose, form or product changed, or after a pause.
function goOn(l, item, at, pause, why, change = {}) {
  const left = cut(l, item, at, why);
  l.items.push({ ...left, from: at + 1 + pause, ...change });
}

function replace(l, item, at, pause, drug, why) {
  const left = cut(l, item, at, why);
  const next = { drug, from: at + 1 + pause, to: left.to, why: left.why };
  l.items.push(next);
  return next;
}

// Each: does it fit at day `at` of line `l`; then it happens. None of them starts a line.
const events = {
  'dose-change': (h, l, at) => {
    const item = activeAt(l, at, (i) => !oneDose.includes(i.drug));
    if (!item || item.to - at < 40) { return false; }
    goOn(l, item, at, h.chance.pick([0, 7, 10, 14]), 'dose', { dose: 'reduced' });
    return true;
  },
  'nab-swap': (h, l, at) => {
    const item = activeAt(l, at, (i) => i.drug === 'paclitaxel' || i.drug === 'nab-paclitaxel');
    if (!item || item.to - at < 28) { return false; }
    replace(l, item, at, h.chance.between(6, 13), item.drug === 'paclitaxel' ? 'nab-paclitaxel' : 'paclitaxel', 'toxicity');
    return true;
  },
  'platinum-swap': (h, l, at) => {
    const item = activeAt(l, at, (i) => i.drug === 'carboplatin' || i.drug === 'cisplatin');
    if (!item || item.to - at < 40) { return false; }
    replace(l, item, at, h.chance.between(13, 20), item.drug === 'carboplatin' ? 'cisplatin' : 'carboplatin', 'toxicity');
    return true;
  },
  'ai-swap': (h, l, at) => {
    const item = activeAt(l, at, (i) => ais.includes(i.drug));
    if (!item || item.to - at < 60) { return false; }
    const other = ais.filter((d) => d !== item.drug && !usedAnywhere(h, d));   // none that failed before
    if (other.length === 0) { return false; }
    replace(l, item, at, h.chance.between(0, 21), h.chance.pick(other), 'toxicity');
    return true;
  },
  'cdk-swap': (h, l, at) => {
    const item = activeAt(l, at, (i) => cdks.includes(i.drug));
    if (!item || item.to - at < 60) { return false; }
    const other = cdks.filter((d) => d !== item.drug && at >= drugs[d].since && !usedAnywhere(h, d));
    if (other.length === 0) { return false; }
    replace(l, item, at, h.chance.between(6, 28), h.chance.pick(other), 'toxicity');
    return true;
  },
  'drop-one': (h, l, at) => {
    const item = activeAt(l, at, (i) => [...cdks, 'everolimus', 'pertuzumab'].includes(i.drug) || l.kind === 'io' && i.drug === 'carboplatin'
      || i.drug === 'cisplatin' && l.drugs.length > 1);
    if (!item || item.to - at < 50) { return false; }
    cut(l, item, at, 'toxicity');
    return true;
  },
  'route-change': (h, l, at) => {
    const t = activeAt(l, at, (i) => i.drug === 'trastuzumab' && i.form === undefined);
    if (!t || t.to - at < 60 || at < day('2019-04-01')) { return false; }
    const p = activeAt(l, at, (i) => i.drug === 'pertuzumab');
    const both = p !== undefined && at >= day('2020-08-01');
    goOn(l, t, at, h.chance.between(14, 22), 'route', { form: both ? 'Phesgo' : 'sc', product: undefined });
    if (both) { const n = l.items.at(-1).from; goOn(l, p, at, n - at - 1, 'route', { form: 'Phesgo' }); }
    return true;
  },
  biosimilar: (h, l, at) => {
    const t = activeAt(l, at, (i) => i.drug === 'trastuzumab' && i.form === undefined && i.product === undefined);
    if (!t || t.to - at < 60 || at < day('2019-08-01')) { return false; }
    goOn(l, t, at, h.chance.between(14, 22), 'product', { product: h.chance.pick(biosimilars) });
    return true;
  },
  'hold': (h, l, at) => {
    const now = running(l, at);
    const pause = h.chance.between(14, 42);
    if (now.length === 0 || now.some((i) => i.to - at < pause + 40)) { return false; }
    const why = h.chance.pick(['diagnostic', 'diagnostic', 'toxicity', 'toxicity', 'surgery']);
    for (const i of now) { goOn(l, i, at, pause, why === 'toxicity' ? 'held for toxicity' : 'held'); }
    if (why === 'surgery') { h.procedures.push({ date: at + 8, kind: 'other-surgery' }); }
    if (why === 'diagnostic') { h.procedures.push({ date: at + 6, kind: 'biopsy' }); }
    return `${why}-hold`;
  },
  'local-only': (h, l, at) => {
    const choice = h.chance.pick(h.deNovo && l.number === 1 && !h.primaryRemoved ? ['primary', 'primary', 'bone'] : ['bone', 'bone', 'fracture']);
    if (choice === 'primary') { h.procedures.push({ date: at, kind: 'mastectomy' }); h.primaryRemoved = true; }
    if (choice === 'fracture') {
      h.procedures.push({ date: at, kind: 'other-surgery' }, { date: at + 20, to: at + 24, kind: 'radiotherapy', site: 'bone' });
    }
    if (choice === 'bone') { h.procedures.push({ date: at, to: at + h.chance.pick([0, 4, 11]), kind: 'radiotherapy', site: 'bone' }); }
    return choice === 'bone' ? 'local-radiotherapy' : 'local-surgery';
  },
  'esr1-switch': (h, l, at) => {
    const item = activeAt(l, at, (i) => ais.includes(i.drug));
    const partner = activeAt(l, at, (i) => cdks.includes(i.drug));
    if (!item || !partner || exposure(l, at) < 183 || item.to - at < 90 || at < drugs.camizestrant.since) { return false; }
    replace(l, item, at, 0, 'camizestrant', 'esr1');
    h.tests.push({ date: at - h.chance.between(9, 20), gene: 'ESR1', found: true });
    return true;
  },
  'restart-no-pd': (h, l, at) => {
    const now = running(l, at);
    const gap = h.chance.between(45, 150);
    if (now.length === 0 || now.some((i) => i.to - at < gap + 60) || l.kind === 'chemo' || l.kind === 'io') { return false; }
    const why = h.chance.pick(['choice', 'toxicity', 'choice']);
    for (const i of now) { goOn(l, i, at, gap, why); }
    return true;
  },
};
events['restart-long-no-pd'] = (h, l, at) => {
  const now = running(l, at);
  const gap = h.chance.between(215, 330);
  if (now.length === 0 || now.some((i) => i.to - at < gap + 60) || !/^et/.test(l.kind)) { return false; }
  for (const i of now) { goOn(l, i, at, gap, 'choice'); }
  // A rule of days alone: same drug, no progression, off for more than 180 days. Where no stop is recorded a gap in endocrine therapy
  // does not end a line (days' supply is all there is), so only records with ends settle it.
  l.bounds.push({ at: at + 1 + gap, kind: 'restart-long-no-pd', count: 'new', settled: ['complete', 'names'] });
  return true;
};
events.oligoprogression = (h, l, at) => {
  if (l.end - at < 90 || l.items.some((i) => i.from > at - 18)) { return false; }
  h.statuses.push({ date: at, value: 'PD', evidence: 'imaging', where: h.subtype === 'HER2+' ? 'brain' : 'bone' });
  h.procedures.push({ date: at + h.chance.between(8, 25), to: null, kind: 'radiotherapy', site: h.subtype === 'HER2+' ? 'brain' : 'bone' });
  l.closed = true;   // nothing is changed after it: a swap would be a question nobody could answer
  return true;
};

// What may happen in a line of a kind, with how often it does when nobody asked for it.
function likely(h, l) {
  const any = { 'dose-change': 0.3, hold: 0.12, 'local-only': 0.12, oligoprogression: 0.08 };
  const of = {
    'et-cdk': { 'ai-swap': 0.1, 'cdk-swap': 0.12, 'drop-one': 0.12, 'restart-no-pd': 0.07, 'esr1-switch': 0.08, 'restart-long-no-pd': 0.03 },
    et: { 'ai-swap': 0.12, 'restart-no-pd': 0.06, 'restart-long-no-pd': 0.02 }, 'et-targeted': { 'drop-one': 0.2, 'restart-no-pd': 0.05 },
    crisis: { 'cdk-swap': 0.1, 'ai-swap': 0.1 }, chemo: { 'nab-swap': 0.25, 'platinum-swap': 0.3 }, 'chemo-et': { 'nab-swap': 0.2, 'ai-swap': 0.15 },
    'her2-taxane': { 'route-change': 0.35, biosimilar: 0.3, 'nab-swap': 0.15, 'restart-no-pd': 0.07 },
    'her2-carried': { 'route-change': 0.2, biosimilar: 0.2 },
    'her2-et': { 'route-change': 0.3, biosimilar: 0.3, 'ai-swap': 0.1 }, her2: {}, adc: { 'restart-no-pd': 0.03 },
    io: { 'platinum-swap': 0.3, 'nab-swap': 0.2, 'drop-one': 0.3 }, parp: {},
  }[l.kind];
  return { ...any, ...of };
}

function addDrug(l, drug, from, to) { if (to > from) { l.items.push({ drug, from, to, why: null }); } }

// The drugs of a line as planned, until it ends.
function plan(h, l, x) {
  const c = h.chance;
  const { start, end } = l;
  if (x.kind === 'crisis' || x.kind === 'chemo-et') {
    const at = start + c.between(75, 130);
    for (const d of x.drugs) { addDrug(l, d, start, at); l.items.at(-1).why = 'completed'; }
    const et = at + c.between(14, 28);
    addDrug(l, c.pick(['letrozole', 'anastrozole', 'letrozole']), et, end);
    if (x.kind === 'crisis') { addDrug(l, c.pick(cdks.filter((d) => et >= drugs[d].since)), et, end); }
    l.phases.push({ phase: 'induction', from: start }, { phase: 'maintenance', from: et });
    l.bounds.push({ at: et, kind: x.kind === 'crisis' ? 'crisis-chemo' : 'chemo-maintenance', count: 'same', settled: styles });
    trap(h, x.kind === 'crisis' ? 'crisis-chemo' : 'chemo-maintenance', et);
    l.quiet = et + 35;
    return;
  }
  if (x.kind === 'her2-taxane') {
    const taxaneEnd = Math.min(end, start + c.between(112, 168));
    for (const d of x.drugs) {
      addDrug(l, d, start, /taxel/.test(d) ? taxaneEnd : end);
      if (taxaneEnd < end && /taxel/.test(d)) { l.items.at(-1).why = 'completed'; }
    }
    if (taxaneEnd < end) {
      trap(h, 'drop-one', taxaneEnd);
      if (h.er && end - taxaneEnd > 60) {
        const et = taxaneEnd + c.between(14, 40);
        addDrug(l, c.pick(['letrozole', 'anastrozole']), et, end);
        if (c.yes(0.15) && et >= day('2024-12-15')) { addDrug(l, 'palbociclib', et, end); }
        l.phases.push({ phase: 'induction', from: start }, { phase: 'maintenance', from: et });
        trap(h, 'her2-maintenance', et);
      }
    }
    return;
  }
  if (x.planned && (h.wants.has('chemo-maintenance') && !x.drugs.includes('capecitabine') && !usedCapecitabine(h) || x.stopsEarly)) {
    const at = start + c.between(...x.planned);
    if (h.wants.has('chemo-maintenance') && end - at > 75) {
      for (const d of x.drugs) { addDrug(l, d, start, at); l.items.at(-1).why = 'completed'; }
      const next = at + c.between(14, 28);
      const endocrine = ['letrozole', 'anastrozole', 'fulvestrant'].filter((d) => !usedAnywhere(h, d));
      addDrug(l, h.subtype === 'HR+' && c.yes(0.5) ? c.pick([...endocrine, 'capecitabine']) : 'capecitabine', next, end);
      l.phases.push({ phase: 'induction', from: start }, { phase: 'maintenance', from: next });
      const oral = l.items.at(-1).drug === 'capecitabine';
      l.bounds.push({ at: next, kind: 'chemo-maintenance', count: 'same', settled: oral ? ['complete', 'names'] : styles });
      trap(h, 'chemo-maintenance', next);
      l.closed = true;
      return;
    }
  }
  for (const d of x.drugs) { addDrug(l, d, start, end); }
  const partner = l.items.find((i) => cdks.includes(i.drug));
  if (x.kind === 'et-cdk' && partner) {
    if (h.wants.has('late-partner') || c.yes(0.05)) {
      partner.from = start + c.between(33, 84);
      trap(h, 'late-partner', partner.from);
      l.quiet = partner.from + 30;
    } else if (h.wants.has('bridging') && l.number === 1) { bridge(h, l); }
    else if (h.wants.has('staggered-start') || c.yes(0.2)) {
      partner.from = start + c.between(7, 25);
      trap(h, 'staggered-start', partner.from);
    }
  }
  if (x.drugs.includes('docetaxel') && h.wants.has('bridging') && x.kind === 'chemo') {
    const item = l.items.find((i) => i.drug === 'docetaxel');   // one infusion, a reaction, the other taxane from then on
    const left = cut(l, item, start + 2, 'toxicity');
    addDrug(l, 'nab-paclitaxel', start + c.between(14, 24), left.to);
    trap(h, 'bridging', start + 24);
  }
}

const usedAnywhere = (h, drug) => h.lines.some((l) => l.items.some((i) => i.drug === drug));
const usedCapecitabine = (h) => usedAnywhere(h, 'capecitabine');

// A few weeks of something while the receptor result, the insurer or the ovaries are waited for; then what was planned, all within the window.
function bridge(h, l) {
  const c = h.chance;
  const planned = c.between(15, 25);
  for (const i of l.items) { i.from = l.start + planned; }
  const drug = h.premenopausalNow && c.yes(0.6) ? 'tamoxifen' : c.yes(0.4) ? 'paclitaxel' : 'tamoxifen';
  l.items.push({ drug, from: l.start, to: l.start + planned - (drug === 'paclitaxel' ? 7 : 1), why: 'bridge' });
  trap(h, 'bridging', l.start + planned);
  l.quiet = l.start + planned + 30;
}

function happen(h, l) {
  const c = h.chance;
  const may = likely(h, l);
  const rank = (name) => (h.wants.has(name) ? 0 : 2) + (name === 'oligoprogression' ? 1 : 0);
  const order = c.shuffle(Object.keys(may)).sort((a, b) => rank(a) - rank(b));
  let at = Math.max(l.start + c.between(38, 80), l.quiet ?? 0);
  let n = 0;
  for (const name of order) {
    if (l.closed || n >= 3 || l.end - at < 60) { break; }
    if (!h.wants.has(name) && !c.yes(may[name])) { continue; }
    while (name === 'esr1-switch' && exposure(l, at) < 183 && at < l.end) { at += 14; }
    if (name === 'oligoprogression' && n > 0) { at += 40; }
    const came = events[name](h, l, at);
    if (!came) { continue; }
    h.wants.delete(name);
    trap(h, came === true ? name : came, at);
    n++;
    const resumed = Math.max(at, ...l.items.map((i) => i.from));
    at = resumed + c.between(45, 150);
  }
}

// Scans about every three months, best response, and progression at the end.
function scans(h, l) {
  const c = h.chance;
  const responses = /chemo|crisis|her2|adc|io/.test(l.kind) ? ['PR', 'SD', 'PR', 'CR', 'PD'] : ['PR', 'SD', 'SD', 'PR', 'PD'];
  l.best = l.end - l.start < 110 && l.ending === 'progression' ? 'PD' : c.pick(responses.slice(0, 4));
  for (let t = l.start + c.between(54, 84); t < l.lastScan - 30; t += c.between(70, 105)) {
    if (h.statuses.some((s) => s.value === 'PD' && Math.abs(s.date - t) < 45)) { continue; }
    h.statuses.push({ date: t, value: l.best === 'PD' ? 'SD' : l.best === 'CR' && t < l.start + 120 ? 'PR' : l.best, evidence: 'imaging' });
  }
  if (l.ending === 'progression') {
    l.pd = { date: l.lastScan, evidence: c.weighed({ imaging: 80, clinical: 14, pathology: 6 }) };
    h.statuses.push({ date: l.pd.date, value: 'PD', evidence: l.pd.evidence });
  }
}

function support(h, l) {
  const c = h.chance;
  const chemo = l.items.filter((i) => /taxel|platin|gemcit|eribulin|vinorel|doxorubicin|govitecan|deruxtecan/.test(i.drug) && i.to - i.from > 20);
  if (chemo.length > 0 && c.yes(0.45)) {
    h.beside.push({ drug: 'pegfilgrastim', from: chemo[0].from + 22, to: chemo[0].to });
    trap(h, 'g-csf', chemo[0].from + 22);
  }
  if (chemo.length > 0 && c.yes(0.5)) { h.beside.push({ drug: c.pick(['dexamethasone', 'ondansetron']), from: chemo[0].from, to: chemo[0].to }); }
  const abema = l.items.find((i) => i.drug === 'abemaciclib' || i.drug === 'neratinib');
  if (abema && c.yes(0.4)) { h.beside.push({ drug: 'loperamide', from: abema.from + 5, to: abema.from + 60 }); }
}

function ovarianSuppression(h, met, end) {
  const c = h.chance;
  if (h.subtype !== 'HR+' || !h.premenopausalNow) { return; }
  const drug = c.pick(['goserelin', 'leuprolide', 'goserelin']);
  const change = h.wants.has('ofs-change') || c.yes(0.3);
  const late = change && c.yes(0.6);
  const from = late ? met + c.between(70, 260) : met + c.between(5, 20);
  const off = change && !late ? from + c.between(200, 600) : end;
  if (from < end) { h.beside.push({ drug, from, to: Math.min(off, end) }); }
  if (drug === 'leuprolide') { trap(h, 'depot', from); }
  if (!change || from >= end) { return; }
  trap(h, 'ofs-change', late ? from : off);
  if (!late && off < end) { h.procedures.push({ date: off + 5, kind: 'oophorectomy' }); }
}

function boneAgents(h, met, end) {
  const c = h.chance;
  if (!h.sites.includes('bone')) { return; }
  const from = met + c.between(15, 120);
  const change = c.yes(0.4) ? from + c.between(250, 600) : null;
  const first = c.pick(['zoledronic acid', 'denosumab']);
  if (from >= end) { return; }
  h.beside.push({ drug: first, from, to: Math.min(change ?? from + 900, end) });
  trap(h, 'bone-agent', from);
  if (change === null || change >= end) { return; }
  h.beside.push({ drug: first === 'denosumab' ? 'zoledronic acid' : 'denosumab', from: change + 28, to: Math.min(end, change + 900) });
}

// Toxicity ends a line and the next is another mechanism: of what, to what. Never into capecitabine after a taxane or into endocrine therapy after
// chemotherapy: without a reason in the record those read as maintenance.
const afterTaxane = ['pegylated liposomal doxorubicin', 'sacituzumab govitecan', 'trastuzumab deruxtecan'];
const afterToxicity = {
  adc: (x) => x.kind === 'chemo' && !/taxel/.test(x.drugs[0]) || x.kind === 'her2-carried', parp: (x) => x.kind === 'chemo' || x.kind === 'adc',
  'et-targeted': (x) => x.kind === 'chemo', et: () => false,
  chemo: (x) => ['eribulin', 'vinorelbine', ...afterTaxane].includes(x.drugs[0]),
  taxane: (x) => afterTaxane.includes(x.drugs[0]),
  her2: (x) => x.kind === 'adc',
};

function drawPerson(seed) {
  const c = chance(seed);
  const subtype = c.weighed({ 'HR+': 52, 'HER2+': 26, TNBC: 22 });
  const er = subtype === 'HR+' || subtype === 'HER2+' && c.yes(0.6);
  const h = { seed, chance: c, subtype, er, courses: [], beside: [], procedures: [], statuses: [], tests: [], lines: [], traps: [] };
  h.wants = new Set(c.shuffle(wanted[subtype]).slice(0, c.between(3, 5)));
  h.deNovo = !h.wants.has('same-as-adjuvant') && c.yes(0.3);
  h.relapse = h.deNovo ? 'de novo' : c.weighed({ on: 28, early: 20, late: 52 });
  h.premenopausalNow = c.yes(0.3) || h.wants.has('ofs-change');
  h.premenopausal = h.premenopausalNow || c.yes(0.3);
  h.brca = c.yes(subtype === 'TNBC' ? 0.15 : 0.06);
  h.her2low = c.yes(subtype === 'TNBC' ? 0.35 : 0.6);
  h.pdl1 = c.yes(0.4);
  h.sites = c.shuffle(['bone', 'liver', 'lung']).slice(0, c.between(1, 2));   // one that is distant beyond doubt; nodes only beside it
  if (c.yes(0.4)) { h.sites.push('lymph node'); }
  return h;
}

function oneLine(h, number, start, x, ending) {
  const c = h.chance;
  const l = { number, start, kind: x.kind, drugs: x.drugs, items: [], bounds: [], phases: [], ending };
  let days = c.spread(x.median, 1.7, 60, 2600);
  if (ending === 'toxicity') { days = c.between(50, 180); }
  if (ending === 'holiday') { days = c.between(...x.planned); }
  if (x.kind === 'crisis' || x.kind === 'chemo-et') { days = Math.max(days, 220); }
  l.lastScan = start + days;
  l.end = l.lastScan + (ending === 'progression' ? c.between(0, 9) : 0);
  plan(h, l, x);
  happen(h, l);
  for (const i of l.items.filter((x) => x.to >= l.end)) {
    i.to = l.end;
    i.why = { progression: 'progression', toxicity: 'toxicity', holiday: 'completed' }[ending];
  }
  if (ending === 'holiday') {
    l.lastScan = l.end + c.between(80, 240);
    l.ending = 'progression'; scans(h, l); l.ending = 'holiday';
  } else { scans(h, l); }
  support(h, l);
  if (l.items.some((i) => i.drug === 'fulvestrant')) { trap(h, 'depot', l.start); }
  h.lines.push(l);
  return l;
}

export function drawHistory(seed) {
  const h = drawPerson(seed);
  const c = h.chance;
  const first = h.wants.has('esr1-switch') ? day('2020-06-01') : day('2016-01-01');
  const met = first + c.between(0, lastDay - first - (h.wants.has('esr1-switch') ? 500 : 120));
  h.met = met;
  h.birth = Math.round(met - 365.25 * (h.premenopausalNow ? c.between(30, 47) : c.between(54, 82)));
  const number = Number(c.weighed({ 1: 14, 2: 26, 3: 24, 4: 16, 5: 12, 6: 8 }));
  const early = h.wants.has('before-index') || c.yes(0.04);
  let t = early ? met - c.between(2, 13) : met + c.between(3, 40);
  h.firstDay = t;
  drawEarly(h, met);
  if (early) { trap(h, 'before-index', t); }
  let accept = () => true, rechallenge = null;
  for (let n = 1; n <= number && t < lastDay - 25; n++) {
    const x = rechallenge ?? chooseRegimen(h, n, t, accept) ?? chooseRegimen(h, n, t);
    if (x === null) { break; }
    const tox = afterToxicity[x.kind === 'chemo' && /taxel/.test(x.drugs[0]) ? 'taxane' : x.kind];
    const after = { ...h, lines: [...h.lines, { items: x.drugs.map((drug) => ({ drug })) }] };
    const follows = tox && n < number && chooseRegimen(after, n + 1, t + 100, tox) !== null;
    const maintained = h.wants.has('chemo-maintenance') && !usedCapecitabine(h);
    const holiday = rechallenge === null && x.kind === 'chemo' && x.planned && n < number && !maintained && (h.wants.has('restart-pd') || c.yes(0.1));
    const ending = holiday ? 'holiday' : follows && (h.wants.has('tox-new-mechanism') || c.yes(0.05)) ? 'toxicity' : 'progression';
    const l = oneLine(h, n, t, x, ending);
    const toTheEnd = n > 1 ? h.lines.at(-2).items.filter((i) => i.to >= h.lines.at(-2).end).map((i) => i.drug) : [];
    const carried = ['trastuzumab', 'fulvestrant'].find((d) => x.drugs.length > 1 && x.drugs.includes(d) && toTheEnd.includes(d));
    if (carried) { l.carried = carried; trap(h, 'carried-over', t); }
    accept = ending === 'toxicity' ? tox : () => true;
    if (ending === 'toxicity') { trap(h, 'tox-new-mechanism', l.end); }
    const pause = ending === 'holiday' ? l.lastScan - l.end + c.between(7, 25) : ending === 'toxicity' ? c.between(14, 35) : c.between(3, 30);
    rechallenge = ending === 'holiday' && c.yes(0.5) && l.items.every((i) => x.drugs.includes(i.drug)) ? { ...x } : null;
    if (ending === 'holiday') { trap(h, 'restart-pd', l.end + pause); }
    t = l.end + pause;
  }
  return finish(h);
}

// The day of the record: on treatment in the last line, or just after its progression. What comes later is taken away.
function finish(h) {
  const c = h.chance;
  const last = h.lines.at(-1);
  const complete = last.lastScan <= lastDay && c.yes(0.35);
  const during = last.start + Math.max(25, Math.round((last.end - last.start) * (0.15 + 0.8 * c.next())));
  h.asOf = Math.min(lastDay, complete ? Math.max(last.lastScan, last.end) + c.between(1, 15) : during);
  ovarianSuppression(h, h.met, h.asOf);
  boneAgents(h, h.met, h.asOf);
  if (c.yes(0.3)) { h.beside.push({ drug: c.pick(['metformin', 'sertraline']), from: h.diagnosis - c.between(0, 900), to: h.asOf + 1 }); }
  const seen = (x) => (x.from ?? x.date) <= h.asOf;
  const clip = (x) => (x.to != null && x.to > h.asOf ? { ...x, to: null, why: null } : x);
  for (const k of ['courses', 'beside', 'procedures', 'statuses', 'tests', 'traps']) { h[k] = h[k].filter(seen).map(clip); }
  for (const l of h.lines) {
    l.items = l.items.filter(seen).map(clip);
    l.bounds = l.bounds.filter((b) => b.at <= h.asOf);
    l.phases = l.phases.filter(seen);
    for (const i of l.items) { h.courses.push({ ...i, setting: 'metastatic', line: l.number, carried: l.carried === i.drug }); }
  }
  h.lines = h.lines.filter((l) => l.items.length > 0);
  markEarly(h);
  h.trapNames = [...new Set(h.traps.map((x) => x.name))].sort();
  const of = (setting) => [...new Set(h.courses.filter((x) => x.setting === setting).map((x) => x.drug))].sort();
  h.curative = { neoadjuvant: of('neoadjuvant'), adjuvant: of('adjuvant') };
  delete h.chance; delete h.wants;
  return h;
}

function markEarly(h) {
  if (h.courses.some((x) => x.setting !== 'metastatic' && (x.to ?? h.met) > h.met - 365)) { h.traps.push({ name: 'early-relapse', date: h.met }); }
  const before = new Set(h.courses.filter((x) => x.setting !== 'metastatic').map((x) => x.drug));
  if (h.lines[0]?.items.some((i) => before.has(i.drug))) { h.traps.push({ name: 'same-as-adjuvant', date: h.lines[0].start }); }
}

const drugsOf = (items) => [...new Set(items.map((i) => i.drug))].filter((d) => !beside.has(d)).sort();

// The counts of metastatic lines that are right for a record of this style: each a list of drug lists, the expected one first.
export function readings(h, style) {
  let all = [[]];
  for (const l of h.lines) {
    const bounds = [...l.bounds].sort((a, b) => a.at - b.at);
    let ways = [[]];   // which bounds split
    for (const b of bounds) {
      const open = !b.settled.includes(style);
      const usual = b.count === 'new';
      ways = ways.flatMap((w) => open ? [[...w, ...(usual ? [b.at] : [])], [...w, ...(usual ? [] : [b.at])]] : [[...w, ...(usual ? [b.at] : [])]]);
    }
    const parts = ways.map((cuts) => {
      const edges = [-Infinity, ...cuts, Infinity];
      const within = (from, to) => drugsOf(l.items.filter((x) => x.from < to && (x.to ?? Infinity) > from));
      return edges.slice(0, -1).map((a, i) => within(a, edges[i + 1])).filter((d) => d.length > 0);
    });
    all = all.flatMap((r) => parts.map((p) => [...r, ...p]));
  }
  const unique = new Map(all.map((r) => [JSON.stringify(r), r]));
  return [...unique.values()];
}
