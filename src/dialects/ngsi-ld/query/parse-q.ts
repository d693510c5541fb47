import type { OpenFilter } from '../../../core/query/linked-filter.ts';
import type { Filter, Path } from '../../../core/query/query.ts';
import { compileTextPattern, PatternError } from '../../../core/query/text-pattern.ts';
import type { LdVocabulary } from '../context/context-vocabulary.ts';
import { scanName, scanPath } from './parse-path.ts';
import { scanOperand, scanOperands } from './scan-operands.ts';
import { TextScanner } from './text-scanner.ts';

/** What the other parameters of a query say of its filter. */
export interface FilterTerms {
  readonly vocabulary: LdVocabulary;
  /** Kept names of attributes whose values are terms of the context. [LD 4.9] */
  readonly expandValues: ReadonlySet<string>;
}

/** Brackets and braces that may be open at once. */
const mostNesting = 100;

/**
 * A query of NGSI-LD:
 *
 *     Query     = Conjunct *("|" Conjunct)
 *     Conjunct  = Term *(";" Term)
 *     Term      = "(" Query ")" / Attribute [Operator Operands]
 *     Attribute = AttrName "{" [Type *("," Type) ":"] Attribute "}" / ValuePath
 *     Operator  = "==" / "!=" / ">=" / ">" / "<=" / "<" / "~=" / "!~="
 *
 * Refuses what is not of this form. [LD 4.9]
 */
export function parseQ(text: string, terms: FilterTerms): OpenFilter {
  const scanner = new TextScanner(text, 'q');
  const filter = scanQuery(scanner, terms, mostNesting);
  if (!scanner.isAtEnd) throw scanner.refuse('expected ";", "|" or its end');
  return filter;
}

function scanQuery(scanner: TextScanner, terms: FilterTerms, nesting: number): OpenFilter {
  const filters = [scanConjunct(scanner, terms, nesting)];
  while (scanner.take('|')) filters.push(scanConjunct(scanner, terms, nesting));
  return joined('or', filters);
}

function scanConjunct(scanner: TextScanner, terms: FilterTerms, nesting: number): OpenFilter {
  const filters = [scanTerm(scanner, terms, nesting)];
  while (scanner.take(';')) filters.push(scanTerm(scanner, terms, nesting));
  return joined('and', filters);
}

function joined(kind: 'and' | 'or', filters: readonly OpenFilter[]): OpenFilter {
  const [only] = filters;
  return filters.length === 1 && only !== undefined ? only : { kind, filters };
}

function scanTerm(scanner: TextScanner, terms: FilterTerms, nesting: number): OpenFilter {
  scanner.match(/ +/y);
  if (!scanner.take('(')) return scanAttribute(scanner, terms, nesting);
  if (nesting === 0) throw scanner.refuse('it nests too deep');
  const filter = scanQuery(scanner, terms, nesting - 1);
  scanner.expect(')');
  return filter;
}

function scanAttribute(scanner: TextScanner, terms: FilterTerms, nesting: number): OpenFilter {
  return scanLinked(scanner, terms, nesting)((path) => scanComparison(path, scanner, terms));
}

/** What wraps the comparison of the innermost path, once that is read: it comes after all the closing braces. */
type Wrap = (compare: (path: Path) => Filter) => OpenFilter;

function scanLinked(scanner: TextScanner, terms: FilterTerms, nesting: number): Wrap {
  const { vocabulary } = terms;
  const first = scanName(scanner);
  if (!scanner.take('{')) {
    const path = scanPath(first, scanner, vocabulary);
    return (compare) => compare(path);
  }
  if (nesting === 0) throw scanner.refuse('it nests too deep');
  const types = scanTypes(scanner, vocabulary);
  const inner = scanLinked(scanner, terms, nesting - 1);
  scanner.expect('}');
  const relationship = vocabulary.expand(first);
  return (compare) => ({ kind: 'linked', relationship, ...(types && { types }), filter: inner(compare) });
}

const typeHint = /(?:\p{L}[\p{L}\p{N}_]*)(?:,\p{L}[\p{L}\p{N}_]*)*:(?=\p{L}[\p{L}\p{N}_]*[.[{}])/uy;

function scanTypes(scanner: TextScanner, vocabulary: LdVocabulary): readonly string[] | undefined {
  const hint = scanner.match(typeHint);
  return hint
    ?.slice(0, -1)
    .split(',')
    .map((type) => vocabulary.expand(type));
}

function scanComparison(path: Path, scanner: TextScanner, terms: FilterTerms): Filter {
  const pattern = scanner.take('~=') ? '~=' : scanner.take('!~=') ? '!~=' : undefined;
  if (pattern !== undefined) return scanPattern(pattern, path, scanner);
  if (scanner.take('=='))
    return { kind: 'compare', path, operator: '==', operands: scanOperands(path, scanner, terms) };
  if (scanner.take('!='))
    return { kind: 'compare', path, operator: '!=', operands: scanOperands(path, scanner, terms) };
  for (const operator of ['>=', '<=', '>', '<'] as const) {
    if (scanner.take(operator)) return { kind: 'compare', path, operator, operand: scanOperand(scanner) };
  }
  return { kind: 'exists', path };
}

const quotedPattern = /"(?:[^"\\]|\\.)*"/y;
const barePattern = /(?:[^;|()\\[]|\\.|\[(?:[^\]\\]|\\.)*\]|\((?:[^()\\]|\\.)*\))+/y;

/** What has no texts at all is not compared with a pattern, whichever way. */
function scanPattern(operator: '~=' | '!~=', path: Path, scanner: TextScanner): Filter {
  const source = scanner.match(quotedPattern)?.slice(1, -1) ?? scanner.match(barePattern);
  if (source === undefined) throw scanner.refuse('expected a regular expression');
  try {
    const comparison: Filter = { kind: 'compare', path, operator, pattern: compileTextPattern(source) };
    if (operator === '~=') return comparison;
    return {
      kind: 'and',
      filters: [{ kind: 'compare', path, operator: '~=', pattern: compileTextPattern('') }, comparison],
    };
  } catch (error) {
    if (error instanceof PatternError) throw scanner.refuse(error.message);
    throw error;
  }
}
