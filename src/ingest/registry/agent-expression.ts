import { compileExpression, type Expression } from '../../core/expression/expression.ts';
import { ExpressionError } from '../../core/expression/expression-error.ts';
import { agentTransforms } from '../../core/expression/transforms/agent-transforms.ts';
import { wrongSyntax } from '../iot-refusal.ts';

/** An expression of a provisioned device or group. Refuses with `wrongSyntax`; `where` names the member. [IoTA expression language] */
export function compileAgentExpression(source: string, where: string): Expression {
  try {
    return compileExpression(source, agentTransforms);
  } catch (error) {
    if (error instanceof ExpressionError) throw wrongSyntax(`${where} is no expression: ${error.message}`);
    throw error;
  }
}

/** As `compileAgentExpression` where the text may as well be no expression; undefined then. */
export function expressionIn(text: string): Expression | undefined {
  try {
    return compileExpression(text, agentTransforms);
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}
