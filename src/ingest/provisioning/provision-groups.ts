import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Ingest } from '../ingest.ts';
import { IotRefusal, wrongSyntax } from '../iot-refusal.ts';
import { JsonDocument } from '../registry/json-document.ts';
import { groupIdOf, parseServiceGroup, type ServiceGroup } from '../registry/service-group.ts';
import { inProvisioningScope, type ProvisioningScope } from './provisioning-scope.ts';

/** Groups in one request. */
const maxGroups = 1000;

/** The key and the resource that name a group. */
export interface GroupKey {
  readonly resource: string;
  readonly apikey: string;
}

/**
 * Creates the service groups of `{"services": […]}`, all of them or none. Refuses with `wrongSyntax`, `groupExists` and
 * `limitReached`. [IoTA create config group]
 */
export async function createGroups(ingest: Ingest, scope: ProvisioningScope, body: JsonValue): Promise<void> {
  const { registry, rules, limits } = ingest;
  const request = new JsonDocument(body, '');
  request.refuseOthers(new Set(['services']));
  const documents = request.documents('services', maxGroups);
  if (documents.length === 0) throw wrongSyntax('services must have at least one group');
  const groups = documents.map(({ members }, index) =>
    parseServiceGroup(members, `services[${index}]`, scope, rules.text),
  );
  const seen = new Set<string>();
  for (const { resource, apikey } of groups) {
    const id = groupIdOf({ resource, apikey });
    if (seen.has(id) || registry.groupAt(resource, apikey) !== undefined) {
      throw new IotRefusal({ kind: 'groupExists', resource, apikey });
    }
    seen.add(id);
  }
  const limit = limits.groupsPerTenant;
  if (registry.groupsOf(scope.tenant).length + groups.length > limit) {
    throw new IotRefusal({ kind: 'limitReached', what: 'service groups of a tenant', limit });
  }
  await registry.putGroups(scope.tenant, groups);
}

/** The groups of the scope, as they were written. [IoTA retrieve config groups] */
export function listGroups({ registry }: Ingest, scope: ProvisioningScope, key: Partial<GroupKey>): JsonObject[] {
  return registry
    .groupsOf(scope.tenant)
    .filter(({ path, resource, apikey }) => {
      if (key.resource !== undefined && key.resource !== resource) return false;
      return inProvisioningScope(scope, path) && (key.apikey === undefined || key.apikey === apikey);
    })
    .map(shownGroup);
}

/** Replaces the members that the body has. Refuses with `groupNotFound`, `groupExists` and `wrongSyntax`. [IoTA modify config group] */
export async function updateGroup(
  { registry, rules }: Ingest,
  scope: ProvisioningScope,
  key: GroupKey,
  body: JsonValue,
): Promise<void> {
  const group = theGroup(registry.groupAt(key.resource, key.apikey), scope, key);
  const { members } = new JsonDocument(body, '');
  const changed = parseServiceGroup({ ...group.document, ...members }, '', group, rules.text);
  if (groupIdOf(changed) === groupIdOf(group)) {
    await registry.putGroups(group.tenant, [changed]);
    return;
  }
  const { resource, apikey } = changed;
  if (registry.groupAt(resource, apikey) !== undefined) throw new IotRefusal({ kind: 'groupExists', resource, apikey });
  await registry.putGroups(group.tenant, [changed]);
  await registry.removeGroup(group);
}

/** Refuses with `groupNotFound`. `withDevices`: those that have its key go too. [IoTA remove config group] */
export async function removeGroup(
  { registry }: Ingest,
  scope: ProvisioningScope,
  key: GroupKey,
  withDevices: boolean,
): Promise<void> {
  const group = theGroup(registry.groupAt(key.resource, key.apikey), scope, key);
  await registry.removeGroup(group);
  if (!withDevices) return;
  const devices = [...registry.devicesOf(group.tenant).values()];
  await registry.removeDevices(
    group.tenant,
    devices.filter(({ apikey, path }) => apikey === group.apikey && path === group.path),
  );
}

function theGroup(group: ServiceGroup | undefined, { tenant, path }: ProvisioningScope, key: GroupKey): ServiceGroup {
  if (group?.tenant !== tenant || group.path !== path) throw new IotRefusal({ kind: 'groupNotFound', ...key });
  return group;
}

function shownGroup({ tenant, path, document }: ServiceGroup): JsonObject {
  return { ...document, service: tenant, subservice: path };
}
