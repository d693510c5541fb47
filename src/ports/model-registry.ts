import type { JsonObject } from '../core/json.ts';
import type { FindDocument } from '../core/model/bundle-schema.ts';
import type { DataModel } from '../core/model/data-model.ts';
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
   * Throws a `ModelError` for a schema that cannot be used. What it gives is pure and never throws. A judgement costs no more
   * than the value and the schema are large: patterns are matched in linear time.
   */
  compile(model: DataModel): JudgeKeyValues;
}

/** How an entity in key-value form breaks the schema; empty where it does not. At most `maxViolations`. */
export type JudgeKeyValues = (keyValues: JsonObject) => readonly Violation[];
