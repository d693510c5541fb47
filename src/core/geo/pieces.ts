import type { Position } from 'geojson';
import { boundsMeet } from './bounds.ts';
import { type Run, sidesOf } from './run.ts';
import { addMeetings, besideDegrees, boundsOfSide, type Segment, tolerance } from './segment.ts';
import type { Steps } from './steps.ts';

/** A part of a side that no other side cuts or leaves. */
export interface Piece {
  readonly length: number;
  readonly middle: Position;
  /** A place right beside the middle, on either hand. */
  readonly beside: readonly [Position, Position];
}

/**
 * Tells whether the condition holds for every piece into which the sides of `others` cut those of the run.
 *
 * It has to depend only on where a piece lies among the others: sides that follow one another with nothing meeting them lie
 * in the same place, so the condition is asked once for all of them.
 */
export function everyPiece(run: Run, others: readonly Run[], steps: Steps, holds: (piece: Piece) => boolean): boolean {
  let isKnown = false;
  for (const side of sidesOf(run)) {
    if (isKnown && others.length === 0) break;
    const cuts = cutsOf(side, others, steps);
    const isWhole = cuts.length === 2;
    if (isWhole && isKnown) continue;
    if (!piecesBetween(cuts, side).every(holds)) return false;
    isKnown = isWhole;
  }
  return true;
}

/** The pieces into which the sides of `others` cut the side. Pieces too short to have a place of their own are left out. */
export function piecesOf(side: Segment, others: readonly Run[], steps: Steps): Piece[] {
  return piecesBetween(cutsOf(side, others, steps), side);
}

function piecesBetween(cuts: readonly number[], side: Segment): Piece[] {
  const { ax, ay, bx, by } = side;
  const dx = bx - ax;
  const dy = by - ay;
  const length = Math.hypot(dx, dy);
  const pieces: Piece[] = [];
  for (let at = 1; at < cuts.length; at++) {
    const from = cuts[at - 1] ?? 0;
    const to = cuts[at] ?? 1;
    if (length > tolerance && (to - from) * length <= 2 * besideDegrees) continue;
    const x = ax + ((from + to) / 2) * dx;
    const y = ay + ((from + to) / 2) * dy;
    const offX = length === 0 ? besideDegrees : (-dy / length) * besideDegrees;
    const offY = length === 0 ? 0 : (dx / length) * besideDegrees;
    pieces.push({
      length: (to - from) * length,
      middle: [x, y],
      beside: [
        [x + offX, y + offY],
        [x - offX, y - offY],
      ],
    });
  }
  return pieces;
}

/** Where the side begins, is met and ends, as shares of its length, in order. */
function cutsOf(side: Segment, others: readonly Run[], steps: Steps): number[] {
  const cuts = [0, 1];
  const bounds = boundsOfSide(side);
  steps.take(others.length);
  for (const { places, bounds: around } of others) {
    if (!boundsMeet(around, bounds, tolerance)) continue;
    steps.take(places.length / 2);
    for (let at = 3; at < places.length; at += 2) {
      addMeetings(
        cuts,
        side,
        places[at - 3] as number,
        places[at - 2] as number,
        places[at - 1] as number,
        places[at] as number,
      );
    }
  }
  return cuts.sort((a, b) => a - b);
}
