import type { Entity } from '../entity/entity.ts';
import type { EntitySelector } from '../query/query.ts';
import type { TextPattern } from '../query/text-pattern.ts';
import { Multimap } from './multimap.ts';
import { PatternShelf } from './pattern-shelf.ts';
import { requiredText } from './required-text.ts';
import type { Subscription } from './subscription.ts';

/** A subscription and its place in the order in which they came. */
interface Filed {
  readonly subscription: Subscription;
  readonly sequence: number;
}

/** Where a selector is filed: under what leaves the fewest others beside it. */
type Place =
  | { readonly under: 'id'; readonly id: string }
  | { readonly under: 'type'; readonly type: string }
  | { readonly under: 'typeAndIdPattern'; readonly type: string; readonly pattern: TextPattern }
  | { readonly under: 'idPattern'; readonly pattern: TextPattern }
  | { readonly under: 'typePattern'; readonly pattern: TextPattern }
  | { readonly under: 'nothing' };

/**
 * The subscriptions of one tenant, to be found by the entity that changed.
 *
 * Each selector of a subscription is filed once: under its ids, else its types, else the text that its patterns need. Inactive
 * subscriptions are kept but filed nowhere. Cost of a change of subscriptions: by its selectors.
 */
export class SubscriptionIndex {
  readonly #byKey = new Map<string, Filed>();
  readonly #byId = new Multimap<string, Filed>();
  readonly #byType = new Multimap<string, Filed>();
  readonly #byTypeAndIdPattern = new Map<string, PatternShelf<Filed>>();
  readonly #byIdPattern = new PatternShelf<Filed>();
  readonly #byTypePattern = new PatternShelf<Filed>();
  readonly #others = new Set<Filed>();
  #nextSequence = 0;

  /** Adds a subscription, or replaces the one of its id, which keeps its place in the order. */
  put(subscription: Subscription): void {
    const before = this.#byKey.get(subscription.id);
    if (before !== undefined) this.#unfile(before);
    const filed = { subscription, sequence: before?.sequence ?? this.#nextSequence++ };
    this.#byKey.set(subscription.id, filed);
    this.#file(filed);
  }

  /** Tells whether there was one. */
  remove(id: string): boolean {
    const filed = this.#byKey.get(id);
    if (filed === undefined) return false;
    this.#unfile(filed);
    return this.#byKey.delete(id);
  }

  get(id: string): Subscription | undefined {
    return this.#byKey.get(id)?.subscription;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** All of them, in the order in which they came. */
  *[Symbol.iterator](): IterableIterator<Subscription> {
    for (const { subscription } of this.#byKey.values()) yield subscription;
  }

  /** Every subscription that could cover the entity, and some that do not, in the order in which they came. */
  candidates(entity: Entity): readonly Subscription[] {
    const found = new Set<Filed>(this.#others);
    for (const filed of this.#byId.get(entity.id)) found.add(filed);
    this.#byIdPattern.collect(entity.id, found);
    for (const type of entity.types) {
      for (const filed of this.#byType.get(type)) found.add(filed);
      this.#byTypeAndIdPattern.get(type)?.collect(entity.id, found);
      this.#byTypePattern.collect(type, found);
    }
    return [...found].sort((a, b) => a.sequence - b.sequence).map(({ subscription }) => subscription);
  }

  #file(filed: Filed): void {
    for (const place of placesOf(filed.subscription)) {
      switch (place.under) {
        case 'id':
          this.#byId.add(place.id, filed);
          break;
        case 'type':
          this.#byType.add(place.type, filed);
          break;
        case 'typeAndIdPattern':
          this.#shelfOf(place.type).add(place.pattern, filed);
          break;
        case 'idPattern':
          this.#byIdPattern.add(place.pattern, filed);
          break;
        case 'typePattern':
          this.#byTypePattern.add(place.pattern, filed);
          break;
        case 'nothing':
          this.#others.add(filed);
      }
    }
  }

  #unfile(filed: Filed): void {
    for (const place of placesOf(filed.subscription)) {
      switch (place.under) {
        case 'id':
          this.#byId.delete(place.id, filed);
          break;
        case 'type':
          this.#byType.delete(place.type, filed);
          break;
        case 'typeAndIdPattern': {
          const shelf = this.#shelfOf(place.type);
          shelf.delete(place.pattern, filed);
          if (shelf.isEmpty) this.#byTypeAndIdPattern.delete(place.type);
          break;
        }
        case 'idPattern':
          this.#byIdPattern.delete(place.pattern, filed);
          break;
        case 'typePattern':
          this.#byTypePattern.delete(place.pattern, filed);
          break;
        case 'nothing':
          this.#others.delete(filed);
      }
    }
  }

  #shelfOf(type: string): PatternShelf<Filed> {
    let shelf = this.#byTypeAndIdPattern.get(type);
    if (shelf === undefined) {
      shelf = new PatternShelf();
      this.#byTypeAndIdPattern.set(type, shelf);
    }
    return shelf;
  }
}

function placesOf({ selectors, status, alterations }: Subscription): readonly Place[] {
  if (status === 'inactive' || alterations.length === 0) return [];
  return selectors.length === 0 ? [{ under: 'nothing' }] : selectors.flatMap(placesOfSelector);
}

function placesOfSelector({ ids, idPattern, types, typePattern }: EntitySelector): readonly Place[] {
  if (ids !== undefined) return ids.map((id) => ({ under: 'id', id }));
  if (types !== undefined) {
    return types.map((type) =>
      idPattern === undefined ? { under: 'type', type } : { under: 'typeAndIdPattern', type, pattern: idPattern },
    );
  }
  if (idPattern === undefined) {
    return [typePattern === undefined ? { under: 'nothing' } : { under: 'typePattern', pattern: typePattern }];
  }
  if (typePattern === undefined || requiredText(idPattern.source) !== '') {
    return [{ under: 'idPattern', pattern: idPattern }];
  }
  return [{ under: 'typePattern', pattern: typePattern }];
}
