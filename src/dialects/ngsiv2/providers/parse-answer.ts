import { createEntity } from '../../../core/change/apply.ts';
import { attributeOf, type Entity, type EpochMs } from '../../../core/entity/entity.ts';
import { Refusal } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { parseJson } from '../../../core/parse-json.ts';
import type { ScopePath } from '../../../core/scope.ts';
import { parseInstant } from '../../../core/time/instant.ts';
import { parseEntity } from '../parse-entity.ts';
import { freeText } from '../text-rules.ts';

/** What entities of an answer are given that the answer does not say. */
export interface AnswerDefaults {
  readonly scope: ScopePath;
  readonly now: EpochMs;
  readonly correlator: string;
}

export interface ParsedAnswer {
  readonly entities: readonly Entity[];
  /** Items that are no entities. */
  readonly unreadable: number;
}

/** The answer to a query operation. Throws an `Error` for what is no list; its items are read one by one. [V2 query operation] */
export function parseAnswer(body: string, defaults: AnswerDefaults): ParsedAnswer {
  const items = listOf(body);
  const entities = items.map((item) => readEntity(item, defaults)).filter((entity) => entity !== undefined);
  return { entities, unreadable: items.length - entities.length };
}

function listOf(body: string): readonly JsonValue[] {
  let list: JsonValue;
  try {
    list = parseJson(body);
  } catch (error) {
    if (error instanceof Refusal) throw new Error('its answer is not JSON');
    throw error;
  }
  if (!Array.isArray(list)) throw new Error('its answer is not a list of entities');
  return list;
}

function readEntity(item: JsonValue, { scope, now, correlator }: AnswerDefaults): Entity | undefined {
  if (!isJsonObject(item)) return undefined;
  try {
    const { entity } = createEntity(
      parseEntity(withoutEmptyTypes(item), 'normalized', freeText),
      scope,
      now,
      correlator,
    );
    return withOwnTimes(entity);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Some providers say that they do not know a type with an empty one. */
function withoutEmptyTypes(item: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(item)
      .filter(([name, member]) => name !== 'type' || member !== '')
      .map(([name, member]) => {
        if (!isJsonObject(member) || member.type !== '') return [name, member];
        const { type: _, ...rest } = member;
        return [name, rest];
      }),
  );
}

/** When the entity was made and changed, where the answer says so among its attributes. [V2 builtin attributes] */
function withOwnTimes(entity: Entity): Entity {
  const createdAt = timeIn(entity, 'dateCreated');
  const modifiedAt = timeIn(entity, 'dateModified');
  if (createdAt === undefined && modifiedAt === undefined) return entity;
  const attributes = new Map(entity.attributes);
  attributes.delete('dateCreated');
  attributes.delete('dateModified');
  return {
    ...entity,
    attributes,
    ...(createdAt !== undefined && { createdAt }),
    ...(modifiedAt !== undefined && { modifiedAt }),
  };
}

function timeIn(entity: Entity, name: string): EpochMs | undefined {
  const attribute = attributeOf(entity, name);
  return attribute?.kind === 'property' && typeof attribute.value === 'string'
    ? parseInstant(attribute.value)
    : undefined;
}
