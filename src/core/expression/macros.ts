import type { JsonValue } from '../json.ts';
import { decodePercent } from './decode-percent.ts';
import { type Effort, EffortExceeded } from './effort.ts';
import { compileExpression, type Expression, type ExpressionContext, evaluateExpression } from './expression.ts';
import { ExpressionError } from './expression-error.ts';
import { splitTemplate } from './split-template.ts';
import { textOf } from './text-of.ts';

/** What the macros of a template mean, and what filling them in may cost. */
export interface Expansion {
  readonly context: ExpressionContext;
  /** Shared by all templates of one message. Once it is used up, macros stand for nothing: ask it before the message is used. */
  readonly effort: Effort;
}

export interface TextExpansion extends Expansion {
  /** What stands for a macro without a value. */
  readonly absent: string;
  /** What is done to the value of a macro before it stands in the text. */
  readonly escape?: (text: string) => string;
}

/** The text with every macro in it replaced by its value: a text as it is, anything else as JSON. Never throws. [V2 macro substitution] */
export function expandText(template: string, expansion: TextExpansion): string {
  let text = '';
  for (const part of splitTemplate(template)) {
    if (part.kind === 'text') {
      text += part.text;
      continue;
    }
    const value = valueOfMacro(part.expression, expansion);
    const shown = value === null ? expansion.absent : writtenText(value, expansion.effort);
    text += expansion.escape === undefined ? shown : expansion.escape(shown);
  }
  return text;
}

/**
 * The JSON with every text in it expanded, names of members left as they are. A text that is one macro and nothing else gives
 * way to the value, of whatever type; inside a text, what has no value is `null`. Never throws. [V2 JSON payloads]
 */
export function expandJson(template: JsonValue, expansion: Expansion): JsonValue {
  if (typeof template === 'string') return expandString(template, expansion);
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) return template.map((item: JsonValue) => expandJson(item, expansion));
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, expandJson(value, expansion)]));
}

function expandString(template: string, { context, effort }: Expansion): JsonValue {
  const [first, ...others] = splitTemplate(template);
  if (first?.kind === 'macro' && others.length === 0) return valueOfMacro(first.expression, { context, effort });
  return expandText(template, { context, effort, absent: 'null' });
}

/**
 * An expression; or, where that has no value, the name of something that the context has although it is no name of the
 * language: an attribute `air-quality`. [V2 known limitations]
 */
function valueOfMacro(source: string, { context, effort }: Expansion): JsonValue {
  const expression = compiled(source);
  const value = expression === undefined ? null : evaluateExpression(expression, context, effort);
  return value ?? evaluateExpression({ source, root: { kind: 'name', name: source } }, context, effort);
}

function writtenText(value: JsonValue, effort: Effort): string {
  try {
    return textOf(value, effort) ?? 'null';
  } catch (error) {
    if (error instanceof EffortExceeded) return '';
    throw error;
  }
}

/** Messages repeat the macros of their subscription; reading one takes longer than evaluating it. */
const cache = new Map<string, Expression | undefined>();
/** In characters of source. */
const cacheSize = 200_000;
let cached = 0;

function compiled(source: string): Expression | undefined {
  if (cache.has(source)) return cache.get(source);
  if (cached + source.length > cacheSize) {
    cache.clear();
    cached = 0;
  }
  const expression = source.includes('%') ? compileEscaped(source) : compile(source);
  if (source.length <= cacheSize) {
    cache.set(source, expression);
    cached += source.length + 1;
  }
  return expression;
}

/** Escapes of what clients cannot store otherwise: `a|toFixed%281%29` is no remainder. */
const restricted = /%(?:2[2789]|3[bcde])/gi;

function compileEscaped(source: string): Expression | undefined {
  const typed = source.replace(restricted, decodePercent);
  return (typed === source ? undefined : compile(typed)) ?? compile(source) ?? compile(decodePercent(source));
}

function compile(source: string): Expression | undefined {
  try {
    return compileExpression(source);
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}
