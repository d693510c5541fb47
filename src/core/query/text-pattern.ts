import { RE2JS, RE2JSException } from 're2js';
import { writtenOutSize } from './pattern-size.ts';
import { type LiteralPattern, parsePlainPattern, prefixOf } from './plain-pattern.ts';

/** A pattern that a client sent: a regular expression whose matching time is linear in the text, whatever the client wrote. */
export interface TextPattern {
  /** As the client wrote it. */
  readonly source: string;
  /** Every text that matches begins with this. Given only where there is such a text, so that an index can look at a range. */
  readonly prefix?: string;
  /** Given where the pattern is but a text: a store can look for that. */
  readonly literal?: LiteralPattern;
  /** Matches somewhere in the text. */
  test(text: string): boolean;
}

/** The text is no pattern that we run. The message says why, for the client. */
export class PatternError extends Error {
  constructor(
    readonly source: string,
    why: string,
  ) {
    super(why);
    this.name = 'PatternError';
  }
}

/** How long a pattern may be, in characters. */
export const maxPatternLength = 1024;

/** How large a pattern may become once its counted repetitions are written out, in instructions of the matcher. */
export const maxPatternSize = 2000;

/**
 * How much one test may cost: characters of the text times instructions of the matcher. An instruction takes some tens of
 * nanoseconds at worst, where the pattern is made to be in as many states at once as it can.
 */
export const maxPatternEffort = 1_000_000;

/** What a place of a pattern costs the native engine, in the same measure. */
const nativeEffort = 1 / 20;

/**
 * Compiles a client's pattern in the syntax of RE2, in which patterns for POSIX-extended engines are at home: what cannot be
 * matched in linear time (back references, look-around) is not part of it. Throws a `PatternError` for anything else.
 *
 * `.` is any character but a line feed, `^` and `$` are the ends of the text. A text that is too long for the pattern to be
 * tested within `maxPatternEffort` does not match: one of 500 characters or less never is. Patterns that a client writes
 * every day are matched natively, a name or a prefix however long the text, others (`^Room[0-9]+$`) in megabytes of it.
 *
 * [V2 regular expressions]
 */
export function compileTextPattern(source: string): TextPattern {
  const compiled = compileMatcher(source);
  const plain = parsePlainPattern(source);
  const prefix = plain?.prefix ?? prefixOf(source);
  const effort = plain === undefined ? compiled.programSize() : plain.places * nativeEffort;
  const test = plain?.test ?? ((text: string) => compiled.test(text));
  const longest = maxPatternEffort / effort;
  return {
    source,
    ...(prefix === '' ? {} : { prefix }),
    ...(plain?.literal !== undefined && { literal: plain.literal }),
    test: effort === 0 ? test : (text) => text.length <= longest && test(text),
  };
}

/** As `compileTextPattern`, where the matches themselves are asked for. */
export function compileMatcher(source: string): RE2JS {
  if (source.length > maxPatternLength) {
    throw new PatternError(source, `a pattern has at most ${maxPatternLength} characters`);
  }
  if (writtenOutSize(source) > maxPatternSize) throw tooLarge(source);
  const compiled = compileLinear(source);
  if (compiled.programSize() > maxPatternSize) throw tooLarge(source);
  return compiled;
}

function compileLinear(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (error instanceof RE2JSException) throw new PatternError(source, error.message);
    throw error;
  }
}

function tooLarge(source: string): PatternError {
  return new PatternError(source, 'the repetitions of the pattern are too many');
}
