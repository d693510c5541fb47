import { rmSync } from 'node:fs';
import { cli, copyData, prepareData } from './broker-data.ts';
import { machineMs } from './machine-clock.ts';
import { type ServerProcess, startServer } from './processes.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { Updates, updateAtFullSpeed, updateAtRate } from './updates.ts';
import type { SubscriptionWorkload } from './workload.ts';

/** What the updates of one broker came to. */
interface Stretch {
  /** Until the last notification arrived, where there are any. */
  readonly updatesPerSecond: number;
  readonly cpuMicrosPerUpdate: number;
  /** From acknowledgement to receipt, none below 0; absent: nothing was to arrive. */
  readonly latency?: { readonly count: number; readonly p50Ms: number; readonly p99Ms: number };
}

export interface SubscriptionRow {
  readonly workload: string;
  readonly compares: SubscriptionWorkload['compares'];
  readonly these: Stretch;
  readonly those: Stretch;
  readonly ratio: number;
  readonly target: number;
}

interface Contender {
  readonly broker: ServerProcess;
  readonly updates: Updates;
  readonly arrives: (counter: number) => boolean;
}

const warmUpSeconds = 3;

/** Requests under way while subscriptions are made. */
const makers = 16;

/** Measures two brokers that differ in their subscriptions, in turn; and fails where a notification is lost or one too many is sent. */
export async function measureSubscriptions(
  workload: SubscriptionWorkload,
  rounds: number,
  seconds: number,
): Promise<SubscriptionRow> {
  const data = await prepareData(workload.entities);
  const stops: (() => Promise<void>)[] = [];
  try {
    const receiver = workload.receiver && (await startReceiver(workload.receiver.program, workload.receiver.args));
    if (receiver) stops.push(() => receiver.stop());
    const subscriptions = workload.subscriptions(receiver?.ports ?? { live: [], hanging: [] });
    const contenders: Contender[] = [];
    for (const side of ['these', 'those'] as const) {
      const directory = copyData(data, `run-${side}`);
      const broker = await startServer(
        [cli, 'start'],
        { ORIEL_DATA: directory, ORIEL_LOG_LEVEL: 'warn' },
        '/health/ready',
      );
      stops.push(async () => {
        await broker.stop();
        rmSync(directory, { recursive: true });
      });
      await subscribe(broker, subscriptions[side]);
      contenders.push({
        broker,
        updates: new Updates(workload.updated),
        arrives: (counter) => workload.arrives(counter)[side],
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
    const [these, those] = stretches.map((all) => median(all, workload.compares));
    if (these === undefined || those === undefined) throw new Error('nothing was measured');
    return {
      workload: workload.name,
      compares: workload.compares,
      these,
      those,
      ratio:
        workload.compares === 'rate' ? these.updatesPerSecond / those.updatesPerSecond : p99Of(those) / p99Of(these),
      target: workload.target,
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function stretch(
  { broker, updates, arrives }: Contender,
  { perSecond }: SubscriptionWorkload,
  receiver: Receiver | undefined,
  seconds: number,
): Promise<Stretch> {
  const cpuBefore = broker.cpuMicros();
  const { startedAt, at } =
    perSecond === undefined
      ? await updateAtFullSpeed(broker, updates, seconds)
      : await updateAtRate(broker, updates, seconds, perSecond);
  const endedAt = machineMs();
  const awaited = new Set([...at.keys()].filter((value) => arrives(updates.counterOf(value))));
  const arrivals = receiver && awaited.size > 0 ? await receiver.arrivals(awaited) : new Map<number, number>();
  const lastAt = [...arrivals.values()].reduce((latest, time) => Math.max(latest, time), endedAt);
  const latencies = [...arrivals].map(([value, time]) => Math.max(0, time - (at.get(value) ?? time)));
  latencies.sort((a, b) => a - b);
  return {
    updatesPerSecond: (at.size / (lastAt - startedAt)) * 1000,
    cpuMicrosPerUpdate: (broker.cpuMicros() - cpuBefore) / at.size,
    ...(latencies.length > 0 && {
      latency: { count: latencies.length, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) },
    }),
  };
}

async function subscribe(broker: ServerProcess, subscriptions: readonly object[]): Promise<void> {
  const left = subscriptions.values();
  const make = async (): Promise<void> => {
    for (const subscription of left) {
      const response = await fetch(`${broker.url}/v2/subscriptions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(subscription),
      });
      if (response.status !== 201) throw new Error(`no subscription: ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: makers }, make));
}

/** Fails when a subscription was woken. */
async function expectSilence(broker: ServerProcess): Promise<void> {
  const limit = 1000;
  for (let offset = 0; ; offset += limit) {
    const response = await fetch(`${broker.url}/v2/subscriptions?limit=${limit}&offset=${offset}`);
    const page = (await response.json()) as readonly { readonly notification: { readonly timesSent?: number } }[];
    if (page.some(({ notification }) => (notification.timesSent ?? 0) > 0)) throw new Error('a subscription was woken');
    if (page.length < limit) return;
  }
}

function median(all: readonly Stretch[], compares: SubscriptionWorkload['compares']): Stretch {
  const by = compares === 'rate' ? (one: Stretch) => one.updatesPerSecond : p99Of;
  const middle = [...all].sort((a, b) => by(a) - by(b))[Math.floor(all.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

function p99Of({ latency }: Stretch): number {
  return latency?.p99Ms ?? Number.NaN;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
