import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { type Alteration, alterations } from '../../../core/subscription/subscription.ts';
import { flagMember, listMember, textMember } from '../json-members.ts';
import { parseExpression } from '../parse-query.ts';
import type { ConditionDocument, ExpressionDocument } from './subscription-document.ts';
import type { SubscriptionRules } from './subscription-rules.ts';

/** What no condition means: any change of any attribute. */
export const anyChange: ConditionDocument = { attrs: [], notifyOnMetadataChange: true };

/**
 * The `condition` of a subject: under which circumstances. `jexlExpression` stands beside `expression`, and both must hold.
 *
 * A list of attributes that is empty is refused where it is all that the condition says. Beside something else it is how
 * brokers, this one too, show that there is no list; so what was read can be written. [V2 subscription subject condition]
 */
export function parseCondition(body: JsonValue, rules: SubscriptionRules): ConditionDocument {
  if (!isJsonObject(body)) throw invalidRequest('condition is not an object');
  const members = Object.keys(body).length;
  if (members === 0) throw invalidRequest('condition is empty');
  const attrs = listMember(body, 'attrs');
  if (attrs?.length === 0 && members === 1) throw invalidRequest('condition attrs is empty');
  const expression = body.expression === undefined ? undefined : parseFilter(body.expression, rules);
  const jexlExpression = parseJexl(body, rules);
  const alterationTypes = listMember(body, 'alterationTypes')?.map(alterationOf);
  const notifyOnMetadataChange = flagMember(body, 'notifyOnMetadataChange');
  return {
    attrs: attrs ?? anyChange.attrs,
    ...(expression !== undefined && Object.keys(expression).length > 0 && { expression }),
    ...(jexlExpression !== undefined && { jexlExpression }),
    ...(alterationTypes !== undefined && alterationTypes.length > 0 && { alterationTypes }),
    notifyOnMetadataChange: notifyOnMetadataChange ?? anyChange.notifyOnMetadataChange,
  };
}

/** The texts that a filter is made of, once it is sure that one can be made of them. */
function parseFilter(body: JsonValue, { filterLength, text }: SubscriptionRules): ExpressionDocument {
  parseExpression(body, { filterLength }, text);
  if (!isJsonObject(body)) return {};
  const [q, mq, geometry, coords, georel] = ['q', 'mq', 'geometry', 'coords', 'georel'].map((part) => {
    return textMember(body, part);
  });
  return {
    ...(q !== undefined && { q }),
    ...(mq !== undefined && { mq }),
    ...(geometry !== undefined && { geometry }),
    ...(coords !== undefined && { coords }),
    ...(georel !== undefined && { georel }),
  };
}

function parseJexl(body: JsonObject, { filterLength }: SubscriptionRules): string | undefined {
  const jexl = textMember(body, 'jexlExpression');
  if (jexl === '') throw invalidRequest('jexlExpression is empty');
  if (jexl !== undefined && jexl.length > filterLength) {
    throw invalidRequest(`jexlExpression length: ${jexl.length}, max length supported: ${filterLength}`);
  }
  return jexl;
}

function alterationOf(text: string): Alteration {
  const alteration = alterations.find((known) => known === text);
  if (alteration === undefined) throw invalidRequest(`unknown subscription alterationType: ${text}`);
  return alteration;
}
