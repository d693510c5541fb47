import { setTimeout as pause } from 'node:timers/promises';
import { MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';
import type { Log } from '../../ports/log.ts';
import type { DeviceMessage, MessageLink, MessageListener, OutgoingMessage } from '../../ports/message-link.ts';
import type { MqttEndpoint } from '../transports/endpoints.ts';
import { openSocket } from '../transports/mqtt/open-socket.ts';
import type { WaitingRoom } from './waiting-room.ts';

export interface BrokerConnectionOptions {
  readonly endpoint: MqttEndpoint;
  /** Names the session, which the broker keeps while the connection is down. */
  readonly clientId: string;
  /** Shares the messages with all other clients that name the same group. */
  readonly share?: string;
  readonly listener: MessageListener;
  /** What of all connections waits to be taken. */
  readonly room: WaitingRoom;
  readonly log: Log;
}

type Publication = Parameters<MqttClient['handleMessage']>[0];

const reconnectMs = 2000;
const keepaliveSeconds = 30;
/** How long the broker keeps a session that nobody is connected to, where the protocol lets us say so. */
const sessionExpirySeconds = 86_400;
/** Messages that are being stored at a time; no more are read meanwhile. */
const maxInFlight = 500;
/** How long to wait before a message is tried again that the store could not take. */
const retryMs = 1000;

/**
 * A connection to an MQTT broker that devices publish to. It comes back when it is lost, and its session with it, so that the
 * broker keeps for us what arrives meanwhile.
 *
 * A message of quality 1 is acknowledged when the listener has taken it, and not before; many may be under way at a time, and
 * acknowledgements keep the order of messages [MQTT-4.6.0-2]. While as many are, or the room of all is full, no more are read.
 */
export class BrokerConnection implements MessageLink {
  readonly #options: BrokerConnectionOptions;
  readonly #client: MqttClient;
  readonly #version: 4 | 5;
  #filters: readonly string[] = [];
  #inFlight = 0;
  #held: (() => void) | undefined;
  #tail: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: BrokerConnectionOptions) {
    this.#options = options;
    const { endpoint, clientId, listener, log } = options;
    this.#version = endpoint.protocolVersion ?? 4;
    this.#client = new MqttClient(() => openSocket(endpoint, undefined), settingsOf(endpoint, clientId));
    this.#client.handleMessage = (packet, callback) => this.#take(packet, callback);
    this.#client.on('connect', () => {
      log.info({ broker: endpoint.url }, 'connected to the MQTT broker');
      void this.#subscribe(this.#filters);
      listener.connected();
    });
    this.#client.on('error', (error) => log.warn({ err: error, broker: endpoint.url }, 'the MQTT broker fails'));
    this.#client.on('offline', () => log.warn({ broker: endpoint.url }, 'the MQTT broker cannot be reached'));
  }

  async publish({ topic, payload, qos, retain, correlationData }: OutgoingMessage): Promise<void> {
    if (!this.#client.connected) throw new Error('there is no connection to the MQTT broker');
    const properties = correlationData !== undefined &&
      this.#version === 5 && { correlationData: Buffer.from(correlationData) };
    const body = typeof payload === 'string' ? payload : Buffer.from(payload);
    await this.#client.publishAsync(topic, body, { qos, retain, ...(properties && { properties }) });
  }

  async deliver(message: OutgoingMessage): Promise<'delivered' | 'absent'> {
    await this.publish(message);
    return 'delivered';
  }

  listen(filters: readonly string[]): void {
    const before = this.#filters;
    this.#filters = filters;
    if (!this.#client.connected) return;
    void this.#subscribe(filters.filter((filter) => !before.includes(filter)));
    const gone = before.filter((filter) => !filters.includes(filter)).map((filter) => this.#shared(filter));
    if (gone.length > 0) this.#client.unsubscribeAsync(gone).catch((error: unknown) => this.#failed(error));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#options.room.giveUp(this.#readOn);
    // Without a farewell, which would end the session that keeps what is not acknowledged.
    await new Promise<void>((resolve) => this.#client.end(true, () => resolve()));
  }

  async #subscribe(filters: readonly string[]): Promise<void> {
    if (filters.length === 0) return;
    try {
      await this.#client.subscribeAsync(
        filters.map((filter) => this.#shared(filter)),
        { qos: 1 },
      );
    } catch (error) {
      this.#failed(error);
    }
  }

  #shared(filter: string): string {
    const { share } = this.#options;
    return share === undefined ? filter : `$share/${share}/${filter}`;
  }

  #failed(error: unknown): void {
    if (!this.#closed) this.#options.log.error({ err: error }, 'subscribing to what devices publish failed');
  }

  /**
   * The client acknowledges what it is called back for without an error, one message after the other. So it is called back
   * with one, for the next message to come, and the acknowledgement is sent when it is due.
   */
  #take(packet: Publication, callback: (error?: Error) => void): void {
    const { stream } = this.#client;
    const { room, endpoint } = this.#options;
    const { qos, messageId, payload } = packet;
    const taken = this.#untilTaken(messageOf(packet, endpoint.url));
    this.#inFlight += 1;
    room.enter(payload.length);
    this.#tail = this.#tail.then(async () => {
      const isTaken = await taken;
      this.#inFlight -= 1;
      if (isTaken && qos === 1 && messageId !== undefined && this.#client.stream === stream && stream.writable) {
        stream.write(generate({ cmd: 'puback', messageId, reasonCode: 0 }, { protocolVersion: this.#version }));
      }
      if (qos === 2) callback(isTaken ? undefined : notTaken);
      room.leave(payload.length);
      this.#readOn();
    });
    if (qos === 2) return;
    this.#held = () => callback(qos === 0 ? undefined : notYet);
    this.#readOn();
  }

  /** Has the client go on to the next message, where there is room for it. */
  readonly #readOn = (): void => {
    const next = this.#held;
    if (next === undefined || this.#inFlight >= maxInFlight) return;
    if (this.#options.room.isFull) {
      this.#options.room.whenFree(this.#readOn);
      return;
    }
    this.#held = undefined;
    next();
  };

  /** False: the connection was closed before it could be. */
  async #untilTaken(message: DeviceMessage): Promise<boolean> {
    while (!this.#closed) {
      try {
        await this.#options.listener.take(message);
        return true;
      } catch (error) {
        this.#options.log.error(
          { err: error, topic: message.topic },
          'a message could not be stored and is tried again',
        );
        await pause(retryMs, undefined, { ref: false });
      }
    }
    return false;
  }
}

const notYet = new Error('acknowledged later');
const notTaken = new Error('not stored');

function settingsOf(
  { user, password, protocolVersion = 4 }: MqttEndpoint,
  clientId: string,
): ConstructorParameters<typeof MqttClient>[1] {
  return {
    clientId,
    protocolVersion,
    clean: false,
    keepalive: keepaliveSeconds,
    reconnectPeriod: reconnectMs,
    resubscribe: false,
    queueQoSZero: false,
    ...(protocolVersion === 5 && {
      properties: { sessionExpiryInterval: sessionExpirySeconds, receiveMaximum: maxInFlight },
    }),
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
  };
}

function messageOf({ topic, payload, properties }: Publication, broker: string): DeviceMessage {
  const { responseTopic, correlationData } = properties ?? {};
  return {
    topic,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    sender: broker,
    isAlone: false,
    ...(responseTopic !== undefined && {
      reply: { topic: responseTopic, ...(correlationData !== undefined && { correlationData }) },
    }),
  };
}
