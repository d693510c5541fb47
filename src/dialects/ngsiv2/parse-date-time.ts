import type { EpochMs } from '../../core/entity/entity.ts';
import { invalidRequest } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import { parseInstant, renderInstant } from '../../core/time/instant.ts';

/** The value of an attribute or metadata whose type says that it is an instant, in the one form in which it is kept; null stays null. [V2 datetime support] */
export function parseDateTime(value: JsonValue) {
  return {
    kind: 'property',
    value: value === null ? null : renderInstant(parseDate(value)),
    valueType: 'DateTime',
  } as const;
}

/** The instant that a value names; refuses what names none. [V2 datetime support] */
export function parseDate(value: JsonValue): EpochMs {
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  if (instant === undefined) throw invalidRequest('date has invalid format');
  return instant;
}
