import type { Geometry, Position } from 'geojson';
import { type Bounds, boundsOf, joined } from '../view/middle-of.ts';
import { html, type Markup } from './html.ts';
import type { Words } from './words.ts';

const width = 800;
const margin = 24;

/** Positions of lines and areas that are drawn of one place, at most: a coast of thousands looks the same. */
const maxPositions = 400;

/** One place on the map and what it is called. */
export interface MappedPlace {
  readonly geometry: Geometry;
  readonly name: string;
}

/** A map drawn by itself: the places, a grid of degrees and a scale, without tiles from elsewhere; undefined for no places. */
export function renderMap(places: readonly MappedPlace[], words: Words): Markup | undefined {
  let bounds: Bounds | undefined;
  for (const { geometry } of places) bounds = joined(bounds, boundsOf(geometry));
  if (bounds === undefined) return undefined;
  const view = new MapView(bounds);
  const caption = words.mapOf(places.length);
  return html`<figure><svg viewBox="0 0 ${width} ${view.height}" role="img" aria-label="${caption}">
${view.grid()}${places.map(({ geometry, name }) => drawn(geometry, name, view))}${view.scale()}
</svg><figcaption>${caption}</figcaption></figure>`;
}

/** Degrees on paper: true in its middle, which for a city is true enough. */
class MapView {
  readonly height: number;
  readonly #west: number;
  readonly #north: number;
  readonly #perDegree: number;
  readonly #shrink: number;
  readonly #bounds: Bounds;

  constructor([west, south, east, north]: Bounds) {
    // A single point gets some surroundings.
    const [wide, high] = [Math.max(east - west, 0.01), Math.max(north - south, 0.01)];
    const [middleX, middleY] = [(west + east) / 2, (south + north) / 2];
    this.#shrink = Math.max(Math.cos((middleY * Math.PI) / 180), 0.05);
    const ratio = high / (wide * this.#shrink);
    this.height = Math.round(Math.min(Math.max(ratio, 0.4), 1.1) * (width - 2 * margin) + 2 * margin);
    this.#perDegree = Math.min((width - 2 * margin) / (wide * this.#shrink), (this.height - 2 * margin) / high);
    this.#west = middleX - width / 2 / (this.#perDegree * this.#shrink);
    this.#north = middleY + this.height / 2 / this.#perDegree;
    this.#bounds = [
      this.#west,
      this.#north - this.height / this.#perDegree,
      this.#west + width / (this.#perDegree * this.#shrink),
      this.#north,
    ];
  }

  x(longitude: number): number {
    return rounded((longitude - this.#west) * this.#perDegree * this.#shrink);
  }

  y(latitude: number): number {
    return rounded((this.#north - latitude) * this.#perDegree);
  }

  grid(): Markup[] {
    const [west, south, east, north] = this.#bounds;
    const step = niceStep((north - south) / 4);
    const lines: Markup[] = [];
    for (let at = Math.ceil(west / step) * step; at < east; at += step) {
      const x = this.x(at);
      lines.push(
        html`<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${this.height}"/><text x="${x + 3}" y="${this.height - 6}">${degrees(at, step)}° </text>`,
      );
    }
    for (let at = Math.ceil(south / step) * step; at < north; at += step) {
      const y = this.y(at);
      lines.push(
        html`<line class="grid" x1="0" x2="${width}" y1="${y}" y2="${y}"/><text x="3" y="${y - 3}">${degrees(at, step)}°</text>`,
      );
    }
    return lines;
  }

  scale(): Markup {
    const metresPerPixel = 111_195 / this.#perDegree;
    const length = niceStep(metresPerPixel * 140);
    const pixels = rounded(length / metresPerPixel);
    const label = length >= 1000 ? `${length / 1000} km` : `${length} m`;
    return html`<line class="scale" x1="${width - margin - pixels}" x2="${width - margin}" y1="${margin}" y2="${margin}"/><text x="${width - margin}" y="${margin - 6}" text-anchor="end">${label}</text>`;
  }
}

function drawn(geometry: Geometry, name: string, view: MapView): Markup | Markup[] {
  switch (geometry.type) {
    case 'Point':
      return dot(geometry.coordinates, name, view);
    case 'MultiPoint':
      return geometry.coordinates.map((position) => dot(position, name, view));
    case 'LineString':
      return outline('way', [geometry.coordinates], name, view);
    case 'MultiLineString':
      return outline('way', geometry.coordinates, name, view);
    case 'Polygon':
      return outline('area', geometry.coordinates, name, view);
    case 'MultiPolygon':
      return outline('area', geometry.coordinates.flat(), name, view);
    case 'GeometryCollection':
      return geometry.geometries.flatMap((part) => drawn(part, name, view));
  }
}

function dot([x = 0, y = 0]: Position, name: string, view: MapView): Markup {
  return html`<circle class="place" cx="${view.x(x)}" cy="${view.y(y)}" r="4"><title>${name}</title></circle>`;
}

function outline(kind: 'way' | 'area', lines: readonly (readonly Position[])[], name: string, view: MapView): Markup {
  const every = Math.max(1, Math.ceil(lines.reduce((sum, line) => sum + line.length, 0) / maxPositions));
  const way = lines.map((line) => {
    const kept = line.filter((_, place) => place % every === 0 || place === line.length - 1);
    return `M${kept.map(([x = 0, y = 0]) => `${view.x(x)} ${view.y(y)}`).join('L')}${kind === 'area' ? 'Z' : ''}`;
  });
  return html`<path class="${kind}" fill-rule="evenodd" d="${way.join('')}"><title>${name}</title></path>`;
}

/** 1, 2 or 5 with zeros, near the size. */
export function niceStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const digit = size / power;
  return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
}

function degrees(at: number, step: number): string {
  return at.toFixed(Math.max(0, -Math.floor(Math.log10(step))));
}

function rounded(number: number): number {
  return Math.round(number * 10) / 10;
}
