import { encodeText } from '../form/text-form.ts';
import type { TenantCollections } from './collections.ts';
import type { ChangedEntity } from './working-set.ts';

/**
 * For how long after a change nothing is said, in milliseconds: by then what was decided before it is committed or never will be,
 * and clocks of brokers that are further apart than this are broken.
 */
const settleMs = 15_000;

/** How far ahead a change is announced, in milliseconds: as long as that, further ones of the type are announced already. */
const aheadMs = 5000;

interface TouchForm {
  /** The type. */
  readonly _id: string;
  /** Until when something of it may have changed. */
  readonly at: Date;
}

/**
 * Tells whether anything of a type has changed, by the collection `touches`: before the first commit that changes something of a type a broker
 * announces it there, for all that it begins in the next few seconds. An index over when entities were modified tells the same, and costs MongoDB about
 * half as much again for each update (docs/mongodb.md).
 */
export class TypeStates {
  readonly #collections: TenantCollections;
  readonly #areAllAnnounced: () => boolean;
  /** Until when what changes is announced, by `Date.now()`, by type. */
  readonly #announced = new Map<string, number>();

  /** `areAllAnnounced`: no broker runs that does without; else the times of the entities are looked at, too. */
  constructor(collections: TenantCollections, areAllAnnounced: () => boolean) {
    this.#collections = collections;
    this.#areAllAnnounced = areAllAnnounced;
  }

  /** As `EntityStore.stateOf`. Cost: a look-up a type. */
  async of(types: readonly string[]): Promise<string | undefined> {
    const times = (await Promise.all(types.toSorted().map((type) => this.#timesOf(encodeText(type))))).flat();
    if (times.some((time) => time > Date.now() - settleMs)) return undefined;
    return times.join('.');
  }

  /** To be called before the commit. Cost: nothing, unless a type is not announced yet; then a round trip. */
  async announce(changes: readonly ChangedEntity[]): Promise<void> {
    const now = Date.now();
    const types = new Set<string>();
    for (const { stored, entity } of changes) {
      for (const type of stored?.entity.types ?? []) if (!this.#isAnnounced(type, now)) types.add(type);
      for (const type of entity?.types ?? []) if (!this.#isAnnounced(type, now)) types.add(type);
    }
    if (types.size === 0) return;
    await this.#collections.make('touches');
    const until = now + aheadMs;
    const at = new Date(until);
    await this.#collections.named<TouchForm>('touches').bulkWrite(
      [...types].map((type) => ({
        updateOne: { filter: { _id: encodeText(type) }, update: { $max: { at } }, upsert: true },
      })),
      { ordered: false },
    );
    for (const [type, end] of this.#announced) if (end <= now) this.#announced.delete(type);
    for (const type of types) this.#announced.set(type, until);
  }

  #isAnnounced(type: string, now: number): boolean {
    const until = this.#announced.get(type);
    // A clock that was set back would keep it announced for longer than others wait.
    return until !== undefined && now < until && until <= now + aheadMs;
  }

  async #timesOf(type: string): Promise<readonly number[]> {
    const touched = this.#collections.named<TouchForm>('touches').findOne({ _id: type });
    if (this.#areAllAnnounced()) return [(await touched)?.at.getTime() ?? 0];
    const [touch, modified] = await Promise.all([touched, this.#modifiedAt(type)]);
    return [modified, touch?.at.getTime() ?? 0];
  }

  async #modifiedAt(type: string): Promise<number> {
    const newest = await this.#collections.entities
      .find({ type }, { projection: { _id: 0, modifiedAt: 1 } })
      .sort({ modifiedAt: -1 })
      .limit(1)
      .next();
    return newest?.modifiedAt.getTime() ?? 0;
  }
}
