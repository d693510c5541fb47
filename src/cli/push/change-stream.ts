import { request } from 'undici';

/** What is heard of changed entities. */
export type StreamEvent =
  /** Where the stream goes on from, before anything is told. */
  | { readonly kind: 'position'; readonly position: string }
  | { readonly kind: 'changed'; readonly position: string; readonly ids: readonly string[] };

export interface ChangeStreamOptions {
  /** The broker. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly subscription: string;
  /** Where to go on from; absent: from now on. */
  readonly position?: string;
  readonly signal: AbortSignal;
}

/** Makes the subscription that a push follows, unless it is there. Rejects with what the broker says. */
export async function subscribeToChanges(
  { url, headers, subscription }: ChangeStreamOptions,
  types: readonly string[],
): Promise<void> {
  const { statusCode, body } = await request(`${url}/v2/subscriptions`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({
      id: subscription,
      description: 'Push of an open dataset to a CKAN',
      subject: {
        entities: types.map((type) => ({ idPattern: '.*', type })),
        condition: { alterationTypes: ['entityCreate', 'entityChange', 'entityDelete'] },
      },
      notification: { stream: {}, attrsFormat: 'keyValues' },
    }),
  });
  const text = await body.text();
  if (statusCode !== 201 && statusCode !== 422)
    throw new Error(`the broker makes no subscription: ${statusCode} ${text}`);
}

/** Reads the stream of the subscription until it ends or is given up. [HTML server-sent events] */
export async function* changeStream({
  url,
  headers,
  subscription,
  position,
  signal,
}: ChangeStreamOptions): AsyncGenerator<StreamEvent> {
  const { statusCode, body } = await request(`${url}/v2/subscriptions/${subscription}/stream`, {
    headers: { ...headers, accept: 'text/event-stream', ...(position !== undefined && { 'last-event-id': position }) },
    signal,
    bodyTimeout: 60_000,
  });
  if (statusCode !== 200) throw new Error(`the broker has no stream: ${statusCode} ${await body.text()}`);
  let text = '';
  for await (const piece of body.setEncoding('utf8')) {
    text += String(piece);
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const event = parseEvent(text.slice(0, end));
      text = text.slice(end + 2);
      if (event !== undefined) yield event;
    }
  }
}

function parseEvent(text: string): StreamEvent | undefined {
  const fields = new Map(
    text.split('\n').map((line): [string, string] => {
      const [name = '', ...value] = line.split(':');
      return [name, value.join(':').trimStart()];
    }),
  );
  const [position, data] = [fields.get('id'), fields.get('data')];
  if (position === undefined) return undefined;
  if (data === undefined) return { kind: 'position', position };
  const { data: entities } = JSON.parse(data) as { readonly data: readonly { readonly id: string }[] };
  return { kind: 'changed', position, ids: entities.map(({ id }) => id) };
}
