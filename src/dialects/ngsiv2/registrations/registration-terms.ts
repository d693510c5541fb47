import type { RegistrationTerms } from '../../../core/registration/registration.ts';
import { parseGeoExpression } from '../geo-parameters.ts';
import { readTarget } from '../subscriptions/delivery-terms.ts';
import { readSelector } from '../subscriptions/subscription-terms.ts';
import type { RegistrationDocument } from './registration-document.ts';

/** What a document means. Refuses patterns and areas that are none. [V2 registration payload datamodel] */
export function readTerms(document: RegistrationDocument): RegistrationTerms {
  const { description, expires, dataProvided, provider } = document;
  const { entities, attrs, expression } = dataProvided;
  const { http, supportedForwardingMode } = provider;
  const area = expression === undefined ? undefined : parseGeoExpression(expression);
  return {
    ...(description !== undefined && { description }),
    entities: entities.map(readSelector),
    attributes: attrs,
    ...(area !== undefined && { area }),
    provider: {
      target: readTarget(http),
      forwards: supportedForwardingMode,
      ...(http.timeout !== undefined && { timeoutMs: http.timeout }),
    },
    ...(expires !== undefined && { expiresAt: Date.parse(expires) }),
  };
}
