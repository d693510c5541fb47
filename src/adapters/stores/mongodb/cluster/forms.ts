import type { IndexDescription } from 'mongodb';
import type { EntityForm } from '../form/entity-form.ts';
import { shapeOf } from '../form/entity-shape.ts';
import { restoreEntity } from '../form/restore-entity.ts';
import { indexesSince } from '../tenant/collections.ts';

/** The forms of a tenant's collections that a release works with, and how it brings the older ones to the newest. */
export interface Forms {
  readonly oldest: number;
  /** The one that new tenants have, unless a broker runs that is too old for it. */
  readonly newest: number;
  /** One a form beyond the oldest, in this order. */
  readonly migrations: readonly Migration[];
}

/**
 * A step from one form to the next that brokers of both work with: it only adds. A broker of the older form reads an entity with what
 * is added as it reads it without; what it writes lacks it, or has it as it was before.
 */
export interface Migration {
  readonly to: number;
  /** Indexes of `entities` that the form has more. */
  readonly indexes: readonly IndexDescription[];
  /** Fields that a document lacks, or has wrong; undefined: none. Pure. */
  readonly change: (document: EntityForm) => Readonly<Record<string, unknown>> | undefined;
}

/**
 * Those of this release. 2: entities have a `shape`, by which types are listed from an index; changes of a type are announced (`TypeStates`), so that no
 * index has to tell of them.
 *
 * What is taken away, or means something else, takes two releases: one that does not need it any more, and one that removes it.
 */
export const ownForms: Forms = {
  oldest: 1,
  newest: 2,
  migrations: [
    {
      to: 2,
      indexes: indexesSince(2),
      change(document) {
        const shape = shapeOf(restoreEntity(document));
        return shape === document.shape ? undefined : { shape };
      },
    },
  ],
};
