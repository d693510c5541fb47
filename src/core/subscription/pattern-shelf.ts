import type { TextPattern } from '../query/text-pattern.ts';
import { Multimap } from './multimap.ts';
import { requiredText } from './required-text.ts';

/**
 * Values filed under patterns, to be found by a text that the patterns may match.
 *
 * A pattern that needs a text is filed under it: `^Room[0-9]` under how a text must begin, `Room[0-9]` under what it must
 * contain. Any other is always among what is found. Cost of a search: one look-up for each length that such a beginning has,
 * and the length of the text for each that a part has; not by the number of patterns, as long as they need different texts.
 */
export class PatternShelf<Value> {
  readonly #byBeginning = new Shelf<Value>();
  readonly #byPart = new Shelf<Value>();
  readonly #others = new Set<Value>();

  add(pattern: TextPattern, value: Value): void {
    const { shelf, text } = this.#placeOf(pattern);
    if (shelf === undefined) this.#others.add(value);
    else shelf.add(text, value);
  }

  delete(pattern: TextPattern, value: Value): void {
    const { shelf, text } = this.#placeOf(pattern);
    if (shelf === undefined) this.#others.delete(value);
    else shelf.delete(text, value);
  }

  /** Adds to `found` all values whose pattern may match the text, and some whose pattern does not. */
  collect(text: string, found: Set<Value>): void {
    for (const value of this.#others) found.add(value);
    for (const length of this.#byBeginning.lengths) this.#byBeginning.collect(text.slice(0, length), found);
    for (const length of this.#byPart.lengths) {
      for (let at = 0; at + length <= text.length; at++) this.#byPart.collect(text.slice(at, at + length), found);
    }
  }

  get isEmpty(): boolean {
    return this.#others.size === 0 && this.#byBeginning.isEmpty && this.#byPart.isEmpty;
  }

  /** Under the longer text; a beginning is looked for in one place only, so it is preferred. */
  #placeOf({ source, prefix = '' }: TextPattern): { readonly shelf?: Shelf<Value>; readonly text: string } {
    const part = requiredText(source);
    if (prefix !== '' && prefix.length >= part.length) return { shelf: this.#byBeginning, text: prefix };
    return part === '' ? { text: part } : { shelf: this.#byPart, text: part };
  }
}

/** Values by texts, and how long these texts are. */
class Shelf<Value> {
  readonly #values = new Multimap<string, Value>();
  /** How many of the texts have a length. */
  readonly #lengths = new Map<number, number>();

  add(text: string, value: Value): void {
    if (!this.#values.has(text)) this.#countLength(text.length, 1);
    this.#values.add(text, value);
  }

  delete(text: string, value: Value): void {
    if (this.#values.delete(text, value)) this.#countLength(text.length, -1);
  }

  collect(text: string, found: Set<Value>): void {
    for (const value of this.#values.get(text)) found.add(value);
  }

  get lengths(): Iterable<number> {
    return this.#lengths.keys();
  }

  get isEmpty(): boolean {
    return this.#values.isEmpty;
  }

  #countLength(length: number, by: 1 | -1): void {
    const count = (this.#lengths.get(length) ?? 0) + by;
    if (count === 0) this.#lengths.delete(length);
    else this.#lengths.set(length, count);
  }
}
