import { parseJson } from '../../core/parse-json.ts';
import { filterCovers } from '../access/topic-filter.ts';
import type { Ingest } from '../ingest.ts';
import { recordPayload } from '../readings/record-payload.ts';
import type { MappedGroup } from '../registry/device-registry.ts';
import { applyMapping, type MappedMessage } from './apply-mapping.ts';

/** The group that takes messages of the topic; undefined: none does. Cost: by the groups with a mapping. */
export function mappedGroupOf({ registry }: Ingest, topic: string): MappedGroup | undefined {
  for (const group of registry.mappedGroups()) {
    if (group.mapping.topics.some((filter) => filterCovers(filter, topic))) return group;
  }
  return undefined;
}

/**
 * Stores what a message says of a device, after the mapping of the group; resolves once that is durable. `known` hears which device
 * it is as soon as that is known. Refuses as `applyMapping` and `recordPayload` do.
 */
export async function takeUplink(
  ingest: Ingest,
  group: MappedGroup,
  payload: string,
  known: (deviceId: string) => void = () => undefined,
): Promise<void> {
  const { deviceId, reading }: MappedMessage = applyMapping(
    group.mapping,
    parseJson(payload),
    ingest.broker.clock.now(),
  );
  known(deviceId);
  await recordPayload(ingest, { apikey: group.apikey, deviceId, resource: group.resource }, () => ({
    readings: [reading],
    problems: [],
  }));
}
