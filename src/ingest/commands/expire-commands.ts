import type { Ingest } from '../ingest.ts';
import { profileOf } from '../profile/device-profile.ts';
import { reportCommands } from './report-commands.ts';

/** How often commands are looked at whose time may be up. */
const everyMs = 1000;

/** Has commands expire that were not answered in time, from now on. Returns what stops it. */
export function startExpiringCommands(ingest: Ingest): () => void {
  let stop = schedule();
  return () => stop();

  function schedule(): () => void {
    return ingest.timers.after(everyMs, () => {
      expireCommands(ingest)
        .catch((error: unknown) => ingest.broker.log.error({ err: error }, 'commands could not be expired'))
        .finally(() => {
          stop = schedule();
        });
    });
  }
}

/**
 * `_status` of those whose time is up becomes EXPIRED, and they are told no more; in this order, so that one whose status cannot
 * be written, or not before the process ends, expires the next time.
 */
export async function expireCommands(ingest: Ingest): Promise<void> {
  const { commands, registry, broker } = ingest;
  if (commands.isEmpty) return;
  for (const command of commands.expiredBy(broker.clock.now())) {
    const device = registry.devicesOf(command.tenant).get(command.device);
    if (device !== undefined) {
      const profile = profileOf(device, registry.groupOf(device));
      await reportCommands(ingest, device, profile, [{ name: command.name, status: 'EXPIRED' }]);
    }
    await commands.remove(command.tenant, [command]);
  }
}
