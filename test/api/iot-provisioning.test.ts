import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, anApi } from './api-under-test.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const madrid = { 'fiware-service': 'madrid', 'fiware-servicepath': '/air' };
const group = {
  resource: '/iot/json',
  apikey: 'AIR',
  entity_type: 'AirQualityObserved',
  attributes: [{ object_id: 'n', name: 'NO2', type: 'Number' }],
};

describe('Service groups [IoTA config group API]', () => {
  it('are created, listed as they were written, changed and removed', async () => {
    const created = await api.send('POST', '/iot/services', { body: { services: [group] }, headers: madrid });
    expect([created.statusCode, created.json()]).toEqual([201, {}]);
    const shown = { ...group, service: 'madrid', subservice: '/air' };
    const listed = await api.send('GET', '/iot/services', { headers: madrid });
    expect(listed.json()).toEqual({ count: 1, services: [shown] });
    const everywhere = await api.send('GET', '/iot/services', { headers: { ...madrid, 'fiware-servicepath': '/*' } });
    expect(everywhere.json().count).toBe(1);
    const elsewhere = await api.send('GET', '/iot/services', {
      headers: { ...madrid, 'fiware-servicepath': '/water' },
    });
    expect(elsewhere.json().count).toBe(0);

    const url = '/iot/services?resource=/iot/json&apikey=AIR';
    const changed = await api.send('PUT', url, { body: { timestamp: true }, headers: madrid });
    expect(changed.statusCode).toBe(204);
    const [after] = (await api.send('GET', '/iot/services', { headers: madrid })).json().services;
    expect(after).toEqual({ ...shown, timestamp: true });
    expect((await api.send('DELETE', url, { headers: madrid })).statusCode).toBe(204);
    expect((await api.send('DELETE', url, { headers: madrid })).json()).toEqual({
      name: 'DEVICE_GROUP_NOT_FOUND',
      message: 'No service group has the API key AIR on the resource /iot/json: create one with POST /iot/services',
    });
  });

  it('have a key and a resource that no other group has, in whatever tenant', async () => {
    const services = [{ ...group, apikey: 'TWICE' }];
    await api.send('POST', '/iot/services', { body: { services }, headers: madrid });
    const again = await api.send('POST', '/iot/services', { body: { services }, headers: { 'fiware-service': 'bcn' } });
    expect([again.statusCode, again.json().name]).toEqual([409, 'DUPLICATE_GROUP']);
  });

  it.each([
    [{ services: [{ ...group, apikey: undefined }] }, 'services[0].apikey is missing'],
    [{ services: [{ ...group, atributes: [] }] }, 'services[0].atributes is not known'],
    [{ services: [] }, 'services must have at least one group'],
    [{ services: [{ ...group, apikey: 'a/b' }] }, 'services[0].apikey must not have / + #'],
    [{ services: [{ ...group, attributes: [{ type: 'Number' }] }] }, 'services[0].attributes[0].name is missing'],
    [
      { services: [{ ...group, attributes: [{ name: 'a', expression: 'a +' }] }] },
      'services[0].attributes[0].expression is no expression: the expression ends too early',
    ],
    [
      { services: [{ ...group, attributes: [{ name: 'a(b)' }] }] },
      'services[0].attributes[0].name: Invalid characters',
    ],
    [{ services: [{ ...group, transport: 'AMQP' }] }, 'services[0].transport must be one of MQTT, HTTP'],
    [[], 'must be an object'],
  ])('are refused that are wrong: %j', async (body, message) => {
    const answer = await api.send('POST', '/iot/services', { body, headers: madrid });
    expect([answer.statusCode, answer.json().name]).toEqual([400, 'WRONG_SYNTAX']);
    expect(answer.json().message).toContain(message);
  });
});

describe('Devices [IoTA device API]', () => {
  const device = {
    device_id: 'station4',
    entity_name: 'urn:ngsi-ld:AirQualityObserved:4',
    entity_type: 'AirQualityObserved',
    static_attributes: [{ name: 'stationName', type: 'Text', value: 'Plaza de España' }],
  };

  it('are provisioned, shown, changed and removed', async () => {
    const created = await api.send('POST', '/iot/devices', { body: { devices: [device] }, headers: madrid });
    expect([created.statusCode, created.json()]).toEqual([201, {}]);
    const shown = {
      ...device,
      service: 'madrid',
      service_path: '/air',
      attributes: [],
      lazy: [],
      commands: [],
    };
    expect((await api.send('GET', '/iot/devices', { headers: madrid })).json()).toEqual({ count: 1, devices: [shown] });
    expect((await api.send('GET', '/iot/devices/station4', { headers: madrid })).json()).toEqual(shown);

    const attributes = [{ object_id: 'p', name: 'PM10', type: 'Number' }];
    const changed = await api.send('PUT', '/iot/devices/station4', { body: { attributes }, headers: madrid });
    expect(changed.statusCode).toBe(204);
    const after = await api.send('GET', '/iot/devices/station4', { headers: madrid });
    expect(after.json()).toEqual({ ...shown, attributes });
    const moved = await api.send('PUT', '/iot/devices/station4', { body: { entity_name: 'other' }, headers: madrid });
    expect([moved.statusCode, moved.json().message]).toEqual([
      400,
      expect.stringContaining('entity_name cannot be changed'),
    ]);

    expect((await api.send('DELETE', '/iot/devices/station4', { headers: madrid })).statusCode).toBe(204);
    expect((await api.send('GET', '/iot/devices/station4', { headers: madrid })).json()).toEqual({
      name: 'DEVICE_NOT_FOUND',
      message: 'No device was found with id: station4',
    });
  });

  it('are all provisioned or none', async () => {
    const body = {
      devices: [
        { device_id: 'a', entity_name: 'A' },
        { device_id: 'a', entity_name: 'B' },
      ],
    };
    const answer = await api.send('POST', '/iot/devices', { body, headers: madrid });
    expect([answer.statusCode, answer.json().name]).toEqual([409, 'DUPLICATE_DEVICE_ID']);
    expect((await api.send('GET', '/iot/devices/a', { headers: madrid })).statusCode).toBe(404);
  });

  it('name their entity after type and id where nothing else is said', async () => {
    await api.send('POST', '/iot/devices', { body: { device_id: 'x1', entity_type: 'Lamp' }, headers: madrid });
    expect((await api.send('GET', '/iot/devices/x1', { headers: madrid })).json().entity_name).toBe('Lamp:x1');
  });
});
