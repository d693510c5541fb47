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
import { endWhenSilent } from './keep-alive.ts';
import { PacketGate } from './packet-gate.ts';
import { Topics } from './topics.ts';
import type { RoomSize, WaitingRoom } from './waiting-room.ts';

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

/** What of a connection waits to be taken. */
interface Waiting {
  messages: number;
  bytes: number;
  /** It is that of one device; undefined: it has not said yet whose it is. */
  isAlone: boolean | undefined;
  /** Messages that are to be acknowledged at the end of this turn. */
  readonly acknowledged: number[];
  /** Settles with the message that came last. */
  last: Promise<void>;
}

/** How long a connection may take to say who it is. */
const connectTimeoutMs = 10_000;
/** After so long in silence the operating system asks whether the other side is still there. */
const probeAfterMs = 60_000;
/** Messages of one connection that wait to be taken, and their bytes; no more are read meanwhile. */
const maxWaiting: RoomSize = { messages: 100, bytes: 1_048_576 };
const maxSubscriptions = 100;
const maxClientIdLength = 256;
/** How long a client may leave unread what it is sent; who publishes to it waits meanwhile. */
const drainTimeoutMs = 5000;
/** [MQTT-3.2.2] */
const notAuthorized = 5;
/** A packet that acknowledges, before the id of what it does. [MQTT-3.4.1] */
const puback = 0x4002_0000;

/**
 * An MQTT 3.1.1 broker in this process.
 *
 * A publication is acknowledged when the listener has taken it, so that of quality 1 or 2 none is that could still be lost;
 * acknowledgements keep the order of publications [MQTT-4.6.0-2]. A connection is not read from while enough of it waits, or
 * the room that all share is full: senders that are faster than their messages are stored are slowed, whatever the quality.
 *
 * Nothing of clients grows beyond limits: packets are counted before they are parsed, clients that do not read are ended, sessions end with their connection (what devices must hear is kept by the broker
 * behind, durably), publications are not retained.
 */
export class EmbeddedBroker implements MessageLink {
  readonly #options: EmbeddedBrokerOptions;
  readonly #aedes: Aedes;
  readonly #servers: { readonly scheme: 'mqtt' | 'mqtts'; readonly server: Server }[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new WeakMap<object, Waiting>();
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
    this.#limit(socket);
    this.#aedes.handle(socket);
  }

  /**
   * Looks at what is read before the broker does, which would collect a packet of any size and handle all that a chunk holds at
   * once; and hands on no more than may wait. The broker reads again with every message that is done; where it was the room of
   * all that was full, it is told when that has room.
   */
  #limit(socket: Socket): void {
    const { maxPacketBytes, room } = this.#options;
    const gate = new PacketGate(maxPacketBytes);
    const waiting: Waiting = { messages: 0, bytes: 0, isAlone: undefined, acknowledged: [], last: Promise.resolve() };
    this.#waiting.set(socket, waiting);
    const read = socket.read.bind(socket);
    const comeIn = (): void => void socket.emit('readable');
    socket.on('drain', comeIn);
    socket.once('close', () => room.giveUp(comeIn));
    /** Bytes that were read and given back: in the hands of the socket, which does not end before they are read. */
    let rest = 0;
    socket.read = (size?: number): Buffer | null => {
      // Asks for more to be there, and takes nothing.
      if (size === 0) return read(0) as null;
      // Who does not read is not read from; and what is given back to a socket that has ended is lost.
      if (socket.writableNeedDrain || socket.destroyed) return null;
      const isKnown = waiting.isAlone !== undefined;
      // The broker would turn away who sends many packets before it is let in.
      if (!isKnown && gate.ended > 0) return null;
      const most = !isKnown || (waiting.isAlone && room.isCrowded) ? 1 : maxWaiting.messages;
      const own = { messages: most - waiting.messages, bytes: maxWaiting.bytes - waiting.bytes };
      if (own.messages <= 0 || own.bytes <= 0) return null;
      // To be let in takes no room.
      if (isKnown && room.isFull) {
        room.whenFree(comeIn);
        return null;
      }
      const chunk = read(rest > 0 ? rest : size) as Buffer | null;
      if (chunk === null) return null;
      try {
        const end = gate.follow(chunk, isKnown ? smaller(own, room.free) : own);
        rest = chunk.length - end;
        if (rest === 0) return chunk;
        socket.unshift(chunk.subarray(end));
        return chunk.subarray(0, end);
      } catch (error) {
        this.#log.warn({ err: error, address: socket.remoteAddress }, 'an MQTT connection was ended');
        socket.destroy();
        return null;
      }
    };
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
      if (keepAliveSeconds > 0) endWhenSilent(client.conn as Socket, keepAliveSeconds, () => this.#isHeldUp(client));
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
      this.#waitingOf(client).isAlone = login.device !== undefined;
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
      this.#inTurn(client, payload.length, taken, (error) => {
        if (error === undefined && packet.qos === 1 && !this.#subscribers.mayHear(topic)) {
          this.#acknowledge(client, packet);
          // Nothing is left that the broker would have to do for it.
          packet.qos = 0;
        } else this.#writeAcknowledgements(client);
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

  /** Calls back when this and all before it have been taken; a failure ends the connection, with nothing acknowledged. */
  #inTurn(client: Client, bytes: number, taken: Promise<void>, callback: Done): void {
    const { room } = this.#options;
    const waiting = this.#waitingOf(client);
    // Whichever fails first, both are looked at.
    if (waiting.messages > 0) taken.catch(() => undefined);
    const turn = waiting.messages > 0 ? waiting.last.then(() => taken) : taken;
    waiting.last = turn;
    waiting.messages += 1;
    waiting.bytes += bytes;
    room.enter(bytes);
    const done = (error?: Error): void => {
      waiting.messages -= 1;
      waiting.bytes -= bytes;
      callback(error);
      room.leave(bytes);
    };
    turn.then(
      () => done(),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  }

  /** All that is acknowledged to a client in one turn goes in one write, which is most of what it costs. */
  #acknowledge(client: Client, { messageId }: { readonly messageId?: number }): void {
    if (messageId === undefined) return;
    const { acknowledged } = this.#waitingOf(client);
    acknowledged.push(messageId);
    if (acknowledged.length === 1) process.nextTick(() => this.#writeAcknowledgements(client));
  }

  #writeAcknowledgements(client: Client): void {
    const { acknowledged } = this.#waitingOf(client);
    const { conn } = client;
    if (acknowledged.length === 0) return;
    const packets = Buffer.allocUnsafe(acknowledged.length * 4);
    for (const [index, id] of acknowledged.splice(0).entries()) packets.writeUInt32BE(puback + id, index * 4);
    if (conn.writable) conn.write(packets);
  }

  #waitingOf({ conn }: Client): Waiting {
    const waiting = this.#waiting.get(conn);
    if (waiting === undefined) throw new Error('a connection that nobody counts for');
    return waiting;
  }

  /** Whether something of it waits, read or not yet, so that its silence says nothing. */
  #isHeldUp(client: Client): boolean {
    return (client.conn as Socket).readableLength > 0 || this.#waitingOf(client).messages > 0;
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

function smaller(a: RoomSize, b: RoomSize): RoomSize {
  return { messages: Math.min(a.messages, b.messages), bytes: Math.min(a.bytes, b.bytes) };
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
