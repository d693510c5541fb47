/** A pattern simple enough to be matched without a regular expression engine of our own. */
export interface PlainPattern {
  /** Every text that matches begins with this; empty where nothing is known. */
  readonly prefix: string;
  /** Given where the pattern is looked for as a text: it matches what equals it, begins or ends with it, or holds it. */
  readonly literal?: LiteralPattern;
  /** How many places of the pattern a character is held against at most; 0 where the pattern is looked for as a text. */
  readonly places: number;
  test(text: string): boolean;
}

export interface LiteralPattern {
  readonly text: string;
  /** It must stand at the beginning of what it is looked for in … */
  readonly startsAnchored: boolean;
  /** … and at the end. */
  readonly endsAnchored: boolean;
}

/** One place of a pattern: what it takes, and whether it takes it again and again. */
interface Item {
  /** The character, where it takes exactly one. */
  readonly literal: string | undefined;
  /** What it takes, for the native engine. */
  readonly native: string;
  readonly repeat: '' | '*' | '+';
}

/** Characters that mean themselves. */
const literalForm = /[^\\.+*?()[\]{}|^$]/uy;
const escapeForm = /\\[!-/:-@[-^`{-~]/uy;
/** Escapes and classes that mean the same in RE2 and in JavaScript; `\s` does not. */
const digitForm = /\\[dw]/uy;
const classForm = /\[\^?(?:[^\\[\]^-]|\\[dw]|\\[!-/:-@[-^`{-~])(?:[^\\[\]^]|\\[dw]|\\[!-/:-@[-^`{-~])*\]/uy;

/**
 * Finds a faster form of a valid RE2 pattern, or undefined where none is known to be linear.
 *
 * A sequence of characters and classes is looked for directly where it is only characters. Otherwise it goes to the native
 * engine, which goes back and tries again, but cannot do so for long if the sequence has a fixed length or, at the beginning
 * of the text, a single repetition: each character is then looked at once for every place of the pattern, at most.
 */
export function parsePlainPattern(source: string): PlainPattern | undefined {
  // Half a character: it could match half of one in the text.
  if (/\p{Surrogate}/u.test(source)) return undefined;
  const startsAnchored = source.startsWith('^');
  let at = startsAnchored ? 1 : 0;
  let endsAnchored = false;
  const items: Item[] = [];
  while (at < source.length) {
    if (source[at] === '$' && at === source.length - 1) {
      endsAnchored = true;
      break;
    }
    const item = parseItem(source, at);
    if (item === undefined) return undefined;
    items.push(item);
    at = item.end;
  }

  // Where the pattern may match anywhere, what takes any number of any character at that end may as well take none.
  while (!startsAnchored && isAnything(items[0])) items.shift();
  while (!endsAnchored && isAnything(items.at(-1))) items.pop();

  if (items.every((item) => item.literal !== undefined && item.repeat === '')) {
    return direct(items.map((item) => item.literal).join(''), startsAnchored, endsAnchored);
  }
  const repeats = items.filter((item) => item.repeat !== '').length;
  if (repeats > (startsAnchored ? 1 : 0)) return undefined;
  const body = items.map((item) => item.native + item.repeat).join('');
  const native = new RegExp(`${startsAnchored ? '^' : ''}${body}${endsAnchored ? '$' : ''}`, 'u');
  const prefix = startsAnchored ? literalStart(items) : '';
  return { prefix, places: items.length, test: (text) => native.test(text) };
}

function direct(text: string, startsAnchored: boolean, endsAnchored: boolean): PlainPattern {
  const literal = { text, startsAnchored, endsAnchored };
  return { literal, prefix: startsAnchored ? text : '', places: 0, test: literalTest(literal) };
}

function literalTest({ text: literal, startsAnchored, endsAnchored }: LiteralPattern): (text: string) => boolean {
  if (startsAnchored && endsAnchored) return (text) => text === literal;
  if (startsAnchored) return (text) => text.startsWith(literal);
  return endsAnchored ? (text) => text.endsWith(literal) : (text) => text.includes(literal);
}

/** The characters that an anchored sequence cannot do without at its beginning. */
function literalStart(items: readonly Item[]): string {
  let start = '';
  for (const { literal, repeat } of items) {
    if (literal === undefined || repeat === '*') break;
    start += literal;
    if (repeat === '+') break;
  }
  return start;
}

function isAnything(item: Item | undefined): boolean {
  return item?.native === anyCharacter && item.repeat === '*';
}

/** As in RE2: anything but a line feed. JavaScript's own `.` leaves out three more. */
const anyCharacter = '[^\\n]';

function parseItem(source: string, at: number): (Item & { readonly end: number }) | undefined {
  const taken = parseTaken(source, at);
  if (taken === undefined) return undefined;
  const after = source[taken.end];
  const repeat = after === '*' || after === '+' ? after : '';
  const end = taken.end + repeat.length;
  // A second sign after a repetition makes it lazy; `?` and `{` after a character are repetitions that we leave to RE2.
  return end < source.length && '*+?{'.includes(source[end] ?? '') ? undefined : { ...taken, repeat, end };
}

function parseTaken(source: string, at: number): (Omit<Item, 'repeat'> & { readonly end: number }) | undefined {
  if (source[at] === '.') return { literal: undefined, native: anyCharacter, end: at + 1 };
  const literal = matchAt(literalForm, source, at);
  if (literal !== undefined) return { literal, native: nativeOf(literal), end: at + literal.length };
  const escaped = matchAt(escapeForm, source, at);
  if (escaped !== undefined)
    return { literal: unescaped(escaped), native: nativeOf(unescaped(escaped)), end: at + escaped.length };
  const digit = matchAt(digitForm, source, at);
  if (digit !== undefined) return { literal: undefined, native: digit, end: at + digit.length };
  const characters = matchAt(classForm, source, at);
  if (characters === undefined) return undefined;
  const native = nativeClassOf(characters);
  return native === undefined ? undefined : { literal: undefined, native, end: at + characters.length };
}

function matchAt(form: RegExp, source: string, at: number): string | undefined {
  form.lastIndex = at;
  return form.exec(source)?.[0];
}

/** The character in a spelling that the native engine takes for nothing else. */
function nativeOf(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

/** A class in the native engine's terms, or undefined where it has a `-` that may mean two things. */
function nativeClassOf(characters: string): string | undefined {
  const negated = characters.startsWith('[^');
  const inner = characters.slice(negated ? 2 : 1, -1);
  const member = /\\[dw]|(\\?.)-(\\?[^\\])|\\?./gsu;
  let native = '';
  for (const [whole, from, to] of inner.matchAll(member)) {
    if (from !== undefined && to !== undefined) {
      if (isDigitClass(from) || isDigitClass(to) || to === '-') return undefined;
      native += `${nativeOf(unescaped(from))}-${nativeOf(unescaped(to))}`;
    } else if (isDigitClass(whole)) native += whole;
    else if (whole === '-' && !inner.endsWith('-')) return undefined;
    else native += nativeOf(unescaped(whole));
  }
  return `[${negated ? '^' : ''}${native}]`;
}

function isDigitClass(member: string): boolean {
  return member === '\\d' || member === '\\w';
}

function unescaped(character: string): string {
  return character.startsWith('\\') ? character.slice(1) : character;
}

/** The characters that every match of any pattern must begin with, as far as they can be read off; empty where they cannot. */
export function prefixOf(source: string): string {
  if (!source.startsWith('^') || source.includes('|')) return '';
  let prefix = '';
  let at = 1;
  while (at < source.length) {
    const literal = matchAt(literalForm, source, at) ?? matchAt(escapeForm, source, at);
    if (literal === undefined) break;
    at += literal.length;
    // What follows may ask for none of it.
    if ('*?{'.includes(source[at] ?? ' ')) break;
    prefix += unescaped(literal);
  }
  return prefix;
}
