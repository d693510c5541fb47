import { writeFileSync } from 'node:fs';
import { cli, prepareData, results } from './broker-data.ts';
import { seededRandom } from './city.ts';
import { interleave, type LoadRequest } from './load.ts';
import { type ServerProcess, startServer } from './processes.ts';
import type { EntityWorkload } from './workload.ts';

export interface EntityRow {
  readonly workload: string;
  readonly entities: number;
  readonly broker: number;
  readonly limit: number;
  readonly ratio: number;
  readonly target: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicrosPerRequest: number;
  readonly limitCpuMicrosPerRequest: number;
}

export interface Start {
  readonly entities: number;
  readonly readyAfterSeconds: number;
  readonly residentBytes: number;
  readonly peakBytes: number;
}

/** Measures workloads of the same number of entities, one after the other, beside their limits. */
export async function measureEntities(
  workloads: readonly EntityWorkload[],
  entities: number,
  rounds: number,
  seconds: number,
  onStart: (start: Start) => void,
  onRow: (row: EntityRow) => void,
): Promise<void> {
  const directory = await prepareData(entities);
  const broker = await startServer([cli, 'start'], { ORIEL_DATA: directory, ORIEL_LOG_LEVEL: 'warn' }, '/health/ready');
  try {
    const { resident, peak } = broker.memory();
    onStart({
      entities,
      readyAfterSeconds: broker.readyAfterMs / 1000,
      residentBytes: resident,
      peakBytes: peak,
    });
    for (const workload of workloads) onRow(await measure(broker, workload, rounds, seconds));
  } finally {
    await broker.stop();
  }
}

async function measure(
  broker: ServerProcess,
  workload: EntityWorkload,
  rounds: number,
  seconds: number,
): Promise<EntityRow> {
  const requests = workload.requests(seededRandom(7));
  const sample = await send(broker, requests[0]);
  workload.check(sample.status, sample.body);
  const bodyFile = `${results}/limit-body`;
  writeFileSync(bodyFile, sample.body);
  const limit = await startServer(
    ['--import', 'tsx', 'bench/limit-server.ts', String(sample.status), sample.contentType, bodyFile],
    {},
    '/',
  );
  try {
    const [ours, theirs] = await interleave(
      [
        { server: broker, requests },
        { server: limit, requests },
      ],
      rounds,
      seconds,
    );
    if (ours === undefined || theirs === undefined) throw new Error('nothing was measured');
    return {
      workload: workload.name,
      entities: workload.entities,
      broker: ours.requestsPerSecond,
      limit: theirs.requestsPerSecond,
      ratio: ours.requestsPerSecond / theirs.requestsPerSecond,
      target: workload.target,
      p50Ms: ours.p50Ms,
      p99Ms: ours.p99Ms,
      cpuMicrosPerRequest: ours.cpuMicrosPerRequest,
      limitCpuMicrosPerRequest: theirs.cpuMicrosPerRequest,
    };
  } finally {
    await limit.stop();
  }
}

async function send(
  server: ServerProcess,
  request: LoadRequest | undefined,
): Promise<{ status: number; contentType: string; body: string }> {
  if (request === undefined) throw new Error('a workload without requests');
  const response = await fetch(server.url + request.path, {
    method: request.method,
    ...(request.headers && { headers: request.headers }),
    ...(request.body !== undefined && { body: request.body }),
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    body: await response.text(),
  };
}
