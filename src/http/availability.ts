import type { Broker } from '../broker/broker.ts';
import { Refusal } from '../core/errors.ts';
import type { Ingest } from '../ingest/ingest.ts';

/** Seconds after which a client may try again while the broker starts. */
const retryAfterSeconds = 5;

/**
 * Where the broker is in its life, and the broker itself once there is one.
 *
 * The server listens before the stores are open, so that health checks are answered while millions of entities load.
 */
export class Availability {
  #broker: Broker | undefined;
  #ingest: Ingest | undefined;
  #state: 'starting' | 'ready' | 'draining' = 'starting';

  get state(): 'starting' | 'ready' | 'draining' {
    return this.#state;
  }

  /** The broker. Refuses with `overloaded` while it is not there yet; requests under way still get it while draining. */
  get broker(): Broker {
    if (this.#broker === undefined) throw new Refusal({ kind: 'overloaded', retryAfterSeconds });
    return this.#broker;
  }

  /** What devices send goes here. Refuses as `broker` does. */
  get ingest(): Ingest {
    if (this.#ingest === undefined) throw new Refusal({ kind: 'overloaded', retryAfterSeconds });
    return this.#ingest;
  }

  ready(broker: Broker, ingest: Ingest): void {
    this.#broker = broker;
    this.#ingest = ingest;
    this.#state = 'ready';
  }

  drain(): void {
    this.#state = 'draining';
  }
}
