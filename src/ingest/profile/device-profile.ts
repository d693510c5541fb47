import type { SubAttributeWrite } from '../../core/change/mutation.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { parseMetadata } from '../../dialects/ngsiv2/parse-metadata.ts';
import { freeText } from '../../dialects/ngsiv2/text-rules.ts';
import type { ActiveAttribute, Definitions, NamedAttribute } from '../registry/definitions.ts';
import type { Device } from '../registry/device.ts';
import { isUltralight, type ServiceGroup, ultralightResource } from '../registry/service-group.ts';

/** What a device and its group say together, ready to be applied to readings. */
export interface DeviceProfile {
  readonly definitions: Definitions;
  readonly entityType: string;
  readonly speaks: 'json' | 'ultralight';
  /** The attributes that a measure of that name is written to: several where several entities have one. */
  readonly byObjectId: ReadonlyMap<string, readonly ActiveAttribute[]>;
  /** Values of static attributes by name, for expressions. */
  readonly staticValues: JsonObject;
  /** Metadata that attributes are given with every write, read once. */
  metadataOf(attribute: { readonly metadata?: JsonObject }): ReadonlyMap<string, SubAttributeWrite> | undefined;
}

/** What is made of a device and its group is the same for as long as both are. */
const profiles = new WeakMap<Device, { readonly group: ServiceGroup | undefined; readonly profile: DeviceProfile }>();
/** Most devices say nothing of their own: they share what their group says. */
const groupProfiles = new WeakMap<ServiceGroup, DeviceProfile>();

/** What holds for a device: what it says itself and, where it says nothing, its group. Cost: one look-up, once it was asked for. */
export function profileOf(device: Device, group: ServiceGroup | undefined): DeviceProfile {
  const known = profiles.get(device);
  if (known !== undefined && known.group === group) return known.profile;
  const profile = group !== undefined && saysNothing(device, group) ? groupProfileOf(group) : compile(device, group);
  profiles.set(device, { group, profile });
  return profile;
}

/** What holds for a device of the group that says nothing of its own. */
export function groupProfileOf(group: ServiceGroup): DeviceProfile {
  const known = groupProfiles.get(group);
  if (known !== undefined) return known;
  const profile = profileFrom(group.definitions, speaks(group.document, group.resource));
  groupProfiles.set(group, profile);
  return profile;
}

function saysNothing({ definitions, document }: Device, group: ServiceGroup): boolean {
  const { attributes, lazy, commands, statics, entityType, ...others } = definitions;
  const lists = attributes.length + lazy.length + commands.length + statics.length;
  if (lists > 0 || Object.keys(others).length > 0 || document.protocol !== undefined) return false;
  return entityType === undefined || entityType === group.definitions.entityType;
}

function compile({ definitions, document }: Device, group: ServiceGroup | undefined): DeviceProfile {
  const ofGroup = group?.definitions;
  const merged = ofGroup === undefined ? definitions : mergeDefinitions(definitions, ofGroup);
  const said = document.protocol === undefined ? group?.document : document;
  return profileFrom(merged, speaks(said, group?.resource));
}

function mergeDefinitions(own: Definitions, group: Definitions): Definitions {
  return {
    ...group,
    ...own,
    attributes: [...own.attributes, ...group.attributes.filter((each) => !own.attributes.some(sameTarget(each)))],
    lazy: merged(own.lazy, group.lazy),
    commands: merged(own.commands, group.commands),
    statics: merged(own.statics, group.statics),
  };
}

/** One name may stand in several entities, so it takes both to be the same attribute. */
function sameTarget(a: ActiveAttribute): (b: ActiveAttribute) => boolean {
  return (b) => a.name === b.name && a.entity?.name.text === b.entity?.name.text;
}

function merged<Named extends Pick<NamedAttribute, 'name'>>(own: readonly Named[], group: readonly Named[]): Named[] {
  return [...own, ...group.filter(({ name }) => !own.some((each) => each.name === name))];
}

function profileFrom(definitions: Definitions, protocol: DeviceProfile['speaks']): DeviceProfile {
  const byObjectId = new Map<string, ActiveAttribute[]>();
  for (const attribute of definitions.attributes) {
    byObjectId.set(attribute.objectId, [...(byObjectId.get(attribute.objectId) ?? []), attribute]);
  }
  const metadata = new Map<object, ReadonlyMap<string, SubAttributeWrite>>();
  for (const attribute of [...definitions.attributes, ...definitions.statics]) {
    // What it may say was checked when it was provisioned.
    if (attribute.metadata !== undefined) metadata.set(attribute, parseMetadata(attribute.metadata, freeText));
  }
  return {
    definitions,
    entityType: definitions.entityType ?? 'Thing',
    speaks: protocol,
    byObjectId,
    staticValues: Object.fromEntries(definitions.statics.map(({ name, value }): [string, JsonValue] => [name, value])),
    metadataOf: (attribute) => metadata.get(attribute),
  };
}

function speaks(document: JsonObject | undefined, resource: string | undefined): DeviceProfile['speaks'] {
  const protocol = document?.protocol;
  if (typeof protocol === 'string') return isUltralight(protocol) ? 'ultralight' : 'json';
  return resource === ultralightResource ? 'ultralight' : 'json';
}
