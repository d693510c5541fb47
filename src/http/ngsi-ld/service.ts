import type { QueryLimits } from '../../dialects/ngsi-ld/query/entities-request.ts';
import type { Availability } from '../availability.ts';

/** What the routes of NGSI-LD work with. */
export interface LdService {
  readonly availability: Availability;
  readonly limits: QueryLimits;
  /** Where clients reach the broker, or `none`: then it is where the request came to. */
  readonly publicUrl: string;
}
