import type { Entity } from '../../../../core/entity/entity.ts';
import { locationsOf } from '../../../../core/geo/locations.ts';
import { targetOf } from '../../../../core/query/path-values.ts';
import type { Path } from '../../../../core/query/query.ts';
import { Column } from './column.ts';
import { AscendingCursor } from './index-cursor.ts';
import { LocationIndex } from './location-index.ts';
import type { Partition } from './partition.ts';

/** What a derived column or index is about: a path that is no whole attribute, or the places of one geo attribute. */
export type Subject = Path | { readonly kind: 'places'; readonly attribute: string };

/** Tells whether a partition knows the subject of every entity without decoding it, in its outline. */
export function isOutlined(subject: Subject): boolean {
  return (
    subject.kind === 'builtin' && subject.attribute === undefined && !['expiresAt', 'dueAt'].includes(subject.name)
  );
}

/** Names the subject, one name each. */
export function keyOf(subject: Subject): string {
  if (subject.kind === 'attribute') {
    return JSON.stringify([subject.attribute, subject.subAttributes, subject.members]);
  }
  return subject.kind === 'places' ? `places ${subject.attribute}` : `${subject.name} ${subject.attribute ?? ''}`;
}

/**
 * A column, or an index of places, that no entity has asked for but queries have: built while they wait, kept up to date from
 * its first moment on.
 */
export class Derived {
  readonly column: Column | undefined;
  readonly places: LocationIndex | undefined;
  /** When it was last used, by the partition's count of uses. */
  lastUse = 0;
  private readonly cursor: AscendingCursor<number>;
  private isBuilt = false;

  constructor(
    readonly subject: Subject,
    private readonly partition: Partition,
  ) {
    const { sequences, mode } = partition;
    if (subject.kind === 'places') this.places = new LocationIndex(sequences, mode);
    else this.column = new Column(subject, sequences, mode);
    this.cursor = new AscendingCursor({ index: partition.creation, low: undefined, high: undefined });
  }

  /** It knows every entity: queries may rely on it. */
  get ready(): boolean {
    return this.isBuilt;
  }

  set(slot: number, entity: Entity | undefined): void {
    const { subject } = this;
    if (subject.kind === 'places') {
      this.places?.set(slot, entity === undefined ? undefined : locationsOf(entity, subject.attribute)[0]);
    } else {
      this.column?.set(slot, entity === undefined ? undefined : targetOf(subject, entity));
    }
  }

  /** Looks at the next entities, that many at most; true once there are none left. Several queries may take turns. */
  build(steps: number): boolean {
    for (let step = 0; step < steps && !this.isBuilt; step++) {
      const slot = this.cursor.next();
      if (slot < 0) this.isBuilt = true;
      else this.set(slot, isOutlined(this.subject) ? this.partition.outlineAt(slot) : this.partition.entityAt(slot));
    }
    this.cursor.pause();
    return this.isBuilt;
  }
}
