import type { ConditionRule } from './mapping.ts';
import { compileColumn, type Row, textOf } from './row.ts';

export type Condition = (row: Row) => boolean;

/** All columns must hold what the rule says of them; texts are compared without blanks around them. */
export function compileCondition(rule: ConditionRule): Condition {
  const tests = Object.entries(rule).map(([column, expected]): Condition => {
    const read = compileColumn(column);
    const negated = typeof expected === 'object' && !Array.isArray(expected);
    const texts = new Set([negated ? expected.not : expected].flat());
    return (row) => texts.has(textOf(read(row))) !== negated;
  });
  return (row) => tests.every((test) => test(row));
}
