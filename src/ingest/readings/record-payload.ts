import type { Observation, ObservationOutcome } from '../../broker/entities/record-observations.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import { Refusal } from '../../core/errors.ts';
import { wordRefusal } from '../../dialects/ngsiv2/word-refusal.ts';
import { recordResults } from '../commands/record-results.ts';
import type { Ingest } from '../ingest.ts';
import { IotRefusal, type MeasureProblem } from '../iot-refusal.ts';
import type { DeviceProfile } from '../profile/device-profile.ts';
import { groupProfileOf, profileOf } from '../profile/device-profile.ts';
import type { Device } from '../registry/device.ts';
import { wordIotRefusal } from '../word-iot-refusal.ts';
import { type InterpretedReading, interpretReading, type Sender } from './interpret-reading.ts';
import type { ParsedPayload, Reading } from './reading.ts';

/** How a device names itself. */
export interface DeviceKey {
  readonly apikey: string;
  readonly deviceId: string;
  /** Where it sent to: groups of one key are told apart by it. */
  readonly resource?: string;
}

/**
 * Stores the readings of one payload, all in one commit, and resolves with whose they were once that is durable.
 *
 * `parse` reads the payload as the device speaks. `observedAt` is when all readings were taken that do not say it themselves.
 * Refuses before anything is stored with `groupNotFound`, `deviceNotFound`, `limitReached`, or what `parse` refuses; and
 * after the others are stored with `measuresRefused`.
 */
export async function recordPayload(
  ingest: Ingest,
  key: DeviceKey,
  parse: (profile: DeviceProfile) => ParsedPayload,
  observedAt?: EpochMs,
): Promise<{ readonly sender: Sender; readonly parsed: ParsedPayload }> {
  const { device, group } = ingest.registry.identify(key.apikey, key.deviceId, key.resource);
  const profile = device === undefined ? group && groupProfileOf(group) : profileOf(device, group);
  if (profile === undefined) throw new IotRefusal({ kind: 'groupNotFound', ...key });
  const parsed = parse(profile);
  const readings = parsed.readings.map((reading) => withTime(reading, observedAt));
  const sender = await senderOf(ingest, key, device, group, readings[0]);

  const problems = [...parsed.problems];
  const observations = readings.flatMap((reading) => {
    const { drafts, problems: found } = interpretedOrNot(ingest, reading, sender);
    problems.push(...found);
    const lastObservedWins = sender.profile.definitions.ordering !== 'lastReceived';
    return drafts.map((draft): Observation => ({ path: sender.device.path, draft, lastObservedWins }));
  });
  const outcomes = observations.length === 0 ? [] : await ingest.writer.record(sender.device.tenant, observations);
  problems.push(...outcomes.flatMap(problemsOf));
  for (const { measures } of readings) ingest.lazy.arrived(sender.device, measures.keys());
  if (parsed.results !== undefined && parsed.results.length > 0) {
    await recordResults(ingest, sender.device, parsed.results);
  }
  if (problems.length > 0) {
    const stored = outcomes.some((outcome) => outcome.kind !== 'refused' || outcome.stored);
    throw new IotRefusal({ kind: 'measuresRefused', problems, stored });
  }
  return { sender, parsed };
}

async function senderOf(
  ingest: Ingest,
  { deviceId }: DeviceKey,
  known: Sender['device'] | undefined,
  group: Sender['group'],
  first: Reading | undefined,
): Promise<Sender> {
  const { broker, provisioning } = ingest;
  if (known !== undefined) return { device: known, group, profile: profileOf(known, group) };
  // Without a reading there is nothing that a device could come to be of.
  if (group === undefined || first === undefined) throw new IotRefusal({ kind: 'deviceNotFound', deviceId });
  const device = await provisioning.provision(group, deviceId, first.measures, broker.clock.now());
  return { device, group, profile: profileOf(device, group) };
}

function withTime(reading: Reading, observedAt: EpochMs | undefined): Reading {
  return reading.observedAt !== undefined || observedAt === undefined ? reading : { ...reading, observedAt };
}

/** One reading that cannot be interpreted leaves the others as they are. */
function interpretedOrNot({ broker, rules }: Ingest, reading: Reading, sender: Sender): InterpretedReading {
  try {
    return interpretReading(reading, sender, broker.clock.now(), rules);
  } catch (error) {
    return { drafts: [], problems: [problemIn(error)] };
  }
}

/** A refusal in words; anything else is thrown on. */
export function problemIn(error: unknown): MeasureProblem {
  if (error instanceof IotRefusal) return { problem: wordIotRefusal(error.reason).message };
  if (error instanceof Refusal) return { problem: wordRefusal(error.reason).description };
  throw error;
}

function problemsOf(outcome: ObservationOutcome): readonly MeasureProblem[] {
  if (outcome.kind !== 'refused') return [];
  return outcome.refused.map(({ attribute, reason }) => ({
    ...(attribute !== undefined && { measure: attribute }),
    problem: wordRefusal(reason).description,
  }));
}

/** The device of the key. Refuses with `groupNotFound` and `deviceNotFound`: what is asked of it makes none. */
export function knownDevice({ registry }: Ingest, key: DeviceKey): Device {
  const { device, group } = registry.identify(key.apikey, key.deviceId, key.resource);
  if (device !== undefined) return device;
  if (group === undefined) throw new IotRefusal({ kind: 'groupNotFound', ...key });
  throw new IotRefusal({ kind: 'deviceNotFound', deviceId: key.deviceId });
}
