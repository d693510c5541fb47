import type { Collection, Db, Document, IndexDescription } from 'mongodb';
import type { EntityForm } from '../form/entity-form.ts';

/** What the collections of a tenant are called, and by what they are found; docs/stored-model.md says what for. */
const indexes = {
  entities: [
    { key: { id: 1, twin: 1 }, name: 'identity', unique: true },
    { key: { type: 1, _id: 1 }, name: 'type' },
    { key: { scope: 1, _id: 1 }, name: 'scope' },
    { key: { places: 1 }, name: 'places', sparse: true },
    { key: { dueAt: 1 }, name: 'due', sparse: true },
    { key: { expiresAt: 1 }, name: 'expiry', sparse: true },
  ],
  subscriptions: [{ key: { position: 1 }, name: 'position' }],
  documents: [{ key: { '_id.kind': 1, position: 1 }, name: 'position' }],
  owed: [
    { key: { subscription: 1, _id: 1 }, name: 'subscription' },
    { key: { diedAt: 1 }, name: 'dead', sparse: true },
    { key: { change: 1 }, name: 'change', sparse: true },
  ],
  changes: [],
  counters: [],
  touches: [],
} as const satisfies Readonly<Record<string, readonly IndexDescription[]>>;

/** Indexes of `entities` by the form that they came with. A tenant that is older gets them from the migration to that form. */
const laterIndexes: Readonly<Record<number, readonly IndexDescription[]>> = {
  2: [{ key: { shape: 1 }, name: 'shape' }],
};

/** Indexes of `entities` by the first form that does without. An older tenant loses them once it is in that form. */
const formerIndexes: Readonly<Record<number, readonly IndexDescription[]>> = {
  2: [{ key: { type: 1, modifiedAt: 1 }, name: 'modified' }],
};

/** The indexes of `entities` that the form has and the one before it had not. */
export function indexesSince(form: number): readonly IndexDescription[] {
  return laterIndexes[form] ?? [];
}

export type CollectionName = keyof typeof indexes;

/** How a collection is made: its indexes come with it, so that none is ever built over what is there. */
export class TenantCollections {
  readonly #database: Db;
  /** As `TenantRegistry.settledForm`, once the tenant is there. */
  readonly #form: () => number;
  readonly #made = new Map<CollectionName, Promise<void>>();

  constructor(database: Db, form: () => number) {
    this.#database = database;
    this.#form = form;
  }

  get entities(): Collection<EntityForm> {
    return this.#database.collection('entities');
  }

  /** One of the others. */
  named<Form extends Document>(name: CollectionName): Collection<Form> {
    return this.#database.collection<Form>(name);
  }

  /** Makes the collections that are not there. Cost: once each, a few milliseconds. */
  async make(...names: readonly CollectionName[]): Promise<void> {
    await Promise.all(names.map((name) => this.#make(name)));
  }

  #make(name: CollectionName): Promise<void> {
    let made = this.#made.get(name);
    if (made === undefined) {
      made = this.#create(name);
      this.#made.set(name, made);
      made.catch(() => this.#made.delete(name));
    }
    return made;
  }

  #entityIndexes(): readonly IndexDescription[] {
    const form = this.#form();
    const later = Object.entries(laterIndexes).flatMap(([since, some]) => (Number(since) <= form ? some : []));
    const former = Object.entries(formerIndexes).flatMap(([until, some]) => (form < Number(until) ? some : []));
    return [...indexes.entities, ...later, ...former];
  }

  /** Brokers of the forms that had them do not run any more. */
  async #dropFormerIndexes(): Promise<void> {
    const kept = new Set(this.#entityIndexes().map(({ name }) => name));
    for (const { name = '' } of Object.values(formerIndexes).flat()) {
      if (kept.has(name)) continue;
      await this.#database
        .collection('entities')
        .dropIndex(name)
        .catch((error: { codeName?: string }) => {
          if (error.codeName !== 'IndexNotFound') throw error;
        });
    }
  }

  async #create(name: CollectionName): Promise<void> {
    const descriptions = name === 'entities' ? this.#entityIndexes() : indexes[name];
    if (descriptions.length > 0) {
      await this.#database.collection(name).createIndexes([...descriptions]);
      if (name === 'entities') await this.#dropFormerIndexes();
      return;
    }
    const [known] = await this.#database.listCollections({ name }, { nameOnly: true }).toArray();
    if (known !== undefined) return;
    await this.#database.createCollection(name).catch((error: { codeName?: string }) => {
      // Another broker was faster.
      if (error.codeName !== 'NamespaceExists') throw error;
    });
  }
}
