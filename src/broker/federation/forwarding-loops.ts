/**
 * Finds requests that come back by way of brokers that do not say whom they passed (`Via`): the same request to the same
 * provider, with the same correlator, that is under way more often than a client would have it.
 */
export class ForwardingLoops {
  readonly #limit: number;
  readonly #underWay = new Map<string, number>();

  /** `limit`: as often as that the same may be under way. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Does the work, or nothing where that would go on for ever; then it is undefined. */
  async unlessLooping<Result>(key: string, work: () => Promise<Result>): Promise<Result | undefined> {
    const before = this.#underWay.get(key) ?? 0;
    if (before >= this.#limit) return undefined;
    this.#underWay.set(key, before + 1);
    try {
      return await work();
    } finally {
      const left = (this.#underWay.get(key) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(key);
      else this.#underWay.set(key, left);
    }
  }
}
