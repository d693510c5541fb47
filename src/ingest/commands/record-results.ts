import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { Ingest } from '../ingest.ts';
import { IotRefusal, wrongSyntax } from '../iot-refusal.ts';
import { profileOf } from '../profile/device-profile.ts';
import type { CommandResult } from '../readings/reading.ts';
import { type Device, deviceIdOf } from '../registry/device.ts';
import type { CommandReport } from './commands.ts';
import { reportCommands } from './report-commands.ts';

/** The results of a payload `{"command": result}`. Refuses with `wrongSyntax`. [IoTA command confirmation] */
export function parseResults(payload: JsonValue): readonly CommandResult[] {
  if (!isJsonObject(payload)) throw wrongSyntax('results must be an object: what came of each command, by its name');
  return Object.entries(payload).map(([command, result]) => ({ command, result }));
}

/**
 * Takes what a device says that came of its commands: `_status` is OK and `_info` what it says; or ERROR where it says
 * `{"status": "ERROR", "info": …}`, which is an extension. Resolves once that is durable. Refuses with `commandNotFound`, after
 * the others are done.
 */
export async function recordResults(ingest: Ingest, device: Device, results: readonly CommandResult[]): Promise<void> {
  const { registry, commands } = ingest;
  const profile = profileOf(device, registry.groupOf(device));
  const reports: CommandReport[] = [];
  let unknown: string | undefined;
  for (const { command, result } of results) {
    const known = profile.definitions.commands.find(({ objectId, name }) => objectId === command || name === command);
    if (known === undefined) unknown = command;
    else reports.push(reportOf(known.name, result));
  }
  if (reports.length > 0) {
    const answered = commands
      .of(device.tenant, deviceIdOf(device))
      .filter(({ name }) => reports.some((report) => report.name === name));
    if (answered.length > 0) await commands.remove(device.tenant, answered);
    await reportCommands(ingest, device, profile, reports);
  }
  if (unknown !== undefined) throw new IotRefusal({ kind: 'commandNotFound', command: unknown });
}

function reportOf(name: string, result: JsonValue): CommandReport {
  if (isJsonObject(result) && result.status === 'ERROR') return { name, status: 'ERROR', info: result.info ?? null };
  return { name, status: 'OK', info: result };
}
