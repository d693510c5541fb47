import type { Entity } from '../entity/entity.ts';
import { locationsOf } from '../geo/locations.ts';
import { metresFrom } from '../geo/metres-from.ts';
import { relates } from '../geo/relations.ts';
import type { JsonValue } from '../json.ts';
import { scopesMatch } from '../scope.ts';
import { parseMoment } from '../time/moment.ts';
import { compareNumbers, compareTargets, kindOf } from './compare-values.ts';
import { type Target, targetOf } from './path-values.ts';
import type { Comparison, EntitySelector, Filter, GeoFilter, Literal, Operand, Query } from './query.ts';

/** Tells whether the query is after this entity: by selector, scope and filter. Order and page are not this function's. */
export function matches(entity: Entity, query: Query): boolean {
  return (
    scopesMatch(query.scopes, entity.scopes) &&
    selects(query.selectors, entity) &&
    (query.filter === undefined || evaluate(query.filter, entity))
  );
}

/** Tells whether any selector covers the entity; no selector at all covers every entity. */
export function selects(selectors: readonly EntitySelector[], entity: Entity): boolean {
  return selectors.length === 0 || selectors.some((selector) => covers(selector, entity));
}

function covers({ ids, idPattern, types, typePattern }: EntitySelector, entity: Entity): boolean {
  return (
    (ids === undefined || ids.includes(entity.id)) &&
    (idPattern === undefined || idPattern.test(entity.id)) &&
    (types === undefined || types.some((type) => entity.types.includes(type))) &&
    (typePattern === undefined || entity.types.some((type) => typePattern.test(type)))
  );
}

/**
 * What a filter means: tells whether it holds for the entity.
 *
 * The plain form, to which every index and every compiled form is held. `Not` is the plain contrary: what needs a target or
 * a location does not hold without one, so its `Not` does. [V2 simple query language] [V2 geographical queries]
 */
export function evaluate(filter: Filter, entity: Entity): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((one) => evaluate(one, entity));
    case 'or':
      return filter.filters.some((one) => evaluate(one, entity));
    case 'not':
      return !evaluate(filter.filter, entity);
    case 'exists':
      return targetOf(filter.path, entity) !== undefined;
    case 'compare':
      return compares(filter, targetOf(filter.path, entity));
    case 'near':
    case 'geo':
      return isPlaced(filter, entity);
  }
}

/** Tells whether a comparison holds for what its path leads to. */
export function compares(comparison: Comparison, target: Target | undefined): boolean {
  if (target === undefined || (target.instant === null && target.alternatives === undefined)) return false;
  switch (comparison.operator) {
    case '==':
      return anyOf(target, (one) => comparison.operands.some((operand) => equals(one, operand)));
    case '!=':
      return !anyOf(target, (one) => comparison.operands.some((operand) => equals(one, operand)));
    case '~=':
      return anyOf(target, (one) => isMatched(one, comparison.pattern));
    case '!~=':
      return !anyOf(target, (one) => isMatched(one, comparison.pattern));
    default: {
      const { operator, operand } = comparison;
      return anyOf(target, (one) => {
        const compared = comparedWith(one, operand);
        return compared !== undefined && holds(operator, compared);
      });
    }
  }
}

/** The target itself or, of an array, any member; of several instances, any of them. */
function anyOf(target: Target, holdsFor: (one: Target) => boolean): boolean {
  if (target.alternatives !== undefined) {
    return target.alternatives.some(({ value, instant }) => {
      return instant !== null && anyOf(instant === undefined ? { value } : { value, instant }, holdsFor);
    });
  }
  if (!Array.isArray(target.value)) return holdsFor(target);
  return target.value.some((value: JsonValue) => holdsFor({ value }));
}

function equals(one: Target, operand: Operand): boolean {
  if (operand.kind !== 'range') return comparedWith(one, operand) === 0;
  const fromStart = comparedWith(one, operand.from);
  const fromEnd = comparedWith(one, operand.to);
  return fromStart !== undefined && fromEnd !== undefined && fromStart >= 0 && fromEnd <= 0;
}

/** The order of the target and the literal; undefined where they are not of one kind. */
function comparedWith(one: Target, literal: Literal): number | undefined {
  if (literal.kind === 'moment') {
    const moment = momentOf(one);
    return moment === undefined ? undefined : compareNumbers(moment, literal.value);
  }
  return kindOf(one) === literal.kind ? compareTargets(one, targetOfLiteral(literal)) : undefined;
}

function momentOf({ value, instant }: Target): number | undefined {
  if (typeof instant === 'number') return instant;
  return typeof value === 'string' ? parseMoment(value) : undefined;
}

function isMatched(one: Target, pattern: { test(text: string): boolean }): boolean {
  return kindOf(one) === 'text' && typeof one.value === 'string' && pattern.test(one.value);
}

function holds(operator: '<' | '<=' | '>' | '>=', compared: number): boolean {
  switch (operator) {
    case '<':
      return compared < 0;
    case '<=':
      return compared <= 0;
    case '>':
      return compared > 0;
    case '>=':
      return compared >= 0;
  }
}

/** A literal in the shape of a target, so that one order compares both. */
export function targetOfLiteral(literal: Literal): Target {
  switch (literal.kind) {
    case 'null':
      return { value: null };
    case 'instant':
    case 'moment':
      return { value: literal.value, instant: literal.value };
    default:
      return { value: literal.value };
  }
}

function isPlaced(filter: GeoFilter, entity: Entity): boolean {
  const locations = locationsOf(entity, filter.attribute);
  if (filter.kind === 'geo') {
    const { relation, geometry } = filter;
    // To be apart from a place is to be there with no part of it; every other relation holds if one location has it.
    if (relation === 'disjoint')
      return locations.length > 0 && locations.every((one) => relates(one, relation, geometry));
    return locations.some((one) => relates(one, relation, geometry));
  }
  const { minDistance = 0, maxDistance = Number.POSITIVE_INFINITY } = filter;
  return locations.some((location) => {
    const distance = metresFrom(filter, location);
    return distance >= minDistance && distance <= maxDistance;
  });
}
