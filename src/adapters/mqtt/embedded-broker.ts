import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import type { Log } from '../../ports/log.ts';
import type {
  MessageAccess,
  MessageLink,
  MessageListener,
  MessageLogin,
  OutgoingMessage,
} from '../../ports/message-link.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { Inflow } from './inflow.ts';
import { endWhenSilent } from './keep-alive.ts';
import { Topics } from './topics.ts';
import type { WaitingRoom } from './waiting-room.ts';

export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** Undefined: no plain connections are taken. */
  readonly port: number | undefined;
  readonly tls?: ServerTls;
  readonly maxClients: number;
  readonly maxPacketBytes: number;
  readonly access: MessageAccess;
  readonly listener: MessageListener;
  /** What of all connections waits to be taken. */
  readonly room: WaitingRoom;
  /** Hears what clients do that they may not; they can do it often. */
  readonly log: Pick<Log, 'warn'>;
}

/** PEM texts. */
export interface ServerTls {
  readonly port: number;
  readonly cert: string;
  readonly key: string;
  /** Whose certificates are taken of clients; absent: they are not asked for any. */
  readonly ca?: string;
}

type Done = (error?: Error) => void;
/** As the broker calls it for its clients; with two arguments, the second is what is called back. */
type Publish = (packet: PublishPacket, client: Client | Done | null, done?: Done) => void;

/** How long a connection may take to say who it is. */
const connectTimeoutMs = 10_000;
/** After so long in silence the operating system asks whether the other side is still there. */
const probeAfterMs = 60_000;
const maxSubscriptions = 100;
const maxClientIdLength = 256;
/** How long a client may leave unread what it is sent; who publishes to it waits meanwhile. */
const drainTimeoutMs = 5000;
/** [MQTT-3.2.2] */
const notAuthorized = 5;

/**
 * An MQTT 3.1.1 broker in this process.
 *
 * A publication is acknowledged when the listener has taken it, so that of quality 1 or 2 none is that could still be lost;
 * acknowledgements keep the order of publications [MQTT-4.6.0-2]. A connection is not read from while enough of it waits, or
 * the room that all share is full: senders that are faster than their messages are stored are slowed, whatever the quality.
 *
 * Nothing of clients grows beyond limits: packets are counted before they are parsed, clients that do not read are ended,
 * sessions end with their connection (what devices must hear is kept by the broker behind, durably), publications are not retained.
 */
export class EmbeddedBroker implements MessageLink {
  readonly #options: EmbeddedBrokerOptions;
  readonly #aedes: Aedes;
  readonly #servers: { readonly scheme: 'mqtt' | 'mqtts'; readonly server: Server }[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #inflows = new WeakMap<object, Inflow>();
  readonly #logins = new WeakMap<Client, MessageLogin>();
  readonly #subscribers = new Topics<Client>();
  readonly #acknowledgements = new Acknowledgements<Client>();
  readonly #log: Pick<Log, 'warn'>;

  /** Listens. Rejects where a port cannot be had, and then nothing is left open. */
  static async open(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
    const aedes = new Aedes({
      connectTimeout: connectTimeoutMs,
      drainTimeout: drainTimeoutMs,
      maxClientsIdLength: maxClientIdLength,
    });
    await aedes.listen();
    const broker = new EmbeddedBroker(options, aedes);
    try {
      await broker.#listen();
    } catch (error) {
      await broker.close();
      throw error;
    }
    return broker;
  }

  private constructor(options: EmbeddedBrokerOptions, aedes: Aedes) {
    this.#options = options;
    this.#aedes = aedes;
    this.#log = options.log;
    this.#admit();
    this.#follow();
  }

  /** Where it listens, as URLs. */
  get urls(): readonly string[] {
    const { host } = this.#options;
    return this.#servers.map(({ scheme, server }) => `${scheme}://${host}:${(server.address() as AddressInfo).port}`);
  }

  publish({ topic, payload, qos, retain }: OutgoingMessage): Promise<void> {
    const packet = packetOf({ topic, payload, qos, retain });
    return new Promise((resolve, reject) => {
      this.#aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
  }

  async deliver(message: OutgoingMessage): Promise<'delivered' | 'absent'> {
    const subscribers = this.#subscribers.of(message.topic);
    if (subscribers.length === 0) return 'absent';
    await Promise.any(
      subscribers.map(({ value, qos }) => this.#hand(value, { ...message, qos: lower(qos, message.qos) })),
    );
    return 'delivered';
  }

  /** Everything that is published comes by here anyway. */
  listen(): void {}

  async close(): Promise<void> {
    const open = this.#servers.filter(({ server }) => server.listening);
    const closed = open.map(({ server }) => once(server.close(), 'close'));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
  }

  async #listen(): Promise<void> {
    const { host, port, tls } = this.#options;
    if (port !== undefined) {
      await this.#start(
        'mqtt',
        createServer((socket) => this.#take(socket)),
        host,
        port,
      );
    }
    if (tls === undefined) return;
    const { cert, key, ca } = tls;
    // Without a certificate a client may still have a password.
    const asks = ca !== undefined && { ca, requestCert: true, rejectUnauthorized: false };
    await this.#start(
      'mqtts',
      createTlsServer({ cert, key, ...asks }, (socket) => this.#take(socket)),
      host,
      tls.port,
    );
  }

  async #start(scheme: 'mqtt' | 'mqtts', server: Server, host: string, port: number): Promise<void> {
    this.#servers.push({ scheme, server });
    server.listen(port, host);
    await once(server, 'listening');
  }

  #take(socket: Socket): void {
    if (this.#sockets.size >= this.#options.maxClients) {
      this.#log.warn(
        { limit: this.#options.maxClients },
        'an MQTT client was turned away: there are as many as may be',
      );
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.setKeepAlive(true, probeAfterMs);
    socket.setNoDelay(true);
    const { maxPacketBytes, room } = this.#options;
    const onTooLarge = (error: unknown): void =>
      this.#log.warn({ err: error, address: socket.remoteAddress }, 'an MQTT connection was ended');
    this.#inflows.set(socket, new Inflow(socket, { maxPacketBytes, room, drainTimeoutMs, onTooLarge }));
    this.#aedes.handle(socket);
  }

  #admit(): void {
    const { access, listener } = this.#options;
    const aedes = this.#aedes;
    aedes.preConnect = (client, packet, callback) => {
      // No session outlives its connection: see above.
      packet.clean = true;
      // The broker would end a client that is not read from.
      const keepAliveSeconds = packet.keepalive ?? 0;
      packet.keepalive = 0;
      if (keepAliveSeconds > 0)
        endWhenSilent(client.conn as Socket, keepAliveSeconds, () => this.#inflowOf(client).isHeldUp);
      if (packet.clientId.length > maxClientIdLength) callback(new Error('the client id is too long'), false);
      else callback(null, true);
    };
    aedes.authenticate = (client, user, password, callback) => {
      const certificateName = certificateNameOf(client.conn);
      const login = access.login({
        clientId: client.id,
        ...(user !== undefined && { user }),
        ...(password !== undefined && { password: password.toString() }),
        ...(certificateName !== undefined && { certificateName }),
      });
      if (login === undefined) {
        this.#log.warn({ client: client.id, user }, 'an MQTT client could not log in');
        callback(Object.assign(new Error('not authorized'), { returnCode: notAuthorized }), false);
        return;
      }
      this.#logins.set(client, login);
      this.#inflowOf(client).letIn(login.device !== undefined);
      callback(null, true);
    };
    aedes.authorizePublish = (client, packet, callback) => {
      const login = client === null ? undefined : this.#logins.get(client);
      if (client === null || login === undefined || !login.mayPublish(packet.topic) || packet.topic.startsWith('$')) {
        this.#log.warn(
          { client: client?.id, login: login?.name, topic: packet.topic },
          'an MQTT client may not publish there',
        );
        callback(new Error('not authorized'));
        return;
      }
      packet.retain = false;
      const { topic } = packet;
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
      const taken = listener.take({ topic, payload, sender: login.name, isAlone: login.device !== undefined });
      const inflow = this.#inflowOf(client);
      inflow.inTurn(payload.length, taken, (error) => {
        const { qos, messageId } = packet as PublishPacket & { readonly messageId?: number };
        if (error === undefined && qos === 1 && messageId !== undefined && !this.#subscribers.mayHear(topic)) {
          inflow.acknowledge(messageId);
          // Nothing is left that the broker would have to do for it.
          packet.qos = 0;
        } else inflow.writeAcknowledgements();
        callback(error ?? null);
      });
    };
    // What was taken goes to those who listen; looking for them costs more than most readings.
    const publish = aedes.publish.bind(aedes) as Publish;
    const publishIfHeard: Publish = (packet, client, done) => {
      if (done !== undefined && !this.#subscribers.mayHear(packet.topic)) done();
      else publish(packet, client, done);
    };
    aedes.publish = publishIfHeard;
    aedes.authorizeSubscribe = (client, subscription, callback) => {
      const login = this.#logins.get(client);
      const mayDo =
        login?.maySubscribe(subscription.topic) === true && this.#subscribers.count(client) < maxSubscriptions;
      if (!mayDo) {
        this.#log.warn(
          { client: client.id, login: login?.name, topic: subscription.topic },
          'an MQTT client may not subscribe to that',
        );
      }
      callback(null, mayDo ? subscription : null);
    };
  }

  #inflowOf({ conn }: Client): Inflow {
    const inflow = this.#inflows.get(conn);
    if (inflow === undefined) throw new Error('a connection that nobody counts for');
    return inflow;
  }

  #follow(): void {
    const aedes = this.#aedes;
    aedes.on('subscribe', (subscriptions, client) => {
      for (const { topic, qos } of subscriptions) {
        if (qos !== 0 && qos !== 1 && qos !== 2) continue;
        this.#subscribers.add(topic, client, qos);
        if (!/[+#]/.test(topic)) this.#options.listener.listening(topic);
      }
    });
    aedes.on('unsubscribe', (topics, client) => {
      for (const topic of topics) this.#subscribers.delete(topic, client);
    });
    aedes.on('clientDisconnect', (client) => {
      this.#subscribers.forget(client);
      this.#acknowledgements.lost(client);
    });
    const ended = (client: Client, error: Error): void =>
      this.#log.warn({ err: error, client: client.id }, 'an MQTT connection was ended');
    aedes.on('clientError', ended);
    aedes.on('connectionError', ended);
    aedes.on('ack', (_packet, client) => this.#acknowledgements.came(client));
  }

  /** Resolves when the client has it, as far as its subscription lets it say so. */
  async #hand(client: Client, message: OutgoingMessage): Promise<void> {
    const acknowledged = message.qos === 0 ? undefined : this.#acknowledgements.next(client);
    acknowledged?.catch(() => undefined);
    await new Promise<void>((resolve, reject) => {
      client.publish(packetOf(message), (error) => (error ? reject(error) : resolve()));
    });
    await acknowledged;
  }
}

function packetOf({ topic, payload, qos, retain }: OutgoingMessage): PublishPacket {
  const bytes = typeof payload === 'string' ? payload : Buffer.from(payload);
  return { cmd: 'publish', topic, payload: bytes, qos, retain, dup: false };
}

function lower(a: 0 | 1 | 2, b: 0 | 1 | 2): 0 | 1 | 2 {
  return a < b ? a : b;
}

/** The common name of a certificate that one of our authorities has signed. */
function certificateNameOf(connection: unknown): string | undefined {
  const socket = connection as Partial<TLSSocket>;
  if (socket.authorized !== true || socket.getPeerCertificate === undefined) return undefined;
  const name = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' && name !== '' ? name : undefined;
}
