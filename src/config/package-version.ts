import { readFileSync } from 'node:fs';

/** The version of this package, as package.json has it. */
export const packageVersion: string = versionIn(
  readFileSync(new URL('../../package.json', import.meta.url), { encoding: 'utf8' }),
);

function versionIn(manifest: string): string {
  const { version } = JSON.parse(manifest) as { version?: unknown };
  if (typeof version !== 'string') throw new Error('package.json has no version');
  return version;
}
