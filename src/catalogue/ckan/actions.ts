import type { JsonObject, JsonValue } from '../../core/json.ts';
import { plainDescription } from '../dataset/catalogue-description.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { textIn } from '../dataset/localized-text.ts';
import { licences, themes } from '../dataset/vocabularies.ts';
import type { OpenData } from '../open-data.ts';
import type { Snapshot } from '../snapshots/snapshot.ts';
import { CkanError, invalid, notFound } from './ckan-error.ts';
import { datastoreInfo, searchDatastore } from './datastore.ts';
import {
  type CkanPackage,
  type CkanResource,
  datastoreId,
  groupName,
  groupOf,
  organizationOf,
  packageOf,
  tagOf,
} from './package.ts';
import type { Parameters } from './parameters.ts';
import { searchPackages } from './search-packages.ts';
import type { CkanSite } from './site.ts';

/** What an action works on. */
export interface ActionContext {
  readonly openData: OpenData;
  readonly site: CkanSite;
  readonly version: string;
  snapshotsOf(dataset: Dataset): readonly Snapshot[];
  /** Rows of the dataset were given. */
  count(dataset: Dataset, bytes: number): void;
}

export type Action = (context: ActionContext, parameters: Parameters) => JsonValue | Promise<JsonValue>;

/** The actions of CKAN that only read, by name; those that write are refused by `actionNamed`. */
const actions: Readonly<Record<string, Action>> = {
  site_read: () => true,
  status_show: ({ site, version, openData }) => {
    const { title, description } = openData.datasets.catalogue ?? plainDescription;
    return {
      site_title: textIn(title, site.languages),
      site_description: textIn(description, site.languages),
      site_url: site.links.base,
      ckan_version: '2.11.0',
      error_emails_to: null,
      locale_default: site.languages[0] ?? 'en',
      extensions: ['datastore', `oriel ${version}`],
    };
  },
  help_show: (_, parameters) => {
    const name = parameters.required('name');
    if (!Object.hasOwn(actions, name)) throw notFound('Action function not found');
    return `${name}: as in CKAN. See docs/open-data.md for the parameters that count.`;
  },
  package_list: ({ openData }, parameters) =>
    page(
      openData.datasets.published().map(({ id }) => id),
      parameters,
    ),
  package_show: (context, parameters) => packageNamed(context, parameters.required('id', 'name_or_id')),
  package_search: (context, parameters) => searchPackages(packagesOf(context), parameters),
  current_package_list_with_resources: (context, parameters) => page(packagesOf(context), parameters),
  package_autocomplete: (context, parameters) => {
    const text = parameters.required('q').toLowerCase();
    const found = packagesOf(context).filter(
      ({ name, title }) => name.includes(text) || title.toLowerCase().includes(text),
    );
    return found
      .slice(0, parameters.whole('limit', 10, 100))
      .map(({ name, title }) => ({ name, title, match_field: 'name', match_displayed: name }));
  },
  organization_list: (context, parameters) => shownList(organizationsOf(context), parameters),
  organization_show: (context, parameters) => collection(context, organizationsOf(context), 'organization', parameters),
  organization_list_for_user: () => [],
  group_list: (context, parameters) => shownList(groupsOf(context), parameters),
  group_show: (context, parameters) => collection(context, groupsOf(context), 'groups', parameters),
  group_package_show: (context, parameters) => {
    const { name } = thingNamed(groupsOf(context), parameters.required('id'));
    return packagesOf(context).filter((one) => isIn(one, 'groups', String(name)));
  },
  tag_list: (context, parameters) => {
    const query = parameters.text('query')?.toLowerCase();
    const names = tagNames(context).filter((name) => query === undefined || name.toLowerCase().includes(query));
    return parameters.flag('all_fields', false) ? names.map(tagOf) : names;
  },
  tag_show: (context, parameters) => {
    const asked = parameters.required('id');
    const tag = tagNames(context)
      .map(tagOf)
      .find(({ id, name }) => id === asked || name === asked);
    if (tag === undefined) throw notFound();
    if (!parameters.flag('include_datasets', false)) return tag;
    const packages = packagesOf(context).filter((one) =>
      (one.tags as readonly JsonObject[]).some(({ name }) => name === tag.name),
    );
    return { ...tag, packages };
  },
  vocabulary_list: () => [],
  user_list: () => [],
  license_list: () => [
    ...licences.map(({ id, title, url, open }) => ({
      id,
      title,
      url,
      status: 'active',
      is_okd_compliant: open,
      od_conformance: open ? 'approved' : 'not reviewed',
      osd_conformance: 'not reviewed',
      domain_content: false,
      domain_data: true,
      domain_software: false,
      family: '',
      maintainer: '',
      is_generic: false,
    })),
  ],
  resource_show: (context, parameters) => resourceNamed(context, parameters.required('id', 'resource_id')),
  resource_view_list: () => [],
  resource_search: (context, parameters) => {
    const terms = parameters.list('query');
    if (terms === undefined) throw invalid('query', 'Missing value');
    const wanted = terms.map((term) => {
      const [, field = '', text = ''] = /^(\w+):(.*)$/s.exec(term) ?? [];
      if (field === '') throw invalid('query', 'Must be <field>:<value> pair(s)');
      return { field, text: text.toLowerCase() };
    });
    const found = packagesOf(context)
      .flatMap(({ resources }) => resources)
      .filter((one) =>
        wanted.every(({ field, text }) =>
          String(one[field] ?? '')
            .toLowerCase()
            .includes(text),
        ),
      );
    const offset = parameters.whole('offset', 0);
    return { count: found.length, results: found.slice(offset, offset + parameters.whole('limit', found.length)) };
  },
  format_autocomplete: (context, parameters) => {
    const text = parameters.required('q').toLowerCase();
    const formats = packagesOf(context).flatMap(({ resources }) => resources.map(({ format }) => format.toLowerCase()));
    return [...new Set(formats)].filter((format) => format.includes(text)).toSorted();
  },
  datastore_search: async (context, parameters) => {
    const { dataset, id } = tableNamed(context, parameters.required('resource_id', 'id'));
    const result = await searchDatastore(context.openData.broker, dataset, id, parameters);
    context.count(dataset, JSON.stringify(result.records).length);
    return { ...result, _links: linksOf(context, parameters, result) };
  },
  datastore_info: (context, parameters) => {
    const { dataset, id } = tableNamed(context, parameters.required('id', 'resource_id'));
    return datastoreInfo(context.openData.broker, dataset, id);
  },
};

/** Refuses actions that write as CKAN refuses somebody without the right; undefined for a name that is none. */
export function actionNamed(name: string): Action | undefined {
  if (Object.hasOwn(actions, name)) return actions[name];
  if (/_(create|update|patch|delete|purge|upsert|revise|reorder|run_triggers)$/.test(name)) {
    throw new CkanError(
      'Authorization Error',
      `Access denied: ${name} changes the catalogue, which is managed by /admin/datasets`,
    );
  }
  return undefined;
}

function packagesOf({ openData, site, snapshotsOf }: ActionContext): readonly CkanPackage[] {
  return openData.datasets.published().map((dataset) => packageOf(dataset, snapshotsOf(dataset), site));
}

function packageNamed(context: ActionContext, asked: string): CkanPackage {
  const found = packagesOf(context).find(({ id, name }) => id === asked || name === asked);
  if (found === undefined) throw notFound();
  return found;
}

function resourceNamed(context: ActionContext, asked: string): CkanResource {
  for (const { resources } of packagesOf(context)) {
    const found = resources.find(({ id }) => id === asked);
    if (found !== undefined) return found;
  }
  throw notFound();
}

/** The dataset whose rows a table holds; its own id is understood too. */
function tableNamed({ openData }: ActionContext, asked: string): { dataset: Dataset; id: string } {
  const dataset = openData.datasets.published().find((one) => one.id === asked || datastoreId(one) === asked);
  if (dataset === undefined) throw notFound(`Resource "${asked}" was not found.`);
  return { dataset, id: datastoreId(dataset) };
}

function organizationsOf(context: ActionContext): readonly JsonObject[] {
  const byName = new Map<string, JsonObject>();
  for (const { publisher } of context.openData.datasets.published()) {
    if (!byName.has(publisher.id)) byName.set(publisher.id, organizationOf(publisher, context.site));
  }
  return counted(context, [...byName.values()], 'organization');
}

function groupsOf(context: ActionContext): readonly JsonObject[] {
  const used = new Set(context.openData.datasets.published().flatMap(({ terms }) => terms.themes ?? []));
  const groups = Object.keys(themes)
    .filter((code) => used.has(code))
    .map((code) => groupOf(code, context.site));
  return counted(context, groups, 'groups');
}

function counted(
  context: ActionContext,
  things: readonly JsonObject[],
  field: 'organization' | 'groups',
): readonly JsonObject[] {
  const packages = packagesOf(context);
  const sorted = things.toSorted((a, b) => (String(a.name) < String(b.name) ? -1 : 1));
  return sorted.map((thing) => ({
    ...thing,
    package_count: packages.filter((one) => isIn(one, field, String(thing.name))).length,
  }));
}

function isIn(one: CkanPackage, field: 'organization' | 'groups', name: string): boolean {
  if (field === 'organization') return (one.organization as JsonObject).name === name;
  return (one.groups as readonly JsonObject[]).some((group) => group.name === name);
}

function thingNamed(things: readonly JsonObject[], asked: string): JsonObject {
  const found = things.find(({ id, name }) => id === asked || name === asked || name === groupName(asked));
  if (found === undefined) throw notFound();
  return found;
}

function collection(
  context: ActionContext,
  things: readonly JsonObject[],
  field: 'organization' | 'groups',
  parameters: Parameters,
): JsonValue {
  const thing = thingNamed(things, parameters.required('id'));
  const rest = { users: [], tags: [], extras: [], groups: [] };
  if (!parameters.flag('include_datasets', false)) return { ...thing, ...rest };
  return { ...thing, ...rest, packages: packagesOf(context).filter((one) => isIn(one, field, String(thing.name))) };
}

function shownList(things: readonly JsonObject[], parameters: Parameters): JsonValue {
  const asked = parameters.list('organizations') ?? parameters.list('groups');
  const found = asked === undefined ? things : things.filter(({ name }) => asked.includes(String(name)));
  const shown = page(found, parameters);
  return parameters.flag('all_fields', false) ? shown : shown.map(({ name }) => String(name));
}

function page<Item>(items: readonly Item[], parameters: Parameters): readonly Item[] {
  const offset = parameters.whole('offset', 0);
  return items.slice(offset, offset + parameters.whole('limit', items.length));
}

function tagNames(context: ActionContext): readonly string[] {
  const names = packagesOf(context).flatMap(({ tags }) =>
    (tags as readonly JsonObject[]).map(({ name }) => String(name)),
  );
  return [...new Set(names)].toSorted();
}

/** Where this page and the next one of a table are. */
function linksOf({ site }: ActionContext, parameters: Parameters, { limit, offset }: JsonObject): JsonObject {
  const kept = ['resource_id', 'id', 'filters', 'q', 'fields', 'sort'].flatMap((name): [string, string][] => {
    const value = parameters.value(name);
    return value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
  });
  const at = (from: number) =>
    `${site.links.action}/datastore_search?${new URLSearchParams([...kept, ['limit', String(limit)], ['offset', String(from)]])}`;
  return { start: at(0), next: at(Number(offset) + Number(limit)) };
}
