/**
 * How many positions a geometry may have, in a query and where it is kept. A query is held against thousands of places, one
 * after the other; what is kept has room for the border of a country as maps have it.
 */
export const maxQueryPositions = 2000;
export const maxStoredPositions = 50_000;
