import type { Geometry } from 'geojson';
import type {
  Attribute,
  AttributeInstances,
  Entity,
  EpochMs,
  GeoProperty,
  Property,
} from '../../src/core/entity/entity.ts';
import type { JsonValue } from '../../src/core/json.ts';

/** The moment at which everything in tests happens, unless told otherwise. */
export const noon: EpochMs = Date.UTC(2026, 0, 31, 12);

export interface EntitySpec {
  readonly id?: string;
  readonly type?: string;
  readonly types?: readonly string[];
  readonly scope?: string;
  readonly scopes?: readonly string[];
  /** Properties by their plain values. */
  readonly values?: Readonly<Record<string, JsonValue>>;
  /** Any attributes; they follow those of `values`. */
  readonly attributes?:
    | Readonly<Record<string, Attribute | AttributeInstances>>
    | ReadonlyMap<string, Attribute | AttributeInstances>;
  readonly createdAt?: EpochMs;
  readonly modifiedAt?: EpochMs;
  readonly expiresAt?: EpochMs;
  readonly correlator?: string;
}

/** An entity of which only what matters to the test is said: `anEntity({ id: 'Room1', values: { temperature: 21 } })`. */
export function anEntity(spec: EntitySpec = {}): Entity {
  const attributes = new Map<string, AttributeInstances>();
  for (const [name, value] of Object.entries(spec.values ?? {})) attributes.set(name, [aProperty(value)]);
  for (const [name, attribute] of entriesOf(spec.attributes ?? {})) attributes.set(name, instancesOf(attribute));
  return {
    id: spec.id ?? 'Thing1',
    types: spec.types ?? [spec.type ?? 'Thing'],
    scopes: spec.scopes ?? [spec.scope ?? '/'],
    attributes,
    createdAt: spec.createdAt ?? noon,
    modifiedAt: spec.modifiedAt ?? noon,
    ...(spec.expiresAt === undefined ? {} : { expiresAt: spec.expiresAt }),
    ...(spec.correlator === undefined ? {} : { correlator: spec.correlator }),
  };
}

export interface AttributeSpec {
  readonly declaredType?: string;
  readonly valueType?: string;
  /** Metadata: any attributes, or the plain values of properties. */
  readonly metadata?: Readonly<Record<string, JsonValue>>;
  readonly subAttributes?: ReadonlyMap<string, Attribute>;
  readonly createdAt?: EpochMs;
  readonly modifiedAt?: EpochMs;
}

/** A property as an NGSIv2 client would have written it without naming a type. */
export function aProperty(value: JsonValue, spec: AttributeSpec = {}): Property {
  return {
    kind: 'property',
    value,
    declaredType: spec.declaredType ?? defaultTypeOf(value),
    ...(spec.valueType === undefined ? {} : { valueType: spec.valueType }),
    ...baseOf(spec),
  };
}

/** A `DateTime`: `2026-01-31T12:00:00.000Z`, or null. */
export function aDateTime(value: string | null, spec: AttributeSpec = {}): Property {
  return aProperty(value, { declaredType: 'DateTime', valueType: 'DateTime', ...spec });
}

/** A place, by its GeoJSON. */
export function aPlace(geometry: Geometry, spec: AttributeSpec = {}): GeoProperty {
  return { kind: 'geo', geometry, declaredType: spec.declaredType ?? 'geo:json', ...baseOf(spec) };
}

/** A point as GeoJSON has it: longitude, then latitude. */
export function aPoint(longitude: number, latitude: number): Geometry {
  return { type: 'Point', coordinates: [longitude, latitude] };
}

/** The area between two corners. */
export function aBox(west: number, south: number, east: number, north: number): Geometry {
  return {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  };
}

function baseOf(spec: AttributeSpec) {
  const subAttributes = new Map<string, Attribute>(spec.subAttributes);
  for (const [name, value] of Object.entries(spec.metadata ?? {})) subAttributes.set(name, aProperty(value));
  return {
    ...(subAttributes.size === 0 ? {} : { subAttributes }),
    createdAt: spec.createdAt ?? noon,
    modifiedAt: spec.modifiedAt ?? noon,
  };
}

function defaultTypeOf(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
      return 'Text';
    case 'number':
      return 'Number';
    case 'boolean':
      return 'Boolean';
    default:
      return value === null ? 'None' : 'StructuredValue';
  }
}

function entriesOf<Value>(named: Readonly<Record<string, Value>> | ReadonlyMap<string, Value>): [string, Value][] {
  return named instanceof Map ? [...named] : Object.entries(named);
}

function instancesOf(attribute: Attribute | AttributeInstances): AttributeInstances {
  return 'kind' in attribute ? [attribute] : attribute;
}
