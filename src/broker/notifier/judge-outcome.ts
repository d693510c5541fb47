import type { DeliveryOutcome } from '../../ports/transport.ts';

/** What an outcome means for the notification. */
export type Verdict =
  | { readonly kind: 'delivered' }
  /** It is to be tried again, no earlier than the receiver said, if it said. */
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly kind: 'hopeless'; readonly reason: string };

/**
 * A receiver that answers has it, whatever it thinks of it; one that says that it is overloaded or broken (429, 5xx) may do
 * better later. Redirects are not followed: they are answers.
 */
export function judgeOutcome(outcome: DeliveryOutcome): Verdict {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'delivered' };
    case 'failed':
      return { kind: 'retry', reason: outcome.reason };
    case 'impossible':
      return { kind: 'hopeless', reason: outcome.reason };
    case 'answered': {
      const { status, retryAfterMs } = outcome;
      if (status < 500 && status !== 429) return { kind: 'delivered' };
      return { kind: 'retry', reason: `answered ${status}`, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
  }
}
