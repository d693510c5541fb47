import type { StartWorkload } from './workload.ts';

export const startWorkloads: readonly StartWorkload[] = [
  {
    kind: 'start',
    name: 'start-million',
    about: 'From the start of the process to its first answer, and what memory an entity of five attributes takes.',
    entities: 1_000_000,
    mostSeconds: 60,
    mostBytesPerEntity: 2048,
  },
];
