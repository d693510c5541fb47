import type { Timers } from '../../ports/timers.ts';

/** The longest delay that the runtime keeps to; a longer one would come at once. */
const maxDelayMs = 2 ** 31 - 1;

/** The timers of the process. */
export const systemTimers: Timers = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, maxDelayMs)).unref();
    return () => clearTimeout(timer);
  },
};
