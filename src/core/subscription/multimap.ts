const none: readonly never[] = [];

/** Values by key, any number for each; a key without values takes no room. */
export class Multimap<Key, Value> {
  readonly #values = new Map<Key, Set<Value>>();

  add(key: Key, value: Value): void {
    const values = this.#values.get(key);
    if (values === undefined) this.#values.set(key, new Set([value]));
    else values.add(value);
  }

  /** Tells whether it was the last value of the key. */
  delete(key: Key, value: Value): boolean {
    const values = this.#values.get(key);
    values?.delete(value);
    if (values?.size !== 0) return false;
    this.#values.delete(key);
    return true;
  }

  has(key: Key): boolean {
    return this.#values.has(key);
  }

  get(key: Key): Iterable<Value> {
    return this.#values.get(key) ?? none;
  }

  /** Of every key, as often as it has one. */
  *values(): IterableIterator<Value> {
    for (const values of this.#values.values()) yield* values;
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }
}
