import { Client } from 'undici';

/** What a request was answered with. */
export interface ConnectionAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came.
  readonly body: any;
}

/** One connection, kept, for requests one after the other; rejects when the other end is gone. */
export class ConnectionClient {
  readonly #client: Client;

  constructor(url: string) {
    this.#client = new Client(url, { keepAliveTimeout: 600_000 });
  }

  async send(method: string, path: string, body?: unknown): Promise<ConnectionAnswer> {
    const {
      statusCode,
      headers,
      body: answer,
    } = await this.#client.request({
      method: method as 'GET',
      path,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    return { status: statusCode, headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** Which of several processes is at the other end. */
  async worker(): Promise<number> {
    return (await this.send('GET', '/version')).body.oriel.worker;
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }
}
