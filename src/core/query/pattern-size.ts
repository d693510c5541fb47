const repetition = /\{(\d+)(?:,(\d*))?\}/y;
const characterClass = /\[\^?\]?(?:\[:.*?:\]|\\.|[^\]\\])*\]/sy;
const quotation = /\\Q.*?(?:\\E|$)/sy;

/**
 * How large a pattern becomes once its counted repetitions are written out, in characters, classes and groups.
 *
 * `((a{9}){9}){9}` is short to send and long to compile; so this is asked before. Cost: the length of the pattern.
 */
export function writtenOutSize(source: string): number {
  /** Sizes of the groups that are open, outermost first. */
  const open: number[] = [];
  let size = 0;
  let last = 0;
  let at = 0;
  while (at < source.length) {
    const counted = matchAt(repetition, source, at);
    if (counted !== undefined) {
      const times = Math.max(Number(counted[1]), Number(counted[2] ?? 0), 1);
      size += last * (times - 1);
      last *= times;
      at += counted[0].length;
      continue;
    }
    if (source[at] === '(') {
      open.push(size);
      size = 0;
      at++;
      continue;
    }
    if (source[at] === ')') {
      last = size + 2;
      size = last + (open.pop() ?? 0);
      at++;
      continue;
    }
    const whole = matchAt(characterClass, source, at)?.[0] ?? matchAt(quotation, source, at)?.[0];
    last = 1;
    size += whole === undefined || whole.startsWith('[') ? 1 : whole.length;
    at += whole?.length ?? (source[at] === '\\' ? 2 : 1);
  }
  return open.reduce((sum, one) => sum + one, size);
}

function matchAt(form: RegExp, source: string, at: number): RegExpExecArray | undefined {
  form.lastIndex = at;
  return form.exec(source) ?? undefined;
}
