import type { Broker } from './broker/broker.ts';
import { expireEntities } from './broker/entities/expire-entities.ts';
import type { Log } from './ports/log.ts';

/**
 * Removes entities past their `dateExpires`, again and again, one sweep after the other; it keeps no process alive.
 *
 * Returns what stops it; a sweep under way still ends. A sweep that fails is logged, and the next one comes.
 */
export function startExpirySweeper(broker: Broker, everyMs: number, log: Log): () => void {
  let stopped = false;
  let timer = schedule();

  function schedule(): NodeJS.Timeout {
    return setTimeout(() => void sweep(), everyMs).unref();
  }

  async function sweep(): Promise<void> {
    try {
      const removed = await expireEntities(broker);
      if (removed > 0) log.info({ removed }, 'removed expired entities');
    } catch (error) {
      log.error({ err: error }, 'removing expired entities failed');
    }
    if (!stopped) timer = schedule();
  }

  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
