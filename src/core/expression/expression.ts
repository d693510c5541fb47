import type { EpochMs } from '../entity/entity.ts';
import type { JsonValue } from '../json.ts';
import { Effort, EffortExceeded } from './effort.ts';
import { evaluateNode } from './evaluate-node.ts';
import type { ExpressionNode } from './expression-node.ts';
import { payFor } from './json-limits.ts';
import { parseExpression } from './parse-expression.ts';
import type { TransformVocabulary } from './transforms/transforms.ts';

/** An expression that a client wrote, read once. */
export interface Expression {
  /** As the client wrote it. */
  readonly source: string;
  readonly root: ExpressionNode;
}

/** What an expression can look at. */
export interface ExpressionContext {
  readonly now: EpochMs;
  /** What a name stands for; undefined where it stands for nothing. */
  lookup(name: string): JsonValue | undefined;
}

/** What one evaluation may cost where nothing else is said: a tenth of a second at worst. */
const defaultEffort = 2_000_000;

/**
 * Reads an expression. Throws an `ExpressionError` where the text is none. `vocabulary`: the transformations there are, those
 * of NGSIv2 unless told otherwise. [V2 JEXL support]
 */
export function compileExpression(source: string, vocabulary?: TransformVocabulary): Expression {
  return { source, root: parseExpression(source, vocabulary) };
}

/**
 * The value of an expression: null where it has none, as where it asks for more than it may. Never throws.
 *
 * What comes out can be written as JSON. It costs what it takes as text, so that a short expression cannot make a long one
 * unpaid. [V2 failsafe cases]
 */
export function evaluateExpression(
  { root }: Expression,
  context: ExpressionContext,
  effort: Effort = new Effort(defaultEffort),
): JsonValue {
  const evaluation = { now: context.now, effort, lookup: (name: string) => context.lookup(name) };
  try {
    const value = evaluateNode(root, evaluation, undefined) ?? null;
    return payFor(value, effort) ? value : null;
  } catch (error) {
    if (error instanceof EffortExceeded) return null;
    throw error;
  }
}
