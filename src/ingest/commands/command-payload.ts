import type { EpochMs } from '../../core/entity/entity.ts';
import { evaluateExpression } from '../../core/expression/expression.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { DeviceProfile } from '../profile/device-profile.ts';
import { MeasureContext } from '../readings/measure-context.ts';
import type { Command } from '../registry/definitions.ts';
import type { Device } from '../registry/device.ts';

/** The value that a device is told: what its definition makes of the one that was asked for. [IoTA commands transformations] */
export function commandValue(
  command: Command,
  value: JsonValue,
  device: Device,
  profile: DeviceProfile,
  now: EpochMs,
): JsonValue {
  if (command.expression === undefined) return value;
  return evaluateExpression(
    command.expression,
    new MeasureContext(device, profile, new Map([[command.name, value]]), now),
  );
}

/** A command as bytes, in the protocol of the device. [IoTA commands transformations] [UL2.0 commands syntax] */
export function renderCommand(
  command: Command,
  value: JsonValue,
  device: Device,
  { speaks }: DeviceProfile,
): Uint8Array | string {
  switch (command.payloadType) {
    case 'text':
      return textOf(value);
    case 'binaryfromstring':
      return Buffer.from(textOf(value));
    case 'binaryfromhex':
      return Buffer.from(
        Array.isArray(value)
          ? Uint8Array.from(value as readonly JsonValue[], (byte) => Number.parseInt(textOf(byte), 16))
          : Buffer.from(textOf(value), 'hex'),
      );
    case 'binaryfromjson':
      return Buffer.from(JSON.stringify(value));
    case 'json':
      return speaks === 'ultralight'
        ? renderUltralight(device.deviceId, command.objectId, value)
        : JSON.stringify({ [command.objectId]: value });
  }
}

/** `device@command|name=value|name=value`, or the value alone where it has no names. */
export function renderUltralight(deviceId: string, name: string, value: JsonValue): string {
  const parameters = isJsonObject(value)
    ? Object.entries(value).map(([parameter, each]) => `${parameter}=${textOf(each)}`)
    : [textOf(value)];
  return [`${deviceId}@${name}`, ...parameters].join('|');
}

function textOf(value: JsonValue): string {
  if (Array.isArray(value)) return value.map((item: JsonValue) => textOf(item)).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
