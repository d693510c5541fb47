import { isJsonObject, type JsonValue } from '../core/json.ts';

/** One row of a source, whatever its format: a line of a CSV file, a feature, a station, an object of an array. */
export interface Row {
  /** As a spreadsheet counts them: 2 is the first line below the header of a CSV file. In the other formats 1 is the first. */
  readonly number: number;
  readonly columns: Columns;
  /** Columns that the mapping adds: of joined sources, of unfolded readings, `@observedAt`. They come before `columns`. */
  readonly added?: Columns;
  /** Added column → the column of the source that it was read from, where a wide row was unfolded. */
  readonly origins?: ReadonlyMap<string, string>;
}

/** By name. Names that begin with `@` are the loader's: `@geometry`, `@id`, `@last_updated`, `@observedAt`. */
export type Columns = Readonly<Record<string, JsonValue>>;

export type ColumnReader = (row: Row) => JsonValue | undefined;

/** The row with more columns; cheap, however wide it is. */
export function withColumns(row: Row, added: Columns): Row {
  return { ...row, added: { ...row.added, ...added } };
}

/**
 * Reads a column: the one of that very name or else, where the name has dots, the member that they lead to
 * (`num_bikes_available_types.ebike`, `name.0.text`, and `station.name` of a joined source).
 */
export function compileColumn(name: string): ColumnReader {
  const [first = '', ...members] = name.split('.');
  if (members.length === 0) return (row) => column(row, name);
  return (row) => {
    const whole = column(row, name);
    if (whole !== undefined) return whole;
    let found = column(row, first);
    for (const step of members) {
      if (Array.isArray(found)) found = /^\d+$/.test(step) ? found[Number(step)] : undefined;
      else found = isJsonObject(found) && Object.hasOwn(found, step) ? found[step] : undefined;
    }
    return found;
  };
}

/** The column as text without blanks around it; empty where there is nothing. Objects and arrays are their JSON. */
export function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.trim();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function column({ columns, added }: Row, name: string): JsonValue | undefined {
  if (added !== undefined && Object.hasOwn(added, name)) return added[name];
  return Object.hasOwn(columns, name) ? columns[name] : undefined;
}
