/**
 * `npm run bench -- [options] [workload …]`, `npm run bench -- compare BEFORE.json AFTER.json` and, for docs/performance.md,
 * `npm run bench -- table REPORT.json …`. See bench/README.md.
 *
 * Ends with 1 where a bar does not hold, or a comparison finds a regression.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { results } from './city/prepare-data.ts';
import { parseTarget } from './contenders/target.ts';
import type { MeasureOptions } from './measure/measure-requests.ts';
import type { Row } from './measure/row.ts';
import { compareReports } from './report/compare-reports.ts';
import { printRow } from './report/print-row.ts';
import { renderPage } from './report/render-page.ts';
import { renderTable } from './report/render-table.ts';
import { type Report, thisMachine } from './report/report.ts';
import { number, verdict } from './report/words.ts';
import { allWorkloads, runSuite } from './suite.ts';
import type { Workload } from './workloads/workload.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '1' },
    entities: { type: 'string' },
    rate: { type: 'string' },
    mongodb: { type: 'string' },
    target: { type: 'string', multiple: true, default: [] },
    out: { type: 'string', default: `${results}/latest` },
    tolerance: { type: 'string', default: '0.1' },
  },
});

const [first, ...rest] = positionals;
if (values.list) list();
else if (first === 'compare') compare(rest);
else if (first === 'table') for (const file of rest) console.log(renderTable(read(file)));
else await run(chosen(positionals));

function list(): void {
  for (const { name, entities, about } of allWorkloads) {
    console.log(`${name.padEnd(24)} ${entities.toLocaleString('en-GB').padStart(9)} entities  ${about}`);
  }
}

/** The workloads of these names, or all; `--entities` puts each on a city of another size. */
function chosen(names: readonly string[]): readonly Workload[] {
  const unknown = names.filter((name) => !allWorkloads.some((workload) => workload.name === name));
  if (unknown.length > 0) throw new Error(`no such workload: ${unknown.join(', ')}; --list names them all`);
  const some = names.length === 0 ? allWorkloads : allWorkloads.filter(({ name }) => names.includes(name));
  if (values.entities === undefined) return some;
  const entities = positive('entities', values.entities);
  if (entities % 20 !== 0) throw new Error(`--entities must be a multiple of 20, not ${entities}`);
  return some.map((workload) => (workload.kind === 'pair' ? workload : { ...workload, entities }));
}

async function run(workloads: readonly Workload[]): Promise<void> {
  const at = new Date().toISOString();
  const options: MeasureOptions = {
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    ...(values.rate !== undefined && { perSecond: positive('rate', values.rate) }),
  };
  const rows: Row[] = [];
  const beside = {
    targets: values.target.map(parseTarget),
    ...(values.mongodb !== undefined && { mongodb: values.mongodb }),
  };
  for await (const row of runSuite(workloads, beside, options)) {
    rows.push(row);
    printRow(row);
  }
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
  save({ at, command, machine: thisMachine(), rows });
  const below = rows.flatMap(({ workload, verdicts }) =>
    verdicts.filter(({ holds }) => !holds).map((one) => `${workload}  ${verdict(one)}`),
  );
  for (const line of below) console.log(line);
  if (below.length > 0) process.exitCode = 1;
}

function save(report: Report): void {
  mkdirSync(results, { recursive: true });
  writeFileSync(`${values.out}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${values.out}.html`, renderPage(report));
  console.log(`written: ${values.out}.json, ${values.out}.html`);
}

function compare([before, after]: readonly string[]): void {
  if (before === undefined || after === undefined) throw new Error('compare takes two files: BEFORE.json AFTER.json');
  const differences = compareReports(read(before), read(after), Number(values.tolerance));
  for (const { workload, contender, measure, verdict: is, ...by } of differences) {
    console.log(
      [
        (is === 'regression' ? 'REGRESSION' : is).padEnd(11),
        workload.padEnd(24),
        contender.padEnd(20),
        `${measure} ${number(by.before)} → ${number(by.after)}`.padEnd(40),
        `${by.change >= 0 ? '+' : ''}${(by.change * 100).toFixed(1)} % (rounds ±${(by.noise * 100).toFixed(1)} %)`,
      ].join('  '),
    );
  }
  if (differences.length === 0) console.log('the two have no workload in common');
  if (differences.some((one) => one.verdict === 'regression')) process.exitCode = 1;
}

function read(file: string): Report {
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, not ${text}`);
  return value;
}
