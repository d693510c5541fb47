import type { Broker } from '../broker/broker.ts';
import type { Timers } from '../ports/timers.ts';
import type { MessageLinks } from './messages/message-links.ts';
import type { AutoProvisioning } from './provisioning/auto-provisioning.ts';
import type { InterpretationRules } from './readings/interpret-reading.ts';
import type { ObservationWriter } from './readings/observation-writer.ts';
import type { RefusedReadings } from './refused/refused-readings.ts';
import type { DeviceRegistry } from './registry/device-registry.ts';

/** What the operations of devices work on. */
export interface Ingest {
  readonly broker: Broker;
  readonly timers: Timers;
  readonly registry: DeviceRegistry;
  readonly provisioning: AutoProvisioning;
  readonly writer: ObservationWriter;
  readonly refused: RefusedReadings;
  readonly links: MessageLinks;
  readonly rules: InterpretationRules;
  readonly limits: IngestLimits;
  /** Tells of what anybody can cause in any number: not of all of it. */
  readonly strangers: { warn(details: object, message: string): void };
}

/** What clients can make the registry grow by, bounded. */
export interface IngestLimits {
  readonly devicesPerTenant: number;
  readonly groupsPerTenant: number;
}
