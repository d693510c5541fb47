import { invalidRequest } from '../../core/errors.ts';
import type { Comparison, Filter, Literal, Path } from '../../core/query/query.ts';
import { compileTextPattern, PatternError } from '../../core/query/text-pattern.ts';
import { attributePath, metadataPath } from './builtin-names.ts';
import type { FilterLanguage } from './filter-expression.ts';
import { hasOutsideQuotes, parseLiteral, parseOperands } from './filter-value.ts';
import { hasForbiddenCharacter, type TextRules } from './text-rules.ts';

/** Operators, longest first, and what they mean. */
const operators = [
  ['==', '=='],
  ['~=', '~='],
  ['!=', '!='],
  ['>=', '>='],
  ['<=', '<='],
  ['<', '<'],
  ['>', '>'],
  [':', '=='],
] as const;

/** Where an operator may begin: nearly every character is none of these, and nothing else is asked of it. */
const operatorStart = /[=~!<>:']/g;

type Operator = (typeof operators)[number][1];

/** Operators that compare sizes, under the names that error texts give them. */
const orderNames = {
  '<': 'LessThan',
  '<=': 'LessThanOrEqual',
  '>': 'GreaterThan',
  '>=': 'GreaterThanOrEqual',
} as const;

/** One statement of a filter, trimmed and not empty; its grammar stands with `parseFilterExpression`. */
export function parseStatement(language: FilterLanguage, text: string, rules: TextRules): Filter {
  if (text.startsWith('!')) {
    return { kind: 'not', filter: { kind: 'exists', path: parseUnary(language, text.slice(1).trim(), rules) } };
  }
  const found = findOperator(text);
  if (found === undefined) return { kind: 'exists', path: parseUnary(language, text, rules) };
  const { left, operator, right } = found;
  if (left === '') throw invalidRequest('empty left-hand-side in q-item');
  checkLeft(language, left, rules);
  if (right === '') throw invalidRequest('empty right-hand-side in q-item');
  return parseComparison(operator, right, rules, () => parsePath(language, left));
}

/** The path is wrong only after the value is right: so the reference implementation looks. */
function parseComparison(operator: Operator, right: string, rules: TextRules, path: () => Path): Comparison {
  switch (operator) {
    case '==':
    case '!=': {
      const operands = parseOperands(right, rules);
      return { kind: 'compare', path: path(), operator, operands };
    }
    case '~=': {
      const pattern = parsePattern(right, rules);
      return { kind: 'compare', path: path(), operator, pattern };
    }
    default: {
      const operand = parseSize(operator, right, rules);
      return { kind: 'compare', path: path(), operator, operand };
    }
  }
}

function findOperator(text: string): { left: string; operator: Operator; right: string } | undefined {
  let quoted = false;
  for (let index = nextStart(text, 0); index !== -1; index = nextStart(text, index + 1)) {
    if (text[index] === "'") quoted = !quoted;
    if (quoted) continue;
    const found = operators.find(([symbol]) => text.startsWith(symbol, index));
    // What is followed by `=` and is no operator with it is no operator without it either.
    if (found === undefined || (found[0].length === 1 && text[index + 1] === '=')) continue;
    const [symbol, operator] = found;
    return { left: text.slice(0, index).trim(), operator, right: text.slice(index + symbol.length).trim() };
  }
  return undefined;
}

function nextStart(text: string, from: number): number {
  operatorStart.lastIndex = from;
  return operatorStart.test(text) ? operatorStart.lastIndex - 1 : -1;
}

function parseUnary(language: FilterLanguage, path: string, rules: TextRules): Path {
  checkLeft(language, path, rules);
  if (path === '') throw invalidRequest('empty right-hand-side in q-item');
  if (!quotedTokens.test(path)) throw invalidRequest('forbidden characters in String Filter');
  const [, metadata] = tokensOf(path);
  if (language === 'mq' && metadata === undefined) throw invalidRequest('no metadata in right-hand-side of q-item');
  return parsePath(language, path);
}

/** Tokens between dots, each either without quotes or in quotes as a whole. */
const quotedTokens = /^(?:'[^']*'|[^'.]*)(?:\.(?:'[^']*'|[^'.]*))*$/;

function checkLeft(language: FilterLanguage, left: string, rules: TextRules): void {
  if (hasForbiddenCharacter(left.replaceAll("'", ''), rules)) {
    throw invalidRequest(`invalid character found in URI param /${language}/`);
  }
}

function parsePath(language: FilterLanguage, text: string): Path {
  const [attribute, ...members] = tokensOf(text);
  if (language === 'q') return attributePath(attribute ?? '', members);
  if (attribute === undefined) throw invalidRequest('no attribute name - not valid for metadata filters');
  const [metadata, ...rest] = members;
  if (metadata === undefined) throw invalidRequest('no metadata name - not valid for metadata filters');
  return metadataPath(attribute, metadata, rest);
}

/** The tokens of a path, without quotes; none is empty. */
function tokensOf(path: string): string[] {
  const tokens: string[] = [];
  let token = '';
  let quoted = false;
  for (const character of path) {
    if (character === "'") quoted = !quoted;
    else if (character === '.' && !quoted) {
      tokens.push(token);
      token = '';
    } else token += character;
  }
  tokens.push(token);
  return tokens.filter((name) => name !== '');
}

function parsePattern(source: string, rules: TextRules) {
  if (hasForbiddenCharacter(source, rules)) throw invalidRequest('forbidden characters in String Filter');
  try {
    return compileTextPattern(source);
  } catch (error) {
    if (error instanceof PatternError) throw invalidRequest(`error compiling filter regex: '${source}'`);
    throw error;
  }
}

function parseSize(operator: keyof typeof orderNames, text: string, rules: TextRules): Literal {
  if (hasOutsideQuotes(text, '..')) throw invalidRequest('ranges only valid for equal and not equal ops');
  if (hasOutsideQuotes(text, ',')) throw invalidRequest('lists only valid for equal and not equal ops');
  const literal = parseLiteral(text, rules);
  if (literal.kind === 'boolean' || literal.kind === 'null') {
    const type = literal.kind === 'null' ? 'Null' : 'Bool';
    throw invalidRequest(`values of type /${type}/ not supported for operator /${orderNames[operator]}/`);
  }
  return literal;
}
