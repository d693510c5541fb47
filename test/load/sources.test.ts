import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBar, createLines } from '../../src/cli/load-progress.ts';
import { readEntities } from '../../src/load/read-entities.ts';
import { locateIn } from '../../src/load/sources/locate-source.ts';
import { aDirectory, aMapping } from './a-mapping.ts';

/** Serves these paths over HTTP and nothing else. */
async function aWebServer(files: Readonly<Record<string, string>>): Promise<string> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('A source is found', () => {
  const file = 'sensors.csv';

  it('beside the mapping', () => {
    const directory = aDirectory({ [file]: '' });
    expect(locateIn([], join(directory, 'm.json'))(file)).toBe(join(directory, file));
  });

  it('where --data says, rather than beside the mapping', () => {
    const [beside, elsewhere] = [aDirectory({ [file]: '' }), aDirectory({ [file]: '' })];
    const mapping = join(beside, 'm.json');
    expect(locateIn([elsewhere], mapping)(file)).toBe(join(elsewhere, file));
    expect(locateIn([elsewhere, `/data/${file}`], mapping)(file)).toBe(`/data/${file}`);
    expect(locateIn([`https://city.example/${file}?v=2`], mapping)(file)).toBe(`https://city.example/${file}?v=2`);
  });

  it('below a URL, after everything on the disk', () => {
    const directory = aDirectory({ [file]: '' });
    expect(locateIn(['https://city.example/open/', directory], 'm.json')(file)).toBe(join(directory, file));
    expect(locateIn(['https://city.example/open/'], 'm.json')('other.csv')).toBe('https://city.example/open/other.csv');
  });

  it('where it says itself, if it is a URL', () => {
    expect(locateIn(['/data'], 'm.json')('https://city.example/a.csv')).toBe('https://city.example/a.csv');
  });

  it('or the load ends, with the places that were looked at', () => {
    const directory = aDirectory({});
    expect(() => locateIn([directory], 'examples/m.json')('none.csv')).toThrow(
      `none.csv is not in ${directory}, examples; say where it is with --data`,
    );
  });
});

describe('A source on the web', () => {
  it('is read like a file', async () => {
    const url = await aWebServer({ '/sensors.csv': 'id,x\n1,5\n' });
    const mapping = aMapping({ source: { format: 'csv', file: `${url}/sensors.csv` } });
    const ids: string[] = [];
    let bytes = 0;
    const options = {
      locate: locateIn([], 'm.json'),
      report: () => undefined,
      advanced: (more: number) => (bytes += more),
    };
    for await (const { entity } of readEntities(mapping, options)) ids.push(entity.id);
    expect(ids).toEqual(['urn:ngsi-ld:Sensor:1']);
    expect(bytes).toBe(9);
  });

  it.each(['/missing.csv', ':1/'])('ends the load where it cannot be fetched (%s)', async (path) => {
    const url = path.startsWith(':') ? `http://127.0.0.1${path}` : `${await aWebServer({})}${path}`;
    const mapping = aMapping({ source: { format: 'csv', file: url } });
    const reading = readEntities(mapping, { locate: locateIn([], 'm.json'), report: () => undefined }).next();
    await expect(reading).rejects.toThrow(path.startsWith(':') ? `${url} cannot be fetched` : `${url} answers 404`);
  });
});

describe('Progress', () => {
  function anOutput(): { stream: PassThrough; text(): string } {
    const stream = new PassThrough();
    return { stream, text: () => String(stream.read() ?? '') };
  }

  it('is a line every few seconds in a log', () => {
    let now = 0;
    const output = anOutput();
    const lines = createLines('Sensors', output.stream, () => now);
    lines.loaded(100);
    now = 6_000;
    lines.loaded(100);
    lines.loaded(100);
    lines.note('the broker is busy');
    lines.finish();
    expect(output.text()).toBe('Sensors: 200 entities\nthe broker is busy\n');
  });

  it('is a bar that ends full for people, also where the size is not known', () => {
    const output = anOutput();
    const terminal = Object.assign(output.stream, { isTTY: true, cursorTo: () => true, clearLine: () => true });
    const bar = createBar('Sensors', terminal);
    bar.opened(undefined);
    bar.advanced(10);
    bar.loaded(3);
    bar.finish();
    expect(output.text()).toContain('100% | 3 entities');
  });
});
