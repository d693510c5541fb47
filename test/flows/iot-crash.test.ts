import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { realData } from '../load/real-data.ts';
import { startBrokerProcess } from '../support/broker-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** One hour of one station. */
interface HourlyReading {
  readonly station: string;
  readonly measures: Record<string, number | string>;
}

const quantities: Readonly<Record<string, string>> = {
  1: 'SO2',
  6: 'CO',
  7: 'NO',
  8: 'NO2',
  9: 'PM2_5',
  10: 'PM10',
  14: 'O3',
};

/** Valid hours of the air quality stations of Madrid on the last two days of August, in the order of time. */
function readingsOfMadrid(directory: string): readonly HourlyReading[] {
  const text = readFileSync(`${directory}/madrid_air_quality_hourly.csv`, 'utf8');
  const rows = parse(text, { delimiter: ';', columns: true }) as Record<string, string>[];
  const byHour = new Map<string, HourlyReading>();
  for (const row of rows) {
    if (row.MES !== '08' && row.MES !== '8') continue;
    const name = quantities[row.MAGNITUD ?? ''];
    for (let hour = 1; name !== undefined && hour <= 24; hour++) {
      const two = String(hour).padStart(2, '0');
      if (row[`V${two}`] !== 'V') continue;
      // The hour that ends then, local time, which is two hours ahead of UTC.
      const at = new Date(Date.UTC(Number(row.ANO), Number(row.MES) - 1, Number(row.DIA), hour - 2)).toISOString();
      const key = `${row.ESTACION} ${at}`;
      const reading = byHour.get(key) ?? { station: `s${row.ESTACION}`, measures: { TimeInstant: at } };
      reading.measures[name] = Number(row[`H${two}`]);
      byHour.set(key, reading);
    }
  }
  return [...byHour.values()].sort((a, b) =>
    String(a.measures.TimeInstant).localeCompare(String(b.measures.TimeInstant)),
  );
}

/** What the readings come to: of each quantity of each station the last that was observed. */
function lastOf(readings: readonly HourlyReading[]): Map<string, Record<string, number>> {
  const last = new Map<string, Record<string, number>>();
  for (const { station, measures } of readings) {
    const { TimeInstant: _, ...own } = measures;
    last.set(station, { ...last.get(station), ...(own as Record<string, number>) });
  }
  return last;
}

/** Some come too late, and some twice: as over a radio. */
function disordered(readings: readonly HourlyReading[]): readonly HourlyReading[] {
  const shuffled = readings.flatMap((reading, at) => [
    { reading, place: at + ((at * 7919) % 200) },
    ...(at % 5 === 0 ? [{ reading, place: at + 300 }] : []),
  ]);
  return shuffled.sort((a, b) => a.place - b.place).map(({ reading }) => reading);
}

describe.skipIf(realData === undefined)('Readings of Madrid replayed as devices', () => {
  it('are all there, each the last observed, though the broker is killed time and again', {
    timeout: 180_000,
  }, async () => {
    const readings = readingsOfMadrid(realData ?? '');
    expect(readings.length).toBeGreaterThan(1000);
    const data = temporaryDirectory();
    let broker = await startBrokerProcess(data);
    onTestFinished(() => broker.kill());
    const ports = { http: Number(new URL(broker.url).port), mqtt: Number(new URL(broker.mqttUrl).port) };
    const attributes = Object.values(quantities).map((name) => ({ object_id: name, name, type: 'Number' }));
    const group = {
      apikey: 'MADRID',
      resource: '/iot/json',
      entity_type: 'AirQuality',
      entityNameExp: 'id',
      attributes,
    };
    await fetch(`${broker.url}/iot/services`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ services: [group] }),
    });
    const shown = async (): Promise<Map<string, Record<string, number>>> => {
      const answer = await fetch(`${broker.url}/v2/entities?limit=100&options=keyValues&type=AirQuality`);
      const entities = (await answer.json()) as ({ id: string } & Record<string, number>)[];
      return new Map(entities.map((entity) => [entity.id, entity]));
    };

    // A real client, that keeps what was not acknowledged and sends it again when the broker is back.
    const client = await connectAsync(broker.mqttUrl, { clean: false, clientId: 'madrid', reconnectPeriod: 100 });
    client.on('error', () => undefined);
    onTestFinished(() => client.endAsync(true).then(() => undefined));
    const acknowledged: HourlyReading[] = [];
    const sending = disordered(readings).map(async (reading) => {
      await client.publishAsync(`/json/MADRID/${reading.station}/attrs`, JSON.stringify(reading.measures), { qos: 1 });
      acknowledged.push(reading);
      if (acknowledged.length % 350 === 0) kill();
    });
    let kills = 0;
    let killing: Promise<void> | undefined;
    const kill = (): void => {
      killing ??= (async () => {
        await broker.kill();
        const known = lastKnownOf(acknowledged);
        broker = await startBrokerProcess(data, ports);
        kills += 1;
        const stored = await shown();
        for (const [station, times] of known) {
          const observed = Date.parse(String(stored.get(station)?.TimeInstant));
          expect(observed, `${station} was acknowledged`).toBeGreaterThanOrEqual(times);
        }
        killing = undefined;
      })();
    };
    await Promise.all(sending);
    await killing;
    expect(kills).toBeGreaterThan(1);
    const stored = await shown();
    for (const [station, values] of lastOf(readings)) expect(stored.get(station)).toMatchObject(values);
    const refused = (await (await fetch(`${broker.url}/iot/refused-readings`)).json()) as { count: number };
    expect(refused.count).toBe(0);
  });
});

/** The latest moment that was acknowledged of each station. */
function lastKnownOf(acknowledged: readonly HourlyReading[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const { station, measures } of acknowledged) {
    const at = Date.parse(String(measures.TimeInstant));
    last.set(station, Math.max(at, last.get(station) ?? 0));
  }
  return last;
}
