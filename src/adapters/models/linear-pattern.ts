import { compileTextPattern, type TextPattern } from '../../core/query/text-pattern.ts';

/** What AJV makes a regular expression with: patterns of schemas are matched in time linear in the text. */
export function linearPattern(source: string): LinearPattern {
  return new LinearPattern(source);
}

/** How standalone code would name the engine; none is made here. */
linearPattern.code = 'linearPattern';

/** As much of a `RegExp` as AJV asks of one. Throws a `PatternError` for a pattern that cannot be matched in linear time. */
class LinearPattern {
  readonly #pattern: TextPattern;

  constructor(source: string) {
    this.#pattern = compileTextPattern(source);
  }

  test(text: string): boolean {
    return this.#pattern.test(text);
  }

  /** AJV knows equal patterns by this. */
  toString(): string {
    return `/${this.#pattern.source}/`;
  }
}
