import type { EpochMs } from '../../core/entity/entity.ts';
import type { NotificationTerms, SubscriptionState } from '../../core/subscription/subscription.ts';
import type { DeliveryOutcome } from '../../ports/transport.ts';

/**
 * What an attempt makes of the state of its subscription: an answer is a success, whatever its status, because the receiver
 * was reached; unless the subscription expects an answer that is one. With more failures in a row than `maxFails` the subscription becomes inactive.
 * [V2 subscription notification] [V2 maxFailsLimit] [LD 5.8.6]
 */
export function recordAttempt(
  state: SubscriptionState,
  outcome: DeliveryOutcome,
  startedAt: EpochMs,
  endedAt: EpochMs,
  { maxFails, expectsSuccess }: Pick<NotificationTerms, 'maxFails' | 'expectsSuccess'>,
): SubscriptionState {
  const counted = { ...state, timesSent: state.timesSent + 1, lastNotification: startedAt };
  switch (outcome.kind) {
    case 'answered':
      if (expectsSuccess && !isSuccess(outcome.status)) return failed(`answered ${outcome.status}`);
      return { ...counted, failsCounter: 0, lastSuccess: endedAt, lastSuccessCode: outcome.status };
    case 'accepted':
      return { ...counted, failsCounter: 0, lastSuccess: endedAt };
    case 'failed':
    case 'impossible':
      return failed(outcome.reason);
  }

  function failed(reason: string): SubscriptionState {
    const failsCounter = state.failsCounter + 1;
    const timesFailed = (state.timesFailed ?? 0) + 1;
    const after = { ...counted, failsCounter, timesFailed, lastFailure: endedAt, lastFailureReason: reason };
    return maxFails !== undefined && failsCounter > maxFails ? { ...after, status: 'inactive' } : after;
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
