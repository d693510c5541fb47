import type { Awaitable } from '../core/awaitable.ts';
import type { EntityChange } from '../core/change/entity-change.ts';
import type { Entity } from '../core/entity/entity.ts';
import type { Cursor, Query } from '../core/query/query.ts';
import type { ScopePattern } from '../core/scope.ts';
import type { OwedChange } from './outbox.ts';

/**
 * The entities of one tenant.
 *
 * Every method sees all writes whose promise has resolved before it was called, by whichever broker (but for `lookup`, which may be asked
 * for less), and none of a write that is not yet durable. Refusals: `storeUnavailable`, and those that a method names. A store that knows
 * the answer to a read at once may give it at once: that, and a refusal, is then what the call returns or throws.
 */
export interface EntityStore {
  /** The entities that the target covers, in the order of creation, `current` unless asked otherwise. Cost: one look-up by id. */
  lookup(target: EntityTarget, freshness?: Freshness): Awaitable<readonly EntityRecord[]>;

  /**
   * The page that the query asks for. Refuses with `queryTimeout` and `unsupportedQuery`.
   *
   * The page is one moment's truth for a query that is answered at once; a long one yields to others and may miss or
   * include entities that change meanwhile, but never shows one that does not match when it is looked at, nor one twice.
   *
   * Who goes through a great many entities reads them `once`: then nothing is remembered for them that others would have to make
   * room for.
   */
  find(query: Query, reading?: Reading): Awaitable<EntityPage>;

  /** The entity types below the scopes, by name, with their attributes. Cost: by types, not by entities. */
  summarizeTypes(scopes: readonly ScopePattern[]): Promise<readonly TypeSummary[]>;

  /**
   * Names the state in which all entities of any of these types are: once one of them was created, changed or removed it is called
   * otherwise, and never again as before. All brokers on the same data call it the same. Undefined where that cannot be told, as
   * something is changing or did a moment ago: then it may be told later. Cost: by types, not by entities.
   */
  stateOf(types: readonly string[]): Promise<string | undefined>;

  /**
   * Decides and writes, command after command, each seeing what the ones before it wrote; all of them in one commit.
   *
   * Resolves, with each command's result, once the whole is durable and visible. A command that throws (a `Refusal`)
   * writes nothing and refuses the call as a whole: nothing of it is written. `decide` must be pure: a store that
   * loses a race calls it again with what it finds then. No two commands ever decide on the same state of an entity.
   *
   * So that entities of one batch can fail by themselves, a command that must not take the others with it returns its
   * refusal as a result and writes nothing.
   *
   * What the decisions owe is in the outbox once the promise resolves, and never without the writes. A call that owes more
   * than the outbox has room for is refused as a whole as `overloaded`; one that owes nothing is not.
   */
  write<Result>(commands: readonly WriteCommand<Result>[]): Promise<Result[]>;
}

/** Whether what is read is remembered, for the next who reads it. */
export type Reading = 'again' | 'once';

/**
 * Which writes a look-up must see: all that were acknowledged before, or all of this broker and those of others that were longer ago than
 * the store lets them be unheard of, which may be cheaper.
 */
export type Freshness = 'current' | 'recent';

/** Which entities of an id are meant. */
export interface EntityTarget {
  readonly id: string;
  /** One of the entity's types; absent: any. */
  readonly type?: string;
  /** Any of them; empty: every scope. */
  readonly scopes: readonly ScopePattern[];
}

/** A command writes only entities that its target covers; those that it creates have the target's id. */
export interface WriteCommand<Result> {
  readonly target: EntityTarget;
  /** `found`: what the target covers at that moment, in the order of creation. */
  decide(found: readonly EntityRecord[]): Decision<Result>;
}

export interface Decision<Result> {
  readonly result: Result;
  readonly writes: readonly EntityWrite[];
  /** Who has to be told of the writes; absent: nobody. In the order of the writes. */
  readonly owed?: readonly OwedChange[];
}

/**
 * `change` is what the write means to subscriptions; the entity written is its `after`.
 *
 * An update whose `after` is the entity of its record has nothing to keep: the record stays as it is, and the call still
 * resolves no earlier than that state is durable.
 */
export type EntityWrite =
  | { readonly kind: 'create'; readonly change: Extract<EntityChange, { kind: 'created' }> }
  | {
      readonly kind: 'update';
      readonly record: EntityRecord;
      readonly change: Extract<EntityChange, { kind: 'updated' }>;
    }
  | {
      readonly kind: 'remove';
      readonly record: EntityRecord;
      readonly change: Extract<EntityChange, { kind: 'removed' }>;
    };

/**
 * An entity in one state, as the store knows it.
 *
 * The same object comes back for as long as the entity does not change and the store remembers it, so what was
 * derived from it may be kept in `memo` and lives as long.
 */
export interface EntityRecord {
  /** Place in the order of creation; unique in the tenant, never used again. */
  readonly sequence: number;
  readonly entity: Entity;
  /** The entity in the stored form, where the store has that at hand. */
  readonly text?: string;
  readonly memo: Memo;
}

/** Renderings of an entity, by a name of the reader's choice: a map, or what does as one. */
export interface Memo {
  readonly size: number;
  get(name: string): string | undefined;
  set(name: string, rendering: string): this;
  clear(): void;
}

export interface EntityPage {
  readonly records: readonly EntityRecord[];
  /** All matches, whatever the page; only where the query asked for it. */
  readonly count?: number;
  /** Where the next page begins; only in the order of creation and when there may be more. */
  readonly next?: Cursor;
}

export interface TypeSummary {
  readonly type: string;
  readonly count: number;
  /**
   * By attribute name: the attribute types in use, sorted. The type is what the first instance was declared as, or its kind
   * where nothing was declared. Sorted by name.
   */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}
