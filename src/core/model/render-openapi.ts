import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { DataModel } from './data-model.ts';
import { mapSubschemas } from './schema-keywords.ts';

/**
 * An OpenAPI 3.1 document for applications that use the entities of one model: read and query them in key-value form, create
 * and update them. Schemas of OpenAPI 3.1 are JSON Schema 2020-12, so the model is one as it is.
 */
export function renderOpenapi({ type, version, title, description, license, schema, examples }: DataModel): JsonObject {
  const { $schema: _, ...own } = schema;
  const component = rebased(own, `#/components/schemas/${type}`);
  const entity = { $ref: `#/components/schemas/${type}` };
  const keyValues: JsonObject = { name: 'options', in: 'query', required: true, schema: { const: 'keyValues' } };
  const tenant: readonly JsonObject[] = ['Fiware-Service', 'Fiware-ServicePath'].map((name) => ({
    name,
    in: 'header',
    schema: { type: 'string' },
  }));
  const id: JsonObject = { name: 'entityId', in: 'path', required: true, schema: { type: 'string' } };
  const ofType: JsonObject = { name: 'type', in: 'query', required: true, schema: { const: type } };
  const json = (content: JsonValue): JsonObject => ({ 'application/json': { schema: content } });
  const error: JsonObject = {
    description: 'Refused, with the reason',
    content: json({ $ref: '#/components/schemas/Error' }),
  };
  return {
    openapi: '3.1.0',
    info: {
      title,
      description,
      version,
      ...(license !== undefined && { license: { name: 'Licence of the model', url: license } }),
    },
    servers: [{ url: '/' }],
    paths: {
      '/v2/entities': {
        get: {
          operationId: `list${type}`,
          summary: `List entities of type ${type}`,
          parameters: [
            ofType,
            keyValues,
            { name: 'q', in: 'query', schema: { type: 'string' }, description: 'Filter, such as `temperature>20`' },
            { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 0, maximum: 1000, default: 20 } },
            { name: 'offset', in: 'query', schema: { type: 'integer', minimum: 0 } },
            ...tenant,
          ],
          responses: {
            200: { description: 'The entities', content: json({ type: 'array', items: entity }) },
            default: error,
          },
        },
        post: {
          operationId: `create${type}`,
          summary: `Create an entity of type ${type}`,
          parameters: [keyValues, ...tenant],
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: entity, ...(examples[0] !== undefined && { example: examples[0] }) },
            },
          },
          responses: { 201: { description: 'Created' }, default: error },
        },
      },
      '/v2/entities/{entityId}': {
        get: {
          operationId: `retrieve${type}`,
          summary: `Retrieve an entity of type ${type}`,
          parameters: [id, ofType, keyValues, ...tenant],
          responses: { 200: { description: 'The entity', content: json(entity) }, default: error },
        },
      },
      '/v2/entities/{entityId}/attrs': {
        patch: {
          operationId: `update${type}`,
          summary: `Update attributes of an entity of type ${type}`,
          parameters: [id, ofType, keyValues, ...tenant],
          requestBody: { required: true, content: json({ type: 'object', description: 'Some of the attributes' }) },
          responses: { 204: { description: 'Updated' }, default: error },
        },
      },
    },
    components: {
      schemas: {
        [type]: { ...component, ...(examples.length > 0 && { examples }) },
        Error: {
          type: 'object',
          required: ['error', 'description'],
          properties: { error: { type: 'string' }, description: { type: 'string' } },
        },
      },
    },
  };
}

/** References within the schema, where the schema stands elsewhere in a document. */
function rebased(schema: JsonObject, base: string): JsonObject {
  const visit = (item: JsonValue): JsonValue => (isJsonObject(item) ? rebased(item, base) : item);
  const mapped = mapSubschemas(schema, '', visit);
  const { $ref } = mapped;
  return typeof $ref === 'string' && $ref.startsWith('#') ? { ...mapped, $ref: `${base}${$ref.slice(1)}` } : mapped;
}
