import type { AttributeInstances, EpochMs } from '../entity/entity.ts';
import type { ScopePath } from '../scope.ts';
import type { AttributeChange } from './entity-change.ts';

/** What one mutation makes of the attributes and the expiry of an entity; `apply` makes an entity and a change of it. */
export interface Edit {
  readonly attributes: ReadonlyMap<string, AttributeInstances>;
  readonly expiresAt: EpochMs | undefined;
  /** Absent: as before. */
  readonly types?: readonly string[];
  /** Absent: as before. */
  readonly scopes?: readonly ScopePath[];
  /** Something differs from before: there is something to store. */
  readonly differs: boolean;
  /** What was written or removed, in the order of the request. */
  readonly changes: readonly AttributeChange[];
  readonly missing: readonly string[];
  readonly existing: readonly string[];
}

/** The change that taking an attribute away is. */
export function deletionOf(name: string): AttributeChange {
  return { name, action: 'delete', changed: true, metadataChanged: false };
}
