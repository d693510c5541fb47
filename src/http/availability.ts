import type { Broker } from '../broker/broker.ts';
import type { OpenData } from '../catalogue/open-data.ts';
import { Refusal } from '../core/errors.ts';
import type { Ingest } from '../ingest/ingest.ts';

/** Seconds after which a client may try again while the broker starts. */
const retryAfterSeconds = 5;

/** A broker with what is served of it besides. */
export interface ServedBroker extends Broker {
  /** Takes what devices send. */
  readonly ingest: Ingest;
  /** Publishes its context. */
  readonly openData: OpenData;
}

/**
 * Where the broker is in its life, and the broker itself once there is one.
 *
 * The server listens before the stores are open, so that health checks are answered while millions of entities load.
 */
export class Availability {
  #served: ServedBroker | undefined;
  #waitsFor: string | undefined;
  #state: 'starting' | 'ready' | 'draining' = 'starting';
  readonly #drainListeners: (() => void)[] = [];

  get state(): 'starting' | 'ready' | 'draining' {
    return this.#state;
  }

  /** The broker. Refuses with `overloaded` while it is not there yet; requests under way still get it while draining. */
  get broker(): Broker {
    return this.#parts;
  }

  /** What devices send goes here. Refuses as `broker` does. */
  get ingest(): Ingest {
    return this.#parts.ingest;
  }

  /** What publishes the broker's context. Refuses as `broker` does. */
  get openData(): OpenData {
    return this.#parts.openData;
  }

  get #parts(): ServedBroker {
    if (this.#served === undefined) throw new Refusal({ kind: 'overloaded', retryAfterSeconds });
    return this.#served;
  }

  /** What the broker waits for, or undefined where it goes on by itself. */
  get waitsFor(): string | undefined {
    return this.#state === 'starting' ? this.#waitsFor : undefined;
  }

  /** The broker cannot start before something else has: the reason tells an operator what. */
  waiting(reason: string): void {
    this.#waitsFor = reason;
  }

  ready(served: ServedBroker): void {
    this.#served = served;
    this.#state = 'ready';
  }

  drain(): void {
    this.#state = 'draining';
    for (const listener of this.#drainListeners) listener();
  }

  /** Adds one who hears that the broker begins to stop. */
  onDrain(listener: () => void): void {
    this.#drainListeners.push(listener);
  }
}
