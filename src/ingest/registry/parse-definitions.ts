import { Refusal } from '../../core/errors.ts';
import type { Expression } from '../../core/expression/expression.ts';
import { checkIdentifier } from '../../dialects/ngsiv2/identifiers.ts';
import { parseAttributeMember } from '../../dialects/ngsiv2/parse-attribute.ts';
import type { TextRules } from '../../dialects/ngsiv2/text-rules.ts';
import { wordRefusal } from '../../dialects/ngsiv2/word-refusal.ts';
import { wrongSyntax } from '../iot-refusal.ts';
import { compileAgentExpression, expressionIn } from './agent-expression.ts';
import type {
  ActiveAttribute,
  Command,
  Definitions,
  EntityName,
  NamedAttribute,
  StaticAttribute,
} from './definitions.ts';
import type { JsonDocument } from './json-document.ts';

/** Members of groups and devices that say how measures become attributes. */
export const definitionMembers = [
  'attributes',
  'lazy',
  'commands',
  'static_attributes',
  'internal_attributes',
  'timestamp',
  'timezone',
  'explicitAttrs',
  'entity_type',
  'transport',
  'endpoint',
  'payloadType',
  'protocol',
  'expressionLanguage',
  'ngsiVersion',
  'trust',
  'cbHost',
  'reverse',
  'polling',
  'cmdMode',
  'description',
  'ordering',
  'commandExpirySeconds',
] as const;

/** Items of one list of a group or a device. */
const maxItems = 1000;

const attributeMembers: ReadonlySet<string> = new Set([
  ...['object_id', 'name', 'type', 'expression', 'skipValue', 'entity_name', 'entity_type', 'metadata', 'reverse'],
]);
const commandMembers: ReadonlySet<string> = new Set([
  ...['object_id', 'name', 'type', 'value', 'expression', 'payloadType', 'contentType', 'mqtt', 'metadata'],
]);
const staticMembers: ReadonlySet<string> = new Set(['name', 'type', 'value', 'metadata', 'link']);

/** What the document says of measures, commands and the entity. Refuses with `wrongSyntax`. [IoTA information model] */
export function parseDefinitions(document: JsonDocument, rules: TextRules): Definitions {
  const timestamp = document.flag('timestamp');
  const explicitAttrs = parseExplicit(document);
  const entityType = document.text('entity_type');
  if (entityType !== undefined)
    checked(document.at('entity_type'), () => checkIdentifier('entity type', entityType, rules));
  const transport = document.oneOf('transport', ['MQTT', 'HTTP']);
  const endpoint = document.text('endpoint');
  const payloadType = document.oneOf('payloadType', ['iotagent', 'ngsiv2', 'ngsild']);
  const ordering = document.oneOf('ordering', ['lastObserved', 'lastReceived']);
  const commandExpirySeconds = document.wholeNumber('commandExpirySeconds', 1, 365 * 86_400);
  return {
    attributes: document.documents('attributes', maxItems).map((item) => parseActive(item, rules)),
    lazy: document.documents('lazy', maxItems).map((item) => {
      item.refuseOthers(attributeMembers);
      return parseNamed(item, rules);
    }),
    commands: document.documents('commands', maxItems).map((item) => parseCommand(item, rules)),
    statics: document.documents('static_attributes', maxItems).map((item) => parseStatic(item, rules)),
    ...(timestamp !== undefined && { timestamp }),
    ...(explicitAttrs !== undefined && { explicitAttrs }),
    ...(entityType !== undefined && { entityType }),
    ...(transport !== undefined && { transport }),
    ...(endpoint !== undefined && { endpoint }),
    ...(payloadType !== undefined && { payloadType }),
    ...(ordering !== undefined && { ordering }),
    ...(commandExpirySeconds !== undefined && { commandExpirySeconds }),
  };
}

function parseExplicit(document: JsonDocument): boolean | Expression | undefined {
  const { explicitAttrs } = document.members;
  if (typeof explicitAttrs !== 'string' || explicitAttrs === 'true' || explicitAttrs === 'false') {
    return document.flag('explicitAttrs');
  }
  return compileAgentExpression(explicitAttrs, document.at('explicitAttrs'));
}

function parseNamed(item: JsonDocument, rules: TextRules, defaultType = 'Text'): NamedAttribute {
  const name = item.requiredText('name');
  const type = item.text('type') ?? defaultType;
  const metadata = item.object('metadata');
  // As the attribute will be written, so that what cannot be is said now and not with every reading.
  checked(item.at('name'), () => {
    const body = { type, value: null, ...(metadata !== undefined && { metadata }) };
    parseAttributeMember(name, body, { form: 'normalized', rules, creates: false });
  });
  return { objectId: item.text('object_id') ?? name, name, type, ...(metadata !== undefined && { metadata }) };
}

function parseActive(item: JsonDocument, rules: TextRules): ActiveAttribute {
  item.refuseOthers(attributeMembers);
  const expression = item.text('expression');
  const entityName = item.text('entity_name');
  const entityType = item.text('entity_type');
  return {
    ...parseNamed(item, rules),
    skipValue: item.members.skipValue ?? null,
    ...(expression !== undefined && { expression: compileAgentExpression(expression, item.at('expression')) }),
    ...(entityName !== undefined && {
      entity: { name: parseEntityName(entityName), ...(entityType !== undefined && { type: entityType }) },
    }),
  };
}

/** A text that cannot be an expression, or that means nothing when it is evaluated, is the name itself. */
export function parseEntityName(text: string): EntityName {
  const expression = expressionIn(text);
  return expression === undefined ? { text } : { text, expression };
}

function parseCommand(item: JsonDocument, rules: TextRules): Command {
  item.refuseOthers(commandMembers);
  const expression = item.text('expression');
  const mqtt = item.object('mqtt') ?? {};
  const { qos = 1, retain = false } = mqtt;
  if ((qos !== 0 && qos !== 1 && qos !== 2) || typeof retain !== 'boolean') {
    throw wrongSyntax(`${item.at('mqtt')} must have a qos of 0, 1 or 2 and a retain that is true or false`);
  }
  const payloads = ['json', 'text', 'binaryfromstring', 'binaryfromhex', 'binaryfromjson'] as const;
  return {
    ...parseNamed(item, rules, 'command'),
    ...(expression !== undefined && { expression: compileAgentExpression(expression, item.at('expression')) }),
    payloadType: item.oneOf('payloadType', payloads) ?? 'json',
    contentType: item.text('contentType') ?? 'application/json',
    qos,
    retain,
  };
}

function parseStatic(item: JsonDocument, rules: TextRules): StaticAttribute {
  item.refuseOthers(staticMembers);
  const name = item.requiredText('name');
  const type = item.text('type') ?? 'Text';
  const { value = null } = item.members;
  const metadata = item.object('metadata');
  checked(item.at('value'), () => {
    const body = { type, value, ...(metadata !== undefined && { metadata }) };
    parseAttributeMember(name, body, { form: 'normalized', rules, creates: false });
  });
  return { name, type, value, ...(metadata !== undefined && { metadata }) };
}

/** What the dialect refuses of an attribute, said of the member that defines it. */
export function checked(where: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof Refusal) throw wrongSyntax(`${where}: ${wordRefusal(error.reason).description}`);
    throw error;
  }
}
