import type { DestinationStream, Logger } from 'pino';
import { pino, stdTimeFunctions } from 'pino';

/** Levels from the gravest; `silent` writes nothing. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export type { Logger };

/**
 * The log of the process: a JSON line an event, on standard output unless told otherwise.
 *
 * A level that is off costs an empty call.
 */
export function createLog(level: LogLevel, destination?: DestinationStream): Logger {
  const settings = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}
