import type { Filter } from '../../../core/query/query.ts';
import { compileTextPattern } from '../../../core/query/text-pattern.ts';
import { TextScanner } from './text-scanner.ts';

const path = { kind: 'builtin', name: 'scope' } as const;
const scope = /\/?(?:\+|\p{L}[\p{L}\p{N}_]*)(?:\/(?:\+|\p{L}[\p{L}\p{N}_]*))*/uy;

/**
 * A query for scopes:
 *
 *     ScopeQ = Element *(("|" / ",") Element)
 *     Element = "(" Scope *(";" Scope) ")" / Scope
 *     Scope   = "/#" / "/" Level *("/" Level) ["/#"]
 *
 * `+` is any level, `/#` the scope and all below it; alone it is any scope. [LD 4.19]
 */
export function parseScopeQuery(text: string): Filter {
  const scanner = new TextScanner(text, 'scopeQ');
  const filters = [scanElement(scanner)];
  while (scanner.take('|') || scanner.take(',')) filters.push(scanElement(scanner));
  if (!scanner.isAtEnd) throw scanner.refuse('expected "|", "," or its end');
  return { kind: 'or', filters };
}

function scanElement(scanner: TextScanner): Filter {
  if (!scanner.take('(')) return scanScope(scanner);
  const filters = [scanScope(scanner)];
  while (scanner.take(';')) filters.push(scanScope(scanner));
  scanner.expect(')');
  return { kind: 'and', filters };
}

function scanScope(scanner: TextScanner): Filter {
  if (scanner.take('/#')) return { kind: 'compare', path, operator: '~=', pattern: compileTextPattern('^/.') };
  const found = scanner.match(scope);
  if (found === undefined) throw scanner.refuse('expected a scope such as /Madrid/Gardens');
  const absolute = found.startsWith('/') ? found : `/${found}`;
  const withSubtree = scanner.take('/#');
  if (!withSubtree && !absolute.includes('+')) {
    return { kind: 'compare', path, operator: '==', operands: [{ kind: 'text', value: absolute }] };
  }
  const source = absolute.replaceAll('+', '[^/]+');
  return {
    kind: 'compare',
    path,
    operator: '~=',
    pattern: compileTextPattern(withSubtree ? `^${source}(/|$)` : `^${source}$`),
  };
}
