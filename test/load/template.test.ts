import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCondition } from '../../src/load/condition.ts';
import { idPart } from '../../src/load/entity-id.ts';
import { compileColumn, type Row } from '../../src/load/row.ts';
import { compileTemplate } from '../../src/load/template.ts';
import { hasForbiddenCharacters, storableType } from '../../src/load/text-policy.ts';

const row: Row = {
  number: 2,
  columns: {
    NAME: ' CALLE  DE ALCALÁ ',
    NUM: '007',
    empty: '',
    n: 4,
    'a.b': 'dotted',
    a: { b: 'nested', c: [{ d: 1 }] },
  },
  added: { station: { id: 'S1' }, n: 5 },
};

describe('A column', () => {
  it.each([
    ['NAME', ' CALLE  DE ALCALÁ '],
    ['a.b', 'dotted'],
    ['a.c.0.d', 1],
    ['station.id', 'S1'],
    ['n', 5],
    ['absent', undefined],
    ['a.x.y', undefined],
    ['toString', undefined],
    ['a.toString', undefined],
  ])('named %s is found', (name, value) => {
    expect(compileColumn(name)(row)).toEqual(value);
  });
});

describe('A template', () => {
  it.each([
    ['urn:ngsi-ld:Road:{NUM}', 'urn:ngsi-ld:Road:007'],
    ['{NUM|number}', '7'],
    ['{n|pad2}', '05'],
    ['{NAME|title} {NUM|number}', 'Calle De Alcalá 7'],
    ['{NAME|lower}, {empty}', 'calle de alcalá,'],
    ['{empty} {NUM}', '007'],
    ['no columns', 'no columns'],
    ['{empty}{absent}', undefined],
  ])('%s', (source, text) => {
    expect(compileTemplate(source).render(row)).toBe(text);
  });

  it('says which of its columns are empty', () => {
    expect(compileTemplate('{NUM}-{empty}-{absent}').emptyColumns(row)).toEqual(['empty', 'absent']);
  });

  it.each([
    ['{NUM', 'a brace without its partner'],
    ['NUM}', 'a brace without its partner'],
    ['{}', 'names no column'],
    ['{NUM|shout}', 'no filter "shout"'],
  ])('%s is refused', (source, message) => {
    expect(() => compileTemplate(source)).toThrow(message);
  });
});

describe('A condition', () => {
  it.each([
    [{ NUM: '007' }, true],
    [{ NUM: ['1', '007'] }, true],
    [{ NUM: '7' }, false],
    [{ NUM: { not: '007' } }, false],
    [{ absent: '' }, true],
    [{ absent: { not: '' } }, false],
    [{ n: '5', NUM: '007' }, true],
    [{ n: '5', NUM: '8' }, false],
    [{}, true],
  ])('%j', (rule, holds) => {
    expect(compileCondition(rule)(row)).toBe(holds);
  });
});

describe('A part of an id', () => {
  it.each([
    ['28079004', '28079004'],
    ['Plaza de España', 'Plaza-de-Espana'],
    [' C/ Alcalá (esq.) ', 'C-Alcala-esq.'],
    ['20A', '20A'],
  ])('of %j', (text, part) => {
    expect(idPart(text)).toBe(part);
  });

  it('has nothing that NGSIv2 refuses, whatever the text [V2 identifiers]', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(idPart(text)).toMatch(/^[A-Za-z0-9._:~-]*$/);
      }),
    );
  });
});

describe('A text that NGSIv2 would refuse', () => {
  it('keeps every sign and gets the type TextUnrestricted [V2 field syntax restrictions]', () => {
    expect(storableType('Text', 'Casa de Campo (Terminal del Teleférico)')).toBe('TextUnrestricted');
    expect(storableType('PostalAddress', { streetAddress: `O'Donell` })).toBe('TextUnrestricted');
    expect(storableType('StructuredValue', ['a', { b: ['c;d'] }])).toBe('TextUnrestricted');
    expect(storableType('StructuredValue', { 'a=b': 1 })).toBe('TextUnrestricted');
  });

  it('is no other', () => {
    expect(storableType('Text', 'Plaza de España, 1 / ático & más')).toBe('Text');
    expect(storableType('Number', 5)).toBe('Number');
    expect(hasForbiddenCharacters(null)).toBe(false);
    expect(hasForbiddenCharacters({ type: 'Point', coordinates: [1, 2] })).toBe(false);
  });
});
