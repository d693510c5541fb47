import { type CatalogueDescription, plainDescription } from '../dataset/catalogue-description.ts';
import { textIn } from '../dataset/localized-text.ts';
import type { Links } from '../links.ts';
import {
  type DatasetSource,
  datasetUri,
  describeDataset,
  describedAt,
  describeLicence,
  describePublisher,
  languageThing,
} from './describe-dataset.ts';
import { Description } from './description.ts';

/** Datasets in one page of the feed. */
export const pageSize = 100;

/** What a harvester asks of the feed. */
export interface FeedQuery {
  /** From 1 on. */
  readonly page: number;
  /** Only what changed at this moment or later. */
  readonly modifiedSince?: number;
  /** Only what has all of these words in its title, description or keywords. */
  readonly words: readonly string[];
}

export interface Feed {
  readonly description: Description;
  /** When anything in it changed last; 0 where there is nothing. */
  readonly changedAt: number;
}

/** One dataset by itself. */
export function describeOne(source: DatasetSource): Description {
  const description = new Description();
  describeDataset(description, source);
  return description;
}

/** A page of the catalogue, as portals harvest it. `url` gives the URL of a page. [DCAT-AP 3.0.1] [Hydra] */
export function describeCatalogue(
  catalogue: CatalogueDescription | undefined,
  sources: readonly DatasetSource[],
  { page, modifiedSince, words }: FeedQuery,
  links: Links,
  url: (page: number) => string,
): Feed {
  const found = sources.filter(
    (source) => (modifiedSince === undefined || describedAt(source) >= modifiedSince) && hasWords(source, words),
  );
  const shown = found.slice((page - 1) * pageSize, page * pageSize);
  const to = new Description();
  const said = catalogue ?? plainDescription;
  const changedAt = Math.max(said.modifiedAt, ...sources.map(describedAt), 0);

  const thing = to.thing(links.catalogueUri, 'dcat:Catalog');
  thing.texts('dct:title', said.title).texts('dct:description', said.description);
  thing.link('dct:publisher', describePublisher(to, said.publisher, links));
  for (const language of said.languages) thing.link('dct:language', languageThing(to, language));
  if (said.licence !== undefined) thing.link('dct:license', describeLicence(to, said.licence));
  thing.link('foaf:homepage', to.thing(said.homepage ?? links.catalogue(), 'foaf:Document'));
  if (said.issuedAt > 0) thing.instant('dct:issued', said.issuedAt);
  if (changedAt > 0) thing.instant('dct:modified', changedAt);
  const taxonomy = to.thing('http://publications.europa.eu/resource/authority/data-theme', 'skos:ConceptScheme');
  thing.link('dcat:themeTaxonomy', taxonomy.text('dct:title', 'Data theme', 'en'));
  for (const { dataset } of shown) {
    thing.link('dcat:dataset', datasetUri(dataset, links));
    thing.link('dcat:service', `${links.dataset(dataset.id)}#service-ngsi`);
    if (dataset.view.geometry !== undefined)
      thing.link('dcat:service', `${links.dataset(dataset.id)}#service-features`);
  }
  for (const source of shown) describeDataset(to, source);

  const pages = Math.max(Math.ceil(found.length / pageSize), 1);
  const view = to.thing(url(page), 'hydra:PagedCollection', 'hydra:PartialCollectionView');
  view
    .typed('hydra:totalItems', String(found.length), 'xsd:integer')
    .typed('hydra:itemsPerPage', String(pageSize), 'xsd:integer');
  view.link('hydra:firstPage', url(1)).link('hydra:first', url(1));
  view.link('hydra:lastPage', url(pages)).link('hydra:last', url(pages));
  if (page > 1) view.link('hydra:previousPage', url(page - 1)).link('hydra:previous', url(page - 1));
  if (page < pages) view.link('hydra:nextPage', url(page + 1)).link('hydra:next', url(page + 1));
  return { description: to, changedAt };
}

function hasWords({ dataset }: DatasetSource, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const { title, description, keywords } = dataset;
  const languages = [...new Set([...Object.keys(title), ...Object.keys(description)])];
  const texts = languages.flatMap((language) => [textIn(title, [language]), textIn(description, [language])]);
  const text = [...texts, ...[...keywords.values()].flat()].join('\n').toLowerCase();
  return words.every((word) => text.includes(word.toLowerCase()));
}
