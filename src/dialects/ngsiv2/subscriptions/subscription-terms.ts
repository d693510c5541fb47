import type { EntitySelector, Filter } from '../../../core/query/query.ts';
import type {
  Alteration,
  AttributeSelection,
  NotificationTerms,
  SubscriptionTerms,
  Throttling,
} from '../../../core/subscription/subscription.ts';
import { conjunctionOf, parseExpression } from '../parse-query.ts';
import { patternOf } from '../parse-selectors.ts';
import { freeText } from '../text-rules.ts';
import { readDelivery } from './delivery-terms.ts';
import type {
  EntityDocument,
  ExpressionDocument,
  NotificationDocument,
  SubscriptionDocument,
} from './subscription-document.ts';
import type { SubscriptionRules } from './subscription-rules.ts';

/** What the terms of a document need of the rules. */
export type TermRules = Pick<SubscriptionRules, 'text' | 'filterLength' | 'compileCondition'>;

/** What a condition asks for that does not say. [V2 subscriptions based in alteration type] */
const defaultAlterations: readonly Alteration[] = ['entityCreate', 'entityChange'];

/** What a document means. Refuses patterns and filters that are none. [V2 subscription payload datamodel] */
export function readTerms(document: SubscriptionDocument, rules: TermRules): SubscriptionTerms {
  const { description, expires, subject, notification } = document;
  const { attrs, expression, jexlExpression, alterationTypes, notifyOnMetadataChange } = subject.condition;
  const filter = readFilter(expression, rules);
  const throttling = readThrottling(document);
  return {
    ...(description !== undefined && { description }),
    selectors: subject.entities.map(readSelector),
    watched: attrs,
    alterations: alterationTypes ?? defaultAlterations,
    notifyOnMetadataChange,
    ...(filter !== undefined && { filter }),
    ...(jexlExpression !== undefined && { condition: rules.compileCondition(jexlExpression) }),
    notification: readNotification(notification),
    ...(throttling !== undefined && { throttling }),
    ...(expires !== undefined && { expiresAt: Date.parse(expires) }),
  };
}

/** As `readTerms`, for a document that was stored: it was accepted under the rules of its time, whatever they are now. */
export function restoreTerms(
  document: SubscriptionDocument,
  compileCondition: SubscriptionRules['compileCondition'],
): SubscriptionTerms {
  return readTerms(document, { text: freeText, filterLength: Number.POSITIVE_INFINITY, compileCondition });
}

/** Which entities an item of `entities` means. Refuses patterns that are none. */
export function readSelector({ id, idPattern, type, typePattern }: EntityDocument): EntitySelector {
  const ids = patternOf(idPattern, 'idPattern');
  const types = patternOf(typePattern, 'typePattern');
  return {
    ...(id !== undefined && { ids: [id] }),
    ...(ids !== undefined && { idPattern: ids }),
    ...(type !== undefined && { types: [type] }),
    ...(types !== undefined && { typePattern: types }),
  };
}

function readFilter(expression: ExpressionDocument | undefined, { filterLength, text }: TermRules): Filter | undefined {
  if (expression === undefined) return undefined;
  const { filters, geo } = parseExpression(expression, { filterLength }, text);
  return conjunctionOf(geo === undefined ? filters : [...filters, geo]);
}

function readThrottling({ throttling, throttlingMode }: SubscriptionDocument): Throttling | undefined {
  return throttling === undefined ? undefined : { periodMs: throttling * 1000, mode: throttlingMode ?? 'drop' };
}

function readNotification(notification: NotificationDocument): NotificationTerms {
  const { onlyChangedAttrs, attrsFormat, metadata = [], maxFailsLimit } = notification;
  return {
    attributes: readAttributes(notification),
    onlyChanged: onlyChangedAttrs,
    metadata,
    format: attrsFormat,
    delivery: readDelivery(notification),
    ...(maxFailsLimit !== undefined && { maxFails: maxFailsLimit }),
  };
}

function readAttributes({ attrs, exceptAttrs, covered }: NotificationDocument): AttributeSelection {
  if (exceptAttrs !== undefined) return { kind: 'except', names: exceptAttrs };
  return attrs.length === 0 ? { kind: 'all' } : { kind: 'only', names: attrs, covered };
}
