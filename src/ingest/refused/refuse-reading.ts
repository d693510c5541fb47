import { Refusal } from '../../core/errors.ts';
import type { TenantName } from '../../core/scope.ts';
import { wordRefusal } from '../../dialects/ngsiv2/word-refusal.ts';
import type { Ingest } from '../ingest.ts';
import { IotRefusal } from '../iot-refusal.ts';
import type { DeviceKey } from '../readings/record-payload.ts';
import { wordIotRefusal } from '../word-iot-refusal.ts';
import { renderRefused, shownPayload } from './refused-readings.ts';

/** What was refused, and how it came. */
export interface Refused extends DeviceKey {
  readonly via: string;
  readonly payload: Uint8Array | string;
}

/**
 * Puts a refused reading on record, for the tenant whose key it came under, and tells those who listen to the tenant's topic of
 * refused readings. What came under a key that nobody has is nobody's: it is logged. An error that is no refusal is a bug,
 * logged as such and refused as one, so that it does not come for ever.
 */
export async function refuseReading(ingest: Ingest, error: unknown, refused: Refused): Promise<void> {
  const { broker, registry } = ingest;
  const { name, message } = worded(error);
  const { apikey, deviceId, via, payload } = refused;
  if (!(error instanceof Refusal || error instanceof IotRefusal)) {
    broker.log.error({ err: error, via, deviceId }, 'a reading could not be taken');
  }
  const { device, group } = registry.identify(apikey, deviceId, refused.resource);
  const tenant = (device ?? group)?.tenant;
  if (tenant === undefined) {
    ingest.strangers.warn({ via: via.slice(0, 200), reason: message }, 'a reading of a stranger was refused');
    return;
  }
  const entry = {
    refusedAt: broker.clock.now(),
    deviceId: deviceId.slice(0, 256),
    via: via.slice(0, 512),
    name,
    reason: message,
    payload: shownPayload(payload),
  };
  await ingest.refused.record(tenant, entry);
  if (ingest.links.isEmpty) return;
  const told = {
    topic: refusedTopic(tenant),
    payload: JSON.stringify(renderRefused(entry)),
    qos: 0,
    retain: false,
  } as const;
  // Who refuses faster than is listened waits.
  await ingest.links.publish(told).catch((failure: unknown) => {
    ingest.strangers.warn({ err: failure, tenant }, 'nobody could be told of a refused reading');
  });
}

/** Refused for what has nothing to do with the reading: it should come again, and is not put on record. */
export function isOfTheMoment(error: unknown): boolean {
  return error instanceof Refusal && (error.reason.kind === 'overloaded' || error.reason.kind === 'storeUnavailable');
}

/** Where refused readings of a tenant are published. */
export function refusedTopic(tenant: TenantName): string {
  return `oriel/refused/${tenant === '' ? '-' : tenant}`;
}

function worded(error: unknown): { readonly name: string; readonly message: string } {
  if (error instanceof IotRefusal) return wordIotRefusal(error.reason);
  if (error instanceof Refusal) {
    const { error: name, description } = wordRefusal(error.reason);
    return { name, message: description };
  }
  return { name: 'InternalServerError', message: 'unexpected error; the log tells more' };
}
