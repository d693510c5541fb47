import type { OwedNotification } from '../../ports/outbox.ts';
import type { Lane } from './lane.ts';
import type { SubscriptionQueue } from './subscription-queue.ts';

/** What is owed to one subscription of one entity, in order: only the first is ever sent, and again until it is settled. */
export interface Chain {
  readonly queue: SubscriptionQueue;
  readonly entityId: string;
  /** At least one, the oldest first. */
  readonly owed: OwedNotification[];
  /** `ready`: in its lane, to be sent in its turn; `resting`: out of it, until a timer or a change of the subscription. */
  state: 'ready' | 'sending' | 'resting';
  lane: Lane | undefined;
  /** Failed attempts to send the first. */
  attempts: number;
  /** Why the last of them failed. */
  reason: string | undefined;
  /** Ends the rest without an effect. */
  cancelRest: (() => void) | undefined;
}
