import { BSONRegExp } from 'mongodb';
import type { Comparison, Literal, Operand } from '../../../../core/query/query.ts';
import type { TextPattern } from '../../../../core/query/text-pattern.ts';
import { encodeText } from '../form/text-form.ts';
import { anyOf, atMost, type Candidates, exactly, nothing } from './candidates.ts';

/**
 * A comparison with what a field holds: a scalar, or an array any element of which may satisfy it. MongoDB compares within one kind
 * as `evaluate` does, numbers by size and texts by code point. Of `!=` and `!~=`, which say the contrary, it is what they deny.
 */
export function compileComparison(field: string, comparison: Comparison): Candidates {
  switch (comparison.operator) {
    case '==':
    case '!=':
      return anyOf(comparison.operands.map((operand) => equals(field, operand)));
    case '~=':
    case '!~=':
      return matches(field, comparison.pattern);
    default:
      return ordered(field, comparison.operator, comparison.operand);
  }
}

function equals(field: string, operand: Operand): Candidates {
  if (operand.kind !== 'range') return equalsLiteral(field, operand);
  const { from, to } = operand;
  if (from.kind === 'moment' || to.kind === 'moment') return aMoment(field);
  if (from.kind !== to.kind || from.kind === 'null')
    return from.kind === to.kind ? equalsLiteral(field, from) : exactly(nothing);
  const bounds = { $gte: plainValue(from), $lte: plainValue(to) };
  // Of an array one element must lie between both, not one above the one and another below the other.
  return exactly({
    $or: [
      { $and: [{ [field]: bounds }, { [field]: { $not: { $type: 'array' } } }] },
      { [field]: { $elemMatch: bounds } },
    ],
  });
}

function equalsLiteral(field: string, literal: Literal): Candidates {
  if (literal.kind === 'moment') return aMoment(field);
  if (literal.kind === 'null') return exactly({ [field]: { $type: 'null' } });
  return exactly({ [field]: { $eq: plainValue(literal) } });
}

function ordered(field: string, operator: '<' | '<=' | '>' | '>=', literal: Literal): Candidates {
  if (literal.kind === 'moment') return aMoment(field);
  if (literal.kind === 'null') return operator.length === 2 ? equalsLiteral(field, literal) : exactly(nothing);
  return exactly({ [field]: { [operators[operator]]: plainValue(literal) } });
}

const operators = { '<': '$lt', '<=': '$lte', '>': '$gt', '>=': '$gte' } as const;

/** An instant, or a text that may name a moment: which one it is, MongoDB cannot tell. */
function aMoment(field: string): Candidates {
  return atMost({ $or: [{ [field]: { $type: 'date' } }, { [field]: { $regex: '^\\d{4}-\\d{2}-\\d{2}' } }] });
}

function plainValue(literal: Literal): number | string | boolean | Date | null {
  switch (literal.kind) {
    case 'text':
      return encodeText(literal.value);
    case 'instant':
    case 'moment':
      return new Date(literal.value);
    case 'null':
      return null;
    default:
      return literal.value;
  }
}

/** Texts that the pattern matches. What is more than a text to look for is left to the linear engine of the core. */
export function matches(field: string, { literal, prefix }: TextPattern): Candidates {
  if (literal !== undefined && !literal.text.includes('\0')) {
    const { startsAnchored, endsAnchored } = literal;
    const text = encodeText(literal.text);
    if (startsAnchored && endsAnchored) return exactly({ [field]: { $eq: text } });
    const source = `${startsAnchored ? '^' : ''}${quoted(text)}${endsAnchored ? '\\z' : ''}`;
    return exactly({ [field]: new BSONRegExp(source) });
  }
  if (prefix === undefined || prefix.includes('\0')) return atMost({ [field]: { $type: 'string' } });
  return atMost({ [field]: startingWith(encodeText(prefix)) });
}

/** Texts that begin so: a stretch of an index. */
export function startingWith(text: string): BSONRegExp {
  return new BSONRegExp(`^${quoted(text)}`);
}

function quoted(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
