import type { Readable } from 'node:stream';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { SourceRule } from '../mapping.ts';
import type { Columns } from '../row.ts';
import type { SourceItem } from './read-csv.ts';
import { SourceError } from './source-error.ts';
import { textDecoder } from './text-decoder.ts';

/**
 * Rows of a JSON document: GeoJSON features, the stations of GBFS, the objects of an array.
 *
 * The document is read whole (JSON knows no lines), so memory grows with it; use CSV for what does not fit.
 */
export async function* readJson(bytes: Readable, source: SourceRule): AsyncGenerator<SourceItem> {
  const document = await parseDocument(bytes, source);
  const path = source.path ?? defaultPaths[source.format];
  const items = follow(document, path);
  if (!Array.isArray(items)) throw new SourceError(`${source.file} has no array at ${path === '' ? 'its top' : path}`);

  const toColumns = source.format === 'geojson' ? featureColumns : objectColumns(document);
  for (const [index, item] of items.entries()) {
    const number = index + 1;
    const columns = isJsonObject(item) ? toColumns(item) : undefined;
    yield columns === undefined
      ? {
          number,
          issue: {
            effect: 'row refused',
            value: JSON.stringify(item).slice(0, 200),
            reason: `is not ${things[source.format]}`,
          },
        }
      : { number, columns };
  }
}

const defaultPaths = { csv: '', json: '', geojson: 'features', gbfs: 'data.stations' } as const;
const things = { csv: 'a row', json: 'an object', geojson: 'a GeoJSON feature', gbfs: 'an object' } as const;

async function parseDocument(bytes: Readable, source: SourceRule): Promise<JsonValue> {
  const decode = textDecoder(source.encoding ?? 'utf-8');
  try {
    let text = '';
    for await (const chunk of bytes as AsyncIterable<Buffer>) text += decode.decode(chunk, { stream: true });
    return JSON.parse(text + decode.decode()) as JsonValue;
  } catch (error) {
    throw new SourceError(`${source.file} cannot be read as JSON: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

function follow(document: JsonValue, path: string): JsonValue | undefined {
  let found: JsonValue | undefined = document;
  for (const step of path === '' ? [] : path.split('.')) {
    if (!isJsonObject(found) || !Object.hasOwn(found, step)) return undefined;
    found = found[step];
  }
  return found;
}

function featureColumns(feature: Columns): Columns | undefined {
  if (feature.type !== 'Feature') return undefined;
  const properties = isJsonObject(feature.properties) ? feature.properties : {};
  return { ...properties, '@id': feature.id ?? null, '@geometry': feature.geometry ?? null };
}

/** GBFS says of the whole document when it was written; each row can use it. */
function objectColumns(document: JsonValue): (item: Columns) => Columns {
  const lastUpdated = isJsonObject(document) ? document.last_updated : undefined;
  return lastUpdated === undefined ? (item) => item : (item) => ({ ...item, '@last_updated': lastUpdated });
}
