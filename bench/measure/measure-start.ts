import { type Oriel, startOriel } from '../contenders/oriel.ts';
import type { StartWorkload } from '../workloads/workload.ts';
import { atMost, type Figures, median, type Row } from './row.ts';

/** Starts the broker on the city, and on an empty one whose memory is not the entities'. */
export async function measureStart(workload: StartWorkload, rounds: number): Promise<Row> {
  const empty = await startOriel('empty', 0);
  const { resident: residentEmpty } = empty.process.memory();
  await empty.stop();
  const starts: { seconds: number; residentBytes: number; peakBytes: number; cpuMicros: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const broker = await startOriel('start', workload.entities);
    starts.push({ ...startOf(broker), cpuMicros: broker.process.cpuMicros() });
    await broker.stop();
  }
  const seconds = median(starts.map((start) => start.seconds));
  const residentBytes = median(starts.map((start) => start.residentBytes));
  const figures: Figures = {
    contender: 'oriel',
    role: 'oriel',
    perSecond: 1 / seconds,
    rounds: starts.map((start) => 1 / start.seconds),
    cpuMicros: median(starts.map((start) => start.cpuMicros)),
    peakBytes: median(starts.map((start) => start.peakBytes)),
  };
  return {
    workload: workload.name,
    kind: workload.kind,
    about: workload.about,
    entities: workload.entities,
    unit: 'starts',
    figures: [figures],
    verdicts: [
      atMost('seconds until ready', seconds, workload.mostSeconds),
      atMost(
        'bytes of memory an entity',
        (residentBytes - residentEmpty) / workload.entities,
        workload.mostBytesPerEntity,
      ),
    ],
  };
}

function startOf({ process }: Oriel) {
  const { resident, peak } = process.memory();
  return { seconds: process.readyAfterMs / 1000, residentBytes: resident, peakBytes: peak };
}
