/**
 * Measures the broker and prints ratios: `npm run bench -- [--list] [--seconds N] [--rounds N] [workload …]`.
 *
 * The broker runs in its own process on the embedded store, filled with traffic counters (always the same). Requests about
 * entities are measured beside the limit, an empty Fastify route that returns the same bytes; subscriptions beside the same
 * broker with others or none. Both are measured in turn in one run, so the ratio holds on any machine.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { results } from './broker-data.ts';
import { type EntityRow, measureEntities, type Start } from './measure-entities.ts';
import { measureSubscriptions, type SubscriptionRow } from './measure-subscriptions.ts';
import type { Workload } from './workload.ts';
import { entityWorkloads } from './workloads/entities.ts';
import { subscriptionWorkloads } from './workloads/subscriptions.ts';

function printEntityRow(row: EntityRow): void {
  console.log(
    [
      row.workload.padEnd(28),
      `${Math.round(row.broker)}/s`.padStart(9),
      `limit ${Math.round(row.limit)}/s`.padStart(15),
      `ratio ${row.ratio.toFixed(2)} (target ${row.target})`.padStart(26),
      verdictOn(row),
      `p50 ${row.p50Ms} ms, p99 ${row.p99Ms} ms`.padStart(22),
      `cpu ${Math.round(row.cpuMicrosPerRequest)} µs, limit ${Math.round(row.limitCpuMicrosPerRequest)} µs`,
    ].join('  '),
  );
}

function printStart(start: Start): void {
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  console.log(
    `${start.entities} entities: ready after ${start.readyAfterSeconds.toFixed(1)} s, ` +
      `${gigabytes(start.residentBytes)} resident, ${gigabytes(start.peakBytes)} at the peak`,
  );
}

function printSubscriptionRow(row: SubscriptionRow): void {
  const { these, those } = row;
  const side = ({ updatesPerSecond, cpuMicrosPerUpdate, latency }: SubscriptionRow['these']): string =>
    `${Math.round(updatesPerSecond)}/s, cpu ${Math.round(cpuMicrosPerUpdate)} µs` +
    (latency === undefined
      ? ''
      : `, ${latency.count} arrived, p50 ${latency.p50Ms.toFixed(1)} ms, p99 ${latency.p99Ms.toFixed(1)} ms`);
  console.log(
    [
      row.workload.padEnd(28),
      `${row.compares} ratio ${row.ratio.toFixed(2)} (target ${row.target})`.padEnd(32),
      verdictOn(row),
      `${side(these)}; beside ${side(those)}`,
    ].join('  '),
  );
}

function verdictOn({ ratio, target }: { readonly ratio: number; readonly target: number }): string {
  return ratio >= target ? 'ok   ' : 'BELOW';
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
  },
});
const workloads: readonly Workload[] = [...entityWorkloads, ...subscriptionWorkloads];
const unknown = positionals.filter((name) => !workloads.some((workload) => workload.name === name));
if (unknown.length > 0) throw new Error(`no such workload: ${unknown.join(', ')}; --list names them all`);
const chosen = positionals.length === 0 ? workloads : workloads.filter(({ name }) => positionals.includes(name));

if (values.list) {
  for (const { name, entities, kind } of workloads) console.log(`${name}  ${entities} entities, about ${kind}`);
} else {
  mkdirSync(results, { recursive: true });
  const rounds = Number(values.rounds);
  const seconds = Number(values.seconds);
  const ofEntities = chosen.filter((workload) => workload.kind === 'entities');
  const ofSubscriptions = chosen.filter((workload) => workload.kind === 'subscriptions');

  const starts: Start[] = [];
  const entityRows: EntityRow[] = [];
  for (const entities of new Set(ofEntities.map((workload) => workload.entities))) {
    await measureEntities(
      ofEntities.filter((workload) => workload.entities === entities),
      entities,
      rounds,
      seconds,
      (start) => {
        starts.push(start);
        printStart(start);
      },
      (row) => {
        entityRows.push(row);
        printEntityRow(row);
      },
    );
  }
  if (ofEntities.length > 0) save('entities', { starts, rows: entityRows });

  const subscriptionRows: SubscriptionRow[] = [];
  for (const workload of ofSubscriptions) {
    const row = await measureSubscriptions(workload, rounds, seconds);
    subscriptionRows.push(row);
    printSubscriptionRow(row);
  }
  if (ofSubscriptions.length > 0) save('subscriptions', { rows: subscriptionRows });

  if ([...entityRows, ...subscriptionRows].some((row) => verdictOn(row) === 'BELOW')) process.exitCode = 1;
}

function save(name: string, measured: object): void {
  writeFileSync(`${results}/${name}.json`, `${JSON.stringify(measured, null, 2)}\n`);
}
