import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, anApi, type SendOptions } from './api-under-test.ts';

interface ModelSummary {
  readonly type: string;
  readonly version: string;
  readonly versions: readonly string[];
  readonly policy: object;
  readonly counts: object;
}

const station = {
  id: 'urn:ngsi-ld:AirQualityObserved:1',
  type: 'AirQualityObserved',
  dateObserved: { type: 'DateTime', value: '2026-01-31T12:00:00Z' },
  no2: { type: 'Number', value: 45, metadata: { unitCode: { type: 'Text', value: 'GQ' } } },
  location: { type: 'geo:json', value: { type: 'Point', coordinates: [-3.7, 40.4] } },
};

const path = `/v2/entities/${station.id}`;

let api: ApiUnderTest;
let tenants = 0;

/** Each test has a tenant of its own. */
function aTenant() {
  const headers = { 'fiware-service': `t${++tenants}` };
  const send = (method: string, url: string, options: SendOptions = {}) =>
    api.send(method, url, { ...options, headers: { ...headers, ...options.headers } });
  return {
    send,
    rule: (terms: object, id = 'air') => send('PUT', `/admin/model-policy/${id}`, { body: terms }),
  };
}

beforeAll(async () => {
  api = await anApi({ admin: true });
});

afterAll(() => api.close());

describe('Data models over HTTP', () => {
  it('are listed with the policy in the service path', async () => {
    const { send, rule } = aTenant();
    expect((await rule({ type: 'AirQualityObserved', servicePath: '/madrid/#', mode: 'enforce' })).statusCode).toBe(
      201,
    );
    const policyIn = async (servicePath: string) => {
      const models = (await send('GET', '/models', { headers: { 'fiware-servicepath': servicePath } })).json<
        ModelSummary[]
      >();
      expect(models.length).toBeGreaterThanOrEqual(30);
      return models.find(({ type }) => type === 'AirQualityObserved')?.policy;
    };
    expect(await policyIn('/madrid/centro')).toEqual({ rule: 'air', mode: 'enforce', unknownAttributes: 'off' });
    expect(await policyIn('/barcelona')).toEqual({ mode: 'off', unknownAttributes: 'off' });
  });

  it('are retrieved with schema, attributes, examples and versions', async () => {
    const { send } = aTenant();
    const model = (await send('GET', '/models/AirQualityObserved')).json();
    expect(model).toMatchObject({
      type: 'AirQualityObserved',
      subject: 'Environment',
      version: '1.0.0',
      versions: ['1.0.0'],
      attributes: { no2: { kind: 'Property', unitCodes: ['GQ', 'GP', '59', '61'], personal: false } },
      schema: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        required: ['id', 'type', 'dateObserved', 'location'],
      },
    });
    expect(model.examples).toHaveLength(2);
    expect(JSON.stringify(model.schema)).not.toContain('commons/');
    const none = await send('GET', '/models/Unheard');
    expect([none.statusCode, none.json()]).toEqual([
      404,
      { error: 'NotFound', description: 'There is no such data model' },
    ]);
    expect((await send('GET', '/models/AirQualityObserved?version=9.9.9')).statusCode).toBe(404);
  });

  it('come as an OpenAPI document and as TypeScript', async () => {
    const { send } = aTenant();
    const openapi = (await send('GET', '/models/ParkingSpot/openapi')).json();
    expect(openapi).toMatchObject({
      openapi: '3.1.0',
      components: { schemas: { ParkingSpot: { properties: { type: { const: 'ParkingSpot' } } } } },
    });
    for (const [, reference = ''] of JSON.stringify(openapi).matchAll(/"\$ref":"([^"]+)"/g)) {
      expect(reference).toMatch(/^#\/components\/schemas\//);
    }
    const module = await send('GET', '/models/ParkingSpot/typescript');
    expect(module.headers['content-type']).toMatch(/^text\/plain/);
    expect(module.body).toContain('export interface ParkingSpot {');
    expect(module.body).toContain('  status: "closed" | "free" | "occupied" | "unknown";');
    expect(module.body).toContain('  category: readonly ("onStreet" | "offStreet")[];');
  });
});

describe('A write under a policy [V2 create entity] [V2 update attributes] [V2 batch update]', () => {
  it('is refused where it breaks the model, in the form of every error, with the violations in a header', async () => {
    const { send, rule } = aTenant();
    await rule({ type: 'AirQualityObserved', mode: 'enforce' });
    expect((await send('POST', '/v2/entities', { body: station })).statusCode).toBe(201);

    const body = { no2: { type: 'Number', value: -4, metadata: { unitCode: { type: 'Text', value: 'KMH' } } } };
    const refused = await send('PATCH', `${path}/attrs`, { body });
    expect([refused.statusCode, refused.json()]).toEqual([
      422,
      {
        error: 'Unprocessable',
        description:
          '/no2: -4 must be at least 0 [minimum, AirQualityObserved 1.0.0]\n/no2: KMH is the unit of the attribute, which must be GQ or GP or 59 or 61 [unit, AirQualityObserved 1.0.0]',
      },
    ]);
    expect(JSON.parse(String(refused.headers['oriel-violations']))).toMatchObject([
      {
        id: station.id,
        type: 'AirQualityObserved',
        path: '/no2',
        value: -4,
        rule: 'minimum',
        model: 'AirQualityObserved 1.0.0',
      },
      { rule: 'unit' },
    ]);
    expect((await send('GET', `${path}/attrs/no2/value`)).body).toBe('45');
    const { counts } = (await send('GET', '/models/AirQualityObserved')).json<ModelSummary>();
    expect(counts).toEqual({ refused: 1, warned: 0 });
  });

  it('is judged on every path that leads to the store', async () => {
    const { send, rule } = aTenant();
    await rule({ mode: 'enforce' });
    await send('POST', '/v2/entities', { body: station });
    const no2 = { type: 'Number', value: -1 };
    const entity = { id: station.id, type: station.type, no2 };
    const attempts = [
      await send('POST', '/v2/entities?options=upsert', { body: entity }),
      await send('POST', `${path}/attrs`, { body: { no2 } }),
      await send('PUT', `${path}/attrs`, { body: { no2: { type: 'Number', value: 1 } } }),
      await send('PUT', `${path}/attrs/no2`, { body: no2 }),
      await send('PUT', `${path}/attrs/no2/value`, { body: '-1', headers: { 'content-type': 'text/plain' } }),
      await send('PATCH', `${path}/attrs`, { body: { no2: { type: 'Number', value: { $inc: -46 } } } }),
      await send('DELETE', `${path}/attrs/location`),
      await send('POST', '/v2/op/update', { body: { actionType: 'append', entities: [entity] } }),
      await send('POST', '/v2/op/notify', { body: { subscriptionId: '5aeb0ee97d4ef10a12a0262f', data: [entity] } }),
    ];
    expect(attempts.map(({ statusCode }) => statusCode)).toEqual(attempts.map(() => 422));
    expect((await send('GET', `${path}?options=keyValues&attrs=no2`)).json()).toEqual({
      id: station.id,
      type: station.type,
      no2: 45,
    });
    expect((await send('DELETE', path)).statusCode).toBe(204);
  });

  it('stores the good entities of a batch and lists the bad', async () => {
    const { send, rule } = aTenant();
    await rule({ mode: 'enforce' });
    const bad = { ...station, id: 'bad', no2: { type: 'Number', value: 'high' } };
    const answer = await send('POST', '/v2/op/update', { body: { actionType: 'append', entities: [station, bad] } });
    expect([answer.statusCode, answer.json()]).toMatchObject([422, { error: 'PartialUpdate' }]);
    expect(answer.json().description.split('\n')).toEqual([
      'bad/AirQualityObserved: /no2: high must be of type number [type, AirQualityObserved 1.0.0]',
      'bad/AirQualityObserved: /no2: high does not fit the type Number [attributeType, AirQualityObserved 1.0.0]',
    ]);
    expect((await send('GET', '/v2/entities?attrs=id&options=keyValues')).json()).toMatchObject([{ id: station.id }]);
  });

  it('is stored with a warning where the policy warns', async () => {
    const { send, rule } = aTenant();
    await rule({ mode: 'warn', unknownAttributes: 'warn' });
    const answer = await send('POST', '/v2/entities', {
      body: { ...station, no2: { value: -4 }, mood: { value: 'good' } },
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers.warning).toBe(
      `199 oriel "${station.id} /no2: -4 must be at least 0 [minimum, AirQualityObserved 1.0.0]", 199 oriel "${station.id} /mood: good is not part of the model [unknownAttribute, AirQualityObserved 1.0.0]"`,
    );
    expect(JSON.parse(String(answer.headers['oriel-violations']))).toHaveLength(2);
    const quiet = await send('PATCH', `${path}/attrs`, { body: { no2: { value: 4 }, mood: { value: 'bad' } } });
    expect(quiet.headers.warning).toMatch(/^199 oriel "[^"]+unknownAttribute[^"]+"$/);
    const { counts } = (await send('GET', '/models/AirQualityObserved')).json<ModelSummary>();
    expect(counts).toEqual({ refused: 0, warned: 2 });
  });

  it('in key-values is judged by what it says, not by the types that the broker gives it', async () => {
    const { send, rule } = aTenant();
    await rule({ mode: 'enforce' });
    const { examples } = (await send('GET', '/models/AirQualityObserved')).json<{ examples: object[] }>();
    for (const example of examples) {
      expect((await send('POST', '/v2/entities?options=keyValues', { body: example })).body).toBe('');
    }
  });
});

describe('The policy over HTTP', () => {
  it('is set, listed and removed rule by rule', async () => {
    const { send, rule } = aTenant();
    const terms = {
      type: 'Room',
      servicePath: '/madrid',
      mode: 'warn',
      unknownAttributes: 'enforce',
      unknownTypes: 'off',
    };
    expect((await rule(terms)).statusCode).toBe(201);
    expect((await rule({ ...terms, mode: 'enforce' })).statusCode).toBe(204);
    await rule({ mode: 'off' }, 'rest');
    expect((await send('GET', '/admin/model-policy')).json()).toEqual([
      { id: 'air', ...terms, mode: 'enforce' },
      { id: 'rest', servicePath: '/#', mode: 'off', unknownAttributes: 'off', unknownTypes: 'off' },
    ]);
    expect((await send('DELETE', '/admin/model-policy/air')).statusCode).toBe(204);
    expect((await send('DELETE', '/admin/model-policy/air')).json()).toEqual({
      error: 'NotFound',
      description: 'The policy of data models has no such rule',
    });
  });

  it.each([
    [{ mode: 'on' }, 'mode must be one of off, warn, enforce'],
    [{ mode: 'off', types: 'Room' }, 'types is no member of a rule'],
    [{ mode: 'off', servicePath: 'madrid' }, 'Only /absolute/ Service Paths allowed'],
    [{ mode: 'off', servicePath: '/a,/b' }, 'servicePath must be one path'],
    [{ mode: 'off', type: 7 }, 'type must be a text'],
    [[], 'a rule is a JSON object'],
    [
      { mode: 'enforce', type: 'AirQualityObserved', version: '7' },
      'there is no version 7 of a model of AirQualityObserved',
    ],
  ])('refuses %j, with what would be right', async (terms, why) => {
    const { rule } = aTenant();
    const answer = await rule(terms);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().description).toContain(why);
  });

  it('is there only where the configuration says so', async () => {
    const other = await anApi();
    expect((await other.send('GET', '/admin/model-policy')).statusCode).toBe(400);
    expect((await other.send('GET', '/models')).statusCode).toBe(200);
    await other.close();
  });
});

describe('A dry run', () => {
  it('tells of each entity what would become of it, and stores nothing', async () => {
    const { send, rule } = aTenant();
    await rule({ type: 'AirQualityObserved', mode: 'enforce' });
    const bad = { ...station, id: 'bad', no2: { type: 'Number', value: -4 }, mood: { value: 'good' } };
    const car = { id: 'Car1', type: 'Car' };
    const odd = { id: 'a b', type: 'Car' };
    const answer = await send('POST', '/models/validate', { body: [station, bad, car, odd] });
    expect(answer.json()).toEqual({
      valid: false,
      results: [
        {
          id: station.id,
          type: station.type,
          model: 'AirQualityObserved 1.0.0',
          valid: true,
          outcome: 'off',
          violations: [],
          lines: [],
          unknownAttributes: [],
        },
        {
          id: 'bad',
          type: station.type,
          model: 'AirQualityObserved 1.0.0',
          valid: false,
          outcome: 'enforce',
          violations: [
            {
              path: '/no2',
              value: -4,
              rule: 'minimum',
              message: 'must be at least 0',
              model: 'AirQualityObserved 1.0.0',
            },
          ],
          lines: ['/no2: -4 must be at least 0 [minimum, AirQualityObserved 1.0.0]'],
          unknownAttributes: ['mood'],
        },
        { ...car, valid: true, outcome: 'off', violations: [], lines: [], unknownAttributes: [] },
        {
          ...odd,
          valid: false,
          error: 'Invalid characters in entity id',
          violations: [],
          lines: [],
          unknownAttributes: [],
        },
      ],
    });
    expect((await send('GET', '/v2/entities')).json()).toEqual([]);
  });

  it('takes key-values, one entity alone, and a version', async () => {
    const { send } = aTenant();
    const body = { id: 'x', type: 'AirQualityObserved', no2: 'high' };
    const answer = await send('POST', '/models/validate?options=keyValues&version=1.0.0', { body });
    expect(answer.json().results[0].violations.map(({ path: at }: { path: string }) => at)).toEqual([
      '/dateObserved',
      '/location',
      '/no2',
    ]);
    expect((await send('POST', '/models/validate?options=keyValues&version=2', { body })).statusCode).toBe(404);
  });
});

describe('The report', () => {
  it('streams what is stored and does not conform, and sums up by rule', async () => {
    const { send } = aTenant();
    const entities = [
      station,
      { ...station, id: 'a1', no2: { type: 'Number', value: -1 } },
      { ...station, id: 'a2', no2: { type: 'Number', value: -2, metadata: { unitCode: { value: 'KMH' } } } },
      { id: 'Car1', type: 'Car' },
    ];
    await send('POST', '/v2/op/update', { body: { actionType: 'append', entities } });
    const report = async (query = '') => {
      const answer = await send('GET', `/models/report${query}`);
      expect(answer.headers['content-type']).toBe('application/x-ndjson');
      return answer.body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    };
    const lines = await report();
    expect(lines).toMatchObject([
      { id: 'a1', type: station.type, servicePath: '/', violations: [{ path: '/no2', value: -1, rule: 'minimum' }] },
      { id: 'a2', violations: [{ rule: 'minimum' }, { rule: 'unit' }] },
      {},
    ]);
    expect(lines.at(-1)).toEqual({
      summary: {
        checked: 3,
        violating: 2,
        withoutModel: 1,
        byRule: [
          { model: 'AirQualityObserved 1.0.0', path: '/no2', rule: 'minimum', entities: 2, examples: ['a1', 'a2'] },
          { model: 'AirQualityObserved 1.0.0', path: '/no2', rule: 'unit', entities: 1, examples: ['a2'] },
        ],
      },
    });
    expect(await report('?rule=unit&details=off')).toMatchObject([{ summary: { violating: 1 } }]);
    expect(await report('?type=Car')).toMatchObject([{ summary: { checked: 0, withoutModel: 1 } }]);
  });
});

describe('Models that a tenant adds', () => {
  const schema = {
    $schema: 'http://json-schema.org/schema#',
    $schemaVersion: '0.1.0',
    properties: { type: { enum: ['Room'] }, temperature: { type: 'number', minimum: 0, exclusiveMinimum: true } },
  };

  it('stand beside those that come with the broker, for that tenant alone', async () => {
    const { send, rule } = aTenant();
    const dry = await send('POST', '/admin/models?dryRun=true', { body: { schema } });
    expect([dry.statusCode, dry.json()]).toEqual([
      200,
      { type: 'Room', version: '0.1.0', stored: false, attributes: 1, examples: 0, notes: [], failing: [] },
    ]);
    expect((await send('GET', '/models/Room')).statusCode).toBe(404);
    const example = { id: 'Room1', type: 'Room', temperature: 0 };
    const added = await send('POST', '/admin/models', { body: { schema, examples: [example] } });
    expect([added.statusCode, added.json()]).toMatchObject([
      201,
      { stored: true, failing: ['Room1 /temperature: 0 must be above 0 [exclusiveMinimum, Room 0.1.0]'] },
    ]);
    expect((await send('GET', '/models/Room')).json()).toMatchObject({ version: '0.1.0', examples: [example] });
    expect((await aTenant().send('GET', '/models/Room')).statusCode).toBe(404);
    await rule({ type: 'Room', version: '0.1.0', mode: 'enforce' });
    expect((await send('DELETE', '/admin/models/Room/0.1.0')).json().description).toContain(
      'rule air of the policy takes Room 0.1.0',
    );
    await send('DELETE', '/admin/model-policy/air');
    expect((await send('DELETE', '/admin/models/Room/0.1.0')).statusCode).toBe(204);
    expect((await send('DELETE', '/admin/models/AirQualityObserved/1.0.0')).statusCode).toBe(404);
  });

  it.each([
    [{}, 'the body must have a member schema'],
    [{ schema: { properties: {} } }, 'names no entity type'],
    [{ schema, url: 'here' }, 'url must be an absolute URL'],
    [{ schema, shared: [{}] }, 'each document of shared must have a url and a schema'],
  ])('are refused where they are none: %j', async (body, why) => {
    const answer = await aTenant().send('POST', '/admin/models', { body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().description).toContain(why);
  });
});
