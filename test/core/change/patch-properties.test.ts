import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttributePatch, NamedPatch } from '../../../src/core/change/attribute-patch.ts';
import { expireParts } from '../../../src/core/change/expire-parts.ts';
import type { AttributeContent } from '../../../src/core/change/mutation.ts';
import { patchAttribute } from '../../../src/core/change/patch-attribute.ts';
import { patchEntity, removeInstances, replaceEntity } from '../../../src/core/change/patch-entity.ts';
import type { Attribute, Entity } from '../../../src/core/entity/entity.ts';
import {
  arbitraryAttribute,
  arbitraryEntity,
  arbitraryInstant,
  attributeNames,
} from '../../support/arbitrary-entity.ts';
import { noon } from '../../support/entity-builder.ts';

const later = noon + 86_400_000_000;

/** The patch that says all of the attribute. */
function patchOf(attribute: Attribute): AttributePatch {
  const { createdAt, modifiedAt, declaredType, subAttributes, datasetId, observedAt, expiresAt, ...content } =
    attribute;
  return {
    payload: content as AttributeContent,
    ...(datasetId !== undefined && { datasetId }),
    ...(observedAt !== undefined && { observedAt }),
    ...(expiresAt !== undefined && { expiresAt }),
    subAttributes: new Map([...(subAttributes ?? [])].map(([name, one]) => [name, patchOf(one)])),
  };
}

/** What NGSI-LD shows of an attribute: all but its times, and the type that NGSIv2 declared. */
function shown({ createdAt, modifiedAt, declaredType, subAttributes, ...attribute }: Attribute): object {
  // Where a place was written in NGSIv2 the text is kept beside the geometry.
  if (attribute.kind === 'geo') delete (attribute as { value?: unknown }).value;
  return { ...attribute, subAttributes: [...(subAttributes ?? [])].map(([name, one]) => [name, shown(one)]) };
}

/** Patches of all instances of all attributes. */
function patchesOf({ attributes }: Entity): NamedPatch[] {
  return [...attributes].flatMap(([name, instances]) =>
    instances.map((instance) => ({
      name,
      ...(instance.datasetId !== undefined && { datasetId: instance.datasetId }),
      patch: patchOf(instance),
    })),
  );
}

const arbitraryPatches = fc.array(
  fc
    .tuple(fc.constantFrom(...attributeNames), fc.option(arbitraryAttribute, { freq: 6 }), fc.boolean())
    .map(([name, attribute, isSecond]): NamedPatch => {
      const dataset = isSecond ? { datasetId: 'urn:x' } : {};
      return { name, ...dataset, patch: attribute === null ? null : { ...patchOf(attribute), ...dataset } };
    }),
  { maxLength: 5 },
);

describe('an attribute that is replaced [LD 5.6.19]', () => {
  test('is what the patch says, whatever was there', () => {
    fc.assert(
      fc.property(fc.option(arbitraryAttribute, { nil: undefined }), arbitraryAttribute, (before, wanted) => {
        const { attribute } = patchAttribute(before, 'a', patchOf(wanted), 'replace', later);
        expect(shown(attribute)).toEqual(shown(wanted));
        expect(attribute.createdAt).toBe(before?.createdAt ?? later);
      }),
    );
  });

  test('with what it is already is left as it is, itself', () => {
    fc.assert(
      fc.property(arbitraryAttribute, (attribute) => {
        const patched = patchAttribute(attribute, 'a', patchOf(attribute), 'replace', later);
        expect(patched).toEqual({ attribute, changed: false, metadataChanged: false });
        expect(patched.attribute).toBe(attribute);
      }),
    );
  });
});

describe.each(['replace', 'update', 'merge'] as const)('a patch of the manner %s', (manner) => {
  test('changes nothing the second time [LD 5.5.8] [LD 5.5.12]', () => {
    fc.assert(
      fc.property(arbitraryAttribute, arbitraryAttribute, (before, wanted) => {
        fc.pre(manner !== 'update' || before.kind === wanted.kind);
        const { attribute } = patchAttribute(before, 'a', patchOf(wanted), manner, later);
        const again = patchAttribute(attribute, 'a', patchOf(wanted), manner, later + 1);
        expect(again.attribute).toBe(attribute);
      }),
    );
  });

  test('says that something changed exactly where the attribute is another', () => {
    fc.assert(
      fc.property(arbitraryAttribute, arbitraryAttribute, (before, wanted) => {
        fc.pre(manner !== 'update' || before.kind === wanted.kind);
        const { attribute, changed, metadataChanged } = patchAttribute(before, 'a', patchOf(wanted), manner, later);
        expect(changed || metadataChanged).toBe(attribute !== before);
        expect(attribute.modifiedAt).toBe(attribute === before ? before.modifiedAt : later);
        expect(attribute.createdAt).toBe(before.createdAt);
      }),
    );
  });
});

describe('an entity that is patched', () => {
  test('keeps all that the patches do not name, and no instance twice, the default one first', () => {
    fc.assert(
      fc.property(arbitraryEntity, arbitraryPatches, (entity, patches) => {
        const { attributes } = patchEntity(
          entity,
          { kind: 'patch', present: 'replace', absent: 'append', patches, types: [] },
          later,
        );
        for (const [name, instances] of entity.attributes) {
          if (!patches.some((patch) => patch.name === name)) expect(attributes.get(name)).toBe(instances);
        }
        for (const instances of attributes.values()) {
          const datasets = instances.map(({ datasetId }) => datasetId);
          expect(new Set(datasets).size).toBe(datasets.length);
          expect(datasets.indexOf(undefined)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  test('differs where, and only where, a change of it says so', () => {
    fc.assert(
      fc.property(arbitraryEntity, arbitraryPatches, (entity, patches) => {
        const { attributes, differs, changes } = patchEntity(
          entity,
          { kind: 'patch', present: 'replace', absent: 'append', patches, types: [] },
          later,
        );
        for (const name of new Set([...entity.attributes.keys(), ...attributes.keys()])) {
          const before = entity.attributes.get(name) ?? [];
          const after = attributes.get(name) ?? [];
          const isSame = before.length === after.length && before.every((one, at) => one === after[at]);
          const change = changes.find((one) => one.name === name);
          if (!isSame) expect(change?.changed === true || change?.metadataChanged === true).toBe(true);
        }
        expect(differs).toBe(changes.some(({ changed, metadataChanged }) => changed || metadataChanged));
      }),
    );
  });

  test('that leaves what is there reports it, and touches nothing of it [LD 5.6.3]', () => {
    fc.assert(
      fc.property(arbitraryEntity, arbitraryPatches, (entity, patches) => {
        const mutation = { kind: 'patch', present: 'leave', absent: 'append', patches, types: [] } as const;
        const { attributes, existing } = patchEntity(entity, mutation, later);
        for (const [name, instances] of entity.attributes) {
          const removed = patches.some((patch) => patch.name === name && patch.patch === null);
          if (!removed) for (const instance of instances) expect(attributes.get(name)).toContain(instance);
        }
        for (const name of existing) expect(patches.map((patch) => patch.name)).toContain(name);
      }),
    );
  });

  test('is the same after it was replaced with itself [LD 5.6.18]', () => {
    fc.assert(
      fc.property(arbitraryEntity, (entity) => {
        const { types, scopes, expiresAt } = entity;
        const edit = replaceEntity(
          entity,
          {
            kind: 'replaceEntity',
            patches: patchesOf(entity),
            types,
            scopes,
            ...(expiresAt !== undefined && { expiresAt }),
          },
          later,
        );
        expect([edit.differs, edit.attributes]).toEqual([false, entity.attributes]);
      }),
    );
  });

  test('lacks the instances that were removed, and those alone [LD 5.6.5]', () => {
    fc.assert(
      fc.property(
        arbitraryEntity,
        fc.constantFrom(...attributeNames),
        fc.constantFrom<'all' | { readonly datasetId?: string }>('all', {}, { datasetId: 'urn:x' }),
        (entity, name, which) => {
          const edit = removeInstances(entity, { kind: 'removeInstances', name, which });
          const before = entity.attributes.get(name) ?? [];
          const kept = which === 'all' ? [] : before.filter(({ datasetId }) => datasetId !== which.datasetId);
          expect(edit.attributes.get(name) ?? []).toEqual(kept);
          expect(edit.differs).toBe(kept.length < before.length);
          expect(edit.missing).toEqual(edit.differs ? [] : [name]);
          for (const [other, instances] of entity.attributes) {
            if (other !== name) expect(edit.attributes.get(other)).toBe(instances);
          }
        },
      ),
    );
  });
});

describe('what has expired of an entity [LD 4.22]', () => {
  const isDue = ({ expiresAt }: Attribute, now: number) => expiresAt !== undefined && expiresAt <= now;

  test('is gone, and all else is as it was', () => {
    fc.assert(
      fc.property(arbitraryEntity, arbitraryInstant, (entity, now) => {
        const edit = expireParts(entity, now);
        for (const [name, instances] of entity.attributes) {
          const living = instances.filter((instance) => !isDue(instance, now));
          const after = edit.attributes.get(name) ?? [];
          expect(after.map(({ datasetId }) => datasetId)).toEqual(living.map(({ datasetId }) => datasetId));
          for (const [at, instance] of living.entries()) {
            const parts = [...(instance.subAttributes ?? [])];
            const left = parts.filter(([, part]) => !isDue(part, now));
            if (left.length === parts.length) expect(after[at]).toBe(instance);
            else expect([...(after[at]?.subAttributes ?? [])]).toEqual(left);
          }
        }
        expect(edit.differs).toBe(edit.changes.length > 0);
      }),
    );
  });

  test('leaves nothing to expire at the same moment', () => {
    fc.assert(
      fc.property(arbitraryEntity, arbitraryInstant, (entity, now) => {
        const { attributes } = expireParts(entity, now);
        expect(expireParts({ ...entity, attributes }, now).differs).toBe(false);
      }),
    );
  });
});
