import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonLdContexts } from '../../../src/adapters/contexts/json-ld-contexts.ts';
import type { Broker } from '../../../src/broker/broker.ts';
import { UsedContexts } from '../../../src/broker/contexts/used-contexts.ts';
import type { Entity } from '../../../src/core/entity/entity.ts';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import type { TenantName } from '../../../src/core/scope.ts';
import { coreContext, isCoreContextUrl } from '../../../src/dialects/ngsi-ld/context/core-context.ts';
import { parseView, viewParameters } from '../../../src/dialects/ngsi-ld/query/entity-view.ts';
import { parseParameters } from '../../../src/dialects/ngsi-ld/query/parameters.ts';
import { projectionOf } from '../../../src/dialects/ngsiv2/projection.ts';
import { renderRecords } from '../../../src/http/ngsi-ld/entity-answer.ts';
import { requestContext } from '../../../src/http/ngsi-ld/request-context.ts';
import { renderedEntity } from '../../../src/http/ngsiv2/rendered-entity.ts';
import type { EntityRecord } from '../../../src/ports/entity-store.ts';
import { arbitraryEntity } from '../../support/arbitrary-entity.ts';

/** What is behind the one URL at the moment. */
let published: JsonObject = {};

const contexts = new JsonLdContexts({
  documents: {
    get: (url) => Promise.resolve({ document: { '@context': published }, staleAt: Number.POSITIVE_INFINITY, key: url }),
  },
  used: new UsedContexts(),
  core: coreContext,
  isCore: isCoreContextUrl,
  now: () => 0,
  parsedForMs: 1000,
  defaultFor: (tenant) => (tenant === 'renamed' ? { a: 'https://example.org/a' } : undefined),
});

const tenants = ['', 'renamed'] as TenantName[];
const userContexts: readonly (JsonValue | undefined)[] = [
  undefined,
  'https://example.org/context.jsonld',
  { a: 'https://example.org/a' },
  { letter: 'https://uri.etsi.org/ngsi-ld/default-context/a', Place: 'https://example.org/Room' },
];
const views = [
  '',
  'format=normalized',
  'format=concise',
  'options=keyValues',
  'options=sysAttrs',
  'format=simplified&options=sysAttrs',
  'lang=en',
  'attrs=a',
  'omit=b',
];

interface Ask {
  /** What is behind the URL of a context when this is asked. */
  readonly published: JsonObject;
  readonly user: JsonValue | undefined;
  readonly view: string;
  readonly type: 'application/json' | 'application/ld+json' | 'application/geo+json';
}

const arbitraryAsk: fc.Arbitrary<Ask> = fc.record({
  published: fc.constantFrom<JsonObject[]>({ a: 'https://example.org/a' }, { b: 'https://example.org/a' }),
  user: fc.constantFrom(...userContexts),
  view: fc.constantFrom(...views),
  type: fc.constantFrom('application/json', 'application/ld+json', 'application/geo+json'),
});

async function answered(record: EntityRecord, tenant: TenantName, ask: Ask): Promise<string | undefined> {
  const { user, view, type } = ask;
  if (published !== ask.published) {
    published = ask.published;
    contexts.forget();
  }
  const context = await requestContext(user, tenant, contexts);
  const shown = parseView(parseParameters(view, viewParameters), context.vocabulary);
  const ld = {
    broker: undefined as unknown as Broker,
    scope: { tenant, scopes: [], scope: undefined, correlator: '' },
    context,
  };
  const withContext = type !== 'application/json';
  const [text] = await renderRecords(ld, [record], { view: shown, type, geometryProperty: 'location', withContext });
  return text;
}

const recordOf = (entity: Entity): EntityRecord => ({ sequence: 1, entity, memo: new Map() });

describe('a rendering that is kept', () => {
  test('is what a new one would be, whatever was asked of the entity before, in either dialect, and whatever contexts said then', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryEntity,
        fc.constantFrom(...tenants),
        fc.array(arbitraryAsk, { minLength: 2, maxLength: 12 }),
        async (entity, tenant, asks) => {
          const record = recordOf(entity);
          const inV2 = projectionOf([], [], new Set());
          for (const ask of asks) {
            expect(await answered(record, tenant, ask)).toBe(await answered(recordOf(entity), tenant, ask));
            expect(renderedEntity(record, inV2)).toBe(renderedEntity(recordOf(entity), inV2));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
