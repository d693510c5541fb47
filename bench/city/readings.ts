import { counterPlaces } from './places.ts';

/** The middle of what the jitter of `madrid.ts` makes of a reading. */
const sorted = counterPlaces.map(({ intensity }) => intensity).sort((a, b) => b - a);

/** An intensity that about this share of the counters is above. */
export function intensityAbove(share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** No counter is made with an intensity of this or above. */
export const beyondIntensity = 20_000;
