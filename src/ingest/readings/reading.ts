import type { EpochMs } from '../../core/entity/entity.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { MeasureProblem } from '../iot-refusal.ts';

/** What a device measured at one moment, as it said it. */
export interface Reading {
  /** Values by the names that the device has for them. */
  readonly measures: ReadonlyMap<string, JsonValue>;
  /** The protocol knows texts only: what reads as something else is that. */
  readonly isTextual: boolean;
  /** When the device says it was; absent: it says nothing. */
  readonly observedAt?: EpochMs;
  /** Types and metadata that came with the measures: of a payload that is NGSI. */
  readonly described?: ReadonlyMap<string, DescribedMeasure>;
}

export interface DescribedMeasure {
  readonly type?: string;
  readonly metadata?: JsonObject;
  /** A mapping defines it: it is stored also where only what is defined is. */
  readonly isDefined?: true;
}

/** The readings of one payload, in its order, and what of it was none. */
export interface ParsedPayload {
  readonly readings: readonly Reading[];
  readonly problems: readonly MeasureProblem[];
  /** Results of commands that came with it (Ultralight). */
  readonly results?: readonly CommandResult[];
}

export interface CommandResult {
  readonly command: string;
  readonly result: JsonValue;
}

/** The measure that says when the others were taken. */
export const timeInstant = 'TimeInstant';
