import { TextDecoder } from 'node:util';
import { SourceError } from './source-error.ts';

/** Throws a `SourceError` for an encoding that there is not. */
export function textDecoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    throw new SourceError(`no encoding "${encoding}"; utf-8 and windows-1252 are two that there are`);
  }
}
