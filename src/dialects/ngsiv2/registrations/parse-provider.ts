import { invalidRequest, Refusal } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { type ForwardingMode, forwardingModes } from '../../../core/registration/registration.ts';
import { parseEndpoint } from '../subscriptions/parse-endpoint.ts';
import { parseTimeout } from '../subscriptions/parse-http.ts';
import { parseReceiverUrl } from '../subscriptions/receiver-url.ts';
import type { HttpDocument } from '../subscriptions/subscription-document.ts';
import { hasForbiddenCharacter } from '../text-rules.ts';
import type { ProviderDocument } from './registration-document.ts';
import type { RegistrationRules } from './registration-rules.ts';

/** The `provider` of a registration: where it is, and which requests it takes. [V2 registration provider] */
export function parseProvider(body: JsonValue, rules: RegistrationRules): ProviderDocument {
  if (!isJsonObject(body)) throw invalidRequest('/provider/ must be a JSON object');
  if (Object.keys(body).length === 0) throw invalidRequest('/provider/ empty');
  const { http, legacyForwarding = false } = body;
  if (http === undefined) throw invalidRequest('/provider/ must contain a field /http/');
  const document = { http: parseHttp(http, rules), supportedForwardingMode: parseMode(body) };
  if (typeof legacyForwarding !== 'boolean') throw invalidRequest('the field /legacyForwarding/ must be a boolean');
  if (legacyForwarding) {
    throw new Refusal({ kind: 'notImplemented', description: 'requests are forwarded in NGSIv2: legacyForwarding' });
  }
  return document;
}

function parseHttp(body: JsonValue, rules: RegistrationRules): HttpDocument {
  if (!isJsonObject(body)) throw invalidRequest('/http/ must be a JSON object');
  const target = parseEndpoint('http', body, rules) ?? { url: parseUrl(body, rules) };
  return { ...target, ...parseTimeout(body) };
}

function parseUrl({ url }: JsonObject, { text }: RegistrationRules): string {
  if (url === undefined) throw invalidRequest('/http/ must contain a field /url/');
  if (typeof url !== 'string') throw invalidRequest('/url/ field of /http/ must be a JSON string');
  if (url === '') throw invalidRequest('/url/ field of /http/ cannot be the empty string');
  const parsed = hasForbiddenCharacter(url, text) ? undefined : parseReceiverUrl(url);
  // What is asked for is added to the path: behind a query or a fragment it would go nowhere.
  if (!/^https?:$/.test(parsed?.protocol ?? '') || /[?#]/.test(url)) {
    throw invalidRequest('/url/ field of /http/ is invalid');
  }
  return url;
}

function parseMode({ supportedForwardingMode = 'all' }: JsonObject): ForwardingMode {
  if (typeof supportedForwardingMode !== 'string') {
    throw invalidRequest('/supportedForwardingMode/ must be a JSON string');
  }
  const mode = forwardingModes.find((known) => known === supportedForwardingMode);
  if (mode === undefined) throw invalidRequest('invalid value of /supportedForwardingMode/');
  return mode;
}
