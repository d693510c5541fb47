/** Entities of a type that were found wanting since the broker started. */
export interface TypeCounts {
  readonly warned: number;
  readonly refused: number;
}

/** How often writes of a tenant were warned of, or refused, by type. */
export class JudgementCounts {
  readonly #byType = new Map<string, { warned: number; refused: number }>();

  add(type: string | undefined, outcome: keyof TypeCounts): void {
    if (type === undefined) return;
    let counts = this.#byType.get(type);
    if (counts === undefined) {
      // Clients invent types: there is room for so many.
      if (this.#byType.size >= maxTypes) return;
      counts = { warned: 0, refused: 0 };
      this.#byType.set(type, counts);
    }
    counts[outcome]++;
  }

  of(type: string): TypeCounts {
    return this.#byType.get(type) ?? none;
  }
}

const maxTypes = 10_000;
const none: TypeCounts = { warned: 0, refused: 0 };
