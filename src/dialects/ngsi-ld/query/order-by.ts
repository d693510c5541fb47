import { invalidRequest } from '../../../core/errors.ts';
import type { JsonValue } from '../../../core/json.ts';
import { collatorOf } from '../../../core/query/collated-order.ts';
import type { OrderKey } from '../../../core/query/query.ts';
import type { LdVocabulary } from '../context/context-vocabulary.ts';
import { originOf, parseReference } from './geo-query.ts';
import { scanName, scanPath } from './parse-path.ts';
import { TextScanner } from './text-scanner.ts';

/** The parts of an order as a client gives them. [LD 4.23.3] [LD 5.2.43] */
export interface OrderTerms {
  readonly orderBy?: string | undefined;
  readonly collation?: string | undefined;
  readonly orderFrom?: JsonValue | undefined;
  readonly orderGeometry?: string | undefined;
}

const direction = /;(?:dist-asc|dist-desc|asc|desc)/y;

/** The keys of an order, texts in the root collation where none is asked for. [LD 4.23] */
export function parseOrderBy(terms: OrderTerms, vocabulary: LdVocabulary): readonly OrderKey[] {
  const { orderBy, collation = 'und' } = terms;
  checkCollation(collation);
  if (orderBy === undefined) return [];
  const scanner = new TextScanner(orderBy, 'orderBy');
  const keys: OrderKey[] = [];
  do {
    const by = scanPath(scanName(scanner), scanner, vocabulary);
    const way = scanner.match(direction) ?? ';asc';
    const descending = way.endsWith('desc');
    if (way.startsWith(';dist-')) {
      if (by.kind !== 'attribute') throw scanner.refuse('only places are ordered by distance');
      keys.push({ by: { kind: 'distance', attribute: by.attribute, ...origin(terms) }, descending });
    }
    // What is no place comes after all places, by its value.
    keys.push({ by, descending, collation });
  } while (scanner.take(','));
  if (!scanner.isAtEnd) throw scanner.refuse('expected ";asc", ";desc", "," or its end');
  return keys;
}

function checkCollation(tag: string): void {
  try {
    collatorOf(tag);
  } catch {
    throw invalidRequest(`collation ${JSON.stringify(tag)} is no collation such as de-u-co-phonebk`);
  }
}

function origin({ orderFrom, orderGeometry = 'Point' }: OrderTerms) {
  if (orderFrom === undefined)
    throw invalidRequest('an order by distance needs orderFrom, the coordinates to measure from');
  return originOf(parseReference(orderGeometry, orderFrom));
}
