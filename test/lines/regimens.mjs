// SPDX-License-Identifier: Apache-2.0
// Which regimen a drawn line is: drugs, kind, how long until progression (median days), planned length of chemotherapy.
// Weights follow the usual order of treatment; nothing here decides what a line is.
import { drugs } from './drugs.mjs';

const r = (kind, names, weight, median, more = {}) => ({ kind, drugs: names, weight, median, ...more });

const cdk = (h) => h.chance.pick(['palbociclib', 'ribociclib', 'abemaciclib']);
const ai = (h) => h.chance.pick(['letrozole', 'anastrozole']);
const taxane = (h) => h.chance.pick(['paclitaxel', 'paclitaxel', 'docetaxel', 'nab-paclitaxel']);
const used = (h, name) => h.lines.some((l) => l.items.some((i) => i.drug === name));
const usedAny = (h, names) => names.some((n) => used(h, n));
const cdks = ['palbociclib', 'ribociclib', 'abemaciclib'];

function laterChemotherapy(h) {
  return [
    r('chemo', ['capecitabine'], 5, 170), r('chemo', [taxane(h)], 4, 160, { planned: [100, 150] }),
    r('chemo', ['eribulin'], 3, 125), r('chemo', ['vinorelbine'], 2, 110), r('chemo', ['pegylated liposomal doxorubicin'], 1.5, 120),
    r('chemo', ['gemcitabine', 'carboplatin'], 1.5, 140, { planned: [105, 150] }), r('chemo', ['gemcitabine', 'cisplatin'], 0.7, 140, { planned: [105, 150] }),
    r('chemo', ['carboplatin'], 0.8, 120, { planned: [105, 150] }),
  ];
}

function hormonePositive(h, number) {
  const early = h.relapse === 'on' || h.relapse === 'early';
  if (number === 1) {
    return [
      r('et-cdk', [ai(h), cdk(h)], early ? 3 : 10, 680), r('et-cdk', ['fulvestrant', cdk(h)], early ? 6 : 1, 420),
      r('et', [ai(h)], 1, 380), r('et', ['fulvestrant'], early ? 1 : 0.4, 300),
      r('et-targeted', ['inavolisib', 'palbociclib', 'fulvestrant'], early ? 2 : 0, 450),
      r('crisis', [taxane(h)], 1.5, 500), r('crisis', ['gemcitabine', 'carboplatin'], 0.5, 480),
      r('chemo-et', [taxane(h)], 0.8, 380),
    ];
  }
  const naive = !usedAny(h, cdks);
  return [
    r('et-targeted', ['fulvestrant', 'capivasertib'], number <= 3 ? 4 : 1, 190), r('et-targeted', ['fulvestrant', 'alpelisib'], number <= 3 ? 3 : 1, 190),
    r('et-targeted', ['exemestane', 'everolimus'], 4, 190), r('et', ['elacestrant'], number <= 3 ? 4 : 1, 170), r('et', ['imlunestrant'], 2, 170),
    r('et', ['fulvestrant'], number === 2 ? 4 : 1, 140), r('et', ['exemestane'], number === 2 ? 1.2 : 0.6, 130), r('et', ['tamoxifen'], 0.5, 130),
    r('et-cdk', ['fulvestrant', 'abemaciclib'], number === 2 ? 2 : 0.3, 200), r('et-cdk', ['fulvestrant', cdk(h)], naive ? 6 : 0, 400),
    r('parp', [h.chance.pick(['olaparib', 'talazoparib'])], h.brca ? 8 : 0, 230),
    r('adc', ['trastuzumab deruxtecan'], h.her2low && number >= 3 ? 7 : h.her2low ? 1 : 0, 290),
    r('adc', ['sacituzumab govitecan'], number >= 4 ? 2.5 : 0, 165), r('adc', ['datopotamab deruxtecan'], number >= 4 ? 2 : 0, 190),
    ...laterChemotherapy(h).map((x) => ({ ...x, weight: x.weight * (number === 2 ? 0.25 : 1) })),
  ];
}

function her2Positive(h, number) {
  if (number === 1 && (h.relapse === 'on' || h.relapse === 'early')) {   // the second-line choices, though the number is 1
    return [
      r('adc', ['trastuzumab deruxtecan'], 6, 500), r('adc', ['trastuzumab emtansine'], 3, 240),
      r('her2-taxane', ['paclitaxel', 'trastuzumab', 'pertuzumab'], 2, 400),
      r('her2', ['tucatinib', 'trastuzumab', 'capecitabine'], 1, 240), r('her2', ['lapatinib', 'capecitabine'], 0.7, 200),
    ];
  }
  if (number === 1) {
    return [
      r('her2-taxane', ['docetaxel', 'trastuzumab', 'pertuzumab'], 6, 560), r('her2-taxane', ['paclitaxel', 'trastuzumab', 'pertuzumab'], 5, 560),
      r('her2-taxane', ['paclitaxel', 'trastuzumab'], 1, 330), r('her2', ['vinorelbine', 'trastuzumab'], 0.6, 330),
      r('her2-et', [ai(h), 'trastuzumab', 'pertuzumab'], h.er ? 1.5 : 0, 560), r('adc', ['trastuzumab deruxtecan', 'pertuzumab'], 0.6, 800),
    ];
  }
  return [
    r('adc', ['trastuzumab deruxtecan'], 9, 560), r('adc', ['trastuzumab emtansine'], 5, 240),
    r('her2-carried', ['tucatinib', 'trastuzumab', 'capecitabine'], 6, 240), r('her2', ['lapatinib', 'capecitabine'], 2, 200),
    r('her2-carried', ['trastuzumab', 'vinorelbine'], 2, 160), r('her2-carried', ['trastuzumab', 'eribulin'], 1.2, 150),
    r('her2-carried', ['trastuzumab', 'gemcitabine'], 0.7, 140), r('her2-carried', ['trastuzumab', 'lapatinib'], 0.6, 140),
    r('her2', ['neratinib', 'capecitabine'], number > 2 ? 1 : 0, 170), r('her2', ['margetuximab', 'eribulin'], number > 2 ? 0.7 : 0, 150),
    r('her2-carried', ['trastuzumab', 'capecitabine'], 0.8, 170),
  ];
}

function tripleNegative(h, number) {
  const chemo = [r('chemo', [taxane(h)], 3, 165, { planned: [105, 150] }), r('chemo', ['carboplatin'], h.brca ? 3 : 1, 160, { planned: [105, 150] }),
    r('chemo', ['gemcitabine', 'carboplatin'], 2, 170, { planned: [105, 150] }), r('chemo', ['gemcitabine', 'cisplatin'], 1, 170, { planned: [105, 150] }),
    r('chemo', ['capecitabine'], 1.5, 150)];
  if (number === 1) {
    const immune = h.pdl1 && h.relapse !== 'on' && h.relapse !== 'early';
    return [...chemo, r('io', ['nab-paclitaxel', 'pembrolizumab'], immune ? 7 : 0, 290), r('io', ['paclitaxel', 'pembrolizumab'], immune ? 3 : 0, 270),
      r('io', ['gemcitabine', 'carboplatin', 'pembrolizumab'], immune ? 4 : 0, 260)];
  }
  return [
    r('adc', ['sacituzumab govitecan'], 7, 175), r('adc', ['trastuzumab deruxtecan'], h.her2low ? 5 : 0, 180),
    r('parp', [h.chance.pick(['olaparib', 'talazoparib'])], h.brca ? 8 : 0, 220), ...laterChemotherapy(h), ...chemo,
  ];
}

// What a want needs the regimen to be.
const serves = {
  'nab-swap': (x) => x.drugs.some((d) => d === 'paclitaxel' || d === 'nab-paclitaxel'),
  'platinum-swap': (x) => x.drugs.some((d) => d === 'carboplatin' || d === 'cisplatin'),
  'ai-swap': (x) => /^et/.test(x.kind) && x.drugs.some((d) => d === 'letrozole' || d === 'anastrozole'),
  'esr1-switch': (x) => x.kind === 'et-cdk' && x.drugs.some((d) => d === 'letrozole' || d === 'anastrozole'),
  'cdk-swap': (x) => x.kind === 'et-cdk', 'late-partner': (x) => x.kind === 'et-cdk', bridging: (x) => x.kind === 'et-cdk' || x.drugs.includes('docetaxel'),
  'crisis-chemo': (x) => x.kind === 'crisis',
  'chemo-maintenance': (x) => x.kind === 'chemo-et' || x.kind === 'chemo' && x.planned !== undefined && !x.drugs.includes('capecitabine'),
  'restart-pd': (x) => x.kind === 'chemo' && x.planned !== undefined, 'her2-maintenance': (x) => x.kind === 'her2-taxane',
  depot: (x) => x.drugs.includes('fulvestrant'), 'carried-over': (x) => x.kind === 'her2-carried',
};

// One of the regimens this patient may have as line `number` from the day `date`; nothing that was used before, but what HER2 blockade carries on.
export function chooseRegimen(h, number, date, accept = () => true) {
  const all = ({ 'HR+': hormonePositive, 'HER2+': her2Positive, TNBC: tripleNegative })[h.subtype](h, number);
  const may = all.filter((x) => x.weight > 0 && accept(x) && x.drugs.every((d) => date >= drugs[d].since)
    && x.drugs.every((d) => !used(h, d) || x.kind === 'her2-carried' && d === 'trastuzumab'
      || d === 'fulvestrant' && x.drugs.length > 1 && h.lines.filter((l) => l.items.some((i) => i.drug === d)).length === 1)
    && !(x.kind === 'chemo' && ['paclitaxel', 'nab-paclitaxel', 'docetaxel'].includes(x.drugs[0]) && usedAny(h, ['paclitaxel', 'nab-paclitaxel', 'docetaxel']))
    && !(x.drugs.includes('cisplatin') && used(h, 'carboplatin')) && !(x.drugs.includes('carboplatin') && used(h, 'cisplatin'))
    && !(x.drugs.includes('talazoparib') && used(h, 'olaparib')) && !(x.drugs.includes('olaparib') && used(h, 'talazoparib'))
    && !(x.kind === 'et' && ['elacestrant', 'imlunestrant'].includes(x.drugs[0]) && usedAny(h, ['elacestrant', 'imlunestrant', 'camizestrant'])));
  if (may.length === 0) { return null; }
  // Soon after, or during, a drug against the early disease nobody starts with the same drug, but for HER2 antibodies; hardly ever.
  const failed = new Set(number === 1 && (h.relapse === 'on' || h.relapse === 'early') ? h.courses.map((x) => x.drug) : []);
  const again = (x) => x.drugs.some((d) => failed.has(d) && d !== 'trastuzumab' && d !== 'pertuzumab');
  const weight = (x) => [...h.wants].reduce((w, want) => serves[want]?.(x) ? w * 14 : w, x.weight) * (again(x) ? 0.05 : 1);
  return may[Number(h.chance.weighed(Object.fromEntries(may.map((x, i) => [i, weight(x)]))))];
}
