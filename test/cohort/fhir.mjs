// SPDX-License-Identifier: Apache-2.0
// Short hands that write one patient as FHIR R4 resources, for the cohort, the benchmark and anyone adding a golden patient.
// Deterministic: no clock, no random numbers. Codes are the public ones of LOINC, SNOMED CT, RxNorm and HGNC.

export const LOINC = 'http://loinc.org';
export const SNOMED = 'http://snomed.info/sct';
export const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
export const HGNC = 'http://www.genenames.org/geneId';
const UCUM = 'http://unitsofmeasure.org';

export const concept = (system, code, display, text) =>
  ({ coding: [{ system, code, ...(display ? { display } : {}) }], ...(text ? { text } : {}) });

export const RXNORM_CODE = {
  tamoxifen: '10324', anastrozole: '84857', letrozole: '72965', exemestane: '258494', fulvestrant: '282357', goserelin: '50610',
  leuprolide: '42375', palbociclib: '1601374', ribociclib: '1873916', abemaciclib: '1946825', alpelisib: '2169285',
  everolimus: '141704', trastuzumab: '224905', 'trastuzumab deruxtecan': '2267582', paclitaxel: '56946', capecitabine: '194000',
  capivasertib: '2669967', elacestrant: '2628469',
};
const GENE_CODE = { ESR1: 'HGNC:3467', PIK3CA: 'HGNC:8975', AKT1: 'HGNC:391', PTEN: 'HGNC:9588', TP53: 'HGNC:11998', BRCA1: 'HGNC:1100', BRCA2: 'HGNC:1101' };
const RESULT = { positive: concept(SNOMED, '10828004', 'Positive'), negative: concept(SNOMED, '260385009', 'Negative'),
  equivocal: concept(SNOMED, '42425007', 'Equivocal') };

// A patient being written. All methods append and return the resource.
export class Chart {
  constructor(id, { sex = 'female', born, name = ['Made-up', 'Test'] }) {
    this.id = id;
    this.resources = [];
    this.counter = 0;
    this.add({ resourceType: 'Patient', id, name: [{ family: name[0], given: [name[1]] }], gender: sex, ...(born ? { birthDate: born } : {}) });
  }

  add(resource) {
    if (!resource.id) { resource.id = `${this.id}-${++this.counter}`; }
    this.resources.push(resource);
    return resource;
  }

  subject() { return { reference: `Patient/${this.id}` }; }

  condition(code, date, extra = {}) {
    return this.add({ resourceType: 'Condition', clinicalStatus: concept('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active'),
      verificationStatus: concept('http://terminology.hl7.org/CodeSystem/condition-ver-status', 'confirmed'),
      code: typeof code === 'string' ? { text: code } : code, subject: this.subject(), ...(date ? { onsetDateTime: date } : {}), ...extra });
  }

  breastCancer(date, extra) { return this.condition(concept(SNOMED, '254837009', 'Malignant neoplasm of breast (disorder)'), date, extra); }
  metastasis(site, date) {
    const codes = { bone: '94222008', liver: '94381002', lung: '94391008', brain: '94225005', pleura: '94493005', any: '128462008', 'distant-node': '94409002' };
    return this.condition(concept(SNOMED, codes[site], `Secondary malignant neoplasm (${site})`), date);
  }

  observation(code, date, value, extra = {}) {
    return this.add({ resourceType: 'Observation', status: 'final', code, subject: this.subject(), ...(date ? { effectiveDateTime: date } : {}), ...value, ...extra });
  }

  specimen(site, date) {
    return this.add({ resourceType: 'Specimen', subject: this.subject(), type: { text: site }, ...(date ? { collection: { collectedDateTime: date } } : {}) });
  }

  // ER or PR; percent may be a number or a text as the laboratory wrote it.
  receptor(which, status, date, { percent, specimen } = {}) {
    const [presence, share] = which === 'er' ? ['85337-4', '85329-1'] : ['85339-0', '85325-9'];
    const at = specimen ? { specimen: { reference: `Specimen/${specimen.id}` } } : {};
    if (status) { this.observation(concept(LOINC, presence), date, { valueCodeableConcept: RESULT[status] }, at); }
    if (percent !== undefined) {
      this.observation(concept(LOINC, share), date, typeof percent === 'number' ? { valueQuantity: { value: percent, unit: '%', system: UCUM, code: '%' } } : { valueString: percent }, at);
    }
  }

  // score: as written by the laboratory ("0", "1+", "0-1+"); ish: positive | negative | equivocal; ratio: number or text.
  her2({ score, scoreCode, ish, ratio, copies, date, specimen, overall } = {}) {
    const at = specimen ? { specimen: { reference: `Specimen/${specimen.id}` } } : {};
    if (overall) { this.observation(concept(LOINC, '48676-1'), date, { valueCodeableConcept: RESULT[overall] }, at); }
    if (scoreCode) { this.observation(concept(LOINC, '85319-2'), date, { valueCodeableConcept: concept(LOINC, scoreCode, score) }, at); }
    else if (score !== undefined) { this.observation(concept(LOINC, '85319-2'), date, { valueString: score }, at); }
    if (ish) { this.observation(concept(LOINC, '85318-4'), date, { valueCodeableConcept: RESULT[ish] }, at); }
    const quantity = (value) => (typeof value === 'number' ? { valueQuantity: { value } } : { valueString: value });
    if (ratio !== undefined) { this.observation(concept(LOINC, '49683-6'), date, quantity(ratio), at); }
    if (copies !== undefined) { this.observation(concept(LOINC, '74860-8'), date, quantity(copies), at); }
  }

  // result: present | absent | inconclusive; source: tissue | ctdna | germline
  variant(gene, result, source, date, { protein, specimen } = {}) {
    const value = { present: { valueCodeableConcept: concept(LOINC, 'LA9633-4', 'Present') }, absent: { valueCodeableConcept: concept(LOINC, 'LA9634-2', 'Absent') },
      inconclusive: { valueCodeableConcept: { text: 'Inconclusive' } } }[result];
    const component = [{ code: concept(LOINC, '48018-6', 'Gene studied [ID]'), valueCodeableConcept: concept(HGNC, GENE_CODE[gene], gene, gene) }];
    if (protein) { component.push({ code: concept(LOINC, '48005-3', 'Amino acid change (pHGVS)'), valueCodeableConcept: { text: protein } }); }
    component.push({ code: concept(LOINC, '48002-0', 'Genomic source class'), valueCodeableConcept: source === 'germline'
      ? concept(LOINC, 'LA6683-2', 'Germline') : concept(LOINC, 'LA6684-0', 'Somatic') });
    return this.observation(concept(LOINC, '69548-6', 'Genetic variant assessment'), date, value, { component,
      ...(source === 'ctdna' ? { method: { text: 'ctDNA, plasma next-generation sequencing' } } : source === 'tissue' ? { method: { text: 'Tumour tissue next-generation sequencing' } } : {}),
      ...(specimen ? { specimen: { reference: `Specimen/${specimen.id}` } } : {}) });
  }

  lab(code, value, unit, date, { high, low, method } = {}) {
    return this.observation(concept(LOINC, code), date, { valueQuantity: { value, unit, system: UCUM, code: unit } },
      { ...(high !== undefined || low !== undefined ? { referenceRange: [{ ...(low !== undefined ? { low: { value: low, unit } } : {}), ...(high !== undefined ? { high: { value: high, unit } } : {}) }] } : {}),
        ...(method ? { method: { text: method } } : {}) });
  }

  ecog(value, date) { return this.observation(concept(LOINC, '89247-1', 'ECOG Performance Status score'), date, { valueInteger: value }); }
  menopause(status, date) {
    const value = status === 'pre' ? concept(SNOMED, '309606002', 'Before menopause') : concept(SNOMED, '307429007', 'After menopause');
    return this.observation(concept(SNOMED, '161712005', 'Menopause, function (observable entity)'), date, { valueCodeableConcept: value });
  }
  diseaseStatus(status, date) {
    const code = { improved: '268910001', stable: '359746009', worsened: '271299001', undetermined: '709137006' }[status];
    return this.observation(concept(LOINC, '97509-4', 'Cancer Disease Progression'), date, { valueCodeableConcept: concept(SNOMED, code) });
  }
  stage(code, date) { return this.observation(concept(LOINC, '21908-9', 'Stage group.clinical Cancer'), date, { valueCodeableConcept: concept('http://cancerstaging.org', code) }); }
  mCategory(code, date) { return this.observation(concept(LOINC, '21907-1', 'Distant metastases.clinical [Class] Cancer'), date, { valueCodeableConcept: concept('http://cancerstaging.org', code) }); }

  // why: progression | toxicity | choice; text: the record's own words
  drug(name, start, end, { why, text, intent } = {}) {
    const reason = { progression: { text: text || 'Disease progression' }, toxicity: concept(SNOMED, '407563006', 'Treatment not tolerated (situation)', text),
      choice: concept(SNOMED, '105480006', 'Refusal of treatment by patient (situation)', text) }[why];
    const medication = RXNORM_CODE[name] ? concept(RXNORM, RXNORM_CODE[name], name) : { text: name };
    return this.add({ resourceType: 'MedicationStatement', status: end ? (why && why !== 'choice' ? 'stopped' : 'completed') : 'active', ...(reason ? { statusReason: [reason] } : {}),
      ...(intent ? { category: undefined, reasonCode: undefined, extension: [{ url: 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-procedure-intent',
        valueCodeableConcept: intent === 'curative' ? concept(SNOMED, '373808002', 'Curative - procedure intent') : concept(SNOMED, '363676003', 'Palliative - procedure intent') }] } : {}),
      medicationCodeableConcept: medication, subject: this.subject(), effectivePeriod: { start, ...(end ? { end } : {}) } });
  }

  bundle(type = 'collection') {
    return { resourceType: 'Bundle', id: `bundle-${this.id}`, type, entry: this.resources.map((resource) => ({ fullUrl: `https://hospital.example/fhir/${resource.resourceType}/${resource.id}`, resource })) };
  }
  ndjson() { return this.resources.map((r) => JSON.stringify(r)).join('\n') + '\n'; }
}
