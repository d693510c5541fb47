// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is what macros look like.

import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts';
import { anEntity, aProperty } from '../../../support/entity-builder.ts';
import { aWrite, plainly } from '../../../support/write-builder.ts';
import {
  aSubscription,
  factsOf,
  factsOfMutation,
  http,
  rendered,
  renderedHttp,
  renderedMqtt,
  subscriptionId,
} from './notification-builder.ts';

const facts = factsOf({ temperature: 23.4 });

const custom = (httpCustom: JsonObject, others: JsonObject = {}, of = facts) =>
  renderedHttp({ httpCustom: { ...http, ...httpCustom }, ...others }, of);

/** The reason why it cannot be sent. */
function unsendable(notification: JsonObject, of = facts): string {
  const outgoing = rendered(aSubscription(notification), of);
  if (outgoing.kind !== 'unsendable') throw new Error(`it can be sent: ${JSON.stringify(outgoing)}`);
  return outgoing.reason;
}

describe('A custom notification [V2 custom notifications]', () => {
  it('fills in macros in URL, query, headers and JSON', () => {
    const outgoing = custom({
      url: 'http://foo.com/entity/${id}',
      method: 'PUT',
      headers: { 'X-${type}': 'at ${temperature}' },
      qs: { type: '${type}', '${name}': 'x' },
      json: { t: '${temperature}', unit: 'degrees' },
      timeout: 5000,
    });
    expect(outgoing).toEqual({
      kind: 'http',
      target: { kind: 'url', url: 'http://foo.com/entity/Room1?Aula=x&type=Room' },
      method: 'PUT',
      timeoutMs: 5000,
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Fiware-Service': 'city',
        'Fiware-Servicepath': '/Madrid',
        Accept: 'application/json',
        'User-Agent': 'oriel/1.0.0',
        Via: '1.1 here',
        'Fiware-Correlator': 'c0ffee; cbnotif=1',
        'Ngsiv2-AttrsFormat': 'custom',
        'Oriel-Notification-Id': 'n-1',
        'X-Room': 'at 23.4',
      },
      body: '{"t":23.4,"unit":"degrees"}',
    });
  });

  it('is the usual one where it says nothing', () => {
    expect(custom({}, { attrs: ['name'], attrsFormat: 'keyValues' })).toEqual(
      renderedHttp({ http, attrs: ['name'], attrsFormat: 'keyValues' }, facts),
    );
    expect(custom({ payload: '' })).toEqual(renderedHttp({ http }, facts));
  });

  it('has no body where the payload is null [V2 omitting payload]', () => {
    const { body, headers } = custom({ payload: null });
    expect(body).toBeUndefined();
    expect(headers).not.toHaveProperty('Content-Type');
    expect(headers['Ngsiv2-AttrsFormat']).toBe('custom');
  });
});

describe('What macros see [V2 macro substitution]', () => {
  const seen = (expression: string, of = facts): JsonValue => {
    const { body } = custom({ json: [`\${${expression}}`] }, {}, of);
    return (JSON.parse(body ?? '') as JsonValue[])[0] ?? null;
  };

  it.each<[string, JsonValue]>([
    ['id', 'Room1'],
    ['type', 'Room'],
    ['service', 'city'],
    ['servicePath', '/Madrid'],
    ['authToken', ''],
    ['name', 'Aula'],
    ['temperature', 23.4],
    ['alterationType', 'entityChange'],
    ['dateModified', '2026-01-31T12:01:00.000Z'],
    ['0|now|toIsoString', '2026-01-31T12:01:00+00:00'],
    ['metadata.pressure.unit', 'mmHg'],
    ['metadata.temperature.previousValue', 21],
    ['metadata.temperature.actionType', 'update'],
    ['metadata.name.previousValue', null],
    ['metadata.name.dateCreated', '2026-01-31T12:00:00.000Z'],
    ['unknown', null],
  ])('%s', (expression, value) => {
    expect(seen(expression)).toEqual(value);
  });

  it('the difference to what was', () => {
    expect(seen('(temperature - metadata.temperature.previousValue)|toFixed(1)')).toBe(2.4);
  });

  it('tokens of the request', () => {
    expect(seen('authToken', factsOf({ temperature: 1 }, { origin: { authToken: 't0ken' } }))).toBe('t0ken');
  });

  it('attributes before what the request had, but metadata before an attribute', () => {
    const values = { service: 'mine', authToken: 2, metadata: 'mine', dateModified: 'mine' };
    const named = anEntity({ id: 'Room1', values: { ...values, a: 1 } });
    const of = factsOfMutation(named, { kind: 'append', writes: [aWrite('a', 2)], strict: false, ...plainly });
    expect(['service', 'authToken', 'dateModified', 'metadata.a.previousValue'].map((name) => seen(name, of))).toEqual([
      'mine',
      2,
      'mine',
      1,
    ]);
  });

  it('all attributes, whatever is shown', () => {
    const others = { attrs: ['name'], onlyChangedAttrs: true };
    expect(custom({ json: { t: '${temperature}', p: '${pressure}' } }, others).body).toBe('{"t":23.4,"p":720}');
  });
});

describe('Headers [V2 headers special treatment] [V2 remove headers]', () => {
  it('are decoded', () => {
    const { headers } = custom({ headers: { Authorization: 'Basic ABC%3D%3D', 'X-Name': '${name}%20%22${id}%22' } });
    expect(headers).toMatchObject({ Authorization: 'Basic ABC==', 'X-Name': 'Aula "Room1"' });
  });

  it('replace those of the same name, whatever its case', () => {
    const { headers } = custom({
      payload: '<a/>'.replace(/[<>]/g, ''),
      headers: { 'content-TYPE': 'application/xml' },
    });
    expect(headers['content-TYPE']).toBe('application/xml');
    expect(headers).not.toHaveProperty('Content-Type');
  });

  it('are taken away by an empty value, also one that macros leave', () => {
    const of = factsOf({ temperature: 1 }, { origin: { authToken: 't0ken' } });
    const { headers } = custom({ headers: { 'x-auth-token': '', accept: '${unknown}', 'User-Agent': '' } }, {}, of);
    expect(Object.keys(headers)).toEqual([
      'Content-Type',
      'Fiware-Service',
      'Fiware-Servicepath',
      'Fiware-Correlator',
      'Via',
      'Ngsiv2-AttrsFormat',
      'Oriel-Notification-Id',
    ]);
  });

  it('that receivers and the guard against loops rely on cannot be replaced, nor those of the connection', () => {
    const names = ['Fiware-Correlator', 'NGSIV2-attrsformat', 'oriel-notification-id', 'Content-Length', 'Connection'];
    const headers = Object.fromEntries(names.map((name) => [name, 'mine']));
    expect(custom({ headers })).toEqual(custom({}));
    expect(custom({ headers: { 'Fiware-Correlator': '', 'ngsiv2-AttrsFormat': '' } })).toEqual(custom({}));
  });

  it('begin no header of their own, and are no header without a name', () => {
    const { headers } = custom({ headers: { 'X-A': 'a%0D%0AX-B: b%00', 'X ${id}': 'space', '${unknown}': 'none' } });
    expect(headers['X-A']).toBe('a  X-B: b');
    expect(Object.values(headers)).not.toContain('space');
    expect(Object.values(headers)).not.toContain('none');
  });

  it('are bytes: what is not ASCII is UTF-8', () => {
    const { headers } = custom({ headers: { 'X-A': 'Núñez' } });
    expect(Buffer.from(headers['X-A'] ?? '', 'latin1').toString('utf8')).toBe('Núñez');
  });
});

describe('URL and query', () => {
  const urlOf = (httpCustom: JsonObject, of = facts) => custom(httpCustom, {}, of).target;

  it('leave out what has no name or no value', () => {
    const qs = { a: '${unknown}', '${unknown}': 'b', c: 'd' };
    expect(urlOf({ qs })).toEqual({ kind: 'url', url: 'http://receiver:1028/notify?c=d' });
  });

  it('escape values, and leave what the client wrote', () => {
    const of = factsOf({ name: 'a&b=c #+é/%41%' });
    expect(urlOf({ qs: { x: '${name}', y: 'a%20b+c d' } }, of)).toEqual({
      kind: 'url',
      url: 'http://receiver:1028/notify?x=a%26b%3Dc%20%23%2B%C3%A9%2F%41%25&y=a%20b+c%20d',
    });
  });

  it('add to the query that the URL has', () => {
    const of = factsOf({ name: 'http://foo.com/a?b=c#d' });
    expect(urlOf({ url: '${name}', qs: { d: '${id}' } }, of)).toEqual({
      kind: 'url',
      url: 'http://foo.com/a?b=c&d=Room1',
    });
  });

  it('go to an endpoint of the operator with the query to add', () => {
    const outgoing = renderedHttp({ httpCustom: { endpoint: 'warehouse', qs: { id: '${id}' } } }, facts);
    expect(outgoing.target).toEqual({ kind: 'endpoint', name: 'warehouse', query: 'id=Room1' });
  });

  it('may be a macro as a whole', () => {
    const of = factsOf({ name: 'https://elsewhere.example/a b' });
    expect(urlOf({ url: '${name}' }, of)).toEqual({ kind: 'url', url: 'https://elsewhere.example/a%20b' });
  });

  it.each([
    ['${unknown}', ''],
    ['${name}/x', 'Aula/x'],
    ['http://${unknown}', 'http://'],
    ['ftp://host/${id}', 'ftp://host/Room1'],
    ['file:///${id}', 'file:///Room1'],
  ])('are not sent to where there is no URL: %s', (url, filled) => {
    expect(unsendable({ httpCustom: { url } })).toBe(`the notification has no valid URL: ${filled}`);
  });
});

describe('payload [V2 text based payload]', () => {
  it('is text, decoded once its macros are filled in', () => {
    const payload = 'the value of the %22temperature%22 attribute %28of type Number%29 is ${temperature}';
    const { body, headers } = custom({ payload });
    expect(body).toBe('the value of the "temperature" attribute (of type Number) is 23.4');
    expect(headers).toMatchObject({ 'Content-Type': 'text/plain; charset=utf-8', 'Ngsiv2-AttrsFormat': 'custom' });
  });

  it('has null where a macro has no value, and JSON where it has an object', () => {
    const of = factsOf({ name: { a: [1, 'x'] } });
    expect(custom({ payload: '${unknown} ${name} 100% %zz %C3%B1' }, {}, of).body).toBe(
      'null {"a":[1,"x"]} 100% %zz ñ',
    );
  });
});

describe('json [V2 JSON payloads]', () => {
  it('keeps the types of what fills a text', () => {
    const json = { t: '${temperature}', list: ['${pressure}', 'is ${temperature}'], v: 4, '${id}': '${unknown}' };
    expect(custom({ json }).body).toBe('{"t":23.4,"list":[720,"is 23.4"],"v":4,"${id}":null}');
  });

  it('may be a list', () => {
    expect(custom({ json: ['${id}'] }).body).toBe('["Room1"]');
  });
});

describe('ngsi [V2 NGSI payload patching]', () => {
  const patched = (ngsi: JsonObject, others: JsonObject = {}, of = facts) => {
    const { body, headers } = custom({ ngsi }, others, of);
    return { body: JSON.parse(body ?? '') as JsonValue, headers };
  };
  const dataOf = (ngsi: JsonObject, others: JsonObject = {}, of = facts) =>
    (patched(ngsi, others, of).body as { data: JsonValue[] }).data[0];

  it('changes and adds to the entity, and is a usual notification for the rest', () => {
    const ngsi = {
      id: 'prefix:${id}',
      type: 'newType',
      temperature: { value: '${temperature * 10}', type: 'Calculated' },
      originalService: { value: '${service}', type: 'Text' },
    };
    const { body, headers } = patched(ngsi);
    expect(headers).toMatchObject({
      'Content-Type': 'application/json; charset=utf-8',
      'Ngsiv2-AttrsFormat': 'normalized',
    });
    expect(JSON.stringify(body)).toBe(
      `{"subscriptionId":"${subscriptionId}","data":[{"id":"prefix:Room1","type":"newType",` +
        '"temperature":{"type":"Calculated","value":234,"metadata":{}},' +
        '"originalService":{"type":"Text","value":"city","metadata":{}},' +
        '"name":{"type":"Text","value":"Aula","metadata":{}},' +
        '"pressure":{"type":"Number","value":720,"metadata":{"unit":{"type":"Text","value":"mmHg"}}}}]}',
    );
  });

  it('that is empty changes nothing', () => {
    expect(custom({ ngsi: {} })).toEqual(renderedHttp({ http }, facts));
  });

  it('comes before the attributes are selected', () => {
    const ngsi = { a: { value: '${temperature}', type: 'Number' }, b: { value: 1, type: 'Number' } };
    expect(dataOf(ngsi, { attrs: ['name', 'a'] })).toEqual({
      id: 'Room1',
      type: 'Room',
      name: { type: 'Text', value: 'Aula', metadata: {} },
      a: { type: 'Number', value: 23.4, metadata: {} },
    });
    expect(dataOf(ngsi, { exceptAttrs: ['name', 'pressure', 'a'] })).toMatchObject({ b: { value: 1 } });
  });

  it('is shown with onlyChangedAttrs: the subscription asked for it', () => {
    const ngsi = { a: { value: 1, type: 'Number' }, name: { value: '${name}!', type: 'Text' } };
    expect(dataOf(ngsi, { onlyChangedAttrs: true })).toEqual({
      id: 'Room1',
      type: 'Room',
      a: { type: 'Number', value: 1, metadata: {} },
      name: { type: 'Text', value: 'Aula!', metadata: {} },
      temperature: { type: 'Number', value: 23.4, metadata: {} },
    });
  });

  it('has neither previous value nor action: it is not what the request did', () => {
    const ngsi = { temperature: { value: 0, type: 'Number' } };
    expect(dataOf(ngsi, { attrs: ['temperature'], metadata: ['previousValue', 'actionType', '*'] })).toEqual({
      id: 'Room1',
      type: 'Room',
      temperature: { type: 'Number', value: 0, metadata: {} },
    });
  });

  it('follows attrsFormat', () => {
    const ngsi = { temperature: { value: '${temperature|floor}', type: 'Number' } };
    const others = { attrs: ['temperature'] };
    expect(patched(ngsi, { ...others, attrsFormat: 'simplifiedKeyValues' })).toMatchObject({
      body: { id: 'Room1', type: 'Room', temperature: 23 },
      headers: { 'Ngsiv2-AttrsFormat': 'simplifiedKeyValues' },
    });
    expect(patched(ngsi, { ...others, attrsFormat: 'values' }).body).toEqual({ subscriptionId, data: [[23]] });
  });

  it('evaluates by evalPriority, and what comes later sees what came before [V2 evaluation priority]', () => {
    const a = { value: '${16|sqrt}', type: 'Calculated' };
    const first = { evalPriority: { value: 1, type: 'Number' } };
    const b = { value: '${A/100}', type: 'Calculated' };
    expect(dataOf({ B: b, A: { ...a, metadata: first } }, { attrs: ['B'] })).toMatchObject({ B: { value: 0.04 } });
    expect(dataOf({ B: b, A: a }, { attrs: ['B'] })).toMatchObject({ B: { value: null } });
  });

  it('does not let a name mean something new that the entity has', () => {
    const ngsi = {
      temperature: { value: 0, type: 'Number', metadata: { evalPriority: { value: 1, type: 'Number' } } },
      double: { value: '${temperature * 2}', type: 'Number' },
    };
    expect(dataOf(ngsi, { attrs: ['temperature', 'double'] })).toMatchObject({
      temperature: { value: 0 },
      double: { value: 46.8 },
    });
  });

  it('leaves id and type alone where nothing comes of them, and makes texts of what does', () => {
    expect(dataOf({ id: '${unknown}', type: '${temperature}' }, { attrs: ['x'] })).toEqual({
      id: 'Room1',
      type: '23.4',
    });
  });

  it('fills in macros at any depth of a value, and none in its type', () => {
    const of = factsOf({ name: 'x' });
    const ngsi = { a: { value: { deep: ['${name}', { t: 'is ${temperature}' }] }, type: 'T' } };
    expect(dataOf(ngsi, { attrs: ['a'] }, of)).toMatchObject({ a: { value: { deep: ['x', { t: 'is 21' }] } } });
  });

  it('shows the example of the documentation', () => {
    const documented = anEntity({
      values: { speed: '10 m/s', count: { count: 5, sum: 100 }, value: 14, max: 50 },
      attributes: { code: aProperty(null, { declaredType: 'Number' }) },
    });
    const writes = [aWrite('speed', '10 m/s')];
    const of = factsOfMutation(documented, { kind: 'append', writes, strict: false, ...plainly, forced: true });
    const ngsi = {
      speed: { value: "${(speed|split(' '))[0]|parseInt}", type: 'Calculated' },
      ratio: { value: '${count.sum/count.count}', type: 'Calculated' },
      code: { value: "${code||'invalid'}", type: 'Calculated' },
      alert: { value: "${(value>max)?'nok':'ok'}", type: 'Calculated' },
      count: {
        value: "${{count:count.count+1, sum:count.sum+((speed|split(' '))[0]|parseInt)}}",
        type: 'Calculated',
      },
    };
    expect(patched(ngsi, { attrsFormat: 'simplifiedKeyValues', exceptAttrs: ['value', 'max'] }, of).body).toEqual({
      id: 'Thing1',
      type: 'Thing',
      speed: 10,
      ratio: 20,
      code: 'invalid',
      alert: 'ok',
      count: { count: 6, sum: 110 },
    });
  });
});

describe('Over MQTT [V2 subscription notification mqttCustom]', () => {
  const mqtt = { url: 'mqtt://broker:1883', topic: 'city/${type}/${id}' };

  it('the topic is a template, and so is the body', () => {
    expect(renderedMqtt({ mqttCustom: { ...mqtt, payload: 't %3D ${temperature}' } }, facts)).toEqual({
      kind: 'mqtt',
      id: expect.any(String),
      target: { kind: 'url', url: 'mqtt://broker:1883' },
      topic: 'city/Room/Room1',
      qos: 0,
      retain: false,
      body: 't = 23.4',
    });
    expect(renderedMqtt({ mqttCustom: { ...mqtt, json: { t: '${temperature}' } } }, facts).body).toBe('{"t":23.4}');
    expect(renderedMqtt({ mqttCustom: { ...mqtt, payload: null } }, facts).body).toBe('');
  });

  it.each([
    ['${unknown}', {}, ''],
    ['city/${name}', { name: 'a/#' }, 'city/a/#'],
    ['city/${name}', { name: '+' }, 'city/+'],
    ['city/${name}', { name: 'a\u0000b' }, 'city/a\u0000b'],
    ['${name}', { name: 'ñ'.repeat(40_000) }, 'ñ'.repeat(200)],
  ])('a topic that nobody can publish to makes it unsendable: %s', (topic, values, filled) => {
    expect(unsendable({ mqttCustom: { ...mqtt, topic } }, factsOf({ temperature: 1, ...values }))).toBe(
      `the notification has no valid topic: ${filled}`,
    );
  });
});

describe('A notification whose macros ask for too much', () => {
  const large = factsOf({ name: 'x'.repeat(500_000) });

  it.each<[string, JsonObject]>([
    ['a long text many times in a text', { payload: '${name}'.repeat(20) }],
    ['a long text many times in JSON', { json: Array(20).fill('${name}') }],
    ['a list of it', { json: { list: `\${[${Array(20).fill('name').join(',')}]}` } }],
    ['a replacement that grows', { ngsi: { a: { value: "${name|replaceStr('x', name)}", type: 'Text' } } }],
    ['a pattern on it', { json: { a: "${name|matchRegex('x(x*y)?')}" } }],
  ])('cannot be sent: %s', (_what, body) => {
    expect(unsendable({ httpCustom: { ...http, ...body } }, large)).toContain('cost more than');
  });

  it('is sent where it asks for a lot, but not for more', () => {
    expect(custom({ json: ['${name}', '${name|len}'] }, {}, large).body).toHaveLength(500_000 + 11);
  });
});
