import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/core/query/evaluate.ts';
import type { Filter } from '../../../src/core/query/query.ts';
import { compileTextPattern } from '../../../src/core/query/text-pattern.ts';
import { conjunctionOf, parseExpression } from '../../../src/dialects/ngsiv2/parse-query.ts';
import { renderFilters } from '../../../src/dialects/ngsiv2/providers/render-filter.ts';
import { compatibleText } from '../../../src/dialects/ngsiv2/text-rules.ts';
import { arbitraryEntity } from '../../support/arbitrary-entity.ts';
import { arbitraryFilter } from '../../support/arbitrary-query.ts';

/** What the receiving broker makes of it. */
function readBack(filters: readonly Filter[]): Filter | undefined {
  const expression = renderFilters(filters);
  if (expression === undefined) return undefined;
  const { filters: read, geo } = parseExpression({ ...expression }, { filterLength: 100_000 }, compatibleText);
  return conjunctionOf(geo === undefined ? read : [...read, geo]);
}

const attribute = (name: string, ...members: string[]) =>
  ({ kind: 'attribute', attribute: name, subAttributes: [], members }) as const;

describe('Filters rendered for a provider', () => {
  it('mean what they meant, as far as NGSIv2 has words for them [V2 simple query language]', () => {
    let said = 0;
    fc.assert(
      fc.property(arbitraryFilter, fc.array(arbitraryEntity, { minLength: 5 }), (filter, entities) => {
        const read = readBack([filter]);
        if (read === undefined) return;
        said++;
        for (const entity of entities) expect(evaluate(read, entity)).toBe(evaluate(filter, entity));
      }),
      { numRuns: 2000 },
    );
    expect(said).toBeGreaterThan(100);
  });

  it('hide nothing that matches where only some can be said', () => {
    fc.assert(
      fc.property(fc.array(arbitraryFilter, { maxLength: 4 }), fc.array(arbitraryEntity), (filters, entities) => {
        const read = readBack(filters);
        if (read === undefined) return;
        for (const entity of entities) {
          if (filters.every((filter) => evaluate(filter, entity))) expect(evaluate(read, entity)).toBe(true);
        }
      }),
    );
  });

  it.each<[string, Filter[], object]>([
    [
      'comparisons',
      [
        { kind: 'compare', path: attribute('a', 'b'), operator: '==', operands: [{ kind: 'text', value: '20' }] },
        { kind: 'compare', path: attribute('c'), operator: '>=', operand: { kind: 'instant', value: 0 } },
        { kind: 'compare', path: attribute('d.e'), operator: '~=', pattern: compileTextPattern('^x') },
        { kind: 'not', filter: { kind: 'exists', path: attribute('f') } },
      ],
      { q: "a.b=='20';c>=1970-01-01T00:00:00.000Z;'d.e'~=^x;!f" },
    ],
    [
      'metadata',
      [
        {
          kind: 'compare',
          path: { kind: 'attribute', attribute: 'a', subAttributes: ['accuracy'], members: [] },
          operator: '<',
          operand: { kind: 'number', value: 0.5 },
        },
      ],
      { mq: 'a.accuracy<0.5' },
    ],
    [
      'places, the first of them',
      [
        { kind: 'near', center: [-3, 40], maxDistance: 10 },
        { kind: 'geo', relation: 'disjoint', geometry: { type: 'Point', coordinates: [1, 2] } },
      ],
      { georel: 'near;maxDistance:10', geometry: 'point', coords: '40,-3' },
    ],
  ])('say %s as every broker reads them', (_what, filters, expression) => {
    expect(renderFilters(filters)).toEqual(expression);
  });
});
