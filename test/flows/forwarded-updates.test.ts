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

async function agent(
  answer: (request: ForwardedRequest) => ProviderReply | Promise<ProviderReply> = () => ({ status: 204 }),
): Promise<FakeProvider> {
  const one = await startProvider(answer);
  open.push(one);
  return one;
}

async function register(api: ApiUnderTest, url: string, dataProvided: object, provider: object = {}): Promise<void> {
  const body = { dataProvided, provider: { http: { url }, ...provider } };
  expect((await api.send('POST', '/v2/registrations', { body })).statusCode).toBe(201);
}

async function send(api: ApiUnderTest, method: string, url: string, body?: unknown, headers = {}) {
  const answer = await api.send(method, url, { ...(body !== undefined && { body }), headers });
  return [answer.statusCode, ...(answer.body === '' ? [] : [JSON.parse(answer.body)])];
}

/** What is here, providers aside. */
async function here(api: ApiUnderTest): Promise<unknown> {
  const { body } = await api.send('GET', '/v2/entities?options=keyValues,skipForwarding');
  return JSON.parse(body);
}

const updates = ({ requests }: FakeProvider) => requests.map(({ url, body }) => [url, body]);

const lamp = { entities: [{ id: 'Lamp1', type: 'Lamp' }], attrs: ['switch'] };
const on = { type: 'command', value: 'on' };
const forwarded = (actionType: string, attributes: object, id = 'Lamp1') => [
  '/op/update',
  { actionType, entities: [{ id, type: 'Lamp', ...attributes }] },
];

describe('An attribute that a provider owns', () => {
  async function aLamp(answer?: Parameters<typeof agent>[0]) {
    const api = await given();
    const device = await agent(answer);
    await register(api, device.url, lamp);
    await send(api, 'POST', '/v2/entities', { id: 'Lamp1', type: 'Lamp', power: { value: 7 } });
    return { api, device };
  }
  const unchanged = [{ id: 'Lamp1', type: 'Lamp', power: 7 }];

  it.each<[string, string, unknown, string, object]>([
    ['PATCH', '/v2/entities/Lamp1/attrs', { switch: on }, 'update', { switch: on }],
    ['POST', '/v2/entities/Lamp1/attrs?type=Lamp', { switch: on }, 'append', { switch: on }],
    ['POST', '/v2/entities/Lamp1/attrs?options=append', { switch: on }, 'appendStrict', { switch: on }],
    ['PUT', '/v2/entities/Lamp1/attrs/switch', on, 'update', { switch: on }],
    ['PUT', '/v2/entities/Lamp1/attrs/switch/value', { state: 'on' }, 'update', { switch: { value: { state: 'on' } } }],
    ['DELETE', '/v2/entities/Lamp1/attrs/switch', undefined, 'delete', { switch: {} }],
    [
      'POST',
      '/v2/op/update',
      { actionType: 'update', entities: [{ id: 'Lamp1', switch: on }] },
      'update',
      { switch: on },
    ],
    [
      'POST',
      '/v2/op/update',
      { actionType: 'delete', entities: [{ id: 'Lamp1', switch: {} }] },
      'delete',
      { switch: {} },
    ],
  ])('goes to it with %s %s, and nothing changes here [V2 registration]', async (method, url, body, action, sent) => {
    const { api, device } = await aLamp();
    expect(await send(api, method, url, body)).toEqual([204]);
    expect(updates(device)).toEqual([forwarded(action, sent)]);
    expect(await here(api)).toEqual(unchanged);
  });

  it('goes to it from among others, which are written here [V2 registration]', async () => {
    const { api, device } = await aLamp();
    const metadata = { unit: { type: 'Text', value: 'W' } };
    const body = { power: { value: 9 }, switch: { ...on, metadata } };
    expect(await send(api, 'PATCH', '/v2/entities/Lamp1/attrs?options=overrideMetadata', body)).toEqual([204]);
    expect(updates(device)).toEqual([
      ['/op/update?options=overrideMetadata', forwarded('update', { switch: { ...on, metadata } })[1]],
    ]);
    expect(await here(api)).toEqual([{ id: 'Lamp1', type: 'Lamp', power: 9 }]);
  });

  it('goes to it also where the entity is created, or all of it replaced', async () => {
    const { api, device } = await aLamp();
    await register(api, device.url, { entities: [{ id: 'Lamp2', type: 'Lamp' }], attrs: ['switch'] });
    const created = { id: 'Lamp2', type: 'Lamp', power: { value: 1 }, switch: on };
    expect(await send(api, 'POST', '/v2/entities', created)).toEqual([201]);
    expect(await send(api, 'POST', '/v2/entities?options=upsert', { ...created, power: { value: 2 } })).toEqual([204]);
    expect(await send(api, 'PUT', '/v2/entities/Lamp1/attrs', { volts: { value: 230 }, switch: on })).toEqual([204]);
    expect(updates(device)).toEqual([
      forwarded('appendStrict', { switch: on }, 'Lamp2'),
      forwarded('append', { switch: on }, 'Lamp2'),
      forwarded('replace', { switch: on }),
    ]);
    expect(await here(api)).toEqual([
      { id: 'Lamp1', type: 'Lamp', volts: 230 },
      { id: 'Lamp2', type: 'Lamp', power: 2 },
    ]);
  });

  it('is written here where it is here already, or the client says so', async () => {
    const { api, device } = await aLamp();
    const skip = await send(api, 'POST', '/v2/entities/Lamp1/attrs?options=skipForwarding', { switch: on });
    expect(skip).toEqual([204]);
    expect(await send(api, 'PATCH', '/v2/entities/Lamp1/attrs', { switch: { ...on, value: 'off' } })).toEqual([204]);
    expect(device.requests).toEqual([]);
    expect(await here(api)).toEqual([{ id: 'Lamp1', type: 'Lamp', power: 7, switch: 'off' }]);
  });

  it('keeps update operators and the words of the client', async () => {
    const { api, device } = await aLamp();
    const body = { switch: { type: 'Number', value: { $inc: 2 } } };
    expect(await send(api, 'PATCH', '/v2/entities/Lamp1/attrs', body)).toEqual([204]);
    expect(updates(device)).toEqual([forwarded('update', body)]);
  });

  it('is changed by a provider that calls back before it answers: nothing waits on it [fact 64]', async () => {
    const api = await given();
    const device = await agent(async () => {
      const status = { switch_status: { type: 'commandStatus', value: 'PENDING' } };
      const entities = [{ id: 'Lamp1', type: 'Lamp', ...status }];
      expect(await send(api, 'POST', '/v2/op/update', { actionType: 'append', entities })).toEqual([204]);
      return { status: 204 };
    });
    await register(api, device.url, lamp);
    await send(api, 'POST', '/v2/entities', { id: 'Lamp1', type: 'Lamp' });
    expect(await send(api, 'PATCH', '/v2/entities/Lamp1/attrs', { switch: on })).toEqual([204]);
    expect(await here(api)).toEqual([{ id: 'Lamp1', type: 'Lamp', switch_status: 'PENDING' }]);
  });
});

describe('What a provider leaves undone', () => {
  async function failing(reply: ProviderReply) {
    const api = await given({ forwardingTimeoutMs: 300 });
    const device = await agent(() => reply);
    await register(api, device.url, lamp);
    await send(api, 'POST', '/v2/entities', { id: 'Lamp1', type: 'Lamp', power: { value: 7 } });
    return { api, what: `Lamp1 - [ switch ] of provider ${device.url}` };
  }
  const partly = { power: { value: 9 }, switch: on };

  it.each<[string, ProviderReply, number, string, string]>([
    ['does not have it', { status: 404 }, 404, 'NotFound', 'answered 404'],
    [
      'refuses it',
      { status: 422, text: '{"error":"Unprocessable","description":"too bright"}' },
      422,
      'Unprocessable',
      'answered 422, too bright',
    ],
    ['is broken', { status: 500 }, 502, 'BadGateway', 'answered 500'],
    ['hangs', 'hang', 502, 'BadGateway', 'Timeout was reached'],
  ])('because it %s is an error of its own', async (_why, reply, status, error, reason) => {
    const { api, what } = await failing(reply);
    const description = `${what}: ${reason}`;
    expect(await send(api, 'PATCH', '/v2/entities/Lamp1/attrs', { switch: on })).toEqual([
      status,
      { error, description },
    ]);
    expect(await here(api)).toEqual([{ id: 'Lamp1', type: 'Lamp', power: 7 }]);
  });

  it('of an update that was done in part is a partial update with 404 [fact 59]', async () => {
    const { api, what } = await failing({ status: 500 });
    const error = { error: 'PartialUpdate', description: `${what}: answered 500` };
    expect(await send(api, 'PATCH', '/v2/entities/Lamp1/attrs', partly)).toEqual([404, error]);
    expect(await here(api)).toEqual([{ id: 'Lamp1', type: 'Lamp', power: 9 }]);
    const entities = [
      { id: 'Lamp1', type: 'Lamp', switch: on },
      { id: 'Lamp3', type: 'Lamp', power: { value: 3 } },
    ];
    const batch = await send(api, 'POST', '/v2/op/update', { actionType: 'append', entities });
    const name = what.replace('Lamp1 -', 'Lamp1/Lamp -');
    expect(batch).toEqual([404, { error: 'PartialUpdate', description: `Lamp1/Lamp: ${name}: answered 500` }]);
    expect(await here(api)).toEqual([
      { id: 'Lamp1', type: 'Lamp', power: 9 },
      { id: 'Lamp3', type: 'Lamp', power: 3 },
    ]);
  });

  it('is told beside what is nobody’s [V2 partial update]', async () => {
    const { api, what } = await failing({ status: 404 });
    const body = { switch: on, nothing: { value: 1 } };
    const answer = await send(api, 'PATCH', '/v2/entities/Lamp1/attrs', body);
    expect(answer).toEqual([
      404,
      { error: 'NotFound', description: `${what}: answered 404, do not exist: Lamp1/Lamp - [ nothing ]` },
    ]);
  });
});

describe('What is nobody’s', () => {
  it('is missing, and what is somebody’s was done [V2 partial update]', async () => {
    const api = await given();
    const device = await agent();
    await register(api, device.url, lamp);
    const body = { switch: on, nothing: { value: 1 } };
    const missing = { error: 'PartialUpdate', description: 'do not exist: Lamp1/Lamp - [ nothing ]' };
    expect(await send(api, 'PATCH', '/v2/entities/Lamp1/attrs?type=Lamp', body)).toEqual([422, missing]);
    expect(updates(device)).toEqual([forwarded('update', { switch: on })]);
  });

  it('refuses the whole where it is wrong, before anything is forwarded', async () => {
    const api = await given({ maxAttributes: 1 });
    const device = await agent();
    await register(api, device.url, lamp);
    await send(api, 'POST', '/v2/entities', { id: 'Lamp1', type: 'Lamp', power: { value: 7 } });
    const body = { switch: on, more: { value: 1 } };
    expect((await send(api, 'POST', '/v2/entities/Lamp1/attrs', body))[0]).toBe(413);
    const entity = { id: 'Lamp1', type: 'Lamp', switch: on, power: { value: 1 } };
    expect((await send(api, 'POST', '/v2/entities', entity))[0]).toBe(422);
    expect(device.requests).toEqual([]);
  });
});

describe('An entity that is not here', () => {
  const every = { entities: [{ idPattern: '.*', type: 'Lamp' }] };
  const unknown: ProviderReply = { status: 404, text: '{"error":"NotFound","description":"no such entity"}' };

  it('is updated and removed by whoever has it: those that do not have it say nothing', async () => {
    const api = await given();
    const [b, c] = [await agent(() => unknown), await agent()];
    await register(api, b.url, every);
    await register(api, c.url, every);
    expect(await send(api, 'PATCH', '/v2/entities/Lamp5/attrs?type=Lamp', { power: { value: 1 } })).toEqual([204]);
    expect(await send(api, 'DELETE', '/v2/entities/Lamp5?type=Lamp')).toEqual([204]);
    expect(updates(c)).toEqual([
      forwarded('update', { power: { type: 'Number', value: 1 } }, 'Lamp5'),
      forwarded('delete', {}, 'Lamp5'),
    ]);
    expect(updates(b)).toEqual(updates(c));
  });

  it('is not found where nobody has it', async () => {
    const api = await given();
    const b = await agent(() => unknown);
    await register(api, b.url, every);
    const answer = await send(api, 'PATCH', '/v2/entities/Lamp5/attrs?type=Lamp', { power: { value: 1 } });
    expect(answer).toEqual([
      404,
      {
        error: 'NotFound',
        description: `Lamp5/Lamp - [ power ] of provider ${b.url}: answered 404, no such entity`,
      },
    ]);
  });

  it('is created here: a pattern for what another broker has claims nothing', async () => {
    const api = await given();
    const b = await agent();
    await register(api, b.url, every);
    expect(await send(api, 'POST', '/v2/entities', { id: 'Lamp5', type: 'Lamp', power: { value: 1 } })).toEqual([201]);
    expect(await send(api, 'PATCH', '/v2/entities/Lamp5/attrs', { power: { value: 2 } })).toEqual([204]);
    expect(await send(api, 'DELETE', '/v2/entities/Lamp5')).toEqual([204]);
    expect([await here(api), b.requests]).toEqual([[], []]);
  });

  it('belongs to the first that names it, whole where it names no attributes', async () => {
    const api = await given();
    const [b, c] = [await agent(), await agent()];
    await register(api, b.url, every);
    await register(api, c.url, { entities: [{ id: 'Lamp5', type: 'Lamp' }] });
    const power = { type: 'Number', value: 1 };
    expect(await send(api, 'POST', '/v2/entities', { id: 'Lamp5', type: 'Lamp', power })).toEqual([201]);
    expect(await send(api, 'PATCH', '/v2/entities/Lamp5/attrs', { power })).toEqual([204]);
    expect(updates(c)).toEqual([
      forwarded('appendStrict', { power }, 'Lamp5'),
      forwarded('update', { power }, 'Lamp5'),
    ]);
    expect([await here(api), b.requests]).toEqual([[], []]);
  });

  it('of a device of many registrations is asked of its agent once, and executed once', async () => {
    const api = await given();
    const device = await agent();
    for (let time = 0; time < 3; time++) await register(api, device.url, lamp);
    expect(await send(api, 'PATCH', '/v2/entities/Lamp1/attrs', { switch: on })).toEqual([204]);
    expect(updates(device)).toEqual([forwarded('update', { switch: on })]);
  });
});

describe('A batch', () => {
  it('goes in its parts to where they belong, in one request to each provider [V2 batch update]', async () => {
    const api = await given();
    const [b, c] = [await agent(), await agent()];
    await register(api, b.url, { entities: [{ idPattern: '^B', type: 'Lamp' }], attrs: ['switch'] });
    await register(api, c.url, { entities: [{ idPattern: '^C', type: 'Lamp' }], attrs: ['switch'] });
    const entities = ['B1', 'B2', 'C1', 'D1'].map((id) => ({ id, type: 'Lamp', switch: on, power: { value: 1 } }));
    expect(await send(api, 'POST', '/v2/op/update', { actionType: 'append', entities })).toEqual([204]);
    const sent = (...ids: string[]) => [
      ['/op/update', { actionType: 'append', entities: ids.map((id) => ({ id, type: 'Lamp', switch: on })) }],
    ];
    expect([updates(b), updates(c)]).toEqual([sent('B1', 'B2'), sent('C1')]);
    expect(await here(api)).toEqual([
      ...['B1', 'B2', 'C1'].map((id) => ({ id, type: 'Lamp', power: 1 })),
      { id: 'D1', type: 'Lamp', switch: 'on', power: 1 },
    ]);
  });

  it('that creates stays here where the operator wants it so, as the reference implementation has it', async () => {
    const api = await given({ forwardAppends: false });
    const device = await agent();
    await register(api, device.url, lamp);
    expect(await send(api, 'POST', '/v2/entities', { id: 'Lamp1', type: 'Lamp', switch: on })).toEqual([201]);
    expect(device.requests).toEqual([]);
    expect(await here(api)).toEqual([{ id: 'Lamp1', type: 'Lamp', switch: 'on' }]);
  });
});

describe('A provider that takes queries only', () => {
  it('gets no updates [V2 registration]', async () => {
    const api = await given();
    const device = await agent();
    await register(api, device.url, lamp, { supportedForwardingMode: 'query' });
    expect((await send(api, 'PATCH', '/v2/entities/Lamp1/attrs', { switch: on }))[0]).toBe(404);
    expect(device.requests).toEqual([]);
  });
});
