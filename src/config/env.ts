import type { Environment } from './config.ts';

/** The environment of the process; nothing else in the code reads it. */
export function readEnvironment(): Environment {
  return process.env;
}
