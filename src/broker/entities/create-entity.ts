import { createEntity as newEntity } from '../../core/change/apply.ts';
import { defaultEntityType, type EntityDraft } from '../../core/change/entity-draft.ts';
import type { Mutation, WriteOptions } from '../../core/change/mutation.ts';
import { Refusal } from '../../core/errors.ts';
import type { RequestScope, ScopePath } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { commit } from '../changes.ts';
import { applyTo } from './apply-to.ts';
import { draftOptions } from './draft-options.ts';
import { atMostOne } from './the-entity.ts';

/** Where an entity goes whose request names no place for it. */
export const defaultScope: ScopePath = '/';

/**
 * Creates an entity, or with `upsert` appends to the one that is there.
 *
 * An entity is there if id, type and scope are the same, so a draft without a type means one of the default type.
 * Refuses with `entityExists`. [V2 create entity]
 */
export async function createEntity(
  broker: Broker,
  scope: RequestScope,
  draft: EntityDraft,
  { upsert, ...options }: WriteOptions & { readonly upsert: boolean },
): Promise<'created' | 'updated'> {
  const now = broker.clock.now();
  const path = scope.scope ?? defaultScope;
  return commit(broker, scope, {
    target: { id: draft.id, type: draft.types[0] ?? defaultEntityType, scopes: [{ path, subtree: false }] },
    decide: (found) => {
      const record = atMostOne(found);
      if (record === undefined) {
        const { change } = newEntity(draft, path, now, scope.correlator);
        return { result: 'created', writes: [{ kind: 'create', change }] };
      }
      if (!upsert) throw new Refusal({ kind: 'entityExists' });
      const mutation: Mutation = {
        kind: 'append',
        strict: false,
        writes: draft.writes,
        ...draftOptions(draft, options),
      };
      const { writes } = applyTo(record, mutation, now, scope.correlator);
      return { result: 'updated', writes };
    },
  });
}
