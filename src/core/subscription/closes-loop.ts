import { correlatorRoot } from '../change/correlator-root.ts';
import type { EntityChange } from '../change/entity-change.ts';
import type { ChangeOrigin } from './change-origin.ts';

/**
 * Tells whether a change comes from a notification that the same entity set off: it is written, but must wake nobody, or
 * broker and receiver would keep each other busy for ever.
 *
 * So it is where a custom notification was turned into an update, or one has come back by way of other brokers (`Via`), and the last write of the
 * entity belongs to the same chain of requests.
 * [V2 custom notifications]
 */
export function closesLoop(change: EntityChange, origin: ChangeOrigin): boolean {
  if ((origin.fromCustomNotification ?? origin.hasReturned) !== true || change.kind === 'created') return false;
  return change.before.correlator === correlatorRoot(origin.correlator);
}
