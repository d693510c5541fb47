import type { Entity } from '../../core/entity/entity.ts';
import { renderFeature, renderRow } from '../view/feature.ts';
import { contextOf } from '../view/json-ld-context.ts';
import type { ExportSource } from './export-source.ts';

/** One FeatureCollection; rows without a place have the geometry null. [RFC 7946] */
export async function* encodeGeojson({ dataset: { view }, batches }: ExportSource): AsyncGenerator<string> {
  yield '{"type":"FeatureCollection","features":[\n';
  yield* items(batches, (entity) => renderFeature(entity, view));
  yield '\n]}\n';
}

/** One JSON object a line. */
export async function* encodeNdjson({ dataset: { view }, batches }: ExportSource): AsyncGenerator<string> {
  for await (const entities of batches) {
    let text = '';
    for (const entity of entities) text += `${renderRow(entity, view)}\n`;
    yield text;
  }
}

/** One graph of linked data; ids that are no IRIs are resolved against where the rows are to be had. [JSON-LD 1.1] */
export async function* encodeJsonld({ dataset, links, batches }: ExportSource): AsyncGenerator<string> {
  yield `{"@context":${JSON.stringify(contextOf(dataset, links))},"@graph":[\n`;
  yield* items(batches, (entity) => renderRow(entity, dataset.view));
  yield '\n]}\n';
}

async function* items(batches: ExportSource['batches'], render: (entity: Entity) => string): AsyncGenerator<string> {
  let separator = '';
  for await (const entities of batches) {
    let text = '';
    for (const entity of entities) {
      text += `${separator}${render(entity)}`;
      separator = ',\n';
    }
    yield text;
  }
}
