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

/**
 * The name under which an IRI is kept: short where it is a term of the core context or of the default vocabulary, so that
 * clients without a context, and those of NGSIv2, know it by that term; else the IRI itself. No two IRIs have one name.
 */
export function nameOfIri(iri: string): string {
  const coreTerm = coreTermsByIri.get(iri);
  if (coreTerm !== undefined) return coreTerm;
  if (!iri.startsWith(defaultVocabulary)) return iri;
  const term = iri.slice(defaultVocabulary.length);
  return isShort(term) && !coreTerms.has(term) ? term : iri;
}

/** The IRI of a kept name; the inverse of `nameOfIri`. */
export function iriOfName(name: string): string {
  return isShort(name) ? (coreTerms.get(name) ?? defaultVocabulary + name) : name;
}

/** A name with a colon is an IRI. */
export function isShort(name: string): boolean {
  return name !== '' && !name.includes(':');
}
