import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from './config.ts';

/** A JSON-LD context document: an object with a member `@context`. */
export type ContextDocument = { readonly '@context': unknown };

/**
 * The contexts that the operator keeps, by URL. `path` is a JSON file (URL → file, relative to it), or a directory of files each
 * named after the URL of its context, percent-encoded as `encodeURIComponent` does it; one that ends in `.jsonld` or `.json` may have
 * another such ending behind. `none` is none.
 *
 * Throws a `ConfigError` with every problem at once.
 */
export function readContexts(path: string): ReadonlyMap<string, ContextDocument> {
  const contexts = new Map<string, ContextDocument>();
  if (path === 'none') return contexts;
  const problems: string[] = [];
  for (const [url, file] of filesIn(path)) {
    const document = URL.canParse(url) ? readDocument(file) : `${JSON.stringify(url)} is no URL of a context`;
    if (typeof document === 'string') problems.push(`${path}: ${document}`);
    else contexts.set(url, document);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return contexts;
}

function filesIn(path: string): readonly (readonly [url: string, file: string])[] {
  try {
    if (statSync(path).isDirectory()) {
      return readdirSync(path).map((name) => [urlOf(name), join(path, name)]);
    }
  } catch {
    throw new ConfigError([`${path} is neither a directory of contexts nor a file that maps URLs to them`]);
  }
  const map = readJson(path);
  if (typeof map === 'string') throw new ConfigError([map]);
  return Object.entries(map).map(([url, file]) => [url, resolve(dirname(path), String(file))]);
}

function urlOf(name: string): string {
  try {
    const url = decodeURIComponent(name);
    // A name without the ending of the URL, since every file has one, ends twice.
    return url.replace(/(\.jsonld|\.json)(?:\.jsonld|\.json)$/, '$1');
  } catch {
    return name;
  }
}

function readDocument(file: string): ContextDocument | string {
  const document = readJson(file);
  if (typeof document === 'string') return document;
  return '@context' in document ? (document as ContextDocument) : `${file} has no member @context`;
}

/** The object, or what is wrong with the file. */
function readJson(file: string): object | string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return `${file} cannot be read`;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : `${file} is no JSON object`;
  } catch {
    return `${file} is no JSON`;
  }
}

/**
 * The URL of the context of requests that name none, by tenant. `text` is one URL for all tenants, or a JSON file: tenant → URL,
 * the default tenant under `""`. `none` is none.
 */
export function readDefaultContexts(text: string): (tenant: string) => string | undefined {
  if (text === 'none') return () => undefined;
  if (/^https?:\/\//.test(text)) return () => text;
  const map = readJson(text);
  if (typeof map === 'string') throw new ConfigError([map]);
  const urls = new Map(Object.entries(map).map(([tenant, url]) => [tenant.toLowerCase(), String(url)]));
  const problems = [...urls]
    .filter(([, url]) => !URL.canParse(url))
    .map(([tenant]) => `${text}: ${JSON.stringify(tenant)} has no URL`);
  if (problems.length > 0) throw new ConfigError(problems);
  return (tenant) => urls.get(tenant);
}
