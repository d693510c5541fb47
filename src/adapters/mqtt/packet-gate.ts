/** Why a connection is not listened to any further. */
export class PacketTooLargeError extends Error {
  constructor(bytes: number, limit: number) {
    super(`an MQTT packet of ${bytes} bytes; ${limit} are allowed`);
    this.name = 'PacketTooLargeError';
  }
}

/**
 * Follows the packets of one connection by their fixed headers, so that one that is too large is noticed when it begins, before
 * anybody collects it. [MQTT-2.2.3]
 *
 * Cost: a few steps a packet, whatever its size.
 */
export class PacketGate {
  readonly #maxBytes: number;
  /** Bytes of the packet under way that are still to come; -1: its length is being read, or a packet begins. */
  #left = -1;
  #length = 0;
  #shift = 0;
  #inLength = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Looks at what came next. Throws a `PacketTooLargeError`. */
  follow(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, chunk.length - at);
        at += taken;
        this.#left -= taken;
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
    }
  }
}
