import type { Document } from 'mongodb';

/** What MongoDB is asked for in place of a condition on entities. */
export interface Candidates {
  readonly filter: Document;
  /** The filter finds what meets the condition and nothing else; otherwise it finds that and more, and `evaluate` decides. */
  readonly isExact: boolean;
}

/** Nothing meets it. */
export const nothing: Document = { $nor: [{}] };

/** Everything does. */
export const everything: Document = {};

export function exactly(filter: Document): Candidates {
  return { filter, isExact: true };
}

export function atMost(filter: Document): Candidates {
  return { filter, isExact: false };
}

export function allOf(parts: readonly Candidates[]): Candidates {
  const filters = parts.map(({ filter }) => filter).filter((filter) => !isEverything(filter));
  const [first = everything] = filters;
  return {
    filter: filters.length < 2 ? first : { $and: filters },
    isExact: parts.every(({ isExact }) => isExact),
  };
}

export function anyOf(parts: readonly Candidates[]): Candidates {
  const filters = parts.map(({ filter }) => filter);
  const [first = nothing] = filters;
  const isExact = parts.every((part) => part.isExact);
  if (filters.some(isEverything)) return { filter: everything, isExact };
  return { filter: filters.length < 2 ? first : { $or: filters }, isExact };
}

/** What does not meet an inexact condition cannot be told by its candidates: all is looked at. */
export function noneOf({ filter, isExact }: Candidates): Candidates {
  return isExact ? exactly({ $nor: [filter] }) : atMost(everything);
}

function isEverything(filter: Document): boolean {
  return Object.keys(filter).length === 0;
}
