import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/core/parse-json.ts';
import { outcomeOf, refusalOf } from '../dialects/ngsiv2/refusal-of.ts';

describe('a body as JSON [V2 error responses]', () => {
  test.each(['', '{', '{"a":}', 'undefined', "{'a':1}", '{"a":1}}', '\u0000'])('%j is no JSON', (text) => {
    expect(refusalOf(() => parseJson(text))).toEqual({ kind: 'invalidJson' });
  });

  test('a number beyond a double is refused rather than turned into null', () => {
    expect(refusalOf(() => parseJson('{"a":{"value":1e999}}'))).toEqual({ kind: 'invalidJson' });
  });

  test.each([57, 1_000_000])('%i levels are too deep, and cost no stack', (levels) => {
    expect(refusalOf(() => parseJson('['.repeat(levels) + ']'.repeat(levels)))).toEqual({ kind: 'invalidJson' });
  });

  test('brackets in strings open nothing, in large bodies as in small ones', () => {
    const strings = Array(2000).fill('[[[{{\\"[\\\\');
    expect(parseJson(JSON.stringify(strings))).toEqual(strings);
    const deep = `${'['.repeat(56)}${JSON.stringify(strings)}`;
    expect(refusalOf(() => parseJson(`${deep}${']'.repeat(56)}`))).toEqual({ kind: 'invalidJson' });
  });

  test('a member that is named like a prototype is a member', () => {
    expect(Object.keys(parseJson('{"__proto__":1,"constructor":2}') as object)).toEqual(['__proto__', 'constructor']);
  });

  test('any JSON comes back as it is, and any other text is refused', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void outcomeOf(() => parseJson(text))));
  });
});
