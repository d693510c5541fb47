import { isJsonObject, type JsonValue } from '../json.ts';
import { evaluateBinary, evaluateUnary, isTruthy } from './evaluate-operator.ts';
import type { ExpressionNode } from './expression-node.ts';
import type { Evaluation } from './transforms/transform.ts';

/** An evaluation, and what the names in it mean. */
export interface NamedEvaluation extends Evaluation {
  lookup(name: string): JsonValue | undefined;
}

/**
 * The value of a node; undefined where it has none: a name that is not defined, an operator that makes nothing of its
 * operands. That spreads to what is made of it, except where something else can take its place (`||`, `&&`, `?:`, `!=`).
 *
 * Only what is a value's own can be reached, members and items: nothing that JavaScript puts behind them. `item` is what the
 * filter around looks at. Throws `EffortExceeded`.
 */
export function evaluateNode(
  node: ExpressionNode,
  evaluation: NamedEvaluation,
  item: JsonValue | undefined,
): JsonValue | undefined {
  evaluation.effort.spend(unitsPerStep);
  const evaluated = (child: ExpressionNode): JsonValue | undefined => evaluateNode(child, evaluation, item);
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'name':
      return evaluation.lookup(node.name);
    case 'relative':
      return memberOf(item, node.name);
    case 'member':
      return memberOf(evaluated(node.subject), node.name);
    case 'index':
      return itemOf(evaluated(node.subject), evaluated(node.index));
    case 'filter':
      return filtered(evaluated(node.subject), node.condition, evaluation);
    case 'array':
      return node.items.map((child) => evaluated(child) ?? null);
    case 'object':
      return Object.fromEntries(node.members.map(([name, child]) => [name, evaluated(child) ?? null]));
    case 'unary':
      return evaluateUnary(node.operator, evaluated(node.operand));
    case 'binary': {
      const left = evaluated(node.left);
      if (node.operator === '||') return isTruthy(left) ? left : evaluated(node.right);
      if (node.operator === '&&') return isTruthy(left) ? evaluated(node.right) : left;
      return evaluateBinary(node.operator, left, evaluated(node.right), evaluation.effort);
    }
    case 'conditional': {
      const test = evaluated(node.test);
      if (!isTruthy(test)) return evaluated(node.otherwise);
      return node.then === undefined ? test : evaluated(node.then);
    }
    case 'transform': {
      const input = evaluated(node.input);
      const args = node.args.map(evaluated);
      if (input === undefined || !args.every((arg) => arg !== undefined)) return undefined;
      return node.transform(input, args, evaluation);
    }
  }
}

/** What a step of evaluation costs beside what it looks at and makes. */
const unitsPerStep = 8;

/** Null where an object does not have it, and for anything that is no object. */
function memberOf(subject: JsonValue | undefined, name: string): JsonValue | undefined {
  if (subject === undefined) return undefined;
  return isJsonObject(subject) && Object.hasOwn(subject, name) ? subject[name] : null;
}

/** By position from 0, or by name; null where there is nothing. */
function itemOf(subject: JsonValue | undefined, index: JsonValue | undefined): JsonValue | undefined {
  if (subject === undefined || index === undefined) return undefined;
  if (typeof index === 'string') return memberOf(subject, index);
  return typeof index === 'number' && isArray(subject) ? (subject[index] ?? null) : null;
}

/** The items for which the condition holds; what is no list is a list of itself. */
function filtered(
  subject: JsonValue | undefined,
  condition: ExpressionNode,
  evaluation: NamedEvaluation,
): JsonValue | undefined {
  if (subject === undefined) return undefined;
  const items = isArray(subject) ? subject : [subject];
  return items.filter((item) => isTruthy(evaluateNode(condition, evaluation, item)));
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
