import type { Condition } from '../../../core/subscription/condition.ts';
import type { TextRules } from '../text-rules.ts';

/** What a subscription is checked against, beyond its own text. */
export interface SubscriptionRules {
  readonly text: TextRules;
  /** Characters of one `q`, `mq` or `jexlExpression`. */
  readonly filterLength: number;
  /** Extension: tells whether the operator keeps an endpoint of that name for that protocol. */
  readonly hasEndpoint: (protocol: EndpointProtocol, name: string) => boolean;
  /** Compiles a `jexlExpression`. May refuse it. */
  readonly compileCondition: (source: string) => Condition;
}

export type EndpointProtocol = 'http' | 'mqtt';
