import type { Random } from '../../ports/random.ts';
import type { NotifierSettings } from './notifier-settings.ts';

/**
 * How long to wait after so many failures in a row: doubled each time up to the longest, and of that between half and all, so
 * that those who failed together do not come back together.
 */
export function retryDelayMs(
  failures: number,
  { firstRetryMs, longestRetryMs }: Pick<NotifierSettings, 'firstRetryMs' | 'longestRetryMs'>,
  random: Random,
): number {
  const full = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 40));
  return Math.ceil(full * (0.5 + random.fraction() / 2));
}
