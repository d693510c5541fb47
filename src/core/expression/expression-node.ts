import type { Transform } from './transforms/transform.ts';

/** An expression as it was read. */
export type ExpressionNode =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** What the context has under a name. */
  | { readonly kind: 'name'; readonly name: string }
  /** A member of the item that the filter around it looks at: `.price` in `offers[.price < 10]`. */
  | { readonly kind: 'relative'; readonly name: string }
  | { readonly kind: 'member'; readonly subject: ExpressionNode; readonly name: string }
  | { readonly kind: 'index'; readonly subject: ExpressionNode; readonly index: ExpressionNode }
  /** The items of a list for which the condition, which looks at them by relative names, holds. */
  | { readonly kind: 'filter'; readonly subject: ExpressionNode; readonly condition: ExpressionNode }
  | { readonly kind: 'array'; readonly items: readonly ExpressionNode[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: ExpressionNode])[] }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: ExpressionNode }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    }
  /** Without `then` it gives what was tested: `a ?: b`. */
  | {
      readonly kind: 'conditional';
      readonly test: ExpressionNode;
      readonly then: ExpressionNode | undefined;
      readonly otherwise: ExpressionNode;
    }
  | {
      readonly kind: 'transform';
      readonly transform: Transform;
      readonly input: ExpressionNode;
      readonly args: readonly ExpressionNode[];
    };

export type UnaryOperator = '!' | '-';

export type BinaryOperator = keyof typeof precedences;

/** Higher binds tighter; equal ones group from the left. Those of JEXL, where `&&` and `||` are equals. */
export const precedences = {
  '||': 10,
  '&&': 10,
  '==': 20,
  '!=': 20,
  '<': 20,
  '<=': 20,
  '>': 20,
  '>=': 20,
  in: 20,
  '+': 30,
  '-': 30,
  '*': 40,
  '/': 40,
  '//': 40,
  '%': 50,
  '^': 50,
} as const;

/** The nodes right below a node. */
export function childrenOf(node: ExpressionNode): readonly ExpressionNode[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
    case 'relative':
      return [];
    case 'member':
      return [node.subject];
    case 'index':
      return [node.subject, node.index];
    case 'filter':
      return [node.subject, node.condition];
    case 'array':
      return node.items;
    case 'object':
      return node.members.map(([, value]) => value);
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'conditional':
      return node.then === undefined ? [node.test, node.otherwise] : [node.test, node.then, node.otherwise];
    case 'transform':
      return [node.input, ...node.args];
  }
}
