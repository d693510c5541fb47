import type { EpochMs } from '../core/entity/entity.ts';

/** The time of day, so that tests can set it. */
export interface Clock {
  now(): EpochMs;
}
