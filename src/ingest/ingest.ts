import type { Broker } from '../broker/broker.ts';
import type { Timers } from '../ports/timers.ts';
import type { Commands } from './commands/commands.ts';
import type { Delivery } from './commands/delivery.ts';
import type { LazyReading } from './commands/lazy-reading.ts';
import type { MessageLinks } from './messages/message-links.ts';
import type { AutoProvisioning } from './provisioning/auto-provisioning.ts';
import type { InterpretationRules } from './readings/interpret-reading.ts';
import type { ObservationWriter } from './readings/observation-writer.ts';
import type { Pace } from './readings/pace.ts';
import type { RefusedReadings } from './refused/refused-readings.ts';
import type { DeviceRegistry } from './registry/device-registry.ts';

/** What the operations of devices work on. */
export interface Ingest extends IngestParts {
  readonly delivery: Delivery;
  readonly lazy: LazyReading;
}

/** What everything else of it works on. */
export interface IngestParts {
  readonly broker: Broker;
  readonly timers: Timers;
  readonly registry: DeviceRegistry;
  readonly provisioning: AutoProvisioning;
  readonly writer: ObservationWriter;
  readonly refused: RefusedReadings;
  readonly commands: Commands;
  readonly pace: Pace;
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
