import { coreVocabulary, type LdVocabulary } from '../context/context-vocabulary.ts';
import type { Names } from './subscription-document.ts';

/** A vocabulary that remembers what it was asked for: what has to be kept to read the same text again without its context. */
export interface RecordingVocabulary extends LdVocabulary {
  /** What was asked for and is not what it is with the core context alone. */
  readonly recorded: Names;
}

const uriKey = (text: string) => `<${text}>`;
const iriKey = (iri: string) => `=${iri}`;

export function recordingVocabulary(vocabulary: LdVocabulary): RecordingVocabulary {
  const recorded: Record<string, string> = {};
  const { names, expand, expandUri } = vocabulary;
  return {
    ...vocabulary,
    recorded,
    expand: (term) => record(term, expand(term), coreVocabulary.expand(term)),
    expandUri: (text) => record(uriKey(text), expandUri(text), coreVocabulary.expandUri(text)),
    names: { ...names, nameOf: (iri) => record(iriKey(iri), names.nameOf(iri), coreVocabulary.names.nameOf(iri)) },
  };

  function record(key: string, meaning: string, usual: string): string {
    if (meaning !== usual) {
      // Clients choose the keys: `__proto__` is one like any other.
      Object.defineProperty(recorded, key, { value: meaning, enumerable: true, configurable: true });
    }
    return meaning;
  }
}

/** The vocabulary that was recorded; it compacts as the core context does. */
export function recordedVocabulary(recorded: Names): LdVocabulary {
  const meaningOf = (key: string) => (Object.hasOwn(recorded, key) ? recorded[key] : undefined);
  const { names } = coreVocabulary;
  return {
    ...coreVocabulary,
    expand: (term) => meaningOf(term) ?? coreVocabulary.expand(term),
    expandUri: (text) => meaningOf(uriKey(text)) ?? coreVocabulary.expandUri(text),
    names: { ...names, nameOf: (iri) => meaningOf(iriKey(iri)) ?? names.nameOf(iri) },
  };
}

/** An operator with its operands, what is in brackets, or a name: only the last is a term for sure. */
const token =
  /!?[=~<>]=?(?:"(?:[^"\\]|\\.)*"|[^";|()])*|\[[^\]]*\]|(?:https?|urn):[^\s=!<>~;|()[\]{},"]+|\p{L}[\p{L}\p{N}_]*(?::\p{L}[\p{L}\p{N}_-]*)?/gu;

/** A text of one of the languages of queries, its recorded terms in those of a reader. Values and what stands in brackets stay. */
export function translateTerms(text: string, names: Names, { compact }: LdVocabulary): string {
  if (Object.keys(names).length === 0) return text;
  return text.replace(token, (found) => {
    const name = Object.hasOwn(names, found) ? names[found] : undefined;
    return name === undefined ? found : compact(name);
  });
}
