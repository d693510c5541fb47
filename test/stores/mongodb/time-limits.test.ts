import { type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, anApi } from '../../api/api-under-test.ts';
import { mongodb } from '../../support/mongod/mongo-place.ts';
import { ReplicaSet } from '../../support/mongod/replica-set.ts';

/** All that Oriel asks MongoDB for with a request. */
const failCommands = [
  'find',
  'aggregate',
  'distinct',
  'getMore',
  'insert',
  'update',
  'delete',
  'findAndModify',
  'commitTransaction',
];

describe.runIf(mongodb?.binary !== undefined)('what MongoDB takes too long for', { timeout: 90_000 }, () => {
  let set: ReplicaSet;
  let api: ApiUnderTest;

  beforeAll(async () => {
    set = await ReplicaSet.start(mongodb?.binary ?? '', 1);
    const uri = `mongodb://127.0.0.1:${set.members[0]?.port}/oriel?directConnection=true`;
    api = await anApi({ store: uri as 'memory', queryTimeoutMs: 5000 });
    const body = { id: 'urn:ngsi-ld:Spot:1', type: 'Spot', free: { value: 1 } };
    expect((await api.send('POST', '/v2/entities', { body })).statusCode).toBe(201);
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await set?.stop();
  });

  async function failPoint(command: Document): Promise<void> {
    const client = new MongoClient(set.uri);
    await client.db('admin').command(command);
    await client.close();
  }

  /** From now on MongoDB ends, or does not any more, whatever has a limit of time as if that were over. */
  function endEverything(mode: 'alwaysOn' | 'off'): Promise<void> {
    return failPoint({ configureFailPoint: 'maxTimeAlwaysTimeOut', mode });
  }

  /** From now on MongoDB takes what Oriel asks, and says nothing. */
  function fallSilent(mode: 'alwaysOn' | 'off'): Promise<void> {
    const data = { failCommands, appName: 'oriel', blockConnection: true, blockTimeMS: 12_000 };
    return failPoint({ configureFailPoint: 'failCommand', mode, ...(mode === 'alwaysOn' && { data }) });
  }

  it('as a query that it ends is refused in the words of each dialect, which name the limit, and the next one is answered', async () => {
    await endEverything('alwaysOn');
    const v2 = await api.send('GET', '/v2/entities?type=Spot&q=free>0');
    const ld = await api.send('GET', '/ngsi-ld/v1/entities?type=Spot&q=free>0');
    await endEverything('off');
    const said = 'the query took longer than 5000 ms: narrow it down, or ask for fewer entities at once';
    expect(v2.statusCode).toBe(503);
    expect(JSON.parse(v2.body)).toStrictEqual({ error: 'ServiceUnavailable', description: said });
    expect(ld.statusCode).toBe(403);
    expect(JSON.parse(ld.body)).toMatchObject({
      type: 'https://uri.etsi.org/ngsi-ld/errors/TooComplexQuery',
      detail: said,
    });
    expect(JSON.parse((await api.send('GET', '/v2/entities?type=Spot&q=free>0')).body)).toHaveLength(1);
  });

  it('as it is stuck is refused in seconds, whatever was asked, and all is well when it is not any more', async () => {
    const always = { 'cache-control': 'no-cache' };
    const subscription = {
      subject: { entities: [{ idPattern: '.*' }] },
      notification: { mqtt: { url: 'mqtt://m', topic: 't' } },
    };
    await fallSilent('alwaysOn');
    const answers = await Promise.all([
      api.send('GET', '/v2/entities/urn:ngsi-ld:Spot:1', { headers: always }),
      api.send('GET', '/v2/entities?type=Spot'),
      api.send('GET', '/v2/types'),
      api.send('POST', '/v2/entities', { body: { id: 'urn:ngsi-ld:Spot:2', type: 'Spot', free: { value: 1 } } }),
      api.send('PATCH', '/v2/entities/urn:ngsi-ld:Spot:1/attrs', { body: { free: { value: 2 } } }),
      api.send('DELETE', '/v2/entities/urn:ngsi-ld:Spot:3'),
      api.send('POST', '/v2/subscriptions', { body: subscription }),
      api.send('GET', '/ngsi-ld/v1/entities?type=Spot'),
      api.send('POST', '/v2/op/update', { body: { actionType: 'append', entities: [{ id: 'urn:ngsi-ld:Spot:4' }] } }),
    ]);
    await fallSilent('off');
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers['retry-after']])).toStrictEqual(
      answers.map(() => [503, '5']),
    );
    const said = 'MongoDB has not answered in';
    expect(JSON.parse(answers[0].body)).toStrictEqual({ error: 'ServiceUnavailable', description: `${said} 10000 ms` });
    expect(JSON.parse(answers[1].body)).toStrictEqual({ error: 'ServiceUnavailable', description: `${said} 7000 ms` });
    expect((await api.send('GET', '/v2/types')).statusCode).toBe(200);
    const body = { free: { value: 3 } };
    expect((await api.send('PATCH', '/v2/entities/urn:ngsi-ld:Spot:1/attrs', { body })).statusCode).toBe(204);
    expect((await api.send('POST', '/v2/subscriptions', { body: subscription })).statusCode).toBe(201);
  });
});
