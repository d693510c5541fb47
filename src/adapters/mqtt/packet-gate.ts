import type { RoomSize } from './waiting-room.ts';

/** Why a connection is not listened to any further. */
export class PacketTooLargeError extends Error {
  constructor(bytes: number, limit: number) {
    super(`an MQTT packet of ${bytes} bytes; ${limit} are allowed`);
    this.name = 'PacketTooLargeError';
  }
}

/**
 * Follows the packets of one connection by their fixed headers, so that one that is too large is noticed when it begins, before
 * anybody collects it, and what was read can be handed on packet by packet. [MQTT-2.2.3]
 *
 * Cost: a few steps a packet, whatever its size.
 */
export class PacketGate {
  readonly #maxBytes: number;
  /** Bytes of the packet under way that are still to come; 0: its length is being read, or a packet begins. */
  #left = 0;
  #length = 0;
  #shift = 0;
  #inLength = false;
  #ended = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Packets that have ended so far. */
  get ended(): number {
    return this.#ended;
  }

  /**
   * Looks at what came next, until so many packets have ended in it, or the one that has so many bytes. Returns how many bytes
   * that is: the whole of it where fewer do. Throws a `PacketTooLargeError`.
   */
  follow(chunk: Uint8Array, most: RoomSize): number {
    let at = 0;
    const enough = this.#ended + most.messages;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, chunk.length - at);
        at += taken;
        this.#left -= taken;
        if (this.#left === 0 && (++this.#ended >= enough || at >= most.bytes)) break;
        continue;
      }
      const byte = chunk[at++] ?? 0;
      if (!this.#inLength) {
        // The first byte of a packet says what it is.
        this.#inLength = true;
        this.#length = 0;
        this.#shift = 0;
        continue;
      }
      this.#length += (byte & 0x7f) * 2 ** this.#shift;
      this.#shift += 7;
      if (this.#length > this.#maxBytes) throw new PacketTooLargeError(this.#length, this.#maxBytes);
      // A fifth byte of length makes the parser end the connection.
      if ((byte & 0x80) !== 0 && this.#shift < 28) continue;
      this.#inLength = false;
      this.#left = this.#length;
      if (this.#left === 0 && (++this.#ended >= enough || at >= most.bytes)) break;
    }
    return at;
  }
}
