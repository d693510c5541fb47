import { encodeText } from '../form/text-form.ts';
import type { TenantCollections } from './collections.ts';
import type { ChangedEntity } from './working-set.ts';

/**
 * For how long after a change nothing is said, in milliseconds: by then what was decided before it is committed or never will be,
 * and clocks of brokers that are further apart than this are broken.
 */
const settleMs = 15_000;

interface TouchForm {
  /** The type. */
  readonly _id: string;
  readonly at: Date;
}

/**
 * Tells whether anything of a type has changed. Most of it is told by when the entity modified last was, which an index knows; the
 * rest (what is gone, and what was written with a time that was long ago) by the collection `touches`.
 */
export class TypeStates {
  readonly #collections: TenantCollections;

  constructor(collections: TenantCollections) {
    this.#collections = collections;
  }

  /** As `EntityStore.stateOf`. Cost: two look-ups a type. */
  async of(types: readonly string[]): Promise<string | undefined> {
    const times = (await Promise.all(types.toSorted().map((type) => this.#timesOf(encodeText(type))))).flat();
    if (times.some((time) => time > Date.now() - settleMs)) return undefined;
    return times.join('.');
  }

  /**
   * To be called before the commit. Cost: nothing, unless it holds what no time of an entity tells; then a round trip.
   */
  async announce(changes: readonly ChangedEntity[]): Promise<void> {
    const now = Date.now();
    const types = touchedBy(changes, now - settleMs / 2);
    if (types.size === 0) return;
    await this.#collections.make('touches');
    const at = new Date(now);
    await this.#collections.named<TouchForm>('touches').bulkWrite(
      [...types].map((type) => ({
        updateOne: { filter: { _id: encodeText(type) }, update: { $max: { at } }, upsert: true },
      })),
      { ordered: false },
    );
  }

  async #timesOf(type: string): Promise<readonly [modified: number, touched: number]> {
    const [newest, touch] = await Promise.all([
      this.#collections.entities
        .find({ type }, { projection: { _id: 0, modifiedAt: 1 } })
        .sort({ modifiedAt: -1 })
        .limit(1)
        .next(),
      this.#collections.named<TouchForm>('touches').findOne({ _id: type }),
    ]);
    return [newest?.modifiedAt.getTime() ?? 0, touch?.at.getTime() ?? 0];
  }
}

/** Types of which something is gone, or is written as modified before `longAgo`. */
function touchedBy(changes: readonly ChangedEntity[], longAgo: number): ReadonlySet<string> {
  const types = new Set<string>();
  for (const { stored, entity } of changes) {
    for (const type of stored?.entity.types ?? []) if (entity?.types.includes(type) !== true) types.add(type);
    if (entity !== undefined && entity.modifiedAt < longAgo) for (const type of entity.types) types.add(type);
  }
  return types;
}
