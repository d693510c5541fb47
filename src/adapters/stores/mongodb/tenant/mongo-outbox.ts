import type { Document, Filter } from 'mongodb';
import type { EpochMs } from '../../../../core/entity/entity.ts';
import type { ChangeFacts } from '../../../../core/subscription/notification-facts.ts';
import type {
  DeadLetterPage,
  DeadLetterSelection,
  Outbox,
  OwedNotification,
  Settlement,
} from '../../../../ports/outbox.ts';
import { encodeText } from '../form/text-form.ts';
import { refusing } from '../refuse-failure.ts';
import type { TenantCollections } from './collections.ts';
import type { OutboxLedger } from './outbox-ledger.ts';
import { type ChangeForm, decodeDeadLetter, decodeFacts, decodeOwed, type OwedForm } from './owed-form.ts';

/** What one tenant owes: a document a notification, written by the commits of entities. */
export class MongoOutbox implements Outbox {
  readonly #collections: TenantCollections;
  readonly #ledger: OutboxLedger;
  /** Hears which notifications a page has given. */
  readonly #paged: (ids: readonly number[]) => void;

  constructor(collections: TenantCollections, ledger: OutboxLedger, paged: (ids: readonly number[]) => void) {
    this.#collections = collections;
    this.#ledger = ledger;
    this.#paged = paged;
  }

  get size(): number {
    return this.#ledger.size;
  }

  backlog(): Promise<ReadonlyMap<string, number>> {
    return refusing(async () => {
      const groups = this.#owed.aggregate<{ _id: string; count: number }>([
        { $match: { diedAt: { $exists: false } } },
        { $group: { _id: '$subscription', count: { $sum: 1 } } },
        { $sort: { _id: 1 } },
      ]);
      return new Map((await groups.toArray()).map(({ _id, count }) => [_id, count]));
    });
  }

  page(subscriptionId: string, after: number, limit: number): Promise<readonly OwedNotification[]> {
    return refusing(async () => {
      const filter = { subscription: encodeText(subscriptionId), _id: { $gt: after }, diedAt: { $exists: false } };
      const forms = await this.#owed.find(filter).sort({ _id: 1 }).limit(limit).toArray();
      this.#paged(forms.map(({ _id }) => _id));
      return this.decode(forms);
    });
  }

  settle(settlements: readonly Settlement[]): Promise<void> {
    return refusing(async () => {
      const done = settlements.filter(({ kind }) => kind === 'done').map(({ id }) => id);
      const deaths = settlements.filter((settlement) => settlement.kind === 'dead');
      if (deaths.length > 0) {
        const operations = deaths.map(({ id, at, attempts, reason }) => ({
          updateOne: {
            filter: { _id: id },
            update: { $set: { diedAt: new Date(at), attempts, reason: encodeText(reason) } },
          },
        }));
        await this.#owed.bulkWrite(operations, { ordered: false });
      }
      if (done.length > 0) await this.#forget({ _id: { $in: done } });
    });
  }

  deadLetters(selection: DeadLetterSelection, offset: number, limit: number): Promise<DeadLetterPage> {
    return refusing(async () => {
      const filter = deadOnes(selection);
      const [forms, count] = await Promise.all([
        limit === 0 ? [] : this.#owed.find(filter).sort({ _id: 1 }).skip(offset).limit(limit).toArray(),
        this.#owed.countDocuments(filter),
      ]);
      const factsOf = await this.#factsOf(forms);
      return { letters: forms.map((form) => decodeDeadLetter(form, factsOf(form))), count };
    });
  }

  replay(selection: DeadLetterSelection, now: EpochMs, limit: number): Promise<readonly OwedNotification[]> {
    return refusing(async () => {
      const dead = this.#owed
        .find(deadOnes(selection), { projection: { _id: 1 } })
        .sort({ _id: 1 })
        .limit(limit);
      const ids = (await dead.toArray()).map(({ _id }) => _id);
      if (ids.length === 0) return [];
      const update = {
        $set: { since: new Date(now) },
        $unset: { diedAt: true, attempts: true, reason: true },
      } as const;
      await this.#owed.updateMany({ _id: { $in: ids }, diedAt: { $exists: true } }, update);
      return this.decode(
        await this.#owed
          .find({ _id: { $in: ids } })
          .sort({ _id: 1 })
          .toArray(),
      );
    });
  }

  purge(selection: DeadLetterSelection): Promise<number> {
    return refusing(() => this.#forget(deadOnes(selection)));
  }

  /** Forgets all that a subscription is owed, dead letters included. */
  async removeOf(subscriptionId: string): Promise<void> {
    await this.#forget({ subscription: encodeText(subscriptionId) });
  }

  /** Notifications as they are stored with the facts of their changes; those whose change is gone are settled, and left out. */
  async decode(forms: readonly OwedForm[]): Promise<readonly OwedNotification[]> {
    const factsOf = await this.#factsOf(forms);
    return forms.map((form) => decodeOwed(form, factsOf(form)));
  }

  get #owed() {
    return this.#collections.named<OwedForm>('owed');
  }

  async #forget(filter: Filter<OwedForm>): Promise<number> {
    const shared = await this.#owed.distinct('change', { ...filter, change: { $exists: true } } as Document);
    const { deletedCount } = await this.#owed.deleteMany(filter);
    this.#ledger.add(-deletedCount);
    if (shared.length > 0) await this.#forgetChanges(shared.map(Number));
    return deletedCount;
  }

  /** Of these changes those that nobody is owed any more. A crash before leaves them behind, where they do no harm. */
  async #forgetChanges(ids: readonly number[]): Promise<void> {
    const left = new Set(await this.#owed.distinct('change', { change: { $in: [...ids] } }));
    const gone = ids.filter((id) => !left.has(id));
    if (gone.length > 0) await this.#collections.named<ChangeForm>('changes').deleteMany({ _id: { $in: gone } });
  }

  /** Facts by notification: one object a change. */
  async #factsOf(forms: readonly OwedForm[]): Promise<(form: OwedForm) => ChangeFacts> {
    const ids = new Set(forms.flatMap(({ change }) => (change === undefined ? [] : [change])));
    const changes =
      ids.size === 0
        ? []
        : await this.#collections
            .named<ChangeForm>('changes')
            .find({ _id: { $in: [...ids] } })
            .toArray();
    const shared = new Map(changes.map(({ _id, last: _last, ...facts }) => [_id, decodeFacts(facts)]));
    return ({ _id, facts, change }) => {
      const found = facts === undefined ? shared.get(change ?? Number.NaN) : decodeFacts(facts);
      if (found === undefined) throw new Error(`the change of the notification ${_id} is not there`);
      return found;
    };
  }
}

function deadOnes({ ids, subscriptionId, after }: DeadLetterSelection): Filter<OwedForm> {
  return {
    diedAt: { $exists: true },
    ...((ids !== undefined || after !== undefined) && {
      _id: { ...(ids !== undefined && { $in: [...ids] }), ...(after !== undefined && { $gt: after }) },
    }),
    ...(subscriptionId !== undefined && { subscription: encodeText(subscriptionId) }),
  };
}
