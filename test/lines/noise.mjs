// SPDX-License-Identifier: Apache-2.0
// What real records get wrong, done to the resources of one bundle. Each resource, each fault, with its own probability (assumed, no count of
// such errors was at hand).
import { chance } from './chance.mjs';

export const faults = {
  misspelt: 0.012, truncated: 0.008, 'dose missing': 0.03, 'wrong intent': 0.04, 'to the month': 0.1, twice: 0.05, 'no reason': 0.25, 'no end': 0.1,
  'entered late': 0.2, 'scan missing': 0.08, 'progression missing': 0.04,
};

const isDrug = (r) => /^Medication./.test(r.resourceType);
const isStatus = (r) => r.resourceType === 'Observation' && ['97509-4', '88040-1'].includes(r.code.coding?.[0].code);
const progressed = (r) => r.valueCodeableConcept.coding?.[0].code === '271299001' || /progress/i.test(r.valueCodeableConcept.text ?? '');

// One letter lost, doubled or exchanged, never the first; or the end of a long name cut off as narrow columns do.
function misspell(c, text) {
  const at = c.between(2, Math.max(2, Math.min(text.length - 2, 8)));
  const [head, tail] = [text.slice(0, at), text.slice(at)];
  return c.pick([head + tail.slice(1), head + tail[0] + tail, head + tail[1] + tail[0] + tail.slice(2)]);
}

function eachText(r, change) {
  const m = r.medicationCodeableConcept;
  if (!m || m.coding) { return; }   // a code is not mistyped by hand
  m.text = change(m.text);
}

export function noiseOf(seed) {
  return (b) => {
    const c = chance(`${seed} noise ${b.style}`);
    const done = [];
    const list = b.resources;
    const drop = (r) => { list.splice(list.indexOf(r), 1); };
    const note = (what) => { if (!done.includes(what)) { done.push(what); } };
    for (const r of [...list].filter(isDrug)) {
      if (b.style === 'names' && c.yes(faults.misspelt)) { eachText(r, (t) => misspell(c, t)); note('misspelt'); }
      else if (b.style === 'names' && c.yes(faults.truncated)) {
        eachText(r, (t) => t.slice(0, Math.max(9, t.length - c.between(2, 4))));
        note('truncated');
      }
      const oneOfMany = b.style === 'requests' || b.style === 'administrations' || r.resourceType === 'MedicationAdministration';
      if (oneOfMany && c.yes(faults['dose missing'])) { drop(r); note('dose missing'); continue; }
      if (r.extension && c.yes(faults['wrong intent'])) {
        const coding = r.extension[0].valueCodeableConcept.coding[0];
        coding.code = coding.code === '373808002' ? '363676003' : '373808002'; delete coding.display; note('wrong intent');
      }
      if (!oneOfMany && (r.effectivePeriod || r.effectiveDateTime) && c.yes(faults['to the month'])) {
        if (r.effectiveDateTime) { r.effectiveDateTime = r.effectiveDateTime.slice(0, 7); }
        if (r.effectivePeriod) { for (const k of Object.keys(r.effectivePeriod)) { r.effectivePeriod[k] = r.effectivePeriod[k].slice(0, 7); } }
        note('to the month');
      }
      if (r.statusReason && c.yes(faults['no reason'])) { delete r.statusReason; note('no reason'); }
      if (r.effectivePeriod?.end && c.yes(faults['no end'])) { delete r.effectivePeriod.end; note('no end'); }
      const began = r.effectivePeriod?.start ?? r.effectiveDateTime;
      if (r.resourceType === 'MedicationStatement' && began?.length === 10 && c.yes(faults['entered late'])) {
        const late = new Date(Date.parse(began) + c.between(20, 200) * 86400000).toISOString().slice(0, 10);
        if (late <= b.asOf) { r.dateAsserted = late; note('entered late'); }
      }
      if (c.yes(faults.twice)) { list.push({ ...structuredClone(r), id: `${r.id}-again` }); note('twice'); }
    }
    for (const r of list.filter(isStatus)) {
      const bad = progressed(r);
      if (c.yes(bad ? faults['progression missing'] : faults['scan missing'])) { drop(r); note(bad ? 'progression missing' : 'scan missing'); }
    }
    b.faults = done;
  };
}
