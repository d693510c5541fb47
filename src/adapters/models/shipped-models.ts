import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonValue } from '../../core/json.ts';
import type { SchemaDocument } from '../../core/model/bundle-schema.ts';
import { readDataModel } from '../../core/model/read-data-model.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';

const folder = fileURLToPath(new URL('../../../schemas/models/', import.meta.url));

/** What the references of the shipped models are read against: it names nothing that could be fetched. */
const base = 'oriel://schemas/models/';

const sharedFolder = 'commons/';

/** Hosts where published models, old and new, look for the definitions that they share. */
const publishers = /^https?:\/\/(smart-data-models\.github\.io|fiware\.github\.io|raw\.githubusercontent\.com)\//;

type ShippedModels = Pick<ModelRegistry, 'shipped' | 'findShared'>;

let known: ShippedModels | undefined;

/**
 * The models that come with the broker, read when they are first asked for. Throws where one of them cannot be used: they are
 * part of the program.
 */
export function shippedModels(): ShippedModels {
  known ??= readShippedModels();
  return known;
}

function readShippedModels(): ShippedModels {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.schema.json'))
    .map((path) => path.split(sep).join('/'))
    .toSorted();
  const shared = new Map(
    paths
      .filter((path) => path.startsWith(sharedFolder))
      .map((path): [string, SchemaDocument] => [`${base}${path}`, { url: `${base}${path}`, schema: read(path) }]),
  );
  const findShared = (url: string) => shared.get(url) ?? shared.get(ownAddressOf(url));
  const shipped = paths
    .filter((path) => !path.startsWith(sharedFolder))
    .map((path) => readDataModel({ url: `${base}${path}`, document: read(path) }, findShared).model);
  return { shipped, findShared };
}

/** `https://smart-data-models.github.io/data-models/common-schema.json` → `oriel://schemas/models/commons/common.schema.json`. */
function ownAddressOf(url: string): string {
  if (!publishers.test(url)) return '';
  const [, name = ''] = /\/(\w+)-schema\.json$/.exec(url) ?? [];
  return `${base}${sharedFolder}${name.toLowerCase()}.schema.json`;
}

function read(path: string): JsonValue {
  return JSON.parse(readFileSync(join(folder, path), 'utf8')) as JsonValue;
}
