import type { Filter } from '../../../core/query/query.ts';
import type { LdVocabulary } from '../context/context-vocabulary.ts';
import { TextScanner } from './text-scanner.ts';

/** Which types an entity must have: for one of the lists, all that it names. */
export type TypeSelection = readonly (readonly string[])[];

const plainName = /^\p{L}[\p{L}\p{N}_]*$/u;
const typeName = /(?:https?|urn):[^\s,;|()]+|\p{L}[\p{L}\p{N}_]*(?::\p{L}[\p{L}\p{N}_-]*)?/uy;

/**
 * A selection of types:
 *
 *     Selection = Element *(("|" / ",") Element)
 *     Element   = "(" Type *(";" Type) ")" / Type
 *
 * Brackets may be around lists of either kind, and in each other. [LD 4.17]
 */
export function parseTypeSelection(text: string, vocabulary: LdVocabulary): TypeSelection {
  if (plainName.test(text)) return [[vocabulary.expand(text)]];
  const scanner = new TextScanner(text, 'type');
  const selection = scanAny(scanner, vocabulary, 20);
  if (!scanner.isAtEnd) throw scanner.refuse('expected "|", "," or its end');
  return selection;
}

function scanAny(scanner: TextScanner, vocabulary: LdVocabulary, nesting: number): TypeSelection {
  const lists = [...scanAll(scanner, vocabulary, nesting)];
  while (scanner.take('|') || scanner.take(',')) lists.push(...scanAll(scanner, vocabulary, nesting));
  return lists;
}

function scanAll(scanner: TextScanner, vocabulary: LdVocabulary, nesting: number): TypeSelection {
  let lists = scanOne(scanner, vocabulary, nesting);
  while (scanner.take(';')) {
    const others = scanOne(scanner, vocabulary, nesting);
    lists = lists.flatMap((list) => others.map((other) => [...new Set([...list, ...other])]));
    if (lists.length > 1000) throw scanner.refuse('it selects too much at once');
  }
  return lists;
}

function scanOne(scanner: TextScanner, vocabulary: LdVocabulary, nesting: number): TypeSelection {
  if (scanner.take('(')) {
    if (nesting === 0) throw scanner.refuse('it nests too deep');
    const lists = scanAny(scanner, vocabulary, nesting - 1);
    scanner.expect(')');
    return lists;
  }
  const found = scanner.match(typeName);
  if (found === undefined) throw scanner.refuse('expected the name of a type');
  return [[vocabulary.expand(found)]];
}

/** The types, where any of them will do; undefined where an entity must have several. */
export function anyOfTypes(selection: TypeSelection): readonly string[] | undefined {
  const [first] = selection;
  if (selection.length === 1 && first?.length === 1) return first;
  return selection.every((list) => list.length === 1) ? [...new Set(selection.flat())] : undefined;
}

/** The selection as a filter. */
export function typesFilter(selection: TypeSelection): Filter {
  const filters = selection.map((list): Filter => ({ kind: 'and', filters: list.map(hasType) }));
  return { kind: 'or', filters };
}

function hasType(type: string): Filter {
  const path = { kind: 'builtin', name: 'type' } as const;
  return { kind: 'compare', path, operator: '==', operands: [{ kind: 'text', value: type }] };
}
