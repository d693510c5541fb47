import {
  type AttributeContent,
  type AttributeWrite,
  type ContentReader,
  keepType,
  type SubAttributeWrite,
  type UpdateOperator,
  type WriteOptions,
} from '../../src/core/change/mutation.ts';
import type { JsonValue } from '../../src/core/json.ts';

export interface WriteSpec {
  /** Absent: the client named none, so the type is kept. */
  readonly type?: string;
  /** Metadata by their plain values; absent: the client named none. */
  readonly metadata?: Readonly<Record<string, JsonValue>>;
  readonly content?: AttributeContent;
  readonly readContent?: ContentReader;
}

/** A write as an NGSIv2 client would send it: `aWrite('temperature', 21)`. */
export function aWrite(name: string, value: JsonValue, spec: WriteSpec = {}): AttributeWrite {
  return {
    name,
    content: spec.content ?? { kind: 'property', value },
    declaredType: spec.type ?? keepType,
    subAttributes: spec.metadata && metadataWrites(spec.metadata),
    ...(spec.readContent && { readContent: spec.readContent }),
  };
}

/** A write of `{ operator: argument }`: `anOperation('count', '$inc', 1)`. */
export function anOperation(
  name: string,
  operator: UpdateOperator,
  argument: JsonValue,
  spec: WriteSpec = {},
): AttributeWrite {
  return { ...aWrite(name, null, spec), content: { kind: 'operation', operator, argument } };
}

export function metadataWrites(values: Readonly<Record<string, JsonValue>>): ReadonlyMap<string, SubAttributeWrite> {
  return new Map(Object.entries(values).map(([name, value]) => [name, { content: { kind: 'property', value } }]));
}

/** What a request without options means. */
export const plainly: WriteOptions = { overrideMetadata: false, forced: false };
