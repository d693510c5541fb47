const form = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that a text is in full, or undefined where it is none or no finite one. */
export function parseNumber(text: string): number | undefined {
  if (!form.test(text)) return undefined;
  const value = Number(text);
  // Not the negative zero, which JSON cannot give back.
  return Number.isFinite(value) ? value + 0 : undefined;
}
