import { seededRandom } from '../city/seeded-random.ts';
import { type BenchRequest, send } from '../contenders/contender.ts';
import { type Oriel, startOriel } from '../contenders/oriel.ts';
import { steadyLoad } from '../load/steady-load.ts';
import { batchOf, stations } from '../workloads/models.ts';
import type { ModelsWorkload } from '../workloads/workload.ts';
import { atLeast, type Row } from './row.ts';
import { measureInTurns } from './turns.ts';

const connections = 50;

/** Measures a broker whose policy enforces data models beside one whose policy does not, in turn, with the same writes. */
export async function measureModels(workload: ModelsWorkload, rounds: number, seconds: number): Promise<Row> {
  const brokers: Oriel[] = [];
  try {
    for (const mode of ['enforce', 'off'] as const) {
      const broker = await startOriel(mode, workload.entities);
      brokers.push(broker);
      await prepare(broker, mode);
    }
    const requests = workload.requests(seededRandom(7));
    const runners = brokers.map((broker) => ({
      ...broker,
      run: (duration: number) => steadyLoad(broker, requests, duration, connections),
      peakBytes: () => broker.process.memory().peak,
    }));
    const figures = await measureInTurns(runners, rounds, seconds, workload.entitiesPerRequest);
    const [enforced, off] = figures;
    if (enforced === undefined || off === undefined) throw new Error('nothing was measured');
    return {
      workload: workload.name,
      kind: workload.kind,
      about: workload.about,
      entities: workload.entities,
      unit: workload.entitiesPerRequest === 1 ? 'requests' : 'entities',
      figures,
      verdicts: [atLeast('rate, enforce to off', enforced.perSecond / off.perSecond, workload.target)],
    };
  } finally {
    for (const broker of brokers) await broker.stop();
  }
}

async function prepare(broker: Oriel, mode: string): Promise<void> {
  const rule: BenchRequest = {
    method: 'PUT',
    path: '/admin/model-policy/all',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'AirQualityObserved', mode }),
  };
  const random = seededRandom(20260101);
  const batches = Array.from({ length: stations / 100 }, (_, index) => batchOf(index * 100, random));
  for (const request of [rule, ...batches]) {
    const { status, body } = await send(broker, request);
    if (status >= 300) throw new Error(`${request.path}: ${status} ${body.slice(0, 200)}`);
  }
}
