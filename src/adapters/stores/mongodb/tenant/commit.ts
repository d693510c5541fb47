import type { AnyBulkWriteOperation, ClientSession, MongoClient } from 'mongodb';
import { MongoError } from 'mongodb';
import type { EntityForm } from '../form/entity-form.ts';
import type { TenantCollections } from './collections.ts';
import type { ChangeForm, OwedForm } from './owed-form.ts';

/** What goes to MongoDB in one commit. */
export interface Commit {
  readonly entities: readonly AnyBulkWriteOperation<EntityForm>[];
  readonly owed: readonly OwedForm[];
  readonly changes: readonly ChangeForm[];
}

/** Somebody else has changed one of the entities since they were read: nothing of the commit was written. */
export class CommitConflict extends Error {}

/** How often the outcome of a commit is asked for that nobody told. */
const maxCommitRetries = 5;

/**
 * Writes all of it or nothing, durably: a majority has it once this resolves. Throws a `CommitConflict` where an entity is not any more as its
 * operation has it.
 *
 * Cost: one round trip for one entity alone, as MongoDB writes a single document whole; else a transaction: one for the entities, one
 * or two for what is owed, and one for the commit itself.
 */
export async function commitToMongo(
  client: MongoClient,
  collections: TenantCollections,
  commit: Commit,
): Promise<void> {
  if (commit.entities.length === 1 && commit.owed.length === 0) {
    await writeEntities(collections, commit);
    return;
  }
  await client.withSession(async (session) => {
    session.startTransaction();
    try {
      await writeEntities(collections, commit, session);
      if (commit.changes.length > 0) {
        await collections.named<ChangeForm>('changes').insertMany([...commit.changes], { session });
      }
      if (commit.owed.length > 0) await collections.named<OwedForm>('owed').insertMany([...commit.owed], { session });
    } catch (error) {
      await session.abortTransaction().catch(() => undefined);
      throw error;
    }
    await finish(session);
  });
}

async function writeEntities(
  collections: TenantCollections,
  { entities }: Commit,
  session?: ClientSession,
): Promise<void> {
  if (entities.length === 0) return;
  const options = session === undefined ? {} : { session, ordered: true };
  const { matchedCount, insertedCount, deletedCount } = await collections.entities.bulkWrite([...entities], options);
  if (matchedCount + insertedCount + deletedCount !== entities.length) throw new CommitConflict();
}

/** Asks again where the answer was lost: MongoDB commits a transaction once, however often it is asked to. */
async function finish(session: ClientSession): Promise<void> {
  for (let retries = 0; ; retries++) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      const isUnknown = error instanceof MongoError && error.hasErrorLabel('UnknownTransactionCommitResult');
      if (!isUnknown || retries >= maxCommitRetries) throw error;
    }
  }
}
