// biome-ignore-all lint/suspicious/noTemplateCurlyInString: macros look like that.
import { describe, expect, it, test } from 'vitest';
import { parseSubscription } from '../../../../src/dialects/ngsiv2/subscriptions/parse-subscription.ts';
import { renderSubscription } from '../../../../src/dialects/ngsiv2/subscriptions/render-subscription.ts';
import { noon } from '../../../support/entity-builder.ts';
import { aPayload, aStored, http, mqtt, rules } from './subscription-payload.ts';

const document = (parts: Parameters<typeof aPayload>[0] = {}) => parseSubscription(aPayload(parts), rules).document;

describe('a subscription as GET shows it [V2 retrieve subscription]', () => {
  it('shows its defaults, and no counter that stands at 0', () => {
    expect(renderSubscription(aStored(document()), noon)).toBe(
      '{"id":"697df1c0a8b3d2e4f5061728","status":"active",' +
        '"subject":{"entities":[{"idPattern":".*","type":"Room"}],' +
        '"condition":{"attrs":[],"notifyOnMetadataChange":true}},' +
        '"notification":{"attrs":[],"onlyChangedAttrs":false,"attrsFormat":"normalized",' +
        '"http":{"url":"http://receiver:1028/notify"},"covered":false}}',
    );
  });

  it('has its members in the order of the reference implementation', () => {
    const stored = aStored(
      document({
        throttling: 5,
        throttlingMode: 'trailing',
        expires: '2030-01-01',
        description: 'Rooms',
        subject: {
          condition: {
            notifyOnMetadataChange: false,
            alterationTypes: ['entityUpdate'],
            jexlExpression: 'a > b',
            expression: {
              georel: 'near;maxDistance:1',
              coords: '1,2',
              geometry: 'point',
              mq: 'a.b>1',
              q: 'a>1',
            },
            attrs: ['a'],
          },
          entities: [
            { typePattern: 'T', idPattern: 'I' },
            { type: 'Room', id: 'Room1' },
          ],
        },
        notification: {
          covered: true,
          maxFailsLimit: 3,
          metadata: ['dateCreated', '*'],
          httpCustom: {
            headers: { b: '1', a: '2' },
            qs: { z: '1', y: '2' },
            method: 'PUT',
            json: { b: 1, a: 2 },
            timeout: 10,
            url: 'http://receiver/${id}',
          },
          attrsFormat: 'values',
          onlyChangedAttrs: true,
          attrs: ['b', 'a'],
        },
      }),
      {
        status: 'oneshot',
        timesSent: 7,
        failsCounter: 2,
        lastNotification: noon,
        lastSuccess: noon - 1000,
        lastSuccessCode: 200,
        lastFailure: noon - 2,
        lastFailureReason: 'Timeout was reached',
      },
    );
    expect(renderSubscription(stored, noon)).toBe(
      '{"id":"697df1c0a8b3d2e4f5061728","description":"Rooms","expires":"2030-01-01T00:00:00.000Z","status":"oneshot",' +
        '"subject":{"entities":[{"idPattern":"I","typePattern":"T"},{"id":"Room1","type":"Room"}],' +
        '"condition":{"attrs":["a"],' +
        '"expression":{"q":"a>1","mq":"a.b>1","geometry":"point","coords":"1,2","georel":"near;maxDistance:1"},' +
        '"jexlExpression":"a > b","alterationTypes":["entityUpdate"],"notifyOnMetadataChange":false}},' +
        '"notification":{"timesSent":7,"lastNotification":"2026-01-31T12:00:00.000Z","attrs":["b","a"],' +
        '"onlyChangedAttrs":true,"attrsFormat":"values",' +
        '"httpCustom":{"url":"http://receiver/${id}","timeout":10,"json":{"b":1,"a":2},"method":"PUT",' +
        '"qs":{"y":"2","z":"1"},"headers":{"a":"2","b":"1"}},"metadata":["dateCreated","*"],' +
        '"lastFailure":"2026-01-31T11:59:59.998Z","lastFailureReason":"Timeout was reached",' +
        '"lastSuccess":"2026-01-31T11:59:59.000Z","lastSuccessCode":200,"maxFailsLimit":3,"failsCounter":2,' +
        '"covered":true},"throttling":5,"throttlingMode":"trailing"}',
    );
  });

  it('masks passwords, and has neither codes nor reasons for MQTT [V2 subscription notification mqtt]', () => {
    const mqttCustom = { ...mqtt, payload: null, user: 'a', passwd: 'secret' };
    const state = { timesSent: 1, lastFailure: noon, lastFailureReason: 'x', lastSuccess: noon, lastSuccessCode: 200 };
    const rendered = renderSubscription(aStored(document({ notification: { mqttCustom } }), state), noon);
    expect(JSON.parse(rendered).notification).toEqual({
      timesSent: 1,
      attrs: [],
      onlyChangedAttrs: false,
      attrsFormat: 'normalized',
      mqttCustom: { ...mqttCustom, qos: 0, retain: false, passwd: '*****' },
      lastFailure: '2026-01-31T12:00:00.000Z',
      lastSuccess: '2026-01-31T12:00:00.000Z',
      covered: false,
    });
    const plain = { ...mqtt, user: 'a', passwd: '' };
    expect(renderSubscription(aStored(document({ notification: { mqtt: plain } })), noon)).toContain(
      '"mqtt":{"url":"mqtt://broker:1883","topic":"city/room","qos":0,"retain":false,"user":"a","passwd":"*****"}',
    );
  });

  test.each([
    ['active', '2026-01-31T12:00:00.001Z', 'active'],
    ['active', '2026-01-31T12:00:00.000Z', 'expired'],
    ['inactive', '2026-01-01', 'expired'],
    ['inactive', undefined, 'inactive'],
  ] as const)('that is %s and expires at %s is shown as %s', (status, expires, expected) => {
    const stored = aStored(document(expires === undefined ? {} : { expires }), { status });
    expect(JSON.parse(renderSubscription(stored, noon)).status).toBe(expected);
  });

  it('is never failed: its counter says how often it was', () => {
    const stored = aStored(document(), { failsCounter: 3, lastFailure: noon });
    expect(JSON.parse(renderSubscription(stored, noon))).toMatchObject({
      status: 'active',
      notification: { failsCounter: 3, lastFailure: '2026-01-31T12:00:00.000Z' },
    });
  });

  it('shows exceptAttrs instead of attrs', () => {
    const rendered = renderSubscription(aStored(document({ notification: { http, exceptAttrs: ['a'] } })), noon);
    expect(rendered).toContain('"notification":{"exceptAttrs":["a"],"onlyChangedAttrs":false');
  });
});
