import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MappingError } from '../../src/load/mapping-error.ts';
import { parseMapping, readMapping } from '../../src/load/read-mapping.ts';
import { aMapping, plainMapping, readCsvText } from './a-mapping.ts';
import { renderMappingSchema } from './render-mapping-schema.ts';

/** What is said of a mapping that is wrong. */
function complaint(changes: Record<string, unknown>): string {
  try {
    parseMapping('m.json', JSON.stringify({ ...plainMapping, ...changes }));
  } catch (error) {
    if (error instanceof MappingError) return error.message;
    throw error;
  }
  return 'nothing is wrong';
}

const attribute = (rule: Record<string, unknown>) => ({ attributes: { no2: rule } });

describe('A mapping file that is wrong', () => {
  it.each([
    [{ sources: {} }, 'm.json: sources: is not known; docs/loading-data.md lists what is'],
    [{ title: 7 }, 'm.json: title: must be string'],
    [{ entity: { id: 'x' } }, 'm.json: entity: needs type'],
    [{ source: { format: 'xlsx', file: 'x' } }, 'm.json: source.format: must be one of csv, geojson, gbfs, json'],
    [
      { source: { format: 'csv', file: 'x', encoding: 'utf-9' } },
      'm.json: source.encoding: no encoding "utf-9"; utf-8 and windows-1252 are two that there are',
    ],
    [
      { joins: [{ name: 'a b', source: plainMapping.source, key: '', sourceKey: '' }] },
      'm.json: joins[0].name: must match pattern',
    ],
    [
      { joins: [{ name: 'a', source: plainMapping.source, key: '{x', sourceKey: '' }] },
      'm.json: joins[0].key: a brace without its partner near "{x"',
    ],
    [{ attributes: {} }, 'm.json: attributes: must not have fewer than 1 properties'],
    [attribute({ type: 'Number', form: 'x' }), 'm.json: attributes.no2.form: is not known'],
    [
      attribute({ type: 'Number' }),
      'm.json: attributes.no2: needs exactly one of cases, object, list, position, geometry, from, template, value; has none',
    ],
    [
      attribute({ type: 'Number', from: 'x', value: 1 }),
      'm.json: attributes.no2: needs exactly one of cases, object, list, position, geometry, from, template, value; has from and value',
    ],
    [attribute({ type: 'Number', from: 7 }), 'm.json: attributes.no2.from: must be'],
    [attribute({ type: 'Number', from: 'x', unit: 'µg/m³' }), 'm.json: attributes.no2.unit: must match pattern'],
    [attribute({ type: 'Number', from: 'x', capture: '(' }), 'm.json: attributes.no2: Invalid regular expression'],
    [attribute({ type: 'DateTime', from: 'x', zone: 'Madrid' }), 'm.json: attributes.no2: no time zone "Madrid"'],
    [attribute({ type: 'DateTime', value: 'today' }), 'm.json: attributes.no2: "today" is not a time of the format'],
    [attribute({ type: 'Text', template: '{x|loud}' }), 'm.json: attributes.no2: no filter "loud"'],
    [
      attribute({ type: 'Text', from: 'x', metadata: { note: 'a=b' } }),
      'm.json: attributes.no2: metadata.note: has one of',
    ],
    [
      attribute({ type: 'Text', position: { longitude: 'x', latitude: 'y' } }),
      'm.json: attributes.no2: type: a position needs the type geo:json or geo:point',
    ],
    [
      attribute({ type: 'geo:json', position: { longitude: 'x' } }),
      'm.json: attributes.no2: position: needs longitude and latitude, or east, north and crs',
    ],
    [
      attribute({ type: 'geo:json', position: { east: 'x', north: 'y', crs: 'EPSG:1' } }),
      'm.json: attributes.no2: position: no coordinate system "EPSG:1"',
    ],
    [
      { attributes: { 'no(2)': { type: 'Number', from: 'x' } } },
      'm.json: attributes.no(2): the name has one of the signs',
    ],
    [{ attributes: { 'no 2': { type: 'Number', from: 'x' } } }, 'm.json: attributes.no 2: is not known'],
    [{ entity: { id: '{', type: 'T' } }, 'm.json: entity.id: a brace without its partner'],
    [
      { unpivot: { range: [1, 2], number: 'N', columns: { A: 'H{n}' }, value: 'B' } },
      'm.json: unpivot: value: "B" is none of the new columns',
    ],
    [
      { unpivot: { range: [2, 1], number: 'N', columns: { A: 'H{n}' }, value: 'A' } },
      'm.json: unpivot: range: runs upwards',
    ],
    [{ observedAt: { from: 'x', format: 'qq' } }, 'm.json: observedAt: "qq" in the format'],
  ])('%j is refused with the path and what would be right', (changes, message) => {
    expect(complaint(changes)).toContain(message);
  });

  it('is told from one that is right', () => {
    expect(complaint({})).toBe('nothing is wrong');
  });

  it('may not even be JSON, or not be there', async () => {
    expect(() => parseMapping('m.json', '{')).toThrow(/^m\.json: is not JSON: /);
    expect(() => parseMapping('m.json', '[]')).toThrow(MappingError);
    await expect(readMapping('/nowhere/m.json')).rejects.toThrow(/^\/nowhere\/m\.json: cannot be read: /);
  });

  it('names a column that the file does not have, which shows with the first row', async () => {
    const misspelled = aMapping({ attributes: { x: { type: 'Number', from: 'X' } } });
    await expect(readCsvText(misspelled, 'id,x\n1,2\n')).rejects.toThrow(
      'sensors.json: attributes.x.from: sensors.csv has no column "X"; it has id, x',
    );
  });
});

describe('schemas/mapping.schema.json', () => {
  it('is what the loader checks by (test/load/write-mapping-schema.ts writes it anew)', () => {
    expect(JSON.parse(readFileSync('schemas/mapping.schema.json', 'utf8'))).toEqual(JSON.parse(renderMappingSchema()));
  });
});
