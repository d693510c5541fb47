import { describe, expect, it } from 'vitest';
import type { Issue } from '../../src/load/issue.ts';
import { readMapping } from '../../src/load/read-mapping.ts';
import { type ReadResult, readAll } from './a-mapping.ts';
import { realData } from './real-data.ts';

type Example = ReadResult & { byId(end: string): Record<string, unknown> | undefined };

async function example(name: string, data: string): Promise<Example> {
  const result = await readAll(await readMapping(`examples/${name}.json`), data);
  return { ...result, byId: (end) => result.entities.find(({ id }) => String(id).endsWith(`:${end}`)) };
}

/** How often each kind of trouble was met. */
function tally(issues: readonly Omit<Issue, 'mapping' | 'source'>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { effect, attribute, reason } of issues) {
    const kind = [effect, attribute, reason].filter((part) => part !== undefined).join(', ');
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const text = (value: string) => ({ type: 'Text', value });
const free = (value: string) => ({ type: 'TextUnrestricted', value });
const number = (value: number, unitCode: string) => ({
  type: 'Number',
  value,
  metadata: { unitCode: { type: 'Text', value: unitCode } },
});
const measured = (value: number, unitCode: string, at: string) => ({
  type: 'Number',
  value,
  metadata: { unitCode: { type: 'Text', value: unitCode }, observedAt: { type: 'DateTime', value: at } },
});
const time = (value: string) => ({ type: 'DateTime', value });
const point = (longitude: number, latitude: number) => ({
  type: 'geo:json',
  value: { type: 'Point', coordinates: [longitude, latitude] },
});
const reference = (value: string) => ({ type: 'Relationship', value });
const address = (streetAddress: string, type = 'PostalAddress', locality = 'Madrid') => ({
  type,
  value: { addressCountry: 'ES', addressLocality: locality, streetAddress },
});
const councilOfMadrid = {
  dataProvider: text('Ayuntamiento de Madrid'),
  source: text('https://datos.madrid.es'),
};

describe.runIf(realData !== undefined)('The example mapping of', { timeout: 120_000 }, () => {
  const data = realData ?? '';

  it('air quality makes one entity a station, with the latest valid value of each pollutant', async () => {
    const { entities, issues, byId } = await example('madrid/air-quality', data);
    expect(entities).toHaveLength(24);
    expect(tally(issues)).toEqual({ 'value left out, marked as not valid': 884 });
    const at = '2025-09-06T21:00:00.000Z';
    expect(byId('28079004')).toEqual({
      id: 'urn:ngsi-ld:AirQualityObserved:madrid:28079004',
      type: 'AirQualityObserved',
      name: free('Plaza de España'),
      dateObserved: time(at),
      no2: measured(45, 'GQ', at),
      no: measured(20, 'GQ', at),
      nox: measured(76, 'GQ', at),
      pm10: measured(68, 'GQ', at),
      pm25: measured(21, 'GQ', at),
      co: measured(0.5, 'GP', at),
      typeofLocation: text('outdoor'),
      location: point(-3.7122567, 40.4238823),
      address: address('Plaza de España'),
      refPointOfInterest: reference('urn:ngsi-ld:PointOfInterest:madrid:air-quality-station:28079004'),
      ...councilOfMadrid,
    });
    // This station fell silent days before; its last values keep their time.
    expect(byId('28079055')).toMatchObject({
      dateObserved: time('2025-09-01T06:00:00.000Z'),
      no2: measured(38, 'GQ', '2025-09-01T06:00:00.000Z'),
      address: address('C/ Riaño (Barajas)', 'TextUnrestricted'),
    });
  });

  it('air quality stations makes points of interest', async () => {
    const { entities, issues, byId } = await example('madrid/air-quality-stations', data);
    expect(entities).toHaveLength(24);
    expect(issues).toEqual([]);
    expect(byId('28079024')).toEqual({
      id: 'urn:ngsi-ld:PointOfInterest:madrid:air-quality-station:28079024',
      type: 'PointOfInterest',
      name: free('Casa de Campo'),
      category: { type: 'StructuredValue', value: ['airQualityStation'] },
      stationType: text('suburban'),
      dateInstalled: time('1998-12-01T00:00:00.000Z'),
      altitude: number(645, 'MTR'),
      location: point(-3.7473445, 40.4193577),
      address: address('Casa de Campo (Terminal del Teleférico)', 'TextUnrestricted'),
      ...councilOfMadrid,
    });
  });

  it('weather makes one entity a station, in the units and the place that are right', async () => {
    const { entities, issues, byId } = await example('madrid/weather', data);
    expect(entities).toHaveLength(26);
    expect(tally(issues)).toEqual({ 'value left out, marked as not valid': 704 });
    const at = '2025-08-31T22:00:00.000Z';
    expect(byId('28079059')).toEqual({
      id: 'urn:ngsi-ld:WeatherObserved:madrid:28079059',
      type: 'WeatherObserved',
      name: free('Juan Carlos I'),
      dateObserved: time(at),
      temperature: measured(20.2, 'CEL', at),
      relativeHumidity: measured(0.35, 'C62', at),
      atmosphericPressure: measured(935, 'A97', at),
      windSpeed: measured(0.8, 'MTS', at),
      windDirection: measured(-77, 'DD', at),
      solarRadiation: measured(0, 'D54', at),
      precipitation: measured(0, 'MMT', at),
      location: point(-3.6091667, 40.4652778),
      address: address('Parque Juan Carlos I (frente oficinas mantenimiento)', 'TextUnrestricted'),
      refPointOfInterest: reference('urn:ngsi-ld:PointOfInterest:madrid:weather-station:28079059'),
      ...councilOfMadrid,
    });
    // The decimal latitude of this station is 2.5 km too far south.
    expect(byId('28079111')).toMatchObject({ location: point(-3.6779556, 40.4448917) });
  });

  it('weather stations makes points of interest', async () => {
    const { entities, issues, byId } = await example('madrid/weather-stations', data);
    expect(entities).toHaveLength(26);
    expect(issues).toEqual([]);
    expect(byId('28079111')).toMatchObject({ location: point(-3.6779556, 40.4448917), altitude: number(704, 'MTR') });
  });

  it('BiciMAD makes docking stations with their state', async () => {
    const { entities, issues, byId } = await example('madrid/bicimad', data);
    expect(entities).toHaveLength(609);
    expect(issues).toEqual([]);
    expect(byId('1406')).toEqual({
      id: 'urn:ngsi-ld:BikeHireDockingStation:madrid:bicimad:1406',
      type: 'BikeHireDockingStation',
      name: free('2 - Metro Callao'),
      stationCode: text('2'),
      status: text('working'),
      availableBikeNumber: number(15, 'C62'),
      freeSlotNumber: number(12, 'C62'),
      totalSlotNumber: number(27, 'C62'),
      location: point(-3.70569, 40.4204),
      address: address('Calle Miguel Moya nº 1'),
      dataProvider: text('EMT Madrid'),
      source: text('https://opendata.emtmadrid.es'),
    });
    expect(byId('2079')).toMatchObject({ status: text('outOfService'), totalSlotNumber: number(0, 'C62') });
    const docks = entities.map(({ totalSlotNumber }) => (totalSlotNumber as { value: number }).value);
    expect(docks.reduce((sum, value) => sum + value, 0)).toBe(14_469);
  });

  it('Bicing joins the two documents of GBFS; the station without status keeps what is known of it', async () => {
    const { entities, issues, byId } = await example('barcelona/bicing', data);
    expect(entities).toHaveLength(509);
    expect(issues).toMatchObject([{ effect: 'value left out', row: 390, column: 'station_id', value: '397' }]);
    const at = '2022-05-06T21:07:50.000Z';
    expect(byId('1')).toMatchObject({
      dateObserved: time(at),
      status: text('working'),
      availableBikeNumber: measured(11, 'C62', at),
      availableMechanicalBikeNumber: measured(6, 'C62', at),
      availableElectricBikeNumber: measured(5, 'C62', at),
      freeSlotNumber: measured(30, 'C62', at),
      totalSlotNumber: number(46, 'C62'),
    });
    expect(byId('397')).toEqual({
      id: 'urn:ngsi-ld:BikeHireDockingStation:barcelona:bicing:397',
      type: 'BikeHireDockingStation',
      name: free('AV. LITORAL (PG MARÍTIM DEL PORT OLÍMPI'),
      totalSlotNumber: number(27, 'C62'),
      altitude: number(6, 'MTR'),
      location: point(2.1993105, 41.3889129),
      address: {
        type: 'TextUnrestricted',
        value: {
          addressCountry: 'ES',
          addressLocality: 'Barcelona',
          postalCode: '08005',
          streetAddress: 'AV. LITORAL (PG MARÍTIM DEL PORT OLÍMPIC)',
        },
      },
      dataProvider: text('Ajuntament de Barcelona'),
      source: text('https://opendata-ajuntament.barcelona.cat'),
    });
  });

  it('car parks finds the capacity of every one in its description', async () => {
    const { entities, issues, byId } = await example('madrid/car-parks', data);
    expect(entities).toHaveLength(63);
    const spots = (id: string) => {
      const found = byId(id) ?? {};
      return ['totalSpotNumber', 'publicSpotNumber', 'residentSpotNumber'].map(
        (name) => (found[name] as { value?: number } | undefined)?.value,
      );
    };
    expect(entities.filter(({ totalSpotNumber }) => totalSpotNumber === undefined)).toEqual([]);
    expect(spots('13475'), 'Plazas: 226 públicas y 402 para residentes').toEqual([628, 226, 402]);
    expect(spots('36270'), 'Plazas: 115 públicas y 380 residentes').toEqual([495, 115, 380]);
    expect(spots('33440'), '242 públicas rotacionales (30 plazas para autobuses) y 511').toEqual([753, 242, 511]);
    expect(spots('13465'), 'Plazas: 146 Residenciales 130 Rotacionales').toEqual([276, 130, 146]);
    expect(spots('13466'), 'Plazas: 694 279 Residenciales 415 Rotacionales').toEqual([694, 415, 279]);
    expect(spots('13454'), 'Plazas: 611').toEqual([611, undefined, undefined]);
    expect(spots('11483771'), 'Plazas: para automóviles: 344').toEqual([344, undefined, undefined]);
    expect(spots('11544439'), 'Plazas Totales: 320').toEqual([320, undefined, undefined]);
    expect(spots('13453'), 'Plazas rotación: 169').toEqual([169, 169, undefined]);
    expect(spots('11544464'), 'Número de plazas: 224').toEqual([224, undefined, undefined]);
    const closed = entities.filter(({ status }) => (status as { value: string[] }).value[0] === 'closed');
    expect(closed).toHaveLength(4);

    // A longitude with two signs: the projected coordinates beside it are right.
    expect(byId('36269')).toMatchObject({ location: point(-3.6513894, 40.4058694) });
    expect(issues).toMatchObject([
      { effect: 'value corrected', row: 17, attribute: 'location', value: '--3.65138632197171, 40.4058768185719' },
    ]);
  });

  it('traffic leaves out the counters that count nothing', async () => {
    const { entities, issues, byId } = await example('madrid/traffic', data);
    expect(entities).toHaveLength(3880);
    expect(tally(issues)).toEqual({ 'row refused, intensity, marked as having no value': 17 });
    expect(byId('24001')).toEqual({
      id: 'urn:ngsi-ld:TrafficFlowObserved:madrid:24001',
      type: 'TrafficFlowObserved',
      name: free('SEPÚLVEDA ENTRADA CRUCE N-S'),
      dateObserved: text('2018-02-23T23:00:00Z/2018-02-24T16:16:00Z'),
      dateObservedFrom: time('2018-02-23T23:00:00.000Z'),
      dateObservedTo: time('2018-02-24T16:16:00.000Z'),
      intensity: { type: 'Number', value: 160, metadata: { unitText: text('vehicles per hour') } },
      occupancy: number(0.01, 'C62'),
      roadLoad: number(0.1, 'C62'),
      serviceLevel: text('fluid'),
      congested: { type: 'Boolean', value: false },
      saturationIntensity: { type: 'Number', value: 1800, metadata: { unitText: text('vehicles per hour') } },
      counterStatus: text('ok'),
      roadClass: text('urban'),
      location: point(-3.754104, 40.401495),
      ...councilOfMadrid,
    });
    expect(byId('PM40001')).toMatchObject({ averageVehicleSpeed: number(56, 'KMH'), roadClass: text('ringRoad') });
  });

  it('bicycle racks leaves out the racks that are nowhere', async () => {
    const { entities, issues, byId } = await example('madrid/bicycle-racks', data);
    expect(entities).toHaveLength(7089);
    expect(tally(issues)).toEqual({
      'row refused, location, has no position': 28,
      'value left out, dateInstalled, marked as having no value': 770,
    });
    expect(byId('101532')).toMatchObject({
      type: 'PointOfInterest',
      name: free('Aparcabicicletas Calle Jose Del Hierro 3'),
      dateInstalled: time('2019-06-14T00:00:00.000Z'),
      location: point(-3.65079129, 40.43652188),
      refDistrict: reference('urn:ngsi-ld:AdministrativeArea:madrid:district:15'),
    });
  });

  it('districts makes areas of the features', async () => {
    const { entities, issues, byId } = await example('madrid/districts', data);
    expect(entities).toHaveLength(21);
    expect(issues).toEqual([]);
    const centre = byId('1') as { location: { value: { type: string; coordinates: unknown[][][] } } };
    expect(centre).toMatchObject({ type: 'AdministrativeArea', name: text('Centro'), code: text('1') });
    expect(centre.location.value.type).toBe('MultiPolygon');
    expect(centre.location.value.coordinates[0]?.[0]).toHaveLength(114);
  });
});
