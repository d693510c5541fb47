/** The number that a text is, or undefined. No separators between thousands: which sign they are is a guess. */
export function parseNumber(text: string, decimal: '.' | ','): number | undefined {
  const form =
    decimal === ',' ? /^[+-]?(?:\d+(?:,\d*)?|,\d+)(?:e[+-]?\d+)?$/i : /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
  if (!form.test(text)) return undefined;
  const number = Number(decimal === ',' ? text.replace(',', '.') : text);
  return Number.isFinite(number) ? number : undefined;
}

/** Drops the noise that binary fractions leave behind: 0.57 and not 0.5700000000000001. */
export function tidy(number: number): number {
  return Number(number.toPrecision(12));
}

/** The number on the circle that begins at `from` and closes at `to`; numbers inside stay as they are. */
export function wrap(number: number, [from, to]: readonly [number, number]): number {
  if (number >= from && number <= to) return number;
  const turn = to - from;
  return tidy(((((number - from) % turn) + turn) % turn) + from);
}
