import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntityChange } from '../../../src/core/change/entity-change.ts';
import type { Entity } from '../../../src/core/entity/entity.ts';
import { compileTextPattern } from '../../../src/core/query/text-pattern.ts';
import { matchSubscriptions, wakenBy } from '../../../src/core/subscription/match-subscriptions.ts';
import { alterations, type Subscription, subscriptionStatuses } from '../../../src/core/subscription/subscription.ts';
import { SubscriptionIndex } from '../../../src/core/subscription/subscription-index.ts';
import { arbitraryEntity, attributeNames } from '../../support/arbitrary-entity.ts';
import { arbitraryFilter, arbitraryScopePattern, arbitrarySelector } from '../../support/arbitrary-query.ts';
import { anEntity, noon } from '../../support/entity-builder.ts';
import { aCreation, anOrigin, anUpdate, aRemoval, aSubscription, type Touch } from './subscription-builder.ts';

const arbitrarySubscription: fc.Arbitrary<Subscription> = fc
  .record({
    id: fc.constantFrom('s1', 's2', 's3', 's4', 's5', 's6'),
    status: fc.oneof(
      { weight: 4, arbitrary: fc.constant('active' as const) },
      fc.constantFrom(...subscriptionStatuses),
    ),
    scopes: fc.array(arbitraryScopePattern, { maxLength: 2 }),
    selectors: fc.array(arbitrarySelector, { maxLength: 3 }),
    watched: fc.uniqueArray(fc.constantFrom(...attributeNames), { maxLength: 2 }),
    alterations: fc.uniqueArray(fc.constantFrom(...alterations), { minLength: 1 }),
    notifyOnMetadataChange: fc.boolean(),
    filter: fc.option(arbitraryFilter, { nil: undefined, freq: 1 }),
    expiresAt: fc.constantFrom(undefined, noon - 1, noon, noon + 1),
  })
  .map(({ filter, expiresAt, ...spec }) =>
    aSubscription({
      ...spec,
      ...(filter !== undefined && { filter }),
      ...(expiresAt !== undefined && { expiresAt }),
    }),
  );

const arbitraryTouch: fc.Arbitrary<Touch> = fc.constantFrom('changed', 'same', 'metadata', 'deleted');

const arbitraryChange: fc.Arbitrary<EntityChange> = fc
  .record({
    kind: fc.constantFrom('created', 'updated', 'removed'),
    before: arbitraryEntity,
    after: arbitraryEntity,
    touched: fc.array(fc.tuple(fc.constantFrom(...attributeNames), arbitraryTouch), { maxLength: 3 }),
  })
  .map(({ kind, before, after, touched }) => {
    if (kind === 'created') return aCreation(after);
    if (kind === 'removed') return aRemoval(before);
    const { id, types, scopes } = before;
    return anUpdate(before, { ...after, id, types, scopes }, Object.fromEntries(touched));
  });

type Step = { readonly put: Subscription } | { readonly remove: string };

const arbitraryStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: arbitrarySubscription.map((put) => ({ put })) },
  { weight: 1, arbitrary: fc.constantFrom('s1', 's2', 's3').map((remove) => ({ remove })) },
);

describe('SubscriptionIndex', () => {
  it('finds what a loop over all subscriptions finds, after any puts and removals', () => {
    fc.assert(
      fc.property(fc.array(arbitraryStep, { maxLength: 12 }), arbitraryChange, (steps, change) => {
        const index = new SubscriptionIndex();
        const all = new Map<string, Subscription>();
        for (const step of steps) {
          if ('put' in step) {
            index.put(step.put);
            all.set(step.put.id, step.put);
          } else {
            expect(index.remove(step.remove)).toBe(all.delete(step.remove));
          }
        }
        const looped = [...all.values()].flatMap((subscription) => {
          const alteration = wakenBy(subscription, change, anOrigin, noon);
          return alteration === undefined ? [] : [{ subscription, alteration }];
        });
        expect(matchSubscriptions(change, anOrigin, index, noon)).toEqual(looped);
        expect(index.size).toBe(all.size);
        expect([...index]).toEqual([...all.values()]);
      }),
      { numRuns: 1000 },
    );
  });

  it('offers only those whose id, type or needed text fits', () => {
    const index = new SubscriptionIndex();
    for (let number = 0; number < 300; number++) {
      index.put(aSubscription({ id: `id${number}`, selectors: [{ ids: [`Room${number}`] }] }));
      index.put(aSubscription({ id: `type${number}`, selectors: [{ types: [`Type${number}`] }] }));
      const pattern = compileTextPattern(`Room${number}$`);
      index.put(aSubscription({ id: `pattern${number}`, selectors: [{ idPattern: pattern }] }));
      index.put(aSubscription({ id: `both${number}`, selectors: [{ types: ['Room'], idPattern: pattern }] }));
      const typePattern = compileTextPattern(`^Type${number}[a-z]`);
      index.put(aSubscription({ id: `typePattern${number}`, selectors: [{ typePattern }] }));
    }
    expect(candidates(index, anEntity({ id: 'Room7', type: 'Room' }))).toEqual(['id7', 'pattern7', 'both7']);
    expect(candidates(index, anEntity({ id: 'x', type: 'Type8' }))).toEqual(['type8', 'typePattern8']);
  });

  it('keeps inactive subscriptions without offering them', () => {
    const index = new SubscriptionIndex();
    const inactive = aSubscription({ status: 'inactive' });
    index.put(inactive);
    expect(candidates(index, anEntity())).toEqual([]);
    expect(index.get('sub')).toBe(inactive);
    index.put(aSubscription());
    expect(candidates(index, anEntity())).toEqual(['sub']);
    expect(index.size).toBe(1);
  });
});

function candidates(index: SubscriptionIndex, entity: Entity): string[] {
  return index.candidates(entity).map(({ id }) => id);
}
