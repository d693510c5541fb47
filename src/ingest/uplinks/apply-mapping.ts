import type { EpochMs } from '../../core/entity/entity.ts';
import { evaluateExpression } from '../../core/expression/expression.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { wrongSyntax } from '../iot-refusal.ts';
import { parseObservedAt } from '../readings/parse-observed-at.ts';
import type { DescribedMeasure, Reading } from '../readings/reading.ts';
import type { UplinkMapping } from './uplink-mapping.ts';

/** A message as the reading of a device. */
export interface MappedMessage {
  readonly deviceId: string;
  readonly reading: Reading;
}

/**
 * What a message says, after the mapping: names in its expressions stand for members of the message, `bytes` for its decoded
 * payload. Attributes that come out null are left out. Pure. Refuses with `wrongSyntax` a message that names no device or has
 * nothing to store, and with `badTimestamp`.
 */
export function applyMapping(mapping: UplinkMapping, message: JsonValue, now: EpochMs): MappedMessage {
  if (!isJsonObject(message)) throw wrongSyntax('the message must be a JSON object');
  const lookup = (name: string): JsonValue | undefined => (Object.hasOwn(message, name) ? message[name] : undefined);
  const encoded = mapping.bytes && evaluateExpression(mapping.bytes, { now, lookup });
  const bytes = typeof encoded === 'string' ? [...Buffer.from(encoded, 'base64')] : undefined;
  const context = { now, lookup: (name: string) => (name === 'bytes' ? (bytes ?? lookup(name)) : lookup(name)) };

  const device = evaluateExpression(mapping.device, context);
  if (typeof device !== 'string' && typeof device !== 'number') {
    throw wrongSyntax(`the message names no device: ${mapping.device.source} gives ${JSON.stringify(device)}`);
  }
  const measures = new Map<string, JsonValue>();
  const decoded = mapping.measures && evaluateExpression(mapping.measures, context);
  if (isJsonObject(decoded)) for (const [name, value] of Object.entries(decoded)) measures.set(name, value);
  const described = new Map<string, DescribedMeasure>();
  for (const { name, type, expression, metadata } of mapping.attributes) {
    const value = evaluateExpression(expression, context);
    if (value === null) continue;
    measures.set(name, value);
    described.set(name, { type, isDefined: true, ...(metadata !== undefined && { metadata }) });
  }
  if (measures.size === 0) throw wrongSyntax('the message has no measures, as its mapping has it');
  const time = mapping.observedAt === undefined ? null : evaluateExpression(mapping.observedAt, context);
  return {
    deviceId: String(device),
    reading: { measures, isTextual: false, described, ...(time !== null && { observedAt: momentOf(time) }) },
  };
}

/** ISO 8601, or a number of seconds or milliseconds since 1970. */
function momentOf(time: JsonValue): EpochMs {
  if (typeof time !== 'number') return parseObservedAt(time);
  return Math.round(time < 100_000_000_000 ? time * 1000 : time);
}
