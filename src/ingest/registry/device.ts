import type { JsonObject } from '../../core/json.ts';
import type { ScopePath, TenantName } from '../../core/scope.ts';
import { checkIdentifier } from '../../dialects/ngsiv2/identifiers.ts';
import type { TextRules } from '../../dialects/ngsiv2/text-rules.ts';
import { wrongSyntax } from '../iot-refusal.ts';
import type { Definitions } from './definitions.ts';
import { JsonDocument } from './json-document.ts';
import { checked, definitionMembers, parseDefinitions } from './parse-definitions.ts';

/** A device, and the entity that it stands for. [IoTA devices] */
export interface Device {
  readonly tenant: TenantName;
  readonly path: ScopePath;
  readonly deviceId: string;
  /** A key of its own; absent: that of its group. */
  readonly apikey?: string;
  readonly entityName: string;
  /** As the client wrote it, and is shown it; of a device that came to be by itself, what it was given. */
  readonly document: JsonObject;
  /** What it has beside its group, or instead of it. */
  readonly definitions: Definitions;
}

const deviceMembers: ReadonlySet<string> = new Set([
  ...[
    'device_id',
    'service',
    'service_path',
    'subservice',
    'entity_name',
    'apikey',
    'id',
    'name',
    'type',
    'internalId',
  ],
  ...['registrationId', 'creationDate', 'subscriptions', 'internal_id', 'internalAttributes', 'autoprovision'],
  ...definitionMembers,
]);

/**
 * Reads the document of a device; `where` names it in messages. `nameOf` names the entity where the document does not, from
 * the type that it has or has not. Refuses with `wrongSyntax`. [IoTA device datamodel]
 */
export function parseDevice(
  given: JsonObject,
  where: string,
  place: { readonly tenant: TenantName; readonly path: ScopePath },
  nameOf: (device: JsonDocument) => string,
  rules: TextRules,
): Device {
  const read = new JsonDocument(given, where);
  read.refuseOthers(deviceMembers);
  const deviceId = read.requiredText('device_id');
  if (/[/+#\0]/.test(deviceId)) {
    throw wrongSyntax(`${read.at('device_id')} must not have / + # in it: it stands in topics`);
  }
  const apikey = read.text('apikey');
  const entityName = read.text('entity_name') ?? nameOf(read);
  checked(read.at('entity_name'), () => checkIdentifier('entity id', entityName, rules));
  return {
    ...place,
    deviceId,
    ...(apikey !== undefined && { apikey }),
    entityName,
    document: { ...given, entity_name: entityName },
    definitions: parseDefinitions(read, rules),
  };
}

/** What stands for a device among the documents of its tenant: two paths, or two keys, may have a device of one id each. */
export function deviceIdOf({ path, apikey, deviceId }: Pick<Device, 'path' | 'apikey' | 'deviceId'>): string {
  return JSON.stringify([path, apikey ?? null, deviceId]);
}
