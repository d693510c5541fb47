import type { FindDocument } from '../core/model/bundle-schema.ts';
import type { DataModel } from '../core/model/data-model.ts';
import type { KeyValues } from '../core/model/key-values.ts';
import type { Violation } from '../core/model/violation.ts';

/** The models that come with the broker, and what judges entities by any model. */
export interface ModelRegistry {
  /** Models that come with the broker; every tenant has them. */
  readonly shipped: readonly DataModel[];
  /** Definitions that published models share, at hand without a network; as they are written. */
  readonly findShared: FindDocument;
  /**
   * Makes of a model what judges entities; the same for the same model, so it may be asked for again and again.
   *
   * Throws a `ModelError` for a schema that cannot be used.
   */
  compile(model: DataModel): CompiledModel;
}

/** Judges entities in key-value form. */
export interface CompiledModel {
  /**
   * How an entity breaks the schema; empty where it does not. At most `maxViolations`. Pure; never throws. Costs no more than
   * the value and the schema are large: patterns are matched in linear time.
   */
  judge(keyValues: KeyValues): readonly Violation[];
  /**
   * Judges the attributes that are there by themselves, whatever else the entity has: enough where the others are known to
   * conform. Undefined where the schema ties attributes together.
   */
  readonly judgePart: ((keyValues: KeyValues) => readonly Violation[]) | undefined;
  /** An empty object to fill, of a shape that is judged faster than any other. */
  emptyKeyValues(): KeyValues;
  /** Attributes that the schema looks at; undefined: it may look at any. */
  readonly names: ReadonlySet<string> | undefined;
}
