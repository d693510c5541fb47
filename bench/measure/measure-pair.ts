import { type Oriel, startOriel } from '../contenders/oriel.ts';
import { type Latencies, latenciesOf } from '../load/latencies.ts';
import { machineMs } from '../load/machine-clock.ts';
import { Updates, updateAtFullSpeed, updateAtRate } from '../load/updates.ts';
import { type Receiver, startReceiver } from '../receivers/receiver.ts';
import type { PairWorkload, Side } from '../workloads/workload.ts';
import { atLeast, type Figures, median, type Row } from './row.ts';

/** What the updates of one broker came to. */
interface Stretch {
  readonly updates: number;
  /** Until the last notification arrived, where there are any. */
  readonly updatesPerSecond: number;
  readonly cpuMicros: number;
  /** From acknowledgement to receipt, none below 0; absent: nothing was to arrive. */
  readonly latencies: Latencies | undefined;
}

interface Contender {
  readonly broker: Oriel;
  readonly updates: Updates;
  readonly arrivals: (counter: number) => number;
}

const warmUpSeconds = 2;
const sides: readonly Side[] = ['these', 'those'];

/** Measures two brokers that were prepared in different ways, in turn; and fails where a notification is lost or one too many is sent. */
export async function measurePair(workload: PairWorkload, rounds: number, seconds: number): Promise<Row> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const receiver = workload.receiver && (await startReceiver(workload.receiver.program, workload.receiver.args));
    if (receiver) stops.push(() => receiver.stop());
    const contenders: Contender[] = [];
    for (const side of sides) {
      const broker = await startOriel(workload[side], workload.entities);
      stops.push(() => broker.stop());
      await workload.prepare(broker, side, receiver?.ports ?? { live: [], hanging: [] });
      contenders.push({
        broker,
        updates: new Updates(workload.updated),
        arrivals: (counter) => workload.arrivals(counter, side),
      });
    }
    const stretches: Stretch[][] = contenders.map(() => []);
    for (const contender of contenders) await stretch(contender, workload, receiver, warmUpSeconds);
    for (let round = 0; round < rounds; round++) {
      for (const [index, contender] of contenders.entries()) {
        stretches[index]?.push(await stretch(contender, workload, receiver, seconds));
      }
    }
    if (receiver === undefined) for (const { broker } of contenders) await expectSilence(broker);
    const [these, those] = contenders.map(({ broker }, index) => figuresOf(broker, stretches[index] ?? []));
    if (these === undefined || those === undefined) throw new Error('nothing was measured');
    return {
      workload: workload.name,
      kind: workload.kind,
      about: workload.about,
      entities: workload.entities,
      unit: 'updates',
      figures: [these, those],
      verdicts: verdictsOn(workload, these, those),
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

function verdictsOn({ target, compares, ...names }: PairWorkload, these: Figures, those: Figures) {
  if (target === undefined) return [];
  return compares === 'rate'
    ? [atLeast(`rate, ${names.these} to ${names.those}`, these.perSecond / those.perSecond, target)]
    : [
        atLeast(
          `p99 latency, ${names.those} to ${names.these}`,
          (those.latency?.p99Ms ?? Number.NaN) / (these.latency?.p99Ms ?? Number.NaN),
          target,
        ),
      ];
}

function figuresOf({ name, process }: Oriel, stretches: readonly Stretch[]): Figures {
  const rates = stretches.map(({ updatesPerSecond }) => updatesPerSecond);
  const latencies = stretches.flatMap((one) => (one.latencies === undefined ? [] : [one.latencies]));
  const updates = stretches.reduce((sum, one) => sum + one.updates, 0);
  return {
    contender: name,
    role: 'oriel',
    perSecond: median(rates),
    rounds: rates,
    ...(latencies.length > 0 && {
      latency: {
        p50Ms: median(latencies.map(({ p50Ms }) => p50Ms)),
        p95Ms: median(latencies.map(({ p95Ms }) => p95Ms)),
        p99Ms: median(latencies.map(({ p99Ms }) => p99Ms)),
      },
    }),
    cpuMicros: stretches.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / updates,
    peakBytes: process.memory().peak,
  };
}

async function stretch(
  { broker, updates, arrivals }: Contender,
  { perSecond }: PairWorkload,
  receiver: Receiver | undefined,
  seconds: number,
): Promise<Stretch> {
  const cpuBefore = broker.process.cpuMicros();
  const { startedAt, at } =
    perSecond === undefined
      ? await updateAtFullSpeed(broker, updates, seconds)
      : await updateAtRate(broker, updates, seconds, perSecond);
  const endedAt = machineMs();
  const awaited = new Map<number, number>();
  for (const value of at.keys()) {
    const count = arrivals(updates.counterOf(value));
    if (count > 0) awaited.set(value, count);
  }
  const came = receiver && awaited.size > 0 ? await receiver.arrivals(awaited) : new Map<number, number>();
  const lastAt = [...came.values()].reduce((latest, time) => Math.max(latest, time), endedAt);
  const waits = [...came].map(([value, time]) => Math.max(0, time - (at.get(value) ?? time)));
  return {
    updates: at.size,
    updatesPerSecond: (at.size / (lastAt - startedAt)) * 1000,
    cpuMicros: broker.process.cpuMicros() - cpuBefore,
    latencies: waits.length > 0 ? latenciesOf(Float64Array.from(waits)) : undefined,
  };
}

/** Fails when a subscription was woken. */
async function expectSilence(broker: Oriel): Promise<void> {
  const limit = 1000;
  for (let offset = 0; ; offset += limit) {
    const response = await fetch(`${broker.url}/v2/subscriptions?limit=${limit}&offset=${offset}`);
    const page = (await response.json()) as readonly { readonly notification: { readonly timesSent?: number } }[];
    if (page.some(({ notification }) => (notification.timesSent ?? 0) > 0)) throw new Error('a subscription was woken');
    if (page.length < limit) return;
  }
}
