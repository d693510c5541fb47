import type { EntityRecord } from '../../ports/entity-store.ts';
import { renderFeature, renderRow } from '../view/feature.ts';
import { contextOf } from '../view/json-ld-context.ts';
import type { Format } from './format.ts';

/** One FeatureCollection; rows without a place have the geometry null. [RFC 7946] */
export const geojson: Format = {
  code: 'geojson',
  label: 'GeoJSON',
  mediaType: 'application/geo+json',
  fileType: 'GEOJSON',
  compressible: true,
  async *encode({ dataset: { view }, batches }) {
    yield '{"type":"FeatureCollection","features":[\n';
    yield* items(batches, ({ entity }) => renderFeature(entity, view));
    yield '\n]}\n';
  },
};

/** One JSON object a line. */
export const ndjson: Format = {
  code: 'ndjson',
  label: 'NDJSON',
  mediaType: 'application/x-ndjson',
  fileType: 'JSON',
  compressible: true,
  async *encode({ dataset: { view }, batches }) {
    for await (const records of batches) {
      let text = '';
      for (const { entity } of records) text += `${renderRow(entity, view)}\n`;
      yield text;
    }
  },
};

/** One graph of linked data; ids that are no IRIs are resolved against where the rows are to be had. [JSON-LD 1.1] */
export const jsonld: Format = {
  code: 'jsonld',
  label: 'JSON-LD',
  mediaType: 'application/ld+json',
  fileType: 'JSON_LD',
  compressible: true,
  async *encode({ dataset, links, batches }) {
    yield `{"@context":${JSON.stringify(contextOf(dataset, links))},"@graph":[\n`;
    yield* items(batches, ({ entity }) => renderRow(entity, dataset.view));
    yield '\n]}\n';
  },
};

async function* items(
  batches: AsyncIterable<readonly EntityRecord[]>,
  render: (record: EntityRecord) => string,
): AsyncGenerator<string> {
  let separator = '';
  for await (const records of batches) {
    let text = '';
    for (const record of records) {
      text += `${separator}${render(record)}`;
      separator = ',\n';
    }
    yield text;
  }
}
