import { invalidRequest } from '../../../core/errors.ts';
import type { Vocabulary } from '../../../core/names/vocabulary.ts';
import { defaultVocabulary } from './core-context.ts';
import { bestTerms, coreNames, corePrefixes, coreTerms, isShort, type KeptNames } from './kept-names.ts';

/** What a vocabulary needs of a parsed context. */
export interface ContextTerms {
  /** IRIs by term; null where the context takes a term out of use. */
  readonly terms: ReadonlyMap<string, string | null>;
  /** Terms that may stand before a colon, with the IRI that they stand for. */
  readonly prefixes: ReadonlyMap<string, string>;
}

/** The terms of a request's context. */
export interface LdVocabulary extends Vocabulary {
  /** The URI that a client means where a URI stands: compact ones are expanded. [LD 5.5.7] */
  expandUri(text: string): string;
  compactUri(uri: string): string;
  /** What the names of the tenant are kept as, whatever the context. */
  readonly names: KeptNames;
}

/** Translations remembered, in either direction; names and terms come from clients. */
const mostRemembered = 5000;

/**
 * The vocabulary of a context. The core context has precedence over it, whatever it says; what it does not define is of the
 * default vocabulary. [LD 4.4] [LD 5.5.7]
 */
export function contextVocabulary(context: ContextTerms, names: KeptNames = coreNames): LdVocabulary {
  const { terms, prefixes } = context;
  const termsByIri = bestTerms(terms);
  const compactPrefixes = [...prefixes].sort(([, a], [, b]) => b.length - a.length);
  return {
    expand: remembering((term) => names.nameOf(iriOfTerm(term))),
    compact: remembering(compactName),
    expandUri: (text) => expandPrefix(text) ?? text,
    compactUri: (uri) => compactPrefix(uri) ?? uri,
    names,
  };

  function iriOfTerm(term: string): string {
    const coreIri = coreTerms.get(term);
    if (coreIri !== undefined) return coreIri;
    const iri = terms.get(term);
    if (iri === null) throw invalidRequest(`${term}: the @context takes this term out of use`);
    return iri ?? expandPrefix(term) ?? (isShort(term) ? defaultVocabulary + term : term);
  }

  function expandPrefix(text: string): string | undefined {
    const colon = text.indexOf(':');
    if (colon < 1 || text.startsWith('//', colon + 1)) return undefined;
    const iri = prefixes.get(text.slice(0, colon));
    return iri === undefined ? undefined : iri + text.slice(colon + 1);
  }

  function compactName(name: string): string {
    if (coreTerms.has(name)) return name;
    const iri = names.iriOf(name);
    const term = termsByIri.get(iri);
    if (term !== undefined) return term;
    const local = iri.startsWith(defaultVocabulary) ? iri.slice(defaultVocabulary.length) : '';
    // A term of the default vocabulary that stands for something else must be spelled out.
    if (isShort(local) && !coreTerms.has(local)) return terms.has(local) ? iri : local;
    return compactPrefix(iri) ?? iri;
  }

  function compactPrefix(iri: string): string | undefined {
    for (const [prefix, start] of compactPrefixes) {
      if (!iri.startsWith(start) || iri.length === start.length) continue;
      const compact = `${prefix}:${iri.slice(start.length)}`;
      // It must lead back: not where it is a term of its own, nor where it looks like the beginning of a URL.
      if (!terms.has(compact) && !compact.startsWith('//', prefix.length + 1)) return compact;
    }
    return undefined;
  }
}

function remembering(translate: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let translated = known.get(text);
    if (translated === undefined) {
      translated = translate(text);
      if (known.size >= mostRemembered) known.clear();
      known.set(text, translated);
    }
    return translated;
  };
}

/** Of requests without a context of their own: the core context alone. [LD 5.5.5] */
export const coreVocabulary: LdVocabulary = contextVocabulary({ terms: new Map(), prefixes: corePrefixes });
