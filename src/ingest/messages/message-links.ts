import type { MessageLink, OutgoingMessage } from '../../ports/message-link.ts';

/** All ways to and from devices over MQTT. */
export class MessageLinks {
  readonly #links: MessageLink[] = [];
  #filters: readonly string[] = [];

  add(link: MessageLink): void {
    this.#links.push(link);
    link.listen(this.#filters);
  }

  get isEmpty(): boolean {
    return this.#links.length === 0;
  }

  /** Takes messages of these topic filters from now on, and of no others. */
  listen(filters: readonly string[]): void {
    this.#filters = filters;
    for (const link of this.#links) link.listen(filters);
  }

  /** Over each of them; rejects where one of them cannot. */
  async publish(message: OutgoingMessage): Promise<void> {
    await Promise.all(this.#links.map((link) => link.publish(message)));
  }

  /** Over the first by which it reaches somebody. Rejects as `MessageLink.deliver` does. */
  async deliver(message: OutgoingMessage): Promise<'delivered' | 'absent'> {
    for (const link of this.#links) if ((await link.deliver(message)) === 'delivered') return 'delivered';
    return 'absent';
  }

  async close(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
  }
}
