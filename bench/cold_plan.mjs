#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What one plan costs from nothing: process start, pack opened and its digest checked, a record of about 120 KB read, the plan
// written as JSON. Shown beside `nextline --version` of the same program in the same minute, since a figure alone says little
// about another machine. Alternating runs, medians. Shows; decides nothing.
// usage: cold_plan.mjs [--program FILE] [--pack FILE]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { options } from '../test/golden/program.mjs';
import { Chart } from '../test/cohort/fhir.mjs';

const RUNS = 50;
const PATIENTS = 200;

// The same patient every time: second line after letrozole + palbociclib, with years of monthly laboratory values.
function patient() {
  const c = new Chart('bench', { born: '1958-04-04' });
  c.breastCancer('2023-11-02');
  c.stage('4', '2023-12-01');
  c.metastasis('bone', '2023-12-01');
  c.metastasis('liver', '2026-10-18');
  c.menopause('post', '2023-11-20');
  for (const [site, date, score] of [['Breast', '2023-11-10', '0'], ['Liver', '2026-10-26', '1+']]) {
    const s = c.specimen(site, date);
    c.receptor('er', 'positive', date, { percent: 90, specimen: s });
    c.receptor('pr', 'positive', date, { percent: 30, specimen: s });
    c.her2({ score, date, specimen: s });
  }
  c.drug('letrozole', '2024-01-10', '2026-10-20', { why: 'progression' });
  c.drug('palbociclib', '2024-01-10', '2026-10-20', { why: 'progression' });
  c.variant('ESR1', 'present', 'ctdna', '2026-11-02');
  c.variant('PIK3CA', 'present', 'tissue', '2026-11-05');
  const labs = [['26499-4', 2.1, '10*3/uL'], ['777-3', 190, '10*3/uL'], ['718-7', 11.9, 'g/dL'], ['1975-2', 0.7, 'mg/dL'], ['1742-6', 31, 'U/L'], ['2160-0', 0.9, 'mg/dL'], ['17861-6', 9.4, 'mg/dL'], ['1751-7', 4.1, 'g/dL']];
  for (let month = 0; JSON.stringify(c.bundle()).length < 120000; month++) {
    const date = new Date(Date.UTC(2024, 0, 15 + month * 14)).toISOString().slice(0, 10);
    for (const [code, value, unit] of labs) { c.lab(code, Number((value + (month % 5) / 10).toFixed(1)), unit, date, { high: value * 2 }); }
    if (month % 4 === 0) { c.ecog(1, date); c.diseaseStatus('stable', date); }
  }
  return c.bundle();
}

const o = options();
const folder = mkdtempSync(join(tmpdir(), 'nextline-bench-'));
const file = join(folder, 'patient.json');

function milliseconds(args) {
  const started = process.hrtime.bigint();
  const r = spawnSync(o.program, args, { maxBuffer: 1 << 28 });
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  if (r.status !== 0) { console.error(`${o.program} ${args.join(' ')}: exit ${r.status}: ${r.stderr}`); process.exit(1); }
  return ms;
}

const median = (list) => { const s = [...list].sort((a, b) => a - b); return (s[(s.length - 1) >> 1] + s[s.length >> 1]) / 2; };
const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.floor(q * (list.length - 1))];

try {
  writeFileSync(file, JSON.stringify(patient()));
  const plan = ['plan', file, '--pack', o.pack, '--as-of', '2026-11-21', '--jurisdiction', 'us', '--format', 'json'];
  for (let i = 0; i < 3; i++) { milliseconds(plan); milliseconds(['--version']); }   // the files into the page cache
  const plans = [], versions = [];
  for (let i = 0; i < RUNS; i++) { plans.push(milliseconds(plan)); versions.push(milliseconds(['--version'])); }
  const p = median(plans), v = median(versions);
  console.log(`cold plan of one patient, ${(statSync(file).size / 1000).toFixed(0)} KB, pack digest checked, ${RUNS} runs each`);
  console.log(`  nextline plan       median ${p.toFixed(1)} ms   (10 % ${quantile(plans, 0.1).toFixed(1)}, 90 % ${quantile(plans, 0.9).toFixed(1)})`);
  console.log(`  nextline --version  median ${v.toFixed(1)} ms   (10 % ${quantile(versions, 0.1).toFixed(1)}, 90 % ${quantile(versions, 0.9).toFixed(1)})`);
  console.log(`  ratio ${(p / v).toFixed(2)}, above --version ${(p - v).toFixed(1)} ms`);
  const started = process.hrtime.bigint();
  for (let i = 0; i < PATIENTS; i++) { milliseconds(plan); }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const bare = process.hrtime.bigint();
  for (let i = 0; i < PATIENTS; i++) { milliseconds(['--version']); }
  const empty = Number(process.hrtime.bigint() - bare) / 1e9;
  console.log(`one process per patient: ${(PATIENTS / seconds).toFixed(0)} plans a second, ${(PATIENTS / empty).toFixed(0)} --version a second: ratio ${(seconds / empty).toFixed(2)}`);
} finally { rmSync(folder, { recursive: true, force: true }); }
