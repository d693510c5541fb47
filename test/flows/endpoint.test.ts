import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { anApi } from '../api/api-under-test.ts';
import { startReceiver } from '../support/receiver.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('a subscription names an endpoint: address and secrets are sent, and shown to nobody', async () => {
  const receiver = await startReceiver();
  const file = join(temporaryDirectory(), 'endpoints.json');
  const alarms = { url: `${receiver.url}/in?v=2`, headers: { 'X-Key': 'key' }, user: 'city', password: 'secret' };
  writeFileSync(file, JSON.stringify({ alarms }));
  const api = await anApi({ endpoints: file });
  const subject = { entities: [{ idPattern: '.*' }] };
  const notification = { httpCustom: { endpoint: 'alarms', qs: { from: 'oriel' } } };
  const created = await api.send('POST', '/v2/subscriptions', { body: { id: 'S', subject, notification } });
  expect(created.statusCode).toBe(201);
  await api.send('POST', '/v2/entities', {
    headers: { authorization: 'Bearer of the gateway' },
    body: { id: 'A', type: 'T' },
  });
  const { url, headers, body } = await receiver.take();
  expect([url, headers['x-key'], headers.authorization]).toEqual([
    '/in?v=2&from=oriel',
    'key',
    'Basic Y2l0eTpzZWNyZXQ=',
  ]);
  expect(JSON.parse(body).data).toEqual([{ id: 'A', type: 'T' }]);
  const shown = (await api.send('GET', '/v2/subscriptions/S')).body;
  expect(JSON.parse(shown).notification.httpCustom).toEqual({ endpoint: 'alarms', qs: { from: 'oriel' } });
  expect(shown).not.toContain(receiver.url);
  await api.close();
  await receiver.close();
});
