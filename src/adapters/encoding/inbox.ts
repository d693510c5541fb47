/** Messages that wait for who reads them, one after the other. One reader at a time. */
export class Inbox<Message> {
  readonly #messages: Message[] = [];
  #reader: { resolve(message: Message): void; reject(error: Error): void } | undefined;
  #failure: Error | undefined;

  put(message: Message): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) this.#messages.push(message);
    else reader.resolve(message);
  }

  /** No more messages come; who reads beyond the last rejects. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#reader?.reject(this.#failure);
    this.#reader = undefined;
  }

  next(): Promise<Message> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }
}
