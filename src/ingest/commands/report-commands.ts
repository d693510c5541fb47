import type { AttributeWrite } from '../../core/change/mutation.ts';
import type { JsonValue } from '../../core/json.ts';
import { parseAttributeMember } from '../../dialects/ngsiv2/parse-attribute.ts';
import { freeText } from '../../dialects/ngsiv2/text-rules.ts';
import type { IngestParts } from '../ingest.ts';
import type { DeviceProfile } from '../profile/device-profile.ts';
import type { Device } from '../registry/device.ts';
import type { CommandReport } from './commands.ts';

/**
 * Writes how commands stand into `_status`, and what is said of it into `_info`, of the entity of the device. Resolves once that
 * is durable. What a device says may have any character. [IoTA command execution]
 */
export async function reportCommands(
  { writer }: IngestParts,
  device: Device,
  { entityType }: DeviceProfile,
  reports: readonly CommandReport[],
): Promise<void> {
  const writes = reports.flatMap(({ name, status, info }): AttributeWrite[] => [
    writeOf(`${name}_status`, 'commandStatus', status),
    ...(info === undefined ? [] : [writeOf(`${name}_info`, 'commandResult', info)]),
  ]);
  const draft = { id: device.entityName, types: [entityType], writes };
  await writer.record(device.tenant, [{ path: device.path, draft, lastObservedWins: false }]);
}

function writeOf(name: string, type: string, value: JsonValue): AttributeWrite {
  return parseAttributeMember(name, { type, value }, { form: 'normalized', rules: freeText, creates: false });
}
