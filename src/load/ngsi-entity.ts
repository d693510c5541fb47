import type { JsonValue } from '../core/json.ts';

/** An entity in the normalized form of NGSIv2, as the loader sends it. */
export interface NgsiEntity {
  readonly id: string;
  readonly type: string;
  /** In the order of the mapping. */
  readonly attributes: ReadonlyMap<string, NgsiAttribute>;
}

export interface NgsiAttribute {
  readonly type: string;
  readonly value: JsonValue;
  readonly metadata?: Readonly<Record<string, NgsiMetadata>>;
}

export interface NgsiMetadata {
  readonly type: string;
  readonly value: JsonValue;
}

/** The entity as a member of the `entities` of POST /v2/op/update. */
export function renderNgsiEntity({ id, type, attributes }: NgsiEntity): string {
  // Not spread into one object: names made of digits would jump the queue.
  const members = [`"id":${JSON.stringify(id)}`, `"type":${JSON.stringify(type)}`];
  for (const [name, attribute] of attributes) members.push(`${JSON.stringify(name)}:${JSON.stringify(attribute)}`);
  return `{${members.join(',')}}`;
}
