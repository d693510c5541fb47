import type { Position } from 'geojson';
import { boundsMeet } from './bounds.ts';
import { isInAny } from './point-in-polygon.ts';
import { nearTo, type Run, sidesOf } from './run.ts';
import { boundsOfSide, isBetween, sidesMeet, tolerance } from './segment.ts';
import type { Shape } from './shape.ts';
import type { Steps } from './steps.ts';

/** Tells whether the two share a place. */
export function meets(a: Shape, b: Shape, steps: Steps): boolean {
  if (!boundsMeet(a.bounds, b.bounds, tolerance)) return false;
  return bordersMeet(a, b, steps) || hasPlaceIn(a, b, steps) || hasPlaceIn(b, a, steps);
}

/** Tells whether the place is one of the shape's. */
export function isOn(place: Position, shape: Shape, steps: Steps): boolean {
  const [x = Number.NaN, y = Number.NaN] = place;
  steps.take(shape.points.length);
  return (
    shape.points.some(([px = 0, py = 0]) => Math.abs(px - x) <= tolerance && Math.abs(py - y) <= tolerance) ||
    isAlong(place, shape, steps)
  );
}

/** Tells whether the place is on a line of the shape or in an area of it: what a piece of a side can lie in. */
export function isAlong(place: Position, { lines, areas }: Shape, steps: Steps): boolean {
  return lines.some(({ runs }) => runs.some((run) => isOnRun(place, run, steps))) || isInAny(place, areas, steps);
}

function isOnRun([x = Number.NaN, y = Number.NaN]: Position, run: Run, steps: Steps): boolean {
  steps.take(1);
  if (!boundsMeet(run.bounds, { west: x, south: y, east: x, north: y }, tolerance)) return false;
  steps.take(run.places.length / 2);
  return sidesOf(run).some(({ ax, ay, bx, by }) => isBetween(x, y, ax, ay, bx, by));
}

function bordersMeet(a: Shape, b: Shape, steps: Steps): boolean {
  const candidates = nearTo(a.bounds, b.runs, steps);
  return nearTo(b.bounds, a.runs, steps).some((run) =>
    nearTo(run.bounds, candidates, steps).some((other) => runsMeet(run, other, steps)),
  );
}

function runsMeet(run: Run, other: Run, steps: Steps): boolean {
  const { places } = other;
  for (const side of sidesOf(run)) {
    steps.take(1);
    if (!boundsMeet(boundsOfSide(side), other.bounds, tolerance)) continue;
    steps.take(places.length / 2);
    for (let at = 3; at < places.length; at += 2) {
      const cx = places[at - 3] as number;
      const cy = places[at - 2] as number;
      if (sidesMeet(side, cx, cy, places[at - 1] as number, places[at] as number)) return true;
    }
  }
  return false;
}

/** Where no sides meet, a line or ring of `a` lies wholly in `b` or wholly out of it: one place tells. */
function hasPlaceIn(a: Shape, b: Shape, steps: Steps): boolean {
  return (
    a.points.some((place) => isOn(place, b, steps)) ||
    a.lines.some(({ start }) => isInAny(start, b.areas, steps)) ||
    a.areas.some(({ rings }) => rings.some(({ start }) => isInAny(start, b.areas, steps)))
  );
}
