import type { EpochMs } from '../../core/entity/entity.ts';
import type { JsonValue } from '../../core/json.ts';
import { parseInstant } from '../../core/time/instant.ts';
import { IotRefusal } from '../iot-refusal.ts';

/**
 * The moment that a device names: a date, or a date and time, of ISO 8601, with or without its separators; without a zone it
 * is UTC. Refuses with `badTimestamp`.
 */
export function parseObservedAt(value: JsonValue): EpochMs {
  const instant = typeof value === 'string' ? parseInstant(extended(value.trim())) : undefined;
  if (instant === undefined) throw new IotRefusal({ kind: 'badTimestamp', text: String(value).slice(0, 100) });
  return instant;
}

/** `20160613T003530Z` → `2016-06-13T003530Z` */
function extended(text: string): string {
  return text.replace(/^(\d{4})(\d{2})(\d{2})(?=T|$)/, '$1-$2-$3');
}
