import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { bundleSchema, type FindDocument, type SchemaDocument } from './bundle-schema.ts';
import type { DataModel } from './data-model.ts';
import { ModelError, type ModelNote } from './model-note.ts';
import { entityTypesOf, readAttributes } from './read-attributes.ts';
import { checkSchemaLimits } from './schema-limits.ts';
import { upgradeSchema } from './upgrade-schema.ts';

/** A document as somebody wrote it, and where it lies. */
export interface ModelSource {
  /** What relative references are read against, where the document has no `$id` of its own. */
  readonly url: string;
  readonly document: JsonValue;
}

/** A model, and what of its source could not be used. */
export interface ReadModel {
  readonly model: DataModel;
  readonly notes: readonly ModelNote[];
}

const dialect = 'https://json-schema.org/draft/2020-12/schema';

/**
 * A schema document as a data model: one of ours, or an official Smart Data Model as it is published.
 *
 * Older drafts are brought up to date, shared definitions are taken in, and what cannot be used is left out and noted.
 * `find` gives shared documents as they were written; none is fetched. Examples beside those of the schema can be given.
 * Throws a `ModelError` where it names no entity type, or is beyond the limits.
 */
export function readDataModel(source: ModelSource, find: FindDocument, examples: readonly JsonValue[] = []): ReadModel {
  const { document } = source;
  if (!isJsonObject(document)) throw new ModelError('a model is a JSON Schema: a JSON object');
  const notes = new Map<string, ModelNote>();
  const note = (one: ModelNote) => notes.set(`${one.document} ${one.pointer} ${one.note}`, one);

  const upgraded = upgradeSchema(document, note);
  const schema = bundleSchema({ url: baseOf(source), schema: upgraded }, findUpgraded, note);
  checkSchemaLimits(schema);
  const [type, ...others] = entityTypesOf(schema);
  if (type === undefined) {
    throw new ModelError('the schema names no entity type: properties.type must have a const, or an enum of one text');
  }
  if (others.length > 0)
    note({ pointer: '', note: `entities may have other types too (${others.join(', ')}): the model is for ${type}` });

  const { examples: own, ...rest } = schema;
  const given = [...(Array.isArray(own) ? (own as readonly JsonValue[]) : []), ...examples].filter(isJsonObject);
  const version = textOf(document['x-version'] ?? document.$schemaVersion ?? document.schemaVersion) ?? '0.0.0';
  const license = textOf(document['x-license-url'] ?? document.license);
  const derivedFrom = textOf(document['x-derived-from'] ?? document.derivedFrom ?? document.$id);
  const subject = textOf(document['x-subject']) ?? subjectIn(textOf(document.$id)) ?? '';
  const model: DataModel = {
    type,
    version,
    title: textOf(schema.title)?.trim() ?? type,
    description: textOf(schema.description)?.trim() ?? '',
    subject,
    ...(license !== undefined && { license }),
    ...(derivedFrom !== undefined && { derivedFrom }),
    schema: {
      $schema: dialect,
      ...rest,
      'x-version': version,
      'x-subject': subject,
      ...(license !== undefined && { 'x-license-url': license }),
      ...(derivedFrom !== undefined && { 'x-derived-from': derivedFrom }),
    },
    attributes: readAttributes(schema),
    examples: given,
  };
  return { model, notes: [...notes.values()] };

  function findUpgraded(url: string): SchemaDocument | undefined {
    const found = find(url);
    return found === undefined ? undefined : { url: found.url, schema: upgradedShared(found.schema) };
  }
}

/** By the document: many models refer to the same. */
const upgrades = new WeakMap<object, JsonValue>();

/** Of a shared document only parts are used, so what is wrong with it is no matter of the model that refers to it. */
function upgradedShared(document: JsonValue): JsonValue {
  if (!isJsonObject(document)) return document;
  let upgraded = upgrades.get(document);
  if (upgraded === undefined) {
    upgraded = upgradeSchema(document, () => undefined);
    upgrades.set(document, upgraded);
  }
  return upgraded;
}

function baseOf({ url, document }: ModelSource): string {
  const id = isJsonObject(document) ? textOf(document.$id) : undefined;
  return id !== undefined && URL.canParse(id) ? id : url;
}

/** The field in the address of an official model: `…/dataModel.Parking/ParkingSpot/schema.json`. */
function subjectIn(id: string | undefined): string | undefined {
  return /\/data-?[mM]odels?\.(\w+)\//.exec(id ?? '')?.[1];
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The document of a model as it is kept: reading it again gives the same model. */
export function documentOf({ schema, examples }: DataModel): JsonObject {
  return examples.length === 0 ? schema : { ...schema, examples };
}
