import type { Bounds } from '../../../../core/geo/bounds.ts';

/*
 * Places as texts: the world is cut into quarters again and again, and a square is named by the quarters that lead to it, `0` to
 * `3` each (south-west, south-east, north-west, north-east). A square lies in another if its name begins with the other's, so an
 * index of texts finds what lies in a square, and what a square lies in.
 */

/** Quarters that lead to the smallest squares: half a metre. */
const depth = 26;
const cellsPerAxis = 2 ** depth;

/** Squares that cover an area asked for, at most: the more, the closer they fit. */
const enoughSquares = 16;

/** At most four squares that hold the bounds, none much larger than these; the whole world, `''`, where they are nowhere. */
export function cellsOf(bounds: Bounds): readonly string[] {
  if (isNowhere(bounds)) return [''];
  const { west, east, south, north } = gridOf(bounds);
  let side = 1;
  let level = depth;
  while (
    Math.floor(east / side) - Math.floor(west / side) > 1 ||
    Math.floor(north / side) - Math.floor(south / side) > 1
  ) {
    side *= 2;
    level--;
  }
  const cells = new Set<string>();
  for (const x of [west, east])
    for (const y of [south, north]) cells.add(nameOf(Math.floor(x / side), Math.floor(y / side), level));
  return [...cells];
}

/** A few squares that hold everything within the bounds, none of them within another. */
export function coveringCells(bounds: Bounds): readonly string[] {
  if (isNowhere(bounds)) return [];
  const { west, east, south, north } = gridOf(bounds);
  const whole: string[] = [];
  let partial = [{ x: 0, y: 0, side: cellsPerAxis, name: '' }];
  for (;;) {
    const next: typeof partial = [];
    for (const { x, y, side, name } of partial) {
      const isInside = x >= west && x + side - 1 <= east && y >= south && y + side - 1 <= north;
      if (isInside || side === 1) {
        whole.push(name);
        continue;
      }
      const half = side / 2;
      for (let quarter = 0; quarter < 4; quarter++) {
        const qx = x + (quarter & 1) * half;
        const qy = y + (quarter >> 1) * half;
        const isApart = qx > east || qy > north || qx + half <= west || qy + half <= south;
        if (!isApart) next.push({ x: qx, y: qy, side: half, name: `${name}${quarter}` });
      }
    }
    if (next.length === 0) return whole;
    if (whole.length + next.length > enoughSquares)
      return [...whole, ...partial.map(({ name }) => name).filter((name) => !whole.includes(name))];
    partial = next;
  }
}

function isNowhere({ west, east, south, north }: Bounds): boolean {
  return !(west <= east && south <= north);
}

function gridOf({ west, east, south, north }: Bounds) {
  return { west: columnOf(west), east: columnOf(east), south: rowOf(south), north: rowOf(north) };
}

function columnOf(longitude: number): number {
  return clamp(Math.floor(((longitude + 180) / 360) * cellsPerAxis));
}

function rowOf(latitude: number): number {
  return clamp(Math.floor(((latitude + 90) / 180) * cellsPerAxis));
}

/** What lies beyond the map counts as at its edge. */
function clamp(cell: number): number {
  return Math.max(0, Math.min(cellsPerAxis - 1, cell));
}

function nameOf(x: number, y: number, level: number): string {
  let name = '';
  for (let bit = level - 1; bit >= 0; bit--) name += ((x >> bit) & 1) + 2 * ((y >> bit) & 1);
  return name;
}
