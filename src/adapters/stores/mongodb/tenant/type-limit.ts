import { Refusal } from '../../../../core/errors.ts';
import { encodeText } from '../form/text-form.ts';
import type { TenantCollections } from './collections.ts';

/** Which types there are has to be asked before the command can decide. */
export class TypesUnknown extends Error {}

/** Keeps the entity types of a tenant below their limit. What other brokers bring counts when it is looked at anew. */
export class TypeLimit {
  readonly #collections: TenantCollections;
  readonly #limit: number;
  #known: Set<string> | undefined;
  #isFresh = false;

  constructor(collections: TenantCollections, limit: number) {
    this.#collections = collections;
    this.#limit = limit;
  }

  /** Refuses with `limitReached` a type for which there is no place; throws `TypesUnknown` where `refresh` must be called first. */
  admit(types: readonly string[]): void {
    const known = this.#known;
    if (known === undefined) throw new TypesUnknown();
    const added = types.map(encodeText).filter((type) => !known.has(type));
    if (added.length === 0) return;
    if (known.size >= this.#limit) {
      // A type that is gone may have left its place.
      if (!this.#isFresh) throw new TypesUnknown();
      throw new Refusal({ kind: 'limitReached', what: 'entity types', limit: this.#limit });
    }
    for (const type of added) known.add(type);
  }

  /** Asks MongoDB. Cost: by types, not by entities. */
  async refresh(): Promise<void> {
    this.#known = new Set(await this.#collections.entities.distinct('type'));
    this.#isFresh = true;
  }

  /** From now on types may be gone again. */
  settle(): void {
    this.#isFresh = false;
  }
}
