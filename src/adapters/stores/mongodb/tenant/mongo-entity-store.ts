import { type Awaitable, whenKnown } from '../../../../core/awaitable.ts';
import type { Query } from '../../../../core/query/query.ts';
import type { ScopePattern } from '../../../../core/scope.ts';
import type {
  EntityPage,
  EntityRecord,
  EntityStore,
  EntityTarget,
  Freshness,
  Reading,
  TypeSummary,
  WriteCommand,
} from '../../../../ports/entity-store.ts';
import { summaryOf } from '../../type-summary.ts';
import { refusing } from '../refuse-failure.ts';
import type { TenantCollections } from './collections.ts';
import type { EntityQueries } from './entity-queries.ts';
import type { EntityWrites } from './entity-writes.ts';
import type { KnownEntities } from './known-entities.ts';
import { covers, type PointReads } from './point-reads.ts';
import { shapesByLooking } from './shapes-by-looking.ts';
import type { TypeShapes } from './type-shapes.ts';
import type { TypeStates } from './type-states.ts';

export interface MongoEntityStoreParts {
  readonly collections: TenantCollections;
  readonly reads: PointReads;
  readonly known: KnownEntities;
  readonly queries: EntityQueries;
  readonly states: TypeStates;
  readonly writes: EntityWrites;
  readonly shapes: TypeShapes;
  /** Whether all entities say what their shape is, and an index knows. */
  readonly haveShapes: () => boolean;
  readonly queryTimeoutMs: number;
}

/** The entities of one tenant in MongoDB. What is asked of MongoDB goes to the primary and sees what a majority has. */
export class MongoEntityStore implements EntityStore {
  readonly #parts: MongoEntityStoreParts;

  constructor(parts: MongoEntityStoreParts) {
    this.#parts = parts;
  }

  lookup(target: EntityTarget, freshness: Freshness = 'current'): Awaitable<readonly EntityRecord[]> {
    const { known, reads } = this.#parts;
    const remembered = freshness === 'recent' ? known.ofId(target.id) : undefined;
    return whenKnown(remembered ?? refusing(() => reads.ofId(target.id)), (records) =>
      records.filter((record) => covers(target, record)),
    );
  }

  find(query: Query, reading?: Reading): Promise<EntityPage> {
    return this.#parts.queries.find(query, reading);
  }

  summarizeTypes(scopes: readonly ScopePattern[]): Promise<readonly TypeSummary[]> {
    const { collections, shapes, haveShapes, queryTimeoutMs } = this.#parts;
    return refusing(async () => {
      const counted = haveShapes() ? await shapes.count(scopes, queryTimeoutMs) : undefined;
      return summaryOf(counted ?? (await shapesByLooking(collections, scopes, queryTimeoutMs)));
    }, queryTimeoutMs);
  }

  stateOf(types: readonly string[]): Promise<string | undefined> {
    return refusing(() => this.#parts.states.of(types));
  }

  write<Result>(commands: readonly WriteCommand<Result>[]): Promise<Result[]> {
    return this.#parts.writes.write(commands);
  }
}
