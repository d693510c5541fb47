import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntitySelector } from '../../../src/core/query/query.ts';
import { compileTextPattern } from '../../../src/core/query/text-pattern.ts';
import { forwards, type Registration } from '../../../src/core/registration/registration.ts';
import { type Interest, RegistrationIndex } from '../../../src/core/registration/registration-index.ts';
import { sharedSelector } from '../../../src/core/registration/shared-selector.ts';

const target = { kind: 'url', url: 'http://provider' } as const;

function aRegistration(id: string, changes: Partial<Registration> = {}): Registration {
  return {
    id,
    dialect: 'ngsiv2',
    scope: '/',
    status: 'active',
    entities: [],
    attributes: [],
    provider: { target, forwards: 'all' },
    ...changes,
  };
}

const texts = fc.constantFrom('A1', 'A2', 'B1');
const pattern = fc.constantFrom('^A', '1$', '[AB]1').map(compileTextPattern);
const lists = fc.uniqueArray(texts, { minLength: 1, maxLength: 2 });

const selector: fc.Arbitrary<EntitySelector> = fc
  .tuple(
    fc.oneof(fc.constant({}), fc.record({ ids: lists }), fc.record({ idPattern: pattern })),
    fc.oneof(fc.constant({}), fc.record({ types: lists }), fc.record({ typePattern: pattern })),
  )
  .map(([ids, types]) => ({ ...ids, ...types }));

const names = fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 2 });

const registration = fc.record({
  entities: fc.array(selector, { maxLength: 2 }),
  attributes: names,
  status: fc.constantFrom('active' as const, 'active' as const, 'inactive' as const),
});

const interest: fc.Arbitrary<Interest> = fc.record({
  selectors: fc.array(selector, { maxLength: 2 }),
  attributes: fc.oneof(fc.constant('all' as const), names),
});

/** What the index is a fast form of. */
function plainlyMatches({ entities, attributes, status }: Registration, asked: Interest): boolean {
  const own = entities.length === 0 ? [{}] : entities;
  const others = asked.selectors.length === 0 ? [{}] : asked.selectors;
  const wanted = asked.attributes;
  return (
    status === 'active' &&
    (wanted === 'all' || attributes.length === 0 || attributes.some((name) => wanted.includes(name))) &&
    own.some((one) => others.some((other) => sharedSelector(one, other) !== undefined))
  );
}

describe('The index of registrations', () => {
  it('finds what the plain form finds, in the order in which they came, whatever was replaced and removed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(5), registration)),
        fc.uniqueArray(fc.nat(5)),
        interest,
        (puts, removed, asked) => {
          const index = new RegistrationIndex();
          const known = new Map<string, Registration>();
          for (const [id, changes] of puts) {
            const one = aRegistration(`R${id}`, changes);
            index.put(one);
            known.set(one.id, one);
          }
          for (const id of removed) {
            index.remove(`R${id}`);
            known.delete(`R${id}`);
          }
          const found = index.matching(asked).map(({ id }) => id);
          expect(found).toEqual([...known.values()].filter((one) => plainlyMatches(one, asked)).map(({ id }) => id));
          expect(index.size).toBe(known.size);
        },
      ),
    );
  });
});

describe('The selector of two', () => {
  it('covers what both cover, as far as lists decide', () => {
    const ids = fc.constantFrom('A1', 'A2', 'B1');
    const covers = ({ ids: list, idPattern, types, typePattern }: EntitySelector, id: string, type: string) =>
      (list?.includes(id) ?? true) &&
      (idPattern?.test(id) ?? true) &&
      (types?.includes(type) ?? true) &&
      (typePattern?.test(type) ?? true);
    fc.assert(
      fc.property(selector, selector, ids, ids, (own, asked, id, type) => {
        const both = covers(own, id, type) && covers(asked, id, type);
        const shared = sharedSelector(own, asked);
        if (both) expect(shared !== undefined && covers(shared, id, type)).toBe(true);
        const isExact = !(own.idPattern && asked.idPattern) && !(own.typePattern && asked.typePattern);
        if (!both && shared !== undefined && isExact) expect(covers(shared, id, type)).toBe(false);
      }),
    );
  });
});

describe('A registration', () => {
  it('forwards what its mode says, as long as it is active and has not expired [V2 registration]', () => {
    const query = aRegistration('R', { provider: { target, forwards: 'query' } });
    expect([forwards(query, 'query', 10), forwards(query, 'update', 10)]).toEqual([true, false]);
    expect(forwards({ ...query, status: 'inactive' }, 'query', 10)).toBe(false);
    expect([9, 10].map((now) => forwards({ ...query, expiresAt: 10 }, 'query', now))).toEqual([true, false]);
    expect(forwards(aRegistration('R', { provider: { target, forwards: 'none' } }), 'query', 10)).toBe(false);
  });
});
