import type { EpochMs } from '../../entity/entity.ts';
import type { JsonValue } from '../../json.ts';
import type { Effort } from '../effort.ts';

/**
 * A transformation of the language: `input|name(args)`.
 *
 * It gives null for input or arguments that it is not made for, and never throws, but for `EffortExceeded`: whatever may
 * grow beyond its input is paid for before it is made. [V2 available transformations]
 */
export type Transform = (input: JsonValue, args: readonly JsonValue[], evaluation: Evaluation) => JsonValue;

/** What evaluating an expression may look at besides the values in it. */
export interface Evaluation {
  readonly now: EpochMs;
  readonly effort: Effort;
}
