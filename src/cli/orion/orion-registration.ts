import type { JsonObject } from '../../core/json.ts';
import type { StoredRegistration } from '../../core/registration/registration.ts';
import { renderInstant } from '../../core/time/instant.ts';
import { parseRegistration } from '../../dialects/ngsiv2/registrations/parse-registration.ts';
import { freeText } from '../../dialects/ngsiv2/text-rules.ts';
import { createdAtOf, endOfCalendar, readSelector } from './orion-document.ts';
import { OrionDocumentError, readArray, readObject, readSeconds, readText, readValue } from './orion-value.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The registrations that a document of Orion's collection `registrations` holds: one, as NGSIv2 writes it, or several, as
 * NGSIv1 did; of these, the ids of all but the first have a number behind them.
 *
 * Throws an `OrionDocumentError` or a `Refusal` for what Oriel would not take from a client either, but for forbidden
 * characters. [Orion database model, registrations]
 */
export function readOrionRegistrations(document: unknown): readonly StoredRegistration[] {
  const fields = readObject(document, 'the document');
  const parts = readArray(fields.contextRegistration);
  if (parts.length === 0) throw new OrionDocumentError('contextRegistration is empty');
  const createdAt = createdAtOf(fields._id);
  return parts.map((part, position) => {
    const { document: parsed, status } = parseRegistration(payloadOf(fields, readObject(part, 'contextRegistration')), {
      text: freeText,
      hasEndpoint: () => false,
    });
    return {
      id: position === 0 ? String(fields._id) : `${fields._id}-${position + 1}`,
      dialect: 'ngsiv2',
      scope: readText(fields.servicePath) ?? '/',
      status: status ?? 'active',
      document: parsed,
      createdAt,
      modifiedAt: createdAt,
    };
  });
}

/** As a client would write it. */
function payloadOf(fields: Fields, part: Fields): JsonObject {
  const description = readText(fields.description);
  const expires = readSeconds(fields.expiration);
  const supportedForwardingMode = readText(part.fwdMode) ?? readText(fields.fwdMode);
  return {
    ...(description !== undefined && { description }),
    ...(expires !== undefined && expires > 0 && expires < endOfCalendar && { expires: renderInstant(expires) }),
    ...(fields.status === 'inactive' && { status: 'inactive' }),
    dataProvided: {
      entities: readArray(part.entities).map(readSelector),
      attrs: readArray(part.attrs).map((attribute) => readValue(readObject(attribute, 'one of attrs').name)),
    },
    provider: {
      http: { url: readText(part.providingApplication) ?? '' },
      ...(supportedForwardingMode !== undefined && { supportedForwardingMode }),
    },
  };
}
