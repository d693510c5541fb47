import type { EpochMs } from '../../core/entity/entity.ts';
import type { TenantName } from '../../core/scope.ts';

/** One attempt to deliver a notification. */
export interface LoggedAttempt {
  readonly at: EpochMs;
  readonly durationMs: number;
  /** As receivers see it. */
  readonly notificationId: string;
  readonly entityId: string;
  /** Counts the attempts of this notification since the broker started, from 1. */
  readonly attempt: number;
  /** Of the answer; absent: there was none. */
  readonly status?: number;
  /** First characters of the answer; absent: there was none. */
  readonly answer?: string;
  /** Why it failed; absent: it did not. */
  readonly failure?: string;
}

/** Characters of an answer or of a reason that are remembered. */
const maxCharacters = 200;

/** Subscriptions whose attempts are remembered: those with the latest. */
const maxSubscriptions = 10_000;

/** The last attempts for each subscription, for people who look for what goes wrong. Kept in memory: a restart forgets them. */
export class DeliveryLog {
  readonly #length: number;
  readonly #attempts = new Map<string, LoggedAttempt[]>();

  constructor(length: number) {
    this.#length = length;
  }

  add(tenant: TenantName, subscriptionId: string, attempt: LoggedAttempt): void {
    const key = keyOf(tenant, subscriptionId);
    const attempts = this.#attempts.get(key) ?? [];
    attempts.push(bounded(attempt));
    if (attempts.length > this.#length) attempts.shift();
    // The map keeps the order of insertion: whoever has the latest attempt stands last.
    this.#attempts.delete(key);
    this.#attempts.set(key, attempts);
    if (this.#attempts.size > maxSubscriptions) {
      const [oldest] = this.#attempts.keys();
      if (oldest !== undefined) this.#attempts.delete(oldest);
    }
  }

  /** The latest last. */
  of(tenant: TenantName, subscriptionId: string): readonly LoggedAttempt[] {
    return [...(this.#attempts.get(keyOf(tenant, subscriptionId)) ?? [])];
  }

  forget(tenant: TenantName, subscriptionId: string): void {
    this.#attempts.delete(keyOf(tenant, subscriptionId));
  }
}

/** The attempt itself, in the usual case that there is nothing to cut off. */
function bounded(attempt: LoggedAttempt): LoggedAttempt {
  const { answer, failure } = attempt;
  if ((answer?.length ?? 0) <= maxCharacters && (failure?.length ?? 0) <= maxCharacters) return attempt;
  return {
    ...attempt,
    ...(answer !== undefined && { answer: answer.slice(0, maxCharacters) }),
    ...(failure !== undefined && { failure: failure.slice(0, maxCharacters) }),
  };
}

function keyOf(tenant: TenantName, subscriptionId: string): string {
  return `${tenant}/${subscriptionId}`;
}
