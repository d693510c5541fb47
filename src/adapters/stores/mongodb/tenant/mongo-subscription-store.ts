import type { JsonObject } from '../../../../core/json.ts';
import type { StoredSubscription } from '../../../../core/subscription/subscription.ts';
import type { SubscriptionStore } from '../../../../ports/subscription-store.ts';
import { decodeObject, encodeObject, type JsonForm } from '../form/json-form.ts';
import { decodeText, encodeText } from '../form/text-form.ts';
import { isConflict, refusing } from '../refuse-failure.ts';
import type { TenantCollections } from './collections.ts';
import type { Counters } from './counters.ts';
import type { MongoOutbox } from './mongo-outbox.ts';

/** A subscription as a document of the collection `subscriptions`: the state, which changes often, apart from the rest. */
interface SubscriptionForm {
  readonly _id: string;
  /** Place in the order of creation. */
  readonly position: number;
  /** Another one with every put. */
  readonly revision: string;
  readonly subscription: { readonly [field: string]: JsonForm };
  readonly state: { readonly [field: string]: JsonForm };
}

export interface SubscriptionStoreParts {
  readonly collections: TenantCollections;
  readonly counters: Counters;
  readonly outbox: MongoOutbox;
  /** Called before the first write; may refuse. */
  readonly admit: () => Promise<void>;
  /** A text that no write was ever given. */
  readonly newRevision: () => string;
}

/** The subscriptions of one tenant, which every broker writes. */
export class MongoSubscriptionStore implements SubscriptionStore {
  readonly #parts: SubscriptionStoreParts;
  /** Of the subscriptions as this broker knows them. */
  readonly #revisions = new Map<string, string>();

  constructor(parts: SubscriptionStoreParts) {
    this.#parts = parts;
  }

  list(): Promise<readonly StoredSubscription[]> {
    return refusing(async () =>
      (await this.#stored.find().sort({ position: 1 }).toArray()).map((form) => this.#know(form)),
    );
  }

  get(id: string): Promise<StoredSubscription | undefined> {
    return refusing(async () => {
      const form = await this.#stored.findOne({ _id: encodeText(id) });
      if (form === null) this.#revisions.delete(id);
      return form === null ? undefined : this.#know(form);
    });
  }

  put({ revision: _before, ...stored }: StoredSubscription): Promise<StoredSubscription> {
    return refusing(async () => {
      await this.#parts.admit();
      await this.#parts.collections.make('subscriptions');
      const revision = this.#parts.newRevision();
      const { state, ...subscription } = stored;
      const content = {
        revision,
        subscription: encodeObject(subscription as unknown as JsonObject),
        state: encodeObject(state as unknown as JsonObject),
      };
      const { id } = subscription;
      while (!(await this.#replace(id, content)) && !(await this.#insert(id, content)));
      this.#revisions.set(id, revision);
      return { ...stored, revision };
    });
  }

  remove(id: string): Promise<void> {
    return refusing(async () => {
      await this.#stored.deleteOne({ _id: encodeText(id) });
      this.#revisions.delete(id);
      await this.#parts.outbox.removeOf(id);
    });
  }

  saveStates(subscriptions: readonly StoredSubscription[]): Promise<void> {
    return refusing(async () => {
      if (subscriptions.length === 0) return;
      const operations = subscriptions.map(({ id, revision, state }) => {
        const filter = { _id: encodeText(id), ...(revision !== undefined && { revision }) };
        return { updateOne: { filter, update: { $set: { state: encodeObject(state as unknown as JsonObject) } } } };
      });
      await this.#stored.bulkWrite(operations, { ordered: false });
    });
  }

  /** Ids of those that stand in another revision than this broker knows, new ones and gone ones among them. */
  async changedElsewhere(): Promise<readonly string[]> {
    const standing = new Map<string, string>();
    for await (const { _id, revision } of this.#stored.find({}, { projection: { revision: 1 } })) {
      standing.set(decodeText(_id), revision);
    }
    const changed = [...standing].filter(([id, revision]) => this.#revisions.get(id) !== revision).map(([id]) => id);
    return [...changed, ...[...this.#revisions.keys()].filter((id) => !standing.has(id))];
  }

  get #stored() {
    return this.#parts.collections.named<SubscriptionForm>('subscriptions');
  }

  /** Answers whether it was there. */
  async #replace(id: string, content: Omit<SubscriptionForm, '_id' | 'position'>): Promise<boolean> {
    return (await this.#stored.updateOne({ _id: encodeText(id) }, { $set: content })).matchedCount === 1;
  }

  /** Answers whether it was not. */
  async #insert(id: string, content: Omit<SubscriptionForm, '_id' | 'position'>): Promise<boolean> {
    const { position } = await this.#parts.counters.reserve({ position: 1 });
    try {
      await this.#stored.insertOne({ _id: encodeText(id), position, ...content });
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  }

  #know({ _id, revision, subscription, state }: SubscriptionForm): StoredSubscription {
    this.#revisions.set(decodeText(_id), revision);
    return { ...decodeObject(subscription), state: decodeObject(state), revision } as unknown as StoredSubscription;
  }
}
