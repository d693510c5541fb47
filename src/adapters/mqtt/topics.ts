/** A subscription, as far as it is of use to send to. */
interface Subscribed<Value> {
  readonly value: Value;
  readonly qos: 0 | 1 | 2;
}

/**
 * Who listens to which topics: exact ones, and those that end in one wildcard after whole levels (`/key/device/#`), which is what
 * devices subscribe to. Other filters are watchers' and are passed over. Cost of all: a few look-ups.
 */
export class Topics<Value> {
  readonly #byFilter = new Map<string, Map<Value, 0 | 1 | 2>>();
  readonly #byValue = new Map<Value, Set<string>>();
  /** Filters that only a closer look could tell the topics of. */
  #watchers = 0;

  add(filter: string, value: Value, qos: 0 | 1 | 2): void {
    const filters = this.#byValue.get(value) ?? new Set();
    this.#byValue.set(value, filters.add(filter));
    const known = this.#byFilter.get(filter);
    if (known === undefined && isWatching(filter)) this.#watchers += 1;
    this.#byFilter.set(filter, (known ?? new Map<Value, 0 | 1 | 2>()).set(value, qos));
  }

  delete(filter: string, value: Value): void {
    this.#byValue.get(value)?.delete(filter);
    const values = this.#byFilter.get(filter);
    values?.delete(value);
    if (values?.size !== 0) return;
    this.#byFilter.delete(filter);
    if (isWatching(filter)) this.#watchers -= 1;
  }

  forget(value: Value): void {
    for (const filter of this.#byValue.get(value) ?? []) this.delete(filter, value);
    this.#byValue.delete(value);
  }

  /** How many filters it has. */
  count(value: Value): number {
    return this.#byValue.get(value)?.size ?? 0;
  }

  /** False where nobody can be listening. */
  mayHear(topic: string): boolean {
    return this.#watchers > 0 || (this.#byFilter.size > 0 && this.of(topic).length > 0);
  }

  of(topic: string): readonly Subscribed<Value>[] {
    const parent = topic.slice(0, topic.lastIndexOf('/'));
    const found = new Map<Value, 0 | 1 | 2>();
    for (const filter of [`${parent}/#`, `${parent}/+`, topic]) {
      for (const [value, qos] of this.#byFilter.get(filter) ?? []) found.set(value, qos);
    }
    return [...found].map(([value, qos]) => ({ value, qos }));
  }
}

/** Whether there is a wildcard that does not stand for the last level alone. */
function isWatching(filter: string): boolean {
  return /[+#]/.test(filter.replace(/\/[+#]$/, ''));
}
