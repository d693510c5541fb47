import type { Condition } from './condition.ts';
import type { SlotCursor } from './index-cursor.ts';
import type { Leg, SlotSet } from './leg.ts';
import type { Partition } from './partition.ts';
import type { ScanTask } from './scan-plan.ts';
import { inPlace, late } from './top-rows.ts';

/** How a stretch of visits ended: all were made, or the leg has nothing more to offer. */
export interface Stretch {
  readonly visits: number;
  readonly isLegOver: boolean;
}

/** Visits the next slots of a leg, that many at most, and offers those that match to the list of the best. */
export function visit(
  cursor: SlotCursor,
  leg: Leg,
  task: ScanTask,
  after: number,
  seen: SlotSet | undefined,
  most: number,
): Stretch {
  let visits = 0;
  while (visits < most) {
    if (cursor.place >= cursor.stop && !cursor.advance()) return { visits, isLegOver: true };
    const from = cursor.place;
    const stop = Math.min(cursor.stop, from + most - visits);
    const isOver =
      task.readers.length === 0
        ? visitInCreationOrder(cursor, stop, leg, task, after, seen)
        : visitInOrder(cursor, stop, leg, task, seen);
    visits += cursor.place - from;
    if (isOver) return { visits, isLegOver: true };
  }
  return { visits, isLegOver: false };
}

/** The best are the first created. True where the leg has nothing more to offer. */
function visitInCreationOrder(
  cursor: SlotCursor,
  stop: number,
  { sorted }: Leg,
  { partition, condition, top }: ScanTask,
  after: number,
  seen: SlotSet | undefined,
): boolean {
  const { slots } = cursor;
  const { values } = partition.sequences;
  const { next, test } = condition;
  let limit = top.sequenceLimit();
  let slotLimit = slotLimitOf(top, partition);
  let { place } = cursor;
  let isOver = false;
  while (place < stop) {
    isOver = sorted === 'exact' && (values[slots[place] as number] as number) >= limit;
    if (isOver) break;
    // Where a slot alone does not say that it comes too late, its sequence does, before a test that may be costly.
    const asksSequence = limit < Number.POSITIVE_INFINITY && slotLimit === Number.POSITIVE_INFINITY;
    place =
      next === undefined || asksSequence
        ? nextByTest(test, slots, place, stop, slotLimit, values, limit)
        : next(slots, place, stop, slotLimit);
    if (place >= stop) break;
    const slot = slots[place++] as number;
    const sequence = values[slot] as number;
    if (sequence >= limit || sequence <= after || seen?.add(slot) === false) continue;
    top.add(partition, slot, []);
    limit = top.sequenceLimit();
    slotLimit = slotLimitOf(top, partition);
  }
  cursor.place = place;
  return isOver;
}

/** As `Condition.next`, leaving out slots whose sequence is not below the limit. */
function nextByTest(
  test: Condition['test'],
  slots: Uint32Array,
  from: number,
  stop: number,
  slotLimit: number,
  sequences: Float64Array,
  limit: number,
): number {
  for (let place = from; place < stop; place++) {
    const slot = slots[place] as number;
    if (slot < slotLimit && (sequences[slot] as number) < limit && test(slot)) return place;
  }
  return stop;
}

/**
 * Slots from this on are too late for the list, if that can be told of a slot alone. Most of the candidates for a crowded place
 * are, and their sequences, of which each is a look into another part of the memory, need not be read (bench: `near`).
 */
function slotLimitOf({ worst }: ScanTask['top'], partition: Partition): number {
  return partition.slotsAscend && worst?.partition === partition ? worst.slot : Number.POSITIVE_INFINITY;
}

function visitInOrder(
  cursor: SlotCursor,
  stop: number,
  { sorted, test: belongs }: Leg,
  { partition, condition, readers, top }: ScanTask,
  seen: SlotSet | undefined,
): boolean {
  const { slots } = cursor;
  const { values } = partition.sequences;
  const { test } = condition;
  while (cursor.place < stop) {
    const slot = slots[cursor.place++] as number;
    if (belongs !== undefined && !belongs(slot)) continue;
    const verdict = top.judge(slot, values[slot] as number, readers);
    if (verdict === inPlace) {
      if (test(slot) && seen?.add(slot) !== false) top.add(partition, slot, readers);
    } else if (sorted === 'exact' || (sorted === 'firstKey' && verdict === late)) return true;
  }
  return false;
}

/** The same where every match counts, so that the leg's order is of no use. Returns the visits and the matches among them. */
export function visitAll(
  cursor: SlotCursor,
  { partition, condition, readers, top }: ScanTask,
  after: number,
  seen: SlotSet | undefined,
  most: number,
): Stretch & { readonly matches: number } {
  const { test } = condition;
  let visits = 0;
  let matches = 0;
  while (visits < most) {
    if (cursor.place >= cursor.stop && !cursor.advance()) return { visits, matches, isLegOver: true };
    const { slots } = cursor;
    const stop = Math.min(cursor.stop, cursor.place + most - visits);
    visits += stop - cursor.place;
    for (; cursor.place < stop; cursor.place++) {
      const slot = slots[cursor.place] as number;
      if (!test(slot) || seen?.add(slot) === false) continue;
      matches++;
      const sequence = partition.sequences.at(slot);
      if (sequence > after && top.judge(slot, sequence, readers) === inPlace) top.add(partition, slot, readers);
    }
  }
  return { visits, matches, isLegOver: false };
}
