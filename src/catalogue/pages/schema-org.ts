import type { Dataset } from '../dataset/dataset.ts';
import { textIn } from '../dataset/localized-text.ts';
import type { Links } from '../links.ts';
import type { Resource } from '../resources.ts';

/** A dataset as search engines read it, by schema.org. */
export function schemaOrg(
  dataset: Dataset,
  resources: readonly Resource[],
  links: Links,
  languages: readonly string[],
): object {
  const { id, title, description, publisher, licence, keywords, terms, view, issuedAt, modifiedAt, attribution } =
    dataset;
  const { temporal, spatial } = terms;
  return {
    '@context': 'https://schema.org/',
    '@type': 'Dataset',
    '@id': terms.uri ?? links.dataset(id),
    url: links.dataset(id),
    identifier: id,
    name: textIn(title, languages),
    description: textIn(description, languages),
    creator: {
      '@type': 'Organization',
      name: textIn(publisher.name, languages),
      ...(publisher.homepage !== undefined && { url: publisher.homepage }),
    },
    ...(licence !== undefined && { license: licence.url }),
    ...(attribution !== undefined && { creditText: textIn(attribution, languages) }),
    isAccessibleForFree: true,
    keywords: [...keywords.values()].flat(),
    ...(issuedAt !== undefined && { datePublished: new Date(issuedAt).toISOString() }),
    dateModified: new Date(modifiedAt).toISOString(),
    ...(temporal !== undefined && { temporalCoverage: `${temporal.start ?? '..'}/${temporal.end ?? '..'}` }),
    ...(spatial?.bbox !== undefined && {
      spatialCoverage: { '@type': 'Place', geo: { '@type': 'GeoShape', box: boxOf(spatial.bbox) } },
    }),
    includedInDataCatalog: { '@type': 'DataCatalog', url: links.catalogue() },
    variableMeasured: view.columns.map(({ name, unit }) => ({
      '@type': 'PropertyValue',
      name,
      ...(unit !== undefined && { unitText: unit }),
    })),
    distribution: resources
      .filter(({ kind }) => kind !== 'api')
      .map(({ label, mediaType, url }) => ({
        '@type': 'DataDownload',
        name: label,
        encodingFormat: mediaType.split(';', 1)[0],
        contentUrl: url,
      })),
  };
}

/** South, west, north, east. */
function boxOf([west, south, east, north]: readonly number[]): string {
  return [south, west, north, east].join(' ');
}
