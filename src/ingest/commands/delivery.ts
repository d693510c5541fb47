import { evaluateExpression } from '../../core/expression/expression.ts';
import type { JsonValue } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { OutgoingHttp } from '../../core/subscription/outgoing-notification.ts';
import type { Transport } from '../../ports/transport.ts';
import type { IngestParts } from '../ingest.ts';
import { type DeviceProfile, profileOf } from '../profile/device-profile.ts';
import { MeasureContext } from '../readings/measure-context.ts';
import { expressionIn } from '../registry/agent-expression.ts';
import type { Command } from '../registry/definitions.ts';
import { type Device, deviceIdOf } from '../registry/device.ts';
import { commandValue, renderCommand, renderUltralight } from './command-payload.ts';
import type { CommandReport } from './commands.ts';
import type { PendingCommand } from './pending-command.ts';
import { reportCommands } from './report-commands.ts';

/** How long a device over HTTP may take to answer a command. */
const pushTimeoutMs = 10_000;

/** What became of an attempt: `waiting` is for the device to come. */
type Attempt = 'delivered' | 'waiting' | CommandReport;

/**
 * Tells devices what they are to do, one command after the other: over MQTT to those that listen, over HTTP to those that have an
 * address; the others ask for it. A command is told again until it is known that the device has it, across restarts.
 */
export class Delivery {
  readonly #ingest: IngestParts;
  readonly #http: Transport<OutgoingHttp>;
  /** Devices that are being told, and whether there was news meanwhile. */
  readonly #underWay = new Map<string, { again: boolean }>();

  constructor(ingest: IngestParts, http: Transport<OutgoingHttp>) {
    this.#ingest = ingest;
    this.#http = http;
  }

  /** Sees to what the device has to be told, in the background. */
  wake(device: Device): void {
    const key = `${device.tenant} ${deviceIdOf(device)}`;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) {
      underWay.again = true;
      return;
    }
    const state = { again: false };
    this.#underWay.set(key, state);
    void this.#tell(device, state).then(
      () => this.#underWay.delete(key),
      (error: unknown) => {
        this.#underWay.delete(key);
        this.#ingest.broker.log.error({ err: error, device: device.deviceId }, 'a command could not be delivered');
      },
    );
  }

  /** Sees to all devices that have to be told something. */
  wakeAll(): void {
    const { commands, registry } = this.#ingest;
    for (const { tenant, device } of commands.undelivered()) {
      const known = registry.devicesOf(tenant).get(device);
      if (known !== undefined) this.wake(known);
    }
  }

  /** What a device that asks has not been told yet; it has been from now on. Resolves once that is durable. */
  async collect(device: Device): Promise<readonly { readonly command: Command; readonly value: JsonValue }[]> {
    const { commands, broker } = this.#ingest;
    const profile = this.#profileOf(device);
    const pending = commands.of(device.tenant, deviceIdOf(device)).filter(({ delivered }) => !delivered);
    if (pending.length === 0) return [];
    const now = broker.clock.now();
    const told = pending.flatMap((each) => {
      const command = profile.definitions.commands.find(({ name }) => name === each.name);
      if (command === undefined || each.expiresAt <= now) return [];
      return [{ each, command, value: commandValue(command, each.value, device, profile, now) }];
    });
    await commands.put(
      device.tenant,
      told.map(({ each }) => ({ ...each, delivered: true })),
    );
    await reportCommands(
      this.#ingest,
      device,
      profile,
      told.map(({ command: { name } }) => ({ name, status: 'DELIVERED' })),
    );
    return told;
  }

  async #tell(device: Device, state: { again: boolean }): Promise<void> {
    do {
      state.again = false;
      const { commands } = this.#ingest;
      for (const pending of commands.of(device.tenant, deviceIdOf(device))) {
        if (pending.delivered) continue;
        if ((await this.#tellOne(device, pending)) === 'waiting') return;
      }
    } while (state.again);
  }

  async #tellOne(device: Device, pending: PendingCommand): Promise<'told' | 'waiting'> {
    const { commands, broker } = this.#ingest;
    const profile = this.#profileOf(device);
    const command = profile.definitions.commands.find(({ name }) => name === pending.name);
    let outcome: Attempt;
    if (command === undefined) {
      outcome = { name: pending.name, status: 'ERROR', info: 'the device does not know this command any more' };
    } else {
      const value = commandValue(command, pending.value, device, profile, broker.clock.now());
      outcome = await this.#attempt(device, profile, command, value);
    }
    if (outcome === 'waiting') return 'waiting';
    if (outcome === 'delivered') {
      await commands.put(device.tenant, [{ ...pending, delivered: true }]);
      // The answer may have come before the acknowledgement: then it has the last word.
      if (commands.of(device.tenant, pending.device).some(({ id }) => id === pending.id)) {
        await reportCommands(this.#ingest, device, profile, [{ name: pending.name, status: 'DELIVERED' }]);
      }
      return 'told';
    }
    await commands.remove(device.tenant, [pending]);
    await reportCommands(this.#ingest, device, profile, [outcome]);
    return 'told';
  }

  async #attempt(device: Device, profile: DeviceProfile, command: Command, value: JsonValue): Promise<Attempt> {
    const { transport, endpoint } = profile.definitions;
    if (endpoint !== undefined && transport !== 'MQTT') return this.#push(device, profile, command, value, endpoint);
    const apikey = this.#ingest.registry.keyOf(device);
    if (transport === 'HTTP' || apikey === undefined) return 'waiting';
    const payload = renderCommand(command, value, device, profile);
    const topic = `${apikey}/${device.deviceId}/cmd`;
    const { qos, retain } = command;
    try {
      for (const form of [`/${topic}`, topic]) {
        if ((await this.#ingest.links.deliver({ topic: form, payload, qos, retain })) === 'delivered')
          return 'delivered';
      }
    } catch (error) {
      this.#ingest.strangers.warn({ err: error, device: device.deviceId }, 'a command was not acknowledged');
    }
    return 'waiting';
  }

  /** The device answers with the result. [IoTA push commands] */
  async #push(
    device: Device,
    profile: DeviceProfile,
    command: Command,
    value: JsonValue,
    endpoint: string,
  ): Promise<CommandReport> {
    const { name } = command;
    const failed = (info: string): CommandReport => ({ name, status: 'ERROR', info });
    const payload = renderCommand(command, value, device, profile);
    if (typeof payload !== 'string') return failed('a binary payload cannot be sent over HTTP');
    const url = addressOf(endpoint, device, profile, this.#ingest.broker.clock.now());
    if (!URL.canParse(url)) return failed(`the endpoint ${url} is no URL`);
    const outcome = await this.#http.send({
      kind: 'http',
      target: { kind: 'url', url },
      method: 'POST',
      headers: new Map([
        ['Content-Type', profile.speaks === 'ultralight' ? 'text/plain' : command.contentType],
        ['Fiware-Service', device.tenant],
        ['Fiware-ServicePath', device.path],
      ]),
      body: payload,
      timeoutMs: pushTimeoutMs,
    });
    if (outcome.kind !== 'answered') return failed(outcome.kind === 'accepted' ? 'no answer' : outcome.reason);
    if (outcome.status < 200 || outcome.status > 299) return failed(`answered ${outcome.status}`);
    return { name, status: 'OK', info: resultIn(outcome.answer, command) };
  }

  #profileOf(device: Device): DeviceProfile {
    return profileOf(device, this.#ingest.registry.groupOf(device));
  }
}

/** What a device that asks is given. [IoTA poll commands] [UL2.0 polling commands] */
export function renderCollected(
  collected: readonly { readonly command: Command; readonly value: JsonValue }[],
  device: Device,
  protocol: DeviceProfile['speaks'],
): string {
  if (protocol === 'json') {
    return JSON.stringify(Object.fromEntries(collected.map(({ command, value }) => [command.objectId, value])));
  }
  return collected.map(({ command, value }) => renderUltralight(device.deviceId, command.objectId, value)).join('#');
}

/** An endpoint is an expression or, where it means nothing as one, the address itself. */
function addressOf(endpoint: string, device: Device, profile: DeviceProfile, now: number): string {
  const expression = expressionIn(endpoint);
  const computed = expression && evaluateExpression(expression, new MeasureContext(device, profile, new Map(), now));
  return typeof computed === 'string' ? computed : endpoint;
}

/** `{"ping": result}`, `device@ping|result`, or whatever the device answers. */
function resultIn(answer: string, { objectId }: Command): JsonValue {
  const ultralight = /^[^@|]+@[^|]+\|(.*)$/s.exec(answer);
  if (ultralight !== null) return ultralight[1] ?? '';
  try {
    const json = parseJson(answer);
    return typeof json === 'object' && json !== null && objectId in json
      ? ((json as { readonly [name: string]: JsonValue })[objectId] ?? null)
      : json;
  } catch {
    return answer;
  }
}
