// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is what macros look like.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Effort } from '../../../src/core/expression/effort.ts';
import { expandJson, expandText } from '../../../src/core/expression/macros.ts';
import { splitTemplate } from '../../../src/core/expression/split-template.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { contextOf } from './expression-values.ts';

const context = contextOf({
  id: 'Room1',
  temperature: 23.4,
  name: 'Au"la',
  open: true,
  nothing: null,
  place: { type: 'Point', coordinates: [2, 1] },
  'air-quality': 'good',
  'urn:x:y': 7,
  air: 5,
  quality: 2,
  min: 1,
  'min-max': 9,
});

const expansion = () => ({ context, effort: new Effort(1_000_000) });
const text = (template: string, absent = ''): string => expandText(template, { ...expansion(), absent });
const json = (template: JsonValue): JsonValue => expandJson(template, expansion());

describe('Macros in text [V2 macro substitution]', () => {
  it('give way to values, texts as they are and anything else as JSON', () => {
    expect(text('http://foo.com/entity/${id}?t=${temperature}')).toBe('http://foo.com/entity/Room1?t=23.4');
    expect(text('${name} ${open} ${place}')).toBe('Au"la true {"type":"Point","coordinates":[2,1]}');
  });

  it('stand for what the caller says where they have no value', () => {
    expect(text('a${unknown}b${nothing}c${1/0}', '-')).toBe('a-b-c-');
  });

  it('hold whole expressions, braces and quotes included', () => {
    expect(text("${{a: {b: 1}}} and ${'}'}")).toBe('{"a":{"b":1}} and }');
    expect(text("${ temperature > 20 ? 'warm' : 'cold' }")).toBe('warm');
  });

  it('are text where they never end, and end at the next brace where none fits', () => {
    expect(text('a ${id')).toBe('a ${id');
    expect(text("it's ${id}, isn't it")).toBe("it's Room1, isn't it");
    expect(text("${it's} ${id}")).toBe(' Room1');
    expect(text('${{} ${id}')).toBe(' Room1');
  });

  it('may be written with escapes, as fields that forbid brackets and quotes need them', () => {
    expect(text("${%28'a b'|split%28%27 %27%29%29[1]}")).toBe('b');
    expect(text('${temperature|toFixed%281%29}')).toBe('23.4');
    expect(text('${temperature%3E20}')).toBe('true');
    expect(text('${100%28}')).toBe('16');
    expect(text('${temperature%20}')).toBe('3.3999999999999986');
  });

  it('are escaped where the caller asks for it; what the client wrote is not', () => {
    expect(expandText('"${name}"', { ...expansion(), absent: '', escape: encodeURIComponent })).toBe('"Au%22la"');
  });
});

describe('Macros in JSON [V2 JSON payloads]', () => {
  it('that fill a text keep the type of the value', () => {
    expect(
      json({ t: '${temperature}', o: '${open}', p: '${place}', n: '${name}', list: ['${temperature * 2}'] }),
    ).toEqual({ t: 23.4, o: true, p: { type: 'Point', coordinates: [2, 1] }, n: 'Au"la', list: [46.8] });
  });

  it('inside a text become text', () => {
    expect(json('is ${temperature}, ${open}, ${place}')).toBe('is 23.4, true, {"type":"Point","coordinates":[2,1]}');
    expect(json('${temperature}${open}')).toBe('23.4true');
  });

  it('without a value are null', () => {
    expect(json(['${unknown}', '${unknown||0}', 'x ${unknown}'])).toEqual([null, 0, 'x null']);
  });

  it('are left alone in names of members', () => {
    expect(json({ '${id}': 1, __proto__x: '${id}' })).toEqual({ '${id}': 1, __proto__x: 'Room1' });
    expect(JSON.stringify(json(JSON.parse('{"__proto__": "${id}"}')))).toBe('{"__proto__":"Room1"}');
  });

  it('leave everything else as it is', () => {
    expect(json({ v: 4, b: false, n: null, deep: [{ a: ['text'] }] })).toEqual({
      v: 4,
      b: false,
      n: null,
      deep: [{ a: ['text'] }],
    });
  });
});

describe('Names that are no names of the language [V2 known limitations]', () => {
  it('mean what has that name, where the expression has no value', () => {
    expect(json('${urn:x:y}')).toBe(7);
    expect(json('${min-max}')).toBe(9);
    expect(text('${min-max}!')).toBe('9!');
  });

  it('mean the expression where it has one', () => {
    expect(json('${air-quality}')).toBe(3);
  });
});

describe('Templates', () => {
  it('are cut into parts that make up the whole', () => {
    fc.assert(
      fc.property(templates, (template) => {
        const whole = splitTemplate(template)
          .map((part) => (part.kind === 'text' ? part.text : `\${${part.expression}}`))
          .join('');
        expect(whole).toBe(template);
      }),
    );
  });

  it('never throw and cost no more than they may, whatever is in them', () => {
    fc.assert(
      fc.property(templates, fc.jsonValue(), (template, other) => {
        const filled = JSON.stringify(json([template, other as JsonValue]));
        expect(typeof filled).toBe('string');
        expect(typeof text(template)).toBe('string');
      }),
      { numRuns: 500 },
    );
  });

  it('of a million braces are cut in no time worth speaking of', () => {
    expect(splitTemplate('${{}'.repeat(250_000)).length).toBeGreaterThan(0);
    expect(splitTemplate("${'".repeat(250_000)).length).toBeGreaterThan(0);
    expect(splitTemplate('${'.repeat(500_000)).length).toBeGreaterThan(0);
  });

  it('get nothing once the effort is used up, and say so', () => {
    const long = contextOf({ long: 'x'.repeat(600) });
    const effort = new Effort(1000);
    expect(expandText('${long}${long}', { context: long, effort, absent: '-' })).not.toContain('x'.repeat(601));
    expect(effort.exceeded).toBe(true);
  });

  const pieces = [
    '${',
    '}',
    '{',
    "'",
    '"',
    'id',
    'temperature',
    ' ',
    '|',
    'len',
    '+',
    '.',
    '[',
    ']',
    '(',
    ')',
    '%28',
    '\\',
    'ñ',
    '$',
  ];
  const templates = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 30 })
    .map((parts) => parts.join(''));
});
