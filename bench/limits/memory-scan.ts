/*
 * The plain form of a query: a loop over all entities in memory, as objects, that takes the first twenty counters above an
 * intensity which one in a thousand reaches; and prints how often it got through.
 *
 *     npx tsx bench/limits/memory-scan.ts ENTITIES SECONDS
 */
import { anEntity, counterType } from '../city/madrid.ts';
import { intensityAbove } from '../city/readings.ts';

const [entities, seconds] = process.argv.slice(2);
const all = Array.from({ length: Number(entities) }, (_, n) => {
  const { id, types, attributes } = anEntity(n);
  const intensity = attributes.get('intensity')?.[0];
  return { id, type: types[0], intensity: intensity?.kind === 'property' ? Number(intensity.value) : undefined };
});
const least = intensityAbove(0.001);

function scan(): number {
  let found = 0;
  for (const { type, intensity } of all) {
    if (type === counterType && intensity !== undefined && intensity > least && ++found === 20) break;
  }
  return found;
}

const latencies: number[] = [];
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
while (performance.now() - startedAt < Number(seconds) * 1000) {
  const begunAt = performance.now();
  if (scan() === 0) throw new Error('nothing was found');
  latencies.push(performance.now() - begunAt);
}
const took = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
console.log(JSON.stringify({ requests: latencies.length, seconds: took, cpuMicros: user + system, latencies }));
