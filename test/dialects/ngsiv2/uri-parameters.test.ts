import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOptions } from '../../../src/dialects/ngsiv2/options-parameter.ts';
import { parsePage } from '../../../src/dialects/ngsiv2/page-parameters.ts';
import { parseUriParameters } from '../../../src/dialects/ngsiv2/uri-parameters.ts';
import { complaintOf, outcomeOf } from './refusal-of.ts';

describe('the parameters of a URL', () => {
  test('are percent-decoded, with a plus for a space', () => {
    expect([...parseUriParameters('q=a+b%3D%3D1&type=Caf%C3%A9&&x=%zz%41')]).toEqual([
      ['q', 'a b==1'],
      ['type', 'Café'],
      ['x', '%zzA'],
    ]);
  });

  test('of the same name: the last counts, and lists add up', () => {
    const parameters = parseUriParameters('id=a&id=b&type=A&type=B&options=count&options=keyValues');
    expect(parameters.get('id')).toBe('b');
    expect(parameters.get('type')).toBe('A,B');
    expect([...parseOptions(parameters)]).toEqual(['count', 'keyValues']);
  });

  test.each([
    ['id=', 'Empty right-hand-side for URI param /id/'],
    ['id', 'Empty right-hand-side for URI param /id/'],
    ['attrs=a%3Bb', 'invalid character in URI parameter'],
    ['id=a(b)', 'invalid character in URI parameter'],
    ['x%3C=1', 'invalid character in URI parameter'],
    ['georel=near%3CmaxDistance', 'invalid character in URI parameter'],
    ['coords=1%3D2', 'invalid character in URI parameter'],
    ['limit=x', 'Bad pagination limit: /x/ [must be a decimal number]'],
    ['limit=-1', 'Bad pagination limit: /-1/ [must be a decimal number]'],
    ['limit=1001', 'Bad pagination limit: /1001/ [max: 1000]'],
    ['offset=1.5', 'Bad pagination offset: /1.5/ [must be a decimal number]'],
  ])('%s is refused: %s', (query, complaint) => {
    expect(complaintOf(() => parseUriParameters(query))).toBe(complaint);
  });

  test.each([
    'q=a==%27x%27;b',
    'mq=a.b%3E1',
    'idPattern=^(a|b)$',
    'typePattern=(a)',
    'georel=near;maxDistance:1',
    'coords=1,2;3,4',
    'unknown=1',
  ])('%s passes', (query) => {
    expect(parseUriParameters(query).size).toBe(1);
  });

  test('the configuration may lift the restriction of characters', () => {
    expect(parseUriParameters('id=O%27Neill', { restricted: false }).get('id')).toBe("O'Neill");
  });

  test('no query makes the parser throw anything but a refusal', () => {
    const query = fc.string({ unit: fc.oneof(fc.constantFrom('%', '=', '&', '+', 'limit', 'F', '0'), fc.string()) });
    fc.assert(fc.property(query, (text) => void outcomeOf(() => parseUriParameters(text))));
  });
});

describe('pages [V2 pagination]', () => {
  test('hold 20 unless told otherwise, and none where only the number counts', () => {
    expect(parsePage(parseUriParameters(''))).toEqual({ limit: 20, offset: 0 });
    expect(parsePage(parseUriParameters('limit=0&offset=40'))).toEqual({ limit: 0, offset: 40 });
    expect(parsePage(parseUriParameters('limit=1000')).limit).toBe(1000);
  });
});

describe('options [V2 options]', () => {
  test('are the words of the API, together', () => {
    const words = 'count,append,upsert,forcedUpdate,overrideMetadata,flowControl,skipForwarding,noAttrDetail,values';
    expect([...parseOptions(parseUriParameters(`options=${words}`))]).toEqual(words.split(','));
    expect(parseOptions(parseUriParameters('')).size).toBe(0);
  });

  test.each(['nonsense', 'count,nonsense', 'Count', 'keyValues,values', 'unique,values', 'keyValues,unique'])(
    '%s is refused',
    (words) => {
      expect(complaintOf(() => parseOptions(parseUriParameters(`options=${words}`)))).toBe(
        'Invalid value for URI param /options/',
      );
    },
  );
});
