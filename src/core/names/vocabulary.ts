/**
 * How one client calls what the broker keeps: types, attributes, and values that are names.
 *
 * Kept names are IRIs, except terms of the default vocabulary and of a tenant's default context, which are kept short (see `Entity`).
 */
export interface Vocabulary {
  /** The name under which a client's term is kept. */
  expand(term: string): string;
  /** What the client calls a kept name: the shortest form that it can read back. */
  compact(name: string): string;
}

/** Of a client whose terms are the kept names themselves. */
export const plainVocabulary: Vocabulary = { expand: (term) => term, compact: (name) => name };
