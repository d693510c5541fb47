import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { anMqttClient } from '../support/iot-client.ts';
import { type ApiUnderTest, anApi } from './api-under-test.ts';

/** As The Things Stack v3 sends it; ids are made up. */
const fromTheThingsStack = {
  end_device_ids: { device_id: 'soil-7', application_ids: { application_id: 'parks' }, dev_eui: '70B3D57ED0000007' },
  received_at: '2026-01-31T12:00:01.120Z',
  uplink_message: {
    f_port: 2,
    f_cnt: 41,
    frm_payload: 'AQ4=',
    decoded_payload: { moisture: 27.1, battery: 3.3 },
    rx_metadata: [
      {
        gateway_ids: { gateway_id: 'retiro-roof', eui: 'A84041FFFF000001' },
        rssi: -97,
        snr: 7.5,
        location: { latitude: 40.4153, longitude: -3.6844, altitude: 670, source: 'SOURCE_REGISTRY' },
      },
    ],
    settings: { data_rate: { lora: { bandwidth: 125000, spreading_factor: 7 } }, frequency: '868100000' },
    received_at: '2026-01-31T12:00:00.912345678Z',
  },
};

/** As ChirpStack v4 sends it. */
const fromChirpStack = {
  deduplicationId: '3ac7e3c4-4401-4b8d-9386-a5c902f9202d',
  time: '2026-01-31T12:00:00.433+00:00',
  deviceInfo: { applicationName: 'parks', deviceName: 'soil 8', devEui: '70b3d57ed0000008' },
  fCnt: 11,
  fPort: 2,
  data: 'AQ4=',
  object: { moisture: 31 },
  rxInfo: [{ gatewayId: 'a84041ffff000001', rssi: -101, snr: 5, location: { latitude: 40.4153, longitude: -3.6844 } }],
  txInfo: { frequency: 868100000, modulation: { lora: { bandwidth: 125000, spreadingFactor: 9 } } },
};

const group = (apikey: string, mapping: object, more: object = {}) => ({
  apikey,
  resource: '/iot/json',
  entity_type: 'SoilSensor',
  attributes: [{ object_id: 'moisture', name: 'soilMoisture', type: 'Number' }],
  mapping,
  ...more,
});

let api: ApiUnderTest;
beforeAll(async () => {
  api = await anApi({ mqtt: true, mqttPort: 0, mqttAccess: 'open' });
});
afterAll(() => api.close());

async function create(service: object): Promise<void> {
  const created = await api.send('POST', '/iot/services', { body: { services: [service] } });
  expect([created.statusCode, created.body]).toEqual([201, '{}']);
}

const entity = async (id: string) => (await api.send('GET', `/v2/entities/${id}`)).json();
const time = { type: 'DateTime', value: '2026-01-31T12:00:00.912Z' };

describe('Uplinks of network servers', () => {
  it('of The Things Stack are stored with payload, radio metadata and the place of the gateway', async () => {
    await create(
      group('TTS', { preset: 'the-things-stack', topics: ['v3/parks@ttn/devices/+/up'] }, { explicitAttrs: true }),
    );
    const client = await anMqttClient(api.broker.mqttUrls[0]);
    await client.publishAsync('v3/parks@ttn/devices/soil-7/up', JSON.stringify(fromTheThingsStack), { qos: 1 });
    const stored = await entity('SoilSensor:soil-7');
    const dated = { TimeInstant: time, observedAt: time };
    expect(stored).toEqual({
      id: 'SoilSensor:soil-7',
      type: 'SoilSensor',
      soilMoisture: { type: 'Number', value: 27.1, metadata: dated },
      rssi: { type: 'Number', value: -97, metadata: { unitCode: { type: 'Text', value: 'DBM' }, ...dated } },
      snr: { type: 'Number', value: 7.5, metadata: { unitCode: { type: 'Text', value: '2N' }, ...dated } },
      gateway: { type: 'Text', value: 'retiro-roof', metadata: dated },
      gatewayLocation: {
        type: 'geo:json',
        value: { type: 'Point', coordinates: [-3.6844, 40.4153] },
        metadata: { ignoreType: { type: 'Boolean', value: true }, ...dated },
      },
      spreadingFactor: { type: 'Number', value: 7, metadata: dated },
      frameCounter: { type: 'Number', value: 41, metadata: dated },
      framePort: { type: 'Number', value: 2, metadata: dated },
      TimeInstant: { ...time, metadata: { observedAt: time } },
    });
  });

  it('of ChirpStack come by webhook too, under whatever id the mapping takes', async () => {
    await create(group('CS', { preset: 'chirpstack', device: "deviceInfo.deviceName|replacestr(' ', '-')" }));
    const answer = await api.send('POST', '/iot/uplinks?k=CS', { body: fromChirpStack });
    expect(answer.statusCode).toBe(200);
    expect(await entity('SoilSensor:soil-8')).toMatchObject({
      soilMoisture: { value: 31 },
      rssi: { value: -101 },
      spreadingFactor: { value: 9 },
      TimeInstant: { value: '2026-01-31T12:00:00.433Z' },
    });
  });

  it('of anybody are read by paths, expressions, units and bytes', async () => {
    const mapping = {
      topics: ['vendor/+/data'],
      device: "'probe' + meta.serial",
      observedAt: 'meta.epoch',
      bytes: 'raw',
      attributes: [{ name: 'level', expression: '(bytes[0] * 256 + bytes[1]) / 10', unit: 'CMT' }],
    };
    await create(group('VENDOR', mapping));
    const client = await anMqttClient(api.broker.mqttUrls[0]);
    const message = { meta: { serial: 12, epoch: 1769860800 }, raw: 'AQ4=' };
    await client.publishAsync('vendor/x/data', JSON.stringify(message), { qos: 1 });
    expect(await entity('SoilSensor:probe12')).toMatchObject({
      level: { value: 27, metadata: { unitCode: { value: 'CMT' } } },
      TimeInstant: { value: '2026-01-31T12:00:00.000Z' },
    });
    await client.publishAsync('vendor/x/data', '{"meta":{}}', { qos: 1 });
    const { refused } = (await api.send('GET', '/iot/refused-readings')).json();
    expect(refused[0]).toMatchObject({ via: 'vendor/x/data', reason: expect.stringContaining('names no device') });
  });

  it('can be tried without storing anything', async () => {
    const service = group('', { preset: 'the-things-stack' });
    const { apikey: _, ...described } = service;
    const tried = await api.send('POST', '/iot/dry-run', { body: { service: described, payload: fromTheThingsStack } });
    expect(tried.json()).toMatchObject({
      device_id: 'soil-7',
      entities: [{ id: 'SoilSensor:soil-7', soilMoisture: { value: 27.1 }, rssi: { value: -97 } }],
      problems: [],
    });
    const wrong = await api.send('POST', '/iot/dry-run', { body: { service: described, payload: {} } });
    expect(wrong.json()).toEqual({
      entities: [],
      problems: [
        { problem: expect.stringContaining('the message names no device: end_device_ids.device_id gives null') },
      ],
    });
    const plain = { apikey: 'NONE', resource: '/iot/d', entity_type: 'Lamp' };
    const body = { service: plain, device_id: 'l1', payload: '2026-01-31T12:00:00Z|power|on|a<b|1' };
    const lamp = (await api.send('POST', '/iot/dry-run', { body })).json();
    expect(lamp.entities[0]).toMatchObject({ id: 'Lamp:l1', power: { type: 'Text', value: 'on' } });
    expect(lamp.problems).toEqual([{ measure: 'a<b', problem: 'Invalid characters in attribute name' }]);
    expect((await api.send('GET', '/v2/entities?type=Lamp')).json()).toEqual([]);
  });

  it.each([
    [{ preset: 'sigfox' }, 'mapping.preset must be one of the-things-stack, chirpstack'],
    [{}, 'mapping.device is missing'],
    [{ device: 'a', topics: ['a/#/b'] }, 'mapping.topics must be a list of topic filters'],
    [{ device: 'a', attributes: [{ name: 'x' }] }, 'mapping.attributes[0].expression is missing'],
    [{ device: 'a |' }, 'mapping.device is no expression'],
  ])('are mapped by nothing that is wrong: %j', async (mapping, message) => {
    const answer = await api.send('POST', '/iot/services', { body: { services: [group('WRONG', mapping)] } });
    expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringContaining(message)]);
  });
});

describe('A device that floods', () => {
  it('is refused what is too much over HTTP, and told when to come back', async () => {
    const slow = await anApi({ deviceMessagesPerSecond: 1 });
    onTestFinished(() => slow.close());
    await slow.send('POST', '/iot/services', { body: { services: [{ apikey: 'K', resource: '', entity_type: 'T' }] } });
    const statuses = [];
    for (let n = 0; n < 8; n++) {
      statuses.push(await slow.send('POST', '/iot/json?k=K&i=fast', { body: { n } }));
    }
    expect(statuses[0]?.statusCode).toBe(200);
    const last = statuses.at(-1);
    expect([last?.statusCode, last?.headers['retry-after'], last?.json().name]).toEqual([
      429,
      '1',
      'TOO_MANY_READINGS',
    ]);
    expect((await slow.send('POST', '/iot/json?k=K&i=calm', { body: { n: 1 } })).statusCode).toBe(200);
  });

  it('is slowed alone over MQTT: those that share its connection lose nothing, nor wait', async () => {
    const slow = await anApi({ mqtt: true, mqttPort: 0, mqttAccess: 'open', deviceMessagesPerSecond: 1 });
    onTestFinished(() => slow.close());
    await slow.send('POST', '/iot/services', { body: { services: [{ apikey: 'K', resource: '', entity_type: 'T' }] } });
    const gateway = await anMqttClient(slow.broker.mqttUrls[0]);
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => gateway.publishAsync('/json/K/fast/attrs', `{"n":${n}}`, { qos: 1 })),
    );
    await gateway.publishAsync('/json/K/calm/attrs', '{"n":1}', { qos: 1 });
    expect((await slow.send('GET', '/v2/entities/T:calm?options=keyValues')).json()).toMatchObject({ n: 1 });
    const { count, refused } = (await slow.send('GET', '/iot/refused-readings')).json();
    expect([count, refused[0].name]).toEqual([1, 'TOO_MANY_READINGS']);
  });
});

describe('Readings that break a data model', () => {
  it('are refused with its reason, and the good ones beside them are stored', async () => {
    const ruled = await anApi({ admin: true });
    onTestFinished(() => ruled.close());
    const rule = { type: 'AirQualityObserved', mode: 'enforce' };
    expect((await ruled.send('PUT', '/admin/model-policy/air', { body: rule })).statusCode).toBeLessThan(300);
    const number = { type: 'Number', metadata: { unitCode: { type: 'Text', value: 'GQ' } } };
    const service = {
      apikey: 'AIR',
      resource: '',
      entity_type: 'AirQualityObserved',
      entityNameExp: "'air1'",
      attributes: [
        { object_id: 'n', name: 'no2', ...number },
        { object_id: 'p', name: 'pm10', ...number },
        { object_id: 'd', name: 'dateObserved', type: 'DateTime' },
        { object_id: 'l', name: 'location', type: 'geo:json' },
      ],
    };
    await ruled.send('POST', '/iot/services', { body: { services: [service] } });
    const reading = { n: -4, p: 20, d: '2026-01-31T12:00:00Z', l: { type: 'Point', coordinates: [-3.7, 40.4] } };
    const answer = await ruled.send('POST', '/iot/json?k=AIR&i=s1', { body: reading });
    expect([answer.statusCode, answer.json()]).toEqual([
      422,
      {
        name: 'PARTIAL_READING',
        message: 'no2: /no2: -4 must be at least 0 [minimum, AirQualityObserved 1.0.0]. The other measures are stored',
      },
    ]);
    const stored = (await ruled.send('GET', '/v2/entities/air1?options=keyValues')).json();
    expect(stored).toMatchObject({ pm10: 20 });
    expect(stored).not.toHaveProperty('no2');
  });
});
