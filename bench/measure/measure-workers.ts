import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../city/seeded-random.ts';
import { send } from '../contenders/contender.ts';
import { type Oriel, startOriel, startOrielOnMongo } from '../contenders/oriel.ts';
import { steadyLoad } from '../load/steady-load.ts';
import type { WorkersWorkload } from '../workloads/workload.ts';
import { atLeast, type Figures, type Row } from './row.ts';
import { measureInTurns } from './turns.ts';

const connections = 50;
const compared = 10;
/** Each process compiles what it runs often, and has its part of the requests to find that out by. */
const warmUpSeconds = 4;
/** Processes of the broker that is to scale. */
const workers = 2;

/**
 * Asks one process and, in turn, two on one port the same reads; on MongoDB too where one is named.
 *
 * What the second brings is judged by the processor time of a request, which says what a core that is free would bring; and by the
 * rates only where there are cores for the load generator beside both.
 */
export async function measureWorkers(
  workload: WorkersWorkload,
  rounds: number,
  seconds: number,
  mongodb: string | undefined,
): Promise<Row> {
  const { entities } = workload;
  const started: Oriel[] = [];
  try {
    started.push(await startOriel('oriel', entities));
    started.push(named(`oriel, ${workers} workers`, await startOriel('oriel', entities, variables)));
    if (mongodb !== undefined) {
      started.push(await startOrielOnMongo(mongodb, entities, false));
      started.push(
        named(`oriel-mongodb, ${workers} workers`, await startOrielOnMongo(mongodb, entities, false, variables)),
      );
    }
    const requests = workload.requests(seededRandom(7), entities);
    for (const [place, broker] of started.entries()) {
      if (place % 2 === 1) await allAnswer(broker);
      for (const request of requests.slice(0, compared)) workload.check(await send(broker, request));
      await steadyLoad(broker, requests, warmUpSeconds, connections);
    }
    const runners = started.map((broker) => ({
      ...broker,
      run: (duration: number) => steadyLoad(broker, requests, duration, connections),
      peakBytes: () => broker.process.memory().peak,
    }));
    const figures = await measureInTurns(runners, rounds, seconds, 1);
    return {
      workload: workload.name,
      kind: workload.kind,
      about: workload.about,
      entities,
      unit: 'requests',
      figures,
      verdicts: [0, 2].flatMap((place) => verdictsOn(figures.slice(place, place + 2), workload.target)),
    };
  } finally {
    for (const broker of started) await broker.stop();
  }
}

const variables = { ORIEL_WORKERS: String(workers) };

function named(name: string, broker: Oriel): Oriel {
  return { ...broker, name };
}

/** The first process answers alone until the others are there. */
async function allAnswer({ url }: Oriel): Promise<void> {
  const seen = new Set<number>();
  while (seen.size < workers) {
    const answer = await fetch(`${url}/health/ready`, { headers: { connection: 'close' } });
    seen.add(((await answer.json()) as { worker: number }).worker);
    await sleep(20);
  }
}

function verdictsOn([one, several]: readonly Figures[], target: number) {
  if (one === undefined || several === undefined) return [];
  const perProcessor = atLeast(
    `${several.contender}: requests a processor second, to one process`,
    one.cpuMicros / several.cpuMicros,
    target,
  );
  // As many cores for the load as for the broker.
  if (availableParallelism() < workers * 2) return [perProcessor];
  const added = (several.perSecond / one.perSecond - 1) / (workers - 1);
  return [perProcessor, atLeast(`${several.contender}: rate that a core adds, to one process`, added, target)];
}
