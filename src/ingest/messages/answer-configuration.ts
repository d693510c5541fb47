import { attributeOf, jsonValueOf } from '../../core/entity/entity.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { Ingest } from '../ingest.ts';
import { wrongSyntax } from '../iot-refusal.ts';
import { profileOf } from '../profile/device-profile.ts';
import { type DeviceKey, knownDevice } from '../readings/record-payload.ts';

/**
 * Publishes the values of the entity of the device that it asks for with `{"type": "configuration", "fields": […]}`, and the time
 * as `dt`, on `/{apikey}/{deviceId}/configuration/values`. Refuses with `wrongSyntax`. [IoTA JSON configuration retrieval]
 */
export async function answerConfiguration(ingest: Ingest, key: DeviceKey, request: JsonValue): Promise<void> {
  const { broker, registry, links } = ingest;
  const device = knownDevice(ingest, key);
  const fields = isJsonObject(request) ? request.fields : undefined;
  if (!isJsonObject(request) || request.type !== 'configuration' || !Array.isArray(fields)) {
    throw wrongSyntax(
      'a request for values must be {"type": "configuration", "fields": [names]}; to hear of changes, subscribe',
    );
  }
  const { entityType } = profileOf(device, registry.groupOf(device));
  const target = { id: device.entityName, type: entityType, scopes: [{ path: device.path, subtree: false }] };
  const [record] = await broker.stores.tenant(device.tenant).entities.lookup(target);
  const values = (fields as readonly JsonValue[]).flatMap((name): [string, JsonValue][] => {
    const attribute = typeof name === 'string' && record !== undefined ? attributeOf(record.entity, name) : undefined;
    return attribute === undefined ? [] : [[String(name), jsonValueOf(attribute)]];
  });
  const dt = new Date(broker.clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
  const topic = `/${key.apikey}/${device.deviceId}/configuration/values`;
  const payload = JSON.stringify({ ...Object.fromEntries(values), dt });
  await links.publish({ topic, payload, qos: 1, retain: false });
}
