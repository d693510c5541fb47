import { seededRandom } from '../city/seeded-random.ts';
import { type BenchRequest, send } from '../contenders/contender.ts';
import { type Oriel, startOriel } from '../contenders/oriel.ts';
import { steadyLoad } from '../load/steady-load.ts';
import type { DialectsWorkload } from '../workloads/workload.ts';
import { atLeast, type Row } from './row.ts';
import { measureInTurns } from './turns.ts';

const connections = 50;
const compared = 10;
const settlingSeconds = 3;

/** Asks one broker the same in both dialects, in turn. */
export async function measureDialects(workload: DialectsWorkload, rounds: number, seconds: number): Promise<Row> {
  const broker = await startOriel('oriel', workload.entities);
  try {
    const link = await hostedContext(broker, workload.context);
    const { ngsiLd, ngsiv2 } = workload.requests(seededRandom(7), workload.entities);
    const asked = { 'NGSI-LD': ngsiLd.map((request) => ({ ...request, ...link })), NGSIv2: ngsiv2 };
    const runners = [];
    for (const [name, requests] of Object.entries(asked)) {
      for (const request of requests.slice(0, compared)) workload.check(await send(broker, request));
      runners.push({
        ...broker,
        name,
        run: (duration: number) => steadyLoad(broker, requests, duration, connections),
        peakBytes: () => broker.process.memory().peak,
      });
    }
    // Whoever asks first for an entity has it decoded for both: each asks for a while before anything is measured.
    for (const { run } of runners) await run(settlingSeconds);
    const figures = await measureInTurns(runners, rounds, seconds, 1);
    const [inLd, inV2] = figures;
    if (inLd === undefined || inV2 === undefined) throw new Error('nothing was measured');
    return {
      workload: workload.name,
      kind: workload.kind,
      about: workload.about,
      entities: workload.entities,
      unit: 'requests',
      figures,
      verdicts: [atLeast('processor time, NGSIv2 to NGSI-LD', inV2.cpuMicros / inLd.cpuMicros, workload.target)],
    };
  } finally {
    await broker.stop();
  }
}

/** The headers that name the context, hosted by the broker; none for none. */
async function hostedContext(
  broker: Oriel,
  context: DialectsWorkload['context'],
): Promise<Pick<BenchRequest, 'headers'>> {
  if (context === undefined) return {};
  const added = await fetch(`${broker.url}/ngsi-ld/v1/jsonldContexts`, {
    method: 'POST',
    headers: { 'content-type': 'application/ld+json' },
    body: JSON.stringify({ '@context': context }),
  });
  if (added.status !== 201) throw new Error(`the context was not taken: ${await added.text()}`);
  const url = new URL(added.headers.get('location') ?? '', broker.url);
  return { headers: { link: `<${url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"` } };
}
