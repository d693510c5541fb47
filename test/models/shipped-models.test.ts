import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { createModelRegistry } from '../../src/adapters/models/ajv-model-registry.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/json.ts';
import { documentOf, readDataModel } from '../../src/core/model/read-data-model.ts';
import { renderModelIndex } from './render-model-index.ts';

const registry = createModelRegistry();
const byType = new Map(registry.shipped.map((model) => [model.type, model]));

describe('The models that come with the broker', () => {
  it('are at least thirty, of what a city measures and runs', () => {
    expect(registry.shipped.length).toBeGreaterThanOrEqual(30);
    expect([...byType.keys()]).toEqual(
      expect.arrayContaining([
        ...['AirQualityObserved', 'NoiseLevelObserved', 'WeatherObserved', 'WeatherForecast', 'WaterQualityObserved'],
        ...[
          'OnStreetParking',
          'OffStreetParking',
          'ParkingSpot',
          'BikeHireDockingStation',
          'Vehicle',
          'EVChargingStation',
        ],
        ...[
          'TrafficFlowObserved',
          'Road',
          'RoadSegment',
          'PublicTransportStop',
          'GtfsStop',
          'Streetlight',
          'WasteContainer',
        ],
        ...[
          'Building',
          'ThreePhaseAcMeasurement',
          'Alert',
          'Event',
          'PointOfInterest',
          'Device',
          'DeviceModel',
          'Garden',
        ],
        ...['KeyPerformanceIndicator', 'AdministrativeArea'],
      ]),
    );
  });

  it('are each of a type of their own, in the folder of their subject, under the name of the type', () => {
    expect(byType.size).toBe(registry.shipped.length);
    const files = readdirSync('schemas/models', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.schema.json') && !path.startsWith('commons'))
      .toSorted();
    const named = registry.shipped.map(({ subject, type }) => `${subject}/${type}.schema.json`);
    expect(named.toSorted()).toEqual(files);
  });

  it('are listed on their page, which `npx tsx test/models/write-model-index.ts` renews', () => {
    expect(readFileSync('schemas/models/README.md', 'utf8')).toBe(renderModelIndex(registry.shipped));
  });

  describe.each(registry.shipped.map((model) => [model.type, model] as const))('%s', (_type, model) => {
    const { judge } = registry.compile(model);

    it('is JSON Schema 2020-12 of which nothing has to be left out', () => {
      const document = JSON.parse(
        readFileSync(`schemas/models/${model.subject}/${model.type}.schema.json`, 'utf8'),
      ) as JsonObject;
      expect(document.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
      const url = `oriel://schemas/models/${model.subject}/${model.type}.schema.json`;
      expect(readDataModel({ url, document }, registry.findShared).notes).toEqual([]);
    });

    it('has version, licence, origin and description', () => {
      expect(model.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(model.license).toMatch(/^https:/);
      expect(model.derivedFrom).toMatch(/^https:/);
      expect(model.description).toMatch(/\.$/);
    });

    it('has two examples that conform, with what they claim to be', () => {
      expect(model.examples.length).toBeGreaterThanOrEqual(2);
      for (const example of model.examples) {
        expect(judge(example)).toEqual([]);
        expect(example.type).toBe(model.type);
        expect(
          Object.keys(example).filter((name) => !['id', 'type', ...model.attributes.keys()].includes(name)),
        ).toEqual([]);
      }
    });

    it('tells kind and meaning of every attribute, and units in codes of UN/CEFACT', () => {
      for (const [name, attribute] of model.attributes) {
        expect(attribute.description, name).toBeTruthy();
        for (const code of attribute.unitCodes) expect(code, name).toMatch(/^[A-Z0-9]{2,3}$/);
      }
    });

    it('refuses an entity of another type, and one without what is required', () => {
      const [example = {}] = model.examples;
      expect(judge({ ...example, type: 'Elsewhere' })).toMatchObject([{ path: '/type', rule: 'const' }]);
      for (const name of requiredOf(model.schema)) {
        const { [name]: _, ...rest } = example;
        expect(judge(rest)).toMatchObject([{ path: `/${name}`, rule: 'required', model: `${model.type} 1.0.0` }]);
      }
    });

    it('is read again from what is kept of it', () => {
      const again = readDataModel({ url: 'oriel://kept', document: documentOf(model) }, () => undefined);
      expect(again).toEqual({ model, notes: [] });
    });
  });
});

test('Air quality is measured in the units, and within the ranges, of the public model', () => {
  const model = byType.get('AirQualityObserved');
  expect(model?.attributes.get('no2')).toMatchObject({
    kind: 'Property',
    unitCodes: ['GQ', 'GP', '59', '61'],
    valueTypes: ['number'],
  });
  expect(model?.attributes.get('location')).toMatchObject({ kind: 'GeoProperty' });
  expect(model?.attributes.get('refPointOfInterest')).toMatchObject({ kind: 'Relationship' });
  expect(model?.attributes.get('dateObserved')).toMatchObject({ instant: true });
});

test('What tells of people is marked', () => {
  const personal = registry.shipped.flatMap(({ type, attributes }) =>
    [...attributes].filter(([, attribute]) => attribute.personal).map(([name]) => `${type}.${name}`),
  );
  expect(personal).toEqual(
    expect.arrayContaining([
      'Vehicle.vehiclePlateIdentifier',
      'Vehicle.location',
      'EVChargingStation.contactPoint',
      'WaterConsumptionObserved.waterConsumption',
    ]),
  );
  expect(personal).not.toContain('AirQualityObserved.no2');
});

test('A shared definition is the same for all: a place has longitude before latitude, and the form that its type says', () => {
  const model = byType.get('Streetlight');
  const { judge } = registry.compile(model as NonNullable<typeof model>);
  const at = (location: JsonValue) => judge({ id: 'urn:ngsi-ld:Streetlight:1', type: 'Streetlight', location });
  expect(at({ type: 'Point', coordinates: [-3.7, 40.4] })).toEqual([]);
  expect(at({ type: 'Point', coordinates: [40.4, -93.7] })).toMatchObject([
    { path: '/location/coordinates/1', rule: 'minimum' },
  ]);
  expect(at({ type: 'LineString', coordinates: [-3.7, 40.4] })).toMatchObject([{ rule: 'type' }, { rule: 'type' }]);
  expect(at('40.4,-3.7')).toMatchObject([{ path: '/location', rule: 'type', value: '40.4,-3.7' }]);
});

function requiredOf({ required }: JsonObject): readonly string[] {
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
}

test('Shared definitions refer to nothing but themselves', () => {
  for (const name of readdirSync('schemas/models/commons')) {
    const text = readFileSync(`schemas/models/commons/${name}`, 'utf8');
    expect(isJsonObject(JSON.parse(text))).toBe(true);
    expect([...text.matchAll(/"\$ref": "([^"]+)"/g)].filter(([, to = '']) => !to.startsWith('#/$defs/'))).toEqual([]);
  }
});
