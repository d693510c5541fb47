import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../../core/json.ts';
import { compareTexts } from '../../../core/query/compare-values.ts';
import { type HttpMethod, httpMethods } from '../../../core/subscription/delivery.ts';
import { integerMember, requiredTextMember, textMember } from '../json-members.ts';
import { hasForbiddenCharacter, type TextRules } from '../text-rules.ts';
import { parseCustomBody } from './parse-custom-body.ts';
import { parseEndpoint } from './parse-endpoint.ts';
import { parseReceiverUrl } from './receiver-url.ts';
import type { HttpCustomDocument, HttpDocument, TargetDocument } from './subscription-document.ts';
import type { SubscriptionRules } from './subscription-rules.ts';

/** Milliseconds that a receiver may take to answer, at most: half an hour. */
const maxTimeoutMs = 1_800_000;

/** `notification.http`. [V2 subscription notification http] */
export function parseHttp(body: JsonObject, rules: SubscriptionRules): HttpDocument {
  const target = parseEndpoint('http', body, rules) ?? parseUrl(body, rules.text);
  return { ...target, ...parseTimeout(body) };
}

function parseUrl(body: JsonObject, rules: TextRules): TargetDocument {
  const url = requiredTextMember(body, 'url', 'url http notification');
  if (hasForbiddenCharacter(url, rules)) throw invalidRequest('forbidden characters in http field /url/');
  checkUrl(url, 'Invalid URL parsing notification url');
  return { url };
}

/** `notification.httpCustom`. [V2 subscription notification httpCustom] [V2 custom notifications] */
export function parseHttpCustom(body: JsonObject, rules: SubscriptionRules): HttpCustomDocument {
  const target = parseEndpoint('http', body, rules) ?? parseCustomUrl(body, rules.text);
  const method = parseMethod(textMember(body, 'method', 'method httpCustom notification'));
  const customBody = parseCustomBody(body, rules.text);
  const qs = parseDictionary(body, 'qs', rules.text);
  const headers = parseDictionary(body, 'headers', rules.text);
  return {
    ...target,
    ...parseTimeout(body),
    ...customBody,
    ...(method !== undefined && { method }),
    ...(qs !== undefined && { qs }),
    ...(headers !== undefined && { headers }),
  };
}

/** What a URL with macros in it will be shows when a notification is sent. */
function parseCustomUrl(body: JsonObject, rules: TextRules): TargetDocument {
  const url = requiredTextMember(body, 'url', 'url httpCustom notification');
  if (hasForbiddenCharacter(url, rules)) throw invalidRequest('forbidden characters in custom /url/');
  if (!url.includes('${')) checkUrl(url, 'invalid custom /url/');
  return { url };
}

function checkUrl(url: string, invalid: string): void {
  const protocol = parseReceiverUrl(url)?.protocol;
  if (protocol === 'mqtt:' || protocol === 'mqtts:') {
    throw invalidRequest('mqtt URL cannot be used in http notifications');
  }
  if (protocol !== 'http:' && protocol !== 'https:') throw invalidRequest(invalid);
}

/** 0 says the same as nothing: as long as the broker waits by default. */
export function parseTimeout(body: JsonObject): { readonly timeout?: number } {
  const timeout = integerMember(body, 'timeout') ?? 0;
  if (timeout < 0 || timeout > maxTimeoutMs) {
    throw invalidRequest(`timeout field must be an integer between 0 and ${maxTimeoutMs}`);
  }
  return timeout === 0 ? {} : { timeout };
}

function parseMethod(text: string | undefined): HttpMethod | undefined {
  if (text === undefined) return undefined;
  const method = httpMethods.find((known) => known === text);
  if (method === undefined) throw invalidRequest('unknown method httpCustom notification');
  return method;
}

/** Names and values, in the order of the names. Values of headers may have quotes and semicolons, which they need. */
function parseDictionary(
  body: JsonObject,
  member: 'qs' | 'headers',
  rules: TextRules,
): { readonly [name: string]: string } | undefined {
  const dictionary = body[member];
  if (dictionary === undefined) return undefined;
  const what = `notification httpCustom ${member}`;
  if (!isJsonObject(dictionary)) throw invalidRequest(`${what} is not an object`);
  const entries = Object.entries(dictionary).map(([name, value]): [string, string] => {
    if (typeof value !== 'string') throw invalidRequest(`${what} element is not a string`);
    const checked = member === 'headers' ? value.replaceAll(/[;'"]/g, '') : value;
    if (hasForbiddenCharacter(checked, rules) || hasForbiddenCharacter(name, rules)) {
      throw invalidRequest(`forbidden characters in custom ${what}`);
    }
    return [name, value];
  });
  if (entries.length === 0) throw invalidRequest(`${what} is empty`);
  return Object.fromEntries(entries.sort(([a], [b]) => compareTexts(a, b)));
}
