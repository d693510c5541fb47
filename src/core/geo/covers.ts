import type { Bounds } from './bounds.ts';
import { isAlong, isOn } from './meets.ts';
import { everyPiece, type Piece, piecesOf } from './pieces.ts';
import { isInAny, pointInPolygon } from './point-in-polygon.ts';
import { nearTo, type Run, sidesOf } from './run.ts';
import { tolerance } from './segment.ts';
import type { Area, Shape } from './shape.ts';
import type { Steps } from './steps.ts';

/**
 * Tells whether every place of `inner` is one of `outer`.
 *
 * The sides of both cut each other into pieces; a piece, and the area right beside it, lies wholly in or wholly out, so one
 * place of each is looked at.
 */
export function covers(outer: Shape, inner: Shape, steps: Steps): boolean {
  if (!boundsHold(outer.bounds, inner.bounds)) return false;
  if (outer.isBox) return true;
  return (
    inner.points.every((point) => isOn(point, outer, steps)) &&
    inner.lines.every(({ runs }) => runs.every((run) => coversRun(outer, run, steps))) &&
    inner.areas.every((area) => coversArea(outer, area, steps))
  );
}

function coversRun(outer: Shape, run: Run, steps: Steps): boolean {
  return everyPiece(run, nearTo(run.bounds, outer.runs, steps), steps, ({ middle, length }) =>
    length <= tolerance ? isOn(middle, outer, steps) : isAlong(middle, outer, steps),
  );
}

function coversArea(outer: Shape, inner: Area, steps: Steps): boolean {
  const areas = nearTo(inner.bounds, outer.areas, steps);
  const border = areas.flatMap(({ runs }) => nearTo(inner.bounds, runs, steps));
  return (
    inner.runs.every((run) => holdsRun(areas, border, inner, run, steps)) &&
    border.every((run) => leavesNothingBeside(areas, border, inner, run, steps))
  );
}

/** Tells whether a run of the inner border lies in the areas, with what is of the inner area right beside it. */
function holdsRun(areas: readonly Area[], border: readonly Run[], inner: Area, run: Run, steps: Steps): boolean {
  const around = nearTo(run.bounds, areas, steps);
  return everyPiece(run, nearTo(run.bounds, border, steps), steps, (piece) => {
    const where = around.map((area) => pointInPolygon(piece.middle, area, steps));
    return where.includes('inside') || (where.includes('border') && isFilled(around, inner, piece, steps));
  });
}

/** Tells whether nothing of the inner area is beside a run of the outer border but what is of an outer area too. */
function leavesNothingBeside(
  areas: readonly Area[],
  border: readonly Run[],
  inner: Area,
  run: Run,
  steps: Steps,
): boolean {
  const near = nearTo(run.bounds, inner.runs, steps);
  if (everyPiece(run, near, steps, ({ middle }) => pointInPolygon(middle, inner, steps) === 'outside')) return true;
  const around = nearTo(run.bounds, areas, steps);
  const others = [...near, ...nearTo(run.bounds, border, steps)];
  return sidesOf(run).every((side) =>
    piecesOf(side, others, steps).every((piece) => isFilled(around, inner, piece, steps)),
  );
}

/** Tells whether what is of the inner area right beside the piece is of the outer areas too. */
function isFilled(areas: readonly Area[], inner: Area, { beside }: Piece, steps: Steps): boolean {
  return beside.every((place) => pointInPolygon(place, inner, steps) !== 'inside' || isInAny(place, areas, steps));
}

function boundsHold(outer: Bounds, inner: Bounds): boolean {
  return (
    outer.west <= inner.west + tolerance &&
    outer.south <= inner.south + tolerance &&
    outer.east >= inner.east - tolerance &&
    outer.north >= inner.north - tolerance
  );
}
