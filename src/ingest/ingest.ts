import type { Broker } from '../broker/broker.ts';
import type { AutoProvisioning } from './provisioning/auto-provisioning.ts';
import type { InterpretationRules } from './readings/interpret-reading.ts';
import type { ObservationWriter } from './readings/observation-writer.ts';
import type { DeviceRegistry } from './registry/device-registry.ts';

/** What the operations of devices work on. */
export interface Ingest {
  readonly broker: Broker;
  readonly registry: DeviceRegistry;
  readonly provisioning: AutoProvisioning;
  readonly writer: ObservationWriter;
  readonly rules: InterpretationRules;
  readonly limits: IngestLimits;
}

/** What clients can make the registry grow by, bounded. */
export interface IngestLimits {
  readonly devicesPerTenant: number;
  readonly groupsPerTenant: number;
}
