import { KnownDocuments } from '../../broker/documents/known-documents.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ScopePath, TenantName } from '../../core/scope.ts';
import { Multimap } from '../../core/subscription/multimap.ts';
import type { TextRules } from '../../dialects/ngsiv2/text-rules.ts';
import type { StoredDocument } from '../../ports/document-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Stores } from '../../ports/stores.ts';
import type { UplinkMapping } from '../uplinks/uplink-mapping.ts';
import { type Device, deviceIdOf, parseDevice } from './device.ts';
import { groupIdOf, parseServiceGroup, type ServiceGroup } from './service-group.ts';

/** A group whose messages have a form of their own. */
export type MappedGroup = ServiceGroup & { readonly mapping: UplinkMapping };

/** Whose reading it is: a device, and the group whose key it came under or that the device belongs to. */
export interface Identified {
  readonly device: Device | undefined;
  readonly group: ServiceGroup | undefined;
}

const none: readonly Device[] = [];

/**
 * The devices and service groups of all tenants, in memory and in step with the stores, whichever broker changes them.
 *
 * Every look-up costs by what it finds.
 */
export class DeviceRegistry {
  readonly #stores: Stores;
  readonly #groups: KnownDocuments<ServiceGroup>;
  readonly #devices: KnownDocuments<Device>;
  readonly #groupsByKey = new Multimap<string, ServiceGroup>();
  readonly #mapped = new Set<MappedGroup>();
  #onMapped: () => void = () => undefined;
  /** Found once for each device that has no key, for as long as groups stay as they are. */
  #groupsByDevice = new WeakMap<Device, { readonly group: ServiceGroup | undefined }>();
  readonly #byOwnKey = new Multimap<string, Device>();
  readonly #byPlace = new Multimap<string, Device>();
  readonly #byEntity = new Multimap<string, Device>();
  readonly #byId = new Multimap<string, Device>();

  constructor(stores: Stores, rules: TextRules, log: Log) {
    this.#stores = stores;
    this.#groups = new KnownDocuments(
      stores,
      'serviceGroup',
      (stored, tenant) => readGroup(stored, tenant, rules),
      log,
      {
        put: (_tenant, _id, group, before) => {
          if (before !== undefined) this.#forgetGroup(before);
          this.#groupsByKey.add(group.apikey, group);
          this.#groupsByDevice = new WeakMap();
          if (isMapped(group)) this.#mapped.add(group);
          if (isMapped(group) || (before !== undefined && isMapped(before))) this.#onMapped();
        },
        removed: (_tenant, _id, group) => {
          this.#forgetGroup(group);
          if (isMapped(group)) this.#onMapped();
        },
      },
    );
    this.#devices = new KnownDocuments(stores, 'device', (stored, tenant) => readDevice(stored, tenant, rules), log, {
      put: (_tenant, _id, device, before) => {
        if (before !== undefined) this.#forget(before);
        for (const [index, key] of this.#indexesOf(device)) index.add(key, device);
      },
      removed: (_tenant, _id, device) => this.#forget(device),
    });
  }

  /** Reads what the stores have. Called once, before anything else. */
  async load(): Promise<void> {
    await this.#groups.load();
    await this.#devices.load();
  }

  /** Who sends under a key; `resource` tells groups of one key apart. Nothing of it is known: both are undefined. */
  identify(apikey: string, deviceId: string, resource?: string): Identified {
    const group = this.#groupOfKey(apikey, resource);
    const own = firstOf(this.#byOwnKey.get(ownKey(apikey, deviceId)));
    if (own !== undefined) return { device: own, group: this.groupOf(own, resource) };
    if (group === undefined) return { device: undefined, group };
    const device = this.devicesAt(group.tenant, group.path, deviceId).find((each) => each.apikey === undefined);
    return { device, group };
  }

  /** The group of a device: that of its key or, without one, that of its type, in its own service path. */
  groupOf(device: Device, resource?: string): ServiceGroup | undefined {
    const { tenant, path, apikey, definitions } = device;
    if (apikey !== undefined) return this.#groupOfKey(apikey, resource);
    const known = this.#groupsByDevice.get(device);
    if (known !== undefined) return known.group;
    const ofPath = this.groupsOf(tenant).filter((group) => group.path === path);
    const group = ofPath.find((each) => each.definitions.entityType === definitions.entityType) ?? ofPath[0];
    this.#groupsByDevice.set(device, { group });
    return group;
  }

  #groupOfKey(apikey: string, resource: string | undefined): ServiceGroup | undefined {
    const groups = this.#groupsByKey.get(apikey);
    for (const group of groups) if (group.resource === resource) return group;
    return firstOf(groups);
  }

  /** The group of that key and resource, whosever it is. */
  groupAt(resource: string, apikey: string): ServiceGroup | undefined {
    const group = this.#groupOfKey(apikey, resource);
    return group?.resource === resource ? group : undefined;
  }

  /** Under which key a device sends and is sent to; undefined: it has none. */
  keyOf(device: Device): string | undefined {
    return device.apikey ?? this.groupOf(device)?.apikey;
  }

  hasKey(apikey: string): boolean {
    return this.#groupsByKey.has(apikey);
  }

  groupsOf(tenant: TenantName): readonly ServiceGroup[] {
    return [...this.#groups.of(tenant).values()];
  }

  /** The groups of all tenants that have a mapping. */
  mappedGroups(): Iterable<MappedGroup> {
    return this.#mapped;
  }

  /** Sets who hears when their mappings change. */
  onMappings(listener: () => void): void {
    this.#onMapped = listener;
  }

  devicesOf(tenant: TenantName): ReadonlyMap<string, Device> {
    return this.#devices.of(tenant);
  }

  /** The devices of a service path that have the id: several where they have keys of their own. */
  devicesAt(tenant: TenantName, path: ScopePath, deviceId: string): readonly Device[] {
    return [...this.#byPlace.get(placeKey(tenant, path, deviceId))];
  }

  /** The devices that an entity stands for, in any service path. */
  devicesOfEntity(tenant: TenantName, entityName: string): readonly Device[] {
    return this.#byEntity.isEmpty ? none : [...this.#byEntity.get(entityKey(tenant, entityName))];
  }

  /** The devices of that id in all tenants. */
  devicesNamed(deviceId: string): readonly Device[] {
    return [...this.#byId.get(deviceId)];
  }

  /** Resolves once they are durable and found. */
  async putGroups(tenant: TenantName, groups: readonly ServiceGroup[]): Promise<void> {
    const documents = groups.map((group) => ({ id: groupIdOf(group), document: storedForm(group) }));
    await this.#stores.tenant(tenant).documents('serviceGroup').put(documents);
  }

  async removeGroup(group: ServiceGroup): Promise<void> {
    await this.#stores
      .tenant(group.tenant)
      .documents('serviceGroup')
      .remove([groupIdOf(group)]);
  }

  async putDevices(tenant: TenantName, devices: readonly Device[]): Promise<void> {
    const documents = devices.map((device) => ({ id: deviceIdOf(device), document: storedForm(device) }));
    await this.#stores.tenant(tenant).documents('device').put(documents);
  }

  async removeDevices(tenant: TenantName, devices: readonly Device[]): Promise<void> {
    await this.#stores.tenant(tenant).documents('device').remove(devices.map(deviceIdOf));
  }

  #forgetGroup(group: ServiceGroup): void {
    this.#groupsByDevice = new WeakMap();
    this.#groupsByKey.delete(group.apikey, group);
    if (isMapped(group)) this.#mapped.delete(group);
  }

  #forget(device: Device): void {
    for (const [index, key] of this.#indexesOf(device)) index.delete(key, device);
  }

  #indexesOf(device: Device): readonly (readonly [index: Multimap<string, Device>, key: string])[] {
    const { tenant, path, deviceId, apikey, entityName } = device;
    return [
      [this.#byPlace, placeKey(tenant, path, deviceId)],
      [this.#byEntity, entityKey(tenant, entityName)],
      [this.#byId, deviceId],
      ...(apikey === undefined ? [] : [[this.#byOwnKey, ownKey(apikey, deviceId)] as const]),
    ];
  }
}

function firstOf<Item>(items: Iterable<Item>): Item | undefined {
  for (const item of items) return item;
  return undefined;
}

function isMapped(group: ServiceGroup): group is MappedGroup {
  return group.mapping !== undefined;
}

function ownKey(apikey: string, deviceId: string): string {
  return `${apikey}/${deviceId}`;
}

function placeKey(tenant: TenantName, path: ScopePath, deviceId: string): string {
  return `${tenant} ${path} ${deviceId}`;
}

function entityKey(tenant: TenantName, entityName: string): string {
  return `${tenant} ${entityName}`;
}

function storedForm({ path, document }: { readonly path: ScopePath; readonly document: JsonObject }): JsonObject {
  return { path, document };
}

function readGroup({ document }: StoredDocument, tenant: TenantName, rules: TextRules): ServiceGroup {
  return parseServiceGroup(document.document as JsonObject, '', { tenant, path: document.path as ScopePath }, rules);
}

function readDevice({ document }: StoredDocument, tenant: TenantName, rules: TextRules): Device {
  const place = { tenant, path: document.path as ScopePath };
  return parseDevice(document.document as JsonObject, '', place, (device) => device.requiredText('entity_name'), rules);
}
