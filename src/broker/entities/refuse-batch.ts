import { type AttributesOfEntity, Refusal, type RefusedEntity } from '../../core/errors.ts';
import type { BatchOutcome } from './batch-update.ts';

/**
 * Throws one refusal for all that a batch left undone; returns where it left nothing undone.
 *
 * What does not exist, entities and attributes, comes together in one refusal, and so does what exists already; a
 * mixture that no such refusal covers is a `batchRefused`. [V2 batch update]
 */
export function refuseBatch(outcomes: readonly BatchOutcome[]): void {
  const refused: RefusedEntity[] = [];
  for (const { entity, reason } of outcomes) if (reason !== undefined) refused.push({ entity, reason });
  if (refused.length === 0) return;

  const written = outcomes.some((outcome) => outcome.written);
  if (refused.every(({ reason }) => reason.kind === 'entityNotFound')) {
    throw new Refusal({ kind: 'entitiesNotFound', missing: refused.map(({ entity }) => entity), written });
  }
  const missing = refused.map(missingOf);
  if (all(missing)) throw new Refusal({ kind: 'attributesMissing', missing: missing.flat(), written });
  const existing = refused.map(existingOf);
  if (all(existing)) throw new Refusal({ kind: 'attributesExist', existing: existing.flat(), written });
  throw new Refusal({ kind: 'batchRefused', refused, written });
}

function missingOf({ entity, reason }: RefusedEntity): readonly AttributesOfEntity[] | undefined {
  if (reason.kind === 'entityNotFound') return [{ entity }];
  return reason.kind === 'attributesMissing' ? reason.missing : undefined;
}

function existingOf({ reason }: RefusedEntity): readonly AttributesOfEntity[] | undefined {
  return reason.kind === 'attributesExist' ? reason.existing : undefined;
}

function all<Item>(items: readonly (Item | undefined)[]): items is readonly Item[] {
  return items.every((item) => item !== undefined);
}
