import fc from 'fast-check';
import jsonld from 'jsonld';
import { describe, expect, test } from 'vitest';
import { JsonLdContexts } from '../../../src/adapters/contexts/json-ld-contexts.ts';
import { UsedContexts } from '../../../src/broker/contexts/used-contexts.ts';
import { Refusal } from '../../../src/core/errors.ts';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import {
  contextVocabulary,
  coreVocabulary,
  type LdVocabulary,
} from '../../../src/dialects/ngsi-ld/context/context-vocabulary.ts';
import {
  coreContext,
  coreContextUrl,
  coreContextUrls,
  defaultVocabulary,
  isCoreContextUrl,
} from '../../../src/dialects/ngsi-ld/context/core-context.ts';
import { coreNames, coreTerms, keptNames } from '../../../src/dialects/ngsi-ld/context/kept-names.ts';

const { nameOf, iriOf } = coreNames;

const contexts = new JsonLdContexts({
  documents: { get: (url) => Promise.reject(new Error(`nothing is fetched here: ${url}`)) },
  used: new UsedContexts(),
  core: coreContext,
  isCore: isCoreContextUrl,
  now: () => 0,
  parsedForMs: 1000,
  defaultFor: () => undefined,
});

async function vocabularyOf(context: JsonValue): Promise<LdVocabulary> {
  return contextVocabulary(await contexts.parse(context));
}

/** What the reference implementation of JSON-LD says: a document with the user's context, and then the core one. */
async function expandedByJsonLd(context: JsonValue, document: JsonObject): Promise<JsonObject> {
  const { ngsildproof: _, '@protected': __, ...core } = coreContext;
  const [expanded = {}] = await jsonld.expand({ '@context': [context, core], ...document } as never);
  return expanded as JsonObject;
}

const terms = ['temperature', 'Room', 'status', 'location', 'name', 'ex', 'sdm', 'x1'] as const;
const prefixes = ['ex', 'sdm'] as const;
const arbitraryIri = fc.constantFrom(
  'https://example.org/temperature',
  'https://example.org/ns#',
  'https://smartdatamodels.org/',
  'urn:x:room',
  `${defaultVocabulary}temperature`,
  'https://uri.etsi.org/ngsi-ld/location',
);

/** Contexts of plain and of longer definitions, of prefixes and of terms that use them. */
const arbitraryContext: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.dictionary(
      fc.constantFrom(...prefixes),
      fc.constantFrom('https://example.org/ns#', 'https://smartdatamodels.org/'),
      { noNullPrototype: true },
    ),
    fc.dictionary(
      fc.constantFrom(...terms.filter((term) => !prefixes.some((prefix) => prefix === term))),
      fc.oneof(
        arbitraryIri,
        arbitraryIri.map((iri) => ({ '@id': iri })),
        arbitraryIri.map((iri) => ({ '@id': iri, '@type': '@id' })),
        arbitraryIri.map((iri) => ({ '@id': iri, '@type': 'http://www.w3.org/2001/XMLSchema#dateTime' })),
      ),
      { noNullPrototype: true },
    ),
    fc.option(fc.constant('https://vocabulary.example/'), { nil: undefined, freq: 1 }),
  )
  .map(([prefixTerms, plainTerms, vocab]) => ({
    ...prefixTerms,
    ...plainTerms,
    ...(vocab !== undefined && { '@vocab': vocab }),
  }));

const arbitraryTerm = fc.constantFrom(
  ...terms,
  'ex:temperature',
  'sdm:Room',
  'other:thing',
  'ngsi-ld:location',
  'https://example.org/a',
  'unknown',
);

describe('terms [LD 5.5.7]', () => {
  test('expand as the reference implementation of JSON-LD expands them, for any context', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryContext, arbitraryTerm, arbitraryTerm, async (context, attribute, type) => {
        const vocabulary = await vocabularyOf(context);
        const expanded = await expandedByJsonLd(context, {
          '@id': 'urn:a',
          '@type': type,
          [attribute]: { '@value': 1 },
        });
        expect(expanded['@type']).toEqual([iriOf(vocabulary.expand(type))]);
        expect(Object.keys(expanded)).toContain(iriOf(vocabulary.expand(attribute)));
      }),
      { numRuns: 300 },
    );
  });

  test('are what names compact to: no name is lost on its way to a client and back', async () => {
    const arbitraryName = fc.oneof(
      arbitraryIri,
      fc.constantFrom(...terms, 'https://example.org/ns#a', 'unknown', `${defaultVocabulary}location`),
    );
    await fc.assert(
      fc.asyncProperty(arbitraryContext, arbitraryName, async (context, iri) => {
        const vocabulary = await vocabularyOf(context);
        const name = nameOf(iri);
        expect(vocabulary.expand(vocabulary.compact(name))).toBe(name);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['temperature', 'temperature'],
    ['location', 'location'],
    [`${defaultVocabulary}temperature`, 'temperature'],
    ['https://uri.etsi.org/ngsi-ld/location', 'location'],
    ['ngsi-ld:location', 'location'],
    [`${defaultVocabulary}location`, `${defaultVocabulary}location`],
    ['https://example.org/a', 'https://example.org/a'],
    ['description', 'description'],
  ])('%s without a context is kept as %s', (term, name) => {
    expect(coreVocabulary.expand(term)).toBe(name);
  });

  test('of the core context have precedence over those of any other [LD 4.4]', async () => {
    const { expand } = await vocabularyOf({
      location: 'https://example.org/location',
      Property: 'https://example.org/P',
    });
    expect([expand('location'), expand('Property')]).toEqual(['location', 'Property']);
  });

  test('whose short name means something else are spelled out', async () => {
    const { compact } = await vocabularyOf({
      temperature: 'https://example.org/temperature',
      t: `${defaultVocabulary}humidity`,
    });
    expect(compact('temperature')).toBe(`${defaultVocabulary}temperature`);
    expect(compact('https://example.org/temperature')).toBe('temperature');
    expect(compact('humidity')).toBe('t');
  });

  test('that the context takes out of use are refused', async () => {
    const { expand } = await vocabularyOf({ temperature: null });
    expect(() => expand('temperature')).toThrow(Refusal);
  });
});

describe('names that are kept', () => {
  test('are short for the core context and the default vocabulary, and one for each IRI', () => {
    for (const [term, iri] of coreTerms) {
      expect([nameOf(iri), iriOf(term)]).toEqual([term, iri]);
    }
    fc.assert(
      fc.property(fc.webUrl(), fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '#') }), (url, end) => {
        for (const iri of [url, defaultVocabulary + end, `https://uri.etsi.org/ngsi-ld/${end}`]) {
          expect(iriOf(nameOf(iri))).toBe(iri);
        }
      }),
    );
  });
});

describe('names that are kept by a default context', () => {
  const given = async (context: JsonObject) => keptNames((await contexts.parse(context)).terms);

  test('are its terms, and one for each IRI', async () => {
    const arbitraryName = fc.oneof(
      arbitraryIri,
      fc.constantFrom(...terms, 'unknown').map((term) => defaultVocabulary + term),
    );
    await fc.assert(
      fc.asyncProperty(arbitraryContext, arbitraryContext, arbitraryName, async (byDefault, context, iri) => {
        const names = await given(byDefault);
        expect(names.iriOf(names.nameOf(iri))).toBe(iri);
        const { expand, compact } = contextVocabulary(await contexts.parse(context), names);
        expect(expand(compact(names.nameOf(iri)))).toBe(names.nameOf(iri));
      }),
      { numRuns: 500 },
    );
  });

  test('are what a client of that context says, and other clients reach them by their own terms', async () => {
    const iri = 'https://example.org/temperature';
    const names = await given({ temperature: iri });
    const same = contextVocabulary(await contexts.parse({ temperature: iri }), names);
    expect([same.expand('temperature'), same.compact('temperature')]).toEqual(['temperature', 'temperature']);
    const other = contextVocabulary(await contexts.parse({ t: iri }), names);
    expect([other.expand('t'), other.compact('temperature')]).toEqual(['temperature', 't']);
    const core = contextVocabulary({ terms: new Map(), prefixes: new Map() }, names);
    expect([core.compact('temperature'), core.expand(iri)]).toEqual([iri, 'temperature']);
    expect(core.expand('temperature')).toBe(`${defaultVocabulary}temperature`);
    expect(core.compact(`${defaultVocabulary}temperature`)).toBe('temperature');
  });

  test('are the best of several terms; core terms stay what they are', async () => {
    const names = await given({ temp: 'https://e.org/t', temperature: 'https://e.org/t', location: 'https://e.org/l' });
    expect(['https://e.org/t', 'https://e.org/l'].map(names.nameOf)).toEqual(['temp', 'https://e.org/l']);
    expect(['temp', 'temperature', 'location'].map(names.iriOf)).toEqual([
      'https://e.org/t',
      `${defaultVocabulary}temperature`,
      'https://uri.etsi.org/ngsi-ld/location',
    ]);
  });
});

describe('terms with a colon of a default context', () => {
  const arbitraryTerms = fc.dictionary(
    fc.constantFrom('ex:temperature', 'ex:t', 't', 'temperature'),
    fc.constantFrom('https://example.org/ns#temperature', 'ex:temperature', 'ex:t', `${defaultVocabulary}t`),
    { noNullPrototype: true },
  );
  const arbitraryName = fc.constantFrom(
    'https://example.org/ns#temperature',
    'ex:temperature',
    'ex:t',
    `${defaultVocabulary}t`,
  );

  test('are no names: each name leads back to its IRI, and each IRI to its name', () => {
    fc.assert(
      fc.property(arbitraryTerms, arbitraryName, (terms, iri) => {
        const names = keptNames(new Map(Object.entries(terms)));
        expect(names.iriOf(names.nameOf(iri))).toBe(iri);
        expect(names.nameOf(names.iriOf('ex:t'))).toBe(names.nameOf('ex:t'));
      }),
    );
  });

  test('are kept as the IRIs that they are short for, and answers have them in short', async () => {
    const context = await contexts.parse({ ex: 'https://example.org/ns#', 'ex:t': 'https://example.org/ns#t' });
    const names = keptNames(context.terms);
    const { expand, compact } = contextVocabulary(context, names);
    expect(expand('ex:t')).toBe('https://example.org/ns#t');
    expect(compact('https://example.org/ns#t')).toBe('ex:t');
    expect(names.iriOf('https://example.org/ns#t')).toBe('https://example.org/ns#t');
  });
});

describe('contexts', () => {
  test('are the core one under all its URLs [LD 4.4]', async () => {
    expect([...coreContextUrls].map((url) => url.slice('https://uri.etsi.org/ngsi-ld/v1/'.length))).toEqual([
      'ngsi-ld-core-context.jsonld',
      ...[3, 4, 5, 6, 7, 8, 9].map((version) => `ngsi-ld-core-context-v1.${version}.jsonld`),
    ]);
    const { terms } = await contexts.parse([coreContextUrl, { a: 'https://example.org/a' }]);
    expect([terms.get('a'), terms.get('location')]).toEqual([
      'https://example.org/a',
      'https://uri.etsi.org/ngsi-ld/location',
    ]);
  });

  test.each([
    [
      { a: { '@id': 'https://example.org/a', '@context': {} } },
      '@context: the term a has a context of its own, which NGSI-LD does not allow',
    ],
    [7, '@context: a context is a URL, an object of terms, or an array of these'],
  ])('%j is refused [LD 5.5.7]', async (context, description) => {
    await expect(contexts.parse(context as JsonValue)).rejects.toMatchObject({
      reason: { kind: 'invalidContext', description },
    });
  });

  test('that mean nothing are refused with the reason of the library', async () => {
    await expect(contexts.parse({ a: 'a:b', b: { '@id': 7 } } as never)).rejects.toMatchObject({
      reason: { kind: 'invalidContext' },
    });
  });
});
