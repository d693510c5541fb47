import type { OutgoingMqtt } from '../../../core/subscription/outgoing-notification.ts';
import type { DeliveryOutcome, Transport } from '../../../ports/transport.ts';
import type { MqttEndpoint } from '../endpoints.ts';
import { failureReason } from '../failure-reason.ts';
import { DeniedAddressError, type ReceiverGuard } from '../receiver-guard.ts';
import { MqttConnection } from './mqtt-connection.ts';

export interface MqttTransportOptions {
  /** How long an attempt may take, connecting included. */
  readonly timeoutMs: number;
  /** How long a connection that nothing is sent over is kept. */
  readonly idleMs: number;
  readonly endpoints: ReadonlyMap<string, MqttEndpoint>;
  readonly guard: ReceiverGuard;
}

/** Addresses of brokers that are remembered for what they speak; beyond that they are asked again. */
const manyAddresses = 1000;

/**
 * Publishes over connections that all notifications to one broker with the same credentials share. A broker that refuses MQTT 5
 * is spoken to in MQTT 3.1.1 from then on.
 */
export class MqttTransport implements Transport<OutgoingMqtt> {
  readonly #options: MqttTransportOptions;
  readonly #connections = new Map<string, MqttConnection>();
  /** What refused MQTT 5. */
  readonly #older = new Set<string>();

  constructor(options: MqttTransportOptions) {
    this.#options = options;
  }

  async send(message: OutgoingMqtt): Promise<DeliveryOutcome> {
    const address = this.#addressOf(message);
    if (address === undefined) {
      const name = message.target.kind === 'endpoint' ? message.target.name : '';
      return { kind: 'impossible', reason: `there is no mqtt endpoint ${name}` };
    }
    try {
      await this.#publish(message, address, performance.now() + this.#options.timeoutMs);
      return { kind: 'accepted' };
    } catch (error) {
      if (error instanceof DeniedAddressError) return { kind: 'impossible', reason: error.message };
      return { kind: 'failed', reason: failureReason(error) };
    }
  }

  async #publish(message: OutgoingMqtt, address: MqttEndpoint, givesUpAt: number): Promise<void> {
    const key = JSON.stringify(address);
    const spoken: MqttEndpoint = this.#older.has(key) ? { ...address, protocolVersion: 4 } : address;
    const connection = this.#connectionTo(spoken, message.target.kind === 'endpoint');
    try {
      await connection.publish(message, givesUpAt - performance.now());
    } catch (error) {
      if (spoken.protocolVersion !== 5 || !isVersionRefusal(error)) throw error;
      if (this.#older.size >= manyAddresses) this.#older.clear();
      this.#older.add(key);
      await this.#publish(message, address, givesUpAt);
    }
  }

  async close(): Promise<void> {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  #addressOf({ target, credentials, version }: OutgoingMqtt): MqttEndpoint | undefined {
    const own = target.kind === 'endpoint' ? this.#options.endpoints.get(target.name) : { url: target.url };
    return own === undefined
      ? undefined
      : { ...own, ...credentials, ...(version !== undefined && { protocolVersion: version }) };
  }

  /** One that ended is replaced: the attempt that comes next connects anew. */
  #connectionTo(address: MqttEndpoint, isChosenByOperator: boolean): MqttConnection {
    const key = JSON.stringify([isChosenByOperator, address]);
    const open = this.#connections.get(key);
    if (open !== undefined && !open.hasEnded) return open;
    const { guard, idleMs } = this.#options;
    const connection = new MqttConnection(address, isChosenByOperator ? undefined : guard, idleMs, () => {
      if (this.#connections.get(key) === connection) this.#connections.delete(key);
    });
    this.#connections.set(key, connection);
    return connection;
  }
}

/** What a broker answers that does not speak the version: in that of its own [MQTT-3.2.2.3], or in MQTT 5 [MQTT5 3.2.2.2]. */
function isVersionRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 1 || code === 132;
}
