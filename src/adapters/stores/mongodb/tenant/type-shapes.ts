import { type ScopePattern, scopesMatch } from '../../../../core/scope.ts';
import type { CountedShape } from '../../type-summary.ts';
import type { EntityForm } from '../form/entity-form.ts';
import { typeOf } from '../form/entity-shape.ts';
import { restoreEntity } from '../form/restore-entity.ts';
import type { TenantCollections } from './collections.ts';

/** What shapes mean that is remembered. */
const maxKnown = 20_000;

/** Shapes that are asked for at once. */
const maxAsked = 1000;

interface ShapeMeaning {
  readonly types: readonly string[];
  readonly scopes: readonly string[];
  readonly attributes: CountedShape['attributes'];
}

/** Counts entities by their shape (`shapeOf`), which the index of that name does without a look at any; one of each new shape tells what it means. */
export class TypeShapes {
  readonly #collections: TenantCollections;
  readonly #known = new Map<string, ShapeMeaning>();

  constructor(collections: TenantCollections) {
    this.#collections = collections;
  }

  /**
   * How many entities below the scopes have which type and attributes; undefined where one of the tenant has no shape. Cost: a step of the index an
   * entity, and a document for each shape that this broker has not met.
   */
  async count(scopes: readonly ScopePattern[], limitMs: number): Promise<readonly CountedShape[] | undefined> {
    const groups = await this.#collections.entities
      .aggregate<{ readonly _id: string | null; readonly count: number }>(
        [{ $group: { _id: '$shape', count: { $sum: 1 } } }],
        { hint: 'shape', maxTimeMS: limitMs },
      )
      .toArray();
    const counts = new Map<string, number>();
    for (const { _id, count } of groups) {
      if (_id === null) return undefined;
      counts.set(_id, count);
    }
    await this.#learn(
      [...counts.keys()].filter((shape) => !this.#known.has(shape)),
      limitMs,
    );
    return [...counts].flatMap(([shape, count]) => {
      const meaning = this.#known.get(shape);
      // One that is gone since.
      if (meaning === undefined || !scopesMatch(scopes, meaning.scopes)) return [];
      return meaning.types.map((type) => ({ type, attributes: meaning.attributes, count }));
    });
  }

  async #learn(shapes: readonly string[], limitMs: number): Promise<void> {
    if (shapes.length > 0 && this.#known.size + shapes.length > maxKnown) this.#known.clear();
    for (let at = 0; at < shapes.length; at += maxAsked) {
      const examples = this.#collections.entities.aggregate<{ readonly example: EntityForm }>(
        [
          { $match: { shape: { $in: shapes.slice(at, at + maxAsked) } } },
          { $sort: { shape: 1 } },
          { $group: { _id: '$shape', example: { $first: '$$ROOT' } } },
        ],
        { hint: 'shape', maxTimeMS: limitMs },
      );
      for await (const { example } of examples) this.#know(example);
    }
  }

  #know(form: EntityForm): void {
    if (form.shape === undefined) return;
    const { types, scopes, attributes } = restoreEntity(form);
    this.#known.set(form.shape, {
      types,
      scopes,
      attributes: Array.from(attributes, ([name, [instance]]) => ({ name, type: typeOf(instance) })),
    });
  }
}
