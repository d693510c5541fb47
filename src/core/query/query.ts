import type { Geometry, Position } from 'geojson';
import type { EpochMs } from '../entity/entity.ts';
import type { ScopePattern } from '../scope.ts';
import type { TextPattern } from './text-pattern.ts';

/** One question to a store, whichever dialect asked it. `evaluate` says what it means for one entity. */
export interface Query {
  /** Any of them must cover the entity; none at all covers every entity. */
  readonly selectors: readonly EntitySelector[];
  /** Any of them must cover one of the entity's scopes; none at all covers every scope. */
  readonly scopes: readonly ScopePattern[];
  readonly filter?: Filter;
  /** Ties, and an empty list, fall back to the order of creation, which is total. */
  readonly order: readonly OrderKey[];
  readonly offset: number;
  /** 0 asks for no entity: for the count alone. */
  readonly limit: number;
  /** Continue after this place instead of counting `offset` from the start. Only with the order of creation. */
  readonly after?: Cursor;
  /** Ask for the number of all matches, whatever the limit. */
  readonly count: boolean;
}

/** Place in the order of creation: the `sequence` of the last entity seen. */
export interface Cursor {
  readonly sequence: number;
}

/** All that is given must hold. */
export interface EntitySelector {
  /** Any of these ids. */
  readonly ids?: readonly string[];
  readonly idPattern?: TextPattern;
  /** Any of these types. */
  readonly types?: readonly string[];
  readonly typePattern?: TextPattern;
}

export type Filter = And | Or | Not | Comparison | Existence | GeoFilter;

export interface And {
  readonly kind: 'and';
  readonly filters: readonly Filter[];
}

export interface Or {
  readonly kind: 'or';
  readonly filters: readonly Filter[];
}

export interface Not {
  readonly kind: 'not';
  readonly filter: Filter;
}

/** What a filter or an order looks at. */
export type Path = AttributePath | BuiltinPath;

export interface AttributePath {
  readonly kind: 'attribute';
  readonly attribute: string;
  /** Into metadata (sub-attributes), outermost first; empty for the attribute itself. */
  readonly subAttributes: readonly string[];
  /** Into the JSON value, outermost first; empty for the whole value. */
  readonly members: readonly string[];
  /**
   * `any`: of an attribute with several instances, a comparison holds if it holds for one of them (and its contrary if it holds
   * for none). Absent: the default instance alone counts, as it always does in an order. [LD 4.9]
   */
  readonly instances?: 'any';
}

/**
 * What the broker knows of every entity, or of an attribute of it. `createdAt`, `modifiedAt`, `expiresAt` and `dueAt` are instants;
 * `dueAt` is the first moment at which the entity, or anything of it, ceases to exist (see `dueAtOf`).
 */
export interface BuiltinPath {
  readonly kind: 'builtin';
  readonly name: 'id' | 'type' | 'scope' | 'createdAt' | 'modifiedAt' | 'expiresAt' | 'dueAt';
  /** Of this attribute instead of the entity: `createdAt`, `modifiedAt` and `expiresAt` only. */
  readonly attribute?: string;
}

/** Absent targets never match, whatever the operator: `!=` asks for a target that is there and differs. */
export type Comparison = EqualityComparison | OrderComparison | PatternComparison;

export interface EqualityComparison {
  readonly kind: 'compare';
  readonly path: Path;
  /** `==`: the target, or a member of an array target, equals any operand or lies in a range. `!=`: the contrary, for a target that is there. */
  readonly operator: '==' | '!=';
  /** At least one. */
  readonly operands: readonly Operand[];
}

export interface OrderComparison {
  readonly kind: 'compare';
  readonly path: Path;
  /** Compares within one kind only: a number never compares with a text. Any member of an array target may satisfy it. */
  readonly operator: '<' | '<=' | '>' | '>=';
  readonly operand: Literal;
}

export interface PatternComparison {
  readonly kind: 'compare';
  readonly path: Path;
  /** `~=`: a text target, or a text member of an array target, is matched somewhere by the pattern. `!~=`: the contrary, for a target that is there. */
  readonly operator: '~=' | '!~=';
  readonly pattern: TextPattern;
}

export type Operand = Literal | Range;

/** Both ends belong to the range and are of one kind: number, text, instant or moment. */
export interface Range {
  readonly kind: 'range';
  readonly from: Literal;
  readonly to: Literal;
}

/**
 * An `instant` equals only targets that are instants: properties of value type `DateTime`, and built-in times. A `moment` compares
 * with these and with texts that name a date or a date-time in full (`parseMoment`), by time. [LD 4.9]
 */
export type Literal =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'instant'; readonly value: EpochMs }
  | { readonly kind: 'moment'; readonly value: EpochMs };

/** The target is there, whatever its value, null included. Its contrary is `Not`. */
export interface Existence {
  readonly kind: 'exists';
  readonly path: Path;
}

export type GeoFilter = NearFilter | GeoRelationFilter;

/**
 * Which geo attribute is looked at: the named one, in any of its instances, or, absent, the entity's default location (see
 * `locationsOf`).
 */
export interface NearFilter {
  readonly kind: 'near';
  readonly attribute?: string;
  readonly center: Position;
  /** Measure from this geometry instead of from the center. [LD 4.10] */
  readonly reference?: Geometry;
  /** Metres on the sphere, both ends included. */
  readonly maxDistance?: number;
  readonly minDistance?: number;
}

export interface GeoRelationFilter {
  readonly kind: 'geo';
  readonly attribute?: string;
  readonly relation: 'coveredBy' | 'intersects' | 'equals' | 'disjoint' | 'contains' | 'overlaps';
  readonly geometry: Geometry;
}

export interface OrderKey {
  readonly by: Path | DistanceKey;
  readonly descending: boolean;
  /**
   * Given: values stand in the order of NGSI-LD (number < text < object < array < boolean < instant < null < absent), texts as the
   * collation with this BCP 47 tag has them. Absent: in the order of `compareTargets`. [LD 4.23]
   */
  readonly collation?: string;
}

/** Distance of the entity's location from a place, nearest first. */
export interface DistanceKey {
  readonly kind: 'distance';
  readonly center: Position;
  /** As in `NearFilter`. */
  readonly reference?: Geometry;
  readonly attribute?: string;
}
