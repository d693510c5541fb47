import { compileCondition } from '../../dialects/ngsiv2/notifications/compile-condition.ts';
import type { SubscriptionRules } from '../../dialects/ngsiv2/subscriptions/subscription-rules.ts';
import type { NgsiService } from './service.ts';

/** What the bodies of subscriptions are checked against. */
export function subscriptionRules({ availability, limits, text, hasEndpoint }: NgsiService): SubscriptionRules {
  const { clock } = availability.broker;
  return {
    text,
    filterLength: limits.filterLength,
    hasEndpoint,
    compileCondition: (source) => compileCondition(source, () => clock.now()),
  };
}
