import { afterEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, anApi } from '../api/api-under-test.ts';
import { aCarPark, aCity, parkingTerms } from '../api/open-data/a-city.ts';
import { mongodb, newMongoPlace } from '../support/mongod/mongo-place.ts';
import { startProvider } from '../support/provider.ts';
import { startReceiver } from '../support/receiver.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/* Two brokers on the same data, which is for the engine that lets them. */

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function aBroker(store: string): Promise<ApiUnderTest> {
  const api = await anApi({ store: store as 'memory' });
  open.push(api);
  return api;
}

const soon = { timeout: 15_000 };

describe.skipIf(mongodb === undefined)('Brokers on the same data', () => {
  it('forward for registrations that another of them made, changed or removed [issue 6]', {
    timeout: 60_000,
  }, async () => {
    const place = newMongoPlace();
    const [one, other] = [await aBroker(place), await aBroker(place)];
    const provider = await startProvider(() => ({ json: [{ id: 'Spot1', type: 'Spot' }] }));
    open.push(provider);
    const dataProvided = { entities: [{ idPattern: '.*', type: 'Spot' }] };
    const body = { id: 'B', dataProvided, provider: { http: { url: provider.url } } };
    expect((await one.send('POST', '/v2/registrations', { body })).statusCode).toBe(201);
    const status = async () => (await other.send('GET', '/v2/entities/Spot1?type=Spot')).statusCode;
    await expect.poll(status, soon).toBe(200);
    await other.send('PATCH', '/v2/registrations/B', { body: { status: 'inactive' } });
    const shown = async () => JSON.parse((await one.send('GET', '/v2/registrations/B')).body).status;
    await expect.poll(shown, soon).toBe('inactive');
    expect(await status()).toBe(404);
    await one.send('DELETE', '/v2/registrations/B');
    await expect.poll(async () => (await other.send('GET', '/v2/registrations/B')).statusCode, soon).toBe(404);
  });

  it('wake on one the subscription that was made on another, as MongoDB tells of it, long before they compare what is stored', {
    timeout: 60_000,
  }, async () => {
    const place = newMongoPlace();
    const [one, other] = [await aBroker(place), await aBroker(place)];
    const receiver = await startReceiver();
    open.push(receiver);
    const lamp = { id: 'Lamp', type: 'Lamp', n: { value: 0, type: 'Number' } };
    expect((await other.send('POST', '/v2/entities', { body: lamp })).statusCode).toBe(201);
    const body = {
      subject: { entities: [{ id: 'Lamp', type: 'Lamp' }] },
      notification: { http: { url: receiver.url } },
    };
    expect((await one.send('POST', '/v2/subscriptions', { body })).statusCode).toBe(201);
    // They compare once a minute.
    await expect
      .poll(async () => {
        await other.send('PUT', '/v2/entities/Lamp/attrs/n/value', {
          body: `${Math.random()}`,
          headers: { 'content-type': 'text/plain' },
        });
        return receiver.requests.length;
      }, soon)
      .toBeGreaterThan(0);
  });

  it('answer with all that another has acknowledged where a client wants nothing that was kept, in both dialects [RFC 9111 5.2.1.4]', {
    timeout: 60_000,
  }, async () => {
    const place = newMongoPlace();
    const [one, other] = [await aBroker(place), await aBroker(place)];
    const id = 'urn:ngsi-ld:Spot:1';
    const body = { id, type: 'Spot', free: { value: 0 } };
    expect((await one.send('POST', '/v2/entities', { body })).statusCode).toBe(201);
    const headers = { 'cache-control': 'max-age=0, no-cache' };
    for (let free = 1; free <= 10; free++) {
      for (const path of ['/v2/entities/', '/ngsi-ld/v1/entities/']) await other.send('GET', path + id);
      await one.send('PUT', `/v2/entities/${id}/attrs/free/value`, {
        body: `${free}`,
        headers: { 'content-type': 'text/plain' },
      });
      const v2 = await other.send('GET', `/v2/entities/${id}?options=keyValues`, { headers });
      expect(JSON.parse(v2.body).free).toBe(free);
      const ld = await other.send('GET', `/ngsi-ld/v1/entities/${id}?format=keyValues`, { headers });
      expect(JSON.parse(ld.body).free).toBe(free);
    }
  });

  it('tell a subscription of what was there before it, whichever was asked', { timeout: 60_000 }, async () => {
    const place = newMongoPlace();
    const [one, other] = [await aBroker(place), await aBroker(place)];
    const copy = await anApi();
    open.push(copy);
    const url = await copy.app.listen({ host: '127.0.0.1', port: 0 });
    const entities = Array.from({ length: 700 }, (_, n) => ({ id: `Spot${n}`, type: 'Spot', n }));
    const created = { actionType: 'append', entities };
    expect((await one.send('POST', '/v2/op/update?options=keyValues', { body: created })).statusCode).toBe(204);
    const body = {
      id: 'mirror',
      subject: {
        entities: [{ idPattern: '.*' }],
        condition: { alterationTypes: ['entityCreate', 'entityChange', 'entityDelete'] },
      },
      notification: { http: { url: `${url}/v2/op/mirror` }, attrs: ['*', 'dateExpires', 'alterationType'] },
    };
    expect((await other.send('POST', '/v2/subscriptions?options=synchronize', { body })).statusCode).toBe(201);
    await one.send('DELETE', '/v2/entities/Spot3');
    const query = '/v2/entities?orderBy=id&limit=1000';
    const wanted = JSON.parse((await one.send('GET', query)).body);
    expect(wanted).toHaveLength(699);
    await expect
      .poll(async () => JSON.parse((await copy.send('GET', query)).body), { timeout: 40_000, interval: 500 })
      .toEqual(wanted);
  });

  it('serve the context that is hosted on another, until any deletes it [LD 5.13]', {
    timeout: 60_000,
  }, async () => {
    const place = newMongoPlace();
    const [one, other] = [await aBroker(place), await aBroker(place)];
    const body = { '@context': { free: 'https://example.org/free' } };
    const added = await one.send('POST', '/ngsi-ld/v1/jsonldContexts', { body });
    expect(added.statusCode).toBe(201);
    const url = new URL(String(added.headers.location), 'http://oriel.test');
    const served = async (api: ApiUnderTest) => (await api.send('GET', url.pathname)).statusCode;
    await expect.poll(() => served(other), soon).toBe(200);
    expect(JSON.parse((await other.send('GET', url.pathname)).body)).toStrictEqual(body);
    expect((await other.send('DELETE', url.pathname)).statusCode).toBe(204);
    expect(await served(other)).toBe(404);
    await expect.poll(() => served(one), soon).toBe(404);
  });

  it('show the datasets that any of them published until any withdraws them, with one snapshot of a moment [issue 10]', {
    timeout: 60_000,
  }, async () => {
    const options = { store: newMongoPlace() as 'memory', snapshots: temporaryDirectory(), admin: true };
    const [one, other] = [await aCity(options), await anApi(options)];
    open.push(one, other);
    const dated = parkingTerms({ snapshots: { every: 'month', keep: 2, formats: ['csv'] } });
    await one.publish(dated);
    const rows = async ({ send }: ApiUnderTest) =>
      (await send('GET', '/dataset/parking/data.csv')).body.split('\r\n').length;
    await expect.poll(async () => (await other.send('GET', '/dataset/parking')).statusCode, soon).toBe(200);
    expect(await rows(other)).toBe(await rows(one));
    await one.store([aCarPark('P4', { name: 'new' })]);
    expect(await rows(other)).toBe(6);

    const snapshotsOf = ({ availability: { openData } }: ApiUnderTest) => openData.snapshots;
    await expect
      .poll(() => other.availability.openData.datasets.publishedOf('parking').snapshots?.every, soon)
      .toBe('month');
    await Promise.all([snapshotsOf(one).look(), snapshotsOf(other).look()]);
    await Promise.all([snapshotsOf(one).look(), snapshotsOf(other).look()]);
    const taken = [one, other].map((api) =>
      snapshotsOf(api).of(api.availability.openData.datasets.publishedOf('parking')),
    );
    expect(taken[0]).toHaveLength(1);
    expect(taken[1]).toEqual(taken[0]);

    expect((await other.send('DELETE', '/admin/datasets/parking')).statusCode).toBe(204);
    await expect.poll(async () => (await one.send('GET', '/dataset/parking')).statusCode, soon).toBe(404);
    expect((await one.send('GET', '/dataset/parking/data.csv')).statusCode).toBe(404);
  });
});
