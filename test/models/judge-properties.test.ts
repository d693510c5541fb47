import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createModelRegistry } from '../../src/adapters/models/ajv-model-registry.ts';
import { TenantModels } from '../../src/broker/models/tenant-models.ts';
import { apply } from '../../src/core/change/apply.ts';
import type { Mutation } from '../../src/core/change/mutation.ts';
import type { Entity } from '../../src/core/entity/entity.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Severity } from '../../src/core/model/model-policy.ts';
import { readDataModel } from '../../src/core/model/read-data-model.ts';
import { anEntity, noon } from '../support/entity-builder.ts';
import { silentLog } from '../support/store-settings.ts';
import { aWrite, plainly } from '../support/write-builder.ts';

const registry = createModelRegistry();

/** The second ties attributes together; the third looks at all names. */
const schemas: readonly JsonObject[] = [
  { required: ['a'] },
  { required: ['a'], anyOf: [{ required: ['b'] }, { properties: { c: { const: 'x' } } }] },
  { additionalProperties: false, allOf: [{ properties: { a: { maximum: 5 } } }] },
];

const properties: JsonObject = {
  id: { type: 'string' },
  type: { const: 'T' },
  a: { type: 'number', minimum: 0, 'x-ngsi': { type: 'Property', unitCodes: ['CEL'] } },
  b: { type: 'string', maxLength: 3 },
  c: { type: 'string' },
};

function modelsOf(schema: JsonObject, mode: Severity, unknownAttributes: Severity): TenantModels {
  const { model } = readDataModel({ url: 'test://t', document: { ...schema, properties } }, registry.findShared);
  const rule = { id: 'r', scope: { path: '/', subtree: true }, mode, unknownAttributes, unknownTypes: 'off' as const };
  return new TenantModels(registry, [model], [rule], silentLog);
}

const aName = fc.constantFrom('a', 'b', 'c', 'd');
const aSomeWrite = fc
  .record({
    name: aName,
    value: fc.constantFrom(1, 3, -1, 9, 'x', 'long text', null),
    type: fc.constantFrom(undefined, 'Number', 'Text', 'Own'),
    unit: fc.constantFrom(undefined, 'CEL', 'KMH'),
  })
  .map(({ name, value, type, unit }) =>
    aWrite(name, value, {
      ...(type !== undefined && { type }),
      ...(unit !== undefined && { metadata: { unitCode: unit } }),
    }),
  );
const writes = fc.uniqueArray(aSomeWrite, { minLength: 1, maxLength: 4, selector: ({ name }) => name });
const aMutation: fc.Arbitrary<Mutation> = fc.oneof(
  writes.map((some): Mutation => ({ kind: 'append', strict: false, writes: some, ...plainly })),
  writes.map((some): Mutation => ({ kind: 'update', writes: some, ...plainly })),
  writes.map((some): Mutation => ({ kind: 'replace', writes: some, ...plainly })),
  fc.uniqueArray(aName, { minLength: 1, maxLength: 2 }).map((names): Mutation => ({ kind: 'remove', names })),
);

test.each(schemas)('What is judged by its changes is judged as the whole would be: %j', (schema) => {
  const severity = fc.constantFrom<Severity>('off', 'warn', 'enforce');
  fc.assert(
    fc.property(severity, severity, fc.array(aMutation, { maxLength: 12 }), (mode, unknownAttributes, mutations) => {
      const remembering = modelsOf(schema, mode, unknownAttributes);
      let entity: Entity = anEntity({ id: 'T1', type: 'T', values: { a: 1, b: 'x' } });
      remembering.judge(entity);
      for (const [index, mutation] of mutations.entries()) {
        const { change } = apply(entity, mutation, noon + index, 'c');
        if (change === undefined) continue;
        const whole = modelsOf(schema, mode, unknownAttributes).judge(change.after);
        const byChanges = remembering.judge(change.after, change);
        expect(sortedOf(byChanges)).toEqual(sortedOf(whole));
        // What is refused is not stored.
        if (whole.refused.length === 0) entity = change.after;
      }
    }),
    { numRuns: 60 },
  );
});

function sortedOf({ refused, warned }: ReturnType<TenantModels['judge']>) {
  const texts = (violations: readonly object[]) => violations.map((one) => JSON.stringify(one)).toSorted();
  return { refused: texts(refused), warned: texts(warned) };
}
