import type { UriParameters } from './uri-parameters.ts';

/** Which part of the results is asked for. */
export interface Page {
  /** 0: none, only their number. */
  readonly limit: number;
  readonly offset: number;
}

/** Results in a page where the client names no `limit`. [V2 pagination] */
export const defaultLimit = 20;

/** `limit` and `offset`, which `parseUriParameters` has found to be numbers within bounds. [V2 pagination] */
export function parsePage(parameters: UriParameters): Page {
  return {
    limit: Number(parameters.get('limit') ?? defaultLimit),
    offset: Math.min(Number(parameters.get('offset') ?? 0), Number.MAX_SAFE_INTEGER),
  };
}
