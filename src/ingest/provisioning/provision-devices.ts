import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Ingest } from '../ingest.ts';
import { IotRefusal, wrongSyntax } from '../iot-refusal.ts';
import { type Device, deviceIdOf, parseDevice } from '../registry/device.ts';
import type { DeviceRegistry } from '../registry/device-registry.ts';
import { JsonDocument } from '../registry/json-document.ts';
import type { ServiceGroup } from '../registry/service-group.ts';
import { inProvisioningScope, type ProvisioningScope } from './provisioning-scope.ts';

/** Devices in one request. */
const maxDevices = 10_000;

/**
 * Provisions the devices of `{"devices": […]}`, or the one that the body is; all of them or none. Refuses with `wrongSyntax`,
 * `deviceExists` and `limitReached`. [IoTA create device]
 */
export async function createDevices(ingest: Ingest, scope: ProvisioningScope, body: JsonValue): Promise<void> {
  const { registry, limits } = ingest;
  const request = new JsonDocument(body, '');
  const isList = request.members.devices !== undefined;
  if (isList) request.refuseOthers(new Set(['devices']));
  const documents = isList ? request.documents('devices', maxDevices) : [request];
  if (documents.length === 0) throw wrongSyntax('devices must have at least one device');
  const devices = documents.map(({ members }, index) =>
    newDevice(ingest, scope, members, isList ? `devices[${index}]` : ''),
  );
  const known = registry.devicesOf(scope.tenant);
  const seen = new Set<string>();
  for (const device of devices) {
    const id = deviceIdOf(device);
    if (seen.has(id) || known.has(id)) throw new IotRefusal({ kind: 'deviceExists', deviceId: device.deviceId });
    seen.add(id);
  }
  const limit = limits.devicesPerTenant;
  if (known.size + devices.length > limit) {
    throw new IotRefusal({ kind: 'limitReached', what: 'devices of a tenant', limit });
  }
  await registry.putDevices(scope.tenant, devices);
}

export interface DeviceListing {
  readonly limit: number;
  readonly offset: number;
  readonly protocol?: string;
  readonly entityName?: string;
}

/** A page of the devices of the scope, in the order in which they came to be, and how many there are. [IoTA retrieve devices] */
export function listDevices(
  { registry }: Ingest,
  scope: ProvisioningScope,
  { limit, offset, protocol, entityName }: DeviceListing,
): { readonly count: number; readonly devices: readonly JsonObject[] } {
  const all = [...registry.devicesOf(scope.tenant).values()].filter((device) => {
    if (protocol !== undefined && device.document.protocol !== protocol) return false;
    if (entityName !== undefined && device.entityName !== entityName) return false;
    return inProvisioningScope(scope, device.path);
  });
  return { count: all.length, devices: all.slice(offset, offset + limit).map(shownDevice) };
}

/** `apikey`: which of several devices of that id is meant. */
export interface DeviceName {
  readonly deviceId: string;
  readonly apikey?: string;
}

/** Refuses with `deviceNotFound`. [IoTA get device details] */
export function retrieveDevice({ registry }: Ingest, scope: ProvisioningScope, name: DeviceName): JsonObject {
  return shownDevice(theDevice(registry, scope, name));
}

/**
 * Replaces the members that the body has; those that say which device and entity it is stay as they are. Refuses with
 * `deviceNotFound` and `wrongSyntax`. [IoTA modify device]
 */
export async function updateDevice(
  { registry, rules }: Ingest,
  scope: ProvisioningScope,
  name: DeviceName,
  body: JsonValue,
): Promise<void> {
  const device = theDevice(registry, scope, name);
  const { members } = new JsonDocument(body, '');
  for (const fixed of ['device_id', 'entity_name', 'entity_type', 'apikey'] as const) {
    if (members[fixed] !== undefined && members[fixed] !== device.document[fixed]) {
      throw wrongSyntax(`${fixed} cannot be changed: remove the device and create it anew`);
    }
  }
  const changed = parseDevice({ ...device.document, ...members }, '', device, () => device.entityName, rules.text);
  await registry.putDevices(scope.tenant, [changed]);
}

/** Forgets the device; its entity stays. Refuses with `deviceNotFound`. [IoTA remove device] */
export async function removeDevice({ registry }: Ingest, scope: ProvisioningScope, name: DeviceName): Promise<void> {
  await registry.removeDevices(scope.tenant, [theDevice(registry, scope, name)]);
}

function newDevice({ registry, rules }: Ingest, scope: ProvisioningScope, members: JsonObject, where: string): Device {
  let group: ServiceGroup | undefined;
  const nameOf = (read: JsonDocument): string => {
    group = groupFor(registry, scope, read);
    const type = read.text('entity_type') ?? group?.definitions.entityType ?? 'Thing';
    return `${type}${group?.conjunction ?? ':'}${read.requiredText('device_id')}`;
  };
  return parseDevice(members, where, scope, nameOf, rules.text);
}

function groupFor(registry: DeviceRegistry, { tenant, path }: ProvisioningScope, read: JsonDocument) {
  const apikey = read.text('apikey');
  const type = read.text('entity_type');
  const ofPath = registry.groupsOf(tenant).filter((group) => group.path === path);
  if (apikey !== undefined) return ofPath.find((group) => group.apikey === apikey);
  return ofPath.find((group) => type === undefined || group.definitions.entityType === type);
}

function theDevice(registry: DeviceRegistry, { tenant, path }: ProvisioningScope, name: DeviceName): Device {
  const { deviceId, apikey } = name;
  const device = registry
    .devicesAt(tenant, path, deviceId)
    .find((each) => apikey === undefined || each.apikey === apikey);
  if (device === undefined) throw new IotRefusal({ kind: 'deviceNotFound', deviceId });
  return device;
}

function shownDevice({ tenant, path, entityName, document }: Device): JsonObject {
  const { device_id = '', ...members } = document;
  const lists = { attributes: [], lazy: [], commands: [], static_attributes: [] };
  return { device_id, service: tenant, service_path: path, ...lists, ...members, entity_name: entityName };
}
