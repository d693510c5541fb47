import type { LoadRequest } from './load.ts';
import type { ReceiverPorts } from './receivers/receipts.ts';

export type Workload = EntityWorkload | SubscriptionWorkload;

/** Something to measure beside its limit: an empty Fastify route that returns the same bytes. */
export interface EntityWorkload {
  readonly kind: 'entities';
  readonly name: string;
  /** How many traffic counters the broker holds. */
  readonly entities: number;
  /** The least ratio of the broker's requests per second to the limit's. */
  readonly target: number;
  readonly requests: (random: () => number) => readonly LoadRequest[];
  /** Fails when an answer is not what the workload means to measure. */
  readonly check: (status: number, body: string) => void;
}

/**
 * Updates of a broker with these subscriptions, to measure beside the same updates of one with those. Each update writes a
 * value of its own to the next counter.
 */
export interface SubscriptionWorkload {
  readonly kind: 'subscriptions';
  readonly name: string;
  /** How many traffic counters the broker holds. */
  readonly entities: number;
  /** How many of them take turns to be updated. */
  readonly updated: number;
  /** `rate`: updates a second until the last notification arrived; `latency`: the 99th percentile from acknowledgement to receipt. */
  readonly compares: 'rate' | 'latency';
  /** The least ratio: of the rates, these to those; of the latencies, those to these. */
  readonly target: number;
  /** Updates a second; absent: as many as the broker takes. */
  readonly perSecond?: number;
  /** A program in `bench/receivers` with its arguments; absent: nobody is to be notified. */
  readonly receiver?: { readonly program: string; readonly args: readonly string[] };
  /** Bodies of `POST /v2/subscriptions`, of the one broker and of the other. */
  readonly subscriptions: (ports: ReceiverPorts) => {
    readonly these: readonly object[];
    readonly those: readonly object[];
  };
  /** Tells whether the updates of a counter wake one subscription, and its receiver is alive, in the one broker and in the other. */
  readonly arrives: (counter: number) => { readonly these: boolean; readonly those: boolean };
}
