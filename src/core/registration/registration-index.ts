import type { EntitySelector } from '../query/query.ts';
import { Multimap } from '../subscription/multimap.ts';
import { PatternShelf } from '../subscription/pattern-shelf.ts';
import type { Registration } from './registration.ts';
import { sharedSelector } from './shared-selector.ts';

/** What is asked for: some attributes of some entities. */
export interface Interest {
  /** Any of them; none at all: every entity. */
  readonly selectors: readonly EntitySelector[];
  readonly attributes: AttributeNames;
}

export type AttributeNames = 'all' | readonly string[];

/** A registration and its place in the order in which they came. */
interface Filed {
  readonly registration: Registration;
  readonly sequence: number;
}

/**
 * The registrations of one tenant, to be found by what is asked for.
 *
 * Each selector is filed under its ids and under its types, and there under the attributes that are provided, so that what
 * touches no registration finds that out in a few look-ups, however many there are. Inactive ones are kept but filed nowhere.
 */
export class RegistrationIndex {
  readonly #byKey = new Map<string, Filed>();
  readonly #byId = new Map<string, AttributeShelf>();
  readonly #byType = new Map<string, TypeShelf>();
  readonly #untyped = new TypeShelf();
  #nextSequence = 0;

  /** Adds a registration, or replaces the one of its id, which keeps its place in the order. */
  put(registration: Registration): void {
    const before = this.#byKey.get(registration.id);
    if (before !== undefined) this.#unfile(before);
    const filed = { registration, sequence: before?.sequence ?? this.#nextSequence++ };
    this.#byKey.set(registration.id, filed);
    this.#file(filed);
  }

  remove(id: string): void {
    const filed = this.#byKey.get(id);
    if (filed === undefined) return;
    this.#unfile(filed);
    this.#byKey.delete(id);
  }

  get size(): number {
    return this.#byKey.size;
  }

  /**
   * The registrations of what is asked for, in the order in which they came: all whose entities and attributes are among it,
   * and, where patterns meet patterns, some whose entities may turn out not to be.
   */
  matching({ selectors, attributes }: Interest): readonly Registration[] {
    if (this.#byKey.size === 0) return [];
    const found = new Set<Filed>();
    const asked = selectors.length === 0 ? [{}] : selectors;
    for (const selector of asked) this.#collect(selector, attributes, found);
    if (found.size === 0) return [];
    return [...found]
      .filter(({ registration }) => covers(registration, asked, attributes))
      .sort((a, b) => a.sequence - b.sequence)
      .map(({ registration }) => registration);
  }

  #collect({ ids, types, typePattern }: EntitySelector, attributes: AttributeNames, found: Set<Filed>): void {
    for (const id of ids ?? []) this.#byId.get(id)?.collect(attributes, found);
    for (const shelf of this.#shelves(types, typePattern)) shelf.collect(ids, attributes, found);
  }

  *#shelves(types: EntitySelector['types'], typePattern: EntitySelector['typePattern']): Iterable<TypeShelf> {
    yield this.#untyped;
    if (types !== undefined) {
      for (const type of types) {
        const shelf = this.#byType.get(type);
        if (shelf !== undefined) yield shelf;
      }
      return;
    }
    for (const [type, shelf] of this.#byType) if (typePattern === undefined || typePattern.test(type)) yield shelf;
  }

  #file(filed: Filed): void {
    const { attributes } = filed.registration;
    for (const selector of selectorsOf(filed.registration)) {
      for (const id of selector.ids ?? []) shelfAt(this.#byId, id, () => new AttributeShelf()).add(attributes, filed);
      for (const type of selector.types ?? [undefined]) this.#typeShelf(type).add(selector, attributes, filed);
    }
  }

  #unfile(filed: Filed): void {
    const { attributes } = filed.registration;
    for (const selector of selectorsOf(filed.registration)) {
      for (const id of selector.ids ?? []) {
        const shelf = this.#byId.get(id);
        shelf?.delete(attributes, filed);
        if (shelf?.isEmpty) this.#byId.delete(id);
      }
      for (const type of selector.types ?? [undefined]) {
        const shelf = this.#typeShelf(type);
        shelf.delete(selector, attributes, filed);
        if (type !== undefined && shelf.isEmpty) this.#byType.delete(type);
      }
    }
  }

  #typeShelf(type: string | undefined): TypeShelf {
    return type === undefined ? this.#untyped : shelfAt(this.#byType, type, () => new TypeShelf());
  }
}

/** The registrations of one type, or of those that name none. */
class TypeShelf {
  /** Every one of them. */
  readonly #all = new AttributeShelf();
  /** Those of any id. */
  readonly #ofAnyId = new AttributeShelf();
  readonly #byIdPattern = new PatternShelf<Filed>();

  add(selector: EntitySelector, attributes: readonly string[], filed: Filed): void {
    this.#all.add(attributes, filed);
    if (selector.ids !== undefined) return;
    if (selector.idPattern === undefined) this.#ofAnyId.add(attributes, filed);
    else this.#byIdPattern.add(selector.idPattern, filed);
  }

  delete(selector: EntitySelector, attributes: readonly string[], filed: Filed): void {
    this.#all.delete(attributes, filed);
    if (selector.ids !== undefined) return;
    if (selector.idPattern === undefined) this.#ofAnyId.delete(attributes, filed);
    else this.#byIdPattern.delete(selector.idPattern, filed);
  }

  /** With ids, those that are filed under them elsewhere are left out. */
  collect(ids: readonly string[] | undefined, attributes: AttributeNames, found: Set<Filed>): void {
    if (ids === undefined) {
      this.#all.collect(attributes, found);
      return;
    }
    this.#ofAnyId.collect(attributes, found);
    for (const id of ids) this.#byIdPattern.collect(id, found);
  }

  get isEmpty(): boolean {
    return this.#all.isEmpty;
  }
}

/** Registrations by the attributes that they provide. */
class AttributeShelf {
  readonly #ofAny = new Set<Filed>();
  readonly #byName = new Multimap<string, Filed>();

  add(attributes: readonly string[], filed: Filed): void {
    if (attributes.length === 0) this.#ofAny.add(filed);
    else for (const name of attributes) this.#byName.add(name, filed);
  }

  delete(attributes: readonly string[], filed: Filed): void {
    if (attributes.length === 0) this.#ofAny.delete(filed);
    else for (const name of attributes) this.#byName.delete(name, filed);
  }

  collect(attributes: AttributeNames, found: Set<Filed>): void {
    for (const filed of this.#ofAny) found.add(filed);
    if (attributes === 'all') for (const filed of this.#byName.values()) found.add(filed);
    else for (const name of attributes) for (const filed of this.#byName.get(name)) found.add(filed);
  }

  get isEmpty(): boolean {
    return this.#ofAny.size === 0 && this.#byName.isEmpty;
  }
}

function selectorsOf({ entities, status }: Registration): readonly EntitySelector[] {
  if (status === 'inactive') return [];
  return entities.length === 0 ? [{}] : entities;
}

function covers(
  { entities, attributes: own }: Registration,
  asked: readonly EntitySelector[],
  attributes: AttributeNames,
): boolean {
  if (attributes !== 'all' && own.length > 0 && !own.some((name) => attributes.includes(name))) return false;
  const selectors = entities.length === 0 ? [{}] : entities;
  return selectors.some((selector) => asked.some((one) => sharedSelector(selector, one) !== undefined));
}

function shelfAt<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
