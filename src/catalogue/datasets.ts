import type { Broker } from '../broker/broker.ts';
import { KnownDocuments } from '../broker/documents/known-documents.ts';
import { retrieveTypes } from '../broker/types/retrieve-types.ts';
import { Refusal } from '../core/errors.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import type { TenantName } from '../core/scope.ts';
import { type CatalogueDescription, readCatalogue } from './dataset/catalogue-description.ts';
import { termsCheck } from './dataset/check-terms.ts';
import type { Column, Dataset } from './dataset/dataset.ts';
import { catalogueTermsSchema, type DatasetTerms, datasetTermsSchema } from './dataset/dataset-terms.ts';
import { personalMarks, publishedMarks } from './dataset/personal-data.ts';
import { datasetOf, documentOf, queryOf, readDataset, type StoredDataset } from './dataset/stored-dataset.ts';
import { findIn } from './view/entity-batches.ts';
import { findColumns } from './view/find-columns.ts';

/** Entities that are looked at to find out what a column holds. */
const sampleSize = 1000;

/** The catalogue as a whole is one document of the default tenant. */
const defaultTenant = '' as TenantName;
const catalogueId = 'catalogue';

const checkDataset = termsCheck(datasetTermsSchema);
const checkCatalogue = termsCheck(catalogueTermsSchema);

/**
 * The datasets of all tenants, in memory and in step with the stores, whichever broker changes them; and what is said of
 * the catalogue as a whole.
 */
export class Datasets {
  readonly #broker: Broker;
  readonly #known: KnownDocuments<Dataset>;
  readonly #catalogue: KnownDocuments<CatalogueDescription>;
  #revision = 0;
  #published: readonly Dataset[] | undefined;

  constructor(broker: Broker) {
    this.#broker = broker;
    const changed = () => {
      this.#revision += 1;
      this.#published = undefined;
    };
    const listener = { put: changed, removed: changed };
    this.#known = new KnownDocuments(broker.stores, 'dataset', readDataset, broker.log, listener);
    this.#catalogue = new KnownDocuments(broker.stores, 'catalogue', readCatalogue, broker.log, listener);
  }

  /** Called once, before anything else. */
  async load(): Promise<void> {
    await this.#known.load();
    await this.#catalogue.load();
  }

  /** Another number after every change of any dataset or of the catalogue; for what is derived from them. */
  get revision(): number {
    return this.#revision;
  }

  /** What the public sees, sorted by id. Of two tenants that took one id at the same moment, the one who was first has it. */
  published(): readonly Dataset[] {
    this.#published ??= this.#findPublished();
    return this.#published;
  }

  /** Refuses with `datasetNotFound` also for one that is not published: the public cannot tell. */
  publishedOf(id: string): Dataset {
    const found = this.published().find((dataset) => dataset.id === id);
    if (found === undefined) throw new Refusal({ kind: 'datasetNotFound' });
    return found;
  }

  /** All of a tenant, drafts too, by id. */
  of(tenant: TenantName): ReadonlyMap<string, Dataset> {
    return this.#known.of(tenant);
  }

  /** Refuses with `datasetNotFound`. */
  retrieve(tenant: TenantName, id: string): Dataset {
    const found = this.#known.of(tenant).get(id);
    if (found === undefined) throw new Refusal({ kind: 'datasetNotFound' });
    return found;
  }

  /** Stores what a person says of a new dataset. Refuses terms that are wrong, `datasetExists` and `personalData`. */
  async create(tenant: TenantName, body: JsonValue): Promise<Dataset> {
    const terms = checkDataset(body);
    if (this.#tenantOf(terms.id) !== undefined) throw new Refusal({ kind: 'datasetExists' });
    return this.#put(tenant, terms, undefined);
  }

  /** Stores what a person says of a dataset, new or not, as a whole. Refuses as `create` does, but not one that the tenant has. */
  async replace(tenant: TenantName, body: JsonValue): Promise<Dataset> {
    const terms = checkDataset(body);
    const owner = this.#tenantOf(terms.id);
    if (owner !== undefined && owner !== tenant) throw new Refusal({ kind: 'datasetExists' });
    return this.#put(tenant, terms, this.#known.of(tenant).get(terms.id));
  }

  /** Forgets a dataset. Refuses with `datasetNotFound`. */
  async remove(tenant: TenantName, id: string): Promise<void> {
    this.retrieve(tenant, id);
    await this.#broker.stores.tenant(tenant).documents('dataset').remove([id]);
  }

  /** What is said of the catalogue as a whole; undefined until somebody said it. */
  get catalogue(): CatalogueDescription | undefined {
    return this.#catalogue.of(defaultTenant).get(catalogueId);
  }

  /** Stores what a person says of the catalogue. Refuses terms that are wrong. */
  async describeCatalogue(body: JsonValue): Promise<void> {
    const terms = checkCatalogue(body);
    const now = this.#broker.clock.now();
    const issuedAt = this.catalogue?.issuedAt ?? now;
    const document = { terms, issuedAt, modifiedAt: now } as unknown as JsonObject;
    await this.#broker.stores
      .tenant(defaultTenant)
      .documents('catalogue')
      .put([{ id: catalogueId, document }]);
  }

  async #put(tenant: TenantName, terms: DatasetTerms, before: Dataset | undefined): Promise<Dataset> {
    const columns = await this.#columnsOf(tenant, terms);
    this.#guardPersonalData(tenant, terms, columns);
    const now = this.#broker.clock.now();
    const issuedAt = before?.issuedAt ?? (terms.published === true ? now : undefined);
    const stored: StoredDataset = {
      terms,
      columns,
      createdAt: before?.createdAt ?? now,
      ...(issuedAt !== undefined && { issuedAt }),
      modifiedAt: now,
    };
    const dataset = datasetOf(stored, tenant);
    await this.#broker.stores
      .tenant(tenant)
      .documents('dataset')
      .put([{ id: terms.id, document: documentOf(stored) }]);
    return dataset;
  }

  async #columnsOf(tenant: TenantName, terms: DatasetTerms): Promise<readonly Column[]> {
    const query = queryOf(terms.view);
    const scope = { tenant, scopes: query.scopes, scope: undefined, correlator: 'open-data' };
    const summaries = await retrieveTypes(this.#broker, scope);
    const { records } = await findIn(this.#broker, tenant, { ...query, limit: sampleSize });
    return findColumns(
      terms,
      summaries,
      records.map(({ entity }) => entity),
    );
  }

  #guardPersonalData(tenant: TenantName, terms: DatasetTerms, columns: readonly Column[]): void {
    const marks = publishedMarks(personalMarks(this.#broker.models, tenant, terms.view.types), columns);
    if (marks.size === 0) return;
    if (terms.personalData === undefined) throw new Refusal({ kind: 'personalData', marks });
    const details = { tenant, dataset: terms.id, attributes: [...marks.keys()], reason: terms.personalData.reason };
    this.#broker.log.warn(details, 'a dataset holds personal data, and a reason was given');
  }

  #tenantOf(id: string): TenantName | undefined {
    return this.#known.tenants().find((tenant) => this.#known.of(tenant).has(id));
  }

  #findPublished(): readonly Dataset[] {
    const byId = new Map<string, Dataset>();
    for (const tenant of this.#known.tenants()) {
      for (const dataset of this.#known.of(tenant).values()) {
        const other = byId.get(dataset.id);
        const isFirst =
          other === undefined ||
          dataset.createdAt < other.createdAt ||
          (dataset.createdAt === other.createdAt && tenant < other.tenant);
        if (isFirst) byId.set(dataset.id, dataset);
      }
    }
    const all = [...byId.values()].filter(({ published }) => published);
    return all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }
}
