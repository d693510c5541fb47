import type { Path } from '../../../core/query/query.ts';
import type { LdVocabulary } from '../context/context-vocabulary.ts';
import type { TextScanner } from './text-scanner.ts';

/** An IRI, whose dots are its own, or a name with or without a prefix. */
const iri = /(?:https?|urn):[^\s=!<>~;|()[\]{},"]+/y;
const name = /\p{L}[\p{L}\p{N}_]*(?::\p{L}[\p{L}\p{N}_-]*)?/uy;
const member = /[^\s.[\]"=!<>~;|(){},]+/y;

/** A name as the client wrote it. */
export function scanName(scanner: TextScanner): string {
  const found = scanner.match(iri) ?? scanner.match(name);
  if (found === undefined) throw scanner.refuse('expected the name of an attribute');
  return found;
}

const builtinNames: ReadonlySet<string> = new Set(['id', 'type', 'scope', 'createdAt', 'modifiedAt', 'expiresAt']);
const builtinTimes: ReadonlySet<string> = new Set(['createdAt', 'modifiedAt', 'expiresAt']);

/**
 * The rest of a path whose first name was read: sub-attributes after dots, then, in brackets, a path into a value or a language.
 *
 *     ValuePath = AttrName *("." AttrName) ["[" DottedPath "]"]
 *
 * [LD 4.9] [LD 4.23.3]
 */
export function scanPath(first: string, scanner: TextScanner, vocabulary: LdVocabulary): Path {
  const terms: string[] = [];
  while (scanner.take('.')) terms.push(scanName(scanner));
  const members = scanner.take('[') ? scanMembers(scanner) : [];
  const [second] = terms;
  if (members.length === 0 && terms.length === 0 && builtinNames.has(first)) return builtinPath(first);
  const attribute = vocabulary.expand(first);
  if (members.length === 0 && terms.length === 1 && second !== undefined && builtinTimes.has(second)) {
    return { ...builtinPath(second), attribute };
  }
  return {
    kind: 'attribute',
    attribute,
    subAttributes: terms.map((term) => vocabulary.expand(term)),
    members,
    instances: 'any',
  };
}

function builtinPath(name: string) {
  return { kind: 'builtin', name: name as 'createdAt' } as const;
}

/** `[*]` is any language, which is what no language means too. */
function scanMembers(scanner: TextScanner): readonly string[] {
  if (scanner.take('*]')) return [];
  const members: string[] = [];
  do {
    const found = scanner.match(member);
    if (found === undefined) throw scanner.refuse('expected the name of a member');
    members.push(found);
  } while (scanner.take('.'));
  scanner.expect(']');
  return members;
}
