import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SourceError } from './source-error.ts';

/** Where a mapping's `file` is: a path or an http(s) URL. */
export type Locate = (file: string) => string;

/**
 * Looks, in this order: a URL is where it says; each `--data` that has the same file name; each `--data` that is a
 * directory (or a URL with a trailing slash) that holds it; the directory of the mapping. Throws a `SourceError` that lists where it looked.
 *
 * Only the existence of files is asked; a URL with a trailing slash is taken to hold whatever is asked of it, so it
 * comes after everything on the disk.
 */
export function locateIn(data: readonly string[], mappingFile: string): Locate {
  const folders = [...data.filter((place) => !isUrl(place) && isDirectory(place)), dirname(mappingFile)];
  const bases = data.filter((place) => isUrl(place) && place.endsWith('/'));
  return (file) => {
    if (isUrl(file)) return file;
    const named = data.find((place) => nameOf(place) === basename(file) && !isDirectory(place));
    if (named !== undefined) return named;
    const found = folders.map((folder) => join(folder, file)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    const [base] = bases;
    if (base !== undefined) return new URL(file, base).href;
    throw new SourceError(`${file} is not in ${folders.join(', ')}; say where it is with --data`);
  };
}

export function isUrl(place: string): boolean {
  return /^https?:\/\//.test(place);
}

function nameOf(place: string): string {
  return isUrl(place) ? basename(new URL(place).pathname) : basename(place);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
