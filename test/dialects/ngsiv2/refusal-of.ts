import { Refusal, type RefusalReason } from '../../../src/core/errors.ts';

/** Why the call was refused; fails where it was not, and lets anything else that was thrown through. */
export function refusalOf(call: () => unknown): RefusalReason {
  try {
    call();
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  throw new Error('it was not refused');
}

/** The text of a request that is wrong in itself. */
export function complaintOf(call: () => unknown): string {
  const reason = refusalOf(call);
  if (reason.kind !== 'invalidRequest') throw new Error(`it was refused with ${reason.kind}`);
  return reason.description;
}

/** What the call returns, or the refusal that it throws; anything else is a bug and fails. */
export function outcomeOf<Result>(call: () => Result): Result | Refusal {
  try {
    return call();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
