import type { EpochMs } from '../../core/entity/entity.ts';
import { evaluateExpression } from '../../core/expression/expression.ts';
import type { JsonValue } from '../../core/json.ts';
import type { TextRules } from '../../dialects/ngsiv2/text-rules.ts';
import { IotRefusal } from '../iot-refusal.ts';
import { groupProfileOf } from '../profile/device-profile.ts';
import { MeasureContext } from '../readings/measure-context.ts';
import { type Device, parseDevice } from '../registry/device.ts';
import type { DeviceRegistry } from '../registry/device-registry.ts';
import type { ServiceGroup } from '../registry/service-group.ts';

/**
 * Makes devices that nobody provisioned of their first reading. [IoTA device autoprovision]
 *
 * Several readings of one new device, that come while it is being made, wait for the one device.
 */
export class AutoProvisioning {
  readonly #registry: DeviceRegistry;
  readonly #rules: TextRules;
  readonly #devicesPerTenant: number;
  readonly #underWay = new Map<string, Promise<Device>>();

  constructor(registry: DeviceRegistry, rules: TextRules, devicesPerTenant: number) {
    this.#registry = registry;
    this.#rules = rules;
    this.#devicesPerTenant = devicesPerTenant;
  }

  /**
   * The new device of the group, once it is durable. Refuses with `deviceNotFound` where the group takes none, with
   * `limitReached`, and with `wrongSyntax` where its id, or the name of its entity, can be none.
   */
  async provision(
    group: ServiceGroup,
    deviceId: string,
    measures: ReadonlyMap<string, JsonValue>,
    now: EpochMs,
  ): Promise<Device> {
    const key = `${group.apikey}/${deviceId}`;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const device = this.#make(group, deviceId, measures, now);
    this.#underWay.set(key, device);
    try {
      return await device;
    } finally {
      this.#underWay.delete(key);
    }
  }

  async #make(
    group: ServiceGroup,
    deviceId: string,
    measures: ReadonlyMap<string, JsonValue>,
    now: EpochMs,
  ): Promise<Device> {
    if (!group.autoprovision) throw new IotRefusal({ kind: 'deviceNotFound', deviceId });
    const limit = this.#devicesPerTenant;
    if (this.#registry.devicesOf(group.tenant).size + this.#underWay.size >= limit) {
      throw new IotRefusal({ kind: 'limitReached', what: 'devices of a tenant', limit });
    }
    const device = unprovisionedDevice(group, deviceId, measures, now, this.#rules);
    await this.#registry.putDevices(group.tenant, [device]);
    // As the registry knows it now, unless another one has come to be in its place.
    return this.#registry.identify(group.apikey, deviceId, group.resource).device ?? device;
  }
}

/** What a device of that id would be in the group, though nobody provisioned it. Refuses as `provision` does. */
export function unprovisionedDevice(
  group: ServiceGroup,
  deviceId: string,
  measures: ReadonlyMap<string, JsonValue>,
  now: EpochMs,
  rules: TextRules,
): Device {
  const { tenant, path, apikey, conjunction, entityNameExp } = group;
  const profile = groupProfileOf(group);
  const named = `${profile.entityType}${conjunction}${deviceId}`;
  const context = new MeasureContext({ tenant, path, deviceId, entityName: named }, profile, measures, now);
  const computed = entityNameExp === undefined ? null : evaluateExpression(entityNameExp, context);
  const entityName = typeof computed === 'string' && computed !== '' ? computed : named;
  const document = { device_id: deviceId, apikey, entity_name: entityName, entity_type: profile.entityType };
  return parseDevice(document, 'device', { tenant, path }, () => entityName, rules);
}
