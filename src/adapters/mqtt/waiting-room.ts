/** What may wait at the same time; the last message may go beyond it. */
export interface RoomSize {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * Room for messages of all connections that were read and are not stored yet. Who finds it full reads no more, so that what
 * waits beyond it waits in the sockets of its senders.
 */
export class WaitingRoom {
  readonly #size: RoomSize;
  #messages = 0;
  #bytes = 0;
  readonly #outside = new Set<() => void>();

  constructor(size: RoomSize) {
    this.#size = size;
  }

  get isFull(): boolean {
    return this.#messages >= this.#size.messages || this.#bytes >= this.#size.bytes;
  }

  /** What may come in. */
  get free(): RoomSize {
    return { messages: this.#size.messages - this.#messages, bytes: this.#size.bytes - this.#bytes };
  }

  /** Whether so much of it is taken that nobody should have more of it than one message. */
  get isCrowded(): boolean {
    return this.#messages * 2 >= this.#size.messages || this.#bytes * 2 >= this.#size.bytes;
  }

  enter(bytes: number): void {
    this.#messages += 1;
    this.#bytes += bytes;
  }

  /** Lets in those who stand outside, for as long as there is room. */
  leave(bytes: number): void {
    this.#messages -= 1;
    this.#bytes -= bytes;
    for (const comeIn of this.#outside) {
      if (this.isFull) return;
      this.#outside.delete(comeIn);
      comeIn();
    }
  }

  /** Calls once there is room, those first who asked first; who asks again meanwhile keeps the place that it has. */
  whenFree(comeIn: () => void): void {
    this.#outside.add(comeIn);
  }

  /** Calls no more. */
  giveUp(comeIn: () => void): void {
    this.#outside.delete(comeIn);
  }
}
