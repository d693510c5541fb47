import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { isUrl } from './locate-source.ts';
import { SourceError } from './source-error.ts';

export interface OpenSource {
  readonly bytes: Readable;
  /** Undefined where the server does not say. */
  readonly totalBytes: number | undefined;
}

/** Opens a file or a URL for reading; throws a `SourceError` where that fails. */
export async function openSource(place: string): Promise<OpenSource> {
  return isUrl(place) ? openUrl(place) : openFile(place);
}

async function openFile(path: string): Promise<OpenSource> {
  try {
    const { size } = await stat(path);
    return { bytes: createReadStream(path), totalBytes: size };
  } catch (error) {
    throw new SourceError(`${path} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

async function openUrl(url: string): Promise<OpenSource> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { 'User-Agent': 'oriel-load' } });
  } catch (error) {
    throw new SourceError(`${url} cannot be fetched: ${reasonOf(error)}`, { cause: error });
  }
  if (!response.ok || response.body === null)
    throw new SourceError(`${url} answers ${response.status} ${response.statusText}`);
  // A compressed answer is counted as it comes out of fetch, so its length would mislead.
  const length = response.headers.has('content-encoding')
    ? Number.NaN
    : Number(response.headers.get('content-length') ?? Number.NaN);
  return { bytes: Readable.fromWeb(response.body), totalBytes: Number.isNaN(length) ? undefined : length };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
