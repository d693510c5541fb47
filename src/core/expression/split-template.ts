import { maxExpressionLength } from './parse-expression.ts';

/** A part of a template: text that stands for itself, or the expression of a macro. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'macro'; readonly expression: string };

/**
 * The parts of a text with `${…}` macros in it. The brace that ends a macro is the one that fits its first, whatever braces
 * and quoted texts stand between them; where none fits, the next one. A macro that never ends is text. Cost: linear.
 * [V2 macro substitution]
 */
export function splitTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  let patience = searchesInVain;
  for (let start = template.indexOf('${'); start >= 0; start = template.indexOf('${', from)) {
    const fitting = patience > 0 ? fittingEnd(template, start + 2) : -1;
    if (fitting < 0) patience -= 1;
    const end = fitting < 0 ? template.indexOf('}', start) : fitting;
    if (end < 0) break;
    if (start > from) parts.push({ kind: 'text', text: template.slice(from, start) });
    parts.push({ kind: 'macro', expression: template.slice(start + 2, end) });
    from = end + 1;
  }
  if (from < template.length) parts.push({ kind: 'text', text: template.slice(from) });
  return parts;
}

/** Searching may go through much of the text each time; so after this many macros without a fitting end nobody looks for one. */
const searchesInVain = 20;

/** The brace that fits that of the macro whose expression begins at `from`; -1 where none does within the length of an expression. */
function fittingEnd(template: string, from: number): number {
  let open = 0;
  const last = Math.min(template.length, from + maxExpressionLength + 1);
  for (let at = from; at < last; at++) {
    switch (template[at]) {
      case '{':
        open += 1;
        break;
      case '}':
        if (open === 0) return at;
        open -= 1;
        break;
      case "'":
      case '"':
        at = endOfQuoted(template, at, last);
        break;
    }
  }
  return -1;
}

/** Where the text ends whose quote is at `from`; `last` where it does not before. */
function endOfQuoted(template: string, from: number, last: number): number {
  const quote = template[from];
  for (let at = from + 1; at < last; at++) {
    if (template[at] === '\\') at += 1;
    else if (template[at] === quote) return at;
  }
  return last;
}
