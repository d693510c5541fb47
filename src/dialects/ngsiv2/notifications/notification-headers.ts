import { decodePercent } from '../../../core/expression/decode-percent.ts';
import { expandText, type TextExpansion } from '../../../core/expression/macros.ts';
import type { Template } from '../../../core/subscription/delivery.ts';
import { headerValue, isCustomHeaderName } from '../../../core/subscription/header-fields.ts';
import type { ChangedEntity } from './changed-entity.ts';

/** The id of a notification: the same each time it is sent, so that a receiver can drop what it has had already. An extension. */
export const notificationIdHeader = 'Oriel-Notification-Id';

/** What the headers of a notification say besides what happened. */
export interface NotificationEnvelope {
  /** Of this notification, whichever attempt sends it. */
  readonly id: string;
  /** Counts the notifications of one request from 1. */
  readonly ordinal: number;
  /** How the software calls itself. */
  readonly userAgent: string;
  /** How the broker calls itself to other brokers. */
  readonly hostAlias: string;
}

/** What the body is, as far as the headers care. */
export interface BodyLabel {
  /** Absent where there is no body. */
  readonly contentType?: string;
  /** `Ngsiv2-AttrsFormat`. */
  readonly format: string;
}

/** The headers that every notification has. [V2 notification messages] */
export function notificationHeaders(
  { entity, origin }: ChangedEntity,
  { contentType, format }: BodyLabel,
  { id, ordinal, userAgent, hostAlias }: NotificationEnvelope,
): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  if (contentType !== undefined) headers.set('Content-Type', contentType);
  if (origin.tenant !== '') headers.set('Fiware-Service', origin.tenant);
  headers.set('Fiware-Servicepath', entity.scopes[0] ?? '/');
  if (origin.authToken !== undefined) headers.set('X-Auth-Token', origin.authToken);
  if (origin.authorization !== undefined) headers.set('Authorization', origin.authorization);
  headers.set('Accept', 'application/json');
  headers.set('User-Agent', userAgent);
  headers.set('Fiware-Correlator', `${origin.correlator}; cbnotif=${ordinal}`);
  headers.set('Via', [...(origin.via ?? []), hostAlias].map((name) => `1.1 ${name}`).join(', '));
  headers.set('Ngsiv2-AttrsFormat', format);
  headers.set(notificationIdHeader, id);
  return headers;
}

/** What receivers, and the guard against loops, rely on. [V2 macro substitution] */
const own: ReadonlySet<string> = new Set([
  'fiware-correlator',
  'via',
  'ngsiv2-attrsformat',
  notificationIdHeader.toLowerCase(),
]);

/**
 * The headers with those of a custom notification, which replace headers of the same name, whatever its case; an empty value
 * takes one away. Escapes in values are decoded. Left out are the names that nobody may replace, and what is no name once its
 * macros are filled in. [V2 headers special treatment] [V2 remove headers]
 */
export function withCustomHeaders(
  headers: ReadonlyMap<string, string>,
  custom: ReadonlyMap<Template, Template>,
  expansion: TextExpansion,
): ReadonlyMap<string, string> {
  const byName = new Map([...headers].map(([name, value]) => [name.toLowerCase(), [name, value] as const]));
  for (const [nameTemplate, valueTemplate] of custom) {
    const name = expandText(nameTemplate, expansion);
    const key = name.toLowerCase();
    if (own.has(key) || !isCustomHeaderName(name)) continue;
    const value = headerValue(decodePercent(expandText(valueTemplate, expansion)));
    if (value === '') byName.delete(key);
    else byName.set(key, [name, value]);
  }
  return new Map(byName.values());
}
