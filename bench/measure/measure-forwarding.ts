import { type Oriel, startOriel } from '../contenders/oriel.ts';
import { startServer } from '../contenders/server-process.ts';
import { steadyLoad } from '../load/steady-load.ts';
import type { ForwardingWorkload } from '../workloads/workload.ts';
import { atLeast, type Figures, type Row, type Verdict } from './row.ts';
import { measureInTurns } from './turns.ts';

/** Registrations under way at the same time. */
const makers = 16;

/** Measures a broker with registrations: beside one without, or beside what its providers take one after the other. */
export async function measureForwarding(workload: ForwardingWorkload, rounds: number, seconds: number): Promise<Row> {
  const { name, kind, about, entities, registrations, providers, path } = workload;
  const stops: (() => Promise<void>)[] = [];
  try {
    const brokers = [await startOriel('with registrations', entities)];
    if (providers === 0) brokers.push(await startOriel('without', entities));
    stops.push(...brokers.map((broker) => () => broker.stop()));
    const [broker] = brokers as [Oriel];
    await register(broker, [...registrations, ...(await startProviders(workload, stops))]);
    if (providers > 0) await expectAnswersOf(providers, broker.url + path);
    const figures = await measureInTurns(
      brokers.map((contender) => ({
        ...contender,
        run: (time) => steadyLoad(contender, [{ method: 'GET', path }], time, workload.connections),
        peakBytes: () => contender.process.memory().peak,
      })),
      rounds,
      seconds,
      1,
    );
    return {
      workload: name,
      kind,
      about,
      entities,
      unit: 'requests',
      figures,
      verdicts: verdictsOn(workload, figures),
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

function verdictsOn(
  { providers, latencyMs, least }: ForwardingWorkload,
  [these, those]: readonly Figures[],
): readonly Verdict[] {
  if (providers === 0) {
    const ratio = (these?.perSecond ?? Number.NaN) / (those?.perSecond ?? Number.NaN);
    return [atLeast('rate, with registrations to without', ratio, least)];
  }
  const ratio = (providers * latencyMs) / (these?.latency?.p50Ms ?? Number.NaN);
  return [atLeast('latencies of all providers to that of the answer, p50', ratio, least)];
}

async function startProviders(
  { providers, latencyMs }: ForwardingWorkload,
  stops: (() => Promise<void>)[],
): Promise<readonly object[]> {
  const registrations: object[] = [];
  for (let index = 0; index < providers; index++) {
    const args = ['--import', 'tsx', 'bench/receivers/provider.ts', `Remote${index}`, `${latencyMs}`];
    const provider = await startServer(args, {}, '/');
    stops.push(() => provider.stop());
    const dataProvided = { entities: [{ idPattern: '.*', type: 'Remote' }] };
    registrations.push({ dataProvided, provider: { http: { url: provider.url } } });
  }
  return registrations;
}

async function expectAnswersOf(providers: number, url: string): Promise<void> {
  const entities = (await (await fetch(url)).json()) as readonly unknown[];
  if (entities.length !== providers) throw new Error(`${entities.length} entities of ${providers} providers`);
}

async function register({ url }: Oriel, registrations: readonly object[]): Promise<void> {
  const left = registrations.values();
  const make = async (): Promise<void> => {
    for (const registration of left) {
      const response = await fetch(`${url}/v2/registrations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(registration),
      });
      if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: makers }, make));
}
