const repetition = /\{\d+(?:,\d*)?\}/y;
const characterClass = /\[\^?\]?(?:\[:.*?:\]|\\.|[^\]\\])*\]/sy;
/** Assertions and classes of one letter; other letters and digits after a backslash take what follows with them. */
const plainEscape = /\\[dDwWsSbBAz]/y;
const escapedSign = /\\[!-/:-@[-`{-~]/y;

/**
 * The longest text that can be read off a pattern and that every text it matches contains; empty where there is none.
 *
 * So an index can look for the patterns that a text may match instead of trying them all. Careful rather than clever: it
 * looks at what stands in a row outside of groups, and gives up where a pattern says that letters mean other letters.
 * `source` is a pattern that `compileTextPattern` takes. Cost: its length.
 */
export function requiredText(source: string): string {
  if (source.replaceAll('(?:', '(').includes('(?')) return '';
  let longest = '';
  let run: string[] = [];
  let depth = 0;
  let at = 0;

  while (at < source.length) {
    const taken = matchAt(characterClass, source, at) ?? matchAt(plainEscape, source, at);
    if (taken !== undefined) {
      endRun();
      at += taken.length;
      continue;
    }
    const sign = matchAt(escapedSign, source, at);
    if (sign !== undefined) {
      addToRun(sign.slice(1));
      at += sign.length;
      continue;
    }
    const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
    at += character.length;
    switch (character) {
      case '\\':
        return source.includes('|', at) ? '' : ended();
      case '|':
        if (depth === 0) return '';
        break;
      case '(':
        endRun();
        depth += 1;
        if (source.startsWith('?:', at)) at += 2;
        break;
      case ')':
        depth -= 1;
        break;
      case '+':
      case '.':
      case '^':
      case '$':
        endRun();
        break;
      case '*':
      case '?':
        run.pop();
        endRun();
        break;
      case '{':
        run.pop();
        endRun();
        at += (matchAt(repetition, source, at - 1)?.length ?? 1) - 1;
        break;
      default:
        if (/\p{Surrogate}/u.test(character)) endRun();
        else addToRun(character);
    }
  }
  return ended();

  function addToRun(character: string): void {
    if (depth === 0) run.push(character);
  }

  function endRun(): void {
    const text = run.join('');
    if (text.length > longest.length) longest = text;
    run = [];
  }

  function ended(): string {
    endRun();
    return longest;
  }
}

function matchAt(form: RegExp, source: string, at: number): string | undefined {
  form.lastIndex = at;
  return form.exec(source)?.[0];
}
