import type { EpochMs } from '../../../core/entity/entity.ts';
import { invalidRequest } from '../../../core/errors.ts';
import { Effort } from '../../../core/expression/effort.ts';
import { compileExpression, type Expression, evaluateExpression } from '../../../core/expression/expression.ts';
import { ExpressionError } from '../../../core/expression/expression-error.ts';
import type { Condition } from '../../../core/subscription/condition.ts';
import { changeContext } from './change-context.ts';
import { changeOfCondition } from './changed-entity.ts';

/** What judging one change may cost: every update waits for it. A few milliseconds at worst. */
const conditionEffort = 100_000;

/**
 * A `jexlExpression`, which sees what macros see and holds where its value is `true`. Refuses what is no expression: it would
 * never hold, and nobody would be told. `now` is asked when a condition is judged. [V2 subscription subject condition]
 */
export function compileCondition(source: string, now: () => EpochMs): Condition {
  const expression = compile(source);
  return {
    source,
    test: (context) => {
      const changed = changeOfCondition(context, now());
      return evaluateExpression(expression, changeContext(changed), new Effort(conditionEffort)) === true;
    },
  };
}

function compile(source: string): Expression {
  try {
    return compileExpression(source);
  } catch (error) {
    if (error instanceof ExpressionError) throw invalidRequest(`invalid jexlExpression: ${error.message}`);
    throw error;
  }
}
