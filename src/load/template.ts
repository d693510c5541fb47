import { type ColumnReader, compileColumn, type Row, textOf } from './row.ts';

/** A text with columns in it: `urn:ngsi-ld:Road:madrid:{id}`, `{name|lower}`, `H{n|pad2}`. */
export interface Template {
  /** The columns that it names, in order. */
  readonly columns: readonly string[];
  /**
   * The text for a row; each column's text passes through `shape` first. Blanks that an empty column leaves at the
   * ends are trimmed and runs of them become one. Undefined where every column is empty and there is at least one.
   */
  render(row: Row, shape?: (text: string) => string): string | undefined;
  /** The columns of this row that are empty. */
  emptyColumns(row: Row): readonly string[];
}

/** What stands behind `|`; `padN` fills with zeros up to N characters, `number` drops leading zeros. */
const filters: Readonly<Record<string, (text: string) => string>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  title: (text) =>
    text.toLowerCase().replace(/(^|[^\p{L}\p{M}])(\p{L})/gu, (_, before, letter) => before + letter.toUpperCase()),
  number: (text) => (/^\d+$/.test(text) ? text.replace(/^0+(?=\d)/, '') : text),
};

type Part =
  | string
  | { readonly column: string; readonly read: ColumnReader; readonly filter: (text: string) => string };

/** Throws an `Error` with what is wrong with the template. */
export function compileTemplate(source: string): Template {
  const parts: Part[] = [];
  let rest = 0;
  for (const found of source.matchAll(/\{([^{}]*)\}/g)) {
    parts.push(literal(source.slice(rest, found.index)), compilePart(found[1] ?? ''));
    rest = found.index + found[0].length;
  }
  parts.push(literal(source.slice(rest)));

  const named = parts.filter((part) => typeof part !== 'string');
  return {
    columns: named.map((part) => part.column),
    render(row, shape = (text) => text) {
      let filled = named.length === 0;
      let text = '';
      for (const part of parts) {
        if (typeof part === 'string') {
          text += part;
          continue;
        }
        const own = part.filter(textOf(part.read(row)));
        if (own !== '') filled = true;
        text += shape(own);
      }
      return filled ? text.replace(/\s+/g, ' ').trim() : undefined;
    },
    emptyColumns(row) {
      return named.filter((part) => textOf(part.read(row)) === '').map((part) => part.column);
    },
  };
}

function literal(text: string): string {
  if (/[{}]/.test(text)) throw new Error(`a brace without its partner near "${text}"`);
  return text;
}

function compilePart(inside: string): Part {
  const [column = '', ...names] = inside.split('|').map((part) => part.trim());
  if (column === '') throw new Error('{} names no column');
  const steps = names.map(filterOf);
  return { column, read: compileColumn(column), filter: (text) => steps.reduce((shaped, step) => step(shaped), text) };
}

function filterOf(name: string): (text: string) => string {
  const pad = /^pad([1-9])$/.exec(name);
  if (pad !== null) return (text) => (text === '' ? text : text.padStart(Number(pad[1]), '0'));
  const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (filter === undefined) {
    throw new Error(`no filter "${name}"; there are ${Object.keys(filters).join(', ')} and pad1 to pad9`);
  }
  return filter;
}
