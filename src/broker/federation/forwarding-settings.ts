import type { BreakerSettings } from '../notifier/circuit-breaker.ts';

/** How far and how patiently requests are forwarded. */
export interface ForwardingSettings extends BreakerSettings {
  /** How this broker calls itself to others (`Via`), so that it knows its own requests when they come back. */
  readonly hostAlias: string;
  /** How long a provider may take to answer where its registration does not say. */
  readonly timeoutMs: number;
  /** Brokers that a request may have passed and still be forwarded. */
  readonly maxHops: number;
  /** Entities that are taken from one provider for one answer. */
  readonly maxEntities: number;
  /** Whether attributes that a provider owns go to it also where they are to be created (see `splitDraft`). */
  readonly forwardsAppends: boolean;
}

/** What operators need not choose. */
export const defaultPatience = {
  failuresToPause: 5,
  firstRetryMs: 1000,
  longestRetryMs: 30_000,
  longestAskedMs: 300_000,
} as const;
