/**
 * How many steps a relation between two geometries may take: boxes compared and sides looked at, some nanoseconds each, so
 * that no two geometries hold up everything else for longer than some tens of milliseconds.
 *
 * Borders as maps have them take a small part of it, with as many positions as geometries may have: most of their sides lie
 * far from most others. What takes more is made to: two combs, each with its teeth between those of the other.
 */
export const maxSteps = 5_000_000;

/** A relation takes more steps than it may. Never leaves `relates`. */
export class TooIntricate extends Error {
  constructor() {
    super('the geometries are too intricate for their relation to be found');
    this.name = 'TooIntricate';
  }
}

/** Counts the steps of one relation. */
export class Steps {
  #taken = 0;

  get taken(): number {
    return this.#taken;
  }

  /** To be called before the steps are taken; throws `TooIntricate` where they would be too many. */
  take(count: number): void {
    this.#taken += count;
    if (this.#taken > maxSteps) throw new TooIntricate();
  }
}
