import type { EntityDraft } from '../../core/change/entity-draft.ts';
import type { WriteOptions } from '../../core/change/mutation.ts';

/** The options of a request, with what the draft says of its expiry. */
export function draftOptions({ expiresAt }: EntityDraft, options: WriteOptions): WriteOptions {
  return expiresAt === undefined ? options : { ...options, expiresAt };
}
