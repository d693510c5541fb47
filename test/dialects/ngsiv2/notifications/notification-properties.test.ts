// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is what macros look like.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts';
import type { CustomBody, Delivery } from '../../../../src/core/subscription/delivery.ts';
import { httpMethods } from '../../../../src/core/subscription/delivery.ts';
import type { Subscription } from '../../../../src/core/subscription/subscription.ts';
import { arbitraryEntity } from '../../../support/arbitrary-entity.ts';
import { aSubscription, factsOfChange, http, rendered } from './notification-builder.ts';

const names = ['id', 'temperature', 'dateCreated', 'dateExpires', 'alterationType', 'servicePath', '*', 'a b'];
const pieces = [
  '${',
  '}',
  'http://',
  'h/',
  '${id}',
  '${type}',
  '${metadata}',
  '${a|len}',
  '${1/0}',
  '%41',
  '%',
  '\r\n',
  'é',
  '#',
  '?',
  '"',
  ' ',
];
const template = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4, unit: 'binary' })), { maxLength: 6 })
  .map((parts) => parts.join(''));
const dictionary = fc.array(fc.tuple(template, template), { maxLength: 3 }).map((entries) => new Map(entries));
const jsonTemplate = fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof(template, fc.jsonValue()), { maxKeys: 4 });

const body: fc.Arbitrary<CustomBody> = fc.oneof(
  fc.constant<CustomBody>({ kind: 'default' }),
  fc.constant<CustomBody>({ kind: 'none' }),
  template.map((text): CustomBody => ({ kind: 'text', template: text })),
  jsonTemplate.map((json): CustomBody => ({ kind: 'json', template: json as JsonObject })),
  fc
    .record({ id: template, type: template, name: fc.constantFrom('temperature', 'new', '__proto__'), value: template })
    .map(
      ({ id, type, name, value }): CustomBody => ({
        kind: 'patch',
        patch: { id, type, attributes: [{ name, declaredType: 'Text', value }] },
      }),
    ),
);

const delivery: fc.Arbitrary<Delivery> = fc.oneof(
  fc
    .record({ url: template, method: fc.constantFrom(...httpMethods), headers: dictionary, query: dictionary, body })
    .map(
      ({ url, ...custom }): Delivery => ({
        kind: 'http',
        target: { kind: 'url', url: `http://receiver/${url}` },
        custom,
      }),
    ),
  fc.record({ topic: template, body }).map(
    ({ topic, body: own }): Delivery => ({
      kind: 'mqtt',
      target: { kind: 'url', url: 'mqtt://broker' },
      topic,
      qos: 0,
      retain: false,
      custom: { body: own },
    }),
  ),
  fc.constant<Delivery>({ kind: 'stream' }),
);

const subscription: fc.Arbitrary<Subscription> = fc
  .record({
    attrs: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 4 }),
    metadata: fc.uniqueArray(fc.constantFrom('*', 'previousValue', 'actionType', 'dateModified', 'unit'), {
      maxLength: 3,
    }),
    attrsFormat: fc.constantFrom('normalized', 'keyValues', 'values', 'simplifiedNormalized', 'simplifiedKeyValues'),
    onlyChangedAttrs: fc.boolean(),
    covered: fc.boolean(),
    delivery,
  })
  .map(({ delivery: own, covered, ...notification }) => {
    const read = aSubscription({ http, ...notification, covered: covered && notification.attrs.length > 0 });
    return { ...read, notification: { ...read.notification, delivery: own } };
  });

const facts = fc.tuple(arbitraryEntity, arbitraryEntity, fc.boolean()).map(([before, after, removed]) =>
  factsOfChange(
    removed
      ? { kind: 'removed', before }
      : {
          kind: 'updated',
          before,
          after: { ...after, id: before.id },
          attributes: [...before.attributes.keys(), ...after.attributes.keys()].map((name) => ({
            name,
            action: 'update',
            changed: true,
            metadataChanged: false,
          })),
        },
    {},
  ),
);

describe('Any notification', () => {
  it('is rendered, or cannot be sent; nothing throws, and nothing gets into the wrong place', () => {
    fc.assert(
      fc.property(subscription, facts, (any, of) => {
        const outgoing = rendered(any, of);
        expect(rendered(any, of)).toEqual(outgoing);
        switch (outgoing.kind) {
          case 'unsendable':
            expect(outgoing.reason).not.toBe('');
            return;
          case 'mqtt':
            expect(outgoing.topic).toMatch(/^[^+#]+$/);
            expect(outgoing.topic).not.toContain('\u0000');
            return;
          case 'stream':
            expect(() => JSON.parse(outgoing.body) as JsonValue).not.toThrow();
            return;
          case 'http': {
            if (outgoing.target.kind === 'url') expect(new URL(outgoing.target.url).hostname).toBe('receiver');
            const lowerCase = [...outgoing.headers.keys()].map((name) => name.toLowerCase());
            expect(new Set(lowerCase).size).toBe(lowerCase.length);
            expect(lowerCase).toEqual(expect.arrayContaining(['fiware-correlator', 'oriel-notification-id']));
            for (const [name, value] of outgoing.headers) {
              expect(name).toMatch(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
              expect(value).toMatch(/^[\x20-\x7e\x80-\xff]+$/);
            }
            if (outgoing.headers.get('Content-Type')?.startsWith('application/json') === true) {
              expect(() => JSON.parse(outgoing.body ?? '') as JsonValue).not.toThrow();
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
