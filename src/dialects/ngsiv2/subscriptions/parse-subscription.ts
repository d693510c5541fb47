import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import {
  type SubscriptionStatus,
  type SubscriptionTerms,
  subscriptionStatuses,
} from '../../../core/subscription/subscription.ts';
import { parseInstant, renderInstant } from '../../../core/time/instant.ts';
import { integerMember, textMember } from '../json-members.ts';
import { membersOf, parseDescription, parseId } from '../managed-document.ts';
import { parseNotification } from './parse-notification.ts';
import { parseSubject } from './parse-subject.ts';
import type { NotificationDocument, SubjectDocument, SubscriptionDocument } from './subscription-document.ts';
import type { SubscriptionRules } from './subscription-rules.ts';
import { readTerms } from './subscription-terms.ts';

/** What a body says: to the store, to the broker, and beside both the status. */
export interface ParsedSubscription {
  /** To be stored; `restoreTerms` reads it again. */
  readonly document: SubscriptionDocument;
  readonly terms: SubscriptionTerms;
  /** Absent where the client said nothing of it: `active` for a new subscription, as it is for another. */
  readonly status?: SubscriptionStatus;
}

export interface NewSubscription extends ParsedSubscription {
  /** Extension: the id that the client wants; Orion ignores it and makes one. */
  readonly id?: string;
}

/** The body of `POST /v2/subscriptions`. Throws nothing but a `Refusal`. [V2 create subscription] */
export function parseSubscription(body: JsonValue, rules: SubscriptionRules): NewSubscription {
  const members = membersOf(body);
  const id = parseId(members);
  const { subject, notification, status, ...given } = parseMembers(members, rules);
  if (subject === undefined) throw invalidRequest('no subject for subscription specified');
  if (notification === undefined) throw invalidRequest('no notification for subscription specified');
  const document = documentOf({ ...given, subject, notification });
  return {
    document,
    terms: readTerms(document, rules),
    ...(status !== undefined && { status }),
    ...(id !== undefined && { id }),
  };
}

/**
 * The body of `PATCH /v2/subscriptions/{id}`, on the document that is stored.
 *
 * `subject` and `notification` are replaced as a whole, but for three switches, which stay as they are where the body does
 * not name them: `notifyOnMetadataChange`, `onlyChangedAttrs` and `covered` (this one only as long as there is a list of
 * attributes to cover). An empty `description` or `expires` takes it away. [V2 update subscription]
 */
export function parseSubscriptionPatch(
  stored: SubscriptionDocument,
  body: JsonValue,
  rules: SubscriptionRules,
): ParsedSubscription {
  const members = membersOf(body);
  const { subject, notification, status, ...given } = parseMembers(members, rules);
  const document = documentOf({
    ...stored,
    ...given,
    subject: subject === undefined ? stored.subject : keepSubject(stored.subject, subject, members.subject),
    notification:
      notification === undefined
        ? stored.notification
        : keepNotification(stored.notification, notification, members.notification),
  });
  return { document, terms: readTerms(document, rules), ...(status !== undefined && { status }) };
}

/** What a body names, checked; empty texts and 0 are kept, because they take away what was there. */
interface GivenMembers {
  readonly description?: string;
  readonly subject?: SubjectDocument;
  readonly notification?: NotificationDocument;
  readonly expires?: string;
  readonly status?: SubscriptionStatus;
  readonly throttling?: number;
  readonly throttlingMode?: 'drop' | 'trailing';
}

/** In the order of the reference implementation: of several mistakes, the first is told. Unknown members are ignored. */
function parseMembers(members: JsonObject, rules: SubscriptionRules): GivenMembers {
  const description = parseDescription(members, rules.text);
  const subject = members.subject === undefined ? undefined : parseSubject(members.subject, rules);
  const notification = members.notification === undefined ? undefined : parseNotification(members.notification, rules);
  const expires = parseExpires(members);
  const status = parseStatus(members);
  const throttling = integerMember(members, 'throttling');
  const throttlingMode = parseThrottlingMode(members);
  return {
    ...(description !== undefined && { description }),
    ...(subject !== undefined && { subject }),
    ...(notification !== undefined && { notification }),
    ...(expires !== undefined && { expires }),
    ...(status !== undefined && { status }),
    ...(throttling !== undefined && { throttling }),
    ...(throttlingMode !== undefined && { throttlingMode }),
  };
}

/** Without what says nothing, in the order in which members are shown. */
function documentOf({
  description = '',
  expires = '',
  subject,
  notification,
  throttling = 0,
  throttlingMode = 'drop',
}: GivenMembers & Pick<SubscriptionDocument, 'subject' | 'notification'>): SubscriptionDocument {
  return {
    ...(description !== '' && { description }),
    ...(expires !== '' && { expires }),
    subject,
    notification,
    ...(throttling > 0 && { throttling }),
    ...(throttlingMode === 'trailing' && { throttlingMode }),
  };
}

function keepSubject(before: SubjectDocument, after: SubjectDocument, body: JsonValue | undefined): SubjectDocument {
  const condition = isJsonObject(body) ? body.condition : undefined;
  if (names(condition, 'notifyOnMetadataChange')) return after;
  const { notifyOnMetadataChange } = before.condition;
  return { ...after, condition: { ...after.condition, notifyOnMetadataChange } };
}

function keepNotification(
  before: NotificationDocument,
  after: NotificationDocument,
  body: JsonValue | undefined,
): NotificationDocument {
  const isCovered = before.covered && after.attrs?.length !== 0;
  return {
    ...after,
    onlyChangedAttrs: names(body, 'onlyChangedAttrs') ? after.onlyChangedAttrs : before.onlyChangedAttrs,
    covered: names(body, 'covered') ? after.covered : isCovered,
  };
}

function names(body: JsonValue | undefined, member: string): boolean {
  return isJsonObject(body) && body[member] !== undefined;
}

/** An instant in the one form in which it is shown, or nothing: then the subscription never expires. */
function parseExpires(members: JsonObject): string | undefined {
  const expires = textMember(members, 'expires');
  if (expires === undefined || expires === '') return expires;
  const instant = parseInstant(expires);
  if (instant === undefined) throw invalidRequest('expires has an invalid format');
  return renderInstant(instant);
}

function parseStatus(members: JsonObject): SubscriptionStatus | undefined {
  const text = textMember(members, 'status');
  if (text === undefined) return undefined;
  const status = subscriptionStatuses.find((known) => known === text);
  if (status === undefined) {
    throw invalidRequest('status is not valid: it has to be either active or inactive');
  }
  return status;
}

/** Extension: with `trailing` the last value always arrives, at the end of the period that it came too early for. */
function parseThrottlingMode(members: JsonObject): 'drop' | 'trailing' | undefined {
  const mode = textMember(members, 'throttlingMode');
  if (mode === undefined || mode === 'drop' || mode === 'trailing') return mode;
  throw invalidRequest('throttlingMode is not valid: it has to be either drop or trailing');
}
