import type { Broker } from '../../broker/broker.ts';
import {
  type Observation,
  type ObservationOutcome,
  recordObservations,
} from '../../broker/entities/record-observations.ts';
import type { TenantName } from '../../core/scope.ts';

/** Observations in one commit. */
const maxPerCommit = 1000;

interface Gathered {
  readonly observations: readonly Observation[];
  readonly resolve: (outcomes: ObservationOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commits together what arrives together: all observations of a tenant that come before `later` calls back go in one call of
 * the store, in the order in which they came.
 */
export class ObservationWriter {
  readonly #broker: Broker;
  readonly #later: (callback: () => void) => void;
  readonly #gathered = new Map<TenantName, Gathered[]>();

  constructor(broker: Broker, later: (callback: () => void) => void) {
    this.#broker = broker;
    this.#later = later;
  }

  /** One outcome an observation, once all that was stored of them is durable. Rejects as `recordObservations` does. */
  record(tenant: TenantName, observations: readonly Observation[]): Promise<ObservationOutcome[]> {
    return new Promise((resolve, reject) => {
      const waiting = this.#gathered.get(tenant);
      if (waiting !== undefined) {
        waiting.push({ observations, resolve, reject });
        return;
      }
      this.#gathered.set(tenant, [{ observations, resolve, reject }]);
      this.#later(() => this.#commit(tenant));
    });
  }

  #commit(tenant: TenantName): void {
    const gathered = this.#gathered.get(tenant) ?? [];
    this.#gathered.delete(tenant);
    for (let from = 0; from < gathered.length; ) {
      let to = from;
      let size = 0;
      do size += gathered[to++]?.observations.length ?? 0;
      while (to < gathered.length && size + (gathered[to]?.observations.length ?? 0) <= maxPerCommit);
      void this.#commitSome(tenant, gathered.slice(from, to));
      from = to;
    }
  }

  async #commitSome(tenant: TenantName, gathered: readonly Gathered[]): Promise<void> {
    const origin = { tenant, correlator: this.#broker.random.newId() };
    const observations = gathered.flatMap((each) => each.observations);
    try {
      const outcomes = await recordObservations(this.#broker, origin, observations);
      let at = 0;
      for (const each of gathered) {
        each.resolve(outcomes.slice(at, at + each.observations.length));
        at += each.observations.length;
      }
    } catch (error) {
      for (const each of gathered) each.reject(error);
    }
  }
}
