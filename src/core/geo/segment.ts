import type { Bounds } from './bounds.ts';

/** Places nearer than this, in degrees (a tenth of a millimetre on the ground), are one place. */
export const tolerance = 1e-9;

/** Far enough from a side to be off it, near enough to have nothing between: about a millimetre. */
export const besideDegrees = 10 * tolerance;

/** A straight side on the map of longitude (x) and latitude (y). */
export interface Segment {
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
}

/* Where many sides are looked at, they come as numbers: from (cx, cy) to (dx, dy). */

/** The smallest box around the side. */
export function boundsOfSide({ ax, ay, bx, by }: Segment): Bounds {
  return { west: Math.min(ax, bx), south: Math.min(ay, by), east: Math.max(ax, bx), north: Math.max(ay, by) };
}

/** Tells whether the place lies on the side, ends included. */
export function isBetween(x: number, y: number, cx: number, cy: number, dx: number, dy: number): boolean {
  if (x < Math.min(cx, dx) - tolerance || x > Math.max(cx, dx) + tolerance) return false;
  if (y < Math.min(cy, dy) - tolerance || y > Math.max(cy, dy) + tolerance) return false;
  const width = dx - cx;
  const height = dy - cy;
  const length = Math.sqrt(width * width + height * height);
  return length <= tolerance || Math.abs((x - cx) * height - (y - cy) * width) <= tolerance * length;
}

/** Tells whether the sides share a place. */
export function sidesMeet(side: Segment, cx: number, cy: number, dx: number, dy: number): boolean {
  if (liesBeside(side, cx, cy, dx, dy)) return false;
  const { ax, ay, bx, by } = side;
  return (
    crossingOf(side, cx, cy, dx, dy) !== undefined ||
    isBetween(ax, ay, cx, cy, dx, dy) ||
    isBetween(bx, by, cx, cy, dx, dy) ||
    isBetween(cx, cy, ax, ay, bx, by) ||
    isBetween(dx, dy, ax, ay, bx, by)
  );
}

/** Adds where the other side meets this one, as shares (0 to 1) of the way along it: a crossing, and ends that lie on it. */
export function addMeetings(found: number[], side: Segment, cx: number, cy: number, dx: number, dy: number): void {
  if (liesBeside(side, cx, cy, dx, dy)) return;
  const { ax, ay, bx, by } = side;
  const crossing = crossingOf(side, cx, cy, dx, dy);
  if (crossing !== undefined) found.push(crossing);
  if (isBetween(cx, cy, ax, ay, bx, by)) found.push(shareOf(cx, cy, side));
  if (isBetween(dx, dy, ax, ay, bx, by)) found.push(shareOf(dx, dy, side));
}

/** Tells whether the other side is wholly on one hand of the line that this one is a part of, or of the box around it. */
function liesBeside({ ax, ay, bx, by }: Segment, cx: number, cy: number, dx: number, dy: number): boolean {
  if (
    Math.min(ax, bx) > Math.max(cx, dx) + tolerance ||
    Math.min(cx, dx) > Math.max(ax, bx) + tolerance ||
    Math.min(ay, by) > Math.max(cy, dy) + tolerance ||
    Math.min(cy, dy) > Math.max(ay, by) + tolerance
  )
    return true;
  const width = bx - ax;
  const height = by - ay;
  const reach = 2 * tolerance * Math.sqrt(width * width + height * height);
  const first = (cx - ax) * height - (cy - ay) * width;
  const second = (dx - ax) * height - (dy - ay) * width;
  return (first > reach && second > reach) || (first < -reach && second < -reach);
}

function crossingOf({ ax, ay, bx, by }: Segment, cx: number, cy: number, dx: number, dy: number): number | undefined {
  const width = bx - ax;
  const height = by - ay;
  const otherWidth = dx - cx;
  const otherHeight = dy - cy;
  const denominator = width * otherHeight - height * otherWidth;
  if (denominator === 0) return undefined;
  const share = ((cx - ax) * otherHeight - (cy - ay) * otherWidth) / denominator;
  const otherShare = ((cx - ax) * height - (cy - ay) * width) / denominator;
  return share >= 0 && share <= 1 && otherShare >= 0 && otherShare <= 1 ? share : undefined;
}

function shareOf(x: number, y: number, { ax, ay, bx, by }: Segment): number {
  const width = bx - ax;
  const height = by - ay;
  const squared = width * width + height * height;
  return squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * width + (y - ay) * height) / squared));
}
