import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { contextVocabulary } from '../../../src/dialects/ngsi-ld/context/context-vocabulary.ts';
import { keptNames } from '../../../src/dialects/ngsi-ld/context/kept-names.ts';
import {
  type ParsedSubscription,
  parseSubscription,
  parseSubscriptionFragment,
} from '../../../src/dialects/ngsi-ld/subscriptions/parse-subscription.ts';
import { renderSubscription } from '../../../src/dialects/ngsi-ld/subscriptions/render-subscription.ts';
import type { SubscriptionDocument } from '../../../src/dialects/ngsi-ld/subscriptions/subscription-document.ts';
import { restoreTerms } from '../../../src/dialects/ngsi-ld/subscriptions/subscription-terms.ts';
import { noon } from '../../support/entity-builder.ts';
import { aStoredSubscription } from '../../support/stored-subscription.ts';

const term = fc.constantFrom('temperature', 'Room', 'name', 'location', 'ex:level', 'toString');
const iri = fc.constantFrom(
  'https://example.org/a',
  'https://example.org/b',
  'urn:x:c',
  'https://uri.etsi.org/ngsi-ld/name',
);

/** A context, perhaps for a tenant with a default one. */
const vocabulary = fc
  .tuple(
    fc.array(fc.tuple(term, iri), { maxLength: 5 }),
    fc.array(fc.tuple(fc.constantFrom('temperature', 'name', 'level'), iri), { maxLength: 3 }),
    fc.constantFrom(new Map<string, string>(), new Map([['ex', 'https://example.org/']])),
  )
  .map(([terms, byDefault, prefixes]) =>
    contextVocabulary({ terms: new Map(terms), prefixes }, keptNames(new Map(byDefault))),
  );

const name = fc.constantFrom('temperature', 'name', 'ex:level', 'https://example.org/a', 'toString');

const body = fc
  .record(
    {
      entities: fc.array(
        fc.record(
          { type: fc.constantFrom('Room', 'Room|Hall', '(Room;Hall)', 'ex:Room'), id: fc.constant('urn:x:1') },
          { requiredKeys: ['type'] },
        ),
        { minLength: 1, maxLength: 3 },
      ),
      q: fc
        .tuple(name, name)
        .map(([a, b]) => `${a}>1;${b}=="temperature"|${a}.${b}==ex:level|!name[temperature]`.replace('|!', '|')),
      geoQ: fc.constant({ georel: 'within', geometry: 'Point', coordinates: [1, 2], geoproperty: 'ex:level' }),
      csf: fc.constant('temperature==1'),
      expandValues: fc.constant('name'),
      notificationTrigger: fc.constant(['entityDeleted']),
      throttling: fc.constantFrom(1, 0.5),
    },
    { requiredKeys: ['entities'], noNullPrototype: true },
  )
  .chain((members) =>
    fc
      .tuple(
        fc.array(name, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(
          {},
          { attributes: ['temperature'] },
          { pick: ['id', 'ex:level{name}'], join: 'inline' },
          { omit: ['name'] },
        ),
      )
      .map(
        ([watchedAttributes, shown]): JsonObject => ({
          type: 'Subscription',
          ...members,
          watchedAttributes,
          notification: { ...shown, endpoint: { uri: 'http://example.org' } },
        }),
      ),
  );

const limits = { filterLength: 10_000 };
const reading = { context: undefined, contextUrl: undefined, limits, now: noon };

/** Patterns and maps as texts. */
function plain(terms: object): unknown {
  return JSON.parse(
    JSON.stringify(terms, (_key, value) => (value instanceof Map || value instanceof Set ? ['of', ...value] : value)),
  );
}

/** As a store gives it back. */
function stored({ document }: ParsedSubscription): SubscriptionDocument {
  return JSON.parse(JSON.stringify(document));
}

describe('A subscription that was stored', () => {
  test('means what it meant when its context was at hand', () => {
    fc.assert(
      fc.property(body, vocabulary, (given, of) => {
        const parsed = parseSubscription(given, { ...reading, vocabulary: of });
        expect(plain(restoreTerms(stored(parsed)))).toEqual(plain(parsed.terms));
      }),
      { numRuns: 200 },
    );
  });

  test('keeps that where another member is changed in another context', () => {
    fc.assert(
      fc.property(body, vocabulary, vocabulary, (given, of, other) => {
        const before = parseSubscription(given, { ...reading, vocabulary: of });
        const fragment = { watchedAttributes: ['temperature'] };
        const after = parseSubscriptionFragment(stored(before), fragment, {
          ...reading,
          vocabulary: other,
          isExpired: false,
        });
        const watched = [other.expand('temperature')];
        expect(plain(after.terms)).toEqual(plain({ ...before.terms, watched }));
        expect(plain(restoreTerms(stored(after)))).toEqual(plain(after.terms));
      }),
      { numRuns: 200 },
    );
  });

  test('can be made again from what its reader is shown', () => {
    fc.assert(
      fc.property(body, vocabulary, (given, of) => {
        const parsed = parseSubscription(given, { ...reading, vocabulary: of });
        const document = stored(parsed) as JsonObject;
        const shown = JSON.parse(
          renderSubscription(aStoredSubscription({ document }), { vocabulary: of, sysAttrs: true, now: noon }),
        );
        delete shown.jsonldContext;
        expect(plain(parseSubscription(shown, { ...reading, vocabulary: of }).terms)).toEqual(plain(parsed.terms));
      }),
      { numRuns: 200 },
    );
  });
});
