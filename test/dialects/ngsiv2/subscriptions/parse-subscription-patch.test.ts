import { describe, expect, it, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts';
import {
  parseSubscription,
  parseSubscriptionPatch,
} from '../../../../src/dialects/ngsiv2/subscriptions/parse-subscription.ts';
import { complaintOf, refusalOf } from '../refusal-of.ts';
import { aPayload, http, mqtt, rules } from './subscription-payload.ts';

const { document: stored } = parseSubscription(
  aPayload({
    description: 'Rooms',
    expires: '2030-01-01T00:00:00.000Z',
    throttling: 5,
    throttlingMode: 'trailing',
    subject: { condition: { attrs: ['a'], expression: { q: 'a>1' }, notifyOnMetadataChange: false } },
    notification: { mqtt, attrs: ['a'], onlyChangedAttrs: true, covered: true, maxFailsLimit: 3, metadata: ['m'] },
  }),
  rules,
);
const patch = (body: JsonValue) => parseSubscriptionPatch(stored, body, rules);

describe('a PATCH [V2 update subscription]', () => {
  it('leaves what it does not name', () => {
    expect(patch({ description: 'Halls' }).document).toEqual({ ...stored, description: 'Halls' });
    expect(patch({ status: 'inactive' })).toEqual({ document: stored, status: 'inactive', terms: expect.anything() });
    expect(patch({ throttling: 10 }).terms.throttling).toEqual({ periodMs: 10_000, mode: 'trailing' });
  });

  it('takes away what it empties', () => {
    const emptied = patch({ description: '', expires: '', throttling: 0, throttlingMode: 'drop' });
    expect(emptied.document).toEqual({ subject: stored.subject, notification: stored.notification });
    expect(emptied.terms).not.toHaveProperty('expiresAt');
  });

  it('replaces the subject as a whole, but for notifyOnMetadataChange', () => {
    const subject = { entities: [{ id: 'a' }] };
    expect(patch({ subject }).document.subject).toEqual({
      ...subject,
      condition: { attrs: [], notifyOnMetadataChange: false },
    });
    const named = { ...subject, condition: { attrs: ['b'], notifyOnMetadataChange: true } };
    expect(patch({ subject: named }).document.subject).toEqual(named);
    expect(patch({ subject: { ...subject, condition: { attrs: ['b'] } } }).document.subject).toEqual({
      ...subject,
      condition: { attrs: ['b'], notifyOnMetadataChange: false },
    });
  });

  it('replaces the notification as a whole, but for onlyChangedAttrs and covered', () => {
    expect(patch({ notification: { http, attrs: ['b'] } }).document.notification).toEqual({
      attrs: ['b'],
      onlyChangedAttrs: true,
      attrsFormat: 'normalized',
      http,
      covered: true,
    });
    const named = { http, attrs: ['b'], onlyChangedAttrs: false, covered: false };
    expect(patch({ notification: named }).document.notification).toEqual({ ...named, attrsFormat: 'normalized' });
  });

  it('covers nothing where there is no list any more', () => {
    expect(patch({ notification: { http } }).document.notification).toMatchObject({ attrs: [], covered: false });
  });

  it('ignores an id', () => {
    expect(patch({ id: 7, status: 'active' }).document).toEqual(stored);
  });

  it('with what was read changes nothing', () => {
    expect(patch(stored).document).toEqual(stored);
  });

  test.each<[string, JsonObject]>([
    ['empty payload', {}],
    ['no subject entities specified', { subject: { condition: { attrs: ['a'] } } }],
    ['condition is empty', { subject: { entities: [{ id: 'a' }], condition: {} } }],
    ['condition attrs is empty', { subject: { entities: [{ id: 'a' }], condition: { attrs: [] } } }],
    ['http, httpCustom, mqtt or mqttCustom is missing', { notification: { attrs: ['a'] } }],
    ['subject is not an object', { subject: null }],
    ['expires has an invalid format', { expires: 'x' }],
  ])('is refused: %s', (expected, body) => {
    expect(complaintOf(() => patch(body))).toBe(expected);
  });

  it('is refused where it is no object', () => {
    expect(refusalOf(() => patch([]))).toEqual({ kind: 'invalidJson' });
  });
});
