import type { ContextTallies, ContextTally } from '../../ports/context-source.ts';

/** Tallies of contexts, in memory; beyond `most` of them the oldest begin anew: clients name contexts. */
export class UsedContexts implements ContextTallies {
  readonly #tallies = new Map<string, ContextTally>();

  constructor(private readonly most = 10_000) {}

  of(key: string): ContextTally {
    let tally = this.#tallies.get(key);
    if (tally === undefined) {
      tally = { hits: 0, lastHitAt: 0 };
      this.#tallies.set(key, tally);
      const [oldest] = this.#tallies.keys();
      if (this.#tallies.size > this.most && oldest !== undefined) this.#tallies.delete(oldest);
    }
    return tally;
  }

  /** The tally, where the context was ever used. */
  known(key: string): Readonly<ContextTally> | undefined {
    const tally = this.#tallies.get(key);
    return tally === undefined || tally.hits === 0 ? undefined : tally;
  }
}
