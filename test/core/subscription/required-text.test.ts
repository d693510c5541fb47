import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { compileTextPattern } from '../../../src/core/query/text-pattern.ts';
import { requiredText } from '../../../src/core/subscription/required-text.ts';

describe('requiredText', () => {
  test.each([
    ['Room1', 'Room1'],
    ['^Room[0-9]+$', 'Room'],
    ['.*parking.*spot', 'parking'],
    ['urn:ngsi-ld:Room:.*', 'urn:ngsi-ld:Room:'],
    ['Rooms?', 'Room'],
    ['Rooms+x', 'Rooms'],
    ['ab*c', 'a'],
    ['ab{0}cd', 'cd'],
    ['ab{2,3}c', 'a'],
    ['a{bcd', 'bcd'],
    ['a\\.b', 'a.b'],
    ['(abc)de', 'de'],
    ['(?:abc|x)de', 'de'],
    ['[abc]d', 'd'],
    ['[]a|]b', 'b'],
    ['[[:alpha:]]xy', 'xy'],
    ['\\d+ab', 'ab'],
    ['abc|de', ''],
    ['(?i)abc', ''],
    ['\\Qa|b\\E', ''],
    ['ab\\x41c', 'ab'],
    ['ab\\x41c|d', ''],
    ['.*', ''],
    ['', ''],
    ['\u{1F600}*a', 'a'],
    ['\u{1F600}a', '\u{1F600}a'],
  ])('%s needs "%s"', (source, expected) => {
    expect(requiredText(source)).toBe(expected);
  });

  it('is in every text that the pattern matches', () => {
    const piece = fc.constantFrom(
      ...['a', 'b', 'ab', 'ñ', '\u{1F600}', '.', '^', '$', '\\.', '\\d', '\\b', '[ab]', '[^a]', '[]a]', '1'],
      ...['(a|b)', '(?:a)', '(ab)?', '*', '+', '?', '{0}', '{1,2}', '{', '}', '|', '\\x61', '\\Qa|b\\E', '(?i)', '-'],
    );
    const source = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const text = fc.array(fc.constantFrom('a', 'b', 'A', '1', '.', 'ñ', '\u{1F600}', '|', '{', '-'), { maxLength: 6 });
    fc.assert(
      fc.property(source, fc.array(text, { maxLength: 30 }), (pattern, texts) => {
        const compiled = compiledOf(pattern);
        if (compiled === undefined) return;
        const needed = requiredText(pattern);
        for (const one of texts.map((characters) => characters.join(''))) {
          if (compiled.test(one)) expect(one).toContain(needed);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function compiledOf(source: string) {
  try {
    return compileTextPattern(source);
  } catch {
    return undefined;
  }
}
