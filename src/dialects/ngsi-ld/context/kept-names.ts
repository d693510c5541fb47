import { isJsonObject, type JsonValue } from '../../../core/json.ts';
import { coreContext, defaultVocabulary } from './core-context.ts';

/** Prefixes of the core context. */
export const corePrefixes: ReadonlyMap<string, string> = new Map([
  ['ngsi-ld', 'https://uri.etsi.org/ngsi-ld/'],
  ['geojson', 'https://purl.org/geojson/vocab#'],
]);

/** IRIs by term of the core context; keywords and their aliases, `id` and `type`, are not among them. */
export const coreTerms: ReadonlyMap<string, string> = new Map(
  Object.entries(coreContext).flatMap(([term, definition]) => {
    const iri = iriIn(definition);
    return term.startsWith('@') || corePrefixes.has(term) || iri === undefined ? [] : [[term, iri] as const];
  }),
);

const coreTermsByIri: ReadonlyMap<string, string> = new Map([...coreTerms].map(([term, iri]) => [iri, term]));

function iriIn(definition: JsonValue): string | undefined {
  const id = isJsonObject(definition) ? definition['@id'] : definition;
  if (typeof id !== 'string' || id.startsWith('@')) return undefined;
  const colon = id.indexOf(':');
  const prefix = corePrefixes.get(id.slice(0, colon));
  return prefix === undefined ? id : prefix + id.slice(colon + 1);
}

/** How the names of a tenant are kept: one name for each IRI, and back. */
export interface KeptNames {
  /** The name under which an IRI is kept. */
  nameOf(iri: string): string;
  /** The IRI of a kept name; the inverse of `nameOf`. */
  iriOf(name: string): string;
}

/**
 * Names are kept short where they are terms of the core context, of the tenant's default context, or of the default vocabulary, so that
 * clients without a context, and those of NGSIv2, know them by these terms; else as the IRIs themselves. No two IRIs have one name:
 * where the default context has several terms for an IRI the best one is its name, and the others are as if it did not define them.
 * So are terms with a colon, which are IRIs in short: a name with a colon is an IRI in full.
 */
export function keptNames(defaultTerms: ReadonlyMap<string, string | null> = new Map()): KeptNames {
  const termsByIri = bestTerms(new Map([...defaultTerms].filter(([term]) => isShort(term))));
  const irisByTerm = new Map([...termsByIri].map(([iri, term]) => [term, iri] as const));
  return {
    nameOf(iri) {
      const term = coreTermsByIri.get(iri) ?? termsByIri.get(iri);
      if (term !== undefined) return term;
      if (!iri.startsWith(defaultVocabulary)) return iri;
      const local = iri.slice(defaultVocabulary.length);
      return isShort(local) && !coreTerms.has(local) && !irisByTerm.has(local) ? local : iri;
    },
    iriOf(name) {
      return isShort(name) ? (coreTerms.get(name) ?? irisByTerm.get(name) ?? defaultVocabulary + name) : name;
    },
  };
}

/** Those of tenants without a default context. */
export const coreNames: KeptNames = keptNames();

/** For each IRI the best of its terms: the shortest, then the least, as JSON-LD has it; those of the core context apart. */
export function bestTerms(terms: ReadonlyMap<string, string | null>): ReadonlyMap<string, string> {
  const byIri = new Map<string, string>();
  for (const [term, iri] of terms) {
    if (iri === null || coreTerms.has(term) || coreTermsByIri.has(iri)) continue;
    const other = byIri.get(iri);
    if (other === undefined || term.length < other.length || (term.length === other.length && term < other)) {
      byIri.set(iri, term);
    }
  }
  return byIri;
}

/** A name with a colon is an IRI. */
export function isShort(name: string): boolean {
  return name !== '' && !name.includes(':');
}
