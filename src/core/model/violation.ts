import type { EntityRef } from '../entity/entity-ref.ts';
import type { JsonValue } from '../json.ts';

/** One way in which an entity is not what its model says, in a form for programs. */
export interface Violation {
  /** Into the key-value form of the entity: a JSON Pointer, such as `/address/postalCode`. [RFC 6901] */
  readonly path: string;
  /** What stands there; absent where nothing does. Long values are cut. */
  readonly value?: JsonValue;
  /** The keyword of JSON Schema that says no; or `attributeType`, `unit`, `unknownAttribute`, `unknownType`. */
  readonly rule: string;
  /** What would be right: completes "`/no2` …". */
  readonly message: string;
  /** Type and version, such as `AirQualityObserved 1.0.0`; absent where there is no model. */
  readonly model?: string;
}

/** An entity and how it is not what its model says. */
export interface EntityViolations {
  readonly entity: EntityRef;
  readonly violations: readonly Violation[];
}

/** Most violations that are told of one entity. */
export const maxViolations = 20;

/** Most characters that are shown of a value. */
const maxShown = 100;

/** The value, or as much of its JSON text as is shown. */
export function briefly(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.length <= maxShown ? value : `${value.slice(0, maxShown)}…`;
  if (typeof value !== 'object' || value === null) return value;
  const text = JSON.stringify(value);
  return text.length <= maxShown ? value : `${text.slice(0, maxShown)}…`;
}

/** One line for people: `/no2: -4 must be at least 0 [minimum, AirQualityObserved 1.0.0]`. */
export function renderViolation({ path, value, rule, message, model }: Violation): string {
  const shown = value === undefined ? '' : `${typeof value === 'string' ? value : JSON.stringify(value)} `;
  return `${path === '' ? '/' : path}: ${shown}${message} [${[rule, model].filter((part) => part !== undefined).join(', ')}]`;
}
