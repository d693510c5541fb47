import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { wrongSyntax } from '../iot-refusal.ts';
import { parseEach } from './parse-json-payload.ts';
import type { DescribedMeasure, ParsedPayload, Reading } from './reading.ts';

/**
 * A payload that is NGSI: an entity, an array of entities, or a batch `{"entities": […]}`, each entity a reading whose measures
 * are its attributes. Its id and type are the measures `measure_id` and `measure_type`: the entity that is written is that of
 * the device. Refuses with `wrongSyntax`. [IoTA JSON NGSI measures]
 */
export function parseNgsiPayload(payload: JsonValue): ParsedPayload {
  const entities = isJsonObject(payload) && Array.isArray(payload.entities) ? payload.entities : payload;
  const items: readonly JsonValue[] = Array.isArray(entities) ? entities : [entities];
  return parseEach(items, (item) => {
    if (isJsonObject(item)) return readingOf(item);
    throw wrongSyntax('the payload must be an NGSI entity, an array of entities, or a batch');
  });
}

function readingOf(entity: JsonObject): Reading {
  const measures = new Map<string, JsonValue>();
  const described = new Map<string, DescribedMeasure>();
  for (const [name, attribute] of Object.entries(entity)) {
    if (name === '@context') continue;
    if (name === 'id' || name === 'type') {
      measures.set(`measure_${name}`, attribute);
      continue;
    }
    measures.set(name, measuredBy(attribute));
    if (isJsonObject(attribute)) described.set(name, descriptionOf(attribute));
  }
  return { measures, isTextual: false, described };
}

/** Attributes by their values alone are taken for what they are. */
function measuredBy(attribute: JsonValue): JsonValue {
  if (!isJsonObject(attribute)) return attribute;
  return attribute.value ?? attribute.object ?? attribute.languageMap ?? null;
}

const ngsiLdTypes: ReadonlyMap<JsonValue | undefined, string | undefined> = new Map([
  ['Property', undefined],
  ['GeoProperty', 'geo:json'],
  ['Relationship', 'Relationship'],
  ['LanguageProperty', undefined],
]);

function descriptionOf({
  type,
  value: _,
  object: __,
  languageMap: ___,
  metadata,
  ...rest
}: JsonObject): DescribedMeasure {
  // What NGSI-LD says beside the value is metadata in NGSIv2.
  const others = Object.entries(rest).map(([name, each]): [string, JsonValue] => [
    name,
    isJsonObject(each) ? { value: each.value ?? each.object ?? null } : { value: each },
  ]);
  const all = { ...(isJsonObject(metadata) && metadata), ...Object.fromEntries(others) };
  const declared = ngsiLdTypes.has(type) ? ngsiLdTypes.get(type) : type;
  return {
    ...(typeof declared === 'string' && { type: declared }),
    ...(Object.keys(all).length > 0 && { metadata: all }),
  };
}
