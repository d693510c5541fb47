import { apply } from '../../core/change/apply.ts';
import type { Mutation } from '../../core/change/mutation.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import type { EntityRef } from '../../core/entity/entity-ref.ts';
import type { RefusalReason } from '../../core/errors.ts';
import type { Decision, EntityRecord } from '../../ports/entity-store.ts';
import { refOf } from './the-entity.ts';

/** What a mutation left undone; what it could do is written all the same. */
export interface Report {
  readonly entity: EntityRef;
  readonly missing: readonly string[];
  readonly existing: readonly string[];
  /** Attributes were written, though perhaps equal to what was there. */
  readonly written: boolean;
}

/** Decides to write what the mutation makes of the entity. */
export function applyTo(record: EntityRecord, mutation: Mutation, now: EpochMs, correlator: string): Decision<Report> {
  const { change, missing, existing } = apply(record.entity, mutation, now, correlator);
  const result: Report = { entity: refOf(record), missing, existing, written: change !== undefined };
  return { result, writes: change === undefined ? [] : [{ kind: 'update', record, change }] };
}

/** Why the request as a whole is an error although part of it may have been written; undefined: it is none. */
export function reasonOf({ entity, missing, existing, written }: Report): RefusalReason | undefined {
  if (missing.length > 0) return { kind: 'attributesMissing', missing: [{ entity, attributes: missing }], written };
  if (existing.length > 0) return { kind: 'attributesExist', existing: [{ entity, attributes: existing }], written };
  return undefined;
}
