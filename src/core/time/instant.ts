import type { EpochMs } from '../entity/entity.ts';

/** The separator between hours and minutes, or its absence, must come again before the seconds. */
const form =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2})(?:(:?)(\d{2})(?:\5(\d{2})(?:\.(\d+))?)?)?(?:Z|([+-])(\d{2})(?::?(\d{2}))?)?)?$/;

/**
 * The instant that a text names, or undefined where it names none.
 *
 * `<date>`, `<date>T<time>` or `<date>T<time><zone>`: the date `YYYY-MM-DD`; the time `hh`, `hh:mm`, `hh:mm:ss` or `hh:mm:ss.s…`,
 * with or without its colons; the zone `Z`, `±hh`, `±hhmm` or `±hh:mm`, and UTC where it is left out. The calendar is checked:
 * there is no 30 February and no 24:00. Digits beyond the millisecond are cut off. [V2 DateTime]
 */
export function parseInstant(text: string): EpochMs | undefined {
  const found = form.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour = '0', , minute = '0', second = '0', fraction = ''] = found;
  const [sign, zoneHour = '0', zoneMinute = '0'] = found.slice(9);
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return undefined;

  const date = new Date(0);
  // `Date.UTC` would take the years 0 to 99 for those of the twentieth century.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;

  const millisecond = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const local = date.setUTCHours(Number(hour), Number(minute), Number(second), millisecond);
  const ahead = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000;
  return sign === '-' ? local + ahead : local - ahead;
}

/** The instant in UTC with milliseconds, `2026-01-31T12:00:00.000Z`. Years beyond 9999 take the expanded form of ISO 8601. */
export function renderInstant(instant: EpochMs): string {
  return new Date(instant).toISOString();
}
