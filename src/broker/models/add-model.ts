import { invalidRequest, Refusal } from '../../core/errors.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { SchemaDocument } from '../../core/model/bundle-schema.ts';
import { type DataModel, labelOf } from '../../core/model/data-model.ts';
import { ModelError, type ModelNote } from '../../core/model/model-note.ts';
import { documentOf, readDataModel } from '../../core/model/read-data-model.ts';
import type { EntityViolations } from '../../core/model/violation.ts';
import type { TenantName } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';

/** Versions of models that a tenant may add. */
export const maxModels = 1000;

/** A model as it was published: the schema, documents that it refers to, and examples in key-value form. */
export interface ModelSubmission {
  /** Where the schema lies; what relative references are read against. */
  readonly url: string;
  readonly schema: JsonValue;
  readonly shared: readonly SchemaDocument[];
  readonly examples: readonly JsonValue[];
}

/** What became of a submission. */
export interface AddedModel {
  readonly model: DataModel;
  /** What of it could not be used. */
  readonly notes: readonly ModelNote[];
  /** Examples that are not what the model says. */
  readonly failing: readonly EntityViolations[];
}

/**
 * Adds a model to those of a tenant, beside its other versions, in the place of the one of its own version; resolves once
 * that is durable. With `dryRun` it only tells what would become of it.
 *
 * Refuses what cannot be used as a model, and with `limitReached`.
 */
export async function addModel(
  broker: Broker,
  tenant: TenantName,
  submission: ModelSubmission,
  { dryRun }: { readonly dryRun: boolean },
): Promise<AddedModel> {
  const { models } = broker;
  const added = readSubmission(broker, submission);
  const id = labelOf(added.model);
  const own = models.ownOf(tenant);
  if (!own.has(id) && own.size >= maxModels) {
    throw new Refusal({ kind: 'limitReached', what: 'models of a tenant', limit: maxModels });
  }
  if (!dryRun)
    await broker.stores
      .tenant(tenant)
      .documents('model')
      .put([{ id, document: documentOf(added.model) }]);
  return added;
}

/**
 * Removes a version that the tenant added. Refuses with `modelNotFound`, also for those that come with the broker, and
 * where a rule of the policy takes that very version.
 */
export async function removeModel(broker: Broker, tenant: TenantName, type: string, version: string): Promise<void> {
  const id = labelOf({ type, version });
  const models = broker.models.of(tenant);
  if (!broker.models.ownOf(tenant).has(id)) throw new Refusal({ kind: 'modelNotFound' });
  const rule = models.rules.find((one) => one.type === type && one.version === version);
  if (rule !== undefined) throw invalidRequest(`rule ${rule.id} of the policy takes ${id}: change it first`);
  await broker.stores.tenant(tenant).documents('model').remove([id]);
}

function readSubmission(
  { models: { registry } }: Broker,
  { url, schema, shared, examples }: ModelSubmission,
): AddedModel {
  const find = (wanted: string) =>
    shared.find((document) => document.url === wanted) ?? registry.findShared(wanted) ?? byFileName(shared, wanted);
  try {
    const { model, notes } = readDataModel({ url, document: schema }, find, examples);
    const { judge } = registry.compile(model);
    const failing = model.examples.flatMap((example): readonly EntityViolations[] => {
      const violations = judge(example);
      return violations.length === 0 ? [] : [{ entity: { id: String(example.id), type: model.type }, violations }];
    });
    return { model, notes, failing };
  } catch (error) {
    if (error instanceof ModelError) throw invalidRequest(error.message);
    throw error;
  }
}

/** A document in the folder of the model stands for the published one of its name. */
function byFileName(shared: readonly SchemaDocument[], url: string): SchemaDocument | undefined {
  const name = fileNameOf(url);
  return shared.find((document) => fileNameOf(document.url) === name && isJsonObject(document.schema));
}

function fileNameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1).toLowerCase();
}
