import type { RE2JS } from 're2js';
import type { JsonValue } from '../../json.ts';
import { compileMatcher, PatternError } from '../../query/text-pattern.ts';
import type { Effort } from '../effort.ts';
import type { Evaluation, Transform } from './transform.ts';

/** Transformations by regular expressions, those of RE2. [V2 available transformations] */
export const patternTransforms: readonly (readonly [name: string, transform: Transform])[] = [
  ['matchRegex', matchRegex],
  ['replaceRegex', (input, args, evaluation) => replaceMatches(input, args, evaluation, 'all')],
];

/** Every text that matches, in order; none is the empty list. */
function matchRegex(input: JsonValue, [source]: readonly JsonValue[], { effort }: Evaluation): JsonValue {
  if (typeof input !== 'string' || typeof source !== 'string') return null;
  const pattern = compiled(source);
  if (pattern === undefined) return null;
  return [...matchesOf(pattern, input, effort)].map(({ start, end }) => input.slice(start, end));
}

/** The first text that matches, or every one, is replaced; `$1` in the replacement is what the first group matched, `$0` all of it. */
export function replaceMatches(
  input: JsonValue,
  [source, replacement]: readonly JsonValue[],
  { effort }: Evaluation,
  which: 'first' | 'all',
): JsonValue {
  if (typeof input !== 'string' || typeof source !== 'string' || typeof replacement !== 'string') return null;
  const pattern = compiled(source);
  if (pattern === undefined) return null;
  let result = '';
  let at = 0;
  for (const { start, end, groups } of matchesOf(pattern, input, effort)) {
    effort.spend(replacement.length);
    const inserted = replacement.replace(/\$(\d)/g, (reference, group) => {
      const text = groups(Number(group));
      if (text === undefined) return reference;
      effort.spend(text.length);
      return text;
    });
    result += input.slice(at, start) + inserted;
    at = end;
    if (which === 'first') break;
  }
  return result + input.slice(at);
}

interface Match {
  readonly start: number;
  readonly end: number;
  /** The text of a group, `''` where it took no part; undefined where there is no such group. */
  readonly groups: (group: number) => string | undefined;
}

/** What an instruction of the pattern costs for a character: at worst the matcher goes through all of them, ten nanoseconds each. */
const unitsPerInstruction = 0.5;

/** The matches, each after the one before. Every search may have to look at all that is left of the text. */
function* matchesOf(pattern: RE2JS, text: string, effort: Effort): Generator<Match> {
  const matcher = pattern.matcher(text);
  const unitsPerCharacter = unitsPerInstruction * pattern.programSize();
  effort.spend((text.length + 1) * unitsPerCharacter);
  while (matcher.find()) {
    const end = matcher.end();
    effort.spend((text.length - end + 1) * unitsPerCharacter);
    const groups = (group: number): string | undefined =>
      group <= matcher.groupCount() ? (matcher.group(group) ?? '') : undefined;
    yield { start: matcher.start(), end, groups };
  }
}

/** Clients repeat their patterns with every message; compiling one takes longer than most uses of it. */
const cache = new Map<string, RE2JS | undefined>();
const cacheSize = 200;

function compiled(source: string): RE2JS | undefined {
  if (cache.has(source)) return cache.get(source);
  if (cache.size >= cacheSize) cache.clear();
  const pattern = compile(source);
  cache.set(source, pattern);
  return pattern;
}

function compile(source: string): RE2JS | undefined {
  try {
    return compileMatcher(source);
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}
