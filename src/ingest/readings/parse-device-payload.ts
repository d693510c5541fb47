import { parseJson } from '../../core/parse-json.ts';
import type { DeviceProfile } from '../profile/device-profile.ts';
import { parseJsonPayload } from './parse-json-payload.ts';
import { parseNgsiPayload } from './parse-ngsi-payload.ts';
import { parseUltralight } from './parse-ultralight.ts';
import type { ParsedPayload } from './reading.ts';

/**
 * The readings of a payload of several measures, as the device speaks: in the protocol that it was sent under or, under none,
 * its own. Refuses what is none of that.
 */
export function parseDevicePayload(
  profile: DeviceProfile,
  payload: string,
  protocol: DeviceProfile['speaks'] = profile.speaks,
): ParsedPayload {
  if (protocol === 'ultralight') return parseUltralight(payload);
  const json = parseJson(payload);
  const { payloadType } = profile.definitions;
  return payloadType === undefined || payloadType === 'iotagent' ? parseJsonPayload(json) : parseNgsiPayload(json);
}
