import type { EpochMs } from '../../../core/entity/entity.ts';

/** How long `Retry-After` asks to wait, in seconds or until a date; undefined where it says neither. [RFC 9110 10.2.3] */
export function parseRetryAfter(text: string | undefined, now: EpochMs): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
