import { Refusal } from '../../../../core/errors.ts';

/** How long a query of a broker may keep the event loop before it lets others in, in milliseconds. */
export const yieldAfterMs = 5;

/** The time that one query may take: at a stretch, before others get their turn, and in all. */
export class TimeSlice {
  private readonly end: number;
  private sliceEnd: number;

  constructor(
    private readonly yieldAfterMs: number,
    private readonly timeoutMs: number,
  ) {
    const now = performance.now();
    this.end = now + timeoutMs;
    this.sliceEnd = now + yieldAfterMs;
  }

  /** How many steps of so many nanoseconds to take between two looks at the clock, which is not free. */
  stepsOf(costNs: number): number {
    return Math.max(16, Math.min(4096, Math.round((this.yieldAfterMs * 20_000) / (costNs + 10))));
  }

  /** It is time to give way. */
  isOver(): boolean {
    return performance.now() >= this.sliceEnd;
  }

  /** Begins the next stretch. Refuses with `queryTimeout` where there is no time left. */
  restart(): void {
    const now = performance.now();
    if (now >= this.end) throw new Refusal({ kind: 'queryTimeout', limitMs: this.timeoutMs });
    this.sliceEnd = now + this.yieldAfterMs;
  }
}
