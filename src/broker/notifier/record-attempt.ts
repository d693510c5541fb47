import type { EpochMs } from '../../core/entity/entity.ts';
import type { SubscriptionState } from '../../core/subscription/subscription.ts';
import type { DeliveryOutcome } from '../../ports/transport.ts';

/**
 * What an attempt makes of the state of its subscription: an answer is a success, whatever its status, because the receiver
 * was reached. With more failures in a row than `maxFails` the subscription becomes inactive.
 * [V2 subscription notification] [V2 maxFailsLimit]
 */
export function recordAttempt(
  state: SubscriptionState,
  outcome: DeliveryOutcome,
  startedAt: EpochMs,
  endedAt: EpochMs,
  maxFails: number | undefined,
): SubscriptionState {
  const counted = { ...state, timesSent: state.timesSent + 1, lastNotification: startedAt };
  switch (outcome.kind) {
    case 'answered':
      return { ...counted, failsCounter: 0, lastSuccess: endedAt, lastSuccessCode: outcome.status };
    case 'accepted':
      return { ...counted, failsCounter: 0, lastSuccess: endedAt };
    case 'failed':
    case 'impossible': {
      const failsCounter = state.failsCounter + 1;
      const failed = { ...counted, failsCounter, lastFailure: endedAt, lastFailureReason: outcome.reason };
      return maxFails !== undefined && failsCounter > maxFails ? { ...failed, status: 'inactive' } : failed;
    }
  }
}
