import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { ModelSourceError } from './model-source-error.ts';

/** A JSON document and where it lies. */
export interface ModelDocument {
  readonly url: string;
  readonly document: JsonObject;
}

/** What is sent to a broker that a model is added to. */
export interface ModelSubmission {
  /** Where it was found, for people. */
  readonly place: string;
  readonly url: string;
  readonly schema: JsonObject;
  readonly shared: readonly { readonly url: string; readonly schema: JsonObject }[];
  readonly examples: readonly JsonObject[];
}

/** Throws a `ModelSourceError` for text that is no JSON object. */
export function parseDocument(text: string, place: string): JsonObject {
  let value: JsonValue;
  try {
    // Published files begin with a byte order mark here and there.
    value = JSON.parse(text.replace(/^\uFEFF/, '')) as JsonValue;
  } catch (error) {
    throw new ModelSourceError(`${place} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (!isJsonObject(value)) throw new ModelSourceError(`${place} is not a JSON object`);
  return value;
}

/** Every address that a document refers to, without fragments; relative ones read against the document's own. */
export function addressesIn({ url, document }: ModelDocument): ReadonlySet<string> {
  const base = typeof document.$id === 'string' && URL.canParse(document.$id) ? document.$id : url;
  const found = new Set<string>();
  collect(document);
  return found;

  function collect(value: JsonValue): void {
    if (Array.isArray(value)) {
      for (const item of value as readonly JsonValue[]) collect(item);
    } else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        if (name !== '$ref' || typeof member !== 'string') collect(member);
        else if (URL.canParse(member, base)) found.add(new URL(member, base).href.split('#', 1)[0] ?? '');
      }
    }
  }
}

/** The documents that a model refers to, directly or by one another: its schema is not sent with others. */
export function referredTo(root: ModelDocument, documents: readonly ModelDocument[]): readonly ModelDocument[] {
  const chosen = new Set<ModelDocument>();
  const open = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const names = new Set([...addressesIn(next)].map(fileNameOf));
    for (const document of documents) {
      if (document === root || chosen.has(document) || !names.has(fileNameOf(document.url))) continue;
      chosen.add(document);
      open.push(document);
    }
  }
  return [...chosen];
}

function fileNameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1).toLowerCase();
}

/** An example in key-value form; undefined for a document that is none. Those for JSON-LD name their context, which is no attribute. */
export function exampleOf({ '@context': _, ...entity }: JsonObject): JsonObject | undefined {
  return typeof entity.id === 'string' && typeof entity.type === 'string' ? entity : undefined;
}
