/** An evaluation did more than it may. Never reaches callers of `evaluateExpression`. */
export class EffortExceeded extends Error {
  constructor() {
    super('the expression asks for more than one evaluation may do');
    this.name = 'EffortExceeded';
  }
}

/**
 * What clients' expressions may cost: one unit for a character that is written or looked at and for an item that is visited,
 * more for steps that take longer. A unit takes some tens of nanoseconds.
 *
 * Several evaluations can share one: so a message of many macros is bounded as a whole.
 */
export class Effort {
  #left: number;

  constructor(units: number) {
    this.#left = units;
  }

  /** Throws `EffortExceeded` from the unit on that is one too many. To be called before the work is done. */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new EffortExceeded();
  }

  /** Whether anything was left out because it cost too much. */
  get exceeded(): boolean {
    return this.#left < 0;
  }
}
