import type { Bounds } from '../../../../core/geo/bounds.ts';

/*
 * Points as numbers along a curve (the Z-order) that keeps neighbours together: the bits of longitude and latitude by turns,
 * 26 of each, which is half a metre. A square of the grid that halves the world again and again is one stretch of the curve, so
 * the ordered index that serves numbers serves places too.
 */

const bitsPerAxis = 26;
const cellsPerAxis = 2 ** bitsPerAxis;

/** A stretch of the curve: from `low`, up to but without `high`. */
export interface CurveRange {
  readonly low: number;
  readonly high: number;
}

/** The point's place on the curve. Points beyond the map count as at its edge. */
export function curvePlace(longitude: number, latitude: number): number {
  return placeOfCell(columnOf(longitude), rowOf(latitude));
}

function placeOfCell(x: number, y: number): number {
  // Two halves of 13 bits each, since bit operations end at 32.
  return interleave(x >>> 13, y >>> 13) * 2 ** 26 + interleave(x & 0x1fff, y & 0x1fff);
}

function columnOf(longitude: number): number {
  return clamp(Math.floor(((longitude + 180) / 360) * cellsPerAxis));
}

function rowOf(latitude: number): number {
  return clamp(Math.floor(((latitude + 90) / 180) * cellsPerAxis));
}

function clamp(cell: number): number {
  return Math.max(0, Math.min(cellsPerAxis - 1, cell));
}

function interleave(x: number, y: number): number {
  return (spread(x) | (spread(y) << 1)) >>> 0;
}

/** Puts a zero between any two of the lower 13 bits. */
function spread(bits: number): number {
  let spreadBits = bits;
  spreadBits = (spreadBits | (spreadBits << 8)) & 0x00ff00ff;
  spreadBits = (spreadBits | (spreadBits << 4)) & 0x0f0f0f0f;
  spreadBits = (spreadBits | (spreadBits << 2)) & 0x33333333;
  return (spreadBits | (spreadBits << 1)) & 0x55555555;
}

interface Square {
  readonly x: number;
  readonly y: number;
  /** Cells along a side. */
  readonly side: number;
  /** The part of the curve inside the square begins here and is `side` squared long. */
  readonly low: number;
  /** All of it lies within the bounds, or it cannot be cut up. */
  readonly isWhole: boolean;
}

/** Squares along the border from which on none is cut up further: the more, the closer the stretches fit. */
const enoughSquares = 16;

/** Stretches of the curve that hold every point within the bounds, in order and apart; a few, so they hold others as well. */
export function curveRanges(bounds: Bounds): CurveRange[] {
  const west = columnOf(bounds.west);
  const east = columnOf(bounds.east);
  const south = rowOf(bounds.south);
  const north = rowOf(bounds.north);
  if (bounds.west > bounds.east || bounds.south > bounds.north) return [];

  // The quarters of a square follow each other on the curve, so that these stay in its order.
  let squares: Square[] = [squareAround(west, east, south, north)];
  for (;;) {
    const next: Square[] = [];
    let partial = 0;
    for (const square of squares) {
      if (square.isWhole) {
        next.push(square);
        continue;
      }
      const half = square.side / 2;
      for (let quarter = 0; quarter < 4; quarter++) {
        const x = square.x + (quarter & 1) * half;
        const y = square.y + (quarter >> 1) * half;
        if (x > east || y > north || x + half <= west || y + half <= south) continue;
        const isInside = x >= west && x + half - 1 <= east && y >= south && y + half - 1 <= north;
        if (!isInside) partial++;
        next.push({ x, y, side: half, low: square.low + quarter * half * half, isWhole: isInside });
      }
    }
    if (partial === 0 || partial > enoughSquares) return joined(next);
    squares = next;
  }
}

/** The smallest square of the grid that holds these columns and rows: those above it are cut up to no other end. */
function squareAround(west: number, east: number, south: number, north: number): Square {
  const side = 2 ** (32 - Math.clz32((west ^ east) | (south ^ north)));
  const x = west - (west % side);
  const y = south - (south % side);
  return { x, y, side, low: placeOfCell(x, y), isWhole: side === 1 };
}

/** Squares that follow each other, as one stretch. */
function joined(squares: readonly Square[]): CurveRange[] {
  const ranges: CurveRange[] = [];
  let low = Number.NaN;
  let high = Number.NaN;
  for (const square of squares) {
    if (square.low !== high) {
      if (high > low) ranges.push({ low, high });
      low = square.low;
    }
    high = square.low + square.side * square.side;
  }
  if (high > low) ranges.push({ low, high });
  return ranges;
}
