import type { JsonObject } from '../../core/json.ts';
import type { Column } from '../dataset/dataset.ts';
import type { ExportedDataset } from '../formats/export-source.ts';
import type { Links } from '../links.ts';

/** Where names are that no shared vocabulary defines. [LD 4.4] */
const defaultVocabulary = 'https://uri.etsi.org/ngsi-ld/default-context/';

/** What the names in the rows of a dataset mean, as a JSON-LD context. */
export function contextOf({ id, view }: ExportedDataset, links: Links): JsonObject {
  return {
    '@version': 1.1,
    '@vocab': defaultVocabulary,
    '@base': links.items(id),
    id: '@id',
    type: '@type',
    ...Object.fromEntries(view.columns.map((column) => [column.name, termOf(column)])),
  };
}

function termOf({ attribute, path, kind }: Column): JsonObject {
  const name = path.length === 0 ? attribute : [attribute, ...path].join('.');
  return {
    '@id': /^[a-z][a-z0-9+.-]*:/i.test(name) ? name : `${defaultVocabulary}${encodeURIComponent(name)}`,
    ...typeOf(kind),
  };
}

function typeOf(kind: Column['kind']): JsonObject {
  switch (kind) {
    case 'geometry':
    case 'json':
      return { '@type': '@json' };
    case 'instant':
      return { '@type': 'http://www.w3.org/2001/XMLSchema#dateTime' };
    case 'text':
    case 'number':
    case 'boolean':
      return {};
  }
}
