import type { EpochMs } from '../../core/entity/entity.ts';
import { IotRefusal } from '../iot-refusal.ts';

interface Bucket {
  /** Messages that may still come at once; below 0: those that wait. */
  tokens: number;
  at: EpochMs;
  toldAt: EpochMs;
}

/** Buckets that are kept; full ones beyond that are forgotten. */
const manyBuckets = 10_000;
const toldEveryMs = 10_000;

/** How many messages a second each device may send; twice as many at once, now and then. A device that sends more is slowed, alone. */
export class Pace {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, Bucket>();

  /** 0: as many as they like. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Counts a message, and tells for how many milliseconds it has to wait. */
  delayOf(device: string, now: EpochMs): number {
    if (this.#perSecond === 0) return 0;
    const bucket = this.#bucketOf(device, now);
    bucket.tokens -= 1;
    return bucket.tokens >= 0 ? 0 : Math.ceil((-bucket.tokens * 1000) / this.#perSecond);
  }

  /**
   * Counts a message of a sender that cannot be made to wait, unless it is one too many. Of those one every ten seconds is
   * `refused`, to be told of, and the others are `refused again`.
   */
  admit(device: string, now: EpochMs): 'admitted' | 'refused' | 'refused again' {
    if (this.#perSecond === 0) return 'admitted';
    const bucket = this.#bucketOf(device, now);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 'admitted';
    }
    const isNews = now - bucket.toldAt >= toldEveryMs;
    if (isNews) bucket.toldAt = now;
    return isNews ? 'refused' : 'refused again';
  }

  /** What a message that was not admitted is refused with. */
  refusalOf(deviceId: string): IotRefusal {
    return new IotRefusal({ kind: 'tooFast', deviceId, perSecond: this.#perSecond, retryAfterSeconds: 1 });
  }

  #bucketOf(device: string, now: EpochMs): Bucket {
    const most = this.#perSecond * 2;
    let bucket = this.#buckets.get(device);
    if (bucket === undefined) {
      if (this.#buckets.size >= manyBuckets) this.#forget(now);
      bucket = { tokens: most, at: now, toldAt: Number.NEGATIVE_INFINITY };
      this.#buckets.set(device, bucket);
      return bucket;
    }
    bucket.tokens = Math.min(most, bucket.tokens + (Math.max(0, now - bucket.at) * this.#perSecond) / 1000);
    bucket.at = now;
    return bucket;
  }

  /** Two seconds of silence fill any bucket that nobody waits for. */
  #forget(now: EpochMs): void {
    for (const [device, { tokens, at }] of this.#buckets) {
      if (tokens >= 0 && now - at >= 2000) this.#buckets.delete(device);
    }
  }
}
