import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Applied, apply } from '../../../src/core/change/apply.ts';
import { type AttributesMutation, type AttributeWrite, expiryName } from '../../../src/core/change/mutation.ts';
import { attributeOf, type Entity, type EpochMs } from '../../../src/core/entity/entity.ts';
import { Refusal } from '../../../src/core/errors.ts';
import { arbitraryEntity, arbitraryInstant } from '../../support/arbitrary-entity.ts';
import { arbitraryMutation, arbitraryPlainMutation } from '../../support/arbitrary-mutation.ts';

type WritingMutation = Exclude<AttributesMutation, { kind: 'remove' }>;

/** Undefined where an operator does not fit what it meets. */
function outcomeOf(entity: Entity, mutation: AttributesMutation, now: EpochMs): Applied | undefined {
  try {
    return apply(entity, mutation, now, 'c');
  } catch (error) {
    if (error instanceof Refusal && error.reason.kind === 'operatorMismatch') return undefined;
    throw error;
  }
}

function namedBy(mutation: AttributesMutation): string[] {
  if (mutation.kind === 'remove') return [...mutation.names];
  const names = mutation.writes.map(({ name }) => name);
  return mutation.expiresAt === undefined ? names : [...names, expiryName];
}

/** Of writes that are neither missing nor in the way: an operation that could only take from an attribute that is not there. */
function makesNone(entity: Entity, mutation: WritingMutation, { name, content }: AttributeWrite): boolean {
  if (content.kind !== 'operation' || !['$pull', '$pullAll', '$unset'].includes(content.operator)) return false;
  if (mutation.kind === 'replace') return true;
  if (attributeOf(entity, name) !== undefined) return false;
  // Other instances may be there than the one that writes go to.
  if (!entity.attributes.has(name)) return mutation.kind === 'append';
  return mutation.kind === 'update' || !mutation.strict;
}

function holds(claim: (applied: Applied, entity: Entity, mutation: AttributesMutation, now: EpochMs) => void): void {
  fc.assert(
    fc.property(arbitraryEntity, arbitraryMutation, arbitraryInstant, (entity, mutation, now) => {
      const applied = outcomeOf(entity, mutation, now);
      if (applied !== undefined) claim(applied, entity, mutation, now);
    }),
    { numRuns: 500 },
  );
}

describe('Whatever the entity and the mutation, apply', () => {
  it('leaves the entity that it was given as it was, and says the same each time', () => {
    fc.assert(
      fc.property(arbitraryEntity, arbitraryMutation, arbitraryInstant, (entity, mutation, now) => {
        const before = structuredClone(entity);
        const first = outcomeOf(entity, mutation, now);
        expect(isDeepStrictEqual(outcomeOf(entity, mutation, now), first)).toBe(true);
        expect(isDeepStrictEqual(entity, before)).toBe(true);
      }),
    );
  });

  it('puts every name that it can make something of in exactly one place: written, missing or existing', () => {
    holds(({ change, missing, existing }, entity, mutation) => {
      const named = new Set(namedBy(mutation));
      if (mutation.kind !== 'remove') {
        for (const write of mutation.writes) if (makesNone(entity, mutation, write)) named.delete(write.name);
      }
      const written = (change?.attributes ?? []).map(({ name }) => name);
      const places = [
        ...written.filter((name) => mutation.kind !== 'replace' || named.has(name)),
        ...missing,
        ...existing,
      ];
      // A replacement by nothing writes no expiry, so it does not name one.
      if (mutation.kind === 'replace' && mutation.expiresAt === null && !written.includes(expiryName)) {
        named.delete(expiryName);
      }
      expect(places.toSorted()).toEqual([...named].toSorted());
    });
  });

  it('keeps the attributes in the order of their creation', () => {
    holds(({ entity: after }, entity, mutation) => {
      if (mutation.kind === 'replace') return;
      const kept = [...entity.attributes.keys()].filter((name) => after.attributes.has(name));
      const created = mutation.kind === 'remove' ? [] : mutation.writes.map(({ name }) => name);
      const added = created.filter((name) => after.attributes.has(name) && !entity.attributes.has(name));
      expect([...after.attributes.keys()]).toEqual([...kept, ...added]);
    });
  });

  it('leaves what it does not write the same object', () => {
    holds(({ entity: after, change }, entity, mutation) => {
      if (mutation.kind === 'replace') return;
      const touched = new Set(
        change?.attributes.filter((one) => one.changed || one.metadataChanged).map(({ name }) => name),
      );
      for (const [name, instances] of entity.attributes) {
        if (!touched.has(name)) expect(after.attributes.get(name)).toBe(instances);
      }
      if (touched.size === 0) expect(after).toBe(entity);
    });
  });

  it('keeps what makes the entity itself', () => {
    holds(({ entity: after }, { id, types, scopes, createdAt }) => {
      expect(after).toMatchObject({ id, types, scopes, createdAt });
    });
  });

  it('moves times forward only, and only with a change', () => {
    holds(({ entity: after, change }, entity, mutation, now) => {
      expect(after.modifiedAt).toBe(after === entity ? entity.modifiedAt : Math.max(now, entity.modifiedAt));
      if (mutation.kind === 'replace') return;
      for (const { name, action } of change?.attributes ?? []) {
        const [before] = entity.attributes.get(name) ?? [];
        const [attribute] = after.attributes.get(name) ?? [];
        if (action !== 'update' || before?.datasetId !== undefined || attribute === undefined) continue;
        expect(attribute.createdAt).toBe(before?.createdAt);
        if (attribute !== before) expect(attribute.modifiedAt).toBe(after.modifiedAt);
      }
    });
  });

  it('reports a change from the entity that it was given to the one that it makes', () => {
    holds(({ entity: after, change }, entity) => {
      if (change === undefined) expect(after).toBe(entity);
      else expect([change.before, change.after]).toEqual([entity, after]);
    });
  });

  it('has nothing more to do the second time, unless forced, replacing or by an operator', () => {
    fc.assert(
      fc.property(arbitraryEntity, arbitraryPlainMutation, arbitraryInstant, (entity, mutation, now) => {
        if (mutation.kind === 'replace') return;
        const once = apply(entity, mutation, now, 'c');
        const twice = apply(once.entity, mutation, now + 1, 'd');
        expect(twice.entity).toBe(once.entity);
      }),
      { numRuns: 500 },
    );
  });
});
