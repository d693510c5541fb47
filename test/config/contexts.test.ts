import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readContexts, readDefaultContexts } from '../../src/config/contexts.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const document = { '@context': { a: 'https://example.org/a' } };
const url = 'https://example.org/context.jsonld';

function written(files: Readonly<Record<string, unknown>>): string {
  const directory = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return directory;
}

describe('The contexts that the operator keeps', () => {
  test('are none, unless told', () => {
    expect([...readContexts('none')]).toEqual([]);
  });

  test('are the files of a directory, named after their URLs', () => {
    const other = 'https://example.org/other';
    const directory = written({ [encodeURIComponent(url)]: document, [encodeURIComponent(other)]: document });
    expect([...readContexts(directory).keys()].sort()).toEqual([url, other]);
    expect(readContexts(directory).get(url)).toEqual(document);
  });

  test('may have an ending beside that of the URL', () => {
    const directory = written({ [`${encodeURIComponent(url)}.json`]: document });
    expect([...readContexts(directory).keys()]).toEqual([url]);
  });

  test('are what a file maps URLs to, beside it or elsewhere', () => {
    const directory = written({ 'city.jsonld': document });
    mkdirSync(join(directory, 'maps'));
    writeFileSync(join(directory, 'maps', 'map.json'), JSON.stringify({ [url]: '../city.jsonld' }));
    expect([...readContexts(join(directory, 'maps', 'map.json'))]).toEqual([[url, document]]);
  });

  test('are refused with all that is wrong with them', () => {
    const directory = written({ nowhere: document, [encodeURIComponent(url)]: { a: 1 }, 'urn%3Ax': '{' });
    expect(() => readContexts(directory)).toThrow(/"nowhere" is no URL of a context/);
    expect(() => readContexts(directory)).toThrow(/has no member @context/);
    expect(() => readContexts(directory)).toThrow(/is no JSON/);
    expect(() => readContexts(join(directory, 'missing'))).toThrow(/neither a directory of contexts nor a file/);
  });
});

describe('The default context', () => {
  test.each([
    ['none', 'town', undefined],
    [url, 'town', url],
    [url, '', url],
  ])('of %s is, for %j, %s', (text, tenant, expected) => {
    expect(readDefaultContexts(text)(tenant)).toBe(expected);
  });

  test('may be one for each tenant, whose names are in lower case', () => {
    const directory = written({ 'defaults.json': { '': url, Town: 'https://example.org/town' } });
    const defaultFor = readDefaultContexts(join(directory, 'defaults.json'));
    expect(['', 'town', 'village'].map(defaultFor)).toEqual([url, 'https://example.org/town', undefined]);
  });

  test('is refused where it is no URL', () => {
    const directory = written({ 'defaults.json': { town: 'nowhere' } });
    expect(() => readDefaultContexts(join(directory, 'defaults.json'))).toThrow(/"town" has no URL/);
  });
});
