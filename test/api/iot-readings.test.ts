import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, anApi, storeKinds } from './api-under-test.ts';

describe.each(storeKinds)('Readings over HTTP, %s', (store) => {
  let api: ApiUnderTest;
  let number = 0;
  beforeAll(async () => {
    api = await anApi({ store, maxDevices: 60 });
  });
  afterAll(() => api.close());

  /** A group with a key of its own. */
  async function aGroup(members: object = {}): Promise<string> {
    const apikey = `KEY${++number}`;
    const group = {
      resource: '/iot/json',
      apikey,
      entity_type: 'Weather',
      attributes: [
        { object_id: 't', name: 'temperature', type: 'Number', metadata: { unitCode: { type: 'Text', value: 'CEL' } } },
      ],
      ...members,
    };
    const created = await api.send('POST', '/iot/services', { body: { services: [group] } });
    expect(created.statusCode).toBe(201);
    return apikey;
  }

  const report = (apikey: string, body: unknown, more = '') =>
    api.send('POST', `/iot/json?k=${apikey}&i=dev1${more}`, { body });
  const values = async (id: string, query = '') =>
    (await api.send('GET', `/v2/entities/${id}?options=keyValues${query}`)).json();

  it('make device and entity of the first one, as the group says [IoTA device autoprovision]', async () => {
    const apikey = await aGroup();
    const answer = await report(apikey, { t: 21.5, battery: 80 });
    expect([answer.statusCode, answer.json()]).toEqual([200, {}]);
    const entity = (await api.send('GET', '/v2/entities/Weather:dev1?type=Weather')).json();
    expect(entity).toEqual({
      id: 'Weather:dev1',
      type: 'Weather',
      temperature: { type: 'Number', value: 21.5, metadata: { unitCode: { type: 'Text', value: 'CEL' } } },
      battery: { type: 'Number', value: 80, metadata: {} },
    });
    const device = (await api.send('GET', '/iot/devices/dev1')).json();
    expect(device).toMatchObject({ device_id: 'dev1', apikey, entity_name: 'Weather:dev1', entity_type: 'Weather' });
    await api.send('DELETE', `/iot/devices/dev1?apikey=${apikey}`);
  });

  it('are refused of devices that nobody provisioned, where the group says so', async () => {
    const apikey = await aGroup({ autoprovision: false });
    const answer = await report(apikey, { t: 1 });
    expect([answer.statusCode, answer.json().name]).toEqual([404, 'DEVICE_NOT_FOUND']);
  });

  it('are refused under a key that nobody has', async () => {
    const answer = await report('NOBODY', { t: 1 });
    expect([answer.statusCode, answer.json().name]).toEqual([404, 'DEVICE_GROUP_NOT_FOUND']);
  });

  it('are refused that do not say whose they are', async () => {
    const answer = await api.send('POST', '/iot/json?i=dev1', { body: { t: 1 } });
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      {
        name: 'MISSING_ATTRIBUTES',
        message: 'The request was not well formed: it must have the query parameters k and i',
      },
    ]);
  });

  it('go to the entity that was provisioned, in its tenant and path, with its static attributes', async () => {
    const apikey = await aGroup();
    const body = {
      devices: [
        {
          device_id: 'dev9',
          apikey,
          entity_name: 'Retiro',
          entity_type: 'WeatherStation',
          static_attributes: [
            { name: 'location', type: 'geo:json', value: { type: 'Point', coordinates: [-3.68, 40.41] } },
          ],
        },
      ],
    };
    await api.send('POST', '/iot/devices', { body, headers: { 'fiware-service': 'm', 'fiware-servicepath': '/w' } });
    await api.send('POST', `/iot/json?k=${apikey}&i=dev9`, { body: { t: 3 } });
    const found = await api.send(
      'GET',
      '/v2/entities?georel=near;maxDistance:10&geometry=point&coords=40.41,-3.68&options=keyValues',
      {
        headers: { 'fiware-service': 'm', 'fiware-servicepath': '/w' },
      },
    );
    expect(found.json()).toEqual([
      {
        id: 'Retiro',
        type: 'WeatherStation',
        temperature: 3,
        location: { type: 'Point', coordinates: [-3.68, 40.41] },
      },
    ]);
  });

  it('in Ultralight come in groups, with their times, from body or URL [UL2.0 measure payload]', async () => {
    const apikey = await aGroup({ resource: '/iot/d', entityNameExp: "'UL' + id" });
    const url = `/iot/d?k=${apikey}&i=dev1`;
    const headers = { 'content-type': 'text/plain' };
    const payload = '2026-01-31T12:00:00Z|t|20#2026-01-31T13:00:00Z|t|21.5|place|Retiro|open|true';
    const answer = await api.send('POST', url, { body: payload, headers });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(await values('ULdev1')).toEqual({
      id: 'ULdev1',
      type: 'Weather',
      temperature: 21.5,
      TimeInstant: '2026-01-31T13:00:00.000Z',
      place: 'Retiro',
      open: true,
    });
    const byUrl = await api.send('GET', `${url}&t=20260131T140000Z&d=t%7C22`);
    expect(byUrl.statusCode).toBe(200);
    expect(await values('ULdev1', '&attrs=temperature,TimeInstant')).toMatchObject({
      temperature: 22,
      TimeInstant: '2026-01-31T14:00:00.000Z',
    });
  });

  it('with a time have it as attribute, as metadata and in their order [IoTA timestamp processing]', async () => {
    const apikey = await aGroup({ entityNameExp: "'timed'" });
    await report(apikey, { t: 20, TimeInstant: '2026-01-31T12:00:00Z' });
    const stale = await report(apikey, { t: 10, TimeInstant: '2026-01-31T11:00:00Z' });
    expect(stale.statusCode).toBe(200);
    const { temperature, TimeInstant } = (await api.send('GET', '/v2/entities/timed')).json();
    const time = { type: 'DateTime', value: '2026-01-31T12:00:00.000Z' };
    expect(temperature).toEqual({
      type: 'Number',
      value: 20,
      metadata: { unitCode: { type: 'Text', value: 'CEL' }, TimeInstant: time, observedAt: time },
    });
    expect(TimeInstant).toEqual({ ...time, metadata: { observedAt: time } });
  });

  it('replace those observed later, where the group says so', async () => {
    const apikey = await aGroup({ ordering: 'lastReceived', entityNameExp: "'received'" });
    await report(apikey, { t: 20, TimeInstant: '2026-01-31T12:00:00Z' });
    await report(apikey, { t: 10, TimeInstant: '2026-01-31T11:00:00Z' });
    expect((await values('received')).temperature).toBe(10);
  });

  it('are given the time of their arrival, where the group says so', async () => {
    const apikey = await aGroup({ timestamp: true, entityNameExp: "'arrived'" });
    await report(apikey, { t: 20 });
    expect(Date.parse((await values('arrived')).TimeInstant)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('are refused where the clock of the device is wrong', async () => {
    const apikey = await aGroup();
    const wrong = await report(apikey, { t: 20, TimeInstant: 'yesterday' });
    expect([wrong.statusCode, wrong.json().name]).toEqual([400, 'BAD_TIMESTAMP']);
    const future = await report(apikey, { t: 20, TimeInstant: '2199-01-01T00:00:00Z' });
    expect(future.json().message).toContain('more than 86400 s in the future');
  });

  it('are computed, in order, from what was measured and computed before [IoTA measurement transformation]', async () => {
    const attributes = [
      { object_id: 'level', name: 'level', type: 'Number' },
      { name: 'corrected', type: 'Number', expression: 'level * 2' },
      { name: 'normalized', type: 'Number', expression: 'corrected / 100' },
      { name: 'location', type: 'geo:json', expression: "{coordinates: [lon,lat], type: 'Point'}" },
      { name: 'label', type: 'Text', expression: "name|touppercase + ' ' + id" },
      { name: 'spaced', type: 'Text', expression: 'missing | trim' },
      { name: 'quiet', type: 'Number', expression: 'level', skipValue: 85 },
    ];
    const apikey = await aGroup({ attributes, explicitAttrs: true, entityNameExp: "'computed'" });
    await report(apikey, { level: 85, lon: -3.7, lat: 40.4, name: 'a', spaced: ' raw ', unknown: 1 });
    expect(await values('computed')).toEqual({
      id: 'computed',
      type: 'Weather',
      level: 85,
      corrected: 170,
      normalized: 1.7,
      location: { type: 'Point', coordinates: [-3.7, 40.4] },
      label: 'A dev1',
      spaced: ' raw ',
    });
  });

  it('go to several entities, where attributes say so [IoTA multientity support]', async () => {
    const attributes = [
      { object_id: 'v1', name: 'vol', type: 'Number', entity_name: 'Meter1', entity_type: 'Meter' },
      {
        object_id: 'v2',
        name: 'vol',
        type: 'Number',
        entity_name: "'Meter' + 2",
        entity_type: 'Meter',
        expression: 'v2*100',
      },
    ];
    const apikey = await aGroup({ attributes, entityNameExp: "'hub'" });
    await report(apikey, { v1: 1, v2: 2, uptime: 3 });
    expect(await values('Meter1')).toEqual({ id: 'Meter1', type: 'Meter', vol: 1 });
    expect(await values('Meter2')).toEqual({ id: 'Meter2', type: 'Meter', vol: 200 });
    expect(await values('hub')).toEqual({ id: 'hub', type: 'Weather', uptime: 3 });
  });

  it('keep only what explicitAttrs lets through [IoTA explicitAttrs]', async () => {
    const attributes = [
      { object_id: 'a', name: 'A', type: 'Number' },
      { object_id: 'b', name: 'B', type: 'Number' },
      { object_id: 'c', name: 'C', type: 'Number' },
    ];
    const apikey = await aGroup({ attributes, explicitAttrs: "['A',{object_id:'c'}]", entityNameExp: "'explicit'" });
    await report(apikey, { a: 1, b: 2, c: 3, d: 4 });
    expect(await values('explicit')).toEqual({ id: 'explicit', type: 'Weather', A: 1, C: 3 });
  });

  it('in arrays are readings of their own, single ones too [IoTA JSON measure reporting]', async () => {
    const apikey = await aGroup({ entityNameExp: "'many'" });
    const several = [{ t: 1 }, { t: 2, h: 40 }];
    expect((await report(apikey, several)).statusCode).toBe(200);
    expect(await values('many')).toMatchObject({ temperature: 2, h: 40 });
    const timed = [
      { timestamp: '2026-01-26T12:00:00Z', value: 44 },
      { timestamp: '2026-01-25T12:00:00Z', value: 33 },
    ];
    const url = `/iot/json/attrs/t?k=${apikey}&i=dev1`;
    expect((await api.send('POST', url, { body: timed })).statusCode).toBe(200);
    expect(await values('many')).toMatchObject({ temperature: 44 });
    const bytes = { 'content-type': 'application/octet-stream' };
    await api.send('POST', `/iot/json/attrs/raw?k=${apikey}&i=dev1`, { body: 'hello', headers: bytes });
    await api.send('POST', `/iot/json/attrs/note?k=${apikey}&i=dev1`, {
      body: 'all well',
      headers: { 'content-type': 'text/plain' },
    });
    expect(await values('many')).toMatchObject({ raw: '68656c6c6f', note: 'all well' });
  });

  it('may be NGSI, where the group says so [IoTA JSON NGSI measures]', async () => {
    const apikey = await aGroup({ payloadType: 'ngsiv2', entityNameExp: 'measure_id', explicitAttrs: false });
    const body = {
      actionType: 'append',
      entities: [{ id: 'E1', type: 'X', speed: { type: 'Speed', value: 5 }, t: { value: 7 } }],
    };
    expect((await report(apikey, body)).statusCode).toBe(200);
    expect((await api.send('GET', '/v2/entities/E1')).json()).toMatchObject({
      speed: { type: 'Speed', value: 5 },
      temperature: { type: 'Number', value: 7 },
      measure_type: { type: 'Text', value: 'X' },
    });
  });

  it('store the good measures beside a bad one, and say what was bad', async () => {
    const attributes = [
      { object_id: 'l', name: 'location', type: 'geo:json' },
      { object_id: 't', name: 'temperature', type: 'Number' },
    ];
    const apikey = await aGroup({ attributes, entityNameExp: "'partly'" });
    const answer = await report(apikey, { l: 'nowhere', t: 20, note: 'a<b' });
    expect([answer.statusCode, answer.json()]).toEqual([
      422,
      {
        name: 'PARTIAL_READING',
        message:
          'l: error parsing location attribute: geo:json needs an object or null as value; note: Invalid characters in attribute value. The other measures are stored',
      },
    ]);
    expect(await values('partly')).toEqual({ id: 'partly', type: 'Weather', temperature: 20 });
    const bad = await report(apikey, { note: 'a<b' });
    expect([bad.statusCode, bad.json().name]).toEqual([400, 'BAD_READING']);
  });

  it.each([
    ['{"t":', 'PARSE_ERROR'],
    ['[1]', 'WRONG_SYNTAX'],
    ['7', 'WRONG_SYNTAX'],
  ])('are refused that are none: %s', async (body, name) => {
    const apikey = await aGroup();
    const headers = { 'content-type': 'application/json' };
    const answer = await api.send('POST', `/iot/json?k=${apikey}&i=dev1`, { body, headers });
    expect([answer.statusCode, answer.json().name]).toEqual([400, name]);
  });

  it('make no more devices than a tenant may have', async () => {
    const apikey = await aGroup();
    const answers = [];
    for (let device = 0; device < 70; device++) {
      answers.push((await api.send('POST', `/iot/json?k=${apikey}&i=more${device}`, { body: { t: 1 } })).json().name);
    }
    expect(answers.at(-1)).toBe('LIMIT_REACHED');
  });
});
