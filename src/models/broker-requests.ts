import { request } from 'undici';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { ModelSubmission } from './model-document.ts';
import { ModelSourceError } from './model-source-error.ts';

/** A broker whose models are looked at and changed. */
export interface ModelBroker {
  readonly url: string;
  readonly tenant?: string;
  readonly servicePath?: string;
}

/** What the broker made of a submission; `error` where it refused it. */
export type SubmissionAnswer =
  | { readonly kind: 'taken'; readonly answer: JsonObject }
  | { readonly kind: 'refused'; readonly error: string };

/** Throws a `ModelSourceError` where the broker cannot be reached, or has no admin API. */
export async function submitModel(
  broker: ModelBroker,
  { url, schema, shared, examples }: ModelSubmission,
  dryRun: boolean,
): Promise<SubmissionAnswer> {
  const path = `/admin/models${dryRun ? '?dryRun=true' : ''}`;
  const { status, body } = await ask(broker, 'POST', path, JSON.stringify({ url, schema, shared, examples }));
  if ((status === 200 || status === 201) && isJsonObject(body)) return { kind: 'taken', answer: body };
  const error = isJsonObject(body) ? String(body.description) : `HTTP ${status}`;
  if (error.startsWith('Service not found')) {
    throw new ModelSourceError(`${broker.url} does not serve /admin: start it with ORIEL_ADMIN=on`);
  }
  return { kind: 'refused', error };
}

/** Entities in one request. */
const pageSize = 1000;

/** The entities of a type, in the normalized form of NGSIv2, page by page. Throws a `ModelSourceError`. */
export async function* entitiesOf(broker: ModelBroker, type: string): AsyncGenerator<JsonObject> {
  let target = `/v2/entities?type=${encodeURIComponent(type)}&limit=${pageSize}&options=cursor`;
  for (;;) {
    const { status, body, next } = await ask(broker, 'GET', target);
    if (status !== 200 || !Array.isArray(body)) {
      throw new ModelSourceError(`${broker.url} answered ${isJsonObject(body) ? body.description : status}`);
    }
    for (const entity of body as readonly JsonValue[]) if (isJsonObject(entity)) yield entity;
    if (next === undefined) return;
    target = next;
  }
}

interface Answer {
  readonly status: number;
  readonly body: JsonValue;
  /** Where the next page is. */
  readonly next: string | undefined;
}

async function ask(broker: ModelBroker, method: 'GET' | 'POST', target: string, body?: string): Promise<Answer> {
  const { url, tenant, servicePath } = broker;
  if (!URL.canParse(url)) throw new ModelSourceError(`"${url}" is not the URL of a broker`);
  try {
    const answer = await request(new URL(target, url), {
      method,
      headers: {
        accept: 'application/json',
        ...(tenant !== undefined && { 'fiware-service': tenant }),
        ...(servicePath !== undefined && { 'fiware-servicepath': servicePath }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
    });
    const text = await answer.body.text();
    const [, next] = /<([^>]+)>;\s*rel="next"/.exec(String(answer.headers.link ?? '')) ?? [];
    return { status: answer.statusCode, body: text === '' ? null : (JSON.parse(text) as JsonValue), next };
  } catch (error) {
    throw new ModelSourceError(`${url} does not answer: ${error instanceof Error ? error.message : error}`);
  }
}
