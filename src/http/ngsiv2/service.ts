import type { QueryLimits } from '../../dialects/ngsiv2/parse-query.ts';
import type { SubscriptionRules } from '../../dialects/ngsiv2/subscriptions/subscription-rules.ts';
import type { TextRules } from '../../dialects/ngsiv2/text-rules.ts';
import type { Availability } from '../availability.ts';

/** What the routes of NGSIv2 work with. */
export interface NgsiService {
  readonly availability: Availability;
  readonly limits: QueryLimits;
  /** Which characters names and texts may have. */
  readonly text: TextRules;
  readonly hasEndpoint: SubscriptionRules['hasEndpoint'];
}
