import { isJsonObject, type JsonValue } from '../../../core/json.ts';

/** What a provider made of an update; as in the broker's `UpdateVerdict`. */
export type JudgedUpdate =
  | { readonly kind: 'done' }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Characters of an answer that are told to the client. */
const toldCharacters = 200;

/** What an answer to an update operation means. [V2 update operation] */
export function judgeUpdate(status: number, body: string): JudgedUpdate {
  if (status >= 200 && status < 300) return { kind: 'done' };
  const { error, description } = errorOf(body);
  const reason = `answered ${status}${description === '' ? '' : `, ${description}`}`;
  return status === 404 && error !== 'PartialUpdate' ? { kind: 'unknown', reason } : { kind: 'refused', reason };
}

function errorOf(body: string): { readonly error: string; readonly description: string } {
  let parsed: JsonValue;
  try {
    parsed = JSON.parse(body) as JsonValue;
  } catch {
    return { error: '', description: body.slice(0, toldCharacters).trim() };
  }
  if (!isJsonObject(parsed)) return { error: '', description: '' };
  const { error, description } = parsed;
  return {
    error: typeof error === 'string' ? error : '',
    description: typeof description === 'string' ? description.slice(0, toldCharacters) : '',
  };
}
