import { coreVocabulary, type LdVocabulary } from '../context/context-vocabulary.ts';
import type { Names } from './subscription-document.ts';

/** A vocabulary that remembers what it was asked for: what has to be kept to read the same text again without its context. */
export interface RecordingVocabulary extends LdVocabulary {
  /** What was asked for and is not what the core context says. */
  readonly names: Names;
}

export function recordingVocabulary(vocabulary: LdVocabulary): RecordingVocabulary {
  const names: Record<string, string> = {};
  return {
    names,
    expand: (term) => recorded(term, vocabulary.expand(term), coreVocabulary.expand(term)),
    expandUri: (text) => recorded(`<${text}>`, vocabulary.expandUri(text), coreVocabulary.expandUri(text)),
    compact: vocabulary.compact,
    compactUri: vocabulary.compactUri,
  };

  function recorded(key: string, meaning: string, usual: string): string {
    if (meaning !== usual) Object.defineProperty(names, key, { value: meaning, enumerable: true, configurable: true });
    return meaning;
  }
}

/** The vocabulary that was recorded; it compacts as the core context does. */
export function recordedVocabulary(names: Names): LdVocabulary {
  const nameOf = (key: string) => (Object.hasOwn(names, key) ? names[key] : undefined);
  return {
    ...coreVocabulary,
    expand: (term) => nameOf(term) ?? coreVocabulary.expand(term),
    expandUri: (text) => nameOf(`<${text}>`) ?? coreVocabulary.expandUri(text),
  };
}

const token = /"(?:[^"\\]|\\.)*"|(?:https?|urn):[^\s=!<>~;|()[\]{},"]+|\p{L}[\p{L}\p{N}_]*(?::\p{L}[\p{L}\p{N}_-]*)?/gu;

/** A text of one of the languages of queries, its recorded terms in those of a reader. What stands in quotes stays. */
export function translateTerms(text: string, names: Names, { compact }: LdVocabulary): string {
  if (Object.keys(names).length === 0) return text;
  return text.replace(token, (found) => {
    const name = Object.hasOwn(names, found) ? names[found] : undefined;
    return name === undefined ? found : compact(name);
  });
}
