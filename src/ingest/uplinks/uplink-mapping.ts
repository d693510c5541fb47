import { Refusal } from '../../core/errors.ts';
import type { Expression } from '../../core/expression/expression.ts';
import type { JsonObject } from '../../core/json.ts';
import { parseAttributeMember } from '../../dialects/ngsiv2/parse-attribute.ts';
import type { TextRules } from '../../dialects/ngsiv2/text-rules.ts';
import { wordRefusal } from '../../dialects/ngsiv2/word-refusal.ts';
import { isTopicFilter } from '../access/topic-filter.ts';
import { wrongSyntax } from '../iot-refusal.ts';
import { compileAgentExpression } from '../registry/agent-expression.ts';
import { JsonDocument } from '../registry/json-document.ts';
import { presetNames, presets } from './presets.ts';

/** How messages of a network server, or of whatever else sends JSON of its own form, become readings. */
export interface UplinkMapping {
  /** MQTT topics whose messages are meant, as filters. */
  readonly topics: readonly string[];
  /** The id of the device. */
  readonly device: Expression;
  readonly observedAt?: Expression;
  /** An object of measures by name. */
  readonly measures?: Expression;
  /** A payload in base64, which other expressions see as the list of numbers `bytes`. */
  readonly bytes?: Expression;
  readonly attributes: readonly MappedAttribute[];
}

/** One attribute that is computed of the message as a whole. */
export interface MappedAttribute {
  readonly name: string;
  readonly type: string;
  readonly expression: Expression;
  readonly metadata?: JsonObject;
}

const members: ReadonlySet<string> = new Set([
  ...['preset', 'topics', 'device', 'observedAt', 'measures', 'bytes', 'attributes'],
]);
const attributeMembers: ReadonlySet<string> = new Set(['name', 'type', 'expression', 'unit', 'metadata']);
const maxAttributes = 200;

/** Reads a mapping: a preset, what it says itself, or both, of which the latter goes before. Refuses with `wrongSyntax`. */
export function parseUplinkMapping(given: JsonObject, where: string, rules: TextRules): UplinkMapping {
  const own = new JsonDocument(given, where);
  own.refuseOthers(members);
  const preset = own.oneOf('preset', presetNames);
  const read = new JsonDocument({ ...(preset !== undefined && presets[preset]), ...given }, where);
  const expression = (name: string): Expression | undefined => {
    const source = read.text(name);
    return source === undefined ? undefined : compileAgentExpression(source, read.at(name));
  };
  const device = expression('device');
  if (device === undefined)
    throw wrongSyntax(`${own.at('device')} is missing: an expression that gives the id of the device`);
  const observedAt = expression('observedAt');
  const measures = expression('measures');
  const bytes = expression('bytes');
  const ofPreset =
    preset === undefined ? [] : new JsonDocument(presets[preset], where).documents('attributes', maxAttributes);
  const attributes = own.documents('attributes', maxAttributes).map((item) => parseMapped(item, rules));
  const inherited = ofPreset.map((item) => parseMapped(item, rules));
  return {
    topics: topicsIn(read),
    device,
    ...(observedAt !== undefined && { observedAt }),
    ...(measures !== undefined && { measures }),
    ...(bytes !== undefined && { bytes }),
    attributes: [...inherited.filter(({ name }) => !attributes.some((each) => each.name === name)), ...attributes],
  };
}

function topicsIn(document: JsonDocument): readonly string[] {
  const topics = document.members.topics ?? [];
  if (Array.isArray(topics) && topics.every((topic) => typeof topic === 'string' && isTopicFilter(topic))) {
    return topics as readonly string[];
  }
  throw wrongSyntax(`${document.at('topics')} must be a list of topic filters such as "v3/my-app@ttn/devices/+/up"`);
}

function parseMapped(item: JsonDocument, rules: TextRules): MappedAttribute {
  item.refuseOthers(attributeMembers);
  const name = item.requiredText('name');
  const type = item.text('type') ?? 'Number';
  const unit = item.text('unit');
  const given = item.object('metadata');
  const metadata = unit === undefined ? given : { ...given, unitCode: { type: 'Text', value: unit } };
  try {
    const body = { type, value: null, ...(metadata !== undefined && { metadata }) };
    parseAttributeMember(name, body, { form: 'normalized', rules, creates: false });
  } catch (error) {
    if (error instanceof Refusal) throw wrongSyntax(`${item.at('name')}: ${wordRefusal(error.reason).description}`);
    throw error;
  }
  return {
    name,
    type,
    expression: compileAgentExpression(item.requiredText('expression'), item.at('expression')),
    ...(metadata !== undefined && { metadata }),
  };
}
