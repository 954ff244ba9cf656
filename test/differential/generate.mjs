#!/usr/bin/env node
// generate.mjs -- made-up patients as FHIR R4 bundles, one a line; the same seed gives the same bytes.
// SPDX-License-Identifier: Apache-2.0
//
//   node test/differential/generate.mjs [--n 100] [--seed 1] [--library FILE.cql]
//
// Not plausible histories but every form a record may have of what is asked about: codes and words come from knowledge/terminology, or,
// with --library, from the code declarations of that CQL. Values of every type and not only the one asked for, comparators, units that
// convert and that do not, statuses, partial dates, periods open on either side, codes of other systems, and things that are missing.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dice } from './random_elm.mjs';
import { csv } from './values.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const terminology = join(root, 'knowledge/terminology');
const table = (file) => csv(readFileSync(join(terminology, file), 'utf8'));
const systems = new Map(table('systems.csv').map((r) => [r.system, r.uri]).reverse());

const UCUM = 'http://unitsofmeasure.org', CLINICAL = 'http://terminology.hl7.org/CodeSystem/condition-clinical', VERIFICATION = 'http://terminology.hl7.org/CodeSystem/condition-ver-status';
const UNITS = ['%', '1', 'mg/dL', 'g/L', 'g/dL', 'umol/L', 'mmol/L', '10*3/uL', '10*9/L', 'U/L', 'kg', 'g', 'ms', 'mm[Hg]', 'mL/min', 'ng/mL', 'U/mL', 'cm', 'mm'];
const OBSERVED = ['final', 'final', 'final', 'final', 'amended', 'corrected', 'preliminary', 'entered-in-error', 'cancelled', 'unknown'];
const TREATED = ['active', 'active', 'completed', 'completed', 'stopped', 'on-hold', 'cancelled', 'entered-in-error', 'draft', 'unknown', 'in-progress', 'not-taken'];

// What the knowledge reads: codes of what is asked about, codes of answers, codes of conditions, drugs, by the file they stand in.
function vocabulary() {
  const coded = readdirSync(terminology).filter((f) => !['systems.csv', 'units.csv', 'drugs.csv', 'negation.csv'].includes(f))
    .flatMap((f) => table(f).map((r) => ({ ...r, file: basename(f, '.csv') }))).filter((r) => r.code);
  const known = coded.map((r) => (systems.has(r.system) ? { set: r.set, coding: { system: systems.get(r.system), code: r.code, ...(r.display ? { display: r.display } : {}) } } : { set: r.set, text: r.code }));
  const drugs = table('drugs.csv').map((r) => (systems.has(r.system) ? { coding: { system: systems.get(r.system), code: r.code, display: r.display || r.drug } } : { text: r.code || r.display }));
  return { asked: known.filter((x) => x.set === 'about'), answers: known.filter((x) => x.set !== 'about'), drugs, units: UNITS };
}
// What a library asks for: every code it declares may be any of these.
function declared(file) {
  const text = readFileSync(file, 'utf8');
  const uri = new Map([...text.matchAll(/^codesystem "([^"]+)": '([^']+)'/gm)].map((m) => [m[1], m[2]]));
  const all = [...text.matchAll(/^code "([^"]+)": '([^']+)' from "([^"]+)"/gm)].map((m) => ({ name: m[1], coding: { system: uri.get(m[3]), code: m[2], display: m[1] } }));
  const words = [...text.matchAll(/'([A-Za-z0-9-]{2,12})'/g)].map((m) => m[1]);
  return { asked: all, answers: [...all, ...words.map((code) => ({ coding: { system: 'http://loinc.org', code } })), ...words.map((w) => ({ text: w }))], drugs: all, utc: true, units: UNITS.filter((u) => !u.includes('mol')) };   // UCUM's mole is a number; cql-execution's is not
}


export class Patients {
  constructor(seed, from) {
    this.throw = dice(seed);
    this.from = from;
  }
  chance(p) { return this.throw() < p; }
  below(n) { return Math.floor(this.throw() * n); }
  pick(a) { return a[this.below(a.length)]; }
  may(p, o) { return this.chance(p) ? o() : {}; }

  // A day from 2019 on, later ones more often, to any precision.
  when(precise = 0.85) {
    const n = (x) => String(x).padStart(2, '0');
    const text = `${2019 + Math.floor(Math.sqrt(this.throw()) * 8)}-${n(1 + this.below(12))}-${n(1 + this.below(28))}`;
    if (!this.chance(precise)) { return text.slice(0, this.pick([4, 7])); }
    const clock = `${text}T${n(this.below(24))}:${n(this.below(60))}:${n(this.below(60))}`;
    if (this.from.utc && this.number % 10 !== 0) { return this.pick([text, text, text, `${clock}Z`]); }
    return this.pick([text, text, text, `${clock}Z`, `${clock}+01:00`, `${clock}.${n(this.below(100))}0-05:00`]);
  }
  period() {
    const [start, end] = [this.when(), this.when()].sort();
    return this.chance(0.06) ? this.pick([{ start: end, end: start }, {}]) : this.pick([{ start, end }, { start, end }, { start }, { end }]);
  }
  concept(x) {
    const c = { ...(x.coding ? { coding: [x.coding] } : {}), ...(x.text ? { text: x.text } : {}) };
    if (c.coding && this.chance(0.1)) { c.coding = [{ system: 'urn:oid:2.999.1', code: 'local-7' }, ...c.coding]; }
    if (c.coding && this.chance(0.15)) { c.text = c.coding.at(-1).display ?? 'words'; }
    if (c.coding && this.chance(0.06)) { return { text: c.coding.at(-1).display ?? c.coding.at(-1).code }; }
    return c;
  }
  quantity() {
    const unit = this.pick(this.from.units), value = this.pick([this.below(6), this.below(120), +(this.throw() * 20).toFixed(2), 0, 0.5, 1e-7 * this.below(1000)]);
    const coded = this.pick([{ system: UCUM, code: unit }, { system: UCUM, code: unit }, { system: UCUM, code: unit }, {}]);
    return { ...this.may(0.97, () => ({ value })), ...this.may(0.12, () => ({ comparator: this.pick(['<', '<=', '>', '>=']) })), ...this.may(0.95, () => ({ unit })), ...coded };
  }
  value() {
    return this.pick([() => ({ valueQuantity: this.quantity() }), () => ({ valueQuantity: this.quantity() }), () => ({ valueQuantity: this.quantity() }),
      () => ({ valueCodeableConcept: this.concept(this.pick(this.from.answers)) }), () => ({ valueCodeableConcept: this.concept(this.pick(this.from.answers)) }), () => ({ valueCodeableConcept: this.concept(this.pick(this.from.answers)) }),
      () => ({ valueInteger: this.below(5) }), () => ({ valueString: this.pick(['positive', 'negative', '2+', '45 %', 'not detected', 'IV']) }), () => ({ valueBoolean: this.chance(0.5) }),
      () => ({ valueRange: { low: this.quantity(), high: this.quantity() } }), () => ({ valueDateTime: this.when() }), () => ({ dataAbsentReason: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown' }] } }), () => ({})])();
  }
  observation() {
    const about = this.pick(this.from.asked);
    return { resourceType: 'Observation', ...this.may(0.98, () => ({ status: this.pick(OBSERVED) })), code: this.concept(about), ...this.pick([{ effectiveDateTime: this.when() }, { effectiveDateTime: this.when() }, { effectiveDateTime: this.when() }, { effectivePeriod: this.period() }, { issued: `${this.when(1).slice(0, 10)}T08:00:00Z` }, {}]), ...this.value(),
      ...this.may(0.25, () => ({ component: Array.from({ length: 1 + this.below(3) }, () => ({ code: this.concept(this.pick(this.from.asked)), ...this.value() })) })),
      ...this.may(0.2, () => ({ referenceRange: [{ low: this.quantity(), high: this.quantity() }] })), ...this.may(0.15, () => ({ interpretation: [{ text: this.pick(['H', 'L', 'normal']) }] })) };
  }
  condition() {
    return { resourceType: 'Condition', ...this.may(0.9, () => ({ clinicalStatus: { coding: [{ system: CLINICAL, code: this.pick(['active', 'active', 'recurrence', 'remission', 'resolved', 'inactive']) }] } })),
      ...this.may(0.8, () => ({ verificationStatus: { coding: [{ system: VERIFICATION, code: this.pick(['confirmed', 'confirmed', 'provisional', 'refuted', 'entered-in-error']) }] } })),
      code: this.concept(this.pick([...this.from.answers, ...this.from.asked])), ...this.pick([{ onsetDateTime: this.when() }, { onsetPeriod: this.period() }, { onsetAge: { value: 50, unit: 'a', system: UCUM, code: 'a' } }, { onsetString: 'long ago' }, {}]),
      ...this.may(0.3, () => ({ abatementDateTime: this.when() })), ...this.may(0.5, () => ({ recordedDate: this.when(1) })) };
  }
  medication() {
    const drug = this.concept(this.pick(this.from.drugs)), status = this.pick(TREATED), type = this.pick(['MedicationRequest', 'MedicationRequest', 'MedicationStatement', 'MedicationAdministration', 'MedicationDispense']);
    const contained = this.number % 10 === 0 && this.chance(0.5) && drug.coding;   // in every tenth patient
    const what = contained ? { contained: [{ resourceType: 'Medication', id: 'm', code: drug }], medicationReference: { reference: '#m' } } : { medicationCodeableConcept: drug };
    const at = { MedicationRequest: () => ({ intent: this.pick(['order', 'plan', 'proposal']), ...this.may(0.9, () => ({ authoredOn: this.when() })), ...this.may(0.6, () => ({ reasonReference: [{ reference: 'Condition/c' }] })) }),
      MedicationStatement: () => this.pick([{ effectivePeriod: this.period() }, { effectiveDateTime: this.when() }, {}]), MedicationDispense: () => ({ whenHandedOver: this.when() }),
      MedicationAdministration: () => ({ ...this.pick([{ effectivePeriod: this.period() }, { effectivePeriod: this.period() }, { effectiveDateTime: this.when() }]), ...this.may(0.6, () => ({ dosage: { dose: this.quantity() } })) }) };
    return { resourceType: type, status, ...what, ...at[type](), ...this.may(0.2, () => ({ statusReason: type === 'MedicationRequest' ? { text: 'progression' } : [{ text: this.pick(['progression', 'toxicity', 'patient wish']) }] })) };
  }
  procedure() {
    return { resourceType: 'Procedure', ...this.may(0.97, () => ({ status: this.pick(['completed', 'completed', 'completed', 'in-progress', 'not-done', 'entered-in-error', 'unknown']) })), code: this.concept(this.pick([...this.from.answers, ...this.from.asked])),
      ...this.pick([{ performedDateTime: this.when() }, { performedPeriod: this.period() }, { performedPeriod: this.period() }, { performedString: 'last spring' }, {}]) };
  }
  // One patient; fewer than forty resources, so that a second engine has time for many.
  bundle(number) {
    this.number = number;
    const id = `made-up-${number}`, subject = { reference: `Patient/${id}` };
    const patient = { resourceType: 'Patient', id, ...this.may(0.95, () => ({ gender: this.pick(['female', 'female', 'female', 'male', 'other', 'unknown']) })), ...this.may(0.93, () => ({ birthDate: this.pick(['1948-03-12', '1955', '1961-07', '1970-01-01', '1982-11-30', '1990-02-28']) })),
      ...this.may(0.04, () => ({ deceasedBoolean: false })) };
    const make = [...Array(6).fill('observation'), 'condition', 'medication', 'medication', 'procedure'];
    const rows = Array.from({ length: 6 + this.below(32) }, () => this[this.pick(make)]());
    if (rows.length && this.chance(0.2)) { rows.push(JSON.parse(JSON.stringify(this.pick(rows)))); }
    return { resourceType: 'Bundle', type: 'collection', entry: [patient, ...rows.map((r, i) => ({ ...r, id: `r${i}`, ...(this.chance(0.99) ? { subject } : {}) }))].map((resource) => ({ resource })) };
  }
}
export const forGuideline = (seed) => new Patients(seed, vocabulary());
export const forLibrary = (seed, file) => new Patients(seed, declared(file));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const argument = (name, otherwise) => { const i = process.argv.indexOf(`--${name}`); return i < 0 ? otherwise : process.argv[i + 1]; };
  const file = argument('library', null), seed = Number(argument('seed', 1)), patients = file ? forLibrary(seed, file) : forGuideline(seed);
  for (let i = 0; i < Number(argument('n', 100)); i++) { process.stdout.write(`${JSON.stringify(patients.bundle(i))}\n`); }
}
