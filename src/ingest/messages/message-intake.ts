import { Refusal } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { DeviceMessage, MessageListener } from '../../ports/message-link.ts';
import { parseResults, recordResults } from '../commands/record-results.ts';
import type { Ingest } from '../ingest.ts';
import { profileOf } from '../profile/device-profile.ts';
import { nativeValue } from '../readings/interpret-value.ts';
import { parseDevicePayload } from '../readings/parse-device-payload.ts';
import { hexOf, parseSingleMeasure } from '../readings/parse-json-payload.ts';
import { parseUltralight } from '../readings/parse-ultralight.ts';
import type { ParsedPayload } from '../readings/reading.ts';
import { type DeviceKey, knownDevice, recordPayload } from '../readings/record-payload.ts';
import { isOfTheMoment, refuseReading } from '../refused/refuse-reading.ts';
import type { MappedGroup } from '../registry/device-registry.ts';
import { mappedGroupOf, takeUplink } from '../uplinks/take-uplink.ts';
import { answerConfiguration } from './answer-configuration.ts';
import { type DeviceTopic, listenerOf, parseDeviceTopic } from './device-topic.ts';
import { isNgsiTopic, takeNgsiMessage } from './ngsi-message.ts';

/**
 * Takes what devices publish: a message is taken once what it says is durable, or was refused and that is on record.
 *
 * While there is too much to be written it waits, and so does who sent it; where the store cannot write at all, it is not
 * taken, and has to come again.
 */
export class MessageIntake implements MessageListener {
  readonly #ingest: Ingest;

  constructor(ingest: Ingest) {
    this.#ingest = ingest;
  }

  async take(message: DeviceMessage): Promise<void> {
    if (isNgsiTopic(message.topic)) return this.#patiently(() => takeNgsiMessage(this.#ingest, message));
    const group = mappedGroupOf(this.#ingest, message.topic);
    if (group !== undefined) return this.#takeUplink(group, message);
    const topic = parseDeviceTopic(message.topic);
    if (topic === undefined) return;
    await this.#refusing(topic.key, message, async () => {
      const admitted = this.#slow(topic.key, message);
      if (admitted === true || (await admitted)) await this.#patiently(() => this.#takeFrom(topic, message));
    });
  }

  /** What is refused of it is on record when this resolves. */
  async #refusing(key: DeviceKey, { topic: via, payload }: DeviceMessage, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (isOfTheMoment(error)) throw error;
      await refuseReading(this.#ingest, error, { ...key, via, payload });
    }
  }

  /** A device that sends too fast waits; where others would have to wait with it, what is too much is refused: then false. */
  #slow({ apikey, deviceId }: DeviceKey, { isAlone }: DeviceMessage): boolean | Promise<boolean> {
    const { pace, broker, timers } = this.#ingest;
    const device = `${apikey}/${deviceId}`;
    const now = broker.clock.now();
    if (!isAlone) {
      const admission = pace.admit(device, now);
      if (admission === 'refused') throw pace.refusalOf(deviceId);
      return admission === 'admitted';
    }
    const delayMs = pace.delayOf(device, now);
    return delayMs === 0 || new Promise((resolve) => timers.after(delayMs, () => resolve(true)));
  }

  async #takeUplink(group: MappedGroup, message: DeviceMessage): Promise<void> {
    const { apikey, resource } = group;
    const key = { apikey, resource, deviceId: '' };
    const note = (deviceId: string): void => {
      key.deviceId = deviceId;
    };
    const text = textOf(message.payload);
    await this.#refusing(key, message, () => this.#patiently(() => takeUplink(this.#ingest, group, text, note)));
  }

  /** What the device has to be told waits for it no longer. */
  listening(topic: string): void {
    const key = listenerOf(topic);
    const device = key && this.#ingest.registry.identify(key.apikey, key.deviceId).device;
    if (device !== undefined) this.#ingest.delivery.wake(device);
  }

  connected(): void {
    this.#ingest.delivery.wakeAll();
  }

  #resultsIn({ key, protocol }: DeviceTopic & { readonly kind: 'commandResult' }, payload: Uint8Array) {
    const { registry } = this.#ingest;
    const device = knownDevice(this.#ingest, key);
    const speaks = protocol ?? profileOf(device, registry.groupOf(device)).speaks;
    const text = textOf(payload);
    return speaks === 'ultralight' ? (parseUltralight(text).results ?? []) : parseResults(parseJson(text));
  }

  async #takeFrom(topic: DeviceTopic, { payload }: DeviceMessage): Promise<void> {
    switch (topic.kind) {
      case 'measures':
        await recordPayload(this.#ingest, topic.key, (profile) =>
          parseDevicePayload(profile, textOf(payload), topic.protocol),
        );
        return;
      case 'measure':
        await recordPayload(this.#ingest, topic.key, ({ speaks }) =>
          parseOne(topic.name, payload, topic.protocol ?? speaks),
        );
        return;
      case 'commandResult':
        await recordResults(this.#ingest, knownDevice(this.#ingest, topic.key), this.#resultsIn(topic, payload));
        return;
      case 'configuration':
        await answerConfiguration(this.#ingest, topic.key, parseJson(textOf(payload)));
        return;
    }
  }

  async #patiently(attempt: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await attempt();
        return;
      } catch (error) {
        if (!(error instanceof Refusal) || error.reason.kind !== 'overloaded') throw error;
        const { retryAfterSeconds } = error.reason;
        await new Promise<void>((resolve) => this.#ingest.timers.after(retryAfterSeconds * 1000, resolve));
      }
    }
  }
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
}

/** The value of one measure: JSON or else bytes; of Ultralight, which knows texts only, what the text reads as. */
function parseOne(name: string, payload: Uint8Array, protocol: 'json' | 'ultralight'): ParsedPayload {
  if (protocol === 'ultralight') {
    const measures = new Map([[name, nativeValue(textOf(payload))]]);
    return { readings: [{ measures, isTextual: false }], problems: [] };
  }
  try {
    return parseSingleMeasure(name, parseJson(textOf(payload)));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { readings: [{ measures: new Map([[name, hexOf(payload)]]), isTextual: false }], problems: [] };
  }
}
