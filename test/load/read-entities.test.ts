import { describe, expect, it } from 'vitest';
import { aDirectory, aMapping, readAll, readCsvText } from './a-mapping.ts';

const attributes = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, { type: 'Text', from: name }]));

describe('Rows of CSV', () => {
  it('become entities, a row that is bad staying behind', async () => {
    const mapping = aMapping({ attributes: { x: { type: 'Number', from: 'x', required: true } } });
    const { entities, rows, issues } = await readCsvText(
      mapping,
      'id,x\n1,5\n2,five\n3,\n,4\n5,1,9\n6 a"b",7\n7,"8\n9,9\n',
    );
    expect(entities).toEqual([
      { id: 'urn:ngsi-ld:Sensor:1', type: 'Sensor', x: { type: 'Number', value: 5 } },
      { id: 'urn:ngsi-ld:Sensor:6-a-b', type: 'Sensor', x: { type: 'Number', value: 7 } },
    ]);
    expect(rows).toEqual([2, 7]);
    expect(issues).toEqual([
      {
        effect: 'row refused',
        row: 3,
        entity: 'urn:ngsi-ld:Sensor:2',
        attribute: 'x',
        column: 'x',
        value: 'five',
        reason: 'is not a number',
      },
      {
        effect: 'row refused',
        row: 4,
        entity: 'urn:ngsi-ld:Sensor:3',
        attribute: 'x',
        reason: 'has no value for a required attribute',
      },
      { effect: 'row refused', row: 5, column: 'id', reason: 'has nothing to make the id of' },
      { effect: 'row refused', row: 6, value: '5 | 1 | 9', reason: 'has 3 columns and not 2' },
      {
        effect: 'row refused',
        row: 8,
        reason: 'opens a quote that is never closed; all after it is lost',
      },
    ]);
  });

  it('are read in other encodings, with other signs, without a header and with blank lines', async () => {
    const mapping = aMapping({
      source: {
        format: 'csv',
        file: 'sensors.csv',
        encoding: 'windows-1252',
        delimiter: '|',
        quote: "'",
        columns: ['id', 'name', 'x'],
        decimal: ',',
      },
      attributes: { name: { type: 'Text', from: 'name' }, x: { type: 'Number', from: 'x' } },
    });
    const bytes = Buffer.from(`1|'Plaza | España'|1,5\n\n2|'dos'|\n`, 'latin1');
    const { entities, issues } = await readAll(mapping, aDirectory({ 'sensors.csv': bytes }));
    expect(entities).toEqual([
      {
        id: 'urn:ngsi-ld:Sensor:1',
        type: 'Sensor',
        name: { type: 'Text', value: 'Plaza | España' },
        x: { type: 'Number', value: 1.5 },
      },
      { id: 'urn:ngsi-ld:Sensor:2', type: 'Sensor', name: { type: 'Text', value: 'dos' } },
    ]);
    expect(issues).toEqual([]);
  });

  it('are found behind a byte order mark, and a letter cut in two by the disk is whole again', async () => {
    const filler = 'á'.repeat(70_000);
    const { entities } = await readCsvText(
      aMapping({ attributes: attributes('name') as never }),
      `\uFEFFid,name\n1,x${filler}\n`,
    );
    expect(entities).toMatchObject([{ name: { value: `x${filler}` } }]);
  });

  it('that the mapping does not want are passed over without a word', async () => {
    const { entities, issues } = await readCsvText(aMapping({ where: { x: { not: '2' } } }), 'id,x\n1,1\n2,2\n');
    expect(entities.map(({ id }) => id)).toEqual(['urn:ngsi-ld:Sensor:1']);
    expect(issues).toEqual([]);
  });

  it('whose id would lose every sign are refused', async () => {
    const { issues } = await readCsvText(aMapping(), 'id,x\n駅,1\n');
    expect(issues).toEqual([
      { effect: 'row refused', row: 2, column: 'id', reason: 'has no sign that an id can have' },
    ]);
  });
});

describe('Rows of JSON', () => {
  it('are the objects of an array anywhere in the document', async () => {
    const mapping = aMapping({
      source: { format: 'json', file: 'sensors.json', path: 'result.records' },
      attributes: {
        x: { type: 'Number', from: 'deep.x' },
        tags: { type: 'StructuredValue', from: 'tags' },
        on: { type: 'Boolean', from: 'on' },
      },
    });
    const records = [{ id: 1, deep: { x: 1.5 }, tags: ['a', { b: null }], on: false }, 'no object', { id: 2 }];
    const { entities, issues } = await readAll(
      mapping,
      aDirectory({ 'sensors.json': JSON.stringify({ result: { records } }) }),
    );
    expect(entities).toEqual([
      {
        id: 'urn:ngsi-ld:Sensor:1',
        type: 'Sensor',
        x: { type: 'Number', value: 1.5 },
        tags: { type: 'StructuredValue', value: ['a', { b: null }] },
        on: { type: 'Boolean', value: false },
      },
      { id: 'urn:ngsi-ld:Sensor:2', type: 'Sensor' },
    ]);
    expect(issues).toEqual([{ effect: 'row refused', row: 2, value: '"no object"', reason: 'is not an object' }]);
  });

  it('are the features of GeoJSON, with their geometry', async () => {
    const geometry = {
      type: 'LineString',
      coordinates: [
        [1, 2],
        [3, 4],
      ],
    };
    const mapping = aMapping({
      source: { format: 'geojson', file: 'roads.geojson' },
      entity: { id: '{@id}', type: 'Road' },
      attributes: { name: { type: 'Text', from: 'name' }, location: { type: 'geo:json', geometry: true } },
    });
    const features = [{ type: 'Feature', id: 'r1', properties: { name: 'A1' }, geometry }, { type: 'Point' }];
    const { entities, issues } = await readAll(
      mapping,
      aDirectory({ 'roads.geojson': JSON.stringify({ type: 'FeatureCollection', features }) }),
    );
    expect(entities).toEqual([
      {
        id: 'r1',
        type: 'Road',
        name: { type: 'Text', value: 'A1' },
        location: { type: 'geo:json', value: geometry },
      },
    ]);
    expect(issues).toEqual([
      { effect: 'row refused', row: 2, value: '{"type":"Point"}', reason: 'is not a GeoJSON feature' },
    ]);
  });

  it('are the stations of GBFS, which know when the document was written', async () => {
    const mapping = aMapping({
      source: { format: 'gbfs', file: 'status.json' },
      observedAt: { from: '@last_updated', format: 'epochSeconds' },
      attributes: { bikes: { type: 'Number', from: 'bikes', observed: true, unit: 'C62' } },
    });
    const document = { last_updated: 1651871393, ttl: 26, data: { stations: [{ id: 7, bikes: 3 }] } };
    const { entities } = await readAll(mapping, aDirectory({ 'status.json': JSON.stringify(document) }));
    expect(entities).toEqual([
      {
        id: 'urn:ngsi-ld:Sensor:7',
        type: 'Sensor',
        bikes: {
          type: 'Number',
          value: 3,
          metadata: {
            unitCode: { type: 'Text', value: 'C62' },
            observedAt: { type: 'DateTime', value: '2022-05-06T21:09:53.000Z' },
          },
        },
      },
    ]);
  });
});

describe('A source that cannot be read', () => {
  const json = aMapping({ source: { format: 'json', file: 'sensors.json', path: 'a' } });

  it.each([
    ['[', /sensors\.json cannot be read as JSON/],
    ['{"a": 1}', /sensors\.json has no array at a/],
  ])('as %s ends the load', async (text, message) => {
    await expect(readAll(json, aDirectory({ 'sensors.json': text }))).rejects.toThrow(message);
  });

  it('because it is nowhere ends the load with the places that were looked at', async () => {
    const directory = aDirectory({});
    await expect(readAll(json, directory)).rejects.toThrow(`sensors.json is not in ${directory}, .; say where it is`);
  });
});

describe('Values', () => {
  const one = async (rule: object, columns: Record<string, string>) => {
    const mapping = aMapping({ attributes: { a: rule as never } });
    const names = Object.keys(columns);
    const { entities, issues } = await readCsvText(
      mapping,
      `id,${names.join(',')}\n1,${names.map((name) => `"${columns[name]?.replaceAll('"', '""')}"`).join(',')}\n`,
    );
    return { attribute: entities[0]?.a, issues: issues.map(({ effect, value, reason }) => [effect, value, reason]) };
  };
  const left = (value: string, reason: string) => ({
    attribute: undefined,
    issues: [['value left out', value, reason]],
  });

  it.each([
    [{ type: 'Number', from: 'v', scale: 0.01 }, { v: '57' }, 0.57],
    [{ type: 'Number', from: 'v', scale: 1.8, offset: 32 }, { v: '20' }, 68],
    [{ type: 'Number', from: 'v', wrap: [-180, 180] }, { v: '302' }, -58],
    [{ type: 'Number', from: ['w', 'v'] }, { w: '', v: '3' }, 3],
    [{ type: 'Number', from: 'v', capture: ['no', '(\\d+) and (\\d+)'] }, { v: '12 and 30' }, 42],
    [{ type: 'Text', from: 'v', capture: '^(.*?)[ ,]*$' }, { v: 'Calle  Mayor 1 ,' }, 'Calle Mayor 1'],
    [{ type: 'Text', from: 'v', map: { '1': 'on' } }, { v: '1' }, 'on'],
    [{ type: 'Boolean', from: 'v', map: { S: false } }, { v: 'S' }, false],
    [{ type: 'Boolean', from: 'v' }, { v: 'TRUE' }, true],
    [{ type: 'Text', template: '{v} {w}' }, { v: 'a', w: 'b' }, 'a b'],
    [{ type: 'Thing', from: 'v', as: 'number' }, { v: '1' }, 1],
    [{ type: 'StructuredValue', value: [1, null] }, { v: '' }, [1, null]],
    [{ type: 'StructuredValue', list: [{ value: 'a' }, { from: 'v' }, { from: 'w' }] }, { v: '', w: 'c' }, ['a', 'c']],
    [
      { type: 'StructuredValue', object: { n: { from: 'v', as: 'number' }, t: { from: 'w' } } },
      { v: '1', w: '' },
      { n: 1 },
    ],
    [{ type: 'Text', cases: [{ when: { v: '0' }, value: 'empty' }, { value: 'working' }] }, { v: '0' }, 'empty'],
    [{ type: 'Text', cases: [{ when: { v: '0' }, value: 'empty' }, { value: 'working' }] }, { v: '1' }, 'working'],
    [{ type: 'geo:point', position: { longitude: 'v', latitude: 'w' } }, { v: '-3.7', w: '40.4' }, '40.4, -3.7'],
    [
      { type: 'geo:json', position: { longitude: 'v', latitude: 'w', notation: 'dms' } },
      { v: `3°30'0"O`, w: `40°15'0"N` },
      { type: 'Point', coordinates: [-3.5, 40.25] },
    ],
  ])('%j of %j', async (rule, columns, value) => {
    expect(await one(rule, columns)).toMatchObject({ attribute: { value }, issues: [] });
  });

  it.each([
    [{ type: 'Number', from: 'v' }, { v: '' }],
    [{ type: 'Number', from: 'v', capture: '(\\d+)', optional: true }, { v: 'none' }],
    [{ type: 'Text', cases: [{ when: { v: '0' }, value: 'empty' }] }, { v: '1' }],
    [{ type: 'Text', from: 'v', when: { v: 'x' } }, { v: 'y' }],
    [{ type: 'StructuredValue', list: [{ from: 'v' }] }, { v: '' }],
    [
      { type: 'geo:json', position: { longitude: 'v', latitude: 'w' } },
      { v: '', w: '' },
    ],
  ])('%j of %j are absent without a word', async (rule, columns) => {
    expect(await one(rule, columns)).toEqual({ attribute: undefined, issues: [] });
  });

  it.each([
    [{ type: 'Number', from: 'v', missing: ['-1'] }, { v: '-1' }, '-1', 'marked as having no value'],
    [{ type: 'Number', from: 'v', minimum: 0 }, { v: '-2' }, '-2', 'is below the minimum of 0'],
    [{ type: 'Number', from: 'v', scale: 0.01, maximum: 1 }, { v: '101' }, '101', 'is above the maximum of 1'],
    [
      { type: 'Number', from: 'v', capture: '(\\d+)' },
      { v: 'x' },
      'x',
      'does not have the form that the mapping looks for',
    ],
    [
      { type: 'Text', from: 'v', map: { a: 'b' } },
      { v: 'toString' },
      'toString',
      'is none of the values that the mapping knows',
    ],
    [{ type: 'Boolean', from: 'v' }, { v: 'maybe' }, 'maybe', 'is neither true nor false'],
    [{ type: 'DateTime', from: 'v' }, { v: 'today' }, 'today', 'is not a time of the expected format'],
    [
      { type: 'geo:json', position: { longitude: 'v', latitude: 'w' } },
      { v: '200', w: '1' },
      '200, 1',
      'lies outside of the bounds',
    ],
    [{ type: 'geo:json', position: { longitude: 'v', latitude: 'w' } }, { v: '2', w: '' }, '2,', 'has no position'],
    [
      { type: 'geo:json', position: { longitude: 'v', latitude: 'w' } },
      { v: '--2', w: '1' },
      '--2, 1',
      'is not a position',
    ],
  ])('%j of %j are left out and told', async (rule, columns, value, reason) => {
    expect(await one(rule, columns)).toEqual(left(expect.stringContaining(value) as unknown as string, reason));
  });

  it('with forbidden signs keep them and change the type', async () => {
    expect(await one({ type: 'Text', from: 'v' }, { v: 'a (b)' })).toMatchObject({
      attribute: { type: 'TextUnrestricted', value: 'a (b)' },
    });
  });

  it('of a position come from other columns where the first are wrong, and that is told', async () => {
    const position = [
      { longitude: 'v', latitude: 'w' },
      { east: 'e', north: 'n', crs: 'EPSG:25830' },
    ];
    expect(await one({ type: 'geo:json', position }, { v: '--3.65', w: '40.4', e: '444722', n: '4473011' })).toEqual({
      attribute: { type: 'geo:json', value: { type: 'Point', coordinates: [-3.6514602, 40.405878] } },
      issues: [['value corrected', '--3.65, 40.4', 'is not a position']],
    });
  });
});

describe('Joined sources', () => {
  const join = (required: boolean) =>
    aMapping({
      joins: [
        {
          name: 'station',
          source: { format: 'csv', file: 'stations.csv' },
          key: '{id|number}',
          sourceKey: '{code}',
          required,
        },
      ],
      attributes: { name: { type: 'Text', from: 'station.name' } },
    });
  const files = { 'sensors.csv': 'id,x\n01,1\n2,1\n', 'stations.csv': 'code,name\n1,One\n' };

  it('give their columns to the rows with their key; a row without partner goes on, which is told', async () => {
    const { entities, issues } = await readAll(join(false), aDirectory(files));
    expect(entities).toEqual([
      { id: 'urn:ngsi-ld:Sensor:01', type: 'Sensor', name: { type: 'Text', value: 'One' } },
      { id: 'urn:ngsi-ld:Sensor:2', type: 'Sensor' },
    ]);
    expect(issues).toEqual([
      { effect: 'value left out', row: 3, column: 'id', value: '2', reason: 'has no partner in stations.csv' },
    ]);
  });

  it('that are required refuse it', async () => {
    const { entities, issues } = await readAll(join(true), aDirectory(files));
    expect(entities).toHaveLength(1);
    expect(issues).toMatchObject([{ effect: 'row refused', row: 3 }]);
  });

  it('are checked for the columns that the mapping names', async () => {
    const misspelled = { ...files, 'stations.csv': 'code,nome\n1,One\n' };
    await expect(readAll(join(true), aDirectory(misspelled))).rejects.toThrow(
      'sensors.json: attributes.name.from: stations.csv has no column "name"; it has code, nome',
    );
  });
});

describe('Wide tables of hours', () => {
  const mapping = aMapping({
    unpivot: {
      range: [1, 3],
      number: 'HOUR',
      columns: { VALUE: 'H{n|pad2}', FLAG: 'V{n|pad2}' },
      value: 'VALUE',
      valid: { FLAG: 'V' },
    },
    observedAt: { from: 'day', plusHours: '{HOUR}', zone: 'Europe/Madrid' },
    merge: 'latest',
    attributes: {
      seen: { type: 'DateTime', from: '@observedAt' },
      no2: { type: 'Number', from: 'VALUE', when: { what: '8' }, observed: true },
      o3: { type: 'Number', from: 'VALUE', when: { what: '14' }, observed: true },
    },
  });
  const observed = (value: string) => ({ observedAt: { type: 'DateTime', value } });

  it('become one entity a station, each attribute as it was last measured and valid', async () => {
    const { entities, issues } = await readCsvText(
      mapping,
      [
        'id,what,day,H01,V01,H02,V02,H03,V03',
        '1,8,2025-09-02,10,V,11,V,0,N',
        '1,14,2025-09-01,50,V,51,V,52,V',
        '1,8,2025-09-01,1,V,2,V,3,V',
        '2,8,2025-09-01,0,N,,V,x,V',
        '1,99,2025-09-01,5,V,6,V,7,V',
      ].join('\n'),
    );
    expect(entities).toEqual([
      {
        id: 'urn:ngsi-ld:Sensor:1',
        type: 'Sensor',
        seen: { type: 'DateTime', value: '2025-09-02T00:00:00.000Z' },
        no2: { type: 'Number', value: 11, metadata: observed('2025-09-02T00:00:00.000Z') },
        o3: { type: 'Number', value: 52, metadata: observed('2025-09-01T01:00:00.000Z') },
      },
      { id: 'urn:ngsi-ld:Sensor:2', type: 'Sensor', seen: { type: 'DateTime', value: '2025-09-01T01:00:00.000Z' } },
    ]);
    const unknown = {
      effect: 'row refused',
      row: 6,
      entity: 'urn:ngsi-ld:Sensor:1',
      reason: 'is about nothing that the mapping has an attribute for',
    };
    expect(issues).toMatchObject([
      { effect: 'value left out', row: 2, column: 'H03', value: '0', reason: 'marked as not valid' },
      { effect: 'value left out', row: 5, column: 'H01', value: '0', reason: 'marked as not valid' },
      { effect: 'value left out', row: 5, column: 'H03', value: 'x', reason: 'is not a number' },
      unknown,
      unknown,
      unknown,
    ]);
  });

  it('need a time that can be read', async () => {
    const { entities, issues } = await readCsvText(
      mapping,
      'id,what,day,H01,V01,H02,V02,H03,V03\n1,8,2.9.2025,10,V,,V,,V\n',
    );
    expect(entities).toEqual([]);
    expect(issues).toMatchObject([
      { effect: 'row refused', column: 'day', reason: 'is not a time of the expected format' },
    ]);
  });
});
