import { latenciesOf } from '../load/latencies.ts';
import type { Stretch } from '../load/steady-load.ts';
import { type Figures, median } from './row.ts';

/** Something that takes its turn to be measured. */
export interface Runner {
  readonly name: string;
  readonly role: Figures['role'];
  readonly run: (seconds: number) => Promise<Stretch>;
  /** The most memory that its process ever had, in bytes; NaN where it is not known. */
  readonly peakBytes: () => number;
}

/** How long each is run before it is measured, in seconds: compilers and caches settle. */
const warmUpSeconds = 1;

/**
 * Measures each in turn, A B A B: what disturbs the machine disturbs all. `perRequest` is what a request counts for in `perSecond`.
 */
export async function measureInTurns(
  runners: readonly Runner[],
  rounds: number,
  seconds: number,
  perRequest: number,
): Promise<Figures[]> {
  for (const { run } of runners) await run(warmUpSeconds);
  const stretches = runners.map((): Stretch[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { run }] of runners.entries()) stretches[index]?.push(await run(seconds));
  }
  return runners.map(({ name, role, peakBytes }, index) => {
    const own = stretches[index] ?? [];
    const perSecond = own.map(({ requests, seconds: took }) => (requests / took) * perRequest);
    const requests = own.reduce((sum, stretch) => sum + stretch.requests, 0);
    return {
      contender: name,
      role,
      perSecond: median(perSecond),
      rounds: perSecond,
      latency: latenciesOf(Float64Array.from(own.flatMap(({ latencies }) => latencies))),
      cpuMicros: own.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / requests,
      peakBytes: peakBytes(),
    };
  });
}
