import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, anApi } from '../../api/api-under-test.ts';
import { mongodb } from '../../support/mongod/mongo-place.ts';
import { ReplicaSet } from '../../support/mongod/replica-set.ts';

describe.runIf(mongodb?.binary !== undefined)(
  'a query that MongoDB ends as it takes too long',
  { timeout: 60_000 },
  () => {
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

    /** From now on MongoDB ends, or does not any more, whatever has a limit of time as if that were over. */
    async function endEverything(mode: 'alwaysOn' | 'off'): Promise<void> {
      const client = new MongoClient(set.uri);
      await client.db('admin').command({ configureFailPoint: 'maxTimeAlwaysTimeOut', mode });
      await client.close();
    }

    it('is refused in the words of each dialect, which name the limit, and the next one is answered', async () => {
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
  },
);
