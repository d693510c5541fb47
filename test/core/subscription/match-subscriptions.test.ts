import { describe, expect, it, test } from 'vitest';
import { apply } from '../../../src/core/change/apply.ts';
import type { EntityChange } from '../../../src/core/change/entity-change.ts';
import type { AttributeWrite } from '../../../src/core/change/mutation.ts';
import type { Entity } from '../../../src/core/entity/entity.ts';
import { compileTextPattern } from '../../../src/core/query/text-pattern.ts';
import type { ConditionContext } from '../../../src/core/subscription/condition.ts';
import { matchSubscriptions, type Wake, wakenBy } from '../../../src/core/subscription/match-subscriptions.ts';
import type { Alteration, Subscription } from '../../../src/core/subscription/subscription.ts';
import { SubscriptionIndex } from '../../../src/core/subscription/subscription-index.ts';
import { anEntity, aProperty, noon } from '../../support/entity-builder.ts';
import { aCreation, anOrigin, anUpdate, aRemoval, aSubscription, type Touch } from './subscription-builder.ts';

const room = anEntity({ id: 'Room1', type: 'Room', scope: '/a', values: { temperature: 21, humidity: 40 } });
const warmRoom = anEntity({ id: 'Room1', type: 'Room', scope: '/a', values: { temperature: 25, humidity: 40 } });

function alterationOf(spec: Partial<Subscription>, change: EntityChange): Alteration | undefined {
  return wakenBy(aSubscription(spec), change, anOrigin, noon);
}

function update(touched: Readonly<Record<string, Touch>>): EntityChange {
  return anUpdate(room, warmRoom, touched);
}

describe('what wakes a subscription [V2 notification triggering]', () => {
  const changed = update({ temperature: 'changed', humidity: 'same' });

  test.each<[string, Partial<Subscription>, EntityChange, Alteration | undefined]>([
    ['any change, where nothing is watched', {}, changed, 'entityChange'],
    ['a change of a watched attribute', { watched: ['temperature'] }, changed, 'entityChange'],
    ['not a change of others', { watched: ['pressure'] }, changed, undefined],
    ['not a write of the value that was there', { watched: ['humidity'] }, changed, undefined],
    ['a removal of a watched attribute', { watched: ['humidity'] }, update({ humidity: 'deleted' }), 'entityChange'],
    ['not an update in which everything stayed', {}, update({ temperature: 'same' }), undefined],
    ['a change of metadata', { watched: ['humidity'] }, update({ humidity: 'metadata' }), 'entityChange'],
    ['the creation', {}, aCreation(room), 'entityCreate'],
    ['the creation of a watched attribute', { watched: ['humidity'] }, aCreation(room), 'entityCreate'],
    ['not a creation without it', { watched: ['pressure'] }, aCreation(room), undefined],
    ['the creation of an entity without attributes', {}, aCreation(anEntity()), 'entityCreate'],
    ['not a deletion, unless asked for', {}, aRemoval(room), undefined],
  ])('%s', (_, spec, change, expected) => {
    expect(alterationOf(spec, change)).toBe(expected);
  });
});

describe('with actions on attributes [LD 5.2.12]', () => {
  const level = (...datasets: readonly (string | undefined)[]) => {
    const instances = datasets.map((datasetId) => ({ ...aProperty(1), ...(datasetId !== undefined && { datasetId }) }));
    const [first, ...others] = instances;
    const attributes = first === undefined ? new Map() : new Map([['level', [first, ...others] as const]]);
    return { ...room, attributes };
  };
  const written = (before: Entity, after: Entity, action: 'append' | 'update' | 'delete'): EntityChange => ({
    kind: 'updated',
    before,
    after,
    attributes: [{ name: 'level', action, changed: true, metadataChanged: false }],
  });
  const expiry: EntityChange = {
    kind: 'updated',
    before: room,
    after: { ...room, expiresAt: noon },
    attributes: [{ name: 'dateExpires', action: 'update', changed: true, metadataChanged: false }],
  };

  test.each<[string, readonly ('append' | 'update' | 'delete')[], EntityChange, Alteration | undefined]>([
    ['a new attribute comes', ['append'], written(level(), level(undefined), 'append'), 'entityChange'],
    ['and is not updated', ['update', 'delete'], written(level(), level(undefined), 'append'), undefined],
    ['one that goes is deleted', ['delete'], written(level(undefined), level(), 'delete'), 'entityChange'],
    ['and does not come', ['append', 'update'], written(level(undefined), level(), 'delete'), undefined],
    ['another instance comes', ['append'], written(level(undefined), level(undefined, 'a'), 'update'), 'entityChange'],
    ['an instance goes', ['delete'], written(level(undefined, 'a'), level(undefined), 'update'), 'entityChange'],
    ['an instance stays', ['append', 'delete'], written(level('a'), level('a'), 'update'), undefined],
    ['the expiry of an entity is no attribute', ['append', 'update', 'delete'], expiry, undefined],
  ])('%s', (_, attributeActions, change, expected) => {
    expect(alterationOf({ attributeActions }, change)).toBe(expected);
  });

  it('a deletion touches what the entity had, and nothing else', () => {
    const spec = { attributeActions: [], alterations: ['entityDelete'] } as const;
    expect(alterationOf({ ...spec, watched: ['humidity'] }, aRemoval(room))).toBe('entityDelete');
    expect(alterationOf({ ...spec, watched: ['pressure'] }, aRemoval(room))).toBeUndefined();
    expect(alterationOf(spec, aRemoval(room))).toBe('entityDelete');
  });
});

describe('with notifyOnMetadataChange false [V2 subscription subject condition]', () => {
  const spec = { notifyOnMetadataChange: false };

  test.each<[string, Partial<Subscription>, EntityChange, Alteration | undefined]>([
    ['metadata alone are no change', spec, update({ humidity: 'metadata' }), undefined],
    ['values are', spec, update({ humidity: 'metadata', temperature: 'changed' }), 'entityChange'],
    [
      'metadata of the watched one beside the value of another are none',
      { ...spec, watched: ['humidity'] },
      update({ humidity: 'metadata', temperature: 'changed' }),
      undefined,
    ],
    [
      'metadata alone are an update all the same',
      { ...spec, alterations: ['entityUpdate'] },
      update({ humidity: 'metadata' }),
      'entityUpdate',
    ],
  ])('%s', (_, subscription, change, expected) => {
    expect(alterationOf(subscription, change)).toBe(expected);
  });
});

describe('alterationTypes [V2 subscriptions based in alteration type]', () => {
  const changes = {
    created: aCreation(room),
    changed: update({ temperature: 'changed', humidity: 'same' }),
    same: update({ temperature: 'same' }),
    removed: aRemoval(room),
  };

  test.each<[Alteration[], Partial<Record<keyof typeof changes, Alteration>>]>([
    [['entityCreate'], { created: 'entityCreate' }],
    [['entityChange'], { changed: 'entityChange' }],
    [['entityUpdate'], { changed: 'entityChange', same: 'entityUpdate' }],
    [['entityUpdate', 'entityChange'], { changed: 'entityChange', same: 'entityUpdate' }],
    [['entityDelete'], { removed: 'entityDelete' }],
    [['entityCreate', 'entityDelete'], { created: 'entityCreate', removed: 'entityDelete' }],
  ])('%j', (alterations, expected) => {
    const woken = Object.entries(changes).flatMap(([name, change]) => {
      const alteration = alterationOf({ alterations }, change);
      return alteration === undefined ? [] : [[name, alteration]];
    });
    expect(Object.fromEntries(woken)).toEqual(expected);
  });

  it('counts every write of a watched attribute for entityUpdate, even where only another one changed', () => {
    const spec: Partial<Subscription> = { alterations: ['entityUpdate'], watched: ['humidity'] };
    expect(alterationOf(spec, changes.changed)).toBe('entityChange');
    expect(alterationOf(spec, update({ temperature: 'changed' }))).toBeUndefined();
  });

  it('does not look at the watched attributes for entityDelete', () => {
    const spec: Partial<Subscription> = { alterations: ['entityDelete'], watched: ['pressure'] };
    expect(alterationOf(spec, changes.removed)).toBe('entityDelete');
    expect(alterationOf(spec, { kind: 'removed', before: room, expired: true })).toBe('entityDelete');
  });
});

describe('filters look at the entity after the change, for a deletion at its last state', () => {
  const path = { kind: 'attribute', attribute: 'temperature', subAttributes: [], members: [] } as const;
  const isWarm = {
    filter: { kind: 'compare', path, operator: '>', operand: { kind: 'number', value: 22 } },
    alterations: ['entityCreate', 'entityChange', 'entityDelete'],
  } satisfies Partial<Subscription>;

  it('[V2 notification triggering]', () => {
    const rising = anUpdate(room, warmRoom, { temperature: 'changed' });
    const falling = anUpdate(warmRoom, room, { temperature: 'changed' });
    expect(alterationOf(isWarm, rising)).toBe('entityChange');
    expect(alterationOf(isWarm, falling)).toBeUndefined();
    expect(alterationOf(isWarm, aCreation(room))).toBeUndefined();
    expect(alterationOf(isWarm, aRemoval(warmRoom))).toBe('entityDelete');
    expect(alterationOf(isWarm, aRemoval(room))).toBeUndefined();
  });

  it('and the condition must hold as well, which sees entity, change and request', () => {
    const seen: ConditionContext[] = [];
    const condition = (holds: boolean) => ({
      source: 'a',
      test: (context: ConditionContext) => {
        seen.push(context);
        return holds;
      },
    });
    const change = anUpdate(room, warmRoom, { temperature: 'changed' });
    expect(alterationOf({ ...isWarm, condition: condition(true) }, change)).toBe('entityChange');
    expect(alterationOf({ ...isWarm, condition: condition(false) }, change)).toBeUndefined();
    const cooling = anUpdate(warmRoom, room, { temperature: 'changed' });
    expect(alterationOf({ ...isWarm, condition: condition(true) }, cooling)).toBeUndefined();
    expect(seen).toEqual([
      { entity: warmRoom, change, origin: anOrigin },
      { entity: warmRoom, change, origin: anOrigin },
    ]);
  });
});

describe('what a mutation reports wakes', () => {
  const write = (name: string, value: number): AttributeWrite => {
    return { name, content: { kind: 'property', value }, declaredType: 'Number', subAttributes: undefined };
  };
  const changeOf = (value: number, forced: boolean): EntityChange => {
    const writes = [write('temperature', value)];
    const applied = apply(room, { kind: 'update', writes, overrideMetadata: false, forced }, noon, 'c2');
    if (applied.change === undefined) throw new Error('nothing was written');
    return applied.change;
  };

  test.each<[string, EntityChange, Alteration | undefined]>([
    ['when the value differs', changeOf(25, false), 'entityChange'],
    ['not when it is equal', changeOf(21, false), undefined],
    ['when it is equal and forced [V2 forcedUpdate]', changeOf(21, true), 'entityChange'],
  ])('%s', (_, change, expected) => {
    expect(alterationOf({ watched: ['temperature'] }, change)).toBe(expected);
  });
});

describe('a subscription that is not to be woken', () => {
  const change = aCreation(room);

  test.each<[string, Partial<Subscription>, boolean]>([
    ['is inactive', { status: 'inactive' }, false],
    ['oneshot is still to fire', { status: 'oneshot' }, true],
    ['expires this very moment', { expiresAt: noon }, false],
    ['expires a moment later', { expiresAt: noon + 1 }, true],
    ['looks at another path', { scopes: [{ path: '/', subtree: false }] }, false],
    ['looks below a path', { scopes: [{ path: '/', subtree: true }] }, true],
    ['is after another entity', { selectors: [{ ids: ['Room2'], types: ['Room'] }] }, false],
    ['is after another type', { selectors: [{ ids: ['Room1'], types: ['Car'] }] }, false],
    ['has one selector that fits', { selectors: [{ ids: ['Room2'] }, { types: ['Room'] }] }, true],
    ['has a pattern that does not fit', { selectors: [{ idPattern: compileTextPattern('^Room[2-9]') }] }, false],
    ['has a pattern that fits', { selectors: [{ typePattern: compileTextPattern('oo') }] }, true],
  ])('%s', (_, spec, isWoken) => {
    expect(alterationOf(spec, change)).toBe(isWoken ? 'entityCreate' : undefined);
  });
});

describe('matchSubscriptions', () => {
  const change = aCreation(room);
  const idsOf = (wakes: readonly Wake[]) => wakes.map(({ subscription }) => subscription.id);

  it('names each subscription once, in the order in which they came', () => {
    const index = new SubscriptionIndex();
    index.put(aSubscription({ id: 'c', selectors: [{ types: ['Room'] }, { ids: ['Room1'] }] }));
    index.put(aSubscription({ id: 'b', selectors: [{ ids: ['Room1'] }] }));
    index.put(aSubscription({ id: 'a' }));
    expect(idsOf(matchSubscriptions(change, anOrigin, index, noon))).toEqual(['c', 'b', 'a']);
    index.put(aSubscription({ id: 'c', watched: ['humidity'] }));
    expect(idsOf(matchSubscriptions(change, anOrigin, index, noon))).toEqual(['c', 'b', 'a']);
  });

  it('tells each what happened in its eyes', () => {
    const index = new SubscriptionIndex();
    index.put(aSubscription({ id: 'a', alterations: ['entityUpdate'], notifyOnMetadataChange: false }));
    index.put(aSubscription({ id: 'b', alterations: ['entityUpdate'] }));
    const wakes = matchSubscriptions(update({ humidity: 'metadata' }), anOrigin, index, noon);
    expect(wakes.map(({ alteration }) => alteration)).toEqual(['entityUpdate', 'entityChange']);
  });
});
