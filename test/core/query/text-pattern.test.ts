import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { writtenOutSize } from '../../../src/core/query/pattern-size.ts';
import { parsePlainPattern } from '../../../src/core/query/plain-pattern.ts';
import {
  compileMatcher,
  compileTextPattern,
  maxPatternEffort,
  maxPatternLength,
  PatternError,
} from '../../../src/core/query/text-pattern.ts';

describe('patterns that clients write [V2 regular expressions]', () => {
  test.each([
    ['.*', 'anything', true],
    ['.*', '', true],
    ['^Room[0-9]+$', 'Room12', true],
    ['^Room[0-9]+$', 'Room12b', false],
    ['^Room[0-9]+$', 'aRoom12', false],
    ['ow', 'yellow', true],
    ['ow', 'black', false],
    ['Room.*', 'urn:Room:1', true],
    ['^(Room|Car)$', 'Car', true],
    ['^(Room|Car)$', 'Cars', false],
    ['Room1|Room2', 'Room2', true],
    ['^[[:alpha:]]+-[[:digit:]]{2}$', 'ab-12', true],
    ['^[A-Z]{3}-?[0-9]{1,4}$', 'ABC1234', true],
    ['(?i)^room', 'ROOM1', true],
    ['\\.es$', 'www.madrid.es', true],
    ['\\.es$', 'www.madrides', false],
    ['^.*[^0-9]$', 'line\nfeed', false],
    ['ñ.ñ', 'ñ\u{1F600}ñ', true],
  ])('%s on %j is %s', (source, text, expected) => {
    expect(compileTextPattern(source).test(text)).toBe(expected);
  });

  test('a pattern keeps its source as the client wrote it', () => {
    expect(compileTextPattern('^Room[0-9]+$').source).toBe('^Room[0-9]+$');
  });
});

describe('what is no pattern is refused with a reason', () => {
  test.each([
    ['(', /missing closing/],
    ['[z-a]', /range/],
    ['*a', /missing argument/],
    ['(a)\\1', /escape/],
    ['(?=a)', /Perl syntax/],
    ['(?<!a)b', /invalid named capture/],
    ['a{1001}', /repeat/],
    ['a'.repeat(maxPatternLength + 1), /at most 1024 characters/],
    ['[a-z]{900}[a-z]{900}[a-z]{900}', /too many/],
    ['((a{30}){30}|b){2}c{300}', /too many/],
    ['\\pL{999}(\\pL\\pN|\\pZ){300}', /too many/],
  ])('%s', (source, reason) => {
    expect(() => compileTextPattern(source)).toThrow(reason);
    expect(() => compileTextPattern(source)).toThrow(PatternError);
  });

  test('whatever the text, it is a pattern or a PatternError', () => {
    const sources = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'ab01.*+?()[]{}|^$\\-,:<=!ipPQEdwsDWSbBñ\n'), maxLength: 30 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.nat(600).map((depth) => '('.repeat(depth) + 'a'.repeat(20) + ')*'.repeat(depth)),
    );
    fc.assert(
      fc.property(sources, fc.string(), (source, text) => {
        try {
          expect(typeof compileTextPattern(source).test(text)).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(PatternError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the direct forms say the same as RE2', () => {
  const characters = [
    'a',
    'b',
    '1',
    ' ',
    '-',
    'ñ',
    '\u{1F600}',
    '\n',
    '\u2028',
    '\r',
    '\uFEFF',
    'K',
    '\u212A',
    '\uD83D',
    '\uDE00',
  ];
  const texts = fc.string({ unit: fc.constantFrom(...characters), maxLength: 8 });
  const places = [
    ...['a', 'b', '1', 'ñ', '\u{1F600}', ' ', '-', '\\.', '\\-', '.', '\\d', '\\w', 'K', '\n'],
    ...[
      '[ab]',
      '[^a]',
      '[a-z]',
      '[0-9-]',
      '[\\w-]',
      '[^\\d]',
      '[\\d-a]',
      '[a-b-]',
      '[ñ\u{1F600}]',
      '[^ñ]',
      '[.]',
      '[\\]]',
      '[+--]',
    ],
  ];
  const items = fc
    .tuple(fc.constantFrom(...places), fc.constantFrom('', '', '', '*', '+', '?', '*?', '{2}'))
    .map(([place, repeat]) => place + repeat);
  const sources = fc
    .tuple(fc.constantFrom('', '^'), fc.array(items, { maxLength: 5 }), fc.constantFrom('', '$', '|a'))
    .map(([start, middle, end]) => start + middle.join('') + end);

  test('on any text, and every match begins with the prefix', () => {
    let direct = 0;
    fc.assert(
      fc.property(sources, fc.array(texts, { minLength: 1, maxLength: 10 }), (source, several) => {
        const pattern = compileTextPattern(source);
        const linear = RE2JS.compile(source);
        if (parsePlainPattern(source) !== undefined) direct++;
        for (const text of several) {
          const matched = linear.test(text);
          expect([source, text, pattern.test(text)]).toEqual([source, text, matched]);
          if (matched && pattern.prefix !== undefined) expect(text.startsWith(pattern.prefix)).toBe(true);
        }
      }),
      { numRuns: 5000 },
    );
    expect(direct).toBeGreaterThan(500);
  });

  test.each(['^Room[0-9]+$', '^urn:ngsi-ld:', '.*', 'ow', '^[a-z:-]+$', '[0-9][0-9]$', '^a.*z$'])(
    '%s has one',
    (source) => {
      expect(parsePlainPattern(source)).toBeDefined();
    },
  );

  // The native engine would go back and forth over the text once for each place where a repetition might begin or end.
  test.each(['(a+)+$', '\\d+$', '^a*a*$', 'a.*b', '^a?a?a?aaa$', '^(a|a)*$', 'x+y', '^\\s+$'])(
    '%s has none',
    (source) => {
      expect(parsePlainPattern(source)).toBeUndefined();
    },
  );

  test.each([
    ['^Room[0-9]+$', 'Room'],
    ['^urn:ngsi-ld:Spot:', 'urn:ngsi-ld:Spot:'],
    ['^Room(1|2)', undefined],
    ['^Room(1)', 'Room'],
    ['^abc*', 'ab'],
    ['^abc?d', 'ab'],
    ['^a\\.b', 'a.b'],
    ['^a|b', undefined],
    ['Room', undefined],
    ['(?i)^room', undefined],
    ['^ab{0}', 'a'],
    ['^\u{1F600}+', '\u{1F600}'],
  ])('%s narrows an index to texts that begin with %s', (source, prefix) => {
    expect(compileTextPattern(source).prefix).toBe(prefix);
  });
});

describe('no pattern hangs', () => {
  // Each is in most of its states at once on such a text, and none is as simple as the direct forms.
  test.each(['(a|b)*a(a|b){390}cc', '(a.{9}|b.{11}|a.{13}b){40}cccc', 'a[abc]{100}cc', '(?i)madrid|barcelona'])(
    '%s looks at no text that would take it too long, and at any that would not',
    (source) => {
      const pattern = compileTextPattern(`${source}|x`);
      const limit = Math.floor(maxPatternEffort / compileMatcher(pattern.source).programSize());
      expect(limit).toBeGreaterThanOrEqual(500);
      expect(pattern.test(`${'z'.repeat(limit - 1)}x`)).toBe(true);
      expect(pattern.test(`${'z'.repeat(limit)}x`)).toBe(false);
    },
  );

  test('a place of a pattern in the native form costs less, and a text to look for nothing', () => {
    const long = `${'z'.repeat(3_000_000)}x1`;
    expect(compileTextPattern('x[0-9]').test(long)).toBe(true);
    expect(compileTextPattern('[a-z]'.repeat(200)).test(long)).toBe(false);
    expect(compileTextPattern('zx').test(long)).toBe(true);
  });

  test.each(['(a+)+$', '^(a|a)*$', '(a|aa)+$', '^(.*a){20}$', '(.*)(.*)(.*)(.*)[^a]$', '^([a-zA-Z]+)*$'])(
    '%s',
    (source) => {
      expect(compileTextPattern(source).test(`${'a'.repeat(9000)}!`)).toBe(/\[\^a\]/.test(source));
    },
  );

  test.each([
    ['abc', 3],
    ['a{3}b', 4],
    ['(ab){3}', 12],
    ['((a{10}){10}){10}', 1220],
    ['[(]{5}', 5],
    ['[[:alpha:](]{5}', 5],
    ['\\({5}', 5],
    ['\\Q(((\\E{2}', 8],
    ['a{2,5}', 5],
    ['a{3,}', 3],
    ['a{x}', 4],
  ])('%s is of size %i when written out', (source, size) => {
    expect(writtenOutSize(source)).toBe(size);
  });
});
