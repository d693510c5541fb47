import { withoutPassword } from './option-kinds.ts';
import type { Config, OptionName } from './options.ts';
import { flagOf, optionNamed, optionNames, variableOf } from './options.ts';

/** Texts by variable name, as an environment has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Texts by option name, as the command line has them. */
export type Flags = Readonly<Partial<Record<OptionName, string>>>;

/** The configuration cannot be used; each problem names the variable or flag, what it holds and what would be right. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/**
 * The configuration that the environment and the command line describe; a flag wins over its variable, and a
 * variable that is empty counts as not set.
 *
 * Throws a `ConfigError` with every problem at once.
 */
export function parseConfig(environment: Environment, flags: Flags = {}): Config {
  const values: Partial<Record<OptionName, unknown>> = {};
  const problems: string[] = [];
  for (const name of optionNames) {
    const flag = flags[name];
    const given = flag ?? (environment[variableOf(name)] || undefined);
    const value = given === undefined ? optionNamed(name).default : optionNamed(name).kind.parse(given);
    if (given !== undefined && value === undefined) {
      problems.push(problemWith(name, flag === undefined ? variableOf(name) : flagOf(name), given));
    }
    values[name] = value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return values as Config;
}

function problemWith(name: OptionName, source: string, given: string): string {
  return `${source} is ${JSON.stringify(withoutPassword(given))}; it must be ${optionNamed(name).kind.expects}`;
}

/** Variables that look like ours but set nothing: a slip of the pen that would otherwise go unseen. Sorted. */
export function unknownVariables(environment: Environment): readonly string[] {
  const known = new Set(optionNames.map(variableOf));
  return Object.keys(environment)
    .filter((variable) => variable.startsWith('ORIEL_') && !known.has(variable))
    .sort();
}
