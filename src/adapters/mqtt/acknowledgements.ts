interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Who waits for which client to acknowledge. A client acknowledges what it is sent in the order in which it was sent
 * [MQTT-4.6.0-2], so the first that waits is the first that is told.
 */
export class Acknowledgements<Client extends object> {
  readonly #waiting = new Map<Client, Waiting[]>();

  /** Resolves with the acknowledgement of what is sent to the client next; rejects when the client is lost before. */
  next(client: Client): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(client);
      if (waiting === undefined) this.#waiting.set(client, [{ resolve, reject }]);
      else waiting.push({ resolve, reject });
    });
  }

  came(client: Client): void {
    const waiting = this.#waiting.get(client);
    waiting?.shift()?.resolve();
    if (waiting?.length === 0) this.#waiting.delete(client);
  }

  lost(client: Client): void {
    const waiting = this.#waiting.get(client) ?? [];
    this.#waiting.delete(client);
    for (const { reject } of waiting) reject(new Error('the connection was lost'));
  }
}
