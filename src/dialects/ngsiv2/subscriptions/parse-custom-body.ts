import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../../core/json.ts';
import { isArray, textMember } from '../json-members.ts';
import { hasForbiddenCharacter, type TextRules } from '../text-rules.ts';
import { parseEntityPatch } from './parse-entity-patch.ts';
import type { CustomBodyDocument } from './subscription-document.ts';

/**
 * What a custom notification sends: `payload`, `json` or `ngsi`, or none of them for the usual body. An empty `payload` says
 * the same as none, `null` says that there is no body. [V2 custom notifications]
 */
export function parseCustomBody(body: JsonObject, rules: TextRules): CustomBodyDocument {
  const { payload, json, ngsi } = body;
  if ([payload, json, ngsi].filter((one) => one !== undefined).length > 1) {
    throw invalidRequest(
      'only one of payload, json or ngsi fields accepted at the same time in httpCustom or mqttCustom',
    );
  }
  if (json !== undefined) {
    if (isJsonObject(json) || isArray(json)) return { json };
    throw invalidRequest('json fields in httpCustom or mqttCustom must be object or array');
  }
  if (ngsi !== undefined) {
    if (isJsonObject(ngsi)) return { ngsi: parseEntityPatch(ngsi, rules) };
    throw invalidRequest('ngsi fields in httpCustom or mqttCustom must be object');
  }
  if (payload === null) return { payload };
  const text = textMember(body, 'payload', 'payload custom notification');
  if (text === undefined || text === '') return {};
  if (hasForbiddenCharacter(text, rules)) throw invalidRequest('forbidden characters in custom /payload/');
  return { payload: text };
}
