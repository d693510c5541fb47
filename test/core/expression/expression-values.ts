import type { Effort } from '../../../src/core/expression/effort.ts';
import {
  compileExpression,
  type ExpressionContext,
  evaluateExpression,
} from '../../../src/core/expression/expression.ts';
import type { JsonValue } from '../../../src/core/json.ts';

/** 2024-08-01T09:31:02Z. */
export const now = 1_722_504_662_000;

/** A context in which these names mean these values. */
export function contextOf(values: Readonly<Record<string, JsonValue>> = {}): ExpressionContext {
  const names = new Map(Object.entries(values));
  return { now, lookup: (name) => names.get(name) };
}

/** The value of an expression. */
export function evaluate(source: string, values: Readonly<Record<string, JsonValue>> = {}, effort?: Effort): JsonValue {
  return evaluateExpression(compileExpression(source), contextOf(values), effort);
}
