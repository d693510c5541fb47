import type { SubscriptionRules } from '../subscriptions/subscription-rules.ts';

/** What a registration is checked against, beyond its own text. */
export type RegistrationRules = Pick<SubscriptionRules, 'text' | 'hasEndpoint'>;
