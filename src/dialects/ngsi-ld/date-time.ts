import type { EpochMs } from '../../core/entity/entity.ts';
import { invalidRequest } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import { parseMoment } from '../../core/time/moment.ts';

/** The instant that a DateTime names; refuses what is none. `where` says what it is of. [LD 4.6.3] */
export function parseDateTime(value: JsonValue | undefined, where: string): EpochMs {
  const isFull = typeof value === 'string' && value.includes('T') && !/[.,]\d{7}/.test(value);
  const instant = isFull ? parseMoment(value) : undefined;
  if (instant === undefined) {
    throw invalidRequest(`${where} must be a date and time in UTC such as 2026-01-31T12:00:00Z`);
  }
  return instant;
}

/** An instant as NGSI-LD writes it, without a fraction of the second where there is none. */
export function renderDateTime(instant: EpochMs): string {
  const text = new Date(instant).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -'.000Z'.length)}Z` : text;
}
