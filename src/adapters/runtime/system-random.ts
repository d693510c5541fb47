import { randomBytes } from 'node:crypto';
import type { Random } from '../../ports/random.ts';

/** Chance as the operating system has it. */
export const systemRandom: Random = {
  fraction: Math.random,
  newId: () => randomBytes(12).toString('hex'),
};
