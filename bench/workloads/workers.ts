import { counterCount, counterId } from '../city/madrid.ts';
import { whole } from '../city/seeded-random.ts';
import { expectEntities, expectStatus } from './checks.ts';
import { aboveIntensity, several, variety } from './queries.ts';
import type { WorkersWorkload } from './workload.ts';

const entities = 100_000;
/** What a core adds, of what one gives. */
const target = 0.8;

export const workersWorkloads: readonly WorkersWorkload[] = [
  {
    kind: 'workers',
    name: 'workers-get-by-id',
    about: 'Entities by id, asked of one process and of two on one port.',
    entities,
    target,
    requests: (random, size) =>
      Array.from({ length: variety }, () => ({
        method: 'GET',
        path: `/v2/entities/${counterId(whole(random, counterCount(size)))}`,
      })),
    check: expectStatus(200),
  },
  {
    kind: 'workers',
    name: 'workers-q',
    about: 'A filter that half of a type fulfils, asked of one process and of two on one port.',
    entities,
    target,
    requests: several(2000, aboveIntensity(0.5)),
    check: expectEntities(20),
  },
];
