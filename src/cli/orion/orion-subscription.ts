import type { JsonObject } from '../../core/json.ts';
import type { ScopePattern } from '../../core/scope.ts';
import type { StoredSubscription, SubscriptionState } from '../../core/subscription/subscription.ts';
import { renderInstant } from '../../core/time/instant.ts';
import { parseSubscription } from '../../dialects/ngsiv2/subscriptions/parse-subscription.ts';
import type { SubscriptionRules } from '../../dialects/ngsiv2/subscriptions/subscription-rules.ts';
import { freeText } from '../../dialects/ngsiv2/text-rules.ts';
import { createdAtOf, endOfCalendar, readSelector } from './orion-document.ts';
import { readArray, readNames, readNumber, readObject, readSeconds, readText, readValue } from './orion-value.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The subscription that a document of Orion's collection `csubs` holds, with its counters.
 *
 * Throws an `OrionDocumentError` or a `Refusal` for what Oriel would not take from a client either, but for forbidden
 * characters. [Orion database model, csubs]
 */
export function readOrionSubscription(
  document: unknown,
  compileCondition: SubscriptionRules['compileCondition'],
): StoredSubscription {
  const fields = readObject(document, 'the document');
  const id = String(fields._id);
  const { document: parsed } = parseSubscription(payloadOf(fields), {
    text: freeText,
    filterLength: Number.POSITIVE_INFINITY,
    hasEndpoint: () => false,
    compileCondition,
  });
  const createdAt = createdAtOf(fields._id);
  return {
    id,
    dialect: 'ngsiv2',
    scopes: [scopeOf(readText(fields.servicePath) ?? '/#')],
    document: parsed,
    state: stateOf(fields),
    createdAt,
    modifiedAt: createdAt,
  };
}

/** As a client would write it. */
function payloadOf(fields: Fields): JsonObject {
  const description = readText(fields.description);
  const expires = readSeconds(fields.expiration);
  const throttling = readNumber(fields.throttling) ?? 0;
  return {
    ...(description !== undefined && { description }),
    ...(expires !== undefined && expires > 0 && expires < endOfCalendar && { expires: renderInstant(expires) }),
    subject: { entities: readArray(fields.entities).map(readSelector), condition: conditionOf(fields) },
    notification: notificationOf(fields),
    ...(throttling > 0 && { throttling }),
  };
}

function conditionOf(fields: Fields): JsonObject {
  const expression = Object.fromEntries(
    Object.entries(readObject(fields.expression ?? {}, 'expression')).flatMap(([name, value]) => {
      const text = readText(value);
      return text === undefined ? [] : [[name, text]];
    }),
  );
  const { altTypes, notifyOnMetadataChange } = fields;
  const alterationTypes = readArray(altTypes).map(readValue);
  const jexlExpression = readText(fields.jexlExpression);
  const attrs = readArray(fields.conditions).map(readValue);
  return {
    ...(attrs.length > 0 && { attrs }),
    ...(Object.keys(expression).length > 0 && { expression }),
    ...(jexlExpression !== undefined && { jexlExpression }),
    ...(alterationTypes.length > 0 && { alterationTypes }),
    notifyOnMetadataChange: notifyOnMetadataChange !== false,
  };
}

function notificationOf(fields: Fields): JsonObject {
  const names = readArray(fields.attrs).map(readValue);
  const metadata = readArray(fields.metadata).map(readValue);
  const maxFailsLimit = readNumber(fields.maxFailsLimit) ?? 0;
  const format = readText(fields.format);
  return {
    [fields.blacklist === true ? 'exceptAttrs' : 'attrs']: names,
    ...(metadata.length > 0 && { metadata }),
    onlyChangedAttrs: fields.onlyChanged === true,
    covered: fields.covered === true,
    // The format of NGSIv1 is gone; its receivers have to be changed.
    ...(format !== undefined && format !== 'JSON' && { attrsFormat: format }),
    ...(maxFailsLimit > 0 && { maxFailsLimit }),
    ...deliveryOf(fields),
  };
}

function deliveryOf(fields: Fields): JsonObject {
  const url = readText(fields.reference) ?? '';
  const protocol = url.startsWith('mqtt') ? 'mqtt' : 'http';
  const isCustom = fields.custom === true;
  const target = { url, ...(protocol === 'mqtt' ? mqttOf(fields) : httpOf(fields)) };
  return isCustom
    ? { [`${protocol}Custom`]: { ...target, ...(protocol === 'http' && requestOf(fields)), ...bodyOf(fields) } }
    : { [protocol]: target };
}

function httpOf(fields: Fields): JsonObject {
  const timeout = readNumber(fields.timeout) ?? 0;
  return timeout > 0 ? { timeout } : {};
}

function mqttOf(fields: Fields): JsonObject {
  const user = readText(fields.user);
  const passwd = readText(fields.passwd);
  return {
    topic: readText(fields.topic) ?? '',
    qos: readNumber(fields.qos) ?? 0,
    retain: fields.retain === true,
    ...(user !== undefined && { user }),
    ...(passwd !== undefined && { passwd }),
  };
}

function requestOf(fields: Fields): JsonObject {
  const method = readText(fields.method);
  const headers = readNames(fields.headers);
  const qs = readNames(fields.qs);
  return {
    ...(method !== undefined && { method }),
    ...(headers !== undefined && { headers }),
    ...(qs !== undefined && { qs }),
  };
}

/** A `payload` that is null means that nothing is sent as body; one that is not there, that nobody asked for another body. */
function bodyOf(fields: Fields): JsonObject {
  const { payload, json, ngsi } = fields;
  if (json !== undefined && json !== null) return { json: readValue(json) };
  if (ngsi !== undefined && ngsi !== null) return { ngsi: readValue(ngsi) };
  return payload === undefined ? {} : { payload: readValue(payload) };
}

function stateOf(fields: Fields): SubscriptionState {
  const lastNotification = readSeconds(fields.lastNotification);
  const lastSuccess = readSeconds(fields.lastSuccess);
  const lastSuccessCode = readNumber(fields.lastSuccessCode);
  const lastFailure = readSeconds(fields.lastFailure);
  const lastFailureReason = readText(fields.lastFailureReason);
  const status = readText(fields.status);
  return {
    status: status === 'inactive' || status === 'oneshot' ? status : 'active',
    timesSent: readNumber(fields.count) ?? 0,
    failsCounter: readNumber(fields.failsCounter) ?? 0,
    ...(happened(lastNotification) && { lastNotification }),
    ...(happened(lastSuccess) && { lastSuccess }),
    ...(lastSuccessCode !== undefined && lastSuccessCode > 0 && { lastSuccessCode }),
    ...(happened(lastFailure) && { lastFailure }),
    ...(lastFailureReason !== undefined && { lastFailureReason }),
  };
}

/** 0 and less is Orion's "never". */
function happened(instant: number | undefined): instant is number {
  return instant !== undefined && instant > 0;
}

function scopeOf(servicePath: string): ScopePattern {
  if (!servicePath.endsWith('/#')) return { path: servicePath, subtree: false };
  const path = servicePath.slice(0, -2);
  return { path: path === '' ? '/' : path, subtree: true };
}
