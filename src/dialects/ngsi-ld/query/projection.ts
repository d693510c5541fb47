import type { LdVocabulary } from '../context/context-vocabulary.ts';
import { scanName } from './parse-path.ts';
import { TextScanner } from './text-scanner.ts';

/** Members of entities, by kept name; `id`, `type` and `scope` are among them. Each with those of the entities that it links to. [LD 4.21] */
export type MemberTree = ReadonlyMap<string, MemberTree>;

/** Of a member that is asked for as a whole. */
export const noMembers: MemberTree = new Map();

/**
 * A list of members:
 *
 *     Terms = Term *(("|" / ",") Term)
 *     Term  = Name ["{" Terms "}"]
 *
 * [LD 4.21]
 */
export function parseMemberTree(parameter: string, text: string, vocabulary: LdVocabulary): MemberTree {
  const scanner = new TextScanner(text, parameter);
  const tree = scanTerms(scanner, vocabulary, 20);
  if (!scanner.isAtEnd) throw scanner.refuse('expected ",", "|" or its end');
  return tree;
}

function scanTerms(scanner: TextScanner, vocabulary: LdVocabulary, nesting: number): MemberTree {
  const tree = new Map<string, MemberTree>();
  do {
    const term = scanName(scanner);
    const name = isOwnMember(term) ? term : vocabulary.expand(term);
    if (!scanner.take('{')) {
      tree.set(name, noMembers);
      continue;
    }
    if (nesting === 0) throw scanner.refuse('it nests too deep');
    tree.set(name, scanTerms(scanner, vocabulary, nesting - 1));
    scanner.expect('}');
  } while (scanner.take(',') || scanner.take('|'));
  return tree;
}

function isOwnMember(term: string): boolean {
  return term === 'id' || term === 'type' || term === 'scope';
}

/** How many links in a row the tree follows. */
export function treeDepth(tree: MemberTree): number {
  return Math.max(0, ...[...tree.values()].map((inner) => (inner.size === 0 ? 0 : 1 + treeDepth(inner))));
}
