import type { Expression } from '../../core/expression/expression.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ScopePath, TenantName } from '../../core/scope.ts';
import type { TextRules } from '../../dialects/ngsiv2/text-rules.ts';
import { wrongSyntax } from '../iot-refusal.ts';
import { parseUplinkMapping, type UplinkMapping } from '../uplinks/uplink-mapping.ts';
import { compileAgentExpression } from './agent-expression.ts';
import type { Definitions } from './definitions.ts';
import { JsonDocument } from './json-document.ts';
import { definitionMembers, parseDefinitions } from './parse-definitions.ts';

/** Devices that share an API key, and what they have in common. [IoTA config groups] */
export interface ServiceGroup {
  readonly tenant: TenantName;
  readonly path: ScopePath;
  /** Where readings come in; with the key it names the group, in all tenants. */
  readonly resource: string;
  readonly apikey: string;
  /** As the client wrote it, and is shown it. */
  readonly document: JsonObject;
  readonly definitions: Definitions;
  readonly entityNameExp?: Expression;
  /** Stands between type and device id where an entity is named after both. */
  readonly conjunction: string;
  /** Whether a device that nobody provisioned comes to be with its first reading. */
  readonly autoprovision: boolean;
  /** How messages that are of no protocol of devices become readings. An extension. */
  readonly mapping?: UplinkMapping;
}

/** What groups have beyond what devices have too. */
const groupMembers: ReadonlySet<string> = new Set([
  ...['resource', 'apikey', 'type', 'token', 'cbroker', 'service', 'subservice', 'service_path', '_id', '__v'],
  ...[
    'entityNameExp',
    'defaultEntityNameConjunction',
    'autoprovision',
    'useCBflowControl',
    'storeLastMeasure',
    'mapping',
  ],
  ...definitionMembers,
]);

/** Reads the document of a group; `where` names it in messages. Refuses with `wrongSyntax`. [IoTA config group datamodel] */
export function parseServiceGroup(
  given: JsonObject,
  where: string,
  place: { readonly tenant: TenantName; readonly path: ScopePath },
  rules: TextRules,
): ServiceGroup {
  const raw = new JsonDocument(given, where);
  raw.refuseOthers(groupMembers);
  // Before it was called entity_type it was called type.
  const { type, ...members } = given;
  const entityType = members.entity_type ?? type;
  if (entityType === undefined) throw wrongSyntax(`${raw.at('entity_type')} is missing`);
  const document: JsonObject = { ...members, resource: resourceIn(raw), entity_type: entityType };
  const read = new JsonDocument(document, where);
  const entityNameExp = read.text('entityNameExp');
  const mapping = read.object('mapping');
  const apikey = read.requiredText('apikey');
  if (/[/+#\0]/.test(apikey)) throw wrongSyntax(`${read.at('apikey')} must not have / + # in it: it stands in topics`);
  return {
    ...place,
    resource: read.requiredText('resource'),
    apikey,
    document,
    definitions: parseDefinitions(read, rules),
    ...(entityNameExp !== undefined && {
      entityNameExp: compileAgentExpression(entityNameExp, read.at('entityNameExp')),
    }),
    conjunction: read.text('defaultEntityNameConjunction') ?? ':',
    autoprovision: read.flag('autoprovision') ?? true,
    ...(mapping !== undefined && { mapping: parseUplinkMapping(mapping, read.at('mapping'), rules) }),
  };
}

/** What stands for a group among the documents of its tenant. */
export function groupIdOf({ resource, apikey }: Pick<ServiceGroup, 'resource' | 'apikey'>): string {
  return JSON.stringify([resource, apikey]);
}

/** Where agents of either protocol take readings unless they are told otherwise; a group that says nothing speaks JSON. */
export const jsonResource = '/iot/json';
export const ultralightResource = '/iot/d';

function resourceIn(document: JsonDocument): string {
  const { resource, protocol } = document.members;
  if (resource !== undefined && resource !== null && resource !== '') return document.requiredText('resource');
  return typeof protocol === 'string' && isUltralight(protocol) ? ultralightResource : jsonResource;
}

/** Tells whether the name of a protocol (`IoTA-UL`, `PDI-IoTA-UltraLight`) is one of Ultralight. */
export function isUltralight(protocol: string): boolean {
  return /(^|[^a-z])ul([^a-z]|$)|ultralight/i.test(protocol);
}
