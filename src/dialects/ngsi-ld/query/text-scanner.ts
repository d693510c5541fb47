import { invalidRequest, type Refusal } from '../../../core/errors.ts';

/** Reads a text of one of the languages of NGSI-LD from its beginning to its end. */
export class TextScanner {
  #at = 0;

  constructor(
    readonly text: string,
    /** What the language is called in errors. */
    private readonly language: string,
  ) {}

  get isAtEnd(): boolean {
    return this.#at >= this.text.length;
  }

  peek(token: string): boolean {
    return this.text.startsWith(token, this.#at);
  }

  /** Takes the token if it comes next. */
  take(token: string): boolean {
    if (!this.peek(token)) return false;
    this.#at += token.length;
    return true;
  }

  /** Takes the token, which must come next. */
  expect(token: string): void {
    if (!this.take(token)) throw this.refuse(`expected ${JSON.stringify(token)}`);
  }

  /** Takes what a sticky expression finds next. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found === undefined) return undefined;
    this.#at += found.length;
    return found;
  }

  refuse(problem: string): Refusal {
    const rest = this.text.slice(this.#at, this.#at + 30);
    const where = this.isAtEnd ? 'at its end' : `at character ${this.#at + 1}, before ${JSON.stringify(rest)}`;
    return invalidRequest(`${this.language} is not well formed ${where}: ${problem}`);
  }
}
