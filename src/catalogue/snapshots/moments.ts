import type { EpochMs } from '../../core/entity/entity.ts';
import type { SnapshotTerms } from '../dataset/dataset-terms.ts';

/** The hour, day, week or month that a moment is in, in UTC: by its first day, and its hour where it is one. */
export function momentAt(every: SnapshotTerms['every'], now: EpochMs): string {
  const date = new Date(now);
  switch (every) {
    case 'hour':
      return date.toISOString().slice(0, 13);
    case 'day':
      break;
    case 'week':
      // Weeks begin on Monday. [ISO 8601]
      date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
      break;
    case 'month':
      date.setUTCDate(1);
      break;
  }
  return date.toISOString().slice(0, 10);
}

/** Tells whether a text is one that `momentAt` gives. */
export function isMoment(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(T\d{2})?$/.test(text);
}
