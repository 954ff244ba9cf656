// SPDX-License-Identifier: Apache-2.0
// One drawn history as a FHIR R4 bundle, the way one of five kinds of records would hold it:
//   complete         statements or requests with both dates, doses and reasons; administrations; intent; every scan
//   no-ends          what was started and when, nothing on its end or why; scans
//   requests         the same one-day request again for every dose or refill; now and then a scan
//   administrations  every dose given or handed out, one day each; of the scans only those with progression
//   names            statements without any code: brand and generic names as people type them, reasons in words
// Progression is in all of them, for without it nobody could tell one line from two. `noise` is what real records get wrong (noise.mjs).
import { chance } from './chance.mjs';
import { brandCodes, drugs, iso, oral } from './drugs.mjs';

const mcode = 'http://hl7.org/fhir/us/mcode/StructureDefinition/';
const snomed = 'http://snomed.info/sct', rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm', loinc = 'http://loinc.org';
const coded = (system, code, display) => ({ coding: [{ system, code, display }] });

const stopReasons = {
  progression: ['266721009', 'No response to treatment (situation)', ['Disease progression', 'Progression', 'Progressive disease']],
  toxicity: ['407563006', 'Treatment not tolerated (situation)', ['Toxicity', 'Intolerance', 'Side effects']],
  recurrence: [null, null, ['Recurrence', 'Relapse on adjuvant treatment', 'Metastatic recurrence']],
  completed: [null, null, ['Completed planned treatment', 'Planned course completed', 'Completed']],
  choice: ['105480006', 'Refusal of treatment by patient (situation)', ['Patient choice', 'Treatment break at patient\'s request']],
  changed: [null, null, ['Changed']],
  dose: [null, null, ['Dose reduced']], route: [null, null, ['Changed to subcutaneous']], product: [null, null, ['Changed to biosimilar']],
  held: [null, null, ['On hold', 'Temporarily held']],
  'held for toxicity': ['407563006', 'Treatment not tolerated (situation)', ['Temporarily held for toxicity']],
  bridge: [null, null, ['Bridging until planned treatment starts', 'Temporary, planned regimen to follow']],
  esr1: [null, null, ['ESR1 mutation in ctDNA, no progression']],
};
const values = {
  PD: ['271299001', "Patient's condition worsened (finding)", ['Progressive disease', 'Progression']],
  SD: ['359746009', "Patient's condition stable (finding)", ['Stable disease']],
  PR: ['268910001', "Patient's condition improved (finding)", ['Partial response']],
  CR: ['550991000124107', 'Malignant neoplasm in full remission (disorder)', ['Complete response']],
};
const evidence = {
  imaging: ['363679005', 'Imaging (procedure)'],
  clinical: ['5880005', 'Physical examination procedure (procedure)'],
  pathology: ['252416005', 'Histopathology test (procedure)'],
};
const sites = {
  bone: ['94222008', 'Secondary malignant neoplasm of bone (disorder)'], liver: ['94381002', 'Secondary malignant neoplasm of liver'],
  lung: ['94391008', 'Secondary malignant neoplasm of lung'],
  'lymph node': ['94392001', 'Secondary malignant neoplasm of lymph node'], brain: ['94225005', 'Secondary malignant neoplasm of brain'],
};
const procedures = {
  lumpectomy: ['64368001', 'Partial mastectomy (procedure)'], mastectomy: [null, 'Mastectomy'],
  'other-surgery': [null, 'Internal fixation of femur'], biopsy: [null, 'Biopsy of liver'],
  radiotherapy: ['33195004', 'Teleradiotherapy procedure (procedure)'], oophorectomy: [null, 'Bilateral salpingo-oophorectomy'],
};

class Bundle {
  constructor(h, style, c) {
    Object.assign(this, { h, style, c, asOf: iso(h.asOf), id: `p${String(h.seed).replace(/[^A-Za-z0-9]/g, '-')}`, resources: [], n: 0 });
  }
  add(resourceType, body) {
    const r = { resourceType, id: `${this.id}-${++this.n}`, ...body };
    if (resourceType === 'Patient') { r.id = this.id; } else if (resourceType !== 'Medication') { r.subject = { reference: `Patient/${this.id}` }; }
    this.resources.push(r);
    return r;
  }
}

const observed = (b, code, display, date, more) => b.add('Observation', { status: 'final', code: coded(loinc, code, display),
  effectiveDateTime: iso(date), ...more });
const measured = (value, unit) => ({ value, unit, system: 'http://unitsofmeasure.org', code: unit });
const staged = (code) => ({ valueCodeableConcept: { coding: [{ system: 'http://cancerstaging.org', code }] } });

// The generic name or a brand, as this site writes them. Its own chance, so that one record can be written both ways and nothing else differs.
function drugName(b, course) {
  const d = drugs[course.drug], u = b.naming.next(), v = b.naming.next();
  const brand = b.names === 'brand' || b.names === 'mixed' && u < 0.5;
  if (course.form === 'Phesgo') { return 'Phesgo'; }
  if (course.form === 'sc') { return brand ? 'Herceptin Hylecta' : 'trastuzumab'; }
  if (course.product) { return brand ? course.product : `trastuzumab${suffixes[course.product]}`; }
  return brand ? d.brands[Math.floor(v * d.brands.length)] : d.name;
}
const suffixes = { Kanjinti: '-anns', Ogivri: '-dkst', Trazimera: '-qyyp', Herzuma: '-pkrb', Ontruzant: '-dttb' };

function medication(b, course) {
  const d = drugs[course.drug];
  const name = drugName(b, course);
  const typed = b.c.pick([(x) => x, (x) => x.toUpperCase(), (x) => x[0].toUpperCase() + x.slice(1), (x) => `${x} ${d.form}`,
    (x) => `${x} ${oral(d.name) ? 'PO' : 'inj'}`]);
  const withText = b.c.yes(0.4);
  if (b.style === 'names') { return { text: typed(name) }; }
  const code = brandCodes[name] ?? (name === d.name ? d.rxnorm : '');
  return code === '' ? { text: name } : { coding: [{ system: rxnorm, code, display: name }], ...(withText ? { text: name } : {}) };
}

const reason = (b, why) => {
  const [code, display, words] = stopReasons[why];
  const text = b.c.pick(words);
  return b.style === 'names' || code === null ? { text } : { ...coded(snomed, code, display), text };
};
const intent = (course) => ({ extension: [{ url: `${mcode}mcode-procedure-intent`, valueCodeableConcept: course.setting === 'metastatic'
  ? coded(snomed, '363676003', 'Palliative - procedure intent') : coded(snomed, '373808002', 'Curative - procedure intent') }] });

// Days on which a dose was given or a pack handed out.
function doses(b, course) {
  const every = drugs[course.drug].every, end = course.to ?? b.h.asOf, list = [];
  const delay = () => (every >= 21 && b.c.yes(0.12) ? b.c.between(1, 5) : 0);
  for (let t = course.from; t <= Math.max(course.from, end - Math.min(every, 7) + 1) && t <= b.h.asOf; t += every + delay()) { list.push(t); }
  if (course.drug === 'fulvestrant' && course.dose === undefined && list.length > 1) { list.splice(1, 0, course.from + 14); }
  return list;
}

const dosage = (course) => ({ text: `${course.dose === 'reduced' ? 'reduced dose, ' : ''}${drugs[course.drug].form}` });
const underTheSkin = (course) => course.form !== undefined || ['goserelin', 'denosumab', 'pegfilgrastim'].includes(course.drug);
const route = (course) => ({ route: underTheSkin(course) ? coded(snomed, '34206005', 'Subcutaneous route (qualifier value)')
  : { text: oral(course.drug) ? 'oral' : ['fulvestrant', 'leuprolide'].includes(course.drug) ? 'intramuscular' : 'intravenous' } });

// One product that holds two drugs is written once.
const written = (course) => !(course.form === 'Phesgo' && course.drug === 'pertuzumab');

// Some sites keep the product in a resource of its own.
function refer(b, concept) {
  if (!b.references) { return { medicationCodeableConcept: concept }; }
  const key = JSON.stringify(concept);
  if (!b.products.has(key)) { b.products.set(key, b.add('Medication', { code: concept }).id); }
  return { medicationReference: { reference: `Medication/${b.products.get(key)}` } };
}

function statement(b, course) {
  const full = b.style === 'complete' || b.style === 'names';
  const over = course.to !== null && course.to !== undefined;
  const ended = /completed|held|dose|route|product/.test(course.why ?? '') ? 'completed' : 'stopped';
  const body = { status: full ? (over ? ended : 'active') : b.c.pick(['active', 'active', 'unknown', 'completed']) };
  if (full && over && course.why) { body.statusReason = [reason(b, course.why)]; }
  if (b.style === 'complete' && !course.beside) { Object.assign(body, intent(course)); }
  body.medicationCodeableConcept = medication(b, course);
  if (full) { body.effectivePeriod = { start: iso(course.from), ...(over ? { end: iso(course.to) } : {}) }; }
  else if (b.c.yes(0.5)) { body.effectiveDateTime = iso(course.from); } else { body.effectivePeriod = { start: iso(course.from) }; }
  body.dosage = [{ ...dosage(course), ...route(course) }];
  if (b.style !== 'names' && b.byRequest) {
    b.add('MedicationRequest', { status: body.status === 'unknown' ? 'active' : body.status, intent: 'order',
      ...refer(b, body.medicationCodeableConcept), authoredOn: iso(course.from),
      ...(body.extension ? { extension: body.extension } : {}), ...(body.statusReason ? { statusReason: body.statusReason[0] } : {}),
      dosageInstruction: [{ ...dosage(course), ...route(course), ...(full ? { timing: { repeat: { boundsPeriod: body.effectivePeriod } } } : {}) }] });
    return;
  }
  const { medicationCodeableConcept, ...rest } = body;
  b.add('MedicationStatement', { ...rest, ...refer(b, medicationCodeableConcept), ...(b.style === 'complete' ? { dateAsserted: iso(course.from) } : {}) });
}

function givenDoses(b, course) {
  for (const t of doses(b, course)) {
    if (b.dispenses && oral(course.drug)) {
      b.add('MedicationDispense', { status: 'completed', medicationCodeableConcept: medication(b, course), whenHandedOver: iso(t),
        daysSupply: measured(drugs[course.drug].every, 'd') });
      continue;
    }
    b.add('MedicationAdministration', { status: 'completed', medicationCodeableConcept: medication(b, course), effectiveDateTime: iso(t),
      dosage: { ...dosage(course), ...route(course) } });
  }
}

function course(b, x) {
  if (!written(x)) { return; }
  if (b.style === 'requests') {
    for (const t of doses(b, x)) {
      b.add('MedicationRequest', { status: b.c.pick(['completed', 'completed', 'active']), intent: 'order', medicationCodeableConcept: medication(b, x),
        authoredOn: iso(t), dosageInstruction: [{ ...dosage(x), ...route(x) }] });
    }
  } else if (b.style === 'administrations') { givenDoses(b, x); } else {
    statement(b, x);
    if (b.style === 'complete' && !oral(x.drug) && b.c.yes(0.6)) { givenDoses(b, x); }
  }
}

// One statement for a drug that progression did not end, as many records keep it; only where its end is written.
function joined(b, courses) {
  if (b.style !== 'complete' && b.style !== 'names') { return courses; }
  const out = [];
  for (const x of courses) {
    const first = x.carried && b.carriesOn && x.from === b.h.lines.find((l) => l.number === x.line)?.start;
    const goesOn = (y) => y.drug === x.drug && y.line === x.line - 1 && y.why === 'progression' && x.from - y.to < 35 && y.form === x.form;
    const at = first ? out.findLastIndex(goesOn) : -1;
    if (at >= 0) { out[at] = { ...out[at], to: x.to, why: x.why, line: x.line }; } else { out.push(x); }
  }
  return out;
}

function status(b, s) {
  const [code, display, words] = values[s.value];
  const value = b.style === 'names' ? { text: b.c.pick(words) } : { ...coded(snomed, code, display) };
  const seenOn = { extension: [{ url: `${mcode}mcode-cancer-disease-status-evidence-type`, valueCodeableConcept: coded(snomed, ...evidence[s.evidence]) }] };
  const asked = b.style === 'complete' || b.style === 'no-ends' ? ['97509-4', 'Cancer Disease Progression'] : ['88040-1', 'Response to cancer treatment'];
  observed(b, ...asked, s.date, { ...(b.style === 'complete' ? seenOn : {}), valueCodeableConcept: value });
}

function procedure(b, p) {
  const [code, display] = procedures[p.kind];
  const text = display.replace(/ \(.*/, '');
  b.add('Procedure', { status: 'completed', code: code === null || b.style === 'names' ? { text } : { ...coded(snomed, code, display), text },
    ...(p.to ? { performedPeriod: { start: iso(p.date), end: iso(Math.min(p.to, b.h.asOf)) } } : { performedDateTime: iso(p.date) }),
    ...(p.site ? { bodySite: [{ text: p.site }] } : {}), ...(/mastectomy|lumpectomy/.test(p.kind) ? { bodySite: [{ text: 'Left breast' }] } : {}) });
}

function disease(b) {
  const { h } = b;
  const condition = (code, onset) => ({ clinicalStatus: coded('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active', 'Active'),
    verificationStatus: coded('http://terminology.hl7.org/CodeSystem/condition-ver-status', 'confirmed', 'Confirmed'),
    code, onsetDateTime: iso(onset), recordedDate: iso(onset) });
  b.add('Patient', { gender: 'female', birthDate: iso(h.birth), name: [{ family: 'Made-up', given: ['Test'] }] });
  b.add('Condition', condition(coded(snomed, '254837009', 'Malignant neoplasm of breast (disorder)'), h.diagnosis));
  if (!h.deNovo) {
    observed(b, '21908-9', 'Stage group.clinical Cancer', h.diagnosis + 7, staged('2B'));
    observed(b, '21907-1', 'Distant metastases.clinical [Class] Cancer', h.diagnosis + 7, staged('cM0'));
  } else { observed(b, '21908-9', 'Stage group.clinical Cancer', h.met, staged('4')); }
  for (const s of h.sites) { b.add('Condition', condition(coded(snomed, ...sites[s]), h.met)); }
  const receptor = (code, display, positive, date) => observed(b, code, display, date, { valueCodeableConcept: positive
    ? coded(snomed, '10828004', 'Positive (qualifier value)') : coded(snomed, '260385009', 'Negative (qualifier value)') });
  for (const date of h.deNovo ? [h.met] : [h.diagnosis, Math.min(h.met + 6, h.asOf)]) {
    receptor('85337-4', 'Estrogen receptor', h.er, date);
    receptor('85339-0', 'Progesterone receptor', h.er && h.seed.length % 2 === 0, date);
    receptor('85319-2', 'HER2', h.subtype === 'HER2+', date);
  }
}

function gene(b, t) {
  const studied = { coding: [{ system: 'http://www.genenames.org/geneId', code: 'HGNC:3467', display: t.gene }], text: t.gene };
  observed(b, '69548-6', 'Genetic variant assessment', t.date, { valueCodeableConcept: coded(loinc, 'LA9633-4', 'Present'),
    component: [{ code: coded(loinc, '48018-6', 'Gene studied [ID]'), valueCodeableConcept: studied },
      { code: coded(loinc, '48002-0', 'Genomic source class [Type]'), valueCodeableConcept: coded(loinc, 'LA6684-0', 'Somatic') }] });
}

// Things of every record that say nothing about lines.
export function irrelevant(b, n = 12) {
  for (let i = 0; i < n; i++) {
    const day = b.c.between(b.h.diagnosis - 900, b.h.asOf), date = iso(day);
    b.c.pick([
      () => observed(b, '29463-7', 'Body weight', day, { valueQuantity: measured(b.c.between(52, 94), 'kg') }),
      () => b.add('Encounter', { status: 'finished', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
        period: { start: date, end: date } }),
      () => b.add('Procedure', { status: 'completed', code: coded(snomed, '430193006', 'Medication Reconciliation (procedure)'), performedDateTime: date }),
      () => observed(b, '718-7', 'Hemoglobin [Mass/volume] in Blood', day, { valueQuantity: measured(b.c.between(95, 140) / 10, 'g/dL') }),
    ])();
  }
}

// names: 'generic', 'brand' or 'mixed'; noise: what noise.mjs makes; more: further resources that say nothing about lines
export function render(h, style, { names = 'mixed', noise = null, more = 0, salt = '' } = {}) {
  const c = chance(`${h.seed} ${style}${salt}`);
  const b = new Bundle(h, style, c);
  Object.assign(b, { names, naming: chance(`${h.seed} names`), byRequest: c.yes(0.4), carriesOn: c.yes(0.5), products: new Map() });
  b.references = style === 'complete' && c.yes(0.2);
  b.dispenses = style === 'administrations' && c.yes(0.5);
  disease(b);
  const all = [...h.courses].sort((x, y) => x.from - y.from);
  for (const x of joined(b, all)) { course(b, x); }
  for (const x of h.beside) { course(b, { ...x, beside: true, why: x.to === null ? null : 'completed' }); }
  h.statuses.forEach((s, i) => {
    if (s.value === 'PD' || style === 'complete' || style === 'names' || style === 'no-ends' || style === 'requests' && i % 2 === 0) { status(b, s); }
  });
  for (const p of h.procedures) { procedure(b, p); }
  for (const t of h.tests) { gene(b, t); }
  irrelevant(b);
  if (noise) { noise(b); }
  irrelevant(b, more);
  const entry = c.shuffle(b.resources).map((resource) => ({ resource }));
  return { bundle: { resourceType: 'Bundle', type: 'collection', entry }, faults: b.faults ?? [] };
}
