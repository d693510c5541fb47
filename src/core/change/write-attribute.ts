import { type Attribute, type EpochMs, jsonValueOf } from '../entity/entity.ts';
import type { JsonValue } from '../json.ts';
import type { Mutable } from '../mutable.ts';
import { renderInstant } from '../time/instant.ts';
import { defaultDeclaredType } from './default-declared-type.ts';
import { equalContent } from './equal-content.ts';
import {
  type AttributeContent,
  type AttributeWrite,
  keepType,
  type UpdateOperation,
  type WriteOptions,
} from './mutation.ts';
import { applyOperation } from './update-operators.ts';
import { writeSubAttributes } from './write-sub-attributes.ts';

/** What became of one attribute; `attribute` is the current one itself where nothing of it differs. */
export interface WrittenAttribute {
  readonly attribute: Attribute;
  /** Value, type or time of observation differ, or the write was forced, or the attribute is new. */
  readonly changed: boolean;
  readonly metadataChanged: boolean;
}

/** What a write of one attribute takes into account of the request around it. */
export interface AttributeWriteOptions extends Pick<WriteOptions, 'overrideMetadata' | 'forced'> {
  /** The entity is created or replaced: there `$min` and `$max` start from 0, or from 1970 where the type is that of instants. */
  readonly entityIsNew?: boolean;
}

/**
 * The attribute after the write: new where `current` is undefined, else with the time of creation that it had. Undefined
 * where there is none and the write is an operation that makes none.
 *
 * `modifiedAt` moves only with a change of value, type or metadata, or a forced write. Equal means equal as JSON,
 * structured values included, so a device that repeats itself changes nothing. An `observedAt` that the write does not
 * name goes with the value it was true of. May throw the refusals of operators and of the write's content reader.
 */
export function writeAttribute(
  current: Attribute | undefined,
  write: AttributeWrite,
  options: AttributeWriteOptions,
  moment: EpochMs,
): WrittenAttribute | undefined {
  const meaning = meaningOf(write, current, options.entityIsNew === true);
  if (meaning === undefined) return undefined;
  const { content, declaredType } = meaning;
  const subAttributes = writeSubAttributes(
    current?.subAttributes,
    write.subAttributes,
    options.overrideMetadata,
    moment,
  );
  const metadataChanged = subAttributes !== current?.subAttributes;
  const valueChanged =
    current === undefined ||
    current.declaredType !== declaredType ||
    !equalContent(current, content) ||
    (write.observedAt !== undefined && write.observedAt !== current.observedAt);
  const changed = valueChanged || options.forced;
  if (!changed && !metadataChanged) return { attribute: current, changed, metadataChanged };

  const observedAt = write.observedAt ?? (valueChanged ? undefined : current.observedAt);
  const attribute: Mutable<Attribute> = { ...content, createdAt: current?.createdAt ?? moment, modifiedAt: moment };
  if (declaredType !== undefined) attribute.declaredType = declaredType;
  if (subAttributes !== undefined) attribute.subAttributes = subAttributes;
  if (observedAt !== undefined) attribute.observedAt = observedAt;
  return { attribute, changed, metadataChanged };
}

interface Meaning {
  readonly content: AttributeContent;
  readonly declaredType: string | undefined;
}

/** Content and declared type of the write, as it meets the attribute. */
function meaningOf(write: AttributeWrite, current: Attribute | undefined, entityIsNew: boolean): Meaning | undefined {
  const { content } = write;
  if (content.kind === 'operation') {
    const value = resultOf(write, content, current, entityIsNew);
    if (value === undefined) return undefined;
    const declaredType = declaredTypeOf(write, current, value);
    return { content: read(write, value, declaredType ?? defaultDeclaredType(value)), declaredType };
  }
  if (write.declaredType !== keepType) return { content, declaredType: write.declaredType };
  const value = jsonValueOf(content as Attribute);
  const declaredType = declaredTypeOf(write, current, value);
  // The dialect read the content under the default type: only under another one can it mean something else.
  if (declaredType === undefined || declaredType === defaultDeclaredType(value)) return { content, declaredType };
  return { content: write.readContent?.(write.name, value, declaredType) ?? content, declaredType };
}

function resultOf(
  write: AttributeWrite,
  operation: UpdateOperation,
  current: Attribute | undefined,
  entityIsNew: boolean,
): JsonValue | undefined {
  const value = current && jsonValueOf(current);
  if (operation.operator !== '$min' && operation.operator !== '$max') {
    return applyOperation(write.name, operation, value);
  }
  // What is compared has to be in one form: a client may write an instant in many.
  const declaredType = declaredTypeOf(write, current, operation.argument);
  const operand = read(write, operation.argument, declaredType ?? defaultDeclaredType(operation.argument));
  const argument = jsonValueOf(operand as Attribute);
  const start = operand.kind === 'property' && operand.valueType === 'DateTime' ? renderInstant(0) : 0;
  return applyOperation(write.name, { ...operation, argument }, entityIsNew ? start : value);
}

function read(write: AttributeWrite, value: JsonValue, declaredType: string): AttributeContent {
  return write.readContent?.(write.name, value, declaredType) ?? { kind: 'property', value };
}

function declaredTypeOf(write: AttributeWrite, current: Attribute | undefined, value: JsonValue): string | undefined {
  if (write.declaredType !== keepType) return write.declaredType;
  return current === undefined ? defaultDeclaredType(value) : current.declaredType;
}
