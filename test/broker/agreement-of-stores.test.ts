import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openEmbeddedStores } from '../../src/adapters/stores/embedded/embedded-stores.ts';
import type { Broker } from '../../src/broker/broker.ts';
import { batchUpdate } from '../../src/broker/entities/batch-update.ts';
import { createEntity } from '../../src/broker/entities/create-entity.ts';
import { deleteEntities } from '../../src/broker/entities/delete-entities.ts';
import { deleteEntity } from '../../src/broker/entities/delete-entity.ts';
import { expireEntities } from '../../src/broker/entities/expire-entities.ts';
import { mutateEntity } from '../../src/broker/entities/mutate-entity.ts';
import type { BatchAction } from '../../src/core/change/batch-action.ts';
import type { EntityDraft } from '../../src/core/change/entity-draft.ts';
import { Refusal } from '../../src/core/errors.ts';
import type { RequestScope } from '../../src/core/scope.ts';
import { arbitraryInstant } from '../support/arbitrary-entity.ts';
import { arbitraryMutation, arbitraryWrites } from '../support/arbitrary-mutation.ts';
import { arbitraryFilter } from '../support/arbitrary-query.ts';
import { aBroker, defaultTenant, everything, everywhere, inScope } from '../support/plain-broker.ts';
import { storeSettings } from '../support/store-settings.ts';
import { plainly } from '../support/write-builder.ts';

/* Random requests to two brokers that differ in the store alone: the embedded engine, and the plain one that serves as oracle. */

interface Request {
  readonly name: string;
  run(broker: Broker): Promise<unknown>;
}

const arbitraryScope: fc.Arbitrary<RequestScope> = fc.constantFrom(inScope('/'), inScope('/a'), everywhere);

const arbitraryType = fc.option(fc.constantFrom('Room', 'Car'), { nil: undefined });

const arbitraryRef = fc
  .tuple(fc.constantFrom('a', 'b', 'c'), arbitraryType)
  .map(([id, type]) => ({ id, ...(type !== undefined && { type }) }));

const arbitraryDraft: fc.Arbitrary<EntityDraft> = fc
  .tuple(arbitraryRef, arbitraryWrites, fc.option(arbitraryInstant, { nil: undefined }))
  .map(([{ id, type }, writes, expiresAt]) => ({
    id,
    types: type === undefined ? [] : [type],
    writes,
    ...(expiresAt !== undefined && { expiresAt }),
  }));

/** Requests that are one write each, so their order is that of the calls. */
const arbitraryWriteRequest: fc.Arbitrary<Request> = fc.oneof(
  fc.tuple(arbitraryScope, arbitraryDraft, fc.boolean()).map(([scope, draft, upsert]) => ({
    name: `create ${draft.id}`,
    run: (broker: Broker) => createEntity(broker, scope, draft, { ...plainly, upsert }),
  })),
  fc.tuple(arbitraryScope, arbitraryRef, arbitraryMutation).map(([scope, ref, mutation]) => ({
    name: `${mutation.kind} ${ref.id}`,
    run: (broker: Broker) => mutateEntity(broker, scope, ref, mutation),
  })),
  fc
    .tuple(
      arbitraryScope,
      fc.constantFrom<BatchAction>('append', 'appendStrict', 'update', 'delete', 'replace'),
      fc.array(arbitraryDraft, { maxLength: 4 }),
    )
    .map(([scope, action, drafts]) => ({
      name: `${action} ${drafts.map(({ id }) => id)}`,
      run: (broker: Broker) => batchUpdate(broker, scope, action, drafts, plainly),
    })),
  fc.tuple(arbitraryScope, arbitraryRef).map(([scope, ref]) => ({
    name: `delete ${ref.id}`,
    run: (broker: Broker) => deleteEntity(broker, scope, ref),
  })),
);

/** Requests that look first and write then. */
const arbitrarySweep: fc.Arbitrary<Request> = fc.oneof(
  arbitraryFilter.map((filter) => ({
    name: 'delete by query',
    run: (broker: Broker) =>
      deleteEntities(broker, everywhere, { selectors: [], scopes: [], filter }, { dryRun: false }),
  })),
  fc.constant({ name: 'expire', run: expireEntities }),
);

async function outcomeOf(request: Promise<unknown>): Promise<unknown> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
}

async function stateOf(broker: Broker) {
  const { records } = await broker.stores.tenant(defaultTenant).entities.find({ ...everything, limit: 1000 });
  return records.map(({ entity }) => entity);
}

async function onBothBrokers(claim: (oracle: Broker, embedded: Broker) => Promise<void>): Promise<void> {
  const oracle = aBroker();
  const stores = await openEmbeddedStores({ ...storeSettings, directory: undefined });
  try {
    await claim(oracle, { ...oracle, stores });
  } finally {
    await stores.close();
  }
}

describe('The embedded engine and the plain store', () => {
  it('answer the same requests alike and end with the same entities', async () => {
    const arbitraryRequest = fc.oneof(
      { weight: 5, arbitrary: arbitraryWriteRequest },
      { weight: 1, arbitrary: arbitrarySweep },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryRequest, { minLength: 1, maxLength: 12 }), (requests) =>
        onBothBrokers(async (oracle, embedded) => {
          for (const { name, run } of requests) {
            expect([name, await outcomeOf(run(embedded))]).toEqual([name, await outcomeOf(run(oracle))]);
          }
          expect(await stateOf(embedded)).toEqual(await stateOf(oracle));
        }),
      ),
      { numRuns: 150 },
    );
  });

  it('do so too when the requests come all at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryWriteRequest, { minLength: 1, maxLength: 12 }), (requests) =>
        onBothBrokers(async (oracle, embedded) => {
          const together = await Promise.all(requests.map(({ run }) => outcomeOf(run(embedded))));
          const inTurn = [];
          for (const { run } of requests) inTurn.push(await outcomeOf(run(oracle)));
          expect(together).toEqual(inTurn);
          expect(await stateOf(embedded)).toEqual(await stateOf(oracle));
        }),
      ),
      { numRuns: 150 },
    );
  });
});
