import { randomUUID } from 'node:crypto';
import { MqttClient } from 'mqtt';
import type { OutgoingMqtt } from '../../../core/subscription/outgoing-notification.ts';
import type { MqttEndpoint } from '../endpoints.ts';
import type { ReceiverGuard } from '../receiver-guard.ts';
import { openSocket } from './open-socket.ts';

/** The user property of MQTT 5 by which a receiver tells a notification that comes again. HTTP has a header of this name. */
const notificationId = 'Oriel-Notification-Id';

/** Seconds of silence after which the broker is asked whether it is still there. */
const keepaliveSeconds = 30;

/**
 * A connection to one MQTT broker. It connects once: when it is lost, what was not acknowledged has failed, and whoever wants
 * to try again makes a new one. So nothing is published behind the back of the one who counts attempts.
 */
export class MqttConnection {
  readonly #client: MqttClient;
  readonly #hasProperties: boolean;
  readonly #connected: Promise<void>;
  readonly #idleMs: number;
  readonly #onEnd: () => void;
  /** Rejecters of publications under way. */
  readonly #underWay = new Set<(error: Error) => void>();
  #idleTimer: NodeJS.Timeout | undefined;
  #ended = false;
  #lastError: Error | undefined;

  constructor(address: MqttEndpoint, guard: ReceiverGuard | undefined, idleMs: number, onEnd: () => void) {
    this.#hasProperties = address.protocolVersion === 5;
    this.#idleMs = idleMs;
    this.#onEnd = onEnd;
    this.#client = new MqttClient(() => openSocket(address, guard), optionsOf(address));
    this.#connected = new Promise((resolve, reject) => {
      this.#client.once('connect', () => resolve());
      this.#underWay.add(reject);
    });
    this.#connected.catch(() => undefined);
    this.#client.on('error', (error) => {
      this.#lastError = error instanceof Error ? error : new Error(String(error));
      this.#end();
    });
    this.#client.on('close', () => this.#end());
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Resolves when the broker has the message as far as its QoS says; rejects when it did not in time, or the connection is lost. */
  async publish(message: OutgoingMqtt, timeoutMs: number): Promise<void> {
    clearTimeout(this.#idleTimer);
    let timer: NodeJS.Timeout | undefined;
    let fail: ((error: Error) => void) | undefined;
    const failed = new Promise<never>((_resolve, reject) => {
      fail = reject;
      this.#underWay.add(reject);
      timer = setTimeout(() => {
        reject(new Error('Timeout was reached'));
        // A broker that does not answer would hold up all that follows.
        this.#end();
      }, timeoutMs);
    });
    try {
      await Promise.race([this.#publish(message), failed]);
    } finally {
      clearTimeout(timer);
      if (fail !== undefined) this.#underWay.delete(fail);
      this.#idleTimer = setTimeout(() => this.#end(), this.#idleMs).unref();
    }
  }

  close(): void {
    this.#end();
  }

  async #publish({ id, topic, body, qos, retain }: OutgoingMqtt): Promise<void> {
    await this.#connected;
    await this.#client.publishAsync(topic, body, {
      qos,
      retain,
      ...(this.#hasProperties && { properties: { userProperties: { [notificationId]: id } } }),
    });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#idleTimer);
    const reason = this.#lastError ?? new Error('the connection was lost');
    for (const reject of this.#underWay) reject(reason);
    this.#underWay.clear();
    this.#client.end(true);
    this.#onEnd();
  }
}

function optionsOf({ user, password, protocolVersion = 4 }: MqttEndpoint): ConstructorParameters<typeof MqttClient>[1] {
  return {
    clientId: `oriel-${randomUUID()}`,
    protocolVersion,
    clean: true,
    keepalive: keepaliveSeconds,
    reconnectPeriod: 0,
    // Whoever publishes knows how long to wait.
    connectTimeout: 2 ** 31 - 1,
    queueQoSZero: false,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
  };
}
