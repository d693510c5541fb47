import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { modelsCommand } from '../../src/cli/models.ts';
import { parseConfig } from '../../src/config/config.ts';
import { type RunningBroker, startBroker } from '../../src/main.ts';
import { createLog } from '../../src/observe/log.ts';
import { aDirectory } from '../load/a-mapping.ts';

let broker: RunningBroker;
let output: { out: string; err: string };
let tenants = 0;
let tenant: string;

beforeAll(async () => {
  const config = { ...parseConfig({}), host: '127.0.0.1', port: 0, store: 'memory' as const, admin: true };
  broker = await startBroker(config, createLog('silent'));
});

afterAll(() => broker.stop());

beforeEach(() => {
  tenant = `t${++tenants}`;
  output = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((piece) => {
    output.out += String(piece);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
    output.err += String(piece);
    return true;
  });
});

afterEach(() => vi.restoreAllMocks());

/** Runs `oriel models` as from a shell; answers the exit code. */
async function models(command: string, ...args: string[]): Promise<number> {
  await modelsCommand().parseAsync([command, '--url', broker.url, '--service', tenant, ...args], { from: 'user' });
  const code = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return code;
}

async function send(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${broker.url}${path}`, {
    method,
    headers: { 'fiware-service': tenant, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** A folder with these files, whatever folders they are in. */
function aRepository(files: Readonly<Record<string, unknown>>): string {
  const directory = aDirectory({});
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return directory;
}

const commons = 'https://smart-data-models.github.io/data-models/common-schema.json#/definitions/';
const fieldCommons = 'https://smart-data-models.github.io/dataModel.Allotments/allotments-schema.json#/definitions/';

/** As the public models are written: an odd `$schema`, kinds and units in descriptions, slips. */
const plot = {
  $schema: 'http://json-schema.org/schema#',
  $schemaVersion: '0.2.1',
  modelTags: '',
  $id: 'https://smart-data-models.github.io/dataModel.Allotments/Plot/schema.json',
  title: ' - Allotments / Plot',
  description: 'A plot that is let',
  type: 'object',
  allOf: [
    { $ref: `${commons}GSMA-Commons` },
    { $ref: `${commons}Location-Commons` },
    { $ref: `${fieldCommons}Soil-Commons` },
    { $ref: `${fieldCommons}Nowhere/allOf/properties` },
    {
      properties: {
        type: { type: 'string', enum: ['Plot'], description: 'Property. It has to be Plot' },
        size: {
          type: 'number',
          minimum: 0,
          exclusiveMinimum: true,
          description: "Property. Model:'https://schema.org/Number'. Size of the plot. Units:'square meters'",
        },
        slope: { type: 'float', minvalue: 0, description: "Property. Slope. Units:'steps'" },
        refTenant: {
          description: "Relationship. Model:'https://schema.org/URL'. Privacy:'high'. Who has rented it",
          anyOf: [
            {
              type: 'string',
              minLength: 1,
              maxLength: 256,
              pattern: '^[\\w\\-\\.\\{\\}\\$\\+\\*\\[\\]`|~^@!,:\\\\]+$',
            },
            { type: 'string', format: 'uri' },
          ],
        },
        code: { type: 'string', pattern: '^(?=.*\\d)\\w+$', description: 'Property. Code of the plot' },
        rows: { type: 'array', items: [{ type: 'string' }, { type: 'integer' }], additionalItems: false },
      },
    },
  ],
  required: ['id', 'type', 'location', 'size'],
};

const shared = {
  $schema: 'http://json-schema.org/schema#',
  $id: 'https://smart-data-models.github.io/data-models/specs/Allotments/allotments-schema.json',
  definitions: {
    Soil: { type: 'string', enum: ['clay', 'loam', 'sand'], description: 'Property. Kind of soil' },
    'Soil-Commons': { type: 'object', properties: { soil: { $ref: '/definitions/Soil' } } },
  },
};

const example = {
  id: 'urn:ngsi-ld:Plot:1',
  type: 'Plot',
  size: 120,
  soil: 'loam',
  code: 'A7',
  rows: ['north', 4],
  refTenant: 'urn:ngsi-ld:Person:17',
  location: { type: 'Point', coordinates: [-3.7, 40.4] },
  '@context': ['https://example.org/context.jsonld'],
};

const repository = {
  'allotments-schema.json': shared,
  'Plot/schema.json': plot,
  'Plot/examples/example.json': example,
  'Plot/examples/example-normalized.json': { id: 'x', type: 'Plot', size: { type: 'Number', value: 1 } },
};

describe('oriel models add', () => {
  it('takes an official repository as it is, and tells what it could not use', async () => {
    expect(await models('add', aRepository(repository))).toBe(0);
    expect(output.out.split('\n')).toEqual([
      'Plot/schema.json: Plot 0.2.1, 18 attributes, 1 examples',
      '  /allOf/4/properties/slope/type: "float" is no type of JSON Schema: read as "number"',
      '  /allOf/4/properties/slope: keyword minvalue is unknown and left out',
      expect.stringMatching(/^ {2}\/allOf\/4\/properties\/code\/pattern: the pattern cannot be matched in linear time/),
      `  /allOf/3: ${fieldCommons}Nowhere/allOf/properties leads to nothing that is at hand: anything is allowed there`,
      '1 added, 0 refused',
      '',
    ]);
    const model = (await send('GET', '/models/Plot')).body;
    expect(model).toMatchObject({
      version: '0.2.1',
      subject: 'Allotments',
      attributes: {
        size: { kind: 'Property', unitCodes: ['MTK'] },
        slope: { kind: 'Property', units: 'steps' },
        refTenant: { kind: 'Relationship', personal: true },
        location: { kind: 'GeoProperty' },
        soil: { kind: 'Property' },
        dateCreated: { kind: 'Property' },
      },
    });
    // All that it refers to is in it.
    expect([...JSON.stringify(model.schema).matchAll(/"\$ref":"(?!#)/g)]).toEqual([]);
  });

  it('makes of it what judges entities', async () => {
    await models('add', aRepository(repository));
    const { '@context': _, ...plain } = example;
    const validate = async (changes: object) => {
      const { body } = await send('POST', '/models/validate?options=keyValues', { ...plain, ...changes });
      return body.results[0].violations.map(({ path, rule }: { path: string; rule: string }) => `${path} ${rule}`);
    };
    expect(await validate({})).toEqual([]);
    expect(await validate({ size: 0 })).toEqual(['/size exclusiveMinimum']);
    expect(await validate({ soil: 'rock' })).toEqual(['/soil enum']);
    expect(await validate({ rows: ['north', 'four', 5] })).toEqual(['/rows/1 type', '/rows items']);
    expect(await validate({ location: 'here' })).toEqual(['/location type']);
  });

  it('takes a model alone, whose shared definitions lie in the folder above, or a file', async () => {
    const directory = aRepository(repository);
    expect(await models('add', join(directory, 'Plot'), '--dry-run')).toBe(0);
    expect(output.out).toContain('1 could be added');
    expect((await send('GET', '/models/Plot')).status).toBe(404);
    expect(await models('add', join(directory, 'Plot/schema.json'), '--json')).toBe(0);
    const line = JSON.parse(output.out.trimEnd().split('\n').at(-1) ?? '');
    expect(line).toMatchObject({ place: 'schema.json', type: 'Plot', stored: true, examples: 1, failing: [] });
    expect((await send('GET', '/models/Plot')).body.attributes.soil).toBeDefined();
  });

  it('takes a URL, with what it refers to', async () => {
    const files = new Map<string, object>();
    const server = createServer((request, response) => {
      const found = files.get(request.url ?? '');
      response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { $id: _, ...rest } = plot;
    const text = JSON.stringify(rest).replaceAll(
      'https://smart-data-models.github.io/dataModel.Allotments/',
      `${base}/`,
    );
    files.set('/Plot/schema.json', JSON.parse(text) as object);
    files.set('/allotments-schema.json', shared);
    files.set('/Plot/examples/example.json', example);
    try {
      expect(await models('add', `${base}/Plot/schema.json`)).toBe(0);
      expect((await send('GET', '/models/Plot')).body).toMatchObject({
        attributes: { soil: {} },
        examples: [{ id: example.id }],
      });
      expect(await models('add', `${base}/Elsewhere/schema.json`)).toBe(1);
      expect(output.err).toBe(`oriel models add: ${base}/Elsewhere/schema.json answered 404\n`);
    } finally {
      server.close();
    }
  });

  it('puts versions side by side, and says which examples do not conform', async () => {
    const later = { ...plot, $schemaVersion: '0.3.0', required: [...plot.required, 'soil', 'owner'] };
    await models('add', aRepository(repository));
    expect(await models('add', aRepository({ ...repository, 'Plot/schema.json': later }))).toBe(0);
    expect(output.out).toContain('  example urn:ngsi-ld:Plot:1 /owner: must be there [required, Plot 0.3.0]');
    expect((await send('GET', '/models/Plot')).body).toMatchObject({ version: '0.3.0', versions: ['0.2.1', '0.3.0'] });
    expect((await send('GET', '/models/Plot?version=0.2.1')).body).toMatchObject({ version: '0.2.1' });
  });

  it('adds the good models of a folder and refuses the bad', async () => {
    const bad = { properties: { a: {} } };
    expect(await models('add', aRepository({ ...repository, 'Odd/schema.json': bad }))).toBe(1);
    expect(output.out).toMatch(/^Odd\/schema\.json: refused: the schema names no entity type/);
    expect(output.out).toMatch(/1 added, 1 refused\n$/);
  });

  it.each([
    [['/nowhere/at/all'], /is not there/],
    [['--url', 'http://127.0.0.1:9', 'schemas/models/Alert'], /does not answer/],
    [['docs'], /has no schema\.json/],
    [['README.md'], /is not JSON/],
  ])('says what is wrong with %j', async (args, message) => {
    expect(await models('add', ...args)).toBe(1);
    expect(output.err).toMatch(message);
  });

  it('takes the models of the broker, with their own shared definitions', async () => {
    expect(await models('add', 'schemas/models', '--dry-run')).toBe(0);
    expect(output.out).toMatch(/\n40 could be added, 0 refused\n$/);
    expect(output.out).not.toMatch(/\n {2}/);
  });
});

describe('oriel models infer', () => {
  const rooms = Array.from({ length: 30 }, (_, index) => ({
    id: `Room${index}`,
    type: 'Room',
    temperature: { type: 'Number', value: 20 + index / 10, metadata: { unitCode: { type: 'Text', value: 'CEL' } } },
    floor: { type: 'Number', value: -1 },
    use: { type: 'Text', value: index % 2 === 0 ? 'office' : 'store' },
    since: { type: 'DateTime', value: '2026-01-31T12:00:00Z' },
    location: { type: 'geo:json', value: { type: 'Point', coordinates: [-3.7, 40.4] } },
    refBuilding: { type: 'Relationship', value: `Building${index}` },
    ...(index === 7 && { size: { type: 'StructuredValue', value: { width: 3, doors: [1, 2] } } }),
  }));

  it('drafts a model that what it was drafted from conforms to', async () => {
    await send('POST', '/v2/op/update', { actionType: 'append', entities: rooms });
    const file = join(aDirectory({}), 'Room.schema.json');
    expect(await models('infer', '--type', 'Room', '--out', file)).toBe(0);
    const draft = JSON.parse(readFileSync(file, 'utf8'));
    expect(draft).toMatchObject({
      description: 'Drafted from 30 entities.',
      'x-version': '0.1.0',
      properties: {
        temperature: { type: 'number', minimum: 0, 'x-ngsi': { type: 'Property', unitCodes: ['CEL'] } },
        floor: { type: 'integer' },
        use: { type: 'string', enum: ['office', 'store'] },
        since: { type: 'string', format: 'date-time' },
        location: { $ref: expect.stringContaining('Location-Commons'), 'x-ngsi': { type: 'GeoProperty' } },
        refBuilding: { type: 'string', 'x-ngsi': { type: 'Relationship' } },
        size: {
          type: 'object',
          properties: { width: { type: 'integer' }, doors: { type: 'array', items: { type: 'integer' } } },
          required: ['width', 'doors'],
        },
      },
      required: ['id', 'type', 'temperature', 'floor', 'use', 'since', 'location', 'refBuilding'],
    });
    expect(draft.properties.floor).not.toHaveProperty('minimum');
    expect(await models('add', file)).toBe(0);
    const report = await fetch(`${broker.url}/models/report?details=off`, { headers: { 'fiware-service': tenant } });
    expect(await report.json()).toEqual({ summary: { checked: 30, violating: 0, withoutModel: 0, byRule: [] } });
  });

  it('says so where there are none', async () => {
    expect(await models('infer', '--type', 'Unheard')).toBe(1);
    expect(output.err).toContain('has no entities of type Unheard there');
  });
});
