import type { EntitySelector, Filter, OrderKey } from '../query/query.ts';

/** What a provider is asked, in terms that every dialect can say more or less of. */
export interface Question {
  /** Any of them; at least one. */
  readonly selectors: readonly EntitySelector[];
  /** Empty: all. */
  readonly attributes: readonly string[];
  /** When entities were made and changed is asked for too. */
  readonly times: boolean;
  /** All must hold. */
  readonly filters: readonly Filter[];
  readonly order: readonly OrderKey[];
  readonly offset: number;
  readonly limit: number;
  /** How many there are in all is asked for too. */
  readonly count: boolean;
}
