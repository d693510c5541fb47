import { createEntity } from '../../core/change/apply.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { wholeEntity } from '../../dialects/ngsiv2/projection.ts';
import { renderEntity } from '../../dialects/ngsiv2/render-entity.ts';
import type { Ingest } from '../ingest.ts';
import { IotRefusal, type MeasureProblem, wrongSyntax } from '../iot-refusal.ts';
import { profileOf } from '../profile/device-profile.ts';
import { unprovisionedDevice } from '../provisioning/auto-provisioning.ts';
import type { ProvisioningScope } from '../provisioning/provisioning-scope.ts';
import { interpretReading } from '../readings/interpret-reading.ts';
import { parseDevicePayload } from '../readings/parse-device-payload.ts';
import type { ParsedPayload } from '../readings/reading.ts';
import { problemIn } from '../readings/record-payload.ts';
import { JsonDocument } from '../registry/json-document.ts';
import { parseServiceGroup, type ServiceGroup } from '../registry/service-group.ts';
import { applyMapping } from './apply-mapping.ts';

const members: ReadonlySet<string> = new Set(['service', 'apikey', 'resource', 'device_id', 'payload']);

/**
 * What would be stored of a payload: `payload`, JSON or a text as the device would send it, under the group that `service` describes
 * or that `apikey` (with `resource`) names, from the device `device_id`, which a mapping reads from the payload itself. Nothing is
 * stored. Refuses with `wrongSyntax` and `groupNotFound`; what is wrong with the payload is in the answer.
 */
export function dryRun(ingest: Ingest, scope: ProvisioningScope, body: JsonValue): JsonObject {
  const request = new JsonDocument(body, '');
  request.refuseOthers(members);
  const group = groupOf(ingest, scope, request);
  const { payload } = request.members;
  if (payload === undefined) throw wrongSyntax('payload is missing: what the device would send');
  const { broker, registry, rules } = ingest;
  const now = broker.clock.now();
  let deviceId: string;
  let parse: () => ParsedPayload;
  const problems: MeasureProblem[] = [];
  if (group.mapping !== undefined) {
    try {
      const mapped = applyMapping(group.mapping, payload, now);
      deviceId = mapped.deviceId;
      parse = () => ({ readings: [mapped.reading], problems: [] });
    } catch (error) {
      return { entities: [], problems: [shown(problemIn(error))] };
    }
  } else {
    deviceId = request.text('device_id') ?? 'device1';
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    parse = () => parseDevicePayload(profile, text);
  }
  const known = registry.identify(group.apikey, deviceId, group.resource).device;
  const device = known ?? unprovisionedDevice(group, deviceId, new Map(), now, rules.text);
  const profile = profileOf(device, group);
  const entities: JsonValue[] = [];
  try {
    const parsed = parse();
    problems.push(...parsed.problems);
    for (const reading of parsed.readings) {
      const { drafts, problems: found } = interpretReading(reading, { device, group, profile }, now, rules);
      problems.push(...found);
      for (const draft of drafts) {
        const { entity } = createEntity(draft, device.path, now, 'dry-run');
        entities.push(JSON.parse(renderEntity(entity, wholeEntity)) as JsonValue);
      }
    }
  } catch (error) {
    problems.push(problemIn(error));
  }
  return { device_id: deviceId, entities, problems: problems.map(shown) };
}

function groupOf({ registry, rules }: Ingest, scope: ProvisioningScope, request: JsonDocument): ServiceGroup {
  const service = request.object('service');
  if (service !== undefined) return parseServiceGroup({ apikey: 'dry-run', ...service }, 'service', scope, rules.text);
  const apikey = request.requiredText('apikey');
  const resource = request.text('resource');
  const { group } = registry.identify(apikey, '', resource);
  if (group === undefined || group.tenant !== scope.tenant) throw new IotRefusal({ kind: 'groupNotFound', apikey });
  return group;
}

function shown({ measure, problem }: MeasureProblem): JsonObject {
  return { ...(measure !== undefined && { measure }), problem };
}
