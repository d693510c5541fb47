import type { NgsiOption } from './options-parameter.ts';

/** An entity type as the types routes show it: how many entities have it, and by attribute name the attribute types in use. */
export interface ShownType {
  readonly type: string;
  readonly count: number;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

/** `GET /v2/types`: the types with their attributes; as `values`, their names alone. [V2 list entity types] */
export function renderTypes(types: readonly ShownType[], options: ReadonlySet<NgsiOption>): string {
  if (options.has('values')) return JSON.stringify(types.map(({ type }) => type));
  return `[${types.map((type) => `{"type":${JSON.stringify(type.type)},${renderMembers(type, options)}}`).join(',')}]`;
}

/** `GET /v2/types/{type}`. [V2 retrieve entity type] */
export function renderType(type: ShownType, options: ReadonlySet<NgsiOption>): string {
  return `{${renderMembers(type, options)}}`;
}

function renderMembers({ attributes, count }: ShownType, options: ReadonlySet<NgsiOption>): string {
  const detail = !options.has('noAttrDetail');
  const attrs = [...attributes].map(
    ([name, types]) => `${JSON.stringify(name)}:{"types":${JSON.stringify(detail ? types : [])}}`,
  );
  return `"attrs":{${attrs.join(',')}},"count":${count}`;
}
