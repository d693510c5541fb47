import type { Socket } from 'node:net';
import { PacketGate } from './packet-gate.ts';
import type { RoomSize, WaitingRoom } from './waiting-room.ts';

export interface InflowOptions {
  readonly maxPacketBytes: number;
  /** What of all connections waits to be taken. */
  readonly room: WaitingRoom;
  /** How long a client may leave unread what it is sent. */
  readonly drainTimeoutMs: number;
  /** Hears why a connection was ended that sent a packet which is too large. */
  onTooLarge(error: unknown): void;
}

/** Messages of one connection that wait to be taken, and their bytes; no more are read meanwhile. */
const maxWaiting: RoomSize = { messages: 100, bytes: 1_048_576 };
/** A packet that acknowledges, before the id of what it does. [MQTT-3.4.1] */
const puback = 0x4002_0000;

/**
 * What comes over one connection, and what of it waits to be taken.
 *
 * The socket is looked at before the broker reads it, which would collect a packet of any size and handle all that a chunk holds
 * at once: it gives no more packets than may wait. The broker reads again with every message that is done; where it was the room
 * of all that was full, it is told when that has room.
 */
export class Inflow {
  readonly #socket: Socket;
  readonly #options: InflowOptions;
  readonly #gate: PacketGate;
  #messages = 0;
  #bytes = 0;
  /** Settles with the message that came last. */
  #last: Promise<void> = Promise.resolve();
  /** It is that of one device; undefined: it has not said yet whose it is. */
  #isAlone: boolean | undefined;
  /** Messages that are to be acknowledged at the end of this turn. */
  #acknowledged: number[] = [];
  /** Bytes that were read and given back: in the hands of the socket, which does not end before they are read. */
  #rest = 0;

  constructor(socket: Socket, options: InflowOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#gate = new PacketGate(options.maxPacketBytes);
    const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
    // A size of 0 asks for more to be there, and takes nothing.
    socket.read = (size?: number): Buffer | null => (size === 0 ? read(0) : this.#read(read, size));
    socket.on('drain', this.#comeIn);
    socket.once('close', () => options.room.giveUp(this.#comeIn));
  }

  /** It is known whose it is: of one device alone, or not. */
  letIn(isAlone: boolean): void {
    this.#isAlone = isAlone;
  }

  /** Whether something of it waits, read or not yet, so that its silence says nothing. */
  get isHeldUp(): boolean {
    return this.#socket.readableLength > 0 || this.#messages > 0;
  }

  /** Calls back when this message and all before it have been taken, or with why not. */
  inTurn(bytes: number, taken: Promise<void>, callback: (error?: Error) => void): void {
    const { room } = this.#options;
    // Whichever fails first, both are looked at.
    if (this.#messages > 0) taken.catch(() => undefined);
    const turn = this.#messages > 0 ? this.#last.then(() => taken) : taken;
    this.#last = turn;
    this.#messages += 1;
    this.#bytes += bytes;
    room.enter(bytes);
    const done = (error?: Error): void => {
      this.#messages -= 1;
      this.#bytes -= bytes;
      callback(error);
      room.leave(bytes);
    };
    turn.then(
      () => done(),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  }

  /** All that is acknowledged in one turn goes in one write, which is most of what it costs. */
  acknowledge(messageId: number): void {
    this.#acknowledged.push(messageId);
    if (this.#acknowledged.length === 1) process.nextTick(() => this.writeAcknowledgements());
  }

  /** Writes what is to be acknowledged now, for others to follow. */
  writeAcknowledgements(): void {
    const socket = this.#socket;
    if (this.#acknowledged.length === 0) return;
    const packets = Buffer.allocUnsafe(this.#acknowledged.length * 4);
    for (const [index, id] of this.#acknowledged.entries()) packets.writeUInt32BE(puback + id, index * 4);
    this.#acknowledged = [];
    const wasRead = !socket.writableNeedDrain;
    if (socket.writable && !socket.write(packets) && wasRead) this.#endUnlessRead();
  }

  /** Makes the broker read, which waits for the socket to say that there is something. */
  readonly #comeIn = (): void => void this.#socket.emit('readable');

  #read(read: (size?: number) => Buffer | null, size: number | undefined): Buffer | null {
    const socket = this.#socket;
    // Who does not read is not read from; and what is given back to a socket that has ended is lost.
    if (socket.writableNeedDrain || socket.destroyed) return null;
    const most = this.#most();
    if (most === undefined) return null;
    const chunk = read(this.#rest > 0 ? this.#rest : size);
    if (chunk === null) return null;
    try {
      const end = this.#gate.follow(chunk, most);
      this.#rest = chunk.length - end;
      if (this.#rest === 0) return chunk;
      socket.unshift(chunk.subarray(end));
      return chunk.subarray(0, end);
    } catch (error) {
      this.#options.onTooLarge(error);
      socket.destroy();
      return null;
    }
  }

  /** What may be read now; undefined: nothing. */
  #most(): RoomSize | undefined {
    const { room } = this.#options;
    if (this.#isAlone === undefined) {
      // To be let in takes no room; but the broker would turn away who sends many packets before it is.
      return this.#gate.ended > 0 ? undefined : { messages: 1, bytes: maxWaiting.bytes };
    }
    const messages = (this.#isAlone && room.isCrowded ? 1 : maxWaiting.messages) - this.#messages;
    const bytes = maxWaiting.bytes - this.#bytes;
    if (messages <= 0 || bytes <= 0) return undefined;
    if (room.isFull) {
      room.whenFree(this.#comeIn);
      return undefined;
    }
    const { free } = room;
    return { messages: Math.min(messages, free.messages), bytes: Math.min(bytes, free.bytes) };
  }

  #endUnlessRead(): void {
    const socket = this.#socket;
    const timer = setTimeout(() => socket.destroy(new Error('drain timeout')), this.#options.drainTimeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      socket.off('drain', stop).off('close', stop);
    };
    socket.once('drain', stop).once('close', stop);
  }
}
