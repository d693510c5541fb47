import type { DataModel } from '../../core/model/data-model.ts';
import type { PolicyRule } from '../../core/model/model-policy.ts';
import { readDataModel } from '../../core/model/read-data-model.ts';
import type { TenantName } from '../../core/scope.ts';
import type { Log } from '../../ports/log.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { Stores } from '../../ports/stores.ts';
import { KnownDocuments } from '../documents/known-documents.ts';
import { JudgementCounts } from './judgement-counts.ts';
import { readPolicyDocument } from './policy-document.ts';
import { TenantModels } from './tenant-models.ts';

/** Data models and policies of all tenants, in memory and in step with the stores, whichever broker changes them. */
export class Models {
  readonly registry: ModelRegistry;
  readonly #log: Log;
  readonly #own: KnownDocuments<DataModel>;
  readonly #rules: KnownDocuments<PolicyRule>;
  readonly #byTenant = new Map<TenantName, TenantModels>();
  readonly #counts = new Map<TenantName, JudgementCounts>();

  constructor(stores: Stores, registry: ModelRegistry, log: Log) {
    this.registry = registry;
    this.#log = log;
    // What is in force is made anew when it is next asked for.
    const listener = {
      put: (tenant: TenantName) => this.#byTenant.delete(tenant),
      removed: (tenant: TenantName) => this.#byTenant.delete(tenant),
    };
    const readModel = ({ document }: { document: DataModel['schema'] }) =>
      readDataModel({ url: 'oriel://kept', document }, registry.findShared).model;
    this.#own = new KnownDocuments(stores, 'model', readModel, log, listener);
    this.#rules = new KnownDocuments(stores, 'modelPolicy', readPolicyDocument, log, listener);
  }

  /** Reads what the stores have. Until this resolves nothing may be written: it would not be judged. */
  async load(): Promise<void> {
    await this.#own.load();
    await this.#rules.load();
  }

  /** What is in force for a tenant, which need not exist. */
  of(tenant: TenantName): TenantModels {
    let models = this.#byTenant.get(tenant);
    if (models === undefined) {
      models = new TenantModels(this.registry, this.ownOf(tenant).values(), this.#rules.of(tenant).values(), this.#log);
      this.#byTenant.set(tenant, models);
    }
    return models;
  }

  /** Models that a tenant added, by the id of their document. */
  ownOf(tenant: TenantName): ReadonlyMap<string, DataModel> {
    return this.#own.of(tenant);
  }

  /** What was judged of a tenant since the broker started. */
  countsOf(tenant: TenantName): JudgementCounts {
    let counts = this.#counts.get(tenant);
    if (counts === undefined) {
      counts = new JudgementCounts();
      this.#counts.set(tenant, counts);
    }
    return counts;
  }
}
