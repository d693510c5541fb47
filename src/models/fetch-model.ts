import { request } from 'undici';
import type { JsonObject } from '../core/json.ts';
import { addressesIn, exampleOf, type ModelDocument, type ModelSubmission, parseDocument } from './model-document.ts';
import { ModelSourceError } from './model-source-error.ts';

/** Documents that a model may refer to, directly or by one another. */
const maxShared = 20;

const maxBytes = 5 * 1024 * 1024;
const timeoutMs = 20_000;

/** Definitions that every broker has at hand. */
const atHand = /\/(common|weather|alert|environment|gtfs|device)-schema\.json$/i;

/** The model at a URL, with what it refers to and the example beside it. Throws a `ModelSourceError`. */
export async function fetchModel(source: string): Promise<ModelSubmission> {
  const url = fileAddress(source);
  const model: ModelDocument = { url, document: await fetchDocument(url) };
  const shared: ModelDocument[] = [];
  const seen = new Set<string>([url]);
  const open = [model];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const address of addressesIn(next)) {
      if (seen.has(address) || atHand.test(address) || !/^https?:/.test(address)) continue;
      seen.add(address);
      if (shared.length === maxShared)
        throw new ModelSourceError(`${source} refers to more than ${maxShared} documents`);
      const found = await optional(address);
      if (found === undefined) continue;
      const document = { url: address, document: found };
      shared.push(document);
      open.push(document);
    }
  }
  const example = await optional(new URL('examples/example.json', url).href);
  return {
    place: source,
    url,
    schema: model.document,
    shared: shared.map(({ url: address, document }) => ({ url: address, schema: document })),
    examples: [example === undefined ? undefined : exampleOf(example)].filter((one) => one !== undefined),
  };
}

/** The file behind a page that shows it, and the schema of a folder. */
function fileAddress(source: string): string {
  const page = /^https:\/\/github\.com\/([^/]+\/[^/]+)\/(?:blob|tree)\/(.+?)\/?$/.exec(source);
  const file = page === null ? source : `https://raw.githubusercontent.com/${page[1]}/${page[2]}`;
  return /\.json$/.test(new URL(file).pathname) ? file : `${file.replace(/\/$/, '')}/schema.json`;
}

/** What is missing the broker reports, if it matters. */
async function optional(url: string): Promise<JsonObject | undefined> {
  try {
    return await fetchDocument(url);
  } catch (error) {
    if (error instanceof ModelSourceError) return undefined;
    throw error;
  }
}

async function fetchDocument(url: string): Promise<JsonObject> {
  let text: string;
  try {
    const { statusCode, body } = await request(url, { headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
    if (statusCode !== 200) {
      await body.dump();
      throw new ModelSourceError(`${url} answered ${statusCode}`);
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new ModelSourceError(`${url} is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    text = Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (error instanceof ModelSourceError) throw error;
    throw new ModelSourceError(`${url} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  return parseDocument(text, url);
}
