import { type Attribute, attributeOf, type Entity } from '../../core/entity/entity.ts';
import { Refusal } from '../../core/errors.ts';
import { renderInstant } from '../../core/time/instant.ts';
import type { Projection } from './projection.ts';
import { renderNormalized, renderShown } from './render-attribute.ts';

/**
 * An entity as JSON text: id, type, then the attributes in the order in which they were created, or in that of
 * `attrs`. As `values` and `unique` an array of values. `more` are builtins that only the caller knows; they are shown where
 * `attrs` names them. [V2 JSON entity representation] [V2 simplified entity representation]
 */
export function renderEntity(entity: Entity, projection: Projection, more?: Builtins): string {
  if (isList(projection)) return renderList(entity, projection, more);
  const identity = `"id":${JSON.stringify(entity.id)},"type":${JSON.stringify(entity.types[0])}`;
  const members = renderMembers(entity, projection, more);
  return members === '' ? `{${identity}}` : `{${identity},${members}}`;
}

/** As `renderEntity`, without id and type. [V2 retrieve entity attributes] */
export function renderAttributes(entity: Entity, projection: Projection): string {
  return isList(projection) ? renderList(entity, projection) : `{${renderMembers(entity, projection)}}`;
}

/** One attribute as JSON text. Refuses with `attributeNotFound`; of the builtins only `dateExpires` can be named. [V2 get attribute data] */
export function renderAttribute(entity: Entity, name: string, projection: Projection): string {
  const attribute = attributeOf(entity, name);
  const builtin = attribute === undefined && name === 'dateExpires' ? builtinOf(entity, name) : undefined;
  if (attribute === undefined && builtin === undefined) throw new Refusal({ kind: 'attributeNotFound' });
  if (projection.representation !== 'normalized') {
    const value = attribute === undefined ? (builtin?.value ?? '') : renderShown(attribute);
    return projection.representation === 'keyValues' ? `{${JSON.stringify(name)}:${value}}` : `[${value}]`;
  }
  return attribute === undefined ? renderBuiltin(builtin) : renderNormalized(attribute, projection.metadata);
}

function isList({ representation }: Projection): boolean {
  return representation === 'values' || representation === 'unique';
}

function renderMembers(entity: Entity, { representation, attrs, metadata }: Projection, more?: Builtins): string {
  const isNormalized = representation === 'normalized';
  let text = '';
  for (const { name, attribute, builtin } of shown(entity, attrs, more)) {
    const separator = text === '' ? '' : ',';
    const member =
      attribute === undefined
        ? isNormalized
          ? renderBuiltin(builtin)
          : builtin.value
        : isNormalized
          ? renderNormalized(attribute, metadata)
          : renderShown(attribute);
    text += `${separator}${JSON.stringify(name)}:${member}`;
  }
  return text;
}

function renderList(entity: Entity, { representation, attrs }: Projection, more?: Builtins): string {
  const values: string[] = [];
  for (const { attribute, builtin } of shown(entity, attrs, more)) {
    values.push(attribute === undefined ? builtin.value : renderShown(attribute));
  }
  return `[${(representation === 'unique' ? [...new Set(values)] : values).join(',')}]`;
}

/** Builtins by their names. */
export type Builtins = ReadonlyMap<string, Builtin>;

/** A builtin shown as an attribute; `value` is JSON text. */
export interface Builtin {
  readonly type: 'DateTime' | 'Text';
  readonly value: string;
}

type Shown =
  | { readonly name: string; readonly attribute: Attribute; readonly builtin?: never }
  | { readonly name: string; readonly attribute?: undefined; readonly builtin: Builtin };

const builtinNames = ['dateExpires', 'dateCreated', 'dateModified', 'servicePath'];

/**
 * What is shown, in order. A list names what comes and in which order; with `*` in it, the user's attributes come as they
 * are and the builtins named follow. The user's attribute wins over a builtin of the same name. [V2 filtering out attributes and metadata]
 */
function* shown(entity: Entity, attrs: readonly string[] | undefined, more: Builtins = noBuiltins): Generator<Shown> {
  const all = attrs === undefined || attrs.includes('*');
  if (all) {
    for (const name of entity.attributes.keys()) {
      const attribute = attributeOf(entity, name);
      if (attribute !== undefined) yield { name, attribute };
    }
  }
  if (attrs === undefined) return;
  for (const name of all ? [...builtinNames, ...more.keys()].filter((builtin) => attrs.includes(builtin)) : attrs) {
    const attribute = attributeOf(entity, name);
    if (attribute !== undefined) {
      if (!all) yield { name, attribute };
      continue;
    }
    const builtin = builtinOf(entity, name) ?? more.get(name);
    if (builtin !== undefined) yield { name, builtin };
  }
}

const noBuiltins: Builtins = new Map();

function builtinOf(entity: Entity, name: string): Builtin | undefined {
  switch (name) {
    case 'dateCreated':
      return timeOf(entity.createdAt);
    case 'dateModified':
      return timeOf(entity.modifiedAt);
    case 'dateExpires':
      return entity.expiresAt === undefined ? undefined : timeOf(entity.expiresAt);
    case 'servicePath':
      return { type: 'Text', value: JSON.stringify(entity.scopes[0]) };
    default:
      return undefined;
  }
}

function timeOf(instant: number): Builtin {
  return { type: 'DateTime', value: `"${renderInstant(instant)}"` };
}

function renderBuiltin(builtin: Builtin | undefined): string {
  return builtin === undefined ? 'null' : `{"type":"${builtin.type}","value":${builtin.value},"metadata":{}}`;
}
