import { ConfigError, type Flags, parseConfig } from '../config/config.ts';
import { readEnvironment } from '../config/env.ts';
import type { Config } from '../config/options.ts';

/** The configuration of the process; ends it, saying every problem, where there is one. */
export function readConfig(flags: Flags): Config {
  try {
    return parseConfig(readEnvironment(), flags);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) process.stderr.write(`oriel: ${problem}\n`);
    process.stderr.write('oriel: see oriel start --help\n');
    process.exit(1);
  }
}
