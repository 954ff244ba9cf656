#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// 867 real, de-identified patients (Breast Cancer, MSK, Cancer Cell 2018; PMID 30205045; ODbL 1.0), written as FHIR the way a
// hospital would write what was measured, and read back: metastatic or not, subtype, HER2 level against the record's own columns.
// The data are not part of this project: without them the suite says so and is skipped.
// usage: msk2018.mjs [--program FILE] [--pack FILE] [--data FOLDER] [PATIENT...]      naming patients prints their plans' profile
//
// What goes in: ER and PR status and percentage, HER2 IHC score as the pathologist wrote it ("0-1+", "2+ (focal)"), ISH status and
//   ratio, per specimen and date; menopausal status and stage at diagnosis; sequenced genes; distant disease as a diagnosis or as
//   M1. What does not: every column that sums these up (overall receptor, HR and HER2 status of patient, primary and sample).
//
// What is compared, each only where the record does not contradict itself:
//   metastatic   METASTATIC_DZ_FUP; M1 or stage IV at diagnosis must not stand beside "No".
//   subtype      OVERALL_RECEPTOR_STATUS_PATIENT, if every summing column that is known (patient, primary, each sample; HR and HER2
//                apart) says the same. "Equivocal" is an answer that differs; "Unk/ND" is silence. And what was measured must
//                itself support it: no specimen whose percentage contradicts its ER status, and its scores give that HER2 status.
//   HER2 level   of the newest specimen with a HER2 result (the one that speaks for the patient), from its score and ISH:
//       3+                            positive, whatever ISH says
//       ISH positive                  positive (dual-probe group 1 is positive at every score)
//       2+, 1-2+ with ISH negative    low
//       2+, 1-2+ without a verdict    not resolved: nothing to compare
//       1+                            low; ISH not done or negative does not matter
//       0+                            zero: reported 0; whether faint staining was there (ultralow) the old report does not say
//       0-1+                          between 0 and 1+. HER2-negative, but neither "low" (it would open a drug that needs 1+) nor
//                                     proven zero: the undivided zero is right, so is negative without a level
//       no score, ISH negative        negative: reported negative without a score
//       1+ (outside 3+)               two laboratories disagree: nothing to compare
//     Compared where this agrees with the sample's own HER2 status and with the patient's.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { Tally, callLater, inParallel, options, root } from '../golden/program.mjs';
import { Chart, LOINC, SNOMED, concept } from './fhir.mjs';

const o = options();
const t = new Tally();
const data = o.data ?? join(root, '../shared/data/real/breast_msk_2018');
if (!existsSync(join(data, 'data_clinical_patient.tsv'))) {
  t.skip(`the cohort breast_msk_2018 is not at ${data}`);
  t.end();
}

function table(name) {
  const [head, ...rows] = readFileSync(join(data, name), 'utf8').split('\n').filter((l) => l !== '' && !l.startsWith('#')).map((l) => l.split('\t'));
  return rows.map((r) => Object.fromEntries(head.map((h, i) => [h, r[i] ?? ''])));
}

const grouped = (rows, key) => rows.reduce((m, r) => m.set(r[key], [...(m.get(r[key]) ?? []), r]), new Map());
const patients = table('data_clinical_patient.tsv');
const samples = grouped(table('data_clinical_sample.tsv'), 'PATIENT_ID');
const mutations = grouped(table('data_mutations.tsv'), 'Tumor_Sample_Barcode');

// ---- what was measured, per specimen ----

const silent = (s) => s === undefined || s === '' || /^unk|^not available|^not applicable|^not done/i.test(s);
const dayOf = (months, days = 0) => new Date(Date.UTC(1950, 0, 1) + Math.round(Number(months) * 30.4375 + days) * 86400000).toISOString().slice(0, 10);

function specimensOf(p) {
  const own = samples.get(p.PATIENT_ID) ?? [];
  const s = own[0];
  const out = [{ site: 'Breast, primary tumour', kind: 'primary', date: dayOf(s.INVASIVE_CARCINOMA_DX_TIME), er: s.ER_STATUS_PRIMARY, erPercent: s.ER_PCT_PRIMARY, pr: s.PR_STATUS_PRIMARY,
    prPercent: s.PR_PCT_PRIMARY, score: s.HER2_IHC_VALUE_PRIMARY, ihc: s.HER2_IHC_PRIMARY, ish: s.HER2_FISH_STATUS, ratio: s.HER2_FISH_RATIO_PRIMARY,
    saysHr: /^HR\+/.test(s.RECEPTOR_STATUS_PRIMARY) ? 'Positive' : /^(HR-|Triple)/.test(s.RECEPTOR_STATUS_PRIMARY) ? 'Negative' : '',
    saysHer2: /HER2\+/.test(s.RECEPTOR_STATUS_PRIMARY) ? 'Positive' : /HER2-|Triple/.test(s.RECEPTOR_STATUS_PRIMARY) ? 'Negative' : /Equivocal/.test(s.RECEPTOR_STATUS_PRIMARY) ? 'Equivocal' : '' }];
  for (const x of own) {
    const date = [dayOf(x.NGS_SAMPLE_COLLECTION_TIME), dayOf(x.INVASIVE_CARCINOMA_DX_TIME, 1)].sort()[1];   // taken after the diagnosis
    out.push({ site: x.SAMPLE_SITE, kind: x.SAMPLE_TYPE, date, er: x.ER_STATUS, pr: x.PR_STATUS, score: x.HER2_IHC_SCORE, ihc: x.HER2_IHC_STATUS, ish: x.HER2_FISH, ratio: x.HER2_FISH_RATIO,
      saysHr: silent(x.HR_STATUS) ? '' : x.HR_STATUS, saysHer2: silent(x.OVERALL_HER2_STATUS) ? '' : x.OVERALL_HER2_STATUS, sample: x.SAMPLE_ID });
  }
  return out;
}

// HER2 of one specimen: status, and the levels that are right answers. status '' when nothing was measured.
function her2Of(x) {
  const ish = { Positive: '+', Negative: '-' }[x.ish] ?? '?';
  const score = silent(x.score) ? '' : x.score;
  if (score.includes('outside')) { return { status: 'contradicted', levels: [] }; }
  if (score.startsWith('3+') || ish === '+') { return { status: 'Positive', levels: ['positive'] }; }
  if (score.startsWith('2+') || score.startsWith('1-2+')) { return ish === '-' ? { status: 'Negative', levels: ['low'] } : { status: 'Equivocal', levels: [] }; }
  if (score.startsWith('1+')) { return { status: 'Negative', levels: ['low'] }; }
  if (score.startsWith('0-1+')) { return { status: 'Negative', levels: ['zero', 'negative'] }; }
  if (score.startsWith('0')) { return { status: 'Negative', levels: ['zero'] }; }
  if (ish === '-') { return { status: 'Negative', levels: ['negative'] }; }
  return silent(x.ihc) ? { status: '', levels: [] } : { status: x.ihc, levels: x.ihc === 'Negative' ? ['negative'] : [] };
}

const percentOf = (s) => (silent(s) ? undefined : /^\d+$/.test(s) ? Number(s) : s);
function contradictsItself(x) {
  const p = parseInt(String(x.erPercent ?? '').replace('>', ''), 10);
  return !silent(x.er) && !Number.isNaN(p) && (x.er === 'Positive') !== (p >= 1);
}

// ---- as FHIR ----

const SITE = { Liver: '94381002', Bone: '94222008', Lung: '94391008', Brain: '94225005', Pleura: '94493005', Ovary: '94455000', Peritoneum: '94627008', Skin: '94579000' };
const STAGE = { IA: '1A', IB: '1B', IIA: '2A', IIB: '2B', IIIA: '3A', IIIB: '3B', IIIC: '3C', IV: '4' };
const STATUS = { Positive: 'positive', Negative: 'negative', Equivocal: 'equivocal' };

function write(p, specimens) {
  const first = samples.get(p.PATIENT_ID)[0];
  const c = new Chart(p.PATIENT_ID, { sex: p.SEX === 'Male' ? 'male' : 'female', born: '1950-01-01' });
  const diagnosed = dayOf(first.INVASIVE_CARCINOMA_DX_TIME);
  c.breastCancer(diagnosed);
  if (STAGE[first.STAGE_AT_DIAGNOSIS]) { c.stage(STAGE[first.STAGE_AT_DIAGNOSIS], diagnosed); }
  c.mCategory(p.M_STAGE === 'M1' ? 'cM1' : 'cM0', diagnosed);
  if (p.MENOPAUSAL_STATUS_AT_DIAGNOSIS === 'Peri') {
    c.observation(concept(SNOMED, '161712005', 'Menopause, function (observable entity)'), diagnosed, { valueCodeableConcept: { text: 'Perimenopausal' } });
  } else if (/^(Pre|Post)$/.test(p.MENOPAUSAL_STATUS_AT_DIAGNOSIS)) { c.menopause(p.MENOPAUSAL_STATUS_AT_DIAGNOSIS.toLowerCase(), diagnosed); }
  if (p.METASTATIC_DZ_FUP === 'Yes') {
    const found = dayOf(p.METASTATIC_RECURRENCE_TIME_MONTHS);
    const sites = [...new Set(specimens.filter((x) => x.kind === 'Metastasis' && SITE[x.site]).map((x) => x.site))];
    for (const site of sites) { c.condition(concept(SNOMED, SITE[site], `Secondary malignant neoplasm (${site.toLowerCase()})`), found); }
    if (sites.length === 0 && p.M_STAGE !== 'M1') { c.condition(concept(SNOMED, '399409002', 'Distant metastasis present (finding)'), found); }
  }
  for (const x of specimens) {
    const s = c.specimen(x.site, x.date);
    c.receptor('er', STATUS[x.er], x.date, { percent: percentOf(x.erPercent), specimen: s });
    c.receptor('pr', STATUS[x.pr], x.date, { percent: percentOf(x.prPercent), specimen: s });
    c.her2({ date: x.date, specimen: s, score: silent(x.score) ? undefined : x.score, ish: STATUS[x.ish], ratio: silent(x.ratio) ? undefined : /^[\d.]+$/.test(x.ratio) ? Number(x.ratio) : x.ratio });
    if (silent(x.score) && !silent(x.ihc)) { c.observation(concept(LOINC, '85319-2'), x.date, { valueString: x.ihc }, { specimen: { reference: `Specimen/${s.id}` } }); }
    if (x.ish === 'Test Failure') { c.observation(concept(LOINC, '85318-4'), x.date, { dataAbsentReason: { text: 'Test failure' } }, { specimen: { reference: `Specimen/${s.id}` } }); }
    if (x.sample) {
      const found = new Map((mutations.get(x.sample) ?? []).map((m) => [m.Hugo_Symbol, m.HGVSp_Short]));
      for (const gene of ['ESR1', 'PIK3CA', 'AKT1', 'PTEN']) { c.variant(gene, found.has(gene) ? 'present' : 'absent', 'tissue', x.date, { protein: found.get(gene), specimen: s }); }
    }
  }
  const last = [dayOf(Number(p.LAST_CONTACT_DAYS_TO) / 30.4375), ...c.resources.map((r) => r.effectiveDateTime ?? r.onsetDateTime ?? '')].sort().at(-1);
  return { c, last };
}

// ---- what the record itself says ----

function expectedOf(p, specimens) {
  const hr = [p.OVERALL_HR_STATUS_PATIENT, ...specimens.map((x) => x.saysHr)].filter((s) => !silent(s));
  const her2 = [p.OVERALL_HER2_STATUS_PATIENT, ...specimens.map((x) => x.saysHer2)].filter((s) => !silent(s));
  const measured = specimens.map((x) => ({ x, her2: her2Of(x) }));
  const supported = measured.every((m) => !contradictsItself(m.x) && (m.her2.status === '' || m.her2.status === p.OVERALL_HER2_STATUS_PATIENT))
    && measured.some((m) => m.her2.status !== '') && specimens.some((x) => !silent(x.er));
  const oneSubtype = new Set(hr).size === 1 && new Set(her2).size === 1 && supported;
  const known = measured.filter((m) => m.her2.status !== '').sort((a, b) => (a.x.date < b.x.date ? 1 : -1));
  const newest = known.filter((m) => m.x.date === known[0]?.x.date);
  const oneLevel = newest.length > 0 && newest[0].her2.levels.length > 0 && newest.every((m) => JSON.stringify(m.her2) === JSON.stringify(newest[0].her2))
    && newest.every((m) => m.her2.status === p.OVERALL_HER2_STATUS_PATIENT && (m.x.saysHer2 === '' || m.x.saysHer2 === m.her2.status));
  return {
    metastatic: p.METASTATIC_DZ_FUP === 'No' && (p.M_STAGE === 'M1' || samples.get(p.PATIENT_ID).some((s) => s.STAGE_AT_DIAGNOSIS === 'IV')) ? null : [p.METASTATIC_DZ_FUP === 'Yes'],
    subtype: oneSubtype ? [p.OVERALL_RECEPTOR_STATUS_PATIENT.replace('Triple Negative', 'TNBC')] : null,
    her2: oneLevel ? newest[0].her2.levels : null,
    newest: newest.map((m) => `${m.x.site} ${m.x.date}: IHC ${m.x.score}, ISH ${m.x.ish} ${silent(m.x.ratio) ? '' : m.x.ratio}`).join('; '),
  };
}

// ---- the run ----

const folder = mkdtempSync(join(tmpdir(), 'nextline-cohort-'));
const started = process.hrtime.bigint();
let results;
try {
  results = await inParallel(patients.filter((p) => o.only.length === 0 || o.only.includes(p.PATIENT_ID)), 2, async (p, i) => {
    const specimens = specimensOf(p);
    const { c, last } = write(p, specimens);
    const file = join(folder, `${p.PATIENT_ID}.${i % 2 ? 'ndjson' : 'json'}`);
    writeFileSync(file, i % 2 ? c.ndjson() : JSON.stringify(c.bundle()));
    const r = await callLater(o, ['plan', file, '--pack', o.pack, '--as-of', last, '--jurisdiction', 'us', '--format', 'json']);
    let plan;
    try { plan = r.code === 0 ? JSON.parse(r.out) : undefined; } catch { /* told below */ }
    return { id: p.PATIENT_ID, expected: expectedOf(p, specimens), plan, r, specimens };
  });
} finally { rmSync(folder, { recursive: true, force: true }); }
const seconds = Number(process.hrtime.bigint() - started) / 1e9;

for (const x of results.filter((y) => !y.plan).slice(0, 5)) { console.log(`${x.id}: no plan: exit ${x.r.code ?? x.r.signal}: ${x.r.err.trim().slice(0, 300)}`); }
t.check(results.every((x) => x.plan), `${results.filter((x) => !x.plan).length} of ${results.length} patients without a plan`);
console.log(`${results.length} patients in ${seconds.toFixed(1)} s`);

for (const key of ['metastatic', 'subtype', 'her2']) {
  const compared = results.filter((x) => x.plan && x.expected[key]);
  const misses = compared.filter((x) => !x.expected[key].includes(x.plan.profile[key]));
  const share = compared.length ? 1 - misses.length / compared.length : 0;
  const set = { metastatic: 'the record does not contradict itself', subtype: 'the columns agree', her2: 'the score settles a level and the columns agree' }[key];
  console.log(`${key.padEnd(11)} ${compared.length - misses.length} of ${compared.length} agree (${(100 * share).toFixed(2)} %), compared where ${set}; ${results.length - compared.length} not compared`);
  const categories = new Map();
  for (const x of misses) {
    const name = `expected ${x.expected[key].join(' or ')}, the plan says ${x.plan.profile[key]}`;
    categories.set(name, [...(categories.get(name) ?? []), x]);
  }
  for (const [name, list] of [...categories].sort((a, b) => b[1].length - a[1].length)) {
    console.log(`  ${String(list.length).padStart(4)}  ${name}`);
    for (const x of list.slice(0, 3)) {
      console.log(`          ${x.id}: ${key === 'metastatic' ? x.specimens.map((s) => `${s.kind} ${s.site}`).join('; ') : key === 'her2' ? x.expected.newest : x.specimens.map((s) => `${s.site}: ER ${s.er} ${s.erPercent ?? ''}, PR ${s.pr}, IHC ${s.score}, ISH ${s.ish}`).join('; ')}`);
    }
  }
  t.check(compared.length > 0.5 * results.length || o.only.length > 0, `${key}: only ${compared.length} patients could be compared`);
  t.check(share >= 0.99, `${key}: agreement ${(100 * share).toFixed(2)} %, at least 99 % is asked for`);
}
// Where nothing was resolved the plan must be honest: it never calls HER2 positive, low or zero.
const unresolved = results.filter((x) => x.plan && x.specimens.every((s) => ['Equivocal', ''].includes(her2Of(s).status)));
const bold = unresolved.filter((x) => !['unknown', 'negative'].includes(x.plan.profile.her2));
t.check(bold.length === 0, `HER2 never resolved and yet called ${bold.map((x) => `${x.id} ${x.plan.profile.her2}`).join(', ')}`);
if (o.only.length > 0) { for (const x of results) { console.log(x.id, JSON.stringify(x.plan?.profile), JSON.stringify(x.expected)); } }
t.end();
