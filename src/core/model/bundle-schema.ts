import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { ModelNote } from './model-note.ts';
import { escapePointer, mapSubschemas, objectOf, valueAt } from './schema-keywords.ts';

/** A schema document and the URL that its relative references are read against. */
export interface SchemaDocument {
  readonly url: string;
  readonly schema: JsonValue;
}

/** The document that a URL without fragment leads to, its schema upgraded; undefined: it is not at hand. */
export type FindDocument = (url: string) => SchemaDocument | undefined;

/**
 * The schema with everything that it refers to inside it, under `$defs`: nothing is ever fetched.
 *
 * A reference that leads nowhere is left out, so that anything is allowed there, and noted. The names under `$defs` tell
 * where the part came from (`GSMA-Commons.name`).
 */
export function bundleSchema(root: SchemaDocument, find: FindDocument, note: (note: ModelNote) => void): JsonObject {
  const definitions = new Map<string, JsonValue>();
  /** By document and pointer. */
  const names = new Map<string, string>();
  const own = isJsonObject(root.schema) ? root.schema : {};
  const taken = new Set(isJsonObject(own.$defs) ? Object.keys(own.$defs) : []);

  const walked = walk(own, '', root) as JsonObject;
  if (definitions.size === 0) return walked;
  const kept = isJsonObject(walked.$defs) ? Object.entries(walked.$defs) : [];
  return { ...walked, $defs: objectOf([...kept, ...definitions]) };

  function walk(schema: JsonValue, pointer: string, document: SchemaDocument): JsonValue {
    if (!isJsonObject(schema)) return schema;
    const { $ref, ...rest } = mapSubschemas(schema, pointer, (item, at) => walk(item, at, document));
    if (typeof $ref !== 'string') return rest;
    const local = localReference($ref, document);
    if (local !== undefined) return { $ref: local, ...rest };
    note({
      pointer,
      ...(document !== root && { document: document.url }),
      note: `${$ref} leads to nothing that is at hand: anything is allowed there`,
    });
    return rest;
  }

  /** The reference as one inside the bundle; undefined where it leads nowhere. */
  function localReference(reference: string, document: SchemaDocument): string | undefined {
    // Published schemas forget the mark of the fragment.
    const repaired = /^\/(definitions|\$defs)\//.test(reference) ? `#${reference}` : reference;
    const url = resolved(repaired, document.url);
    if (url === undefined) return undefined;
    const [address = '', fragment = ''] = url.split('#', 2);
    const target = address === withoutFragment(document.url) ? document : find(address);
    if (target === undefined) return undefined;
    const found = part(target.schema, decoded(fragment));
    if (found === undefined) return undefined;
    if (target === root) return `#${found.pointer}`;
    return `#/$defs/${escapePointer(define(target, found))}`;
  }

  function define(target: SchemaDocument, { pointer, schema }: Part): string {
    const key = `${target.url}#${pointer}`;
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = freeName(pointer === '' ? 'document' : nameOf(pointer));
    names.set(key, name);
    // Known before it is walked: it may refer to itself.
    definitions.set(name, true);
    definitions.set(name, walk(schema, pointer, target));
    return name;
  }

  function freeName(wanted: string): string {
    let name = wanted;
    for (let count = 2; taken.has(name); count++) name = `${wanted}-${count}`;
    taken.add(name);
    return name;
  }
}

interface Part {
  readonly pointer: string;
  readonly schema: JsonValue;
}

/** `definitions` and `$defs` are two names of one thing. */
function part(document: JsonValue, pointer: string): Part | undefined {
  const other = pointer.startsWith('/definitions/')
    ? pointer.replace('/definitions/', '/$defs/')
    : pointer.replace('/$defs/', '/definitions/');
  for (const one of [pointer, other]) {
    const schema = valueAt(document, one);
    if (schema !== undefined) return { pointer: one, schema };
  }
  return undefined;
}

/** `/definitions/GSMA-Commons/properties/name` → `GSMA-Commons.name`. */
function nameOf(pointer: string): string {
  const parts = pointer.slice(1).split('/');
  return parts.filter((name) => !['definitions', '$defs', 'properties'].includes(name)).join('.');
}

function resolved(reference: string, base: string): string | undefined {
  return URL.canParse(reference, base) ? new URL(reference, base).href : undefined;
}

function withoutFragment(url: string): string {
  return url.split('#', 1)[0] ?? '';
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
