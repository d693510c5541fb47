import type { JsonObject } from '../../core/json.ts';
import type { Dataset, Publisher } from '../dataset/dataset.ts';
import { textIn } from '../dataset/localized-text.ts';
import { frequencyUri, highValueCategories, themes, themeUri } from '../dataset/vocabularies.ts';
import { describedAt } from '../dcat/describe-dataset.ts';
import { type Resource, resourcesOf } from '../resources.ts';
import type { Snapshot } from '../snapshots/snapshot.ts';
import type { CkanSite } from './site.ts';
import { stableId } from './stable-id.ts';

/** A dataset as CKAN shows a package. */
export interface CkanPackage extends JsonObject {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly metadata_modified: string;
  readonly resources: readonly CkanResource[];
}

export interface CkanResource extends JsonObject {
  readonly id: string;
  readonly package_id: string;
  readonly name: string;
  readonly format: string;
  readonly url: string;
}

/** The id of the table that the DataStore serves of a dataset: that of its first file. */
export function datastoreId({ id, formats }: Dataset): string {
  return stableId(`resource:${id}:${formats[0] ?? 'ngsi'}`);
}

export function packageOf(dataset: Dataset, snapshots: readonly Snapshot[], site: CkanSite): CkanPackage {
  const { id, terms, title, description, publisher, contact, licence, createdAt } = dataset;
  const { links, formats, languages } = site;
  const resources = resourcesOf(dataset, formats, snapshots, links);
  const tags = tagsOf(dataset);
  return {
    id: stableId(`package:${id}`),
    name: id,
    title: textIn(title, languages),
    title_translated: title,
    notes: textIn(description, languages),
    notes_translated: description,
    type: 'dataset',
    state: 'active',
    private: false,
    version: null,
    url: links.dataset(id),
    author: textIn(publisher.name, languages),
    author_email: null,
    maintainer: contact === undefined ? null : textIn(contact.name, languages),
    maintainer_email: contact?.email ?? null,
    isopen: licence?.open ?? false,
    license_id: licence?.id ?? 'notspecified',
    license_title: licence?.title ?? 'License not specified',
    ...(licence !== undefined && { license_url: licence.url }),
    owner_org: stableId(`organization:${publisher.id}`),
    organization: organizationOf(publisher, site),
    groups: (terms.themes ?? []).map((code) => groupOf(code, site)),
    tags: tags.map((name) => tagOf(name)),
    extras: extrasOf(dataset),
    metadata_created: renderTime(createdAt),
    metadata_modified: renderTime(describedAt({ dataset, snapshots })),
    creator_user_id: null,
    num_resources: resources.length,
    num_tags: tags.length,
    resources: resources.map((resource, position) => resourceOf(dataset, resource, position, site)),
    relationships_as_subject: [],
    relationships_as_object: [],
  };
}

function resourceOf(dataset: Dataset, resource: Resource, position: number, { languages }: CkanSite): CkanResource {
  const { kind, key, label, mediaType, url, moment, at, bytes, sha256 } = resource;
  const [mimetype = ''] = mediaType.split(';', 1);
  const id = stableId(`resource:${dataset.id}:${key}`);
  const title = textIn(dataset.title, languages);
  return {
    id,
    package_id: stableId(`package:${dataset.id}`),
    name: `${title} (${moment === undefined ? label : `${label}, ${moment}`})`,
    description: textIn(dataset.description, languages),
    format: label,
    mimetype,
    mimetype_inner: null,
    url,
    url_type: null,
    resource_type: kind === 'api' ? 'api' : 'file',
    state: 'active',
    position,
    created: renderTime(at ?? dataset.createdAt),
    metadata_modified: renderTime(at ?? dataset.modifiedAt),
    last_modified: at === undefined ? null : renderTime(at),
    size: bytes ?? null,
    hash: sha256 ?? '',
    datastore_active: id === datastoreId(dataset),
    cache_url: null,
    cache_last_updated: null,
  };
}

export function organizationOf({ id, name, homepage }: Publisher, { languages }: CkanSite): JsonObject {
  const title = textIn(name, languages);
  return {
    id: stableId(`organization:${id}`),
    name: id,
    title,
    display_name: title,
    type: 'organization',
    description: homepage ?? '',
    image_url: '',
    image_display_url: '',
    is_organization: true,
    approval_status: 'approved',
    state: 'active',
  };
}

/** Themes are groups. */
export function groupOf(code: string, { languages }: CkanSite): JsonObject {
  const title = textIn(themes[code] ?? {}, languages);
  return {
    id: stableId(`group:${code}`),
    name: groupName(code),
    title,
    display_name: title,
    type: 'group',
    description: themeUri(code),
    image_display_url: '',
    is_organization: false,
    state: 'active',
  };
}

export function groupName(code: string): string {
  return code.toLowerCase().replaceAll('_', '-');
}

export function tagOf(name: string): JsonObject {
  return { id: stableId(`tag:${name}`), name, display_name: name, state: 'active', vocabulary_id: null };
}

/** Keywords of every language, sorted, each once, of the characters that tags of CKAN have. */
export function tagsOf({ keywords }: Dataset): readonly string[] {
  const names = [...keywords.values()].flat().map((word) =>
    word
      .replaceAll(/[^\p{L}\p{N} ._-]/gu, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
  return [...new Set(names.filter((name) => name.length >= 2))].toSorted();
}

/** What CKAN has no field for, under the names that ckanext-dcat reads. */
function extrasOf({ id, terms, issuedAt, publisher, attribution, provenance }: Dataset): JsonObject[] {
  const category =
    terms.highValueCategory === undefined ? undefined : highValueCategories[terms.highValueCategory]?.uri;
  const extras: Readonly<Record<string, string | undefined>> = {
    attribution: attribution === undefined ? undefined : textIn(attribution, []),
    conforms_to: listed(terms.conformsTo),
    documentation: terms.documentation,
    frequency: terms.frequency === undefined ? undefined : frequencyUri(terms.frequency),
    hvd_category: category,
    identifier: id,
    issued: issuedAt === undefined ? undefined : renderTime(issuedAt),
    provenance: provenance === undefined ? undefined : textIn(provenance, []),
    publisher_name: textIn(publisher.name, []),
    publisher_uri: publisher.uri,
    spatial: spatialOf(terms.spatial?.bbox),
    spatial_uri: terms.spatial?.uri,
    temporal_end: terms.temporal?.end,
    temporal_start: terms.temporal?.start,
    theme: listed(terms.themes?.map(themeUri)),
    uri: terms.uri,
  };
  return Object.entries(extras).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
}

function listed(values: readonly string[] | undefined): string | undefined {
  return values === undefined || values.length === 0 ? undefined : JSON.stringify(values);
}

function spatialOf(bbox: readonly number[] | undefined): string | undefined {
  if (bbox === undefined) return undefined;
  const [west = 0, south = 0, east = 0, north = 0] = bbox;
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return JSON.stringify({ type: 'Polygon', coordinates: [ring] });
}

/** CKAN writes times in UTC without saying so. */
export function renderTime(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, -1)}000`;
}
