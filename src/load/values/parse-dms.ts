const form =
  /^(-?\d+(?:[.,]\d+)?)\s*[°º]\s*(?:(\d+(?:[.,]\d+)?)\s*['′’]\s*(?:(\d+(?:[.,]\d+)?)\s*(?:''|"|″|”|′′|’’)\s*)?)?([NSEWO])?$/i;

/**
 * Degrees of a text such as `3°42'43.91" W` or `40º 27' 55'' N`, rounded to seven decimals (about a centimetre), or undefined.
 *
 * `O` is west, as in the Romance languages. Minutes and seconds below 60.
 */
export function parseDms(text: string): number | undefined {
  const found = form.exec(text.trim());
  if (found === null) return undefined;
  const [degrees = 0, minutes = 0, seconds = 0] = found
    .slice(1, 4)
    .map((part) => Number((part ?? '0').replace(',', '.')));
  if (minutes >= 60 || seconds >= 60) return undefined;
  const hemisphere = (found[4] ?? 'N').toUpperCase();
  const size = Math.abs(degrees) + minutes / 60 + seconds / 3600;
  const negative = found[1]?.startsWith('-') === true || 'SWO'.includes(hemisphere);
  return Number((negative ? -size : size).toFixed(7));
}
