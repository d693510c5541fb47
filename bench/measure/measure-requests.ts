import { join } from 'node:path';
import { copyData, prepareData } from '../city/prepare-data.ts';
import { seededRandom } from '../city/seeded-random.ts';
import { type BenchRequest, type Contender, send } from '../contenders/contender.ts';
import { startLimit } from '../contenders/limit.ts';
import { outputOf } from '../contenders/server-process.ts';
import { openLoad } from '../load/open-load.ts';
import { type Stretch, steadyLoad } from '../load/steady-load.ts';
import { startReceiver } from '../receivers/receiver.ts';
import type { DriverLimit, LimitName, RequestWorkload } from '../workloads/workload.ts';
import { atLeast, atMost, type Figures, type Row, type Verdict } from './row.ts';
import { expectSameAnswers } from './same-answers.ts';
import { measureInTurns, type Runner } from './turns.ts';

export interface MeasureOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** Requests a second of every workload, in place of its own. */
  readonly perSecond?: number;
}

const defaultConnections = 50;

/** How many answers are compared, where several brokers are measured. */
const compared = 10;

/** Measures brokers with a workload, in turn with its limits. Fails when an answer is wrong, or another one than that of the others. */
export async function measureRequests(
  workload: RequestWorkload,
  brokers: readonly Contender[],
  options: MeasureOptions,
  mongodb?: string,
): Promise<Row> {
  const { connections = defaultConnections, entitiesPerRequest = 1, kinds = 1 } = workload;
  const requests = workload.requests(seededRandom(7), workload.entities);
  const samples = requests.slice(0, Math.max(kinds, compared));
  const stops: (() => Promise<void>)[] = [];
  const perSecond = options.perSecond ?? workload.perSecond;
  const runnerOf = (contender: Contender): Runner => {
    const next = workload.renewed ? renewedRequests(workload) : () => requests;
    return {
      ...contender,
      run: (seconds) =>
        perSecond === undefined
          ? steadyLoad(contender, next(seconds), seconds, connections)
          : openLoad(contender, next(seconds), seconds, connections, perSecond),
      peakBytes: () => contender.process?.memory().peak ?? Number.NaN,
    };
  };
  try {
    if (workload.prepare !== undefined) {
      const receiver = await startReceiver('http-receiver', ['1']);
      stops.push(receiver.stop);
      for (const broker of brokers) await workload.prepare(broker, receiver.ports);
    }
    for (const broker of brokers) {
      for (const request of samples) workload.check(await send(broker, request));
    }
    // When a broker took an entity in is its own affair.
    const alike = samples.filter(({ path }) => !path.includes('dateModified'));
    if (!workload.writes) await expectSameAnswers(brokers, alike);

    const runners = brokers.map(runnerOf);
    for (const limit of workload.limits) {
      if (limit === 'sqlite-rows') runners.push(await sqliteRows(workload));
      else if (limit === 'memory-scan') runners.push(memoryScan(workload));
      else if (isDriverLimit(limit)) {
        if (mongodb !== undefined) runners.push(mongodbDriver(limit, mongodb, workload));
      } else {
        const [broker] = brokers;
        if (broker === undefined) throw new Error('nothing to be measured');
        const server = await startLimit(limit, await answersOf(broker, requests.slice(0, kinds)));
        stops.push(server.stop);
        runners.push(runnerOf(server));
      }
    }
    const figures = await measureInTurns(runners, options.rounds, options.seconds, entitiesPerRequest);
    return {
      workload: workload.name,
      kind: workload.kind,
      about: workload.about,
      entities: workload.entities,
      unit: entitiesPerRequest === 1 ? 'requests' : 'entities',
      figures,
      verdicts: verdictsOn(workload, figures),
    };
  } finally {
    for (const stop of stops) await stop();
  }
}

/** Requests for so many seconds, others with every call, and the same for every contender. */
function renewedRequests({ requests, entities }: RequestWorkload): (seconds: number) => readonly BenchRequest[] {
  let seed = 1000;
  return (seconds) => Array.from({ length: Math.ceil(seconds) }, () => requests(seededRandom(seed++), entities)).flat();
}

async function answersOf(broker: Contender, requests: readonly BenchRequest[]) {
  const answers = [];
  for (const request of requests) answers.push([request, await send(broker, request)] as const);
  return answers;
}

/** The program starts anew for every stretch; what it measures begins when its data are ready. */
async function sqliteRows({ entities, entitiesPerRequest = 1 }: RequestWorkload): Promise<Runner> {
  const file = join(copyData(await prepareData(entities), 'run-sqlite-rows'), 'tenant.sqlite');
  return programRunner('sqlite-rows', 'sqlite-rows', (seconds) => [file, entities, entitiesPerRequest, seconds]);
}

function memoryScan({ entities }: RequestWorkload): Runner {
  return programRunner('memory-scan', 'memory-scan', (seconds) => [entities, seconds]);
}

function isDriverLimit(limit: LimitName): limit is DriverLimit {
  return limit.startsWith('mongodb-');
}

function mongodbDriver(limit: DriverLimit, uri: string, { entities, entitiesPerRequest = 1 }: RequestWorkload): Runner {
  return programRunner(limit, 'mongodb-driver', (seconds) => [uri, limit, entities, entitiesPerRequest, seconds]);
}

function programRunner(
  name: LimitName,
  program: string,
  args: (seconds: number) => readonly (string | number)[],
): Runner {
  return {
    name,
    role: 'limit',
    run: async (seconds) =>
      JSON.parse(
        await outputOf(['--import', 'tsx', `bench/limits/${program}.ts`, ...args(seconds).map(String)]),
      ) as Stretch,
    peakBytes: () => Number.NaN,
  };
}

/** Only of the contenders that are there: a bar of the other engine says nothing without it. */
function verdictsOn({ bars = [] }: RequestWorkload, figures: readonly Figures[]): readonly Verdict[] {
  const named = (name: string): Figures | undefined => figures.find(({ contender }) => contender === name);
  return bars.flatMap((bar) => {
    const own = named(bar.whose);
    if (own === undefined) return [];
    if (bar.kind === 'cpu') {
      return [atMost(`${bar.whose}: processor time a request, ms`, own.cpuMicros / 1000, bar.mostMsPerRequest)];
    }
    const other = named(bar.of);
    return other === undefined
      ? []
      : [atLeast(`${bar.whose} to ${bar.of}`, own.perSecond / other.perSecond, bar.least)];
  });
}
