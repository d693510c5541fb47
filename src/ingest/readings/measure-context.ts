import type { EpochMs } from '../../core/entity/entity.ts';
import type { ExpressionContext } from '../../core/expression/expression.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { DeviceProfile } from '../profile/device-profile.ts';
import type { Device } from '../registry/device.ts';

/**
 * What expressions of a device can look at: who it is, what it measured, what was computed of that so far, and its static
 * attributes, in this order where names are the same. [IoTA expression language]
 */
export class MeasureContext implements ExpressionContext {
  readonly now: EpochMs;
  readonly #identity: JsonObject;
  readonly #values: Map<string, JsonValue>;
  readonly #statics: JsonObject;

  constructor(
    { tenant, path, deviceId, entityName }: Pick<Device, 'tenant' | 'path' | 'deviceId' | 'entityName'>,
    { entityType, staticValues }: Pick<DeviceProfile, 'entityType' | 'staticValues'>,
    values: ReadonlyMap<string, JsonValue>,
    now: EpochMs,
  ) {
    this.now = now;
    this.#identity = {
      id: deviceId,
      type: entityType,
      entity_name: entityName,
      service: tenant,
      subservice: path,
      staticAttributes: staticValues,
    };
    this.#values = new Map(values);
    this.#statics = staticValues;
  }

  lookup(name: string): JsonValue | undefined {
    if (Object.hasOwn(this.#identity, name)) return this.#identity[name];
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    return Object.hasOwn(this.#statics, name) ? this.#statics[name] : undefined;
  }

  set(name: string, value: JsonValue): void {
    this.#values.set(name, value);
  }
}
