// SPDX-License-Identifier: Apache-2.0
// A case (cases.yaml) as a FHIR Bundle. Lesions come in turn in the shapes that records use: a size with components and a focus on a
// BodyStructure; or a diameter of its own with a body site, and its number and role as components.
export function addDays(day, n) {
  const d = new Date(`${day}T00:00:00Z`);
  d.setUTCDate(d.getUTCDate() + n);
  return d.toISOString().slice(0, 10);
}

const START = '2025-01-10';
const loinc = (code, display) => ({ coding: [{ system: 'http://loinc.org', code, display }] });
const snomed = (code, display) => ({ coding: [{ system: 'http://snomed.info/sct', code, display }] });
const subject = { reference: 'Patient/p' };
const SITES = { liver: snomed('10200004', 'Liver structure (body structure)'), lung: snomed('39607008', 'Lung structure (body structure)'),
  brain: snomed('12738006', 'Brain structure (body structure)'), 'lymph node': snomed('59441001', 'Structure of lymph node (body structure)') };
const STATUS = { improved: '268910001', stable: '359746009', worse: '271299001', undetermined: '709137006' };
const MARKERS = { cea: ['2039-6', 'ng/mL'], 'ca15-3': ['83083-6', '[arb\'U]/mL'] };
const GENES = { ESR1: 'HGNC:3467', PIK3CA: 'HGNC:8975' };

function length(x) {
  const m = /^\s*([\d.]+)\s*(cm|mm)?\s*$/.exec(String(x));
  const below = /^<\s*([\d.]+)$/.exec(String(x));
  if (below) return { value: +below[1], comparator: '<', unit: 'mm', system: 'http://unitsofmeasure.org', code: 'mm' };
  return m ? { value: +m[1], unit: m[2] ?? 'mm', system: 'http://unitsofmeasure.org', code: m[2] ?? 'mm' } : null;
}

// What is written of a lesion at a visit as { longest, other, short, state } in lengths.
function seen(x, node) {
  if (typeof x === 'object') return { ...x, longest: x.longest !== undefined ? length(x.longest) : undefined, other: x.other !== undefined ? length(x.other) : undefined };
  const l = length(x);
  return l ? (node ? { short: l } : { longest: l }) : { state: x };
}

export function patient(c) {
  const list = [];
  let n = 0;
  const add = (r) => { list.push({ id: `r${n += 1}`, ...r }); return list.at(-1); };
  const at = (x) => x.date ?? addDays(START, x.day);
  add({ resourceType: 'Condition', clinicalStatus: { coding: [{ code: 'active' }] }, code: snomed('254837009', 'Malignant neoplasm of breast (disorder)'), subject, onsetDateTime: '2024-10-01' });
  add({ resourceType: 'Condition', clinicalStatus: { coding: [{ code: 'active' }] }, code: snomed('94381002', 'Secondary malignant neoplasm of liver'), subject, onsetDateTime: '2024-10-01' });
  for (const d of c.drugs ?? [{ name: 'letrozole' }]) {
    add({ resourceType: 'MedicationStatement', status: d.stop ? 'stopped' : 'active', medicationCodeableConcept: { text: d.name }, subject,
      effectivePeriod: { start: addDays(START, d.day ?? 0), ...(d.stop ? { end: addDays(START, d.stop) } : {}) }, ...(d.reason ? { statusReason: [{ text: d.reason }] } : {}) });
  }
  for (const d of c.beside ?? []) {   // beside the line: {name, day, stop, dose: mg, times, given: [days]}
    const dosage = d.dose ? { dosage: [{ timing: { repeat: { frequency: d.times ?? 1, period: 1, periodUnit: 'd' } }, doseAndRate: [{ doseQuantity: { value: d.dose, unit: d.unit ?? 'mg' } }] }] } : {};
    const drug = { medicationCodeableConcept: { text: d.name }, subject };
    if (d.given) for (const day of d.given) add({ resourceType: 'MedicationAdministration', status: 'completed', ...drug, effectiveDateTime: addDays(START, day) });
    else add({ resourceType: 'MedicationStatement', status: d.stop !== undefined ? 'stopped' : 'active', ...drug, effectivePeriod: { start: addDays(START, d.day ?? 0), ...(d.stop !== undefined ? { end: addDays(START, d.stop) } : {}) }, ...dosage });
  }
  const told = (code, list) => (list ?? []).forEach((x) => add({ resourceType: 'Observation', status: 'final', code, subject, effectiveDateTime: at(x), ...(typeof x.word === 'number' ? { valueInteger: x.word } : { valueString: x.word }) }));
  told({ text: 'Corticosteroid use' }, c.steroids);
  told({ text: 'Neurological status' }, c.neurological);
  told(loinc('89247-1', 'ECOG Performance Status score'), c.ecog);
  const ids = Object.keys(c.lesions ?? {});
  ids.forEach((id, i) => {
    const [site, role] = c.lesions[id];
    if (i % 2 === 0) {
      list.push({ resourceType: 'BodyStructure', id: `b-${id.toLowerCase()}`, identifier: [{ value: id }], patient: subject, location: SITES[site] ?? { text: site },
        ...(role ? { description: `${role} lesion` } : {}) });
    }
  });
  for (const v of c.visits ?? []) {
    ids.filter((id) => v[id] !== undefined).forEach((id) => {
      const i = ids.indexOf(id), [site, role] = c.lesions[id], s = seen(v[id], site === 'lymph node');
      const common = { resourceType: 'Observation', status: s.status ?? 'final', subject, effectiveDateTime: at(v), ...(s.method ? { method: { text: s.method } } : {}) };
      const component = [];
      if (s.other) component.push({ code: loinc('33729-5', 'Size additional dimension in Tumor'), valueQuantity: s.other });
      if (s.state) component.push({ code: { text: 'Lesion state' }, valueString: s.state });
      if (i % 2 === 0) {
        if (s.longest) component.unshift({ code: loinc('33728-7', 'Size.maximum dimension in Tumor'), valueQuantity: s.longest });
        if (s.short) component.push({ code: { text: 'Short axis' }, valueQuantity: s.short });
        add({ ...common, code: loinc('21889-1', 'Size Tumor'), focus: [{ reference: `BodyStructure/b-${id.toLowerCase()}` }], component });
      } else {
        component.push({ code: { text: 'Lesion identifier' }, valueString: id });
        if (role) component.push({ code: { text: 'Lesion role' }, valueString: role.toUpperCase() });
        const code = s.short ? { text: 'Short axis' } : s.longest ? loinc('33728-7', 'Size.maximum dimension in Tumor') : { text: 'Lesion status' };
        add({ ...common, code, bodySite: { text: site }, ...(s.short || s.longest ? { valueQuantity: s.short ?? s.longest } : {}), component });
      }
    });
    if (v.new !== undefined) add({ resourceType: 'Observation', status: 'final', code: { text: 'New lesions' }, subject, effectiveDateTime: at(v), valueString: v.new });
    if (v['non-target'] !== undefined) add({ resourceType: 'Observation', status: 'final', code: { text: 'Non-target response' }, subject, effectiveDateTime: at(v), valueString: v['non-target'] });
  }
  for (const m of c.markers ?? []) for (const [code, unit] of Object.values(MARKERS).slice(0, 2)) {
    const name = Object.keys(MARKERS).find((k) => MARKERS[k][0] === code);
    if (m[name] === undefined) continue;
    const q = (value) => ({ value, unit: m.unit ?? unit, system: 'http://unitsofmeasure.org', code: m.unit ?? unit });
    add({ resourceType: 'Observation', status: 'final', code: loinc(code, name), subject, effectiveDateTime: at(m), valueQuantity: q(m[name]),
      ...(m.uln ? { referenceRange: [{ high: q(m.uln) }] } : {}), ...(m.method ? { method: { text: m.method } } : {}) });
  }
  for (const p of c.plasma ?? []) {
    const specimen = `s${n += 1}`;
    list.push({ resourceType: 'Specimen', id: specimen, type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0487', code: 'PLAS' }] }, subject, collection: { collectedDateTime: at(p) } });
    for (const [gene, hgnc] of Object.entries(GENES).filter(([g]) => p[g])) {
      const component = [{ code: loinc('48018-6', 'Gene studied [ID]'), valueCodeableConcept: { coding: [{ system: 'http://www.genenames.org/geneId', code: hgnc, display: gene }] } }];
      if (p.vaf !== undefined && gene === 'ESR1') component.push({ code: loinc('81258-6', 'Sample variant allelic frequency [NFr]'), valueQuantity: { value: p.vaf, unit: p.vaf_unit ?? '%', system: 'http://unitsofmeasure.org', code: p.vaf_unit ?? '%' } });
      add({ resourceType: 'Observation', status: 'final', code: loinc('69548-6', 'Genetic variant assessment'), subject, effectiveDateTime: at(p), specimen: { reference: `Specimen/${specimen}` },
        valueCodeableConcept: p[gene] === 'detected' ? loinc('LA9633-4', 'Present') : loinc('LA9634-2', 'Absent'), component });
    }
    if (p.fraction !== undefined) add({ resourceType: 'Observation', status: 'final', code: { text: 'Tumor fraction' }, subject, effectiveDateTime: at(p), specimen: { reference: `Specimen/${specimen}` },
      valueQuantity: { value: p.fraction, unit: '%', system: 'http://unitsofmeasure.org', code: '%' } });
  }
  for (const b of c.bone ?? []) add({ resourceType: 'Observation', status: 'final', code: { text: b.sign }, subject, effectiveDateTime: at(b), valueBoolean: true });
  for (const s of c.status ?? []) add({ resourceType: 'Observation', status: 'final', code: loinc('97509-4', 'Cancer disease progression'), subject, effectiveDateTime: at(s), valueCodeableConcept: snomed(STATUS[s.word]) });
  return { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Patient', id: 'p', gender: 'female', birthDate: '1960-05-05' } }, ...list.map((resource) => ({ resource }))] };
}
