import type { Attribute, EpochMs } from '../entity/entity.ts';
import { equalContent } from './equal-content.ts';
import type { SubAttributeWrite } from './mutation.ts';

type SubAttributes = ReadonlyMap<string, Attribute>;

/**
 * The metadata of an attribute after a write; the current map itself where nothing of it differs.
 *
 * Metadata are sticky: what the write does not name stays, unless it overrides. What stays keeps its place and its times,
 * what is new follows in the client's order; an override takes the client's order. [V2 metadata update semantics]
 */
export function writeSubAttributes(
  current: SubAttributes | undefined,
  writes: ReadonlyMap<string, SubAttributeWrite> | undefined,
  override: boolean,
  moment: EpochMs,
): SubAttributes | undefined {
  if (!override && (writes === undefined || repeats(current, writes))) return current;
  const result = new Map(override ? undefined : current);
  let differs = false;
  for (const [name, write] of writes ?? []) {
    const before = current?.get(name);
    const after = writeSubAttribute(before, write, moment);
    differs ||= after !== before;
    result.set(name, after);
  }
  if (!differs && result.size === (current?.size ?? 0)) return current;
  return result.size === 0 ? undefined : result;
}

/** A device says its unit with every reading: nothing is made anew for that. */
function repeats(current: SubAttributes | undefined, writes: ReadonlyMap<string, SubAttributeWrite>): boolean {
  for (const [name, write] of writes) {
    const before = current?.get(name);
    if (before === undefined || !isAs(before, write)) return false;
  }
  return true;
}

function isAs(current: Attribute, { content, declaredType }: SubAttributeWrite): boolean {
  return current.declaredType === declaredType && equalContent(current, content);
}

function writeSubAttribute(current: Attribute | undefined, write: SubAttributeWrite, moment: EpochMs): Attribute {
  if (current !== undefined && isAs(current, write)) return current;
  const { content, declaredType } = write;
  return {
    ...content,
    ...(declaredType !== undefined && { declaredType }),
    createdAt: current?.createdAt ?? moment,
    modifiedAt: moment,
  };
}
