import type { EpochMs } from '../entity/entity.ts';
import type { Cursor } from '../query/query.ts';

/** How far a subscription has been told of what was there already. JSON-able. */
export interface Synchronization {
  readonly state: 'running' | 'done';
  /** Of the request that asked for it. */
  readonly correlator: string;
  readonly startedAt: EpochMs;
  readonly finishedAt?: EpochMs;
  /** Entities that it was told of so far; a crash may have some told twice. */
  readonly told: number;
  /** Behind the last of them; absent: none was looked at yet. */
  readonly after?: Cursor;
}
