// biome-ignore-all lint/suspicious/noTemplateCurlyInString: macros look like that.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, anApi, storeKinds } from './api-under-test.ts';

const subject = { entities: [{ idPattern: '.*', type: 'Room' }] };
const http = { url: 'http://localhost:1028/notify' };
const aBody = (changes: object = {}) => ({ subject, notification: { http }, ...changes });

const notFound = { error: 'NotFound', description: 'The requested subscription has not been found. Check id' };

describe.each(storeKinds)('[V2 subscriptions] on the %s store', (store) => {
  let api: ApiUnderTest;
  let tenants = 0;

  beforeAll(async () => {
    api = await anApi({ store });
  });

  afterAll(() => api.close());

  /** A tenant of its own for a test. */
  const inNewTenant = () => {
    const headers = { 'fiware-service': `t${++tenants}` };
    const send = (method: string, url: string, body?: unknown, more: Record<string, string> = {}) =>
      api.send(method, `/v2/subscriptions${url}`, {
        headers: { ...headers, ...more },
        ...(body !== undefined && { body }),
      });
    const create = async (body: object, more: Record<string, string> = {}) => {
      const { headers: answered } = await send('POST', '', body, more);
      return String(answered.location).replace('/v2/subscriptions/', '');
    };
    const idsOf = async (query: string, more: Record<string, string> = {}) =>
      (await send('GET', `?${query}`, undefined, more)).json<{ id: string }[]>().map(({ id }) => id);
    return { send, create, idsOf };
  };

  test('creates a subscription, says where it is, and shows it whole [V2 create subscription]', async () => {
    const { send } = inNewTenant();
    const created = await send('POST', '', aBody({ description: 'Rooms', expires: '2040-01-01', throttling: 5 }));
    expect([created.statusCode, created.body]).toEqual([201, '']);
    expect(created.headers.location).toMatch(/^\/v2\/subscriptions\/[0-9a-f]{24}$/);
    const id = String(created.headers.location).slice('/v2/subscriptions/'.length);
    const read = await send('GET', `/${id}`);
    expect([read.statusCode, read.headers['content-type']]).toEqual([200, 'application/json']);
    expect(read.body).toBe(
      `{"id":"${id}","description":"Rooms","expires":"2040-01-01T00:00:00.000Z","status":"active",` +
        '"subject":{"entities":[{"idPattern":".*","type":"Room"}],"condition":{"attrs":[],"notifyOnMetadataChange":true}},' +
        '"notification":{"attrs":[],"onlyChangedAttrs":false,"attrsFormat":"normalized","http":{"url":"http://localhost:1028/notify"},"covered":false},' +
        '"throttling":5}',
    );
    expect((await send('GET', '')).body).toBe(`[${read.body}]`);
  });

  const custom = { url: 'http://receiver/${id}', method: 'PUT', timeout: 2000, headers: { a: '1' }, qs: { b: '2' } };

  test.each([
    { http: { url: 'http://receiver/', timeout: 1000 } },
    { httpCustom: { ...custom, payload: 'T is ${temperature}' } },
    { httpCustom: { ...custom, payload: null } },
    { httpCustom: { ...custom, json: { t: '${temperature}', more: [1, null, { deep: true }] } } },
    {
      httpCustom: {
        ...custom,
        ngsi: { id: 'x:${id}', doubled: { type: 'Number', value: '${temperature*2}', metadata: {} } },
      },
    },
    { mqtt: { url: 'mqtt://broker:1883', topic: 'rooms', qos: 2, retain: true } },
    { mqttCustom: { url: 'mqtts://broker', topic: 'rooms/${id}', qos: 1, retain: false, payload: '${temperature}' } },
    { stream: {} },
  ])('shows a subscription as it was sent: %j [V2 subscription payload datamodel]', async (delivery) => {
    const { send, create } = inNewTenant();
    const body = {
      description: 'Rooms',
      expires: '2040-01-01T14:00:00.000Z',
      status: 'oneshot',
      subject: {
        entities: [
          { id: 'Room1', type: 'Room' },
          { idPattern: 'Hall.*', typePattern: 'Ha' },
        ],
        condition: {
          attrs: ['temperature'],
          expression: {
            q: 'temperature>40',
            mq: 'temperature.accuracy<1',
            geometry: 'point',
            coords: '40.4,-3.7',
            georel: 'near;maxDistance:1000',
          },
          jexlExpression: 'temperature > pressure / 10',
          alterationTypes: ['entityChange', 'entityDelete'],
          notifyOnMetadataChange: false,
        },
      },
      notification: {
        attrs: ['temperature'],
        onlyChangedAttrs: true,
        attrsFormat: 'keyValues',
        metadata: ['accuracy', 'previousValue'],
        maxFailsLimit: 3,
        covered: true,
        ...delivery,
      },
      throttling: 5,
      throttlingMode: 'trailing',
    };
    const id = await create(body);
    expect((await send('GET', `/${id}`)).json()).toEqual({ id, ...body });
  });

  test('takes the id that the client chooses, once', async () => {
    const { send } = inNewTenant();
    const created = await send('POST', '', aBody({ id: 'urn:ngsi-ld:Subscription:1' }));
    expect([created.statusCode, created.headers.location]).toEqual([
      201,
      '/v2/subscriptions/urn:ngsi-ld:Subscription:1',
    ]);
    const again = await send('POST', '', aBody({ id: 'urn:ngsi-ld:Subscription:1' }));
    expect([again.statusCode, again.json()]).toEqual([422, { error: 'Unprocessable', description: 'Already Exists' }]);
  });

  test('changes what a PATCH names, and nothing else [V2 update subscription]', async () => {
    const { send, create } = inNewTenant();
    const id = await create(aBody({ description: 'before', throttling: 5 }));
    const before = (await send('GET', `/${id}`)).json();
    const patched = await send('PATCH', `/${id}`, { description: 'after', status: 'inactive' });
    expect([patched.statusCode, patched.body]).toEqual([204, '']);
    expect((await send('GET', `/${id}`)).json()).toEqual({ ...before, description: 'after', status: 'inactive' });
  });

  test('removes a subscription [V2 delete subscription]', async () => {
    const { send, create } = inNewTenant();
    const id = await create(aBody());
    const removed = await send('DELETE', `/${id}`);
    expect([removed.statusCode, removed.body]).toEqual([204, '']);
    expect((await send('GET', '')).body).toBe('[]');
  });

  test.each([
    ['GET', undefined],
    ['PATCH', { status: 'inactive' }],
    ['DELETE', undefined],
  ])('answers 404 to %s of what is not there [fact 21]', async (method, body) => {
    const { send } = inNewTenant();
    const answer = await send(method, '/5aeb0ee97d4ef10a12a0262f', body);
    expect([answer.statusCode, answer.json()]).toEqual([404, notFound]);
  });

  test('keeps tenants apart', async () => {
    const [one, other] = [inNewTenant(), inNewTenant()];
    const id = await one.create(aBody());
    expect((await other.send('GET', `/${id}`)).json()).toEqual(notFound);
    expect(await other.idsOf('')).toEqual([]);
  });

  test('shows passwords as stars, here and in lists [fact 39]', async () => {
    const { send, create } = inNewTenant();
    const mqtt = { url: 'mqtt://broker:1883', topic: 'rooms', user: 'city', passwd: 'secret' };
    const id = await create(aBody({ notification: { mqtt } }));
    const shown = await send('GET', `/${id}`);
    expect(shown.json().notification.mqtt).toEqual({
      url: 'mqtt://broker:1883',
      topic: 'rooms',
      qos: 0,
      retain: false,
      user: 'city',
      passwd: '*****',
    });
    expect((await send('GET', '')).body).not.toContain('secret');
  });

  test('lists page by page in the order of creation, and counts [V2 list subscriptions] [fact 17]', async () => {
    const { send, create, idsOf } = inNewTenant();
    for (const id of ['a', 'b', 'c']) await create(aBody({ id }));
    expect(await idsOf('')).toEqual(['a', 'b', 'c']);
    const page = await send('GET', '?offset=1&limit=1&options=count');
    expect(page.json().map(({ id }: { id: string }) => id)).toEqual(['b']);
    expect(page.headers['fiware-total-count']).toBe('3');
    const counted = await send('GET', '?limit=0&options=count');
    expect([counted.body, counted.headers['fiware-total-count']]).toEqual(['[]', '3']);
    expect((await send('GET', '')).headers['fiware-total-count']).toBeUndefined();
  });

  test('lists by exactly the path, retrieves whatever the path [fact 34]', async () => {
    const { send, create, idsOf } = inNewTenant();
    const path = (servicePath: string) => ({ 'fiware-servicepath': servicePath });
    await create(aBody({ id: 'parks' }), path('/parks'));
    await create(aBody({ id: 'all-parks' }), path('/parks/#'));
    await create(aBody({ id: 'everywhere' }));
    expect(await idsOf('', path('/parks'))).toEqual(['parks']);
    expect(await idsOf('', path('/parks/#'))).toEqual(['all-parks']);
    expect(await idsOf('', path('/'))).toEqual([]);
    expect(await idsOf('', path('/#'))).toEqual(['parks', 'all-parks', 'everywhere']);
    expect((await send('GET', '/parks', undefined, path('/elsewhere'))).statusCode).toBe(200);
    const two = await send('POST', '', aBody(), path('/a,/b'));
    expect([two.statusCode, two.json()]).toEqual([
      400,
      { error: 'BadRequest', description: 'max one service-path allowed for subscriptions' },
    ]);
  });

  test('lists by status, subject and receiver, beyond the reference implementation', async () => {
    const { create, idsOf } = inNewTenant();
    await create(aBody({ id: 'asleep', status: 'inactive' }));
    await create(aBody({ id: 'over', expires: '2020-01-01T00:00:00Z' }));
    await create(aBody({ id: 'hall', subject: { entities: [{ id: 'Hall1', type: 'Hall' }] } }));
    await create(aBody({ id: 'bus', notification: { mqtt: { url: 'mqtt://broker', topic: 't' } } }));
    expect(await idsOf('status=active')).toEqual(['hall', 'bus']);
    expect(await idsOf('status=inactive,expired')).toEqual(['asleep', 'over']);
    expect(await idsOf('type=Hall')).toEqual(['hall']);
    expect(await idsOf('id=Hall1,Hall2')).toEqual(['hall']);
    expect(await idsOf('url=mqtt://broker')).toEqual(['bus']);
    expect(await idsOf('url=http://localhost:1028&type=Room&status=expired')).toEqual(['over']);
  });

  test.each([
    ['POST', '', { notification: { http } }, 400, 'BadRequest', 'no subject for subscription specified'],
    ['POST', '', {}, 400, 'BadRequest', 'empty payload'],
    ['POST', '', '{"subject":', 400, 'ParseError', 'Errors found in incoming JSON buffer'],
    ['POST', '', aBody({ notification: {} }), 400, 'BadRequest', 'http, httpCustom, mqtt or mqttCustom is missing'],
    ['POST', '', aBody({ notification: { http: { endpoint: 'x' } } }), 400, 'BadRequest', 'unknown http endpoint: x'],
    [
      'POST',
      '',
      aBody({ notification: { kafka: { url: 'kafka://k', topic: 't' } } }),
      501,
      'NotImplemented',
      'kafka notifications are not supported: use http, httpCustom, mqtt or mqttCustom',
    ],
    ['PATCH', '/x', {}, 404, 'NotFound', notFound.description],
  ])('refuses %s%s %j', async (method, url, body, status, error, description) => {
    const { send } = inNewTenant();
    const answer = await send(method, url, body, { 'content-type': 'application/json' });
    expect([answer.statusCode, answer.json()]).toEqual([status, { error, description }]);
  });

  test.each([
    [{ subject: {} }, 'no subject entities specified'],
    [{ status: 'expired' }, 'status is not valid: it has to be either active or inactive'],
    [{ expires: 'tomorrow' }, 'expires has an invalid format'],
    [{ description: 'x'.repeat(1025) }, 'max description length exceeded'],
    [{ throttlingMode: 'late' }, 'throttlingMode is not valid: it has to be either drop or trailing'],
    [{ notification: { http, stream: {} } }, 'only one of http, httpCustom, mqtt or mqttCustom is allowed'],
    [{ notification: { http: { url: 'nowhere' } } }, 'Invalid URL parsing notification url'],
    [{ notification: { http, attrs: ['a'], exceptAttrs: ['b'] } }, 'http notification has attrs and exceptAttrs'],
    [{ notification: { http, covered: true } }, 'covered true cannot be used if notification attributes list is empty'],
    [{ notification: { http, maxFailsLimit: 0 } }, 'maxFailsLimit must be greater than zero'],
    [
      { notification: { mqtt: { url: 'mqtt://b/path', topic: 't' } } },
      'path cannot be used in mqtt url, use topic instead',
    ],
    [
      { notification: { mqtt: { url: 'mqtt://b', topic: 't', user: 'u' } } },
      'you must use user and passwd fields simultaneously',
    ],
    [
      { notification: { mqtt: { url: 'mqtt://b', topic: 't', qos: 3 } } },
      'mqtt qos field must be an integer in the 0 to 2 range',
    ],
  ])('refuses %j: %s', async (changes, description) => {
    const answer = await inNewTenant().send('POST', '', aBody(changes));
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'BadRequest', description }]);
  });

  test.each(['status=asleep', 'limit=x', 'options=nonsense'])('refuses ?%s', async (query) => {
    expect((await inNewTenant().send('GET', `?${query}`)).statusCode).toBe(400);
  });

  test('answers 405 with what is allowed [fact 26]', async () => {
    const put = await inNewTenant().send('PUT', '/x', aBody());
    expect([put.statusCode, put.headers.allow]).toEqual([405, 'GET, PATCH, DELETE']);
  });
});
