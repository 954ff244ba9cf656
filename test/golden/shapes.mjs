// SPDX-License-Identifier: Apache-2.0
// The producers whose bundles golden patients are rewritten from: `shape: NAME` in expect.yaml. The case's own clinical content in the
// form, the codes, the profiles, the references, the order and the company of resources that producer writes; no word of its texts.
//   icare-extraction-patient1   an extraction from a hospital (ICARE): collection, urn:uuid for everything, "breast cancer" under the code of any tumour,
//                               the day of a diagnosis in an extension, no display, IHC 3+ as a bare 3, stage group with members that are nowhere
//   csv-mcode                   the same framework from CSV: every course of a drug is one administration, codes without display, 88040-1 for the status
//   stu1-mbc-patient01          examples of mCODE STU1: transaction, fullUrl urn:uuid:ID beside references Patient/ID, narrative everywhere, older LOINC codes
//   stu2-jenny-m                examples of STU2: collection, generated narrative, drugs as requests with bounds, a BodyStructure of somebody else, two entries
//                               with one full URL that is no URL
//   stu4-jenny-m                examples of STU4: SNOMED staging, requests and administrations of one drug, pounds and inches, comorbidities, relatives
//   synthea-stu1-maryam         Synthea with mCODE STU1: a bare array, days with clock and offset, two codings of a receptor, its coding trap, encounters, panels
//   synthea-r4-t0               Synthea R4: transaction, one order per cycle, claims and benefits with contained resources, scores as text, no profiles
const listOf = (d) => (Array.isArray(d) ? d : d.entry.map((e) => e.resource));
const every = (list, holds) => list.length > 0 && list.every(holds);
const has = (d, ...types) => types.every((type) => listOf(d).some((r) => r.resourceType === type));
const urls = (d, start) => !Array.isArray(d) && every(d.entry, (e) => e.fullUrl?.startsWith(start));
const posted = (d) => d.type === 'transaction' && every(d.entry, (e) => e.request?.method === 'POST' && e.request.url === e.resource.resourceType);
const subjects = (d) => listOf(d).map((r) => r.subject?.reference).filter((x) => x !== undefined);
const urnSubjects = (d) => every(subjects(d), (x) => x.startsWith('urn:uuid:'));
const profiles = (d) => listOf(d).flatMap((r) => r.meta?.profile ?? []);
const drugs = (d) => listOf(d).filter((r) => r.resourceType.startsWith('Medication'));
const clocked = (d) => every(listOf(d).filter((r) => r.resourceType === 'Encounter'), (r) => /T\d\d:\d\d:\d\d[+-]\d\d:\d\d$/.test(r.period.start));

const SHAPES = {
  'icare-extraction-patient1': (d) => d.type === 'collection' && urls(d, 'urn:uuid:') && urnSubjects(d) && d.entry[0].resource.resourceType === 'Condition'
    && has(d, 'ResearchSubject', 'ResearchStudy', 'CarePlan') && JSON.stringify(d).includes('condition-assertedDate'),
  'csv-mcode': (d) => d.type === 'collection' && urls(d, 'urn:uuid:') && urnSubjects(d) && has(d, 'Appointment', 'Encounter')
    && drugs(d).every((r) => r.resourceType === 'MedicationAdministration') && listOf(d).some((r) => /^observation-id-/.test(r.id)),
  'stu1-mbc-patient01': (d) => posted(d) && urls(d, 'urn:uuid:') && every(subjects(d), (x) => x.startsWith('Patient/')) && every(listOf(d), (r) => r.text?.div)
    && profiles(d).some((p) => p.endsWith('/mcode-cancer-patient')),
  'stu2-jenny-m': (d) => d.type === 'collection' && d.entry.filter((e) => e.fullUrl === 'whatever').length === 2 && d.meta?.profile?.[0].endsWith('/mcode-patient-bundle') && has(d, 'BodyStructure', 'FamilyMemberHistory')
    && every(listOf(d).filter((r) => r.resourceType !== 'FamilyMemberHistory'), (r) => r.text?.div) && drugs(d).every((r) => r.resourceType !== 'MedicationStatement'),
  'stu4-jenny-m': (d) => d.type === 'collection' && urls(d, 'http://example.org/fhir/') && listOf(d).every((r) => !r.text) && has(d, 'BodyStructure', 'FamilyMemberHistory', 'Practitioner')
    && profiles(d).some((p) => p.endsWith('/mcode-comorbidities')) && drugs(d).every((r) => r.resourceType !== 'MedicationStatement'),
  'synthea-stu1-maryam': (d) => Array.isArray(d) && urnSubjects(d) && clocked(d) && has(d, 'Encounter', 'CareTeam', 'CarePlan') && profiles(d).some((p) => p.endsWith('/mcode-primary-cancer-condition')),
  'synthea-r4-t0': (d) => posted(d) && urls(d, 'urn:uuid:') && urnSubjects(d) && clocked(d) && has(d, 'Encounter', 'Claim', 'ExplanationOfBenefit', 'Immunization') && profiles(d).length === 0,
};

// Those that are at hand: each must have its own shape and no other.
export const REAL = {
  'icare-extraction-patient1': 'mcode-icare-extraction-patient1.json', 'stu1-mbc-patient01': 'mcode-stu1-mbc-patient01.json', 'stu2-jenny-m': 'mcode-stu2-jenny-m-bundle.json',
  'stu4-jenny-m': 'mcode-stu4-jenny-m-bundle.json', 'synthea-stu1-maryam': 'synthea-mcode-stu1-maryam-array.json', 'synthea-r4-t0': 'synthea-r4-t0-patient.json.gz',
};

export const LEAST = 1 / 3;   // of all golden patients

export const shapesOf = (document) => Object.keys(SHAPES).filter((s) => SHAPES[s](document));

// Empty when the file has the form it claims; else what is wrong.
export function shapeFault(shape, document) {
  if (!Object.hasOwn(SHAPES, shape)) { return `no such shape: ${shape}`; }
  return SHAPES[shape](document) ? '' : `the patient has not the shape ${shape}`;
}
