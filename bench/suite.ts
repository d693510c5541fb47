import type { Contender } from './contenders/contender.ts';
import { type Oriel, startOriel, startOrielOnMongo } from './contenders/oriel.ts';
import { prepareTarget, type TargetAddress } from './contenders/target.ts';
import { measureDialects } from './measure/measure-dialects.ts';
import { measureForwarding } from './measure/measure-forwarding.ts';
import { measureModels } from './measure/measure-models.ts';
import { measurePair } from './measure/measure-pair.ts';
import { type MeasureOptions, measureRequests } from './measure/measure-requests.ts';
import { measureStart } from './measure/measure-start.ts';
import { measureWorkers } from './measure/measure-workers.ts';
import type { Row } from './measure/row.ts';
import { dialectsWorkloads } from './workloads/dialects.ts';
import { forwardingWorkloads } from './workloads/forwarding.ts';
import { modelsWorkloads } from './workloads/models.ts';
import { pairWorkloads } from './workloads/pairs.ts';
import { readWorkloads } from './workloads/reads.ts';
import { startWorkloads } from './workloads/starts.ts';
import { workersWorkloads } from './workloads/workers.ts';
import type { RequestWorkload, Workload } from './workloads/workload.ts';
import { writeWorkloads } from './workloads/writes.ts';

export const allWorkloads: readonly Workload[] = [
  ...readWorkloads,
  ...dialectsWorkloads,
  ...writeWorkloads,
  ...pairWorkloads,
  ...startWorkloads,
  ...forwardingWorkloads,
  ...modelsWorkloads,
  ...workersWorkloads,
];

/** What is measured beside Oriel on the embedded store. */
export interface Beside {
  readonly targets: readonly TargetAddress[];
  /** A connection string: Oriel on that MongoDB, and what the driver alone does there. */
  readonly mongodb?: string;
}

/** Measures the workloads; those that can share a broker do, reads before writes. Each row is given as soon as it is known. */
export async function* runSuite(
  workloads: readonly Workload[],
  beside: Beside,
  options: MeasureOptions,
): AsyncGenerator<Row> {
  const requests = workloads.filter((workload) => workload.kind === 'requests');
  for (const entities of new Set(requests.map((workload) => workload.entities))) {
    const ofSize = requests.filter((workload) => workload.entities === entities);
    const sharing = ofSize.filter(({ prepare }) => prepare === undefined);
    yield* onOneBroker(sharing, entities, beside, options);
    for (const workload of ofSize.filter((one) => !sharing.includes(one))) {
      yield* onOneBroker([workload], entities, beside, options);
    }
  }
  for (const workload of workloads) {
    if (workload.kind === 'pair') yield await measurePair(workload, options.rounds, options.seconds);
    if (workload.kind === 'forwarding') yield await measureForwarding(workload, options.rounds, options.seconds);
    if (workload.kind === 'dialects') yield await measureDialects(workload, options.rounds, options.seconds);
    if (workload.kind === 'models') yield await measureModels(workload, options.rounds, options.seconds);
    if (workload.kind === 'workers') {
      yield await measureWorkers(workload, options.rounds, options.seconds, beside.mongodb);
    }
    if (workload.kind === 'start') yield await measureStart(workload, 1);
  }
}

async function* onOneBroker(
  workloads: readonly RequestWorkload[],
  entities: number,
  beside: Beside,
  options: MeasureOptions,
): AsyncGenerator<Row> {
  if (workloads.length === 0) return;
  const oriel = await startOriel('oriel', entities);
  try {
    for (const writes of [false, true]) {
      const some = workloads.filter((workload) => workload.writes === writes);
      if (some.length > 0) yield* onBrokers(some, oriel, entities, beside, options);
    }
  } finally {
    await oriel.stop();
  }
}

/** Workloads that all read, or all write. */
async function* onBrokers(
  workloads: readonly RequestWorkload[],
  oriel: Oriel,
  entities: number,
  { targets, mongodb }: Beside,
  options: MeasureOptions,
): AsyncGenerator<Row> {
  const writes = workloads.some((workload) => workload.writes);
  const onMongo = mongodb === undefined ? [] : [await startOrielOnMongo(mongodb, entities, writes)];
  try {
    const others: Contender[] = [...onMongo];
    for (const target of targets) others.push(await prepareTarget(target, entities, writes));
    for (const workload of workloads) yield await measureRequests(workload, [oriel, ...others], options, mongodb);
  } finally {
    for (const broker of onMongo) await broker.stop();
  }
}
