import type { IngestParts } from '../ingest.ts';
import type { DeviceProfile } from '../profile/device-profile.ts';
import type { NamedAttribute } from '../registry/definitions.ts';
import { type Device, deviceIdOf } from '../registry/device.ts';

interface Asked {
  /** Names in the device that have not come yet. */
  readonly missing: Set<string>;
  readonly settled: Promise<void>;
  readonly settle: () => void;
}

/**
 * Asks devices for what they tell only when they are asked: on the topic `/{apikey}/{deviceId}/read`, a list of names in JSON, or
 * `a|b` in Ultralight. They answer by reporting the measures, as they do others. Who asks meanwhile waits for the same answer.
 */
export class LazyReading {
  readonly #ingest: IngestParts;
  readonly #timeoutMs: number;
  readonly #asked = new Map<string, Asked>();

  constructor(ingest: IngestParts, timeoutMs: number) {
    this.#ingest = ingest;
    this.#timeoutMs = timeoutMs;
  }

  /** Resolves when the attributes have come, or will not in time: at once where the device does not listen. Never rejects. */
  async read(device: Device, { speaks }: DeviceProfile, attributes: readonly NamedAttribute[]): Promise<void> {
    const { links, registry, timers } = this.#ingest;
    const key = keyOf(device);
    const underWay = this.#asked.get(key);
    const names = attributes.map(({ objectId }) => objectId);
    if (underWay !== undefined && names.every((name) => underWay.missing.has(name))) return underWay.settled;
    const apikey = registry.keyOf(device);
    if (apikey === undefined || links.isEmpty) return;

    const asked = asking(names);
    this.#asked.set(key, asked);
    const callOff = timers.after(this.#timeoutMs, asked.settle);
    const payload = speaks === 'ultralight' ? names.join('|') : JSON.stringify(names);
    const topic = `${apikey}/${device.deviceId}/read`;
    try {
      let reached = false;
      for (const form of [`/${topic}`, topic]) {
        reached ||= (await links.deliver({ topic: form, payload, qos: 0, retain: false })) === 'delivered';
      }
      if (reached) await asked.settled;
    } catch (error) {
      this.#ingest.strangers.warn({ err: error, device: device.deviceId }, 'a device could not be asked');
    } finally {
      asked.settle();
      callOff();
      if (this.#asked.get(key) === asked) this.#asked.delete(key);
    }
  }

  /** Measures of a device are stored. */
  arrived(device: Device, names: Iterable<string>): void {
    const asked = this.#asked.size === 0 ? undefined : this.#asked.get(keyOf(device));
    if (asked === undefined) return;
    for (const name of names) asked.missing.delete(name);
    if (asked.missing.size === 0) asked.settle();
  }
}

function asking(names: readonly string[]): Asked {
  let settle = (): void => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { missing: new Set(names), settled, settle };
}

function keyOf(device: Device): string {
  return `${device.tenant} ${deviceIdOf(device)}`;
}
