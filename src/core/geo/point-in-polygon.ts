import type { Position } from 'geojson';
import { isBetween, tolerance } from './segment.ts';
import type { Area } from './shape.ts';
import { Steps } from './steps.ts';

/**
 * Where a place lies with respect to an area; the borders of holes are borders.
 *
 * Counts the sides that a ray to the east crosses, over all rings at once. A run that lies wholly on one side of the place
 * is looked at as a whole. Cost: by runs of the area and by positions of those that the place is beside; without allocation.
 */
export function pointInPolygon(
  point: Position,
  area: Area,
  steps: Steps = new Steps(),
): 'inside' | 'border' | 'outside' {
  const [x = Number.NaN, y = Number.NaN] = point;
  const above = y + tolerance;
  const below = y - tolerance;
  let inside = false;
  steps.take(area.runs.length);
  for (const { places, bounds } of area.runs) {
    if (bounds.south > above || bounds.north < below || bounds.east < x - tolerance) continue;
    if (bounds.west > x + tolerance) {
      // However often the run turns, what counts is whether it ends on the other side of the ray than it begins.
      if ((places[1] as number) > y !== (places[places.length - 1] as number) > y) inside = !inside;
      continue;
    }
    steps.take(places.length / 2);
    let ax = places[0] as number;
    let ay = places[1] as number;
    for (let at = 2; at < places.length; at += 2) {
      const bx = places[at] as number;
      const by = places[at + 1] as number;
      if (!((ay > above && by > above) || (ay < below && by < below))) {
        if (isBetween(x, y, ax, ay, bx, by)) return 'border';
        if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
      }
      ax = bx;
      ay = by;
    }
  }
  return inside ? 'inside' : 'outside';
}

/** Tells whether the place is in any of the areas, borders included. */
export function isInAny(place: Position, areas: readonly Area[], steps: Steps): boolean {
  return areas.some((area) => pointInPolygon(place, area, steps) !== 'outside');
}
