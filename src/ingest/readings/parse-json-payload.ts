import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { IotRefusal, type MeasureProblem, wrongSyntax } from '../iot-refusal.ts';
import { wordIotRefusal } from '../word-iot-refusal.ts';
import { parseObservedAt } from './parse-observed-at.ts';
import { type ParsedPayload, type Reading, timeInstant } from './reading.ts';

/** Readings in one payload. */
const maxReadings = 1000;

/**
 * The payload of several measures: an object, or an array of objects, each of which is a reading. One that is wrong leaves the
 * others as they are. Refuses with `wrongSyntax` what is neither. [IoTA JSON measure reporting]
 */
export function parseJsonPayload(payload: JsonValue): ParsedPayload {
  const items: readonly JsonValue[] = Array.isArray(payload) ? payload : [payload];
  if (items.length > maxReadings) throw wrongSyntax(`a payload has at most ${maxReadings} readings`);
  if (!Array.isArray(payload) && !isJsonObject(payload)) {
    throw wrongSyntax('the payload must be an object of measures, or an array of such objects');
  }
  return parseEach(items, (item, index) => {
    if (isJsonObject(item)) return readingOf(item);
    throw wrongSyntax(`item ${index} is not an object of measures`);
  });
}

/**
 * The payload of one measure: its value, or an array of `{"value", "timestamp"}`, each of which is a reading.
 * [IoTA JSON single measures]
 */
export function parseSingleMeasure(name: string, value: JsonValue): ParsedPayload {
  if (!isTimedList(value)) {
    return { readings: [{ measures: new Map([[name, value]]), isTextual: false }], problems: [] };
  }
  if (value.length > maxReadings) throw wrongSyntax(`a payload has at most ${maxReadings} readings`);
  return parseEach(value, ({ value: measured = null, timestamp }) => ({
    measures: new Map([[name, measured]]),
    isTextual: false,
    ...(timestamp !== undefined && { observedAt: parseObservedAt(timestamp) }),
  }));
}

/** Bytes that are no JSON, as text: two digits each. */
export function hexOf(payload: Uint8Array): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('hex');
}

function isTimedList(value: JsonValue): value is readonly JsonObject[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item: JsonValue) => isJsonObject(item) && 'value' in item && 'timestamp' in item)
  );
}

function readingOf(item: JsonObject): Reading {
  const { [timeInstant]: observed, ...measures } = item;
  return {
    measures: new Map(Object.entries(measures)),
    isTextual: false,
    ...(observed !== undefined && observed !== null && { observedAt: parseObservedAt(observed) }),
  };
}

/** Reads item by item; what one of them is refused for is a problem of the payload, unless it is all of it. */
export function parseEach<Item>(
  items: readonly Item[],
  read: (item: Item, index: number) => Reading | undefined,
): ParsedPayload {
  const readings: Reading[] = [];
  const problems: MeasureProblem[] = [];
  for (const [index, item] of items.entries()) {
    try {
      const reading = read(item, index);
      if (reading !== undefined) readings.push(reading);
    } catch (error) {
      if (!(error instanceof IotRefusal) || items.length === 1) throw error;
      problems.push({ problem: wordIotRefusal(error.reason).message });
    }
  }
  return { readings, problems };
}
