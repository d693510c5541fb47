import { beforeEach, describe, expect, it } from 'vitest';
import { batchUpdate } from '../../src/broker/entities/batch-update.ts';
import { createEntity } from '../../src/broker/entities/create-entity.ts';
import { mutateEntity } from '../../src/broker/entities/mutate-entity.ts';
import { removeAttribute, updateAttribute } from '../../src/broker/entities/update-attribute.ts';
import { addModel, removeModel } from '../../src/broker/models/add-model.ts';
import { Models } from '../../src/broker/models/models.ts';
import { removePolicyRule, setPolicyRule } from '../../src/broker/models/set-policy-rule.ts';
import type { EntityDraft } from '../../src/core/change/entity-draft.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { type PolicyRule, ruleFor } from '../../src/core/model/model-policy.ts';
import type { EntityViolations } from '../../src/core/model/violation.ts';
import type { ScopePattern } from '../../src/core/scope.ts';
import { anEntity } from '../support/entity-builder.ts';
import {
  aBroker,
  defaultTenant,
  given,
  inScope,
  type PlainBroker,
  refusalOf,
  valuesIn,
} from '../support/plain-broker.ts';
import { anOperation, aWrite, plainly } from '../support/write-builder.ts';

const everywhere: ScopePattern = { path: '/', subtree: true };

function aRule(rule: Partial<PolicyRule> = {}): PolicyRule {
  return { id: 'rule', scope: everywhere, mode: 'enforce', unknownAttributes: 'off', unknownTypes: 'off', ...rule };
}

const roomSchema: JsonObject = {
  'x-version': '1.0.0',
  properties: {
    type: { const: 'Room' },
    temperature: { type: 'number', maximum: 60, 'x-ngsi': { type: 'Property', unitCodes: ['CEL'] } },
    humidity: { type: 'number', maximum: 1 },
    name: { type: 'string' },
    since: { type: 'string', format: 'date-time' },
  },
  required: ['name'],
};

function addRoomModel(broker: PlainBroker, schema: JsonObject = roomSchema) {
  return addModel(broker, defaultTenant, { url: 'test://room', schema, shared: [], examples: [] }, { dryRun: false });
}

const named = aWrite('name', 'Hall');

function aRoom(...writes: EntityDraft['writes']): EntityDraft {
  return { id: 'Room1', types: ['Room'], writes: [named, ...writes] };
}

function create(broker: PlainBroker, draft: EntityDraft, scope = inScope()) {
  return createEntity(broker, scope, draft, { ...plainly, upsert: false });
}

const room = { id: 'Room1' };

describe('A policy that enforces', () => {
  let broker: PlainBroker;

  beforeEach(async () => {
    broker = aBroker();
    await broker.models.load();
    await addRoomModel(broker);
    await setPolicyRule(broker, defaultTenant, aRule({ type: 'Room' }));
  });

  it('refuses an entity that is not as its model has it, and says path, value, rule and version', async () => {
    const refusal = await refusalOf(create(broker, aRoom(aWrite('temperature', 85))));
    expect(refusal).toEqual({
      kind: 'modelViolated',
      entity: { id: 'Room1', type: 'Room' },
      violations: [
        { path: '/temperature', value: 85, rule: 'maximum', message: 'must be at most 60', model: 'Room 1.0.0' },
      ],
    });
    expect(await valuesIn(broker)).toEqual({});
    await create(broker, aRoom(aWrite('temperature', 21)));
    expect(broker.models.countsOf(defaultTenant).of('Room')).toEqual({ refused: 1, warned: 0 });
  });

  it('judges a partial update by the entity as it would be', async () => {
    await create(broker, aRoom(aWrite('temperature', 21)));
    const update = { kind: 'update', writes: [aWrite('temperature', 22)], ...plainly } as const;
    await mutateEntity(broker, inScope(), room, update);
    const replace = { kind: 'replace', writes: [aWrite('temperature', 22)], ...plainly } as const;
    expect(await refusalOf(mutateEntity(broker, inScope(), room, replace))).toMatchObject({
      violations: [{ path: '/name', rule: 'required' }],
    });
    expect(await refusalOf(removeAttribute(broker, inScope(), room, 'name'))).toMatchObject({
      violations: [{ path: '/name', rule: 'required' }],
    });
    expect(await valuesIn(broker)).toEqual({ Room1: { name: 'Hall', temperature: 22 } });
  });

  it('judges an update operator by what it makes of the value', async () => {
    await create(broker, aRoom(aWrite('temperature', 55)));
    const add = (argument: number) =>
      updateAttribute(broker, inScope(), room, anOperation('temperature', '$inc', argument), plainly);
    await add(5);
    expect(await refusalOf(add(1))).toMatchObject({
      violations: [{ path: '/temperature', value: 61, rule: 'maximum' }],
    });
    expect(await valuesIn(broker)).toEqual({ Room1: { name: 'Hall', temperature: 60 } });
  });

  it('stores the good entities of a batch and lists the bad, each judged on what those before it left', async () => {
    const drafts: EntityDraft[] = [
      { id: 'Room1', types: ['Room'], writes: [named, aWrite('temperature', 59)] },
      { id: 'Room2', types: ['Room'], writes: [aWrite('temperature', 20)] },
      { id: 'Room1', types: ['Room'], writes: [anOperation('temperature', '$inc', 2)] },
      { id: 'Room3', types: ['Room'], writes: [named] },
    ];
    const refusal = await refusalOf(batchUpdate(broker, inScope(), 'append', drafts, plainly));
    expect(refusal).toMatchObject({
      kind: 'batchRefused',
      written: true,
      refused: [
        { entity: { id: 'Room2' }, reason: { kind: 'modelViolated', violations: [{ path: '/name' }] } },
        {
          entity: { id: 'Room1' },
          reason: { kind: 'modelViolated', violations: [{ path: '/temperature', value: 61 }] },
        },
      ],
    });
    expect(await valuesIn(broker)).toEqual({ Room1: { name: 'Hall', temperature: 59 }, Room3: { name: 'Hall' } });
  });

  it('refuses types and units that contradict the model or the value', async () => {
    const number = { ...aWrite('temperature', '21'), declaredType: 'Number' };
    expect(await refusalOf(create(broker, aRoom(number)))).toMatchObject({
      violations: [
        { path: '/temperature', rule: 'type', value: '21' },
        { path: '/temperature', rule: 'attributeType', value: '21', message: 'does not fit the type Number' },
      ],
    });
    const unit = {
      ...aWrite('temperature', 70),
      subAttributes: new Map([
        ['unitCode', { content: { kind: 'property' as const, value: 'FAH' }, declaredType: 'Text' }],
      ]),
    };
    expect(await refusalOf(create(broker, aRoom(unit)))).toMatchObject({
      violations: [
        { rule: 'maximum' },
        { path: '/temperature', rule: 'unit', value: 'FAH', message: expect.stringContaining('must be CEL') },
      ],
    });
    const instant = { ...aWrite('since', '2026-01-31T12:00:00.000Z'), declaredType: 'Boolean' };
    expect(await refusalOf(create(broker, aRoom(instant)))).toMatchObject({ violations: [{ rule: 'attributeType' }] });
    // The type that the broker gives where a client gives none says nothing.
    await create(broker, aRoom({ ...aWrite('since', '2026-01-31T12:00:00.000Z'), declaredType: 'Text' }));
  });

  it('says nothing of entities of other types, and of attributes that the model does not have', async () => {
    await create(broker, { id: 'Car1', types: ['Car'], writes: [aWrite('temperature', 1000)] });
    await create(broker, aRoom(aWrite('mood', 'good')));
  });

  it('is not fooled by names that every object has', async () => {
    const schema = { ...roomSchema, required: ['constructor', 'toString'] };
    await addRoomModel(broker, schema);
    expect(await refusalOf(create(broker, aRoom()))).toMatchObject({
      violations: [{ path: '/constructor' }, { path: '/toString' }],
    });
    await create(broker, aRoom(aWrite('constructor', 1), aWrite('toString', 2), aWrite('__proto__', 3)));
  });

  it('lets an entity go, whatever it is like', async () => {
    await setPolicyRule(broker, defaultTenant, aRule({ type: 'Room', mode: 'off' }));
    await create(broker, aRoom(aWrite('temperature', 85)));
    await setPolicyRule(broker, defaultTenant, aRule({ type: 'Room' }));
    const update = { kind: 'update', writes: [aWrite('humidity', 0.5)], ...plainly } as const;
    // It is judged as a whole: what was let in before is still wrong.
    expect(
      await refusalOf(mutateEntity(broker, inScope(), room, { ...update, kind: 'append', strict: false })),
    ).toMatchObject({
      violations: [{ path: '/temperature' }],
    });
    await batchUpdate(broker, inScope(), 'delete', [{ id: 'Room1', types: ['Room'], writes: [] }], plainly);
    expect(await valuesIn(broker)).toEqual({});
  });
});

describe('A policy', () => {
  let broker: PlainBroker;

  beforeEach(async () => {
    broker = aBroker();
    await broker.models.load();
    await addRoomModel(broker);
  });

  it('that warns stores, counts and tells', async () => {
    await setPolicyRule(broker, defaultTenant, aRule({ mode: 'warn' }));
    const warnings: EntityViolations[] = [];
    const scope = { ...inScope(), warned: (told: readonly EntityViolations[]) => warnings.push(...told) };
    await create(broker, aRoom(aWrite('temperature', 85)), scope);
    expect(await valuesIn(broker)).toEqual({ Room1: { name: 'Hall', temperature: 85 } });
    expect(warnings).toMatchObject([{ entity: { id: 'Room1', type: 'Room' }, violations: [{ path: '/temperature' }] }]);
    expect(broker.models.countsOf(defaultTenant).of('Room')).toEqual({ refused: 0, warned: 1 });
  });

  it('says by itself what happens to unknown attributes and to unknown types', async () => {
    await setPolicyRule(
      broker,
      defaultTenant,
      aRule({ mode: 'off', unknownAttributes: 'enforce', unknownTypes: 'enforce' }),
    );
    await create(broker, aRoom(aWrite('temperature', 85)));
    const mood = { kind: 'append', strict: false, writes: [aWrite('mood', 'good')], ...plainly } as const;
    expect(await refusalOf(mutateEntity(broker, inScope(), room, mood))).toMatchObject({
      violations: [{ path: '/mood', rule: 'unknownAttribute', value: 'good', model: 'Room 1.0.0' }],
    });
    expect(await refusalOf(create(broker, { id: 'Car1', types: ['Car'], writes: [] }))).toMatchObject({
      violations: [{ path: '/type', rule: 'unknownType', value: 'Car' }],
    });
  });

  it('takes the highest version of a model, or the one that it names', async () => {
    await addRoomModel(broker, { ...roomSchema, 'x-version': '1.10.0', required: ['name', 'humidity'] });
    await addRoomModel(broker, { ...roomSchema, 'x-version': '1.9.0', required: [] });
    await setPolicyRule(broker, defaultTenant, aRule({ type: 'Room' }));
    expect(await refusalOf(create(broker, aRoom()))).toMatchObject({
      violations: [{ path: '/humidity', model: 'Room 1.10.0' }],
    });
    await setPolicyRule(broker, defaultTenant, aRule({ type: 'Room', version: '1.0.0' }));
    await create(broker, aRoom());
    expect(await refusalOf(setPolicyRule(broker, defaultTenant, aRule({ type: 'Room', version: '2.0.0' })))).toEqual({
      kind: 'invalidRequest',
      description: 'there is no version 2.0.0 of a model of Room; there are: 1.0.0, 1.9.0, 1.10.0',
    });
    expect(await refusalOf(removeModel(broker, defaultTenant, 'Room', '1.0.0'))).toMatchObject({
      kind: 'invalidRequest',
    });
    await removeModel(broker, defaultTenant, 'Room', '1.9.0');
    expect(await refusalOf(removeModel(broker, defaultTenant, 'Room', '1.9.0'))).toEqual({ kind: 'modelNotFound' });
  });

  it('holds for its tenant, and until its rule is taken away', async () => {
    await setPolicyRule(broker, defaultTenant, aRule());
    const bad = aRoom(aWrite('temperature', 85));
    await create(broker, bad, { ...inScope(), tenant: 'other' as typeof defaultTenant });
    expect(await refusalOf(create(broker, bad))).toMatchObject({ kind: 'modelViolated' });
    await removePolicyRule(broker, defaultTenant, 'rule');
    await create(broker, bad);
    expect(await refusalOf(removePolicyRule(broker, defaultTenant, 'rule'))).toEqual({ kind: 'modelRuleNotFound' });
  });

  it('is in force in every broker on the same data', async () => {
    const other = new Models(broker.stores, broker.models.registry, broker.log);
    await other.load();
    await setPolicyRule(broker, defaultTenant, aRule({ type: 'Room' }));
    const bad = anEntity({ id: 'Room1', type: 'Room', values: { temperature: 85 } });
    expect(other.of(defaultTenant).judge(bad).refused).toMatchObject([{ path: '/name' }, { path: '/temperature' }]);
    await removePolicyRule(broker, defaultTenant, 'rule');
    expect(other.of(defaultTenant).judge(bad).refused).toEqual([]);
  });

  it('is asked of what was stored before it, too', async () => {
    await given(broker, anEntity({ id: 'Room1', type: 'Room', values: { temperature: 85 } }));
    await setPolicyRule(broker, defaultTenant, aRule());
    const update = { kind: 'update', writes: [aWrite('temperature', 20)], ...plainly } as const;
    expect(await refusalOf(mutateEntity(broker, inScope(), room, update))).toMatchObject({
      violations: [{ path: '/name' }],
    });
  });
});

describe('The rule that holds', () => {
  const rules: readonly PolicyRule[] = [
    aRule({ id: 'all' }),
    aRule({ id: 'madrid', scope: { path: '/madrid', subtree: true } }),
    aRule({ id: 'madrid-centro', scope: { path: '/madrid/centro', subtree: false } }),
    aRule({ id: 'madrid-centro-below', scope: { path: '/madrid/centro', subtree: true } }),
    aRule({ id: 'rooms', type: 'Room' }),
    aRule({ id: 'rooms-in-madrid', type: 'Room', scope: { path: '/madrid', subtree: true } }),
    aRule({ id: 'rooms-in-madrid-too', type: 'Room', scope: { path: '/madrid', subtree: true } }),
  ];

  it.each([
    ['Car', '/', 'all'],
    ['Car', '/barcelona', 'all'],
    ['Car', '/madrid', 'madrid'],
    ['Car', '/madrid/centro', 'madrid-centro'],
    ['Car', '/madrid/centro/sol', 'madrid-centro-below'],
    ['Room', '/barcelona', 'rooms'],
    ['Room', '/madrid/centro', 'rooms-in-madrid'],
  ])('for a %s in %s is the most special: %s', (type, scope, id) => {
    expect(ruleFor(rules, type, scope)?.id).toBe(id);
    expect(ruleFor(rules.toReversed(), type, scope)?.id).toBe(id);
  });

  it('is none where no rule is about the entity', () => {
    expect(ruleFor(rules.slice(1), 'Car', '/barcelona')).toBeUndefined();
  });
});
