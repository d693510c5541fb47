import type { Geometry } from 'geojson';
import RBush from 'rbush';
import { type Bounds, boundsOf } from '../../../../core/geo/bounds.ts';
import type { IndexMode } from './index-mode.ts';
import { curvePlace, curveRanges } from './location-cells.ts';
import { type IndexRange, NumberIndex } from './ordered-index.ts';
import type { SlotNumbers } from './slot-numbers.ts';

/** The box around a place that is more than a point. */
interface Extent {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly slot: number;
}

/** Where an entity of a slot may be, for a bounding box. */
export interface PlacesWithin {
  readonly ranges: readonly IndexRange[];
  readonly slots: readonly number[];
  /** About how many there are. */
  readonly size: number;
}

/**
 * Slots by place. Points, which most places are, lie on a curve in an ordered index; lines and areas lie, by their bounding
 * boxes, in an R-tree. About 30 bytes a point.
 */
export class LocationIndex {
  private readonly points: NumberIndex;
  private longitudes = new Float64Array(0);
  private latitudes = new Float64Array(0);
  private readonly tree = new RBush<Extent>();
  private readonly extents = new Map<number, Extent>();
  /** Slots whose place lies off the map, or nowhere: boxes say nothing of it. */
  private readonly strays = new Set<number>();

  constructor(sequences: SlotNumbers, mode: IndexMode) {
    this.points = new NumberIndex(sequences, mode);
  }

  /** Slots with a place. */
  get size(): number {
    return this.points.size + this.extents.size + this.strays.size;
  }

  /** The share of places that are no points. */
  get extentShare(): number {
    return 1 - this.points.size / Math.max(1, this.size);
  }

  /** Sorts in what has waited for the end of a load. */
  settle(): void {
    this.points.settle();
  }

  set(slot: number, geometry: Geometry | undefined): void {
    const bounds = geometry === undefined ? undefined : boundsOf(geometry);
    const isOnMap = bounds !== undefined && isWithin(bounds, theMap);
    const isPoint = isOnMap && geometry?.type === 'Point' && geometry.coordinates.length === 2;
    this.setPoint(slot, isPoint ? bounds.west : Number.NaN, isPoint ? bounds.south : Number.NaN);
    this.setExtent(slot, isOnMap && !isPoint ? bounds : undefined);
    if (bounds !== undefined && !isOnMap) this.strays.add(slot);
    else this.strays.delete(slot);
  }

  private setPoint(slot: number, longitude: number, latitude: number): void {
    const before = this.longitudeAt(slot);
    const latitudeBefore = this.latitudeAt(slot);
    if (Object.is(before, longitude) && Object.is(latitudeBefore, latitude)) return;
    if (!Number.isNaN(before)) this.points.remove(curvePlace(before, latitudeBefore), slot);
    if (slot >= this.longitudes.length) {
      this.longitudes = grown(this.longitudes, slot);
      this.latitudes = grown(this.latitudes, slot);
    }
    this.longitudes[slot] = longitude;
    this.latitudes[slot] = latitude;
    if (!Number.isNaN(longitude)) this.points.insert(curvePlace(longitude, latitude), slot);
  }

  private setExtent(slot: number, bounds: Bounds | undefined): void {
    const before = this.extents.get(slot);
    if (before !== undefined) {
      if (bounds !== undefined && isSame(before, bounds)) return;
      this.tree.remove(before);
      this.extents.delete(slot);
    }
    if (bounds === undefined) return;
    const extent = { minX: bounds.west, minY: bounds.south, maxX: bounds.east, maxY: bounds.north, slot };
    this.extents.set(slot, extent);
    this.tree.insert(extent);
  }

  /** `NaN` where the slot's place is not a point of two coordinates. */
  longitudeAt(slot: number): number {
    return slot < this.longitudes.length ? (this.longitudes[slot] as number) : Number.NaN;
  }

  latitudeAt(slot: number): number {
    return slot < this.latitudes.length ? (this.latitudes[slot] as number) : Number.NaN;
  }

  /** Tells whether the slot has a place. */
  has(slot: number): boolean {
    return !Number.isNaN(this.longitudeAt(slot)) || this.extents.has(slot) || this.strays.has(slot);
  }

  /**
   * All slots whose place may meet the given box. Costs some looks at where blocks of points begin, some seeks where points are few,
   * and the lines and areas that meet it.
   */
  within(bounds: Bounds): PlacesWithin {
    const points = this.pointsWithin(bounds);
    if (this.extents.size + this.strays.size === 0) return { ...points, slots: noSlots };
    const slots = [...this.extentsWithin(bounds), ...this.strays];
    return { ranges: points.ranges, slots, size: points.size + slots.length };
  }

  private pointsWithin(bounds: Bounds): Pick<PlacesWithin, 'ranges' | 'size'> {
    const { points } = this;
    if (points.size === 0) return { ranges: [], size: 0 };
    const stretches = curveRanges(bounds);
    let guess = 0;
    for (const { low, high } of stretches) guess += points.guessBetween(low, high);
    // What is about to be looked at one by one is worth a closer look.
    const isGuessed = guess > manyPoints;
    const ranges: IndexRange[] = [];
    let size = 0;
    for (const { low, high } of stretches) {
      const range = {
        index: points,
        low: { key: low, sequence: Number.NEGATIVE_INFINITY },
        high: { key: high, sequence: Number.NEGATIVE_INFINITY },
      };
      const found = isGuessed ? 1 : points.estimateRange(range.low, range.high);
      if (found === 0) continue;
      size += found;
      ranges.push(range as unknown as IndexRange);
    }
    return { ranges, size: isGuessed ? guess : size };
  }

  private extentsWithin({ west, south, east, north }: Bounds): number[] {
    if (this.extents.size === 0 || west > east) return [];
    return this.tree.search({ minX: west, minY: south, maxX: east, maxY: north }).map(({ slot }) => slot);
  }

  /** The first place from `from` on, before `stop`, whose slot is below `below` and may meet the given box; `stop` where there is none. */
  nextWithin(bounds: Bounds, slots: Uint32Array, from: number, stop: number, below: number): number {
    const { longitudes, latitudes } = this;
    const { west, south, east, north } = bounds;
    const reach = longitudes.length;
    const arePoints = this.extents.size + this.strays.size === 0;
    for (let place = from; place < stop; place++) {
      const slot = slots[place] as number;
      if (slot >= below) continue;
      if (slot < reach) {
        const longitude = longitudes[slot] as number;
        const latitude = latitudes[slot] as number;
        // One number says how far out of the box, so that there is one branch, which is seldom taken: of four, each would be a guess.
        const out = Math.max(west - longitude, longitude - east, south - latitude, latitude - north);
        if (out <= 0) return place;
        if (out > 0 || arePoints) continue;
      }
      if (!arePoints && this.mayMeet(slot, bounds)) return place;
    }
    return stop;
  }

  /** Tells whether the slot's bounding box may meet the given one. */
  mayMeet(slot: number, bounds: Bounds): boolean {
    const longitude = this.longitudeAt(slot);
    if (!Number.isNaN(longitude)) {
      const latitude = this.latitudeAt(slot);
      return (
        longitude >= bounds.west && longitude <= bounds.east && latitude >= bounds.south && latitude <= bounds.north
      );
    }
    const extent = this.extents.get(slot);
    if (extent === undefined) return this.strays.has(slot);
    return (
      extent.minX <= bounds.east &&
      extent.maxX >= bounds.west &&
      extent.minY <= bounds.north &&
      extent.maxY >= bounds.south
    );
  }
}

/** Points of which it does not matter to know the number exactly: they are seldom looked at one by one. */
const manyPoints = 1000;

const noSlots: readonly number[] = [];

const theMap: Bounds = { west: -180, south: -90, east: 180, north: 90 };

/** False for what has no positions. */
function isWithin({ west, south, east, north }: Bounds, outer: Bounds): boolean {
  return west >= outer.west && west <= east && east <= outer.east && south >= outer.south && north <= outer.north;
}

function isSame({ minX, minY, maxX, maxY }: Extent, { west, south, east, north }: Bounds): boolean {
  return minX === west && minY === south && maxX === east && maxY === north;
}

function grown(values: Float64Array, slot: number): Float64Array<ArrayBuffer> {
  const capacity = Math.max(slot + 1, Math.ceil(values.length * 1.5));
  const larger = new Float64Array(capacity).fill(Number.NaN, values.length);
  larger.set(values);
  return larger;
}
