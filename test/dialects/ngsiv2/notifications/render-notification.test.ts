// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is what macros look like.

import { describe, expect, it } from 'vitest';
import { expiryName } from '../../../../src/core/change/mutation.ts';
import type { TenantName } from '../../../../src/core/scope.ts';
import { aDateTime, anEntity, aProperty } from '../../../support/entity-builder.ts';
import { aWrite, plainly } from '../../../support/write-builder.ts';
import {
  aSubscription,
  bodyOf,
  entityIn,
  factsOf,
  factsOfChange,
  factsOfCreation,
  factsOfMutation,
  http,
  later,
  rendered,
  renderedHttp,
  renderedMqtt,
  room,
  subscriptionId,
} from './notification-builder.ts';

describe('A notification over HTTP [V2 notification messages]', () => {
  it('is one entity, and says where it comes from', () => {
    expect(renderedHttp({ http: { ...http, timeout: 2000 } }, factsOf({ temperature: 23.5 }))).toEqual({
      kind: 'http',
      target: { kind: 'url', url: 'http://receiver:1028/notify' },
      method: 'POST',
      timeoutMs: 2000,
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Fiware-Service': 'city',
        'Fiware-Servicepath': '/Madrid',
        Accept: 'application/json',
        'User-Agent': 'oriel/1.0.0',
        Via: '1.1 here',
        'Fiware-Correlator': 'c0ffee; cbnotif=1',
        'Ngsiv2-AttrsFormat': 'normalized',
        'Oriel-Notification-Id': 'n-1',
      },
      body:
        `{"subscriptionId":"${subscriptionId}","data":[{"id":"Room1","type":"Room",` +
        '"temperature":{"type":"Number","value":23.5,"metadata":{}},' +
        '"name":{"type":"Text","value":"Aula","metadata":{}},' +
        '"pressure":{"type":"Number","value":720,"metadata":{"unit":{"type":"Text","value":"mmHg"}}}}]}',
    });
  });

  it('names the brokers that the change has passed, and this one [RFC 9110 7.6.3]', () => {
    const { headers } = renderedHttp({ http }, factsOf({ temperature: 1 }, { origin: { via: ['there', 'yonder'] } }));
    expect(headers.Via).toBe('1.1 there, 1.1 yonder, 1.1 here');
  });

  it('passes on the tokens of the request, and names no tenant where there is none', () => {
    const from = {
      tenant: '' as TenantName,
      authToken: 't0ken',
      authorization: 'Bearer x',
      correlator: 'a; cbnotif=3',
    };
    const { headers } = renderedHttp({ http }, factsOf({ temperature: 23 }, { origin: from }));
    expect(headers).toEqual({
      'Content-Type': 'application/json; charset=utf-8',
      'Fiware-Servicepath': '/Madrid',
      'X-Auth-Token': 't0ken',
      Authorization: 'Bearer x',
      Accept: 'application/json',
      'User-Agent': 'oriel/1.0.0',
      Via: '1.1 here',
      'Fiware-Correlator': 'a; cbnotif=3; cbnotif=1',
      'Ngsiv2-AttrsFormat': 'normalized',
      'Oriel-Notification-Id': 'n-1',
    });
  });

  it('goes to the endpoint that the subscription names', () => {
    expect(renderedHttp({ http: { endpoint: 'warehouse' } }, factsOf({ temperature: 23 })).target).toEqual({
      kind: 'endpoint',
      name: 'warehouse',
      query: '',
    });
  });

  it('has nothing to do with macros where it is not custom', () => {
    const url = 'http://receiver:1028/${id}?a b';
    const subscription = aSubscription({ http });
    const delivery = { kind: 'http', target: { kind: 'url', url } } as const;
    const outgoing = rendered(
      { ...subscription, notification: { ...subscription.notification, delivery } },
      factsOf({ temperature: 23 }),
    );
    expect(outgoing).toMatchObject({ target: { kind: 'url', url } });
  });

  it('is the same message each time it is rendered', () => {
    const subscription = aSubscription({ httpCustom: { ...http, json: { at: '${0|now}', t: '${temperature}' } } });
    const facts = factsOf({ temperature: 23 });
    expect(rendered(subscription, facts)).toEqual(rendered(subscription, JSON.parse(JSON.stringify(facts))));
  });
});

describe('attrsFormat [V2 notification messages]', () => {
  const facts = factsOf({ temperature: 23 });
  const attrs = ['temperature', 'name'];
  const normalized = {
    id: 'Room1',
    type: 'Room',
    temperature: { type: 'Number', value: 23, metadata: {} },
    name: { type: 'Text', value: 'Aula', metadata: {} },
  };
  const keyValues = { id: 'Room1', type: 'Room', temperature: 23, name: 'Aula' };

  it.each([
    ['normalized', { subscriptionId, data: [normalized] }],
    ['keyValues', { subscriptionId, data: [keyValues] }],
    ['values', { subscriptionId, data: [[23, 'Aula']] }],
    ['simplifiedNormalized', normalized],
    ['simplifiedKeyValues', keyValues],
  ])('%s', (attrsFormat, body) => {
    const outgoing = renderedHttp({ http, attrs, attrsFormat }, facts);
    expect(JSON.parse(outgoing.body ?? '')).toEqual(body);
    expect(outgoing.headers['Ngsiv2-AttrsFormat']).toBe(attrsFormat);
  });
});

describe('The attributes that are shown [V2 subscription notification]', () => {
  const facts = factsOf({ temperature: 23, pressure: 720 });
  const keyValues = { attrsFormat: 'simplifiedKeyValues', http };
  const shown = (notification: object, of = facts) => bodyOf({ ...keyValues, ...notification }, of);
  const identity = { id: 'Room1', type: 'Room' };

  it('are all of them where nothing is said', () => {
    expect(shown({})).toEqual({ ...identity, temperature: 23, name: 'Aula', pressure: 720 });
    expect(shown({ attrs: [] })).toEqual({ ...identity, temperature: 23, name: 'Aula', pressure: 720 });
  });

  it('are those of attrs, in its order, as far as the entity has them', () => {
    const { body } = renderedHttp({ ...keyValues, attrs: ['pressure', 'humidity', 'temperature'] }, facts);
    expect(body).toBe('{"id":"Room1","type":"Room","pressure":720,"temperature":23}');
  });

  it('are all but those of exceptAttrs', () => {
    expect(shown({ exceptAttrs: ['pressure', 'humidity'] })).toEqual({ ...identity, temperature: 23, name: 'Aula' });
  });

  it('are with onlyChangedAttrs those that differ, of those asked for', () => {
    expect(shown({ onlyChangedAttrs: true })).toEqual({ ...identity, temperature: 23 });
    expect(shown({ onlyChangedAttrs: true, attrs: ['name', 'temperature'] })).toEqual({ ...identity, temperature: 23 });
    expect(shown({ onlyChangedAttrs: true, exceptAttrs: ['temperature'] })).toEqual(identity);
  });

  it('differ with their metadata, unless the subscription says that it does not care', () => {
    const writes = [aWrite('pressure', 720, { metadata: { unit: 'hPa' } })];
    const changed = factsOfMutation(room, { kind: 'append', writes, strict: false, ...plainly });
    const notification = { ...keyValues, onlyChangedAttrs: true };
    expect(bodyOf(notification, changed)).toEqual({ ...identity, pressure: 720 });
    const indifferent = aSubscription(notification, { attrs: ['pressure'], notifyOnMetadataChange: false });
    expect(rendered(indifferent, changed)).toMatchObject({ body: '{"id":"Room1","type":"Room"}' });
  });

  it('are with onlyChangedAttrs all of an entity that is new or gone', () => {
    expect(shown({ onlyChangedAttrs: true }, factsOfCreation('Room2', { temperature: 1, name: 'B' }))).toEqual({
      id: 'Room2',
      type: 'Room',
      temperature: 1,
      name: 'B',
    });
    const gone = factsOfChange({ kind: 'removed', before: room }, { alteration: 'entityDelete' });
    expect(shown({ onlyChangedAttrs: true }, gone)).toEqual({
      ...identity,
      temperature: 21,
      name: 'Aula',
      pressure: 720,
    });
  });

  it('are null with covered where they are not there [V2 covered subscriptions]', () => {
    const covered = { attrs: ['temperature', 'humidity'], covered: true };
    expect(entityIn(covered, facts)).toEqual({
      ...identity,
      temperature: { type: 'Number', value: 23, metadata: {} },
      humidity: { type: 'None', value: null, metadata: {} },
    });
    expect(shown({ ...covered, attrsFormat: 'values' })).toEqual({ subscriptionId, data: [[23, null]] });
    expect(shown({ ...covered, attrs: ['*', 'humidity', 'dateExpires', 'alterationType'] })).toEqual({
      ...identity,
      temperature: 23,
      name: 'Aula',
      pressure: 720,
      humidity: null,
      dateExpires: null,
      alterationType: 'entityChange',
    });
  });

  it('leave out what covered does not fill in because it did not change', () => {
    const notification = { attrs: ['temperature', 'name', 'humidity'], covered: true, onlyChangedAttrs: true };
    expect(shown(notification)).toEqual({ ...identity, temperature: 23, humidity: null });
  });
});

describe('Builtin attributes [V2 builtin attributes]', () => {
  const facts = factsOf({ temperature: 23 });
  const all = ['dateCreated', 'dateModified', 'servicePath', 'alterationType'];
  const builtins = {
    dateCreated: { type: 'DateTime', value: '2026-01-31T12:00:00.000Z', metadata: {} },
    dateModified: { type: 'DateTime', value: '2026-01-31T12:01:00.000Z', metadata: {} },
    servicePath: { type: 'Text', value: '/Madrid', metadata: {} },
    alterationType: { type: 'Text', value: 'entityChange', metadata: {} },
  };

  it('are shown where they are named, and hide the others where they alone are', () => {
    expect(entityIn({ attrs: all }, facts)).toEqual({ id: 'Room1', type: 'Room', ...builtins });
  });

  it('stand beside all attributes with *', () => {
    expect(entityIn({ attrs: ['*', 'alterationType', 'dateCreated'] }, facts)).toEqual({
      id: 'Room1',
      type: 'Room',
      temperature: { type: 'Number', value: 23, metadata: {} },
      name: { type: 'Text', value: 'Aula', metadata: {} },
      pressure: { type: 'Number', value: 720, metadata: { unit: { type: 'Text', value: 'mmHg' } } },
      dateCreated: builtins.dateCreated,
      alterationType: builtins.alterationType,
    });
  });

  it('survive onlyChangedAttrs', () => {
    expect(entityIn({ attrs: [...all, 'name'], onlyChangedAttrs: true }, facts)).toEqual({
      id: 'Room1',
      type: 'Room',
      ...builtins,
    });
  });

  it('show the expiry of an entity that has one', () => {
    const writes = [aWrite('temperature', 22)];
    const expiring = factsOfMutation(room, {
      kind: 'append',
      writes,
      strict: false,
      ...plainly,
      expiresAt: later + 60_000,
    });
    expect(expiring.attributes.map(({ name }) => name)).toContain(expiryName);
    expect(entityIn({ attrs: ['dateExpires'] }, expiring)).toEqual({
      id: 'Room1',
      type: 'Room',
      dateExpires: { type: 'DateTime', value: '2026-01-31T12:02:00.000Z', metadata: {} },
    });
  });

  it('give way to attributes of the same name', () => {
    const named = anEntity({ ...room, type: 'Room', attributes: { alterationType: aProperty('mine') } });
    const facts = factsOfChange({ kind: 'removed', before: named }, { alteration: 'entityDelete' });
    expect(entityIn({ attrs: ['alterationType'] }, facts)).toMatchObject({ alterationType: { value: 'mine' } });
  });

  it.each(['entityCreate', 'entityChange', 'entityUpdate', 'entityDelete'] as const)(
    'say what happened: %s',
    (alteration) => {
      const happened = factsOf({ temperature: 23 }, { alteration });
      expect(bodyOf({ http, attrsFormat: 'simplifiedKeyValues', attrs: ['alterationType'] }, happened)).toEqual({
        id: 'Room1',
        type: 'Room',
        alterationType: alteration,
      });
    },
  );
});

describe('Metadata [V2 builtin metadata]', () => {
  const facts = factsOf({ temperature: 23, pressure: 721, humidity: 40 });
  const attrs = ['temperature', 'name', 'pressure', 'humidity'];
  const shown = (metadata: string[], of = facts) => entityIn({ attrs, metadata }, of);

  it('of the change are what an attribute was, and what was done to it; on those only that the request named', () => {
    expect(shown(['previousValue', 'actionType'])).toEqual({
      id: 'Room1',
      type: 'Room',
      temperature: {
        type: 'Number',
        value: 23,
        metadata: { previousValue: { type: 'Number', value: 21 }, actionType: { type: 'Text', value: 'update' } },
      },
      name: { type: 'Text', value: 'Aula', metadata: {} },
      pressure: {
        type: 'Number',
        value: 721,
        metadata: { previousValue: { type: 'Number', value: 720 }, actionType: { type: 'Text', value: 'update' } },
      },
      humidity: { type: 'Number', value: 40, metadata: { actionType: { type: 'Text', value: 'append' } } },
    });
  });

  it('of the user are shown beside them with *', () => {
    expect(shown(['previousValue', '*'])).toMatchObject({
      pressure: {
        metadata: { unit: { type: 'Text', value: 'mmHg' }, previousValue: { type: 'Number', value: 720 } },
      },
    });
  });

  it('named are shown, and no others', () => {
    expect(shown(['unit', 'dateModified'])).toMatchObject({
      name: { metadata: { dateModified: { type: 'DateTime', value: '2026-01-31T12:00:00.000Z' } } },
      pressure: {
        metadata: {
          unit: { type: 'Text', value: 'mmHg' },
          dateModified: { type: 'DateTime', value: '2026-01-31T12:01:00.000Z' },
        },
      },
    });
  });

  it('show the type that an attribute had', () => {
    const writes = [aWrite('temperature', 'warm', { type: 'Text' })];
    const retyped = factsOfMutation(room, { kind: 'append', writes, strict: false, ...plainly });
    expect(shown(['previousValue'], retyped)).toMatchObject({
      temperature: { type: 'Text', value: 'warm', metadata: { previousValue: { type: 'Number', value: 21 } } },
    });
  });

  it('are the same as before where a request repeats what is there', () => {
    const repeated = factsOf({ temperature: 21 }, { alteration: 'entityUpdate' });
    expect(shown(['previousValue', 'actionType'], repeated)).toMatchObject({
      temperature: {
        value: 21,
        metadata: { previousValue: { type: 'Number', value: 21 }, actionType: { type: 'Text', value: 'update' } },
      },
    });
  });

  it("of a builtin's name stay the user's", () => {
    const own = anEntity({
      ...room,
      type: 'Room',
      attributes: { a: aProperty(1, { metadata: { actionType: 'mine' } }) },
    });
    const facts = factsOfMutation(own, { kind: 'append', writes: [aWrite('a', 2)], strict: false, ...plainly });
    expect(entityIn({ metadata: ['actionType'] }, facts)).toMatchObject({
      a: { metadata: { actionType: { type: 'Text', value: 'mine' } } },
    });
  });
});

describe('A notification of a deletion [V2 subscriptions based in alteration type]', () => {
  it('shows the last state', () => {
    const before = anEntity({ ...room, type: 'Room', attributes: { seen: aDateTime('2026-01-31T11:00:00.000Z') } });
    const facts = factsOfChange({ kind: 'removed', before }, { alteration: 'entityDelete' });
    expect(entityIn({ metadata: ['previousValue', 'actionType'] }, facts)).toEqual({
      id: 'Room1',
      type: 'Room',
      seen: { type: 'DateTime', value: '2026-01-31T11:00:00.000Z', metadata: {} },
    });
  });
});

describe('A notification over MQTT [V2 subscription notification mqtt]', () => {
  it('has topic and body, and all that the connection needs', () => {
    const mqtt = { url: 'mqtt://broker:1883', topic: 'city/room', qos: 1, retain: true, user: 'u', passwd: 'p' };
    expect(renderedMqtt({ mqtt, attrs: ['temperature'] }, factsOf({ temperature: 23 }))).toEqual({
      kind: 'mqtt',
      id: 'n-1',
      target: { kind: 'url', url: 'mqtt://broker:1883' },
      topic: 'city/room',
      qos: 1,
      retain: true,
      credentials: { user: 'u', password: 'p' },
      body: `{"subscriptionId":"${subscriptionId}","data":[{"id":"Room1","type":"Room","temperature":{"type":"Number","value":23,"metadata":{}}}]}`,
    });
  });
});

describe('A notification of a stream', () => {
  it('is the body alone', () => {
    const subscription = aSubscription({ stream: {}, attrs: ['temperature'], attrsFormat: 'simplifiedKeyValues' });
    expect(rendered(subscription, factsOf({ temperature: 23 }))).toEqual({
      kind: 'stream',
      body: '{"id":"Room1","type":"Room","temperature":23}',
    });
  });
});
