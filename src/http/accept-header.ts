/**
 * The offer that the client likes best, or undefined when it takes none. [RFC 9110 12.5.1]
 *
 * `offers` are media types, the broker's favourite first. Among equal weights the range that the client names first
 * wins, as the reference implementation has it; among the offers that a range covers, the broker's favourite.
 */
export function preferredType(accept: string | undefined, offers: readonly string[]): string | undefined {
  if (accept === undefined || accept === '' || accept === '*/*') return offers[0];
  const ranges = accept.split(',').map(parseMediaRange);
  // Stable: ranges of equal weight stay in the client's order.
  const wanted = ranges.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  for (const { range } of wanted) {
    const offer = offers.find((type) => covers(range, type) && !refusedBy(ranges, type));
    if (offer !== undefined) return offer;
  }
  return undefined;
}

interface MediaRange {
  readonly range: string;
  /** From 0 (not acceptable) to 1. */
  readonly weight: number;
}

function parseMediaRange(text: string): MediaRange {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { range, weight: weight === undefined || !/^[01](\.\d*)?$/.test(weight) ? 1 : Number(weight) };
}

function covers(range: string, type: string): boolean {
  return range === type || range === '*/*' || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));
}

/** `text/plain;q=0` takes that very type out of what a wider range offers. */
function refusedBy(ranges: readonly MediaRange[], type: string): boolean {
  return ranges.some(({ range, weight }) => weight === 0 && range === type);
}

/** Ranges that cover a media type of the broker; what else a client names is not looked at. */
const knownRanges: ReadonlySet<string> = new Set(['*/*', 'application/*', 'application/json', 'text/*', 'text/plain']);

/** Tells whether the header names any range that covers a media type of the broker. */
export function namesKnownRange(accept: string): boolean {
  return itemsOf(accept).some(({ range }) => knownRanges.has(range));
}

/**
 * What is wrong with the form of the header, in the words of the reference implementation: a range that it knows may be
 * followed by `q=` and a number, and by nothing else before that. [V2 errors]
 */
export function malformationOf(accept: string): string | undefined {
  if (accept === '') return 'empty accept header';
  for (const { range, rest } of itemsOf(accept)) {
    if (rest === '' || !knownRanges.has(range)) continue;
    if (!rest.startsWith('q')) return 'q missing in accept header';
    if (!rest.startsWith('q=')) return 'missing equal-sign after q in accept header';
    const [weight = ''] = rest.slice('q='.length).split(';', 1);
    if (weight === '') return 'qvalue in accept header is missing';
    if (!/^\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*$/.test(weight)) return 'qvalue in accept header is not a number';
  }
  return undefined;
}

/** Ranges, each with what follows its first semicolon. */
function itemsOf(accept: string): { range: string; rest: string }[] {
  return accept.split(',').map((item) => {
    const end = item.indexOf(';');
    const range = (end === -1 ? item : item.slice(0, end)).trim().toLowerCase();
    return { range, rest: end === -1 ? '' : item.slice(end + 1).trimStart() };
  });
}
