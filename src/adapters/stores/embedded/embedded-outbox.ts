import type { EpochMs } from '../../../core/entity/entity.ts';
import { Refusal } from '../../../core/errors.ts';
import type {
  DeadLetterPage,
  DeadLetterSelection,
  Outbox,
  OwedNotification,
  Settlement,
} from '../../../ports/outbox.ts';
import type { EmbeddedEntityStore } from './embedded-entity-store.ts';
import type { OutboxLedger } from './outbox-ledger.ts';
import { decodeDeadRows, decodeRows, type OutboxRows } from './outbox-rows.ts';

/** What one tenant owes: rows beside the entities, settled by the same commits. */
export class EmbeddedOutbox implements Outbox {
  readonly #rows: OutboxRows;
  readonly #ledger: OutboxLedger;
  readonly #commits: Pick<EmbeddedEntityStore, 'append'>;

  constructor(rows: OutboxRows, ledger: OutboxLedger, commits: Pick<EmbeddedEntityStore, 'append'>) {
    this.#rows = rows;
    this.#ledger = ledger;
    this.#commits = commits;
  }

  get size(): number {
    return this.#ledger.size;
  }

  async backlog(): Promise<ReadonlyMap<string, number>> {
    return new Map(await orUnavailable(this.#rows.backlog()));
  }

  async page(subscriptionId: string, after: number, limit: number): Promise<readonly OwedNotification[]> {
    return decodeRows(await orUnavailable(this.#rows.page(subscriptionId, after, limit)));
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    if (settlements.length > 0) await this.#commits.append({ settlements });
  }

  async deadLetters(selection: DeadLetterSelection, offset: number, limit: number): Promise<DeadLetterPage> {
    const { rows, count } = await orUnavailable(this.#rows.deadLetters(selection, offset, limit));
    return { letters: decodeDeadRows(rows), count };
  }

  async replay(selection: DeadLetterSelection, now: EpochMs, limit: number): Promise<readonly OwedNotification[]> {
    return decodeRows(await orUnavailable(this.#rows.replay(selection, now, limit)));
  }

  async purge(selection: DeadLetterSelection): Promise<number> {
    const { purged, owed } = await orUnavailable(this.#rows.purge(selection));
    this.#ledger.count(owed);
    return purged;
  }
}

/** What a commit says of a disk that fails, for calls that are none. */
async function orUnavailable<Reply>(call: Promise<Reply>): Promise<Reply> {
  try {
    return await call;
  } catch (error) {
    const description = error instanceof Error ? error.message : String(error);
    throw new Refusal({
      kind: 'storeUnavailable',
      description: `the outbox cannot be read or written: ${description}`,
    });
  }
}
