import { describe, expect, it, onTestFinished } from 'vitest';
import { anMqttClient, messagesOf } from '../support/iot-client.ts';
import { anApi, type StoreKind, storeKinds } from './api-under-test.ts';

async function aGateway(store: StoreKind) {
  const api = await anApi({ store, mqtt: true, mqttPort: 0, mqttAccess: 'open' });
  onTestFinished(() => api.close());
  const client = await anMqttClient(api.broker.mqttUrls[0]);
  await client.subscribeAsync('ngsiv2-answers/#', { qos: 1 });
  const messages = messagesOf(client);
  const ask = async (topic: string, body: unknown) => {
    await client.publishAsync(topic, typeof body === 'string' ? body : JSON.stringify(body), { qos: 1 });
    const [to = '', ...answer] = (await messages.next()).split(' ');
    return { to, answer: JSON.parse(answer.join(' ')) };
  };
  return { api, ask };
}

describe.each(storeKinds)('NGSIv2 over MQTT, %s', (store) => {
  it('takes an entity, a list or a batch, of a tenant and service path, and answers', async () => {
    const { api, ask } = await aGateway(store);
    const room = { id: 'Room1', type: 'Room', temperature: { type: 'Number', value: 21.5 } };
    expect(await ask('ngsiv2/madrid/a/b', room)).toEqual({ to: 'ngsiv2-answers/madrid/a/b', answer: { status: 204 } });
    const headers = { 'fiware-service': 'madrid', 'fiware-servicepath': '/a/b' };
    const stored = await api.send('GET', '/v2/entities/Room1?options=keyValues', { headers });
    expect(stored.json()).toEqual({ id: 'Room1', type: 'Room', temperature: 21.5 });

    expect((await ask('ngsiv2/-', [room, { id: 'Room2', type: 'Room' }])).answer).toEqual({ status: 204 });
    expect((await api.send('GET', '/v2/entities?options=keyValues')).json()).toHaveLength(2);

    const batch = {
      actionType: 'update',
      options: 'keyValues',
      requestId: 17,
      entities: [{ id: 'Room1', temperature: 22 }],
    };
    expect((await ask('ngsiv2/-', batch)).answer).toEqual({ requestId: 17, status: 204 });
    expect((await api.send('GET', '/v2/entities/Room1?options=keyValues')).json().temperature).toBe(22);
  });

  it('answers what is wrong as HTTP would', async () => {
    const { ask } = await aGateway(store);
    const missing = { actionType: 'update', entities: [{ id: 'Nobody', type: 'Room', a: { value: 1 } }] };
    expect((await ask('ngsiv2/-', missing)).answer).toMatchObject({ status: 404, error: 'NotFound' });
    expect((await ask('ngsiv2/-', '{"id":')).answer).toMatchObject({ status: 400, error: 'ParseError' });
    expect((await ask('ngsiv2/no-such/x', { id: 'A' })).answer).toMatchObject({ status: 400, error: 'BadRequest' });
  });
});
