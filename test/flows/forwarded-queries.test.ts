import { afterEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, anApi } from '../api/api-under-test.ts';
import { type FakeProvider, type ForwardedRequest, type ProviderReply, startProvider } from '../support/provider.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function given(changes: Parameters<typeof anApi>[0] = {}): Promise<ApiUnderTest> {
  const api = await anApi(changes);
  open.push(api);
  return api;
}

async function provider(
  answer: (request: ForwardedRequest) => ProviderReply | Promise<ProviderReply>,
): Promise<FakeProvider> {
  const one = await startProvider(answer);
  open.push(one);
  return one;
}

async function register(api: ApiUnderTest, url: string, dataProvided: object, more: object = {}): Promise<void> {
  const body = { dataProvided, provider: { http: { url } }, ...more };
  expect((await api.send('POST', '/v2/registrations', { body })).statusCode).toBe(201);
}

async function create(api: ApiUnderTest, ...entities: readonly object[]): Promise<void> {
  const body = { actionType: 'append', entities };
  expect((await api.send('POST', '/v2/op/update?options=skipForwarding', { body })).statusCode).toBe(204);
}

async function get(api: ApiUnderTest, url: string, headers: Record<string, string> = {}) {
  const { statusCode, body, headers: answered } = await api.send('GET', url, { headers });
  return {
    status: statusCode,
    body: JSON.parse(body),
    warning: answered.warning,
    count: answered['fiware-total-count'],
  };
}

const number = (value: number) => ({ type: 'Number', value, metadata: {} });

describe('One entity, of which a provider has a part', () => {
  const humidity = { entities: [{ id: 'Room1', type: 'Room' }], attrs: ['humidity'] };

  it('is what is here with what is there, asked for in NGSIv2 [V2 registration] [fact 58] [fact 65]', async () => {
    const api = await given();
    const agent = await provider(() => ({
      json: [{ id: 'Room1', type: 'Room', humidity: number(40), secret: number(1) }],
    }));
    await register(api, `${agent.url}/iot`, humidity);
    await create(api, { id: 'Room1', type: 'Room', temperature: number(21) });
    const room = { id: 'Room1', type: 'Room', temperature: number(21), humidity: number(40) };
    const headers = { 'fiware-correlator': 'c7', 'x-auth-token': 'of the client', authorization: 'Bearer x' };
    expect(await get(api, '/v2/entities/Room1', headers)).toMatchObject({
      status: 200,
      body: room,
      warning: undefined,
    });
    const [asked] = agent.requests;
    expect(asked?.url).toBe('/iot/op/query');
    expect(asked?.body).toEqual({ entities: [{ id: 'Room1', type: 'Room' }], attrs: ['humidity'] });
    expect(asked?.headers).toMatchObject({
      'content-type': 'application/json',
      'fiware-correlator': 'c7',
      'x-auth-token': 'of the client',
      via: expect.stringMatching(/^1\.1 oriel-[0-9a-f]{8}$/),
    });
    expect(asked?.headers).not.toHaveProperty('authorization');
    expect(asked?.headers).not.toHaveProperty('fiware-service');

    expect((await get(api, '/v2/entities/Room1/attrs?type=Room&options=keyValues')).body).toEqual({
      temperature: 21,
      humidity: 40,
    });
    expect((await get(api, '/v2/entities/Room1/attrs/humidity')).body).toEqual(number(40));
    expect((await get(api, '/v2/entities/Room1/attrs/humidity/value')).body).toBe(40);
  });

  it('is not asked for where all that is wanted is here, or the client wants nobody asked [V2 options]', async () => {
    const api = await given();
    const agent = await provider(() => ({ json: [] }));
    await register(api, agent.url, humidity);
    await create(api, { id: 'Room1', type: 'Room', temperature: number(21) });
    await get(api, '/v2/entities/Room1?attrs=temperature');
    await get(api, '/v2/entities/Room1/attrs/temperature');
    await get(api, '/v2/entities/Room1?options=skipForwarding');
    await get(api, '/v2/entities?options=skipForwarding');
    await get(api, '/v2/entities?type=Car');
    await get(api, '/v2/entities?type=Room&attrs=temperature');
    await create(api, { id: 'Room1', type: 'Room', humidity: number(39) });
    expect((await get(api, '/v2/entities/Room1?attrs=humidity&options=keyValues')).body.humidity).toBe(39);
    expect(agent.requests).toEqual([]);
  });

  it('is found where nothing of it is here, and not found where nobody has it', async () => {
    const api = await given();
    const agent = await provider(() => ({ json: [{ id: 'Room1', type: 'Room', humidity: number(40) }] }));
    await register(api, agent.url, { entities: [{ idPattern: '^Room' }] });
    expect((await get(api, '/v2/entities/Room1?options=keyValues')).body).toEqual({
      id: 'Room1',
      type: 'Room',
      humidity: 40,
    });
    expect((await get(api, '/v2/entities/Room2')).status).toBe(404);
    expect((await get(api, '/v2/entities/Car1')).status).toBe(404);
    expect(agent.requests).toHaveLength(2);
  });

  it('goes by tenant and path of the request, and by those of the registration [V2 service path]', async () => {
    const api = await given();
    const agent = await provider(() => ({ json: [{ id: 'Room1', type: 'Room', humidity: number(40) }] }));
    const body = { dataProvided: humidity, provider: { http: { url: agent.url } } };
    const headers = { 'fiware-service': 'Madrid', 'fiware-servicepath': '/a' };
    await api.send('POST', '/v2/registrations', { body, headers });
    expect((await get(api, '/v2/entities/Room1')).status).toBe(404);
    expect((await get(api, '/v2/entities/Room1', { ...headers, 'fiware-servicepath': '/b' })).status).toBe(404);
    expect((await get(api, '/v2/entities/Room1', { ...headers, 'fiware-servicepath': '/#' })).status).toBe(200);
    expect(agent.requests.map(({ headers: sent }) => [sent['fiware-service'], sent['fiware-servicepath']])).toEqual([
      ['madrid', '/a'],
    ]);
  });
});

describe('Entities of many sources', () => {
  const spots = (...values: readonly number[]) =>
    values.map((free) => ({ id: `Spot${free}`, type: 'Spot', free: number(free) }));
  const all = { entities: [{ idPattern: '.*', type: 'Spot' }] };

  it('come here first, then by the time of registration, each once, page by page [fact 59]', async () => {
    const api = await given();
    const b = await provider(() => ({ json: spots(3, 4) }));
    const c = await provider(() => ({ json: spots(4, 2, 5) }));
    await register(api, b.url, all);
    await register(api, c.url, all);
    await create(api, ...spots(1, 2));
    const page = async (query: string) => {
      const { body, count } = await get(api, `/v2/entities?type=Spot&options=keyValues,count${query}`);
      return [body.map(({ free }: { free: number }) => free), count];
    };
    expect(await page('')).toEqual([[1, 2, 3, 4, 5], '5']);
    expect(await page('&limit=2&offset=1')).toEqual([[2, 3], '5']);
    expect(await page('&limit=2&offset=3')).toEqual([[4, 5], '5']);
    expect(await page('&limit=2&offset=5')).toEqual([[], '5']);
    expect(await page('&limit=0')).toEqual([[], '5']);
    expect(await page('&orderBy=!free&limit=2&offset=1')).toEqual([[4, 3], '5']);
    expect(await page('&q=free>2')).toEqual([[3, 4, 5], '3']);
  });

  it('are filtered where they are and here again, whatever the provider makes of the filter [users 13]', async () => {
    const api = await given();
    const liar = await provider(() => ({ json: [...spots(7, 8), { id: 'Car1', type: 'Car', free: number(9) }] }));
    await register(api, liar.url, all);
    const filtered = 'q=free>7;name!=off&georel=near;maxDistance:1000&geometry=point&coords=40,-3';
    expect((await get(api, `/v2/entities?type=Spot&${filtered}&orderBy=!free&limit=5`)).body).toEqual([]);
    const { url, body } = liar.requests[0] as ForwardedRequest;
    expect(body).toEqual({
      entities: [{ idPattern: '.*', type: 'Spot' }],
      expression: {
        q: "free>7;name!='off'",
        georel: 'near;maxDistance:1000',
        geometry: 'point',
        coords: '40,-3',
      },
    });
    expect(url).toBe('/op/query?limit=20&orderBy=!free');
    const named = await get(api, '/v2/entities?q=free>7&options=keyValues');
    expect(named.body).toEqual([{ id: 'Spot8', type: 'Spot', free: 8 }]);
  });

  it('are asked for again without filters where the provider does not take them', async () => {
    const api = await given();
    const simple = await provider(({ body }) => (body.expression ? { status: 400 } : { json: spots(1, 9) }));
    await register(api, simple.url, all);
    expect((await get(api, '/v2/entities?type=Spot&q=free>5&options=keyValues')).body).toEqual([
      { id: 'Spot9', type: 'Spot', free: 9 },
    ]);
  });

  it('match by what one source knows and another does not [users 13]', async () => {
    const api = await given();
    const agent = await provider(({ body }) => {
      const asked = new Set(body.entities.map(({ id }: { id?: string }) => id));
      const rooms = [
        { id: 'Room1', type: 'Room', temperature: number(30) },
        { id: 'Room2', type: 'Room', temperature: number(10) },
        { id: 'Room3', type: 'Room', temperature: number(31) },
      ];
      return { json: rooms.filter(({ id }) => asked.has(undefined) || asked.has(id)) };
    });
    await register(api, agent.url, { entities: [{ idPattern: '.*', type: 'Room' }], attrs: ['temperature'] });
    await create(
      api,
      { id: 'Room1', type: 'Room', humidity: number(60) },
      { id: 'Room2', type: 'Room', humidity: number(61) },
      { id: 'Room3', type: 'Room', humidity: number(20) },
    );
    const found = await get(api, '/v2/entities?type=Room&q=temperature>20;humidity>50&options=keyValues');
    expect(found.body).toEqual([{ id: 'Room1', type: 'Room', humidity: 60, temperature: 30 }]);
    const whole = await get(api, '/v2/entities?type=Room&options=keyValues&limit=2&offset=1');
    expect(whole.body).toEqual([
      { id: 'Room2', type: 'Room', humidity: 61, temperature: 10 },
      { id: 'Room3', type: 'Room', humidity: 20, temperature: 31 },
    ]);
    expect((await get(api, '/v2/entities?type=Room&q=!temperature')).body).toEqual([]);
  });

  it('are gathered page after page, as many as are needed and no more than are allowed', async () => {
    const api = await given({ forwardingMaxEntities: 100 });
    const many = await provider(({ url, body }) => {
      const parameters = new URL(url, 'http://a').searchParams;
      const [offset, limit] = [Number(parameters.get('offset') ?? 0), Number(parameters.get('limit'))];
      const ids = Array.from({ length: 100 }, (_, index) => 1000 + index).slice(offset, offset + limit);
      return { json: body.expression ? [] : spots(...ids), headers: { 'fiware-total-count': '100' } };
    });
    await register(api, many.url, all);
    // The first twenty of the provider are here already.
    await create(api, ...spots(...Array.from({ length: 20 }, (_, index) => 1000 + index)));
    const page = await get(api, '/v2/entities?type=Spot&offset=20&limit=10&options=keyValues');
    expect(page.body.map(({ free }: { free: number }) => free)).toEqual(Array.from({ length: 10 }, (_, i) => 1020 + i));
    expect(many.requests.map(({ url }) => url)).toEqual(['/op/query?limit=20', '/op/query?limit=20&offset=20']);
    const deep = await get(api, '/v2/entities?type=Spot&offset=70&limit=10');
    expect([deep.body.length, deep.warning]).toEqual([10, undefined]);
    const tooDeep = await get(api, '/v2/entities?type=Spot&offset=115&limit=10');
    expect([tooDeep.status, tooDeep.body.error]).toEqual([422, 'NotSupportedQuery']);
  });

  it('are looked at up to a bound, which the answer tells of', async () => {
    const api = await given({ forwardingMaxEntities: 40 });
    const endless = await provider(({ url }) => {
      const parameters = new URL(url, 'http://a').searchParams;
      const [offset, limit] = [Number(parameters.get('offset') ?? 0), Number(parameters.get('limit'))];
      return { json: spots(...Array.from({ length: limit }, (_, index) => offset + index)) };
    });
    await register(api, endless.url, all);
    const { body, warning } = await get(api, '/v2/entities?type=Spot&q=free>30&limit=20&options=keyValues');
    expect(body.map(({ free }: { free: number }) => free)).toEqual([31, 32, 33, 34, 35, 36, 37, 38, 39]);
    expect(warning).toContain('only the first 40 of its entities were looked at');
  });

  it('of POST /v2/op/query come from providers as those of GET do [V2 query operation]', async () => {
    const api = await given();
    const b = await provider(() => ({ json: spots(3, 4) }));
    await register(api, b.url, all);
    const body = { entities: [{ idPattern: '.*', type: 'Spot' }], attrs: ['free'], expression: { q: 'free>3' } };
    const { body: found } = await api.send('POST', '/v2/op/query?options=keyValues', { body });
    expect(JSON.parse(found)).toEqual([{ id: 'Spot4', type: 'Spot', free: 4 }]);
    expect(b.requests[0]?.body.attrs).toEqual(['free']);
  });
});

describe('A provider that fails', () => {
  const all = { entities: [{ idPattern: '.*', type: 'Spot' }] };
  const spot = { id: 'Spot1', type: 'Spot', free: number(1) };

  it('is named in a Warning, and the rest is there: dead, slow, hanging, broken, or no JSON [issue 6]', async () => {
    const api = await given({ forwardingTimeoutMs: 300 });
    const good = await provider(() => ({ json: [spot] }));
    const hanging = await provider(() => 'hang');
    const broken = await provider(() => ({ status: 500 }));
    const liar = await provider(() => ({ status: 200, text: '<html>' }));
    const strange = await provider(() => ({ json: { id: 'Spot1' } }));
    const dead = await startProvider(() => 'hang');
    await dead.close();
    for (const { url } of [hanging, good, broken, liar, strange, dead]) await register(api, url, all);
    await create(api, { id: 'Spot0', type: 'Spot' });
    const { status, body, warning } = await get(api, '/v2/entities?type=Spot');
    expect([status, body]).toEqual([200, [{ id: 'Spot0', type: 'Spot' }, spot]]);
    const named = String(warning)
      .split(', 199 ')
      .map((text) => text.replace(/^199 /, '').replace(/^oriel-\w+ /, ''));
    expect(named.toSorted()).toEqual(
      [
        `"provider ${hanging.url} is missing: Timeout was reached"`,
        `"provider ${broken.url} is missing: answered 500"`,
        `"provider ${liar.url} is missing: its answer is not JSON"`,
        `"provider ${strange.url} is missing: its answer is not a list of entities"`,
        `"provider ${dead.url} is missing: Couldn't connect to server"`,
      ].toSorted(),
    );
    const one = await get(api, '/v2/entities/Spot9');
    expect([one.status, String(one.warning).includes(dead.url)]).toEqual([404, true]);
  });

  it('shows in its registration, and so does that it is well again [V2 registration forwardingInformation]', async () => {
    const api = await given();
    let status = 503;
    const b = await provider(() => (status === 200 ? { json: [spot] } : { status }));
    await register(api, b.url, all, { id: 'B' });
    await get(api, '/v2/entities/Spot1?type=Spot');
    const failed = (await get(api, '/v2/registrations/B')).body;
    expect(failed).toMatchObject({
      status: 'failed',
      forwardingInformation: { timesSent: 1, lastFailureReason: 'answered 503' },
    });
    expect(failed.forwardingInformation.lastFailure).toBe(failed.forwardingInformation.lastForwarding);
    expect((await get(api, '/v2/registrations?status=failed')).body).toHaveLength(1);
    status = 200;
    await expect.poll(async () => (await get(api, '/v2/entities/Spot1?type=Spot')).status).toBe(200);
    const well = (await get(api, '/v2/registrations/B')).body;
    expect(well.status).toBe('active');
    expect(well.forwardingInformation).toMatchObject({
      lastSuccess: expect.any(String),
      lastFailure: expect.any(String),
    });
  });

  it('is left alone after it failed time after time', async () => {
    const api = await given();
    const broken = await provider(() => ({ status: 500 }));
    await register(api, broken.url, all);
    for (let time = 0; time < 9; time++) await get(api, '/v2/entities?type=Spot');
    expect(broken.requests).toHaveLength(5);
    const { warning } = await get(api, '/v2/entities?type=Spot');
    expect(warning).toContain('it failed too often, and is left alone for a while');
  });

  it('is not asked where it takes no queries, is inactive, or its registration has expired [V2 registration]', async () => {
    const api = await given();
    const b = await provider(() => ({ json: [spot] }));
    for (const mode of ['none', 'update']) {
      const body = { dataProvided: all, provider: { http: { url: b.url }, supportedForwardingMode: mode } };
      await api.send('POST', '/v2/registrations', { body });
    }
    await register(api, b.url, all, { status: 'inactive' });
    await register(api, b.url, all, { expires: '2020-01-01' });
    expect((await get(api, '/v2/entities?type=Spot')).body).toEqual([]);
    expect(b.requests).toEqual([]);
  });

  it('is none that may not be sent to', async () => {
    const api = await given({ notificationDeny: 'private' });
    const b = await provider(() => ({ json: [spot] }));
    await register(api, b.url, all);
    const { body, warning } = await get(api, '/v2/entities?type=Spot');
    expect([body, b.requests]).toEqual([[], []]);
    expect(warning).toContain('has no address that may be sent to');
  });
});

describe('Providers', () => {
  it('are asked all at once', async () => {
    const api = await given();
    let waiting = 0;
    let release = () => {};
    const everybody = new Promise<void>((resolve) => {
      release = resolve;
    });
    const spots = { entities: [{ idPattern: '.*', type: 'Spot' }] };
    for (let one = 0; one < 5; one++) {
      const { url } = await provider(async () => {
        waiting++;
        if (waiting === 5) release();
        await everybody;
        return { json: [{ id: `Spot${one}`, type: 'Spot' }] };
      });
      await register(api, url, spots);
    }
    expect((await get(api, '/v2/entities?type=Spot')).body.map(({ id }: { id: string }) => id)).toEqual([
      'Spot0',
      'Spot1',
      'Spot2',
      'Spot3',
      'Spot4',
    ]);
  });

  it('with many registrations are asked once, for all of them', async () => {
    const api = await given();
    const agent = await provider(({ body }) => ({
      json: body.entities.map(({ id }: { id: string }) => ({
        id,
        type: 'Device',
        battery: number(1),
        other: number(2),
      })),
    }));
    for (const id of ['D1', 'D2', 'D3']) {
      await register(api, agent.url, { entities: [{ id, type: 'Device' }], attrs: ['battery'] }, { id });
    }
    const { body } = await get(api, '/v2/entities?type=Device&options=keyValues');
    expect(body).toEqual(['D1', 'D2', 'D3'].map((id) => ({ id, type: 'Device', battery: 1 })));
    expect(agent.requests).toHaveLength(1);
    for (const id of ['D1', 'D2', 'D3']) {
      expect((await get(api, `/v2/registrations/${id}`)).body.forwardingInformation.timesSent).toBe(1);
    }
  });

  it('have no entities that say that they are elsewhere [V2 registration dataProvided]', async () => {
    const api = await given();
    const at = (id: string, value: string) => ({
      id,
      type: 'Spot',
      location: { type: 'geo:point', value, metadata: {} },
    });
    const b = await provider(() => ({
      json: [at('In', '40.5,-3.5'), at('Out', '10,10'), { id: 'Nowhere', type: 'Spot' }],
    }));
    await register(api, b.url, {
      entities: [{ idPattern: '.*', type: 'Spot' }],
      expression: { georel: 'coveredBy', geometry: 'box', coords: '40,-4;41,-3' },
    });
    const { body } = await get(api, '/v2/entities?type=Spot&options=keyValues&attrs=id');
    expect(body.map(({ id }: { id: string }) => id)).toEqual(['In', 'Nowhere']);
  });

  it('tell when entities were changed where that is asked for [V2 builtin attributes]', async () => {
    const api = await given();
    const date = { type: 'DateTime', value: '2020-02-03T04:05:06.000Z', metadata: {} };
    const b = await provider(() => ({ json: [{ id: 'S', type: 'Spot', free: number(1), dateModified: date }] }));
    await register(api, b.url, { entities: [{ idPattern: '.*', type: 'Spot' }] });
    const { body } = await get(api, '/v2/entities?type=Spot&attrs=dateModified,free');
    expect(body).toEqual([{ id: 'S', type: 'Spot', dateModified: date, free: number(1) }]);
    expect(b.requests[0]?.body.attrs).toEqual(['dateCreated', 'dateModified', 'free']);
    expect((await get(api, '/v2/entities?type=Spot')).body).toEqual([{ id: 'S', type: 'Spot', free: number(1) }]);
    const old = await get(api, '/v2/entities?type=Spot&q=dateModified<2021-01-01');
    expect(old.body).toHaveLength(1);
  });
});
