import type { Position } from 'geojson';
import { type Bounds, boundsMeet, boundsOfStretch } from './bounds.ts';
import { besideDegrees, type Segment } from './segment.ts';
import type { Steps } from './steps.ts';

/** A stretch of consecutive sides of a line or ring. */
export interface Run {
  /** Longitude and latitude of one position after the other; each two positions in a row are the ends of a side. */
  readonly places: readonly number[];
  readonly bounds: Bounds;
}

/** Few enough that looking at all of them costs little, many enough that few boxes stand for a long line. */
const sidesPerRun = 32;

/**
 * The sides of a line or ring in stretches. What follows each other lies near each other, so the boxes of the stretches are
 * small and tell of most sides that they need not be looked at. A single position is one side without length.
 */
export function runsOf(line: readonly Position[]): Run[] {
  const runs: Run[] = [];
  const last = line.length - 1;
  for (let from = 0; from < Math.max(last, 1); from += sidesPerRun) {
    const to = Math.min(from + sidesPerRun, last);
    runs.push({ places: placesOf(line, from, to), bounds: boundsOfStretch(line, from, to) });
  }
  return runs;
}

function placesOf(line: readonly Position[], from: number, to: number): number[] {
  const places: number[] = [];
  for (let at = from; at <= Math.max(to, from + 1); at++) {
    const [longitude = 0, latitude = 0] = line[Math.min(at, to)] ?? [];
    places.push(longitude, latitude);
  }
  return places;
}

/** The sides, one by one. Cost: an object for each; where only some are looked at, `places` has them without. */
export function sidesOf({ places }: Run): Segment[] {
  const sides: Segment[] = [];
  for (let at = 3; at < places.length; at += 2) {
    sides.push({
      ax: places[at - 3] as number,
      ay: places[at - 2] as number,
      bx: places[at - 1] as number,
      by: places[at] as number,
    });
  }
  return sides;
}

/** Those whose box shares a place with this one or is right beside it. */
export function nearTo<Bounded extends { readonly bounds: Bounds }>(
  bounds: Bounds,
  all: readonly Bounded[],
  steps: Steps,
): Bounded[] {
  steps.take(all.length);
  const near: Bounded[] = [];
  for (const one of all) if (boundsMeet(one.bounds, bounds, besideDegrees)) near.push(one);
  return near;
}
